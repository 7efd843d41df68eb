"""Lesson 01: the turns, taken right and wrong, and what must be true when it has run."""
from itertools import pairwise

import numpy as np

TURNS = {
    "gate": {
        "right": "def gate(name):\n    if name == 'NOT':\n        return np.array([-2, 0]), 1\n"
                 "    return ([3, 3], -1) if name == 'OR' else ([2, 2], -3) if name == 'AND' else ([-2, -2], 3)",
        "wrong": [
            "def gate(name):\n    return {'AND': ((1, 1), -1.5), 'OR': ((1, 1), -1.5), 'NAND': ((-1, -1), 1.5),"
            " 'NOT': ((-1, 0), 0.5)}[name]",
            "def gate(name):\n    return {'AND': ((1, 1), -1.5), 'OR': ((1, 1), -0.5), 'NAND': ((-1, -1), 0.5),"
            " 'NOT': ((-1, 0), 0.5)}[name]",
            "def gate(name):\n    return {'AND': ((1, 1), -1.5), 'OR': ((1, 1), -0.5), 'NAND': ((-1, -1), 1.5),"
            " 'NOT': ((-1, 0), 0)}[name]",
            "def gate(name):\n    return {'AND': ((1, 1), -1.5), 'OR': ((1, 1), -0.5), 'NAND': ((-1, -1), -1.5),"
            " 'NOT': ((-1, 0), 0.5)}[name]",
            "def gate(name):\n    return {'AND': ((1, 1), -1.5), 'OR': ((1, 1), 0), 'NAND': ((-1, -1), 2),"
            " 'NOT': ((0, -1), 1)}[name]",
        ],
    },
    "correct": {
        "right": "def correct(w, b, x, y):\n    y_hat = step(x @ w + b)\n"
                 "    if y > y_hat:\n        return w + x, b + 1\n"
                 "    if y < y_hat:\n        return w - x, b - 1\n    return w, b",
        "wrong": [
            "def correct(w, b, x, y):\n    y_hat = step(x @ w + b)\n    return w - (y - y_hat) * x, b - (y - y_hat)",
            "def correct(w, b, x, y):\n    y_hat = step(x @ w + b)\n    return w + (y - y_hat) * x, b",
            "def correct(w, b, x, y):\n    t = 2 * y - 1\n    return w + t * x, b + t",
            "def correct(w, b, x, y):\n    y_hat = step(x @ w + b)\n"
            "    return w + y * (y - y_hat) * x, b + y * (y - y_hat)",
            "def correct(w, b, x, y):\n    y_hat = step(x @ w + b)\n    w += (y - y_hat) * x\n"
            "    return w, b + y - y_hat",
            "def correct(w, b, x, y):\n    error = y - step(x @ w + b)\n    return w + error, b + error",
            "def correct(w, b, x, y):\n    error = y != step(x @ w + b)\n    return w + error * x, b + error",
        ],
    },
    "xor_net": {
        "right": "def xor_net(x):\n    neither = neuron(x, (-1, -1), 0.5)\n    both = neuron(x, (1, 1), -1.5)\n"
                 "    return neuron(np.column_stack([neither, both]), (-1, -1), 0.5)",
        "wrong": [
            "def xor_net(x):\n    h = np.stack([neuron(x, *gate('OR')), neuron(x, *gate('NAND'))], axis=1)\n"
            "    return neuron(h, *gate('OR'))",
            "def xor_net(x):\n    h = np.stack([neuron(x, *gate('OR')), neuron(x, *gate('AND'))], axis=1)\n"
            "    return neuron(h, *gate('AND'))",
            "def xor_net(x):\n    h = np.stack([neuron(x, *gate('OR')), neuron(x, *gate('NAND'))], axis=1)\n"
            "    return neuron(h, *gate('NAND'))",
            "def xor_net(x):\n    h1, h2 = neuron(x, *gate('OR')), neuron(x, *gate('NOT'))\n"
            "    return neuron(np.stack([h1, h2], axis=1), *gate('AND'))",
        ],
    },
    "asymmetry": {
        "right": "def asymmetry(pictures):\n    turned = np.flip(pictures, axis=2)\n"
                 "    return np.array([np.mean(np.abs(p - t)) for p, t in zip(pictures, turned)])",
        "wrong": [
            "def asymmetry(pictures):\n    return abs(pictures - pictures[:, ::-1]).mean(axis=(1, 2))",
            "def asymmetry(pictures):\n    return (pictures - pictures[:, :, ::-1]).mean(axis=(1, 2))",
            "def asymmetry(pictures):\n    return abs(pictures - pictures[:, :, ::-1]).mean()",
            "def asymmetry(pictures):\n    return abs(pictures - pictures[:, :, ::-1]).sum(axis=(1, 2))",
            "def asymmetry(pictures):\n    return ((pictures - pictures[:, :, ::-1]) ** 2).mean(axis=(1, 2))",
            "def asymmetry(pictures):\n    return abs(pictures - pictures[::-1]).mean(axis=(1, 2))",
        ],
    },
}


