"""An import scores 60,000 rows in a few seconds."""

from __future__ import annotations

import time

from upwell.knowledge.loader import load_instrument
from upwell.science.scoring import score


def test_six_thousand_rows_take_well_under_a_second() -> None:
    instrument = load_instrument("phq-9")
    answers = {str(number): number % 4 for number in range(1, 11)}
    score(instrument, answers)
    start = time.process_time()
    for _ in range(6000):
        score(instrument, answers)
    assert time.process_time() - start < 0.6  # 100 µs a row, several times what it takes
