"""Lesson 02: the turns, taken right and wrong, and what must be true when it has run."""

import numpy as np
import sympy as sp
import torch

TURNS = {
    "place": {
        "right": "def place(c, slope):\n    return slope / 0.25, -c * slope / 0.25",
        "wrong": ["def place(c, slope):\n    return slope, -slope * c",
                  "def place(c, slope):\n    w = slope / 4\n    return w, -w * c",
                  "def place(c, slope):\n    return 4 * slope, 4 * slope * c",
                  "def place(c, slope):\n    return 4 * slope, -c"],
    },
    "forward": {
        "right": "def forward(X, W1, b1, W2, b2):\n    Z = np.einsum('nd,hd->nh', X, W1) + b1\n    H = Z * (Z > 0)\n"
                 "    return H, np.einsum('nh,kh->nk', H, W2) + b2",
        "wrong": ["def forward(X, W1, b1, W2, b2):\n    H = X @ W1.T + b1\n    return H, H @ W2.T + b2",
                  "def forward(X, W1, b1, W2, b2):\n    H = relu(X @ W1.T + b1)\n    return H, relu(H @ W2.T + b2)",
                  "def forward(X, W1, b1, W2, b2):\n    H = relu(X @ W1.T) + b1\n    return H, H @ W2.T + b2",
                  "def forward(X, W1, b1, W2, b2):\n    H = relu(X @ W1 + b1)\n    return H, H @ W2 + b2"],
    },
    "bump": {
        "right": "def bump(x, left, right, k=50):\n    up = 1 / (1 + np.exp(-k * (x - left)))\n"
                 "    down = 1 / (1 + np.exp(-k * (x - right)))\n    return up - down",
        "wrong": ["def bump(x, left, right, k=50):\n    return sigmoid(k * (x - left)) + sigmoid(k * (x - right))",
                  "def bump(x, left, right, k=50):\n    return sigmoid(k * (x - right)) - sigmoid(k * (x - left))",
                  "def bump(x, left, right, k=50):\n    return sigmoid(k * x - left) - sigmoid(k * x - right)",
                  "def bump(x, left, right, k=50):\n    return sigmoid(x - left) - sigmoid(x - right)",
                  "def bump(x, left, right, k=50):\n    return sigmoid(k * (x - left)) * sigmoid(k * (right - x))"],
    },
    "fold": {
        "right": "def fold(s, m):\n    first, second = relu(s), relu(s - 0.5 * m)\n    return first - second - second",
        "wrong": ["def fold(s, m):\n    return relu(s) - relu(s - m / 2)",
                  "def fold(s, m):\n    return relu(s) - 2 * relu(s - m)",
                  "def fold(s, m):\n    return np.minimum(s, m - s)"],
    },
    "count_parameters": {
        "right": "def count_parameters(sizes):\n    total = 0\n    for d, o in zip(sizes[:-1], sizes[1:]):\n"
                 "        total += (d + 1) * o\n    return total",
        "wrong": ["def count_parameters(sizes):\n    return sum(d * o for d, o in zip(sizes, sizes[1:]))",
                  "def count_parameters(sizes):\n    return sum(d * o + d for d, o in zip(sizes, sizes[1:]))",
                  "def count_parameters(sizes):\n    return sum(d * o + 1 for d, o in zip(sizes, sizes[1:]))",
                  "def count_parameters(sizes):\n    total = 0\n    for d, o in zip(sizes, sizes[1:]):\n"
                  "        total += o * (d + 1)\n        return total"],
    },
    "softmax": {
        "right": "def softmax(Z):\n    Z = Z - np.max(Z, axis=-1)[:, None]\n"
                 "    return np.exp(Z) / np.exp(Z).sum(1)[:, None]",
        "wrong": ["def softmax(Z):\n    return np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)",
                  "def softmax(Z):\n    E = np.exp(Z - Z.max())\n    return E / E.sum(axis=1, keepdims=True)",
                  "def softmax(Z):\n    E = np.exp(Z - Z.max(axis=1, keepdims=True))\n    return E / E.sum()",
                  "def softmax(Z):\n    E = np.exp(Z - Z.max(axis=1, keepdims=True))\n    return E / E.sum(axis=0)",
                  "def softmax(Z):\n    E = np.exp(Z - Z.mean(axis=1, keepdims=True))\n"
                  "    return E / E.sum(axis=1, keepdims=True)"],
    },
}


