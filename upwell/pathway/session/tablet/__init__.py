"""The tablet at the chair: what was written down without a network, sealed, and who may write it."""
