"""Mutation testing of what decides about people: ``make mutants``."""
