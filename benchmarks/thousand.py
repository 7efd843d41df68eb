"""A thousand submissions in one run, killed once with `kill -9` and continued: nothing lost, doubled or changed.

    python -m benchmarks.thousand [-n 1000] [--exercise gradient_check] [--kill-after 30]
    python -m benchmarks.thousand -n 10000 --kill-after 0 --without goran --dask tcp://HEAD:8786

The submissions are the sample class's, each made different by a comment, so that none is graded from disk. What
each one costs is that of the second run: with `--kill-after 0` there is no first one, and it is all there is. Endless
loops take most of the time; goran hands one in.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from nbgrader.api import BaseCell, Grade, SubmittedAssignment, SubmittedNotebook

from autograder.course.files import Course
from autograder.course.gradebook import open_gradebook
from autograder.sample_class.build import build, expected
from autograder.sample_class.students import STUDENTS


@dataclass
class Look:
    """A look at a run: when, how many results were on disk, MiB and CPU seconds of all its processes so far."""

    seconds: float
    results: int
    memory: int
    cpu: float


@dataclass
class Run:
    """A run of the command line: its time, its CPU time with that of all it started, and a look every second."""

    seconds: float = 0.0
    cpu: float = 0.0
    looks: list[Look] = field(default_factory=list)

    def graded(self) -> Look:
        """The first look at which all results were on disk; from there on they are recorded."""
        most = max(look.results for look in self.looks)
        return next(look for look in self.looks if look.results == most)


def make_class(course: Course, exercise: str, n: int, without: Sequence[str] = ()) -> dict[str, str]:
    """Write n submissions; returns {student: the one of the sample class whose notebook it is}."""
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder), [exercise])
        students = [student for student in STUDENTS[exercise] if student not in without]
        files = {student: Path(folder, student, exercise, f"{exercise}.ipynb") for student in students}
        models = {student: file.read_text(encoding="utf-8") for student, file in files.items()}
    origin = {}
    for number in range(n):
        model = list(models)[number % len(models)]
        notebook = json.loads(models[model])
        extra = {"cell_type": "code", "id": "mine", "metadata": {}, "source": f"# student {number}", "outputs": []}
        notebook["cells"].insert(0, extra | {"execution_count": None})
        student = f"student{number:05d}"
        path = course.submitted / student / exercise / f"{exercise}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook), encoding="utf-8")
        origin[student] = model
    return origin


def run(course: Course, command: str, *arguments: str, results: Path, kill_after: float = 0.0) -> Run:
    """Run a command of `autograder` in the course, and look at it every second."""
    whole = [sys.executable, "-m", "autograder", command, *arguments, "--course", str(course.root)]
    ran, started, before = Run(), time.monotonic(), children_seconds()
    process = subprocess.Popen(whole, stdout=subprocess.DEVNULL, start_new_session=True)
    killer = threading.Timer(kill_after, lambda: os.killpg(process.pid, signal.SIGKILL))
    if kill_after:
        killer.start()
    while process.poll() is None:
        count = len(list(results.glob("*.json")))
        ran.looks.append(Look(time.monotonic() - started, count, resident(process.pid), tree_seconds(process.pid)))
        time.sleep(1)
    killer.cancel()
    assert process.returncode == 0 or kill_after, f"autograder {command} ended with {process.returncode}"
    ran.seconds, ran.cpu = time.monotonic() - started, children_seconds() - before
    return ran


def resident(pid: int) -> int:
    """Memory of a process and its children, without student code's (which has limits of its own)."""
    total = 0
    try:
        for p in [psutil.Process(pid), *psutil.Process(pid).children()]:
            total += p.memory_info().rss
    except psutil.Error:
        pass
    return total >> 20


