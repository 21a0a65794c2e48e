"""Modified Aldrete as a monitor rates it: five items 0 to 2. Source: Aldrete 1995: 9 passes; no item may be 0 (C)."""

from __future__ import annotations

import pytest

from tests.spec.forms import assert_no_total, digits, scored

TABLE = [
    # ratings  total  passes
    ("22222", 10, True),
    ("22221", 9, True),
    ("12222", 9, True),
    ("22211", 8, False),
    ("22220", 8, False),
    ("11111", 5, False),
    ("00000", 0, False),
]


@pytest.mark.parametrize(("written", "total", "passes"), TABLE, ids=[row[0] for row in TABLE])
def test_nine_or_more_and_no_zero(written: str, total: int, passes: bool) -> None:
    result = scored("modified-aldrete", digits(written))
    assert (result.status, result.total) == ("complete", total)
    assert result.algorithms == {"passes": passes}
    assert result.flags == (("item-zero",) if "0" in written else ())


@pytest.mark.parametrize("item", range(1, 6))
def test_a_blank_means_no_total_and_no_pass(item: int) -> None:
    result = scored("modified-aldrete", digits("".join("-" if n == item else "2" for n in range(1, 6))))
    assert_no_total(result, str(item))
    assert result.algorithms == {"passes": None}
