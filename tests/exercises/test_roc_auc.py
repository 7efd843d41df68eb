"""roc_auc: the worked numbers, found again by other means."""

from fractions import Fraction

import numpy as np
import pytest
from sklearn import metrics as sk

from nnlib import metrics
from nnlib.data import breast_cancer
from tests.exercises.proofs import (  # noqa: F401
    solved,
    test_it_is_proved,
    test_its_class_gets_its_marks,
    test_its_shape,
    test_other_peoples_answers_get_what_they_deserve,
    test_the_release_stops_at_the_first_open_task,
)

Y = np.array([0, 1, 0, 1, 0, 1, 0])
SCORES = np.array([0.4, 0.9, 0.1, 0.4, 0.6, 0.8, 0.2])


@pytest.fixture(scope="module")
def answer():
    return solved("roc_auc")


def tables():
    """Labels with both classes, and scores from all different to nearly all equal."""
    rng = np.random.default_rng(1)
    for n, different in ((2, 1), (3, 2), (17, 4), (60, 9), (233, 1000), (500, 40)):
        for _ in range(10):
            yield rng.permutation([0, 1, *rng.integers(0, 2, n - 2)]), rng.integers(-different, different, n) / 7


def share_of_pairs(y, scores):
    """The share of pairs (a 1, a 0) in the right order, ties half, as a fraction."""
    pairs = [(a, b) for a in scores[y == 1] for b in scores[y == 0]]
    return sum(Fraction(1) if a > b else Fraction(int(a == b), 2) for a, b in pairs) / len(pairs)


def test_the_seven_patients(answer):
    assert sk.confusion_matrix(Y, SCORES >= 0.4).tolist() == [[2, 2], [0, 3]]
    fpr, tpr, thresholds = sk.roc_curve(Y, SCORES, drop_intermediate=False)
    np.testing.assert_allclose(fpr, [0, 0, 0, 1 / 4, 2 / 4, 3 / 4, 1])
    np.testing.assert_allclose(tpr, [0, 1 / 3, 2 / 3, 2 / 3, 1, 1, 1])
    assert thresholds.tolist() == [np.inf, 0.9, 0.8, 0.6, 0.4, 0.2, 0.1]
    precision, recall, thresholds = sk.precision_recall_curve(Y, SCORES)
    np.testing.assert_allclose(precision, [3 / 7, 3 / 6, 3 / 5, 2 / 3, 1, 1, 1])
    np.testing.assert_allclose(recall, [1, 1, 1, 2 / 3, 2 / 3, 1 / 3, 0])
    assert thresholds.tolist() == [0.1, 0.2, 0.4, 0.6, 0.8, 0.9]
    assert answer["auc"](fpr, tpr) == pytest.approx(float(share_of_pairs(Y, SCORES)))


def test_the_small_tables(answer):
    curve = sk.roc_curve([1, 0, 1], [-2.0, -2.0, -2.0], drop_intermediate=False)
    assert np.array(curve).tolist() == [[0, 1], [0, 1], [np.inf, -2]]
    assert sk.auc([0, 0.5, 1], [0, 0.6, 1]) == pytest.approx(0.55)
    assert sk.auc([3, 2, 2, 0], [1, 1, 4, 2]) == pytest.approx(7)
    with pytest.raises(ValueError):
        sk.auc([0, 2, 1], [1, 1, 1])
    assert answer["confusion_matrix"](np.array([0, 0]), np.array([0, 0])).tolist() == [[2, 0], [0, 0]]


def test_the_confusion_matrix(answer):
    rng = np.random.default_rng(2)
    for n in (1, 2, 5, 80):
        y, called = rng.integers(0, 2, (2, n))
        wanted = sk.confusion_matrix(y, called, labels=[0, 1])
        np.testing.assert_array_equal(answer["confusion_matrix"](y, called), wanted)


def test_the_curves(answer):
    for y, scores in tables():
        before = y.copy(), scores.copy()
        wanted = {"roc_curve": sk.roc_curve(y, scores, drop_intermediate=False),
                  "precision_recall_curve": sk.precision_recall_curve(y, scores)}
        for name, theirs in wanted.items():
            got, ours = answer[name](y, scores), getattr(metrics, name)(y, scores)
            for mine, other, third in zip(got, ours, theirs, strict=True):
                np.testing.assert_allclose(mine, other, rtol=1e-12)
                np.testing.assert_allclose(mine, third, rtol=1e-12)
        np.testing.assert_array_equal((y, scores), before)


def test_the_area_counts_pairs(answer):
    for y, scores in tables():
        if len(y) < 100:
            fpr, tpr, _ = answer["roc_curve"](y, scores)
            assert answer["auc"](fpr, tpr) == pytest.approx(float(share_of_pairs(y, scores)), abs=1e-12)
            assert answer["auc"](fpr[::-1], tpr[::-1]) == pytest.approx(sk.roc_auc_score(y, scores), abs=1e-12)


def test_the_area(answer):
    rng = np.random.default_rng(3)
    for n in (2, 3, 40):
        x, y = np.sort(rng.normal(size=n)), rng.uniform(size=n)
        for direction in (1, -1):
            assert answer["auc"](x[::direction], y) == pytest.approx(sk.auc(x[::direction], y))


def test_one_class_or_a_crooked_curve_is_refused(answer):
    for curve in ("roc_curve", "precision_recall_curve"):
        for label in (0, 1):
            with pytest.raises(ValueError):
                answer[curve](np.full(4, label), np.arange(4.0))
    with pytest.raises(ValueError):
        answer["auc"](np.array([0.0, 2.0, 1.0]), np.ones(3))


def test_what_the_model_answer_says_of_the_patients():
    """The figure's tumours: the area stays, and precision falls from 39/44 to 39/89 where 39 of 47 are found."""
    (x, y), (x_new, y_new) = breast_cancer()
    with_one = [np.column_stack([part[:, 10:20].astype(float), np.ones(len(part))]) for part in (x, x_new)]
    z = with_one[1] @ np.linalg.pinv(with_one[0]) @ y
    assert (len(y), len(y_new), y_new.sum()) == (455, 114, 47)
    areas = []
    for copies, precision in ((1, 39 / 44), (10, 39 / 89)):
        weight = np.where(y_new == 1, 1, copies)
        areas.append(sk.roc_auc_score(y_new, z, sample_weight=weight))
        alarm = z >= np.sort(z[y_new == 1])[-39]
        assert y_new[alarm].sum() == 39
        assert np.average(y_new[alarm], weights=weight[alarm]) == pytest.approx(precision)
    assert areas[0] == pytest.approx(areas[1]) and 0.9 < areas[0] < 0.95


def test_the_order_of_equal_scores_decides_where_each_takes_a_step(answer):
    """Model answer (b): areas from 0 to 1 for one score for all; a shared step has 1/2."""
    def careless(y):
        return answer["auc"](np.append(0, np.cumsum(1 - y)) / np.sum(1 - y), np.append(0, np.cumsum(y)) / np.sum(y))

    assert careless(np.array([1, 1, 0, 0, 0])) == 1 and careless(np.array([0, 0, 0, 1, 1])) == 0
    assert 0 < careless(np.array([0, 1, 0, 1, 0])) < 1
    assert answer["auc"](*answer["roc_curve"](np.array([0, 1, 0, 1, 0]), np.full(5, 0.5))[:2]) == 0.5
