"""Which feedback pages are not up to date? Those are written again, also where only marks by hand have changed."""

from __future__ import annotations

import json

from nbgrader.api import Assignment, Comment, Grade, SubmittedAssignment, SubmittedNotebook

from autograder.course.files import SECRET, Course
from autograder.course.gradebook import open_gradebook, write_feedback
from autograder.course.pages import TEMPLATES
from autograder.marking.result import digest, write_atomically


def refresh_feedback(course: Course, exercise: str) -> tuple[list[str], dict[str, str]]:
    """Write the pages of an exercise that are missing or out of date.

    Returns whose were written, and of whom there is none, and why; those are tried again the next time.
    """
    made = made_from(course, exercise)
    stale = out_of_date(course, exercise, made)
    lacking = write_feedback(course, exercise, stale) if stale else {}
    if stale:
        known = {student: source for student, source in made.items() if student not in lacking}
        write_atomically(course.pages(exercise), json.dumps(known, indent=1))
    return [student for student in stale if student not in lacking], lacking


def out_of_date(course: Course, exercise: str, made: dict[str, str]) -> list[str]:
    """Of those whose page would be made from `made`, whose is missing or was made from something else."""
    noted = _noted(course, exercise)
    return [s for s in made if noted.get(s) != made[s] or not course.page(s, exercise).is_file()]


def made_from(course: Course, exercise: str) -> dict[str, str]:
    """For each graded student a hash of what the page is made from: notebook, marks, comments, exercise, templates."""
    frame = [p.read_text(encoding="utf-8") for p in (*sorted(TEMPLATES.rglob("*.*")), course.release(exercise))]
    made = {}
    for student, marks in _marks(course, exercise).items():
        notebook = course.autograded(student, exercise)
        if notebook.is_file():
            secrets = [p.read_text(encoding="utf-8") for p in notebook.parent.glob(SECRET)]  # a page goes by its own
            content = json.dumps([frame, marks, notebook.read_text(encoding="utf-8"), *secrets])
            made[student] = digest(content)
    return made


def _marks(course: Course, exercise: str) -> dict[str, list]:
    """All marks and comments of an exercise by student, in two queries, however large the class."""
    marks: dict[str, list] = {}
    with open_gradebook(course) as gradebook:
        for row, columns in ((Grade, (Grade.auto_score, Grade.manual_score, Grade.extra_credit)),
                             (Comment, (Comment.auto_comment, Comment.manual_comment))):  # fmt: skip
            student, penalty = SubmittedAssignment.student_id, SubmittedNotebook.late_submission_penalty
            query = (
                gradebook.db.query(student, penalty, *columns)
                .select_from(row)
                .join(SubmittedNotebook, row.notebook_id == SubmittedNotebook.id)
                .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
                .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            )
            for student, *values in query.filter(Assignment.name == exercise).order_by(row.cell_id):
                marks.setdefault(student, []).append(values)
    return marks


def _noted(course: Course, exercise: str) -> dict[str, str]:
    """What the pages were made from last time; nothing where that cannot be read: they are written again."""
    try:
        return dict(json.loads(course.pages(exercise).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}
