"""Submissions come in from Moodle, Canvas and e-mail, feedback goes back: nobody lost, nothing overwritten."""

import json
import os
import shutil
import stat
import struct
import zipfile
from contextlib import ExitStack
from dataclasses import replace

import pytest

from autograder.cli import main
from autograder.course import grade
from autograder.course.collect import exercise_cells, exercise_of
from autograder.course.download import files_in, labels
from autograder.course.files import Course
from autograder.course.gradebook import open_gradebook, register
from autograder.course.marks import read_marks
from autograder.course.submitted import time_stamp
from autograder.marking.exercise import release_notebook, solution_notebook
from autograder.marking.submission import MAX_BYTES, BadSubmission, code_to_run, restore
from autograder.marking.suite import PROJECT, load_suite
from autograder.sample_class.build import build
from tests import classroom

EXERCISES = sorted(path.stem for path in (PROJECT / "exercises").glob("*/*.ipynb"))
ADAM = (PROJECT / "exercises" / "adam" / "adam.ipynb").read_bytes()
NEWER = ADAM + b"\n"  # other bytes, the same notebook
VAE = (PROJECT / "exercises" / "vae" / "vae.ipynb").read_bytes()
MOODLE = "Ada Lovelace_101_assignsubmission_file"
NOON, EVENING = (2027, 3, 1, 12, 0, 0), (2027, 3, 1, 20, 30, 0)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A course with the students of classroom.py; ada's number in Canvas is 17."""
    return classroom.make(tmp_path_factory.mktemp("collect") / "course").root


@pytest.fixture
def course(template, tmp_path):
    return Course.at(shutil.copytree(template, tmp_path / "course"))


