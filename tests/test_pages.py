"""The pages that show a submission: what they say, how they read, and that nothing of a student's is alive on them.

Looked at in a real browser: the feedback page, formgrader's page for marking by hand, the report.
"""

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from nbformat import write

from autograder.cli import main
from autograder.course.files import Course
from autograder.course.preprocessors import outputs
from autograder.marking import feedback
from autograder.marking.exercise import solution_notebook
from autograder.marking.submission import grade_id
from tests import classroom, lab
from tests.classroom import text_of

browser = [pytest.mark.browser, pytest.mark.sandbox]
ALIVE = [  # each would run or ask for something, if a page took it as it is
    "<script>hit('script')</script>", "<img src=x onerror=\"hit('onerror')\">", "<svg onload=\"hit('svg')\"></svg>",
    "<iframe srcdoc=\"<script>parent.hit('srcdoc')</script>\"></iframe>", "<img src='http://evil.example/img.png'>",
    "<link rel=stylesheet href='http://evil.example/a.css'>", "<style>@import 'http://evil.example/b.css';</style>",
    "<meta http-equiv=refresh content='0;url=http://evil.example/'>", "<base href='http://evil.example/'>",
    "<form action='http://evil.example/'><button autofocus onfocus=\"hit('focus')\">x</button></form>",
    "<details open ontoggle=\"hit('toggle')\">x</details>", "<a href=\"javascript:hit('link')\" class=bait>x</a>",
    "[x](javascript:hit('markdown'))", "[x](..%2f..%2f..%2fsubmitted%2fmallory%2fadam%2fpage.html)",
    "![x](http://evil.example/markdown.png)", "![x](attachment:alive.svg)", "<http://evil.example/>",
    "```mermaid\n</pre><script>hit('mermaid')</script>\n```", "```html\n<script>hit('fence')</script>\n```",
    "$\\href{javascript:hit('href')}{x}$ $\\require{html}\\class{x}{y}$ $$\\text{</math><script>hit('tex')</script>}$$",
    "\\begin{a}<script>hit('environment')</script>\\end{a}", "<math><mtext><script>hit('math')</script></mtext></math>",
    "</div></div></body><script>hit('close')</script>", "<!--><script>hit('comment')</script>-->",
    "<x-a style='background:url(http://evil.example/c.png)'>", "{{ resources.nbgrader }} {% raw %}",
]  # fmt: skip
TEXT = "**bold** and $x^2 < 3$\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
SVG = {"alive.svg": {"image/svg+xml": "PHN2ZyBvbmxvYWQ9ImhpdCgpIi8+", "text/html": "PHNjcmlwdD4="}}
CODE = f'''
print({" ".join(ALIVE[:3])!r})
from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display
for kind in (HTML, Javascript, Latex, Markdown, SVG):
    display(kind({"<svg xmlns='http://www.w3.org/2000/svg' onload='hit()'><script>hit()</script></svg>"!r}))
raise type("<script>hit('type')</script>", (ValueError,), {{}})({ALIVE[0]!r})
'''


