"""One submission's marks: the hidden suite, the student's namespace in it, what the student reads."""
