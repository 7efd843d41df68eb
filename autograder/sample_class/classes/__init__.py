"""One class for each exercise: what each student hands in."""
