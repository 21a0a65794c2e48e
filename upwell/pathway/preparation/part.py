"""What preparation tells: intentions that are not written down yet, and that they were."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upwell.base.actor import Actor
from upwell.base.kept_query import kept_query
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import State
from upwell.pathway.parts import Card, Moment, Urgency, Waiting, once
from upwell.pathway.preparation.models import Intention, OwnWords, SettingWish
from upwell.pathway.preparation.queries import intention_for_session, wishes_for_session
from upwell.record.queries import PATIENT_AS_IT_CAME
from upwell.web.paths import path_to

ASKED_IN = (State.PREPARATION, State.INDUCTION)
TOUCH_WORDS = {
    "": gettext_lazy("Touch: nothing was said. Ask first."),
    "yes": gettext_lazy("Touch: a hand may be held."),
    "ask": gettext_lazy("Touch: ask each time."),
    "no": gettext_lazy("No touch."),
}
SHOWN_IN = (*ASKED_IN, State.MAINTENANCE)


def waiting(actor: Actor, at: datetime, course: Course | None) -> list[Waiting]:
    """Intentions wait for the person, without hurry; the team is not asked for them."""
    if course is not None:
        found = [course]
    elif actor.is_patient:
        found = _asked_of(list(actor.patient_ids))
    else:
        return []
    asked = [one for one in found if one.stands in ASKED_IN]
    written = set(_written([one.id for one in asked])) if asked else set()
    return [_line(one) for one in asked if one.id not in written]


@kept_query(list)
def _asked_of(patient_ids: list[UUID]) -> QuerySet[Course]:
    rows = Course.objects.filter(patient_id__any=patient_ids, state__in=ASKED_IN)
    return rows.select_related("patient", "practice").defer(*PATIENT_AS_IT_CAME)


@kept_query(list)
def _written(course_ids: list[UUID]) -> QuerySet[Intention, UUID]:
    return Intention.objects.filter(course_id__any=course_ids).values_list("course_id", flat=True)


def _line(course: Course) -> Waiting:
    return Waiting(
        owners=frozenset({"patient"}),
        practice_id=course.practice_id,
        patient_id=course.patient_id,
        patient_name=course.patient.display_name,
        what=_("Write down what you hope for"),
        url=path_to("my_intention", course.id),
        since=course.updated_at,
        urgency=Urgency.LATER,
        course_id=course.id,
        icon="notebook-pen",
    )


def moments(course: Course, actor: Actor) -> list[Moment]:
    """That something was written down, not what."""
    own = actor.is_patient
    hopes, wishes = once(course, _hopes), once(course, _wishes)
    to_hopes, to_wishes = ("my_intention", "my_wishes") if own else ("intentions", "intentions")
    return [
        *(_moment(one, _hope_words(one.number, own), path_to(to_hopes, course.id)) for one in hopes),
        *(_moment(one, _wish_words(one.number, own), path_to(to_wishes, course.id)) for one in wishes),
    ]


def _hopes(course: Course) -> list[Intention]:
    return _hopes_of(course.id)


def _wishes(course: Course) -> list[SettingWish]:
    return _wishes_of(course.id)


@kept_query(UUID)
def _hopes_of(course_id: UUID) -> QuerySet[Intention]:
    return Intention.objects.filter(course_id=course_id).order_by("number")


@kept_query(UUID)
def _wishes_of(course_id: UUID) -> QuerySet[SettingWish]:
    return SettingWish.objects.filter(course_id=course_id).order_by("number")


def _moment(one: OwnWords, title: str, url: str) -> Moment:
    icon = "notebook-pen" if one.number == 1 else "pencil"
    return Moment(at=one.at, title=title, who=one.by_name, url=url, icon=icon)


def _hope_words(number: int, own: bool) -> str:
    if own:
        return _("You wrote down what you hope for") if number == 1 else _("You changed what you hope for")
    if number == 1:
        return _("What the person hopes for was written down")
    return _("What the person hopes for was written anew")


def _wish_words(number: int, own: bool) -> str:
    if own:
        return _("You wrote down what you wish at a dose") if number == 1 else _("You changed your wishes")
    return (
        _("Wishes for the session were written down") if number == 1 else _("Wishes for the session changed")
    )


def wishes(course: Course) -> list[str]:
    """What is in sight in the treatment room: the intention, only if the person wishes it; what they need there."""
    intention, wish = intention_for_session(course), wishes_for_session(course)
    found = [intention.hope, intention.change] if intention is not None else []
    if wish is not None:
        said = [
            (_("Music: %(words)s"), wish.music),
            (_("Light: %(words)s"), wish.light),
            (_("May be there: %(words)s"), wish.people),
            ("%(words)s", wish.other),
        ]
        found.append(str(TOUCH_WORDS[wish.touch]))
        found += [title % {"words": words} for title, words in said if words]
    return [words for words in found if words]


def cards(course: Course, actor: Actor) -> list[Card]:
    """What the person hopes for, on the course page and on their own pages."""
    hopes, wished = once(course, _hopes), once(course, _wishes)
    if not hopes and course.stands not in SHOWN_IN:
        return []
    context = {
        "course": course,
        "latest": hopes[-1] if hopes else None,
        "wishes": wished[-1] if wished else None,
    }
    template = "preparation/my_card.html" if actor.is_patient else "preparation/card.html"
    title = _("What I hope for") if actor.is_patient else _("What the person hopes for")
    return [Card(title, template, context, "notebook-pen", own=actor.is_patient)]