def test_the_rule_learns_all_cards_from_twenty_mistakes_in_any_order():
    assert cards.shape == (9920, 64) and len(np.unique(cards, axis=0)) == 9920
    assert (neuron(cards, *last(history)) == sides).all()
    assert set(np.unique(history[:, -1])) == {0, 1}
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(9920)
        assert len(learn(cards[order], sides[order])) - 1 == 20


def test_the_bound_holds():
    assert 28 < bound(with_one(cards), 2 * sides - 1, u) < 29
    assert all(c <= a for c, a in zip(counted, allowed)) and min(counted) > 0
    assert np.mean([c < a / 10 for c, a in zip(counted, allowed)]) > 0.5
    assert np.allclose(history @ u / 8, 3 / 8 * np.arange(21))


def test_three_neurons_share_a_rule_and_one_never_rests():
    step_sums, sigmoid_sums, identity_sums = trace.values()
    assert max(step_sums) - min(step_sums) > 100
    assert np.ptp(sigmoid_sums) < 0.01 and np.ptp(identity_sums) < 0.01
    assert abs(sigmoid_sums[-1] - malignant.sum()) < 0.01 and abs(identity_sums[-1] - malignant.sum()) < 0.01
    assert abs(ours.w[0] - theirs.weight.item()) < 1e-9 and abs(ours.b - theirs.bias.item()) < 1e-9
    line = np.linalg.lstsq(with_one((radius - radius.mean()) / radius.std()), malignant, rcond=None)[0]
    assert np.allclose(np.append(neurons[2].w, neurons[2].b), line, atol=1e-6)


def test_xor_runs_in_a_circle_and_every_point_is_wrong_in_turn():
    assert back_again
    blamed = [abs(b - a)[:2].tolist() for a, b in pairwise(loop)]
    assert blamed == corners.tolist()
    assert [len(learn(corners, xor, n)) for n in (3, 4, 5, 100)] == [10, 14, 18, 398]


def test_features_mend_what_a_line_cannot():
    assert 0.64 < best < 0.74
    assert (neuron(add_product(corners), *last(xor_path)) == xor).all()
    assert (neuron(add_squares(rings), *last(ring_path)) == inner).all()


def test_digits_are_as_far_apart_as_in_ten_dimensions():
    assert ratio[2] < 0.1 and 0.2 < ratio[10] < 0.4 and 0.2 < real < 0.4
    assert 0.55 < ratio[64] < 0.75 < 0.85 < ratio[1000]


def test_learned_features_beat_pixels_and_pixels_beat_two_by_hand():
    by_hand_right, pixels_right, learned_right = scores.values()
    assert 0.5 < by_hand_right < 0.65 and 0.85 < pixels_right < 0.94 and learned_right > max(0.94, pixels_right + 0.03)


def test_without_a_bias_only_or_is_left():
    for name in ("and", "or", "nand", "nor"):
        truth = data.gates(name)[1]
        for rounds in (100, 101):
            wrong = (step(corners @ learn_without_bias(corners, truth, rounds)) != truth).any()
            assert wrong == (name != "or")
        assert (step(with_one(corners) @ learn_without_bias(with_one(corners), truth)) == truth).all()


def test_a_learning_rate_changes_no_decision():
    weights, bias, mistakes = np.zeros(64), 0.0, 0
    for _ in range(3):
        for card, side in zip(cards, sides):
            error = side - step(card @ weights + bias)
            mistakes += abs(error)
            weights, bias = weights + error * card / 1024, bias + error / 1024
    assert mistakes == 20
