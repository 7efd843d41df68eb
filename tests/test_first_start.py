"""The first minutes in a real browser: what `make lab` shows a student, what `make teach` shows an instructor.

Nothing here is activated, and nothing of the user's own Jupyter is read: see lab.made.
"""

import json
import os
import shlex
import sqlite3
import subprocess
import sys
import tomllib
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from jupyter_server.auth import IdentityProvider
from jupyter_server.serverapp import ServerApp
from nbformat import write

from autograder.cli import main
from autograder.course.teach import MARKING
from autograder.marking.exercise import solution_notebook
from tests import lab

browser = pytest.mark.browser
SCREEN = {"viewport": {"width": 1440, "height": 900}}
PANELS = ["nbgrader:open-formgrader", "nbgrader:open-create-assignment"]     # the commands that open them
EXCHANGE = ["nbgrader:open-assignment-list", "nbgrader:open-course-list"]


@pytest.fixture(scope="module")
def student(chromium, tmp_path_factory):
    """The first screen of `make lab`, and what it asked for outside of this machine."""
    made = lab.made(tmp_path_factory.mktemp("lab"), "lab")
    with made as address, lab.page(chromium, address, **SCREEN) as (page, _):
        yield page, opened(page, address)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class with one graded submission whose written answer waits, in a folder whose name is a burden."""
    folder = tmp_path_factory.mktemp("class") / "class of '27 \"A\" (#1) $HOME"
    submission = folder / "submitted" / "ada" / "adam" / "adam.ipynb"
    submission.parent.mkdir(parents=True)
    write(solution_notebook("adam"), str(submission))
    assert main(["grade", "adam", "--course", str(folder), "--no-feedback"]) == 0
    return folder


@pytest.fixture(scope="module")
def teacher(course, chromium, tmp_path_factory):
    """JupyterLab under `make teach`, with formgrader open in it."""
    made = lab.made(tmp_path_factory.mktemp("teach"), "teach", f"COURSE={course}")
    with made as address, lab.page(chromium, address, **SCREEN) as (page, _):
        opened(page, f"{address}/lab?formgrader=true")
        yield page


def opened(page, address):
    """Open a JupyterLab where its own command would, and wait for all that comes by itself; what was refused."""
    refused = []
    page.on("requestfailed", lambda request: lab.allowed(request.url, address) or refused.append(request.url))
    page.goto(address)
    page.wait_for_function("window.jupyterapp?.restored.then(() => true)", timeout=60000)
    page.wait_for_load_state("networkidle")
    return refused


def commands(page, names):
    return [name for name in names if page.evaluate("name => jupyterapp.commands.hasCommand(name)", name)]


@browser
class TestAStudent:
    def test_sees_the_map_as_a_page(self, student):
        page, refused = student
        assert page.url.rstrip("?").endswith("/lab/tree/lessons/README.md")
        page.locator(".jp-MarkdownViewer h1", has_text="The lessons").wait_for()
        assert page.locator(".jp-MarkdownViewer table a").count() >= 2
        assert refused == []

    def test_is_asked_nothing(self, student):
        page, _ = student
        assert page.locator(".jp-Dialog, .Toastify__toast").all_inner_texts() == []

    def test_sees_no_panels_of_the_instructor(self, student):
        page, _ = student
        assert page.locator(".lm-MenuBar-itemLabel", has_text="Nbgrader").count() == 0
        assert page.locator("[title*=Assignment]").count() == 0
        assert commands(page, [*PANELS, *EXCHANGE]) == []

    def test_comes_to_a_lesson_from_the_map_and_can_validate(self, student):
        page, _ = student
        page.locator(".jp-MarkdownViewer table a").first.click()
        page.locator(".jp-NotebookPanel .jp-MarkdownCell h1").first.wait_for()
        page.locator(".jp-NotebookPanel-toolbar").get_by_text("Validate").wait_for()


@browser
@pytest.mark.sandbox
class TestAnInstructor:
    def test_lands_where_written_answers_wait(self, teacher):
        landed = teacher.request.get(urljoin(teacher.url, "/"))
        assert urlsplit(landed.url).path == "/formgrader/gradebook" and "Manual Grading" in landed.text()

    def test_is_told_by_grade_what_waits(self, course, capsys):
        assert main(["grade", "adam", "--course", str(course), "--no-feedback"]) == 0
        waits = f"waiting for a mark by hand: 1 (autograder teach --course {shlex.quote(str(course))})"
        assert waits in capsys.readouterr().out.splitlines()

    def test_sees_formgrader_with_the_class(self, teacher, course):
        frame = teacher.frame_locator("#formgrader iframe")
        frame.get_by_role("link", name="adam", exact=True).wait_for()
        frame.get_by_role("link", name="gradient_check", exact=True).wait_for()         # from solutions/
        assert teacher.locator(".jp-DirListing-itemText").all_inner_texts().count("gradebook.db") == 1
        assert commands(teacher, PANELS) == PANELS and commands(teacher, EXCHANGE) == []
        assert teacher.locator(".jp-Dialog, .Toastify__toast").count() == 0

    def test_marks_a_written_answer_and_finds_it_in_the_gradebook(self, teacher, course):
        frame = teacher.frame_locator("#formgrader iframe")
        frame.get_by_role("link", name="Manual Grading").click()
        for name in ("adam", "adam", "Submission #1"):
            frame.get_by_role("link", name=name, exact=True).click()
        score = frame.locator("input.score.needs_manual_grade")
        score.fill("1.5")
        with teacher.expect_response(lambda r: "/formgrader/api/grade/" in r.url and r.request.method == "PUT"):
            score.press("Tab")
        with closing(sqlite3.connect(course / "gradebook.db")) as gradebook:
            marked = gradebook.execute("SELECT manual_score FROM grade WHERE manual_score IS NOT NULL").fetchall()
        assert marked == [(1.5,)]


class TestTheCommands:
    def test_the_address_that_teach_prints_opens_without_a_login(self):
        server = ServerApp(default_url=MARKING)
        server.identity_provider = IdentityProvider(parent=server)
        assert parse_qs(urlsplit(server.local_url).query) == {"token": [server.identity_provider.token]}

    def test_grade_writes_the_report_that_the_readme_opens(self):
        assert "autograder report --course build/sample_class" in make("-n", "grade").stdout

    def test_lab_has_its_environment_on_the_path(self):
        ran = make("lab", "PY=printenv PATH #")
        assert ran.stdout.splitlines()[-1].split(os.pathsep)[0] == str(lab.ROOT / ".venv" / "bin")

    @pytest.mark.parametrize("words, says", [
        ([], "expected the folder of a class, got ''. Example: make teach COURSE=../term"),
        (["COURSE=/no where"], "there is no folder /no where"),
        (["COURSE=README.md"], "there is no folder"),
        (["COURSE=docs"], "docs is not one"),
        (["COURSE=."], "is not one. A new class begins with a copy of the project's nbgrader_config.py"),
    ])  # fmt: skip
    def test_teach_says_what_is_wrong_with_its_folder(self, words, says):
        ran = make("teach", f"PY='{sys.executable}'", *words)
        assert ran.returncode != 0 and says in ran.stderr and "Traceback" not in ran.stderr

    def test_teach_says_what_is_wrong_with_a_class_s_settings(self, tmp_path):
        (tmp_path / "nbgrader_config.py").write_text("1 / 0\n")
        ran = make("teach", f"PY='{sys.executable}'", f"COURSE={tmp_path}")
        assert "ZeroDivisionError" in ran.stderr and "Traceback" not in ran.stderr

    def test_teach_refuses_settings_with_which_formgrader_would_run_students_html(self, tmp_path):
        (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'mine'\n")
        ran = make("teach", f"PY='{sys.executable}'", f"COURSE={tmp_path}")
        assert "formgrader would run what is in students' notebooks" in ran.stderr and "Traceback" not in ran.stderr

    def test_the_settings_in_this_environment_are_those_of_the_project(self):
        project = tomllib.loads((lab.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        for place, files in project["tool"]["setuptools"]["data-files"].items():
            for file in files:
                there = Path(sys.prefix, place, Path(file).name)
                assert there.is_file() and json.loads(there.read_text()) == json.loads((lab.ROOT / file).read_text()), (
                    f"{there} is not {file}: install the project again (.ci/setup)")


def make(*words):
    """Run a target of the Makefile without its set-up, and without what make tells its own children."""
    environment = {k: v for k, v in os.environ.items() if k not in ("COURSE", "MAKEFLAGS", "MAKELEVEL")}
    return subprocess.run(["make", "-o", ".venv/lab-ready", *words], cwd=lab.ROOT, env=environment,
                          capture_output=True, text=True)  # fmt: skip
