"""The class that hands in softmax_cross_entropy."""

from autograder.sample_class.changes import Change, answered, mistaken, unchanged, written

NO_SUCH_NAME = """def cross_entropy_grad(z, y):
    p = softmax(z)
    p[np.arange(len(y)), y] -= 1
    return p / len(y)
"""
NO_COLON = """def train(X, y, lr, steps):
    W, b, losses = np.zeros((y.max() + 1, X.shape[1])), np.zeros(y.max() + 1), []
    for step in range(steps)
        losses.append(cross_entropy(X @ W.T + b, y))
    return W, b, losses
"""

# student -> (what happened, the notebook they started from is untouched?, what they did to it)
STUDENTS: dict[str, tuple[str, bool, Change]] = {
    "ada": ("correct, as in the solution", False, unchanged),
    "bela": ("correct, number by number", False, answered("softmax_cross_entropy_loops")),
    "chidi": ("correct, with one-hot tables", False, answered("softmax_cross_entropy_one_hot")),
    "dora": ("softmax as it stands in the book", False, mistaken("softmax_cross_entropy", "no-shift")),
    "emil": ("the gradient of the sum", False, mistaken("softmax_cross_entropy", "gradient-of-the-sum")),
    "fatima": ("an exception in cross_entropy_grad", False, written("cross-entropy-grad", NO_SUCH_NAME)),
    "goran": ("the loss written down after the step", False, mistaken("softmax_cross_entropy", "loss-after-step")),
    "hana": ("a syntax error in one cell", False, written("train", NO_COLON)),
    "omar": ("handed in the untouched exercise", True, unchanged),
    "pia": ("the first two tasks only", False, answered("softmax_cross_entropy_half")),
}  # fmt: skip
