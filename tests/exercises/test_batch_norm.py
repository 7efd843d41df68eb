"""batch_norm: the worked numbers, found again by other means."""

import nbformat
import numpy as np
import pytest
import sympy as sp
import torch

from autograder.marking.suite import solution_file
from nnlib import check, data, nn
from tests.exercises.proofs import (  # noqa: F401
    solved,
    test_it_is_proved,
    test_its_class_gets_its_marks,
    test_its_shape,
    test_other_peoples_answers_get_what_they_deserve,
    test_the_release_stops_at_the_first_open_task,
)


@pytest.fixture(scope="module")
def solution():
    return solved("batch_norm")


def draws(seed, n=7, d=4):
    """x, dout, gamma, beta."""
    rng = np.random.default_rng(seed)
    return rng.normal(2, 3, (n, d)), rng.normal(size=(n, d)), rng.normal(size=d), rng.normal(size=d)


@pytest.mark.parametrize(("n", "eps"), [(7, 1e-5), (2, 0.3), (1, 1e-5)])
def test_forward_and_backward_are_pytorchs(solution, n, eps):
    x, dout, gamma, beta = draws(n, n)
    tensors = [torch.tensor(a, requires_grad=True) for a in (x, gamma, beta)]
    mean, var = tensors[0].mean(0), tensors[0].var(0, correction=0)      # functional.batch_norm refuses a batch of one
    wanted = tensors[1] * (tensors[0] - mean) / torch.sqrt(var + eps) + tensors[2]
    if n > 1:
        ready = torch.nn.functional.batch_norm(tensors[0], None, None, tensors[1], tensors[2], training=True, eps=eps)
        torch.testing.assert_close(ready, wanted)
    wanted.backward(torch.tensor(dout))
    out, cache = solution["batch_norm"](x, gamma, beta, eps)
    np.testing.assert_allclose(out, wanted.detach(), rtol=1e-10)
    for got, tensor in zip(solution["batch_norm_backward"](dout, cache), tensors):
        np.testing.assert_allclose(got, tensor.grad, rtol=1e-9, atol=1e-9)


