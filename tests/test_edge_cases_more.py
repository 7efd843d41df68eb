"""Where course texts go wrong, continued: what vanishes, what is divided how often, what a weak check misses."""

import math

import numpy as np
import pytest

from nnlib import nn, optim
from nnlib.check import gradcheck, numerical_gradient
from nnlib.models import cnn
from nnlib.models.numpy import GAN
from nnlib.module import Parameter
from nnlib.nn.activation import sigmoid, softmax
from tests.test_edge_cases_nn import ForgetsTheVariance

STEPS = 20


@pytest.mark.parametrize("weight", [1.0, 2.0, 8.0])
def test_gradients_explode_only_where_weight_times_slope_exceeds_one(weight):
    """A sigmoid unit that feeds itself, kept at its steepest place, 0.5: the factor per step is weight / 4."""
    step = nn.Sequential(nn.Linear(1, 1), nn.Sigmoid()).double()
    step[0].weight.data[:], step[0].bias.data[:] = weight, -weight / 2
    x, grad = np.array([[0.5]]), np.ones((1, 1))
    for _ in range(STEPS):
        assert step(x) == x
        grad = step.backward(grad)
    assert grad.item() == pytest.approx((weight / 4) ** STEPS)
    assert grad.item() < 1e-6 if weight < 4 else grad.item() > 1e6      # 1.0 and 2.0 vanish both


def test_the_gradient_of_lambda_times_the_squared_norm_is_two_lambda_w(rng):
    """PyTorch's weight_decay is lambda in lambda/2 |w|^2: with weight_decay 2 lambda SGD steps by 2 lambda w."""
    w, lam, lr = rng.standard_normal((3, 4)), 0.3, 0.1
    slope = numerical_gradient(lambda w: lam * (w**2).sum(), w.copy())
    np.testing.assert_allclose(slope, 2 * lam * w, atol=1e-9)
    parameter = Parameter(w.copy())
    parameter.grad = np.zeros_like(w)
    optim.SGD([parameter], lr=lr, weight_decay=2 * lam).step()
    np.testing.assert_allclose(parameter.data, w - lr * slope, atol=1e-9)


# GANs


def generator_gradients(model, noise):
    """What the generator learns: it wants its pictures to be called real."""
    criterion = nn.BCEWithLogitsLoss()
    model.zero_grad()
    loss = criterion(model(noise), np.ones((len(noise), 1)))
    model.backward(criterion.backward())
    return loss, [p.grad for p in model.generator.parameters()]


def test_gan_gradients_are_divided_by_the_batch_size_once(rng):
    """A batch that holds every row three times has the same mean, so the same gradient; twice divided, a third."""
    model, noise = GAN(3, 4, 5).double(), rng.standard_normal((6, 4))
    loss, once = generator_gradients(model, noise)
    same_loss, thrice = generator_gradients(model, np.tile(noise, (3, 1)))
    assert same_loss == pytest.approx(loss)
    for a, b in zip(once, thrice):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-15)


def test_a_discriminator_that_only_guesses_teaches_nothing(rng):
    """It says one half of everything, as at the optimum, and the untrained generator gets no gradient: both failed."""
    model = GAN(3, 4, 5).double()
    for parameter in model.discriminator.parameters():
        parameter.data[:] = 0
    loss, gradients = generator_gradients(model, rng.standard_normal((6, 4)))
    assert np.all(sigmoid(model.discriminator(rng.standard_normal((6, 3)))) == 0.5)
    assert loss == pytest.approx(math.log(2)) and not any(g.any() for g in gradients)


# A convolutional network learns all the way down


def test_every_filter_learns(rng):
    model, criterion = cnn(nn, 1, 8, 3), nn.CrossEntropyLoss()
    filters = [block[0].weight for block in list(model)[:2]]
    before = [weight.data.copy() for weight in filters]
    x, y = rng.standard_normal((12, 1, 8, 8)).astype(np.float32), rng.integers(0, 3, 12)
    criterion(model(x), y)
    model.backward(criterion.backward())
    optim.SGD(model.parameters(), lr=0.1).step()
    for weight, old in zip(filters, before):
        moved = np.abs(weight.data - old).max(axis=(1, 2, 3))
        assert weight.shape[0] == len(moved) and np.all(moved > 0)


# Gradient checks with ones


class DeadSoftmax(nn.Softmax):
    """A backward pass that returns nothing but zeros."""

    def backward(self, grad_output):
        return np.zeros_like(grad_output)


@pytest.mark.parametrize("wrong", [DeadSoftmax(dim=-1), ForgetsTheVariance(4)])
def test_ones_as_upstream_gradient_miss_what_random_ones_find(wrong, rng):
    """The outputs sum to the same number whatever the input is: a check with ones sees a gradient of zero."""
    x = rng.standard_normal((5, 4))
    wrong.double()(x)
    measured = numerical_gradient(lambda x: wrong(x).sum(), x.copy())
    np.testing.assert_allclose(wrong.backward(np.ones((5, 4))), measured, atol=1e-9)
    with pytest.raises(AssertionError, match="input 0 has relative error"):
        gradcheck(wrong, x)


# Probabilities lose what logits keep


@pytest.mark.parametrize("dtype, logit", [(np.float32, 20), (np.float64, 40)])
def test_cross_entropy_from_probabilities_is_infinite_where_that_from_logits_is_exact(dtype, logit):
    """Sure of class 1, and wrong: the loss is log(1 + exp(logit)), but the probability has rounded to 1."""
    z = np.array([logit], dtype)
    with np.errstate(divide="ignore"):
        assert -np.log(1 - sigmoid(z)) == np.inf
        assert -np.log(softmax(np.array([0, 50 * logit], dtype))[0]) == np.inf
    criterion = nn.BCEWithLogitsLoss()
    assert criterion(z, np.zeros(1, dtype)) == pytest.approx(logit, rel=1e-6)
    assert criterion.backward() == pytest.approx(1)
    assert nn.CrossEntropyLoss()(np.array([[0, 50 * logit]], dtype), np.array([0])) == 50 * logit
