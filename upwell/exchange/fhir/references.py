"""What a reference points to: relative, absolute, conditional, logical, contained, or within a Bundle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from upwell.exchange.fhir.shapes import Json

_RELATIVE = re.compile(
    r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?(?:#.*)?", re.ASCII
)
_ABSOLUTE = re.compile(
    r"(https?://[^?#]+?)/([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?(?:#.*)?",
    re.ASCII,
)
_SEARCH = re.compile(r"(?:https?://[^?#]+/)?([A-Z][A-Za-z]+)\?identifier=([^&]+)", re.ASCII)
_URN_ID = re.compile(r"urn:(?:uuid|oid):([A-Za-z0-9\-.]{1,64})", re.ASCII)
_LOGICAL = {"identifier", "type", "display", "id", "extension"}

# what an element can point to, where the reference itself does not say
TARGETS: dict[str, tuple[str, ...]] = {
    "subject": ("Patient",),
    "patient": ("Patient",),
    "encounter": ("Encounter",),
    "context": ("Encounter",),
    "medicationReference": ("Medication",),
    "organization": ("Organization",),
    "managingOrganization": ("Organization",),
    "serviceProvider": ("Organization",),
    "practitioner": ("Practitioner",),
    "location": ("Location",),
    "condition": ("Condition",),
    "hasMember": ("Observation",),
}
ANYBODY = ("Practitioner", "PractitionerRole", "Organization", "Patient", "Location")


@dataclass(frozen=True, slots=True)
class ById:
    """``Patient/123``; with ``base`` where it was an absolute URL."""

    type: str
    id: str
    base: str = ""


@dataclass(frozen=True, slots=True)
class ByUrl:
    """The full URL of an entry of the same Bundle (``urn:uuid:…``)."""

    url: str
    types: tuple[str, ...] = ()

    @property
    def bare_id(self) -> str:
        """The id inside a URN: many systems use it as the resource's own."""
        found = _URN_ID.fullmatch(self.url)
        return found.group(1) if found else ""


@dataclass(frozen=True, slots=True)
class ByIdentifier:
    """A number given by some system, in a conditional or logical reference; without a system, any will do."""

    types: tuple[str, ...]
    system: str | None
    value: str


@dataclass(frozen=True, slots=True)
class Contained:
    """A resource inside this one."""

    id: str


@dataclass(frozen=True, slots=True)
class Nowhere:
    """A reference that names nothing that could be looked up."""

    why: str


Pointer = ById | ByUrl | ByIdentifier | Contained | Nowhere


def pointers(reference: Json, element: str) -> tuple[Pointer, ...]:
    """What a Reference points to, best first: its ``reference``, then its ``identifier``."""
    found: list[Pointer] = []
    text = reference.get("reference")
    if isinstance(text, str) and text:
        found.append(_by_text(text, element))
    identifier = reference.get("identifier")
    if isinstance(identifier, dict) and isinstance(identifier.get("value"), str):
        found.append(_logical(reference, identifier, element))
    return tuple(found) or (Nowhere("has neither a reference nor an identifier"),)


def _by_text(text: str, element: str) -> Pointer:
    if text.startswith("#"):
        return Contained(text[1:])
    if match := _RELATIVE.fullmatch(text):
        return ById(match[1], match[2])
    if match := _SEARCH.fullmatch(text):
        system, bar, value = unquote(match[2]).rpartition("|")
        found = ByIdentifier((match[1],), system if bar else None, value)
        return found if value else Nowhere("is a search without a value")
    if match := _ABSOLUTE.fullmatch(text):
        return ById(match[2], match[3], match[1])
    if text.startswith("urn:"):
        return ByUrl(text, TARGETS.get(element, ()))
    return Nowhere("is not a reference as FHIR writes it")


def _logical(reference: Json, identifier: Json, element: str) -> Pointer:
    stated = reference.get("type")
    types = (stated,) if isinstance(stated, str) and stated else TARGETS.get(element, ANYBODY)
    system = identifier.get("system")
    return ByIdentifier(types, system if isinstance(system, str) else "", identifier["value"])


def references_in(value: Any, element: str = "", path: str = "") -> Iterator[tuple[str, str, Json]]:
    """Every Reference in a resource but not in its contained ones: element, path, and itself."""
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str) or _is_logical(value):
            yield element, path, value
            return
        for name, part in value.items():
            if isinstance(part, dict | list) and name != "contained":
                yield from references_in(part, name, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for part in value:
            yield from references_in(part, element, path)


def _is_logical(value: Json) -> bool:
    return isinstance(value.get("identifier"), dict) and value.keys() <= _LOGICAL


def subject_of(resource: Json) -> Json | None:
    """The reference that says whose chart a clinical resource belongs to."""
    found = resource.get("patient" if resource["resourceType"] == "AllergyIntolerance" else "subject")
    return found if isinstance(found, dict) else None


def contained_in(resource: Json, ident: str) -> Json | None:
    """The contained resource with this id."""
    for inner in resource.get("contained") or ():
        if isinstance(inner, dict) and inner.get("id") == ident:
            return inner
    return None


def base_of(full_url: str) -> str:
    """The server's address in a full URL; empty for a URN."""
    match = _ABSOLUTE.fullmatch(full_url)
    return match[1] if match else ""


def id_in(full_url: str, kind: str) -> str:
    """The id that an entry's full URL gives to a resource that has none of its own."""
    if match := _URN_ID.fullmatch(full_url):
        return match[1]
    match = _ABSOLUTE.fullmatch(full_url)
    return match[3] if match and match[2] == kind else ""
