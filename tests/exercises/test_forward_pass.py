"""forward_pass: the worked numbers, found again by other means."""

from decimal import Decimal, localcontext
from itertools import pairwise

import numpy as np
import pytest
import sympy as sp
import torch
from scipy.special import softmax as scipy_softmax

from nnlib import nn
from nnlib.data import digits
from nnlib.models.shared import mlp
from tests.exercises.proofs import (  # noqa: F401
    solved,
    test_it_is_proved,
    test_its_class_gets_its_marks,
    test_its_shape,
    test_other_peoples_answers_get_what_they_deserve,
    test_the_release_stops_at_the_first_open_task,
)

LOG3 = np.log(3.0)


@pytest.fixture(scope="module")
def solution():
    return solved("forward_pass")


def twin(layers):
    """PyTorch's network with these weights, in float64, without softmax."""
    net = mlp(torch.nn, layers[0][0].shape[1], *(len(b) for _, b in layers)).double()
    for linear, (W, b) in zip(net[::2], layers):
        linear.weight.data, linear.bias.data = torch.tensor(W), torch.tensor(b)
    return net


def random_layers(rng, sizes):
    return [(rng.normal(size=(o, d)), rng.normal(size=o)) for d, o in pairwise(sizes)]


def test_linear_against_pytorch_and_the_sum(solution):
    """The worked numbers by hand-written sums, random ones by PyTorch."""
    W, b = [[1, 0], [1, -1], [-1, 1]], [0, 0, 1]
    sums = [[sum(w * x for w, x in zip(row, point)) + c for row, c in zip(W, b)] for point in ([1, 2], [0, -1])]
    assert sums == [[1, -1, 2], [0, 1, 0]]
    rng = np.random.default_rng(1)
    for n, d, k in ((1, 3, 2), (5, 2, 4), (4, 6, 1)):
        X, (W, b) = rng.normal(size=(n, d)), random_layers(rng, [d, k])[0]
        want = torch.nn.functional.linear(*(torch.tensor(a) for a in (X, W, b))).numpy()
        np.testing.assert_allclose(solution["linear"](X, W, b), want, rtol=1e-12, atol=1e-12)


def test_collapse_for_any_numbers(solution):
    """The worked numbers by SymPy, as the coefficients of x; random ones by what two layers of PyTorch say."""
    x = sp.symbols("x:3")
    h1, h2 = x[0] + 2 * x[1] + 4, x[1] + 3 * x[2] + 1
    said = sp.Poly(h1 - h2 + sp.Rational(1, 2), *x)
    assert [said.coeff_monomial(each) for each in (*x, 1)] == [1, 1, -3, sp.Rational(7, 2)]
    rng = np.random.default_rng(2)
    for d, h, k in ((3, 5, 2), (4, 2, 3), (2, 3, 1)):
        (W1, b1), (W2, b2) = random_layers(rng, [d, h, k])
        X = torch.tensor(rng.normal(size=(7, d)))
        first, _, second = twin([(W1, b1), (W2, b2)])
        W, b = solution["collapse"](W1, b1, W2, b2)
        assert W.shape == (k, d) and b.shape == (k,)
        np.testing.assert_allclose(X.numpy() @ W.T + b, second(first(X)).detach().numpy(), rtol=1e-10, atol=1e-10)


def test_softmax_against_scipy_pytorch_and_fifty_digits(solution):
    rng = np.random.default_rng(3)
    for scale in (1, 30, 1e4):
        z = rng.normal(0, scale, (6, 4)) + rng.normal(0, scale, (6, 1))
        kept = z.copy()
        p = solution["softmax"](z)
        np.testing.assert_allclose(p, scipy_softmax(z, axis=1), rtol=1e-9, atol=1e-300)
        np.testing.assert_allclose(p, torch.softmax(torch.tensor(z), dim=1), rtol=1e-9, atol=1e-300)
        np.testing.assert_allclose(p.sum(axis=1), 1)
        assert np.array_equal(z, kept)
    with localcontext() as context:
        context.prec = 50
        for row in ([0, LOG3], [1e4, 1e4 + LOG3], [-1e4, LOG3 - 1e4]):
            shares = [Decimal(z).exp() for z in row]
            exact = [float(share / sum(shares)) for share in shares]
            np.testing.assert_allclose(exact, [0.25, 0.75], rtol=1e-11)
            np.testing.assert_allclose(solution["softmax"](np.array([row]))[0], exact, rtol=1e-12)


