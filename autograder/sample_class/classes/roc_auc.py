"""The class that hands in roc_auc."""

from autograder.sample_class.changes import Change, answered, mistaken, unchanged, written

NO_SUCH_FUNCTION = """def auc(x, y):
    if not np.is_monotonic(x):
        raise TypeError("x rises and falls")
    return np.trapezoid(y, x)
"""
NO_BRACKET = """def precision_recall_curve(y_true, scores):
    precision, recall, thresholds = [], [], np.unique(scores)
    for t in thresholds:
        precision.append(np.mean(y_true[scores >= t])
        recall.append(np.sum(y_true[scores >= t]) / np.sum(y_true))
    return np.array(precision + [1]), np.array(recall + [0]), thresholds
"""

# student -> (what happened, the notebook they started from is untouched?, what they did to it)
STUDENTS: dict[str, tuple[str, bool, Change]] = {
    "ada": ("correct, as in the solution", False, unchanged),
    "bela": ("correct, patient by patient", False, answered("roc_auc_loops")),
    "chidi": ("correct, running counts", False, answered("roc_auc_running")),
    "dora": ("one step for each patient, also among ties", False, mistaken("roc_auc", "roc-step-per-patient")),
    "emil": ("the area of rectangles", False, mistaken("roc_auc", "auc-rectangles")),
    "fatima": ("an exception in auc", False, written("auc", NO_SUCH_FUNCTION)),
    "goran": ("no last point of the second curve", False, mistaken("roc_auc", "pr-no-last-point")),
    "hana": ("a syntax error in one cell", False, written("precision-recall-curve", NO_BRACKET)),
    "omar": ("handed in the untouched exercise", True, unchanged),
    "pia": ("the first two tasks only", False, answered("roc_auc_half")),
}  # fmt: skip
