"""Lesson 08: the turns, taken right and wrong, and what must be true when it has run."""

import numpy as np

TURNS = {
    "lowest": {
        "right": "def lowest(K):\n    return np.log1p((K - 1) / np.e)",
        "wrong": ["def lowest(K):\n    return 0.0",
                  "def lowest(K):\n    return np.log(np.exp(1) + K - 1)",
                  "def lowest(K):\n    return np.log(np.exp(1) + K) - 1",
                  "def lowest(K):\n    return np.log(K)"],
    },
    "prepare": {
        "right": "def prepare(train, test):\n"
                 "    def one(part):\n"
                 "        z = (part - np.nanmean(train, 0)) / np.nanstd(train, 0)\n"
                 "        return np.concatenate([np.nan_to_num(z), np.isnan(part).astype(float)], axis=1)\n"
                 "    return one(train), one(test)",
        "wrong": [
            "def prepare(train, test):\n    prepared = []\n    for part in (train, test):\n"
            "        z = (part - np.nanmean(part, axis=0)) / np.nanstd(part, axis=0)\n"
            "        prepared.append(np.hstack([np.nan_to_num(z), np.isnan(part)]))\n"
            "    return prepared",
            "def prepare(train, test):\n    prepared = []\n    for part in (train, test):\n"
            "        z = (np.nan_to_num(part) - np.nanmean(train, axis=0)) / np.nanstd(train, axis=0)\n"
            "        prepared.append(np.hstack([np.where(np.isnan(part), 0, z), ~np.isnan(part)]))\n"
            "    return prepared",
            "def prepare(train, test):\n    prepared = []\n    for part in (train, test):\n"
            "        z = (part - np.nanmean(train, axis=0)) / np.nanstd(train, axis=0)\n"
            "        prepared.append(np.nan_to_num(z))\n"
            "    return prepared",
            "def prepare(train, test):\n    prepared = []\n    for part in (train, test):\n"
            "        z = np.nan_to_num((part - np.nanmean(train, axis=0)) / np.nanstd(train, axis=0))\n"
            "        prepared.append(np.hstack([z, np.isnan(z)]))\n"
            "    return prepared",
        ]},
    "range_test": {
        "right": "def range_test(step, low, high, T):\n"
                 "    losses = []\n"
                 "    for lr in np.geomspace(low, high, T):\n"
                 "        loss = step(lr)\n"
                 "        losses.append(loss)\n"
                 "        if np.isnan(loss) or loss >= 4 * min(losses):\n"
                 "            break\n"
                 "    return np.geomspace(low, high, T)[:len(losses)], losses",
        "wrong": [
            "def range_test(step, low, high, T):\n    rates, losses = [], []\n    for t in range(T):\n"
            "        rates.append(low + (high - low) * t / (T - 1))\n        losses.append(step(rates[-1]))\n"
            "        if not losses[-1] < 4 * min(losses):\n            break\n    return rates, losses",
            "def range_test(step, low, high, T):\n    rates, losses = [], []\n    for t in range(T):\n"
            "        rates.append(low * (high / low)**(t / T))\n        losses.append(step(rates[-1]))\n"
            "        if not losses[-1] < 4 * min(losses):\n            break\n    return rates, losses",
            "def range_test(step, low, high, T):\n    rates, losses = [], []\n    for t in range(T):\n"
            "        rates.append(low * (high / low)**(t / (T - 1)))\n        losses.append(step(rates[-1]))\n"
            "        if losses[-1] > 4 * min(losses):\n            break\n    return rates, losses",
            "def range_test(step, low, high, T):\n    rates = [low * (high / low)**(t / (T - 1)) for t in range(T)]\n"
            "    return rates, [step(lr) for lr in rates]",
            "def range_test(step, low, high, T):\n    rates, losses = [], []\n    for t in range(T):\n"
            "        rates.append(low * (high / low)**(t / (T - 1)))\n        losses.append(step(rates[-1]))\n"
            "        if not losses[-1] < 4 * losses[0]:\n            break\n    return rates, losses",
            "def range_test(step, low, high, T):\n    rates, losses, lr = [], [], low\n    for t in range(T):\n"
            "        lr *= (high / low)**(1 / (T - 1))\n        rates.append(lr)\n        losses.append(step(lr))\n"
            "        if not losses[-1] < 4 * min(losses):\n            break\n    return rates, losses",
        ]},
    "plateau_rates": {
        "right": "def plateau_rates(losses, lr, factor, patience):\n"
                 "    rates, start = [], 0\n"
                 "    for i, loss in enumerate(losses):\n"
                 "        if i == 0 or loss < min(losses[:i]):\n"
                 "            start = i + 1\n"
                 "        elif i + 1 - start > patience:\n"
                 "            lr, start = lr * factor, i + 1\n"
                 "        rates.append(lr)\n"
                 "    return rates",
        "wrong": [
            "def plateau_rates(losses, lr, factor, patience):\n    best, bad, rates = np.inf, 0, []\n"
            "    for loss in losses:\n        bad = 0 if loss < best else bad + 1\n        best = min(best, loss)\n"
            "        if bad >= patience:\n            lr, bad = lr * factor, 0\n        rates.append(lr)\n"
            "    return rates",
            "def plateau_rates(losses, lr, factor, patience):\n    best, bad, rates = np.inf, 0, []\n"
            "    for loss in losses:\n        bad = 0 if loss < best else bad + 1\n        best = min(best, loss)\n"
            "        if bad > patience:\n            lr = lr * factor\n        rates.append(lr)\n"
            "    return rates",
            "def plateau_rates(losses, lr, factor, patience):\n    best, bad, rates = np.inf, 0, []\n"
            "    for loss in losses:\n        bad = 0 if loss < best else bad + 1\n        best = loss\n"
            "        if bad > patience:\n            lr, bad = lr * factor, 0\n        rates.append(lr)\n"
            "    return rates",
            "def plateau_rates(losses, lr, factor, patience):\n    best, bad, rates = np.inf, 0, []\n"
            "    for loss in losses:\n        rates.append(lr)\n"
            "        bad = 0 if loss < best else bad + 1\n        best = min(best, loss)\n"
            "        if bad > patience:\n            lr, bad = lr * factor, 0\n    return rates",
            "def plateau_rates(losses, lr, factor, patience):\n    best, bad, rates = np.inf, 0, []\n"
            "    for loss in losses:\n        bad = 0 if loss <= best else bad + 1\n        best = min(best, loss)\n"
            "        if bad > patience:\n            lr, bad = lr * factor, 0\n        rates.append(lr)\n"
            "    return rates",
        ]},
}


