"""Hidden suites run with the grader's own pytest plugin."""

from autograder.marking.plugin import (  # noqa: F401
    pytest_addoption,
    pytest_collection_finish,
    pytest_configure,
    pytest_runtest_makereport,
    pytest_runtestloop,
    pytest_terminal_summary,
    student,
)
