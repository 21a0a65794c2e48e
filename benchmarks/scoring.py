"""A million PHQ-9 scored in one call, beside the same in pandas, in one run: ``python -m benchmarks.scoring``.

All are given the same answers, with gaps, and do the same: refuse what is not offered, count the blanks, and work out
status, total (prorated where allowed), band, algorithm and both flags of item 9. The pandas versions have no loop over
rows. One writes its words as categories, which is the quickest that pandas offers for them; the other picks them by
``numpy.select``, which is what most scripts do. What each found is compared with ours, all million rows of it.

Ours goes over every processor, pandas over one. Seconds are of the clock, and in brackets of the processors.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from upwell.knowledge.loader import load_instrument
from upwell.science.scoring.table import TableScores, Words, score_table

FORMS, RUNS, SEED, GAPS, SAMPLE = 1_000_000, 7, 1, 0.01, 10_000
GOAL = 10
ITEMS = [str(number) for number in range(1, 10)]
BANDS = ["minimal", "mild", "moderate", "moderately-severe", "severe"]
UP_TO = [-1, 4, 9, 14, 19, 27]
Seconds = tuple[float, float]  # of the clock, of the processors


def main() -> int:
    answers = _answers()
    phq9 = load_instrument("phq-9")
    (first, _), _ = _once(lambda: score_table(phq9, answers, ITEMS))
    print(f"{FORMS:,} PHQ-9, median of {RUNS} runs; our first call {first:.3f} s")
    try:
        import pandas as pd
    except ImportError:
        ours, _ = _seconds({"ours": lambda: score_table(phq9, answers, ITEMS)})["ours"]
        _tell("ours", ours, ours)
        print("  pandas is not installed: no ratio (pip install pandas)")
        return 0
    frame = pd.DataFrame(answers, columns=ITEMS)
    timed = _seconds(
        {
            "ours": lambda: score_table(phq9, answers, ITEMS),
            "pandas, categories": lambda: by_categories(pd, frame),
            "pandas, words picked": lambda: by_words(pd, frame),
        }
    )
    ours, found = timed.pop("ours")
    _tell("ours", ours, ours)
    for name, (theirs, expected) in timed.items():
        _same(found, expected)
        _tell(name, theirs, ours)
    some = frame.head(SAMPLE)
    row_by_row, _ = _once(lambda: some.apply(one_by_pandas, axis=1))
    clock, used = row_by_row
    _tell(f"pandas, row by row, from {SAMPLE:,}", (clock * FORMS / SAMPLE, used * FORMS / SAMPLE), ours)
    return 0


def _tell(name: str, took: Seconds, ours: Seconds) -> None:
    ratio = "" if took is ours else f"   {took[0] / ours[0]:5.1f} ({took[1] / ours[1]:.1f}) times ours"
    print(f"  {name:<32} {took[0]:8.3f} s ({took[1]:.3f}){ratio}" + (f", aim {GOAL}" if ratio else ""))


def _answers() -> Any:
    rng = np.random.default_rng(SEED)
    answers = rng.integers(0, 4, (FORMS, len(ITEMS))).astype(float)
    answers[rng.random(answers.shape) < GAPS] = np.nan
    return answers


def _once(work: Callable[[], Any]) -> tuple[Seconds, Any]:
    begin, used = time.perf_counter(), time.process_time()
    found = work()
    return (time.perf_counter() - begin, time.process_time() - used), found


def _seconds(works: dict[str, Callable[[], Any]]) -> dict[str, tuple[Seconds, Any]]:
    """Median seconds, and what was found. They take turns, so that a busy machine is busy for all of them."""
    found = {name: work() for name, work in works.items()}
    taken: dict[str, list[Seconds]] = {name: [] for name in works}
    for _ in range(RUNS):
        for name, work in works.items():
            took, found[name] = _once(work)
            taken[name].append(took)
    medians = {
        name: (statistics.median(one for one, _ in all_), statistics.median(one for _, one in all_))
        for name, all_ in taken.items()
    }
    return {name: (medians[name], found[name]) for name in works}


def by_categories(pd: Any, frame: Any) -> Any:
    """The same rules in pandas, with words as categories."""
    blank = frame.isna()
    _refuse_what_is_not_offered(frame, blank)
    missing = blank.sum(axis=1)
    total, symptoms, gate = _worked_out(frame, missing)
    return pd.DataFrame(
        {
            "status": pd.cut(missing, [-1, 0, 2, 9], labels=["complete", "imputed", "not-scorable"]),
            "total": total,
            "band": pd.cut(total, UP_TO, labels=BANDS),
            "syndrome": pd.cut(
                symptoms.where(gate, 0).where(missing == 0), [-1, 1, 4, 9], labels=["none", "other", "major"]
            ),
            "item-9": frame["9"].ge(1),
            "item-9-unanswered": blank["9"],
            "missing": missing,
        }
    )


def by_words(pd: Any, frame: Any) -> Any:
    """The same rules in pandas, with words picked by conditions."""
    blank = frame.isna()
    _refuse_what_is_not_offered(frame, blank)
    missing = blank.sum(axis=1)
    total, symptoms, gate = _worked_out(frame, missing)
    status = np.select([missing == 0, missing <= 2], ["complete", "imputed"], "not-scorable")
    syndromes = [missing > 0, gate & (symptoms >= 5), gate & (symptoms >= 2)]
    return pd.DataFrame(
        {
            "status": status,
            "total": total,
            "band": pd.cut(total, UP_TO, labels=BANDS),
            "syndrome": np.select(syndromes, [None, "major", "other"], "none"),
            "item-9": frame["9"].ge(1),
            "item-9-unanswered": blank["9"],
            "missing": missing,
        },
        index=frame.index,
    )


def _refuse_what_is_not_offered(frame: Any, blank: Any) -> None:
    if not (frame.isin([0, 1, 2, 3]) | blank).all(axis=None):
        raise ValueError("an answer is not offered")


def _worked_out(frame: Any, missing: Any) -> tuple[Any, Any, Any]:
    """Total, count of symptoms, and whether one of the first two items is among them."""
    total = frame.sum(axis=1)
    prorated = np.floor(total * len(ITEMS) / (len(ITEMS) - missing) + 0.5)
    total = total.where(missing == 0, prorated).where(missing <= 2)
    symptoms = frame[ITEMS[:8]].ge(2).sum(axis=1) + frame["9"].ge(1)
    return total, symptoms, frame["1"].ge(2) | frame["2"].ge(2)


def one_by_pandas(row: Any) -> tuple[float, bool]:
    """Total and flag of one row, as many scripts do it."""
    missing = row.isna().sum()
    total = row.sum() + missing * row.mean() if missing <= 2 else float("nan")
    return np.floor(total + 0.5) if missing else total, row["9"] >= 1


def _same(ours: TableScores, theirs: Any) -> None:
    assert np.array_equal(ours.total, theirs["total"].to_numpy(), equal_nan=True)
    assert np.array_equal(ours.missing, theirs["missing"].to_numpy())
    for flag in ("item-9", "item-9-unanswered"):
        assert np.array_equal(ours.flags[flag], theirs[flag].to_numpy())
    words = {"status": ours.status, "band": ours.band, "syndrome": ours.algorithms["depressive_syndrome"]}
    for name, mine in words.items():
        _same_words(mine, theirs[name].astype(object).to_numpy())


def _same_words(ours: Words, theirs: Any) -> None:
    labels = np.array([*ours.labels, None], dtype=object)  # the code of none is the last place
    none = np.array([not isinstance(one, str) for one in theirs])
    assert np.array_equal(ours.codes < 0, none)
    assert np.array_equal(labels[ours.codes][~none], theirs[~none])


if __name__ == "__main__":
    sys.exit(main())
