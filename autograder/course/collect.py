"""Collect submissions: out of what others give to download, into the folders in which they are graded.

Nothing is dropped without a word, and nothing is overwritten: an earlier notebook moves away before a newer comes.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.utils import parse_utc

from autograder.course.download import File, Label, copy_number, files_in, labels, litter
from autograder.course.files import STAMP, Course, CourseError, read_kept
from autograder.course.lock import locked
from autograder.course.marks import read_people
from autograder.course.submitted import time_stamp
from autograder.course.who import Students
from autograder.marking.result import write_atomically
from autograder.marking.submission import MAX_BYTES, BadSubmission, grade_id, notebook_of, read_file, read_notebook
from autograder.marking.suite import PROJECT
from autograder.sandbox.confined import confined

STATES = ("collected", "unchanged", "replaced")  # what can become of a notebook
AT_ONCE = timedelta(minutes=10)  # a class does not hand in within so short a time; a download is made so


@dataclass
class Attempt:
    """A notebook of a download, with its author, and what was found in it."""

    source: Path
    file: File
    label: Label
    student: str
    exercise: str = ""
    digest: str = ""

    @property
    def where(self) -> str:
        """Where it lies, for people."""
        return f"{self.source.name}: {self.file.path}"

    def moment(self, zone: tzinfo) -> datetime | None:
        """When it was saved; `zone` is that of a time that has none."""
        time = self.file.time
        return time and (time if time.tzinfo else time.replace(tzinfo=zone)).astimezone(UTC)


@dataclass
class Report:
    """What became of a download: how many notebooks of each exercise, why others were not collected, remarks."""

    states: dict[str, Counter[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def table(self) -> str:
        """A row for each exercise."""
        width = max([len(exercise) for exercise in self.states] + [8])
        rows = [["exercise".ljust(width), *STATES]]
        for exercise, states in sorted(self.states.items()):
            rows.append([exercise.ljust(width), *(str(states[state]).rjust(len(state)) for state in STATES)])
        told, lost = len(self.problems) + len(self.notes), len(self.problems)
        return "\n".join([*map("  ".join, rows), f"told: {told} (not collected: {lost})"])


def collect(
    course: Course, sources: Iterable[Path], names: Mapping[str, str] | None = None, zone: tzinfo | None = None
) -> Report:
    """Put the newest notebook of each student and exercise into submitted/.

    names: whom the instructor knows by other names (`read_names`). zone: take the times in the download as those of
    handing in; where they have no zone, it is this one.
    """
    if not course.root.is_dir():
        raise CourseError(f"no folder for the course: {course.root}")
    report, students = Report(), Students(read_people(course), names or {})
    with locked(course), ExitStack() as stack:
        attempts = [a for source in sources for a in attempts_in(source, students, stack, report)]
        if zone:
            report.notes += doubts_about_times(attempts)
        known = list(recognised(attempts, report))
        groups: dict[tuple[str, str], list[Attempt]] = {}
        for attempt in known:
            groups.setdefault((attempt.exercise, attempt.student), []).append(attempt)
        chosen = [newest(group, zone or UTC, report) for _, group in sorted(groups.items())]
        deliver(course, [attempt for attempt in chosen if attempt], zone, report)
    return report


def attempts_in(source: Path, students: Students, stack: ExitStack, report: Report) -> Iterator[Attempt]:
    """The notebooks of one download whose authors are known; of everything else it is told why it is left out."""
    files = list(files_in(source, stack))
    left = [file.path for file in files if litter(file.path)]
    if left:
        report.notes.append(f"{source.name}: left out what editors and systems leave behind: {', '.join(left)}")
    files = [file for file in files if not litter(file.path)]
    if not files:
        report.problems.append(f"{source}: expected notebooks, found no file")
    report.problems += [f"{source.name}: {file.path}: {file.refused}" for file in files if file.refused]
    files = [file for file in files if not file.refused]
    unknown: dict[str, None] = {}
    for file, label in zip(files, labels([file.path for file in files])):
        try:
            student = author(file, label, students)
        except BadSubmission as error:
            report.problems.append(f"{source.name}: {file.path}: {error}")
            continue
        if students.people and student not in students.people:
            unknown[student] = None
        yield Attempt(source, file, label, student)
    if unknown:
        report.notes.append(f"{source.name}: not among the students of the gradebook: {', '.join(unknown)}")


def author(file: File, label: Label | None, students: Students) -> str:
    """The id of a notebook's author; BadSubmission where it is no notebook, or nobody's."""
    if label is None:
        raise BadSubmission("nothing says whose it is: expected a name as Moodle or Canvas write it, or a folder whose "
                            "name is the student's id")  # fmt: skip
    if label.part != "file":
        raise BadSubmission(f"it is the {label.part} of {label.shown}, no notebook")
    if not file.path.lower().endswith(".ipynb"):
        packed = "; unpack it in its place" if file.path.lower().endswith(".zip") else ""
        raise BadSubmission(f"it is no notebook (.ipynb){packed}")
    return students.find(label)


def doubts_about_times(attempts: Sequence[Attempt]) -> Iterator[str]:
    """Where the times of a download are, or may be, not those of handing in."""
    canvas = [attempt for attempt in attempts if attempt.label.system == "canvas"]
    if canvas:
        yield (f"no timestamp.txt for {len(canvas)} notebooks from Canvas: its zip has the time of the download, not "
               "that of handing in")  # fmt: skip
    others = [attempt for attempt in attempts if attempt.label.system != "canvas"]
    for source, group in itertools.groupby(others, key=lambda attempt: attempt.source):
        moments = {a.student: moment for a in group if (moment := a.moment(UTC))}
        if len(moments) > 1 and max(moments.values()) - min(moments.values()) < AT_ONCE:
            yield (f"{source.name}: all its times lie within {AT_ONCE.seconds // 60} minutes. If they are those of the "
                   "download, delete timestamp.txt beside the notebooks")  # fmt: skip


def recognised(attempts: Sequence[Attempt], report: Report) -> Iterator[Attempt]:
    """The notebooks that belong to an exercise, whatever they are called; strangers' files, so in a child process."""
    cells = exercise_cells()

    def look(attempt: Attempt) -> str:
        data = attempt.file.read()
        return json.dumps([exercise_of(notebook_of(data), cells), hashlib.sha256(data).hexdigest()])

    for attempt, (found, problem) in zip(attempts, confined(look, attempts)):
        if problem:
            report.problems.append(f"{attempt.where}: {problem}")
        else:
            attempt.exercise, attempt.digest = json.loads(found)
            yield attempt


