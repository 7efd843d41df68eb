"""How nbgrader is told about a course, and made to do its steps: register, record, write feedback."""

from __future__ import annotations

import functools
import logging
import os
import re
import shutil
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import nbgrader.api
from nbgrader.api import Comment, Grade, Gradebook, MissingEntry, SubmittedNotebook
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import Index
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config, PyFileConfigLoader

from autograder.course.files import RELEASE, SOURCE, STAGED, Course, CourseError, read_kept
from autograder.course.pages import configure_pages
from autograder.marking.suite import PROJECT
from autograder.sandbox.confined import confined

COURSE_ID = "perceptron-to-transformer"
STUB = 'raise NotImplementedError("your code here")'
# By these the marks of one submission are found. nbgrader has no index for them: it reads those of all others, too.
COLUMNS = (Grade.__table__.c.notebook_id, Comment.__table__.c.notebook_id, SubmittedNotebook.__table__.c.assignment_id)
INDEXES = [Index(f"autograder_{column.table.name}", column) for column in COLUMNS]


def configure(config: Config) -> Config:
    """Tell nbgrader our folders, and to let the hidden suites take the place of executing the notebook."""
    config.CourseDirectory.course_id = COURSE_ID
    config.CourseDirectory.db_url = Course.at(Path()).gradebook
    config.CourseDirectory.source_directory = os.path.relpath(PROJECT / "solutions")  # formgrader shows no others
    config.CourseDirectory.release_directory = "exercises"
    config.ClearSolutions.code_stub = {"python": STUB}
    config.ClearSolutions.text_stub = "*Write your answer here.*"
    # RestoreCells does what nbgrader's own five steps of sanitizing do, and more; the two checks of the metadata
    # that follow in nbgrader would only confirm it, at half of the whole cost.
    config.Autograde.sanitize_preprocessors = ["autograder.course.preprocessors.RestoreCells"]
    config.Autograde.autograde_preprocessors = [
        "autograder.course.preprocessors.HiddenSuite",
        "autograder.course.preprocessors.SaveMarks",
        "nbgrader.preprocessors.AssignLatePenalties",
    ]
    config.ExchangeFactory.collect = "autograder.course.exchange.Collect"
    configure_pages(config)
    return config


def _directory(course: Course, exercise: str, **folders: str) -> tuple[CourseDirectory, Config]:
    """What nbgrader knows of the course, and the settings of all its steps. folders: those with other names here."""
    config = configure(own_settings(course))
    config.CourseDirectory.root = str(course.root)
    config.CourseDirectory.db_url = course.gradebook
    config.CourseDirectory.assignment_id = exercise
    config.CourseDirectory.source_directory = SOURCE
    config.CourseDirectory.update(folders)
    return CourseDirectory(config=config), config


def share_settings(course: Course) -> None:
    """Give a class without settings of nbgrader the project's, which nbgrader's own commands and pages then follow."""
    if not course.rules.exists():
        course.rules.write_text((PROJECT / course.rules.name).read_text(encoding="utf-8"), encoding="utf-8")


def own_settings(course: Course) -> Config:
    """What the course's own nbgrader_config.py says, if there is one (late penalties, say). Raises CourseError."""
    path = course.rules
    if not path.is_file():
        return Config()
    try:
        return PyFileConfigLoader(str(path)).load_config()
    except Exception as error:  # it is a program; anything may happen
        raise CourseError(f"{path}: {type(error).__name__}: {error}") from error


def register(course: Course, exercise: str) -> None:
    """Enter the exercise as it is now into the gradebook, and write its release version into the course."""
    source = course.root / SOURCE / exercise
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    share_settings(course)
    for file in (PROJECT / "solutions" / exercise).glob("[!.]*"):
        shutil.copy(file, source)
    directory, config = _directory(course, exercise, release_directory=RELEASE)
    _run(course, GenerateAssignment(coursedir=directory, config=config, force=True), ["."])
    with open_gradebook(course) as gradebook:
        for index in INDEXES:
            index.create(gradebook.engine, checkfirst=True)


def record(course: Course, exercise: str, part: int = 0) -> None:
    """Let nbgrader enter the marks of the submissions that are staged in one part into the gradebook."""
    staged = f"{STAGED}/{part}"
    students = [p.parent.name for p in (course.root / staged).glob(f"*/{exercise}")]
    directory, config = _directory(course, exercise, submitted_directory=staged)
    with _one_engine():
        enter_extensions(course, exercise, students)
        _run(course, Autograde(coursedir=directory, config=config, force=True), students)


@contextmanager
def _one_engine() -> Iterator[None]:
    """Let nbgrader use one SQLAlchemy engine for all that it does meanwhile, and look once for its tables there.

    It makes seven for each submission, and each compiles all its queries anew: a third of the whole time.
    """
    before, tables = nbgrader.api.create_engine, nbgrader.api.Base.metadata
    nbgrader.api.create_engine = functools.cache(before)
    tables.create_all = functools.cache(tables.create_all)
    try:
        yield
    finally:
        nbgrader.api.create_engine = before
        del tables.create_all


@contextmanager
def open_gradebook(course: Course) -> Iterator[Gradebook]:
    """The gradebook; CourseError, with the remedy, where it cannot be used."""
    put_environment_on_path()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader's own affair with SQLAlchemy
        try:
            with Gradebook(course.gradebook, COURSE_ID) as gradebook:
                yield gradebook
        except SQLAlchemyError as error:
            raise CourseError(f"{course.gradebook}: {remedy(str(error)) or error}") from error


