"""The benchmark compares the same work and writes its table; the mutation run makes slips, and finds who notices."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.mutation import PROJECT, draw, modules, run_solution
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


def test_slips_change_one_token_and_leave_python():
    text = "def f(x, *rest, n=3):\n    '1 + 1'\n    y = -x * 0.5 if x not in rest else sum(rest)\n    return y\n"
    mutants = draw({"f": text}, 100, 0)
    assert {after for _, _, _, after, _ in mutants} == {
        "def f(x, *rest, n=4):", "def f(x, *rest, n=2):", "y = +x * 0.5 if x not in rest else sum(rest)",
        "y = -x / 0.5 if x not in rest else sum(rest)", "y = -x * 1.0 if x not in rest else sum(rest)",
        "y = -x * 0.5 if x  in rest else sum(rest)", "y = -x * 0.5 if x not in rest else mean(rest)",
    }
    for _, row, before, after, whole in mutants:
        assert whole == text.replace(before, after) and text.splitlines()[row - 1].strip() == before


def test_the_same_seed_draws_the_same_slips():
    assert draw(modules(), 5, 1) == draw(modules(), 5, 1) != draw(modules(), 5, 2)


def test_slips_in_nnlib_are_noticed_and_leave_it_as_it_was():
    before = modules()
    command = [sys.executable, "-m", "benchmarks.mutation", "nnlib", "quiz.py", "--sample", "4"]
    shown = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT)
    assert shown.returncode == 0, shown.stderr
    assert len(re.findall("^quiz.py:", shown.stdout, re.MULTILINE)) == 4
    assert re.search("[1-4] of 4 killed", shown.stdout)
    assert "# tests/test_quiz.py::" in shown.stdout and modules() == before


@pytest.mark.sandbox
def test_slips_in_a_solution_are_graded():
    right = "def mse_loss(y_pred, y_true):\n    return float(np.mean((y_pred - y_true) ** 2))"
    slips = [("mse-loss", 2, "", "", right), ("mse-loss", 2, "", "", right.replace("-", "+"))]
    assert list(run_solution("gradient_check", slips)) == ["", "", "test_mse_one_output"]


def test_an_unknown_module_is_named():
    command = [sys.executable, "-m", "benchmarks.mutation", "nnlib", "nn/initial.py"]
    shown = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT)
    assert shown.returncode == 2 and "got nn/initial.py" in shown.stderr