def test_the_bias_moves_the_curve_half_as_far_to_the_left():
    assert moved == -2 and before == 0
    assert 0.2499 < nudged.max() <= 0.25 + 1e-9


def test_a_placed_neuron_is_where_it_was_ordered():
    w, b = place(2.0, 1.0)
    assert abs(sigmoid(2 * w + b) - 0.5) < 1e-12
    assert abs((sigmoid((2 + 1e-5) * w + b) - sigmoid((2 - 1e-5) * w + b)) / 2e-5 - 1) < 1e-6


def test_the_small_network_computes_xor_and_two_inputs_look_alike():
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    H, Y = forward(X, np.ones((2, 2)), np.array([0, -1]), np.array([[1, -2]]), np.array([0]))
    assert Y[:, 0].tolist() == [0, 1, 1, 0] and H[1].tolist() == H[2].tolist() == [1, 0]


def test_without_activations_three_numbers_are_left():
    assert sorted(y_hat.monoms()) == [(0, 0), (0, 1), (1, 0)]
    letters = set().union(*(c.free_symbols for c in y_hat.coeffs()))
    assert len(letters) == 25 and all(isinstance(letter, sp.Symbol) for letter in letters)


def test_the_triangle_is_one():
    assert answer_at(0.5, 0.5) == 1 and answer_at(0, 1.9) > 0.5 and answer_at(-0.95, 0.05) > 0.5
    assert answer_at(1, 1) < 0 and answer_at(0, -0.1) < 0.5 and answer_at(0, 2.1) < 0.5


def answer_at(*point):
    return forward(np.array([point]), W1, b1, W2, b2)[1][0, 0]


def test_bumps_gain_four_times_and_straight_pieces_sixteen_times():
    assert 3.5 < ratios["from_bumps"] < 4.5 and 14 < ratios["from_kinks"] < 18
    for n in (10, 40, 160):
        assert np.abs(from_kinks(x, n) - target(x)).max() < 0.5 * np.abs(from_bumps(x, n) - target(x)).max()


def test_parity_takes_twenty_units():
    assert np.array_equal(answer, ones % 2) and units == 20 and pieces == 1024
    bits = np.random.default_rng(0).integers(0, 2, (200, 1024))
    assert parity(ones[:17], 16)[1] == 8                        # as one question at the end says
    assert np.array_equal(parity(bits.sum(axis=1), 1024)[0], bits.sum(axis=1) % 2)


def test_random_networks_have_about_as_many_pieces_as_units():
    assert sorted(pieces_of) == [1, 3, 6] and all(40 < mean < 75 for mean in pieces_of.values())


def test_the_counts_are_those_of_the_design():
    architectures = ([784, 256, 128, 10], [784, 128, 64, 32, 16, 10], [784, 512, 10], [784, 128, 10])
    assert [count_parameters(sizes) for sizes in architectures] == [235_146, 111_514, 407_050, 101_770]
    assert count_parameters([784, 128]) / 111_514 >= 0.9 and count_parameters([784, 512]) / 407_050 >= 0.9
    assert count_parameters([64, 32, 16, 10]) < 3000
    assert difference < 1e-12


def test_the_naive_softmax_breaks_and_the_mended_one_does_not():
    with np.errstate(all="ignore"):
        assert np.isnan(naive_softmax(scores + 1000)).all()
    assert np.allclose(naive_softmax(scores + 100), naive_softmax(scores))
    assert np.allclose(p, torch.softmax(torch.tensor(shifted), dim=1)) and np.allclose(p.sum(axis=1), 1)
