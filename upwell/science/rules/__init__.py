"""The rules' engine: facts in, findings out. Pure: no clock, no database, no Django."""
