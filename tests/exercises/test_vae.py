"""vae: the worked numbers, found again by other means."""

import numpy as np
import pytest
import sympy
import torch

from nnlib import nn
from nnlib.check import numerical_gradient
from nnlib.models.numpy import VAE
from tests.exercises.proofs import (  # noqa: F401
    solved,
    test_it_is_proved,
    test_its_class_gets_its_marks,
    test_its_shape,
    test_other_peoples_answers_get_what_they_deserve,
    test_the_release_stops_at_the_first_open_task,
)


@pytest.fixture(scope="module")
def vae():
    """What the solution defines."""
    return solved("vae")


@pytest.fixture
def batch():
    """Logits and pixels (4, 6), a cloud and its noise (4, 3)."""
    rng = np.random.default_rng(13)
    return rng.normal(size=(4, 6)), rng.uniform(size=(4, 6)), *rng.normal(size=(3, 4, 3))


def normal(mu, logvar):
    return torch.distributions.Normal(torch.tensor(mu), torch.tensor(np.exp(logvar / 2)))


def pytorch_kl(mu, logvar):
    each = torch.distributions.kl_divergence(normal(mu, logvar), normal(np.zeros_like(mu), np.zeros_like(mu)))
    return float(each.sum(dim=1).mean())


def pytorch_loss(logits, x, mu, logvar, beta):
    cross_entropy = torch.nn.functional.binary_cross_entropy_with_logits
    pixels = cross_entropy(torch.tensor(logits), torch.tensor(x), reduction="none")
    return float(pixels.sum(dim=1).mean()) + beta * pytorch_kl(mu, logvar)


def test_a_code_has_the_mean_and_the_variance_that_it_is_told(vae):
    noise = np.random.default_rng(1).normal(size=(200_000, 1))
    z = vae["reparameterize"](np.full_like(noise, 3.0), np.full_like(noise, np.log(4.0)), noise)
    assert z.mean() == pytest.approx(3, abs=0.02) and z.var() == pytest.approx(4, abs=0.05)


def test_the_worked_codes():
    for mu, variance, noise, z in ((1, 9, 2, 7), (-1, 1, 0.5, -0.5), (0, 0.25, -2, -1), (4, 0.25, 0, 4)):
        assert mu + variance**0.5 * noise == z


def test_the_price_is_the_integral_that_defines_it():
    z, mu = sympy.symbols("z mu", real=True)
    s = sympy.symbols("s", positive=True)
    log_q = -((z - mu) ** 2) / (2 * s**2) - sympy.log(s) - sympy.log(2 * sympy.pi) / 2
    log_p = -(z**2) / 2 - sympy.log(2 * sympy.pi) / 2
    difference = sympy.expand(sympy.expand_log(log_q - log_p))
    kl = sympy.integrate(sympy.expand(difference * sympy.exp(log_q)), (z, -sympy.oo, sympy.oo))
    told = (mu**2 + s**2 - 1 - sympy.log(s**2)) / 2
    assert sympy.simplify(sympy.expand_log(kl - told)) == 0
    assert told.subs({mu: 0, s: 2}).equals(sympy.Rational(3, 2) - sympy.log(2))     # variance 4


def test_the_price_is_pytorchs_and_nnlibs(vae, batch):
    _, _, mu, logvar, _ = batch
    kl = vae["kl_divergence"](mu, logvar)
    assert kl == pytest.approx(pytorch_kl(mu, logvar), rel=1e-12)
    assert kl == pytest.approx(nn.kl_standard_normal(mu, logvar)[0], rel=1e-12)


