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
from autograder.course.parallel import one_cpu
from autograder.marking.exercise import solution_notebook, with_cells
from autograder.marking.plugin import grade_all, open_sandbox
from autograder.marking.suite import load_suite

TICK = os.sysconf("SC_CLK_TCK")
GROUPS = ((Path("/sys/fs/cgroup/cpuacct"), "cpuacct.usage", 1e-9), (Path("/sys/fs/cgroup"), "cpu.stat", 1e-6))


def enter_control_group() -> Callable[[], float] | None:
    """Move this process into a control group of its own; returns its clock of CPU seconds, or None."""
    for root, file, unit in GROUPS:
        group = root / f"benchmark-{os.getpid()}"
        try:
            group.mkdir()
            (group / "cgroup.procs").write_text(str(os.getpid()))
            (group / file).read_text()
        except OSError:
            continue
        return lambda: int((group / file).read_text().split()[-1 if unit == 1e-9 else 1]) * unit
    return None


def busy_seconds() -> float:
    """CPU time of the whole machine so far, all processes, without idle."""
    user, nice, system, _idle, _iowait, irq, softirq, *_ = map(int, Path("/proc/stat").read_text().split()[1:11])
    return (user + nice + system + irq + softirq) / TICK


cpu_seconds = busy_seconds


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Wall seconds and CPU seconds of `work`."""
    wall, cpu = time.monotonic(), cpu_seconds()
    work()
    return time.monotonic() - wall, cpu_seconds() - cpu


def submissions(course: Course, exercise: str, n: int) -> None:
    """Write `n` correct submissions that differ in a comment, so that none is graded from disk."""
    solution = solution_notebook(exercise)
    name = next(c.metadata.nbgrader["grade_id"] for c in solution.cells
                if c.cell_type == "code" and c.metadata.get("nbgrader", {}).get("solution"))
    source = next(c.source for c in solution.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)
    for number in range(n):
        path = course.submitted / f"student{number:04d}" / exercise / f"{exercise}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(with_cells(solution, {name: f"{source}\n# {number}"})), encoding="utf-8")


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exercise", default="gradient_check")
    parser.add_argument("-n", type=int, default=200, help="submissions (plain nbgrader gets a tenth)")
    parser.add_argument("--torch", action="store_true", help="import torch in the sandbox, too")
    options = parser.parse_args()
    global cpu_seconds
    cpu_seconds = enter_control_group() or busy_seconds
    suite = load_suite(options.exercise)
    if options.torch:
        suite = replace(suite, packages=(*suite.packages, "torch"))
    with tempfile.TemporaryDirectory() as folder:
        courses = [Course.at(Path(folder) / name, Path(folder) / "submitted") for name in ("one", "two", "plain")]
        submissions(courses[0], options.exercise, options.n)
        for course in courses:
            course.root.mkdir()
            register(course, options.exercise)
        entries = find_submissions(courses[0], suite)
        jobs = [(e.key, e.cells) for e in entries]
        results = []
        with one_cpu(0), open_sandbox(suite) as sandbox:
            grade_all(suite, sandbox, jobs[:3], lambda result: None)  # warm
            ours = measured(lambda: grade_all(suite, sandbox, jobs, results.append))
        for parts, course in ((1, courses[0]), (2, courses[1])):
            for result in results:
                result.save(course.results(options.exercise))
            stage(course, options.exercise, entries, parts)
        recording = measured(lambda: record(courses[0], options.exercise))
        both = measured(lambda: record_all(courses[1], options.exercise, 2))
        few = stage(courses[2], options.exercise, entries[: max(1, options.n // 10)])
        plain = measured(lambda: plain_autograde(courses[2], options.exercise))
    full = sum(t.max_points for t in results[0].tests)
    assert all(sum(t.points for t in r.tests) == full for r in results)
    also = " (torch imported)" if options.torch else ""
    print(f"{options.exercise}{also}, {options.n} correct submissions, {os.cpu_count()} cores; seconds per submission")
    print(f"{'':44}{'wall':>8}{'CPU':>8}")
    rows = {
        "hidden suite in the sandbox, warm": (ours, options.n),
        "nbgrader records the marks": (recording, options.n),
        "the same in two processes": (both, options.n),
        f"plain nbgrader autograde, {len(few)} of them": (plain, len(few)),
    }
    for name, ((wall, cpu), count) in rows.items():
        print(f"{name:44}{wall / count:8.3f}{cpu / count:8.3f}")
    ratio = plain[1] / len(few) * options.n / (ours[1] + recording[1])
    print(f"plain nbgrader / ours with recording: {ratio:.1f} x CPU")


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
