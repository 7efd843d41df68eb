"""Lesson 11: the turns, taken right and wrong, and what must be true when it has run."""

import numpy as np

TURNS = {
    "slide": {
        "right": "def slide(x, w):\n    return np.convolve(x, w[::-1], 'valid')",
        "wrong": [
            "def slide(x, w):\n    return np.convolve(x, w, 'valid')",
            "def slide(x, w):\n    return np.convolve(x, w[::-1], 'valid')[:-1]",
            "def slide(x, w):\n    return np.convolve(x, w[::-1], 'full')",
        ]},
    "slide_back": {
        "right": "def slide_back(g, w, n):\n"
                 "    dx = [0.0] * n\n"
                 "    for i, blame in enumerate(g):\n"
                 "        for u, weight in enumerate(w):\n"
                 "            dx[i + u] += blame * weight\n"
                 "    return np.array(dx)",
        "wrong": [
            "def slide_back(g, w, n):\n"
            "    dx = np.zeros(n)\n"
            "    for i in range(len(g)):\n"
            "        dx[i:i + len(w)] = g[i] * w\n"
            "    return dx",
            "def slide_back(g, w, n):\n    return np.convolve(g, w[::-1])",
            "def slide_back(g, w, n):\n    return np.convolve(g, w, 'valid')",
            "def slide_back(g, w, n):\n"
            "    dx = np.zeros(n)\n"
            "    for i, blame in enumerate(g):\n"
            "        for u in range(len(w)):\n"
            "            dx[i + u] += blame\n"
            "    return dx",
        ]},
    "receptive_field": {
        "right": "def receptive_field(layers):\n"
                 "    width = 1\n"
                 "    for kernel, stride in reversed(layers):\n"
                 "        width = (width - 1) * stride + kernel\n"
                 "    return width",
        "wrong": [
            "def receptive_field(layers):\n    return 1 + sum(kernel - 1 for kernel, stride in layers)",
            "def receptive_field(layers):\n    return sum(kernel for kernel, stride in layers)",
            "def receptive_field(layers):\n"
            "    width, step = 1, 1\n"
            "    for kernel, stride in layers:\n"
            "        step *= stride\n"
            "        width += (kernel - 1) * step\n"
            "    return width",
        ]},
    "fool": {
        "right": "def fool(x, slope, eps):\n"
                 "    step = eps * ((slope > 0) * 1.0 - (slope < 0))\n"
                 "    return np.minimum(np.maximum(x + step, 0), 1)",
        "wrong": [
            "def fool(x, slope, eps):\n    return np.clip(x - eps * np.sign(slope), 0, 1)",
            "def fool(x, slope, eps):\n    return x + eps * np.sign(slope)",
            "def fool(x, slope, eps):\n    return np.clip(x + eps * slope, 0, 1)",
        ]},
}


def test_the_reader_reads():
    assert share_right(reader, x_new, y_new) >= 0.97
    assert all(np.any(p.grad != 0) for p in reader.parameters())        # every filter was trained


def test_shuffling_costs_a_network_that_sees_and_no_other():
    assert abs(as_they_are - mixed_up) < 0.04
    assert small - mixed > 0.04 and small > as_they_are + 0.03


def test_filters_learn_shapes_better_than_a_dense_network_that_practises_longer():
    assert share_right(little, new_shapes, new_kinds) > 0.97 > 0.94 > share_right(plain, new_shapes, new_kinds)


def test_skips_train_what_plain_layers_do_not():
    assert curves["with skips"][-1] < 0.5 * curves["plain"][-1]


def test_learned_filters_are_worth_more_than_fifteen_images():
    assert np.mean(right["frozen"]) > np.mean(right["from scratch"]) + 0.01
    assert abs(np.mean(right["then unfrozen"]) - np.mean(right["frozen"])) < 0.03


def test_the_gradient_fools_and_noise_does_not():
    assert fooled < 0.6 < 0.9 < noisy
    assert min(lowest) < 0.7


def test_one_number_sees_what_the_formula_says():
    for depth, view in views.items():
        for axis in (0, 1):
            assert np.any(view != 0, axis=axis).sum() == receptive_field(layers[:depth])


def test_equivariant_not_invariant():
    old, new = maps(digit), maps(moved)
    assert difference(new, np.roll(old, 3, axis=3)) == 0 < 1 < difference(new, old)


def test_it_says_the_same_twice():
    again = fitted(dense(), x[:1000], y[:1000], 6)
    assert share_right(again, x_new, y_new) == as_they_are
