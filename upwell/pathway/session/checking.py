"""Looking at an order before it is given: what the rules say of it, and the second person who works it out again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, RefusedByRule, StaleState
from upwell.base.ids import new_id
from upwell.base.limits import LONGEST_WORDS
from upwell.pathway.session.actions import Recorded, append, locked_session, role_of
from upwell.pathway.session.log import Folded, folded
from upwell.science.session import CHECKED, NOT_CHECKED, ORDER_RULES, Event, ask_gate, may, parse_event


def weigh_order(before: Folded, by: Actor, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the rules say of an order before it is signed: first day, schedule, step, weight, dilution."""
    at = before.at.isoformat()
    event = parse_event(
        {
            "id": str(new_id()),
            "session": str(new_id()),
            "type": "ordered",
            "observed_at": at,
            "received_at": at,
            "author": {"id": str(by.account_id), "role": role_of(by)},
            "body": dict(body),
        }
    )
    found = ask_gate("predose", [*before.state.counting, event], before.at, before.facts)["findings"]
    return [one for one in found if one["rule"].startswith(ORDER_RULES) and one["rule"] != NOT_CHECKED]


def is_absolute(finding: Mapping[str, Any]) -> bool:
    """Whether nobody may order against it."""
    return finding["severity"] in {"absolute", "emergency"}


def is_open(finding: Mapping[str, Any]) -> bool:
    """Whether an order against it needs a reason."""
    return finding["severity"] not in {"information", "caution"} and not is_absolute(finding)


def words_against_order(weighed: Iterable[Mapping[str, Any]], reasons: Mapping[str, str]) -> str:
    against = [one for one in weighed if is_absolute(one)]
    if against:
        return " ".join(str(one["message"]) for one in against)
    standing = [one for one in weighed if is_open(one) and not reasons.get(one["rule"], "").strip()]
    said = " ".join(str(one["message"]) for one in standing)
    return _("%(said)s Look at it again; if it is meant so, write down why.") % {"said": said}


def check_order(*, by: Actor, session_id: UUID, order_id: UUID, agrees: bool, reason: str = "") -> Recorded:
    """A second person has worked the order out again: it is right, or it is not, with what is wrong."""
    require(by, "session.record")
    session = locked_session(by, session_id)
    before = folded(session, now(), {})
    refusal = may(before.state, "order")
    if refusal is not None:
        raise RefusedByRule(refusal.message)
    order = order_in_force(before)
    if order is None or order.id != str(order_id):
        raise StaleState(_("This order is no longer the one that counts. Look at the new one."))
    if order.author is not None and order.author.id == str(by.account_id):
        raise RefusedByRule(_("Whoever ordered it can't check it. Ask somebody else."))
    if not agrees and not reason.strip():
        raise BadInput(_("Write down what is not right."), path="reason")
    value: Any = order.body.get("dose_mg", True) if agrees else False
    documents = [
        {"id": str(new_id()), "type": "checklist", "body": {"item": f"{CHECKED}{order.id}", "value": value}}
    ]
    if reason.strip():
        words = _("About the order: %(words)s") % {"words": reason.strip()}
        documents.append({"id": str(new_id()), "type": "note", "body": {"text": words[:LONGEST_WORDS]}})
    return append(by, session, documents)[0]


def order_in_force(before: Folded) -> Event | None:
    """The order that counts."""
    return next((one for one in reversed(before.state.counting) if one.type == "ordered"), None)
