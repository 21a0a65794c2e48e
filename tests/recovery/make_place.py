"""Makes a practice with open sessions in a home that is served, and a pass for each: ``make_place.py HOW_MANY``."""

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "upwell.platform.settings")

import django

django.setup()

from tests.integration.pathway.courses import course_at  # noqa: E402
from upwell.access.acting import acting_as  # noqa: E402
from upwell.access.system import system_actor  # noqa: E402
from upwell.access.who import staff_actor  # noqa: E402
from upwell.pathway.session.actions import open_session  # noqa: E402
from upwell.pathway.session.tablet.actions import give_pass  # noqa: E402
from upwell.pathway.session.tablet.sealed import public_key  # noqa: E402
from upwell.people.models import Account, Membership, Patient, Practice  # noqa: E402


def make(how_many):
    practice = Practice.objects.create(name="Harbor", time_zone="America/Chicago")
    with acting_as(system_actor("set-up")):
        account = Account.objects.create_user("luis@example.org", name="Luis Ortega")
    membership = Membership.objects.create(account=account, practice=practice, roles=["monitor"])
    monitor = staff_actor(membership, account.name)
    for number in range(how_many):
        with acting_as(system_actor("set-up", practice.id)):
            patient = Patient.objects.create(
                practice=practice, family_name=f"F{number}", given_names="Maya", record_number=f"T-{number}"
            )
        course = course_at(patient, "induction", substance="esketamine", route="intranasal")
        with acting_as(monitor) as by:
            session = open_session(by=by, course=course)
            _pass, token = give_pass(by=by, session=session, device=f"tablet-{number}")
        yield {"session": str(session.id), "token": token, "public_key": public_key(session.id)}


if __name__ == "__main__":
    print(json.dumps(list(make(int(sys.argv[1])))))
