"""The coding summary of a session, with the practice's own code; and entering that code."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotPermitted
from upwell.pathway.own_words import own_words
from upwell.pathway.papers.models import DrugCode
from upwell.pathway.papers.queries import code_for
from upwell.pathway.session.log import Folded
from upwell.pathway.session.models import Session
from upwell.pathway.session.words import ROUTES, SUBSTANCES
from upwell.science.session.coding import coding_summary

LONGEST_CODE = 50


def coding_of(session: Session, found: Folded) -> dict[str, Any]:
    """Times and units of a session, with the code that the practice entered, if it did."""
    own = code_for(session.practice_id, session.substance, session.route)
    return coding_summary(
        found.state,
        own_code=own.code if own is not None else None,
        mg_per_unit=own.mg_per_unit if own is not None else None,
    )


def enter_code(*, by: Actor, substance: str, route: str, code: str, mg_per_unit: float) -> DrugCode:
    """What this practice calls a drug by a route when it bills. The former code stays in its history."""
    require(by, "practice.manage")
    if substance not in SUBSTANCES:
        raise BadInput(_("There is no such substance."), path="substance")
    if route not in ROUTES:
        raise BadInput(_("There is no such route."), path="route")
    words = own_words(code, path="code", missing=_("Enter the code."), longest=LONGEST_CODE)
    if not mg_per_unit > 0:
        raise BadInput(_("How many mg make one unit?"), path="mg_per_unit")
    if by.practice_id is None:
        raise NotPermitted(_("A code is entered at a practice."))
    of_drug: dict[str, Any] = {"practice_id": by.practice_id, "substance": substance, "route": route}
    there = DrugCode.objects.select_for_update().filter(**of_drug).first()
    row = there or DrugCode(created_by_id=by.account_id, **of_drug)
    row.code, row.mg_per_unit, row.entered_by_name = words, mg_per_unit, by.name
    row.updated_at, row.updated_by_id = now(), by.account_id
    row.save()
    record("drug-code.entered", by=by, object_type="drug-code", object_id=row.id)
    return row
