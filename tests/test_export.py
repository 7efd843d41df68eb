"""Scores for other systems: nbgrader's numbers, the columns that are imported, nobody lost, nothing that runs."""

import csv
import io
import re

import pytest

from autograder.cli import main
from autograder.course.export import FORMATS, export, safe, warnings_about
from autograder.course.files import CourseError
from autograder.course.marks import Mark, Marks, Person, read_marks
from tests import classroom


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return classroom.make(tmp_path_factory.mktemp("export") / "course")


@pytest.fixture
def marks(course):
    classroom.note(course, ada="k1", bela="k2", chidi=("k3", "it is not a notebook"), dora="k4", zoe=("", "empty file"))
    return read_marks(course)


def rows(text):
    return list(csv.reader(io.StringIO(text)))


def test_scores_have_hand_marks_and_penalties_and_never_fall_below_zero(marks):
    assert {s: m.score for s, m in marks.of("adam").items()} == {
        "ada": 6, "bela": 3.5, "chidi": 1, "dora": 0, "emil": None, "zoe": None}  # fmt: skip
    assert marks.worth == {"adam": 6}


def test_csv_shows_everything(marks):
    head, *body = rows(export(marks, "csv"))
    table = {row[1]: dict(zip(head, row)) for row in body}
    assert list(table) == ["ada", "bela", "chidi", "dora", "emil", "zoe"]
    assert table["ada"]["last_name"] == "Lovelace" and table["ada"]["email"] == "ada@example.org"
    assert [r["score"] for r in table.values()] == ["6", "3.5", "1", "0", "", ""]
    assert [r["needs_manual_grade"] for r in table.values()] == ["no", "no", "yes", "no", "no", "no"]
    assert [r["late_submission_penalty"] for r in table.values()] == ["0", "1", "0", "5", "", ""]
    assert table["emil"]["problem"] == "nothing handed in" and table["zoe"]["problem"] == "empty file"
    assert table["chidi"]["problem"] == "it is not a notebook"
    assert {r["max_score"] for r in table.values()} == {"6"}


def test_canvas_has_canvas_columns(marks):
    head, possible, *body = rows(export(marks, "canvas", {"adam": "Adam (4711)"}))
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Adam (4711)"]
    assert possible == ["    Points Possible", "", "", "", "", "6"]
    assert body[0] == ["Lovelace, Ada", "17", "", "ada", "", "6"]
    assert body[1][1:] == ["", "b-9", "bela", "", "3.5"]     # no digits: not Canvas's own number
    assert body[4] == ["emil", "", "", "emil", "", ""]
    assert len(body) == 6


def test_canvas_refuses_a_title_that_it_would_ignore(marks):
    with pytest.raises(CourseError, match="Final Score"):
        export(marks, "canvas", {"adam": "Adam Final Score (1)"})


def test_moodle_has_no_column_with_holes_to_find_people_by(marks):
    head, *body = rows(export(marks, "moodle", {"adam": "Assignment: Adam"}))
    assert head == ["First name", "Last name", "ID number", "Assignment: Adam"]
    assert body[0] == ["Ada", "Lovelace", "ada", "6"]
    assert all(row[2] for row in body)
    assert [row[3] for row in body] == ["6", "3.5", "1", "0", "-", "-"]


def test_moodle_has_addresses_where_everybody_has_one():
    people = {"a": Person("a", email="a@example.org"), "b": Person("b", email="b@example.org")}
    marks = Marks(people, {"x": 2.0}, {("x", "a"): Mark(1.25), ("x", "b"): Mark()})
    assert rows(export(marks, "moodle")) == [["First name", "Last name", "ID number", "Email address", "x"],
                                             ["", "", "a", "a@example.org", "1.25"],
                                             ["", "", "b", "b@example.org", "-"]]  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
def test_no_cell_is_a_formula(marks, form):
    cells = [cell for row in rows(export(marks, form, {"adam": "=1+1"})) for cell in row]
    assert not [c for c in cells if c != "-" and c.lstrip().startswith(("=", "+", "-", "@"))]
    assert "'" + classroom.FORMULA in " ".join(cells)


def test_formulas_of_every_kind_are_made_text():
    for text in ("=1", "+1", "-1", "@SUM(1)", "  =1", "\u3000=1", "＝1", "－1"):
        assert safe(text).startswith("'")
    assert safe("\t=1") == safe("\r\n=1") == "'=1"
    assert safe("a\x1b[31m\u202eb") == r"a\x1b[31m\u202eb" and safe("山田\u3000太郎") == "山田 太郎"
    for text in ("", "ada", "a=b", "Lovelace, Ada", "1.5", "o'hara", "3-4"):
        assert safe(text) == text


def test_warnings_name_everybody_without_a_final_score(marks):
    said = list(warnings_about(marks, "csv"))
    assert any("no score, nothing handed in (1: emil)" in w for w in said)
    assert any("no score, empty file (1: zoe)" in w for w in said)
    assert any("earlier submission" in w and "chidi" in w for w in said)
    assert any(classroom.FORMULA in w for w in said)
    assert not any(re.search(r"\bada\b", w) for w in said)
    assert "email addresses" in list(warnings_about(marks, "moodle"))[-1]


def test_a_mark_by_hand_that_is_missing_is_said(course):
    classroom.note(course, chidi="k3")
    assert any("not final" in w and "chidi" in w for w in warnings_about(read_marks(course), "csv"))


def test_graded_but_not_recorded_is_said(course):
    classroom.note(course, emil="k5")
    assert read_marks(course).marks["adam", "emil"].problem == "graded, but not in the gradebook: grade again"


@pytest.mark.parametrize("notes", ['{"exercise": "adam", "stud', '{"students": []}', '{"students": {"ada": 3}}'])
def test_damaged_notes_are_an_error_and_not_an_empty_class(course, notes):
    classroom.note(course)
    (course.private / "graded" / "adam.json").write_text(notes, encoding="utf-8")
    with pytest.raises(CourseError, match="damaged"):
        read_marks(course)


def test_the_command_writes_a_private_file_and_warns(course, tmp_path, capsys):
    classroom.note(course)
    out = tmp_path / "scores.csv"
    assert main(["export", "adam", "--course", str(course.root), "--format", "canvas", "--title", "adam=Adam (3)",
                 "--out", str(out)]) == 0  # fmt: skip
    assert rows(out.read_text(encoding="utf-8"))[0][-1] == "Adam (3)"
    assert out.stat().st_mode & 0o077 == 0
    assert "nothing handed in" in capsys.readouterr().err


def test_the_command_prints_where_no_file_is_named(course, capsys):
    assert main(["export", "--course", str(course.root)]) == 0
    assert rows(capsys.readouterr().out)[1][1] == "ada"


@pytest.mark.parametrize("arguments, says", [
    (["export", "gpt"], "not in the gradebook: gpt"),
    (["export", "--title", "gpt=GPT"], "not exported: gpt"),
    (["export", "--out", "/nowhere/scores.csv"], "cannot write"),
])  # fmt: skip
def test_errors_are_said_on_stderr(course, capsys, arguments, says):
    assert main([*arguments, "--course", str(course.root)]) == 2
    assert says in capsys.readouterr().err


def test_no_gradebook_is_not_made_by_looking(tmp_path, capsys):
    assert main(["export", "--course", str(tmp_path)]) == 2
    assert "no gradebook" in capsys.readouterr().err and not list(tmp_path.iterdir())
