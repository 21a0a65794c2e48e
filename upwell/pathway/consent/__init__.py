"""Consent: what to expect, teach-back, signature, withdrawal."""
