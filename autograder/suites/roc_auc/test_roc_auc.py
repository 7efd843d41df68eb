"""Hidden tests of roc_auc: the confusion matrix, the ROC curve, the area under a curve, the precision-recall curve.

What a curve should say is counted here anew for each threshold that the student returned, patient by patient. So
thresholds in a wrong order, or one too many at an end, cost the points of the test about thresholds alone, and
wrong rates those of the tests about rates. Only some tests have tied scores, or points on a straight line.
"""

import numpy as np
import pytest

from autograder.marking.student import Shown

packages = ["numpy", "nnlib.plot", "nnlib.data"]
builds_on = {"roc_curve": ["confusion_matrix"], "precision_recall_curve": ["confusion_matrix", "roc_curve"]}


def different_scores(rng, n):
    """n different scores, rising; they are multiples of 1/64, which rounding to eight digits leaves as they are."""
    return np.sort(rng.choice(np.arange(-300, 300), n, replace=False)) / 64


def alternating(seed, n=9):
    """n patients in random order, all scores different; from score to score, healthy and ill take turns.

    So no point of the ROC curve lies on a straight line between its neighbours. With n odd one more is healthy.
    """
    rng = np.random.default_rng(seed)
    scores = different_scores(rng, n)
    order = rng.permutation(n)
    return (np.arange(n) % 2)[order], scores[order]


def tied(seed, different, most):
    """Patients in random order; each score is shared by at least one ill and one healthy, and by up to 2 * most - 1.

    From one score to the next, more healthy than ill ones and more ill than healthy ones take turns.
    """
    rng = np.random.default_rng(seed)
    y, scores = [], []
    for i, score in enumerate(different_scores(rng, different)):
        few, many = np.sort(rng.choice(np.arange(1, most + 1), 2, replace=False))
        y += [i % 2] * many + [1 - i % 2] * few
        scores += [score] * (few + many)
    order = rng.permutation(len(y))
    return np.array(y)[order], np.array(scores)[order]


def close(seed):
    """Twelve patients in random order, their scores a hair apart; from score to score, healthy and ill take turns."""
    near = [1.0, np.nextafter(1, 2), np.nextafter(1, 0), 0.1 + 0.2, 0.3, 5e-324, 0.0, -1e-310]
    scores = np.sort([*near, 1e12, np.nextafter(1e12, 0), -1e300, np.nextafter(-1e300, 0)])
    order = np.random.default_rng(seed).permutation(len(scores))
    return (np.arange(len(scores)) % 2)[order], scores[order]


def count(y, scores, threshold):
    """tn, fp, fn, tp where everybody from the threshold on is called 1."""
    pairs = [(int(is_ill), bool(score >= threshold)) for is_ill, score in zip(y, scores)]
    return [pairs.count(pair) for pair in ((0, False), (0, True), (1, False), (1, True))]


def ratio(part, other):
    """part / (part + other)."""
    return part / (part + other)


def vectors(answer, names):
    """The three arrays that came back; Shown where there are not three, or one has other than one axis."""
    if not isinstance(answer, (tuple, list, np.ndarray)) or len(answer) != 3:
        raise Shown(f"expected three arrays: {names}")
    arrays = [np.asarray(array) for array in answer]
    for name, array in zip(names.split(", "), arrays):
        if array.ndim != 1 or array.dtype.kind not in "biuf":
            raise Shown(f"{name}: expected an array of numbers with one axis, got {array.ndim} axes")
    return arrays


def roc(student, y, scores):
    """The student's ROC curve: three arrays of the same length."""
    fpr, tpr, thresholds = vectors(student.roc_curve(y, scores), "fpr, tpr, thresholds")
    if not len(fpr) == len(tpr) == len(thresholds):
        raise Shown("fpr, tpr and thresholds belong together, point by point, but their lengths differ")
    return fpr, tpr, thresholds


