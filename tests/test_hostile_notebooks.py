"""Notebook files that no editor has written: each is read, or refused with a line, and stops nothing else."""

import json

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.course.grade import time_stamp
from autograder.marking import submission
from autograder.marking.plugin import release_notebook
from autograder.marking.submission import BadSubmission, code_to_run, grade_id, read_notebook, restore

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
], ids=["deep", "deep cells", "deep metadata", "long number", "infinite", "text", "nan", "too many cells"])  # fmt: skip
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
