"""Read what a student handed in, and put it back into the exercise's own frame.

Students delete, copy and edit cells. `restore` undoes what must not matter: locked cells and test cells get
the exercise's text back, missing ones return to their places, copies become ordinary cells, and metadata that
claims to be something else goes. The student's own code stays as it is.
"""

from __future__ import annotations

import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

MAX_BYTES = 20 << 20  # a notebook saved with all its output can be large; beyond this it is no notebook
MAX_CELLS = 2000
MAX_CODE, MAX_TEXT = 1_000_000, 100_000  # characters of all code, of all text; converters are slow with more
KEPT = ("cell_type", "source", "attachments", "input", "code", "text", "level", "language")  # of a cell, in any format
MARK = ("grade_id", "grade", "solution", "locked", "task", "points", "schema_version", "cell_type", "checksum")
SURROGATE = re.compile(r"[\ud800-\udfff]")  # half a character: JSON can hold it, no file can
UNGRADED = "ungraded"  # the tag of given cells that the grader need not run
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}


class BadSubmission(ValueError):
    """The file cannot be graded; the message says why in words for an instructor."""


@dataclass(frozen=True)
class Cell:
    """A code cell that will be run: its name (grade id, or position in words), source and position."""

    name: str
    source: str
    position: int


def read_file(path: Path, most: int) -> bytes:
    """A file that a student handed in; BadSubmission where it is no ordinary file, or one of over `most` bytes.

    It is opened so that a pipe, a device or a link can neither stop us nor lead us elsewhere.
    """
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise BadSubmission("it is no ordinary file")
            data = file.read(most + 1)
    except IsADirectoryError as error:
        raise BadSubmission("it is no ordinary file") from error
    except OSError as error:
        raise BadSubmission(f"cannot be read: {error.strerror}") from error
    if len(data) > most:
        raise BadSubmission(f"larger than {most >> 20} MiB" if most >> 20 else f"larger than {most} bytes")
    return data


def read_notebook(path: Path) -> NotebookNode:
    """The notebook in `path`, any nbformat version; BadSubmission where it is none.

    Files of students are read in a child process (`confined`): JSON alone can take a hundred times its size.
    """
    return notebook_of(read_file(path, MAX_BYTES))


def notebook_of(data: bytes) -> NotebookNode:
    """The notebook that a file with this content holds; see `read_notebook`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadSubmission(f"cannot be read: {error}") from error
    if not text.strip():
        raise BadSubmission("the file is empty")
    try:
        raw = json.loads(text)
        if not isinstance(raw, dict) or "nbformat" not in raw:
            raise ValueError("it has no notebook format")
        cells = [_bare(cell, number) for number, cell in enumerate(_cells(raw)) if _source(cell) is not None]
    except (BadSubmission, MemoryError):
        raise
    except Exception as error:  # nbformat stumbles in many ways over what a file can hold
        raise BadSubmission(f"not a notebook: {str(error).partition(chr(10))[0][:200]}") from error
    for what, most in (("code", MAX_CODE), ("text", MAX_TEXT)):
        if sum(len(c.source) for c in cells if (c.cell_type == "code") == (what == "code")) > most:
            raise BadSubmission(f"more than {most:,} characters of {what}")
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata=NotebookNode(), cells=cells)


def _cells(raw: dict) -> list[dict]:
    """The cells of a notebook of any version, in the present form: nbformat only sees what is needed of old ones."""
    present, sheets = raw["nbformat"] == 4, raw.get("worksheets", [])
    lists = [raw["cells"]] if present else [raw.get("cells", []), *(sheet["cells"] for sheet in sheets)]
    if sum(map(len, lists)) > MAX_CELLS:
        raise BadSubmission(f"more than {MAX_CELLS} cells")
    if present:
        return [_pruned(cell) for cell in raw["cells"]]
    own, *sheets = [[_pruned(cell) for cell in cells] for cells in lists]
    old = {"nbformat": raw["nbformat"], "nbformat_minor": raw.get("nbformat_minor", 0), "metadata": {},
           "cells": own, "worksheets": [{"cells": cells} for cells in sheets]}  # fmt: skip
    return nbformat.convert(nbformat.from_dict(old), 4)["cells"]


def _bare(cell: dict, number: int) -> NotebookNode:
    """A valid cell with what is looked at later, and nothing else: its kind, text, pictures, mark and tag."""
    kind, pictures = cell.get("cell_type"), cell.get("attachments")
    bare = _new(kind if kind in ("code", "raw") else "markdown", _source(cell))
    bare.id = f"cell-{number}"
    if kind != "code" and isinstance(pictures, dict) and all(_is_picture(*item) for item in pictures.items()):
        bare.attachments = pictures
    bare.metadata = NotebookNode({key: NotebookNode(value) if key == "nbgrader" else value
                                  for key, value in cell["metadata"].items() if key in ("nbgrader", "tags")})
    return bare


def _new(kind: str, source: str | None) -> NotebookNode:
    """An empty cell. nbformat's own functions would validate each, which takes longer than all the rest."""
    cell = NotebookNode(cell_type=kind, source=source, metadata=NotebookNode())
    if kind == "code":
        cell |= {"outputs": [], "execution_count": None}
    return cell


