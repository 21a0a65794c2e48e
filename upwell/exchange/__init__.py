"""Files and systems: FHIR, CSV."""
