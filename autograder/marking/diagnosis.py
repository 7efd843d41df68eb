"""Which known mistake gives exactly the student's answers? Then the feedback can name it.

While a test runs, everything that the student's code answers is noted down in short (`signature`). The mistakes
of the catalogue were run through the same tests, so a failed test whose answers are those of a mistake was very
likely failed by that mistake.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from autograder.marking.mistakes import Mistake
from autograder.marking.result import Result, TestResult

TOLERANCE = 1e-6  # far above rounding, far below any mistake
NOTHING = ["other", "NoneType"]  # the signature of None, as of a function without return
MANY, DEEP = 50, 2  # items of a list that are looked at, lists within lists likewise
MOST = 1 << 18  # numbers of an array that are looked at
Traces = dict[str, dict[str, list]]  # mistake -> test -> signatures of the answers


def signature(answer: Any, depth: int = 0) -> list:
    """An answer in short, as JSON: what kind of thing it is, its shape, and a few numbers that tell it from others.

    Short and cheap whatever the answer is: a student's process may answer with anything.
    """
    if isinstance(answer, BaseException):
        return ["error", getattr(answer, "type", type(answer).__name__)]
    if isinstance(answer, (bool, int, float, np.ndarray, np.generic)) and not beyond_float(answer):
        values = np.asarray(answer)
        return ["numbers", list(values.shape), *fingerprint(values)]
    if isinstance(answer, (list, tuple)):
        return ["list", len(answer), *(signature(item, depth + 1) for item in answer[: MANY if depth < DEEP else 0])]
    if isinstance(answer, str) and len(answer) < 80:
        return ["text", answer]
    return ["other", type(answer).__name__]


def beyond_float(answer: Any) -> bool:
    """Whether this is an integer that no float can hold."""
    return type(answer) is int and abs(answer) > 1 << 1000


@cache
def weights() -> np.ndarray:
    """What a fingerprint weighs numbers with by their place: (3, MOST). Made once, when it is first needed."""
    places = np.arange(MOST)
    return np.stack([np.ones(MOST), np.cos(places), np.sin(3 * places + 1)])


def fingerprint(values: np.ndarray) -> list[float]:
    """How many of the numbers are finite, and four sums of these that almost surely differ where two arrays do.

    The sums are weighted by place: an array in another order, or with its NaN elsewhere, is another answer.
    """
    flat = values.ravel()[:MOST].astype(float)
    finite = np.isfinite(flat)
    flat = np.where(finite, flat, 0)
    with np.errstate(all="ignore"):
        sums = *(weights()[:, : flat.size] @ flat), np.abs(flat).sum()
    return [int(np.count_nonzero(finite)), *map(float, sums)]


def same(a: Any, b: Any) -> bool:
    """Whether two signatures (or lists of them) agree, numbers up to rounding."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return a == b


def traces_of(results: Mapping[str, Result]) -> Traces:
    """What each mistake answered in the tests that it fails, where that tells it from other slips."""
    return {name: {t.name: t.trace for t in result.tests if not t.passed and telling(t.trace)}
            for name, result in results.items()}  # fmt: skip


def telling(trace: list) -> bool:
    """Whether answers can name a mistake: the last one decides, at which the test failed.

    Errors and NaN come from too many causes, and that an object was made says nothing.
    """
    return trace[-1:] == [NOTHING] or any(map(_says_something, trace[-1:]))


def _says_something(answer: list) -> bool:
    """Whether this is the signature of a text, of numbers that are not all NaN, or of a list of such."""
    kind, *rest = answer
    if kind == "list":
        return rest[0] > 0 and all(map(_says_something, rest[1:]))
    return kind == "text" or (kind == "numbers" and rest[1] > 0)


def diagnose(result: Result, traces: Traces, mistakes: Iterable[Mistake]) -> Result:
    """`result` with each failed test explained by the mistake that gives the same answers, where there is one.

    Of several, the one that explains most of the student's failed tests is named, then the first in the catalogue.
    """
    matches = {t.name: {m for m, known in traces.items() if t.name in known and same(t.trace, known[t.name])}
               for t in result.tests if t.lost}  # fmt: skip
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
