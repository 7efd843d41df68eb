"""The benchmark compares the same work: equal arrays on both sides of every row, and a table that is written."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.rows import ROWS
from benchmarks.timing import agree


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_both_sides_do_the_same_work(row):
    ours, theirs = row.ours(), row.theirs()
    for _ in range(3):                           # the losses of training agree step after step
        agree(ours(), theirs())


def test_a_difference_is_found():
    with pytest.raises(AssertionError, match="differ by"):
        agree([1.0], [1.001])


def test_one_row_is_measured_and_written(tmp_path):
    file = tmp_path / "new" / "bench.json"
    command = [sys.executable, "-m", "benchmarks", "maxpool", "--seconds", "0.1", "--json", str(file)]
    shown = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent.parent)
    assert shown.returncode == 0, shown.stderr
    result = json.loads(file.read_text())
    (row,) = result["rows"]
    assert result["threads"] == 1 and row["row"] == "maxpool" and row["bar"] == 0.7
    for way in ("interleaved", "alone"):
        assert row[way]["ours"] > 0 and row[way]["theirs"] > 0 and row[way]["ratio"] > 0
    assert "MaxPool2d" in shown.stdout


def test_an_unknown_row_is_named():
    command = [sys.executable, "-m", "benchmarks", "pool"]
    shown = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent.parent)
    assert shown.returncode == 1 and "expected some of linear, mlp" in shown.stderr
