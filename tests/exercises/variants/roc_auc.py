"""Answers to roc_auc, right and wrong: {name: {cell: source}}, and for the wrong ones where points are lost."""

from autograder.marking.mistakes import changed

TABLE = '''def confusion_matrix(y_true, y_pred):
    tn = np.sum((y_true == 0) & (y_pred == 0))
    fp = np.sum((y_true == 0) & (y_pred == 1))
    fn = np.sum((y_true == 1) & (y_pred == 0))
    tp = np.sum((y_true == 1) & (y_pred == 1))
    return np.array([[tn, fp], [fn, tp]])'''

ROC = '''def roc_curve(y_true, scores):
    ill = np.sum(y_true == 1)
    healthy = np.sum(y_true == 0)
    if ill == 0 or healthy == 0:
        raise ValueError("one class only")
    thresholds = np.append(np.inf, np.unique(scores)[::-1])
    fpr, tpr = [], []
    for t in thresholds:
        called = scores >= t
        fpr.append(np.sum(called & (y_true == 0)) / healthy)
        tpr.append(np.sum(called & (y_true == 1)) / ill)
    return np.array(fpr), np.array(tpr), thresholds'''

AUC = '''def auc(x, y):
    dx = np.diff(x)
    if np.any(dx > 0) and np.any(dx < 0):
        raise ValueError("x rises and falls")
    return float(np.sum(np.abs(dx) * (y[1:] + y[:-1]) / 2))'''

PR = '''def precision_recall_curve(y_true, scores):
    ill = np.sum(y_true == 1)
    if ill == 0 or ill == len(y_true):
        raise ValueError("one class only")
    thresholds = np.unique(scores)
    precision, recall = [], []
    for t in thresholds:
        called = scores >= t
        tp = np.sum(called & (y_true == 1))
        precision.append(tp / np.sum(called))
        recall.append(tp / ill)
    precision.append(1.0)
    recall.append(0.0)
    return np.array(precision), np.array(recall), thresholds'''


def table(*changes):
    """A slip in confusion_matrix."""
    return ["test-confusion-matrix"], {"confusion-matrix": changed(TABLE, *changes)}


def roc(*changes):
    """A slip in roc_curve."""
    return ["test-roc-curve"], {"roc-curve": changed(ROC, *changes)}


def area(*changes):
    """A slip in auc."""
    return ["test-auc"], {"auc": changed(AUC, *changes)}


def pr(*changes):
    """A slip in precision_recall_curve."""
    return ["test-precision-recall-curve"], {"precision-recall-curve": changed(PR, *changes)}


def right_area(body):
    """auc with another body."""
    return {"auc": "def auc(x, y):\n" + body}


