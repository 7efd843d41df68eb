"""softmax_cross_entropy: the worked numbers, found again by other means."""

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
import torch

from nnlib import check
from nnlib.data import digits
from tests.exercises.proofs import (  # noqa: F401
    solved,
    test_it_is_proved,
    test_its_class_gets_its_marks,
    test_its_shape,
    test_other_peoples_answers_get_what_they_deserve,
    test_the_release_stops_at_the_first_open_task,
)

SCORES = np.log([[1.0, 2.0, 5.0], [4.0, 4.0, 8.0]])
FAR = np.array([[1e4, 0.0, -1e4]])


@pytest.fixture(scope="module")
def names():
    return solved("softmax_cross_entropy")


def drawn(seed=0):
    """Scores (7, 4) of very different sizes, and labels."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(7, 4)) * 10.0 ** rng.integers(-1, 5, size=(7, 1)), rng.integers(4, size=7)


def theirs(z, y):
    """PyTorch's log-softmax, loss and gradient."""
    z = torch.tensor(z, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(z, torch.tensor(y))
    loss.backward()
    return torch.log_softmax(z, dim=1).detach().numpy(), loss.item(), z.grad.numpy()


def test_the_solution_is_pytorchs(names):
    for seed in range(5):
        z, y = drawn(seed)
        log_p, loss, grad = theirs(z, y)
        np.testing.assert_allclose(names["log_softmax"](z), log_p, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(names["cross_entropy"](z, y), loss, rtol=1e-12)
        np.testing.assert_allclose(names["cross_entropy_grad"](z, y), grad, rtol=1e-12, atol=1e-12)


def test_the_gradient_is_the_measured_slope(names):
    rng = np.random.default_rng(5)
    z, y = rng.normal(size=(5, 3)), rng.integers(3, size=5)
    measured = check.numerical_gradient(lambda z: names["cross_entropy"](z, y), z)
    assert check.relative_error(names["cross_entropy_grad"](z, y), measured) < 1e-8


def test_log_softmax_by_hand(names):
    rows = [[Fraction(k, sum(row)) for k in row] for row in ([1, 2, 5], [4, 4, 8])]
    assert rows == [[0.125, 0.25, 0.625], [0.25, 0.25, 0.5]]
    np.testing.assert_allclose(theirs(SCORES, [0, 0])[0], np.log(np.array(rows, float)))
    np.testing.assert_allclose(theirs(np.array([[0, 1e4, -1e4]]), [0])[0], [[-1e4, 0, -2e4]])


def test_cross_entropy_by_hand(names):
    np.testing.assert_allclose(theirs(SCORES, [1, 2])[1], 1.5 * np.log(2))
    assert f"{1.5 * np.log(2):.4f}" == "1.0397"
    np.testing.assert_allclose(theirs(np.zeros((4, 10)), [3, 0, 9, 9])[1], np.log(10))
    assert [theirs(FAR, [label])[1] for label in range(3)] == [0, 1e4, 2e4]


def test_the_gradients_by_hand(names):
    np.testing.assert_allclose(theirs(SCORES[:1], [1])[2], [[0.125, -0.75, 0.625]])
    np.testing.assert_allclose(theirs(SCORES, [1, 2])[2], [[0.0625, -0.375, 0.3125], [0.125, 0.125, -0.25]])
    np.testing.assert_allclose(theirs(FAR, [2])[2], [[1, 0, -1]])


def test_one_step_of_training_by_hand():
    """The weights after one step from zero at rate 6, and the loss there, by sympy."""
    W, b = sp.Matrix(3, 2, sp.symbols("w:6")), sp.Matrix(sp.symbols("b:3"))
    loss, scores = 0, []
    for x, label in (((1, 2), 0), ((3, 0), 2)):
        scores.append(W * sp.Matrix(x) + b)
        loss += (sp.log(sum(map(sp.exp, scores[-1]))) - scores[-1][label]) / 2
    zero = dict.fromkeys([*W, *b], 0)
    assert loss.subs(zero) == sp.log(3)
    step = {s: -6 * loss.diff(s).subs(zero) for s in zero}
    assert [step[s] for s in W] == [-1, 4, -4, -2, 5, -2] and [step[s] for s in b] == [1, -2, 1]
    assert [list(z.subs(step)) for z in scores] == [[8, -10, 2], [-2, -14, 16]]
    assert float(loss.subs(step)) == pytest.approx(0.00123786, abs=5e-9)


def test_training_is_pytorchs(names):
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(11, 5)), np.array([0, 1, 2, 0, 1, 2, 2, 2, 0, 1, 1])
    layer = torch.nn.Linear(5, 3, dtype=torch.float64)
    with torch.no_grad():
        layer.weight.zero_()
        layer.bias.zero_()
    optimizer, losses = torch.optim.SGD(layer.parameters(), lr=0.7), []
    for _ in range(30):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(layer(torch.tensor(X)), torch.tensor(y))
        loss.backward()
        losses.append(loss.item())
        optimizer.step()
    W, b, ours = names["train"](X, y, 0.7, 30)
    np.testing.assert_allclose(ours, losses)
    np.testing.assert_allclose(W, layer.weight.detach().numpy())
    np.testing.assert_allclose(b, layer.bias.detach().numpy())
    W, b, ours = names["train"](X, y, 0.7, 0)
    assert W.shape == (3, 5) and b.shape == (3,) and not W.any() and not b.any() and ours == []


def test_what_is_said_about_the_digits(names):
    (x, y), (x_test, y_test) = digits(flat=True)
    assert (x.shape, x_test.shape) == ((1437, 64), (360, 64))
    W, b, losses = names["train"](x, y, 2, 200)
    assert losses[0] == pytest.approx(np.log(10)) and losses[-1] < 0.2
    assert ((x_test @ W.T + b).argmax(axis=1) == y_test).mean() > 0.95
    dark = (x == 0).all(axis=0)
    assert dark.sum() == 3
    np.testing.assert_array_equal((W == 0).all(axis=0), dark)


def test_where_the_books_formula_breaks():
    for dtype, last in ((np.float64, 709), (np.float32, 88)):
        with np.errstate(over="ignore"):
            assert np.isfinite(np.exp(dtype(last))) and np.isinf(np.exp(dtype(last + 1)))


def test_nothing_that_comes_in_is_changed(names):
    z, y = drawn()
    X, labels = np.random.default_rng(2).normal(size=(7, 3)), y
    copies = z.copy(), y.copy(), X.copy()
    names["log_softmax"](z)
    names["cross_entropy"](z, y)
    names["cross_entropy_grad"](z, y)
    names["train"](X, labels, 0.1, 3)
    for now, before in zip((z, y, X), copies):
        np.testing.assert_array_equal(now, before)