def exercise_cells() -> dict[str, tuple[set[str], set[str]]]:
    """For each exercise the names of the cells in which students work or are tested, and those of all its cells."""
    cells = {}
    for path in sorted((PROJECT / "exercises").glob("*/*.ipynb")):
        if path.stem == path.parent.name:
            try:
                marks = {grade_id(c): c.metadata.nbgrader for c in read_notebook(path).cells if grade_id(c)}
            except BadSubmission as error:
                raise CourseError(f"{path}: {error}") from error
            own = {name for name, mark in marks.items() if mark.get("grade") or mark.get("solution")}
            cells[path.stem] = own, set(marks)
    return cells


def exercise_of(notebook: NotebookNode, cells: Mapping[str, tuple[set[str], set[str]]]) -> str:
    """The exercise that most cells belong to; exercises share some names. BadSubmission where there is none, or two."""
    names = {grade_id(cell) for cell in notebook.cells}
    shared = {exercise: (len(names & own), len(names & every)) for exercise, (own, every) in cells.items()}
    best = max(shared.values(), default=(0, 0))
    found = [exercise for exercise, share in shared.items() if share == best]
    if not best[0]:
        raise BadSubmission("it belongs to no exercise: not one of its cells is of one")
    if len(found) > 1:
        raise BadSubmission(f"its cells can be of more than one exercise: {', '.join(found)}")
    return found[0]


def newest(attempts: Sequence[Attempt], zone: tzinfo, report: Report) -> Attempt | None:
    """The one that counts of a student's notebooks of an exercise; None where nothing says which is newer."""

    def age(attempt: Attempt) -> tuple:
        moment = attempt.moment(zone) or datetime.min.replace(tzinfo=UTC)
        return attempt.label.attachment, moment, copy_number(attempt.file.path)

    *_, best = sorted(attempts, key=age)
    student, exercise = best.student, best.exercise
    report.notes += [f"{a.where}: late, says Canvas ({student}, {exercise})" for a in attempts if a.label.late]
    equal = [a for a in attempts if age(a) == age(best)]
    if len({a.digest for a in equal}) > 1:
        report.problems += [f"{a.where}: nothing says which of {student}'s {len(equal)} notebooks of {exercise} is the "
                            "newest; take the others away" for a in equal]  # fmt: skip
        return None
    report.notes += [f"{a.where}: not the newest of {student}'s for {exercise}; {best.where} counts"
                     for a in attempts if a is not best]  # fmt: skip
    return best


def deliver(course: Course, attempts: Sequence[Attempt], zone: tzinfo | None, report: Report) -> None:
    """Put each notebook in its place, and remember by which name its author's feedback goes."""
    pages = {exercise: read_pages(course, exercise) for exercise in sorted({a.exercise for a in attempts})}
    done = put_all(course, attempts, report)
    for attempt, state in done:
        report.states.setdefault(attempt.exercise, Counter())[state] += 1
        if zone and attempt.label.system != "canvas" and (moment := attempt.moment(zone)):
            folder = course.submission(attempt.student, attempt.exercise).parent
            report.notes += [f"{attempt.where}: {note}" for note in put_time(folder, moment)]
    for exercise, old in pages.items():
        keep_pages(course, exercise, old, [attempt for attempt, _ in done if attempt.exercise == exercise])


