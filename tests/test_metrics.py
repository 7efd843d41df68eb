"""Metrics against scikit-learn on random data full of ties, and against counts by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from nnlib import metrics
from nnlib.metrics import accuracy, auc, confusion_matrix, precision_recall_f1, roc_auc_score

SCORE = st.one_of(st.integers(-2, 2).map(float), st.floats(-1e6, 1e6), st.floats(0, 1, width=32))
CLASSES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40)
SCORED = st.lists(st.tuples(st.integers(0, 1), SCORE), min_size=2, max_size=60).filter(
    lambda rows: len({label for label, _ in rows}) == 2)


def columns(rows, dtype=float):
    return (np.array(column, dtype) for column in zip(*rows))


@pytest.mark.filterwarnings("ignore:A single label")
@given(CLASSES)
def test_labels_as_in_scikit_learn(rows):
    y_true, y_pred = columns(rows, int)
    assert accuracy(y_true, y_pred) == sk.accuracy_score(y_true, y_pred)
    np.testing.assert_array_equal(confusion_matrix(y_true, y_pred), sk.confusion_matrix(y_true, y_pred))
    labels = [2, 0, 3, 1, 7]
    np.testing.assert_array_equal(confusion_matrix(y_true, y_pred, labels),
                                  sk.confusion_matrix(y_true, y_pred, labels=labels))
    for k in range(4):
        theirs = sk.precision_recall_fscore_support(y_true == k, y_pred == k, average="binary", zero_division=0)
        assert precision_recall_f1(y_true, y_pred, pos_label=k) == pytest.approx(theirs[:3])


@given(SCORED)
def test_curves_as_in_scikit_learn(rows):
    y_true, scores = columns(rows)
    for ours, theirs in zip(metrics.roc_curve(y_true, scores),
                            sk.roc_curve(y_true, scores, drop_intermediate=False)):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)
    for ours, theirs in zip(metrics.precision_recall_curve(y_true, scores), sk.precision_recall_curve(y_true, scores)):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)


@given(SCORED)
def test_area_equals_rank_statistic_equals_scikit_learn(rows):
    y_true, scores = columns(rows)
    fpr, tpr, _ = metrics.roc_curve(y_true, scores)
    ones, zeros = scores[y_true == 1], scores[y_true == 0]
    pairs = np.mean((ones[:, None] > zeros) + 0.5 * (ones[:, None] == zeros))
    assert roc_auc_score(y_true, scores) == pytest.approx(pairs, abs=1e-12)
    assert auc(fpr, tpr) == pytest.approx(pairs, abs=1e-12)
    assert sk.roc_auc_score(y_true, scores) == pytest.approx(pairs, abs=1e-12)


@given(SCORED)
def test_the_order_of_rows_and_the_scale_of_scores_do_not_matter(rows):
    y_true, scores = columns(rows)
    value = roc_auc_score(y_true, scores)
    assert roc_auc_score(y_true[::-1], scores[::-1]) == value
    assert roc_auc_score(y_true, 4 * scores) == value
    assert roc_auc_score(y_true, -scores) == pytest.approx(1 - value)


def test_all_scores_equal_is_guessing():
    assert roc_auc_score([0, 1, 1, 0, 1], [7] * 5) == 0.5


def test_infinite_and_integer_and_float32_scores():
    y_true = [0, 0, 1, 1]
    assert roc_auc_score(y_true, [-np.inf, 0, np.inf, np.inf]) == 1
    assert roc_auc_score(y_true, np.array([1, 3, 2, 3], np.uint8)) == 0.625
    assert metrics.roc_curve(y_true, np.array([1, 3, 2, 3], np.float32))[2].tolist() == [np.inf, 3, 2, 1]


def test_confusion_matrix_of_two_classes_is_tn_fp_fn_tp():
    np.testing.assert_array_equal(confusion_matrix([0, 0, 0, 1, 1, 1], [0, 0, 1, 0, 1, 1]), [[2, 1], [1, 2]])


def test_words_are_labels_too():
    y_true, y_pred = ["cat", "dog", "dog"], ["cat", "cat", "dog"]
    np.testing.assert_array_equal(confusion_matrix(y_true, y_pred), [[1, 0], [1, 1]])
    assert precision_recall_f1(y_true, y_pred, "dog") == (1, 0.5, pytest.approx(2 / 3))


def test_no_alarm_and_no_case():
    assert precision_recall_f1([1, 1], [0, 0]) == (0, 0, 0)
    assert precision_recall_f1([0, 0], [1, 0]) == (0, 0, 0)
    assert precision_recall_f1([0, 0], [0, 0]) == (0, 0, 0)


def test_area_of_a_triangle_either_way_round():
    assert auc([0, 1, 3], [0, 1, 0]) == auc([3, 1, 0], [0, 1, 0]) == 1.5


SCORED_METRICS = [metrics.roc_curve, metrics.precision_recall_curve, roc_auc_score]


@pytest.mark.parametrize("metric", SCORED_METRICS)
@pytest.mark.parametrize("name, y_true, scores", [
    ("y_true: expected both classes, got only 1", [1, 1], [0.1, 0.2]),
    ("y_true: expected both classes, got only 0", [0, 0], [0.1, 0.2]),
    ("y_true: expected only 0 and 1", [0, 1, 2], [0.1, 0.2, 0.3]),
    ("y_true: expected only 0 and 1", [-1, 1], [0.1, 0.2]),
    ("scores: expected numbers, got NaN at index 1", [0, 1], [0.1, np.nan]),
    ("scores: expected the shape of y_true", [0, 1], [0.1, 0.2, 0.3]),
    ("scores: expected the shape of y_true", [0, 1], [[0.1], [0.2]]),
    (r"y_true: expected shape \(N,\)", [], []),
])
def test_bad_scores_are_named(metric, name, y_true, scores):
    with pytest.raises(ValueError, match=f"^{name}"):
        metric(y_true, scores)


@pytest.mark.parametrize("name, call", [
    ("y_pred", lambda: accuracy([0, 1], [0])),
    ("y_true", lambda: accuracy([], [])),
    ("y_true", lambda: confusion_matrix([[0]], [[0]])),
    ("labels", lambda: confusion_matrix([0, 1], [1, 2], [0, 1])),
    ("labels", lambda: confusion_matrix([0, 1], [1, 0], [0, 1, 1])),
    ("y_pred", lambda: precision_recall_f1([0, 1], [0])),
    ("x", lambda: auc([0], [1])),
    ("x", lambda: auc([0, 2, 1], [0, 1, 2])),
    ("y", lambda: auc([0, 1], [0, 1, 2])),
])
def test_bad_arguments_are_named(name, call):
    with pytest.raises(ValueError, match=f"^{name}: expected .*, got "):
        call()
