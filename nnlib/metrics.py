"""How good is it? scikit-learn's names, argument order and answers, in NumPy.

The truth comes first, then what the model says: class labels for the first three functions, scores (any numbers;
larger means more likely class 1) for the curves. Equal scores are equal: no curve ever splits a tie.
"""

from __future__ import annotations

import numpy as np


def accuracy(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    """The share of right predictions. y_true, y_pred: (N,) labels of any kind; ValueError for other shapes."""
    y_true, y_pred = _pair(y_true, y_pred, "y_pred")
    return float(np.mean(y_true == y_pred))


def confusion_matrix(y_true: np.ndarray, y_pred: np.ndarray, labels: np.ndarray | None = None) -> np.ndarray:
    """How often each class (row) was taken for each class (column); for two classes [[tn, fp], [fn, tp]].

    y_true, y_pred: (N,) labels. Returns (K, K) int64 in the order of `labels`, by default all that occur, sorted.
    ValueError where `labels` lacks one that occurs, or holds one twice.
    """
    y_true, y_pred = _pair(y_true, y_pred, "y_pred")
    both = np.concatenate([y_true, y_pred])
    found = np.unique(both)
    labels = found if labels is None else np.asarray(labels)
    if np.setdiff1d(found, labels).size or len(np.unique(labels)) != len(labels):
        raise ValueError(f"labels: expected each of {found.tolist()} once, got {labels.tolist()}")
    order = np.argsort(labels)
    rows, columns = order[np.searchsorted(labels, both, sorter=order)].reshape(2, -1)    # (N,) places in `labels`
    classes = len(labels)
    return np.bincount(classes * rows + columns, minlength=classes**2).reshape(classes, classes)


def precision_recall_f1(
    y_true: np.ndarray, y_pred: np.ndarray, pos_label: object = 1
) -> tuple[float, float, float]:
    """Precision, recall and F1 of the class `pos_label` against all others.

    y_true, y_pred: (N,) labels. precision = tp / (tp + fp): how many alarms were right; recall = tp / (tp + fn): how
    many cases were found; F1 = 2 tp / (2 tp + fp + fn) is their harmonic mean. 0.0 where the denominator is 0.
    ValueError for other shapes.
    """
    y_true, y_pred = _pair(y_true, y_pred, "y_pred")
    real, alarm = y_true == pos_label, y_pred == pos_label
    hits, reals, alarms = int((real & alarm).sum()), int(real.sum()), int(alarm.sum())
    return _ratio(hits, alarms), _ratio(hits, reals), _ratio(2 * hits, reals + alarms)


def precision_recall_curve(y_true: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Precision and recall for every threshold: class 1 is predicted where score >= threshold.

    y_true (N,) of 0 and 1, scores (N,). Returns precision (T + 1,), recall (T + 1,) falling to 0, thresholds (T,)
    rising; the last point (precision 1, recall 0) has no threshold. ValueError for NaN scores or a single class.
    """
    fp, tp, thresholds = _counts(y_true, scores)
    precision, recall = tp / (tp + fp), tp / tp[-1]
    return np.append(precision[::-1], 1.0), np.append(recall[::-1], 0.0), thresholds[::-1]


def roc_curve(y_true: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """False and true positive rate for every threshold, from the strictest: nothing is called class 1 above inf.

    y_true (N,) of 0 and 1, scores (N,). Returns fpr, tpr, thresholds, each (T + 1,), one point per distinct score
    and the start; scikit-learn's `drop_intermediate=False`. ValueError for NaN scores or a single class.
    """
    fp, tp, thresholds = _counts(y_true, scores)
    return np.append(0, fp) / fp[-1], np.append(0, tp) / tp[-1], np.append(np.inf, thresholds)


def auc(x: np.ndarray, y: np.ndarray) -> float:
    """The area under a curve, by trapezoids. x (N,) rising or falling, y (N,), N >= 2; ValueError otherwise."""
    x, y = _pair(x, y, "y", name="x")
    steps = np.diff(x)
    if len(x) < 2 or not (np.all(steps >= 0) or np.all(steps <= 0)):
        raise ValueError(f"x: expected at least 2 numbers, rising or falling throughout, got {x}")
    return float(abs(np.sum(steps * (y[1:] + y[:-1]))) / 2)


def roc_auc_score(y_true: np.ndarray, scores: np.ndarray) -> float:
    """The area under the ROC curve: the probability that a random 1 scores higher than a random 0, ties half.

    y_true (N,) of 0 and 1, scores (N,). Counted from ranks (Mann and Whitney, 1947), without the curve: sorting
    numbers is faster than sorting places. ValueError for NaN scores or a single class.

    >>> roc_auc_score([0, 1, 0, 1], [0.1, 0.4, 0.4, 0.9])    # four pairs: three right, one tie
    0.875
    """
    y_true, scores = _binary(y_true, scores)
    zeros, ones = np.sort(scores[~y_true]), np.sort(scores[y_true])
    below = np.searchsorted(zeros, ones, "left").sum()           # pairs in which the 1 scores higher ...
    not_above = np.searchsorted(zeros, ones, "right").sum()      # ... or at least as high
    return float((below + not_above) / (2 * zeros.size * ones.size))


def _counts(y_true: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """False and true positives at each distinct score, from the highest: (T,), (T,), (T,)."""
    y_true, scores = _binary(y_true, scores)
    order = np.argsort(scores)[::-1]
    ranked = scores[order]
    ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), ranked.size - 1)    # the last of each tie
    tp = np.cumsum(y_true[order])[ends]
    return ends + 1 - tp, tp, ranked[ends]


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _pair(a: np.ndarray, b: np.ndarray, other: str, name: str = "y_true") -> tuple[np.ndarray, np.ndarray]:
    """Both as arrays (N,) with N >= 1; ValueError otherwise."""
    a, b = np.asarray(a), np.asarray(b)
    if a.ndim != 1 or a.size == 0:
        raise ValueError(f"{name}: expected shape (N,) with N >= 1, got {a.shape}")
    if b.shape != a.shape:
        raise ValueError(f"{other}: expected the shape of {name}, {a.shape}, got {b.shape}")
    return a, b


def _binary(y_true: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The truth as booleans and the scores as floats, checked."""
    y_true, scores = _pair(y_true, scores, "scores")
    ones = y_true == 1
    if not np.all(ones | (y_true == 0)):
        raise ValueError(f"y_true: expected only 0 and 1, got {np.unique(y_true)[:5].tolist()}")
    if ones.all() or not ones.any():
        raise ValueError(f"y_true: expected both classes, got only {y_true[0]}")
    scores = scores if np.issubdtype(scores.dtype, np.floating) else scores.astype(np.float64)
    if np.isnan(scores).any():
        raise ValueError(f"scores: expected numbers, got NaN at index {np.isnan(scores).argmax()}")
    return ones, scores
