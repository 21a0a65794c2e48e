"""Maintenance: further doses, and a relapse caught early."""
