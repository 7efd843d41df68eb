"""A catalogue of the wrong answers that students really give; each suite has one beside it."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autograder.marking.suite import SUITES


@dataclass(frozen=True)
class Mistake:
    """One known wrong answer.

    name: its slug. says: what the feedback says it is, one sentence to the student. hint: what to read or try.
    cells: the solution cells that hold the mistake, by grade id, whole source; others keep the solution's.
    fails: the tests that it must fail. recognisable: False where all it answers are NaN or errors, which many slips
    give: it is caught, but not named.
    """

    name: str
    says: str
    hint: str
    cells: Mapping[str, str]
    fails: Sequence[str] = field(default_factory=tuple)
    recognisable: bool = True


def changed(source: str, *changes: tuple[str, str]) -> str:
    """A source with each (right, wrong) exchanged; ValueError where there is nothing to exchange."""
    for right, wrong in changes:
        if right not in source:
            raise ValueError(f"nothing to change: {right!r}")
        source = source.replace(right, wrong)
    return source


def load_mistakes(exercise: str) -> list[Mistake]:
    """The catalogue of an exercise; empty where it has none."""
    path = SUITES / exercise / "mistakes.py"
    if not path.is_file():
        return []
    spec = importlib.util.spec_from_file_location(f"mistakes_of_{exercise}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return list(module.MISTAKES)
