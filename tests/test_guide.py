"""The instructor's guide does what it says: its commands, in its order, in a copy of the project."""

import csv
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.course.files import Course
from autograder.course.gradebook import open_gradebook
from autograder.sample_class.build import expected

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "instructor.md"
BLOCKS = re.findall(r"^```sh test\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
NOT_COPIED = (".git", ".venv", "build", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis", "submitted",
              "autograded", "gradebook.db", ".autograder", ".ipynb_checkpoints")  # fmt: skip
COMMANDS = ("doctor", "check", "extend", "release", "bundle", "collect", "grade", "report", "export", "handback")
DOCUMENTS = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def term(tmp_path_factory):
    """The folder of the term after all commands of the guide."""
    root = tmp_path_factory.mktemp("guide")
    project = root / "project"
    shutil.copytree(ROOT, project, ignore=shutil.ignore_patterns(*NOT_COPIED), symlinks=True)
    environment = os.environ | {"PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1",
                                "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    for block in BLOCKS:
        ran = subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=project, env=environment,
                             capture_output=True, text=True)  # fmt: skip
        assert ran.returncode == 0, f"{block}\n{ran.stdout[-3000:]}\n{ran.stderr[-3000:]}"
    return root / "term"


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_there_are_commands():
    text = "\n".join(BLOCKS)
    for command in COMMANDS:
        assert f"autograder {command}" in text


def test_the_marks_are_those_of_the_sample_class_less_the_penalty(term):
    head, *body = rows(term / "scores.csv")
    scores = {row[1]: dict(zip(head, row)) for row in body}
    for student, marks in expected("adam").items():
        late = 1 if student == "dora" else 0
        assert float(scores[student]["score"]) == sum(marks.values()) - late, student
        assert float(scores[student]["late_submission_penalty"]) == late
    assert scores["zita"]["score"] == "" and scores["zita"]["problem"] == "nothing handed in"


def test_names_and_numbers_reach_canvas_and_moodle(term):
    head, possible, *body = rows(term / "canvas.csv")
    assert head[-1] == "Adam (4711)" and possible[-1] == "10"
    assert ["Diamant, Dora", "4022", "", "dora", "", "4.5"] in body
    assert ["Johann, Zita", "4023", "", "zita", "", ""] in body
    assert rows(term / "moodle.csv")[0][-1] == "Adam"


def test_feedback_goes_back_by_the_names_that_moodle_and_canvas_gave(term):
    names = zipfile.ZipFile(term / "feedback.zip").namelist()
    assert "Ada Lovelace_101_assignsubmission_file/adam.html" in names
    assert "diamantdora_LATE_4022_98_adam-1.html" in names and "emil/adam.html" in names
    assert len(names) == len(expected("adam"))


def test_the_report_names_who_needs_attention(term):
    page = re.sub(r"<style>.*?</style>", "", (term / "report.html").read_text(encoding="utf-8"), flags=re.DOTALL)
    words = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    assert re.search(r"Not graded: 1 zita : nothing handed in", words)
    assert re.search(r"A cell crashed: 1 lena : .{1,60}Segmentation fault", words)
    assert re.search(r"Ran out of time: 1 goran : 11 of 17 tests", words)
    assert re.search(r"A cell ended with an error: 1 hana : train: IndentationError", words)
    assert re.search(r"Zero points: 2 noor , omar Late: 1 dora : penalty 1", words)
    assert "(no-bias-correction)" in words and "(eps-inside-root)" in words


def test_students_get_their_zip_and_their_page(term):
    assert "perceptron-to-transformer/Makefile" in zipfile.ZipFile(term / "students.zip").namelist()
    page = term / "feedback" / "dora" / "adam" / "adam.html"
    assert "The bias correction is missing." in page.read_text(encoding="utf-8")


def test_formgrader_finds_what_to_mark(term):
    """What its pages list, asked of nbgrader's own interface in the term's folder."""
    code = """
from nbgrader.apps import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader
app = NbGrader()
app.initialize([])
api = NbGraderAPI(config=app.config)
print([a["name"] for a in api.get_assignments()],
      sum(n["needs_manual_grade"] for n in api.get_notebook_submissions("adam", "adam")))
"""
    environment = os.environ | {"PYTHONPATH": str(term.parent / "project")}
    ran = subprocess.run([sys.executable, "-c", code], cwd=term, env=environment, capture_output=True, text=True)
    names, waiting = ran.stdout.strip().rsplit(" ", 1)
    assert "'adam'" in names and waiting == "16", ran.stderr


def test_private_things_are_private(term):
    assert term.stat().st_mode & 0o077 == 0
    for name in ("scores.csv", "canvas.csv", "moodle.csv", "report.html", "feedback.zip"):
        assert (term / name).stat().st_mode & 0o077 == 0, name


def test_results_hold_no_names(term):
    with open_gradebook(Course.at(term)) as gradebook:
        students = {s.id for s in gradebook.students}
    results = list((term / ".autograder" / "results").rglob("*.json"))
    assert len(results) > 10
    assert not {p.stem for p in results} & students


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.name)
def test_links_between_documents_lead_somewhere(document):
    text = document.read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", text):
        path = document.parent / target if target else document
        assert path.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
            assert anchor in [re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in heads], anchor


def test_every_option_that_the_guide_names_exists(capsys):
    text = GUIDE.read_text(encoding="utf-8")
    for command in COMMANDS:
        with pytest.raises(SystemExit):
            main([command, "--help"])
    shown = capsys.readouterr().out
    lines = [line for line in text.splitlines() if line.startswith("autograder ")]
    named = {option for line in lines for option in re.findall(r"--[\w-]+", line)} | {"--jobs", "--dask"}
    assert len(named) > 6 and not [option for option in named if option not in shown]
