"""Run a student's notebook in the sandbox, cell by cell, so that one bad cell costs only itself."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from autograder.marking.student import BadAnswer, Died, OutOfTime, Student, StudentError, as_error
from autograder.marking.submission import Cell
from autograder.marking.wording import clean
from autograder.sandbox import protocol
from autograder.sandbox.outside import Fork, ProcessDied, ProcessOutOfTime, Sandbox, SandboxError

CELL_SECONDS = 10.0  # of CPU time for each cell
NOTEBOOK_SECONDS = 120.0  # for all cells together, by the clock
SUBMISSION_SECONDS = 300.0  # for cells and tests together, by the clock; a submission that needs it hangs everywhere
COPIES = 4  # of the state that are made at once: more would push each other out of the cache
NOTEBOOK_OUTPUT = 20 * protocol.KEPT_OUTPUT  # characters that all cells together may print


@dataclass
class CellRun:
    """What became of one cell: the start of what it printed, and the error that ended it, if any."""

    name: str
    out: str = ""
    error: StudentError | None = None


class NotebookRun:
    """A notebook's state after all its cells, from which every test gets a fork of its own.

    All cells run in one fork. Where one hangs or crashes, all is lost: a fresh submission runs all cells but
    that one. So a bad cell costs what it would have defined, as an exception does, and nothing else.

    tests: how many tests will ask for a fork. Raises SandboxError where no notebook can be run.
    """

    def __init__(self, sandbox: Sandbox, cells: list[Cell], tests: int = 1):
        self.cells = {cell.name: cell.source for cell in cells}
        self.sandbox = sandbox
        self.deadline = time.monotonic() + NOTEBOOK_SECONDS
        self.end = time.monotonic() + SUBMISSION_SECONDS
        self.good: set[str] = set()  # the cells that came to an end once
        self.bad: dict[str, CellRun] = {}  # the cells that cost a fork
        self.tests = tests
        self.copies: list[Fork] = []  # forks that wait for their test
        self.prepare: Callable[[Student, float], None] | None = None  # is done to each student before its test
        runs = None
        while runs is None:
            self.submission = self.state = sandbox.open()
            try:
                [self.state] = self.submission.spawn()
                runs = self._run_all(cells)
            except ProcessDied as died:  # before any student code
                raise SandboxError("a notebook cannot be run: is this machine out of memory or processes?") from died
            finally:
                if runs is None:
                    self.close()
        self.runs = runs

    def _run_all(self, cells: list[Cell]) -> list[CellRun] | None:
        """Run all cells but the bad ones in a fresh fork; None where one more of them proves to be bad."""
        runs, room = [], NOTEBOOK_OUTPUT
        for cell in cells:
            if self._late(cell) and cell.name not in self.bad:
                self.bad[cell.name] = CellRun(cell.name, error=OutOfTime("the notebook's time was up"))
            run = self.bad.get(cell.name) or self._run(cell)
            if run is None:
                return None
            run.out = run.out[:room]
            room -= len(run.out)
            runs.append(run)
        return runs

    def _late(self, cell: Cell) -> bool:
        """Whether there is no time left for a cell; those that ran before get some once more."""
        return time.monotonic() > self.deadline + (NOTEBOOK_SECONDS if cell.name in self.good else 0)

    def _run(self, cell: Cell) -> CellRun | None:
        """Run one cell; None, and the cell is noted as bad, where the fork did not survive it."""
        fork = self.state
        try:
            fork.allow(CELL_SECONDS)
            reply = fork.ask("run", code=cell.source, label=f"cell {cell.name}")
            self.good.add(cell.name)
            return read_report(cell, *reply)
        except ProcessOutOfTime:
            error = OutOfTime(f"it ran longer than {CELL_SECONDS:g} seconds")
        except ProcessDied as died:
            error = Died(str(died))
        except protocol.ProtocolError:
            error = BadAnswer("it broke the notebook's process")
        self.bad[cell.name] = CellRun(cell.name, error=error)
        return None

    def student(self, seconds: float) -> Student:
        """A fresh copy of the state, for a test that may take `seconds` of CPU time; OutOfTime where none is left."""
        if time.monotonic() > self.end:
            raise OutOfTime("the time for the whole submission was up")
        if not self.copies:
            self.copies = self.state.spawn(max(1, min(self.tests, COPIES)))
            self.tests -= len(self.copies)
        fork = self.copies.pop(0)
        fork.allow(seconds)
        fresh = Student(fork)
        if self.prepare:
            self.prepare(fresh, seconds)
        return fresh

    def failed_before(self, name: str) -> CellRun | None:
        """The cell that would have defined a name, had it not ended with an error; None where there is none."""
        definition = re.compile(rf"^\s*((async\s+)?def|class)\s+{name}\b|^{name}\s*=", re.MULTILINE)
        return next((r for r in self.runs if r.error and definition.search(self.cells[r.name])), None)

    def close(self) -> None:
        """Kill everything that the notebook started; BrokeDown where the sandbox did so before, see `Sandbox.stop`."""
        for fork in (self.state, *self.copies):
            fork.hang_up()
        self.submission.close()


def read_report(cell: Cell, header: dict, buffers: list[memoryview]) -> CellRun:
    """What a fork says about a cell that it ran; ProtocolError where that is no such report."""
    report = protocol.Decoder(buffers, dict).decode(header.get("value"))
    out, error = (report.get("out"), report.get("error")) if isinstance(report, dict) else (None, None)
    if not isinstance(out, str):
        raise protocol.ProtocolError("malformed report")
    return CellRun(cell.name, clean(out[: protocol.KEPT_OUTPUT]), None if error is None else as_error(error))
