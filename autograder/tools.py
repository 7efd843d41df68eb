"""The commands around grading: collect, extend, report, export, handback, teach, bundle, doctor."""

from __future__ import annotations

import argparse
import os
import stat
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from autograder.course.bundle import ROOT, bundle
from autograder.course.collect import collect
from autograder.course.doctor import Finding, attacks, limits, machine
from autograder.course.export import FORMATS, export, warnings_about
from autograder.course.extend import extend
from autograder.course.files import Course, CourseError
from autograder.course.handback import handback
from autograder.course.marks import read_marks
from autograder.course.report import report
from autograder.course.teach import teach
from autograder.course.who import read_names
from autograder.marking.suite import PROJECT
from autograder.marking.wording import printable


def add_tools(commands: argparse._SubParsersAction) -> None:
    """Add the commands to the command line."""
    inbox = add_command(commands, "collect", run_collect, "put what students handed in elsewhere into submitted/",
                        "autograder collect moodle.zip --course my-class")  # fmt: skip
    inbox.add_argument("sources", nargs="+", type=Path, metavar="SOURCE",
                       help="a zip or folder from Moodle or Canvas, or a folder with one for each student")  # fmt: skip
    _course(inbox)
    inbox.add_argument("--names", type=Path, metavar="CSV", help="columns name,id: who is who, where it is not known")
    inbox.add_argument("--times", type=_zone, metavar="ZONE", help="take the times in the download as those of handing "
                       "in; where they have no zone, in this one, such as Europe/Berlin")  # fmt: skip
    more = add_command(commands, "extend", run_extend, "give students more time",
                       "autograder extend more.csv --course my-class")  # fmt: skip
    more.add_argument("table", type=Path, metavar="CSV", help="columns id,exercise,days; 0 takes an extension back")
    _course(more)
    page = add_command(commands, "report", run_report, "write one HTML page about the class",
                       "autograder report adam --course my-class")  # fmt: skip
    _about_a_course(page)
    page.add_argument("--out", type=Path, metavar="FILE", help="default: COURSE/report.html")
    file = add_command(commands, "export", run_export, "write the scores for another system",
                       'autograder export --format canvas --title "adam=Adam (4711)" --out scores.csv')  # fmt: skip
    _about_a_course(file)
    file.add_argument("--format", choices=FORMATS, default="csv", help="default: csv")
    file.add_argument("--title", action="append", default=[], metavar="EXERCISE=TITLE", type=_title,
                      help="what the exercise is called over there; may be given more than once")  # fmt: skip
    file.add_argument("--out", type=Path, metavar="FILE", help="default: print the file")
    pages = add_command(commands, "handback", run_handback, "put all feedback pages into one zip for another system",
                        "autograder handback adam --course my-class --out feedback.zip")  # fmt: skip
    pages.add_argument("exercise", metavar="EXERCISE")
    _course(pages)
    pages.add_argument("--out", type=Path, metavar="FILE", required=True, help="the zip")
    desk = add_command(commands, "teach", run_teach, "open a class's folder in JupyterLab, to mark by hand",
                       "autograder teach --course my-class")  # fmt: skip
    desk.add_argument("--course", type=_folder, default=Path(), metavar="FOLDER", help="default: here")
    desk.add_argument("options", nargs="*", metavar="-- OPTION", help="handed to JupyterLab")
    students = add_command(commands, "bundle", run_bundle, "make the zip that students get",
                           "autograder bundle --out course.zip")  # fmt: skip
    students.add_argument("--out", type=Path, metavar="FILE", default=PROJECT / "build" / f"{ROOT}.zip",
                          help=f"default: build/{ROOT}.zip")  # fmt: skip
    health = add_command(commands, "doctor", run_doctor, "try whether this machine isolates student code",
                         "autograder doctor")  # fmt: skip
    health.add_argument("--no-attacks", action="store_true",
                        help="try the limits only (seconds; the attacks take minutes)")  # fmt: skip


def add_command(
    commands: argparse._SubParsersAction, name: str, function: Callable[[argparse.Namespace], int], what: str,
    example: str,
) -> argparse.ArgumentParser:  # fmt: skip
    """Add one command, which `function` runs."""
    command = commands.add_parser(name, help=what, description=what.capitalize() + ".", epilog=f"Example: {example}")
    command.set_defaults(command=function)
    return command


def _about_a_course(command: argparse.ArgumentParser) -> None:
    """The arguments of a command that reads a gradebook."""
    command.add_argument("exercises", nargs="*", metavar="EXERCISE", help="default: all in the gradebook")
    _course(command)


