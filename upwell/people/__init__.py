"""Patients, staff, practices, chairs, accounts: who there is."""