def _is_picture(name: str, picture: object) -> bool:
    """Whether this is an attachment: contents by MIME type."""
    if not isinstance(picture, dict) or not all(isinstance(content, str) for content in picture.values()):
        return False
    return not any(map(SURROGATE.search, [name, *picture.keys(), *picture.values()]))


def _pruned(cell: dict) -> dict:
    """A cell with what is needed of it: not its outputs, and of its metadata no more than our mark and our tag."""
    metadata = cell.get("metadata")
    mark, tags = (metadata.get("nbgrader"), metadata.get("tags")) if isinstance(metadata, dict) else (None, None)
    kept = {}
    if isinstance(mark, dict):
        kept["nbgrader"] = {key: mark[key] for key in MARK if isinstance(mark.get(key), (str, int, float))}
    if isinstance(tags, list) and UNGRADED in tags:
        kept["tags"] = [UNGRADED]
    return {key: cell[key] for key in KEPT if key in cell} | {"metadata": kept, "outputs": []}


def _source(cell: dict) -> str | None:
    """A cell's text, or None where it has none."""
    source = cell.get("source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    return SURROGATE.sub("?", source) if isinstance(source, str) else None


def grade_id(cell: NotebookNode) -> str | None:
    """The name that nbgrader's metadata give this cell, if any."""
    metadata = cell.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = mark.get("grade_id") if isinstance(mark, dict) else None
    return name if isinstance(name, str) else None


def is_test(cell: NotebookNode) -> bool:
    """Whether this is a test cell, which gives points for what stands elsewhere (a written answer gives its own)."""
    mark = cell.metadata.get("nbgrader", {})
    return bool(mark.get("grade")) and not mark.get("solution")


def restore(submitted: NotebookNode, release: NotebookNode) -> NotebookNode:
    """`submitted` in the frame of `release`: exactly its nbgrader cells, in a valid notebook.

    Of several copies of a cell the last keeps its name, as in nbgrader; the others become ordinary cells.
    Raises BadSubmission where not one cell belongs to this exercise.
    """
    frame = {grade_id(c): c for c in release.cells if grade_id(c)}
    ungraded = {c.source for c in release.cells if UNGRADED in c.metadata.get("tags", [])}
    last = {grade_id(c): i for i, c in enumerate(submitted.cells) if grade_id(c) in frame}
    own = {name for name, c in frame.items() if c.metadata.nbgrader["grade"] or c.metadata.nbgrader["solution"]}
    if not own & last.keys():
        raise BadSubmission("not one of its cells belongs to this exercise; is it another exercise's notebook?")
    cells = []
    for i, cell in enumerate(submitted.cells):
        name = grade_id(cell)
        cells.append(_rebuilt(cell, frame[name] if last.get(name) == i else None))
        if cell.source in ungraded:
            cells[-1].metadata["tags"] = [UNGRADED]
    _insert_missing(cells, frame)
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    return new_notebook(cells=cells, metadata={"kernelspec": KERNELSPEC})


def _rebuilt(cell: NotebookNode, original: NotebookNode | None) -> NotebookNode:
    """A clean copy of a student's cell; with `original`, as that cell of the exercise."""
    text = cell.source
    if original is None:
        return _new("code" if cell.get("cell_type") == "code" else "markdown", text)
    if not original.metadata.nbgrader["solution"]:
        text = original.source
    rebuilt = _new("code" if original.cell_type == "code" else "markdown", text)
    rebuilt.metadata.nbgrader = NotebookNode(original.metadata.nbgrader)
    if original.cell_type == "markdown" and "attachments" in cell:
        rebuilt["attachments"] = cell["attachments"]  # pictures of a written answer
    return rebuilt


def _insert_missing(cells: list[NotebookNode], frame: dict[str, NotebookNode]) -> None:
    """Put the exercise's cells that are not in `cells` behind the one they follow in the exercise."""
    place = 0
    for name, original in frame.items():
        here = [i for i, c in enumerate(cells) if grade_id(c) == name]
        if not here:
            note = f"# The cell {name} was missing from the submission."
            gone = original | {"source": note} if original.cell_type == "code" else original
            cells.insert(place, _rebuilt(NotebookNode(gone), original))
            here = [place]
        place = here[0] + 1


def code_to_run(notebook: NotebookNode) -> list[Cell]:
    """The code cells of a restored notebook that make up the student's state.

    All but the test cells, and those that the exercise gives and tags as of no use to the grader (figures).
    """
    cells = []
    for number, cell in enumerate(notebook.cells):
        for_the_eye = UNGRADED in cell.metadata.get("tags", [])
        if cell.cell_type == "code" and cell.source.strip() and not is_test(cell) and not for_the_eye:
            cells.append(Cell(grade_id(cell) or f"number {number + 1}", cell.source, number))
    return cells
