"""nbgrader's settings for this course; `autograder` and plain nbgrader commands share them."""

from autograder.course.gradebook import configure

configure(get_config())  # noqa: F821 (nbgrader provides get_config)
