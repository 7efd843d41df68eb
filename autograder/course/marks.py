"""The marks of a class as nbgrader's gradebook has them, and which result file belongs to whom.

`report`, `export` and `handback` have their marks from here, so that a page and a file can never disagree.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from nbgrader.api import Assignment, Gradebook, Student, SubmittedAssignment

from autograder.course.files import Course, CourseError
from autograder.course.gradebook import open_gradebook
from autograder.course.log import read_whole_log

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
    noted = {name: read_whole_log(course, name) for name in names}
    students = sorted({*people, *(student for log in noted.values() for student in log)})
    marks = {(name, student): _mark(recorded[name].get(student), noted[name].get(student, {}))
             for name in names for student in students}  # fmt: skip
    everybody = {student: people.get(student, Person(student)) for student in students}
    return Marks(everybody, {name: worth[name] for name in names}, marks)


def has_gradebook(course: Course) -> bool:
    """Whether there is one, or one is named; looking into it would make one."""
    return bool(os.environ.get("AUTOGRADER_DB")) or (course.root / "gradebook.db").exists()


def read_people(course: Course) -> dict[str, Person]:
    """The students of the gradebook by id; nobody where there is no gradebook yet."""
    if not has_gradebook(course):
        return {}
    with open_gradebook(course) as gradebook:
        return {s.id: _person(s) for s in gradebook.students}


def _person(student: Student) -> Person:
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


def _mark(recorded: Mark | None, noted: dict) -> Mark:
    """What is known of one student: the recorded mark, and what is noted about their last submission."""
    key, problem = noted.get("key", ""), noted.get("problem", "")
    if recorded is None:
        return Mark(problem=problem or (UNRECORDED if key else NOTHING), key=key)
    return Mark(recorded.score, recorded.penalty, recorded.waiting, problem, key)
