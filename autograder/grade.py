"""Grade a class: find the submissions, run the hidden suites on them, let nbgrader record the marks."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode
from nbformat import write as write_notebook

from autograder.catalogue import known_traces, prove_solution
from autograder.course import Course, record, register, write_feedback
from autograder.diagnosis import diagnose
from autograder.mistakes import load_mistakes
from autograder.plugin import grade_all, open_sandbox
from autograder.result import Result, load_result, result_key
from autograder.submission import BadSubmission, Cell, code_to_run, read_notebook, restore
from autograder.suite import Suite, load_suite

Say = Callable[[str], None]


@dataclass
class Entry:
    """One student's submission of one exercise, and what became of it."""

    student: str
    path: Path
    notebook: NotebookNode | None = None
    cells: list[Cell] = field(default_factory=list)
    key: str = ""
    result: Result | None = None
    problem: str = ""  # why it was not graded


def find_submissions(course: Course, suite: Suite) -> list[Entry]:
    """All submissions of an exercise, read and restored; those that cannot be graded carry the reason."""
    release = read_notebook(course.release(suite.exercise))
    folders = sorted(p for p in course.submitted.iterdir() if (p / suite.exercise).exists())
    return [_read(f, suite, release) for f in folders]


def _read(folder: Path, suite: Suite, release: NotebookNode) -> Entry:
    """One student's submission."""
    exercise = folder / suite.exercise
    entry = Entry(folder.name, exercise / f"{suite.exercise}.ipynb")
    try:
        check_folder(folder, exercise, entry.path)
        entry.notebook = restore(read_notebook(entry.path), release)
        entry.cells = code_to_run(entry.notebook)
        entry.key = result_key(entry.cells, suite.hash)
    except BadSubmission as problem:
        entry.problem = str(problem)
    return entry


def check_folder(folder: Path, exercise: Path, notebook: Path) -> None:
    """BadSubmission where the names or kinds of the files are such that nbgrader must not see them."""
    name = folder.name
    if not name.isprintable() or name.startswith(".") or set(name) & set("{}*?[]"):
        raise BadSubmission("the folder's name has characters that nbgrader cannot take; rename it")
    if folder.is_symlink() or exercise.is_symlink() or notebook.is_symlink():
        raise BadSubmission("it is a symbolic link, not a file")
    if not notebook.is_file():
        others = ", ".join(sorted(repr(p.name) for p in exercise.glob("*"))[:5]) if exercise.is_dir() else ""
        raise BadSubmission(f"there is no file {notebook.name} (found: {others or 'nothing'})")


def grade(course: Course, exercise: str, say: Say = print, feedback: bool = True) -> list[Entry]:
    """Grade all submissions of one exercise: results on disk, marks in the gradebook, feedback pages.

    Results of code that was graded before by the same suite are taken from disk. Returns an entry for each
    student, the ungraded ones with their `problem`.
    """
    suite = load_suite(exercise)
    register(course, exercise)
    entries = find_submissions(course, suite)
    good = [e for e in entries if not e.problem]
    say(f"{exercise}: {len(entries)} submissions")
    run_suite(course, suite, good, say)
    stage(course, exercise, good)
    if good:
        record(course, exercise)
        if feedback:
            write_feedback(course, exercise)
    return entries


def run_suite(course: Course, suite: Suite, entries: Iterable[Entry], say: Say) -> None:
    """Give every entry its result: from disk where it is there, by running the suite where not."""
    folder = course.results(suite.exercise)
    todo = {e.key: e.cells for e in entries if load_result(folder, e.key) is None}
    if todo:
        with open_sandbox(suite, [course.root, course.submitted]) as sandbox:
            release = read_notebook(course.release(suite.exercise))
            prove_solution(suite, sandbox, release)
            traces = known_traces(suite, sandbox, release, folder)
            mistakes = load_mistakes(suite.exercise)
            done = 0

            def keep(result: Result) -> None:
                nonlocal done
                diagnose(result, traces, mistakes).save(folder)
                done += 1
                say(f"  {done} of {len(todo)} run ({result.seconds:.1f} s)")

            grade_all(suite, sandbox, todo.items(), keep)
    for entry in entries:
        entry.result = load_result(folder, entry.key)


def stage(course: Course, exercise: str, entries: Iterable[Entry]) -> None:
    """Lay out the checked submissions for nbgrader: nothing but the restored notebook and its time stamp.

    What students handed in stays as it is, and nbgrader never meets a link, a broken file or an odd name.
    """
    for old in course.private.glob(f"submitted/*/{exercise}"):
        shutil.rmtree(old)
    for entry in entries:
        folder = course.staged(entry.student, exercise)
        folder.mkdir(parents=True)
        write_notebook(entry.notebook, str(folder / f"{exercise}.ipynb"))
        timestamp = entry.path.parent / "timestamp.txt"
        if timestamp.is_file() and not timestamp.is_symlink() and timestamp.stat().st_size < 1000:
            shutil.copy(timestamp, folder / "timestamp.txt")


def printable(text: str) -> str:
    """`text` on one line, whatever names students give their files."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def table(exercise: str, entries: Iterable[Entry]) -> str:
    """The class as text: a row for each student, the points of each test cell and their sum."""
    entries = list(entries)
    graded = [e for e in entries if e.result]
    if not graded:
        cells: list[str] = []
    else:
        cells = list(dict.fromkeys(t.cell for t in graded[0].result.tests))
    width = max([len(printable(e.student)) for e in entries] + [7])
    most = [sum(t.max_points for t in graded[0].result.tests if t.cell == c) for c in cells]
    heads = [f"{c.removeprefix('test-')} /{m:g}" for c, m in zip(cells, most)]
    lines = [f"{exercise}", "  ".join(["student".ljust(width), *heads, "total"])]
    for entry in entries:
        name = printable(entry.student).ljust(width)
        if entry.result is None:
            lines.append(f"{name}  NOT GRADED: {entry.problem}")
            continue
        points = [entry.result.points(c) for c in cells]
        columns = [f"{p:g}".rjust(len(h)) for p, h in zip(points, heads)]
        lines.append("  ".join([name, *columns, f"{sum(points):g} / {sum(most):g}"]))
    return "\n".join(lines)
