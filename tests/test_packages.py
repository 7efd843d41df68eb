"""What an exercise runs with is there, and nothing else; students are told so."""

import sys
from pathlib import Path

import pytest

from autograder.course.check import wrong_packages
from autograder.marking.exercise import release_notebook, solution_notebook, with_cells
from autograder.marking.plugin import grade_each, open_sandbox
from autograder.marking.submission import code_to_run
from autograder.marking.suite import all_suites, load_suite
from autograder.sandbox.isolation import files_of, look, package_folders
from autograder.sandbox.outside import Sandbox, SandboxError

BY_TAPE = """
from nnlib.autograd import Value

def numerical_gradient(f, theta, eps=1e-5):
    leaves = np.array([Value(float(t)) for t in np.ravel(theta)]).reshape(np.shape(theta))
    f(leaves).backward()
    return np.array([leaf.grad for leaf in leaves.flat]).reshape(np.shape(theta))
"""
BY_MPMATH = """
import mpmath

def numerical_gradient(f, theta, eps=1e-5):
    def along(i):
        return lambda t: f(np.where(np.arange(theta.size).reshape(theta.shape) == i, float(t), theta))
    return np.array([float(mpmath.diff(along(i), theta.flat[i])) for i in range(theta.size)]).reshape(theta.shape)
"""
FIGURE = """
import matplotlib.pyplot as plt
%matplotlib inline
fig, ax = plt.subplots()
ax.plot(np.arange(3))
plt.show()
"""


@pytest.fixture(scope="module")
def graded():
    """Notebooks of gradient_check by what is in their cell `numerical-gradient`, and a good one at the end."""
    suite, solution = load_suite("gradient_check"), solution_notebook("gradient_check")
    right = next(c.source for c in code_to_run(solution) if c.name == "numerical-gradient")
    cells = {"nnlib.autograd": BY_TAPE, "mpmath": BY_MPMATH, "sympy": "from sympy import *\n" + right,
             "part": "from nnlib import check\n" + right, "figure": FIGURE + right, "good": right}  # fmt: skip
    notebooks = {name: with_cells(solution, {"numerical-gradient": cell}) for name, cell in cells.items()}
    with open_sandbox(suite) as sandbox:
        return grade_each(suite, sandbox, notebooks)


@pytest.mark.sandbox
@pytest.mark.parametrize("name", ["nnlib.autograd", "mpmath", "sympy", "part"])
def test_what_the_exercise_does_not_name_is_not_there(graded, name):
    result = graded[name]
    assert result.points("test-numerical-gradient") == 0
    said = result.cells["numerical-gradient"]["error"]
    assert "ImportError" in said or f"No module named '{name}'" in said
    assert "This exercise runs with numpy, nnlib.plot, matplotlib and what comes with Python" in said


@pytest.mark.sandbox
@pytest.mark.parametrize("name", ["figure", "good"])
def test_a_figure_costs_nothing(graded, name):
    assert [c["error"] for c in graded[name].cells.values() if c["error"]] == []
    assert all(test.passed for test in graded[name].tests)


@pytest.mark.sandbox
def test_an_exercise_may_name_more():
    with Sandbox("a test", ["numpy", "torch", "nnlib.metrics"]) as sandbox:
        submission = sandbox.open()
        [fork] = submission.spawn()
        fork.allow(20)
        code = "import torch, nnlib.metrics\nassert torch.ones(2).sum() == 2\nimport sklearn"
        reply, _ = fork.ask("run", code=code, label="cell a")
        submission.close()
    assert "No module named 'sklearn'" in str(reply)


def test_a_package_that_is_not_installed_is_named():
    with pytest.raises(SandboxError, match="run with no_such_package, which is not installed"):
        Sandbox("a test", ["numpy", "no_such_package"])


def test_a_package_brings_what_it_needs_and_no_more():
    names = {path.name for path in files_of(["numpy"])}
    assert {"numpy", "IPython", "traitlets", "matplotlib", "PIL", "dateutil"} <= names
    assert not names & {"scipy", "sklearn", "torch", "sympy", "mpmath", "pytest", "nbgrader", "pip", "nnlib"}
    assert "sklearn" in {path.name for path in files_of(["sklearn"])}  # its distribution has another name


def test_all_folders_of_packages_are_covered():
    view = look(["numpy"], [])
    assert {f.resolve() for f in package_folders()} <= view.places.keys()
    for folder in package_folders():
        assert view.places[folder.resolve()] is None
        inner = {path for path in view.places if path.parent == folder.resolve()}
        assert inner <= files_of(["numpy"])
    assert Path(next(p for p in sys.path if p.endswith("-packages"))).resolve() in view.places


@pytest.mark.parametrize("exercise", all_suites())
def test_an_exercise_says_what_it_runs_with(exercise):
    suite, release = load_suite(exercise), release_notebook(exercise)
    assert list(wrong_packages(suite, release)) == []
    silent = with_cells(release, {})
    silent.cells = [c for c in silent.cells if "nnlib.plot" not in c.source]
    assert list(wrong_packages(suite, silent)) != []


def test_nothing_of_nnlib_but_the_named_parts_can_be_seen():
    places = look(["numpy", "nnlib.plot", "nnlib.data"], []).places
    names = {path.name for path in places if path.parent.name == "nnlib"}
    assert names == {"__init__.py", "module.py", "notebook.py", "plot.py", "data"}
