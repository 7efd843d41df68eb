"""How nbgrader is told about a course, and made to do its steps: register, record, write feedback."""

from __future__ import annotations

import functools
import logging
import os
import shutil
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbgrader.api
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

from autograder.course.files import RELEASE, STAGED, Course, CourseError
from autograder.marking.suite import PROJECT

COURSE_ID = "perceptron-to-transformer"
STUB = 'raise NotImplementedError("your code here")'


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
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
    ]
    return config


def _directory(course: Course, exercise: str, **folders: str) -> tuple[CourseDirectory, Config]:
    """Return nbgrader's view of the course."""
    config = configure(own_settings(course))
    config.CourseDirectory.root = str(course.root)
    config.CourseDirectory.db_url = course.gradebook
    config.CourseDirectory.assignment_id = exercise
    config.CourseDirectory.source_directory = os.path.relpath(PROJECT / "solutions", course.root)
    config.CourseDirectory.update(folders)
    return CourseDirectory(config=config), config


def own_settings(course: Course) -> Config:
    """What the course's own nbgrader_config.py says, if there is one (late penalties, say). Raises CourseError."""
    path = course.rules
    if not path.is_file():
        return Config()
    try:
        return PyFileConfigLoader(path.name, str(path.parent)).load_config()
    except Exception as error:  # it is a program; anything may happen
        raise CourseError(f"{path}: {type(error).__name__}: {error}") from error


def register(course: Course, exercise: str) -> None:
    """Enter the exercise as it is now into the gradebook, and write its release version into the course."""
    course.private.mkdir(parents=True, exist_ok=True)
    directory, config = _directory(course, exercise, release_directory=RELEASE)
    _run(GenerateAssignment(coursedir=directory, config=config, force=True))


def record(course: Course, exercise: str, part: int = 0) -> None:
    """Let nbgrader enter the marks of the submissions that are staged in one part into the gradebook."""
    directory, config = _directory(course, exercise, submitted_directory=f"{STAGED}/{part}")
    with _one_engine():
        _run(Autograde(coursedir=directory, config=config, force=True))


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


def due_dates(course: Course, exercise: str) -> dict[str, str]:
    """When the exercise is due for each student in the gradebook, extensions included; under "" for all others."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Gradebook(course.gradebook, COURSE_ID) as gradebook:
            dates = {s.student_id: str(s.duedate) for s in gradebook.assignment_submissions(exercise)}
            return dates | {"": str(gradebook.find_assignment(exercise).duedate)}


def write_feedback(course: Course, exercise: str, students: Iterable[str]) -> None:
    """Let nbgrader write some students' feedback pages anew; those of the others stay."""
    for student in students:
        shutil.rmtree(course.root / "feedback" / student / exercise, ignore_errors=True)
    directory, config = _directory(course, exercise)
    _run(GenerateFeedback(coursedir=directory, config=config))


def _run(converter: GenerateAssignment | Autograde | GenerateFeedback) -> None:
    """Run one nbgrader step; CourseError with the end of its own log where something goes wrong."""
    put_environment_on_path()
    with _errors_of(converter.log) as errors, warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"nbgrader\.")  # its own affair with SQLAlchemy
        try:
            converter.start()
        except NbGraderException as error:
            raise CourseError("nbgrader failed:\n" + "\n".join(errors)[-4000:]) from error


def put_environment_on_path() -> None:
    """Let programs of this environment be found by name: nbgrader calls alembic when it makes a gradebook."""
    here, path = str(Path(sys.executable).parent), os.environ.get("PATH", "")
    if here not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([here, path])


@contextmanager
def _errors_of(log: logging.Logger) -> Iterator[list[str]]:
    """Collect what a logger says at level ERROR, and keep the rest from the screen."""
    errors: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: errors.append(record.getMessage())
    level, propagate = log.level, log.propagate
    log.addHandler(handler)
    log.setLevel(logging.ERROR)
    log.propagate = False
    try:
        yield errors
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
        log.propagate = propagate
