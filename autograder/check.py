"""Prove an exercise: the solution earns everything, the untouched release nothing, each mistake fails its tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from autograder.mistakes import Mistake, load_mistakes
from autograder.plugin import grade_all, open_sandbox, release_notebook
from autograder.release import release
from autograder.result import Result
from autograder.submission import code_to_run, grade_id, read_notebook, restore
from autograder.suite import PROJECT, load_suite


def solution_notebook(exercise: str) -> NotebookNode:
    """The instructor's solution, in the frame of the release."""
    path = PROJECT / "solutions" / exercise / f"{exercise}.ipynb"
    return restore(read_notebook(path), release_notebook(exercise))


def with_cells(notebook: NotebookNode, cells: dict[str, str]) -> NotebookNode:
    """A copy of a notebook with the source of some cells replaced, by grade id; KeyError for an unknown one."""
    unknown = set(cells) - {grade_id(c) for c in notebook.cells}
    if unknown:
        raise KeyError(f"no such cells: {sorted(unknown)}")
    copies = [NotebookNode(c | {"source": cells.get(grade_id(c), c.source)}) for c in notebook.cells]
    return NotebookNode(notebook | {"cells": copies})


def check(exercise: str) -> list[str]:
    """All that is wrong with an exercise, in words; empty where it is right."""
    suite, solution, untouched = load_suite(exercise), solution_notebook(exercise), release_notebook(exercise)
    mistakes = load_mistakes(exercise)
    notebooks = {"the solution": solution, "the untouched exercise": untouched}
    notebooks |= {f"the mistake {m.name}": with_cells(solution, dict(m.cells)) for m in mistakes}
    results: dict[str, Result] = {}
    with open_sandbox(suite) as sandbox:
        jobs = [(name, code_to_run(notebook)) for name, notebook in notebooks.items()]
        grade_all(suite, sandbox, jobs, lambda result: results.update({result.key: result}))
    return [
        *([] if release(exercise, check_only=True) else [f"exercises/{exercise} is out of date (autograder release)"]),
        *wrong_points(untouched, results["the solution"]),
        *(f"the solution fails {t.name}: {t.message}" for t in results["the solution"].tests if not t.passed),
        *(f"the untouched exercise passes {t.name}" for t in results["the untouched exercise"].tests if t.passed),
        *(p for m in mistakes for p in wrong_failures(m, results[f"the mistake {m.name}"])),
    ]


def wrong_points(release: NotebookNode, result: Result) -> Iterator[str]:
    """Grade cells whose points are not the sum of their tests, and tests without a grade cell."""
    marks = {grade_id(c): c.metadata.nbgrader for c in release.cells if grade_id(c)}
    worth = {name: m["points"] for name, m in marks.items() if m["grade"] and not m["solution"]}
    tested: dict[str, float] = dict.fromkeys(worth, 0.0)
    for test in result.tests:
        if test.cell not in worth:
            yield f"{test.name} belongs to no grade cell: {test.cell}"
        tested[test.cell] = tested.get(test.cell, 0) + test.max_points
    for name, points in worth.items():
        if abs(points - tested[name]) > 1e-9:
            yield f"{name} is worth {points:g} points, its tests {tested[name]:g}"


def wrong_failures(mistake: Mistake, result: Result) -> Iterator[str]:
    """Tests that a mistake must fail but passes. It may fail more: later tasks build on earlier ones."""
    failed = {t.name for t in result.tests if not t.passed}
    for name in sorted(set(mistake.fails) - failed):
        yield f"the mistake {mistake.name} passes {name}"
    if not mistake.fails:
        yield f"the mistake {mistake.name} is caught by no test"


def exercises() -> list[str]:
    """All exercises that have a solution."""
    return sorted(Path(p).parent.name for p in (PROJECT / "solutions").glob("*/*.ipynb"))
