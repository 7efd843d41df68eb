"""One page about the class: marks, tests, mistakes, time, and who needs attention.

The page is one HTML file without scripts or network. Whatever comes from students passes through `plain`
and through the template's own escaping.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from autograder.course.files import Course
from autograder.course.marks import Mark, Marks, read_marks
from autograder.marking.feedback import LATE, REASONS
from autograder.marking.mistakes import load_mistakes
from autograder.marking.result import Result, TestResult, load_result
from autograder.marking.student import BadAnswer, Died, MissingName
from autograder.marking.wording import printable

HERE = Path(__file__).resolve().parent
CRASHED = (REASONS[Died], REASONS[BadAnswer])  # reasons of a cell whose process did not survive it
SLOWEST = 5
LONGEST = 200  # characters of a message


def report(course: Course, exercises: Iterable[str] = ()) -> str:
    """The page, as HTML, about some exercises (none named: all in the gradebook). Raises CourseError."""
    marks = read_marks(course, exercises)
    environment = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)  # fmt: skip
    environment.filters |= {"plain": plain, "points": "{:g}".format, "seconds": "{:.1f}\u00a0s".format}
    chapters = [chapter(course, marks, exercise) for exercise in marks.worth]
    now = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z")
    return environment.get_template("report.html").render(chapters=chapters, now=now, students=len(marks.people))


def plain(text: object) -> str:
    """One line of text, not too long; control characters and changes of writing direction show as escapes."""
    line = printable(" ".join(str(text).split()))
    return line if len(line) <= LONGEST else line[:LONGEST] + " …"


def chapter(course: Course, marks: Marks, exercise: str) -> dict[str, Any]:
    """All that the page says about one exercise."""
    own = marks.of(exercise)
    folder = course.results(exercise)
    results = {s: r for s, m in own.items() if m.key and (r := load_result(folder, m.key))}
    scores = [m.score for m in own.values() if m.score is not None]
    return {
        "exercise": exercise,
        "worth": marks.worth[exercise],
        "sandbox": " and ".join(sorted({r.isolation for r in results.values()})) or "not recorded",
        "scores": scores,
        "median": median(scores) if scores else None,
        "words": in_words(scores, marks.worth[exercise]),
        "bins": histogram(scores, marks.worth[exercise]),
        "late": any(m.penalty for m in own.values()),
        "rows": [(marks.people[s], m, results.get(s)) for s, m in own.items()],
        "tests": by_test(results.values()),
        "mistakes": by_mistake(exercise, results),
        "carried": in_words_carried(results.values()),
        "attention": attention(own, results),
        "times": times(results),
    }


def in_words(scores: list[float], worth: float) -> str:
    """The distribution of marks, as one would say it."""
    if not scores:
        return "Nobody has a mark yet."
    said = f"{len(scores)} graded: mean {mean(scores):.3g}, median {median(scores):.3g} of {worth:g} points."
    if len(scores) > 3:
        low, _, high = quantiles(scores, n=4, method="inclusive")
        said += f" The middle half lies between {low:.3g} and {high:.3g}."
    return said


def in_words_carried(results: Iterable[Result]) -> str:
    """How many points follow-through gave, and to how many; empty where none."""
    carried = [r.carried for r in results if r.carried]
    students = "one student" if len(carried) == 1 else f"{len(carried)} students"
    said = f"Follow-through: {sum(carried):g} points of {students} were carried over a mistake in an earlier task."
    return said if carried else ""


def histogram(scores: list[float], worth: float) -> list[tuple[str, int]]:
    """(range of points, number of students): at most twelve ranges of a round width, from zero to the full mark.

    A mark on a border counts in the upper range; the last range includes its end, and extra credit.
    """
    widths = (digit * 10.0**power for power in range(-2, 9) for digit in (1, 2, 2.5, 5))
    width = next(w for w in widths if w * 12 >= worth)
    count = max(1, math.ceil(worth / width - 1e-9))
    filled = Counter(max(0, min(count - 1, math.floor(score / width + 1e-9))) for score in scores)
    return [(f"{i * width:g} to {min(worth, (i + 1) * width):g}", filled[i]) for i in range(count)]


def by_test(results: Iterable[Result]) -> list[dict[str, Any]]:
    """Each test in the suite's order: how many passed, and why the others did not."""
    runs: dict[str, list[TestResult]] = {}
    for result in results:
        for test in result.tests:
            runs.setdefault(test.name, []).append(test)
    return [
        {"test": tests[-1], "passed": sum(t.passed for t in tests), "of": len(tests),
         "why": Counter(why(t) for t in tests if not t.passed).most_common()}
        for tests in runs.values()
    ]  # fmt: skip


