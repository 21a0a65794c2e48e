"""The embedded PostgreSQL: its programs, its user, its cluster, its roles, and keeping it alive."""
