"""The house rules: packages agree, nobody imports what they must not know, notebooks are in their stored form."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from autograder import notebooks
from autograder.cli import main
from autograder.course.release import exercises, leaks, release, released

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA_NAMES = {"matplotlib-base": "matplotlib", "pytorch": "torch"}
CHECKPOINTS = ".ipynb_checkpoints"  # JupyterLab's, beside whatever it saves
NOTEBOOKS = sorted(p for folder in ("lessons", "solutions") for p in (ROOT / folder).rglob("*.ipynb")
                   if CHECKPOINTS not in p.parts)  # fmt: skip


def test_conda_and_pip_install_the_same():
    lines = re.findall(r"^  - (\S+)$", (ROOT / "environment.yml").read_text(encoding="utf-8"), flags=re.MULTILINE)
    conda = {re.sub(r"^[\w-]+", lambda m: CONDA_NAMES.get(m[0], m[0]), line) for line in lines if ">=" in line}
    assert conda == set(PROJECT["dependencies"])
    assert f"python{PROJECT['requires-python'].replace('>', '')}" in lines    # without the > Binder can read it


def test_every_package_has_a_tested_version():
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").lower()
    wanted = PROJECT["dependencies"] + [p for extra in PROJECT["optional-dependencies"].values() for p in extra]
    for requirement in wanted:
        name = re.match(r"[\w-]+", requirement)[0].lower()
        assert re.search(rf"^{re.escape(name)}==", pins, flags=re.MULTILINE), name


def imports(path):
    """The top-level packages that a file imports, at import or later."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]


def test_nnlib_never_imports_the_grader():
    files = list((ROOT / "nnlib").rglob("*.py"))
    assert len(files) > 15
    assert not [f for f in files if "autograder" in set(imports(f))]


def test_importing_nnlib_imports_numpy_alone():
    """All of it but the demos (which have a test of their own) and the twins in PyTorch."""
    files = [f.relative_to(ROOT).with_suffix("") for f in (ROOT / "nnlib").rglob("*.py") if f.parent.name != "demo"]
    modules = sorted({".".join(f.parts).removesuffix(".__init__") for f in files} - {"nnlib.models.torch"})
    assert {"nnlib", "nnlib.nn", "nnlib.models.numpy", "nnlib.plot", "nnlib.train"} <= set(modules)
    heavy = ["torch", "matplotlib", "ipywidgets", "sympy", "sklearn", "IPython", "scipy", "pandas", "anywidget", "tqdm"]
    code = f"import sys, {', '.join(modules)}; print([m for m in {heavy} if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert shown.stdout.strip() == "[]"


def test_the_linter_is_content():
    shown = subprocess.run([sys.executable, "-m", "ruff", "check", "."], capture_output=True, text=True, cwd=ROOT)
    assert shown.returncode == 0, shown.stdout


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebooks_are_in_their_stored_form(path):
    assert notebooks.main(["--check", str(path)]) == 0


def test_the_formatter_finds_what_it_must(tmp_path, capsys):
    file = tmp_path / "n.ipynb"
    shutil.copy(NOTEBOOKS[0], file)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"execution_count": null', '"execution_count": 3', 1), encoding="utf-8")
    assert notebooks.main(["--check", str(file)]) == 1
    assert notebooks.main([str(file)]) == 0 and file.read_text(encoding="utf-8") == text
    for bad in ("d37b3f2d", "a1b2c3d4-0001", "Title Cell", ""):
        file.write_text(re.sub(r'"id": "[^"]*"', f'"id": "{bad}"', text, count=1), encoding="utf-8")
        assert notebooks.main([str(file)]) == 1, bad
    assert "is not readable" in capsys.readouterr().err


def test_the_release_gate_catches_leaks():
    def cells(*sources):
        solution = {"nbgrader": {"solution": True, "grade": False, "grade_id": "f"}}
        metadata = [solution if s.startswith("def") else {} for s in sources]
        raw = [{"cell_type": "code", "metadata": m, "source": s} for s, m in zip(sources, metadata)]
        return notebooks_from(raw)

    answer = "def f(x):\n    ### BEGIN SOLUTION\n    return np.exp(x) * 42\n    ### END SOLUTION"
    stub = 'def f(x):\n    raise NotImplementedError("your code here")'
    assert leaks(cells(answer), cells(stub)) == []
    assert leaks(cells(answer, "a hint: return np.exp(x) * 42"), cells(stub)) == []
    assert "line of the solution" in leaks(cells(answer), cells(stub, "so return np.exp(x) * 42"))[0]
    assert "no stub" in leaks(cells(answer), cells("def f(x):\n    return 1"))[0]
    assert "no line ### BEGIN SOLUTION" in leaks(cells(stub), cells(stub))[0]
    assert "absolute path" in leaks(cells(answer), cells(stub, "open('/home/ada/x')"))[0]


@pytest.mark.parametrize("content", [None, b"{", b"\xff"])
def test_a_file_that_is_no_notebook_is_named(tmp_path, capsys, content):
    file = tmp_path / "a.ipynb"
    if content:
        file.write_bytes(content)
    assert notebooks.main(["--check", str(file)]) == 1
    assert capsys.readouterr().err.startswith(f"{file}: cannot be read (")


def notebooks_from(raw):
    import nbformat

    return nbformat.from_dict({"cells": raw})


@pytest.mark.parametrize("exercise", exercises())
def test_exercises_are_what_the_solutions_make(exercise):
    """With it they are in their stored form. Own work in exercises/ fails here, and is named as that."""
    assert release(exercise, check_only=True), f"exercises/{exercise} is out of date: autograder release {exercise}"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project that has the exercise adam and its solution alone."""
    for folder in ("solutions", "exercises"):
        shutil.copytree(ROOT / folder / "adam", tmp_path / folder / "adam", ignore=shutil.ignore_patterns(CHECKPOINTS))
    monkeypatch.setattr("autograder.course.release.PROJECT", tmp_path)
    return tmp_path


def answered(text):
    """With an answer, in the form that is kept."""
    return text.replace('raise NotImplementedError(\\"your code here\\")', "return 1", 1)


def saved(text):
    """As JupyterLab writes it after a cell was run, unchanged otherwise."""
    return text.replace('"execution_count": null', '"execution_count": 1', 1)


@pytest.mark.parametrize("work", [answered, saved, lambda text: "<<<<<<< HEAD\n" + text])
def test_own_work_in_an_exercise_is_named_and_never_overwritten(project, work, capsys):
    file = project / "exercises" / "adam" / "adam.ipynb"
    file.write_text(released("adam"), encoding="utf-8")
    mine = work(file.read_text(encoding="utf-8"))
    file.write_text(mine, encoding="utf-8")
    for command in (["release", "--check", "adam"], ["release", "adam"]):
        assert main(command) == 2
        told = capsys.readouterr().err
        assert "adam.ipynb holds somebody's own work" in told and "autograder release adam" in told
        assert file.read_text(encoding="utf-8") == mine


def test_an_exercise_that_is_only_out_of_date_is_made_anew(project):
    file = project / "exercises" / "adam" / "adam.ipynb"
    now = released("adam")
    file.write_text(now.replace("Adam", "Eve"), encoding="utf-8")
    assert main(["release", "--check", "adam"]) == 1
    assert main(["release", "adam"]) == 0 and file.read_text(encoding="utf-8") == now
    assert main(["release", "--check", "adam"]) == 0