def precision_recall(student, y, scores):
    """The student's precision, recall and thresholds, without the last point and without points at inf."""
    precision, recall, thresholds = vectors(student.precision_recall_curve(y, scores), "precision, recall, thresholds")
    if len(precision) != len(recall):
        raise Shown("precision and recall belong together, point by point, but their lengths differ")
    if len(precision) < len(thresholds):
        raise Shown("there are more thresholds than points of the curve")
    real = np.isfinite(thresholds)
    return precision[: len(thresholds)][real], recall[: len(thresholds)][real], thresholds[real]


def assert_rates(got, expected, enough=4):
    """Each rate is right, and there is more to the curve than its ends."""
    np.testing.assert_allclose(got, expected)
    assert len(set(expected)) >= enough


def assert_each_once(thresholds, scores):
    """Each different score is a threshold once; what lies above the highest score does not matter here."""
    inside = sorted(thresholds[thresholds <= scores.max()].tolist())
    if len(inside) > len(set(inside)):
        raise Shown("a threshold occurs more than once: equal scores get their alarm together, in one point")
    assert inside == sorted(set(scores.tolist()))


# The confusion matrix ---------------------------------------------------------------------------------------


def confusion(student, y, called):
    """The student's table; Shown where it is not two by two."""
    table = student.confusion_matrix(y, called)
    if np.shape(table) != (2, 2):
        raise Shown(f"expected an array of shape (2, 2), got one of shape {np.shape(table)}")
    return np.asarray(table)


@pytest.mark.grade("test-confusion-matrix", points=0.25, hint="tn and tp: is and called are the same, 0 or 1.")
def test_confusion_right(student):
    """What is right is counted on the diagonal, tn first, in small tables and large ones; both arrays stay."""
    for tn, tp in ((7, 5), (300, 150)):
        cases = [(0, 0)] * tn + [(0, 1)] * 3 + [(1, 0)] * 3 + [(1, 1)] * tp
        y, called = np.random.default_rng(1).permutation(cases).T
        sent = student.put([y, called])
        table = confusion(student, sent[0], sent[1])
        np.testing.assert_array_equal([table[0, 0], table[1, 1]], [tn, tp])
        for array, before in zip(sent.get(), (y, called)):
            if not np.array_equal(array, before):
                raise Shown("y_true or y_pred is no longer what it was: no function changes the arrays that it gets")


@pytest.mark.grade("test-confusion-matrix", points=0.5,
                   hint="The row is what a patient is. A false alarm is healthy: row 0, but called 1: column 1.")
def test_confusion_wrong(student):
    """False alarms stand in the first row, missed patients in the second."""
    for fp, fn in ((4, 1), (0, 6)):
        cases = [(0, 0)] * 3 + [(0, 1)] * fp + [(1, 0)] * fn + [(1, 1)] * 3
        table = confusion(student, *np.random.default_rng(2).permutation(cases).T)
        np.testing.assert_array_equal([table[0, 1], table[1, 0]], [fp, fn])


@pytest.mark.grade("test-confusion-matrix", points=0.25,
                   hint="Two rows and two columns, whatever occurs: begin with a table of zeros.")
def test_confusion_absent(student):
    """The table has its four counts where a class does not occur, and for a single patient."""
    kinds = [(0, 0), (0, 1), (1, 0), (1, 1)]
    full = confusion(student, *np.repeat(kinds, (1, 2, 3, 4), axis=0).T)
    for kind, many in (((1, 1), 3), ((0, 1), 2), ((1, 0), 1), ((0, 0), 1), ((0, 0), 2)):
        table = confusion(student, *np.repeat([kind], many, axis=0).T)
        np.testing.assert_array_equal(np.sort(table.ravel()), [0, 0, 0, many])
        # Neither the order of the classes nor a transposed table costs again here: as in the full table is right.
        np.testing.assert_array_equal(table > 0, full == 1 + kinds.index(kind))


# The ROC curve ----------------------------------------------------------------------------------------------


@pytest.mark.grade("test-roc-curve", points=0.5,
                   hint="First inf, then each different score once, from the highest to the lowest.")
def test_roc_thresholds(student):
    """The thresholds begin with inf, then fall from the highest score to the lowest."""
    for seed, n in ((3, 9), (4, 2)):
        y, scores = alternating(seed, n)
        _, _, thresholds = roc(student, y, scores)
        np.testing.assert_array_equal(thresholds, [np.inf, *sorted(scores, reverse=True)])


