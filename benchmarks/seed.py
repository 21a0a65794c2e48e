"""A practice at scale: 10,000 patients with 12 assessments each, over 200 practices, and log-ins to use them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection

from benchmarks.courses import courses
from benchmarks.full import FULL, full_courses
from upwell.access.acting import acting_as
from upwell.access.at_the_door import at_the_door
from upwell.access.sessions import SessionStore
from upwell.access.system import system_actor
from upwell.base.clock import now
from upwell.base.ids import new_id
from upwell.knowledge.loader import load_instrument
from upwell.people.models import Account, Membership, Patient, PatientSearchKey, Practice
from upwell.people.names import search_keys
from upwell.record.models import Assessment, AssessmentRequest
from upwell.science.scoring import score

PRACTICES, PATIENTS, EACH = 200, 10_000, 12
FAMILY = ("Smith", "Garcia", "Müller", "Nguyen", "O'Brien", "Kowalski", "Rossi", "Haddad", "Okafor", "Silva")
GIVEN = ("Maria", "John", "Amina", "Peter", "Linh", "Anna", "Omar", "Grace", "Ivan", "Chloe", "Yuki")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True, slots=True)
class Seeded:
    """Whom the runs act as: a staff session, its practice's charts, and patients with an open request each."""

    staff_session: str
    practice_id: UUID
    clinic_id: UUID  # a practice whose sessions run while its bedside is measured
    patient_ids: list[UUID]
    answering: list[tuple[str, UUID, UUID]]  # session, request, account
    answering_in_course: list[tuple[str, UUID, UUID]]
    course_ids: list[UUID]  # of the staff's practice, under treatment
    full_course_ids: list[UUID]  # of the same practice, each with all that a course of care holds
    full_patient_ids: list[UUID]
    full_sessions: list[str]  # of the people whose courses these are


def seed(progress: Callable[[str], None], *, practices: int = PRACTICES, patients: int = PATIENTS) -> Seeded:
    """Fill an empty home. The first practice is the one that staff pages are timed on."""
    rng = random.Random(20261123)
    made = [Practice(name=f"Bench practice {n:03d}") for n in range(practices)]
    Practice.objects.bulk_create(made)
    with at_the_door():
        staff = Account.objects.create_user("bench@example.org", None, name="Bench Prescriber")
    Membership.objects.create(account=staff, practice=made[0], roles=["prescriber"])
    progress(f"Seeding {patients:,} patients with {EACH} assessments each …")
    first: list[UUID] = []
    answering: list[tuple[str, UUID, UUID]] = []
    answering_in_course: list[tuple[str, UUID, UUID]] = []
    under_treatment: list[UUID] = []
    full: list[Patient] = []
    led_in_full: list[UUID] = []
    for number, practice in enumerate(made):
        with acting_as(system_actor("benchmark", practice.id)):
            rows = _patients(rng, practice, patients // practices, number)
            first = first or [row.id for row in rows]
            _assessments(rng, rows)
            if number < practices * 3 // 4:  # in the others nobody is in a course of care yet
                if number == 0:
                    full, rows = rows[:FULL], rows[FULL:]
                    led_in_full = full_courses(practice, full)
                led = courses(rng, rows, staff, in_full=number == 0)
                under_treatment = under_treatment or led
                answering_in_course += _answering(rows)
            else:
                answering += _answering(rows)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Seeded(
        _session(staff),
        made[0].id,
        made[-1].id,
        first,
        answering,
        answering_in_course,
        under_treatment,
        led_in_full,
        [one.id for one in full],
        [_session(one.account) for one in full],
    )


def _patients(rng: random.Random, practice: Practice, count: int, number: int) -> list[Patient]:
    accounts = [
        Account(email=f"patient-{number}-{i}@example.org", name=f"Patient {number}-{i}", password="!")
        for i in range(count)
    ]
    Account.objects.bulk_create(accounts)
    rows = [
        Patient(
            practice=practice,
            account=account,
            record_number=f"P-{i + 1:06d}",
            family_name=rng.choice(FAMILY),
            given_names=rng.choice(GIVEN),
            birth_date=date(1940, 1, 1) + timedelta(days=rng.randrange(23_000)),
        )
        for i, account in enumerate(accounts)
    ]
    Patient.objects.bulk_create(rows)
    PatientSearchKey.objects.bulk_create(
        PatientSearchKey(practice=practice, patient=row, key=key)
        for row in rows
        for key in search_keys(row.family_name, row.given_names)
    )
    return rows


def _assessments(rng: random.Random, rows: list[Patient]) -> None:
    instrument = load_instrument("phq-9")
    start = now() - timedelta(weeks=EACH)
    batch = []
    for row in rows:
        for week in range(EACH):
            answers = {str(item): rng.choice((0, 0, 1, 1, 2, 3)) for item in range(1, 10)}
            batch.append(
                _assessment(row, answers, score(instrument, answers).as_json(), start + timedelta(weeks=week))
            )
    Assessment.objects.bulk_create(batch, batch_size=600)


def _assessment(row: Patient, answers: dict[str, int], result: dict[str, object], at: datetime) -> Assessment:
    return Assessment(
        practice_id=row.practice_id,
        patient=row,
        instrument="phq-9",
        instrument_version=result["instrument_version"],
        answers=answers,
        status=result["status"],
        total=result["total"],
        band=result["band"],
        flags=result["flags"],
        result=json.loads(json.dumps(result)),
        effective_at=at,
        origin=Assessment.Origin.HISTORY,
    )


def _answering(rows: list[Patient]) -> list[tuple[str, UUID, UUID]]:
    due = now() + timedelta(days=1)
    requests = [
        AssessmentRequest(practice_id=r.practice_id, patient=r, instrument="phq-9", due_at=due) for r in rows
    ]
    AssessmentRequest.objects.bulk_create(requests)
    return [
        (_session(row.account), request.id, row.account_id)
        for row, request in zip(rows, requests, strict=True)
    ]


def _session(account: Account) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    # Whoever sends a form has just opened it, so the once-a-minute note of having been here is fresh.
    session["upwell_seen"] = int(now().timestamp()) + 3600
    session.create()
    return str(session.session_key)


def fresh_submission() -> str:
    """The number that a form carries, as the page makes it."""
    return str(new_id())