def test_forward_against_pytorch(solution):
    """The worked network, and random ones of one to four layers: all activations are those of the twin's modules."""
    rng = np.random.default_rng(4)
    worked = [(np.array([[1.0, 0.0], [1.0, -1.0], [-1.0, 1.0]]), np.array([0.0, 0.0, 1.0])),
              (np.array([[2.0, LOG3, 0.0], [0.0, 0.0, 1.0]]), np.array([0.0, LOG3]))]
    cases = [(np.array([[1.0, 2.0], [0.0, -1.0]]), worked)]
    cases += [(rng.normal(size=(n, sizes[0])), random_layers(rng, sizes))
              for n, sizes in ((1, [3, 2]), (5, [2, 4, 3]), (6, [4, 7, 5, 2]), (3, [5, 4, 6, 2, 3]))]
    for X, layers in cases:
        said = [h := torch.tensor(X)]
        for module in twin(layers):
            h = module(h)
            if isinstance(module, torch.nn.ReLU):
                said.append(h)
        said.append(torch.softmax(h, dim=1))
        got = solution["forward"](X, layers)
        assert len(got) == len(layers) + 1
        for mine, theirs in zip(got, said, strict=True):
            np.testing.assert_allclose(mine, theirs.detach().numpy(), rtol=1e-10, atol=1e-12)
    hidden, p = solution["forward"](*cases[0])[1:]
    np.testing.assert_array_equal(hidden, [[1, 0, 2], [0, 1, 0]])
    np.testing.assert_allclose(p, [[0.25, 0.75], [0.5, 0.5]])


def test_count_parameters_against_pytorch(solution):
    for sizes, told in (([2, 3, 2], 17), ([5, 1], 6), ([64, 32, 10], 2410), ([64, 10], 650), ([7, 5, 3, 2], None)):
        count = sum(p.numel() for p in mlp(torch.nn, *sizes).parameters())
        assert solution["count_parameters"](sizes) == count == (told or count)


def test_what_the_figure_and_the_model_answer_say(solution):
    """Sharpness leaves the answers and multiplies the logarithm of each ratio; without ReLU 650 numbers are enough."""
    rng = np.random.default_rng(5)
    layers, (images, _) = random_layers(rng, [64, 32, 10]), digits(flat=True)[1]
    hidden, (W, b) = [(0.1 * W, 0.1 * b) for W, b in layers]
    plain = solution["forward"](images, [hidden, (W, b)])[-1]
    for sharpness in (0.2, 5):
        p = solution["forward"](images, [hidden, (sharpness * W, sharpness * b)])[-1]
        assert np.array_equal(p.argmax(axis=1), plain.argmax(axis=1))
        np.testing.assert_allclose(np.log(p / p[:, :1]), sharpness * np.log(plain / plain[:, :1]), rtol=1e-5, atol=1e-5)
    tiny, huge = (solution["forward"](images, [hidden, (s * W, s * b)])[-1] for s in (1e-4, 1e4))
    assert np.abs(tiny - 0.1).max() < 1e-3 and huge.max(axis=1).mean() > 0.99
    straight = nn.Sequential(nn.Linear(64, 32), nn.Linear(32, 10)).double()
    (W1, b1), (W2, b2) = ((layer.weight.data, layer.bias.data) for layer in straight)
    W, b = solution["collapse"](W1, b1, W2, b2)
    assert W.size + b.size == 650
    np.testing.assert_allclose(images @ W.T + b, straight(images.astype(float)), atol=1e-12)
