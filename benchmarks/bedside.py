"""What the bedside costs: entries written into running sessions, and streams that tell everybody who watches."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

if TYPE_CHECKING:
    from benchmarks.load import Request, Timing

CSRF = "b" * 32
CONNECTIONS, ROUNDS, WARM_UP_S = 16, 8, 12.0
SESSIONS = 100
MONITORS = 60  # whoever watches: each may keep twenty pages open
WORTH = 0.25  # of a bare insert
SO_FAR = 24  # entries of a session when the run begins


@dataclass(frozen=True, slots=True)
class Running:
    """Sessions that run, and the log-ins of those who write them down."""

    sessions: list[UUID]
    log_ins: list[str]


def seed_running(practice_id: UUID) -> Running:
    """A hundred sessions of one large clinic in the middle of their dosing day, and its monitors."""
    from benchmarks.seed import _session as log_in
    from upwell.access.acting import acting_as
    from upwell.access.at_the_door import at_the_door
    from upwell.access.system import system_actor
    from upwell.base.clock import now
    from upwell.pathway.course.models import Course
    from upwell.pathway.session.models import Session, SessionEvent
    from upwell.people.models import Account, Membership, Patient

    with at_the_door():
        staff = [
            Account.objects.create_user(f"monitor-{n}@example.org", None, name=f"Monitor {n}")
            for n in range(MONITORS)
        ]
    for one in staff:
        Membership.objects.create(account=one, practice_id=practice_id, roles=["monitor"])
    at, rng = now(), random.Random(5)
    with acting_as(system_actor("benchmark", practice_id)):
        patients = [
            Patient(
                practice_id=practice_id, record_number=f"B-{n:04d}", family_name=f"Bench{n}", given_names="B"
            )
            for n in range(SESSIONS)
        ]
        Patient.objects.bulk_create(patients)
        courses = [
            Course(
                practice_id=practice_id,
                patient=one,
                state="induction",
                substance="esketamine",
                route="intranasal",
                prescriber_id=staff[0].id,
                reason="Two medicines did not help.",
                started_at=at - timedelta(days=30),
            )
            for one in patients
        ]
        Course.objects.bulk_create(courses)
        sessions = [_session(one, at) for one in courses]
        Session.objects.bulk_create(sessions)
        SessionEvent.objects.bulk_create(
            (event for one in sessions for event in _events(one, staff[0], at, rng)), batch_size=2000
        )
    return Running([one.id for one in sessions], [log_in(one) for one in staff])


def _session(course: object, at: datetime) -> object:
    from upwell.pathway.session.models import Session

    return Session(
        practice_id=course.practice_id,  # type: ignore[attr-defined]
        patient_id=course.patient_id,  # type: ignore[attr-defined]
        course=course,
        substance="esketamine",
        route="intranasal",
        opened_at=at - timedelta(minutes=100),
        stands="observing",
        first_dose_at=at - timedelta(minutes=60),
        given_mg=56,
    )


def _events(session: object, author: object, at: datetime, rng: random.Random) -> Iterator[object]:
    from upwell.pathway.session.models import SessionEvent

    order = {"substance": "esketamine", "route": "intranasal", "dose_mg": 56, "devices": 2}
    day = [(100, "arrived", {}), (95, "ordered", order), (90, "vitals", signs(rng))]
    day += [(70, "gate-decided", {"gate": "predose", "outcome": "go"})]
    day += [
        (60, "dose-given", {"dose_mg": 28, "device": 1}),
        (55, "dose-given", {"dose_mg": 28, "device": 2}),
    ]
    day += [(50 - 2 * n, "vitals", signs(rng)) for n in range(SO_FAR - len(day))]
    for before, kind, body in day:
        moment = at - timedelta(minutes=before)
        yield SessionEvent(
            practice_id=session.practice_id,  # type: ignore[attr-defined]
            patient_id=session.patient_id,  # type: ignore[attr-defined]
            session=session,
            type=kind,
            observed_at=moment,
            received_at=moment,
            body=body,
            author=str(author.id),  # type: ignore[attr-defined]
            author_role="monitor",
        )


def signs(rng: random.Random) -> dict[str, int]:
    """Vital signs that raise no alarm."""
    return {
        "bp_systolic_mmhg": rng.randrange(112, 138),
        "bp_diastolic_mmhg": rng.randrange(68, 86),
        "heart_rate_bpm": rng.randrange(62, 92),
        "spo2_percent": rng.randrange(95, 100),
        "resp_rate_bpm": rng.randrange(12, 18),
    }


def entries(running: Running) -> Iterator[Request]:
    """Vital signs, as the tablet's outbox sends them: each session in turn, from its own monitor."""
    from benchmarks.load import Request
    from benchmarks.seed import fresh_submission

    rng, number = random.Random(7), 0
    while True:
        session = running.sessions[number % len(running.sessions)]
        log_in = running.log_ins[number % len(running.log_ins)]
        number += 1
        fields = {"csrfmiddlewaretoken": CSRF, "id": fresh_submission(), "from_device": "bench", **signs(rng)}
        yield Request(
            "POST",
            f"/sessions/{session}/record/vitals/",
            urlencode(fields).encode(),
            (
                ("Cookie", f"sessionid={log_in}; csrftoken={CSRF}"),
                ("Content-Type", "application/x-www-form-urlencoded"),
                ("Accept", "application/json"),
                ("X-CSRFToken", CSRF),
            ),
            expect=(201,),
        )


