"""The command `autograder`: release, grade, check; the commands around grading are in tools.py."""

from __future__ import annotations

import argparse
import errno
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from autograder.course.check import check
from autograder.course.files import Course, CourseError
from autograder.course.grade import Entry, Pool, grade, table
from autograder.course.marks import recorded_marks
from autograder.course.parallel import DaskPool, Kept, local_pool
from autograder.course.release import exercises, release
from autograder.marking.submission import BadSubmission
from autograder.marking.suite import PROJECT, SUITES, BadSuite, all_suites
from autograder.sandbox.outside import SandboxError
from autograder.tools import add_command, add_tools, tell
from nnlib import __version__

EXPECTED = (BadSubmission, BadSuite, CourseError, SandboxError)
REMEDIES = {
    errno.ENOSPC: "make room, then run the same command again; what was graded is kept",
    errno.EDQUOT: "make room, then run the same command again; what was graded is kept",
    errno.EISDIR: "a folder is where a file belongs; move it away, then run the same command again",
    errno.ENOTDIR: "a file is where a folder belongs; move it away, then run the same command again",
    errno.EACCES: "you may not read or write there",
    errno.EROFS: "nothing can be written there",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status (0 where all went well)."""
    options = parser().parse_args(arguments)
    try:
        if not SUITES.is_dir():  # the wheel, which may reach students
            raise CourseError(f"{PROJECT} holds neither exercises nor hidden tests. Unpack the instructors' zip, "
                              "run make lab there, and use its .venv")  # fmt: skip
        return options.command(options)
    except EXPECTED as error:
        print(f"autograder: {error}", file=sys.stderr)
    except OSError as error:
        words = [str(error.filename or ""), error.strerror or str(error), REMEDIES.get(error.errno, "")]
        print(f"autograder: {': '.join(filter(None, words))}", file=sys.stderr)
    return 2


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="autograder", description="Release, grade and check the exercises.")
    top.add_argument("--version", action="version", version=f"autograder {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    _add(commands, "release", run_release, "make exercises/ from solutions/", "autograder release adam").add_argument(
        "--check", action="store_true", help="only say whether exercises/ is up to date")
    grading = _add(commands, "grade", run_grade, "grade submitted/ into the gradebook", "autograder grade adam")
    grading.add_argument("--course", type=Path, default=Path(), metavar="FOLDER",
                         help="where gradebook.db, autograded/ and feedback/ go (default: here)")  # fmt: skip
    grading.add_argument("--submitted", type=Path, metavar="FOLDER",
                         help="holds STUDENT/EXERCISE/EXERCISE.ipynb (default: COURSE/submitted)")  # fmt: skip
    grading.add_argument("--no-feedback", action="store_true", help="write no feedback pages")
    grading.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N",
                         help="notebooks that run at the same time (default: one for each core)")  # fmt: skip
    grading.add_argument("--dask", metavar="ADDRESS", help="run them on this Dask cluster instead")
    _add(commands, "check", run_check, "prove that suites, solutions and mistakes agree", "autograder check adam")
    add_tools(commands)
    return top


def _add(
    commands: argparse._SubParsersAction, name: str, function: Callable[[argparse.Namespace], int], what: str,
    example: str,
) -> argparse.ArgumentParser:  # fmt: skip
    """Add one command that takes exercises (none: all)."""
    command = add_command(commands, name, function, what, example)
    command.add_argument("exercises", nargs="*", metavar="EXERCISE", help="default: all")
    return command


def run_release(options: argparse.Namespace) -> int:
    """`autograder release`."""
    status = 0
    for exercise in options.exercises or exercises():
        fresh = release(exercise, check_only=options.check)
        status |= options.check and not fresh
        print(f"{exercise}: {'up to date' if fresh else 'out of date' if options.check else 'released'}")
    return int(status)


def run_grade(options: argparse.Namespace) -> int:
    """`autograder grade`."""
    course = Course.at(options.course, options.submitted)
    if not course.submitted.is_dir():
        raise CourseError(f"no submissions: {course.submitted} is not a folder")
    if options.jobs < 1:
        raise CourseError(f"--jobs: expected at least 1, got {options.jobs}")
    ungraded = 0
    with closing(Kept(lambda: local_pool(options.jobs))) as kept:
        pool = cluster(options.dask) if options.dask else Pool(options.jobs, lambda: kept)
        for exercise in options.exercises or all_suites():
            entries = grade(course, exercise, feedback=not options.no_feedback, pool=pool)
            print("\n" + table(exercise, entries))
            tell_who_waits(course, exercise)
            print()
            ungraded += sum(map(tell_of, entries))
    print(f"gradebook: {course.gradebook}")
    return 1 if ungraded else 0


def cluster(address: str) -> Pool:
    """The workers of a Dask cluster, all that it has."""
    with DaskPool(address) as there:
        return Pool(there.workers, lambda: DaskPool(address))


def tell_who_waits(course: Course, exercise: str) -> None:
    """Say how many written answers a person still has to read; the table knows only what tests gave."""
    waiting = sum(mark.waiting for mark in recorded_marks(course, exercise).values())
    if waiting:
        print(f"waiting for a mark by hand: {waiting} (autograder teach --course {shlex.quote(str(course.root))})")


def tell_of(entry: Entry) -> bool:
    """Say what is missing of a submission, its mark or its page; returns whether anything is."""
    missing = [f"not graded: {entry.path}: {entry.problem}"] if entry.problem else []
    missing += [f"no feedback page: {entry.student}: {entry.no_page}"] if entry.no_page else []
    tell(missing)
    return bool(missing)


def run_check(options: argparse.Namespace) -> int:
    """`autograder check`."""
    status = 0
    for exercise in options.exercises or all_suites():
        problems = check(exercise)
        print(f"{exercise}: {'all well' if not problems else f'{len(problems)} problems'}")
        for problem in problems:
            print(f"autograder: {exercise}: {problem}", file=sys.stderr)
        status |= bool(problems)
    return status
