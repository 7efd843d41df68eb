"""JupyterLab in the folder of a class, with the panels of nbgrader that students do not see."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from autograder.course.files import Course, CourseError
from autograder.course.gradebook import own_settings, put_environment_on_path
from autograder.marking.suite import PROJECT

HERE = Path(__file__).parent  # its labconfig/ switches the panels on
FORMGRADER = "/lab?formgrader=true"  # nbgrader opens its page where the address says so


def teach(course: Course, options: Sequence[str] = ()) -> NoReturn:
    """Become a JupyterLab in the folder of the class, formgrader open. Raises CourseError where there is no class."""
    check_folder(course)
    own_settings(course)  # where they are wrong, formgrader would go on without them
    put_environment_on_path()
    before = os.environ.get("JUPYTER_CONFIG_PATH")
    # The project's nbgrader_config.py comes first, so that what the class's own says counts more.
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, [str(HERE), str(PROJECT), before]))
    os.chdir(course.root)
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", f"--LabApp.default_url={FORMGRADER}",
                              f"--LabApp.workspaces_dir={course.private / 'workspaces'}", *options])


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
