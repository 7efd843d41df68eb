"""The grader's notes about its last run: which result belongs to whom, and which answers the gradebook knows."""

from __future__ import annotations

import json
from collections.abc import Mapping

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


def read_log(course: Course, exercise: str) -> dict[str, dict]:
    """What `write_log` wrote last, by student; nothing where that cannot be read.

    That is for who grades: then all is recorded again, which changes no mark.
    """
    try:
        return read_whole_log(course, exercise)
    except CourseError:
        return {}


def read_whole_log(course: Course, exercise: str) -> dict[str, dict]:
    """The same for who reads marks: CourseError where it is damaged, since an empty class would be believed."""
    path = course.log(exercise)
    try:
        students = json.loads(path.read_text(encoding="utf-8"))["students"]
        return {student: dict(noted) for student, noted in students.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        what = f"cannot be read ({error.strerror}); move it away, then" if isinstance(error, OSError) else "is damaged;"
        raise CourseError(f"{path} {what} grade {exercise} again") from error
