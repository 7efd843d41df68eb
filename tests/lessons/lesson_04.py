"""Lesson 04: the turns, taken right and wrong, and what must be true when it has run."""

import numpy as np

TURNS = {
    "shared_slope": {
        "right": "def shared_slope(w, x):\n    return 3 * w**2 * x",
        "wrong": ["def shared_slope(w, x):\n    return w * w * x", "def shared_slope(w, x):\n    return 3 * w * x"],
    },
    "leaky_std": {
        "right": "def leaky_std(n, a):\n    return np.sqrt(2 / n / (1 + a * a))",
        "wrong": ["def leaky_std(n, a):\n    return 2 / (n * (1 + a**2))",
                  "def leaky_std(n, a):\n    return (2 / n) ** 0.5",
                  "def leaky_std(n, a):\n    return (2 / (n * (1 + a))) ** 0.5",
                  "def leaky_std(n, a):\n    return np.sqrt((1 + a**2) / 2 / n)"],
    },
    "back_one_layer": {
        "right": "def back_one_layer(delta_above, W_above, z):\n"
                 "    return np.einsum('no,oh->nh', delta_above, W_above) * np.where(z > 0, 1, 0)",
        "wrong": ["def back_one_layer(delta_above, W_above, z):\n    return delta_above @ W_above",
                  "def back_one_layer(delta_above, W_above, z):\n    return (delta_above @ W_above) * np.maximum(z, 0)",
                  "def back_one_layer(delta_above, W_above, z):\n    return (delta_above @ W_above.T) * (z > 0)"],
    },
}


def test_the_far_weight_moves_the_answer_more():
    assert abs(dw1) > abs(dw2) and dw1 < 0 and dw2 < 0
    assert 0.4 < 1 - L_new / 0.0128 < 0.5                    # almost halved


def test_nudges_cost_thousands_of_times_more():
    count, forward, both, nudges = races[-1]
    assert count == 9610 and nudges / both > 2000


def test_ten_saturated_sigmoids_leave_a_ten_billionth():
    assert abs(blame_left - 1.63e-10) < 0.01e-10


def test_high_rates_kill():
    dead = {lr: (~active.any(axis=0)).sum() for lr, active in on.items()}
    assert dead[0.5] <= 8 < dead[1.5] < 30 <= dead[3]


def test_sizes_through_thirty_layers():
    forth, back = sizes["sigmoid, Xavier"]
    assert min(forth) > 0.3 and back[0] < 1e-15
    assert all(0.2 < size < 5 for way in sizes["ReLU, He"] for size in way)
    assert sizes["ReLU, std 0.2"][0][-1] > 1e9 and sizes["ReLU, Xavier"][0][-1] < 1e-3


def test_three_layers_agree_with_pytorch():
    for ours, theirs in zip(grads, tensors):
        assert np.abs(ours - theirs.grad.numpy()).max() < 1e-12


def test_ones_from_above_do_not_see_the_broken_softmax():
    ones = np.ones((3, 5))
    upstream = rng.standard_normal((3, 5))
    assert small_check(BrokenSoftmax(), scores, ones) < 1e-9
    assert small_check(BrokenSoftmax(), scores, upstream) > 1e-3
    assert small_check(nn.Softmax(), scores, upstream) < 1e-8
