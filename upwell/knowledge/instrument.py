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
    """One answer that can be chosen.

    ``scored_as``: the value it counts as, where that is another; ``no_answer``: it is kept, and counts as
    missing ("not assessed"); ``not_applicable``: the question does not apply to this person; ``also``: other
    spellings under which it is taken.
    """

    value: Scalar
    text: str
    loinc: Code | None = None
    scored_as: Scalar | None = None
    no_answer: bool = False
    not_applicable: bool = False
    also: tuple[str, ...] = ()

    @property
    def counts_as(self) -> Scalar | None:
        """What the scoring sees: None where this gives no value to score."""
        if self.scored_as is not None:
            return self.scored_as
        return None if self.no_answer or self.not_applicable else self.value


@dataclass(frozen=True, slots=True)
class Scale:
    """A line to mark, both ends included: any number between them can be answered."""

    minimum: float
    maximum: float
    minimum_text: str = ""
    maximum_text: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One question. ``safety``: it asks about suicide; ``own_stem``: it is asked without the stem.

    ``text`` can always be shown: the wording where it may ship, else a short title or the item's number.
    ``asked_when``: the question is skipped unless this holds; ``when_skipped`` is what a skip counts as.
    A question with a ``scale`` is answered with any number on it, and has no list of responses.
    """

    id: str
    text: str
    responses: tuple[Response, ...]
    scored: bool = True
    safety: bool = False
    own_stem: bool = False
    loinc: Code | None = None
    scale: Scale | None = None
    asked_when: Condition | None = None
    when_skipped: Scalar | None = None

    def response_to(self, value: Scalar) -> Response | None:
        """The answer that ``value`` stands for; yes and no are not 1 and 0."""
        same = isinstance(value, bool)
        return next(
            (one for one in self.responses if one.value == value and isinstance(one.value, bool) is same),
            None,
        )


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
    """One operation of the scoring, named, so that later steps can use what it gives.

    ``proven``: a decision table passes over rows that can't be judged yet, so that it gives what is already
    certain.
    """

    name: str
    op: str
    provenance: Provenance
    of: tuple[str, ...] = ()
    imputation: bool = False
    over_answered: bool = False
    proven: bool = False
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
class PartialScore:
    """What can still be said where a question does not apply: a sum over the others, without a band."""

    step: str
    finding: FindingText


@dataclass(frozen=True, slots=True)
class OneOf:
    """Questions of which a person answers one only."""

    items: tuple[str, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Answers that can't stand together, and what to say of them; ``item`` is where to look."""

    when: Condition
    item: str
    message: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something that whoever reads the score should know of the instrument."""

    text: str
    provenance: Provenance


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
    """Something in the answers that must be seen whatever the total is.

    ``alert``: the kind of alert that it raises though it does not rest on a question about suicide.
    """

    id: str
    when: Condition
    severity: Severity
    message: str
    because: tuple[str, ...]
    overridable_by: tuple[str, ...]
    clinician: str
    patient: str
    provenance: Provenance
    alert: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that a change or a total is held against; empty where none was recovered (NR)."""

    provenance: Provenance
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None
    percent_fall_at_least: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ChangeRules:
    """Response, remission, reliable change, and the smallest change that people notice.

    ``variants`` are numbers that others use for one of these: shown beside it, never judged by.
    """

    response: Limit
    remission: Limit
    reliable: Limit
    mcid: Limit
    variants: tuple[tuple[str, Limit], ...] = ()


@dataclass(frozen=True, slots=True)
class Licence:
    """Who may show the instrument's text, and how it is cited."""

    kind: str
    statement: str
    citation: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Recall:
    """How many days back the questions look: 0 is now, None where it is not known or no number of days."""

    days: int | None
    provenance: Provenance
    words: str = ""


@dataclass(frozen=True, slots=True)
class Range:
    """The lowest and highest total that can be had; both 0 where the instrument gives no total."""

    minimum: float
    maximum: float
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Instrument:
    """A questionnaire or rating scale; ``version`` is the hash of all it says.

    ``text_status``: ``verbatim``, ``short-titles``, ``licensed`` (the practice loads its text), ``loaded`` (it
    did) or ``own``;
    ``text_reason`` says why the wording is not shown where it is not. ``total`` is None where the instrument
    gives none. ``level``: the step that says which risk the answers prove already (suicide instruments).
    """

    id: str
    name: str
    title: str
    version: str
    construct: str
    respondent: str
    direction: str
    stem: str
    text_status: str
    text_reason: str
    text_provenance: Provenance
    licence: Licence
    recall: Recall
    loinc_panel: Code | None
    loinc_total: Code | None
    items: tuple[Item, ...]
    range: Range
    steps: tuple[Step, ...]
    total: str | None
    level: str | None
    partial: PartialScore | None
    subscales: Mapping[str, str]
    algorithms: tuple[Algorithm, ...]
    missing: MissingRule
    bands: tuple[Band, ...]
    flags: tuple[Flag, ...]
    change: ChangeRules
    plain_clinician: Mapping[str, str]
    plain_patient: Mapping[str, str]
    one_of: tuple[OneOf, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def recall_days(self) -> int:
        """Days that two fillings-in must lie apart to be told from each other; 0 where none is known."""
        return self.recall.days or 0

    @property
    def is_scored(self) -> bool:
        """Whether it gives a total or a level; the answers of one that does not are read one by one."""
        return self.total is not None or self.level is not None

    @property
    def has_wording(self) -> bool:
        """Whether the questions are shown in the instrument's own words."""
        return self.text_status in ("verbatim", "own", "loaded")

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
