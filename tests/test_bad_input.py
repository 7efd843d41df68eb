"""What instructors' folders really hold: broken files, wrong files, odd names. Each gets a line, the rest a mark."""

import json

import nbformat
import pytest

from autograder.cli import main
from autograder.marking import catalogue
from autograder.marking.exercise import release_notebook
from autograder.marking.submission import BadSubmission, code_to_run, grade_id, read_notebook, restore
from autograder.sample_class.build import build

EXERCISE = "gradient_check"


def submission(folder, student, content):
    """Write `content` (bytes) as a student's notebook."""
    path = folder / student / EXERCISE / f"{EXERCISE}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


@pytest.mark.sandbox
def test_bad_files_get_a_line_each_and_the_rest_is_graded(tmp_path, capsys):
    submitted = tmp_path / "submitted"
    build(tmp_path / "class", [EXERCISE, "adam"])
    good = (tmp_path / "class" / "ada" / EXERCISE / f"{EXERCISE}.ipynb").read_bytes()
    other = (tmp_path / "class" / "ada" / "adam" / "adam.ipynb").read_bytes()
    submission(submitted, "good", good)
    submission(submitted, "zoë o'neil & co; $(rm -rf)", good)
    bad = {
        "empty": (b"", "the file is empty"),
        "text": (b"hello, this is my homework", "not a notebook"),
        "binary": (bytes(range(256)), "cannot be read"),
        "half": (good[: len(good) // 2], "not a notebook"),
        "list": (b"[1, 2, 3]", "not a notebook"),
        "nocells": (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "not a notebook"),
        "other": (other, "belongs to this exercise"),
        "deep": (b"[" * 100_000, "not a notebook"),
        "brace{student_id}": (good, "characters"),
        "<b>": (good, "characters"),
        ".hidden": (good, "characters"),
        "line\nbreak": (good, "characters"),
    }
    for student, (content, _) in bad.items():
        submission(submitted, student, content)
    misnamed = submitted / "misnamed" / EXERCISE / "Gradient Check (1).ipynb"
    misnamed.parent.mkdir(parents=True)
    misnamed.write_bytes(good)
    link = submitted / "link" / EXERCISE / f"{EXERCISE}.ipynb"
    link.parent.mkdir(parents=True)
    link.symlink_to(submitted / "good" / EXERCISE / f"{EXERCISE}.ipynb")
    before = {p: p.read_bytes() for p in submitted.rglob("*") if p.is_file()}

    status = main(["grade", EXERCISE, "--course", str(tmp_path), "--no-feedback"])

    out, err = capsys.readouterr()
    assert status == 1
    lines = [line for line in err.splitlines() if line.startswith("autograder: not graded:")]
    assert len(lines) == len(bad) + 2
    for student, (_, reason) in bad.items():
        shown = student.replace("\n", "\\n")
        assert any(f"/{shown}/" in line and reason in line for line in lines), (student, lines)
    assert any("misnamed" in line and "Gradient Check (1).ipynb" in line for line in lines)
    assert any("/link/" in line and "symbolic link" in line for line in lines)
    assert out.count("10 / 10") == 2
    assert {p: p.read_bytes() for p in submitted.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("arguments", [["grade", "nonsense"], ["check", "nonsense"], ["release", "nonsense"]])
def test_an_unknown_exercise_is_named(arguments, tmp_path, capsys, monkeypatch):
    (tmp_path / "submitted").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert "nonsense" in capsys.readouterr().err


def test_no_submissions_is_an_error(tmp_path, capsys):
    assert main(["grade", EXERCISE, "--course", str(tmp_path)]) == 2
    assert "submitted is not a folder" in capsys.readouterr().err


def test_where_nothing_can_isolate_nothing_is_graded(tmp_path, capsys, monkeypatch):
    submission(tmp_path / "submitted", "ada", json.dumps(release_notebook(EXERCISE)).encode())
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["grade", EXERCISE, "--course", str(tmp_path)]) == 2
    err = capsys.readouterr().err
    assert "bubblewrap is not installed" in err and "apt install bubblewrap" in err
    assert not list(tmp_path.rglob("results/*/*.json"))


def test_no_namespaces_refuses_with_the_remedy(tmp_path, capsys, monkeypatch):
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("bwrap", "podman"):
        fake = folder / name
        fake.write_text(f"#!/bin/sh\necho '{name}: No permissions to create new namespace' >&2\nexit 1\n")
        fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    submission(tmp_path / "submitted", "ada", json.dumps(release_notebook(EXERCISE)).encode())
    assert main(["grade", EXERCISE, "--course", str(tmp_path)]) == 2
    err = capsys.readouterr().err
    assert "bwrap: No permissions to create new namespace" in err and "sysctl" in err
    assert "podman: No permissions to create new namespace" in err and "/etc/subuid" in err
    assert not list(tmp_path.rglob("results/*/*.json"))


# Restoring a notebook to the exercise's frame ---------------------------------------------------------------


def names(notebook):
    return [grade_id(c) for c in notebook.cells if grade_id(c)]


def test_restore_undoes_what_must_not_matter():
    release = release_notebook(EXERCISE)
    submitted = release_notebook(EXERCISE)
    test = next(c for c in submitted.cells if grade_id(c) == "test-mse-loss")
    test.source = "10.0"
    test.metadata.nbgrader |= {"points": 1000, "solution": True, "locked": False}
    answer = next(c for c in submitted.cells if grade_id(c) == "mse-loss")
    answer.source = "def mse_loss(a, b): return 1.0"
    answer.metadata.nbgrader |= {"grade": True, "points": 50}
    bonus = {"grade_id": "bonus", "grade": True, "points": 9}
    stranger = nbformat.v4.new_code_cell("x = 1", metadata={"nbgrader": bonus})
    broken = nbformat.v4.new_code_cell("y = 1", metadata={"nbgrader": "nonsense"})
    submitted.cells = [stranger, broken, *reversed(submitted.cells)]

    restored = restore(submitted, release)

    nbformat.validate(restored)
    assert sorted(names(restored)) == sorted(names(release))
    by_name = {grade_id(c): c for c in restored.cells if grade_id(c)}
    for cell in release.cells:
        if grade_id(cell):
            assert by_name[grade_id(cell)].metadata.nbgrader == cell.metadata.nbgrader
            if not cell.metadata.nbgrader["solution"]:
                assert by_name[grade_id(cell)].source == cell.source
    assert by_name["mse-loss"].source == "def mse_loss(a, b): return 1.0"


def test_restore_puts_missing_cells_back_in_their_places():
    release = release_notebook(EXERCISE)
    gone = ("setup", "test-mse-loss", "linear-backward", "explain-check")
    submitted = release_notebook(EXERCISE)
    submitted.cells = [c for c in submitted.cells if grade_id(c) not in gone]
    restored = restore(submitted, release)
    assert names(restored) == names(release)
    sources = {grade_id(c): c.source for c in restored.cells}
    assert "import numpy" in sources["setup"]
    assert sources["linear-backward"].startswith("# The cell linear-backward was missing")


def test_of_copies_the_last_keeps_the_name_and_all_run():
    release = release_notebook(EXERCISE)
    submitted = release_notebook(EXERCISE)
    first = next(c for c in submitted.cells if grade_id(c) == "mse-loss")
    second = nbformat.from_dict(first | {"source": "def mse_loss(a, b): return 2.0"})
    submitted.cells.insert(submitted.cells.index(first) + 1, second)
    cells = code_to_run(restore(submitted, release))
    assert [c.source for c in cells if "def mse_loss" in c.source] == [first.source, second.source]
    assert next(c.source for c in cells if c.name == "mse-loss") == second.source


def test_restore_is_idempotent():
    release = release_notebook(EXERCISE)
    once = restore(release_notebook(EXERCISE), release)
    assert restore(once, release) == once


def test_another_exercise_is_refused():
    with pytest.raises(BadSubmission, match="belongs to this exercise"):
        restore(release_notebook("adam"), release_notebook(EXERCISE))


def test_old_notebook_formats_and_saved_outputs_are_read(tmp_path):
    path = tmp_path / "old.ipynb"
    old = nbformat.v3.new_notebook(worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell("x = 1")])])
    path.write_text(json.dumps(old))
    assert [c.source for c in read_notebook(path).cells] == ["x = 1"]
    saved = json.loads(json.dumps(release_notebook(EXERCISE)))
    saved["cells"][3]["outputs"] = [{"output_type": "nonsense", "text": "x" * 1000}]
    path.write_text(json.dumps(saved))
    assert len(read_notebook(path).cells) == len(saved["cells"])


@pytest.mark.sandbox
def test_a_class_is_not_graded_where_the_solution_itself_fails(tmp_path, capsys, monkeypatch):
    submission(tmp_path / "submitted", "ada", json.dumps(release_notebook(EXERCISE)).encode())
    monkeypatch.setattr(catalogue, "solution_notebook", lambda exercise, release: release)
    assert main(["grade", EXERCISE, "--course", str(tmp_path)]) == 2
    assert "nothing was graded" in capsys.readouterr().err
    assert not list(tmp_path.rglob("results/*/*.json"))