def hostile():
    """A right solution of adam with everything alive that a student can put into a notebook."""
    notebook = solution_notebook("adam")
    cells = []
    for cell in notebook.cells:
        if grade_id(cell) == "explain-adam":
            cell.source, cell.attachments = TEXT + "\n\n".join(ALIVE), SVG
        cells.append(cell)
    for kind in ("markdown", "raw"):
        for text in ALIVE:
            metadata = {"raw_mimetype": "text/html", "tags": [ALIVE[0]], "nbgrader": {"grade_id": ALIVE[1]}}
            cells.append({"cell_type": kind, "id": f"\"><script>{len(cells)}", "metadata": metadata, "source": text})
    data = {"text/html": ALIVE[0], "image/svg+xml": ALIVE[2], "application/javascript": "hit('output')"}
    shown = {"output_type": "display_data", "data": data, "metadata": {}}
    cells.append({"cell_type": "code", "metadata": {}, "source": CODE, "outputs": [shown], "execution_count": None})
    language = {"name": ALIVE[0], "pygments_lexer": "html"}
    widgets = {"application/vnd.jupyter.widget-state+json": {"state": {"x": "</script>" + ALIVE[0]}}}
    metadata = {"language_info": language, "title": ALIVE[0], "widgets": widgets, "autograder": {"x": ALIVE[0]}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class of two: mallory, whose notebook is hostile, and fay, who made two mistakes and left a task open."""
    course = Course.at(tmp_path_factory.mktemp("pages") / "class")
    for student, notebook in (("mallory", hostile()), ("fay", faulty())):
        path = course.submitted / student / "adam" / "adam.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook), encoding="utf-8")
        (path.parent / "page.html").write_text("<script>opener.hit('file')</script>")
    assert main(["grade", "adam", "--course", str(course.root), "--jobs", "1"]) == 0
    return course


def faulty():
    notebook = solution_notebook("adam")
    for cell in notebook.cells:
        name = grade_id(cell)
        if name == "bias-correction":
            cell.source = "def bias_correction(m, v, t, beta1, beta2):\n    return m / betta, v"
        if name == "train":
            cell.source = "def train(optimizer, params, loss_and_grad, steps):\n    raise NotImplementedError"
        if name == "explain-adam":
            cell.source = "Because each weight has *its own* step: $\\hat m / \\sqrt{\\hat v}$."
    return notebook


def feedback_of(course, student="fay"):
    return course.page(student, "adam").read_text(encoding="utf-8")


def by_hand(course, statement, *values):
    """Change the gradebook, as formgrader does."""
    with closing(sqlite3.connect(course.root / "gradebook.db")) as gradebook:
        changed = gradebook.execute(statement, values).rowcount
        gradebook.commit()
    assert changed > 0


class TestWhatThePageSays:
    pytestmark = pytest.mark.sandbox

    def test_it_opens_with_each_task_by_its_name_its_points_and_what_to_mend(self, course):
        words = text_of(feedback_of(course))
        assert words.startswith("Adam Feedback for fay ")
        assert "Task 1: two running averages 1 of 1 ✓ complete" in words
        assert "Task 2: an honest start 0 of 2 NameError (in cell bias-correction, line 2). Is it a slip" in words
        assert "Task 5: explain not marked yet, of 2" in words and "2 of them are not marked yet" in words
        assert "Test cell" not in words

    def test_an_error_is_told_once_with_a_hint_that_fits(self, course):
        page = feedback_of(course)
        assert page.count("<summary>NameError:") == 1
        assert page.count("slip of the pen") == 2                  # in the table above, and where it happened
        assert "Task 4: the loop 0 of 1 Still open: write your code" in text_of(page)

    def test_mathematics_is_mathml_and_tables_are_tables(self, course):
        page = feedback_of(course)
        assert page.count("<math") > 5 and "\\hat" not in page.partition("</table>")[2] and "MathJax" not in page

    def test_what_is_given_is_folded(self, course):
        page = feedback_of(course)
        given = re.findall(r'<details class="given">.*?</details>', page, flags=re.DOTALL)
        assert len(given) >= 5 and all(" open" not in fold[:30] for fold in given)
        assert "SGD has one learning rate" in given[0] and "SGD has one learning rate" not in page.replace(given[0], "")

    def test_marks_and_comments_by_hand_are_shown_and_the_page_is_written_again(self, course, capsys):
        again = ["grade", "adam", "--course", str(course.root), "--jobs", "1"]
        mallory = course.page("mallory", "adam").stat().st_mtime_ns
        by_hand(course, "UPDATE grade SET manual_score = 1.5, needs_manual_grade = 0 WHERE auto_score IS NULL AND "
                        "notebook_id IN (SELECT n.id FROM submitted_notebook n JOIN submitted_assignment a "
                        "ON n.assignment_id = a.id WHERE a.student_id = 'fay')")  # fmt: skip
        by_hand(course, "UPDATE comment SET manual_comment = 'Why **each**? $a<b$' WHERE auto_comment IS NULL AND "
                        "cell_id IN (SELECT id FROM base_cell WHERE name = 'explain-adam') AND "
                        "notebook_id IN (SELECT n.id FROM submitted_notebook n JOIN submitted_assignment a "
                        "ON n.assignment_id = a.id WHERE a.student_id = 'fay')")  # fmt: skip
        assert main(again) == 0
        assert "1 feedback pages written" in capsys.readouterr().out
        page = feedback_of(course)
        assert "1.5 of 2, marked by hand" in text_of(page) and "not marked yet" not in page
        assert "Why <strong>each</strong>? <math" in page
        assert course.page("mallory", "adam").stat().st_mtime_ns == mallory
        assert main(again) == 0
        assert "0 feedback pages written" in capsys.readouterr().out

    def test_a_missing_page_is_written(self, course):
        course.page("fay", "adam").unlink()
        assert main(["grade", "adam", "--course", str(course.root), "--jobs", "1"]) == 0
        assert "Task 2" in feedback_of(course)

    def test_nbgraders_own_command_makes_the_same_page(self, course):
        before = feedback_of(course)
        command = [sys.executable, "-m", "nbgrader", "generate_feedback", "adam", "--force"]
        ran = subprocess.run(command, cwd=course.root, capture_output=True, text=True,
                             env=os.environ | {"PYTHONPATH": str(lab.ROOT)})  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        assert feedback_of(course) == before


class TestOneCauseIsToldOnce:
    def told(self, *tests):
        return feedback.tell(classroom.result_of("k", list(tests)))

    def failed(self, name, message, reason, hint, cell="a"):
        return classroom.TestResult(name, f"Title of {name}", cell, 0, 1, False, hint, message, reason, 0.0, [])

    def test_in_one_task(self):
        error = "NameError: name 'z' is not defined\n  in cell a, line 2: z"
        tests = [self.failed(f"t{i}", error, "error", f"suite hint {i}") for i in range(5)]
        said = self.told(*tests)["a"]
        assert said.html.count("<pre>") == 1 and said.html.count("Hint:") == 1 and "suite hint" not in said.html
        assert said.html.count("The same as") == 4
        assert said.next.startswith("NameError: name 'z' is not defined (in cell a, line 2). Is it a slip")

    def test_across_tasks_where_the_last_line_is_the_same(self):
        inner = "  in cell a, line 2: z"
        said = self.told(self.failed("t0", f"NameError: z\n{inner}", "error", "h"),
                         self.failed("t1", f"NameError: z\n  in cell b, line 9: f(x)\n{inner}", "error", "h", "b"))
        assert said["b"].same_as == "a" and "in “Title of t0”" in said["b"].html and "<pre>" not in said["b"].html

    def test_wrong_results_keep_their_own_hints(self):
        wrong = "The result is not what this test expects."
        said = self.told(*(self.failed(f"t{i}", wrong, "wrong result", f"hint {i}") for i in range(3)))["a"]
        assert [f"hint {i}" in said.html for i in range(3)] == [True] * 3 and said.next == "hint 0"

    def test_nothing_lost_nothing_to_mend(self):
        said = self.told(classroom.test_of("t", True))["test-adam"]
        assert said.next == "" and "✓ passed" in said.html and "Hint" not in said.html

    def test_what_was_carried_is_said_in_place_of_what_to_mend(self):
        right = "Right, once `f` is right."
        test = classroom.TestResult("t", "T", "a", 1, 1, False, "", right, "", 0.0, [], carried=["f"])
        said = self.told(test)["a"]
        assert said.next == "Right, once f is right."    # as text
        assert "✓ counts" in said.html and "<code>f</code>" in said.html and "Hint" not in said.html

    def test_a_name_that_a_broken_cell_did_not_define_points_to_that_cell(self):
        message = "f is not defined, because the cell f ended with an error:\nSyntaxError: x\n  in cell f, line 2: ("
        assert self.told(self.failed("t", message, "name missing", "h"))["a"].next.endswith("Mend that cell first.")

    def test_it_is_escaped(self):
        said = self.told(self.failed("t", f"{classroom.SCRIPT}\n{classroom.SCRIPT}", "error", classroom.SCRIPT))["a"]
        assert "<script" not in said.html


def test_what_a_cell_printed_is_text():
    (printed,) = outputs({"out": "\x1b[31m<script>"})
    assert printed.text == "[31m<script>" and printed.output_type == "stream"


@pytest.mark.parametrize("error, name, message", [
    ("KeyError: 'a: b'\n  in cell adam, line 2: x", "KeyError", "'a: b'"),
    ("it ran longer than 10 seconds", "Error", "it ran longer than 10 seconds"),
])  # fmt: skip
def test_an_error_has_its_own_name(error, name, message):
    (shown,) = outputs({"error": error})
    assert (shown.ename, shown.evalue, shown.traceback) == (name, message, [error])


class Watch:
    """What a page did that it must not do: scripts of a student's that ran, addresses that it asked for."""

    def __init__(self, page, address):
        self.ran, self.asked, home = [], [], address or "file:"
        page.expose_function("hit", lambda *what: self.ran.append(what))
        page.on("request", lambda r: r.url.startswith((home, "data:")) or self.asked.append(r.url))
        page.on("dialog", lambda dialog: (self.ran.append("dialog"), dialog.dismiss()))

    def nothing_happened(self, page):
        """Click whatever can be clicked in what the student wrote, and look."""
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        page.evaluate("document.querySelectorAll('a[href^=javascript], .bait').forEach(a => a.click())")
        page.wait_for_load_state("networkidle")
        alive = "script:not([nonce]), iframe, object, embed, form, base, meta[http-equiv=refresh], [onerror]"
        return self.ran == [] and self.asked == [] and page.locator(alive).count() == 0


@pytest.mark.browser
@pytest.mark.sandbox
class TestNothingOfAStudentsIsAlive:
    def test_on_the_feedback_page(self, course, chromium):
        with lab.page(chromium) as (page, errors):
            watch = Watch(page, None)
            page.goto(course.page("mallory", "adam").as_uri())
            assert watch.nothing_happened(page) and errors == []
            assert page.locator("script").count() == 0
            assert page.locator(".answer strong", has_text="bold").count() == 1
            assert page.locator(".answer td").count() >= 2 and page.locator(".answer math msup").count() >= 1
            assert "<script>hit('script')</script>" in page.locator(".answer").first.inner_text()

    def test_on_formgraders_page(self, course, chromium, tmp_path_factory):
        made = lab.made(tmp_path_factory.mktemp("teach"), "teach", f"COURSE={course.root}")
        with made as address, lab.page(chromium, address, viewport={"width": 1200, "height": 900}) as (page, errors):
            watch = Watch(page, address)
            with closing(sqlite3.connect(course.root / "gradebook.db")) as gradebook:
                ids = gradebook.execute("SELECT n.id, a.student_id FROM submitted_notebook n "
                                        "JOIN submitted_assignment a ON n.assignment_id = a.id").fetchall()  # fmt: skip
            for id, student in ids:
                page.goto(f"{address}/formgrader/submissions/{id}/?index=0")
                page.locator("textarea.comment[placeholder]").first.wait_for()  # wait_for_function would need eval
                page.locator("input.score[placeholder]").first.wait_for()
                assert page.evaluate("formgrader.loaded")
                assert watch.nothing_happened(page), (student, watch.ran, watch.asked)
                assert errors == []
                assert page.locator("math").count() > 5
                assert page.locator("#notebook a[href]:not([href^='#row-'])").count() == 0
            page.locator("textarea#explain-adam-comment").fill("Good.")
            with page.expect_response(lambda r: "/formgrader/api/comment/" in r.url and r.request.method == "PUT"):
                page.locator("textarea#explain-adam-comment").press("Tab")
            page.locator(".glyphicon-eye-open").click()
            assert page.locator("a.name-shown").is_visible()

    def test_on_the_report(self, course, chromium, tmp_path):
        file = tmp_path / "report.html"
        assert main(["report", "--course", str(course.root), "--out", str(file)]) == 0
        with lab.page(chromium) as (page, errors):
            watch = Watch(page, None)
            page.goto(file.as_uri())
            assert page.locator("script, iframe, img").count() == 0
            assert watch.ran == watch.asked == errors == []


@pytest.mark.browser
@pytest.mark.sandbox
@pytest.mark.parametrize("width", [1100, 390])
def test_the_page_fits_the_screen(course, chromium, width):
    with lab.page(chromium, viewport={"width": width, "height": 900}) as (page, errors):
        page.goto(course.page("fay", "adam").as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width and errors == []
        assert page.pdf()[:4] == b"%PDF"


@pytest.mark.browser
@pytest.mark.sandbox
@pytest.mark.parametrize("width", [1100, 390])
def test_nothing_serious_keeps_anybody_from_reading_it(course, chromium, width):
    with lab.page(chromium, viewport={"width": width, "height": 900}) as (page, _):
        for student in ("fay", "mallory"):
            page.goto(course.page(student, "adam").as_uri())
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            assert lab.barriers(page) == [], student


@pytest.mark.parametrize("name", ['";alert(1);"', "<img src=x onerror=alert(1)>"])
def test_a_folder_whose_name_could_be_code_is_refused(course, name):
    """formgrader writes the names of students into its own pages as they are."""
    folder = course.submitted / name / "adam"
    folder.mkdir(parents=True)
    write(solution_notebook("adam"), str(folder / "adam.ipynb"))
    assert main(["grade", "adam", "--course", str(course.root), "--jobs", "1", "--no-feedback"]) == 1
