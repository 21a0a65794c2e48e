"""Referral: a therapist and a prescriber of two practices begin to care for one person together."""
