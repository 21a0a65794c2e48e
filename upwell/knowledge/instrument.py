"""An instrument as data: its questions, how it is scored, and what its numbers mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from upwell.base.codes import Loinc
from upwell.base.finding import Severity
from upwell.knowledge.provenance import Provenance

Scalar = int | float | str | bool


@dataclass(frozen=True, slots=True)
class Code:
    """A LOINC code with its mark; there is none where none was recovered."""

    code: Loinc
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Response:
    """One answer that can be chosen."""

    value: Scalar
    text: str
    loinc: Code | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One question. ``safety``: it asks about suicide; ``own_stem``: it is asked without the stem."""

    id: str
    text: str
    responses: tuple[Response, ...]
    scored: bool = True
    safety: bool = False
    own_stem: bool = False
    loinc: Code | None = None

    def response_to(self, value: Scalar) -> Response | None:
        """The answer that ``value`` stands for."""
        return next((one for one in self.responses if one.value == value), None)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on an item or an earlier step, or a combination of conditions."""

    value: str | None = None
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None
    equals: Scalar | None = None
    unanswered: str | None = None
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    negated: Condition | None = None

    def names(self) -> set[str]:
        """Every item and step that the condition looks at."""
        own = {name for name in (self.value, self.unanswered) if name is not None}
        parts = (*self.all, *self.any, *((self.negated,) if self.negated else ()))
        return own.union(*(part.names() for part in parts))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a decision table: the first whose condition holds decides."""

    when: Condition
    then: Scalar


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of the scoring, named, so that later steps can use what it gives."""

    name: str
    op: str
    provenance: Provenance
    of: tuple[str, ...] = ()
    imputation: bool = False
    over_answered: bool = False
    at_least: float | None = None
    at_least_for: Mapping[str, float] | None = None
    by: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    rows: tuple[Row, ...] = ()
    otherwise: Scalar | None = None


@dataclass(frozen=True, slots=True)
class FindingText:
    """What a finding says; ``message`` may name facts in braces."""

    rule: str
    severity: Severity
    message: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A named result beside the total, such as the PHQ-9 depression algorithm.

    With ``needs_all_items`` a form with gaps gives none, even where the answered items would settle it.
    """

    id: str
    step: str
    title: str
    needs_all_items: bool
    plain: Mapping[str, str]
    not_on_imputed: FindingText | None = None


@dataclass(frozen=True, slots=True)
class MissingRule:
    """What happens when answers are missing: how many may be, and what becomes of the total."""

    allowed: int
    handling: str
    otherwise: str
    provenance: Provenance
    refused: FindingText
    rounding: str | None = None
    imputed: FindingText | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """A severity band, both ends included."""

    id: str
    label: str
    low: float
    high: float
    patient: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Flag:
    """Something in the answers that must be seen whatever the total is."""

    id: str
    when: Condition
    severity: Severity
    message: str
    because: tuple[str, ...]
    overridable_by: tuple[str, ...]
    clinician: str
    patient: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that a change or a total is held against; empty where none was recovered (NR)."""

    provenance: Provenance
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None
    percent_fall_at_least: float | None = None


@dataclass(frozen=True, slots=True)
class ChangeRules:
    """Response, remission, reliable change, and the smallest change that people notice."""

    response: Limit
    remission: Limit
    reliable: Limit
    mcid: Limit


@dataclass(frozen=True, slots=True)
class Licence:
    """Who may show the instrument's text, and how it is cited."""

    kind: str
    statement: str
    citation: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Recall:
    """How many days back the questions look."""

    days: int
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Range:
    """The lowest and highest total that can be had."""

    minimum: float
    maximum: float
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Instrument:
    """A questionnaire or rating scale; ``version`` is the hash of all it says."""

    id: str
    name: str
    title: str
    version: str
    construct: str
    respondent: str
    direction: str
    stem: str
    text_provenance: Provenance
    licence: Licence
    recall: Recall
    loinc_panel: Code | None
    loinc_total: Code | None
    items: tuple[Item, ...]
    range: Range
    steps: tuple[Step, ...]
    total: str
    subscales: Mapping[str, str]
    algorithms: tuple[Algorithm, ...]
    missing: MissingRule
    bands: tuple[Band, ...]
    flags: tuple[Flag, ...]
    change: ChangeRules
    plain_clinician: Mapping[str, str]
    plain_patient: Mapping[str, str]

    @property
    def recall_days(self) -> int:
        return self.recall.days

    @property
    def scored_items(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.scored)

    def item(self, item_id: str) -> Item:
        """The item of that id; raises ``KeyError`` if there is none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def band_of(self, total: float | None) -> Band | None:
        """The band that a total falls into; a half step belongs to the band below it."""
        if total is None:
            return None
        return next((band for band in reversed(self.bands) if band.low <= total), None)
