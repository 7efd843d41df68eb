"""The grader's notes about its last run: which result belongs to whom, and which answers the gradebook knows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from nbformat import NotebookNode

from autograder.course.files import Course
from autograder.marking.result import write_atomically
from autograder.marking.submission import grade_id


def answers(notebook: NotebookNode) -> dict[str, str]:
    """Of each cell that the student was to write, by grade id, what tells it from other answers."""
    own = [c for c in notebook.cells if grade_id(c) and c.metadata.nbgrader.get("solution")]
    content = {grade_id(c): json.dumps([c.source, c.get("attachments", {})], sort_keys=True) for c in own}
    return {name: hashlib.sha256(text.encode()).hexdigest()[:32] for name, text in content.items()}


def write_log(course: Course, exercise: str, students: Mapping[str, dict]) -> None:
    """Note down of each student: key of the result, version that is recorded, problem, answers that are recorded."""
    write_atomically(course.log(exercise), json.dumps({"exercise": exercise, "students": students}, indent=1))


def read_log(course: Course, exercise: str) -> dict[str, dict]:
    """What `write_log` wrote last. Empty where there is nothing that can be read."""
    try:
        students = json.loads(course.log(exercise).read_text(encoding="utf-8"))["students"]
        return {student: dict(noted) for student, noted in students.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}  # so all is recorded again, which changes no mark