RIGHT = {
    "plain": {"confusion-matrix": TABLE, "roc-curve": ROC, "auc": AUC, "precision-recall-curve": PR},
    "patient by patient": {
        "confusion-matrix": '''def confusion_matrix(y_true, y_pred):
    table = [[0, 0], [0, 0]]
    for true, pred in zip(y_true, y_pred):
        table[true][pred] += 1
    return np.array(table)''',
        "roc-curve": '''def roc_curve(y_true, scores):
    if len(set(y_true.tolist())) < 2:
        raise ValueError
    levels = [float("inf")] + sorted(set(scores.tolist()), reverse=True)
    fpr, tpr = [], []
    for level in levels:
        tp = fp = fn = tn = 0
        for true, score in zip(y_true, scores):
            if score >= level:
                if true == 1:
                    tp += 1
                else:
                    fp += 1
            elif true == 1:
                fn += 1
            else:
                tn += 1
        fpr.append(fp / (fp + tn))
        tpr.append(tp / (tp + fn))
    return np.array(fpr), np.array(tpr), np.array(levels)''',
        "auc": '''def auc(x, y):
    rises = falls = False
    total = 0.0
    for i in range(len(x) - 1):
        rises = rises or x[i + 1] > x[i]
        falls = falls or x[i + 1] < x[i]
        total += abs(x[i + 1] - x[i]) * (y[i] + y[i + 1]) / 2
    if rises and falls:
        raise ValueError("not monotonic")
    return float(total)''',
        "precision-recall-curve": '''def precision_recall_curve(y_true, scores):
    if sum(y_true) in (0, len(y_true)):
        raise ValueError("both classes are needed")
    thresholds = sorted(set(scores.tolist()))
    precision, recall = [], []
    for t in thresholds:
        alarms = [int(true) for true, score in zip(y_true, scores) if score >= t]
        precision.append(sum(alarms) / len(alarms))
        recall.append(sum(alarms) / sum(y_true))
    return np.array(precision + [1]), np.array(recall + [0]), np.array(thresholds)''',
    },
    "bincount": {"confusion-matrix": '''def confusion_matrix(y_true, y_pred):
    return np.bincount(2 * y_true + y_pred, minlength=4).reshape(2, 2)'''},
    "one-hot product": {"confusion-matrix": '''def confusion_matrix(y_true, y_pred):
    return np.eye(2, dtype=int)[y_true].T @ np.eye(2, dtype=int)[y_pred]'''},
    "add.at": {"confusion-matrix": '''def confusion_matrix(y_true, y_pred):
    counts = np.zeros((2, 2), int)
    np.add.at(counts, (y_true, y_pred), 1)
    return counts'''},
    "histogram of floats": {"confusion-matrix": '''def confusion_matrix(y_true, y_pred):
    return np.histogram2d(y_true, y_pred, bins=2, range=[[0, 1], [0, 1]])[0]'''},
    "sums of products": {"confusion-matrix": '''def confusion_matrix(y_true, y_pred):
    tp = int(y_true @ y_pred)
    fp, fn = int(y_pred.sum()) - tp, int(y_true.sum()) - tp
    return np.array([[len(y_true) - tp - fp - fn, fp], [fn, tp]])'''},
    "a list comprehension": {"confusion-matrix": '''def confusion_matrix(y_true: np.ndarray, y_pred: np.ndarray):
    return np.array([[np.count_nonzero((y_true == i) & (y_pred == j)) for j in range(2)] for i in range(2)])'''},
    "running counts": {
        "roc-curve": '''def roc_curve(y_true, scores):
    order = np.argsort(-scores, kind="stable")
    y, s = y_true[order], scores[order]
    last = np.append(np.nonzero(np.diff(s))[0], len(s) - 1)
    tps = np.cumsum(y)[last]
    fps = 1 + last - tps
    if tps[-1] == 0 or fps[-1] == 0:
        raise ValueError("y_true holds one class only")
    return np.r_[0, fps / fps[-1]], np.r_[0, tps / tps[-1]], np.r_[np.inf, s[last]]''',
        "precision-recall-curve": '''def precision_recall_curve(y_true, scores):
    if not 0 < y_true.sum() < y_true.size:
        raise ValueError("y_true holds one class only")
    order = np.argsort(scores)[::-1]
    y, s = y_true[order], scores[order]
    last = np.flatnonzero(np.append(s[1:] != s[:-1], True))
    tps = np.cumsum(y)[last]
    return np.r_[(tps / (last + 1))[::-1], 1], np.r_[(tps / tps[-1])[::-1], 0], s[last][::-1]''',
    },
    "a table of all alarms": {
        "roc-curve": '''def roc_curve(y_true, scores):
    if y_true.min() == y_true.max():
        raise ValueError("one class")
    thresholds = np.concatenate(([np.inf], np.sort(np.unique(scores))[::-1]))
    alarm = scores[None, :] >= thresholds[:, None]              # (T + 1, N)
    return alarm[:, y_true == 0].mean(axis=1), alarm[:, y_true == 1].mean(axis=1), thresholds''',
        "precision-recall-curve": '''def precision_recall_curve(y_true, scores):
    if y_true.min() == y_true.max():
        raise ValueError("one class")
    thresholds = np.unique(scores)
    alarm = (scores >= thresholds[:, np.newaxis]).astype(float)
    tp = alarm @ y_true
    return np.append(tp / alarm.sum(1), 1), np.append(tp / y_true.sum(), 0), thresholds''',
    },
    "the table of task 1": {
        "roc-curve": '''def roc_curve(y_true, scores):
    n1 = int(y_true.sum())
    n0 = len(y_true) - n1
    if n1 * n0 == 0:
        raise ValueError(f"{n0} healthy, {n1} ill")
    thresholds = np.insert(-np.unique(-scores), 0, np.inf)
    tables = np.array([confusion_matrix(y_true, (scores >= t).astype(int)) for t in thresholds])
    rates = tables[:, :, 1] / tables.sum(axis=2)
    return rates[:, 0], rates[:, 1], thresholds''',
        "precision-recall-curve": '''def precision_recall_curve(y_true, scores):
    if len(np.unique(y_true)) == 1:
        raise ValueError("one class only")
    thresholds = np.unique(scores)
    precision, recall = np.ones(len(thresholds) + 1), np.zeros(len(thresholds) + 1)
    for i, t in enumerate(thresholds):
        (_, fp), (fn, tp) = confusion_matrix(y_true, np.where(scores >= t, 1, 0))
        precision[i], recall[i] = tp / (tp + fp), tp / (tp + fn)
    return precision, recall, thresholds''',
    },
    "looked up in sorted scores": {"roc-curve": '''def share_from(sorted_scores, thresholds):
    return 1 - np.searchsorted(sorted_scores, thresholds, side="left") / len(sorted_scores)

def roc_curve(y_true, scores):
    healthy, ill = np.sort(scores[y_true == 0]), np.sort(scores[y_true == 1])
    if not len(healthy) or not len(ill):
        raise ValueError("one class only")
    thresholds = np.array([np.inf, *sorted(set(scores), reverse=True)])
    return share_from(healthy, thresholds), share_from(ill, thresholds), thresholds'''},
    "counts of each score": {"roc-curve": '''from collections import Counter

def roc_curve(y_true, scores):
    ill, healthy = Counter(scores[y_true == 1]), Counter(scores[y_true == 0])
    if len(ill) == 0 or len(healthy) == 0:
        raise ValueError("one class only")
    x, y, thresholds = [0.0], [0.0], [np.inf]
    fp = tp = 0
    for t in sorted(ill | healthy)[::-1]:
        fp, tp = fp + healthy[t], tp + ill[t]
        x.append(fp / healthy.total())
        y.append(tp / ill.total())
        thresholds.append(t)
    return np.array(x), np.array(y), np.array(thresholds)'''},
    "inverse of unique": {"roc-curve": '''def roc_curve(y_true, scores):
    levels, place = np.unique(scores, return_inverse=True)
    counts = np.zeros((len(levels), 2))
    np.add.at(counts, (place, y_true), 1)
    if (counts.sum(axis=0) == 0).any():
        raise ValueError("one class only")
    rates = np.vstack([np.zeros(2), counts[::-1].cumsum(axis=0) / counts.sum(axis=0)])
    return rates[:, 0], rates[:, 1], np.hstack([np.inf, levels[::-1]])'''},
    "groupby": {"roc-curve": '''import itertools

def roc_curve(y_true, scores):
    positives, negatives = int((y_true == 1).sum()), int((y_true == 0).sum())
    if min(positives, negatives) < 1:
        raise ValueError("one class only")
    pairs = sorted(zip(scores, y_true), reverse=True)
    points, tp, fp = [(0.0, 0.0, np.inf)], 0, 0
    for score, group in itertools.groupby(pairs, key=lambda pair: pair[0]):
        for _, label in group:
            tp, fp = tp + label, fp + 1 - label
        points.append((fp / negatives, tp / positives, score))
    fpr, tpr, thresholds = map(np.array, zip(*points))
    return fpr, tpr, thresholds'''},
    "size of NumPy's area": right_area('''    steps = np.sign(np.diff(x))
    if steps.max() > 0 > steps.min():
        raise ValueError("x turns")
    return float(abs(np.trapezoid(y, x)))'''),
    "two rectangles": right_area('''    if not (all(x[:-1] <= x[1:]) or all(x[:-1] >= x[1:])):
        raise ValueError("x must rise or fall")
    width = np.abs(x[1:] - x[:-1])
    return (width @ y[1:] + width @ y[:-1]) / 2'''),
    "turned round": right_area('''    if x[0] > x[-1]:
        x, y = x[::-1], y[::-1]
    if np.any(np.diff(x) < 0):
        raise ValueError("x rises and falls")
    print(len(x), "points")
    return float(np.dot(np.diff(x), y[:-1] + np.diff(y) / 2))'''),
    "compared with sorted": right_area('''    up = np.sort(x)
    if not np.array_equal(x, up) and not np.array_equal(x, up[::-1]):
        raise ValueError("x rises and falls")
    total = 0
    for (x0, y0), (x1, y1) in zip(zip(x, y), zip(x[1:], y[1:])):
        total = total + abs(x1 - x0) * (y0 + y1) / 2
    return float(total)'''),
    "the way equals the distance": right_area('''    from math import fsum
    steps = {float(d) > 0 for d in np.ediff1d(x) if d != 0}
    if len(steps) == 2:
        raise ValueError("x rises and falls")
    return fsum(abs(x[i] - x[i - 1]) * 0.5 * (y[i] + y[i - 1]) for i in range(1, len(x)))'''),
    "from the other curve": {"precision-recall-curve": '''def precision_recall_curve(y_true, scores):
    fpr, tpr, thresholds = roc_curve(y_true, scores)
    tp, fp = tpr[1:] * np.sum(y_true == 1), fpr[1:] * np.sum(y_true == 0)
    precision = np.append((tp / (tp + fp))[::-1], 1.0)
    return precision, tpr[::-1].copy(), thresholds[:0:-1]'''},
    "a generator": {"precision-recall-curve": '''def points(y_true, scores):
    for t in np.unique(scores):
        alarms = y_true[scores >= t]
        yield alarms.mean(), alarms.sum() / y_true.sum(), t

def precision_recall_curve(y_true, scores, start=(1.0, 0.0)):
    if y_true.all() or not y_true.any():
        raise ValueError("one class only")
    precision, recall, thresholds = zip(*points(y_true, scores))
    return np.array([*precision, start[0]]), np.array([*recall, start[1]]), np.array(thresholds)'''},
    "backwards, then turned": {"precision-recall-curve": '''def precision_recall_curve(y_true, scores):
    if np.ptp(y_true) == 0:
        raise ValueError("one class only")
    levels = np.array(sorted(set(scores.tolist()))[::-1])
    precision, recall = [1.0], [0.0]
    for level in levels:
        tp = np.count_nonzero(y_true[scores >= level])
        precision.append(tp / np.count_nonzero(scores >= level))
        recall.append(tp / np.count_nonzero(y_true))
    return np.flip(precision), np.flip(recall), np.flip(levels)'''},
}

