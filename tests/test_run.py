"""A notebook in the sandbox: its time ends, and what ran before keeps its worth."""

import os
from dataclasses import replace

import pytest

from autograder.marking import run
from autograder.marking.exercise import solution_notebook
from autograder.marking.plugin import grade_all, open_sandbox
from autograder.marking.run import NotebookRun
from autograder.marking.student import BadAnswer, Handle, OutOfTime, StudentError
from autograder.marking.submission import Cell, code_to_run
from autograder.marking.suite import SUITES, load_suite, read_suite
from autograder.sandbox.outside import BrokeDown, Fork, Sandbox

pytestmark = pytest.mark.sandbox
LOOP = "while True: pass"


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox("a test") as sandbox:
        yield sandbox


def test_cells_that_come_when_the_notebooks_time_is_up_do_not_run(sandbox, monkeypatch):
    monkeypatch.setattr(run, "CELL_SECONDS", 0.1)
    monkeypatch.setattr(run, "NOTEBOOK_SECONDS", 3.0)
    cells = [Cell(name, source, 0) for name, source in
             {"first": "x = 1", "a": LOOP, "b": LOOP, "c": LOOP, "d": LOOP, "last": "y = 2"}.items()]
    notebook = NotebookRun(sandbox, cells)
    errors = {r.name: r.error and r.error.type for r in notebook.runs}
    assert errors == {"first": None, "a": "OutOfTime", "b": "OutOfTime", "c": "OutOfTime", "d": "OutOfTime",
                      "last": "OutOfTime"}  # fmt: skip
    assert "the notebook's time was up" in notebook.runs[-1].error.message
    assert notebook.student(1).x.get() == 1
    notebook.close()


def ended_at(call, monkeypatch, sandbox, method):
    """End the whole sandbox, as the kernel may for want of memory, just before some calls of a method of Fork."""
    calls, original = [], getattr(Fork, method)

    def kill_then(fork, *args, **kwargs):
        calls.append(fork)
        if call(len(calls)):
            sandbox.process.kill()
            sandbox.process.wait()
            assert sandbox.control.recv(1) == b""  # now nothing in it runs any more
        return original(fork, *args, **kwargs)

    monkeypatch.setattr(Fork, method, kill_then)
    return calls


@pytest.mark.parametrize("method, number", [("spawn", 1), ("ask", 1), ("ask", 3), ("spawn", 2), ("ask", 9)])
def test_a_sandbox_that_breaks_down_is_not_the_notebooks_fault(monkeypatch, method, number):
    """It is ended before the first cell, while cells run, before a test, in a test; all is graded once more."""
    suite, results = load_suite("adam"), []
    with open_sandbox(suite) as sandbox:
        calls = ended_at(lambda call: call == number, monkeypatch, sandbox, method)
        grade_all(suite, sandbox, [("one", code_to_run(solution_notebook("adam")))], results.append)
    assert len(calls) > number
    assert [t.name for r in results for t in r.tests if not t.passed] == []
    assert [c["error"] for r in results for c in r.cells.values() if c["error"]] == []


def test_a_sandbox_that_always_breaks_down_is_an_error(monkeypatch):
    suite = load_suite("adam")
    with open_sandbox(suite) as sandbox, pytest.raises(BrokeDown, match="from outside"):
        ended_at(lambda call: True, monkeypatch, sandbox, "ask")
        grade_all(suite, sandbox, [("one", code_to_run(solution_notebook("adam")))], print)


def test_a_kind_of_an_exception_is_that_exception(sandbox):
    """As for pytest.raises; what is no kind of it, or claims to be one, is not."""
    source = """
class TooFew(ValueError): pass
class Liar(TypeError): __module__ = "builtins"
Liar.__name__ = "ValueErrors"
def fail(kind): raise {"few": TooFew, "liar": Liar, "key": KeyError, "value": ValueError}[kind]("no")
"""
    notebook = NotebookRun(sandbox, [Cell("cell", source, 0)])
    fresh = notebook.student(1)
    for kind in ("few", "value"):
        fresh.raises("ValueError", fresh.fail, kind)
    fresh.raises("LookupError", fresh.fail, "key")
    for kind in ("liar", "key"):
        with pytest.raises(StudentError):
            fresh.raises("ValueError", fresh.fail, kind)
    notebook.close()


