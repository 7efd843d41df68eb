"""The class that hands in tabular."""

from autograder.sample_class.changes import Change, answered, mistaken, unchanged, written

NO_SUCH_NAME = """def standardize(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    std[np.ptp(train, axis=0) == 0] = 1
    return (train - mean) / std, (tests - mean) / std
"""
NO_BRACKET = """def feature_importance(params):
    W1, b1, W2, b2 = params
    paths = np.sum(np.abs(W2.T * W1), axis=0
    return paths / np.sum(paths)
"""

# student -> (what happened, the notebook they started from is untouched?, what they did to it)
STUDENTS: dict[str, tuple[str, bool, Change]] = {
    "ada": ("correct, as in the solution", False, unchanged),
    "bela": ("correct, with helpers and classes", False, answered("tabular_classes")),
    "chidi": ("correct, with loops", False, answered("tabular_loops")),
    "dora": ("the test part scaled by its own numbers", False, mistaken("tabular", "each-by-its-own")),
    "emil": ("trained too short", False, mistaken("tabular", "too-short")),
    "fatima": ("an exception in standardize", False, written("standardize", NO_SUCH_NAME)),
    "goran": ("labels not drawn", False, mistaken("tabular", "labels-not-drawn")),
    "hana": ("a syntax error in one cell", False, written("feature-importance", NO_BRACKET)),
    "omar": ("handed in the untouched exercise", True, unchanged),
    "pia": ("the first two tasks only", False, answered("tabular_half")),
}  # fmt: skip
