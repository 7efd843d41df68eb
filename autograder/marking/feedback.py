"""What a student reads: title, points, hint, their own traceback. Never hidden inputs or expected values.

Whatever comes from the student's process during a hidden test may hold the test's inputs. So of an error there only
the type is shown, where Python itself defines it, and one line of code, quoted from the submission itself. Student
code can still choose among these, and so tell a little: less than 15 bits for each failed test.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from autograder.marking.result import Result, TestResult
from autograder.marking.student import BadAnswer, Died, MissingName, OutOfTime, Shown, StudentError
from autograder.marking.wording import EXCEPTIONS, clean

MAX_MESSAGE = 200
MAX_LINES = 400  # of a notebook's code, from its top, that hidden tests can point to: the number of a line tells, too
UNSAID = "(its message is not shown, because it could quote hidden inputs)"
REASONS = {MissingName: "name missing", OutOfTime: "out of time", Died: "crash", BadAnswer: "no answer"}
IMPORT_ERRORS = ("ImportError", "ModuleNotFoundError")
RUNS_WITH = "This exercise runs with {}, matplotlib and what comes with Python; no other package is there."
LATE = REASONS[OutOfTime]
OWN = {kind.__name__ for kind in REASONS}  # errors whose words are the grader's


def explain(error: BaseException, cells: Mapping[str, str], packages: Sequence[str] = ()) -> str:
    """What the student may read about a failed test or cell.

    cells: the sources of their code cells. packages: what the exercise runs with.
    """
    if isinstance(error, StudentError):
        note = [RUNS_WITH.format(", ".join(packages))] if packages and error.type in IMPORT_ERRORS else []
        return "\n".join([headline(error), *note, *quoted(error, cells)])
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


def headline(error: StudentError) -> str:
    """An exception's type and message, as far as they can be shown."""
    if error.quoted:
        return f"{error.type if error.type in EXCEPTIONS else 'An exception'}: {UNSAID}"
    if error.type in OWN:
        return error.message
    message = error.message if len(error.message) <= MAX_MESSAGE else error.message[:MAX_MESSAGE] + " …"
    return f"{error.type}: {message}" if message else error.type


def quoted(error: StudentError, cells: Mapping[str, str]) -> list[str]:
    """The lines of the student's own code that an error passed through; during a hidden test the last one."""
    lines, room = {}, MAX_LINES
    for name, source in cells.items():
        whole = source.splitlines()
        lines[f"cell {name}"] = whole[: max(room, 0)] if error.quoted else whole
        room -= len(whole)
    return [f"  in {label}, line {number}: {clean(lines[label][number - 1].strip())}"
            for label, number, _ in (error.places[-1:] if error.quoted else error.places)
            if 0 < number <= len(lines.get(label, ()))]  # fmt: skip


def as_html(result: Result, cell: str) -> str:
    """The feedback of one grade cell, as a small table; everything in it is escaped."""
    tests = tests_of(result, cell)
    told: set[str] = set()  # what was said once need not be said again
    rows = "".join(_row(test, told) for test in tests)
    caption = f"{result.points(cell):g} of {sum(t.max_points for t in tests):g} points"
    return f'<table class="autograder"><caption>{caption}</caption>{rows}</table>'


def _row(test: TestResult, told: set[str]) -> str:
    """One test: a word and a sign for the verdict (never colour alone), then what helps."""
    sign = "✓ passed" if test.passed else "✗ not yet" if test.lost else "✓ counts"
    detail = _detail(test, told) if test.lost else f"<p>{html.escape(test.message)}</p>" if test.carried else ""
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
