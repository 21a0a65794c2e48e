"""Where refusals are handed in: the first one stops the import, or all are listed."""

from __future__ import annotations

from upwell.base.errors import BadInput
from upwell.exchange.scores.refusals import Refusal, Refused, Wrong
from upwell.exchange.scores.report import ScoresReport

MOST_REFUSALS = 100_000


class Desk:
    """Takes refusals for one import."""

    def __init__(self, report: ScoresReport, *, keep_going: bool) -> None:
        self.report = report
        self._keep_going = keep_going

    def refuse(self, line: int, wrong: Wrong) -> None:
        """Stop, or note it and go on."""
        refusal = Refusal(self.report.label, line, wrong.reason, wrong.column, wrong.found)
        if not self._keep_going:
            raise Refused(refusal)
        self.report.refusals.append(refusal)
        self.report.counts.refused += 1
        if len(self.report.refusals) > MOST_REFUSALS:
            raise BadInput(
                f"More than {MOST_REFUSALS:,} rows were refused; nothing was imported. "
                f"The first: {self.report.refusals[0]}.",
                path=self.report.refusals[0].path,
            )
