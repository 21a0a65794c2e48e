"""When an integration visit is due, what its note must say before it is signed, and the life of notes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from upwell.knowledge.integration import Window


class Timing(StrEnum):
    """Where a moment stands to the window of a visit."""

    EARLY = "early"  # the window has not opened
    INSIDE = "inside"
    LATE = "late"
    PAST = "past"  # so late that it is no longer asked for


@dataclass(frozen=True, slots=True)
class Proposed:
    """The window of one visit: hours that pass, whatever the clocks on the wall do."""

    dose_at: datetime
    opens_at: datetime
    closes_at: datetime
    stops_at: datetime

    def timing(self, at: datetime) -> Timing:
        """Both ends belong to the window."""
        if at < self.opens_at:
            return Timing.EARLY
        if at <= self.closes_at:
            return Timing.INSIDE
        return Timing.LATE if at <= self.stops_at else Timing.PAST


def proposed(last_dose_at: datetime, window: Window) -> Proposed:
    """The window that the last dose of a session opens."""
    return Proposed(
        dose_at=last_dose_at,
        opens_at=last_dose_at + window.opens_after,
        closes_at=last_dose_at + window.closes_after,
        stops_at=last_dose_at + window.stops_after,
    )


def is_answered(held_at: datetime | None, last_dose_at: datetime) -> bool:
    """Whether the latest visit belongs to this dose: it was held after it, be it early, inside or late."""
    return held_at is not None and held_at > last_dose_at


class NoteState(StrEnum):
    """Where a visit's note stands."""

    DRAFT = "draft"
    SIGNED = "signed"
    WRONG = "entered-in-error"


class NoteEvent(StrEnum):
    """What is done with a note."""

    SAVE = "save"
    SIGN = "sign"
    ADD = "add"  # an addendum: a signed note is never overwritten
    MARK_WRONG = "mark-wrong"


NEXT_NOTE: dict[tuple[NoteState, NoteEvent], NoteState] = {
    (NoteState.DRAFT, NoteEvent.SAVE): NoteState.DRAFT,
    (NoteState.DRAFT, NoteEvent.SIGN): NoteState.SIGNED,
    (NoteState.DRAFT, NoteEvent.MARK_WRONG): NoteState.WRONG,
    (NoteState.SIGNED, NoteEvent.ADD): NoteState.SIGNED,
    (NoteState.SIGNED, NoteEvent.MARK_WRONG): NoteState.WRONG,
}


class HabitState(StrEnum):
    """Where a practice for daily life stands."""

    KEPT = "kept"
    PAUSED = "paused"
    ENDED = "ended"


class HabitEvent(StrEnum):
    """What is done with it."""

    PAUSE = "pause"
    END = "end"
    TAKE_UP = "take-up"


NEXT_HABIT: dict[tuple[HabitState, HabitEvent], HabitState] = {
    (HabitState.KEPT, HabitEvent.PAUSE): HabitState.PAUSED,
    (HabitState.KEPT, HabitEvent.END): HabitState.ENDED,
    (HabitState.PAUSED, HabitEvent.TAKE_UP): HabitState.KEPT,
    (HabitState.PAUSED, HabitEvent.END): HabitState.ENDED,
    (HabitState.ENDED, HabitEvent.TAKE_UP): HabitState.KEPT,
}


class SuicideAnswer(StrEnum):
    """What the person said when they were asked."""

    NONE = "none"
    PRESENT = "present"
    UNCLEAR = "unclear"


class Lacking(StrEnum):
    """What a note lacks before it can be signed."""

    ASKED = "suicide_asked"
    ANSWER = "suicide_answer"
    DONE = "risk_done"
    WORDS = "words"


def lacking(asked: bool | None, answer: str, done: str, words: Sequence[str]) -> list[Lacking]:
    """What has to be filled in before signing. A question that was not asked needs a word on why."""
    found = []
    if not any(text.strip() for text in words):
        found.append(Lacking.WORDS)
    if asked is None:
        found.append(Lacking.ASKED)
    elif asked and not answer:
        found.append(Lacking.ANSWER)
    if needs_done(asked, answer) and not done.strip():
        found.append(Lacking.DONE)
    return found


def needs_done(asked: bool | None, answer: str) -> bool:
    """Whether it has to be said what was done: always, unless the person was asked and has no such thoughts."""
    return asked is False or answer in {SuicideAnswer.PRESENT, SuicideAnswer.UNCLEAR}


def prompt_of(day: date, prompts: Sequence[str]) -> str:
    """The question of a day: the same for everybody, another one tomorrow."""
    return prompts[day.toordinal() % len(prompts)]
