"""FHIR R4 from files: NDJSON and Bundles, into the charts of one practice."""
