"""The students' zip: complete, working, the same bytes every time, and closed to every leak."""

import io
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile

import nbformat
import numpy as np
import pytest

from autograder.cli import main
from autograder.course.bundle import CACHES, FOLDERS, ROOT, bundle, collect, leaks_in
from autograder.course.files import CourseError
from autograder.marking.suite import PROJECT

LESSON = next(p.relative_to(PROJECT).as_posix() for p in sorted((PROJECT / "lessons").glob("*.ipynb")))
EXERCISE = "exercises/adam/adam.ipynb"


@pytest.fixture(scope="module")
def content():
    return bundle()


@pytest.fixture(scope="module")
def files(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name.removeprefix(f"{ROOT}/"): archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def unpacked(content, tmp_path_factory):
    folder = tmp_path_factory.mktemp("student")
    zipfile.ZipFile(io.BytesIO(content)).extractall(folder)
    return folder / ROOT


def test_everything_is_there(files):
    wanted = [p for folder in FOLDERS for p in (PROJECT / folder).rglob("*") if p.is_file()]
    wanted = {p.relative_to(PROJECT).as_posix() for p in wanted if not CACHES & set(p.parts)}
    made = {"README.md", "LICENSE", "Makefile", "pyproject.toml", "setup.py", "constraints.txt", "environment.yml",
            ".ci/setup"}  # fmt: skip
    assert set(files) == wanted | made and len(wanted) > 60


def test_the_same_files_give_the_same_bytes(content):
    assert bundle() == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist() == sorted(archive.namelist())
        assert all(name.startswith(f"{ROOT}/") for name in archive.namelist())


def test_what_students_install_is_the_course_without_the_grader(files):
    theirs = tomllib.loads(files["pyproject.toml"].decode())
    ours = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    dropped = set(ours["project"]["dependencies"]) - set(theirs["project"]["dependencies"])
    assert {d.split(">")[0] for d in dropped} == {"nbgrader", "pytest"}
    assert theirs["tool"]["setuptools"]["packages"]["find"] == {"include": ["nnlib*"]}
    data = ours["tool"]["setuptools"]["package-data"]
    assert theirs["tool"]["setuptools"]["package-data"] == {"nnlib": data["nnlib"]}
    assert theirs["tool"]["setuptools"]["dynamic"] == ours["tool"]["setuptools"]["dynamic"]
    assert theirs["tool"]["setuptools"]["data-files"] == ours["tool"]["setuptools"]["data-files"]
    assert "scripts" not in theirs["project"] and list(theirs["tool"]) == ["setuptools"]
    assert b"nbgrader>" not in files["environment.yml"] and b"pytorch>" in files["environment.yml"]


def test_the_links_of_its_readme_lead_somewhere(files):
    targets = re.findall(r"\]\(([^)#:]+)\)", files["README.md"].decode())
    assert targets and [target for target in targets if target not in files] == []


def test_make_lab_does_what_ours_does(unpacked):
    command = ["make", "-n", "--no-print-directory", "lab"]
    shown = [subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
             for folder in (unpacked, PROJECT)]  # fmt: skip
    assert "sh .ci/setup" in shown[0] and shown[0].splitlines()[-1] == shown[1].splitlines()[-1]
    assert subprocess.run(["make", "grade"], cwd=unpacked, capture_output=True).returncode != 0


def student(unpacked, *command):
    """Run Python as in the unpacked bundle: with its nnlib and none of ours."""
    environment = os.environ | {"PYTHONPATH": str(unpacked), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, *command], cwd=unpacked, env=environment, capture_output=True, text=True)


def test_nnlib_imports_and_loads_its_data(unpacked):
    code = "import nnlib, nnlib.nn, nnlib.optim, nnlib.demo, nnlib.data as d; d.digits(); print(nnlib.__file__)"
    shown = student(unpacked, "-c", code)
    assert shown.stdout.strip() == str(unpacked / "nnlib" / "__init__.py"), shown.stderr


RUN = """
import sys, nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
try:
    NotebookClient(nbformat.read(sys.argv[1], 4), kernel_name="python3", timeout=120).execute()
except CellExecutionError as error:
    print(error.ename, error.evalue)
"""


@pytest.mark.parametrize("slug", ["adam", "gradient_check"])
def test_an_exercise_runs_to_the_first_open_task(unpacked, slug):
    shown = student(unpacked, "-c", RUN, f"exercises/{slug}/{slug}.ipynb")
    assert shown.stdout.strip() == "NotImplementedError your code here", shown.stderr


# The gate ---------------------------------------------------------------------------------------------------


