"""Who looked at and changed what: append-only rows."""
