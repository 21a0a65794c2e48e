"""FHIR R4 from files: NDJSON and Bundles, into the charts of one practice."""

from upwell.exchange.fhir.report import ImportReport
from upwell.exchange.fhir.run import import_fhir

__all__ = ["ImportReport", "import_fhir"]
