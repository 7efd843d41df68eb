"""lstm: the worked numbers, found again by other means."""

import numpy as np
import pytest
import sympy as sp
import torch

from nnlib.check import numerical_gradient, relative_error
from nnlib.nn import LSTM, Parameter
from nnlib.optim import clip_grad_norm_
from tests.exercises.proofs import (  # noqa: F401
    solution_notebook,
    solved,
    test_it_is_proved,
    test_its_class_gets_its_marks,
    test_its_shape,
    test_other_peoples_answers_get_what_they_deserve,
    test_the_release_stops_at_the_first_open_task,
)

T, N, D, H = 5, 2, 3, 4
NAMES = ("xs", "h", "c", "w_ih", "w_hh", "b")


@pytest.fixture(scope="module")
def solution():
    return solved("lstm")


@pytest.fixture
def sequence():
    """Random xs, h, c, w_ih, w_hh, b."""
    rng = np.random.default_rng(12)
    shapes = (T, N, D), (N, H), (N, H), (4 * H, D), (4 * H, H), (4 * H,)
    return [rng.normal(size=shape) for shape in shapes]


def by_torch(xs, h, c, w_ih, w_hh, b):
    """States and cells of PyTorch's LSTMCell after each step, and the tensors they come from."""
    tensors = [torch.tensor(array, dtype=torch.float64, requires_grad=True) for array in (xs, h, c, w_ih, w_hh, b)]
    xs, h, c, *weights = tensors
    hs, cs = [], []
    for x in xs:
        h, c = torch.lstm_cell(x, (h, c), *weights, torch.zeros_like(weights[2]))
        hs.append(h)
        cs.append(c)
    return torch.stack(hs), torch.stack(cs), tensors


