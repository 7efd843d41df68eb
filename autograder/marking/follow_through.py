"""Follow-through marks: a mistake costs once.

    builds_on = {"linear_backward": ["linear_forward", "mse_loss"]}

in a suite says that the students' `linear_backward` may call these two. Where a test of it fails, and the tests of
`mse_loss` did not all pass either, it runs once more, in a new fork of the notebook in which `mse_loss` is the
solution's. The solution runs in a sandbox of its own; over there its functions and objects are stand-ins that call
back, so that nothing of it can be read. What passes then earns its points.

No order of tests can turn that into points for `mse_loss` itself: a task's tests, the second runs too, are over
before the first run in which its reference is at hand.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

from autograder.marking.exercise import defined, solution_notebook, tasks
from autograder.marking.result import TestResult
from autograder.marking.run import NotebookRun
from autograder.marking.student import OutOfTime, Student
from autograder.marking.submission import code_to_run
from autograder.marking.suite import BadSuite, Suite
from autograder.sandbox.outside import BrokeDown, ProcessDied, Sandbox

Homes = dict[str, dict[str, str]]  # test cell -> the earlier names that its task builds on -> their test cells


def homes(suite: Suite, cells: Sequence[str]) -> Homes:
    """What `builds_on` says, by test cell; `cells` are those of the tests that ran, in their order.

    Raises BadSuite for a name that no task defines, or one whose tests do not all come before those that build on it.
    """
    home = {name: test for test, written in tasks(solution_notebook(suite.exercise)).items()
            for cell in written for name in defined(cell.source)}  # fmt: skip
    found: Homes = {}
    for name, earlier in suite.builds_on.items():
        unknown = {name, *earlier} - home.keys()
        if unknown:
            raise BadSuite(f"{suite.path}: builds_on names {', '.join(sorted(unknown))}, which no task defines")
        for other in earlier:
            first = cells.index(home[name]) if home[name] in cells else len(cells)
            if home[other] in cells[first:]:
                raise BadSuite(f"{suite.path}: {name} cannot build on {other}: tests of {home[other]} come first")
        found.setdefault(home[name], {}).update({other: home[other] for other in earlier})
    return found


def culprits(cell: str, where: Homes, tests: Sequence[TestResult]) -> Iterator[str]:
    """The names from earlier tasks that are to blame where the task of a test cell fails.

    One that is itself only wrong because of another (its points were carried) is not; that other one is.
    """
    for name, home in where.get(cell, {}).items():
        earlier = [test for test in tests if test.cell == home]
        if any(test.lost for test in earlier):
            yield name
        elif not all(test.passed for test in earlier):
            yield from culprits(home, where, tests)


def follow_through(
    suite: Suite, run: NotebookRun, tests: list[TestResult], again: Callable[[int], TestResult]
) -> list[TestResult]:
    """The tests of a notebook, with the points that a mistake in an earlier task would have cost.

    again: runs the test with this number once more. Raises BrokeDown where the solution's sandbox was ended meanwhile.
    """
    if not suite.builds_on or not any(test.lost for test in tests):
        return tests
    where, tests = homes(suite, [test.cell for test in tests]), list(tests)
    for number, test in enumerate(tests):
        names = list(dict.fromkeys(culprits(test.cell, where, tests)))
        if names and test.lost and time.monotonic() < run.end:
            with borrowing(suite, run, names):
                tests[number] = carried(test, again(number), names)
    return tests


def carried(test: TestResult, second: TestResult, names: Sequence[str]) -> TestResult:
    """What counts of a failed test and its second run: that one's failure is the task's own."""
    if not second.passed:
        return second
    said = f"Right, once {' and '.join(f'`{name}`' for name in names)} {'is' if len(names) == 1 else 'are'} right."
    return replace(test, points=test.max_points, carried=names, hint="", message=said)


class Reference:
    """The solution in a sandbox of its own, from which names are lent."""

    def __init__(self, suite: Suite, sandbox: Sandbox):
        self.sandbox = sandbox
        self.cells = code_to_run(solution_notebook(suite.exercise))
        self.run: NotebookRun | None = None

    def student(self) -> Student:
        """The namespace of the solution, in a fork that may not compute yet; BrokeDown where none can be had."""
        if self.run and time.monotonic() > self.run.end:
            self.run.close()
            self.run = None
        try:
            self.run = self.run or NotebookRun(self.sandbox, self.cells)
            return self.run.student(0)
        except (ProcessDied, OutOfTime) as error:
            raise BrokeDown("the process of the solution was ended from outside") from error

    def is_gone(self) -> bool:
        """Whether its sandbox was ended from outside."""
        return self.sandbox.process.poll() is not None

    def close(self) -> None:
        """End it."""
        if self.run:
            with suppress(BrokeDown):
                self.run.close()
        self.sandbox.close()


@contextmanager
def borrowing(suite: Suite, run: NotebookRun, names: Sequence[str]) -> Iterator[None]:
    """Meanwhile every student that `run` gives out has the solution's values under some names."""
    ours = run.sandbox
    reference = ours.companion = ours.companion or Reference(suite, ours.another())
    try:
        lender = reference.student()

        def lend(student: Student, seconds: float) -> None:
            lender._fork.allow(seconds)
            student.borrow(lender, names)

        run.prepare = lend
        yield
        lender._fork.leave()
        if reference.is_gone():
            raise BrokeDown("the sandbox of the solution was ended from outside")
    except BrokeDown:
        reference.close()
        ours.companion = None
        raise
    finally:
        run.prepare = None