def test_backward_is_nnlibs_and_what_one_measures(solution):
    x, dout, gamma, beta = draws(1)
    layer = nn.BatchNorm1d(4).double()
    layer.weight.data[:], layer.bias.data[:] = gamma, beta
    np.testing.assert_allclose(layer(x), solution["batch_norm"](x, gamma, beta)[0], rtol=1e-12)
    dx, dgamma, dbeta = solution["batch_norm_backward"](dout, solution["batch_norm"](x, gamma, beta)[1])
    np.testing.assert_allclose(layer.backward(dout), dx, rtol=1e-10)
    np.testing.assert_allclose([layer.weight.grad, layer.bias.grad], [dgamma, dbeta], rtol=1e-10)
    slope = check.numerical_gradient(lambda x: (dout * solution["batch_norm"](x, gamma, beta)[0]).sum(), x)
    np.testing.assert_allclose(dx, slope, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(dx.sum(axis=0), 0, atol=1e-12)            # task 4 (b)


def test_the_three_ways_of_the_text():
    """The derivatives of the mean and the spread in task 2, by sympy."""
    xs, eps = sp.symbols("x:4"), sp.Symbol("epsilon", positive=True)
    mean = sum(xs) / 4
    spread = sp.sqrt(sum((x - mean) ** 2 for x in xs) / 4 + eps)
    for x in xs:
        assert sp.diff(mean, x) == sp.Rational(1, 4)
        assert sp.simplify(sp.diff(spread, x) - (x - mean) / spread / 4) == 0


@pytest.mark.parametrize(("column", "dout", "gamma", "dx", "dgamma"), [
    ([1, 3, 1, 3], [1, 0, 0, 0], 1, ["1/2", 0, "-1/2", 0], -1),
    ([10, 10, 50, 50], [0, 0, 8, 0], 2, [0, 0, "2/5", "-2/5"], 8),
])  # fmt: skip
def test_the_worked_gradients_by_sympy(column, dout, gamma, dx, dgamma):
    xs, scale = sp.symbols("x:4"), sp.Symbol("gamma")
    mean = sum(xs) / 4
    spread = sp.sqrt(sum((x - mean) ** 2 for x in xs) / 4)
    loss = sum(g * scale * (x - mean) / spread for g, x in zip(dout, xs))
    here = dict(zip(xs, column)) | {scale: gamma}
    assert [sp.diff(loss, x).subs(here) for x in xs] == [sp.Rational(d) for d in dx]
    assert sp.diff(loss, scale).subs(here) == dgamma


def test_the_layer_is_pytorchs_in_both_modes(solution):
    x, _, gamma, beta = draws(2, n=20)
    layer, twin = solution["BatchNorm"](4, eps=0.02, momentum=0.3), torch.nn.BatchNorm1d(4, 0.02, 0.3).double()
    layer.gamma[:], layer.beta[:] = gamma, beta
    twin.weight.data, twin.bias.data = torch.tensor(gamma), torch.tensor(beta)
    for rows in (slice(0, 3), slice(3, 5), slice(5, 20)):
        wanted = twin.train()(torch.tensor(x[rows])).detach()
        np.testing.assert_allclose(layer.forward(x[rows], True), wanted, rtol=1e-9)
        np.testing.assert_allclose(layer.running_mean, twin.running_mean, rtol=1e-12)
        np.testing.assert_allclose(layer.running_var, twin.running_var, rtol=1e-12)
        wanted = twin.eval()(torch.tensor(x[:1])).detach()
        np.testing.assert_allclose(layer.forward(x[:1], False), wanted, rtol=1e-9)
    fresh, twin = solution["BatchNorm"](4), torch.nn.BatchNorm1d(4).double()
    for training in (False, True, False):
        wanted = twin.train(training)(torch.tensor(x)).detach()
        np.testing.assert_allclose(fresh.forward(x, training), wanted, rtol=1e-9)


def test_one_example_is_refused_in_training_as_by_pytorch(solution):
    layer, before = solution["BatchNorm"](3), solution["BatchNorm"](3)
    with pytest.raises(ValueError, match="more than 1 value"):
        torch.nn.BatchNorm1d(3)(torch.ones(1, 3))
    with pytest.raises(ValueError, match="two examples"):
        layer.forward(np.ones((1, 3)), training=True)
    np.testing.assert_array_equal([layer.running_mean, layer.running_var], [before.running_mean, before.running_var])
    out, _ = solution["batch_norm"](np.array([[3.0, -8.0]]), np.array([2.0, 3.0]), np.array([0.5, 7.0]))
    np.testing.assert_array_equal(out, [[0.5, 7.0]])                     # task 4 (a): beta, whatever the image is


def test_the_figure_keeps_its_promises():
    """Rates ten times as large; level with the running averages, and guessing in pairs without them."""
    names = solved("batch_norm")
    for cell in nbformat.read(solution_file("batch_norm"), as_version=4).cells:
        if cell.id in ("network-forward", "network-training"):
            exec(cell.source, names)
    train, new = data.digits(flat=True)
    for seed in range(2):
        survives, without, at_best = (
            names["trained"](norm, lr, *train, seed=seed) for norm, lr in ((True, 3), (False, 3), (False, 0.3)))
        assert survives.accuracy(*new, False, 360) > 0.9 > at_best.accuracy(*new, False, 360) - 0.1
        assert without.accuracy(*new, False, 360) < 0.2
        level = [survives.accuracy(*new, False, size) for size in (2, 9, 360)]
        climbs = [survives.accuracy(*new, True, size) for size in (2, 9, 36, 360)]
        assert max(level) - min(level) < 1e-9 and climbs[0] < 0.5 and np.all(np.diff(climbs) > 0)
