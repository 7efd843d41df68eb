"""The marks of a class as nbgrader's gradebook has them, and which result file belongs to whom.

`report` and `export` both read this and nothing else, so that a page and a file can never disagree.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass

from nbgrader.api import Assignment, Gradebook, SubmittedAssignment

from autograder.course.files import Course, CourseError
from autograder.course.gradebook import open_gradebook

NOTHING = "nothing handed in"
UNRECORDED = "graded, but not in the gradebook: grade again"


@dataclass(frozen=True)
class Person:
    """A student as the gradebook knows them; all but the id may be empty."""

    id: str
    first: str = ""
    last: str = ""
    email: str = ""
    lms_id: str = ""

    @property
    def name(self) -> str:
        """`Last, First`, or what there is of it; the id where there is nothing."""
        return ", ".join(part for part in (self.last, self.first) if part) or self.id


@dataclass(frozen=True)
class Mark:
    """One student's mark for one exercise.

    score is what nbgrader says after the late penalty, never below zero; None where nothing was graded.
    waiting: a part still has to be marked by hand. problem: why the last submission was not graded.
    key: names the result file; empty where none is known.
    """

    score: float | None = None
    penalty: float = 0.0
    waiting: bool = False
    problem: str = ""
    key: str = ""


@dataclass(frozen=True)
class Marks:
    """All marks: people by id, the maximum of each exercise, a mark for each (exercise, id)."""

    people: dict[str, Person]
    worth: dict[str, float]
    marks: dict[tuple[str, str], Mark]

    def of(self, exercise: str) -> dict[str, Mark]:
        """The marks of one exercise by student id, in alphabetical order."""
        return {student: self.marks[exercise, student] for student in self.people}


def read_marks(course: Course, exercises: Iterable[str] = ()) -> Marks:
    """The marks of some exercises (none named: all in the gradebook).

    Raises CourseError where there is no gradebook, or an exercise is not in it.
    """
    if not has_gradebook(course):
        raise CourseError(f"no gradebook in {course.root}; grade something first: autograder grade EXERCISE")
    with open_gradebook(course) as gradebook:
        worth = {a.name: a.max_score for a in gradebook.assignments}
        names = list(dict.fromkeys(exercises)) or sorted(worth)
        unknown = [name for name in names if name not in worth]
        if unknown:
            raise CourseError(f"not in the gradebook: {', '.join(unknown)} (there are: {', '.join(sorted(worth))})")
        people = {s.id: _person(s) for s in gradebook.students}
        recorded = {name: _recorded(gradebook, name) for name in names}
    graded = {name: _graded(course, name) for name in names}
    ids = sorted({*people, *(s for g in graded.values() for s in g["students"])})
    marks = {(n, i): _mark(recorded[n].get(i), graded[n]["students"].get(i)) for n in names for i in ids}
    return Marks({i: people.get(i, Person(i)) for i in ids}, {n: worth[n] for n in names}, marks)


def has_gradebook(course: Course) -> bool:
    """Whether there is one, or one is named; looking into it would make one."""
    return bool(os.environ.get("AUTOGRADER_DB")) or (course.root / "gradebook.db").exists()


def read_people(course: Course) -> dict[str, Person]:
    """The students of the gradebook by id; nobody where there is no gradebook yet."""
    if not has_gradebook(course):
        return {}
    with open_gradebook(course) as gradebook:
        return {s.id: _person(s) for s in gradebook.students}


def _person(student) -> Person:
    """A student row of the gradebook."""
    fields = (student.id, student.first_name, student.last_name, student.email, student.lms_user_id)
    return Person(*(value or "" for value in fields))


def recorded_marks(course: Course, exercise: str) -> dict[str, Mark]:
    """What the gradebook says about an exercise now, by student."""
    with open_gradebook(course) as gradebook:
        return _recorded(gradebook, exercise)


def _recorded(gradebook: Gradebook, exercise: str) -> dict[str, Mark]:
    """What the gradebook says about an exercise, in one query, however large the class."""
    row = SubmittedAssignment
    query = gradebook.db.query(row.student_id, row.score, row.late_submission_penalty, row.needs_manual_grade)
    rows = query.join(Assignment, Assignment.id == row.assignment_id).filter(Assignment.name == exercise).all()
    return {s: Mark(max(0.0, score - penalty), penalty, bool(waiting)) for s, score, penalty, waiting in rows}


def _graded(course: Course, exercise: str) -> dict:
    """What `autograder grade` noted about its last run: a result key or a problem for each student."""
    path = course.log(exercise)
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))
        return noted if isinstance(noted["students"], dict) else {"students": {}}
    except FileNotFoundError:
        return {"students": {}}
    except (OSError, ValueError, TypeError, KeyError) as error:
        what = f"cannot be read ({error.strerror}); move it away, then" if isinstance(error, OSError) else "is damaged;"
        raise CourseError(f"{path} {what} grade {exercise} again") from error


def _mark(recorded: Mark | None, noted: dict | None) -> Mark:
    """What is known of one student: the recorded mark, and how their last submission fared."""
    noted = noted or {}
    key, problem = noted.get("key", ""), noted.get("problem", "")
    if recorded is None:
        return Mark(problem=problem or (UNRECORDED if key else NOTHING), key=key)
    return Mark(recorded.score, recorded.penalty, recorded.waiting, problem, key)
