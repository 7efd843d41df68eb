"""JupyterLab in the folder of a class, with the panels of nbgrader that students do not see."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from traitlets.config import Config

from autograder.course.files import Course, CourseError
from autograder.course.gradebook import own_settings, put_environment_on_path, share_settings
from autograder.course.pages import configure_pages
from autograder.marking.suite import PROJECT

HERE = Path(__file__).parent  # its labconfig/ switches the panels on
MARKING = "/formgrader/gradebook"  # no query: Jupyter writes ?token=... behind it, into the address to copy


def teach(course: Course, options: Sequence[str] = ()) -> NoReturn:
    """Become a Jupyter in the folder of the class, at what waits for a mark. Raises CourseError where there is none."""
    check_folder(course)
    check_settings(course)
    put_environment_on_path()
    before = os.environ.get("JUPYTER_CONFIG_PATH")
    # The project's nbgrader_config.py comes first, so that what the class's own says counts more.
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, [str(HERE), str(PROJECT), before]))
    os.chdir(course.root)
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", f"--LabApp.default_url={MARKING}",
                              f"--LabApp.workspaces_dir={course.private / 'workspaces'}", *options])


def check_settings(course: Course) -> None:
    """CourseError where the class's settings are wrong, or formgrader would run what is in students' notebooks."""
    share_settings(course)  # formgrader takes its template from this file alone
    wanted = configure_pages(Config()).HTMLExporter
    found = own_settings(course).HTMLExporter
    if any(found.get(name) != value for name, value in wanted.items()):
        raise CourseError(
            f"{course.rules}: without the lines of the project's nbgrader_config.py, formgrader would run what is in "
            "students' notebooks; add them, and leave HTMLExporter as they set it"
        )


def check_folder(course: Course) -> None:
    """CourseError where the folder is not that of a class."""
    if not course.root.is_dir():
        raise CourseError(f"--course: expected the folder of a class, but there is no folder {course.root}")
    if glob.has_magic(str(course.root)):
        raise CourseError(f"--course: formgrader takes [ ] * ? in a path for a pattern; rename {course.root}")
    rules = course.rules.is_file() and course.root != PROJECT  # the project's own are there to be copied
    if not (rules or course.submitted.is_dir() or (course.root / "gradebook.db").is_file()):
        raise CourseError(
            "--course: expected the folder of a class, with submitted/, gradebook.db or its own nbgrader_config.py; "
            f"{course.root} is not one. A new class begins with a copy of the project's nbgrader_config.py"
        )
