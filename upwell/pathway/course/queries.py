"""A chart: a fixed number of queries, however much it holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet, Subquery, Window

from upwell.base.clock import now
from upwell.base.kept_query import KeptQuery, kept_query
from upwell.pathway.course.lines import Line
from upwell.pathway.course.sections import SECTIONS, Section, section_named
from upwell.record.models import Alert, AssessmentRequest, Task
from upwell.record.queries import PATIENT_BESIDE_NAME

PER_PAGE = 50
# What a row says about itself, and no line shows; the resource as it came is long.
NOT_SHOWN = (
    "resource",
    "content_hash",
    "created_at",
    "created_by_id",
    "updated_at",
    "updated_by_id",
    "imported_at",
)


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section with its first lines: some open, some folded, and how many there are in all."""

    section: Section
    lines: tuple[Line, ...]
    folded: tuple[Line, ...]
    total: int

    @property
    def has_more(self) -> bool:
        """Whether there is more than the page holds."""
        return self.total > len(self.lines) + len(self.folded)


def sections_of(ids: list[UUID]) -> list[ShownSection]:
    """Every section of the chart. One query each."""
    return [_section(section, ids) for section in SECTIONS]


def section_page(section: Section, ids: list[UUID], page: str) -> tuple[Page[Any], list[Line]]:
    """One section in full, page by page."""
    rows = _columns(section, ids).order_by(*section.ordering())
    found = Paginator(rows, PER_PAGE).get_page(page)
    return found, [section.to_line(row) for row in found.object_list]


def open_requests_of(ids: list[UUID]) -> list[AssessmentRequest]:
    """What the patient was asked, can answer now, and has not answered yet."""
    return _open_requests(ids, now())


@kept_query(list, datetime)
def _open_requests(ids: list[UUID], at: datetime) -> QuerySet[AssessmentRequest]:
    waiting = AssessmentRequest.objects.filter(
        Q(slot="") | Q(opens_at__lte=at, closes_at__gt=at),
        patient_id__any=ids,
        assessment__isnull=True,
        cancelled_at__isnull=True,
    )
    return waiting.select_related("requested_by").order_by("due_at")


def open_alerts_of(ids: list[UUID]) -> list[Alert]:
    """The alerts about this person that wait for somebody to act."""
    return _open_alerts(ids, now())


@kept_query(list, datetime)
def _open_alerts(ids: list[UUID], at: datetime) -> QuerySet[Alert]:
    waiting = Alert.objects.paging(at).filter(patient_id__any=ids)
    waiting = waiting.select_related("patient", "acknowledged_by").defer(*PATIENT_BESIDE_NAME)
    return waiting.order_by("raised_at")


def open_tasks_of(ids: list[UUID]) -> list[Task]:
    """The tasks about this person."""
    return _open_tasks(ids)


@kept_query(list)
def _open_tasks(ids: list[UUID]) -> QuerySet[Task]:
    return Task.objects.filter(patient_id__any=ids, done_at__isnull=True).order_by("raised_at")


def _section(section: Section, ids: list[UUID]) -> ShownSection:
    found = _first_lines(section.key)(ids)
    lines = [section.to_line(row) for row in found]
    return ShownSection(
        section=section,
        lines=tuple(lines[: section.shown]),
        folded=tuple(lines[section.shown :]),
        total=found[0].in_all if found else 0,
    )


@cache
def _first_lines(key: str) -> KeptQuery[Any]:
    """The rows that a section shows first, each with how many there are in all."""
    section = section_named(key)
    return kept_query(list)(lambda ids: _first_rows(section, ids))


def _first_rows(section: Section, ids: list[UUID]) -> QuerySet[Any]:
    rows = _columns(section, ids)
    if section.latest_per_code:
        newest = F(section.newest).desc(nulls_last=True)
        latest = rows.order_by("code_system", "code", "display", "entered_in_error", newest, "-id")
        newest_ids = latest.distinct("code_system", "code", "display").values("id")
        rows = section.model._default_manager.filter(id__in=Subquery(newest_ids)).defer(
            "resource", "content_hash"
        )
    counted: QuerySet[Any] = rows.annotate(in_all=Window(Count("*"))).order_by(*section.ordering())
    return counted[: section.fetched]


def _columns(section: Section, ids: list[UUID]) -> QuerySet[Any]:
    """The rows of a section, without what no line shows."""
    return section.model._default_manager.filter(patient_id__any=ids).defer(*NOT_SHOWN)
