"""Where refusals are handed in: the first one stops the import, or all are listed."""

from __future__ import annotations

from upwell.base.errors import BadInput
from upwell.exchange.fhir.places import Refusal
from upwell.exchange.fhir.report import ImportReport

MOST_REFUSALS = 100_000


class Refused(BadInput):
    """The import stopped at a resource that can't be taken."""

    def __init__(self, refusal: Refusal, kept: str) -> None:
        self.refusal = refusal
        super().__init__(
            f"{refusal}. {kept} Mend it there, or use --keep-going to import the rest.",
            path=refusal.place.path,
        )


class Desk:
    """Takes refusals."""

    def __init__(self, report: ImportReport, *, keep_going: bool) -> None:
        self.report = report
        self.batches_committed = False
        self._keep_going = keep_going

    def refuse(self, refusal: Refusal) -> None:
        """Stop, or note it and go on."""
        if not self._keep_going:
            raise Refused(refusal, self._kept)
        self.report.refuse(refusal)
        if len(self.report.refusals) > MOST_REFUSALS:
            raise BadInput(
                f"More than {MOST_REFUSALS:,} resources were refused. {self._kept} "
                f"The first: {self.report.refusals[0]}."
            )

    @property
    def _kept(self) -> str:
        if self.batches_committed:
            return "What was stored before it stays; the same command goes on from there."
        return "Nothing was imported."
