"""lr_schedule: the worked numbers, found again by other means."""

from functools import partial

import numpy as np
import pytest
import sympy as sp
import torch
from torch.optim import lr_scheduler as kinds

from autograder.marking.exercise import solution_notebook
from nnlib import nn, optim
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
    """What the solution defines."""
    return solved("lr_schedule")


def torch_rates(lr_max, steps, make):
    """The learning rates of a PyTorch schedule at steps 0, 1, ...; make(optimizer) makes it."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr_max)
    schedule, rates = make(optimizer), []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return rates


def test_the_shares_of_the_text_are_exact():
    """1, 3/4, 1/2, 1/4, 0 at 0, 1/3, 1/2, 2/3 and all of the way down; symmetric, flat at the ends."""
    u = sp.symbols("u")
    share = (1 + sp.cos(sp.pi * u)) / 2
    shares = [share.subs(u, sp.Rational(*at)) for at in ((0, 1), (1, 3), (1, 2), (2, 3), (1, 1))]
    assert shares == [1, sp.Rational(3, 4), sp.Rational(1, 2), sp.Rational(1, 4), 0]
    assert sp.simplify(share + share.subs(u, 1 - u)) == 1
    assert [sp.diff(share, u).subs(u, end) for end in (0, 1)] == [0, 0]


def test_cosine_is_that_of_nnlib_and_pytorch(names):
    for T, lr_max, lr_min in ((1, 0.3, 0.0), (7, 0.5, 0.02), (40, 2.0, 0.5)):
        rates = [names["cosine_lr"](t, T, lr_max, lr_min) for t in range(T + 1)]
        assert all(type(rate) is float for rate in rates)
        ours = optim.CosineAnnealingLR(optim.SGD([nn.Parameter(np.zeros(1))], lr=lr_max), T, lr_min)
        np.testing.assert_allclose(rates, [ours.lr_at(t) for t in range(T + 1)], atol=1e-12)
        theirs = torch_rates(lr_max, T + 1, partial(kinds.CosineAnnealingLR, T_max=T, eta_min=lr_min))
        np.testing.assert_allclose(rates, theirs, atol=1e-12)
        assert [names["cosine_lr"](t, T, lr_max, lr_min) for t in (T + 1, 3 * T)] == pytest.approx([lr_min, lr_min])


def stairs_and_cosine(optimizer, T, warmup, lr_min):
    """LinearLR from 1 / warmup to 1 in warmup - 1 steps, one step at the top, then the cosine."""
    up = kinds.LinearLR(optimizer, 1 / warmup, total_iters=warmup - 1)
    return kinds.SequentialLR(optimizer, [up, kinds.CosineAnnealingLR(optimizer, T - warmup, lr_min)], [warmup])


def test_warm_up_is_that_of_pytorch(names):
    for T, warmup, lr_max, lr_min in ((10, 4, 0.4, 0.0), (13, 5, 0.7, 0.1), (9, 8, 1.0, 0.2)):
        rates = [names["warmup_cosine_lr"](t, T, warmup, lr_max, lr_min) for t in range(T + 1)]
        assert all(type(rate) is float for rate in rates)
        theirs = torch_rates(lr_max, T + 1, partial(stairs_and_cosine, T=T, warmup=warmup, lr_min=lr_min))
        np.testing.assert_allclose(rates, theirs, atol=1e-12)
        assert max(rates) == lr_max and rates.index(lr_max) == warmup - 1
        assert names["warmup_cosine_lr"](T + 5, T, warmup, lr_max, lr_min) == pytest.approx(lr_min)


def test_no_warm_up_and_one_step_of_it(names):
    for t in range(9):
        plain = names["cosine_lr"](t, 6, 0.5, 0.1)
        assert names["warmup_cosine_lr"](t, 6, 0, 0.5, 0.1) == plain
        assert names["warmup_cosine_lr"](t + 1, 7, 1, 0.5, 0.1) == plain
    assert names["warmup_cosine_lr"](0, 7, 1, 0.5, 0.1) == 0.5


def test_train_takes_the_steps_of_pytorch(names):
    rng = np.random.default_rng(0)
    A, start = rng.normal(size=(5, 3)), [rng.normal(size=(3, 2)), rng.normal(size=2)]
    twins = [torch.tensor(p, requires_grad=True) for p in start]
    optimizer = torch.optim.SGD(twins, lr=0.1)
    schedule = kinds.CosineAnnealingLR(optimizer, 20, 0.01)

    def loss_and_grad(params):
        residual = A @ params[0] + params[1]
        return np.sum(residual**2), [2 * A.T @ residual, 2 * residual.sum(axis=0)]

    wanted = []
    for _ in range(20):
        optimizer.zero_grad()
        loss = ((torch.tensor(A) @ twins[0] + twins[1]) ** 2).sum()
        loss.backward()
        wanted.append(loss.item())
        optimizer.step()
        schedule.step()
    params = [p.copy() for p in start]
    losses = names["train"](params, loss_and_grad, lambda t: names["cosine_lr"](t, 20, 0.1, 0.01), 20)
    assert all(type(loss) is float for loss in losses)
    np.testing.assert_allclose(losses, wanted, rtol=1e-9)
    for p, twin in zip(params, twins):
        np.testing.assert_allclose(p, twin.detach().numpy(), rtol=1e-9)


def test_the_walk_of_the_example(names):
    """a halves its distance, then loses a quarter and an eighth; b walks one rate at a time."""
    a, b, losses = sp.Integer(8), [sp.Integer(1), sp.Integer(2)], []
    for t in range(3):
        rate = sp.Rational(1, 2 ** (t + 1))
        losses.append(a**2 / 2 + sum(b))
        a, b = a - rate * a, [value - rate for value in b]
    assert losses == [35, 10, 6] and a == sp.Rational(21, 8) and b == [sp.Rational(1, 8), sp.Rational(9, 8)]


def figure_names():
    """Solution and the figure's network together: what the last task speaks of."""
    names = solved("lr_schedule")
    exec(next(c.source for c in solution_notebook("lr_schedule").cells if "def digits_network" in c.source), names)
    return names