def test_the_worked_prices():
    def kl(mu, logvar):
        return pytorch_kl(np.array(mu), np.array(logvar))

    assert kl([[0.0, 0.0]], [[0.0, 0.0]]) == 0
    assert kl([[1.0, 2.0]], [[0.0, 0.0]]) == pytest.approx(2.5)
    assert kl([[1.0, 2.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]) == pytest.approx(1.25)
    assert kl([[0.0]], [[np.log(4.0)]]) == pytest.approx(1.5 - np.log(2))


@pytest.mark.parametrize("beta", [0.0, 1.0, 2.5])
def test_the_loss_is_pytorchs(vae, batch, beta):
    logits, x, mu, logvar, _ = batch
    for scale in (1, 1000):
        loss = vae["negative_elbo"](scale * logits, x, mu, logvar, beta)
        assert loss == pytest.approx(pytorch_loss(scale * logits, x, mu, logvar, beta), rel=1e-12)
    assert vae["negative_elbo"](logits, x, mu, logvar) == vae["negative_elbo"](logits, x, mu, logvar, 1.0)


def test_the_worked_losses():
    nothing = np.zeros((1, 2))
    loss = pytorch_loss(np.zeros((1, 3)), np.array([[0.0, 1.0, 0.3]]), nothing, nothing, 1)
    assert loss == pytest.approx(3 * np.log(2))
    loss = pytorch_loss(np.array([[1000.0, -1000.0]]), np.array([[0.0, 0.25]]), nothing, nothing, 1)
    assert loss == pytest.approx(1250)
    loss = pytorch_loss(np.zeros((2, 1)), np.ones((2, 1)), np.array([[2.0], [0.0]]), np.zeros((2, 1)), 3)
    assert loss == pytest.approx(np.log(2) + 3)


def pytorch_way_back(dz, mu, logvar, noise, beta):
    """Autograd's gradient of <dz, z> + beta KL: dz is what the decoder says about z."""
    mu, logvar = (torch.tensor(a, requires_grad=True) for a in (mu, logvar))
    z = mu + torch.exp(logvar / 2) * torch.tensor(noise)
    kl = (mu**2 + torch.exp(logvar) - 1 - logvar).sum() / (2 * len(mu))
    ((torch.tensor(dz) * z).sum() + beta * kl).backward()
    return mu.grad.numpy(), logvar.grad.numpy()


def test_the_way_back_is_pytorchs(vae, batch):
    _, _, mu, logvar, noise = batch
    dz = np.random.default_rng(2).normal(size=mu.shape)
    for beta in (0.0, 1.0, 4.0):
        found, want = (f(dz, mu, logvar, noise, beta) for f in (vae["latent_backward"], pytorch_way_back))
        np.testing.assert_allclose(found, want, rtol=1e-12, atol=1e-15)


def test_the_worked_way_back():
    dz, mu = np.array([[1.0], [-2.0]]), np.array([[3.0], [0.0]])
    logvar, noise = np.array([[0.0], [np.log(4.0)]]), np.array([[2.0], [0.5]])
    np.testing.assert_allclose(pytorch_way_back(dz, mu, logvar, noise, 0.0), [[[1], [-2]], [[1], [-1]]])
    np.testing.assert_allclose(pytorch_way_back(dz, mu, logvar, noise, 1.0), [[[2.5], [-2]], [[1], [-0.25]]])


def test_the_way_back_is_what_one_measures(vae, batch):
    """Through a linear decoder and the whole loss, by central differences."""
    _, x, mu, logvar, noise = batch
    weight, beta = np.random.default_rng(3).normal(size=(3, 6)), 0.7

    def loss(mu, logvar):
        return vae["negative_elbo"](vae["reparameterize"](mu, logvar, noise) @ weight, x, mu, logvar, beta)

    logits = vae["reparameterize"](mu, logvar, noise) @ weight
    dz = (1 / (1 + np.exp(-logits)) - x) / len(x) @ weight.T
    found = vae["latent_backward"](dz, mu, logvar, noise, beta)
    np.testing.assert_allclose(found[0], numerical_gradient(lambda a: loss(a, logvar), mu.copy()), rtol=1e-6)
    np.testing.assert_allclose(found[1], numerical_gradient(lambda a: loss(mu, a), logvar.copy()), rtol=1e-6)


def test_the_way_back_is_nnlibs(vae, batch):
    """nnlib's VAE, from the same gradients of its outputs to those of its encoder."""
    _, x, _, _, noise = batch
    model = VAE(6, 5, 3)
    for p in model.parameters():
        p.data = p.data.astype(float)
    logits, mu, logvar = model(x, noise)
    _, grad_mu, grad_logvar = nn.kl_standard_normal(mu, logvar)
    asked = model.backward((nn.activation.sigmoid(logits) - x) / len(x), grad_mu, grad_logvar)
    dz = model.decoder.backward((nn.activation.sigmoid(logits) - x) / len(x))
    mine = np.concatenate(vae["latent_backward"](dz, mu, logvar, noise), axis=1)
    np.testing.assert_allclose(model.encoder.backward(mine), asked, rtol=1e-10, atol=1e-14)


def test_inputs_stay_as_they_are(vae, batch):
    before = [a.copy() for a in batch]
    logits, x, mu, logvar, noise = batch
    vae["reparameterize"](mu, logvar, noise)
    vae["kl_divergence"](mu, logvar)
    vae["negative_elbo"](logits, x, mu, logvar)
    vae["latent_backward"](noise, mu, logvar, noise)
    for a, b in zip(batch, before):
        np.testing.assert_array_equal(a, b)