def children_seconds() -> float:
    """CPU seconds of all processes that this one has started, and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def tree_seconds(pid: int | None = None) -> float:
    """CPU seconds of a process (by default this one) and of all that it started."""
    total = 0.0
    try:
        for p in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
            total += sum(p.cpu_times()[:4])
    except psutil.Error:
        pass
    return total


def cluster_seconds(address: str | None) -> float:
    """CPU seconds that the workers of a Dask cluster, and all that they started, have used so far."""
    if not address:
        return 0.0
    from distributed import Client

    with Client(address) as client:
        return sum(client.run(tree_seconds).values())


def check(course: Course, exercise: str, origin: dict[str, str]) -> None:
    """AssertionError where a student is lost or doubled, or has another mark than whose notebook it is."""
    marks, found = expected(exercise), {student: {} for student in origin}
    with open_gradebook(course) as gradebook:
        assert gradebook.db.query(SubmittedAssignment).count() == len(origin), "lost or doubled"
        rows = (
            gradebook.db.query(SubmittedAssignment.student_id, BaseCell.name, Grade.auto_score)
            .select_from(Grade)
            .join(BaseCell, Grade.cell_id == BaseCell.id)
            .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
            .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        )
        for student, cell, score in rows:
            found[student][cell] = score
    for student, model in origin.items():
        assert {cell: found[student][cell] for cell in marks[model]} == marks[model], student


def main() -> None:
    """Run it and print the figures; an AssertionError where anything was lost, doubled or changed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=1000)
    parser.add_argument("--exercise", default="gradient_check")
    parser.add_argument("--kill-after", type=float, default=30.0, metavar="SECONDS", help="0: not at all")
    parser.add_argument("--without", nargs="*", default=[], metavar="STUDENT", help="of the sample class")
    parser.add_argument("--feedback", action="store_true", help="write the feedback pages, too")
    parser.add_argument("--dask", metavar="ADDRESS", help="run the notebooks on this Dask cluster")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        course = Course.at(Path(folder))
        origin = make_class(course, options.exercise, options.n, options.without)
        results = course.results(options.exercise)
        grade = ["grade", options.exercise, *(["--dask", options.dask] if options.dask else [])]
        first = Run()
        if options.kill_after:
            first = run(course, *grade, "--no-feedback", results=results, kill_after=options.kill_after)
        kept = {p.name: p.stat().st_mtime_ns for p in results.glob("*.json")}
        workers = cluster_seconds(options.dask)
        second = run(course, *grade, "--no-feedback", results=results)
        workers = cluster_seconds(options.dask) - workers
        for name, written in kept.items():
            assert (results / name).stat().st_mtime_ns == written, f"{name} was graded twice"
        check(course, options.exercise, origin)
        third = run(course, *grade, "--no-feedback", results=results)
        pages = run(course, *grade, results=results) if options.feedback else None
        report = run(course, "report", results=results)
    print(f"{options.n} submissions of {options.exercise}, {os.cpu_count()} cores")
    if options.kill_after:
        print(f"killed after {first.seconds:.0f} s with {len(kept)} results on disk; continued and recorded in "
              f"{second.seconds:.0f} s; none of the {len(kept)} graded twice")  # fmt: skip
    print(f"all {options.n} in the gradebook once, every mark as expected")
    graded, last = second.graded(), second.graded().results
    costs = {"grading": (graded.seconds, graded.cpu + workers, last - len(kept)),
             "recording": (second.seconds - graded.seconds, second.cpu - graded.cpu, options.n),
             "nothing new": (third.seconds, third.cpu, options.n),
             "report": (report.seconds, report.cpu, options.n)}  # fmt: skip
    if pages:
        costs["feedback"] = (pages.seconds - third.seconds, pages.cpu - third.cpu, options.n)
    print(f"{'':12}{'seconds':>9}{'CPU':>9}{'each':>9}{'CPU each':>9}")
    for name, (seconds, cpu, count) in costs.items():
        print(f"{name:12}{seconds:9.1f}{cpu:9.1f}{seconds / max(1, count):9.4f}{cpu / max(1, count):9.4f}")
    for part in (0.25, 0.5, 0.75, 1):
        look = next(look for look in second.looks if look.results >= part * last)
        print(f"memory with {look.results} results: {look.memory} MiB")
    recording = [look.memory for look in second.looks if look.results == last]
    print(f"memory while nbgrader records: at most {max(recording)} MiB")


if __name__ == "__main__":
    main()
