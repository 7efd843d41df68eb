"""The sample class, graded from end to end: the command line, nbgrader's gradebook, the feedback pages."""

import re
from contextlib import contextmanager

import pytest

from autograder.cli import main
from autograder.course.files import Course
from autograder.course.gradebook import open_gradebook
from autograder.marking.suite import SUITES
from autograder.sample_class.build import build, expected
from autograder.sample_class.students import STUDENTS

pytestmark = pytest.mark.sandbox
EXERCISES = ["adam", "gradient_check"]    # the other classes: tests/exercises


@pytest.fixture(scope="module", params=EXERCISES)
def graded(request, tmp_path_factory):
    """(exercise, course, what was printed) of one exercise graded once."""
    root = tmp_path_factory.mktemp("a course") / "with a space"
    course = Course.at(root)
    build(course.submitted, [request.param])
    capture = request.config.pluginmanager.getplugin("capturemanager")
    capture.read_global_capture()
    status = main(["grade", request.param, "--course", str(root)])
    return request.param, course, capture.read_global_capture(), status


def test_it_ends_well_and_prints_the_table(graded):
    exercise, _, (out, err), status = graded
    assert status == 0 and err == ""
    for student, marks in expected(exercise).items():
        row = next(line for line in out.splitlines() if line.startswith(f"{student} "))
        assert row.split()[1:-3] == [f"{p:g}" for p in marks.values()], row
        assert row.split()[-3] == f"{sum(marks.values()):g}"


def test_everyone_is_in_the_table_of_expected_marks():
    for exercise in EXERCISES:
        assert list(expected(exercise)) == list(STUDENTS[exercise])
        assert len(STUDENTS[exercise]) >= 12


def test_the_gradebook_has_the_expected_points(graded):
    exercise, course, *_ = graded
    with open_gradebook(course) as gradebook:
        for student, marks in expected(exercise).items():
            submission = gradebook.find_submission_notebook(exercise, exercise, student)
            found = {g.name: g.auto_score for g in submission.grades if g.name in marks}
            assert found == marks, student


def test_written_answers_wait_for_a_person_unless_untouched(graded):
    exercise, course, *_ = graded
    with open_gradebook(course) as gradebook:
        waiting = {}
        for student in ("ada", "omar"):
            grades = gradebook.find_submission_notebook(exercise, exercise, student).grades
            waiting[student] = [g.needs_manual_grade for g in grades if g.name.startswith("explain")]
    assert waiting == {"ada": [True], "omar": [False]}


def feedback_of(graded, student):
    exercise, course, *_ = graded
    return (course.root / "feedback" / student / exercise / f"{exercise}.html").read_text(encoding="utf-8")


def test_feedback_shows_titles_points_and_hints(graded):
    exercise = graded[0]
    page = feedback_of(graded, "omar")
    suite = (SUITES / exercise / f"test_{exercise}.py").read_text(encoding="utf-8")
    titles = re.findall(r"\(student\):\n    \"\"\"(.*?)\"\"\"", suite)
    assert len(titles) >= 15
    for title in titles:
        assert title.split("'")[0] in page
    assert "Hint:" in page and "raise NotImplementedError(" in page


def test_feedback_shows_nothing_of_the_hidden_tests(graded):
    exercise = graded[0]
    suite = (SUITES / exercise / f"test_{exercise}.py").read_text(encoding="utf-8")
    statement = re.compile(r"    (np\.|assert |raise |for |\w+(, \w+)* = )")
    code = {line.strip() for line in suite.splitlines() if statement.match(line)}
    assert len(code) > 30
    for student in ("ada", "dora", "fatima", "goran", "noor"):
        page = feedback_of(graded, student)
        assert not [line for line in code if len(line) > 20 and line in page]
        assert "default_rng(" not in page.replace("default_rng(4)", "").replace("default_rng(0)", "")


def test_feedback_names_the_mistake(graded):
    exercise = graded[0]
    student, says = {"adam": ("dora", "bias correction"), "gradient_check": ("emil", "one-sided")}[exercise]
    page = feedback_of(graded, student)
    assert "well-known slip" in page and says in page
    assert "well-known slip" not in feedback_of(graded, "ada")


def test_a_flood_of_output_is_cut(graded):
    assert len(feedback_of(graded, "mika")) < 2_000_000


def test_no_submission_shows_where_the_solution_begins(graded):
    _, course, _, _ = graded
    notebooks = list(course.submitted.rglob("*.ipynb"))
    assert notebooks and not [p for p in notebooks if "SOLUTION" in p.read_text(encoding="utf-8")]


def test_submissions_stay_as_they_were_handed_in(graded, tmp_path):
    exercise, course, *_ = graded
    build(tmp_path, [exercise])
    for student in STUDENTS[exercise]:
        path = f"{student}/{exercise}/{exercise}.ipynb"
        assert (course.submitted / path).read_bytes() == (tmp_path / path).read_bytes()


@contextmanager
def by_hand(course, exercise, student="ada"):
    """The grade and the comment that a person gives to the written answer of a student."""
    with open_gradebook(course) as gradebook:
        notebook = gradebook.find_submission_notebook(exercise, exercise, student)
        yield (next(g for g in notebook.grades if g.name.startswith("explain")),
               next(c for c in notebook.comments if c.name.startswith("explain")))
        gradebook.db.commit()


def test_grading_again_runs_nothing_and_keeps_what_was_given_by_hand(graded, capsys):
    """Also where the grader's own notes are damaged, so that all is recorded again."""
    exercise, course, *_ = graded
    with by_hand(course, exercise) as (grade, comment):
        grade.manual_score, comment.manual_comment = 1.5, "Well said."
    everyone = len(STUDENTS[exercise])
    for recorded in (0, everyone):
        assert main(["grade", exercise, "--course", str(course.root), "--no-feedback"]) == 0
        assert f"  {recorded} recorded, {everyone - recorded} unchanged" in capsys.readouterr().out
        with by_hand(course, exercise) as (grade, comment):
            assert (grade.manual_score, comment.manual_comment) == (1.5, "Well said.")
        course.log(exercise).write_text('{"students": {"ada": ', encoding="utf-8")


def test_a_new_due_date_is_taken_over(graded, capsys):
    exercise, course, *_ = graded
    with open_gradebook(course) as gradebook:
        gradebook.update_or_create_assignment(exercise, duedate="2026-01-01 12:00:00 UTC")
    for recorded in (len(STUDENTS[exercise]), 0):
        assert main(["grade", exercise, "--course", str(course.root), "--no-feedback"]) == 0
        assert f"  {recorded} recorded" in capsys.readouterr().out
