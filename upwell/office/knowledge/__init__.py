"""The practice's pages on what rules run on: what is in force, who signed, what changed, where a number comes from."""
