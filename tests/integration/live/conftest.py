"""The real web server on a database of the tests, with people at its doors who speak plain HTTP."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from tests.integration.pathway.courses import course_at
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.access.who import staff_actor
from upwell.base.ids import new_id
from upwell.pathway.session.actions import open_session
from upwell.people.models import Account, Membership, Patient, Practice
from upwell.platform.webserver import END_STREAMS

OPEN = contextlib.ExitStack()  # every line and stream of a test; closed at its end


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Web:
    """The web server of the product, in a process of its own, on one database."""

    def __init__(self, databases, name, workers=1):
        self.port, self.workers = free_port(), workers
        found = databases.on(name)
        self.environment = os.environ | {
            "DATABASE_URL": self._url(found.owner),
            "UPWELL_DATABASE_APP_URL": self._url(found.app),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        self.process = None

    @staticmethod
    def _url(dsn):
        parts = {key: value for key, value in dsn.kwargs().items() if key in {"host", "port"}}
        return f"postgresql://{dsn.user}:{dsn.password}@/{dsn.dbname}?{urlencode(parts)}"

    def start(self):
        reading, writing = os.pipe()
        order = {
            "application": "upwell.platform.asgi:app",
            "host": "127.0.0.1",
            "port": self.port,
            "workers": self.workers,
            "tls_cert": None,
            "tls_key": None,
            "ready_fd": writing,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "upwell.platform.webserver", json.dumps(order)],
            env=self.environment,
            pass_fds=(writing,),
            start_new_session=True,
        )
        os.close(writing)
        for _worker in range(self.workers):
            assert select.select([reading], [], [], 60)[0], "the web server did not start"
            os.read(reading, 1)
        os.close(reading)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return self
            time.sleep(0.05)
        raise AssertionError("the web server does not answer")

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self):
        os.killpg(self.process.pid, END_STREAMS)
        self.process.terminate()
        try:
            return self.process.wait(20)
        finally:
            self.kill()


class Person:
    """Somebody with a browser, spoken for in plain HTTP."""

    def __init__(self, port, account=None):
        self.port, self.cookies = port, {}
        if account is not None:
            browser = Client()
            browser.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
            name = settings.SESSION_COOKIE_NAME
            self.cookies[name] = browser.cookies[name].value
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        OPEN.callback(self.line.close)

    def ask(self, method, path, fields=None, **headers):
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **headers}
        body = None
        if fields is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(fields)
        try:
            self.line.request(method, path, body, sent)
            answer = self.line.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            self.line.close()
            raise
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, text

    def token(self, path):
        status, page = self.ask("GET", path)
        assert status == 200, page[:500]
        self.csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)

    def record(self, session_id, what="vitals", **fields):
        fields = {"csrfmiddlewaretoken": self.csrf, "id": str(new_id())} | fields
        return self.ask("POST", f"/sessions/{session_id}/record/{what}/", fields, Accept="application/json")

    def stream(self, session_id):
        return Stream(self, session_id)


class Stream:
    """An open event stream; ``heard`` are its events, with the moment when each came."""

    def __init__(self, person, session_id):
        self.line = http.client.HTTPConnection("127.0.0.1", person.port, timeout=90)
        cookies = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
        self.line.request("GET", f"/live/sessions/{session_id}/", headers={"Cookie": cookies})
        self.socket = self.line.sock
        self.answer = self.line.getresponse()
        OPEN.callback(self.close)
        self.status, self.heard, self.ended = self.answer.status, [], threading.Event()
        self.news = threading.Condition()
        self.listening = threading.Thread(target=self._listen, daemon=True)
        if self.status == 200:
            self.listening.start()

    def close(self):
        """Hang up, and wait until nobody reads any more."""
        with contextlib.suppress(OSError, AttributeError):
            self.socket.shutdown(socket.SHUT_RDWR)
        if self.listening.ident is not None:
            self.listening.join(10)
        self.answer.close()
        self.line.close()
        if self.socket is not None:
            self.socket.close()

    def _listen(self):
        name = ""
        with contextlib.suppress(OSError, ValueError, http.client.HTTPException, AttributeError):
            while line := self.answer.readline():
                text = line.decode().strip()
                if text.startswith("event: "):
                    name = text.removeprefix("event: ")
                elif text.startswith("data: "):
                    with self.news:
                        self.heard.append((name, text.removeprefix("data: "), time.perf_counter()))
                        self.news.notify_all()
        self.ended.set()

    def wait_for(self, event_id, seconds=10.0):
        """The moment when this was heard."""
        with self.news:
            assert self.news.wait_for(lambda: any(one[1] == event_id for one in self.heard), seconds), (
                event_id
            )
            return next(one[2] for one in self.heard if one[1] == event_id)


class Place:
    """A practice with an open session, in a database with real commits."""

    def __init__(self):
        self.practice = Practice.objects.create(name="Harbor", time_zone="America/Chicago")
        self.other = Practice.objects.create(name="Tidewater", time_zone="UTC")
        self.accounts = {}
        for name, role, at in (
            ("Luis", "monitor", self.practice),
            ("Daniel", "prescriber", self.practice),
            ("Amara", "researcher", self.practice),
            ("Elena", "therapist", self.other),
        ):
            with acting_as(system_actor("set-up")):
                account = Account.objects.create_user(f"{name.lower()}@example.org", name=name)
            self.accounts[name] = account
            Membership.objects.create(account=account, practice=at, roles=[role])
        with acting_as(system_actor("set-up")):
            self.accounts["Maya"] = Account.objects.create_user("maya@example.org", name="Maya")
        with acting_as(system_actor("set-up", self.practice.id)):
            self.patient = Patient.objects.create(
                practice=self.practice,
                account=self.accounts["Maya"],
                family_name="Ferreira",
                given_names="Maya",
                record_number="T-1",
            )
        self.course = course_at(self.patient, "induction", substance="esketamine", route="intranasal")
        self.monitor = staff_actor(
            Membership.objects.get(account=self.accounts["Luis"]), self.accounts["Luis"].name
        )
        with acting_as(self.monitor) as by:
            self.session_id = open_session(by=by, course=self.course).id


@pytest.fixture
def place(committed_db):
    with OPEN:
        yield Place()


@pytest.fixture
def web(databases, committed_db, place):
    server = Web(databases, committed_db).start()
    yield server
    server.kill()


@pytest.fixture
def web_factory(databases, committed_db, place):
    servers = []

    def make(workers=1):
        servers.append(Web(databases, committed_db, workers).start())
        return servers[-1]

    yield make
    for one in servers:
        one.kill()


@pytest.fixture
def luis(web, place):
    person = Person(web.port, place.accounts["Luis"])
    person.token(f"/sessions/{place.session_id}/")
    return person
