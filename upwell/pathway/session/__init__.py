"""The dosing day: order, gate, live log of events, discharge."""
