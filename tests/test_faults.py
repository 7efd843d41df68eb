"""A course in trouble: each fault is told in a line, with what to do, and marks are those that they seem to be."""

import multiprocessing
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace

import pytest

from autograder.cli import main
from autograder.course import grade, gradebook
from autograder.course.files import Course, CourseError
from autograder.course.gradebook import open_gradebook, register, write_feedback
from autograder.course.lock import locked
from autograder.course.marks import UNRECORDED, read_marks
from autograder.course.refresh import refresh_feedback
from autograder.marking import catalogue
from autograder.marking.exercise import release_notebook, solution_notebook, with_cells
from autograder.marking.result import load_result
from autograder.marking.submission import code_to_run, restore
from autograder.marking.suite import PROJECT, load_suite
from tests import classroom
from tests.classroom import result_of

RELEASE = release_notebook("adam")
SOLUTION = solution_notebook("adam", RELEASE)
ANSWER = "explain-adam"
SUITE = load_suite("adam")


def entry(course, student, cells=(), points=4.0):
    """A submission with its result, as if its notebook had been run."""
    notebook = restore(with_cells(SOLUTION, dict(cells)), RELEASE)
    code = code_to_run(notebook)
    key = grade.result_key(code, SUITE.hash)
    path = course.submitted / student / "adam" / "adam.ipynb"
    result = replace(result_of(key, [classroom.test_of("test_one", True, points=points)]), exercise="adam")
    result = replace(result, tests=[replace(result.tests[0], cell="test-adam")])
    result.save(course.results("adam"))
    return grade.Entry(student, path, notebook, code, key=key, result=result)


def put_down(course, *entries, pages=False):
    """Record some entries; returns what was said."""
    said = []
    register(course, "adam")
    grade.record_fresh(course, "adam", list(entries), 1, said.append)
    if pages:
        refresh_feedback(course, "adam")
    return said


@pytest.fixture
def course(tmp_path):
    return Course.at(tmp_path / "class")


def waiting(course):
    return {s for s, m in read_marks(course).of("adam").items() if m.waiting}


def mark_by_hand(course, student, points, cell=ANSWER):
    with open_gradebook(course) as book:
        notebook = book.find_submission_notebook("adam", "adam", student)
        given = next(g for g in notebook.grades if g.name == cell)
        given.manual_score, given.needs_manual_grade = points, False
        book.db.commit()


# Marks -------------------------------------------------------------------------------------------------------


def test_a_mark_by_hand_stays_given_where_the_answer_is_the_same(course):
    mine = {ANSWER: "Because of the zeros."}
    students = [entry(course, s, mine) for s in ("ada", "bela", "chidi")]
    put_down(course, *students)
    assert waiting(course) == {"ada", "bela", "chidi"}
    mark_by_hand(course, "ada", 1.5)
    mark_by_hand(course, "bela", 1.0)
    after = [entry(course, "ada", mine | {"adam": SOURCE + "# new code"}), entry(course, "bela", {ANSWER: "Another."}),
             entry(course, "chidi", mine | {"adam": SOURCE + "# new, too"})]  # fmt: skip
    put_down(course, *after)
    assert waiting(course) == {"bela", "chidi"}
    assert [read_marks(course).marks["adam", s].score for s in ("ada", "bela")] == [5.5, 5.0]


def test_a_mark_by_hand_in_place_of_the_tests_stays_given_while_tests_and_code_say_the_same(course):
    put_down(course, entry(course, "ada", points=3.0), entry(course, "bela", points=3.0))
    for student in ("ada", "bela"):
        mark_by_hand(course, student, 3.5, "test-adam")
        mark_by_hand(course, student, 1.0)
    course.log("adam").write_text(course.log("adam").read_text().replace('"version": "', '"version": "old'))
    put_down(course, entry(course, "ada", points=3.0), entry(course, "bela", {"adam": SOURCE + "# new"}, points=3.0))
    assert waiting(course) == {"bela"}
    course.log("adam").write_text(course.log("adam").read_text().replace('"version": "', '"version": "old'))
    put_down(course, entry(course, "ada", points=2.0))
    assert waiting(course) == {"ada", "bela"}


SOURCE = next(c.source for c in SOLUTION.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "adam")


def test_it_is_said_whose_marks_changed_and_by_how_much(course):
    assert put_down(course, entry(course, "ada"), entry(course, "bela"), entry(course, "chidi")) == []
    course.log("adam").write_text(course.log("adam").read_text().replace('"version": "', '"version": "old'))
    said = put_down(course, entry(course, "ada", points=3.0), entry(course, "bela", {"adam": SOURCE + "#"}, points=3.5),
                    entry(course, "chidi", {"adam": SOURCE + "##"}))  # fmt: skip
    assert said == ["  marks that changed: 2", "    ada: 4 -> 3 (-1), the same answers", "    bela: 4 -> 3.5 (-0.5)"]