@pytest.mark.grade("test-roc-curve", points=0.5,
                   hint="fpr: of all healthy patients, the share with score >= t. What is fp + tn at every threshold?")
def test_roc_fpr(student):
    """fpr is the share of the healthy that get an alarm, at each of the thresholds."""
    y, scores = alternating(5)
    fpr, _, thresholds = roc(student, y, scores)
    counts = [count(y, scores, t) for t in thresholds]
    assert_rates(fpr, [ratio(fp, tn) for tn, fp, fn, tp in counts])


@pytest.mark.grade("test-roc-curve", points=0.5,
                   hint="tpr: of all ill patients, the share with score >= t. What is tp + fn at every threshold?")
def test_roc_tpr(student):
    """tpr is the share of the ill that are found, at each of the thresholds."""
    y, scores = alternating(6)
    _, tpr, thresholds = roc(student, y, scores)
    counts = [count(y, scores, t) for t in thresholds]
    assert_rates(tpr, [ratio(tp, fn) for tn, fp, fn, tp in counts])


@pytest.mark.grade("test-roc-curve", points=0.5, seconds=5,
                   hint="Equal scores get their alarm together: one point for each different score.")
def test_roc_ties(student):
    """Equal scores share one threshold and one point, also in a large table."""
    signed_zeros = np.array([1, 0, 1, 0, 1, 1]), np.array([0.0, -0.0, -1.0, 2.0, 2.0, 2.0])
    all_the_same = np.array([0, 1, 1, 0, 1]), np.full(5, 0.25)
    for y, scores in (tied(7, 6, 4), tied(8, 70, 6), tied(9, 4, 5), signed_zeros, all_the_same):
        fpr, tpr, thresholds = roc(student, y, scores)
        assert_each_once(thresholds, scores)
        counts = [count(y, scores, t) for t in thresholds]
        assert_rates(fpr, [ratio(fp, tn) for tn, fp, fn, tp in counts], enough=2)
        assert_rates(tpr, [ratio(tp, fn) for tn, fp, fn, tp in counts], enough=2)


@pytest.mark.grade("test-roc-curve", points=0.25,
                   hint="Where several patients of one class follow each other, the curve runs straight. Keep all.")
def test_roc_straight(student):
    """Points on a straight line stay."""
    rng = np.random.default_rng(10)
    scores = rng.permutation(different_scores(rng, 11))
    for y in (scores > np.median(scores), scores <= np.median(scores)):     # all ill ones first, all healthy ones first
        _, _, thresholds = roc(student, y.astype(int), scores)
        assert_each_once(thresholds, scores)


@pytest.mark.grade("test-roc-curve", points=0.25,
                   hint="Equal means ==. Is there a tolerance in your code, or a rounding, as in np.isclose and round?")
def test_roc_close_scores(student):
    """Scores that differ by a hair are different, tiny and huge ones too."""
    y, scores = close(11)
    fpr, tpr, thresholds = roc(student, y, scores)
    assert_each_once(thresholds, scores)
    # Whether the rates are right is for other tests: here each score makes a step.
    assert len(set(zip(fpr.tolist(), tpr.tolist()))) >= len(scores)


@pytest.mark.grade("test-roc-curve", points=0.25,
                   hint="Count the ill and the healthy first. If either count is 0: raise ValueError(...).")
def test_roc_one_class(student):
    """With one class only there is a ValueError, with both there is none."""
    roc(student, *alternating(12, 5))
    for y in ([1, 1, 1], [0, 0, 0], [1], [0]):
        student.raises("ValueError", student.roc_curve, np.array(y), np.linspace(-1, 1, len(y)))


@pytest.mark.grade("test-roc-curve", points=0.25,
                   hint="scores.sort() sorts the caller's array, np.sort(scores) makes a new one.")
def test_roc_keeps_inputs(student):
    """roc_curve leaves y_true and scores as they were."""
    y, scores = alternating(13)
    sent = student.put([y, scores])
    fpr, tpr, thresholds = vectors(student.roc_curve(sent[0], sent[1]), "fpr, tpr, thresholds")
    assert len(fpr) and len(tpr) and len(thresholds)
    for array, before in zip(sent.get(), (y, scores)):
        np.testing.assert_array_equal(array, before)