def put_all(course: Course, attempts: Sequence[Attempt], report: Report) -> list[tuple[Attempt, str]]:
    """Put each notebook in its place; returns those that lie there now, and what became of each (one of STATES).

    Strangers' zips are unpacked in a child process once more, whose answers are texts: in latin-1 any byte is a letter.
    """
    done: list[tuple[Attempt, str]] = []
    todo: list[Attempt] = []
    for attempt in attempts:
        target = course.submission(attempt.student, attempt.exercise)
        if problem := obstacle(target):
            report.problems.append(f"{attempt.where}: {problem}")
        elif digest_of(target) == attempt.digest:
            done.append((attempt, "unchanged"))
        else:
            todo.append(attempt)
    for attempt, (text, problem) in zip(todo, confined(lambda a: a.file.read().decode("latin-1"), todo)):
        data = text.encode("latin-1")
        if not problem and hashlib.sha256(data).hexdigest() != attempt.digest:
            problem = "it changed while it was read; collect again"
        if problem:
            report.problems.append(f"{attempt.where}: {problem}")
        else:
            done.append((attempt, put(course, attempt, data, report)))
    return done


def obstacle(target: Path) -> str:
    """What is in the way where a student's folders belong, in words: a link would lead us elsewhere."""
    folders = (target.parents[1], target.parent)
    taken = [folder for folder in folders if folder.is_symlink() or (os.path.lexists(folder) and not folder.is_dir())]
    return f"{taken[0]} is no folder; move it away, then collect again" if taken else ""


def put(course: Course, attempt: Attempt, data: bytes, report: Report) -> str:
    """Write a notebook into its place, which is made free before; returns what became of it, one of STATES."""
    target = course.submission(attempt.student, attempt.exercise)
    replaced = os.path.lexists(target)
    if replaced:
        moved = set_aside(course, attempt)
        report.notes.append(f"{attempt.where}: what was there before is now {' and '.join(moved)}")
    write_atomically(target, data)
    return "replaced" if replaced else "collected"


def set_aside(course: Course, attempt: Attempt) -> list[str]:
    """Move what was handed in before to where it is kept, its time stamp with it; returns where that is."""
    target = course.submission(attempt.student, attempt.exercise)
    folder = course.earlier(attempt.student, attempt.exercise)
    folder.mkdir(parents=True, exist_ok=True)
    ends = {target: ".ipynb", target.with_name(STAMP): ".timestamp.txt"}
    taken = {path.name for path in folder.iterdir()}
    number = next(n for n in itertools.count(1) if not {f"{n}{end}" for end in ends.values()} & taken)
    moved = {path: folder / f"{number}{end}" for path, end in ends.items() if os.path.lexists(path)}
    for path, place in reversed(moved.items()):  # the time first: it must not pass for that of what comes
        shutil.move(path, place)
    return [str(place.relative_to(course.root)) for place in moved.values()]


def digest_of(path: Path) -> str:
    """What tells the content of a file from any other; nothing where there is no file that can be read."""
    try:
        return hashlib.sha256(read_file(path, MAX_BYTES)).hexdigest()
    except BadSubmission:
        return ""


def put_time(folder: Path, moment: datetime) -> Iterator[str]:
    """Write down, for nbgrader, when a notebook was handed in; where something else stands there, say so."""
    path, stamp = folder / STAMP, f"{moment:%Y-%m-%d %H:%M:%S} UTC"
    if not os.path.lexists(path):
        write_atomically(path, stamp + "\n")
        return
    try:
        same = parse_utc(time_stamp(folder)) == parse_utc(stamp)
    except BadSubmission:
        same = False
    if not same:
        yield f"its timestamp.txt stays as it was; the download says {stamp}"


def keep_pages(course: Course, exercise: str, old: Mapping[str, str], attempts: Sequence[Attempt]) -> None:
    """Add to `old` by which name the feedback for these notebooks goes. A name is one student's: others lose it."""
    new = {a.student: a.label.page(exercise) for a in attempts if a.label.system != "folder"}
    kept = {student: page for student, page in old.items() if page not in new.values()}
    if new:
        write_atomically(course.collected(exercise), json.dumps(kept | new, indent=1))


def read_pages(course: Course, exercise: str) -> dict[str, str]:
    """By which name each student's feedback goes, of those whose system said so. Raises CourseError."""
    return read_kept(course.collected(exercise), str, f"collect {exercise}")
