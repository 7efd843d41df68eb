"""Scores as files that other systems read: plain CSV, Canvas, Moodle.

Scores are nbgrader's: marks by hand included, late penalties taken off, never below zero. A student without a
score is in every file, with an empty score and never with a zero, and `warnings_about` names them.

What was checked (in the sources of both systems, not in their manuals alone):

Canvas (`lib/gradebook_importer.rb`, `gradebook_exporter.rb`, `Assignment.title_and_id`): the header starts with
Student, ID, then SIS User ID and SIS Login ID, then Section; an assignment is found by the id in `Title (id)`,
then by its exact title, else Canvas offers to make a new one. The row `Points Possible` sets what they are worth.
A student is found by ID (digits), then SIS User ID, then SIS Login ID, then name. Columns whose title contains
words like `Final Score` are ignored, so such titles are refused here. An empty score clears an earlier one.

Moodle (`grade/import/csv/classes/load_data.php`, an older and a recent version): the instructor maps the columns
on the import page, one of them (email address, ID number, username) to the user. A user who is not found stops
the whole import. In the older version a row with an empty identifier goes to the student of the row above, so
the column `Email address` is there only if everybody has one; and only `-`, Moodle's own sign, is surely no
grade in a new grade item, so that is written for an empty score.

Spreadsheets run what starts with = + - or @ as a formula (CWE-1236): such text gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping

from autograder.course.files import CourseError
from autograder.course.marks import Mark, Marks
from autograder.marking.wording import printable

FORMULA = re.compile(r"[=+\-@\uff1d\uff0b\uff0d\uff20]")  # the last four: full-width forms
NOT_IMPORTED = re.compile(r"(Current|Final|Override) (Score|Points|Grade|Status)")
Rows = Iterator[list[str]]


def as_csv(marks: Marks, titles: Mapping[str, str]) -> Rows:
    """A row for each student and exercise, with nbgrader's column names where it has one."""
    yield ["assignment", "student_id", "last_name", "first_name", "email", "score", "max_score",
           "late_submission_penalty", "needs_manual_grade", "problem"]  # fmt: skip
    for exercise, worth in marks.worth.items():
        for student, mark in marks.of(exercise).items():
            who = marks.people[student]
            yield [safe(titles.get(exercise, exercise)), *map(safe, (student, who.last, who.first, who.email)),
                   points(mark), f"{worth:g}", f"{mark.penalty:g}" if mark.score is not None else "",
                   "yes" if mark.waiting else "no", safe(mark.problem)]  # fmt: skip


def as_canvas(marks: Marks, titles: Mapping[str, str]) -> Rows:
    """A row for each student, a column for each exercise, below Canvas's own header. Raises CourseError."""
    heads = [titles.get(exercise, exercise) for exercise in marks.worth]
    for head in heads:
        if NOT_IMPORTED.search(head):
            raise CourseError(f"Canvas ignores columns that are called like {head!r}; give the assignment another name")
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *map(safe, heads)]
    yield ["    Points Possible", "", "", "", "", *(f"{worth:g}" for worth in marks.worth.values())]
    for student, who in marks.people.items():
        number, sis = (who.lms_id, "") if re.fullmatch("[0-9]+", who.lms_id) else ("", who.lms_id)
        yield [*map(safe, (who.name, number, sis, student)), "", *scores(marks, student)]


def as_moodle(marks: Marks, titles: Mapping[str, str]) -> Rows:
    """A row for each student, a column for each exercise; `-` where there is no score."""
    emails = all(who.email for who in marks.people.values())
    heads = ["First name", "Last name", "ID number", *(["Email address"] if emails else [])]
    yield [*heads, *(safe(titles.get(exercise, exercise)) for exercise in marks.worth)]
    for student, who in marks.people.items():
        cells = [who.first, who.last, student, *([who.email] if emails else [])]
        yield [*map(safe, cells), *(score or "-" for score in scores(marks, student))]


FORMATS: dict[str, Callable[[Marks, Mapping[str, str]], Rows]] = {
    "csv": as_csv, "canvas": as_canvas, "moodle": as_moodle,
}  # fmt: skip


def export(marks: Marks, form: str, titles: Mapping[str, str] | None = None) -> str:
    """The text of the file; `titles` are the names of exercises in the other system, where they differ.

    Raises CourseError for an exercise that is not among the marks, or a title that cannot be imported.
    """
    unknown = sorted(set(titles or {}) - set(marks.worth))
    if unknown:
        raise CourseError(f"a title is given for what is not exported: {', '.join(unknown)}")
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows(FORMATS[form](marks, titles or {}))
    return file.getvalue()


def points(mark: Mark) -> str:
    """A score as a decimal number with a point; empty where there is none."""
    return "" if mark.score is None else f"{round(mark.score, 6):.12g}"


def scores(marks: Marks, student: str) -> list[str]:
    """A student's scores, one for each exercise."""
    return [points(marks.marks[exercise, student]) for exercise in marks.worth]


def safe(text: str) -> str:
    """`text` on one line, and such that no spreadsheet takes it for a formula."""
    text = printable(" ".join(text.split()))
    return f"'{text}" if FORMULA.match(text) else text


def warnings_about(marks: Marks, form: str) -> Iterator[str]:
    """What whoever imports the file should know, in words."""
    for exercise in marks.worth:
        reasons: dict[str, list[str]] = {}
        for student, mark in marks.of(exercise).items():
            reasons.setdefault(doubt(mark), []).append(student)
        for reason, students in reasons.items():
            if reason:
                yield printable(f"{exercise}: {reason} ({len(students)}: {', '.join(students)})")
    for who in marks.people.values():
        for text in (who.id, who.email, who.name):
            if safe(text) != text:
                yield f"written as {safe(text)}, so that no spreadsheet runs it; it will not be found by that name"
    nameless = [who.id for who in marks.people.values() if not who.email]
    if form == "moodle" and nameless:
        yield printable(f"no column of email addresses, because some have none: {', '.join(nameless)}")


def doubt(mark: Mark) -> str:
    """What is to be said about a score, or nothing."""
    if mark.score is None:
        return f"no score, {mark.problem}"
    if mark.problem:
        return f"the score is of an earlier submission, the last one has none, {mark.problem}"
    return "the score is not final, a part waits for a mark by hand" if mark.waiting else ""
