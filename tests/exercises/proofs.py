"""What holds for every exercise. Each test_<slug>.py imports these tests, and adds its own about the worked numbers."""

import importlib
import json

import pytest

from autograder.cli import main
from autograder.marking.exercise import release_notebook, solution_notebook, tasks, with_cells
from autograder.marking.plugin import grade_each, open_sandbox
from autograder.marking.submission import read_notebook, restore
from autograder.marking.suite import PROJECT, load_suite
from autograder.sample_class.build import build, expected
from autograder.sample_class.students import STUDENTS


def solved(slug):
    """The names that the solution of an exercise defines, after its cells (but for the ungraded ones) ran here."""
    names = {"__name__": "solution"}
    for cell in solution_notebook(slug).cells:
        if cell.cell_type == "code" and "ungraded" not in cell.metadata.get("tags", []):
            exec(compile(cell.source, f"<{cell.id}>", "exec"), names)
    return names


def graded(slug, notebooks):
    """The result of each notebook: {name: Result}."""
    suite = load_suite(slug)
    with open_sandbox(suite) as sandbox:
        return grade_each(suite, sandbox, notebooks)


def lost(slug, variants):
    """The test cells in which each variant of the solution loses points: {name: [cell, ...]}."""
    solution = solution_notebook(slug)
    results = graded(slug, {name: with_cells(solution, cells) for name, cells in variants.items()})
    return {name: sorted({t.cell for t in result.tests if t.points < t.max_points}) for name, result in results.items()}


@pytest.mark.sandbox
def test_it_is_proved(slug, capsys):
    """Solution full, untouched zero, every mistake caught and named, nothing leaks, a mistake costs once."""
    status = main(["check", slug])
    assert (status, capsys.readouterr().out) == (0, f"{slug}: all well\n")


@pytest.mark.sandbox
def test_other_peoples_answers_get_what_they_deserve(slug):
    """Right ones earn everything, wrong ones lose points where they are wrong and nowhere else."""
    variants = importlib.import_module(f"tests.exercises.variants.{slug}")
    assert not set(variants.RIGHT) & set(variants.WRONG)
    assert len(variants.RIGHT) >= 15 and len(variants.WRONG) >= 30 and len(variants.RIGHT) + len(variants.WRONG) >= 60
    wrong = variants.WRONG.items()
    wanted = {name: [] for name in variants.RIGHT} | {name: sorted(tests) for name, (tests, _) in wrong}
    found = lost(slug, variants.RIGHT | {name: cells for name, (_, cells) in wrong})
    surprises = {name: f"lost {found[name]}, not {wanted[name]}" for name in found if found[name] != wanted[name]}
    assert surprises == {} and set(found) == set(wanted)


@pytest.mark.sandbox
def test_its_class_gets_its_marks(slug, tmp_path):
    """The sample class (the way through the command line and the gradebook is tested with two others)."""
    build(tmp_path, [slug])
    assert list(expected(slug)) == list(STUDENTS[slug]) and len(STUDENTS[slug]) >= 7
    release = release_notebook(slug)
    files = {student: tmp_path / student / slug / f"{slug}.ipynb" for student in STUDENTS[slug]}
    found = graded(slug, {student: restore(read_notebook(file), release) for student, file in files.items()})
    marks = {student: dict.fromkeys(row, 0.0) for student, row in expected(slug).items()}
    for student, result in found.items():
        for test in result.tests:
            marks[student][test.cell] += test.points
    assert marks == {student: pytest.approx(row) for student, row in expected(slug).items()}


def test_its_shape(slug):
    """Three to five tasks with short solutions, docstrings, an example test each; a first and a last word; a figure."""
    notebook = solution_notebook(slug)
    written = tasks(notebook)
    assert 3 <= len(written) <= 6
    for cells in written.values():
        assert cells, "a test cell without a task"
        for cell in cells:
            assert '"""' in cell.source
            body = cell.source.split("### BEGIN SOLUTION")[1:]
            lines = [line for part in body for line in part.split("### END SOLUTION")[0].splitlines() if line.strip()]
            assert 1 <= len(lines) <= 14, (cell.metadata.nbgrader.grade_id, len(lines))
    file = json.loads((PROJECT / "exercises" / slug / f"{slug}.ipynb").read_text(encoding="utf-8"))
    assert file["cells"][0]["id"] == "title" and file["cells"][-1]["id"] == "hand-in"
    assert any("ungraded" in c["metadata"].get("tags", []) for c in file["cells"]), "no figure"


def test_the_release_stops_at_the_first_open_task(slug):
    """Run All comes to the example test of task 1, and the error there says what is missing."""
    cells = [cell for cell in release_notebook(slug).cells if cell.cell_type == "code"]
    names = {"__name__": "released"}
    with pytest.raises(NotImplementedError, match="your code here"):
        for cell in cells:
            exec(cell.source, names)
    assert cell.metadata.nbgrader.grade_id == next(iter(tasks(release_notebook(slug))))
