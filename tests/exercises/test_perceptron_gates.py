"""perceptron_gates: the worked numbers, found again by other means."""

from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from nnlib.data import gates
from tests.exercises.proofs import (  # noqa: F401
    solved,
    test_it_is_proved,
    test_its_class_gets_its_marks,
    test_its_shape,
    test_other_peoples_answers_get_what_they_deserve,
    test_the_release_stops_at_the_first_open_task,
)

CORNERS = np.array(list(product((0.0, 1.0), repeat=2)))


@pytest.fixture(scope="module")
def solution():
    return solved("perceptron_gates")


def separable(X, y):
    """Whether some line has all y = 1 on one side and all y = 0 on the other: a linear programme, solved by SciPy."""
    signs = np.where(y == 1, 1.0, -1.0)[:, None]
    rows = -signs * np.column_stack([X, np.ones(len(X))])
    return linprog(np.zeros(rows.shape[1]), rows, -np.ones(len(X)), bounds=(None, None)).status == 0


def history(X, y, epochs):
    """The states (w, b) after each epoch, and its mistakes; the bias as a weight, targets as signs, whole numbers."""
    w, states, mistakes = [0] * (X.shape[1] + 1), [], []
    for _ in range(epochs):
        wrong = 0
        for row, t in zip(np.column_stack([X, np.ones(len(X))]), np.where(y == 1, 1, -1)):
            z = sum(a * c for a, c in zip(w, row))
            if (z > 0) != (t > 0):
                w, wrong = [a + t * c for a, c in zip(w, row)], wrong + 1
        states.append(w)
        mistakes.append(wrong)
    return states, mistakes


def test_the_neuron_is_the_sign_of_a_sum(solution):
    rng = np.random.default_rng(1)
    for n, d in ((1, 1), (5, 3), (7, 2)):
        X, w, b = rng.normal(size=(n, d)), rng.normal(size=d), rng.normal()
        want = [int(sum(a * c for a, c in zip(row, w)) > -b) for row in X]
        got = solution["neuron"](X, list(w), b)
        assert got.shape == (n,) and got.tolist() == want
    assert solution["neuron"](np.array([[1.0, 1.0]]), (1, 1), -2).tolist() == [0]


@pytest.mark.parametrize("name", ["AND", "OR", "NAND", "NOR"])
def test_gates_stand_noise(solution, name):
    """A weighted sum is largest and smallest at corners of the square of noise; and between them it is right, too."""
    w, b = solution["gate"](name)
    X, y = gates(name.lower())
    noise = np.vstack([list(product((-0.2, 0.2), repeat=2)), np.random.default_rng(2).uniform(-0.2, 0.2, (50, 2))])
    for off in noise:
        np.testing.assert_array_equal((X + off) @ np.array(w) + b > 0, y)


def test_what_the_text_says_of_the_gates():
    """NAND and NOR are opposites. 0.2 leaves a little room for the bias; from 0.25 on no line at all is left."""
    assert (gates("nand")[1] == 1 - gates("and")[1]).all() and (gates("nor")[1] == 1 - gates("or")[1]).all()
    for t, possible in ((0.2, True), (0.249, True), (0.251, False)):
        noise = np.array(list(product((-t, t), repeat=2)))
        X = (CORNERS[:, None] + noise).reshape(-1, 2)
        for name in ("and", "or", "nand", "nor"):
            assert separable(X, np.repeat(gates(name)[1], 4)) == possible, (name, t)


def test_the_model_answer_about_noise():
    """With weights 1 and 1: -1.5 is right up to 0.25, and no bias is at 0.25 (written in quarters, so exact)."""
    for t, biases in ((0.2499, [-1.5]), (0.25, [])):
        smallest, largest = 2 - 2 * t, 1 + 2 * t
        candidates = np.append(np.linspace(-2, -1, 1001), -1.5)
        right = {b for b in candidates if smallest + b > 0 >= largest + b}
        assert right == set(biases)


def test_xor_stands_noise(solution):
    X, y = gates("xor")
    for off in np.random.default_rng(3).uniform(-0.2, 0.2, (100, 2)):
        np.testing.assert_array_equal(solution["xor"](X + off), y)
    assert not separable(X, y)


def test_update_against_the_slope_of_the_loss(solution):
    """The rule is a step down the perceptron's loss max(0, -t z), measured by finite differences away from its kink."""
    rng = np.random.default_rng(4)
    for y, t in ((0, -1), (1, 1)):
        for _ in range(20):
            w, b, x = rng.normal(size=3), rng.normal(), rng.normal(size=3)
            both, x1 = np.append(w, b), np.append(x, 1)
            slope = [(max(0, -t * (both + e) @ x1) - max(0, -t * (both - e) @ x1)) / 2e-6 for e in 1e-6 * np.eye(4)]
            kept = w.copy(), x.copy()
            new_w, new_b = solution["update"](w, b, x, y)
            np.testing.assert_allclose(np.append(new_w, new_b), both - slope, atol=1e-8)
            assert np.array_equal(w, kept[0]) and np.array_equal(x, kept[1])


def test_train_against_whole_numbers(solution):
    """The worked numbers, and random ones, from the rule written with signs and a column of ones."""
    states, mistakes = history(np.array([[1], [2]]), np.array([0, 1]), 5)
    assert mistakes == [1, 1, 2, 1, 0] and [tuple(s) for s in states] == [(2, 1), (1, 0), (2, 0), (1, -1), (1, -1)]
    assert history(CORNERS, np.array([0, 1, 1, 0]), 6)[1] == [2, 3, 4, 4, 4, 4]
    rng = np.random.default_rng(5)
    for n, d in ((9, 2), (20, 3), (6, 5)):
        X, y = rng.integers(-5, 6, (n, d)), rng.integers(0, 2, n)
        w, b, counted = solution["train"](X, y, max_epochs=12)
        states, mistakes = history(X, y, 12)
        end = mistakes.index(0) + 1 if 0 in mistakes else 12
        assert counted == mistakes[:end]
        np.testing.assert_array_equal(np.append(w, b), states[end - 1])


def test_train_stops_where_a_line_exists(solution):
    rng = np.random.default_rng(6)
    X = rng.normal(size=(60, 4))
    y = (X @ [1, -2, 0.5, 1] > 0.3) * 1
    w, b, mistakes = solution["train"](X, y, max_epochs=1000)
    assert mistakes[-1] == 0 and 0 not in mistakes[:-1]
    np.testing.assert_array_equal(X @ w + b > 0, y)


def test_what_the_figure_shows(solution):
    """A line separates the zeros from the eights, and the rule finds it in time; none separates them from the nines."""
    for other, can in ((8, True), (9, False)):
        X, y = solution["zeros_and"](other)
        mistakes = solution["train"](X, y, max_epochs=50)[2]
        assert separable(X, y) == can and (mistakes[-1] == 0) == can
        assert len(mistakes) < 20 if can else min(mistakes) > 3
