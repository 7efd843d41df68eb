"""The grader's notes about its last run: which result belongs to whom, and which answers the gradebook knows."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode

from autograder.course.files import Course, CourseError
from autograder.marking.result import digest, write_atomically
from autograder.marking.submission import grade_id


def answers(notebook: NotebookNode) -> dict[str, str]:
    """Of each cell that the student was to write, by grade id, what tells it from other answers."""
    own = [c for c in notebook.cells if grade_id(c) and c.metadata.nbgrader.get("solution")]
    content = {grade_id(c): json.dumps([c.source, c.get("attachments", {})], sort_keys=True) for c in own}
    return {name: digest(text) for name, text in content.items()}


def write_log(course: Course, exercise: str, students: Mapping[str, dict]) -> None:
    """Note down of each student: key of the result, version that is recorded, problem, answers that are recorded."""
    write_atomically(course.log(exercise), json.dumps({"exercise": exercise, "students": students}, indent=1))


def read_log(course: Course, exercise: str) -> Mapping[str, dict]:
    """What `write_log` wrote last, not to be changed. Empty where there is nothing that can be read."""
    try:
        return read_whole_log(course, exercise)
    except CourseError:
        return {}  # so all is recorded again, which changes no mark


def read_whole_log(course: Course, exercise: str) -> Mapping[str, dict]:
    """What `write_log` wrote last, not to be changed; empty where it never did. CourseError where it cannot be read.

    Each submission that is recorded asks for it; it is read only where it is another file than before.
    """
    path = course.log(exercise)
    try:
        about = path.stat()
        return _read(path, about.st_ino, about.st_mtime_ns)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        what = f"cannot be read ({error.strerror}); move it away, then" if isinstance(error, OSError) else "is damaged;"
        raise CourseError(f"{path} {what} grade {exercise} again") from error


@functools.lru_cache(maxsize=1)
def _read(path: Path, *version: int) -> dict[str, dict]:
    """The notes in a file of this version."""
    students = json.loads(path.read_text(encoding="utf-8"))["students"]
    return {student: dict(noted) for student, noted in students.items()}
