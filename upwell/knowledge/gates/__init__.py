"""Gates: the questions put to the facts before, during and after a dose, as rules in data."""
