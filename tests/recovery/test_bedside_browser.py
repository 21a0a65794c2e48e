"""A tablet is offline for longer than a log-in lasts, closed, killed and opened again; its server dies, too."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.journeys.test_offline import (
    LONG,
    kill_tab,
    playwright,
    ready_without_a_network,
    tablet,
    waiting,
)
from tests.journeys.test_outbox import write_vitals
from tests.journeys.walking import Walker
from tests.recovery.bedside import Bedside
from tests.recovery.test_bedside_faults import STARTS_S
from upwell.platform.database import resolve
from upwell.platform.home import Home
from upwell.platform.processes import wait_until

__all__ = ["playwright", "tablet"]  # fixtures

pytestmark = pytest.mark.faults
IDLE_MINUTES = 1


@pytest.fixture
def demo(home: Home) -> Iterator[Bedside]:
    server = Bedside(home, "--demo", UPWELL_IDLE_MINUTES=str(IDLE_MINUTES)).start()
    try:
        assert wait_until(server.answers, STARTS_S), server.said()
        yield server
    finally:
        server.end()


def test_everything_arrives_once_in_order_of_observation(
    demo: Bedside, tablet: Callable[[], BrowserContext]
) -> None:
    context = tablet()
    nurse = Walker(context, demo.url, "tablet")
    nurse.enter_as("Luis Ortega")
    page = nurse.today("Go on with the dosing session", "")
    address = page.url
    ready_without_a_network(page)
    waiting(page, 0)
    rates = [write_vitals(page)]
    expect(page.locator(".outbox:visible")).to_contain_text("saved on the server", timeout=LONG)
    context.set_offline(True)
    rates.append(write_vitals(page))
    waiting(page, 1)
    time.sleep(IDLE_MINUTES * 60 + 5)  # the log-in ends meanwhile
    rates.append(write_vitals(page))
    waiting(page, 2)
    context = tablet()  # closed, and opened again
    context.set_offline(True)
    page = context.new_page()
    page.goto(address)
    rates.append(write_vitals(page))
    waiting(page, 3)
    page = kill_tab(context, page)
    page.goto(address)
    rates.append(write_vitals(page))
    waiting(page, 4)
    os.killpg(demo.group(), signal.SIGKILL)
    context.set_offline(False)  # the network is back, the server is not
    rates.append(write_vitals(page))
    waiting(page, 5)
    assert demo.process is not None
    demo.process.wait()
    demo.start()
    assert wait_until(demo.answers, STARTS_S), demo.said()
    expect(page.locator("[data-saved-here]")).to_have_text(
        "Saved on this device, waiting: 0", timeout=4 * LONG
    )
    with resolve(demo.home).admin.connect() as connection:
        rows = connection.execute(
            "SELECT body ->> 'heart_rate_bpm' FROM session_sessionevent"
            " WHERE session_id = %s AND type = 'vitals' AND body ->> 'heart_rate_bpm' = ANY (%s)"
            " AND body ->> 'bp_systolic_mmhg' = '121' ORDER BY observed_at, id",
            (address.rstrip("/").rpartition("/")[2], rates),
        ).fetchall()
    assert [rate for (rate,) in rows] == rates
