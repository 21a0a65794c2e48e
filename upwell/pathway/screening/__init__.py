"""Screening: is this treatment right for this person, now? Findings with reasons; the prescriber decides.

Other steps may ask ``upwell.pathway.screening.standing.told_at_screening`` what was told that the record does
not have, and ``allowed_at_screening`` what the medical director allowed against absolute findings.
"""