WRONG = {
    # Task 1
    "columns are what is": table(("[[tn, fp], [fn, tp]]", "[[tn, fn], [fp, tp]]")),
    "ill first": table(("[[tn, fp], [fn, tp]]", "[[tp, fn], [fp, tn]]")),
    "right ones exchanged": table(("[[tn, fp], [fn, tp]]", "[[tp, fp], [fn, tn]]")),
    "shares": table(("[[tn, fp], [fn, tp]])", "[[tn, fp], [fn, tp]]) / len(y_true)")),
    "classes that occur": (["test-confusion-matrix"], {"confusion-matrix": '''def confusion_matrix(y_true, y_pred):
    classes = np.unique(np.append(y_true, y_pred))
    return np.array([[np.sum((y_true == i) & (y_pred == j)) for j in classes] for i in classes])'''}),
    "kinds that occur": (["test-confusion-matrix"], {"confusion-matrix": '''def confusion_matrix(y_true, y_pred):
    return np.bincount(2 * y_true + y_pred).reshape(2, 2)'''}),
    "histogram over what occurs": (["test-confusion-matrix"], {
        "confusion-matrix": '''def confusion_matrix(y_true, y_pred):
    return np.histogram2d(y_true, y_pred, bins=2)[0].astype(int)'''}),
    "small numbers": table(("[fn, tp]])", "[fn, tp]], dtype=np.int64).astype(np.int8)")),
    "a flat table": table(("[[tn, fp], [fn, tp]]", "[tn, fp, fn, tp]")),
    "labels doubled": table(("    tn =", "    y_true *= 2\n    tn ="), ("y_true == 1", "y_true == 2")),
    "all alarms": table(("fp = np.sum((y_true == 0) & (y_pred == 1))", "fp = np.sum(y_pred == 1)")),
    # Task 2
    "above the threshold": roc((">= t", "> t")),
    "one step for each patient": roc(("np.unique(scores)", "np.sort(scores)")),
    "no inf": roc(("np.append(np.inf, np.unique(scores)[::-1])", "np.unique(scores)[::-1]")),
    "highest plus one": roc(("np.inf", "scores.max() + 1")),
    "thresholds rise": roc(("np.append(np.inf, np.unique(scores)[::-1])", "np.append(np.unique(scores), np.inf)")),
    "lowest forgotten": roc(("[::-1]", "[:0:-1]")),
    "a last one below all": roc(("np.unique(scores)[::-1])", "np.append(np.unique(scores)[::-1], -np.inf))")),
    "false among the alarms": roc(("/ healthy)", "/ max(np.sum(called), 1))")),
    "out of all": roc(("/ healthy)", "/ len(y_true))"), ("/ ill)", "/ len(y_true))")),
    "healthy and ill exchanged": roc(("/ healthy)", "/ ill)")),
    "no alarm among the healthy": roc(("called & (y_true == 0)", "~called & (y_true == 0)")),
    "tpr first": roc(("np.array(fpr), np.array(tpr)", "np.array(tpr), np.array(fpr)")),
    "percent": roc(("/ healthy)", "/ healthy * 100)"), ("/ ill)", "/ ill * 100)")),
    "nobody healthy unnoticed": roc(("ill == 0 or healthy == 0", "ill == 0")),
    "nobody ill unnoticed": roc(("ill == 0 or healthy == 0", "healthy == 0")),
    "nan for one class": roc(('        raise ValueError("one class only")', "        pass")),
    "another error": roc(("raise ValueError(", "raise ZeroDivisionError(")),
    "nothing for one class": roc(('raise ValueError("one class only")', "return None")),
    "only one score is an error": roc(("healthy == 0", "healthy == 0 or len(set(scores)) == 1")),
    "nine digits": roc(("    ill =", "    scores = np.round(scores, 9)\n    ill =")),
    "half the digits": roc(("np.unique(scores)", "np.unique(scores.astype(np.float32)).astype(float)")),
    "nearly equal": (["test-roc-curve"], {"roc-curve": changed(
        ROC, ("    fpr, tpr = [], []", "    near = np.isclose(thresholds[1:], thresholds[:-1])\n"
              "    thresholds = thresholds[~np.append(near, False)]\n    fpr, tpr = [], []"))}),
    "corners only": roc(("    return np.array(fpr), np.array(tpr), thresholds", '''
    fpr, tpr = np.array(fpr), np.array(tpr)
    bend = np.diff(fpr)[:-1] * np.diff(tpr)[1:] != np.diff(fpr)[1:] * np.diff(tpr)[:-1]
    keep = np.r_[True, bend, True]
    return fpr[keep], tpr[keep], thresholds[keep]''')),
    "scores sorted in place": roc(("    thresholds =", "    order = np.argsort(scores)\n    y_true = y_true[order]\n"
                                   "    scores.sort()\n    thresholds =")),
    "labels stay, scores sorted": roc(("    thresholds =", "    scores = np.sort(scores)\n    thresholds =")),
    "scores from 0 to 1": roc(("    ill =", "    scores = np.clip(scores, 0, 1)\n    ill =")),
    "a hundred and one thresholds": roc(("np.unique(scores)[::-1]", "np.linspace(0, 1, 101)[::-1]")),
    "in between": roc(
        ("    fpr, tpr =", "    thresholds[2:] = (thresholds[1:-1] + thresholds[2:]) / 2\n    fpr, tpr =")),
    "first patients of a tie": (["test-roc-curve"], {"roc-curve": '''def roc_curve(y_true, scores):
    if len(np.unique(y_true)) < 2:
        raise ValueError("one class only")
    order = np.argsort(-scores, kind="stable")
    y, s = y_true[order], scores[order]
    first = np.r_[True, s[1:] != s[:-1]]
    tps, fps = np.cumsum(y), np.cumsum(1 - y)
    return np.r_[0, fps[first] / fps[-1]], np.r_[0, tps[first] / tps[-1]], np.r_[np.inf, s[first]]'''}),
    "ends only": roc(("np.unique(scores)[::-1]", "np.array([scores.max(), scores.min()])")),
    # Task 3
    "signed": area(("np.abs(dx)", "dx")),
    "left rectangles": area(("(y[1:] + y[:-1]) / 2", "y[:-1]")),
    "right rectangles": area(("(y[1:] + y[:-1]) / 2", "y[1:]")),
    "half forgotten": area((" / 2", "")),
    "mean height": area(("np.sum(np.abs(dx) * (y[1:] + y[:-1]) / 2)", "np.mean(y) * np.ptp(x)")),
    "mean of the trapezoids": area(("np.sum(", "np.mean(")),
    "share of the box": area(("/ 2))", "/ 2) / np.ptp(x))")),
    "turn unnoticed": area(('        raise ValueError("x rises and falls")', "        pass")),
    "falling refused": area(("np.any(dx > 0) and np.any(dx < 0)", "np.any(dx < 0)")),
    "equal neighbours refused": area(("np.any(dx > 0) and np.any(dx < 0)", "not (np.all(dx > 0) or np.all(dx < 0))")),
    "turn at once only": area(("np.any(dx > 0) and np.any(dx < 0)", "np.any(dx[1:] * dx[:-1] < 0)")),
    "as the first step goes": area(("np.any(dx > 0) and np.any(dx < 0)", "np.any(np.sign(dx) * np.sign(dx[0]) < 0)")),
    "ends only compared": area(("np.any(dx > 0) and np.any(dx < 0)", "np.any(dx > 0) and x[-1] < x[0]")),
    "small turns forgiven": area(("dx > 0", "dx > 1e-3"), ("dx < 0", "dx < -1e-3")),
    "sorted first": area(
        ("    dx =", "    order = np.argsort(x, kind='stable')\n    x, y = x[order], y[order]\n    dx =")),
    "x turned, y not": area(("    dx =", "    x = np.sort(x) if x[0] > x[-1] else x\n    dx =")),
    "x turned in place": area(
        ("    dx =", "    if x[0] > x[-1]:\n        x[:], y[:] = x[::-1].copy(), y[::-1].copy()\n    dx =")),
    "each x once": area(("    dx = np.diff(x)", '''    dx = np.diff(x)
    if np.all(dx >= 0) or np.all(dx <= 0):
        x, first = np.unique(x, return_index=True)
        y = y[first]
        dx = np.diff(x)''')),
    "last trapezoid lost": area(("/ 2)", "/ 2 * (np.arange(len(dx)) < max(len(dx) - 1, 1)))")),
    "no more than one": area(
        ("return float(", "total ="), ("/ 2))", "/ 2)\n    return float(total if x.max() > 1 else min(1, total))")),
    "four digits": area(("float(", "round(float("), ("/ 2))", "/ 2)), 4)")),
    "an array": area(("float(np.sum(np.abs(dx)", "(0.5 * np.sum(np.abs(dx)"), (" / 2))", ", keepdims=True))")),
    "axes exchanged": area(("    dx =", "    x, y = y, x\n    dx =")),
    # Task 4
    "alarms above": pr((">= t", "> t"), ("/ np.sum(called)", "/ max(np.sum(called), 1)")),
    "a point for each patient": pr(("np.unique(scores)", "np.sort(scores)")),
    "no last point": pr(("    precision.append(1.0)\n    recall.append(0.0)\n", "")),
    "last precision zero": pr(("append(1.0)", "append(0.0)")),
    "last precision repeated": pr(("append(1.0)", "append(precision[-1])")),
    "last precision prevalence": pr(("append(1.0)", "append(ill / len(y_true))")),
    "last point first": pr(
        ("precision.append(1.0)", "precision.insert(0, 1.0)"), ("recall.append(0.0)", "recall.insert(0, 0.0)")),
    "curve falls": pr(("return np.array(precision), np.array(recall), thresholds",
                       "return np.array(precision)[::-1], np.array(recall)[::-1], thresholds[::-1]")),
    "thresholds the other way": pr(("recall), thresholds", "recall), thresholds[::-1]")),
    "inf kept": pr(("recall), thresholds", "recall), np.append(thresholds, np.inf)")),
    "recall first": pr(("np.array(precision), np.array(recall)", "np.array(recall), np.array(precision)")),
    "recall among all": pr(("tp / ill", "tp / len(y_true)")),
    "precision among all": pr(("/ np.sum(called)", "/ len(y_true)")),
    "all healthy unnoticed": pr(("ill == 0 or ill == len(y_true)", "ill == len(y_true)")),
    "all ill unnoticed": pr(("ill == 0 or ill == len(y_true)", "ill == 0")),
    "another error for one class": pr(("raise ValueError(", "raise Exception(")),
    "full recall once": pr(("    precision.append(1.0)\n", '''    while len(recall) > 1 and recall[1] == 1:
        precision, recall, thresholds = precision[1:], recall[1:], thresholds[1:]
    precision.append(1.0)
''')),
    "best precision so far": pr(("return np.array(precision)", "return np.maximum.accumulate(precision)")),
    "accuracy for precision": pr(("tp / np.sum(called)", "np.mean(called == y_true)")),
    "as they come": pr(("np.unique(scores)", "np.array(list(dict.fromkeys(scores.tolist())))")),
    "six digits": pr(("    ill =", "    scores = np.round(scores, 6)\n    ill =")),
    "labels sorted": pr(("    thresholds =", "    y_true.sort()\n    scores = np.sort(scores)\n    thresholds =")),
    "scores changed": pr(
        ("    thresholds =", "    y_true = y_true[np.argsort(scores)]\n    scores.sort()\n    thresholds =")),
    "recalls only once": pr(("    precision.append(1.0)\n", '''
    keep = [i for i in range(len(recall)) if i == 0 or recall[i] != recall[i - 1]]
    precision, recall, thresholds = [precision[i] for i in keep], [recall[i] for i in keep], thresholds[keep]
    precision.append(1.0)
''')),
    "precision one without a hit": pr(("tp / np.sum(called))", "tp / np.sum(called) if tp else 1.0)")),
}  # fmt: skip
