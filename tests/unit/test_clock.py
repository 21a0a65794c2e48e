"""The clock, and a scene that plays in the past."""

from __future__ import annotations

from datetime import UTC, datetime

from upwell.base.clock import now, playing_at


def test_a_scene_plays_at_its_moment_and_ends():
    then = datetime(2026, 3, 2, 10, tzinfo=UTC)
    with playing_at(then):
        assert now() == then
    assert abs((datetime.now(UTC) - now()).total_seconds()) < 5
