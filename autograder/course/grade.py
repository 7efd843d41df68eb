"""Grade a class: find the submissions, run the hidden suites on them, let nbgrader record the marks."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from tqdm import tqdm

from autograder.course.files import SECRET, STAGED, STAMP, Course
from autograder.course.gradebook import due_dates, extended_due_dates, record, register
from autograder.course.lock import locked
from autograder.course.log import answers, read_log, write_log
from autograder.course.marks import UNRECORDED, Mark, recorded_marks
from autograder.course.parallel import grade_in_parallel, local_pool
from autograder.course.refresh import refresh_feedback
from autograder.course.submitted import check_names, holds, secret, time_stamp
from autograder.marking.catalogue import known_traces, prove_solution
from autograder.marking.diagnosis import diagnose
from autograder.marking.feedback import LATE
from autograder.marking.mistakes import load_mistakes
from autograder.marking.result import Result, digest, load_result, result_key
from autograder.marking.submission import Cell, code_to_run, read_notebook, restore
from autograder.marking.suite import Suite, load_suite
from autograder.marking.wording import printable
from autograder.sandbox.confined import confined
from autograder.sandbox.outside import SandboxError

WORTH_A_PROCESS = 25  # submissions: to record so many takes as long as to start a process that does it
Say = Callable[[str], None]


@dataclass
class Entry:
    """One student's submission of one exercise, and what became of it."""

    student: str
    path: Path
    notebook: NotebookNode | None = None
    cells: list[Cell] = field(default_factory=list)
    stamp: str = ""  # when it was handed in, as nbgrader writes it
    secret: str = ""  # nbgrader's, where it comes from the exchange
    key: str = ""
    result: Result | None = None
    version: str = ""  # changes with anything that nbgrader records
    problem: str = ""  # why it was not graded
    no_page: str = ""  # why there is no feedback page


@dataclass(frozen=True)
class Pool:
    """Where students' notebooks are run: never in this process, but in `workers` of its own, or of a Dask cluster."""

    workers: int
    make: Callable[[], Executor]


ALONE = Pool(1, lambda: local_pool(1))


def find_submissions(course: Course, suite: Suite) -> list[Entry]:
    """All submissions of an exercise, read and restored; those that cannot be graded carry the reason."""
    release = read_notebook(course.release(suite.exercise))
    folders = sorted(p for p in course.submitted.iterdir() if holds(p, suite.exercise))
    entries = [Entry(f.name, f / suite.exercise / f"{suite.exercise}.ipynb") for f in folders]

    def read(entry: Entry) -> str:
        check_names(entry.path)
        notes = time_stamp(entry.path.parent), secret(entry.path.parent)
        return json.dumps([*notes, restore(read_notebook(entry.path), release)])

    for entry, (text, problem) in zip(entries, confined(read, entries)):
        entry.problem = problem
        if not problem:
            entry.stamp, entry.secret, notebook = json.loads(text)
            entry.notebook = nbformat.from_dict(notebook)
            entry.cells = code_to_run(entry.notebook)
            entry.key = result_key(entry.cells, suite.hash)
    return entries


def grade(
    course: Course, exercise: str, say: Say = print, feedback: bool = True, pool: Pool = ALONE
) -> list[Entry]:
    """Grade all submissions of one exercise: results on disk, marks in the gradebook, feedback pages.

    Results of code that was graded before by the same suite are taken from disk, and what is in the gradebook as
    it is stays there. Returns an entry for each student, the ungraded ones with their `problem`.
    """
    suite = load_suite(exercise)
    with locked(course):
        register(course, exercise)
        entries = find_submissions(course, suite)
        say(f"{exercise}: {len(entries)} submissions")
        run_suite(course, suite, [e for e in entries if not e.problem], pool)
        fresh = record_fresh(course, exercise, entries, pool.workers, say)
        say(f"  {len(fresh)} recorded, {sum(bool(e.result) for e in entries) - len(fresh)} unchanged")
        if feedback:
            written, lacking = refresh_feedback(course, exercise)
            say(f"  {len(written)} feedback pages written")
            for e in entries:
                e.no_page = lacking.get(e.student, "")
    return entries


