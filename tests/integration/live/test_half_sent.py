"""What arrives in part: a form that a bad line cut off is no form, and who sends slowly holds nobody up."""

from __future__ import annotations

import socket
import time
from urllib.parse import urlencode

import pytest

from tests.integration.live.conftest import OPEN, Person
from upwell.access.acting import acting_as
from upwell.base.ids import new_id
from upwell.pathway.session.models import SessionEvent

pytestmark = pytest.mark.once
MORE_THAN_THREADS = 12


def begin(web, place, luis, *, of):
    """A form of vital signs of which only this much was sent; its last field is a heart rate of 120."""
    fields = {"csrfmiddlewaretoken": luis.csrf, "id": str(new_id()), "heart_rate_bpm": "120"}
    body = urlencode(fields)
    cookies = "; ".join(f"{name}={value}" for name, value in luis.cookies.items())
    head = (
        f"POST /sessions/{place.session_id}/record/vitals/ HTTP/1.1\r\nHost: 127.0.0.1:{web.port}\r\n"
        f"Cookie: {cookies}\r\nAccept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    line = socket.create_connection(("127.0.0.1", web.port), 20)
    OPEN.callback(line.close)
    line.sendall((head + body[:of]).encode())
    return line, body[of:]


def stored(place):
    with acting_as(place.monitor):
        return [one.body for one in SessionEvent.objects.filter(session_id=place.session_id)]


def test_a_form_that_was_cut_off_stores_nothing(web, place, luis):
    line, rest = begin(web, place, luis, of=-1)
    assert rest == "0"  # what arrived says a heart rate of 12
    line.shutdown(socket.SHUT_WR)
    time.sleep(0.5)
    line.close()
    time.sleep(0.5)
    assert stored(place) == []


def test_who_sends_slowly_holds_nobody_up(web, place, luis):
    slow = [begin(web, place, luis, of=-1) for _ in range(MORE_THAN_THREADS)]
    time.sleep(1)  # until all of them have begun
    status, _text = Person(web.port).ask("GET", "/accounts/login/")
    assert status == 200
    for line, rest in slow:
        line.sendall(rest.encode())
    for line, _rest in slow:
        assert line.recv(64).startswith(b"HTTP/1.1 201")
    assert [body["heart_rate_bpm"] for body in stored(place)] == [120] * MORE_THAN_THREADS
