"""The class that hands in gradient_check."""

from autograder.sample_class.changes import (
    CRASH,
    FLOOD,
    WARN,
    Change,
    added,
    answered,
    deleted,
    doubled,
    unchanged,
    written,
)

LOOP_IN_NUMERICAL = """def numerical_gradient(f, theta, eps=1e-5):
    i = 0
    while i < theta.size:
        f(theta)
    return theta
"""

# student -> (what happened, the notebook they started from is untouched?, what they did to it)
STUDENTS: dict[str, tuple[str, bool, Change]] = {
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
}  # fmt: skip
