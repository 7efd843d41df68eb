"""The class that hands in xor."""

from autograder.sample_class.changes import Change, answered, mistaken, unchanged, written

NO_SUCH_KEY = """def forward(params, X):
    H = np.tanh(X @ params["w1"].T + params["b1"])
    return sigmoid(H @ params["w2"].T + params["b2"])
"""
NO_BRACKET = """def decision_grid(params, n=50):
    s = np.linspace(-0.5, 1.5, n)
    x1, x2 = np.meshgrid(s, s)
    return forward(params, np.column_stack([x1.ravel(), x2.ravel()]).reshape(n, n)
"""

# student -> (what happened, the notebook they started from is untouched?, what they did to it)
STUDENTS: dict[str, tuple[str, bool, Change]] = {
    "ada": ("correct, as in the solution", False, unchanged),
    "bela": ("correct, ReLU with new starts", False, answered("xor_restarts")),
    "chidi": ("correct, number by number", False, answered("xor_loops")),
    "dora": ("rows and columns of the grid exchanged", False, mistaken("xor", "rows-for-columns")),
    "emil": ("the lesson's four ReLU units", False, mistaken("xor", "four-relu-units")),
    "fatima": ("an exception in forward", False, written("forward", NO_SUCH_KEY)),
    "goran": ("the notebook's labels, whatever is asked", False, mistaken("xor", "labels-from-above")),
    "hana": ("a syntax error in one cell", False, written("decision-grid", NO_BRACKET)),
    "omar": ("handed in the untouched exercise", True, unchanged),
    "pia": ("the first two tasks only", False, answered("xor_half")),
}  # fmt: skip