def test_the_network_of_the_figure_has_the_right_gradient():
    names = figure_names()
    params, loss_and_grad = names["digits_network"](seed=1)
    rows, rng = np.array([3, 99, 700, 5, 1200]), np.random.default_rng(1)
    _, grads = loss_and_grad(params, rows)
    for p, grad in zip(params, grads):
        nudge = rng.normal(size=p.shape)
        ends = []
        for eps in (1e-6, -1e-6):
            p += eps * nudge
            ends.append(loss_and_grad(params, rows)[0])
            p -= eps * nudge
        np.testing.assert_allclose((ends[0] - ends[1]) / 2e-6, np.sum(grad * nudge), rtol=1e-4)


def test_what_the_model_answer_says_of_the_figure():
    """A schedule hurts at 0.05 and helps at 0.4; at 0.6 it takes the warm-up, without which units die."""
    names = figure_names()
    cosine, climb, final = names["cosine_lr"], names["warmup_cosine_lr"], names["final_loss"]
    small = [final(lambda t: 0.05), final(lambda t: cosine(t, 400, 0.05))]
    assert small[1] > 1.3 * small[0]
    large = [final(lambda t: 0.4), final(lambda t: cosine(t, 400, 0.4)), final(lambda t: climb(t, 400, 80, 0.4))]
    assert large[1] < 0.8 * large[0] and large[2] < 0.8 * large[1]
    assert final(lambda t: climb(t, 400, 80, 0.6)) < 0.5 * final(lambda t: cosine(t, 400, 0.6))
    dead = []
    for schedule in (lambda t: 0.6, lambda t: climb(t, 400, 80, 0.6)):
        params, loss_and_grad = names["digits_network"]()
        names["train"](params, loss_and_grad, schedule, 40)
        dead.append(np.sum(np.max(names["X"] @ params[0].T, axis=0) <= 0))
    assert dead[0] > 2 * dead[1]