def changed(files, name, change):
    """The bundle with one notebook changed by `change(notebook)`, still in the form that is kept."""
    notebook = json.loads(files[name])
    change(notebook)
    return files | {name: (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()}


def added(text):
    """A change that puts text into the first cell."""

    def change(notebook):
        cell = notebook["cells"][0]
        cell["source"] = ("".join(cell["source"]) + f"\n{text}").splitlines(keepends=True)

    return change


def solution_line():
    """A line of the solution of adam that its exercise does not show."""
    text = nbformat.read(PROJECT / "solutions" / "adam" / "adam.ipynb", 4)
    cell = next(c.source for c in text.cells if "### BEGIN SOLUTION" in c.source)
    return cell.split("### BEGIN SOLUTION")[1].strip().splitlines()[0]


def test_the_bundle_as_it_is_passes(files):
    assert list(leaks_in(files)) == []


@pytest.mark.parametrize("name", [
    "solutions/adam/adam.ipynb", "autograder/suites/adam/test_adam.py", "autograder/cli.py", "tests/test_nn.py",
    "submitted/ada/adam/adam.ipynb", "gradebook.db", "exercises/gradebook.db", "exercises/adam/ada.ipynb",
    "exercises/adam/gradient_check.ipynb", "exercises/readme.md", "nnlib/__pycache__/module.cpython-312.pyc",
    "nnlib/module.pyc", "lessons/.ipynb_checkpoints/01-checkpoint.ipynb", "lessons/Untitled.ipynb", "lessons/ada.md",
    "nnlib/.secret.py", ".env", "nnlib/dump.pkl", "feedback/ada.html", "docs/instructor.md",
    "lessons/../solutions/a.py",
])  # fmt: skip
def test_files_that_do_not_belong_are_refused(files, name):
    good = files[EXERCISE] if name.endswith(".ipynb") else b"x = 1\n"
    found = list(leaks_in(files | {name: good}))
    assert any(p.startswith(f"{name}: ") and ("not handed out" in p or "not belong" in p) for p in found), found


@pytest.mark.parametrize("name", [LESSON, EXERCISE])
@pytest.mark.parametrize("text, says", [
    ("### BEGIN SOLUTION", "the grader's own"), ("### BEGIN HIDDEN TESTS", "the grader's own"),
    ("from autograder.marking.student import Shown", "the grader's own"), ("see autograder/suites", "the grader's own"),
    ("def test_adam_first_step(student):", "a hidden test's name: test_adam_first_step"),
    ("open('/home/ada/x.csv')", "an absolute path"), ("in /Users/ada/course", "an absolute path"),
    (r"C:\\Users\\ada", "an absolute path"), (f"in {PROJECT}/x", "an absolute path"),
    ("written by ada.l@example.org", "an email address: ada.l@example.org"),
])  # fmt: skip
def test_texts_that_tell_are_refused(files, name, text, says):
    found = list(leaks_in(changed(files, name, added(text))))
    assert any(p.startswith(f"{name}: {says}") for p in found), found


@pytest.mark.parametrize("text", ["grad = x@W.T + dy@W.sum()", "for f, *course in COURSES:", "autograder is a word",
                                  "http://", "a test_case of mine"])  # fmt: skip
def test_innocent_texts_pass(files, text):
    assert list(leaks_in(changed(files, LESSON, added(text)))) == []


def test_a_line_of_the_solution_is_refused(files):
    line = solution_line()
    found = list(leaks_in(changed(files, EXERCISE, added(f"Hint: {line}"))))
    assert any("a line of the solution" in p for p in found), found


def test_an_exercise_without_a_solution_is_refused(files):
    found = list(leaks_in(files | {"exercises/own/own.ipynb": files[EXERCISE]}))
    assert any("no solution that it was made from" in p for p in found), found


def output(notebook):
    code = next(c for c in notebook["cells"] if c["cell_type"] == "code")
    code["outputs"] = [{"name": "stdout", "output_type": "stream", "text": ["ada\n"]}]


def count(notebook):
    next(c for c in notebook["cells"] if c["cell_type"] == "code")["execution_count"] = 3


def author(notebook):
    notebook["metadata"]["authors"] = [{"name": "Ada"}]


def machine_id(notebook):
    notebook["cells"][0]["id"] = "d37b3f2d"


@pytest.mark.parametrize("change", [output, count, author, machine_id])
def test_traces_in_a_notebook_are_refused(files, change):
    assert any(p.startswith(LESSON) for p in leaks_in(changed(files, LESSON, change)))


def test_a_filled_stub_is_refused(files):
    def fill(notebook):
        for cell in notebook["cells"]:
            cell["source"] = [line.replace("raise NotImplementedError", "pass  #") for line in cell["source"]]

    assert any("has no stub" in p for p in leaks_in(changed(files, EXERCISE, fill)))


@pytest.mark.parametrize("change", [output, count, machine_id])
def test_own_work_in_an_exercise_is_named(files, change):
    found = list(leaks_in(changed(files, EXERCISE, change)))
    assert any("somebody's own work" in p and p.endswith("autograder release adam") for p in found), found


def test_pickles_in_arrays_are_refused(files):
    file = io.BytesIO()
    np.savez(file, x=np.array([{"name": "ada"}], dtype=object))
    for content in (file.getvalue(), b"PK no zip at all"):
        assert any("more than arrays" in p for p in leaks_in(files | {"nnlib/data/x.npz": content}))


@pytest.mark.parametrize("broken", [b"\xff\xfe", b"{", b'{"cells": 3}', b"[]"])
def test_what_cannot_be_read_is_refused(files, broken):
    assert any("cannot be read" in p for p in leaks_in(files | {LESSON: broken}))


def test_links_are_refused(tmp_path):
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons" / "01_perceptron.ipynb").symlink_to(PROJECT / "solutions")
    with pytest.raises(CourseError, match="symbolic link"):
        collect(tmp_path)


def test_a_leak_stops_the_command_and_writes_nothing(files, tmp_path, monkeypatch, capsys):
    leaky = files | {"gradebook.db": b"SQLite format 3"}
    monkeypatch.setattr("autograder.course.bundle.collect", lambda project: leaky)
    assert main(["bundle", "--out", str(tmp_path / "b.zip")]) == 2
    assert "gradebook.db: this kind of file is not handed out" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_command_writes_the_zip(content, tmp_path, capsys):
    assert main(["bundle", "--out", str(tmp_path / "new" / "b.zip")]) == 0
    assert (tmp_path / "new" / "b.zip").read_bytes() == content
