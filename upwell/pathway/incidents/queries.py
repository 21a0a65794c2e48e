"""Events and reports, for the people who learn from them and send them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from upwell.access.trail import looked_at
from upwell.base.errors import NotFound
from upwell.base.kept_query import kept_query
from upwell.pathway.incidents.models import Incident, IncidentReport
from upwell.pathway.incidents.rules import OPEN
from upwell.pathway.session.models import SessionEvent
from upwell.record.queries import PATIENT_BESIDE_NAME

PER_PAGE = 30
MOST_IN_FILE = 20_000
MOST = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filter of the list."""

    kind: str = ""
    serious: bool = False
    unresolved: bool = False
    since: date | None = None
    until: date | None = None
    session: UUID | None = None


def incidents(practice_id: UUID, wanted: Wanted) -> QuerySet[Incident]:
    """The events of a practice, the latest first; what was entered in error is left out."""
    rows = Incident.objects.filter(practice_id=practice_id, withdrawn=False)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.serious:
        rows = rows.filter(serious=True)
    if wanted.unresolved:
        rows = rows.filter(resolved_at__isnull=True)
    if wanted.since is not None:
        rows = rows.filter(happened_at__gte=_midnight(wanted.since))
    if wanted.until is not None:
        rows = rows.filter(happened_at__lt=_midnight(wanted.until + timedelta(days=1)))
    if wanted.session is not None:
        rows = rows.filter(session_id=wanted.session)
    return rows.select_related("patient", "session").order_by("-happened_at", "-id")


def incident_page(practice_id: UUID, wanted: Wanted, page: str) -> Page[Incident]:
    """A page of the list, and whose charts it names."""
    found = Paginator(incidents(practice_id, wanted), PER_PAGE).get_page(page)
    looked_at([one.patient_id for one in found.object_list])
    return found


def incidents_for_file(practice_id: UUID, wanted: Wanted) -> list[Incident]:
    """All of the list, for the file."""
    found = list(incidents(practice_id, wanted)[:MOST_IN_FILE])
    looked_at([one.patient_id for one in found])
    return found


def incident_of(incident_id: UUID) -> Incident:
    """One event. Whoever may not see it is told that there is none."""
    rows = Incident.objects.select_related("patient", "practice", "session__patient__practice")
    found = rows.filter(id=incident_id).first()
    if found is None:
        raise NotFound(_("There is no such event here."))
    looked_at([found.patient_id])
    return found


def reports_of(incident: Incident) -> list[IncidentReport]:
    """Its reports, in the order in which they were opened."""
    return list(IncidentReport.objects.filter(incident_id=incident.id).order_by("created_at", "id"))


def report_of(report_id: UUID) -> IncidentReport:
    """One report with its event."""
    rows = IncidentReport.objects.select_related("incident__patient", "practice", "incident__session")
    found = rows.filter(id=report_id).first()
    if found is None:
        raise NotFound(_("There is no such report here."))
    looked_at([found.patient_id])
    return found


def said_of(incident: Incident) -> list[SessionEvent]:
    """What was said of it, in the order in which it was observed."""
    rows = SessionEvent.objects.filter(session_id=incident.session_id, id__in=incident.entries)
    return list(rows.order_by("observed_at", "received_at", "id"))


def open_reports(practice_id: UUID) -> Sequence[IncidentReport]:
    """The reports of a practice that wait to be written or sent."""
    return _open_at(practice_id)


@kept_query(UUID)
def _open_at(practice_id: UUID) -> QuerySet[IncidentReport]:
    rows = IncidentReport.objects.filter(practice_id=practice_id, state__in=sorted(OPEN))
    rows = rows.select_related("patient").defer("text", *PATIENT_BESIDE_NAME)
    return rows.order_by("due_at", "created_at")[:MOST]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