def writes(port: int, server: int, running: Running, seconds: float) -> bool:
    """A bedside entry through HTTP (authorised, stored, folded, audited, durable) beside one bare durable insert.

    They take turns in short rounds, so that what else the machine does meets both alike.
    """
    from benchmarks.load import Request, run
    from benchmarks.processor import seconds_used

    def bare(path: str) -> Iterator[Request]:
        body = json.dumps({str(n): n % 3 for n in range(1, 10)}).encode()
        while True:
            yield Request("POST", path, body, expect=(204,))

    supplies = {
        "bedside entry": entries(running),
        "one bare insert, Django": bare("/bare-django/"),
        "one bare insert, no Django": bare("/bare-wsgi/"),
    }
    timings: dict[str, list[Timing]] = {name: [] for name in supplies}
    costs = {name: [0.0, 0.0] for name in supplies}
    for supply in supplies.values():
        run(port, CONNECTIONS, WARM_UP_S, lambda supply=supply: supply)
    for _ in range(ROUNDS):
        for name, supply in supplies.items():
            before = seconds_used(server)
            timings[name].append(run(port, CONNECTIONS, seconds / ROUNDS, lambda supply=supply: supply))
            for place, used in enumerate(seconds_used(server)):
                costs[name][place] += used - before[place]
    return _say(timings, costs)


def _say(timings: dict[str, list[Timing]], costs: dict[str, list[float]]) -> bool:
    from benchmarks.load import Timing

    whole = {name: Timing.together(parts) for name, parts in timings.items()}
    ours = whole["bedside entry"]
    print(
        f"\n{f'bedside at {CONNECTIONS} connections':<28}{'rps':>7}{'median ms':>11}{'p95 ms':>9}{'ours / it':>11}"
        "   processor ms a request: pages, database"
    )
    low = False
    for name, timing in whole.items():
        pages, database = (1000 * used / timing.count for used in costs[name])
        ratio, verdict = ours.rps / timing.rps, ""
        if name.startswith("one bare insert, Django"):
            low = ratio < WORTH
            verdict = f"   at least {WORTH}: {'LESS' if low else 'ok'}"
        shown = f"{ratio:.2f}" if name != "bedside entry" else ""
        print(
            f"{name:<28}{timing.rps:>7.0f}{timing.median_ms:>11.1f}{timing.p95_ms:>9.1f}{shown:>11}"
            f"   {pages:.2f}, {database:.2f}{verdict}",
            flush=True,
        )
    return low
