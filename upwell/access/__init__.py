"""Permissions, roles, row security, releases of information, compartments: who may do what."""
