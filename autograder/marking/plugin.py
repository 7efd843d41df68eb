"""The pytest plugin: the `student` fixture, the `grade` marker, `--submission`, and the marks.

    pytest autograder/suites/adam --submission submitted/ada/adam/adam.ipynb

runs a hidden suite by hand. `grade_all` runs the same tests over many notebooks in one pytest session: the
suite is collected once and a warm sandbox is forked for each notebook.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.marking import feedback
from autograder.marking.exercise import release_notebook
from autograder.marking.follow_through import follow_through
from autograder.marking.result import Result, TestResult
from autograder.marking.run import CellRun, NotebookRun
from autograder.marking.student import Died, MissingName, Student
from autograder.marking.submission import BadSubmission, Cell, code_to_run, read_notebook, restore
from autograder.marking.suite import DEFAULT_SECONDS, PROJECT, BadSuite, Suite, read_suite
from autograder.sandbox.confined import confined
from autograder.sandbox.outside import BrokeDown, ProcessDied, Sandbox, SandboxError

RUN = pytest.StashKey[NotebookRun]()
SUITE = pytest.StashKey[Suite]()
RESULTS = pytest.StashKey[dict[pytest.Item, TestResult]]()  # of tests that are run by hand


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--submission`."""
    parser.addoption("--submission", type=Path, metavar="NOTEBOOK", help="the notebook that hidden suites grade")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", "grade(cell, points, hint, seconds=1): what a hidden test is worth, and where")
    config.stash[RESULTS] = {}


def pytest_collection_finish(session: pytest.Session) -> None:
    """Run the notebook once, before the hidden tests that run by hand: what is wrong with it is told once."""
    config = session.config
    hidden = [item for item in session.items if is_hidden(item)]
    in_batch = any(isinstance(plugin, Batch) for plugin in config.pluginmanager.get_plugins())
    if hidden and not in_batch and not config.option.collectonly:
        try:
            config.stash[RUN] = run_by_hand(config, hidden[0].path)
        except (BadSubmission, SandboxError) as error:
            raise pytest.UsageError(f"--submission {config.getoption('submission')}: {error}") from error


def is_hidden(item: pytest.Item) -> bool:
    """Whether this is a test of a hidden suite: it asks for the student's notebook."""
    return "student" in getattr(item, "fixturenames", ())


@pytest.fixture
def student(request: pytest.FixtureRequest) -> Iterator[Student]:
    """The namespace of the student's notebook, in a fork of its own for each test."""
    config = request.config
    try:
        student = config.stash[RUN].student(mark_of(request.node)["seconds"])
    except ProcessDied as died:
        raise Died(str(died)) from None
    yield student
    student._fork.leave()


def run_by_hand(config: pytest.Config, test_file: Path) -> NotebookRun:
    """Run the notebook that `--submission` names, in a sandbox that lives as long as this pytest session."""
    path = config.getoption("submission")
    if path is None:
        raise pytest.UsageError("hidden suites grade a notebook: add --submission NOTEBOOK.ipynb")
    config.stash[SUITE] = suite = read_suite(test_file)
    release = release_notebook(suite.exercise)
    [(text, problem)] = confined(lambda file: json.dumps(restore(read_notebook(file), release)), [path])
    if problem:
        raise BadSubmission(problem)
    sandbox = open_sandbox(suite)
    config.add_cleanup(sandbox.close)
    return NotebookRun(sandbox, code_to_run(nbformat.from_dict(json.loads(text))))


def open_sandbox(suite: Suite, secrets: Iterable[Path] = ()) -> Sandbox:
    """A warm sandbox for the notebooks of one exercise."""
    return Sandbox(suite.exercise, suite.packages, [PROJECT, *secrets])


def mark_of(item: pytest.Item) -> dict:
    """What the `grade` marker of a test says; BadSuite where it is missing or malformed."""
    marker = item.get_closest_marker("grade")
    if marker is None or len(marker.args) != 1 or not {"points", "hint"} <= marker.kwargs.keys():
        raise BadSuite(f"{item.nodeid}: needs @pytest.mark.grade('grade-cell', points=..., hint='...')")
    return {"cell": marker.args[0], "seconds": DEFAULT_SECONDS} | marker.kwargs


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """Note down the verdict of each hidden test: all its points or none."""
    report = yield
    decided = call.when == "call" or (call.when == "setup" and call.excinfo)
    if decided and is_hidden(item):
        item.config.stash[RESULTS][item] = verdict(item, call)
    return report


def verdict(item: pytest.Item, call: pytest.CallInfo) -> TestResult:
    """The result of one test, with what the student may read about it."""
    mark = mark_of(item)
    error = call.excinfo.value if call.excinfo else None
    passed = error is None
    return TestResult(
        name=item.name,
        title=(item.obj.__doc__ or item.name).strip().splitlines()[0],
        cell=mark["cell"],
        points=mark["points"] if passed else 0,
        max_points=mark["points"],
        passed=passed,
        hint="" if passed else mark["hint"],
        message="" if passed else message(error, item.config.stash.get(RUN, None)),
        reason="" if passed else feedback.reason(error),
        seconds=round(call.duration, 4),
        trace=list(getattr(item.funcargs.get("student"), "_trace", [])),
    )


