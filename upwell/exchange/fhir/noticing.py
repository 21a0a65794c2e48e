"""What the report says about a resource that is stored."""

from __future__ import annotations

from upwell.exchange.fhir.known import Chart
from upwell.exchange.fhir.linker import Linked
from upwell.exchange.fhir.mapping.names import best_name
from upwell.exchange.fhir.mapping.patient import replaced_by
from upwell.exchange.fhir.oddities import before_birth
from upwell.exchange.fhir.report import ImportReport


def notice(report: ImportReport, linked: Linked, owner: Chart | None) -> None:
    """Report references that lead nowhere, and what should be looked at."""
    item, resource = linked.item, linked.resource
    name = f"{item.type}/{item.id}"
    for path, lost in linked.lost:
        if lost.unused:
            report.to_unused_types[lost.target] = report.to_unused_types.get(lost.target, 0) + 1
        else:
            report.lose(lost.target, item.place, name, path, lost.why)
    if owner is not None:
        for oddity, element in before_birth(resource, owner.born):
            report.notice(oddity, item.place, name, element)
    if item.type == "Patient":
        for _ in replaced_by(resource):
            report.notice("replaced-by", item.place, name, "link")
        if resource.get("active") is False:
            report.notice("inactive-patient", item.place, name, "active")
        if best_name(resource.get("name")) is None:
            report.notice("no-name", item.place, name, "name")
