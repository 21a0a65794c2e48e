"""The charts of one person at other practices: what is open to us, whose it is, and what is open of ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from upwell.access.links import care_links, release_kinds
from upwell.access.models import CareLink, Release
from upwell.access.sharing import in_force
from upwell.base.kept_query import kept_query
from upwell.pathway.course.queries import ShownSection, sections_of
from upwell.people.models import Patient


@dataclass(frozen=True, slots=True)
class OtherChart:
    """Another practice's chart of the same person."""

    practice_id: UUID
    practice_name: str
    patient_id: UUID


@dataclass(frozen=True, slots=True)
class OpenKind:
    """A kind of information that is open, in words, and since when."""

    title: str
    sentence: str
    since: datetime


@dataclass(slots=True)
class SharedCare:
    """One other practice that cares for the person: its charts, and what is open in each direction."""

    practice_id: UUID
    practice_name: str
    charts: list[UUID] = field(default_factory=list)
    from_them: list[OpenKind] = field(default_factory=list)
    to_them: list[OpenKind] = field(default_factory=list)
    sections: list[ShownSection] = field(default_factory=list)
    chart_to_open: UUID | None = None  # where who they are is open, too
    closed_charts: set[UUID] = field(default_factory=set)  # of which we may not even open the front page
    opens_record: bool = False  # conditions, medicines, allergies and visits

    @property
    def has_allergies(self) -> bool:
        return any(one.section.key == "allergies" for one in self.sections)


def other_charts(ids: Sequence[UUID]) -> list[OtherChart]:
    """The charts at other practices that are linked to these. One query."""
    return list(dict.fromkeys(OtherChart(*row) for row in _linked_to(list(ids))))


@kept_query(list)
def _linked_to(ids: list[UUID]) -> QuerySet[CareLink, tuple[UUID, str, UUID]]:
    rows = care_links().filter(patient_id__any=ids).order_by("since", "id")
    return rows.values_list("other_practice_id", "other_practice__name", "other_patient_id")


def shared_care(ids: Sequence[UUID], others: Sequence[OtherChart], *, clinical: bool) -> list[SharedCare]:
    """What is open between us and each of them. Nothing is asked where no chart is linked; else two queries, and six
    more a practice for who reads charts."""
    if not others:
        return []
    found: dict[UUID, SharedCare] = {}
    for one in others:
        place = found.setdefault(one.practice_id, SharedCare(one.practice_id, one.practice_name))
        place.charts.append(one.patient_id)
    _put_releases(found, ids)
    visible = set(
        Patient.objects.filter(id__in=[one.patient_id for one in others]).values_list("id", flat=True)
    )
    for place in found.values():
        place.chart_to_open = next((chart for chart in place.charts if chart in visible), None)
        if clinical:
            place.sections = [one for one in sections_of(place.charts) if one.lines]
    return list(found.values())


def closed_charts(others: Sequence[OtherChart]) -> set[UUID]:
    """The charts whose front page is not open to us: scores of theirs may be, but lead nowhere."""
    ids = {one.patient_id for one in others}
    return ids - set(Patient.objects.filter(id__in=ids).values_list("id", flat=True)) if ids else set()


def own_chart_beside(ids: Sequence[UUID]) -> UUID | None:
    """Our own chart of the person whose chart at another practice this is."""
    rows = care_links().filter(other_patient_id__in=list(ids)).order_by("since", "id")
    return rows.values_list("patient_id", flat=True).first()


def _put_releases(found: dict[UUID, SharedCare], ids: Sequence[UUID]) -> None:
    theirs = [chart for place in found.values() for chart in place.charts]
    rows = Release.objects.filter(
        in_force(), Q(patient_id__in=list(ids), to_practice_id__in=list(found)) | Q(patient_id__in=theirs)
    )
    known, order = release_kinds(), list(release_kinds())
    seen: set[tuple[UUID, bool, str]] = set()
    for practice_id, to_practice_id, kind, since in sorted(
        rows.values_list("practice_id", "to_practice_id", "kind", "starts_at"),
        key=lambda row: (order.index(row[2]) if row[2] in order else len(order), row[3]),
    ):
        from_them = practice_id in found
        place = found[practice_id if from_them else to_practice_id]
        if kind not in known or (key := (place.practice_id, from_them, kind)) in seen:
            continue
        seen.add(key)
        open_kind = OpenKind(known[kind].staff_title, known[kind].staff, since)
        (place.from_them if from_them else place.to_them).append(open_kind)
        place.opens_record = place.opens_record or (from_them and kind == "chart")
