"""Prove an exercise: the solution earns everything, the untouched release nothing, each mistake is caught and named.

And it costs once, see costs_once.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.course.costs_once import proofs, unproven
from autograder.course.release import release
from autograder.marking.catalogue import run_mistakes
from autograder.marking.diagnosis import diagnose, traces_of
from autograder.marking.exercise import release_notebook, solution_notebook
from autograder.marking.mistakes import Mistake, load_mistakes
from autograder.marking.plugin import grade_each, open_sandbox
from autograder.marking.result import Result
from autograder.marking.submission import grade_id, is_test
from autograder.marking.suite import Suite, load_suite


def check(exercise: str) -> list[str]:
    """All that is wrong with an exercise, in words; empty where it is right."""
    suite, untouched = load_suite(exercise), release_notebook(exercise)
    mistakes = load_mistakes(exercise)
    solution = solution_notebook(exercise, untouched)
    notebooks = {"the solution": solution, "the untouched exercise": untouched, "the leak": leaky(solution)}
    costs_once = list(proofs(suite, solution, untouched, mistakes))
    notebooks |= {proof.name: proof.notebook for proof in costs_once}
    with open_sandbox(suite) as sandbox:
        results = grade_each(suite, sandbox, notebooks, {proof.name: proof.runs for proof in costs_once})
        mistaken = run_mistakes(suite, untouched, results["the solution"], partial(grade_each, suite, sandbox))
    traces = traces_of(mistaken)
    return [
        *([] if release(exercise, check_only=True) else [f"exercises/{exercise} is out of date (autograder release)"]),
        *wrong_points(untouched, results["the solution"]),
        *wrong_packages(suite, untouched),
        *(f"the solution fails {t.name}: {t.message}" for t in results["the solution"].tests if not t.passed),
        *(f"the untouched exercise passes {t.name}" for t in results["the untouched exercise"].tests if t.passed),
        *leaked(results["the leak"]),
        *(p for proof in costs_once for p in unproven(proof, results[proof.name])),
        *(p for m in mistakes for p in wrong_failures(m, mistaken[m.name])),
        *(p for m in mistakes for p in wrong_names(m, diagnose(mistaken[m.name], traces, mistakes))),
    ]


LEAK = """
def _leaking(function):
    def leak(*args, **kwargs):
        raise ValueError(f"called with {args} {kwargs}")
    return leak

for _name, _value in list(globals().items()):
    if getattr(_value, "__module__", None) == "__main__" and callable(_value) and not _name.startswith("_"):
        globals()[_name] = _leaking(_value)
"""


def leaky(solution: NotebookNode) -> NotebookNode:
    """A notebook that puts whatever it is called with into the messages of exceptions."""
    return NotebookNode(solution | {"cells": [*solution.cells, new_code_cell(LEAK)]})


def leaked(result: Result) -> Iterator[str]:
    """Numbers with a fraction in the feedback of the leaky notebook: hidden inputs that came through."""
    if all(t.passed for t in result.tests):
        yield "the leaky notebook was not even called"
    for test in result.tests:
        for number in re.findall(r"\d+\.\d+", test.message):
            yield f"the feedback of {test.name} shows a hidden input: {number}"


def wrong_points(release: NotebookNode, result: Result) -> Iterator[str]:
    """Grade cells whose points are not the sum of their tests, and tests without a grade cell."""
    worth = {grade_id(c): c.metadata.nbgrader["points"] for c in release.cells if is_test(c)}
    tested: dict[str, float] = dict.fromkeys(worth, 0.0)
    for test in result.tests:
        if test.cell not in worth:
            yield f"{test.name} belongs to no grade cell: {test.cell}"
        tested[test.cell] = tested.get(test.cell, 0) + test.max_points
    for name, points in worth.items():
        if abs(points - tested[name]) > 1e-9:
            yield f"{name} is worth {points:g} points, its tests {tested[name]:g}"


def wrong_packages(suite: Suite, release: NotebookNode) -> Iterator[str]:
    """Packages of a suite that the exercise does not tell students about."""
    text = "\n".join(c.source for c in release.cells if c.cell_type == "markdown").lower()
    yield from (f"the exercise does not say that it runs with {p}" for p in suite.packages if p.lower() not in text)


def wrong_failures(mistake: Mistake, result: Result) -> Iterator[str]:
    """Tests that a mistake must fail but passes. It may fail more: later tasks build on earlier ones."""
    failed = {t.name for t in result.tests if not t.passed}
    for name in sorted(set(mistake.fails) - failed):
        yield f"the mistake {mistake.name} passes {name}"
    if not mistake.fails:
        yield f"the mistake {mistake.name} is caught by no test"


def wrong_names(mistake: Mistake, result: Result) -> Iterator[str]:
    """Where the feedback does not name the mistake, or names another one, in a test that it must fail."""
    named = {t.name: t.mistake for t in result.tests if not t.passed and t.name in mistake.fails}
    if not mistake.recognisable and mistake.name in named.values():
        yield f"the feedback names the mistake {mistake.name}, which is said not to be recognisable"
    if named and mistake.recognisable and mistake.name not in named.values():
        others = ", ".join(sorted({n for n in named.values() if n})) or "nothing"
        yield f"the feedback does not name the mistake {mistake.name} but {others}"
    for test, other in named.items():
        if other not in (mistake.name, ""):
            yield f"the mistake {mistake.name} is taken for {other} in {test}"
