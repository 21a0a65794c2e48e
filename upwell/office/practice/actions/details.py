"""A practice: made by the operator, its details kept by its admin."""

from __future__ import annotations

import re
from dataclasses import replace
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.errors import BadInput, NotFound, NotPermitted
from upwell.base.limits import LONGEST_PERSON, LONGEST_PRACTICE_LINE
from upwell.base.one_line import tidy
from upwell.office.practice.place import here
from upwell.people.models import Practice

DETAILS = ("name", "time_zone", "jurisdiction", "phone", "crisis_line", "staffed_hours", "dea_registration")
DEA = re.compile(r"[A-Z][A-Z9]\d{7}")


def create_practice(
    *,
    by: Actor,
    name: str,
    time_zone: str = "UTC",
    jurisdiction: str = "US",
    is_demo: bool = False,
    **details: str,
) -> Practice:
    """Make a practice. Only the system does, for the operator: ``upwell init`` and ``upwell user add``."""
    if by.kind != "system":
        raise NotPermitted(_("Practices are made by whoever runs this installation, on its command line."))
    practice = Practice(is_demo=is_demo)
    _put(practice, {"name": name, "time_zone": time_zone, "jurisdiction": jurisdiction, **details})
    practice.save()
    record(
        "practice.created",
        by=replace(by, practice_id=practice.id),
        object_type="practice",
        object_id=practice.id,
    )
    return practice


def change_details(*, by: Actor, **details: str) -> Practice:
    """Change the practice that the actor works at. Former details stay in its history."""
    require(by, "practice.manage")
    practice = Practice.objects.select_for_update().filter(id=here(by)).first()
    if practice is None:
        raise NotFound(_("There is no such practice."))
    changed = _put(practice, details)
    if changed:
        practice.save(update_fields=changed)
        record("practice.changed", by=by, object_type="practice", object_id=practice.id, fields=changed)
    return practice


def _put(practice: Practice, details: dict[str, str]) -> list[str]:
    """Set what differs, and say which fields that were."""
    unknown = sorted(set(details) - set(DETAILS))
    if unknown:
        raise BadInput(_("A practice has no such detail: %s") % ", ".join(unknown), path=unknown[0])
    given = {field: tidy(text) for field, text in details.items()}
    for field, text in given.items():
        if len(text) > (longest := LONGEST_PERSON if field == "name" else LONGEST_PRACTICE_LINE):
            raise BadInput(
                _("This is longer than %(n)d characters. Shorten it.") % {"n": longest}, path=field
            )
    if "name" in given and not given["name"]:
        raise BadInput(_("A practice needs a name."), path="name")
    if "time_zone" in given and given["time_zone"] not in available_timezones():
        words = _("%s is not a time zone. Write it like America/New_York or Europe/Berlin.")
        raise BadInput(words % given["time_zone"], path="time_zone")
    if "jurisdiction" in given and given["jurisdiction"] not in Practice.Jurisdiction.values:
        words = _("The jurisdiction must be one of: %s.")
        raise BadInput(words % ", ".join(Practice.Jurisdiction.values), path="jurisdiction")
    if given.get("dea_registration"):
        given["dea_registration"] = _dea_registration(given["dea_registration"])
    changed = [field for field, text in given.items() if getattr(practice, field) != text]
    for field in changed:
        setattr(practice, field, given[field])
    return changed


def _dea_registration(text: str) -> str:
    """The number as it is printed on the certificate. Its last digit is made of the others, so that a slip shows."""
    number = re.sub(r"[\s-]", "", text).upper()
    if not DEA.fullmatch(number):
        words = _("A DEA registration number is two letters and seven digits, as on the certificate.")
        raise BadInput(words, path="dea_registration")
    digits = [int(one) for one in number[2:]]
    total = sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])
    if str(total)[-1] != number[-1]:
        words = _(
            "This number has a slip in it: its last digit does not fit the others. Compare the certificate."
        )
        raise BadInput(words, path="dea_registration")
    return number
