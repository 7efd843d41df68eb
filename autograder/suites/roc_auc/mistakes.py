"""Known wrong answers to roc_auc: the right one with a line or two changed, so that the slip stands out."""

from autograder.marking.mistakes import Mistake, changed

CONFUSION_MATRIX = """
def confusion_matrix(y_true, y_pred):
    table = np.zeros((2, 2), dtype=int)
    for is_ill, called in zip(y_true, y_pred):
        table[is_ill, called] += 1
    return table
"""

ROC_CURVE = """
def roc_curve(y_true, scores):
    ill, healthy = np.sum(y_true == 1), np.sum(y_true == 0)
    if ill == 0 or healthy == 0:
        raise ValueError("one class only")
    thresholds = np.append(np.inf, np.unique(scores)[::-1])
    fp = np.array([np.sum((scores >= t) & (y_true == 0)) for t in thresholds])
    tp = np.array([np.sum((scores >= t) & (y_true == 1)) for t in thresholds])
    fpr, tpr = fp / healthy, tp / ill
    return fpr, tpr, thresholds
"""

AUC = """
def auc(x, y):
    steps = np.diff(x)
    if np.any(steps > 0) and np.any(steps < 0):
        raise ValueError("x rises and falls")
    return float(np.sum(np.abs(steps) * (y[1:] + y[:-1]) / 2))
"""

PRECISION_RECALL_CURVE = """
def precision_recall_curve(y_true, scores):
    ill = np.sum(y_true == 1)
    if ill == 0 or ill == len(y_true):
        raise ValueError("one class only")
    thresholds = np.unique(scores)
    tp = np.array([np.sum((scores >= t) & (y_true == 1)) for t in thresholds])
    alarms = np.array([np.sum(scores >= t) for t in thresholds])
    precision, recall = np.append(tp / alarms, 1.0), np.append(tp / ill, 0.0)
    return precision, recall, thresholds
"""

ONE_STEP_EACH = """
def roc_curve(y_true, scores):
    ill, healthy = np.sum(y_true == 1), np.sum(y_true == 0)
    if ill == 0 or healthy == 0:
        raise ValueError("one class only")
    order = np.argsort(-scores, kind="stable")
    tp, fp = np.cumsum(y_true[order] == 1), np.cumsum(y_true[order] == 0)
    return np.append(0, fp / healthy), np.append(0, tp / ill), np.append(np.inf, scores[order])
"""

ONE_CLASS_CHECK = "    if ill == 0 or healthy == 0:\n        raise ValueError(\"one class only\")\n"
RATES = ["test_roc_fpr", "test_roc_tpr", "test_roc_ties"]
PR_RATES = ["test_pr_precision", "test_pr_recall", "test_pr_each_score_once"]