def test_the_first_loss_measures_the_scores():
    def excess(scale):
        z = [fresh_scores(scale, seed) for seed in range(20)]
        return np.mean([criterion(scores, y_train) for scores in z]) - np.log(10), 0.45 * np.var(z)
    small, medium, large = excess(1), excess(16), excess(255)
    assert small[0] < 0.02 and abs(small[0] - small[1]) < 0.003 and abs(medium[0] / medium[1] - 1) < 0.2
    assert 25 < large[0] < 70 and large[1] > 3 * large[0]


def test_the_cases_lie_where_the_words_say():
    assert list(CASES.values()) == ["an optimizer with other weights", "dead units", "old gradients",
                                    "a missing value", "a softmax too many", "shuffled labels"]
    levels = {case: (log[0], val_losses, right, off) for case, (log, val_losses, right, off) in runs.items()}
    for case in "AB":
        assert np.abs(levels[case][0][100:].mean() - np.log(10)) < 0.05 and max(levels[case][2]) < 0.25
    (_, gradient, step), _, _, _ = runs["A"]
    assert (step == 0).all() and gradient[-1] > 100 * gradient[0] and (np.diff(gradient) > 0).mean() > 0.9
    (loss, gradient, step), _, _, off = runs["B"]
    assert loss[0] > 20 and off == 128 and (gradient[100:] == 0).all() and (step[100:] == 0).all()
    (loss, gradient, _), _, right, off = runs["C"]
    assert loss[:40].min() < 1.2 and loss[-300:].mean() > 3 and gradient[-1] > 10 * gradient[0] and off > 100
    assert loss[3:9].mean() < runs["healthy"][0][0, 3:9].mean() - 0.15
    net, optimizer, *_ = scene()
    optimizer.lr = 30.0                                       # far too large: it hurts at once
    assert max(take_step(net, optimizer, x_train[:32], y_train[:32]) for _ in range(5)) > 3
    (loss, gradient, _), _, _, _ = runs["D"]
    first = np.isnan(loss).argmax()
    assert 3 < first < 36 and np.isnan(loss[first:]).all() and gradient[:first].max() < 5 * gradient[0]