def _course(command: argparse.ArgumentParser) -> None:
    """The folder in which a class is graded."""
    command.add_argument("--course", type=Path, default=Path(), metavar="FOLDER",
                         help="holds gradebook.db (default: here)")  # fmt: skip


def _title(text: str) -> tuple[str, str]:
    """EXERCISE=TITLE, taken apart."""
    exercise, equals, title = text.partition("=")
    if not (exercise and equals and title):
        raise argparse.ArgumentTypeError(f"expected EXERCISE=TITLE, got {text!r}")
    return exercise, title


def _zone(text: str) -> ZoneInfo:
    """A time zone by its name."""
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise argparse.ArgumentTypeError(f"expected a time zone such as Europe/Berlin, got {text!r}") from error


def _folder(text: str) -> Path:
    """A folder that is named, and not just an empty text, which would be here."""
    if not text:
        raise argparse.ArgumentTypeError("expected the folder of a class, got ''. Example: make teach COURSE=../term")
    return Path(text)


def run_collect(options: argparse.Namespace) -> int:
    """`autograder collect`."""
    names = read_names(options.names) if options.names else {}
    report = collect(Course.at(options.course), options.sources, names, options.times)
    tell([*report.notes, *(f"not collected: {problem}" for problem in report.problems)])
    print(report.table())
    return int(bool(report.problems))


def run_extend(options: argparse.Namespace) -> int:
    """`autograder extend`."""
    given = extend(Course.at(options.course), options.table)
    for words in given.lines:
        print(printable(words))
    tell(f"not extended: {problem}" for problem in given.problems)
    return int(bool(given.problems))


def run_handback(options: argparse.Namespace) -> int:
    """`autograder handback`."""
    pages = handback(Course.at(options.course), options.exercise)
    _write(options.out, pages.content)
    tell([*pages.notes, *(f"no page: {problem}" for problem in pages.problems)])
    print(f"feedback: {options.out} ({len(pages.students)} pages)")
    return int(bool(pages.problems))


def run_report(options: argparse.Namespace) -> int:
    """`autograder report`."""
    course = Course.at(options.course)
    page = report(course, options.exercises)
    out = options.out or course.root / "report.html"
    _write(out, page)
    print(f"report: {out}")
    return 0


def run_export(options: argparse.Namespace) -> int:
    """`autograder export`."""
    marks = read_marks(Course.at(options.course), options.exercises)
    text = export(marks, options.format, dict(options.title))
    if options.out:
        _write(options.out, text)
        print(f"scores: {options.out}")
    else:
        sys.stdout.write(text)
    tell(warnings_about(marks, options.format))
    return 0


def run_teach(options: argparse.Namespace) -> NoReturn:
    """`autograder teach`."""
    teach(Course.at(options.course), options.options)


def run_bundle(options: argparse.Namespace) -> int:
    """`autograder bundle`."""
    content = bundle()
    try:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_bytes(content)
    except OSError as error:
        raise CourseError(f"cannot write {options.out}: {error.strerror}") from error
    print(f"bundle: {options.out} ({len(content) / 1e6:.1f} MB)")
    return 0


def run_doctor(options: argparse.Namespace) -> int:
    """`autograder doctor`."""
    for name, words in machine():
        print(f"{name:<17}{words}")
    broken: list[Finding] = []
    for finding in limits():
        _show(finding, broken)
    if not options.no_attacks:
        attacks(lambda finding: _show(finding, broken))
    if broken:
        names = ", ".join(finding.what for finding in broken)
        print(f"autograder: did not hold: {names}. Do not grade on this machine", file=sys.stderr)
    else:
        print("\neverything held")
    return int(bool(broken))


def _show(finding: Finding, broken: list[Finding]) -> None:
    """Print a line about one thing that was tried, and keep it where it is broken."""
    verdict = "held" if finding.held else "BROKEN"
    print(f"{verdict:<8}{finding.what:<28}{finding.tried}: {finding.happened}", flush=True)
    if not finding.held:
        broken.append(finding)


def tell(lines: Iterable[str]) -> None:
    """Say something about each of several things, on stderr."""
    for words in lines:
        print(printable(f"autograder: {words}"), file=sys.stderr)


def _write(path: Path, content: str | bytes) -> None:
    """Write a file of student data, readable for its owner alone. Raises CourseError."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            if stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # and not /dev/null, whose rights belong to all
                os.fchmod(file.fileno(), 0o600)
            file.write(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise CourseError(f"cannot write {path}: {error.strerror}") from error
