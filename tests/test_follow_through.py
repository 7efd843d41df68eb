"""Follow-through marks: a mistake costs once, whatever its kind, and nobody gets a point by it that is not earned."""

import re
import shutil
from dataclasses import replace

import numpy as np
import pytest

from autograder.course.costs_once import Proof, unproven
from autograder.marking import feedback, run
from autograder.marking.exercise import solution_notebook, tasks, with_cells
from autograder.marking.follow_through import homes
from autograder.marking.plugin import grade_all, open_sandbox
from autograder.marking.run import NotebookRun
from autograder.marking.student import StudentError
from autograder.marking.submission import Cell, code_to_run
from autograder.marking.suite import SUITES, BadSuite, load_suite, read_suite
from autograder.sandbox import outside
from tests import classroom

pytestmark = pytest.mark.sandbox


class Class:
    """Grades notebooks of one exercise: the solution with some cells replaced, and with cells behind it."""

    def __init__(self, exercise):
        self.suite = load_suite(exercise)
        self.sandbox = open_sandbox(self.suite)
        self.solution = solution_notebook(exercise)

    def grade(self, cells, *more):
        """The result of one notebook."""
        results, notebook = [], code_to_run(with_cells(self.solution, cells))
        notebook += [Cell(f"more {n}", source, 100 + n) for n, source in enumerate(more)]
        grade_all(self.suite, self.sandbox, [("key", notebook)], results.append)
        return results[0]

    def marks(self, cells, *more):
        """The points of each task."""
        result = self.grade(cells, *more)
        return [result.points(cell) for cell in dict.fromkeys(t.cell for t in result.tests)]


@pytest.fixture(scope="module")
def gradient_check():
    graded = Class("gradient_check")
    yield graded
    graded.sandbox.close()


@pytest.fixture(scope="module")
def adam():
    graded = Class("adam")
    yield graded
    graded.sandbox.close()


OPEN = 'raise NotImplementedError("your code here")'
MSE = "def mse_loss(y_pred, y_true):\n    "
FULL, ONCE = [1, 1, 3, 3, 2], [1, 0, 3, 3, 2]


@pytest.mark.parametrize("cells, more", [
    ({"mse-loss": MSE + OPEN}, []),
    ({"mse-loss": MSE + "return (y_pred - y_tru).mean()"}, []),
    ({"mse-loss": MSE + "return None"}, []),
    ({"mse-loss": MSE + "import os\n    os._exit(1)"}, []),
    ({"mse-loss": MSE + "import os, signal\n    os.kill(os.getpid(), signal.SIGSEGV)"}, []),
    ({"mse-loss": "# never written"}, []),
    ({"mse-loss": "def mse_loss(y_pred, y_true)\n    return 0"}, []),
    ({"mse-loss": "import os\nos._exit(1)"}, []),
    ({}, ["del mse_loss"]),
    ({}, ["mse_loss = 0.5"]),
    ({}, ["mse_loss, mse = None, mse_loss"]),
], ids=["open", "error", "no return", "ends", "crashes", "undefined", "no Python", "cell ends", "deleted", "rebound",
        "renamed"])  # fmt: skip
def test_a_mistake_costs_once(gradient_check, cells, more):
    assert gradient_check.marks(cells, *more) == ONCE


def test_a_task_that_hangs_costs_once(gradient_check):
    assert gradient_check.marks({"mse-loss": MSE + "while True: pass"}) == ONCE


def test_a_cell_that_hangs_costs_once(gradient_check, monkeypatch):
    monkeypatch.setattr(run, "CELL_SECONDS", 0.5)
    assert gradient_check.marks({"mse-loss": "while True: pass"}) == ONCE


def test_nothing_is_started_where_everything_passes(monkeypatch):
    graded = Class("gradient_check")
    monkeypatch.setattr(outside.Sandbox, "another", None)
    assert graded.marks({}) == FULL
    assert graded.marks({"relative-error": "relative_error = None"}) == [1, 1, 3, 3, 0]  # nothing builds on it
    graded.sandbox.close()


