"""Lesson 09: the turns, taken right and wrong, and what must be true when it has run."""

import numpy as np

from nnlib import data, metrics

TURNS = {
    "three_numbers": {
        "right": "def three_numbers(table):\n"
                 "    found, alarms, ill = table[1, 1], table[:, 1].sum(), table[1].sum()\n"
                 "    return found / max(alarms, 1), found / max(ill, 1), 2 * found / max(alarms + ill, 1)",
        "wrong": [
            "def three_numbers(table):\n"
            "    (tn, fp), (fn, tp) = table.tolist()\n"
            "    return tp / (tp + fn), tp / max(tp + fp, 1), 2 * tp / (2 * tp + fp + fn)",
            "def three_numbers(table):\n"
            "    (tn, fp), (fn, tp) = table.tolist()\n"
            "    precision, recall = tp / max(tp + fp, 1), tp / (tp + fn)\n"
            "    return precision, recall, (precision + recall) / 2 if tp else 0",
            "def three_numbers(table):\n"
            "    (tn, fp), (fn, tp) = table.tolist()\n"
            "    return tp / (tp + fp), tp / (tp + fn), 2 * tp / (2 * tp + fp + fn)",
            "def three_numbers(table):\n"
            "    (tn, fp), (fn, tp) = table.tolist()\n"
            "    return tp / max(tp + fp, 1), tp / (tp + fn)",
            "def three_numbers(table):\n"
            "    (tn, fp), (fn, tp) = table.tolist()\n"
            "    precision, recall = tp / max(tp + fp, 1), tp / (tp + fn)\n"
            "    return precision, recall, precision * recall / max(precision + recall, 1e-9)",
        ]},
    "share_of_pairs": {
        "right": "def share_of_pairs(y, scores):\n"
                 "    points = 0\n"
                 "    for one in scores[y == 1]:\n"
                 "        for zero in scores[y == 0]:\n"
                 "            points += 1 if one > zero else 0.5 if one == zero else 0\n"
                 "    return points / (sum(y == 1) * sum(y == 0))",
        "wrong": [
            "def share_of_pairs(y, scores):\n"
            "    return np.mean(scores[y == 1][:, None] > scores[y == 0])",
            "def share_of_pairs(y, scores):\n"
            "    return np.mean(scores[y == 1][:, None] >= scores[y == 0])",
            "def share_of_pairs(y, scores):\n"
            "    gaps = scores[y == 0][:, None] - scores[y == 1]\n"
            "    return np.mean(gaps > 0) + np.mean(gaps == 0) / 2",
            "def share_of_pairs(y, scores):\n"
            "    gaps = scores[y == 1][:, None] - scores[y == 0]\n"
            "    return np.sum(gaps > 0) + np.sum(gaps == 0) / 2",
        ]},
    "precision_in_crowd": {
        "right": "def precision_in_crowd(share, recall, fpr):\n"
                 "    return 1 / (1 + (1 / share - 1) * fpr / recall)",
        "wrong": [
            "def precision_in_crowd(share, recall, fpr):\n    return recall / (recall + fpr)",
            "def precision_in_crowd(share, recall, fpr):\n    return share * recall / (share * recall + fpr)",
            "def precision_in_crowd(share, recall, fpr):\n    return share * recall",
            "def precision_in_crowd(share, recall, fpr):\n"
            "    return share * recall / (share * recall + (1 - share) * (1 - fpr))",
            "def precision_in_crowd(share, recall, fpr):\n    return 1 - fpr",
        ]},
    "slope": {
        "right": "def slope(a, z, y):\n"
                 "    p = 1 / (1 + np.exp(-a * z))\n"
                 "    return z @ (p - y) / len(z)",
        "wrong": [
            "def slope(a, z, y):\n    return np.mean(sigmoid(a * z) - y)",
            "def slope(a, z, y):\n    return np.mean((sigmoid(z) - y) * z)",
            "def slope(a, z, y):\n    return ((sigmoid(a * z) - y) * z).sum()",
            "def slope(a, z, y):\n    return np.mean((y - sigmoid(a * z)) * z)",
            "def slope(a, z, y):\n    return (sigmoid(a * z) - y) * z",
            "def slope(a, z, y):\n    return np.mean((sigmoid(a * z) - y) * a)",
            "def slope(a, z, y):\n    with np.errstate(all='ignore'):\n        grown = np.exp(a * z)\n"
            "        return np.mean((grown / (1 + grown) - y) * z)",
        ]},
    "redraw": {
        "right": "def redraw(y, scores, rng):\n"
                 "    rows = np.floor(rng.random(len(y)) * len(y)).astype(int)\n"
                 "    return y.take(rows), scores.take(rows)",
        "wrong": [
            "def redraw(y, scores, rng):\n"
            "    rows = rng.permutation(len(y))\n"
            "    return y[rows], scores[rows]",
            "def redraw(y, scores, rng):\n"
            "    return rng.choice(y, len(y)), rng.choice(scores, len(y))",
            "def redraw(y, scores, rng):\n"
            "    rows = rng.integers(0, len(y), len(y) // 2)\n"
            "    return y[rows], scores[rows]",
            "def redraw(y, scores, rng):\n"
            "    return y, scores",
        ]},
}


def test_the_table_is_cut_as_the_text_says():
    assert (len(y_learn), len(y_val), len(y)) == (190, 189, 190)
    assert len(x) == 569 and all("error" in name for name in data.columns("breast_cancer")[10:20])
    assert 0.35 < y.mean() < 0.42


def test_it_knows_its_patients_by_heart_and_misses_a_quarter_of_the_ill():
    assert np.mean((z_learn > 0) == y_learn) > 0.98
    assert 0.8 < np.mean((z > 0) == y) < 0.9
    assert 0.65 < table[1, 1] / table[1].sum() < 0.75