# The area ---------------------------------------------------------------------------------------------------


def area_of(student, x, y):
    """What the student's auc returns; Shown where that is not one number."""
    area = student.auc(x, y)
    if not isinstance(area, (float, int, np.ndarray, np.generic)) or np.ndim(area):
        raise Shown("expected one float; something else came back")
    return area


def trapezoids(x, y):
    """Each trapezoid is a rectangle, up to the lower corner, and a triangle on top of it."""
    total = 0.0
    for left, right, a, b in zip(x, x[1:], y, y[1:]):
        total += abs(right - left) * (min(a, b) + abs(a - b) / 2)
    return total


@pytest.mark.grade("test-auc", points=0.5,
                   hint="Width times mean height, for each pair of neighbours: N points make N - 1 trapezoids.")
def test_auc_rising(student):
    """The area where x rises, in steps of different width."""
    rng = np.random.default_rng(14)
    for n, scale in ((8, 1.0), (2, 1.0), (50, 1000.0)):
        x, y = scale * np.sort(rng.normal(size=n)), rng.uniform(0, 2, n)
        np.testing.assert_allclose(area_of(student, x, y), trapezoids(x, y))


@pytest.mark.grade("test-auc", points=0.5,
                   hint="The width of a step is its absolute value: x[i + 1] - x[i] is negative here.")
def test_auc_falling(student):
    """The area where x falls is positive, and each y stays with its x."""
    rng = np.random.default_rng(15)
    for n in (7, 2):
        x, y = -np.sort(rng.normal(size=n)), np.sort(rng.uniform(0, 2, n)) ** 2
        np.testing.assert_allclose(area_of(student, x, y), trapezoids(x, y))


@pytest.mark.grade("test-auc", points=0.25,
                   hint="A step of width 0 adds nothing, and it neither rises nor falls.")
def test_auc_equal_neighbours(student):
    """Equal neighbours in x are allowed and add no area, on the way up, on the way down, and all along."""
    y = np.random.default_rng(16).uniform(0, 2, 8)
    up = np.array([-1.0, -1, 0.5, 0.5, 0.5, 2, 3, 3])
    areas = [area_of(student, x, y) for x in (up, -up, np.full(8, 0.5))]
    np.testing.assert_allclose(np.abs(areas), [trapezoids(up, y), trapezoids(up, y), 0])  # signs: test_auc_falling


@pytest.mark.grade("test-auc", points=0.5,
                   hint="Look at the signs of all steps of x: is there one above 0 and one below 0?")
def test_auc_both_ways(student):
    """A ValueError where x rises and falls, however it begins and ends; none where it only rises."""
    area_of(student, np.array([0.0, 1, 2]), np.ones(3))
    short = [0, 2, 1], [2, 0, 1], [0, 1, 0], [0, 1, 1, 0.5], [2, 1, 1, 3], [1, 1, 2, 0], [1, 1, 0, 2]
    for x in (*short, [0, 1, 2, 3, 2.5, 4], [5, 4, 3, 2, 1, 2], [0, 0.5, 0.499999, 1]):
        student.raises("ValueError", student.auc, np.array(x, float), np.ones(len(x)))


@pytest.mark.grade("test-auc", points=0.25, hint="x.sort() and x[...] = ... change the caller's array.")
def test_auc_keeps_inputs(student):
    """auc leaves x and y as they were."""
    rng = np.random.default_rng(17)
    rising, y = np.sort(rng.normal(size=6)), rng.uniform(0, 2, 6)
    for x in (rising, -rising):
        sent = student.put([x, y])
        assert np.all(np.isfinite(area_of(student, sent[0], sent[1])))
        for array, before in zip(sent.get(), (x, y)):
            np.testing.assert_array_equal(array, before)


# The precision-recall curve ---------------------------------------------------------------------------------


@pytest.mark.grade("test-precision-recall-curve", points=0.25,
                   hint="The scores themselves, the lowest first; inf belongs to the ROC curve.")