def message(error: BaseException, run: NotebookRun | None) -> str:
    """What the student may read about a failed test; where a cell did not come to define a name, that cell's error."""
    if run is None:
        return feedback.explain(error, {})
    packages = run.sandbox.packages
    blamed = run.failed_before(error.name) if isinstance(error, MissingName) else None
    if blamed is None:
        return feedback.explain(error, run.cells, packages)
    because = feedback.explain(blamed.error, run.cells, packages)
    return f"{error.name} is not defined, because the cell {blamed.name} ended with an error:\n{because}"


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Iterator[object]:
    """Follow-through for tests that are run by hand."""
    done = yield
    results, stash = session.config.stash[RESULTS], session.config.stash
    if results and RUN in stash:
        items = list(results)
        tests = follow_through(stash[SUITE], stash[RUN], list(results.values()), lambda n: run_test(items[n], None))
        results.update(zip(items, tests))
    return done


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the marks by grade cell."""
    results = list(config.stash[RESULTS].values())
    if results:
        terminalreporter.section("marks")
    for cell in dict.fromkeys(r.cell for r in results):
        mine = [r for r in results if r.cell == cell]
        terminalreporter.line(f"{cell}: {sum(r.points for r in mine):g} / {sum(r.max_points for r in mine):g}")
        for said in dict.fromkeys(r.message for r in mine if r.carried):
            terminalreporter.line(f"    {said}")


# Many notebooks in one session ------------------------------------------------------------------------------


class Batch:
    """Runs the collected tests once for each notebook in place of once; see `grade_all`."""

    def __init__(self, suite: Suite, sandbox: Sandbox, notebooks: Iterable[tuple[str, list[Cell]]],
                 done: Callable[[Result], None], only: Mapping[str, Collection[str]]):  # fmt: skip
        self.suite = suite
        self.sandbox = sandbox
        self.notebooks = notebooks
        self.done = done
        self.only = only
        self.failure: SandboxError | None = None

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Check the markers before the first notebook."""
        for item in session.items:
            mark_of(item)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Grade one notebook after the other."""
        if session.testsfailed or not session.items:
            raise session.Interrupted("the suite cannot be collected")
        try:
            for key, cells in self.notebooks:
                self.done(self.grade(session, key, cells))
        except SandboxError as error:
            self.failure = error
        return True

    def grade(self, session: pytest.Session, key: str, cells: list[Cell]) -> Result:
        """Grade one notebook, once more where the sandbox broke down on the way."""
        try:
            return self.run_tests(session, key, cells)
        except BrokeDown:
            return self.run_tests(session, key, cells)

    def run_tests(self, session: pytest.Session, key: str, cells: list[Cell]) -> Result:
        """Run all tests on one notebook."""
        started, cpu = time.monotonic(), time.process_time()
        wanted = self.only.get(key, ())
        items = [item for item in session.items if not wanted or mark_of(item)["cell"] in wanted]
        session.config.stash[RUN] = run = NotebookRun(self.sandbox, cells, len(items))
        try:
            tests = [run_test(item, following) for item, following in zip(items, [*items[1:], None])]
            tests = follow_through(self.suite, run, tests, lambda number: run_test(items[number], None))
        finally:
            run.close()
        return Result(
            exercise=self.suite.exercise,
            key=key,
            tests=tests,
            cells={r.name: became_of(r, run) for r in run.runs},
            seconds=round(time.monotonic() - started, 3),
            cpu_seconds=round(time.process_time() - cpu, 3),
            isolation=self.sandbox.isolation,
        )


def run_test(item: pytest.Item, following: pytest.Item | None) -> TestResult:
    """The verdict of one test: what pytest does with it, without the reports, which nobody reads here."""
    state = item.session._setupstate

    def call() -> None:
        item._initrequest()
        state.setup(item)
        item.runtest()

    outcome = pytest.CallInfo.from_call(call, when="call", reraise=KeyboardInterrupt)
    result = verdict(item, outcome)
    # errors of a fixture's end are nobody's fault
    pytest.CallInfo.from_call(lambda: state.teardown_exact(following), when="teardown", reraise=KeyboardInterrupt)
    return result


def became_of(cell: CellRun, run: NotebookRun) -> dict:
    """What became of one cell, as a result keeps it."""
    said = message(cell.error, run) if cell.error else None
    return {"out": cell.out, "error": said, "reason": feedback.reason(cell.error) if cell.error else ""}


def grade_all(
    suite: Suite, sandbox: Sandbox, notebooks: Iterable[tuple[str, list[Cell]]], done: Callable[[Result], None],
    only: Mapping[str, Collection[str]] | None = None,
) -> None:  # fmt: skip
    """Grade (key, cells) of many notebooks with one suite; `done` gets each result.

    only: {key: grade cells} of notebooks for which not all tests are of interest, to save time.
    Raises BadSuite where the suite cannot be collected, SandboxError where notebooks cannot be run.
    """
    batch = Batch(suite, sandbox, notebooks, done, only or {})
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    options = ["-pno:cacheprovider", "-pno:terminal", "--import-mode=importlib", "--capture=no", f"-c{os.devnull}"]
    options += ["--assert=plain", *(f"-pno:{p}" for p in ("logging", "warnings", "unraisableexception"))]
    own = os.environ.pop("PYTEST_ADDOPTS", None)  # somebody's own options are not meant for hidden suites
    try:
        status = pytest.main([*options, str(suite.path)], plugins=[batch])
    finally:
        if own is not None:
            os.environ["PYTEST_ADDOPTS"] = own
    if batch.failure:
        raise batch.failure
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise BadSuite(f"{suite.path}: the suite cannot be run (pytest: {status!r}); try pytest --collect-only on it")


def grade_each(
    suite: Suite, sandbox: Sandbox, notebooks: Mapping[str, NotebookNode],
    only: Mapping[str, Collection[str]] | None = None,
) -> dict[str, Result]:  # fmt: skip
    """The result of each notebook, by its name; `only` and errors as in `grade_all`."""
    results: dict[str, Result] = {}
    jobs = [(name, code_to_run(notebook)) for name, notebook in notebooks.items()]
    if jobs:
        grade_all(suite, sandbox, jobs, lambda result: results.update({result.key: result}), only)
    return results
