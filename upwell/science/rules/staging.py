"""Resistance to treatment: regulatory definition, Maudsley Staging Method, Thase and Rush."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from upwell.knowledge.treatment import Maudsley, Step, ThaseRushStage, Treatment
from upwell.science.rules.trials import Trial

_SEVERE, _PSYCHOTIC = "severe", "severe-psychotic"


@dataclass(frozen=True, slots=True)
class Failed:
    """How many drugs failed in this episode: those that certainly did, and those that may have as well."""

    certain: frozenset[str]
    possible: frozenset[str]
    classes: frozenset[str]


def stage(trials: Sequence[Trial] | None, episode: Mapping[str, Any], treatment: Treatment) -> dict[str, Any]:
    """All three stagings; where a fact is missing and would matter, null with the reason."""
    reasons: list[str] = []
    failed = None if trials is None else failed_drugs(trials)
    if failed is None:
        reasons.append("No trials of antidepressants are on record: staging needs them.")
    maudsley = _maudsley(failed, episode, treatment.maudsley, reasons)
    return {
        "regulatory_trd": _regulatory(failed, treatment.regulatory_failed, reasons),
        "maudsley": maudsley,
        "thase_rush": _thase_rush(failed, episode, treatment.thase_rush, reasons),
        "reasons": reasons,
    }


def failed_drugs(trials: Sequence[Trial]) -> Failed:
    """The different drugs that failed in the current episode."""
    now = [one for one in trials if one.current_episode is not False]
    certain = [one for one in now if one.failed is True and one.current_episode is True and one.drug_class]
    possible = [one for one in now if one.failed is not False]
    return Failed(
        frozenset(one.drug for one in certain),
        frozenset(one.drug for one in possible),
        frozenset(one.drug_class for one in certain if one.drug_class),
    )


def _regulatory(failed: Failed | None, needed: int, reasons: list[str]) -> bool | None:
    if failed is None:
        return None
    if len(failed.certain) >= needed:
        return True
    if len(failed.possible) >= needed:
        reasons.append("Regulatory: some trials can't be judged; what is missing stands with each trial.")
        return None
    return False


def _maudsley(
    failed: Failed | None, episode: Mapping[str, Any], scheme: Maudsley, reasons: list[str]
) -> dict[str, Any]:
    months = episode.get("duration_months")
    parts: dict[str, int | None] = {
        "the duration of the episode": None if months is None else _points(months, scheme.duration),
        "the severity": _severity(episode, scheme),
        "the number of failed antidepressants": _failed_points(failed, scheme, reasons),
        "whether augmentation was used": _yes(episode.get("augmentation_used"), scheme.augmentation),
        "whether ECT was used": _yes(episode.get("ect_used"), scheme.ect),
    }
    missing = [name for name, points in parts.items() if points is None]
    if missing:
        reasons.append(f"Maudsley: not known: {', '.join(missing)}.")
        return {"score": None, "band": None}
    score = sum(points for points in parts.values() if points is not None)
    band = next((name for up_to, name in scheme.bands if score <= up_to), None)
    return {"score": score, "band": band}


def _points(value: float, steps: tuple[Step, ...]) -> int:
    for step in steps:
        if step.up_to is None or value <= step.up_to:
            return step.points
    return steps[-1].points


def _severity(episode: Mapping[str, Any], scheme: Maudsley) -> int | None:
    severity = episode.get("severity")
    if severity == _SEVERE:
        psychotic = episode.get("psychotic")
        return None if psychotic is None else scheme.severity[_PSYCHOTIC if psychotic else _SEVERE]
    return None if severity is None else scheme.severity[severity]


def _failed_points(failed: Failed | None, scheme: Maudsley, reasons: list[str]) -> int | None:
    if failed is None:
        return None
    if not failed.possible:
        reasons.append("Maudsley: the method begins with one failed antidepressant; none is on record.")
        return None
    least, most = (_points(max(len(drugs), 1), scheme.failed) for drugs in (failed.certain, failed.possible))
    if not failed.certain or least != most:
        return None
    return least


def _yes(answer: bool | None, points: int) -> int | None:
    return None if answer is None else points if answer else 0


def _thase_rush(
    failed: Failed | None, episode: Mapping[str, Any], stages: tuple[ThaseRushStage, ...], reasons: list[str]
) -> str | None:
    if failed is None:
        return None
    reached: str | None = None
    for one in stages:
        if len(failed.classes) < one.classes or not set(one.needs) <= failed.classes:
            continue
        if one.bilateral_ect and episode.get("ect_bilateral") is not True:
            if episode.get("ect_used") and episode.get("ect_bilateral") is None:
                reasons.append("Thase and Rush: whether ECT was bilateral is not on record.")
            continue
        reached = one.stage
    if reached is None and failed.possible:
        reasons.append("Thase and Rush: no trial is certain to have failed at an adequate dose and time.")
    return reached
