"""What a student reads: title, points, hint, their own traceback. Never hidden inputs or expected values.

Whatever comes from the student's process during a hidden test may hold the test's inputs. So of an error there only
the type is shown, where Python itself defines it, and one line of code, quoted from the submission itself. Student
code can still choose among these, and so tell a little: less than 15 bits for each failed test.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.marking.result import Result, TestResult
from autograder.marking.student import BadAnswer, Died, MissingName, OutOfTime, OwnError, Shown, StudentError
from autograder.marking.wording import EXCEPTIONS, clean

MAX_MESSAGE = 200
MAX_LINES = 400  # of a notebook's code, from its top, that hidden tests can point to: the number of a line tells, too
CODE = re.compile(r"`(\w+)`")  # how the grader's own words mark a name
UNSAID = "(its message is not shown, because it could quote hidden inputs)"
REASONS = {MissingName: "name missing", OutOfTime: "out of time", Died: "crash", BadAnswer: "no answer"}
IMPORT_ERRORS = ("ImportError", "ModuleNotFoundError")
RUNS_WITH = "This exercise runs with {}, matplotlib and what comes with Python; no other package is there."
LATE = REASONS[OutOfTime]
OPEN, ERROR, WRONG = "not written yet", "error", "wrong result"  # the other reasons
PLACE = "  in cell "  # how a line begins that quotes the student's code
READ = "Python cannot read this line. Look at it and the one above: a bracket, a colon, the spaces at the beginning?"
SPELLED = "Is it a slip of the pen? If not, it needs a value before this line."
HINTS = {  # by reason, or by the type of an error: what helps with those, whatever the test is about
    OPEN: "Still open: write your code in the place of the line that raises NotImplementedError.",
    REASONS[MissingName]: "Run the cell that should define it: what does it say? Is it spelled as in the exercise?",
    LATE: "Look for a loop that never ends, or for work that is done again and again.",
    REASONS[Died]: "Restart your kernel and run all cells: do they come to the end?",
    "NameError": SPELLED,
    "UnboundLocalError": SPELLED,
    "SyntaxError": READ,
    "IndentationError": READ,
    "TabError": READ,
}


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
        return OPEN if error.type == "NotImplementedError" else ERROR
    return WRONG


def headline(error: StudentError) -> str:
    """An exception's type and message, as far as they can be shown."""
    if error.in_test:
        return f"{error.type if error.type in EXCEPTIONS else 'An exception'}: {UNSAID}"
    if isinstance(error, OwnError):
        return error.message
    message = error.message if len(error.message) <= MAX_MESSAGE else error.message[:MAX_MESSAGE] + " …"
    return f"{error.type}: {message}" if message else error.type


def quoted(error: StudentError, cells: Mapping[str, str]) -> list[str]:
    """The lines of the student's own code that an error passed through; during a hidden test the last one."""
    lines, room = {}, MAX_LINES
    for name, source in cells.items():
        whole = source.splitlines()
        lines[f"cell {name}"] = whole[: max(room, 0)] if error.in_test else whole
        room -= len(whole)
    return [f"  in {label}, line {number}: {clean(lines[label][number - 1].strip())}"
            for label, number, _ in (error.places[-1:] if error.in_test else error.places)
            if 0 < number <= len(lines.get(label, ()))]  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What a student reads about one grade cell.

    html: its tests. next: what to mend next, as text; where nothing is lost, what was carried, if anything was.
    same_as: the earlier grade cell that failed for the same cause, if one did; then `next` is the same as there.
    """

    html: str
    next: str
    same_as: str


def tell(result: Result) -> dict[str, Told]:
    """What a student reads about each grade cell. A cause that several tests met is told once, where it came first."""
    causes: dict[str, TestResult] = {}
    return {cell: _told(tests_of(result, cell), causes) for cell in dict.fromkeys(t.cell for t in result.tests)}


def _told(tests: list[TestResult], causes: dict[str, TestResult]) -> Told:
    """What is told of one cell's tests. causes: those of the cells before, with the test that met each first; grows."""
    rows, here, advice, same_as, carried = "", set(), "", "", ""
    for test in tests:
        if not test.lost:
            rows += _row(test, CODE.sub(r"<code>\1</code>", _said(test)))
            carried = carried or test.message
            continue
        cause = _cause(test)
        first = causes.setdefault(cause, test)
        if not here:
            advice, same_as = _next(first), first.cell if first.cell != test.cell else ""
        if first is test:
            detail = f"{_said(test)}<p><b>Hint:</b> {html.escape(_hint(test))}</p>"
        else:
            where = "above" if cause in here else f"in “{html.escape(first.title.rstrip('.'))}”"
            detail = f'<p>The same as <a href="#row-{html.escape(first.name)}">{where}</a>.</p>'
        rows += _row(test, detail)
        here.add(cause)
    return Told(f'<ul class="tests">{rows}</ul>', advice or CODE.sub(r"\1", carried), same_as)


def _cause(test: TestResult) -> str:
    """What tests have in common that failed for the same cause: the slip, the error and its place, or the hint."""
    if test.mistake or test.reason in (WRONG, REASONS[BadAnswer]):
        return test.mistake or test.message + test.hint
    said, places = _taken_apart(test.message)
    return "\n".join([said, *places[-1:]])


def _taken_apart(message: str) -> tuple[str, list[str]]:
    """What `explain` said, on one line, and the lines of code that it quoted."""
    lines = message.splitlines()
    return (" ".join(line for line in lines if not line.startswith(PLACE)),
            [line.strip() for line in lines if line.startswith(PLACE)])  # fmt: skip


def _hint(test: TestResult) -> str:
    """The hint that fits: that of the suite is about wrong results, and says nothing to one who mistyped a name."""
    if test.mistake:
        return test.hint
    if test.reason == REASONS[MissingName] and PLACE in test.message:
        return "Mend that cell first."
    kind = test.message.partition(":")[0] if test.reason == ERROR else test.reason
    return HINTS.get(kind, test.hint)


def _row(test: TestResult, detail: str) -> str:
    """One test: a word and a sign for the verdict (never colour alone), then what helps."""
    sign = "✓ passed" if test.passed else "✗ not yet" if test.lost else "✓ counts"
    points = f"{test.points:g} of {test.max_points:g}"
    return (f'<li id="row-{html.escape(test.name)}"><b>{sign}</b> <span class="points">{points}</span> '
            f'<span class="title">{html.escape(test.title)}</span><div>{detail}</div></li>')  # fmt: skip


def _said(test: TestResult) -> str:
    """What the grader says about a test, the quoted lines folded."""
    head, _, rest = html.escape(test.message).partition("\n")
    if rest:
        return f"<details><summary>{head}</summary><pre>{rest}</pre></details>"
    return f"<p>{head}</p>" if head else ""


def _next(test: TestResult) -> str:
    """What to mend where this test failed, in a line or two of text."""
    if test.mistake or test.reason in (WRONG, OPEN):
        return _hint(test)
    said, places = _taken_apart(test.message.replace(f": {UNSAID}", ""))
    where = f" ({places[-1].partition(': ')[0]})" if places else ""
    return f"{said}{where}. {_hint(test)}"


def tests_of(result: Result, cell: str) -> list[TestResult]:
    """The tests that belong to one grade cell."""
    return [test for test in result.tests if test.cell == cell]
