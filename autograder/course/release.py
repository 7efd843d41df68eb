"""Make exercises/ from solutions/, and refuse to release what gives the answer away or cannot be graded."""

from __future__ import annotations

import functools
import json
import re
import tempfile
from pathlib import Path

from nbformat import NotebookNode

from autograder.course.files import Course, CourseError
from autograder.course.gradebook import STUB, register
from autograder.marking.submission import grade_id, read_notebook
from autograder.marking.suite import PROJECT
from autograder.notebooks import canonical, problems

OWN_WORK = ("holds somebody's own work; it is not what solutions/ makes. Move the folder out of exercises/ to keep "
            "the work, then make it anew: autograder release")  # fmt: skip
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
PRIVATE = re.compile(r"(/home/|/Users/|/root/|\b[A-Z]:\\)\S*")


def exercises() -> list[str]:
    """All exercises that have a solution."""
    return sorted(path.parent.name for path in (PROJECT / "solutions").glob("*/*.ipynb"))


def released(exercise: str) -> str:
    """The text of the release notebook that belongs to the solution as it is now.

    Raises CourseError where there is no such solution or the release would leak.
    """
    source = PROJECT / "solutions" / exercise / f"{exercise}.ipynb"
    if not source.is_file():
        raise CourseError(f"no exercise {exercise!r}: expected {source}")
    course = Course.at(Path(_scratch().name))
    register(course, exercise)
    path = course.release(exercise)
    text = canonical(json.loads(path.read_text(encoding="utf-8")))
    found = leaks(read_notebook(source), read_notebook(path))
    if found:
        raise CourseError(f"{exercise} must not be released:\n  " + "\n  ".join(found))
    return text


@functools.cache
def _scratch() -> tempfile.TemporaryDirectory:
    """A folder to make releases in: one for all of them, since a new gradebook costs seconds."""
    return tempfile.TemporaryDirectory()


def leaks(solution: NotebookNode, release: NotebookNode) -> list[str]:
    """Solution lines, absolute paths, missing stubs and missing markers, in words."""
    found = []
    text = "\n".join(c.source for c in release.cells)
    outside = SOLUTION.sub("", "\n".join(c.source for c in solution.cells))
    for cell in solution.cells:
        if is_written(cell) and "### BEGIN SOLUTION" not in cell.source:  # nbgrader would leave nothing but the stub
            found.append(f"the cell {grade_id(cell)} of the solution has no line ### BEGIN SOLUTION; students would "
                         "not even get its first line")  # fmt: skip
        for block in SOLUTION.findall(cell.source):
            lines = {line.strip() for line in block.splitlines() if len(line.strip()) > 12}
            found += [f"a line of the solution is in the release: {line}" for line in lines
                      if line in text and line not in outside]  # fmt: skip
    for cell in release.cells:
        if is_written(cell) and STUB not in cell.source:
            found.append(f"the cell {grade_id(cell)} has no stub")
    return found + [f"an absolute path: {match[0]}" for match in PRIVATE.finditer(text)]


def is_written(cell: NotebookNode) -> bool:
    """Whether students write code in it."""
    return cell.cell_type == "code" and bool(cell.metadata.get("nbgrader", {}).get("solution"))


def own_work(text: str) -> bool:
    """Whether somebody has worked in an exercise: saved it, added cells, written where a stub was."""
    try:
        notebook = json.loads(text)
        marks = [(cell, cell["metadata"].get("nbgrader", {})) for cell in notebook["cells"]]
        stubs = all(STUB in "".join(c["source"]) for c, m in marks if m.get("solution") and c["cell_type"] == "code")
        return canonical(notebook) != text or bool(problems(notebook)) or not stubs
    except (ValueError, LookupError, TypeError, AttributeError):  # no notebook: nor is it ours
        return True


def release(exercise: str, check_only: bool = False) -> bool:
    """Write exercises/<exercise>/<exercise>.ipynb; returns whether it was up to date before.

    Raises CourseError where somebody's own work is there, which is never overwritten.
    """
    text = released(exercise)
    target = PROJECT / "exercises" / exercise / f"{exercise}.ipynb"
    before = target.read_text(encoding="utf-8") if target.is_file() else None
    up_to_date = before == text
    if before is not None and not up_to_date and own_work(before):
        raise CourseError(f"exercises/{exercise}/{exercise}.ipynb {OWN_WORK} {exercise}")
    if not up_to_date and not check_only:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return up_to_date
