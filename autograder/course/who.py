"""Who handed something in? The names that others write, and the ids of the gradebook."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from autograder.course.download import Label
from autograder.course.files import CourseError
from autograder.course.marks import Person
from autograder.course.submitted import fits_nbgrader
from autograder.course.tables import read_table
from autograder.marking.submission import BadSubmission

LONGEST_ID = 128  # characters, as nbgrader's gradebook has it


class Students:
    """Who is who: the names that systems write, and the ids of the gradebook."""

    def __init__(self, people: Mapping[str, Person], names: Mapping[str, str]) -> None:
        self.people, self.names = people, names
        self.numbers: dict[str, list[str]] = {}
        self.full_names: dict[str, list[str]] = {}
        for person in people.values():
            self.numbers.setdefault(person.lms_id, []).append(person.id)
            self.full_names.setdefault(folded(f"{person.first} {person.last}"), []).append(person.id)
        self.full_names.pop("", None)  # of those who have no name there

    def find(self, label: Label) -> str:
        """The id of whoever a file belongs to; BadSubmission where that is not known, with the remedy."""
        given = [self.names[key] for key in map(folded, (label.number, label.name)) if key in self.names]
        if given:
            return usable(given[0])
        if label.system == "folder":
            return usable(label.name)
        if label.system == "canvas":
            found, key, said = self.numbers.get(label.number, []), label.number, f"has the lms_user_id {label.number}"
        else:
            found, key, said = self.full_names.get(folded(label.name), []), label.name, f"is called {label.name!r}"
        if len(found) == 1:
            return usable(found[0])
        if found:
            key, who = label.number, f"more than one student of the gradebook {said} ({', '.join(found)})"
        else:
            who = f"no student of the gradebook {said}"
        raise BadSubmission(f"{who}; say who it is in the file of --names: {line(key, 'ID')}")


def usable(student: str) -> str:
    """`student`, an id that can be the name of a folder; BadSubmission where it cannot."""
    if not student or "/" in student or len(student) > LONGEST_ID or not fits_nbgrader(student):
        raise BadSubmission(f"{student!r} cannot be the name of a student's folder; give an id in the file of --names: "
                            f"{line(student, 'ID')}")  # fmt: skip
    return student


def line(*cells: str) -> str:
    """A line of a CSV file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def folded(name: str) -> str:
    """A name in the form in which names are compared: without case, double spaces, and what Moodle takes out."""
    kept = "".join(" " if c == "_" else c for c in name if c not in "&<>\"`|':\\/")
    return " ".join(unicodedata.normalize("NFC", kept).casefold().split())


def read_names(path: Path) -> dict[str, str]:
    """What the instructor says who is who: a CSV file with the columns name and id. Raises CourseError."""
    names: dict[str, str] = {}
    for number, row in read_table(path, ("name", "id")):
        name, student = folded(row["name"]), row["id"]
        if not (name and student):
            raise CourseError(f"{path}, line {number}: expected a name and an id, got {row['name']},{student}")
        if names.setdefault(name, student) != student:
            raise CourseError(f"{path}, line {number}: {row['name']} is {student} here and {names[name]} above")
    return names
