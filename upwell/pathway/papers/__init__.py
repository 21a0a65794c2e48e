"""Papers of a dosing session: the REMS monitoring form, the summary for who refers, times and units for who bills."""
