"""CPU time per submission: this grader against plain `nbgrader autograde`, same notebooks, same run.

    python -m benchmarks.grader [--exercise gradient_check] [-n 200] [--torch]

Plain nbgrader executes each notebook in a kernel of its own; its hidden tests would stand in the test cells,
so here it executes the visible ones. CPU time is that of all processes of a run, from a control group of its
own where this process may make one (as root), else of the whole machine (keep it quiet then).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from nbgrader.converters import Autograde
from traitlets.config import Config

from autograder.course.files import STAGED, Course
from autograder.course.grade import find_submissions, record_all, stage
from autograder.course.gradebook import record, register
from autograder.course.parallel import stay_on
from autograder.marking.exercise import solution_notebook, tasks, with_cells
from autograder.marking.plugin import grade_all, open_sandbox
from autograder.marking.submission import grade_id
from autograder.marking.suite import Suite, load_suite

TICK = os.sysconf("SC_CLK_TCK")
# Control groups, version 1 and 2: where they are, the file about CPU time, which word of it that is, in which unit.
GROUPS = ((Path("/sys/fs/cgroup/cpuacct"), "cpuacct.usage", 0, 1e-9), (Path("/sys/fs/cgroup"), "cpu.stat", 1, 1e-6))
Clock = Callable[[], float]


def enter_control_group() -> Clock | None:
    """Move this process into a control group of its own; returns its clock of CPU seconds, or None."""
    for root, file, word, unit in GROUPS:
        group = root / f"benchmark-{os.getpid()}"
        try:
            group.mkdir()
            (group / "cgroup.procs").write_text(str(os.getpid()))
            (group / file).read_text()
        except OSError:
            continue
        return lambda: int((group / file).read_text().split()[word]) * unit
    return None


def busy_seconds() -> float:
    """CPU time of the whole machine so far, all processes, without idle."""
    user, nice, system, _idle, _iowait, irq, softirq, *_ = map(int, Path("/proc/stat").read_text().split()[1:11])
    return (user + nice + system + irq + softirq) / TICK


def measured(clock: Clock, work: Callable[[], object], count: int) -> tuple[float, float]:
    """Wall seconds and CPU seconds (by `clock`) of `work` for each of `count` submissions."""
    wall, cpu = time.monotonic(), clock()
    work()
    return (time.monotonic() - wall) / count, (clock() - cpu) / count


def submissions(course: Course, exercise: str, n: int) -> None:
    """Write `n` correct submissions that differ in a comment, so that none is graded from disk."""
    solution = solution_notebook(exercise)
    first = next(cell for cells in tasks(solution).values() for cell in cells)
    for number in range(n):
        path = course.submitted / f"student{number:04d}" / exercise / f"{exercise}.ipynb"
        path.parent.mkdir(parents=True)
        mine = with_cells(solution, {grade_id(first): f"{first.source}\n# {number}"})
        path.write_text(json.dumps(mine), encoding="utf-8")


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exercise", default="gradient_check")
    parser.add_argument("-n", type=int, default=200, help="submissions (plain nbgrader gets a tenth)")
    parser.add_argument("--torch", action="store_true", help="import torch in the sandbox, too")
    options = parser.parse_args()
    suite = load_suite(options.exercise)
    if options.torch:
        suite = replace(suite, packages=(*suite.packages, "torch"))
    rows = compare(suite, options.n, enter_control_group() or busy_seconds)
    also = " (torch imported)" if options.torch else ""
    print(f"{options.exercise}{also}, {options.n} correct submissions, {os.cpu_count()} cores; seconds per submission")
    print(f"{'':44}{'wall':>8}{'CPU':>8}")
    for name, (wall, cpu) in rows.items():
        print(f"{name:44}{wall:8.3f}{cpu:8.3f}")
    grading, recording, _, plain = (cpu for _, cpu in rows.values())
    print(f"plain nbgrader / ours with recording: {plain / (grading + recording):.1f} x CPU")


def compare(suite: Suite, n: int, clock: Clock) -> dict[str, tuple[float, float]]:
    """Wall and CPU seconds for each submission: graded here, recorded by nbgrader (in one process, in two), all by it.

    The same notebooks are graded in three courses. An AssertionError where one does not get full marks.
    """
    exercise, results = suite.exercise, []
    with tempfile.TemporaryDirectory() as folder:
        courses = [Course.at(Path(folder) / name, Path(folder) / "submitted") for name in ("one", "two", "plain")]
        one, two, plain = courses
        submissions(one, exercise, n)
        for course in courses:
            course.root.mkdir()
            register(course, exercise)
        entries = find_submissions(one, suite)
        jobs = [(e.key, e.cells) for e in entries]
        cpus = os.sched_getaffinity(0)
        stay_on(0)  # as a worker does
        with open_sandbox(suite) as sandbox:
            grade_all(suite, sandbox, jobs[:3], lambda result: None)  # warm
            grading = measured(clock, lambda: grade_all(suite, sandbox, jobs, results.append), n)
        os.sched_setaffinity(0, cpus)
        for parts, course in ((1, one), (2, two)):
            for result in results:
                result.save(course.results(exercise))
            stage(course, exercise, entries, parts)
        recording = measured(clock, lambda: record(one, exercise), n)
        in_two = measured(clock, lambda: record_all(two, exercise, 2), n)
        few = len(stage(plain, exercise, entries[: max(1, n // 10)]))
        by_nbgrader = measured(clock, lambda: plain_autograde(plain, exercise), few)
    full = sum(t.max_points for t in results[0].tests)
    assert all(sum(t.points for t in r.tests) == full for r in results)
    return {
        "hidden suite in the sandbox, warm": grading,
        "nbgrader records the marks": recording,
        "the same in two processes": in_two,
        f"plain nbgrader autograde, {few} of them": by_nbgrader,
    }


def plain_autograde(course: Course, exercise: str) -> None:
    """`nbgrader autograde` as it comes, on the same folder and gradebook."""
    code = "import sys; from benchmarks.grader import plain_here; plain_here(sys.argv[1], sys.argv[2])"
    command = [sys.executable, "-W", "ignore", "-c", code, str(course.root), exercise]
    subprocess.run(command, check=True, capture_output=True)


def plain_here(root: str, exercise: str) -> None:
    """Run nbgrader's own chain in `root`; called in a process of its own."""
    from nbgrader.coursedir import CourseDirectory

    config = Config()
    config.CourseDirectory.root = root
    config.CourseDirectory.db_url = f"sqlite:///{root}/gradebook.db"
    config.CourseDirectory.assignment_id = exercise
    config.CourseDirectory.submitted_directory = f"{STAGED}/0"
    config.CourseDirectory.autograded_directory = "plain"
    Autograde(coursedir=CourseDirectory(config=config), config=config, force=True).start()


if __name__ == "__main__":
    main()
