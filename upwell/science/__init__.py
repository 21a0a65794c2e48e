"""Pure numerics: knows nothing of Django, of people, or of the time of day."""
