"""Corrections: events that name an earlier one, and give it another body or take it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from upwell.base.errors import BadInput
from upwell.science.session.events import Event, in_order, with_body
from upwell.science.session.flags import Flag
from upwell.science.session.merge import first_of

CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Corrected:
    """What counts after all corrections, which event was corrected by which, and what was taken back."""

    counting: tuple[Event, ...]
    corrected: Mapping[str, str]
    in_error: tuple[str, ...]
    flags: tuple[Flag, ...]


def correct(events: Sequence[Event], broken: Iterable[Event] = ()) -> Corrected:
    """Apply the corrections among ``events`` (in the order of the log) to what they name, before or after them.

    The latest correction of an event counts. ``broken`` are events of which only the body could not be read: a
    replacement mends them.
    """
    broken = list(broken)
    if not broken and CORRECTION not in {event.type for event in events}:
        return Corrected(tuple(events), {}, (), ())
    corrector = _Corrector(events, broken)
    counting = [one for event in events if event.type != CORRECTION and (one := corrector.settle(event))]
    counting += [one for event in corrector.broken.values() if (one := corrector.mend(event))]
    return Corrected(
        counting=tuple(sorted(counting, key=in_order)),
        corrected=dict(sorted(corrector.corrected.items())),
        in_error=tuple(sorted(corrector.in_error)),
        flags=tuple(corrector.flags),
    )


class _Corrector:
    def __init__(self, events: Sequence[Event], broken: Iterable[Event]) -> None:
        self.known = {event.id: event for event in events}
        self.broken: dict[str, Event] = {}
        for event in sorted(broken, key=first_of):
            if event.id not in self.known and event.type != CORRECTION:
                self.broken.setdefault(event.id, event)
        self.corrected: dict[str, str] = {}
        self.in_error: set[str] = set()
        self.flags: list[Flag] = []
        corrections = [event for event in events if event.type == CORRECTION]
        circle = self._in_circles(corrections)
        self.about: dict[str, list[Event]] = {}
        for event in corrections:
            target = event.body["corrects"]
            if "reason" not in event.body:
                self._flag("correction-without-reason", event)
            if event.id in circle:
                self._flag("correction-in-a-circle", event)
            elif target in self.known or target in self.broken:
                self.about.setdefault(target, []).append(event)
            else:
                self._flag("correction-of-unknown", event)
        # A correction that was taken back does not count; the deepest are settled first, each once.
        self.settled: dict[str, Event | None] = {}
        for event in corrections:
            if event.id not in circle:
                self._settle_correction(event)

    def _flag(self, name: str, event: Event, more: str = "") -> None:
        self.flags.append(Flag(name, event.id, event.observed_at, more))

    def _in_circles(self, corrections: Sequence[Event]) -> set[str]:
        """Corrections whose way from one to the next comes back to where it began."""
        following = {event.id: event.body["corrects"] for event in corrections}
        free: set[str] = set()
        circle: set[str] = set()
        for start in following:
            way: dict[str, None] = {}
            here = start
            while here in following and here not in way and here not in free and here not in circle:
                way[here] = None
                here = following[here]
            if here in way:
                steps = list(way)
                circle.update(steps[steps.index(here) :])
            free.update(one for one in way if one not in circle)
        return circle

    def _settle_correction(self, event: Event) -> None:
        """Settle those that correct it first, however deep that goes."""
        waiting = [event]
        while waiting:
            one = waiting[-1]
            open_ = [other for other in self.about.get(one.id, ()) if other.id not in self.settled]
            if open_:
                waiting += open_
                continue
            waiting.pop()
            if one.id not in self.settled:
                self.settled[one.id] = self.settle(one)

    def settle(self, event: Event) -> Event | None:
        """The event as it counts after its corrections; nothing where it was taken back."""
        usable = [one for other in self.about.get(event.id, ()) if (one := self.settled.get(other.id))]
        for correction in sorted(usable, key=lambda one: one.order, reverse=True):
            if correction.body.get("entered_in_error") is True:
                self.corrected[event.id] = correction.id
                self.in_error.add(event.id)
                return None
            mended = self._replaced(event, correction)
            if mended is not None:
                self.corrected[event.id] = correction.id
                return mended
        return event

    def mend(self, event: Event) -> Event | None:
        """A broken event with the body that a correction gives it."""
        settled = self.settle(event)
        return settled if event.id in self.corrected else None

    def _replaced(self, event: Event, correction: Event) -> Event | None:
        body = correction.body["replacement"]
        if event.type == CORRECTION:
            if "corrects" not in body:  # the corrected value itself, not the whole correction anew
                body = {**event.body, "replacement": body}
                body.pop("entered_in_error", None)
            elif str(body["corrects"]).lower() != event.body["corrects"]:
                self._flag(
                    "correction-does-not-fit",
                    correction,
                    "It names another event; take the first correction back and write a new one.",
                )
                return None
        try:
            return with_body(event, body)
        except BadInput as error:
            place = f" [{error.path}]" if error.path else ""
            self._flag("correction-does-not-fit", correction, f"{error.message}{place}")
            return None
