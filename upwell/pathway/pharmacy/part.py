"""What the drug book tells and is told: what is due in it, a dose that is released, what a session's log says."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from upwell.access.roles import may
from upwell.base.actor import Actor
from upwell.pathway.parts import Urgency, Waiting
from upwell.pathway.pharmacy.clocks import day_ends, due_at
from upwell.pathway.pharmacy.drawing import make_up, moves, put_back, set_aside, settle
from upwell.pathway.pharmacy.due import Due, due_of
from upwell.pathway.pharmacy.queries import has_book, stock_of, waiting_for_witness
from upwell.pathway.pharmacy.words import REPORT_WORDS, WHY_WORDS
from upwell.people.models import Practice
from upwell.web.paths import path_to

if TYPE_CHECKING:
    from upwell.pathway.course.models import Course
    from upwell.pathway.session.log import Folded
    from upwell.pathway.session.models import Session


def released(by: Actor, session: Session, log: Folded, go: bool) -> None:
    """A go sets the ordered dose aside, or is refused where it is not in stock; a hold puts it back."""
    if go:
        set_aside(by, session, log)
    else:
        put_back(by, session)


def logged(by: Actor, session: Session, log: Folded, types: Collection[str]) -> None:
    """What was given is drawn, what was corrected compensated, what was not given put back."""
    if moves(types):
        settle(by, session, log)


BOOK = frozenset({"prescriber", "monitor"})
EXPLAIN = frozenset({"prescriber", "medical-director"})
WITNESSES = frozenset({"prescriber", "monitor", "therapist", "medical-director"})


def waiting(actor: Actor, at: datetime, course: Course | None) -> list[Waiting]:
    """What is due in the drug book of the actor's practice. One query where there is no book."""
    if course is not None or not actor.is_staff or actor.practice_id is None:
        return []
    if not may(actor, "ledger.witness") or not has_book(actor.practice_id):
        return []
    practice = Practice.objects.get(id=actor.practice_id)
    if not may(actor, "ledger.read"):
        rows = waiting_for_witness(practice.id)
        return [
            _witness(practice.id, row.id, row.words, row.entered_at)
            for row in rows
            if row.by_id != actor.account_id
        ]
    return list(_lines(actor, practice, at, due_of(practice, at, stock_of(practice.id))))


def _lines(actor: Actor, practice: Practice, at: datetime, due: Due) -> Iterator[Waiting]:
    here = practice.id
    for one in due.reports:
        what = _("Send a report: %(what)s") % {"what": REPORT_WORDS[one.report]}
        urgency = Urgency.WORRYING if one.is_late or one.due is None else Urgency.DUE
        url = path_to("drug_book_entry", one.loss.id)
        yield _line(here, EXPLAIN, what, url, one.loss.entered_at, urgency, _in_time(one.due), one.skipped)
    for row in due.discrepancies:
        urgency = Urgency.WORRYING if row.id in due.late else Urgency.DUE
        detail = str(WHY_WORDS.get(row.more.get("why", ""), ""))
        limit = due_at(practice, "explain-within", row.entered_at)
        url = path_to("drug_book_entry", row.id)
        yield _line(here, EXPLAIN, _("Explain a discrepancy"), url, row.entered_at, urgency, limit, detail)
    for row in due.witnesses:
        if row.by_id != actor.account_id:
            yield _witness(here, row.id, row.words, row.entered_at)
    for left in due.left:
        what = _("See to stock that was set aside for a session and left")
        yield _line(here, BOOK, what, path_to("session", left.session_id), left.since, Urgency.DUE)
    if due.expiring:
        names = ", ".join(f"{one.product.name} ({one.lot.number})" for one in due.expiring[:5])
        what = _("Look at stock that expires")
        ends = day_ends(practice, min(one.lot.expires_on for one in due.expiring))
        yield _line(here, BOOK, what, path_to("drug_book"), at, _urgency(ends, at), _in_time(ends), names)
    if due.inventory.is_near and due.inventory.due_on is not None:
        ends = day_ends(practice, due.inventory.due_on)
        url = reverse("drug_book_enter", args=["inventory"])
        since = due.inventory.last or at
        yield _line(here, BOOK, _("Take inventory"), url, since, _urgency(ends, at), _in_time(ends))


def _urgency(ends: datetime, at: datetime) -> Urgency:
    """What has days left waits; on its last day, and late, it is due."""
    return Urgency.DUE if ends - timedelta(days=1) < at else Urgency.WAITING


def _in_time(ends: datetime | None) -> datetime | None:
    """The last minute of a day, rather than the midnight after it."""
    return None if ends is None else ends - timedelta(minutes=1)


def _witness(practice_id: UUID, entry_id: UUID, words: str, since: datetime) -> Waiting:
    url = path_to("drug_book_witness", entry_id)
    what = _("Confirm as a witness what you have seen")
    return _line(practice_id, WITNESSES, what, url, since, Urgency.DUE, None, words)


def _line(
    practice_id: UUID,
    owners: frozenset[str],
    what: str,
    url: str,
    since: datetime,
    urgency: Urgency,
    due: datetime | None = None,
    detail: str = "",
) -> Waiting:
    return Waiting(
        owners=owners,
        practice_id=practice_id,
        patient_id=None,
        patient_name=_("Drug book"),
        what=what,
        url=url,
        since=since,
        urgency=urgency,
        due=due,
        detail=detail,
        icon="pill",
    )


def look_after(by: Actor, at: datetime) -> None:
    """Doses that the book has missed, because it could not follow when they were entered, are drawn now."""
    make_up(by, at)
