"""Where a course keeps its files."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from types import UnionType

from sqlalchemy.engine import URL

SOURCE = ".autograder/source"  # in a course: the solutions, where nbgrader finds them under a name that it can take
RELEASE = ".autograder/release"  # in a course: the exercises as the gradebook knows them
STAGED = ".autograder/submitted"  # in a course: what waits for nbgrader
STAMP = "timestamp.txt"  # beside a notebook: when it was handed in, as nbgrader writes it
SECRET = "submission_secret.txt"  # beside a notebook from nbgrader's exchange: by it students find their feedback


class CourseError(RuntimeError):
    """A step of the course's machinery failed; the message says which and why."""


def read_kept(path: Path, kind: type | UnionType, remedy: str) -> dict:
    """What was kept in a JSON file, by student; empty where there is none. CourseError where one value is no `kind`."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if not all(isinstance(value, kind) for value in kept.values()):
            raise ValueError
        return kept
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError) as error:
        raise CourseError(f"{path} is damaged; move it away, then {remedy} again") from error


@dataclass(frozen=True)
class Course:
    """The folder in which a class is graded: submissions in, gradebook, autograded copies and feedback out."""

    root: Path
    submitted: Path

    @classmethod
    def at(cls, root: Path, submitted: Path | None = None) -> Course:
        """The course in `root`; its submissions lie in `submitted`, by default `root/submitted`."""
        root = root.resolve()
        return cls(root, (submitted or root / "submitted").resolve())

    @property
    def private(self) -> Path:
        """What the grader keeps for itself."""
        return self.root / ".autograder"

    @property
    def gradebook(self) -> str:
        """The gradebook's SQLAlchemy URL; $AUTOGRADER_DB names another database."""
        own = URL.create("sqlite", database=str(self.root / "gradebook.db"))  # quoted: a name may hold a ? or a %
        return os.environ.get("AUTOGRADER_DB") or own.render_as_string()

    @property
    def rules(self) -> Path:
        """The course's own settings of nbgrader, on which late penalties depend; not every course has some."""
        return self.root / "nbgrader_config.py"

    def results(self, exercise: str) -> Path:
        """Where the results of an exercise are kept, one file for each notebook."""
        return self.private / "results" / exercise

    def release(self, exercise: str) -> Path:
        """The release notebook of an exercise that was registered."""
        return self.root / RELEASE / exercise / f"{exercise}.ipynb"

    def log(self, exercise: str) -> Path:
        """Who was graded last time, and with which result."""
        return self.private / "graded" / f"{exercise}.json"

    def autograded(self, student: str, exercise: str) -> Path:
        """A graded notebook, as nbgrader keeps it."""
        return self.root / "autograded" / student / exercise / f"{exercise}.ipynb"

    def page(self, student: str, exercise: str) -> Path:
        """The feedback page of a student."""
        return self.root / "feedback" / student / exercise / f"{exercise}.html"

    def pages(self, exercise: str) -> Path:
        """What the feedback pages of an exercise were made from."""
        return self.private / "pages" / f"{exercise}.json"

    def submission(self, student: str, exercise: str) -> Path:
        """Where a student's notebook is looked for."""
        return self.submitted / student / exercise / f"{exercise}.ipynb"

    def earlier(self, student: str, exercise: str) -> Path:
        """Where notebooks go in whose place a newer one came."""
        return self.private / "earlier" / student / exercise

    def collected(self, exercise: str) -> Path:
        """Whose feedback goes by which name in the system that the submissions came from."""
        return self.private / "collected" / f"{exercise}.json"

    def extensions(self, exercise: str) -> Path:
        """Who has more time for an exercise, and how many days."""
        return self.private / "extensions" / f"{exercise}.json"

    def staged(self, part: int, student: str, exercise: str) -> Path:
        """Where a checked submission waits for nbgrader. Parts can be recorded at the same time."""
        return self.root / STAGED / str(part) / student / exercise
