"""The picture of vital signs: its axes have room, however few values there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from upwell.pathway.session.curve import SessionCurve, VitalsRow
from upwell.web.curves import nice_ticks

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize("rates", [(70.0,), (70.0, 70.0), (70.0, 71.0)])
def test_few_values_do_not_fill_the_whole_axis(rates: tuple[float, ...]) -> None:
    rows = [VitalsRow(START + timedelta(minutes=n), {"heart_rate_bpm": one}) for n, one in enumerate(rates)]
    (picture,) = SessionCurve(tuple(rows), (), "racemic-ketamine", "iv", 70.0, 40.0, None).pictures
    ticks = nice_ticks(picture.lowest, max(rates), 5)
    assert ticks[-1] - ticks[0] >= 5
    assert all(tick == int(tick) for tick in ticks)