def test_the_result_and_the_feedback_say_so(gradient_check):
    result = gradient_check.grade({"mse-loss": MSE + OPEN})
    mine = [t for t in result.tests if t.cell == "test-linear-backward"]
    assert {(t.passed, t.lost, *t.carried, t.message) for t in mine} == {
        (False, False, "mse_loss", "Right, once `mse_loss` is right.")}  # fmt: skip
    assert result.carried == 3
    page = feedback.tell(result)["test-linear-backward"].html
    assert page.count("✓ counts") == page.count("Right, once <code>mse_loss</code> is right.") == 5
    assert "Hint" not in page


def test_all_that_is_wrong_is_named_and_what_is_right_stays_the_students(gradient_check):
    forward = "def linear_forward(x, W, b):\n    " + OPEN
    result = gradient_check.grade({"linear-forward": forward, "mse-loss": MSE + OPEN})
    assert {t.carried[0] + t.carried[1] for t in result.tests if t.carried} == {"linear_forwardmse_loss"}
    assert "Right, once `linear_forward` and `mse_loss` are right." in {t.message for t in result.tests}
    assert {tuple(t.carried) for t in gradient_check.grade({"linear-forward": forward}).tests if t.carried} == {
        ("linear_forward",)}  # fmt: skip


BACKWARD = """def linear_backward(x, W, b, y_true):
    y_pred = linear_forward(x, W, b)
    grad = {factor} * (y_pred - y_true) / y_pred.size
    return mse_loss(y_pred, y_true), x.T @ grad, grad.sum(axis=0)
"""


def test_a_task_that_is_wrong_itself_loses_what_it_loses_alone_and_reads_why(gradient_check):
    wrong = {"linear-backward": BACKWARD.format(factor=1)}
    alone, both = gradient_check.grade(wrong), gradient_check.grade(wrong | {"mse-loss": MSE + OPEN})

    def told(result):
        return [(t.name, t.points, t.message, t.hint, t.trace) for t in result.tests if t.lost and "mse" not in t.cell]

    assert told(alone) == told(both) and len(told(alone)) == 3  # the same words, not those of the open task
    assert both.carried == 1


UNREACHED = {
    "another name": "loss_of = mse_loss",
    "default argument": "def loss_of(*args, mse_loss=mse_loss):\n    return mse_loss(*args)",
    "partial": "from functools import partial\nloss_of = partial(mse_loss)",
    "closure": "def make(mse_loss):\n    return lambda *args: mse_loss(*args)\nloss_of = make(mse_loss)",
}


@pytest.mark.parametrize("keeps", UNREACHED)
def test_what_was_kept_from_before_is_not_reached(gradient_check, keeps):
    """The guide says so: the notebook's name has another value, what holds the old one holds it on."""
    backward = f"{UNREACHED[keeps]}\n{BACKWARD.format(factor=2).replace('mse_loss', 'loss_of')}"
    wrong = MSE + "return float(np.sum((y_pred - y_true) ** 2))"
    assert gradient_check.marks({"linear-backward": backward}) == FULL
    assert gradient_check.marks({"linear-backward": backward, "mse-loss": wrong}) == [1, 0, 2.5, 3, 2]


MOMENTS = "def update_moments(m, v, grad, beta1, beta2):\n    " + OPEN
CORRECTION = "def bias_correction(m, v, t, beta1, beta2):\n    " + OPEN
ADAM = "class Adam:\n    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):\n        " + OPEN


@pytest.mark.parametrize("cells, marks", [
    ({"update-moments": MOMENTS}, [0, 2, 4, 1]),
    ({"update-moments": MOMENTS, "bias-correction": CORRECTION}, [0, 0, 4, 1]),
    ({"adam": ADAM}, [1, 2, 0, 1]),
    ({"adam": "Adam = None"}, [1, 2, 0, 1]),
    ({"adam": "import numpy"}, [1, 2, 0, 1]),
    ({"update-moments": MOMENTS, "adam": ADAM}, [0, 2, 0, 1]),
])  # fmt: skip
def test_classes_call_what_is_lent_and_are_lent(adam, cells, marks):
    assert adam.marks(cells) == marks


def test_a_later_task_is_to_blame_only_for_itself(adam):
    """`train` is judged with the student's own Adam, which is right once bias_correction is."""
    result = adam.grade({"bias-correction": CORRECTION})
    assert {t.cell: list(t.carried) for t in result.tests if t.carried} == {
        "test-adam": ["bias_correction"], "test-train": ["bias_correction"]}  # fmt: skip


