"""Write the sample class's submissions: FOLDER/<student>/<exercise>/<exercise>.ipynb.

    python -m autograder.sample_class.build FOLDER
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from nbformat import write

from autograder.marking.exercise import release_notebook, solution_notebook, with_cells
from autograder.marking.submission import grade_id
from autograder.sample_class.students import STUDENTS

MARKERS = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION\n?", re.MULTILINE)  # no student's notebook has them
EXPECTED = Path(__file__).resolve().parent / "expected"


def build(folder: Path, exercises: Iterable[str] = STUDENTS) -> None:
    """Write all submissions (of some exercises) below `folder`."""
    for exercise in exercises:
        for student, (_, from_untouched, change) in STUDENTS[exercise].items():
            start = release_notebook(exercise) if from_untouched else solution_notebook(exercise)
            start = with_cells(start, {grade_id(c): MARKERS.sub("", c.source) for c in start.cells if grade_id(c)})
            target = folder / student / exercise / f"{exercise}.ipynb"
            target.parent.mkdir(parents=True, exist_ok=True)
            write(change(start), str(target))


def expected(exercise: str) -> dict[str, dict[str, float]]:
    """The marks that every student should get: {student: {grade cell: points}}."""
    with open(EXPECTED / f"{exercise}.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row.pop("student"): {cell: float(points) for cell, points in row.items()} for row in rows}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m autograder.sample_class.build FOLDER")
    build(Path(sys.argv[1]))
