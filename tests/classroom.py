"""A small gradebook with known marks, for the tests of what reads it: no notebook is run. And what a page says."""

import json
import re

from autograder.course.files import Course
from autograder.course.gradebook import open_gradebook
from autograder.marking.result import Result, TestResult

SCRIPT = "<script>alert(1)</script>"
FORMULA = "=cmd|' /C calc'!A0"
MIRRORED = "ada\u202enosrev"  # from here on the text runs backwards

WALL = "bubblewrap 0.8.0 (/usr/bin/bwrap)"

# student: (names and address, points by test or None, marks by hand or None, late penalty)
CLASS = {
    "ada": ({"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org", "lms_user_id": "17"}, 4, 2, 0),
    "bela": ({"first_name": SCRIPT, "last_name": FORMULA, "email": "+1@example.org", "lms_user_id": "b-9"}, 3, 1.5, 1),
    "chidi": ({}, 1, None, 0),
    "dora": ({}, 1, 0, 5),
    "emil": ({}, None, None, 0),
}


def test_of(name, passed, message="", reason="", points=1.0):
    """The result of one test."""
    return TestResult(name=name, title=f"Title of {name}", cell="test-adam", points=points * passed, max_points=points,
                      passed=passed, hint="", message=message, reason=reason, seconds=0.01, trace=[])  # fmt: skip


def result_of(key, tests, cells=None, seconds=0.5):
    """The result of one notebook."""
    return Result("adam", key, tests, cells or {}, seconds, 0.1, WALL)


def make(root, exercise="adam"):
    """A course in which `exercise` was graded: 4 points by tests and 2 by hand."""
    course = Course.at(root)
    root.mkdir(parents=True, exist_ok=True)
    with open_gradebook(course) as gradebook:
        gradebook.add_assignment(exercise)
        gradebook.add_notebook(exercise, exercise)
        for name, points, kind in (("test-adam", 4, "code"), ("explain", 2, "markdown")):
            gradebook.add_grade_cell(name, exercise, exercise, max_score=points, cell_type=kind)
        for student, (fields, *marks) in CLASS.items():
            gradebook.add_student(student, **fields)
            if marks[0] is not None:
                record(gradebook, exercise, student, *marks)
    return course


def record(gradebook, exercise, student, by_test, by_hand, penalty):
    """Enter the marks of one submission."""
    (notebook,) = gradebook.add_submission(exercise, student).notebooks
    notebook.late_submission_penalty = penalty
    for grade in notebook.grades:
        if grade.name == "test-adam":
            grade.auto_score, grade.needs_manual_grade = by_test, False
        else:
            grade.manual_score, grade.needs_manual_grade = by_hand, by_hand is None
    gradebook.db.commit()


def note(course, exercise="adam", **students):
    """What `autograder grade` notes: student=key, or student=(key, problem)."""
    pairs = {s: (noted, "") if isinstance(noted, str) else noted for s, noted in students.items()}
    folder = course.private / "graded"
    folder.mkdir(parents=True, exist_ok=True)
    entries = {s: {"key": key, "problem": problem} for s, (key, problem) in pairs.items()}
    noted = {"exercise": exercise, "students": entries}
    (folder / f"{exercise}.json").write_text(json.dumps(noted), encoding="utf-8")


def text_of(page):
    """What a reader sees of a page."""
    page = re.sub(r"<(style|head|script).*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", page).replace("\u00a0", " ").split())
