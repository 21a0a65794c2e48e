"""Who a patient is and how to reach them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from upwell.exchange.fhir.dates import Precision
from upwell.exchange.fhir.mapping.common import LONGEST, Columns, coding_of, items, moment, when, words_of
from upwell.exchange.fhir.mapping.names import best_name, family, given
from upwell.exchange.fhir.shapes import Json

NO_NAME = "(no name)"
_CONTACT_ORDER = ("home", "mobile", None, "work", "temp", "old")
_ADDRESS_ORDER = ("home", None, "temp", "work", "billing", "old")


@dataclass(frozen=True, slots=True)
class Number:
    """A number that some system gave the patient."""

    system: str
    value: str
    kind: str


def patient(resource: Json) -> Columns:
    """The columns of a chart's front page."""
    name = best_name(resource.get("name")) or {}
    family_name, given_names = family(name), given(name)
    if not family_name and not given_names:
        family_name = str(name.get("text") or "").strip() or NO_NAME
    born = when(resource.get("birthDate"))
    died = resource.get("deceasedDateTime")
    return {
        "family_name": family_name[:LONGEST],
        "given_names": given_names[:LONGEST],
        "other_names": [other for other in items(resource.get("name")) if other is not name],
        "birth_date": born.day if born else None,
        "birth_date_precision": (born.precision if born else Precision.DAY).value,
        "sex": resource.get("gender") or "unknown",
        "deceased": died is not None or resource.get("deceasedBoolean") is True,
        "deceased_at": moment(died),
        "phone": _contact(resource, ("phone", "sms")),
        "email": _contact(resource, ("email",)),
        "language": _language(resource),
    } | _address(resource)


def _contact(resource: Json, systems: tuple[str, ...]) -> str:
    found = [
        contact
        for contact in items(resource.get("telecom"))
        if contact.get("system") in systems and contact.get("value")
    ]
    best = min(found, key=_contact_rank, default={})
    return str(best.get("value") or "")


def _contact_rank(contact: Json) -> tuple[bool, int, int]:
    ended = moment((contact.get("period") or {}).get("end"))
    return ended is not None, contact.get("rank") or 99, _CONTACT_ORDER.index(contact.get("use"))


def _address(resource: Json) -> Columns:
    found = list(items(resource.get("address")))
    best = min(
        found, key=lambda a: (a.get("type") == "postal", _ADDRESS_ORDER.index(a.get("use"))), default={}
    )
    lines = ", ".join(str(line) for line in items(best.get("line")) if line)
    return {
        "address_line": lines or (str(best.get("text") or "") if not best.get("city") else ""),
        "city": best.get("city") or "",
        "state": best.get("state") or "",
        "postal_code": best.get("postalCode") or "",
        "country": best.get("country") or "",
    }


def _language(resource: Json) -> str:
    found = sorted(items(resource.get("communication")), key=lambda part: part.get("preferred") is not True)
    for part in found:
        language = part.get("language") or {}
        return str(coding_of(language).get("code") or words_of(language))
    return ""


def numbers(resource: Json) -> Iterator[Number]:
    """The patient's numbers: medical record, insurer, driver's licence …, each once."""
    seen: set[tuple[str, str]] = set()
    for identifier in items(resource.get("identifier")):
        system, value = str(identifier.get("system") or ""), str(identifier.get("value") or "")
        if value and len(system + value) <= LONGEST and (system, value) not in seen:
            seen.add((system, value))
            yield Number(system, value, str(coding_of(identifier.get("type")).get("code") or ""))


def replaced_by(resource: Json) -> Iterator[Json]:
    """The references to the record that replaces this one, as its source says."""
    for link in items(resource.get("link")):
        if link.get("type") == "replaced-by":
            yield link["other"]
