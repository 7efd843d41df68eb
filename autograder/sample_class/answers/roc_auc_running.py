# correct, third style: sorted once, running counts; the second curve from the first | loses: nothing
# %% confusion-matrix
def confusion_matrix(y_true, y_pred):
    return np.bincount(2 * y_true + y_pred, minlength=4).reshape(2, 2)

# %% roc-curve
def roc_curve(y_true, scores):
    order = np.argsort(scores)[::-1]
    y, s = y_true[order], scores[order]
    last = np.flatnonzero(np.append(s[1:] != s[:-1], True))      # the last patient of each score
    tp, fp = np.cumsum(y)[last], np.cumsum(1 - y)[last]
    if tp[-1] == 0 or fp[-1] == 0:
        raise ValueError("one class only")
    return np.append(0, fp / fp[-1]), np.append(0, tp / tp[-1]), np.append(np.inf, s[last])

# %% auc
def auc(x, y):
    directions = set(np.sign(np.diff(x))) - {0}
    if len(directions) > 1:
        raise ValueError("x must rise throughout or fall throughout")
    return abs(float(np.trapezoid(y, x)))

# %% precision-recall-curve
def precision_recall_curve(y_true, scores):
    fpr, tpr, thresholds = (part[:0:-1] for part in roc_curve(y_true, scores))
    tp, fp = tpr * np.sum(y_true), fpr * np.sum(1 - y_true)
    return np.append(tp / (tp + fp), 1), np.append(tpr, 0), thresholds
