"""What lies in submitted/: who handed something in, whether nbgrader can take it, and its notes beside a notebook."""

from __future__ import annotations

import os
from pathlib import Path

from nbgrader.utils import parse_utc

from autograder.course.files import SECRET, STAMP
from autograder.marking.submission import BadSubmission, read_file

LONGEST_NOTE = 1000  # bytes of what nbgrader writes beside a notebook


def holds(folder: Path, exercise: str) -> bool:
    """Whether there is anything of the exercise in a student's folder, be it what it may; then it must be told of."""
    try:
        os.lstat(folder / exercise)
        return True
    except (FileNotFoundError, NotADirectoryError):
        return folder.is_symlink() and not folder.exists()
    except OSError:
        return True


def check_names(notebook: Path) -> None:
    """BadSubmission where the names or kinds of the files are such that nbgrader must not see them."""
    exercise, folder = notebook.parent, notebook.parents[1]
    if not fits_nbgrader(folder.name):
        raise BadSubmission("the folder's name has characters that nbgrader cannot take; rename it")
    if folder.is_symlink() or exercise.is_symlink() or notebook.is_symlink():
        raise BadSubmission("it is a symbolic link, not a file")
    if not os.path.lexists(notebook):
        others = ", ".join(sorted(repr(p.name) for p in exercise.glob("*"))[:5]) if exercise.is_dir() else ""
        raise BadSubmission(f"there is no file {notebook.name} (found: {others or 'nothing'})")


def fits_nbgrader(name: str) -> bool:
    """Whether nbgrader can take a student's folder of this name."""
    return name.isprintable() and not name.startswith(".") and not set(name) & set('{}*?[]<"')


def time_stamp(folder: Path) -> str:
    """What nbgrader's timestamp.txt says about when a submission was handed in, if it is there.

    BadSubmission where it holds no date: nbgrader would stop, or a late submission would count as punctual.
    """
    path = folder / STAMP
    if not os.path.lexists(path):
        return ""
    try:
        text = read_file(path, LONGEST_NOTE).decode().strip()
        parse_utc(text)
    except Exception as error:  # dateutil stumbles in many ways, too
        raise BadSubmission("its timestamp.txt holds no date") from error
    return text


def secret(folder: Path) -> str:
    """What nbgrader's exchange has put beside a submission, if it did; by it students find their feedback there."""
    path = folder / SECRET
    return read_file(path, LONGEST_NOTE).decode(errors="replace") if os.path.lexists(path) else ""