def why(test: TestResult) -> str:
    """Why a test failed, in two or three words."""
    if test.carried:
        return "an earlier task (points carried)"
    plain_enough = (REASONS[MissingName], LATE, REASONS[Died])
    return "known mistake" if test.mistake and test.reason not in plain_enough else test.reason


def by_mistake(exercise: str, results: dict[str, Result]) -> list[tuple[str, str, list[str]]]:
    """(slug, what the catalogue says, students) for each mistake that was recognised, most frequent first."""
    says = {m.name: m.says for m in load_mistakes(exercise)}
    who: dict[str, list[str]] = {}
    for student, result in results.items():
        for slug in dict.fromkeys(t.mistake for t in result.tests if not t.passed and t.mistake):
            who.setdefault(slug, []).append(student)
    return [(slug, says.get(slug, ""), names) for slug, names in sorted(who.items(), key=lambda i: (-len(i[1]), i[0]))]


def attention(marks: dict[str, Mark], results: dict[str, Result]) -> list[tuple[str, list[tuple[str, str]]]]:
    """(what is the matter, [(student, detail)]), the urgent ones first; students with nothing to say are absent."""
    failed = [(s, f"{name}: {run['error'].splitlines()[0]}", run["reason"])
              for s, r in results.items() for name, run in r.cells.items() if run["error"]]  # fmt: skip
    groups = {
        "Not graded": [(s, m.problem) for s, m in marks.items() if m.problem and m.score is None],
        "Handed in again, and that was not graded: the mark is the earlier one":
            [(s, m.problem) for s, m in marks.items() if m.problem and m.score is not None],
        "A cell crashed": [(s, e) for s, e, reason in failed if reason in CRASHED],
        "Ran out of time": [(s, d) for s, r in results.items() if (d := late_tests(r))],
        "Ran out of time at first, but not when tried again alone (the machine was busy)":
            [(s, "") for s, r in results.items() if r.again and not late_tests(r)],
        "A cell ended with an error": [(s, e) for s, e, reason in failed if reason not in (*CRASHED, LATE)],
        "Zero points": [(s, "") for s, m in marks.items() if m.score == 0],
        "Late": [(s, f"penalty {m.penalty:g}") for s, m in marks.items() if m.penalty],
        "Waits for a mark by hand (counts as zero until then)": [(s, "") for s, m in marks.items() if m.waiting],
    }  # fmt: skip
    return [(title, members) for title, members in groups.items() if members]


def late_tests(result: Result) -> str:
    """Which tests and cells of a submission ran out of time, in words; empty where none did."""
    tests = sum(t.reason == LATE for t in result.tests)
    cells = [name for name, run in result.cells.items() if run["reason"] == LATE]
    return ", ".join([*(f"cell {c}" for c in cells), *([f"{tests} of {len(result.tests)} tests"] if tests else [])])


def times(results: dict[str, Result]) -> dict[str, Any]:
    """How long grading took, and whose submissions took longest."""
    seconds = {student: r.seconds for student, r in results.items()}
    return {
        "total": sum(seconds.values()),
        "median": median(seconds.values()) if seconds else 0.0,
        "slowest": sorted(seconds.items(), key=lambda item: -item[1])[:SLOWEST],
    }
