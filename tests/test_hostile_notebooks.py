"""Notebook files that no editor has written: each is read, or refused with a line, and stops nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.course.files import Course
from autograder.course.marks import read_marks
from autograder.course.submitted import time_stamp
from autograder.marking import submission
from autograder.marking.exercise import release_notebook, solution_notebook, with_cells
from autograder.marking.submission import BadSubmission, code_to_run, grade_id, read_notebook, restore
from autograder.marking.suite import PROJECT

RELEASE = release_notebook("adam")
MARKS = {grade_id(c): c.metadata.nbgrader for c in RELEASE.cells if grade_id(c)}
ADAM = {"cell_type": "code", "source": "x = 1", "metadata": {"nbgrader": {"grade_id": "adam"}}, "outputs": []}
WORDS = st.sampled_from([*MARKS, "x", "", "half a \ud800", "nbgrader", "code", "markdown", "raw", "ungraded"])
FIELDS = st.sampled_from(["nbgrader", "grade_id", "source", "cell_type", "metadata", "tags", "attachments", "outputs",
                          "id", "points", "solution", "execution_count", "collapsed", "a.png"])  # fmt: skip
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=3),
    max_leaves=5,
)
MARK = st.builds(lambda mark, more: mark | more, st.sampled_from(list(MARKS.values())), st.dictionaries(FIELDS, JUNK))
CELL = st.builds(
    lambda kind, source, mark, more, metadata: {
        "cell_type": kind, "source": source, "metadata": {"nbgrader": mark, **metadata}, "outputs": [], **more},
    st.sampled_from(["code", "code", "markdown", "raw", "heading", "other"]), WORDS | st.lists(WORDS), MARK,
    st.dictionaries(FIELDS, JUNK, max_size=3), st.dictionaries(FIELDS, JUNK, max_size=2))  # fmt: skip
NOTEBOOK = st.builds(
    lambda cells, version, minor, metadata: {
        "nbformat": version, "nbformat_minor": minor, "metadata": metadata, "cells": cells,
        "worksheets": [{"cells": cells}]},
    st.lists(CELL, max_size=4) | JUNK, st.sampled_from([4, 4, 4, 4, 3, 2, 1, 5, -1, "4", 4.0, None]),
    st.sampled_from([5, 4, 0, 99, "5", None]), JUNK)  # fmt: skip


@pytest.fixture
def file(tmp_path):
    """Writes a notebook and returns its path."""

    def write(content):
        path = tmp_path / "adam.ipynb"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


def notebook(*cells, **more):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **more}


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(content=NOTEBOOK)
def test_any_json_is_a_notebook_or_refused(file, content):
    try:
        restored = restore(read_notebook(file(content)), RELEASE)
    except BadSubmission as problem:
        assert str(problem).isprintable() and len(str(problem)) < 400
        return
    nbformat.validate(restored)
    nbformat.writes(restored).encode()
    assert {grade_id(c): c.metadata.nbgrader for c in restored.cells if grade_id(c)} == MARKS
    names = [cell.name for cell in code_to_run(restored)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("content", [
    "[" * 100_000, '{"nbformat": 4, "cells": ' + "[" * 100_000 + "]" * 100_000 + "}",
    '{"nbformat": 4, "metadata": ' + '{"a":' * 5000 + "1" + "}" * 5000 + ', "cells": []}',
    '{"nbformat": ' + "9" * 5000 + "}",
    '{"nbformat": 1e999, "cells": []}', '"nbformat"', "NaN", notebook(*[ADAM] * (submission.MAX_CELLS + 1)),
    notebook(*[ADAM] * (submission.MAX_CELLS + 1), nbformat=3, worksheets=[]), notebook(nbformat=3, worksheets=[5]),
    notebook(ADAM, ADAM | {"cell_type": "markdown", "source": "x" * (submission.MAX_TEXT + 1)}),
    notebook(ADAM, ADAM | {"source": ["x" * 1000] * (submission.MAX_CODE // 1000)}),
    " " * submission.MAX_BYTES + json.dumps(notebook(ADAM)),
], ids=["deep", "deep cells", "deep metadata", "long number", "infinite", "text", "nan", "too many cells",
        "too many old cells", "no sheet", "long text", "much code", "large"])  # fmt: skip
def test_refused(file, content):
    with pytest.raises(BadSubmission):
        restore(read_notebook(file(content)), RELEASE)


def test_half_characters_become_question_marks(file):
    (cell,) = read_notebook(file(notebook(ADAM | {"source": "x = '\ud83d'"}))).cells
    assert cell.source == "x = '?'"


def test_pictures_stay_and_what_is_none_goes(file):
    good, bad = {"a.png": {"image/png": "aGVsbG8="}}, {"a.png": {"image/png": 5}, "b": []}
    text = {"cell_type": "markdown", "source": "see", "metadata": {"nbgrader": {"grade_id": "explain-adam"}}}
    for pictures, kept in ((good, good), (bad, None), ("a.png", None), ({"\ud800": good["a.png"]}, None)):
        restored = restore(read_notebook(file(notebook(text | {"attachments": pictures}))), RELEASE)
        (cell,) = [c for c in restored.cells if grade_id(c) == "explain-adam"]
        assert cell.get("attachments") == kept


@pytest.mark.parametrize("content", [b"", b"yesterday", b"\xff", b"9" * 30, b"9999999999-99-99 99:99 UTC", b"x" * 2000])
def test_a_time_stamp_that_is_no_date_is_refused(tmp_path, content):
    assert time_stamp(tmp_path) == ""
    (tmp_path / "timestamp.txt").write_bytes(content)
    with pytest.raises(BadSubmission, match="no date"):
        time_stamp(tmp_path)


def test_a_time_stamp_that_leads_elsewhere_is_refused(tmp_path):
    (tmp_path / "timestamp.txt").symlink_to("/etc/hostname")
    with pytest.raises(BadSubmission, match="no date"):
        time_stamp(tmp_path)


def test_a_good_time_stamp_is_kept(tmp_path):
    (tmp_path / "timestamp.txt").write_text("2026-03-01 12:00:00.5 UTC\n")
    assert time_stamp(tmp_path) == "2026-03-01 12:00:00.5 UTC"


# From end to end --------------------------------------------------------------------------------------------

SOLUTION = solution_notebook("adam", RELEASE)
WRITTEN = json.dumps(SOLUTION)


def pipe(path):
    os.mkfifo(path)


def link(target):
    return lambda path: path.symlink_to(target)


def inside(values):
    """A good notebook with that in its metadata."""
    return lambda path: path.write_text(WRITTEN.replace('"metadata": {', f'"metadata": {{"x": [{values}], ', 1))


def stamped(make):
    """A good notebook with a time stamp that is made like that."""

    def write(path):
        path.write_text(WRITTEN)
        make(path.with_name("timestamp.txt"))

    return write


def with_answer(text):
    return lambda path: path.write_text(json.dumps(with_cells(SOLUTION, {"explain-adam": text})))


# how it is made, and the reason for which it is refused; without one it may also be graded
HOSTILE = {
    "60 MB of lists": (inside(",".join(["[]"] * 20_000_000)), "larger than 20 MiB"),
    "20 MB of dicts": (inside(",".join(["{}"] * 6_600_000)), None),
    "20 MB of deep lists": (inside("[" * 10_000_000), "not a notebook"),
    "20 MB of numbers": (inside(",".join(["1"] * 9_900_000)), None),
    "formulas without an end": (with_answer("\\begin{a} " * 18_000), "more than 100,000 characters of text"),
    "some formulas without an end": (with_answer("\\begin{a} " * 2_000), None),
    "a pipe": (pipe, "no ordinary file"),
    "a folder": (Path.mkdir, "no ordinary file"),
    "a link to a device": (link("/dev/zero"), "symbolic link"),
    "a link to itself": (lambda path: path.symlink_to(path), "symbolic link"),
    "a pipe as time stamp": (stamped(pipe), "holds no date"),
    "a folder as time stamp": (stamped(Path.mkdir), "holds no date"),
    "a device as time stamp": (stamped(link("/dev/zero")), "holds no date"),
}
MEASURED = r"""
import re, sys
from autograder.cli import main
status = main(sys.argv[1:])
print("kB:", re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1])
sys.exit(status)
"""


@pytest.mark.sandbox
def test_each_costs_itself_alone_and_the_grader_little_memory(tmp_path):
    """All in one class, a good submission behind each; who cannot even be entered is told of, too."""
    course, full = Course.at(tmp_path), 8.0
    for number, (name, (make, _)) in enumerate(HOSTILE.items()):
        bad, good = (course.submitted / f"{number:02d} {n}" / "adam" / "adam.ipynb" for n in (name, "good"))
        for path in (bad, good):
            path.parent.mkdir(parents=True)
        make(bad)
        explained = with_cells(SOLUTION, {"update-moments": f"{source_of('update-moments')}\n# {number}"})
        good.write_text(json.dumps(explained))
    for name, target in (("a loop", "a loop"), ("nowhere", "nobody")):
        (course.submitted / name).symlink_to(target)
    (course.submitted / "looped").mkdir()
    (course.submitted / "looped" / "adam").symlink_to("adam")
    command = [sys.executable, "-c", MEASURED, "grade", "adam", "--course", str(tmp_path), "--jobs", "1"]
    ran = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert ran.returncode == 1 and "Traceback" not in ran.stderr, ran.stderr[-3000:]
    told = [line.rpartition("/adam/adam.ipynb: ") for line in ran.stderr.splitlines() if "not graded" in line]
    refused = {path.rpartition("/")[2]: reason for path, _, reason in told}
    assert {"a loop", "nowhere", "looped"} <= refused.keys()
    marks = read_marks(course).of("adam")
    for number, (name, (_, reason)) in enumerate(HOSTILE.items()):
        bad = f"{number:02d} {name}"
        assert marks[f"{number:02d} good"].score == full, name
        if reason or bad in refused:
            assert (reason or "MiB of memory") in refused[bad] and marks[bad].score is None and marks[bad].problem
        else:
            assert marks[bad].score == full
    assert int(ran.stdout.rpartition("kB: ")[2]) < 400_000  # it has 140,000 without them


def source_of(name):
    return next(c.source for c in SOLUTION.cells if grade_id(c) == name)
