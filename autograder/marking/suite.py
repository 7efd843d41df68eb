"""A hidden suite: where its files are, what it is worth, and what its tests say to students."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SUITES = PROJECT / "autograder" / "suites"
DEFAULT_SECONDS = 1.0  # of CPU time for one test; most take milliseconds


class BadSuite(ValueError):
    """A suite contradicts itself or its exercise; the message says where."""


@dataclass(frozen=True)
class Suite:
    """The suite of one exercise. Reading it runs none of its code.

    packages: what students may import.
    builds_on: a name that students define -> the names from earlier tasks that it uses, see follow_through.py.
    """

    exercise: str
    path: Path
    packages: tuple[str, ...]
    builds_on: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """Changes when any file of the suite changes, or the solution, where marks depend on it."""
        digest = hashlib.sha256()
        files = sorted(self.path.parent.glob("*.py"))
        if self.builds_on:
            files.append(solution_file(self.exercise))
        for file in files:
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
        return digest.hexdigest()


def solution_file(exercise: str) -> Path:
    """The instructor's notebook."""
    return PROJECT / "solutions" / exercise / f"{exercise}.ipynb"


def load_suite(exercise: str) -> Suite:
    """The suite of `exercise`; BadSuite where there is none."""
    path = SUITES / exercise / f"test_{exercise}.py"
    if not path.is_file():
        raise BadSuite(f"exercise {exercise!r} has no hidden suite (expected {path})")
    return read_suite(path)


def read_suite(path: Path) -> Suite:
    """The suite in a test file, with what it declares in plain lists and dicts."""
    declared = {"packages": ["numpy"], "builds_on": {}}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in declared:
            declared[node.targets[0].id] = ast.literal_eval(node.value)
    return Suite(path.parent.name, path, tuple(declared["packages"]), declared["builds_on"])


def all_suites() -> list[str]:
    """The exercises that have a suite, by name."""
    return sorted(p.parent.name for p in SUITES.glob("*/test_*.py"))
