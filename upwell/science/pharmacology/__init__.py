"""Exposure: which concentrations a dose gives, by published models. Context, never a recommendation of a dose."""