def test_options_for_pytest_in_the_environment_do_no_harm(monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "-v --durations=5 -k nothing")
    results = []
    with open_sandbox(load_suite("adam")) as sandbox:
        grade_all(load_suite("adam"), sandbox, [("one", code_to_run(solution_notebook("adam")))], results.append)
    assert all(t.passed for r in results for t in r.tests) and len(results[0].tests) > 10
    assert os.environ["PYTEST_ADDOPTS"] == "-v --durations=5 -k nothing"


def test_only_some_tasks_can_be_run():
    """Where the others are of no interest; a task that builds on what did not run is judged all the same."""
    suite, results = load_suite("gradient_check"), []
    solution = code_to_run(solution_notebook("gradient_check"))
    broken = "\nlinear_backward = None"
    wrong = [replace(c, source=c.source + broken * (c.name == "linear-backward")) for c in solution]
    with open_sandbox(suite) as sandbox:
        jobs, only = [("one", solution), ("wrong", wrong), ("all", solution)], ["test-linear-backward"]
        grade_all(suite, sandbox, jobs, results.append, {"one": only, "wrong": only})
    assert [{t.cell for t in r.tests} for r in results[:2]] == [set(only)] * 2
    assert len({t.cell for t in results[2].tests}) > 1
    assert [all(t.passed for t in r.tests) for r in results] == [True, False, True]


SUITE = """
import pytest

grade = pytest.mark.grade("cell", points=1, hint="")

@pytest.fixture
def before(student):
    return student.f(1)

@pytest.fixture
def after(student):
    yield
    student.f(0)

@pytest.fixture(scope="module")
def once():
    yield [0]
    raise ValueError("at the very end")

@grade
def test_right(student, once):
    once[0] += 1
    assert student.f(2) == 0.5 and once == [1]

@grade
def test_setup(before):
    assert before == 1

@grade
def test_error_before(student, tmp_path, missing=None):
    assert student.f(0) == 0

@grade
def test_error_after(student, after):
    assert student.f(1) == 1

@pytest.mark.parametrize("number", [1, 0, 4])
@grade
def test_each(student, number, monkeypatch):
    assert student.f(number) == 1 / number

@grade
def test_skips(student):
    pytest.skip("no points for that")

@grade
def test_last(student, once):
    once[0] += 1
    assert student.f(-1) == -1 and once == [2]
"""


def test_a_suite_may_use_what_pytest_offers(tmp_path):
    """Fixtures with a beginning and an end, of a test or of all, and parameters; errors in them cost one test."""
    (tmp_path / "odd").mkdir()
    (tmp_path / "conftest.py").write_text((SUITES / "conftest.py").read_text(encoding="utf-8"), encoding="utf-8")
    file, results = tmp_path / "odd" / "test_odd.py", []
    file.write_text(SUITE, encoding="utf-8")
    suite = read_suite(file)
    with open_sandbox(suite) as sandbox:
        jobs = [(f, [Cell("cell", f"def f(x): return {f}", 0)]) for f in ("1 / x", "x")]
        grade_all(suite, sandbox, jobs, results.append)
    names = [t.name for t in results[0].tests]
    assert len(names) == 9 and names == [t.name for t in results[1].tests]
    passed = [{t.name for t in r.tests if t.passed} for r in results]
    assert set(names) - passed[0] == {"test_error_before", "test_each[0]", "test_skips"}
    assert passed[1] == {"test_setup", "test_error_before", "test_error_after", "test_each[1]", "test_last"}


def test_no_test_starts_when_the_time_of_the_whole_submission_is_up(sandbox, monkeypatch):
    monkeypatch.setattr(run, "SUBMISSION_SECONDS", 0.0)
    notebook = NotebookRun(sandbox, [Cell("first", "x = 1", 0)])
    with pytest.raises(OutOfTime, match="the whole submission"):
        notebook.student(1)
    notebook.close()


