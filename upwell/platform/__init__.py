"""Settings, command line, embedded PostgreSQL, backup and restore, health, first-run set-up."""
