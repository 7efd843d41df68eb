"""What a student of the sample class can do to a notebook: the solution, or the untouched exercise."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.marking.exercise import with_cells
from autograder.marking.mistakes import load_mistakes
from autograder.marking.submission import grade_id

ANSWERS = Path(__file__).resolve().parent / "answers"
Change = Callable[[NotebookNode], NotebookNode]


def answers(name: str) -> dict[str, str]:
    """The cells of an answer file: `# %% cell` lines, each followed by its source."""
    parts = re.split(r"^# %% (\S+)$", (ANSWERS / f"{name}.py").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {cell: source.strip() for cell, source in zip(parts[1::2], parts[2::2])}


def answered(name: str) -> Change:
    """Some cells answered in another way."""
    return lambda notebook: with_cells(notebook, answers(name))


def mistaken(exercise: str, name: str) -> Change:
    """One of the catalogue's mistakes; KeyError where it has none of this name."""

    def change(notebook: NotebookNode) -> NotebookNode:
        return with_cells(notebook, {m.name: m for m in load_mistakes(exercise)}[name].cells)

    return change


def written(cell: str, source: str) -> Change:
    """Another source in one cell."""
    return lambda notebook: with_cells(notebook, {cell: source})


def deleted(cell: str) -> Change:
    """One cell deleted."""
    return lambda notebook: NotebookNode(notebook | {"cells": [c for c in notebook.cells if grade_id(c) != cell]})


def doubled(cell: str) -> Change:
    """One cell copied and pasted below itself, metadata and all."""

    def change(notebook: NotebookNode) -> NotebookNode:
        cells = []
        for c in notebook.cells:
            cells += [c, NotebookNode(c | {"id": c["id"] + "-copy"})] if grade_id(c) == cell else [c]
        return NotebookNode(notebook | {"cells": cells})

    return change


def added(source: str, before: str) -> Change:
    """A cell of the student's own, before another one."""

    def change(notebook: NotebookNode) -> NotebookNode:
        cells = []
        for cell in notebook.cells:
            cells += [new_code_cell(source, id="my-own"), cell] if grade_id(cell) == before else [cell]
        return NotebookNode(notebook | {"cells": cells})

    return change


def unchanged(notebook: NotebookNode) -> NotebookNode:
    """Nothing done."""
    return notebook


CRASH = "import ctypes\nctypes.string_at(0)"
FLOOD = "for _ in range(20):\n    print('x' * 1_000_000)"
WARN = "import sys, warnings\nwarnings.warn('this may be slow')\nprint('a note', file=sys.stderr)"