def due_dates(course: Course, exercise: str) -> dict[str, str]:
    """When the exercise is due for each student in the gradebook, extensions included; under "" for all others."""
    with open_gradebook(course) as gradebook:
        dates = {s.student_id: str(s.duedate) for s in gradebook.assignment_submissions(exercise)}
        return dates | {"": str(gradebook.find_assignment(exercise).duedate)}


def read_extensions(course: Course, exercise: str) -> dict[str, float]:
    """How many days more each student was given for an exercise (`autograder extend`). Raises CourseError.

    nbgrader keeps an extension with the submission, which it makes when it records one. Made before, it would be a
    submission of zero points of somebody who has handed in nothing; so what is given before then waits in a file.
    """
    return read_kept(course.extensions(exercise), int | float, "run autograder extend")


def extended_due_dates(course: Course, exercise: str) -> dict[str, str]:
    """When the exercise is due for each student who was given more time, before or after they handed in."""
    with open_gradebook(course) as gradebook:
        due = gradebook.find_assignment(exercise).duedate
    days = read_extensions(course, exercise) if due else {}
    return {student: str(due + timedelta(days=number)) for student, number in days.items()}


def enter_extensions(course: Course, exercise: str, students: Iterable[str]) -> None:
    """Give those students who are recorded for the first time now what was given to them before."""
    days = read_extensions(course, exercise)
    waiting = [student for student in students if student in days]
    if waiting:
        with open_gradebook(course) as gradebook:
            for student in waiting if gradebook.find_assignment(exercise).duedate else []:
                try:
                    gradebook.find_submission(exercise, student)
                except MissingEntry:
                    gradebook.update_or_create_student(student)
                    gradebook.add_submission(exercise, student, extension=timedelta(days=days[student]))


def write_feedback(course: Course, exercise: str, students: Sequence[str]) -> dict[str, str]:
    """Let nbgrader write some students' feedback pages anew; those of the others stay.

    Returns {student: why there is no page}: what students wrote can cost a converter any time and memory.
    """
    for student in students:
        shutil.rmtree(course.page(student, exercise).parent, ignore_errors=True)
    directory, config = _directory(course, exercise)
    converter = GenerateFeedback(coursedir=directory, config=config)
    _run(course, converter, [])  # of nobody: that makes it ready, once for all the children to come

    def write(student: str) -> str:
        os.chdir(course.root)
        _run(course, converter, [student], converter.convert_notebooks)
        return ""

    return {student: problem for student, (_, problem) in zip(students, confined(write, students)) if problem}


def _run(course: Course, converter: BaseConverter, students: Iterable[str], step: Callable | None = None) -> None:
    """Run one step of nbgrader for some students; CourseError with what it says where something goes wrong.

    nbgrader would look for their notebooks with patterns, and take the folder's own name for a part of one.
    """
    name = converter.coursedir.assignment_id
    places = [converter._format_source(name, student) for student in students]
    converter.init_notebooks = lambda: None
    converter.assignments = {place: [os.path.join(place, f"{name}.ipynb")] for place in places}
    put_environment_on_path()
    with _errors_of(converter.log) as errors, warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"nbgrader\.")  # its own affair with SQLAlchemy
        try:
            (step or converter.start)()
        except NbGraderException as error:
            said = "\n".join(errors)
            words = f"{course.root}: {remedy(said)}" if remedy(said) else f"nbgrader failed:\n{last_words(errors)}"
            raise CourseError(words) from error


REMEDIES = {
    r"database or disk is full|No space left on device|Disk quota exceeded":
        "the disk is full; make room, then run the same command again",
    r"readonly database": "the gradebook is read-only; make it and its folder writable",
    r"file is not a database|disk image is malformed":
        "the gradebook is damaged, or no gradebook at all; put a copy of it in its place. Without one, move the file "
        "away and grade again: marks by tests come back, marks by hand, names and due dates do not",
    r"unable to open database file": "the gradebook cannot be opened; is its folder there, and may you write in it?",
    r"database is locked": "another program is writing in the gradebook; run the same command again when it is done",
    r"no such (table|column)": "the gradebook is an older nbgrader's; keep a copy of it, then: nbgrader db upgrade",
}  # fmt: skip


def remedy(said: str) -> str:
    """What to do about an error of the gradebook, by the database's own words; nothing where they are not known."""
    return next((words for pattern, words in REMEDIES.items() if re.search(pattern, said)), "")


def last_words(errors: Iterable[str]) -> str:
    """The end of what nbgrader's log says, each traceback as its last line."""
    lines = [e.strip().splitlines()[-1] if e.startswith("Traceback") else e for e in errors if e.strip()]
    return "\n".join(lines)[-4000:]


def put_environment_on_path() -> None:
    """Let programs of this environment be found by name: nbgrader calls alembic when it makes a gradebook."""
    here, path = str(Path(sys.executable).parent), os.environ.get("PATH", "")
    if here not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([here, path])


@contextmanager
def _errors_of(log: logging.Logger) -> Iterator[list[str]]:
    """Collect what a logger and the gradebook say at level ERROR, and keep all from the screen."""
    errors: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: errors.append(record.getMessage())
    logs = {log, nbgrader.api.app_log}
    before = [(each, each.level, each.propagate) for each in logs]
    for each in logs:
        each.addHandler(handler)
        each.setLevel(logging.ERROR)
        each.propagate = False
    try:
        yield errors
    finally:
        for each, level, propagate in before:
            each.removeHandler(handler)
            each.setLevel(level)
            each.propagate = propagate
