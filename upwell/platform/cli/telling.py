"""What an import did, told on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from upwell.exchange.fhir.report import EXAMPLES

if TYPE_CHECKING:
    from upwell.exchange.fhir.report import ImportReport
    from upwell.exchange.scores import ScoresReport


def tell_fhir(report: ImportReport) -> None:
    """Counts by type, what was not used, what led nowhere, and every refusal."""
    out = Console()
    table = Table(box=None, pad_edge=False)
    names = ("added", "updated", "unchanged", "repeated", "superseded", "refused")
    for title in ("resource", *names):
        table.add_column(title, justify="left" if title == "resource" else "right")
    for kind, counts in sorted(report.counts.items()):
        table.add_row(kind, *(str(counts.as_json()[name]) for name in names))
    out.print(table)
    for kind, count in sorted(report.not_used.items()):
        out.print(f"Not used: {kind} ({count})", highlight=False, markup=False)
    if report.ignored_files:
        out.print(f"Not read, by their names: {len(report.ignored_files)}", highlight=False)
        _examples(out, list(report.ignored_files[:EXAMPLES]))
    for target, tally in sorted(report.unresolved.items()):
        out.print(f"References to {target} that led nowhere: {tally.count}", highlight=False)
        _examples(out, tally.examples)
    for notice in report.as_json()["notices"].values():
        out.print(f"{notice['what']}: {notice['count']}", highlight=False)
        _examples(out, notice["examples"])
    _refusals(out, [refusal.as_json() for refusal in report.refusals])
    if report.resumed_after:
        out.print(f"Taken up after {report.resumed_after} resources that an interrupted run had stored.")
    out.print(f"Done in {report.seconds:.1f} s.", highlight=False)


def tell_scores(report: ScoresReport) -> None:
    """Counts, dates that were assumed, and every refusal."""
    out = Console()
    for line in report.in_words():
        out.print(line, highlight=False, markup=False, soft_wrap=True)


def _examples(out: Console, examples: list[str]) -> None:
    for example in examples:
        out.print(f"  {example}", highlight=False, markup=False, soft_wrap=True)


def _refusals(out: Console, refusals: list[dict[str, object]]) -> None:
    if not refusals:
        return
    out.print(f"Refused: {len(refusals)}")
    for refusal in refusals:
        place = ", ".join(f"{key} {value}" for key, value in refusal.items() if value and key != "reason")
        out.print(f"  {place}: {refusal.get('reason')}", highlight=False, markup=False, soft_wrap=True)
