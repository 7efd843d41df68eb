"""Feedback pages as one zip, under the names by which the system that they go to knows whose they are."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field

from autograder.course.collect import read_pages
from autograder.course.files import Course
from autograder.course.marks import NOTHING, read_marks
from autograder.course.refresh import made_from, out_of_date
from autograder.course.submitted import holds


@dataclass
class Handback:
    """The zip, whose pages are in it, who has none, and whose is of something earlier."""

    content: bytes
    students: list[str]
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def handback(course: Course, exercise: str) -> Handback:
    """The pages of all who handed in an exercise. Raises CourseError where it is not in the gradebook."""
    marks, names = read_marks(course, [exercise]).of(exercise), read_pages(course, exercise)
    handed_in = {*names, *(f.name for f in course.submitted.glob("*") if holds(f, exercise))}
    graded = course.release(exercise).is_file()
    stale = set(out_of_date(course, exercise, made_from(course, exercise))) if graded else set()
    file, packed = io.BytesIO(), Handback(b"", [])
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for student in sorted({*marks, *handed_in}):
            reason = marks[student].problem if student in marks else NOTHING
            if reason == NOTHING and student in handed_in:
                reason = "not graded yet"
            page = course.page(student, exercise)
            if page.is_file():
                archive.write(page, names.get(student, f"{student}/{exercise}.html"))
                packed.students.append(student)
                if reason:
                    packed.notes.append(f"{student}: the page is of an earlier submission; of the last one: {reason}")
                elif student in stale:
                    packed.notes.append(f"{student}: the page is older than the marks; grade again")
            elif reason != NOTHING:
                packed.problems.append(f"{student}: {reason or 'the page was not written; grade again'}")
    packed.content = file.getvalue()
    return packed
