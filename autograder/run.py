"""Run a student's notebook in the sandbox, cell by cell, so that one bad cell costs only itself."""

from __future__ import annotations

from dataclasses import dataclass

from autograder import protocol
from autograder.sandbox import Died, Fork, OutOfTime, Sandbox
from autograder.student import Student, StudentError, as_error
from autograder.submission import Cell

CELL_SECONDS = 10.0  # of CPU time for each cell


@dataclass
class CellRun:
    """What became of one cell: the start of what it printed, and the error that ended it, if any."""

    name: str
    out: str = ""
    error: StudentError | None = None


class NotebookRun:
    """A notebook's state after all its cells, from which every test gets a fork of its own.

    Each cell runs in a fork of the state so far. When it ends well (or with an exception, as in a notebook),
    that fork is the new state; when it hangs or crashes, the state stays what it was and the next cell follows.
    """

    def __init__(self, sandbox: Sandbox, cells: list[Cell]):
        self.cells = {cell.name: cell.source for cell in cells}
        self.submission = sandbox.open()
        self.state: Fork = self.submission
        self.runs = [self._run(cell) for cell in cells]

    def _run(self, cell: Cell) -> CellRun:
        try:
            fork = self.state.spawn(CELL_SECONDS)
        except Died as died:
            return CellRun(cell.name, error=StudentError("Died", str(died)))
        try:
            header, buffers = fork.ask("run", code=cell.source, label=f"cell {cell.name}")
            answer = protocol.Decoder(buffers, dict).decode(header.get("value"))
            run = CellRun(cell.name, str(answer["out"]), answer["error"] and as_error(answer["error"]))
        except OutOfTime:
            run = CellRun(cell.name, error=StudentError("OutOfTime", f"it ran longer than {CELL_SECONDS:g} seconds"))
        except Died as died:
            run = CellRun(cell.name, error=StudentError("Died", str(died)))
        except (protocol.ProtocolError, TypeError, KeyError):
            run = CellRun(cell.name, error=StudentError("BadAnswer", "it broke the notebook's process"))
        else:
            self.state = fork
            return run
        fork.end()
        return run

    def student(self, seconds: float) -> Student:
        """A fresh copy of the state, for a test that may take `seconds` of CPU time."""
        return Student(self.state.spawn(seconds), self.cells)

    def close(self) -> None:
        """Kill everything that the notebook started."""
        self.submission.close()
