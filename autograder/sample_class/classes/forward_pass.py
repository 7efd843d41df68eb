"""The class that hands in forward_pass."""

from autograder.sample_class.changes import Change, answered, mistaken, unchanged, written

TYPO = "def collapse(W1, b1, W2, b2):\n    return W2 @ W1, W2 @ b1 + b3"
NO_BRACKET = "def softmax(z):\n    e = np.exp(z - z.max(axis=1, keepdims=True)\n    return e / e.sum(axis=1)"

# student -> (what happened, the notebook they started from is untouched?, what they did to it)
STUDENTS: dict[str, tuple[str, bool, Change]] = {
    "ada": ("correct, as in the solution", False, unchanged),
    "bela": ("correct, with a class and the bias as one more weight", False, answered("forward_pass_classes")),
    "chidi": ("correct, with loops", False, answered("forward_pass_loops")),
    "dora": ("softmax writes into the scores", False, mistaken("forward_pass", "scores-changed")),
    "emil": ("ReLU writes into X", False, mistaken("forward_pass", "x-cut-in-place")),
    "fatima": ("an exception in collapse", False, written("collapse", TYPO)),
    "hana": ("a syntax error in softmax", False, written("softmax", NO_BRACKET)),
    "ivo": ("the biases are not counted", False, mistaken("forward_pass", "no-biases-counted")),
    "omar": ("handed in the untouched exercise", True, unchanged),
    "pia": ("the first three tasks only", False, answered("forward_pass_half")),
    "rosa": ("no bias in linear", False, mistaken("forward_pass", "no-bias")),
}  # fmt: skip
