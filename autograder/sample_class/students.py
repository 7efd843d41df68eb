"""Who hands in what. Each student's notebook is the solution (or the untouched exercise) with something done to it.

Expected marks stand in expected/<exercise>.csv; `build.py` writes the notebooks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.marking.catalogue import with_cells
from autograder.marking.mistakes import load_mistakes
from autograder.marking.submission import grade_id

ANSWERS = Path(__file__).resolve().parent / "answers"
Change = Callable[[NotebookNode], NotebookNode]


def answers(name: str) -> dict[str, str]:
    """The cells of an answer file: `# %% cell` lines, each followed by its source."""
    parts = re.split(r"^# %% (\S+)$", (ANSWERS / f"{name}.py").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {cell: source.strip() for cell, source in zip(parts[1::2], parts[2::2])}


def answered(name: str) -> Change:
    """Some cells answered in another way."""
    return lambda notebook: with_cells(notebook, answers(name))


def mistaken(exercise: str, name: str) -> Change:
    """One of the catalogue's mistakes."""
    mistake = next(m for m in load_mistakes(exercise) if m.name == name)
    return lambda notebook: with_cells(notebook, dict(mistake.cells))


def written(cell: str, source: str) -> Change:
    """Another source in one cell."""
    return lambda notebook: with_cells(notebook, {cell: source})


def deleted(cell: str) -> Change:
    """One cell deleted."""
    return lambda notebook: NotebookNode(notebook | {"cells": [c for c in notebook.cells if grade_id(c) != cell]})


def doubled(cell: str) -> Change:
    """One cell copied and pasted below itself, metadata and all."""

    def change(notebook: NotebookNode) -> NotebookNode:
        cells = []
        for c in notebook.cells:
            cells += [c, NotebookNode(c | {"id": c["id"] + "-copy"})] if grade_id(c) == cell else [c]
        return NotebookNode(notebook | {"cells": cells})

    return change


def added(source: str, before: str) -> Change:
    """A cell of the student's own, before another one."""

    def change(notebook: NotebookNode) -> NotebookNode:
        cells = []
        for cell in notebook.cells:
            cells += [new_code_cell(source, id="my-own"), cell] if grade_id(cell) == before else [cell]
        return NotebookNode(notebook | {"cells": cells})

    return change


def unchanged(notebook: NotebookNode) -> NotebookNode:
    """Nothing done."""
    return notebook


CRASH = "import ctypes\nctypes.string_at(0)"
FLOOD = "for _ in range(20):\n    print('x' * 1_000_000)"
WARN = "import sys, warnings\nwarnings.warn('this may be slow')\nprint('a note', file=sys.stderr)"
TYPO = "def bias_correction(m, v, t, beta1, beta2):\n    return m / (1 - beta)"
LOOP_IN_ADAM = """class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.params = params

    def step(self, grads):
        t = 1
        while t > 0:
            t = t + 1
"""
LOOP_IN_NUMERICAL = """def numerical_gradient(f, theta, eps=1e-5):
    i = 0
    while i < theta.size:
        f(theta)
    return theta
"""

# student -> (what happened, the notebook they started from is untouched?, what they did to it)
STUDENTS: dict[str, dict[str, tuple[str, bool, Change]]] = {
    "gradient_check": {
        "ada": ("correct, as in the solution", False, unchanged),
        "bela": ("correct, with einsum and steps along unit vectors", False, answered("gradient_check_einsum")),
        "chidi": ("correct, with loops", False, answered("gradient_check_loops")),
        "dora": ("the sum in place of the mean", False, answered("gradient_check_sum")),
        "emil": ("forward differences", False, answered("gradient_check_forward")),
        "fatima": ("an exception in one function", False,
                   written("mse-loss", "def mse_loss(y_pred, y_true):\n    return (y_pred - y_tru).mean()")),
        "goran": ("an infinite loop in one function", False, written("numerical-gradient", LOOP_IN_NUMERICAL)),
        "hana": ("a syntax error in one cell", False,
                 written("relative-error", "def relative_error(a, b)\n    return 0.0")),
        "ivo": ("deleted a test cell", False, deleted("test-linear-backward")),
        "jun": ("copied a test cell and a solution cell", False,
                lambda n: doubled("test-mse-loss")(doubled("mse-loss")(n))),
        "kofi": ("a warning and a note on stderr", False, added(WARN, "mse-loss")),
        "lena": ("a segmentation fault in a cell of their own", False, added(CRASH, "relative-error")),
        "mika": ("20 MB of output", False, added(FLOOD, "linear-forward")),
        "noor": ("edited a test cell so that it passes", True,
                 written("test-linear-backward", "print('linear_backward: the example is right.')\n3.0")),
        "omar": ("handed in the untouched exercise", True, unchanged),
        "pia": ("the first two tasks only", False, answered("gradient_check_half")),
        "quinn": ("an import of what is not there", False, answered("gradient_check_import")),
    },
    "adam": {
        "ada": ("correct, as in the solution", False, unchanged),
        "bela": ("correct, moments in place and the steps fused", False, answered("adam_fused")),
        "chidi": ("correct, with loops", False, answered("adam_loops")),
        "dora": ("no bias correction", False, mistaken("adam", "no-bias-correction")),
        "emil": ("eps inside the root", False, mistaken("adam", "eps-inside-root")),
        "fatima": ("an exception in one function", False, written("bias-correction", TYPO)),
        "goran": ("an infinite loop in Adam.step", False, written("adam", LOOP_IN_ADAM)),
        "hana": ("a syntax error in one cell", False, written("train", "def train(optimizer, params):\nreturn []")),
        "ivo": ("deleted a test cell", False, deleted("test-adam")),
        "jun": ("copied a test cell and a solution cell", False, lambda n: doubled("test-adam")(doubled("adam")(n))),
        "kofi": ("a warning and a note on stderr", False, added(WARN, "adam")),
        "lena": ("a segmentation fault in a cell of their own", False, added(CRASH, "train")),
        "mika": ("20 MB of output", False, added(FLOOD, "adam")),
        "noor": ("edited a test cell so that it passes", True, written("test-adam", "print('Adam is right.')\n4.0")),
        "omar": ("handed in the untouched exercise", True, unchanged),
        "pia": ("the first two tasks only", False, answered("adam_half")),
        "quinn": ("new arrays in place of in-place updates", False, mistaken("adam", "new-arrays")),
        "rosa": ("one step count for each parameter", False, mistaken("adam", "t-per-parameter")),
    },
}  # fmt: skip
