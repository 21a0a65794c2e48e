"""Trials of antidepressants: adequate or not, failed or not, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from upwell.base.codes import short_system
from upwell.knowledge.treatment import Adequacy, Antidepressant, Treatment
from upwell.science.rules.matching import normalised


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial as judged; None is unknown, never no."""

    drug: str
    drug_class: str | None
    adequate: bool | None
    failed: bool | None
    current_episode: bool | None
    minimum_mg_per_day: float | None
    reasons: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The trial as ``upwell screen`` prints it."""
        return {
            "drug": self.drug,
            "drug_class": self.drug_class,
            "adequate": self.adequate,
            "failed": self.failed,
            "current_episode": self.current_episode,
            "minimum_mg_per_day": self.minimum_mg_per_day,
            "reasons": list(self.reasons),
        }


def judge_trials(trials: Sequence[Mapping[str, Any]] | None, treatment: Treatment) -> list[Trial] | None:
    """Each trial with its adequacy; None where no trials are on file."""
    if trials is None:
        return None
    return [_judge(one, treatment) for one in trials]


def find_antidepressant(trial: Mapping[str, Any], treatment: Treatment) -> Antidepressant | None:
    """The antidepressant that a trial names: by RxNorm ingredient first, then by name."""
    if short_system(trial.get("system") or "") == "rxnorm":
        for drug in treatment.antidepressants:
            if drug.rxnorm is not None and drug.rxnorm == trial.get("code"):
                return drug
    name = normalised(trial.get("display") or "")
    matches = [
        (len(words), drug)
        for drug in treatment.antidepressants
        for words in drug.names
        if normalised(words) in name
    ]
    return max(matches, key=lambda match: match[0])[1] if matches else None


def _judge(trial: Mapping[str, Any], treatment: Treatment) -> Trial:
    drug = find_antidepressant(trial, treatment)
    checks = _checks(trial, drug, treatment.adequacy)
    verdicts = [verdict for verdict, _ in checks]
    adequate = False if False in verdicts else None if None in verdicts else True
    benefit = trial.get("benefit_percent")
    limit = treatment.adequacy.failed_below_percent
    no_benefit = None if benefit is None else benefit < limit
    reasons = [reason for _, reason in checks]
    if no_benefit is None:
        reasons.append("How much it helped is not on record.")
    else:
        told = "below" if no_benefit else "not below"
        reasons.append(f"Benefit {benefit:g} %: {told} {limit:g} %.")
    failed = False if False in (adequate, no_benefit) else None if None in (adequate, no_benefit) else True
    return Trial(
        drug=drug.name if drug else trial.get("display") or trial.get("code") or "not named",
        drug_class=drug.drug_class if drug else None,
        adequate=adequate,
        failed=failed,
        current_episode=trial.get("current_episode"),
        minimum_mg_per_day=drug.minimum_mg_per_day if drug else None,
        reasons=tuple(reasons),
    )


def _checks(
    trial: Mapping[str, Any], drug: Antidepressant | None, adequacy: Adequacy
) -> list[tuple[bool | None, str]]:
    weeks, adherence = trial.get("weeks_at_or_above_minimum"), trial.get("adherence_percent")
    return [
        _dose(trial.get("max_dose_mg_per_day"), drug),
        _at_least(weeks, adequacy.weeks, "weeks at or above the minimum dose"),
        _at_least(adherence, adequacy.adherence_percent, "% adherence"),
    ]


def _dose(dose: float | None, drug: Antidepressant | None) -> tuple[bool | None, str]:
    if drug is None:
        return None, "This drug is not on the list of antidepressants, so its minimum dose is not known."
    if drug.minimum_mg_per_day is None:
        return None, f"No source gives a minimum adequate dose for {drug.name}."
    if dose is None:
        return None, "The highest dose is not on record."
    enough = dose >= drug.minimum_mg_per_day
    mark = drug.provenance.confidence
    told = "at or above" if enough else "below"
    return enough, f"{dose:g} mg/day: {told} the minimum of {drug.minimum_mg_per_day:g} mg/day ({mark})."


def _at_least(value: float | None, limit: float, words: str) -> tuple[bool | None, str]:
    if value is None:
        return None, f"Not on record: {words}."
    enough = value >= limit
    return enough, f"{value:g} {words}: {'at least' if enough else 'below'} {limit:g}."
