"""The words everyone speaks: ids, actors, findings, errors, code systems, the clock."""
