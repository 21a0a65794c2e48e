"""What can be refused in a session: ordering a dose, deciding at a gate, discharging."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.access.two_persons import two_persons_at
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotPermitted, RefusedByRule, StaleState
from upwell.base.ids import new_id
from upwell.base.limits import LONGEST_PERSON, LONGEST_WORDS
from upwell.pathway.course.states import STATE_WORDS
from upwell.pathway.course.states import State as CourseState
from upwell.pathway.parts import tell_released
from upwell.pathway.session.actions import Recorded, append, locked_session, role_of
from upwell.pathway.session.checking import is_absolute, is_open, weigh_order, words_against_order
from upwell.pathway.session.further import for_ordering, given_before
from upwell.pathway.session.log import Folded, folded
from upwell.pathway.session.models import Session, SessionEvent
from upwell.pathway.session.ordering import Wanted, Worked, work_out
from upwell.pathway.session.words import TYPES, entry_words
from upwell.science.session import HANDED_OVER, Event, Refusal, ask_gate, may

TREATED = frozenset({CourseState.INDUCTION, CourseState.MAINTENANCE})
SECOND = "second-clinician"
INPATIENT = "inpatient"


def order_dose(
    *,
    by: Actor,
    session_id: UUID,
    wanted: Wanted,
    order_id: UUID | None = None,
    seen: str | None = None,
    reasons: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Recorded, Worked]:
    """The prescriber orders the dose of the session. A new order takes the place of the former one.

    ``reasons``: rule to reason, for each finding about the order that is decided against; what nobody may decide
    against, such as a concentrated vial undiluted into a vein, is refused.
    ``seen`` is the latest decision that they had before their eyes (``latest_decision``): who comes second is told.
    """
    require(by, "session.order")
    session = locked_session(by, session_id)
    if order_id is not None and SessionEvent.objects.filter(id=order_id, session_id=session.id).exists():
        return Recorded(str(order_id), False, False, ()), work_out(wanted)
    before = folded(session, now())
    _refuse_stale(before, "predose", seen)
    refuse_untreated(session, before)
    _refuse(may(before.state, "order"))
    before = for_ordering(session, before)
    worked = work_out(replace(wanted, given_mg=given_before(before)))
    body = {**worked.body, "by": {"id": str(by.account_id), "role": role_of(by)}}
    body["second_check"] = two_persons_at(session.practice_id).second_check
    documents = [{"id": str(order_id or new_id()), "type": "ordered", "body": body}]
    weighed = weigh_order(before, by, body)
    given = {one["rule"]: reasons.get(one["rule"], "") for one in weighed if is_open(one)}
    if any(not reason.strip() for reason in given.values()) or any(map(is_absolute, weighed)):
        raise RefusedByRule(words_against_order(weighed, reasons))
    if given:
        overrides = _overrides(by, before, "predose", given, role_of(by))
        decided = {"gate": "predose", "outcome": "needs-decision", "overrides": overrides}
        documents.append({"id": str(new_id()), "type": "gate-decided", "body": decided})
    return append(by, session, documents)[0], worked


def refuse_untreated(session: Session, before: Folded) -> None:
    """No dose without a course under treatment and a consent in force."""
    stands = session.course.stands
    if stands not in TREATED:
        raise RefusedByRule(
            _(
                "The course of care stands at “%(state)s”. A dose is ordered in induction or maintenance: the"
                " prescriber begins the induction first."
            )
            % {"state": STATE_WORDS[stands]}
        )
    if (before.facts.get("answers") or {}).get("consent_in_force") is False:
        raise RefusedByRule(
            _(
                "No consent is in force. Nothing is ordered until the person has consented, and may still say no."
            )
        )


def decide_gate(
    *,
    by: Actor,
    session_id: UUID,
    gate: str,
    overrides: Mapping[str, str],
    hold: bool = False,
    decision_id: UUID | None = None,
    seen: str | None = None,
) -> Recorded:
    """The prescriber decides at a gate: go, with a reason for each finding that is decided against; or hold.

    ``overrides``: rule to reason. The rules are asked with them, and a go that they do not give is refused in words.
    ``seen`` is the latest decision that they had before their eyes: who comes second is told what changed.
    """
    require(by, "session.order")
    session = locked_session(by, session_id)
    if (
        decision_id is not None
        and SessionEvent.objects.filter(id=decision_id, session_id=session.id).exists()
    ):
        return Recorded(str(decision_id), False, False, ())
    before = folded(session, now())
    _refuse_stale(before, gate, seen)
    given = _overrides(by, before, gate, overrides, role_of(by))
    result = asked(before, gate, given)
    outcome = "no-go" if hold else result["outcome"]
    if gate == "predose" and not hold:
        refuse_untreated(session, before)
        _refuse(_not_yet(before))
    if not hold and outcome != "go":
        raise RefusedByRule(words_against(result))
    if gate == "predose":
        tell_released(by, session, before, go=not hold)
    body: dict[str, Any] = {"gate": gate, "outcome": outcome}
    if given:
        body["overrides"] = given
    document = {"id": str(decision_id or new_id()), "type": "gate-decided", "body": body}
    return append(by, session, [document], findings=result["findings"])[0]


def second_word(
    *, by: Actor, session_id: UUID, gate: str, rule: str, reason: str, decision_id: UUID | None = None
) -> Recorded:
    """A second clinician agrees to decide against a finding, with a reason of their own."""
    require(by, "session.record")
    if not by.roles & {"therapist", "prescriber"}:
        raise NotPermitted(_("The second word is that of a therapist or of another prescriber."))
    session = locked_session(by, session_id)
    before = folded(session, now())
    given = _overrides(by, before, gate, {rule: reason}, SECOND)
    result = asked(before, gate, given)
    body = {"gate": gate, "outcome": "needs-decision", "overrides": given}
    document = {"id": str(decision_id or new_id()), "type": "gate-decided", "body": body}
    return append(by, session, [document], findings=result["findings"])[0]


def discharge(
    *,
    by: Actor,
    session_id: UUID,
    escort: str,
    instructions_given: bool,
    handed_over_to: str = "",
    discharge_id: UUID | None = None,
) -> Recorded:
    """Discharge the person, through the gate; it is refused in words until the gate holds.

    Who stays overnight goes to the ward: whoever takes over there is named.
    """
    require(by, "session.discharge")
    session = locked_session(by, session_id)
    if discharge_id is not None and SessionEvent.objects.filter(id=discharge_id).exists():
        return Recorded(str(discharge_id), False, False, ())
    before = folded(session, now())
    refusal = may(before.state, "discharge")
    if refusal is not None:
        raise RefusedByRule(discharge_words(refusal, before))
    taken_over = handed_over_to.strip()[:LONGEST_PERSON]
    if session.kind == INPATIENT and not taken_over and not _is_handed_over(before):
        raise RefusedByRule(_("The person stays here: name who on the ward takes over."))
    if taken_over:
        handed = {"id": str(new_id()), "type": "setting", "body": {HANDED_OVER: taken_over}}
        append(by, session, [handed])
    body: dict[str, Any] = {"instructions_given": instructions_given}
    if escort.strip():
        body["escort"] = escort.strip()[:500]
    document = {"id": str(discharge_id or new_id()), "type": "discharged", "body": body}
    return append(by, session, [document], findings=before.state.discharge["findings"])[0]


def _is_handed_over(before: Folded) -> bool:
    return any(one.type == "setting" and one.body.get(HANDED_OVER) for one in before.state.counting)


def latest_decision(before: Folded, gate: str) -> str:
    """The latest order, or decision at this gate, as a page carries it along; empty where there is none."""
    decision = _latest(before, gate)
    return decision.id if decision is not None else ""


def _latest(before: Folded, gate: str) -> Event | None:
    """A second clinician's word decides nothing by itself."""
    found = [
        one
        for one in before.state.counting
        if one.type == "ordered"
        or (
            one.type == "gate-decided"
            and one.body["gate"] == gate
            and one.body["outcome"] != "needs-decision"
        )
    ]
    return max(found, key=lambda one: (one.received_at, one.id), default=None)


