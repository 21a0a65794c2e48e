"""What came of judging a condition: true, false or unknown, and the facts that made it so."""

from __future__ import annotations

from dataclasses import dataclass

from upwell.base.finding import Because


@dataclass(frozen=True, slots=True)
class Judged:
    """True, false, or None where a fact that matters is missing; with the facts on either side."""

    holds: bool | None
    because: tuple[Because, ...] = ()
    missing: tuple[str, ...] = ()


NO = Judged(False)


def every(parts: list[Judged]) -> Judged:
    """All hold; one that does not hold settles it."""
    false = [part for part in parts if part.holds is False]
    if false:
        return Judged(False, _because(false))
    unknown = [part for part in parts if part.holds is None]
    if unknown:
        return Judged(None, _because(parts), _missing(unknown))
    return Judged(True, _because(parts))


def some(parts: list[Judged]) -> Judged:
    """At least one holds; one that holds settles it."""
    true = [part for part in parts if part.holds is True]
    if true:
        return Judged(True, _because(true))
    unknown = [part for part in parts if part.holds is None]
    if unknown:
        return Judged(None, _because(unknown), _missing(unknown))
    return Judged(False, _because(parts))


def opposite(part: Judged) -> Judged:
    """Not so; unknown stays unknown."""
    return part if part.holds is None else Judged(not part.holds, part.because)


def _because(parts: list[Judged]) -> tuple[Because, ...]:
    if len(parts) == 1:
        return parts[0].because
    return tuple(dict.fromkeys(one for part in parts for one in part.because))


def _missing(parts: list[Judged]) -> tuple[str, ...]:
    if len(parts) == 1:
        return parts[0].missing
    return tuple(dict.fromkeys(one for part in parts for one in part.missing))
