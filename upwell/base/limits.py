"""How much somebody may write at once: a bound against accidents, nothing clinical."""

LONGEST_WORDS = 10_000  # characters of what a person writes in their own words
LONGEST_NAME = 500  # characters of a name that is typed as a signature
LONGEST_PRACTICE_LINE = 300  # of one detail of a practice, such as its hours
LONGEST_PERSON = 200  # of the name of a member of staff, or of a practice
