"""The result of grading one notebook, as it is kept on disk."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.marking.submission import Cell

FORMAT = 6  # raise it when the meaning of a result changes


@dataclass(frozen=True)
class TestResult:
    """One hidden test: all its points or none, and what the student may read about it.

    reason: why it failed, in one of the words of feedback.py, or "".
    trace: the student's answers in short (see diagnosis.py); mistake: the known mistake that gives the same.
    carried: where the test did not pass but earned its points: the earlier names, wrong by themselves, once whose
    reference was in their place (see follow_through.py).
    """

    __test__ = False  # not a test class, whatever pytest thinks of its name

    name: str
    title: str
    cell: str
    points: float
    max_points: float
    passed: bool
    hint: str
    message: str
    reason: str
    seconds: float
    trace: list
    mistake: str = ""
    carried: Sequence[str] = ()

    @property
    def lost(self) -> bool:
        """Whether its points are lost."""
        return not (self.passed or self.carried)


@dataclass(frozen=True)
class Result:
    """All tests of one notebook.

    cells: of each code cell what it printed, its error, the reason in a word. isolation: what kept it apart.
    again: whether something ran out of time at first, so that this is what came out of a second run, alone.
    """

    exercise: str
    key: str
    tests: list[TestResult]
    cells: dict[str, dict]
    seconds: float
    cpu_seconds: float
    isolation: str
    again: bool = False

    def points(self, cell: str) -> float:
        """The points of one grade cell."""
        return round(sum(t.points for t in self.tests if t.cell == cell), 6)

    @property
    def carried(self) -> float:
        """The points that were carried, of all grade cells."""
        return round(sum(t.points for t in self.tests if t.carried), 6)

    def save(self, folder: Path) -> None:
        """Write it to `folder` under its key, all at once or not at all."""
        write_atomically(folder / f"{self.key}.json", json.dumps(dataclasses.asdict(self)))


def digest(text: str) -> str:
    """What tells a text from all others, in 32 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file all at once or not at all, whatever happens meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        os.replace(temporary, path)
    except OSError as error:
        os.unlink(temporary)
        raise OSError(error.errno, error.strerror, str(path)) from error


def load_result(folder: Path, key: str) -> Result | None:
    """The result with this key, or None where there is none (or only a damaged one)."""
    try:
        raw = json.loads((folder / f"{key}.json").read_text(encoding="utf-8"))
        return Result(**raw | {"tests": [TestResult(**t) for t in raw["tests"]]})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def result_key(cells: list[Cell], suite_hash: str) -> str:
    """What a result depends on: the student's code, the suite, the grader."""
    return digest(json.dumps([FORMAT, suite_hash, [(c.name, c.source) for c in cells]]))
