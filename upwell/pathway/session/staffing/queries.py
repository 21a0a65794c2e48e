"""Who watches what, which group a session is of, and what the practice set for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from upwell.access.trail import looked_at
from upwell.base.errors import NotFound
from upwell.pathway.session.models import Session
from upwell.pathway.session.staffing.models import Place, SessionGroup, StaffingRule
from upwell.pathway.session.words import DUE, STATES, treatment_words
from upwell.record.queries import PATIENT_AS_IT_CAME
from upwell.science.session import State

OPEN_AND_DOSED = Q(session__over_at__isnull=True, session__first_dose_at__isnull=False)
NEW_GROUPS = timedelta(hours=24)  # a group that was made before is offered no more
MOST = 200


@dataclass(frozen=True, slots=True)
class Staffed:
    """How a session is staffed, beside what its own log says."""

    group_id: UUID | None = None
    group_name: str = ""
    monitor_name: str = ""
    watched: int = 0  # open dosed sessions that the monitor of this one watches, this one among them
    limit: int | None = None
    line: str = ""  # how a prescriber off site is reached at this practice

    @property
    def is_above(self) -> bool:
        """More than the practice set for itself."""
        return self.limit is not None and self.watched > self.limit

    @property
    def words(self) -> str:
        """How many one person watches, and the practice's own limit where it set one."""
        said = ngettext(
            "watches %(n)d person after a dose", "watches %(n)d people after a dose", self.watched
        ) % {"n": self.watched}
        if self.limit is None:
            return said
        return _("%(said)s; this practice's limit is %(limit)d") % {"said": said, "limit": self.limit}


def rule_of(practice_id: UUID) -> StaffingRule | None:
    """What the practice set last."""
    return StaffingRule.objects.filter(practice_id=practice_id).order_by("-number").first()


def staffed(session: Session) -> Staffed:
    """Group, monitor and count of a session. One query."""
    watched = Place.objects.filter(OPEN_AND_DOSED, practice_id=session.practice_id)
    same = watched.filter(monitor_id=OuterRef("monitor_id")).order_by().values("monitor_id")
    rule = StaffingRule.objects.filter(practice_id=session.practice_id).order_by("-number")
    rows = Place.objects.filter(session_id=session.id).select_related("group")
    found = rows.annotate(
        watched=Subquery(same.annotate(n=Count("id")).values("n")),
        most=Subquery(rule.values("chairs_per_monitor")[:1]),
        line=Subquery(rule.values("prescriber_line")[:1]),
    ).first()
    if found is None:
        return Staffed()
    return Staffed(
        group_id=found.group_id,
        group_name=found.group.name if found.group is not None else "",
        monitor_name=found.monitor_name,
        watched=found.watched or 0,
        limit=found.most,
        line=found.line or "",
    )


@dataclass(frozen=True, slots=True)
class Watching:
    """One monitor, and how many people after a dose they watch."""

    monitor_id: UUID | None
    name: str
    sessions: tuple[Session, ...]
    limit: int | None

    @property
    def dosed(self) -> int:
        return sum(one.first_dose_at is not None for one in self.sessions)

    @property
    def is_above(self) -> bool:
        return self.monitor_id is not None and self.limit is not None and self.dosed > self.limit


def who_watches(practice_id: UUID) -> list[Watching]:
    """The open sessions of a practice by who watches them; those that nobody watches stand last. Two queries."""
    rule = rule_of(practice_id)
    rows = Session.objects.filter(practice_id=practice_id, over_at__isnull=True)
    rows = rows.select_related("patient", "chair", "place__group").defer(*PATIENT_AS_IT_CAME)
    found: dict[UUID | None, list[Session]] = {}
    names: dict[UUID | None, str] = {None: ""}
    key: UUID | None
    for one in rows.order_by("opened_at", "id")[:MOST]:
        place = getattr(one, "place", None)
        key = place.monitor_id if place is not None else None
        found.setdefault(key, []).append(one)
        names.setdefault(key, place.monitor_name if place is not None else "")
    looked_at([one.patient_id for many in found.values() for one in many])
    limit = rule.chairs_per_monitor if rule is not None else None
    made = [Watching(key, names[key], tuple(many), limit) for key, many in found.items()]
    return sorted(made, key=lambda one: (one.monitor_id is None, one.name))


def groups_of_today(practice_id: UUID, at: datetime) -> Sequence[SessionGroup]:
    """The groups that somebody can still be put into."""
    rows = SessionGroup.objects.filter(practice_id=practice_id, made_at__gt=at - NEW_GROUPS)
    return list(rows.order_by("-made_at")[:50])


def group_of(group_id: UUID, practice_id: UUID | None) -> SessionGroup:
    """One group of one's own practice."""
    rows = SessionGroup.objects.filter(id=group_id)
    found = rows.filter(practice_id=practice_id).first() if practice_id is not None else None
    if found is None:
        raise NotFound(_("There is no such group here."))
    return found


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a group, as lists know them."""

    session: Session
    stands: str
    treatment: str
    due: str


@dataclass(frozen=True, slots=True)
class GroupNow:
    """A group: its members, how many staff are in the room, and the practice's own limit."""

    members: tuple[Member, ...]
    people: int  # whose session is open
    staff: int | None
    limit: int | None  # people for each member of staff

    @property
    def is_above(self) -> bool:
        """More people than the practice set for itself, for the staff in the room."""
        if self.limit is None or self.staff is None:
            return False
        return self.people > self.limit * self.staff


def group_now(group: SessionGroup) -> GroupNow:
    """Everybody of a group. Two queries."""
    rows = Session.objects.filter(place__group_id=group.id).select_related("patient", "chair", "place")
    found = list(rows.defer(*PATIENT_AS_IT_CAME).order_by("opened_at", "id")[:MOST])
    looked_at([one.patient_id for one in found])
    rule = rule_of(group.practice_id)
    counts = [
        one.place.staff_in_room for one in found if not one.is_over and one.place.staff_in_room is not None
    ]
    return GroupNow(
        members=tuple(
            Member(
                one,
                str(STATES[State(one.stands)]),
                treatment_words(one.substance, one.route),
                str(DUE.get(one.next_due_what, one.next_due_what)),
            )
            for one in found
        ),
        people=sum(not one.is_over for one in found),
        staff=max(counts, default=None),
        limit=rule.people_per_staff if rule is not None else None,
    )
