"""Give students more time: nbgrader's own extension of the due date, which its late penalty follows."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from nbgrader.api import Assignment, Gradebook, MissingEntry

from autograder.course.files import Course, CourseError
from autograder.course.gradebook import open_gradebook, read_extensions
from autograder.course.lock import locked
from autograder.course.marks import has_gradebook
from autograder.course.tables import read_table
from autograder.marking.result import write_atomically

MOST = 3650.0  # days; beyond this it is a slip


@dataclass
class Given:
    """What became of a list of extensions: what was set, why others were not."""

    lines: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def extend(course: Course, path: Path) -> Given:
    """Set the extensions of a CSV file (id, exercise, days); those of all others stay. Raises CourseError."""
    if not has_gradebook(course):
        raise CourseError(f"no gradebook in {course.root}; give the exercise a due date first: {example('EXERCISE')}")
    given = Given()
    with locked(course), open_gradebook(course) as gradebook:
        dated = {assignment.name: assignment for assignment in gradebook.assignments}
        known = {student.id for student in gradebook.students}
        if course.submitted.is_dir():
            known |= {folder.name for folder in course.submitted.iterdir()}
        for (student, exercise), days in wanted(path, known, dated, given).items():
            set_extension(course, gradebook, student, exercise, days)
            due = dated[exercise].duedate + timedelta(days=days)
            more = f"{days:g} {'day' if days == 1 else 'days'} more"
            given.lines.append(f"{student}, {exercise}: {more}, until {due:%Y-%m-%d %H:%M} UTC")
    return given


def wanted(
    path: Path, known: set[str], dated: Mapping[str, Assignment], given: Given
) -> dict[tuple[str, str], float]:
    """The extensions of a table that can be given: the days for each (student, exercise). `given` is told of others."""
    lines: dict[tuple[str, str], dict[float, int]] = {}  # the numbers of days, and in which line each of them is
    for number, row in read_table(path, ("id", "exercise", "days")):
        problem = doubt(row, known, dated)
        if problem:
            given.problems.append(f"{path}, line {number}: {problem}")
        else:
            lines.setdefault((row["id"], row["exercise"]), {})[float(row["days"])] = number
    for (student, exercise), days in lines.items():
        if len(days) > 1:
            given.problems.append(f"{path}, lines {', '.join(map(str, days.values()))}: more than one number of "
                                  f"days for {student}, {exercise}; none was set")  # fmt: skip
    return {key: next(iter(days)) for key, days in lines.items() if len(days) == 1}


def doubt(row: dict[str, str], known: set[str], dated: Mapping[str, Assignment]) -> str:
    """Why an extension cannot be given, or nothing."""
    student, exercise = row["id"], row["exercise"]
    if exercise not in dated:
        return f"not in the gradebook: {exercise!r} (there are: {', '.join(sorted(dated)) or 'none'})"
    if dated[exercise].duedate is None:
        return f"{exercise} has no due date; give it one first: {example(exercise)}"
    if student not in known:
        return f"no student {student!r}, neither in the gradebook nor in submitted/"
    try:
        days = float(row["days"])
    except ValueError:
        days = math.nan
    return "" if 0 <= days <= MOST else f"expected days from 0 to {MOST:g}, such as 1.5, got {row['days']!r}"


def example(exercise: str) -> str:
    """How an exercise gets a due date, in the term's folder."""
    return f'nbgrader db assignment add {exercise} --duedate="2027-03-01 18:00:00 UTC"'


def set_extension(course: Course, gradebook: Gradebook, student: str, exercise: str, days: float) -> None:
    """Set one student's extension, in the gradebook where there is a submission, and for one that comes."""
    waiting = read_extensions(course, exercise) | {student: days}
    write_atomically(course.extensions(exercise), json.dumps({s: d for s, d in waiting.items() if d}, indent=1))
    with contextlib.suppress(MissingEntry):  # it waits until there is one, see `read_extensions`
        gradebook.grant_extension(exercise, student, days=days)
