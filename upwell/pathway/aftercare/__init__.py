"""After the dosing day: the call on the next day."""