@pytest.mark.parametrize("line", ["params[0] -= 100 * grads[0]\n        optimizer.step(grads)",
                                  "optimizer.step(grads)\n        params[0][:] = 0"])  # fmt: skip
def test_what_a_notebook_changes_meanwhile_is_kept(adam, line):
    """A lent optimizer does not undo what a wrong train does to the parameters between its steps."""
    source = f"""def train(optimizer, params, loss_and_grad, steps):
    losses = []
    for _ in range(steps):
        loss, grads = loss_and_grad(params)
        losses.append(float(loss))
        {line}
    return losses"""
    alone, both = adam.grade({"train": source}), adam.grade({"train": source, "adam": ADAM})
    assert alone.points("test-train") == both.points("test-train") == 0.5


def test_where_a_cell_failed_each_row_points_to_that_error(adam):
    result = adam.grade({"train": "def train(optimizer, params):\nreturn []"})
    for test in result.tests:
        if test.lost:
            assert test.message.startswith("train is not defined, because the cell train ended with an error:\nIndent")
    missing = adam.grade({"train": "learn = 1"})
    assert {t.message for t in missing.tests if t.lost} == {"your notebook does not define train"}


def test_no_second_run_starts_when_the_time_is_up(gradient_check, monkeypatch):
    monkeypatch.setattr(run, "SUBMISSION_SECONDS", 0.0)
    assert gradient_check.marks({"mse-loss": MSE + OPEN}) == [0] * 5


def test_a_sandbox_of_the_solution_that_breaks_down_is_nobodys_fault(gradient_check, monkeypatch):
    assert gradient_check.marks({"mse-loss": MSE + OPEN}) == ONCE
    killed, original = [], run.NotebookRun.student

    def student(notebook, seconds):
        twin = gradient_check.sandbox.companion
        if notebook.prepare and not killed:
            killed.append(twin)
            twin.sandbox.process.kill()
            twin.sandbox.process.wait()
        return original(notebook, seconds)

    monkeypatch.setattr(run.NotebookRun, "student", student)
    assert gradient_check.marks({"mse-loss": MSE + OPEN}) == ONCE and killed


# Attacks ----------------------------------------------------------------------------------------------------

# To be found by other forks: what the second runs learn, in a file and in a process that stays.
NOTED = """
import os, pickle, socket, threading
SHELF = "shelf.pkl"

def note(key, value):
    known = recall()
    known[repr(key)] = value
    with open(SHELF, "wb") as file:
        pickle.dump(known, file)

def recall():
    try:
        with open(SHELF, "rb") as file:
            return pickle.load(file)
    except OSError:
        return {}
"""


def test_answers_of_the_reference_cannot_be_kept_for_its_own_task(gradient_check):
    forward = f"{NOTED}\ndef linear_forward(x, W, b):\n    return recall().get(repr((x, W, b)), 0 * x @ W)"
    backward = """def linear_backward(x, W, b, y_true):
    note((x, W, b), linear_forward(x, W, b))
    for seed in range(30):
        rng = np.random.default_rng(seed)
        for n, d, k in ((5, 4, 3), (1, 7, 3)):
            x_, W_, b_, _ = (rng.normal(size=shape) for shape in ((n, d), (d, k), k, (n, k)))
            note((x_, W_, b_), linear_forward(x_, W_, b_))
            note((x_, W_, b_ * 0), linear_forward(x_, W_, b_ * 0))
    raise ValueError"""
    assert gradient_check.marks({"linear-forward": forward, "linear-backward": backward}) == [0, 1, 0, 3, 2]


def test_nor_be_handed_on_by_a_process_that_stays(gradient_check):
    forward = f"""{NOTED}
here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
def linear_forward(x, W, b):
    try:
        there.settimeout(0.05)
        return pickle.loads(there.recv(100_000))
    except OSError:
        return 0
"""
    backward = """def linear_backward(x, W, b, y_true):
    here.setblocking(False)
    for _ in range(20):
        here.send(pickle.dumps(linear_forward(x, W, b)))
    raise ValueError"""
    assert gradient_check.marks({"linear-forward": forward, "linear-backward": backward}) == [0, 1, 0, 3, 2]


