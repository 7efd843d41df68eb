"""Run the known mistakes of an exercise through its suite, once, to recognise them in students' answers later."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from nbformat import NotebookNode

from autograder.marking.diagnosis import Traces, traces_of
from autograder.marking.exercise import solution_notebook, with_cells
from autograder.marking.mistakes import load_mistakes
from autograder.marking.result import FORMAT, Result, digest, write_atomically
from autograder.marking.suite import BadSuite, Suite

# Runs notebooks (by name), of some only the tests of the grade cells named: as grade_each does, or in many processes.
Grader = Callable[[Mapping[str, NotebookNode], Mapping[str, Collection[str]]], dict[str, Result]]


def prove_solution(suite: Suite, release: NotebookNode, grader: Grader) -> Result:
    """The solution's result. grader: runs it.

    BadSuite where it does not earn everything, here and now: then nobody's marks could be trusted.
    """
    result = grader({"solution": solution_notebook(suite.exercise, release)}, {})["solution"]
    failed = [f"{t.name}: {t.message}" for t in result.tests if not t.passed]
    failed += [f"cell {name}: {run['error']}" for name, run in result.cells.items() if run["error"]]
    if failed or not result.tests:
        raise BadSuite(f"nothing was graded, because on this machine the solution of {suite.exercise} itself fails:\n  "
                       + "\n  ".join(failed))  # fmt: skip
    return result


def run_mistakes(suite: Suite, release: NotebookNode, solved: Result, grader: Grader) -> dict[str, Result]:
    """The result of each mistake, in the tasks where it must fail: the solution with the mistake in it.

    solved: the result of the solution, which says to what task a test belongs. grader: runs the notebooks.
    """
    solution, mistakes = solution_notebook(suite.exercise, release), load_mistakes(suite.exercise)
    notebooks = {m.name: with_cells(solution, m.cells) for m in mistakes}
    only = {m.name: {t.cell for t in solved.tests if t.name in m.fails} for m in mistakes}
    return grader(notebooks, only)


def known_traces(suite: Suite, release: NotebookNode, solved: Result, grader: Grader, folder: Path) -> Traces:
    """What the mistakes answer in the tests; kept in `folder` until suite, catalogue or exercise change."""
    content = json.dumps([FORMAT, suite.hash, solution_notebook(suite.exercise, release)], sort_keys=True)
    path = folder / f"mistakes-{digest(content)}.json"
    with contextlib.suppress(OSError, ValueError, AttributeError):  # a damaged file is written anew
        known = json.loads(path.read_text(encoding="utf-8"))
        if all(isinstance(trace, list) for tests in known.values() for trace in tests.values()):
            return known
    traces = traces_of(run_mistakes(suite, release, solved, grader))
    write_atomically(path, json.dumps(traces))
    return traces
