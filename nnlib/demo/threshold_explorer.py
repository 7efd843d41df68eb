"""The threshold explorer: one model, many decisions; ROC and precision-recall curves, and what they hide."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from nnlib import metrics
from nnlib.demo.controls import Moment, choice, slider, steps
from nnlib.demo.stage import Stage

TASKS = ("malignant tumour", "tumour, texture only", "digit 8", "shirt")
BINS = np.linspace(0, 1, 26)


def compute(task: str, threshold: float, share: float, cost: float, data: tuple | None):
    """What a threshold does to the held-out scores of a real classifier (see build.py).

    `share` is the part of class 1 among 1,000 imagined cases: the rates of the data are kept, the mixture is
    changed. A miss costs `cost` false alarms. `data` is your own (scores (N,), labels (N,) of 0 and 1). Arrays:
    `counts` (2, 25), the share of each class per score; `roc` (2, K), `pr` (2, K): recall and precision; `here`
    (3,): false positive rate, recall, precision; `table` (2, 2): of 1,000 cases, rows truth 0 and 1, columns
    prediction 0 and 1.
    """
    scores, labels = stored(task) if data is None else own(data)
    fpr, tpr, thresholds = metrics.roc_curve(labels, scores)
    at = np.searchsorted(-thresholds, -threshold, side="right") - 1     # the last one not below the threshold
    precision = _precision(fpr, tpr, share)
    table = 1000 * np.array([[(1 - share) * (1 - fpr[at]), (1 - share) * fpr[at]],
                             [share * (1 - tpr[at]), share * tpr[at]]])
    counts = [np.histogram(scores[labels == k], BINS)[0] / max(1, np.sum(labels == k)) for k in (0, 1)]
    cheapest = np.argmin((1 - share) * fpr + cost * share * (1 - tpr))
    arrays = {"counts": counts, "roc": [fpr, tpr], "pr": [tpr[1:], precision[1:]],
              "here": [fpr[at], tpr[at], precision[at]], "table": table}
    return arrays, _readouts(table, precision[at], tpr[at], metrics.auc(fpr, tpr), thresholds[cheapest])


def _precision(fpr: np.ndarray, tpr: np.ndarray, share: float) -> np.ndarray:
    """Right ones among those called class 1; 1 where nobody is called so."""
    right, called = share * tpr, share * tpr + (1 - share) * fpr
    return np.divide(right, called, out=np.ones_like(right), where=called > 0)


@cache
def stored(task: str) -> tuple[np.ndarray, np.ndarray]:
    """Scores and labels of a task's held-out part."""
    with np.load(Path(__file__).with_name("scores.npz")) as arrays:
        return arrays[f"{task} scores"], arrays[f"{task} labels"]


def own(pair: tuple) -> tuple[np.ndarray, np.ndarray]:
    """Your own scores, moved into 0 ... 1 if they are not there, and labels; checked by `roc_curve`."""
    scores, labels = np.asarray(pair[0], float).ravel(), np.asarray(pair[1]).ravel()
    if scores.size and not (scores.min() >= 0 and scores.max() <= 1):
        scores = (scores - scores.min()) / (np.ptp(scores) or 1)
    return scores, labels


def _readouts(table: np.ndarray, precision: float, recall: float, auc: float, cheapest: float) -> dict[str, str]:
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    called = table[:, 1].sum() >= 0.5
    return {
        "Accuracy": f"{np.trace(table) / 1000:.1%}",
        "Precision": f"{precision:.1%} of the alarms are right" if called else "no alarms",
        "Recall": f"{recall:.1%} of class 1 are found",
        "F1": f"{f1:.3f}",
        "AUC, at every threshold": f"{auc:.3f}",
        "Cheapest threshold": f"{cheapest:.2f}" if np.isfinite(cheapest) else "above all: no alarm at all",
    }


def draw_picture(figure, arrays) -> None:
    """Both curves, with the threshold's point on them."""
    from nnlib import plot

    left, right = figure.subplots(1, 2)
    fpr, tpr, precision = arrays["here"]
    plot.roc({"model": arrays["roc"]}, left)
    left.plot(fpr, tpr, "o", color=plot.RED, markersize=10)
    right.plot(*arrays["pr"], color=plot.BLUE)
    right.plot(tpr, precision, "o", color=plot.RED, markersize=10)
    right.set(xlabel="recall", ylabel="precision", ylim=(0, 1.05))


class ThresholdExplorer(Stage):
    """Where to draw the line: the same scores, every decision. `ThresholdExplorer(data=(scores, labels))` takes yours.

    Show: move the threshold and let the class say which of the four numbers in the table will grow. Then make
    class 1 rare: the ROC curve does not move, the precision collapses. Ask which of the two a patient cares about.
    """

    title = "Threshold: who is called class 1?"
    controls = (
        choice("task", "Classifier for", TASKS),
        slider("threshold", "Threshold", steps(0, 1, 0.01), 0.5),
        slider("share", "Share of class 1", (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9), 0.4),
        slider("cost", "A miss costs", (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100), 1, "false alarms"),
    )
    moments = (
        Moment("Tumours", "Which mistakes does this threshold make, and which is worse?"),
        Moment("Rare", "One case in a hundred. Accuracy is high; would you trust an alarm?",
               task="digit 8", share=0.01),
        Moment("Find them all", "To miss nobody, how many false alarms do you accept?", threshold=0.05,
               task="digit 8", share=0.1, cost=20),
        Moment("Hardly a signal", "Texture alone. What does the ROC curve of pure guessing look like?",
               task="tumour, texture only"),
    )
    takes = ("data",)
    compute = staticmethod(compute)
    draw_picture = staticmethod(draw_picture)
    pytorch = """
        import torch
        scores = torch.sigmoid(model(x))
        called = scores >= {threshold}
        recall = called[y == 1].float().mean()
        precision = y[called].float().mean()
    """