def test_code_that_knows_the_second_run_gets_no_more_there(gradient_check):
    """It passes only there: what it can do there, it could with a right mse_loss of its own. No other task gains."""
    only = BACKWARD.format(factor=2).replace("    y_pred", """    if type(mse_loss).__name__ != "StandIn":
        raise ValueError
    y_pred""", 1)
    assert gradient_check.marks({"linear-backward": only}) == [1, 1, 0, 3, 2]
    assert gradient_check.marks({"linear-backward": only, "mse-loss": MSE + OPEN}) == ONCE


SPY = """def linear_backward(x, W, b, y_true):
    server, found = mse_loss._server, []
    for number in range(4):  # to call and to look into each of the two that are lent
        for name in ("__globals__", "__code__", "__closure__", "__class__", "__self__", "__init__", "gi_frame",
                     "linear_backward", "_server", ("__globals__",), None, 7):
            try:
                found.append((number, name, server.call_back(number, [name])))
            except Exception:
                pass
            try:
                found.append((number, name, server.call_back(number, [None, [name], {}])[0]))
            except Exception:
                pass
    open("found", "w").write(repr(found))
    return found

def what_was_found():
    return open("found").read()
"""


def test_only_what_is_lent_can_be_seen(gradient_check):
    """Not the code, not the namespace behind it: what crosses is what the lent functions return."""
    source = {"mse-loss": MSE + OPEN, "linear-backward": SPY}
    assert gradient_check.marks(source) == [1, 0, 0, 3, 2]
    solution = NotebookRun(gradient_check.sandbox.another(), code_to_run(gradient_check.solution))
    spy = NotebookRun(gradient_check.sandbox, code_to_run(with_cells(gradient_check.solution, source)))
    student, lender = spy.student(2), solution.student(2)
    student.borrow(lender, ["linear_forward", "mse_loss"])
    numbers = np.ones((2, 2))
    found = student.linear_backward(numbers, numbers, numbers, numbers)
    assert found == [], found
    assert student.mse_loss(numbers, 3 * numbers) == 4  # and the loan is still good
    for notebook in (spy, solution):
        notebook.close()
    solution.sandbox.close()


def test_objects_show_what_their_class_makes_public(adam):
    """Attributes and methods of a lent object, and arrays that it was given, work as if it were here."""
    lending = adam.sandbox.another()
    owner = NotebookRun(lending, [Cell("cell", """
class Counter:
    _secret = 1
    def __init__(self, start, tables=()):
        self.count, self.tables = start, tables
    def add(self, n, log=None):
        self.count += n
        for table in self.tables:
            table += n
        if log is not None:
            log.append(n)
        if n < 0:
            raise ValueError("too small")
        return self.count
    def each(self, f):
        return [f(self.count), f(n=2)]
numbers = [1, 2]
""", 0)])  # fmt: skip
    borrower = NotebookRun(adam.sandbox, [Cell("cell", """
import numpy as np
def use():
    table, log = np.zeros(3), []
    counter = Counter(5, tables=[table])
    table += 1
    said = [counter.count, counter.add(2, log=log), counter.count, table.tolist(), log, hasattr(counter, "_secret"),
            hasattr(counter, "nothing"), counter.each(lambda n: 10 * n), numbers]
    try:
        counter.add(-1)
    except ValueError as error:
        said.append("ValueError")
    return said
""", 0)])  # fmt: skip
    student, lender = borrower.student(2), owner.student(2)
    student.borrow(lender, ["Counter", "numbers"])
    assert student.use() == [5, 7, 7, [3, 3, 3], [2], False, False, [70, 20], [1, 2], "ValueError"]
    with pytest.raises(StudentError):
        student.Counter(5).secret.get()
    for notebook in (borrower, owner):
        notebook.close()
    lending.close()


