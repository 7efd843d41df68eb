"""What a student reads: title, points, hint, their own traceback. Never hidden inputs or expected values.

Whatever comes from the student's process may hold hidden inputs (an exception's message can quote them), so
numbers with a fraction or many digits are struck out, and lines of code are quoted from the submission itself.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from autograder.result import Result, TestResult
from autograder.student import Shown, StudentError

NUMBER = re.compile(r"[-+]?(\d*\.\d+|\d+\.\d*|\d{5,}|\d+(?=[eE][-+]?\d))([eE][-+]?\d+)?")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
MAX_MESSAGE = 200


def clean(text: str) -> str:
    """`text` without control characters (terminal escapes, changes of writing direction)."""
    return CONTROL.sub("", text)


def struck(message: str) -> str:
    """A message from the student's process, short, with telling numbers struck out."""
    message = NUMBER.sub("…", clean(message))
    return message if len(message) <= MAX_MESSAGE else message[:MAX_MESSAGE] + " …"


def explain(error: BaseException, cells: Mapping[str, str]) -> str:
    """What the student may read about a failed test or cell; `cells` are the sources of their code cells."""
    if isinstance(error, StudentError):
        own = {"Died", "OutOfTime", "MissingName", "BadAnswer"}
        first = struck(error.message) if error.type in own else f"{clean(error.type)}: {struck(error.message)}"
        return "\n".join([first, *quoted(error.places, cells)])
    if isinstance(error, Shown):
        return clean(str(error))
    if isinstance(error, AssertionError):
        return "The result is not what this test expects."
    return "The result is not of the kind that this test expects."


def quoted(places: list, cells: Mapping[str, str]) -> list[str]:
    """The lines of the student's own code that an error passed through."""
    lines = []
    for label, number, _ in places:
        name = label.removeprefix("cell ")
        source = cells.get(name, "").splitlines()
        if 0 < number <= len(source):
            lines.append(f"  in cell {name}, line {number}: {clean(source[number - 1].strip())}")
    return lines


def as_text(result: Result, cell: str) -> str:
    """The feedback of one grade cell, as plain text."""
    lines = []
    for test in tests_of(result, cell):
        lines.append(f"[{test.points:g} / {test.max_points:g}] {test.title}")
        if not test.passed:
            lines += [f"    {line}" for line in test.message.splitlines()]
            lines.append(f"    Hint: {test.hint}")
    return "\n".join(lines)


def as_html(result: Result, cell: str) -> str:
    """The feedback of one grade cell, as a small table; everything in it is escaped."""
    rows = "".join(_row(test) for test in tests_of(result, cell))
    total = sum(t.max_points for t in tests_of(result, cell))
    caption = f"{result.points(cell):g} of {total:g} points"
    return f'<table class="autograder"><caption>{caption}</caption>{rows}</table>'


def _row(test: TestResult) -> str:
    """One test: a word and a sign for the verdict (never colour alone), then what helps."""
    sign = "✓ passed" if test.passed else "✗ not yet"
    detail = ""
    if not test.passed:
        message = f"<pre>{html.escape(test.message)}</pre>" if test.message else ""
        detail = f"{message}<p><b>Hint:</b> {html.escape(test.hint)}</p>"
    cells = [f"{sign}", f"{test.points:g} / {test.max_points:g}", f"{html.escape(test.title)}{detail}"]
    return "<tr>" + "".join(f'<td style="text-align:left;vertical-align:top">{c}</td>' for c in cells) + "</tr>"


def tests_of(result: Result, cell: str) -> list[TestResult]:
    """The tests that belong to one grade cell."""
    return [test for test in result.tests if test.cell == cell]