def test_pr_thresholds(student):
    """The thresholds rise, and there is none but the scores."""
    for seed, n in ((18, 9), (19, 2)):
        y, scores = alternating(seed, n)
        answer = student.precision_recall_curve(1 - y, scores)     # the lowest score is an ill one's
        _, _, thresholds = vectors(answer, "precision, recall, thresholds")
        np.testing.assert_array_equal(thresholds, sorted(scores))


@pytest.mark.grade("test-precision-recall-curve", points=0.5,
                   hint="Precision divides by the alarms, tp + fp: how many patients have score >= t?")
def test_pr_precision(student):
    """Precision is the share of the alarms that are right, at each of the thresholds."""
    y, scores = alternating(20, 11)
    precision, _, thresholds = precision_recall(student, y, scores)
    counts = [count(y, scores, t) for t in thresholds]
    assert_rates(precision, [ratio(tp, fp) for tn, fp, fn, tp in counts])


@pytest.mark.grade("test-precision-recall-curve", points=0.25,
                   hint="Recall divides by the ill, tp + fn. It has another name in the ROC curve.")
def test_pr_recall(student):
    """Recall is the share of the ill that are found, at each of the thresholds."""
    y, scores = alternating(21, 11)
    _, recall, thresholds = precision_recall(student, y, scores)
    counts = [count(y, scores, t) for t in thresholds]
    assert_rates(recall, [ratio(tp, fn) for tn, fp, fn, tp in counts])


@pytest.mark.grade("test-precision-recall-curve", points=0.25,
                   hint="Behind the point of the highest score comes one more: precision 1, recall 0.")
def test_pr_last_point(student):
    """The curve ends at precision 1 and recall 0, one point more than there are thresholds."""
    for y, scores in (alternating(22), (np.array([0, 1, 1]), np.full(3, -0.7))):
        answer = student.precision_recall_curve(y, scores)
        precision, recall, thresholds = vectors(answer, "precision, recall, thresholds")
        if not len(precision) == len(recall) == len(thresholds) + 1:
            raise Shown("expected one point more than there are thresholds, in precision and in recall")
        np.testing.assert_allclose([precision[-1], recall[-1]], [1, 0])


@pytest.mark.grade("test-precision-recall-curve", points=0.25, seconds=5,
                   hint="Equal scores are one point; and where recall has reached 1 there may be more points to come.")
def test_pr_each_score_once(student):
    """One point for each different score: among ties, a hair apart, and where all the ill have long been found."""
    ill_first = np.repeat([1, 0], [4, 7]), np.linspace(3, -2, 11)
    for y, scores in (tied(23, 6, 4), tied(24, 40, 4), ill_first, close(27)):
        precision, recall, thresholds = precision_recall(student, y, scores)
        assert_each_once(thresholds, scores)
        counts = [count(y, scores, t) for t in thresholds]
        assert_rates(precision, [ratio(tp, fp) for tn, fp, fn, tp in counts])
        assert_rates(recall, [ratio(tp, fn) for tn, fp, fn, tp in counts])


@pytest.mark.grade("test-precision-recall-curve", points=0.25,
                   hint="Count the ill and the healthy first. If either count is 0: raise ValueError(...).")
def test_pr_one_class(student):
    """With one class only there is a ValueError, with both there is none."""
    precision_recall(student, *alternating(25, 5))
    for y in ([1, 1, 1], [0, 0, 0], [1], [0]):
        student.raises("ValueError", student.precision_recall_curve, np.array(y), np.linspace(-1, 1, len(y)))


@pytest.mark.grade("test-precision-recall-curve", points=0.25,
                   hint="scores.sort() sorts the caller's array, np.sort(scores) makes a new one.")
def test_pr_keeps_inputs(student):
    """precision_recall_curve leaves y_true and scores as they were."""
    y, scores = alternating(26)
    sent = student.put([y, scores])
    answer = student.precision_recall_curve(sent[0], sent[1])
    assert all(len(array) for array in vectors(answer, "precision, recall, thresholds"))
    for array, before in zip(sent.get(), (y, scores)):
        np.testing.assert_array_equal(array, before)
