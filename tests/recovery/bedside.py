"""The product as it is served, and tablets at its chairs that write, seal and deliver without end."""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.integration.pathway.session.tablets import seal
from tests.recovery.conftest import Served
from upwell.base.clock import now
from upwell.base.ids import new_id
from upwell.platform.database import resolve
from upwell.platform.home import Home

ROOT = Path(__file__).parents[2]


def _open(asked: str | urllib.request.Request, seconds: float) -> Any:
    return urllib.request.urlopen(asked, timeout=seconds)  # noqa: S310


class Bedside(Served):
    """``upwell serve`` with the whole product, in a process group of its own."""

    def __init__(self, home: Home, *options: str, **environment: str) -> None:
        super().__init__(home)
        self.options, self.environment = options, environment

    def _run(self, command: list[str], **more: Any) -> subprocess.Popen[bytes]:
        environment = os.environ | {"UPWELL_HOME": str(self.home.root), "PYTHONPATH": str(ROOT)}
        environment |= self.environment
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        return subprocess.Popen([sys.executable, *command], env=environment, cwd=ROOT, **more)

    def start(self) -> Bedside:
        served = ["-c", "from upwell.platform.cli import main; main()", "serve", "--port", str(self.port)]
        served += self.options
        with self.output.open("ab") as output:
            self.process = self._run(served, stdout=output, stderr=output, start_new_session=True)
        return self

    def answers(self) -> str | None:
        with contextlib.suppress(OSError), _open(f"{self.url}/health", 2) as answer:
            return str(answer.read().decode())
        return None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def places(self, how_many: int) -> list[dict[str, str]]:
        """Open sessions, each with a pass."""
        made = self._run([str(ROOT / "tests/recovery/make_place.py"), str(how_many)], stdout=subprocess.PIPE)
        told, _ = made.communicate(timeout=120)
        assert made.returncode == 0
        found: list[dict[str, str]] = json.loads(told)
        return found

    def deliver(self, envelope: dict[str, Any], seconds: float = 10.0) -> tuple[int, dict[str, Any]]:
        """What the server says to an envelope; 0 where it says nothing."""
        body = json.dumps({"envelope": envelope, "sent_at": now().isoformat()}).encode()
        asked = urllib.request.Request(  # noqa: S310
            f"{self.url}/sessions/deliver/", body, {"Content-Type": "application/json"}
        )
        try:
            with _open(asked, seconds) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                text = error.read()
            try:
                return error.code, json.loads(text)
            except ValueError:
                return error.code, {}
        except (OSError, ValueError):
            return 0, {}

    def stored(self) -> list[str]:
        """The ids of every entry in the database, as they stand."""
        with resolve(self.home).admin.connect() as connection:
            rows = connection.execute("SELECT id FROM session_sessionevent ORDER BY id").fetchall()
            aside = connection.execute("SELECT count(*) FROM session_sessionquarantine").fetchone()
        assert aside == (0,)
        return [str(row[0]) for row in rows]


class Tablets:
    """Writers with an outbox each: an entry is sent until there is a receipt, and now and then once more."""

    def __init__(self, bedside: Bedside, places: list[dict[str, str]], pause_s: float = 0.1) -> None:
        self.bedside, self.pause_s = bedside, pause_s
        self.acknowledged: list[str] = []
        self.refused: list[Any] = []
        self.slowest_s = 0.0
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._write, args=(place, number)) for number, place in enumerate(places)
        ]

    def __enter__(self) -> Tablets:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(260)
        assert not any(thread.is_alive() for thread in self._threads)
        assert self.refused == [], self.refused[:3]

    def _write(self, place: dict[str, str], number: int) -> None:
        generator = random.Random(number)
        while not self._stop.is_set():
            envelope = vitals(place, generator)
            begun = time.monotonic()
            self._until_receipt(envelope)
            self.slowest_s = max(self.slowest_s, time.monotonic() - begun)
            self.acknowledged.append(envelope["id"])
            if generator.random() < 0.1:
                self._until_receipt(envelope)  # its receipt was lost on the way
            time.sleep(self.pause_s * generator.random() * 2)

    def _until_receipt(self, envelope: dict[str, Any]) -> None:
        deadline = time.monotonic() + 240
        while time.monotonic() < deadline:
            status, told = self.bedside.deliver(envelope)
            if told.get("stored") is True:
                return
            if 400 <= status < 500:
                self.refused.append((status, told))
                return
            time.sleep(0.1)
        self.refused.append("no receipt")


def vitals(place: dict[str, str], generator: random.Random, words: str = "") -> dict[str, Any]:
    """A heart rate, or words, sealed."""
    fields = (
        {"kind_of": "note", "text": words} if words else {"heart_rate_bpm": str(generator.randrange(50, 120))}
    )
    content = {
        "token": place["token"],
        "what": "words" if words else "vitals",
        "fields": fields,
        "device_at": now().isoformat(),
        "clock_off_ms": 0,
    }
    return seal(place["public_key"], place["session"], str(new_id()), content)