def test_where_recording_fails_no_old_mark_passes_for_the_new_one(course, monkeypatch, capsys):
    put_down(course, entry(course, "ada"), entry(course, "bela"))

    def fail(*arguments):
        raise CourseError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(grade, "record", fail)
        with pytest.raises(CourseError, match="full"):
            put_down(course, entry(course, "ada", {"adam": SOURCE + "# better"}, points=3.5), entry(course, "bela"))
    assert main(["export", "adam", "--course", str(course.root)]) == 0
    out, err = capsys.readouterr()
    assert [UNRECORDED in line for line in out.splitlines()] == [False, True, False]
    assert f"the last one has none, {UNRECORDED} (1: ada)" in err
    put_down(course, entry(course, "ada", {"adam": SOURCE + "# better"}, points=3.5), entry(course, "bela"))
    mark = read_marks(course).marks["adam", "ada"]
    assert mark.problem == "" and mark.score == 3.5


def test_a_page_that_costs_too_much_is_missed_by_its_student_alone(course, monkeypatch):
    mine = {s: entry(course, s, {ANSWER: s}) for s in ("ada", "bela", "chidi")}
    put_down(course, *mine.values())
    render = gradebook.GenerateFeedback.convert_single_notebook

    def hang(self, path):
        while "bela" in path:
            pass
        render(self, path)

    monkeypatch.setattr(gradebook.GenerateFeedback, "convert_single_notebook", hang)
    confined = gradebook.confined
    monkeypatch.setattr(gradebook, "confined", lambda work, items: confined(work, items, seconds=5))
    lacking = write_feedback(course, "adam", list(mine))
    assert lacking == {"bela": "it takes longer than 5 seconds of computing"}
    assert [s for s in mine if (course.root / "feedback" / s / "adam" / "adam.html").is_file()] == ["ada", "chidi"]


# Time-outs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("second_time", [True, False], ids=["in time then", "late again"])
def test_what_ran_out_of_time_is_tried_once_more_alone_before_it_counts(course, monkeypatch, second_time):
    """The first time the machine is busy; the second result counts, and says that it is one."""
    submissions = [entry(course, s, {"adam": SOURCE + f"# {s}"}) for s in ("ada", "bela")]
    for file in course.results("adam").glob("*.json"):
        file.unlink()
    runs = []

    def graded(make, workers, exercise, jobs, secrets, done, failed):
        runs.append((workers, [key for key, _ in jobs]))
        for key, _ in jobs:
            late = key == submissions[0].key and (len(runs) == 1 or not second_time)
            done(result_of(key, [classroom.test_of("test_one", not late, "Too slow.", "out of time" if late else "")]))

    monkeypatch.setattr(grade, "grade_in_parallel", graded)
    for name in ("prove_solution", "known_traces"):
        monkeypatch.setattr(grade, name, lambda *arguments: {})
    register(course, "adam")
    grade.run_suite(course, SUITE, submissions, grade.Pool(7, None))
    assert runs == [(7, [e.key for e in submissions]), (1, [submissions[0].key])]
    ada, bela = (load_result(course.results("adam"), e.key) for e in submissions)
    assert ada.again and not bela.again and ada.tests[0].passed == second_time
    assert second_time or ada.tests[0].message.endswith("It was tried twice.")


# Faults ------------------------------------------------------------------------------------------------------


def hold(course, ready, go):
    with locked(course):
        ready.set()
        go.wait()


def test_two_graders_in_one_course_are_told_of_each_other(course, capsys):
    course.submitted.mkdir(parents=True)
    context = multiprocessing.get_context("spawn")
    ready, go = context.Event(), context.Event()
    other = context.Process(target=hold, args=(course, ready, go))
    other.start()
    assert ready.wait(60)
    assert main(["grade", "adam", "--course", str(course.root)]) == 2
    assert f"process {other.pid} on " in capsys.readouterr().err
    other.kill()  # which gives the lock back
    other.join()
    with locked(course):
        pass


def test_a_damaged_file_of_known_mistakes_is_written_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue, "run_mistakes", lambda *arguments: {})
    catalogue.known_traces(SUITE, RELEASE, None, None, tmp_path)
    (file,) = tmp_path.glob("mistakes-*.json")
    for damage in ('{"no-bias-corr', "[]", '{"a": 1}', '{"a": {"test": 3}}', "\udcff".encode("utf-8", "replace")):
        file.write_bytes(damage if isinstance(damage, bytes) else damage.encode())
        assert catalogue.known_traces(SUITE, RELEASE, None, None, tmp_path) == {}
        assert file.read_text() == "{}"