def record_fresh(course: Course, exercise: str, entries: list[Entry], parts: int, say: Say) -> list[Entry]:
    """Let nbgrader record what is new, and say whose marks changed. Returns those entries.

    Until a mark is in the gradebook the notes say that it is not, so that no old one passes for it.
    """
    parts = max(1, min(parts, os.cpu_count() or 1, len(entries) // WORTH_A_PROCESS))
    log, marks = read_log(course, exercise), recorded_marks(course, exercise)
    fresh = stage(course, exercise, [e for e in entries if e.result], parts)
    waiting = {e.student for e in fresh}
    notes = {}
    for e in entries:
        known = log.get(e.student, {}).get("answers", {})  # the answers that the gradebook knows
        notes[e.student] = {"key": e.key, "version": e.version, "problem": e.problem, "answers": known}
        if e.student in waiting:
            notes[e.student] |= {"version": "", "problem": UNRECORDED}
    write_log(course, exercise, notes)
    if fresh:
        try:
            record_all(course, exercise, min(parts, len(fresh)))
        finally:
            for line in changes(marks, recorded_marks(course, exercise), fresh, log):
                say(line)
        for e in fresh:
            notes[e.student] |= {"version": e.version, "problem": "", "answers": answers(e.notebook)}
        write_log(course, exercise, notes)
    return fresh


def changes(before: dict[str, Mark], after: dict[str, Mark], entries: list[Entry], log: dict[str, dict]) -> list[str]:
    """A line for each student whose recorded mark is another one now, and whether it is for the same work."""
    lines = []
    for e in entries:
        old, new = before.get(e.student), after.get(e.student)
        if old and new and abs(new.score - old.score) > 1e-9:
            same = answers(e.notebook) == log.get(e.student, {}).get("answers")
            lines.append(printable(f"    {e.student}: {old.score:g} -> {new.score:g} ({new.score - old.score:+g})"
                                   f"{', the same answers' if same else ''}"))  # fmt: skip
    return [f"  marks that changed: {len(lines)}", *lines] if lines else []


def run_suite(course: Course, suite: Suite, entries: list[Entry], pool: Pool) -> None:
    """Give every entry its result: from disk where it is there, by running the suite where not."""
    folder = course.results(suite.exercise)
    todo = {e.key: e.cells for e in entries if load_result(folder, e.key) is None}
    lost = run_new(course, suite, todo, pool) if todo else {}
    for entry in entries:
        entry.result, entry.problem = load_result(folder, entry.key), lost.get(entry.key, "")


def run_new(course: Course, suite: Suite, todo: Mapping[str, list[Cell]], pool: Pool) -> dict[str, str]:
    """Run the suite on the code of some keys and keep the results on disk; returns {key: why there is none}.

    Where something ran out of time the machine may have been busy. That is tried once more, alone, and only what
    comes out then counts.
    """
    folder, secrets = course.results(suite.exercise), [course.root, course.submitted]
    release, grader = read_notebook(course.release(suite.exercise)), partial(run_in, pool, suite, secrets)
    traces = known_traces(suite, release, prove_solution(suite, release, grader), grader, folder)
    mistakes = load_mistakes(suite.exercise)
    lost: dict[str, str] = {}
    late: dict[str, list[Cell]] = {}
    with tqdm(total=len(todo), desc=suite.exercise, unit="notebook", disable=None) as bar:

        def keep(result: Result) -> None:
            diagnose(result, traces, mistakes).save(folder)
            bar.update()

        def keep_or_wait(result: Result) -> None:
            if ran_out_of_time(result):
                late[result.key] = todo[result.key]
            else:
                keep(result)

        def lose(key: str, reason: str) -> None:
            lost[key] = reason
            bar.set_postfix(failed=len(lost))
            bar.update()

        bar.set_postfix(failed=0)
        grade_in_parallel(pool.make, pool.workers, suite.exercise, todo.items(), secrets, keep_or_wait, lose)
        if late:
            grade_in_parallel(pool.make, 1, suite.exercise, late.items(), secrets,
                              lambda result: keep(tried_again(result)), lose)  # fmt: skip
    return lost


def run_in(
    pool: Pool, suite: Suite, secrets: Sequence[Path], notebooks: Mapping[str, NotebookNode],
    only: Mapping[str, Collection[str]],
) -> dict[str, Result]:  # fmt: skip
    """The result of each of our own notebooks, by its name; SandboxError where one cannot be run."""
    results: dict[str, Result] = {}

    def keep(result: Result) -> None:
        results[result.key] = result

    def stop(key: str, reason: str) -> None:
        raise SandboxError(f"{key} of {suite.exercise} cannot be run: {reason}")

    jobs = [(name, code_to_run(notebook)) for name, notebook in notebooks.items()]
    grade_in_parallel(pool.make, pool.workers, suite.exercise, jobs, secrets, keep, stop, only)
    return results


def ran_out_of_time(result: Result) -> bool:
    """Whether a test or a cell did."""
    return LATE in {*(t.reason for t in result.tests), *(run["reason"] for run in result.cells.values())}


def tried_again(result: Result) -> Result:
    """A result of a second run, which says so."""
    words = " It was tried twice."
    tests = [replace(t, message=t.message + words) if t.reason == LATE else t for t in result.tests]
    cells = {name: run | {"error": run["error"] + words} if run["reason"] == LATE else run
             for name, run in result.cells.items()}  # fmt: skip
    return replace(result, tests=tests, cells=cells, again=True)


def record_all(course: Course, exercise: str, parts: int) -> None:
    """Let nbgrader record all parts, at the same time where there are several (most of it is work, not writing)."""
    if parts == 1:
        return record(course, exercise)
    with local_pool(parts) as pool:
        for future in [pool.submit(record, course, exercise, part) for part in range(parts)]:
            future.result()


def stage(course: Course, exercise: str, entries: list[Entry], parts: int = 1) -> list[Entry]:
    """Lay out for nbgrader what is new: the restored notebook and nbgrader's own notes, no more. Returns those entries.

    What students handed in stays as it is, and nbgrader never meets a link, a broken file or an odd name.
    """
    for old in course.root.glob(f"{STAGED}/*/*/{exercise}"):
        shutil.rmtree(old)
    before, due = read_log(course, exercise), due_dates(course, exercise)
    when = extended_due_dates(course, exercise) | due
    rules = course.rules.read_text(encoding="utf-8") if course.rules.is_file() else ""
    fresh = []
    for entry in entries:
        text = nbformat.writes(entry.notebook)
        content = [entry.key, entry.stamp, when.get(entry.student, due[""]), rules, text]
        entry.version = digest(json.dumps(content))
        if entry.student in due and before.get(entry.student, {}).get("version") == entry.version:
            continue
        folder = course.staged(len(fresh) % parts, entry.student, exercise)
        folder.mkdir(parents=True)
        (folder / f"{exercise}.ipynb").write_text(text, encoding="utf-8")
        for name, note in ((STAMP, entry.stamp), (SECRET, entry.secret)):
            if note:
                (folder / name).write_text(note, encoding="utf-8")
        fresh.append(entry)
    return fresh


def table(exercise: str, entries: Iterable[Entry]) -> str:
    """The class as text: a row for each student, the points of each test cell and their sum."""
    entries = list(entries)
    graded = [e for e in entries if e.result]
    cells = list(dict.fromkeys(t.cell for t in graded[0].result.tests)) if graded else []
    width = max([len(printable(e.student)) for e in entries] + [7])
    most = [sum(t.max_points for t in graded[0].result.tests if t.cell == c) for c in cells]
    heads = [f"{c.removeprefix('test-')} /{m:g}" for c, m in zip(cells, most)]
    lines = [f"{exercise}", "  ".join(["student".ljust(width), *heads, "by tests"])]
    for entry in entries:
        name = printable(entry.student).ljust(width)
        if entry.result is None:
            lines.append(f"{name}  NOT GRADED: {entry.problem}")
            continue
        points = [entry.result.points(c) for c in cells]
        columns = [f"{p:g}".rjust(len(h)) for p, h in zip(points, heads)]
        lines.append("  ".join([name, *columns, f"{sum(points):g} / {sum(most):g}"]))
    return "\n".join(lines)
