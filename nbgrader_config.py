"""nbgrader's settings for this course; `autograder` and plain nbgrader commands share them."""

import sys

if sys.platform == "linux":  # elsewhere there is no grader, and nbgrader keeps its own settings
    from autograder.course.gradebook import configure

    configure(get_config())  # noqa: F821 (nbgrader provides get_config)
