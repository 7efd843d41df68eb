"""Grade a class: find the submissions, run the hidden suites on them, let nbgrader record the marks."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode
from nbformat import writes as write_notebook
from nbgrader.utils import parse_utc
from tqdm import tqdm

from autograder.course.files import STAGED, Course
from autograder.course.gradebook import due_dates, record, register, write_feedback
from autograder.course.parallel import grade_in_parallel, local_pool, one_cpu
from autograder.marking.catalogue import known_traces, prove_solution
from autograder.marking.diagnosis import diagnose
from autograder.marking.mistakes import load_mistakes
from autograder.marking.plugin import grade_all, open_sandbox
from autograder.marking.result import Result, load_result, result_key, write_atomically
from autograder.marking.submission import BadSubmission, Cell, code_to_run, read_notebook, restore
from autograder.marking.suite import Suite, load_suite

Say = Callable[[str], None]


@dataclass
class Entry:
    """One student's submission of one exercise, and what became of it."""

    student: str
    path: Path
    notebook: NotebookNode | None = None
    cells: list[Cell] = field(default_factory=list)
    stamp: str = ""  # when it was handed in, as nbgrader writes it
    key: str = ""
    result: Result | None = None
    version: str = ""  # changes with anything that nbgrader records
    problem: str = ""  # why it was not graded


@dataclass(frozen=True)
class Pool:
    """Where notebooks are run: in this process (one worker), on its machine, or on a Dask cluster."""

    workers: int
    make: Callable[[], Executor] | None = None


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
        entry.stamp = time_stamp(exercise)
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


def grade(
    course: Course, exercise: str, say: Say = print, feedback: bool = True, pool: Pool | None = None
) -> list[Entry]:
    """Grade all submissions of one exercise: results on disk, marks in the gradebook, feedback pages.

    Results of code that was graded before by the same suite are taken from disk, and what is in the gradebook as
    it is stays there. Returns an entry for each student, the ungraded ones with their `problem`.
    """
    suite = load_suite(exercise)
    register(course, exercise)
    entries = find_submissions(course, suite)
    say(f"{exercise}: {len(entries)} submissions")
    run_suite(course, suite, [e for e in entries if not e.problem], pool or Pool(1))
    parts = pool.workers if pool else 1
    fresh = stage(course, exercise, [e for e in entries if e.result], parts)
    if fresh:
        record_all(course, exercise, min(parts, len(fresh)))
        if feedback:
            write_feedback(course, exercise, [e.student for e in fresh])
    write_log(course, exercise, entries)
    say(f"  {len(fresh)} recorded, {sum(bool(e.result) for e in entries) - len(fresh)} unchanged")
    return entries


def run_suite(course: Course, suite: Suite, entries: list[Entry], pool: Pool) -> None:
    """Give every entry its result: from disk where it is there, by running the suite where not."""
    folder, secrets = course.results(suite.exercise), [course.root, course.submitted]
    todo = {e.key: e.cells for e in entries if load_result(folder, e.key) is None}
    lost: dict[str, str] = {}
    if todo:
        alone = one_cpu(os.getpid()) if pool.workers == 1 else nullcontext()
        with alone, open_sandbox(suite, secrets) as sandbox:
            release = read_notebook(course.release(suite.exercise))
            prove_solution(suite, sandbox, release)
            traces = known_traces(suite, sandbox, release, folder)
            mistakes = load_mistakes(suite.exercise)
            with tqdm(total=len(todo), desc=suite.exercise, unit="notebook", disable=None) as bar:

                def keep(result: Result) -> None:
                    diagnose(result, traces, mistakes).save(folder)
                    bar.update()

                def lose(key: str, reason: str) -> None:
                    lost[key] = reason
                    bar.set_postfix(failed=len(lost))
                    bar.update()

                bar.set_postfix(failed=0)
                if pool.workers == 1:
                    grade_all(suite, sandbox, todo.items(), keep)
                else:
                    grade_in_parallel(pool.make, pool.workers, suite.exercise, todo.items(), secrets, keep, lose)
    for entry in entries:
        entry.result, entry.problem = load_result(folder, entry.key), lost.get(entry.key, "")


def record_all(course: Course, exercise: str, parts: int) -> None:
    """Let nbgrader record all parts, at the same time where there are several (most of it is work, not writing)."""
    if parts == 1:
        return record(course, exercise)
    with local_pool(parts) as pool:
        for future in [pool.submit(record, course, exercise, part) for part in range(parts)]:
            future.result()


def stage(course: Course, exercise: str, entries: list[Entry], parts: int = 1) -> list[Entry]:
    """Lay out for nbgrader what is new: nothing but the restored notebook and its time stamp. Returns those entries.

    What students handed in stays as it is, and nbgrader never meets a link, a broken file or an odd name.
    """
    for old in course.root.glob(f"{STAGED}/*/*/{exercise}"):
        shutil.rmtree(old)
    before, due = read_log(course, exercise), due_dates(course, exercise)
    rules = course.rules.read_text(encoding="utf-8") if course.rules.is_file() else ""
    fresh = []
    for entry in entries:
        text = write_notebook(entry.notebook)
        content = [entry.key, entry.stamp, due.get(entry.student, due[""]), rules, text]
        entry.version = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:32]
        if entry.student in due and before.get(entry.student, {}).get("version") == entry.version:
            continue
        folder = course.staged(len(fresh) % parts, entry.student, exercise)
        folder.mkdir(parents=True)
        (folder / f"{exercise}.ipynb").write_text(text, encoding="utf-8")
        if entry.stamp:
            (folder / "timestamp.txt").write_text(entry.stamp, encoding="utf-8")
        fresh.append(entry)
    return fresh


def time_stamp(folder: Path) -> str:
    """What nbgrader's timestamp.txt says about when a submission was handed in, if it is there.

    BadSubmission where it holds no date: nbgrader would stop, or a late submission would count as punctual.
    """
    path = folder / "timestamp.txt"
    if not path.exists() and not path.is_symlink():
        return ""
    try:
        if path.is_symlink() or path.stat().st_size > 1000:
            raise ValueError
        text = path.read_text(encoding="utf-8").strip()
        parse_utc(text)
    except Exception as error:  # dateutil stumbles in many ways, too
        raise BadSubmission("its timestamp.txt holds no date") from error
    return text


def write_log(course: Course, exercise: str, entries: list[Entry]) -> None:
    """Note down which result belongs to whom, and why some have none."""
    students = {e.student: {"key": e.key, "version": e.version, "problem": e.problem} for e in entries}
    log = {"exercise": exercise, "students": students}
    write_atomically(course.log(exercise), json.dumps(log, indent=1))


def read_log(course: Course, exercise: str) -> dict[str, dict]:
    """What `write_log` wrote last: student -> key, version, problem. Empty where there is nothing that can be read."""
    try:
        students = json.loads(course.log(exercise).read_text(encoding="utf-8"))["students"]
        return {student: dict(noted) for student, noted in students.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}  # so all is recorded again, which changes nothing


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
