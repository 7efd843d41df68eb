"""What a student reads: title, points, hint, their own traceback. Never hidden inputs or expected values.

Whatever comes from the student's process may hold hidden inputs (an exception's message can quote them), so
only harmless words of it are shown (`wording`), and lines of code are quoted from the submission itself.
"""

from __future__ import annotations

import html
from collections.abc import Mapping

from autograder.marking.result import Result, TestResult
from autograder.marking.student import BadAnswer, Died, MissingName, OutOfTime, Shown, StudentError
from autograder.marking.wording import clean, familiar, harmless

MAX_MESSAGE = 200
UNSAID = "(the message is not shown, because it could quote hidden inputs)"
REASONS = {MissingName: "name missing", OutOfTime: "out of time", Died: "crash", BadAnswer: "no answer"}
LATE = REASONS[OutOfTime]
OWN = {kind.__name__ for kind in REASONS}  # errors whose words are the grader's


def explain(error: BaseException, cells: Mapping[str, str]) -> str:
    """What the student may read about a failed test or cell; `cells` are the sources of their code cells."""
    if isinstance(error, StudentError):
        return "\n".join([headline(error, cells), *quoted(error.places, cells)])
    if isinstance(error, Shown):
        return clean(str(error))
    if isinstance(error, AssertionError):
        return "The result is not what this test expects."
    return "The result is not of the kind that this test expects."


def reason(error: BaseException) -> str:
    """Why a test or a cell failed, in a word or two that no student chooses."""
    for kind, words in REASONS.items():
        if isinstance(error, kind):
            return words
    if isinstance(error, StudentError):
        return "not written yet" if error.type == "NotImplementedError" else "error"
    return "wrong result"


def headline(error: StudentError, cells: Mapping[str, str]) -> str:
    """An exception's type and message, as far as they can be shown."""
    if error.type in OWN and not error.quoted:
        return error.message
    sources = tuple(cells.values())
    name = error.type if not error.quoted or familiar(error.type, sources) else "An exception"
    message = error.message if not error.quoted or harmless(error.message, sources) else UNSAID
    message = message if len(message) <= MAX_MESSAGE else message[:MAX_MESSAGE] + " …"
    return f"{name}: {message}" if message else name


def quoted(places: list, cells: Mapping[str, str]) -> list[str]:
    """The lines of the student's own code that an error passed through."""
    lines = []
    for label, number, _ in places:
        name = label.removeprefix("cell ")
        source = cells.get(name, "").splitlines()
        if 0 < number <= len(source):
            lines.append(f"  in cell {name}, line {number}: {clean(source[number - 1].strip())}")
    return lines


def as_html(result: Result, cell: str) -> str:
    """The feedback of one grade cell, as a small table; everything in it is escaped."""
    tests = tests_of(result, cell)
    told: set[str] = set()  # what was said once need not be said again
    rows = "".join(_row(test, told) for test in tests)
    caption = f"{result.points(cell):g} of {sum(t.max_points for t in tests):g} points"
    return f'<table class="autograder"><caption>{caption}</caption>{rows}</table>'


def _row(test: TestResult, told: set[str]) -> str:
    """One test: a word and a sign for the verdict (never colour alone), then what helps."""
    sign = "✓ passed" if test.passed else "✗ not yet"
    detail = "" if test.passed else _detail(test, told)
    contents = (sign, f"{test.points:g} / {test.max_points:g}", html.escape(test.title) + detail)
    style = "text-align:left;vertical-align:top;padding:0.2em 1.2em 0.2em 0"
    cells = [f'<td style="{style}{";white-space:nowrap" if n < 2 else ""}">{c}</td>' for n, c in enumerate(contents)]
    return f"<tr>{''.join(cells)}</tr>"


def _detail(test: TestResult, told: set[str]) -> str:
    """What went wrong and what to try; of a known slip, only the first time."""
    if test.mistake in told:
        return "<p>The same slip as above.</p>"
    told.update({test.mistake} - {""})
    message = f"<pre>{html.escape(test.message)}</pre>" if test.message else ""
    return f"{message}<p><b>Hint:</b> {html.escape(test.hint)}</p>"


def tests_of(result: Result, cell: str) -> list[TestResult]:
    """The tests that belong to one grade cell."""
    return [test for test in result.tests if test.cell == cell]