def test_an_area_counts_pairs():
    assert max(np.abs(gap).max() for gaps_of_one in gaps.values() for gap in gaps_of_one) < 1e-12
    assert abs(area - share_of_pairs(y, z)) < 1e-12 and 0.87 < area < 0.93
    assert (np.diff(fpr) >= 0).all() and (np.diff(recall) >= 0).all()
    assert (np.diff(precision) > 0).any() and (np.diff(precision) < 0).any()


def test_roc_stays_and_precision_falls_where_illness_is_rare():
    curves = [metrics.roc_curve(*crowd) for crowd in crowds.values()]
    for fpr_, recall_, _ in curves[1:]:
        assert np.allclose(fpr_, curves[0][0], atol=1e-12) and np.allclose(recall_, curves[0][1], atol=1e-12)
    names, alarms = list(crowds), []
    for truth, score in crowds.values():
        alarms.append(truth[score > 0].mean())
        assert np.isclose(alarms[-1], precision_in_crowd(truth.mean(), np.mean(z[y == 1] > 0), np.mean(z[y == 0] > 0)))
    assert names[2] == "1% malignant" and alarms[0] > 0.75 and alarms[2] < 0.1
    truth, score = crowds[names[2]]
    assert np.mean((score > 0) == truth) < np.mean(truth == 0) - 0.05
    precision_, recall_, _ = metrics.precision_recall_curve(truth, score)
    assert precision_[recall_ > 2 / 3].max() < 0.2


def test_99_percent_is_not_99_percent():
    sure, wrong = sure_but_wrong(y, sigmoid(z))
    assert sure > 0.7 and 0.06 < wrong < 0.12
    assert sure_but_wrong(y, sigmoid(z / T))[0] < 0.2


def test_the_temperature_mends_the_certainty_and_leaves_the_ranking():
    assert 5 < T < 11 and abs(slope(1 / T, z_val, y_val)) < 1e-9
    assert cross_entropy(y, z) > 2.5 * cross_entropy(y, z / T)
    assert metrics.roc_auc_score(y, z) == metrics.roc_auc_score(y, z / T)
    assert np.array_equal(z > 0, z / T > 0)


def test_what_is_left_of_the_calibration_error_is_mostly_chance():
    rng = np.random.default_rng(1)
    errors, chances = [], []
    for p in (sigmoid(z), sigmoid(z / T)):
        errors.append(calibration_error(y, p))
        chances.append(np.mean([calibration_error(rng.random(len(p)) < p, p) for _ in range(200)]))
    assert errors[0] > errors[1] + 0.03
    assert chances[0] < errors[0] / 4 and errors[1] / 2 < chances[1]
    said, happened, count = reliability(y, sigmoid(z))
    assert said[0] < 0.02 and happened[0] > 0.1 and said[-1] > 0.98 and happened[-1] < 0.95
    assert count[0] + count[-1] > 0.8 * len(y)


def test_scaling_helps_and_early_stopping_hardly_needs_it():
    gains = []
    for seed in range(3):
        _, (zv, yv), (zt, yt) = study(seed)
        gains.append(cross_entropy(yt, zt) - cross_entropy(yt, zt / temperature(zv, yv)))
        _, (zv, yv), _ = study(seed, patience=10)
        assert 0.6 < temperature(zv, yv) < 2
    assert min(gains) > 0.1


def test_the_true_p_is_as_cheap_as_a_search_and_the_test_set_flatters():
    half, raw, calibrated, searched, illusion = np.mean(bills, axis=0)
    assert half > raw + 20 and raw > calibrated + 5 and abs(calibrated - searched) < 8
    assert 0.25 < 1 - raw / half < 0.5 and 0.35 < calibrated / half < 0.65
    assert illusion < min(calibrated, searched) - 5
    assert all(cheat <= honest for *_, honest, cheat in bills)


def test_a_p_that_is_true_here_is_too_high_where_illness_is_rarer():
    truth, score = crowds["1% malignant"]
    assert sigmoid(score / T).mean() > 5 * truth.mean()
    assert abs(sigmoid(z / T).mean() - y.mean()) < 0.06


def test_the_bootstrap_tells_honesty_apart_and_not_ranking():
    low, high = np.quantile(clouds["AUC"], [0.025, 0.975])
    assert 0.06 < high - low < 0.12 and low < area < high
    low, high = np.quantile(clouds["AUC, early minus late"], [0.025, 0.975])
    assert low < -0.005 and high > 0.005
    assert clouds["cross-entropy, early minus late"].max() < 0
    assert abs(len(np.unique(np.random.default_rng(0).integers(0, 4000, 4000))) / 4000 - (1 - np.exp(-1))) < 0.02


def test_a_careless_auc_depends_on_the_order_of_the_file():
    same = np.full(len(y), 0.5)
    assert careless_auc(y[first], same[first]) == 1 and careless_auc(y[first[::-1]], same) == 0
    assert share_of_pairs(y, same) == 0.5
    assert np.mean(p32 == 1) > 0.05
    assert careless_auc(y[first], p32[first]) > careless_auc(y[first[::-1]], p32[first[::-1]]) + 0.004
    assert abs(careless_auc(y, z) - area) < 1e-12                  # without ties it is right


def test_the_answers_to_the_questions():
    constant = np.full(len(y), y.mean())
    assert calibration_error(y, constant) < 1e-12 and metrics.roc_auc_score(y, constant) == 0.5
    assert abs(metrics.roc_auc_score(y, -z) - (1 - area)) < 1e-12


def test_f1_praises_an_alarm_for_everybody():
    assert 0.54 < three_numbers(confusion(y, z > -np.inf))[2] < 0.56