def test_the_copies_for_tests_have_the_state_that_the_notebook_left(sandbox):
    """Also that of `random`, which Python's own fork would seed anew."""
    notebook = NotebookRun(sandbox, [Cell("first", "import random\nrandom.seed(0)\ndraw = random.random", 0)])
    assert len({notebook.student(1).draw() for _ in range(3)}) == 1
    notebook.close()


def test_complex_numbers_stay_behind_a_handle_and_a_test_can_ask_for_their_parts(sandbox):
    source = "import numpy as np\ndef f(x): return np.array([x + 2j])\nlist_of_them, number = [f(1), 2.0], 3j"
    notebook = NotebookRun(sandbox, [Cell("first", source, 0)])
    student = notebook.student(1)
    answer = student.f(1.0)
    assert isinstance(answer, Handle) and answer.real.get() == [1] and answer.imag.get() == [2]
    assert isinstance(student.list_of_them.get()[0], Handle)
    for target in (answer, student.number):
        with pytest.raises(BadAnswer, match="expected real numbers"):
            target.get()
    notebook.close()


def test_a_notebook_with_a_thread_can_be_copied(sandbox):
    source = """
import threading
stop = threading.Event()
thread = threading.Thread(target=stop.wait, daemon=True)
thread.start()
def count():
    thread.join()
    return threading.active_count()
"""
    notebook = NotebookRun(sandbox, [Cell("first", source, 0)])
    assert notebook.student(1).count() == 1     # threads do not survive a copy, and Python knows it
    notebook.close()


def test_a_notebook_that_ignores_the_end_of_its_children_can_be_copied_again_and_again(sandbox):
    source = "import signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\nx = 1"
    notebook = NotebookRun(sandbox, [Cell("first", source, 0)])
    for _ in range(3):
        student = notebook.student(1)
        assert student.x.get() == 1
        student._fork.leave()
    notebook.close()


@pytest.mark.parametrize("busy, stands_back", [(6, True), (1, False)])
def test_many_busy_processes_stand_back(sandbox, busy, stands_back):
    source = f"""
import os, time
pids = []
for _ in range({busy}):
    pid = os.fork()
    while not pid:
        pass
    pids.append(pid)
def priorities(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end and {{os.getpriority(os.PRIO_PROCESS, pid) for pid in pids}} != {{19}}:
        time.sleep(0.05)
    return [os.getpriority(os.PRIO_PROCESS, pid) for pid in pids]
"""
    notebook = NotebookRun(sandbox, [Cell("first", source, 0)])
    found = notebook.student(10).priorities(20 if stands_back else 2)
    notebook.close()
    assert (found == [19] * busy) == stands_back


@pytest.mark.parametrize("line, said", [
    ("!pip install numpy", "pip install numpy"), ("%pip install numpy", "pip install numpy"),
    ("%conda install numpy", "conda install numpy"), ("found = !ls -l", "ls -l"), ("%system ls", "ls"), ("!!ls", "ls"),
    ("%sx ls", "ls"), ("%%sx\nls", "ls"), ("get_ipython().system('ls')", "ls"),
])  # fmt: skip
def test_shell_commands_are_not_run_and_cost_nothing(sandbox, line, said):
    after = "" if line.startswith(("%%", "!!")) else "\nx = 2"
    notebook = NotebookRun(sandbox, [Cell("first", f"{line}{after}", 0), Cell("second", "y = 3", 1)])
    assert [r.error for r in notebook.runs] == [None, None]
    assert f"Shell commands do not work here. This one was not run: {said}\n" in notebook.runs[0].out
    assert notebook.student(1).y.get() == 3 and (not after or notebook.student(1).x.get() == 2)
    notebook.close()


def test_what_a_shell_command_would_have_printed_is_empty(sandbox):
    notebook = NotebookRun(sandbox, [Cell("first", "found = !ls -l\nnumber, words = len(found), found.s", 0)])
    student = notebook.student(1)
    assert (student.number.get(), student.words.get()) == (0, "")
    notebook.close()
