"""Which known mistake gives exactly the student's answers? Then the feedback can name it.

While a test runs, everything that the student's code answers is noted down in short (`signature`). The mistakes
of the catalogue were run through the same tests, so a failed test whose answers are those of a mistake was very
likely failed by that mistake.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.marking.mistakes import Mistake
from autograder.marking.result import Result, TestResult

TOLERANCE = 1e-6  # far above rounding, far below any mistake
MANY, DEEP = 50, 2  # items of a list that are looked at, lists within lists likewise
Traces = dict[str, dict[str, list]]  # mistake -> test -> signatures of the answers


def signature(answer: Any, depth: int = 0) -> list:
    """An answer in short, as JSON: what kind of thing it is, its shape, and a few numbers that tell it from others.

    Short and cheap whatever the answer is: a student's process may answer with anything.
    """
    if isinstance(answer, BaseException):
        return ["error", getattr(answer, "type", type(answer).__name__)]
    if isinstance(answer, (bool, int, float, np.ndarray, np.generic)) and not beyond_float(answer):
        values = np.asarray(answer)
        return ["numbers", list(values.shape), *map(float, fingerprint(values))]
    if isinstance(answer, (list, tuple)):
        return ["list", len(answer), *(signature(item, depth + 1) for item in answer[: MANY if depth < DEEP else 0])]
    return ["other", answer if isinstance(answer, str) and len(answer) < 80 else type(answer).__name__]


def beyond_float(answer: Any) -> bool:
    """Whether this is an integer that no float can hold."""
    return type(answer) is int and abs(answer) > 1 << 1000


def fingerprint(values: np.ndarray) -> np.ndarray:
    """Four numbers that almost surely differ where two arrays do: weighted sums, with their place in the array."""
    flat = np.abs(values) if np.iscomplexobj(values) else values
    with np.errstate(all="ignore"):
        flat = flat.astype(float).ravel()
        places = np.arange(flat.size)
        return np.array([flat.sum(), np.abs(flat).sum(), flat @ np.cos(places), flat @ np.sin(3 * places + 1)])


def same(a: Any, b: Any) -> bool:
    """Whether two signatures (or lists of them) agree, numbers up to rounding, NaN equal to NaN."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE) or a == b or (a != a and b != b)
    return a == b


def traces_of(results: Iterable[tuple[str, Result]]) -> Traces:
    """What each mistake answered in the tests that it fails. Answers that are errors alone tell nothing."""
    return {name: {t.name: t.trace for t in r.tests if not t.passed and telling(t.trace)} for name, r in results}


def telling(trace: list) -> bool:
    """Whether there is any answer that is not an error."""
    return any(s[0] != "error" for s in trace)


def diagnose(result: Result, traces: Traces, mistakes: Iterable[Mistake]) -> Result:
    """`result` with each failed test explained by the mistake that gives the same answers, where there is one.

    Of several, the one that explains most of the student's failed tests is named, then the first in the catalogue.
    """
    matches = {t.name: {m for m, known in traces.items() if t.name in known and same(t.trace, known[t.name])}
               for t in result.tests if not t.passed}  # fmt: skip
    explained = {m: sum(m in found for found in matches.values()) for m in traces}
    by_name = {m.name: m for m in mistakes}
    ranking = sorted(by_name, key=lambda name: -explained.get(name, 0))
    named = {test: next((by_name[m] for m in ranking if m in found), None) for test, found in matches.items()}
    return replace(result, tests=[_explained(t, named.get(t.name)) for t in result.tests])


def _explained(test: TestResult, mistake: Mistake | None) -> TestResult:
    """A failed test in the words of the mistake."""
    if mistake is None:
        return test
    message = f"Your answers here are those that come out of a well-known slip: {mistake.says}"
    return replace(test, mistake=mistake.name, message=message, hint=mistake.hint)
