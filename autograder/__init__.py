"""The grader: nbgrader in front, pytest behind, a forked sandbox in between."""
