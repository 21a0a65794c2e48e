"""The drug book: the controlled-substance ledger of a practice, append-only and hash-chained."""
