"""A dosing day in a served demo, set up in a process of its own: a course in induction with a signed consent.

``python -m tests.journeys.seed_day FAMILY_NAME`` prints the ids of the course and the patient as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date


def main(family_name: str, substance: str, route: str) -> None:
    """Make the person, the course and the consent."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "upwell.platform.settings")
    import django

    django.setup()
    from tests.integration.pathway.consented import signed
    from tests.integration.pathway.courses import course_at
    from upwell.access.acting import acting_as
    from upwell.access.system import system_actor
    from upwell.access.who import patient_actor, staff_actor
    from upwell.people.models import Account, Membership, Patient, Practice

    practice = Practice.objects.get(name="Harbor KAP Clinic")
    system = system_actor("demo", practice.id)
    with acting_as(system):
        account = Account.objects.create_user(f"{family_name.lower()}@example.org", name=f"Ida {family_name}")
        patient = Patient.objects.create(
            practice=practice,
            account=account,
            family_name=family_name,
            given_names="Ida",
            record_number=f"DAY-{family_name}",
            birth_date=date(1984, 3, 9),
            sex="male",
        )
        member = Membership.objects.select_related("account").get(
            practice=practice, roles__contains=["prescriber"]
        )
    course = course_at(patient, "induction", substance=substance, route=route)
    prescriber = staff_actor(member, member.account.name)
    person = patient_actor(account.id, account.name, (patient.id,))
    signed(prescriber, person, course, account.name)
    print(json.dumps({"course": str(course.id), "patient": str(patient.id)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
