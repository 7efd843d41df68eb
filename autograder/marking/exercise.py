"""The notebooks of an exercise: as students got it, as the instructor solved it, and what belongs to which task."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from nbformat import NotebookNode

from autograder.marking.submission import grade_id, is_test, read_notebook, restore
from autograder.marking.suite import PROJECT, solution_file


def release_notebook(exercise: str) -> NotebookNode:
    """The exercise as students got it."""
    return read_notebook(PROJECT / "exercises" / exercise / f"{exercise}.ipynb")


def solution_notebook(exercise: str, release: NotebookNode | None = None) -> NotebookNode:
    """The instructor's solution, in the frame of the release (by default the one in exercises/)."""
    return restore(read_notebook(solution_file(exercise)), release or release_notebook(exercise))


def with_cells(notebook: NotebookNode, cells: Mapping[str, str]) -> NotebookNode:
    """A copy of a notebook with the source of some cells replaced, by grade id; KeyError for an unknown one."""
    unknown = set(cells) - {grade_id(c) for c in notebook.cells}
    if unknown:
        raise KeyError(f"no such cells: {sorted(unknown)}")
    copies = [NotebookNode(c | {"source": cells.get(grade_id(c), c.source)}) for c in notebook.cells]
    return NotebookNode(notebook | {"cells": copies})


def tasks(notebook: NotebookNode) -> dict[str, list[NotebookNode]]:
    """The code cells that students write, by the test cell that follows them."""
    found: dict[str, list[NotebookNode]] = {}
    written: list[NotebookNode] = []
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            written.append(cell)
        elif is_test(cell):
            found[grade_id(cell)], written = written, []
    return found


def defined(source: str) -> Iterator[str]:
    """The names that a cell defines: its functions, classes and variables."""
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name))
