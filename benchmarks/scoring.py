"""A million PHQ-9 scored in one call, beside the same in pandas, in one run: ``python -m benchmarks.scoring``.

Both are given the same answers, with gaps, and work out total (prorated where allowed), band, algorithm and the flag of
item 9. The pandas version is written as an analyst would: vectorised, no loop over rows.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from upwell.knowledge.loader import load_instrument
from upwell.science.scoring.table import TableScores, score_table

FORMS, RUNS, SEED, GAPS, SAMPLE = 1_000_000, 5, 1, 0.01, 10_000
GOAL = 10
ITEMS = [str(number) for number in range(1, 10)]


def main() -> int:
    answers = _answers()
    ours, found = _seconds(lambda: score_table(load_instrument("phq-9"), answers, ITEMS))
    print(f"{FORMS:,} PHQ-9, median of {RUNS} runs\n  ours    {ours:8.3f} s")
    try:
        import pandas as pd
    except ImportError:
        print("  pandas is not installed: no ratio (pip install pandas)")
        return 0
    frame = pd.DataFrame(answers, columns=ITEMS)
    theirs, expected = _seconds(lambda: by_pandas(pd, frame))
    _same(found, expected)
    print(f"  pandas  {theirs:8.3f} s   {theirs / ours:.1f} times ours (aim {GOAL})")
    some = frame.head(SAMPLE)
    begin = time.perf_counter()
    some.apply(one_by_pandas, axis=1)
    row_by_row = (time.perf_counter() - begin) * FORMS / SAMPLE
    print(
        f"  pandas, row by row, scaled from {SAMPLE:,}  {row_by_row:8.1f} s   {row_by_row / ours:.0f} times ours"
    )
    return 0


def _answers() -> Any:
    rng = np.random.default_rng(SEED)
    answers = rng.integers(0, 4, (FORMS, len(ITEMS))).astype(float)
    answers[rng.random(answers.shape) < GAPS] = np.nan
    return answers


def _seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    found, times = work(), []
    for _ in range(RUNS):
        begin = time.perf_counter()
        found = work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times), found


def by_pandas(pd: Any, frame: Any) -> Any:
    """The same rules in pandas."""
    missing = frame.isna().sum(axis=1)
    total = frame.sum(axis=1) + missing * frame.mean(axis=1)
    total = np.floor(total + 0.5).where(missing > 0, total).where(missing <= 2)
    band = pd.cut(
        total, [-1, 4, 9, 14, 19, 27], labels=["minimal", "mild", "moderate", "moderately-severe", "severe"]
    )
    symptoms = frame[ITEMS[:8]].ge(2).sum(axis=1) + frame["9"].ge(1)
    gate = frame["1"].ge(2) | frame["2"].ge(2)
    syndrome = pd.Series("none", index=frame.index)
    syndrome = syndrome.mask(gate & symptoms.between(2, 4), "other").mask(gate & symptoms.ge(5), "major")
    syndrome = syndrome.where(missing == 0)
    return pd.DataFrame(
        {"total": total, "band": band, "syndrome": syndrome, "item_9": frame["9"].ge(1)}, index=frame.index
    )


def one_by_pandas(row: Any) -> tuple[float, bool]:
    """Total and flag of one row, as many scripts do it."""
    missing = row.isna().sum()
    total = row.sum() + missing * row.mean() if missing <= 2 else float("nan")
    return np.floor(total + 0.5) if missing else total, row["9"] >= 1


def _same(ours: TableScores, theirs: Any) -> None:
    assert np.array_equal(ours.total, theirs["total"].to_numpy(), equal_nan=True)
    assert np.array_equal(ours.flags["item-9"], theirs["item_9"].to_numpy())
    for row in range(0, FORMS, 997):
        said = theirs["syndrome"].iloc[row]
        assert ours.algorithms["depressive_syndrome"].at(row) == (said if isinstance(said, str) else None)
        assert ours.band.at(row) == (theirs["band"].iloc[row] if theirs["total"].notna().iloc[row] else None)


if __name__ == "__main__":
    sys.exit(main())
