"""Problems, allergies and visits."""

from __future__ import annotations

from upwell.exchange.fhir.mapping.common import (
    ERROR,
    Columns,
    Links,
    all_words,
    codes,
    dated,
    items,
    joined,
    moment,
    status_in,
    when,
    words_of,
)
from upwell.exchange.fhir.shapes import Json, table


def condition(resource: Json, _links: Links) -> Columns:
    """A problem or diagnosis."""
    known = table().codes
    onset_at, onset_text = dated(resource, "onset")
    abated_at, abated_text = dated(resource, "abatement")
    verification = status_in(resource.get("verificationStatus"), known["condition-verification"])
    return {
        "clinical_status": status_in(resource.get("clinicalStatus"), known["condition-clinical"]),
        "verification_status": verification,
        "category": codes(resource.get("category")),
        "onset_at": onset_at,
        "onset_text": onset_text,
        "abated_at": abated_at,
        "abated_text": abated_text,
        "recorded_at": moment(resource.get("recordedDate")),
        "entered_in_error": verification == ERROR,
    }


def allergy(resource: Json, _links: Links) -> Columns:
    """An allergy or intolerance. Without a code, the substance of its reactions names it."""
    known = table().codes
    verification = status_in(resource.get("verificationStatus"), known["allergy-verification"])
    onset = resource.get("onsetDateTime") or dated(resource, "onset")[1]
    columns: Columns = {
        "clinical_status": status_in(resource.get("clinicalStatus"), known["allergy-clinical"]),
        "verification_status": verification,
        "kind": resource.get("type") or "",
        "category": joined(items(resource.get("category")), ","),  # type: ignore[arg-type]
        "criticality": resource.get("criticality") or "",
        "reaction": joined(_reaction(part) for part in items(resource.get("reaction"))),
        "recorded_at": moment(resource.get("recordedDate")),
        "onset_text": onset,
        "entered_in_error": verification == ERROR,
    }
    if not resource.get("code"):
        columns["display"] = joined(
            words_of(part.get("substance")) for part in items(resource.get("reaction"))
        )
    return columns


def _reaction(reaction: Json) -> str:
    severity = reaction.get("severity")
    words = (
        joined(words_of(sign) for sign in items(reaction.get("manifestation")))
        or reaction.get("description")
        or ""
    )
    return f"{words} ({severity})" if severity else words


def encounter(resource: Json, links: Links) -> Columns:
    """A visit somewhere."""
    period = resource.get("period") or {}
    started = when(period.get("start"))
    people = sorted(
        items(resource.get("participant")), key=lambda part: "PPRF" not in codes(part.get("type"))
    )
    places = [part.get("location") for part in items(resource.get("location"))]
    reasons = [links.name(reference) for reference in items(resource.get("reasonReference"))]
    return {
        "status": resource.get("status") or "",
        "class_code": resource["class"].get("code") or resource["class"].get("display") or "",
        "started_at": started.earliest if started else None,
        "started_text": started.words if started else "",
        "ended_at": moment(period.get("end")),
        "reason": joined([all_words(resource.get("reasonCode")), *reasons]),
        "provider_name": next((name for part in people if (name := links.name(part.get("individual")))), ""),
        "place_name": next((name for place in places if (name := links.name(place))), "")
        or links.name(resource.get("serviceProvider")),
        "entered_in_error": resource.get("status") == ERROR,
    }
