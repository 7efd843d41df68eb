# correct, second style: patient by patient, with lists | loses: nothing
# %% confusion-matrix
def confusion_matrix(y_true, y_pred):
    counts = [[0, 0], [0, 0]]
    for true, called in zip(y_true, y_pred):
        counts[true][called] += 1
    return np.array(counts)

# %% roc-curve
def roc_curve(y_true, scores):
    if 0 not in y_true or 1 not in y_true:
        raise ValueError("y_true holds one class only")
    thresholds = [float("inf")] + sorted(set(scores.tolist()), reverse=True)
    fpr, tpr = [], []
    for t in thresholds:
        (tn, fp), (fn, tp) = confusion_matrix(y_true, [1 if score >= t else 0 for score in scores])
        fpr.append(fp / (fp + tn))
        tpr.append(tp / (tp + fn))
    return np.array(fpr), np.array(tpr), np.array(thresholds)

# %% auc
def auc(x, y):
    area, rises, falls = 0.0, False, False
    for i in range(1, len(x)):
        if x[i] > x[i - 1]:
            rises = True
        if x[i] < x[i - 1]:
            falls = True
        area += abs(x[i] - x[i - 1]) * (y[i - 1] + y[i]) / 2
    if rises and falls:
        raise ValueError("x rises and falls")
    return float(area)

# %% precision-recall-curve
def precision_recall_curve(y_true, scores):
    if 0 not in y_true or 1 not in y_true:
        raise ValueError("y_true holds one class only")
    precision, recall, thresholds = [], [], sorted(set(scores.tolist()))
    for t in thresholds:
        (tn, fp), (fn, tp) = confusion_matrix(y_true, [1 if score >= t else 0 for score in scores])
        precision.append(tp / (tp + fp))
        recall.append(tp / (tp + fn))
    return np.array(precision + [1.0]), np.array(recall + [0.0]), np.array(thresholds)