@pytest.fixture
def run(course, capsys):
    """Run a command about the course; returns its status, and what it said on stdout and stderr."""

    def run(command, *arguments):
        status = main([command, *map(str, arguments), "--course", str(course.root)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture
def pack(tmp_path):
    """Write a zip. A value is the content of a file, or (content, date), or (content, date, mode)."""

    def pack(files, name="download.zip"):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, value in files.items():
                given = value if isinstance(value, tuple) else (value,)
                content, date, mode = given + (NOON, 0)[len(given) - 1:]
                info = zipfile.ZipInfo(path, date)
                info.external_attr = mode << 16
                archive.writestr(info, content, zipfile.ZIP_DEFLATED)
        return tmp_path / name

    return pack


def lay(root, files):
    """Write a folder of files."""
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


def submitted(course):
    """What lies in submitted/, by path."""
    return {p.relative_to(course.submitted).as_posix(): p.read_bytes()
            for p in course.submitted.rglob("*") if p.is_file()}  # fmt: skip


def table(out):
    """The table that is printed at the end: {exercise: (collected, unchanged, replaced)}, and its last line."""
    head, *rows, last = out.splitlines()
    assert head.split() == ["exercise", "collected", "unchanged", "replaced"]
    return {row.split()[0]: tuple(map(int, row.split()[1:])) for row in rows}, last


def cells(*names):
    """A notebook with cells of these grade ids."""
    marked = [{"cell_type": "code", "outputs": [], "execution_count": None, "source": "x = 1",
               "metadata": {"nbgrader": {"grade_id": name, "grade": False, "solution": True}}} for name in names]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": marked}).encode()


@pytest.mark.parametrize("path", [
    f"{MOODLE}_/adam.ipynb", f"{MOODLE}/adam.ipynb", f"{MOODLE}/week 3/adam.ipynb", f"{MOODLE}_adam.ipynb",
    f"{MOODLE}_my_own_name.ipynb", f"hand-in/{MOODLE}/adam (1).ipynb", f"{MOODLE}/final_FINAL.IPYNB",
    "lovelaceada_17_987654_adam.ipynb", "lovelaceada_17_987654_adam-1.ipynb", "17_987654_adam.ipynb",
    "submissions/lovelaceada_17_987654_2024_05_adam.ipynb",
    "ada/adam.ipynb", "ada/adam/adam.ipynb", "ada/deep/inside/17_3_x.ipynb",
])  # fmt: skip
@pytest.mark.parametrize("as_zip", [True, False])
def test_each_format_leads_to_the_students_folder(course, run, pack, tmp_path, path, as_zip):
    source = pack({path: ADAM}) if as_zip else lay(tmp_path / "folder", {path: ADAM})
    status, out, err = run("collect", source)
    assert (status, err) == (0, "")
    assert submitted(course) == {"ada/adam/adam.ipynb": ADAM}
    assert table(out) == ({"adam": (1, 0, 0)}, "told: 0 (not collected: 0)")


def test_names_are_taken_apart_as_the_systems_put_them_together():
    moodle, late, anonymous, late_anonymous, nothing = labels([
        "O Neill 2_5_assignsubmission_onlinetext_/onlinetext.html", "doejane_LATE_4021_98_hw_2_1_adam-1.ipynb",
        "anon_x7Q_98_2024_adam.ipynb", "LATE_anon_x7Q_98_adam.ipynb", "adam.ipynb"])  # fmt: skip
    assert (moodle.name, moodle.number, moodle.part) == ("O Neill 2", "5", "onlinetext")
    assert (late.name, late.number, late.late, late.attachment) == ("doejane", "4021", True, 98)
    assert (anonymous.number, anonymous.late, anonymous.attachment) == ("anon_x7Q", False, 98)
    assert (late_anonymous.number, late_anonymous.late) == ("anon_x7Q", True)
    assert nothing is None


def test_the_exercise_is_told_by_the_cells_and_not_by_the_name(course, run, pack):
    status, out, _ = run("collect", pack({f"{MOODLE}/adam.ipynb": VAE, f"{MOODLE}/untitled.ipynb": ADAM}))
    assert status == 0 and table(out)[0] == {"adam": (1, 0, 0), "vae": (1, 0, 0)}
    assert submitted(course) == {"ada/vae/vae.ipynb": VAE, "ada/adam/adam.ipynb": ADAM}


def test_every_exercise_is_recognised_also_with_half_of_its_cells_gone():
    known = exercise_cells()
    assert sorted(known) == EXERCISES
    for exercise in EXERCISES:
        notebook = release_notebook(exercise)
        assert exercise_of(notebook, known) == exercise
        notebook.cells = notebook.cells[len(notebook.cells) // 2 :]
        assert exercise_of(notebook, known) == exercise


@pytest.mark.parametrize("content, says", [
    (b'{"nbformat": 4, "cells": [', "not a notebook: "),
    (b"", "the file is empty"),
    (b"[" * 200_000, "not a notebook: "),
    (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}', "it belongs to no exercise"),
    (cells("shopping-list"), "it belongs to no exercise: not one of its cells is of one"),
    (cells("train"), "its cells can be of more than one exercise: adam, lr_schedule, "),
    (b" " * (30 << 20), "larger than 20 MiB"),
])  # fmt: skip
def test_what_is_no_exercises_notebook_is_told_and_costs_nobody_else(course, run, pack, content, says):
    status, out, err = run("collect", pack({"dora/x.ipynb": content, "ada/x.ipynb": ADAM}))
    assert status == 1 and f"autograder: not collected: download.zip: dora/x.ipynb: {says}" in err
    assert submitted(course) == {"ada/adam/adam.ipynb": ADAM}
    assert table(out) == ({"adam": (1, 0, 0)}, "told: 1 (not collected: 1)")


@pytest.mark.parametrize("declared, says", [(10, "cannot be read from the zip: "), (1 << 30, "larger than 20 MiB")])
def test_a_zip_that_lies_about_a_size_unpacks_no_more_than_allowed(course, run, pack, declared, says):
    path = pack({"dora/x.ipynb": b" " * (30 << 20), "ada/x.ipynb": ADAM})
    data = bytearray(path.read_bytes())
    size, lie = struct.pack("<I", 30 << 20), struct.pack("<I", declared)
    assert data.count(size) == 2  # in front of the file, and in the list at the end
    path.write_bytes(data.replace(size, lie))
    status, _, err = run("collect", path)
    assert status == 1 and f"dora/x.ipynb: {says}" in err
    assert submitted(course) == {"ada/adam/adam.ipynb": ADAM}


def test_no_more_of_a_file_is_unpacked_than_is_allowed(pack, monkeypatch):
    asked, original = [], zipfile.ZipExtFile.read
    monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda file, n=-1: asked.append(n) or original(file, n))
    with ExitStack() as stack:
        (file,) = files_in(pack({"ada/x.ipynb": b" " * (30 << 20)}), stack)
        with pytest.raises(BadSubmission, match="larger than 20 MiB"):
            file.read()
    assert asked == [MAX_BYTES + 1]


def test_a_damaged_file_of_a_zip_is_told(course, run, pack):
    path = pack({"dora/x.ipynb": ADAM, "ada/x.ipynb": NEWER})
    data = bytearray(path.read_bytes())
    data[100] ^= 255  # inside dora's
    path.write_bytes(data)
    status, _, err = run("collect", path)
    assert status == 1 and "dora/x.ipynb: cannot be read from the zip: " in err
    assert submitted(course) == {"ada/adam/adam.ipynb": NEWER}


@pytest.mark.parametrize("path, mode, says", [
    ("dora/x.ipynb", stat.S_IFLNK | 0o777, "it is a symbolic link, not a file"),
    ("dora/x.ipynb", stat.S_IFIFO | 0o600, "it is no ordinary file"),
    ("../dora/x.ipynb", 0, "its path is no plain one"),
    ("dora/../../x.ipynb", 0, "its path is no plain one"),
    ("/dora/x.ipynb", 0, "its path is no plain one"),
    ("dora/x\x1b[31m.ipynb", 0, "its name has characters that cannot be shown"),
    ("dora/" + "x" * 1000 + ".ipynb", 0, "its path is longer than 1,000 characters"),
    ("do{ra/x.ipynb", 0, "'do{ra' cannot be the name of a student's folder"),
    ("d" * 129 + "/x.ipynb", 0, "cannot be the name of a student's folder"),
    ("x.ipynb", 0, "nothing says whose it is: expected a name as Moodle or Canvas write it"),
    ("dora/adam.pdf", 0, "it is no notebook (.ipynb)"),
    ("dora/adam.zip", 0, "it is no notebook (.ipynb); unpack it in its place"),
    ("Dora D_7_assignsubmission_onlinetext/onlinetext.html", 0, "it is the onlinetext of Dora D (7), no notebook"),
])  # fmt: skip
def test_what_must_not_be_taken_is_told_with_the_reason(course, run, pack, path, mode, says):
    before = sorted(course.root.parent.rglob("*"))
    source = pack({path: (ADAM, NOON, mode), "ada/x.ipynb": ADAM})
    status, _, err = run("collect", source)
    assert status == 1 and says in err and err.count("not collected") == 1
    assert "\x1b" not in err
    assert submitted(course) == {"ada/adam/adam.ipynb": ADAM}
    new = {*course.root.parent.rglob("*")} - {*before, source}
    assert all(p.is_relative_to(course.submitted) or p.is_relative_to(course.private) for p in new)


def test_links_and_pipes_in_a_folder_are_told_and_not_followed(course, run, tmp_path):
    secret = lay(tmp_path / "secret", {"adam.ipynb": ADAM})
    folder = lay(tmp_path / "mails", {"ada/x.ipynb": ADAM, "dora/y.txt": b"", "chidi/y.txt": b""})
    (folder / "dora" / "x.ipynb").symlink_to(secret / "adam.ipynb")
    (folder / "zoe").symlink_to(secret)
    os.mkfifo(folder / "chidi" / "x.ipynb")
    status, _, err = run("collect", folder)
    assert status == 1
    assert "mails: dora/x.ipynb: it is a symbolic link, not a file" in err
    assert "mails: zoe: it is a symbolic link, not a file" in err
    assert "mails: chidi/x.ipynb: it is no ordinary file" in err
    assert submitted(course) == {"ada/adam/adam.ipynb": ADAM}


def test_what_editors_and_systems_leave_behind_does_not_count_but_is_told(course, run, pack):
    status, _, err = run("collect", pack({
        "ada/x.ipynb": ADAM, "ada/.ipynb_checkpoints/x-checkpoint.ipynb": (NEWER, EVENING),
        "__MACOSX/ada/._x.ipynb": (NEWER, EVENING)}))  # fmt: skip
    assert status == 0 and submitted(course) == {"ada/adam/adam.ipynb": ADAM}
    assert "left out what editors and systems leave behind: ada/.ipynb_checkpoints/x-checkpoint.ipynb, __MACOSX" in err


@pytest.mark.parametrize("old, new", [
    (("lovelaceada_17_98_b.ipynb", EVENING), ("lovelaceada_17_1000_a.ipynb", NOON)),
    ((f"{MOODLE}/b.ipynb", NOON), (f"{MOODLE}/a.ipynb", EVENING)),
    ("ada/adam (9).ipynb", "ada/adam (10).ipynb"),
    ("ada/adam.ipynb", "ada/adam (1).ipynb"),
    ("lovelaceada_17_98_adam (7).ipynb", "lovelaceada_17_99_adam (2).ipynb"),
])  # fmt: skip
@pytest.mark.parametrize("swap", [False, True])
def test_of_several_notebooks_the_newest_counts_and_the_others_are_told(course, run, pack, old, new, swap):
    (old, old_date), (new, new_date) = (x if isinstance(x, tuple) else (x, NOON) for x in (old, new))
    files = {old: (ADAM, old_date), new: (NEWER, new_date)}
    status, out, err = run("collect", pack(dict(reversed(files.items())) if swap else files))
    assert status == 0 and submitted(course) == {"ada/adam/adam.ipynb": NEWER}
    assert f"{old}: not the newest of ada's for adam; download.zip: {new} counts" in err
    assert table(out) == ({"adam": (1, 0, 0)}, "told: 1 (not collected: 0)")


def test_where_nothing_says_which_is_newer_none_is_taken(course, run, pack):
    files = {"ada/a.ipynb": ADAM, "ada/b.ipynb": NEWER, "dora/a.ipynb": ADAM, "dora/b.ipynb": ADAM}
    status, _, err = run("collect", pack(files))
    for name in "ab":
        assert f"ada/{name}.ipynb: nothing says which of ada's 2 notebooks of adam is the newest; take the oth" in err
    assert status == 1 and submitted(course) == {"dora/adam/adam.ipynb": ADAM}  # the same twice is no question


def test_late_ones_are_told(course, run, pack):
    status, _, err = run("collect", pack({"lovelaceada_LATE_17_98_adam.ipynb": ADAM, "x_4_9_adam.ipynb": ADAM}),
                         "--names", pack_names(course, "4,dora"))  # fmt: skip
    assert status == 0
    assert "lovelaceada_LATE_17_98_adam.ipynb: late, says Canvas (ada, adam)" in err and "dora" not in err


def pack_names(course, *lines, head="name,id"):
    """A file for --names."""
    path = course.root.parent / "names.csv"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("path, who, line", [
    ("Zoe Quinn_5_assignsubmission_file/x.ipynb", "no student of the gradebook is called 'Zoe Quinn'", "Zoe Quinn,ID"),
    ('Zoe, "Z" Quinn_5_assignsubmission_file/x.ipynb', "is called", '"Zoe, ""Z"" Quinn",ID'),
    ("quinnzoe_4055_98_adam.ipynb", "no student of the gradebook has the lms_user_id 4055", "4055,ID"),
    ("anon_x7Q_98_adam.ipynb", "no student of the gradebook has the lms_user_id anon_x7Q", "anon_x7Q,ID"),
    ("z{oe/x.ipynb", "'z{oe' cannot be the name of a student's folder", "z{oe,ID"),
])  # fmt: skip
def test_an_unknown_student_is_told_with_the_line_that_settles_it(course, run, pack, path, who, line):
    source = pack({path: ADAM})
    status, _, err = run("collect", source)
    assert status == 1 and who in err and err.endswith(f"in the file of --names: {line}\n")
    assert not submitted(course)
    status, _, err = run("collect", source, "--names", pack_names(course, line.replace(",ID", ",dora")))
    assert (status, err) == (0, "") and submitted(course) == {"dora/adam/adam.ipynb": ADAM}


@pytest.mark.parametrize("name", ["Séan O'Hara", "SÉAN  OHARA", "Se\u0301an O:Hara"])
def test_names_are_compared_as_moodle_writes_them(course, run, pack, name):
    with open_gradebook(course) as gradebook:
        gradebook.update_or_create_student("sean", first_name="Séan", last_name="O'Hara")
    status, _, err = run("collect", pack({f"{name}_5_assignsubmission_file/x.ipynb": ADAM}))
    assert (status, err) == (0, "") and submitted(course) == {"sean/adam/adam.ipynb": ADAM}


def test_two_students_of_one_name_are_told_apart_by_their_numbers(course, run, pack):
    with open_gradebook(course) as gradebook:
        gradebook.update_or_create_student("ada2", first_name="Ada", last_name="Lovelace")
    source = pack({f"{MOODLE}/x.ipynb": ADAM, "Ada Lovelace_102_assignsubmission_file/x.ipynb": NEWER})
    status, _, err = run("collect", source)
    assert status == 1 and "more than one student of the gradebook is called 'Ada Lovelace' (ada, ada2)" in err
    assert "--names: 101,ID" in err and "--names: 102,ID" in err
    assert run("collect", source, "--names", pack_names(course, "101,ada", "102,ada2"))[0] == 0
    assert submitted(course) == {"ada/adam/adam.ipynb": ADAM, "ada2/adam/adam.ipynb": NEWER}


def test_the_file_of_names_goes_first(course, run, pack):
    source = pack({f"{MOODLE}/x.ipynb": ADAM, "ada/y.ipynb": VAE})
    status, _, _ = run("collect", source, "--names", pack_names(course, "ada lovelace,dora", "ada,chidi"))
    assert status == 0 and submitted(course) == {"dora/adam/adam.ipynb": ADAM, "chidi/vae/vae.ipynb": VAE}


def test_a_students_name_that_is_empty_fits_nobody(course, run, pack):
    """Some in the gradebook have no name; what Moodle's leaves of one may be nothing, too."""
    status, _, err = run("collect", pack({"'_5_assignsubmission_file/x.ipynb": ADAM}))
    assert status == 1 and "no student of the gradebook is called" in err


def test_an_id_that_the_gradebook_does_not_know_is_taken_and_told(course, run, pack):
    files = {"zoe/x.ipynb": ADAM, "ada/x.ipynb": ADAM, "zoe/y.ipynb": VAE, "yan/x.ipynb": VAE}
    status, _, err = run("collect", pack(files))
    assert status == 0 and len(submitted(course)) == 4
    assert err == "autograder: download.zip: not among the students of the gradebook: zoe, yan\n"


def test_no_list_of_students_is_needed_and_no_gradebook_is_made(run, pack, tmp_path, capsys):
    (tmp_path / "new").mkdir()
    assert main(["collect", str(pack({"zoe/x.ipynb": ADAM})), "--course", str(tmp_path / "new")]) == 0
    assert capsys.readouterr().err == "" and not (tmp_path / "new" / "gradebook.db").exists()
    assert submitted(Course.at(tmp_path / "new")) == {"zoe/adam/adam.ipynb": ADAM}


@pytest.mark.parametrize("lines, head, says", [
    (["a,b"], "name,student", "names.csv: expected the columns name,id, got name,student"),
    (["Ada"], "name,id", "names.csv, line 2: expected the columns name,id, got Ada"),
    (["x,dora", "Ada,"], "name,id", "names.csv, line 3: expected a name and an id, got Ada,"),
    (["Ada,ada", "ADA,dora"], "name,id", "names.csv, line 3: ADA is dora here and ada above"),
])  # fmt: skip
def test_a_file_of_names_that_cannot_be_meant_is_told_before_anything_is_done(course, run, pack, lines, head, says):
    status, out, err = run("collect", pack({"ada/x.ipynb": ADAM}), "--names", pack_names(course, *lines, head=head))
    assert status == 2 and says in err and not out and not submitted(course)


def test_the_columns_may_stand_in_any_order_as_a_spreadsheet_saves_them(course, run, pack):
    names = pack_names(course, "dora, Zoe ", "", head="\ufeffid,name")
    assert run("collect", pack({"zoe/x.ipynb": ADAM}), "--names", names)[0] == 0
    assert submitted(course) == {"dora/adam/adam.ipynb": ADAM}


@pytest.mark.parametrize("names, says", [("none.csv", "cannot read none.csv: No such file"),
                                         (str(PROJECT / "nnlib" / "data" / "none"), "cannot read")])
def test_a_file_of_names_that_is_not_there_is_told(run, pack, names, says):
    status, _, err = run("collect", pack({"ada/x.ipynb": ADAM}), "--names", names)
    assert status == 2 and says in err


def test_what_was_there_moves_away_and_the_same_stays(course, run, pack):
    first, second = pack({"ada/x.ipynb": ADAM}, "1.zip"), pack({"ada/x.ipynb": NEWER}, "2.zip")
    target = course.submission("ada", "adam")
    run("collect", first)
    before = target.stat()
    status, out, err = run("collect", first)
    assert (status, err) == (0, "") and table(out)[0] == {"adam": (0, 1, 0)}
    assert target.stat().st_ino == before.st_ino and target.stat().st_mtime_ns == before.st_mtime_ns
    (target.parent / "timestamp.txt").write_text("2027-03-01 10:00:00 UTC")
    status, out, err = run("collect", second)
    assert status == 0 and table(out)[0] == {"adam": (0, 0, 1)}
    folder = ".autograder/earlier/ada/adam"
    assert f"2.zip: ada/x.ipynb: what was there before is now {folder}/1.ipynb and {folder}/1.timestamp.txt" in err
    assert submitted(course) == {"ada/adam/adam.ipynb": NEWER}
    run("collect", first)
    kept = {p.name: p.read_bytes() for p in course.earlier("ada", "adam").iterdir()}
    assert kept == {"1.ipynb": ADAM, "1.timestamp.txt": b"2027-03-01 10:00:00 UTC", "2.ipynb": NEWER}


def test_a_notebook_that_changes_while_it_is_read_is_not_taken(course, run, tmp_path, monkeypatch):
    source = lay(tmp_path / "mails", {"ada/x.ipynb": ADAM}) / "ada" / "x.ipynb"
    monkeypatch.setattr("autograder.course.collect.digest_of", lambda path: str(source.write_bytes(NEWER)))
    status, _, err = run("collect", tmp_path / "mails")
    assert status == 1 and "ada/x.ipynb: it changed while it was read; collect again" in err
    assert not submitted(course)


def test_whatever_is_in_the_place_of_a_notebook_moves_away(course, run, pack):
    target = course.submission("ada", "adam")
    target.mkdir(parents=True)
    (target / "notes.txt").write_text("mine")
    course.submission("dora", "adam").parent.mkdir(parents=True)
    course.submission("dora", "adam").symlink_to("/etc/passwd")
    status, out, _ = run("collect", pack({"ada/x.ipynb": ADAM, "dora/x.ipynb": ADAM}))
    assert status == 0 and table(out)[0] == {"adam": (0, 0, 2)}
    assert (course.earlier("ada", "adam") / "1.ipynb" / "notes.txt").read_text() == "mine"
    assert os.readlink(course.earlier("dora", "adam") / "1.ipynb") == "/etc/passwd"
    assert target.read_bytes() == course.submission("dora", "adam").read_bytes() == ADAM


def test_no_link_leads_out_of_submitted(course, run, pack, tmp_path):
    outside = lay(tmp_path / "outside", {"adam/adam.ipynb": b"mine"})
    course.submitted.mkdir()
    (course.submitted / "ada").symlink_to(outside)
    (course.submitted / "dora").write_text("a file")
    status, _, err = run("collect", pack({"ada/x.ipynb": NEWER, "dora/x.ipynb": NEWER}))
    assert status == 1
    for student in ("ada", "dora"):
        assert f"{course.submitted / student} is no folder; move it away, then collect again" in err
    assert (outside / "adam" / "adam.ipynb").read_bytes() == b"mine"


def stamp(course, student):
    return (course.submission(student, "adam").parent / "timestamp.txt").read_text(encoding="utf-8").strip()


def test_times_become_times_of_handing_in(course, run, pack, tmp_path):
    source = pack({f"{MOODLE}/x.ipynb": (ADAM, EVENING), "dora/x.ipynb": (ADAM, (2027, 7, 1, 12, 0, 0))})
    run("collect", source)
    assert not list(course.submitted.rglob("timestamp.txt"))
    status, out, err = run("collect", source, "--times", "Europe/Berlin")
    assert (status, err) == (0, "") and table(out)[0] == {"adam": (0, 2, 0)}
    assert stamp(course, "ada") == "2027-03-01 19:30:00 UTC"  # winter
    assert stamp(course, "dora") == "2027-07-01 10:00:00 UTC"  # summer
    assert time_stamp(course.submission("ada", "adam").parent)  # nbgrader reads it
    folder = lay(tmp_path / "mails", {"chidi/x.ipynb": ADAM})
    os.utime(folder / "chidi" / "x.ipynb", (1_800_000_000, 1_800_000_000))
    run("collect", folder, "--times", "Europe/Berlin")
    assert stamp(course, "chidi") == "2027-01-15 08:00:00 UTC"


def test_a_time_that_somebody_wrote_down_stays(course, run, pack):
    source = pack({"ada/x.ipynb": (ADAM, EVENING)})
    place = course.submission("ada", "adam").parent
    place.mkdir(parents=True)
    for text, told in (("2027-03-01 21:30:00+0100", False), ("2027-03-01 10:00:00 UTC", True), ("soon", True)):
        (place / "timestamp.txt").write_text(text)
        status, _, err = run("collect", source, "--times", "UTC")
        assert status == 0 and stamp(course, "ada") == text
        assert ("timestamp.txt stays as it was; the download says 2027-03-01 20:30:00 UTC" in err) == told


def test_canvas_tells_no_times_and_moodle_may_tell_those_of_the_download(course, run, pack):
    canvas = pack({"lovelaceada_17_98_adam.ipynb": ADAM}, "canvas.zip")
    status, _, err = run("collect", canvas, "--times", "UTC")
    assert status == 0 and "no timestamp.txt for 1 notebooks from Canvas: its zip has the time of the download" in err
    assert not list(course.submitted.rglob("timestamp.txt"))
    at_once = pack({"chidi/x.ipynb": (ADAM, NOON), "dora/x.ipynb": (ADAM, (2027, 3, 1, 12, 9, 0))}, "m.zip")
    assert "m.zip: all its times lie within 10 minutes. If they are" in run("collect", at_once, "--times", "UTC")[2]
    one = pack({"emil/x.ipynb": (ADAM, NOON)}, "one.zip")
    apart = pack({"chidi/x.ipynb": (ADAM, NOON), "dora/x.ipynb": (ADAM, EVENING)}, "apart.zip")
    assert "within" not in run("collect", one, apart, "--times", "UTC")[2]


def test_a_zip_without_a_date_writes_no_time(course, run, pack):
    path = pack({"ada/x.ipynb": (ADAM, (1980, 1, 1, 0, 0, 0))})
    date = struct.pack("<HH", 0, 1 << 5 | 1)
    assert path.read_bytes().count(date) == 2
    path.write_bytes(path.read_bytes().replace(date, struct.pack("<HH", 0, 0)))
    assert run("collect", path, "--times", "UTC")[0] == 0
    assert sorted(submitted(course)) == ["ada/adam/adam.ipynb"]


def test_a_zone_that_does_not_exist_is_told(run, pack, capsys):
    with pytest.raises(SystemExit):
        run("collect", pack({"ada/x.ipynb": ADAM}), "--times", "Berlin")
    assert "expected a time zone such as Europe/Berlin, got 'Berlin'" in capsys.readouterr().err


@pytest.mark.parametrize("make, says", [
    (lambda path: None, "expected a zip or a folder, there is nothing"),
    (lambda path: path.write_bytes(ADAM), "expected a zip or a folder, File is not a zip file"),
])  # fmt: skip
def test_a_source_that_is_none_is_told_before_anything_is_done(course, run, pack, tmp_path, make, says):
    make(tmp_path / "source")
    status, _, err = run("collect", pack({"ada/x.ipynb": ADAM}), tmp_path / "source")
    assert status == 2 and f"source: {says}" in err and not submitted(course)


def test_a_source_without_files_is_told(run, tmp_path):
    (tmp_path / "empty").mkdir()
    status, out, err = run("collect", tmp_path / "empty")
    assert status == 1 and "empty: expected notebooks, found no file" in err
    assert table(out) == ({}, "told: 1 (not collected: 1)")


def test_no_folder_for_the_course_is_made_by_a_slip(pack, tmp_path, capsys):
    assert main(["collect", str(pack({"ada/x.ipynb": ADAM})), "--course", str(tmp_path / "trem")]) == 2
    assert "no folder for the course" in capsys.readouterr().err and not (tmp_path / "trem").exists()


def page(course, student, text="page"):
    path = course.page(student, "adam")
    path.parent.mkdir(parents=True)
    path.write_text(f"{text} of {student}", encoding="utf-8")


def unpacked(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.mark.parametrize("source, back", [
    (f"{MOODLE}_/adam (1).ipynb", f"{MOODLE}_/adam.html"), (f"{MOODLE}/x/y.ipynb", f"{MOODLE}/adam.html"),
    (f"{MOODLE}_my_own.ipynb", f"{MOODLE}_adam.html"),
    ("lovelaceada_LATE_17_98_my.own-1.ipynb", "lovelaceada_LATE_17_98_my.own-1.html"),
    ("ada/x.ipynb", "ada/adam.html"),
])  # fmt: skip
def test_feedback_goes_back_under_the_name_that_the_system_gave(course, run, pack, tmp_path, source, back):
    run("collect", pack({source: ADAM}))
    classroom.note(course, ada="k1")
    for student in ("ada", "bela", "chidi", "dora"):
        page(course, student)
    out = tmp_path / "feedback.zip"
    assert run("handback", "adam", "--out", out) == (0, f"feedback: {out} (4 pages)\n", "")
    assert unpacked(out) == {back: "page of ada", "bela/adam.html": "page of bela",
                             "chidi/adam.html": "page of chidi", "dora/adam.html": "page of dora"}  # fmt: skip
    assert out.stat().st_mode & 0o077 == 0


def test_who_has_no_page_is_told_and_who_handed_in_nothing_is_not(course, run, pack, tmp_path):
    run("collect", pack({"emil/x.ipynb": ADAM, "Z_9_assignsubmission_file/x.ipynb": ADAM}), "--names",
        pack_names(course, "Z,zoe"))  # fmt: skip
    with open_gradebook(course) as gradebook:
        gradebook.update_or_create_student("yan")
    classroom.note(course, ada="k1", bela=("k2", "it is not a notebook"), chidi=("", "empty file"))
    page(course, "ada")
    page(course, "bela")
    status, _, err = run("handback", "adam", "--out", tmp_path / "f.zip")
    assert status == 1 and sorted(unpacked(tmp_path / "f.zip")) == ["ada/adam.html", "bela/adam.html"]
    assert err.splitlines() == [
        "autograder: bela: the page is of an earlier submission; of the last one: it is not a notebook",
        "autograder: no page: chidi: empty file",
        "autograder: no page: dora: the page was not written; grade again",
        "autograder: no page: emil: not graded yet",
        "autograder: no page: zoe: not graded yet",
    ]


def test_a_name_belongs_to_one_student(course, run, pack):
    """What was collected as another's, by a wrong line in the file of names, goes back to whose it is."""
    source = pack({"Zoe_5_assignsubmission_file/x.ipynb": ADAM})
    for student in ("dora", "ada"):
        run("collect", source, "--names", pack_names(course, f"Zoe,{student}"))
    run("collect", pack({"lovelaceada_17_98_x.ipynb": VAE}))
    known = json.loads(course.collected("adam").read_text(encoding="utf-8"))
    assert known == {"ada": "Zoe_5_assignsubmission_file/adam.html"}


@pytest.mark.parametrize("text", ["{", "[]", '{"ada": 3}'])
def test_damaged_notes_are_told_and_stay(course, run, pack, tmp_path, text):
    course.collected("adam").parent.mkdir(parents=True)
    course.collected("adam").write_text(text)
    for command in (["handback", "adam", "--out", tmp_path / "f.zip"], ["collect", pack({f"{MOODLE}/x.ipynb": ADAM})]):
        status, _, err = run(*command)
        assert status == 2 and "adam.json is damaged; move it away, then collect adam again" in err
    assert not (tmp_path / "f.zip").exists() and course.collected("adam").read_text() == text
    assert not submitted(course)


def test_an_exercise_of_our_own_that_cannot_be_read_is_told(run, pack, tmp_path, monkeypatch):
    lay(tmp_path, {"exercises/adam/adam.ipynb": b"<<<<<<< HEAD", "exercises/adam/other.ipynb": b""})
    monkeypatch.setattr("autograder.course.collect.PROJECT", tmp_path)
    status, _, err = run("collect", pack({"ada/x.ipynb": ADAM}))
    assert status == 2 and f"{tmp_path}/exercises/adam/adam.ipynb: not a notebook" in err


def test_an_exercise_that_is_not_there_is_told(run, tmp_path):
    status, _, err = run("handback", "gpt", "--out", tmp_path / "f.zip")
    assert status == 2 and "not in the gradebook: gpt" in err


def more(course, *rows, head="id,exercise,days"):
    """A file for `extend`."""
    path = course.root.parent / "more.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def due(course):
    """The course, in which adam is due."""
    with open_gradebook(course) as gradebook:
        gradebook.update_or_create_assignment("adam", duedate="2027-03-01 18:00:00 UTC")
        gradebook.add_assignment("vae")
    return course


def extensions(course):
    with open_gradebook(course) as gradebook:
        return {s.student_id: s.extension and s.extension.total_seconds() / 86400
                for s in gradebook.assignment_submissions("adam")}  # fmt: skip


def test_an_extension_is_set_and_twice_is_once(due, run):
    file = more(due, "ada,adam,2", "dora,adam,0.5")
    for _ in range(2):
        status, out, err = run("extend", file)
        assert (status, err) == (0, "")
        assert out.splitlines() == ["ada, adam: 2 days more, until 2027-03-03 18:00 UTC",
                                    "dora, adam: 0.5 days more, until 2027-03-02 06:00 UTC"]
        assert extensions(due) == {"ada": 2, "bela": None, "chidi": None, "dora": 0.5}
    run("extend", more(due, "ada,adam,0"))
    assert extensions(due) == {"ada": None, "bela": None, "chidi": None, "dora": 0.5}
    assert json.loads(due.extensions("adam").read_text()) == {"dora": 0.5}


@pytest.mark.parametrize("row, says", [
    ("zoe,adam,1", "line 3: no student 'zoe', neither in the gradebook nor in submitted/"),
    ("ada,gpt,1", "line 3: not in the gradebook: 'gpt' (there are: adam, vae)"),
    ("ada,vae,1", "line 3: vae has no due date; give it one first: nbgrader db assignment add vae --duedate="),
    *((f"ada,adam,{days}", f"line 3: expected days from 0 to 3650, such as 1.5, got {days!r}")
      for days in ("", "two", "-1", "nan", "inf", "3651")),
    ("ada,adam,1\nada,adam,3", "lines 3, 4: more than one number of days for ada, adam; none was set"),
])  # fmt: skip
def test_a_row_that_cannot_be_meant_is_told_and_the_others_are_set(due, run, row, says):
    before = extensions(due)
    status, out, err = run("extend", more(due, "dora,adam,1", row))
    assert status == 1 and "autograder: not extended: " in err and says in err
    assert out.splitlines() == ["dora, adam: 1 day more, until 2027-03-02 18:00 UTC"]
    assert extensions(due) == before | {"dora": 1}


@pytest.mark.parametrize("rows, head, says", [
    (["dora,adam,1", "ada,adam,1,5"], "id,exercise,days", "line 3: expected the columns id,exercise,days, got ada,"),
    (["dora,adam,1"], "student,exercise,days", "expected the columns id,exercise,days, got student,exercise,days"),
])  # fmt: skip
def test_a_table_of_other_columns_sets_nothing(due, run, rows, head, says):
    status, _, err = run("extend", more(due, *rows, head=head))
    assert status == 2 and says in err and set(extensions(due).values()) == {None}


def test_extend_needs_a_gradebook_and_makes_none(tmp_path, capsys):
    (tmp_path / "new").mkdir()
    assert main(["extend", "more.csv", "--course", str(tmp_path / "new")]) == 2
    assert "give the exercise a due date first: nbgrader db assignment add" in capsys.readouterr().err
    assert not list((tmp_path / "new").iterdir())


@pytest.mark.parametrize("text", ["{", "[]", '{"ada": "soon"}'])
def test_damaged_extensions_are_told_and_stay(due, run, text):
    due.extensions("adam").parent.mkdir(parents=True)
    due.extensions("adam").write_text(text)
    status, _, err = run("extend", more(due, "ada,adam,1"))
    assert status == 2 and "adam.json is damaged; move it away, then run autograder extend again" in err
    assert due.extensions("adam").read_text() == text and extensions(due)["ada"] is None


def test_an_extension_that_waits_is_no_submission(due, run):
    """Who has more time, and has handed in nothing, has no score, and never a zero."""
    run("extend", more(due, "emil,adam,3"))
    assert "emil" not in extensions(due)
    assert read_marks(due, ["adam"]).of("adam")["emil"].score is None


PENALTY = """
from nbgrader.plugins import BasePlugin

class APointADay(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return min(score, -(-total_seconds_late // 86400))

get_config().AssignLatePenalties.plugin_class = APointADay
"""


def entry(course, student, stamp):
    """A submission with its result, as if its notebook had been run."""
    notebook = restore(solution_notebook("adam"), release_notebook("adam"))
    code = code_to_run(notebook)
    key = grade.result_key(code, load_suite("adam").hash)
    result = classroom.result_of(key, [replace(classroom.test_of("test_one", True, points=4.0), cell="test-adam")])
    result.save(course.results("adam"))
    return grade.Entry(student, course.submission(student, "adam"), notebook, code, stamp, key=key, result=result)


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_late_penalty_follows_an_extension(tmp_path, capsys, when):
    """Given before nbgrader records the submission, or after; and it is kept when it is recorded again."""
    course = Course.at(tmp_path / "course")
    course.root.mkdir()
    course.rules.write_text((PROJECT / "nbgrader_config.py").read_text(encoding="utf-8") + PENALTY, encoding="utf-8")
    with open_gradebook(course) as gradebook:
        gradebook.add_assignment("adam", duedate="2027-03-01 18:00:00 UTC")
        gradebook.add_student("ada")
    lay(course.submitted, {"dora/adam/adam.ipynb": ADAM})  # so that the id is known

    def record():
        register(course, "adam")
        entries = [entry(course, s, "2027-03-03 17:00:00 UTC") for s in ("ada", "dora", "emil")]
        fresh = grade.record_fresh(course, "adam", entries, 1, lambda line: None)
        return [e.student for e in fresh], {s: m.penalty for s, m in read_marks(course, ["adam"]).of("adam").items()}

    def extend():
        assert main(["extend", str(more(course, "ada,adam,1", "dora,adam,1.99")), "--course", str(course.root)]) == 0

    if when == "before":
        extend()
        assert record() == (["ada", "dora", "emil"], {"ada": 1, "dora": 0, "emil": 2})
    else:
        assert record() == (["ada", "dora", "emil"], {"ada": 2, "dora": 2, "emil": 2})
        extend()
        assert record() == (["ada", "dora"], {"ada": 1, "dora": 0, "emil": 2})
    assert record()[0] == []
    course.log("adam").unlink()
    assert record() == (["ada", "dora", "emil"], {"ada": 1, "dora": 0, "emil": 2})
    capsys.readouterr()


@pytest.mark.sandbox
def test_from_the_zip_to_the_feedback(tmp_path, capsys, pack):
    """The whole way, with two of the sample class."""
    build(tmp_path / "class", ["adam"])
    work = {s: (tmp_path / "class" / s / "adam" / "adam.ipynb").read_bytes() for s in ("ada", "dora")}
    (tmp_path / "course").mkdir()
    course = ["--course", str(tmp_path / "course")]
    source = pack({"A_1_assignsubmission_file/a.ipynb": work["ada"], "d_2_3_d.ipynb": work["dora"]})
    names = tmp_path / "names.csv"
    names.write_text("name,id\nA,ada\n2,dora\n", encoding="utf-8")
    assert main(["collect", str(source), "--names", str(names), *course]) == 0
    assert main(["grade", "adam", "--jobs", "1", *course]) == 0
    assert main(["handback", "adam", "--out", str(tmp_path / "f.zip"), *course]) == 0
    assert "older than the marks" not in capsys.readouterr().err
    pages = unpacked(tmp_path / "f.zip")
    assert sorted(pages) == ["A_1_assignsubmission_file/adam.html", "d_2_3_d.html"]
    assert "The bias correction is missing." in pages["d_2_3_d.html"]
    with open_gradebook(Course.at(tmp_path / "course")) as gradebook:
        written = gradebook.find_submission_notebook("adam", "adam", "ada").grades
        next(grade for grade in written if grade.name == "explain-adam").manual_score = 2
        gradebook.db.commit()
    assert main(["handback", "adam", "--out", str(tmp_path / "f.zip"), *course]) == 0
    assert capsys.readouterr().err == "autograder: ada: the page is older than the marks; grade again\n"