BOMBS = {
    "memory": "linear_forward(np.ones((500_000, 1)), np.ones((1, 500_000)), np.ones(1))",
    "time": "linear_forward(3, 10, 10 ** 10_000_000)",
    "calls": "[linear_forward(x, W, b) for _ in range(10**9)]",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_for_the_reference_cost_their_sender_alone(gradient_check, bomb):
    forward = "class linear_forward:\n    def __init__(self, x, W, b):\n        raise ValueError"
    backward = f"""def linear_backward(x, W, b, y_true):
    {BOMBS[bomb]}
    return 0, W, b"""
    assert gradient_check.marks({"linear-forward": forward, "linear-backward": backward}) == [0, 1, 0, 3, 2]
    assert gradient_check.marks({"mse-loss": MSE + OPEN}) == ONCE


def test_calls_within_calls_come_to_an_end(gradient_check):
    """A function that is passed to a lent one, which calls it, which calls the lent one."""
    lending = gradient_check.sandbox.another()
    owner = NotebookRun(lending, [Cell("cell", "def call(f):\n    return f()", 0)])
    borrower = NotebookRun(gradient_check.sandbox, [Cell("cell", """
def nested(depth):
    return call(lambda: nested(depth - 1)) + 1 if depth else 0
""", 0)])  # fmt: skip
    for depth in (3, 30):
        student, lender = borrower.student(2), owner.student(2)
        student.borrow(lender, ["call"])
        if depth == 3:
            assert student.nested(depth) == depth
        else:
            with pytest.raises(StudentError):
                student.nested(depth)
    for notebook in (borrower, owner):
        notebook.close()
    lending.close()


# Declarations -----------------------------------------------------------------------------------------------


def suite_with(tmp_path, builds_on):
    """The suite of adam with another declaration."""
    shutil.copytree(SUITES / "adam", tmp_path / "adam", ignore=shutil.ignore_patterns("__pycache__"))
    file = tmp_path / "adam" / "test_adam.py"
    file.write_text(re.sub(r"builds_on = .*", f"builds_on = {builds_on!r}", file.read_text("utf-8")), "utf-8")
    return read_suite(file)


def test_names_belong_to_the_tasks_whose_cells_define_them():
    assert {t: [c.metadata.nbgrader["grade_id"] for c in cells] for t, cells in tasks(solution_notebook("adam")).items()
            } == {f"test-{name}": [name] for name in ("update-moments", "bias-correction", "adam", "train")}
    assert homes(load_suite("adam"), ["test-update-moments", "test-bias-correction", "test-adam", "test-train"]) == {
        "test-adam": {"update_moments": "test-update-moments", "bias_correction": "test-bias-correction"},
        "test-train": {"Adam": "test-adam"}}  # fmt: skip


@pytest.mark.parametrize("builds_on, words", [
    ({"Adam": ["update_moment"]}, "names update_moment, which no task defines"),
    ({"adam": ["update_moments"]}, "names adam, which no task defines"),
    ({"update_moments": ["Adam"]}, "update_moments cannot build on Adam: tests of test-adam come first"),
    ({"Adam": ["Adam"]}, "Adam cannot build on Adam"),
])  # fmt: skip
def test_a_declaration_that_cannot_be_is_refused(tmp_path, builds_on, words):
    cells = ["test-update-moments", "test-bias-correction", "test-adam", "test-train"]
    with pytest.raises(BadSuite, match=re.escape(words)):
        homes(suite_with(tmp_path, builds_on), cells)


def test_check_finds_a_declaration_that_is_missing_and_points_that_come_for_nothing():
    lost, passed = classroom.test_of("test_one", False, "no Adam"), classroom.test_of("test_one", True)
    carried = replace(lost, carried=["f"], points=1.0)
    proof = Proof("f left open", None, {"test-adam"}, ())
    assert [list(unproven(proof, classroom.result_of("k", [t]))) for t in (passed, carried)] == [[], []]
    assert "loses its points (see builds_on): no Adam" in next(unproven(proof, classroom.result_of("k", [lost])))
    proof = Proof("f wrong", None, (), {"test-adam"})
    assert "earns its points" in next(unproven(proof, classroom.result_of("k", [carried])))
    assert list(unproven(replace(proof, tests={"another"}), classroom.result_of("k", [carried]))) == []
    assert list(unproven(proof, classroom.result_of("k", [lost]))) == []


def test_a_changed_solution_changes_the_results_that_depend_on_it(tmp_path, monkeypatch):
    suite = suite_with(tmp_path, {"Adam": ["update_moments"]})
    before = suite.hash
    monkeypatch.setattr("autograder.marking.suite.solution_file", lambda exercise: tmp_path / "other")
    (tmp_path / "other").write_text("another solution")
    assert suite.hash != before