def test_forward_is_pytorchs_and_nnlibs(solution, sequence):
    hs, cs, caches = solution["lstm_forward"](*sequence)
    wanted_hs, wanted_cs, _ = by_torch(*sequence)
    np.testing.assert_allclose(hs, wanted_hs.detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(cs, wanted_cs.detach().numpy(), atol=1e-12)
    assert [set(cache) for cache in caches] == [{"x", "h", "c", "w_ih", "w_hh", "i", "f", "g", "o", "c_new"}] * T

    xs, h, c, w_ih, w_hh, b = sequence
    layer = LSTM(D, H)
    layer.weight_ih_l0.data, layer.weight_hh_l0.data = w_ih, w_hh
    layer.bias_ih_l0.data, layer.bias_hh_l0.data = b, 0 * b
    out, _ = layer(xs, (h[None], c[None]))
    np.testing.assert_allclose(hs, out, atol=1e-12)


def test_step_is_pytorchs(solution, sequence):
    xs, *rest = sequence
    h, c, cache = solution["lstm_step"](xs[1], *rest)
    wanted_h, wanted_c, _ = by_torch(xs[1:2], *rest)
    np.testing.assert_allclose(h, wanted_h[0].detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(c, wanted_c[0].detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(cache["o"] * np.tanh(cache["c_new"]), h)
    np.testing.assert_allclose(cache["f"] * cache["c"] + cache["i"] * cache["g"], c)


def test_backward_is_pytorchs(solution, sequence):
    """Through time, and through one step where state and cell both get a gradient."""
    rng = np.random.default_rng(3)
    dhs, dc = rng.normal(size=(T, N, H)), rng.normal(size=(N, H))
    hs, _, tensors = by_torch(*sequence)
    wanted = torch.autograd.grad(hs, tensors, torch.tensor(dhs))
    caches = solution["lstm_forward"](*sequence)[2]
    for name, got, grad in zip(NAMES, solution["lstm_backward"](dhs, caches), wanted, strict=True):
        np.testing.assert_allclose(got, grad.numpy(), atol=1e-12, err_msg=name)

    hs, cs, tensors = by_torch(sequence[0][:1], *sequence[1:])
    wanted = torch.autograd.grad([hs[0], cs[0]], tensors, [torch.tensor(dhs[0]), torch.tensor(dc)])
    found = solution["lstm_step_backward"](dhs[0], dc, caches[0])
    for name, got, grad in zip(NAMES, found, [wanted[0][0], *wanted[1:]], strict=True):
        np.testing.assert_allclose(got, grad.numpy(), atol=1e-12, err_msg=name)


def test_backward_is_measured(solution, sequence):
    dhs = np.random.default_rng(4).normal(size=(T, N, H))
    found = solution["lstm_backward"](dhs, solution["lstm_forward"](*sequence)[2])
    for k, name in enumerate(NAMES):
        def loss(theta, k=k):
            return float((solution["lstm_forward"](*sequence[:k], theta, *sequence[k + 1 :])[0] * dhs).sum())

        assert relative_error(found[k], numerical_gradient(loss, sequence[k])) < 1e-8, name


def test_inputs_stay_as_they_are(solution, sequence):
    before = [array.copy() for array in sequence]
    dhs = np.ones((T, N, H))
    caches = solution["lstm_forward"](*sequence)[2]
    order = [id(cache) for cache in caches]
    solution["lstm_backward"](dhs, caches)
    solution["clip_grad_norm"](sequence, 0.1)
    for array, was in zip([*sequence, dhs], [*before, np.ones((T, N, H))]):
        np.testing.assert_array_equal(array, was)
    assert [id(cache) for cache in caches] == order


def test_worked_step_is_exact():
    """Task 1 and the first example of task 3, from formulas alone."""
    ln3, quarter, half = sp.log(3), sp.Rational(1, 4), sp.Rational(1, 2)
    x, h, c = sp.symbols("x h c")
    u, v, b = (sp.symbols(f"{name}:4") for name in "uvb")
    numbers = {x: 2, h: 1, c: 3, **dict(zip(u, (ln3 / 2, 0, ln3 / 4, 0))), **dict(zip(v, (0, -ln3, 0, 0))),
               **dict.fromkeys(b, 0)}  # fmt: skip
    z = [p * x + q * h + r for p, q, r in zip(u, v, b)]
    i, f, g, o = 1 / (1 + sp.exp(-z[0])), 1 / (1 + sp.exp(-z[1])), sp.tanh(z[2]), 1 / (1 + sp.exp(-z[3]))
    cell = f * c + i * g

    def value(expression):
        return sp.nsimplify(sp.simplify(expression.subs(numbers).rewrite(sp.exp)))

    assert [value(gate) for gate in (i, f, g, o)] == [3 * quarter, quarter, half, half]
    assert value(cell) == sp.Rational(9, 8)
    assert [value(cell.diff(k)) for k in b] == [sp.Rational(3, 32), sp.Rational(9, 16), sp.Rational(9, 16), 0]
    assert [value(cell.diff(k)) for k in u] == [sp.Rational(3, 16), sp.Rational(9, 8), sp.Rational(9, 8), 0]
    assert [value(cell.diff(k)) for k in v] == [sp.Rational(3, 32), sp.Rational(9, 16), sp.Rational(9, 16), 0]
    assert sp.simplify(value(cell.diff(x)) - sp.Rational(3, 16) * ln3) == 0
    assert sp.simplify(value(cell.diff(h)) + sp.Rational(9, 16) * ln3) == 0
    assert value(cell.diff(c)) == quarter


def test_worked_steps_with_zeros():
    """Weights and biases of zero halve the cell, twice; the gradients of tasks 3 and 4."""
    ln2 = np.log(2)
    start = np.ones((2, 1, 1)), np.ones((1, 1)), np.array([[4 * ln2]]), np.zeros((4, 1)), np.zeros((4, 1)), np.zeros(4)
    hs, cs, tensors = by_torch(*start)
    np.testing.assert_allclose(cs.detach().numpy().ravel(), [2 * ln2, ln2])
    np.testing.assert_allclose(hs.detach().numpy().ravel(), [15 / 34, 0.3])

    def grads(*dhs):
        found = torch.autograd.grad(hs, tensors, torch.tensor(dhs, dtype=torch.float64).reshape(2, 1, 1), True)
        return dict(zip(NAMES, (grad.numpy().ravel() for grad in found)))

    last = grads(0, 1)
    np.testing.assert_allclose(last["c"], 0.08)
    np.testing.assert_allclose(last["b"], [0, 0.32 * ln2, 0.24, 0.15], atol=1e-12)
    np.testing.assert_allclose(last["w_ih"], last["b"])
    both = grads(1, 1)
    np.testing.assert_allclose(both["c"], 0.5 * (0.16 + 32 / 289))
    np.testing.assert_allclose(both["b"][3], 0.15 + 15 / 68)

    one = by_torch(start[0][:1], start[1], np.array([[2 * ln2]]), *start[3:])
    found = dict(zip(NAMES, torch.autograd.grad(one[0].sum(), one[2])))
    np.testing.assert_allclose(found["c"].numpy(), [[0.16]])
    np.testing.assert_allclose(found["b"].numpy(), [0, 0.16 * ln2, 0.16, 0.15], atol=1e-12)


def test_worked_plain_recurrence():
    """i = o = 1 and f = 0."""
    g = np.array([[0.0], [0.0], [1.0], [0.0]])
    hs, _, _ = by_torch([[[np.log(2)]], [[0.0]]], [[0.0]], [[0.0]], g, g, [100.0, -100, 0, 100])
    np.testing.assert_allclose(hs.detach().numpy().ravel(), [np.tanh(0.6), np.tanh(np.tanh(np.tanh(0.6)))])
    hs, cs, _ = by_torch(np.ones((1, 1, 3)), np.zeros((1, 2)), np.zeros((1, 2)), np.zeros((8, 3)), np.zeros((8, 2)),
                         [0, 0, 0, 0, 100, -100, 0, 0])  # fmt: skip
    np.testing.assert_allclose(cs.detach().numpy(), [[[0.5, -0.5]]])


def test_the_given_notes_are_those_of_the_steps(solution):
    """The caches in the tests of tasks 3 and 4 are what lstm_step returns."""
    nothing = np.zeros((4, 1))
    cases = [(solution["worked_note"], [solution[name] for name in ("x", "h", "c", "w_ih", "w_hh", "b")])]
    for cell in (0.3, -2.0):
        cases.append((solution["zero_note"](cell), [np.ones((1, 1)), np.ones((1, 1)), np.array([[cell]]), nothing,
                                                    nothing, np.zeros(4)]))  # fmt: skip
    for note, inputs in cases:
        inputs = [array.copy() for array in inputs]
        cache = solution["lstm_step"](*inputs)[2]
        assert set(cache) == set(note)
        for name in note:
            np.testing.assert_allclose(note[name], cache[name], atol=1e-15, err_msg=name)


@pytest.mark.parametrize("max_norm", [0.5, 3.0, 1e3])
def test_clipping_is_pytorchs_and_nnlibs(solution, max_norm):
    """But for the 1e-6 that both add to the norm."""
    grads = [np.random.default_rng(k).normal(size=shape) for k, shape in enumerate([(2, 3), (4,), (5, 1, 2)])]
    clipped, norm = solution["clip_grad_norm"](grads, max_norm)
    assert isinstance(norm, float)
    theirs, ours = [torch.zeros(grad.shape) for grad in grads], [Parameter(0 * grad) for grad in grads]
    for tensor, parameter, grad in zip(theirs, ours, grads):
        tensor.grad, parameter.grad = torch.tensor(grad, dtype=torch.float32), grad.copy()
    np.testing.assert_allclose(norm, torch.nn.utils.clip_grad_norm_(theirs, max_norm).item(), rtol=1e-6)
    np.testing.assert_allclose(norm, clip_grad_norm_(ours, max_norm), rtol=1e-12)
    for got, tensor, parameter in zip(clipped, theirs, ours):
        np.testing.assert_allclose(got, tensor.grad.numpy(), rtol=1e-5)
        np.testing.assert_allclose(got, parameter.grad, rtol=1e-5)
    length = np.linalg.norm(np.concatenate([grad.ravel() for grad in clipped]))
    np.testing.assert_allclose(length, min(norm, max_norm), rtol=1e-12)


def test_clipping_by_hand(solution):
    assert np.linalg.norm([3, 0, 0, 4]) == 5
    clipped, norm = solution["clip_grad_norm"]([np.zeros(2)], 1.0)
    assert norm == 0 and not clipped[0].any()


def test_the_figures_show_what_the_texts_say(solution, monkeypatch):
    """The gradient fades as told; the forecast beats last year's number from every start that was tried."""
    monkeypatch.setattr(solution["plot"], "show", lambda ax, alt: None)
    cells = [cell for cell in solution_notebook("lstm").cells if "ungraded" in cell.metadata.get("tags", [])]
    assert len(cells) == 3
    for cell in cells:
        exec(cell.source, solution)
    left = {bias: norms[0] / norms[-1] for bias in (0, 3) for norms in [solution["reach"](bias)]}
    assert 1e-13 < left[0] < 1e-11 and 0.2 < left[3] < 0.4

    mine, last_year = solution["errors"]
    assert mine < 25 and 33 < last_year < 35
    past, future, spots = (solution[name] for name in ("past", "future", "spots"))
    for seed in (1, 2):
        said = solution["forecast"](solution["train"](past, future, seed=seed), spots[:-1])[0]
        assert 100 * np.sqrt(np.mean((said - spots[1:])[245:] ** 2)) < 25


def test_model_answer(solution):
    np.testing.assert_allclose([0.5**50, solution["sigmoid"](3.0) ** 50], [9e-16, 0.09], rtol=0.05)
