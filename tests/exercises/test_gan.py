"""gan: the worked numbers, found again by other means."""

import numpy as np
import pytest
import sympy
import torch

from nnlib import nn
from nnlib.check import numerical_gradient
from tests.exercises.proofs import (  # noqa: F401
    solved,
    test_it_is_proved,
    test_its_class_gets_its_marks,
    test_its_shape,
    test_other_peoples_answers_get_what_they_deserve,
    test_the_release_stops_at_the_first_open_task,
)


@pytest.fixture(scope="module")
def gan():
    """What the solution defines."""
    return solved("gan")


def pytorch_loss(logits, target, sign=1):
    """Binary cross-entropy against one target for all, times the sign, and its gradient by autograd."""
    logits = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    wanted = torch.full_like(logits, target)
    loss = sign * torch.nn.functional.binary_cross_entropy_with_logits(logits, wanted)
    loss.backward()
    return loss.item(), logits.grad.numpy()


@pytest.mark.parametrize("scale", [1, 1000])
@pytest.mark.parametrize("shapes", [((3,), (5,)), ((4, 1), (2, 1))])
def test_the_detectives_loss_is_pytorchs(gan, shapes, scale):
    real, fake = (scale * np.random.default_rng(k).normal(size=shape) for k, shape in enumerate(shapes))
    (want_real, d_real), (want_fake, d_fake) = pytorch_loss(real, 1.0), pytorch_loss(fake, 0.0)
    loss, found_real, found_fake = gan["discriminator_loss"](real, fake)
    assert loss == pytest.approx(want_real + want_fake, rel=1e-12)
    np.testing.assert_allclose(found_real, d_real, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(found_fake, d_fake, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("scale", [1, 1000])
@pytest.mark.parametrize("shape", [(5,), (3, 1)])
def test_the_forgers_losses_are_pytorchs(gan, shape, scale):
    logits = scale * np.random.default_rng(2).normal(size=shape)
    for found, want in (
        (gan["generator_loss"](logits), pytorch_loss(logits, 1.0)),
        (gan["generator_loss"](logits, saturating=True), pytorch_loss(logits, 0.0, sign=-1)),
    ):
        assert found[0] == pytest.approx(want[0], rel=1e-12)
        np.testing.assert_allclose(found[1], want[1], rtol=1e-12, atol=1e-15)


def test_the_gradients_are_what_one_measures(gan):
    rng = np.random.default_rng(3)
    real, fake = rng.normal(size=3), rng.normal(size=(4, 1))
    _, d_real, d_fake = gan["discriminator_loss"](real, fake)
    loss = gan["discriminator_loss"]
    np.testing.assert_allclose(d_real, numerical_gradient(lambda z: loss(z, fake)[0], real.copy()), rtol=1e-7)
    np.testing.assert_allclose(d_fake, numerical_gradient(lambda z: loss(real, z)[0], fake.copy()), rtol=1e-7)
    for saturating in (False, True):
        loss, grad = gan["generator_loss"], gan["generator_loss"](fake, saturating)[1]
        measured = numerical_gradient(lambda z: loss(z, saturating)[0], fake.copy())  # noqa: B023
        np.testing.assert_allclose(grad, measured, rtol=1e-7)


def test_the_worked_losses():
    """By nnlib's binary cross-entropy."""
    def bce(logits, target):
        criterion, logits = nn.BCEWithLogitsLoss(), np.array(logits)
        return criterion(logits, np.full_like(logits, target)), criterion.backward()

    (loss, d_real), (more, d_fake) = bce([[0.0], [0.0]], 1), bce([[0.0]] * 4, 0)
    assert loss + more == pytest.approx(2 * np.log(2))
    np.testing.assert_allclose(d_real, [[-0.25]] * 2)
    np.testing.assert_allclose(d_fake, [[0.125]] * 4)
    assert [*bce([-1000.0], 1), *bce([-1000.0], 0)] == [1000, -1, 0, 0]

    three_quarters = np.log([[3.0], [3.0]])
    np.testing.assert_allclose(nn.activation.sigmoid(three_quarters), 0.75)
    loss, grad = bce(three_quarters, 1)
    assert loss == pytest.approx(np.log(4 / 3))
    np.testing.assert_allclose(grad, [[-0.125]] * 2)
    loss, grad = bce(three_quarters, 0)
    assert -loss == pytest.approx(-np.log(4))
    np.testing.assert_allclose(-grad, [[-0.375]] * 2)


def test_a_sure_detective_silences_the_saturating_loss(gan):
    logit = np.array([-8.0])
    assert gan["generator_loss"](logit, True)[1][0] == pytest.approx(-0.0003, abs=5e-5)
    assert gan["generator_loss"](logit)[1][0] == pytest.approx(-0.9997, abs=5e-5)


def test_the_best_detective_costs_least(gan):
    p, q, d = sympy.symbols("p q D", positive=True)
    cost = -p * sympy.log(d) - q * sympy.log(1 - d)
    (best,) = sympy.solve(sympy.diff(cost, d), d)
    assert sympy.diff(cost, d, 2).subs({p: 0.3, q: 0.1, d: best.subs({p: 0.3, q: 0.1})}) > 0
    densities = np.random.default_rng(4).uniform(0.1, 2, size=(2, 3, 4))
    want = sympy.lambdify((p, q), best)(*densities)
    np.testing.assert_allclose(gan["optimal_discriminator"](*densities), want, rtol=1e-12)
    for real, fake, told in ((3, 1, (3, 4)), (2, 2, (1, 2)), (sympy.Rational(1, 8), sympy.Rational(1, 4), (1, 3))):
        assert best.subs({p: real, q: fake}) == sympy.Rational(*told)


def test_the_best_detective_where_there_is_nothing(gan):
    p_data, p_model = np.array([[0.0, 0.0, 0.5]]), np.array([[0.0, 0.7, 0.0]])
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(gan["optimal_discriminator"](p_data, p_model), [[0.5, 0.0, 1.0]])


def counted(samples, centres, radius, at_least):
    """With loops, and without roots."""
    near = [sum(sum((a - b) ** 2 for a, b in zip(s, c)) <= radius**2 for s in samples) for c in centres]
    return sum(n >= at_least for n in near)


def test_modes_are_counted(gan):
    rng = np.random.default_rng(5)
    for n, k, dims in ((40, 6, 2), (30, 5, 3), (7, 9, 1)):
        samples, centres = rng.normal(size=(n, dims)), rng.normal(size=(k, dims))
        for at_least in (1, 3, 8):
            found = gan["modes_covered"](samples, centres, 0.9, at_least)
            assert found == counted(samples, centres, 0.9, at_least) and type(found) is int
    assert gan["modes_covered"](np.zeros((0, 2)), np.zeros((3, 2)), 1.0, 1) == 0


def test_the_worked_modes():
    samples, centres = [(3, 4), (10, 1), (10, -1), (0, 9)], [(0, 0), (10, 0), (0, 10)]
    found = [counted(samples, centres, *case) for case in ((5.0, 1), (4.9, 1), (5.0, 2), (5.0, 3))]
    assert found == [3, 2, 1, 0]


def twin(network, lr):
    """The same network in PyTorch, and its optimizer."""
    layers = []
    for W, b in zip(network.weights[::2], network.weights[1::2]):
        linear = torch.nn.Linear(W.shape[1], W.shape[0], dtype=torch.float64)
        linear.weight.data, linear.bias.data = torch.tensor(W), torch.tensor(b)
        layers += [linear, torch.nn.LeakyReLU(0.1)]
    model = torch.nn.Sequential(*layers[:-1])
    return model, torch.optim.Adam(model.parameters(), lr=lr, betas=(0.5, 0.999))


def pytorch_step(g, d, real, noise_d, noise_g):
    """The step as it is usually written in PyTorch."""
    (generator, g_optimizer), (discriminator, d_optimizer) = g, d
    real, noise_d, noise_g = map(torch.tensor, (real, noise_d, noise_g))
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    yes, no = discriminator(real), discriminator(generator(noise_d).detach())
    d_loss = bce(yes, torch.ones_like(yes)) + bce(no, torch.zeros_like(no))
    d_optimizer.zero_grad()
    d_loss.backward()
    d_optimizer.step()
    no = discriminator(generator(noise_g))
    g_loss = bce(no, torch.ones_like(no))
    g_optimizer.zero_grad()
    g_loss.backward()
    g_optimizer.step()
    return d_loss.item(), g_loss.item()


def test_the_step_is_pytorchs(gan):
    rng = np.random.default_rng(6)
    generator, discriminator = gan["Network"]([3, 7, 2], 1, lr=0.02), gan["Network"]([2, 6, 5, 1], 2, lr=0.01)
    g, d = twin(generator, 0.02), twin(discriminator, 0.01)
    for _ in range(5):
        inputs = rng.normal(size=(4, 2)), rng.normal(size=(6, 3)), rng.normal(size=(5, 3))
        before = [a.copy() for a in inputs]
        found, want = gan["train_step"](generator, discriminator, *inputs), pytorch_step(g, d, *inputs)
        np.testing.assert_allclose(found, want, rtol=1e-8)
        for a, b in zip(inputs, before):
            np.testing.assert_array_equal(a, b)
    for network, (model, _) in ((generator, g), (discriminator, d)):
        for found, want in zip(network.weights, model.parameters(), strict=True):
            np.testing.assert_allclose(found, want.detach().numpy(), rtol=1e-6, atol=1e-9)


def test_what_was_left_behind_does_not_count(gan):
    """Gradients of an earlier turn are in both networks, and the step is the same."""
    rng = np.random.default_rng(7)
    inputs = rng.normal(size=(4, 2)), rng.normal(size=(6, 3)), rng.normal(size=(5, 3))
    moved = []
    for left_behind in (False, True):
        networks = gan["Network"]([3, 7, 2], 1), gan["Network"]([2, 6, 1], 2)
        for network, width in zip(networks, (3, 2)):
            if left_behind:
                network.backward(100 * np.ones_like(network.forward(rng.normal(size=(9, width)))))
        moved.append((gan["train_step"](*networks, *inputs), [w for network in networks for w in network.weights]))
    assert moved[0][0] == moved[1][0]
    for clean, dirty in zip(moved[0][1], moved[1][1]):
        np.testing.assert_array_equal(clean, dirty)


def test_the_worked_step(gan):
    networks = [gan["Network"]([1, 1], seed=0, lr=0.1) for _ in range(2)]
    for network in networks:
        network.weights[0][:] = 1.0
    g, d = (twin(network, 0.1) for network in networks)
    losses = pytorch_step(g, d, *(np.array([[x]]) for x in (2.0, -1.0, 2.0)))
    assert losses == pytest.approx([np.log(1 + np.exp(-2)) + np.log(1 + np.exp(-1)), np.log(1 + np.exp(-2.1))])
    assert [p.item() for p in d[0].parameters()] == pytest.approx([1.1, -0.1])
    assert [p.item() for p in g[0].parameters()] == pytest.approx([1.1, 0.1])


def test_the_network_goes_back_as_it_should(gan):
    rng = np.random.default_rng(8)
    network, x, dout = gan["Network"]([3, 5, 4, 2], 3), rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    network.forward(x)
    found = network.backward(dout)
    network.backward(dout)                       # gradients add up
    measured = numerical_gradient(lambda x: float((network.forward(x) * dout).sum()), x.copy())
    np.testing.assert_allclose(found, measured, rtol=1e-6, atol=1e-9)
    for parameter in network.parameters:
        measured = numerical_gradient(lambda _: float((network.forward(x) * dout).sum()), parameter.data)
        np.testing.assert_allclose(parameter.grad, 2 * measured, rtol=1e-6, atol=1e-9)