def test_a_folder_in_place_of_a_result_is_named(tmp_path, capsys, monkeypatch):
    result = result_of("k1", [])
    (tmp_path / "k1.json" / "x").mkdir(parents=True)
    monkeypatch.setattr("autograder.cli.all_suites", lambda: result.save(tmp_path))
    assert main(["check"]) == 2
    assert capsys.readouterr().err == (f"autograder: {tmp_path / 'k1.json'}: Is a directory: a folder is where a file "
                                       "belongs; move it away, then run the same command again\n")  # fmt: skip
    assert os.listdir(tmp_path) == ["k1.json"]


def test_a_gradebook_that_is_none_is_left_alone_and_named(course, capsys):
    course.submitted.mkdir(parents=True)
    (course.root / "gradebook.db").write_bytes(b"not a database, but maybe of use to somebody" * 100)
    for command in ("grade", "export", "report"):
        assert main([command, "adam", "--course", str(course.root)]) == 2
        said = capsys.readouterr().err
        assert "damaged, or no gradebook at all" in said and "Traceback" not in said and "upgrade" not in said, said
    assert (course.root / "gradebook.db").read_bytes().startswith(b"not a database")


def test_a_gradebook_that_cannot_be_written_is_named(course, monkeypatch):
    put_down(course, entry(course, "ada"))
    monkeypatch.setenv("AUTOGRADER_DB", f"sqlite:///file:{course.root}/gradebook.db?mode=ro&uri=true")
    with pytest.raises(CourseError) as raised:
        put_down(course, entry(course, "bela"))
    assert "read-only" in str(raised.value) and not {"Traceback", "upgrade"} & set(str(raised.value).split())


@contextmanager
def full_disk(folder, kilobytes):
    """A file system of its own in `folder`, as small as that; skips where none can be mounted."""
    folder.mkdir(parents=True)
    options = f"size={kilobytes}k"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder], capture_output=True).returncode:
        pytest.skip("nothing can be mounted here: NO FULL DISK WAS TRIED")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.parametrize("kilobytes", [200, 20], ids=["the gradebook does not fit", "nothing fits"])
def test_a_full_disk_is_told(tmp_path, kilobytes):
    folder = tmp_path / "small"
    script = "import sys; from autograder.cli import main; sys.exit(main(sys.argv[1:]))"
    grade_it = [sys.executable, "-c", script, "grade", "adam", "--course", str(folder)]
    with full_disk(folder, kilobytes):
        (folder / "submitted").mkdir()
        ran = subprocess.run(grade_it, cwd=PROJECT, capture_output=True, text=True)
    assert ran.returncode == 2 and "make room" in ran.stderr and "Traceback" not in ran.stderr, ran.stderr


@pytest.mark.parametrize("name", ["c? d", "b %20c", "d [x]", "{e} #é&'\"(1) *%"])
def test_a_course_may_have_any_name(tmp_path, name, capsys):
    course = Course.at(tmp_path / name)
    put_down(course, entry(course, "ada"), pages=True)
    assert os.listdir(tmp_path) == [name] and (course.root / "gradebook.db").is_file()
    assert (course.root / "feedback" / "ada" / "adam" / "adam.html").is_file()
    assert main(["export", "adam", "--course", str(course.root)]) == 0
    assert "adam,ada,,,,4," in capsys.readouterr().out


def test_formgrader_is_not_opened_where_it_would_find_nothing(tmp_path, capsys):
    (tmp_path / "d [x]" / "submitted").mkdir(parents=True)
    assert main(["teach", "--course", str(tmp_path / "d [x]")]) == 2
    assert "formgrader takes [ ] * ? in a path for a pattern; rename" in capsys.readouterr().err


def test_writing_to_a_device_leaves_its_rights(course):
    put_down(course, entry(course, "ada"))
    before = os.stat("/dev/null").st_mode
    try:
        assert main(["export", "adam", "--course", str(course.root), "--out", "/dev/null"]) == 0
        assert os.stat("/dev/null").st_mode == before
    finally:
        if os.geteuid() == 0:
            os.chmod("/dev/null", before & 0o7777)


@pytest.mark.parametrize("arguments, says", [
    ([], "hidden suites grade a notebook: add --submission NOTEBOOK.ipynb"),
    (["--submission", "/nowhere.ipynb"], "--submission /nowhere.ipynb: cannot be read: No such file or directory"),
    (["--submission", "/dev/zero"], "--submission /dev/zero: it is no ordinary file"),
])  # fmt: skip
def test_a_submission_that_is_missing_is_told_in_one_line(arguments, says):
    command = [sys.executable, "-m", "pytest", "-q", str(SUITE.path.parent), *arguments]
    ran = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert ran.returncode == 4
    lines = [line for line in (ran.stdout + ran.stderr).splitlines() if line.strip()]
    assert f"ERROR: {says}" in lines and len(lines) <= 2, lines
