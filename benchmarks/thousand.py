"""A thousand submissions in one run, killed once with `kill -9` and continued: nothing lost, doubled or changed.

    python -m benchmarks.thousand [-n 1000] [--exercise gradient_check] [--kill-after 30]

The submissions are the sample class's, each made different by a comment, so that none is graded from disk.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

import psutil
from nbgrader.api import Gradebook

from autograder.course.files import Course
from autograder.sample_class.build import build, expected
from autograder.sample_class.students import STUDENTS


def make_class(course: Course, exercise: str, n: int) -> dict[str, str]:
    """Write n submissions; returns {student: the one of the sample class whose notebook it is}."""
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder), [exercise])
        files = {student: Path(folder, student, exercise, f"{exercise}.ipynb") for student in STUDENTS[exercise]}
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


def grade(course: Course, exercise: str, kill_after: float | None = None) -> tuple[float, list[tuple[int, int]]]:
    """Run the command line; returns the seconds, and every second (results on disk, MiB of all our processes)."""
    command = [sys.executable, "-m", "autograder", "grade", exercise, "--course", str(course.root), "--no-feedback"]
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    if kill_after:
        threading.Timer(kill_after, lambda: os.killpg(process.pid, signal.SIGKILL)).start()
    memory = []
    while process.poll() is None:
        memory.append((len(list(course.results(exercise).glob("*.json"))), resident(process.pid)))
        time.sleep(1)
    return time.monotonic() - started, memory


def resident(pid: int) -> int:
    """Memory of a process and its children, without student code's (which has limits of its own)."""
    total = 0
    try:
        for p in [psutil.Process(pid), *psutil.Process(pid).children()]:
            total += p.memory_info().rss
    except psutil.Error:
        pass
    return total >> 20


def main() -> None:
    """Run it and print the figures; an AssertionError where anything was lost, doubled or changed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=1000)
    parser.add_argument("--exercise", default="gradient_check")
    parser.add_argument("--kill-after", type=float, default=30.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        course = Course.at(Path(folder))
        origin = make_class(course, options.exercise, options.n)
        first, _ = grade(course, options.exercise, options.kill_after)
        kept = {p.name: p.stat().st_mtime_ns for p in course.results(options.exercise).glob("*.json")}
        second, memory = grade(course, options.exercise)
        for name, written in kept.items():
            assert (course.results(options.exercise) / name).stat().st_mtime_ns == written, f"{name} was graded twice"
        marks = expected(options.exercise)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Gradebook(course.gradebook) as gradebook:
                submissions = gradebook.assignment_submissions(options.exercise)
                assert sorted(s.student_id for s in submissions) == sorted(origin), "lost or doubled"
                for submission in submissions:
                    grades = submission.notebooks[0].grades
                    right = marks[origin[submission.student_id]]
                    assert {g.name: g.auto_score for g in grades if g.name in right} == right, submission.student_id
        third, _ = grade(course, options.exercise)
    print(f"{options.n} submissions of {options.exercise}, {os.cpu_count()} cores")
    print(f"killed after {first:.0f} s with {len(kept)} results on disk; continued and recorded in {second:.0f} s")
    print(f"all {options.n} in the gradebook once, every mark as expected; none of the {len(kept)} graded twice")
    last = max(count for count, _ in memory)
    for part in (0.25, 0.5, 0.75, 1):
        done, used = next(pair for pair in memory if pair[0] >= part * last)
        print(f"memory with {done} results: {used} MiB")
    recording = [used for count, used in memory if count == last]
    print(f"memory while nbgrader records: at most {max(recording)} MiB")
    print(f"graded again with nothing new: {third:.0f} s")


if __name__ == "__main__":
    main()
