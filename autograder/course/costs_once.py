"""Prove that a mistake costs once: notebooks with a wrong task, and which points they must earn and lose.

A task that is left open costs its own points only. A later task that is wrong itself, on top of one that is open,
loses what it loses alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.marking.exercise import tasks, with_cells
from autograder.marking.follow_through import homes
from autograder.marking.mistakes import Mistake
from autograder.marking.result import Result
from autograder.marking.submission import grade_id
from autograder.marking.suite import Suite


@dataclass(frozen=True)
class Proof:
    """A notebook: the test cells that earn everything and those that earn nothing, there only `tests` where named.

    runs: the test cells that need to be run; all where it is empty.
    """

    name: str
    notebook: NotebookNode
    earns: Collection[str]
    loses: Collection[str]
    tests: Collection[str] = ()
    runs: Collection[str] = ()


def proofs(
    suite: Suite, solution: NotebookNode, untouched: NotebookNode, mistakes: Sequence[Mistake]
) -> Iterator[Proof]:
    """All notebooks that must be tried."""
    written = {test: [grade_id(cell) for cell in cells] for test, cells in tasks(solution).items()}
    stubs = {grade_id(cell): cell.source for cells in tasks(untouched).values() for cell in cells}

    def left_open(*tests: str) -> dict[str, str]:
        return {cell: stubs[cell] for test in tests for cell in written[test]}

    for test in written:
        yield Proof(f"{test.removeprefix('test-')} left open", with_cells(solution, left_open(test)),
                    written.keys() - {test}, {test})  # fmt: skip
    for later, names in homes(suite, list(written)).items():
        earlier = sorted(set(names.values()))
        yield Proof(f"{later.removeprefix('test-')} and what it builds on left open",
                    with_cells(solution, left_open(later, *earlier)), (), {later, *earlier})  # fmt: skip
        for mistake in mistakes:
            if mistake.cells.keys() <= set(written[later]):
                yield Proof(f"the mistake {mistake.name} on top of open tasks",
                            with_cells(solution, left_open(*earlier) | dict(mistake.cells)),
                            (), {later}, mistake.fails, {later, *earlier})  # fmt: skip


def unproven(proof: Proof, result: Result) -> Iterator[str]:
    """Where the marks are others than they must be."""
    for test in result.tests:
        if test.lost and test.cell in proof.earns:
            yield f"with {proof.name}, {test.name} loses its points (see builds_on): {test.message}"
        if not test.lost and test.cell in proof.loses and test.name in (proof.tests or {test.name}):
            yield f"with {proof.name}, {test.name} earns its points"
