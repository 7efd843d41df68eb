"""The class that hands in adam."""

from autograder.sample_class.changes import (
    CRASH,
    FLOOD,
    WARN,
    Change,
    added,
    answered,
    deleted,
    doubled,
    mistaken,
    unchanged,
    written,
)

TYPO = "def bias_correction(m, v, t, beta1, beta2):\n    return m / (1 - beta)"
LOOP_IN_ADAM = """class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.params = params

    def step(self, grads):
        t = 1
        while t > 0:
            t = t + 1
"""

# student -> (what happened, the notebook they started from is untouched?, what they did to it)
STUDENTS: dict[str, tuple[str, bool, Change]] = {
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
}  # fmt: skip