MISTAKES = [
    Mistake(
        "confusion-transposed",
        says="The table is transposed: the rows are what was called, the columns what is.",
        hint="The first index is what a patient is, the second what the patient was called: table[is, called] += 1.",
        cells={"confusion-matrix": changed(CONFUSION_MATRIX, ("[is_ill, called]", "[called, is_ill]"))},
        fails=["test_confusion_wrong"]),

    Mistake(
        "confusion-ill-first",
        says="The table begins with tp: class 1 stands in the first row and column.",
        hint="Books differ. Here, as in scikit-learn, class 0 comes first, so the corner at the top left is tn.",
        cells={"confusion-matrix": changed(CONFUSION_MATRIX, ("[is_ill, called]", "[1 - is_ill, 1 - called]"))},
        fails=["test_confusion_right", "test_confusion_wrong"]),

    Mistake(
        "confusion-classes-seen",
        says="The table has rows and columns only for the classes that occur.",
        hint="np.unique(y_true) knows only the classes in this table. Here there are always two, 0 and 1.",
        cells={"confusion-matrix": """
def confusion_matrix(y_true, y_pred):
    classes = np.unique([y_true, y_pred])
    return np.array([[np.sum((y_true == a) & (y_pred == b)) for b in classes] for a in classes])
"""},
        fails=["test_confusion_absent"]),

    Mistake(
        "confusion-shares",
        says="The table holds shares of all patients; it should hold counts.",
        hint="The table counts patients. What the counts are divided by differs from rate to rate, and comes later.",
        cells={"confusion-matrix": changed(CONFUSION_MATRIX, ("return table", "return table / len(y_true)"))},
        fails=["test_confusion_right", "test_confusion_wrong", "test_confusion_absent"]),

    Mistake(
        "roc-above-only",
        says="Only scores above the threshold get an alarm; those at the threshold should get one, too.",
        hint="At t = 0.4 the patient with 0.4 is called 1: >=, not >. With > the lowest threshold misses somebody.",
        cells={"roc-curve": changed(ROC_CURVE, ("scores >= t", "scores > t"))},
        fails=RATES),

    Mistake(
        "roc-step-per-patient",
        says="The curve takes a step for each patient, also among equal scores.",
        hint="No threshold separates two equal scores. One step each makes the curve depend on the order of the "
             "table, and so does its area. np.unique(scores) has each score once.",
        cells={"roc-curve": ONE_STEP_EACH},
        fails=["test_roc_ties"]),

    Mistake(
        "roc-no-inf",
        says="The point (0, 0) with its threshold inf is missing.",
        hint="Without it the curve begins at the highest score, where somebody has an alarm already, and the area "
             "up to there is lost.",
        cells={"roc-curve": changed(ROC_CURVE, ("np.append(np.inf, np.unique(scores)[::-1])",
                                                "np.unique(scores)[::-1]"))},
        fails=["test_roc_thresholds"]),

    Mistake(
        "roc-highest-plus-one",
        says="The first threshold is the highest score plus 1; it should be inf.",
        hint="Older versions of scikit-learn did that. Where scores are huge, adding 1 changes nothing.",
        cells={"roc-curve": changed(ROC_CURVE, ("np.inf", "scores.max() + 1"))},
        fails=["test_roc_thresholds"]),

    Mistake(
        "roc-rising",
        says="The thresholds rise; those of the ROC curve fall.",
        hint="np.unique returns the scores from the lowest on. The curve begins at the strictest threshold, inf.",
        cells={"roc-curve": changed(ROC_CURVE, ("np.append(np.inf, np.unique(scores)[::-1])",
                                                "np.append(np.unique(scores), np.inf)"))},
        fails=["test_roc_thresholds"]),

    Mistake(
        "roc-corners-only",
        says="Points on a straight line between their neighbours are left out.",
        hint="scikit-learn does that unless drop_intermediate=False is set. Here every score keeps its point.",
        cells={"roc-curve": changed(ROC_CURVE, (
            "    return fpr",
            "    bend = np.diff(fp, 2).astype(bool) | np.diff(tp, 2).astype(bool)\n"
            "    keep = np.concatenate([[True], bend, [True]])\n"
            "    fpr, tpr, thresholds = fpr[keep], tpr[keep], thresholds[keep]\n"
            "    return fpr"))},
        fails=["test_roc_straight"]),

    Mistake(
        "roc-false-among-alarms",
        says="fpr is the share of the alarms that are false; it should be the share of the healthy that get one.",
        hint="Read the fraction aloud: alarms among the healthy. The healthy are fp + tn, and the threshold does not "
             "change how many there are.",
        cells={"roc-curve": changed(ROC_CURVE, ("fp / healthy", "fp / np.maximum(fp + tp, 1)"))},
        fails=["test_roc_fpr", "test_roc_ties"]),

    Mistake(
        "roc-out-of-all",
        says="Both rates divide by the number of all patients.",
        hint="Each rate has a group of its own: fpr the healthy, tpr the ill. Both end at 1, where all have an alarm.",
        cells={"roc-curve": changed(ROC_CURVE, ("fp / healthy, tp / ill", "fp / len(scores), tp / len(scores)"))},
        fails=RATES),

    Mistake(
        "roc-tpr-first",
        says="fpr and tpr are returned in the wrong order.",
        hint="The false positive rate is the x of the curve and comes first. Swapped, a good model lies below the "
             "diagonal.",
        cells={"roc-curve": changed(ROC_CURVE, ("return fpr, tpr", "return tpr, fpr"))},
        fails=RATES),

    Mistake(
        "roc-unsorted-labels",
        says="The scores are sorted, the labels are not: each score gets the label of somebody else.",
        hint="np.sort moves the scores alone. order = np.argsort(-scores) sorts both: scores[order], y_true[order].",
        cells={"roc-curve": changed(ONE_STEP_EACH, ("np.cumsum(y_true[order] == 1), np.cumsum(y_true[order] == 0)",
                                                    "np.cumsum(y_true == 1), np.cumsum(y_true == 0)"))},
        fails=RATES),

    Mistake(
        "roc-rounded",
        says="Scores that are nearly equal are treated as equal.",
        hint="Rounding glues different patients together, and it depends on the unit of the scores: 1e-10 may be a "
             "large step for another model. == is enough here.",
        cells={"roc-curve": changed(ROC_CURVE, ("np.unique(scores)", "np.unique(scores.round(8))"))},
        fails=["test_roc_close_scores"]),

    Mistake(
        "roc-nobody-healthy",
        says="Only a table without ill patients is refused; one without healthy ones has no fpr either.",
        hint="fpr divides by the healthy, tpr by the ill. Either group may be missing.",
        cells={"roc-curve": changed(ROC_CURVE, ("if ill == 0 or healthy == 0:", "if ill == 0:"))},
        fails=["test_roc_one_class"], recognisable=False),

    Mistake(
        "roc-one-class-nan",
        says="With one class only, the curve comes back with 0 / 0 in it; it should be a ValueError.",
        hint="NumPy warns and goes on with NaN. Count both classes first, and raise ValueError where one is missing.",
        cells={"roc-curve": changed(ROC_CURVE, (ONE_CLASS_CHECK, ""))},
        fails=["test_roc_one_class"], recognisable=False),

    Mistake(
        "roc-sorts-inputs",
        says="The caller's scores are sorted in place.",
        hint="scores.sort() changes the array of whoever called, whose labels then belong to other scores. "
             "np.sort(scores) returns a new array.",
        cells={"roc-curve": changed(ROC_CURVE, (
            "    thresholds = ", "    y_true = y_true[np.argsort(scores)]\n    scores.sort()\n    thresholds = "))},
        fails=["test_roc_keeps_inputs"]),

    Mistake(
        "auc-signed",
        says="Where x falls the area is negative.",
        hint="The width of a trapezoid is the absolute value of the step in x, whichever way the curve is walked.",
        cells={"auc": changed(AUC, ("np.abs(steps)", "steps"))},
        fails=["test_auc_falling"]),

    Mistake(
        "auc-rectangles",
        says="The area is made of rectangles, each as high as its left end.",
        hint="A rectangle misses the triangle on top. The height of a trapezoid is the mean of both ends.",
        cells={"auc": changed(AUC, ("(y[1:] + y[:-1]) / 2", "y[:-1]"))},
        fails=["test_auc_rising", "test_auc_falling", "test_auc_equal_neighbours"]),

    Mistake(
        "auc-half-forgotten",
        says="The area is twice what it should be: the heights are added, not averaged.",
        hint="(y_i + y_{i+1}) / 2 is the mean height. Try a curve of height 1: its area is its width.",
        cells={"auc": changed(AUC, (" / 2", ""))},
        fails=["test_auc_rising", "test_auc_falling", "test_auc_equal_neighbours"]),

    Mistake(
        "auc-mean",
        says="The trapezoids are averaged; they should be summed.",
        hint="The area grows with every trapezoid. It must not depend on how many points the curve is cut into.",
        cells={"auc": changed(AUC, ("np.sum", "np.mean"))},
        fails=["test_auc_rising", "test_auc_falling", "test_auc_equal_neighbours"]),

    Mistake(
        "auc-turns-unnoticed",
        says="No error is raised where x both rises and falls.",
        hint="np.diff(x) holds the steps. Some above 0 and some below 0: then raise ValueError(...).",
        cells={"auc": changed(AUC, ("    if np.any(steps > 0) and np.any(steps < 0):\n"
                                    "        raise ValueError(\"x rises and falls\")\n", ""))},
        fails=["test_auc_both_ways"]),

    Mistake(
        "auc-sorts-x",
        says="The points are sorted by x first, so that an x which rises and falls goes unnoticed.",
        hint="A curve has an order. Sorting makes another curve of it, and its area answers another question.",
        cells={"auc": changed(AUC, ("    steps =", "    order = np.argsort(x, kind=\"stable\")\n"
                                                   "    x, y = x[order], y[order]\n    steps ="))},
        fails=["test_auc_both_ways"]),

    Mistake(
        "auc-x-without-y",
        says="x is sorted and y is not: each x gets the y of another point.",
        hint="Where x falls, sorting it alone turns the curve around under its heights. Nothing needs sorting here.",
        cells={"auc": changed(AUC, ("steps = np.diff(x)", "steps = np.diff(np.sort(x))"))},
        fails=["test_auc_falling", "test_auc_both_ways"]),

    Mistake(
        "auc-refuses-equals",
        says="Equal neighbours in x are refused with an error; they are allowed.",
        hint="Every vertical piece of a ROC curve has equal neighbours in x: found an ill patient, no false alarm.",
        cells={"auc": changed(AUC, ("np.any(steps > 0) and np.any(steps < 0)",
                                    "not (np.all(steps > 0) or np.all(steps < 0))"))},
        fails=["test_auc_equal_neighbours"], recognisable=False),

    Mistake(
        "pr-no-last-point",
        says="The last point, precision 1 at recall 0, is missing.",
        hint="Behind the highest threshold there is no alarm at all. Recall is 0 there, and precision is set to 1: "
             "append both.",
        cells={"precision-recall-curve": changed(PRECISION_RECALL_CURVE, (
            "np.append(tp / alarms, 1.0), np.append(tp / ill, 0.0)", "tp / alarms, tp / ill"))},
        fails=["test_pr_last_point"]),

    Mistake(
        "pr-ends-at-zero",
        says="The last point has precision 0; it should have precision 1.",
        hint="Without any alarm precision is 0 / 0. The convention is 1, so that the curve goes on from the top.",
        cells={"precision-recall-curve": changed(PRECISION_RECALL_CURVE, ("alarms, 1.0)", "alarms, 0.0)"))},
        fails=["test_pr_last_point"]),

    Mistake(
        "pr-falling",
        says="The thresholds fall; those of the precision-recall curve rise.",
        hint="The two curves are walked in opposite directions. This one begins at the lowest score: an alarm for all.",
        cells={"precision-recall-curve": changed(PRECISION_RECALL_CURVE, (
            "np.unique(scores)", "np.unique(scores)[::-1]"))},
        fails=["test_pr_thresholds"]),

    Mistake(
        "pr-inf-kept",
        says="The thresholds end with inf; the last point has no threshold.",
        hint="The shapes in the docstring differ by one: there are T thresholds and T + 1 points.",
        cells={"precision-recall-curve": changed(PRECISION_RECALL_CURVE, (
            "return precision, recall, thresholds", "return precision, recall, np.append(thresholds, np.inf)"))},
        fails=["test_pr_thresholds", "test_pr_last_point"]),

    Mistake(
        "pr-recall-first",
        says="Precision and recall are returned in the wrong order.",
        hint="The function is called precision_recall_curve: precision comes first, although recall is the x axis.",
        cells={"precision-recall-curve": changed(PRECISION_RECALL_CURVE, (
            "return precision, recall", "return recall, precision"))},
        fails=[*PR_RATES, "test_pr_last_point"]),

    Mistake(
        "pr-accuracy-for-precision",
        says="Precision divides by all patients; it should divide by the alarms.",
        hint="tp + fp are the patients with score >= t. They become fewer as the threshold rises.",
        cells={"precision-recall-curve": changed(PRECISION_RECALL_CURVE, ("tp / alarms", "tp / len(scores)"))},
        fails=["test_pr_precision", "test_pr_each_score_once"]),

    Mistake(
        "pr-above-only",
        says="Only scores above the threshold get an alarm; those at the threshold should get one, too.",
        hint="At the highest score there is still an alarm, for whoever has this score: >=, not >.",
        cells={"precision-recall-curve": changed(PRECISION_RECALL_CURVE, (
            "scores >= t", "scores > t"), ("tp / alarms", "tp / np.maximum(alarms, 1)"))},
        fails=PR_RATES),

    Mistake(
        "pr-stops-at-full-recall",
        says="The curve begins where recall falls below 1; all thresholds before are left out but one.",
        hint="Older versions of scikit-learn cut the curve there. Precision still changes while recall stays 1, and "
             "every different score keeps its point.",
        cells={"precision-recall-curve": changed(PRECISION_RECALL_CURVE, (
            "return precision, recall, thresholds",
            "first = np.sum(recall == 1) - 1\n    return precision[first:], recall[first:], thresholds[first:]"))},
        fails=["test_pr_each_score_once"]),

    Mistake(
        "pr-step-per-patient",
        says="The curve has a point for each patient, also among equal scores.",
        hint="No threshold separates two equal scores: np.unique(scores) has each one once, and already sorted.",
        cells={"precision-recall-curve": changed(PRECISION_RECALL_CURVE, ("np.unique(scores)", "np.sort(scores)"))},
        fails=["test_pr_each_score_once"]),

    Mistake(
        "pr-nobody-ill",
        says="Only a table without ill patients is refused; the text asks for a ValueError without healthy ones, too.",
        hint="Where all are ill nothing is divided by zero, but every alarm is right and the curve says nothing.",
        cells={"precision-recall-curve": changed(PRECISION_RECALL_CURVE, (
            "ill == 0 or ill == len(y_true)", "ill == 0"))},
        fails=["test_pr_one_class"]),

    *(
        Mistake(
            f"{cell}-returns-nothing",
            says=f"{cell.replace('-', '_')} returns nothing: its last line, with return, is missing.",
            hint="What a function has computed is gone when it ends, unless it hands it over with return. print only "
                 "shows it.",
            cells={cell: source.rpartition("    return")[0]},
            fails=fails)
        for cell, source, fails in [
            ("confusion-matrix", CONFUSION_MATRIX, ["test_confusion_right", "test_confusion_wrong"]),
            ("roc-curve", ROC_CURVE, ["test_roc_thresholds", *RATES, "test_roc_straight"]),
            ("auc", AUC, ["test_auc_rising", "test_auc_falling", "test_auc_equal_neighbours"]),
            ("precision-recall-curve", PRECISION_RECALL_CURVE, [*PR_RATES, "test_pr_last_point"]),
        ]
    ),
]
