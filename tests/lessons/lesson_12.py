"""Lesson 12: the turns, taken right and wrong, and what must be true when it has run."""

import numpy as np

TURNS = {
    "read": {
        "right": "def read(xs, w, u):\n"
                 "    out = np.zeros(len(xs))\n"
                 "    for t in range(len(xs)):\n"
                 "        old = out[t - 1] if t else 0\n"
                 "        out[t] = np.tanh(old * u + xs[t] * w)\n"
                 "    return out",
        "wrong": [
            "def read(xs, w, u):\n    return np.tanh(w * xs)",
            "def read(xs, w, u):\n"
            "    states, h = [], 0.0\n"
            "    for x in xs:\n"
            "        h = np.tanh(u * x + w * h)\n"
            "        states.append(h)\n"
            "    return np.array(states)",
            "def read(xs, w, u):\n"
            "    h = 0.0\n"
            "    for x in xs:\n"
            "        h = np.tanh(w * x + u * h)\n"
            "    return h",
        ]},
    "through_time": {
        "right": "def through_time(xs, w, u):\n"
                 "    h = hw = hu = 0.0\n"
                 "    for x in xs:                      # forward mode: carry the slopes along\n"
                 "        new = np.tanh(w * x + u * h)\n"
                 "        hw, hu = (1 - new**2) * (x + u * hw), (1 - new**2) * (h + u * hu)\n"
                 "        h = new\n"
                 "    return hw, hu",
        "wrong": [
            "def through_time(xs, w, u):\n"
            "    before, d = np.append(0.0, read(xs, w, u)), 1.0\n"
            "    for t in reversed(range(len(xs))):\n"
            "        dz = d * (1 - before[t + 1]**2)\n"
            "        dw, du = dz * xs[t], dz * before[t]\n"
            "        d = dz * u\n"
            "    return dw, du",
            "def through_time(xs, w, u):\n"
            "    before = np.append(0.0, read(xs, w, u))\n"
            "    dz = 1 - before[-1]**2\n"
            "    return dz * xs[-1], dz * before[-2]",
            "def through_time(xs, w, u):\n"
            "    before, dw, du, d = np.append(0.0, read(xs, w, u)), 0.0, 0.0, 1.0\n"
            "    for t in reversed(range(len(xs))):\n"
            "        dz = d * (1 - before[t + 1]**2)\n"
            "        dw, du = dw + dz * xs[t], du + dz * before[t]\n"
            "        d = dz\n"
            "    return dw, du",
            "def through_time(xs, w, u):\n"
            "    before, dw, du, d = np.append(0.0, read(xs, w, u)), 0.0, 0.0, 1.0\n"
            "    for t in reversed(range(len(xs))):\n"
            "        dw, du = dw + d * xs[t], du + d * before[t]\n"
            "        d = d * u\n"
            "    return dw, du",
        ]},
    "survives": {
        "right": "def survives(bias, T):\n    return np.exp(-T * np.log1p(np.exp(-bias)))",
        "wrong": [
            "def survives(bias, T):\n    return (1 - sigmoid(bias)) ** T",
            "def survives(bias, T):\n    return sigmoid(bias) * T",
            "def survives(bias, T):\n    return sigmoid(bias * T)",
            "def survives(bias, T):\n    return sigmoid(bias)",
        ]},
}


def test_open_gates_remember_and_the_plain_cell_does_not():
    assert answers["LSTM, bias 3"][-1] > 0.97 and answers["GRU"][-1] > 0.97
    assert answers["RNN"][-1] < 0.4


def test_the_forget_bias_decides_whether_it_learns_in_time():
    assert answers["LSTM, bias 3"][5] > 0.9 > 0.5 > answers["LSTM, bias 0"][5]


def test_a_unit_opens_for_the_mark_and_keeps_what_it_wrote():
    assert opened[marked].mean() > opened[~marked].mean()
    assert contrast[unit] > 0.3 and still > 0.3


def test_the_lstm_beats_the_bigram():
    assert lstm_bits < bigram - 0.4 < np.log2(K)


def test_free_running_loses_its_way():
    assert forced[0] == free[0]
    assert free[-10:].mean() < 0.5 * forced[-10:].mean()


def test_blame_vanishes_and_explodes():
    assert sizes[0.9][-1] < 0.01 < 5 < sizes[1.1][-1]
    assert norm > 1000 and clipped <= 1 + 1e-9


def test_it_says_the_same_twice():
    assert trained("GRU")[1] == answers["GRU"]
