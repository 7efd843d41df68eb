"""xor: the worked numbers, found again by other means."""

from math import comb

import numpy as np
import pytest
import torch

from autograder.marking.exercise import solution_notebook
from tests.exercises.proofs import (  # noqa: F401
    solved,
    test_it_is_proved,
    test_its_class_gets_its_marks,
    test_its_shape,
    test_other_peoples_answers_get_what_they_deserve,
    test_the_release_stops_at_the_first_open_task,
)


@pytest.fixture(scope="module")
def names():
    return solved("xor")


def drawn(seed=0):
    """Parameters, none of them zero."""
    rng = np.random.default_rng(seed)
    shapes = {"W1": (4, 2), "b1": 4, "W2": (1, 4), "b2": 1}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def pytorchs(params, X):
    """The answers of a tanh network, in tensors."""
    hidden = torch.tanh(torch.nn.functional.linear(X, params["W1"], params["b1"]))
    return torch.nn.functional.linear(hidden, params["W2"], params["b2"])


def as_tensors(params):
    return {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}


def right(probabilities, y):
    return bool(((probabilities > 0.5) == (y == 1)).all() and (probabilities != 0.5).all())


def test_forward_is_pytorchs(names):
    X = np.random.default_rng(1).normal(size=(7, 2))
    theirs = torch.sigmoid(pytorchs(as_tensors(drawn()), torch.tensor(X))).detach().numpy()
    np.testing.assert_allclose(names["forward"](drawn(), X), theirs)


@pytest.mark.parametrize("activation", [np.tanh, lambda z: np.maximum(z, 0), np.cos, np.square])
def test_the_examples_of_forward_hold_for_every_activation(names, activation):
    def forward(params, X):
        return 1 / (1 + np.exp(-(activation(X @ params["W1"].T + params["b1"]) @ params["W2"].T + params["b2"])))

    def decision_grid(params, n=50):
        s = np.linspace(-0.5, 1.5, n)
        return np.array([[forward(params, np.array([[x1, x2]]))[0, 0] for x1 in s] for x2 in s])

    cells = solution_notebook("xor").cells
    examples = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in cells}
    for task in ("test-forward", "test-decision-grid"):
        exec(examples[task], names | {"forward": forward, "decision_grid": decision_grid})


def test_the_given_sigmoid(names):
    z = np.array([-1000.0, -30, -2, 0, 0.5, 40, 1000])
    np.testing.assert_allclose(names["sigmoid"](z), torch.sigmoid(torch.tensor(z)).numpy(), atol=1e-15)


def test_training_is_pytorchs(names):
    """The same start, 800 steps of SGD at rate 3: the same parameters."""
    X, y = torch.tensor(names["X"]), torch.tensor(names["y"])
    for seed in (0, 1):
        params = as_tensors(names["init_params"](np.random.default_rng(seed)))
        optimizer = torch.optim.SGD(params.values(), lr=3.0)
        for _ in range(800):
            optimizer.zero_grad()
            torch.nn.functional.binary_cross_entropy_with_logits(pytorchs(params, X), y).backward()
            optimizer.step()
        trained = names["train"](names["X"], names["y"], np.random.default_rng(seed))
        for name in params:
            np.testing.assert_allclose(trained[name], params[name].detach().numpy(), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("swap", [False, True])
def test_fifty_starts_learn(names, swap):
    X, y = names["X"], abs(names["y"] - swap)
    for seed in range(50):
        order = np.random.default_rng(seed).permutation(4)
        params = names["train"](X[order], y[order], np.random.default_rng(seed))
        answers = names["forward"](params, X)
        assert right(answers, y) and names["learned"](params, X, y), seed
        assert not names["learned"](params, X, 1 - y)


def test_what_counts_as_learned(names):
    X, y = names["X"], names["y"]
    nothing = {"W1": np.ones((4, 2)), "b1": np.zeros(4), "W2": np.zeros((1, 4)), "b2": np.zeros(1)}
    assert not names["learned"](nothing, X, y), "exactly 0.5 is wrong"
    assert not names["learned"](nothing | {"b2": np.array([np.nan])}, X, y)


def successes(activation, slope):
    """How many of the seeds 0 to 19 learn XOR in the way of lesson 05: He's start, 1,000 steps of rate 1."""
    X, y, count = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float), np.array([[0], [1], [1], [0]], float), 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        W1, W2 = rng.normal(0, 1, (4, 2)), rng.normal(0, 0.5**0.5, (1, 4))
        b1, b2 = np.zeros(4), np.zeros(1)
        for _ in range(1000):
            H = activation(X @ W1.T + b1)
            G = (1 / (1 + np.exp(-(H @ W2.T + b2))) - y) / 4
            D = G @ W2 * slope(H)
            W1, b1, W2, b2 = W1 - D.T @ X, b1 - D.sum(axis=0), W2 - G.T @ H, b2 - G.sum(axis=0)
        count += right(1 / (1 + np.exp(-(activation(X @ W1.T + b1) @ W2.T + b2))), y)
    return count


def test_the_lessons_units_and_tanh_in_their_place():
    assert successes(lambda z: np.maximum(z, 0), lambda H: H > 0) == 15
    assert successes(np.tanh, lambda H: 1 - H**2) == 19


def test_how_far_nineteen_of_twenty_is_to_be_trusted():
    passed = sum(comb(20, k) * 0.85**k * 0.15 ** (20 - k) for k in (19, 20))
    assert 1 / passed == pytest.approx(6, abs=0.5)


def test_the_grid_point_by_point(names):
    params, s = drawn(3), np.linspace(-0.5, 1.5, 6)
    wanted = [[names["forward"](params, np.array([[x1, x2]]))[0, 0] for x1 in s] for x2 in s]
    np.testing.assert_allclose(names["decision_grid"](params, 6), wanted)
    assert names["decision_grid"](params).shape == (50, 50)


def test_nothing_that_comes_in_is_changed(names):
    X, y, params = names["X"].copy(), names["y"].copy(), drawn()
    names["forward"](params, X)
    names["decision_grid"](params, 4)
    names["train"](X, y, np.random.default_rng(0))
    np.testing.assert_array_equal(X, names["X"])
    np.testing.assert_array_equal(y, names["y"])
    for name, value in drawn().items():
        np.testing.assert_array_equal(params[name], value)