def _refuse_stale(before: Folded, gate: str, seen: str | None) -> None:
    """Somebody decided since the page was opened: that is said, and what this person decided is not stored."""
    decision = _latest(before, gate)
    if seen is None or decision is None or decision.id == seen:
        return
    row = before.rows[decision.id]
    raise StaleState(
        _("%(who)s decided meanwhile, at %(when)s: %(what)s Look at it again; nothing of yours was stored.")
        % {
            "who": row.author_name or _("Somebody"),
            "when": time_format(localtime(row.received_at), "H:i"),
            "what": f"{TYPES[decision.type]}, {entry_words(decision.type, decision.body)}.",
        }
    )


def asked(before: Folded, gate: str, more: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """What a gate says now, with further overrides."""
    facts = {**before.facts, "overrides": [*before.facts.get("overrides", ()), *more]}
    return ask_gate(gate, before.state.counting, before.at, facts)


def words_against(result: Mapping[str, Any]) -> str:
    """Why a gate does not say go: each finding that stands, the worst first."""
    standing = [
        one
        for one in result["findings"]
        if one["overridden"] is None and one["severity"] not in {"information", "caution"}
    ]
    head = (
        _("The gate says no-go.") if result["outcome"] == "no-go" else _("The gate still needs a decision.")
    )
    return " ".join([head, *(str(one["message"]) for one in standing[:6])])


def discharge_words(refusal: Refusal, before: Folded) -> str:
    """The refusal of a discharge: everything that is still open, not just the first."""
    if refusal.rules:
        return words_against(before.state.discharge)
    return refusal.message


def _not_yet(before: Folded) -> Refusal | None:
    """What stands against the authorisation besides the findings, which are asked with the new overrides."""
    refusal = may(before.state, "authorise")
    return refusal if refusal is not None and not refusal.code.startswith("predose-") else None


def _refuse(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise RefusedByRule(refusal.message)


def _overrides(
    by: Actor, before: Folded, gate: str, wanted: Mapping[str, str], role: str
) -> list[dict[str, Any]]:
    at = before.at.isoformat()
    given = []
    for rule, text in wanted.items():
        reason = text.strip()
        if not reason:
            raise BadInput(_("Write down why you decide against it."), path=rule)
        if len(reason) > LONGEST_WORDS:
            raise BadInput(
                _("This is longer than %(n)d characters. Shorten it.") % {"n": LONGEST_WORDS}, path=rule
            )
        _refuse_one_person_twice(by, before, gate, rule, role)
        given.append({"rule": rule, "by": role, "reason": reason, "at": at})
    return given


def _refuse_one_person_twice(by: Actor, before: Folded, gate: str, rule: str, role: str) -> None:
    """The second clinician is somebody else: the same person's two words are one."""
    for event in before.state.counting:
        if event.type != "gate-decided" or event.body["gate"] != gate or event.author is None:
            continue
        for one in event.body.get("overrides") or ():
            other_word = one["rule"] == rule and (one["by"] == SECOND) is not (role == SECOND)
            if other_word and event.author.id == str(by.account_id):
                raise RefusedByRule(_("The second clinician has to be another person than the prescriber."))
