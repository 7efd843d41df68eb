"""Run a student's notebook in the sandbox, cell by cell, so that one bad cell costs only itself."""

from __future__ import annotations

import time
from dataclasses import dataclass

from autograder import protocol
from autograder.sandbox import Died, Fork, OutOfTime, Sandbox
from autograder.student import Student, StudentError, as_error
from autograder.submission import Cell

CELL_SECONDS = 10.0  # of CPU time for each cell
NOTEBOOK_SECONDS = 120.0  # for all cells together, by the clock


@dataclass
class CellRun:
    """What became of one cell: the start of what it printed, and the error that ended it, if any."""

    name: str
    out: str = ""
    error: StudentError | None = None


class NotebookRun:
    """A notebook's state after all its cells, from which every test gets a fork of its own.

    All cells run in one fork. Where one hangs or crashes, that fork is lost: a new one runs all cells but that
    one. So a bad cell costs what it would have defined, as an exception does, and nothing else.
    """

    def __init__(self, sandbox: Sandbox, cells: list[Cell]):
        self.cells = {cell.name: cell.source for cell in cells}
        self.submission = sandbox.open()
        self.state: Fork = self.submission
        self.deadline = time.monotonic() + NOTEBOOK_SECONDS
        self.bad: dict[str, CellRun] = {}  # the cells that cost a fork
        runs = None
        while runs is None:
            runs = self._run_all(cells)
        self.runs = runs

    def _run_all(self, cells: list[Cell]) -> list[CellRun] | None:
        """Run all cells but the bad ones in a fresh fork; None where one more of them proves to be bad."""
        fork = self.submission.spawn(CELL_SECONDS)
        runs = []
        for cell in cells:
            if cell.name not in self.bad and time.monotonic() > self.deadline:
                self.bad[cell.name] = CellRun(cell.name, error=StudentError("OutOfTime", "the notebook's time was up"))
            run = self.bad.get(cell.name) or self._run(fork, cell)
            if run is None:
                return None
            runs.append(run)
        self.state = fork
        return runs

    def _run(self, fork: Fork, cell: Cell) -> CellRun | None:
        """Run one cell; None, and the cell is noted as bad, where the fork did not survive it."""
        try:
            fork.allow(CELL_SECONDS)
            header, buffers = fork.ask("run", code=cell.source, label=f"cell {cell.name}", seconds=CELL_SECONDS)
            answer = protocol.Decoder(buffers, dict).decode(header.get("value"))
            return CellRun(cell.name, str(answer["out"]), answer["error"] and as_error(answer["error"]))
        except OutOfTime:
            error = StudentError("OutOfTime", f"it ran longer than {CELL_SECONDS:g} seconds")
        except Died as died:
            error = StudentError("Died", str(died))
        except (protocol.ProtocolError, TypeError, KeyError):
            error = StudentError("BadAnswer", "it broke the notebook's process")
        self.bad[cell.name] = CellRun(cell.name, error=error)
        fork.end()
        return None

    def student(self, seconds: float) -> Student:
        """A fresh copy of the state, for a test that may take `seconds` of CPU time."""
        return Student(self.state.spawn(seconds), self.cells)

    def close(self) -> None:
        """Kill everything that the notebook started."""
        self.submission.close()