def test_two_that_learn_something():
    (loss, _, _), val_losses, right, _ = runs["E"]
    assert min(right) > 0.9 and lowest(10) < loss.min() and 1.46 < loss[-100:].mean() < 1.6
    (loss, _, _), val_losses, right, _ = runs["F"]
    assert loss[-100:].mean() < 2.1 and val_losses[-1] > 2.5 and right[0] > 0.3 and right[1] < 0.2
    labels = scene("shuffled labels")[3]
    assert (labels == y_train).mean() < 0.15 and (labels == y_train)[:10].mean() < 0.25
    assert runs["healthy"][2][0] > 0.99 and runs["healthy"][2][1] > 0.94


def test_four_tests_catch_five_faults_and_nothing_healthy():
    assert all(verdicts["None"].values()) and all(verdicts["shuffled labels"].values())
    caught = {fault: {name for name, ok in verdict.items() if not ok} for fault, verdict in verdicts.items()}
    assert caught["old gradients"] == {"twice"} and caught["a softmax too many"] == {"one batch"}
    assert caught["an optimizer with other weights"] == {"twice", "one batch"}
    assert caught["dead units"] == {"look", "start", "one batch"} and caught["a missing value"] == {"look", "start"}


def test_a_mark_pays_where_holes_are_no_chance():
    for by_chance in (True, False):
        drop, fill, mark = np.mean([remedies(by_chance, seed) for seed in range(5)], axis=0)
        assert abs(mark - fill) < 1.5 if by_chance else mark > fill + 1.2 and mark > drop + 1.2


def test_leaks_in_points():
    means = points.mean(axis=0)
    assert abs(means[0]) < 1.2 and means[1] > 3.5 and means[2] > 10


def test_the_lengths_need_scaling_and_decay():
    share = {name: values / values.sum() for name, values in lengths.items()}
    assert share["raw"][3] > share["the rule"][3] + 0.05
    assert 0.08 < share["scaled"][0] < 0.18 and share["scaled, decay"][0] < 0.04
    assert np.ptp(share["scaled"]) < 0.7 * np.ptp(share["the rule"])
    assert np.abs(share["scaled, decay"] - share["the rule"]).max() < 0.06


def test_the_range_test_shows_the_best_rate():
    assert min(ends, key=ends.get) in (0.3, 1) and ends[1] < 0.25 and ends[3] > 2 and ends[10] > 2
    assert ends[0.003] > 2 and ends[0.3] < 0.4
    for rates, losses in sweeps:
        assert 0.5 < rates[np.argmin(losses)] < 3 and 1 < rates[-1] < 6 and losses[-1] > 4
        assert abs(np.mean(losses[:30]) - np.log(10)) < 0.1


def test_the_plateau_calms_the_run():
    constant, plateau = histories["constant"], histories["plateau"]
    assert np.mean(plateau.val_loss[-10:]) < np.mean(constant.val_loss[-10:]) - 0.02
    assert np.ptp(plateau.val_loss[-10:]) < 0.2 * np.ptp(constant.val_loss[-10:])
    assert set(constant.lr) == {2.0} and plateau.lr[-1] < 0.05
    assert np.ceil(np.log(0.05) / np.log(0.95)) == 59


def test_chance_is_steadier_than_a_grid():
    best = {name: np.array([min(errors) for _, errors in found]) for name, found in rounds.items()}
    assert best["random"].mean() < best["grid"].mean() - 0.03
    assert best["random"].max() < 0.4 < best["grid"].max() and best["grid"].min() < 0.15


def test_shuffled_labels_unmask_the_choice():
    leaky, honest = (np.mean([claims(leaky, seed) for seed in range(8)], axis=0) for leaky in (True, False))
    assert leaky[0] > 78 and 70 < leaky[1] < 82 and abs(honest[1] - 50) < 5 and honest[0] < leaky[0] - 15
