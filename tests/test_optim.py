"""Optimizers and schedules against PyTorch, and what they promise beyond that."""

import inspect
import math

import numpy as np
import pytest
import torch

from nnlib import optim
from nnlib.module import Parameter
from tests.cases_optim import OPTIMIZERS, PLATEAUS, SCHEDULES

SHAPES = [(3, 5), (5,), (), (2, 1, 4)]
LISTED = {case.ours.__name__ for case in OPTIMIZERS + SCHEDULES + PLATEAUS}


def twins(case, dtype=np.float64):
    """The same parameters for us and for PyTorch, and both optimizers."""
    rng = np.random.default_rng(0)
    ours = [Parameter(np.asarray(rng.standard_normal(shape), dtype)) for shape in SHAPES]
    theirs = [torch.nn.Parameter(torch.tensor(p.data)) for p in ours]
    return ours, theirs, case.ours(ours, **case.options), case.theirs(theirs, **case.options)


def assert_equal(ours, theirs, tolerance=1e-10):
    for a, b in zip(ours, theirs):
        np.testing.assert_allclose(a.data, b.detach().numpy(), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("case", OPTIMIZERS, ids=str)
def test_twin(case):
    ours, theirs, a, b = twins(case)
    start = [p.data.copy() for p in ours]
    rng = np.random.default_rng(1)
    for t in range(25):
        for i, (p, q) in enumerate(zip(ours, theirs)):
            p.grad = np.asarray(rng.standard_normal(p.shape) * 10.0 ** rng.integers(-3, 3))
            if t % 4 == i:                                    # some steps, some parameters have no gradient
                p.grad = None
            q.grad = None if p.grad is None else torch.tensor(p.grad)
        a.step()
        b.step()
        assert_equal(ours, theirs)
    assert all(np.all(p.data != s) for p, s in zip(ours, start))


@pytest.mark.parametrize("case", OPTIMIZERS, ids=str)
def test_chunks_change_nothing(case, monkeypatch):
    monkeypatch.setattr(optim, "_CHUNK", 7)
    test_twin(case)


@pytest.mark.parametrize("case", OPTIMIZERS, ids=str)
def test_float32_stays_and_data_changes_in_place(case):
    ours, theirs, a, b = twins(case, np.float32)
    arrays = [p.data for p in ours]
    schedules = [optim.CosineAnnealingLR(a, 10), torch.optim.lr_scheduler.CosineAnnealingLR(b, 10)]
    for _ in range(3):
        for p, q in zip(ours, theirs):
            p.grad = np.ones_like(p.data)
            q.grad = torch.ones_like(q)
        for each in (a, b, *schedules):
            each.step()
    assert all(p.data is array and array.dtype == np.float32 for p, array in zip(ours, arrays))
    assert all(array.dtype == np.float32 for _, *memory in a.state for array in memory)
    assert_equal(ours, theirs, 1e-5)


@pytest.mark.parametrize("case", OPTIMIZERS, ids=str)
def test_gradients_are_not_touched_and_any_memory_layout_works(case):
    rng = np.random.default_rng(0)
    plain = Parameter(rng.standard_normal((4, 6)))
    transposed = Parameter(np.asfortranarray(plain.data.copy()))
    grad = rng.standard_normal((4, 6))
    for parameter, g in ((plain, grad.copy()), (transposed, np.asfortranarray(grad))):
        parameter.grad = g
        optimizer = case.ours([parameter], **case.options)
        optimizer.step()
        np.testing.assert_array_equal(parameter.grad, grad)
    np.testing.assert_array_equal(plain.data, transposed.data)


@pytest.mark.parametrize("case", SCHEDULES, ids=str)
def test_schedule_twin(case):
    a, b = optim.SGD([Parameter(np.ones(2))], lr=0.3), torch.optim.SGD([torch.ones(2)], lr=0.3)
    ours, theirs = case.ours(a, **case.options), case.theirs(b, **case.options)
    for t in range(26):
        assert type(a.lr) is float
        assert a.lr == pytest.approx(b.param_groups[0]["lr"], rel=1e-9, abs=1e-12), t
        assert ours.get_last_lr() == [a.lr] == [ours.lr_at(t)]
        b.step()
        ours.step()
        theirs.step()


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("case", PLATEAUS, ids=str)
def test_plateau_twin(case, sign):
    """A metric that falls (or climbs), stalls, is NaN, infinite, equal to the best, and all that once more."""
    a, b = optim.SGD([Parameter(np.ones(2))], lr=0.3), torch.optim.SGD([torch.ones(2)], lr=0.3)
    ours, theirs = case.ours(a, **case.options), case.theirs(b, **case.options)
    rng = np.random.default_rng(0)
    metrics = sign * np.concatenate([np.geomspace(3, 1, 8), np.full(14, 1.0), 1 + rng.standard_normal(20),
                                     [math.nan, math.inf, -0.5, -0.5], -1 + 0.1 * rng.standard_normal(20)])
    rates = []
    for t, metric in enumerate(metrics):
        ours.step(metric)
        theirs.step(metric)
        rates.append(a.lr)
        assert type(a.lr) is float
        assert a.lr == pytest.approx(b.param_groups[0]["lr"], rel=1e-12), t
        assert (ours.best, ours.num_bad_epochs) == (theirs.best, theirs.num_bad_epochs), t
        assert ours.get_last_lr() == [a.lr] and ours.last_epoch == theirs.last_epoch
    assert len(set(rates)) > 1


def test_every_public_class_is_in_the_registry():
    public = {n for n, c in vars(optim).items() if inspect.isclass(c) and c.__module__ == "nnlib.optim"}
    assert public - {"Optimizer", "LRScheduler"} == LISTED


@pytest.mark.parametrize("name", sorted(LISTED))
def test_argument_names_order_and_defaults_are_pytorchs(name):
    theirs = getattr(torch.optim, name, None) or getattr(torch.optim.lr_scheduler, name)
    ours = inspect.signature(getattr(optim, name)).parameters
    theirs = inspect.signature(theirs).parameters
    assert list(ours) == list(theirs)[: len(ours)]
    for key in ours:
        assert ours[key].default == theirs[key].default, key


def test_shared_parameter_moves_once():
    p = Parameter(np.ones(3))
    p.grad = np.ones(3)
    optim.SGD([p, p], lr=0.5).step()
    np.testing.assert_array_equal(p.data, 0.5)


def test_zero_grad_forgets():
    p = Parameter(np.ones(3))
    p.grad = np.ones(3)
    optimizer = optim.Adam([p])
    optimizer.zero_grad()
    optimizer.step()
    assert p.grad is None
    np.testing.assert_array_equal(p.data, 1)


def rosenbrock_run(optimizer_class, steps, **options):
    """Minimise (1 - x)^2 + 100 (y - x^2)^2 from (-1.5, 2); its minimum, 0, lies at (1, 1)."""
    p = Parameter(np.array([-1.5, 2.0]))
    optimizer = optimizer_class([p], **options)
    schedule = optim.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        x, y = p.data
        p.grad = np.array([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])
        optimizer.step()
        schedule.step()
    return p.data


def test_adam_reaches_the_minimum_of_rosenbrock():
    np.testing.assert_allclose(rosenbrock_run(optim.Adam, 5000, lr=0.05), [1, 1], atol=1e-4)


def test_l2_penalty_equals_decoupled_decay_for_sgd_but_not_for_adam():
    def run(make):
        p = Parameter(np.array([1.0, -2.0]))
        optimizer = make(p)
        for t in range(10):
            p.grad = np.array([0.3, 5.0]) * (1 + t)
            optimizer.step()
        return p.data
    decayed = Parameter(np.array([1.0, -2.0]))
    for t in range(10):
        decayed.data = decayed.data * (1 - 0.1 * 0.2) - 0.1 * np.array([0.3, 5.0]) * (1 + t)
    np.testing.assert_allclose(run(lambda p: optim.SGD([p], lr=0.1, weight_decay=0.2)), decayed.data)
    adam = run(lambda p: optim.Adam([p], lr=0.1, weight_decay=0.2))
    adamw = run(lambda p: optim.AdamW([p], lr=0.1, weight_decay=0.2))
    assert np.all(np.abs(adam - adamw) > 1e-3)


@pytest.mark.parametrize("max_norm", [0.0, 0.5, 1e6])
def test_clip_grad_norm(max_norm):
    rng = np.random.default_rng(0)
    ours = [Parameter(np.zeros(s)) for s in SHAPES]
    theirs = [torch.nn.Parameter(torch.zeros(s, dtype=torch.float64)) for s in SHAPES]
    for p, q in zip(ours[:-1], theirs):
        p.grad = np.asarray(rng.standard_normal(p.shape))
        q.grad = torch.tensor(p.grad)
    norm = optim.clip_grad_norm_((p for p in ours), max_norm)
    assert norm == pytest.approx(float(torch.nn.utils.clip_grad_norm_(theirs, max_norm)))
    assert type(norm) is float
    assert ours[-1].grad is None
    for p, q in zip(ours[:-1], theirs):
        np.testing.assert_allclose(p.grad, q.grad.numpy(), rtol=1e-10, atol=1e-12)


def test_clip_grad_norm_of_nothing_and_of_huge_float32():
    p = Parameter(np.zeros(2, np.float32))
    assert optim.clip_grad_norm_([p], 1.0) == 0.0
    p.grad = np.full(2, 1e30, np.float32)
    assert optim.clip_grad_norm_([p], 1.0) == pytest.approx(math.sqrt(2) * 1e30)
    assert p.grad.dtype == np.float32
    np.testing.assert_allclose(p.grad, math.sqrt(0.5), rtol=1e-5)


PARAMETER = Parameter(np.ones(2))
OPTIMIZER = optim.SGD([PARAMETER])


@pytest.mark.parametrize("name, call", [
    ("params", lambda: optim.Adam([])),
    ("params", lambda: optim.Adam([np.ones(3)])),
    ("params", lambda: optim.Adam([torch.nn.Parameter(torch.ones(3))])),
    ("lr", lambda: optim.Adam([PARAMETER], lr=-1)),
    ("betas", lambda: optim.Adam([PARAMETER], betas=(0.9, 1.0))),
    ("eps", lambda: optim.AdamW([PARAMETER], eps=-1)),
    ("weight_decay", lambda: optim.SGD([PARAMETER], weight_decay=-1)),
    ("momentum", lambda: optim.SGD([PARAMETER], momentum=-1)),
    ("momentum", lambda: optim.RMSprop([PARAMETER], momentum=-1)),
    ("nesterov", lambda: optim.SGD([PARAMETER], nesterov=True)),
    ("alpha", lambda: optim.RMSprop([PARAMETER], alpha=-1)),
    ("lr_decay", lambda: optim.Adagrad([PARAMETER], lr_decay=-1)),
    ("initial_accumulator_value", lambda: optim.Adagrad([PARAMETER], initial_accumulator_value=-1)),
    ("step_size", lambda: optim.StepLR(OPTIMIZER, 0)),
    ("T_max", lambda: optim.CosineAnnealingLR(OPTIMIZER, 0)),
    ("start_factor", lambda: optim.LinearLR(OPTIMIZER, 0.0)),
    ("end_factor", lambda: optim.LinearLR(OPTIMIZER, end_factor=2)),
    ("total_iters", lambda: optim.LinearLR(OPTIMIZER, total_iters=0)),
    ("factor", lambda: optim.ReduceLROnPlateau(OPTIMIZER, factor=1.0)),
    ("mode", lambda: optim.ReduceLROnPlateau(OPTIMIZER, "least")),
    ("threshold_mode", lambda: optim.ReduceLROnPlateau(OPTIMIZER, threshold_mode="relative")),
    ("milestones", lambda: optim.SequentialLR(OPTIMIZER, [optim.StepLR(OPTIMIZER, 1)], [3])),
    ("max_norm", lambda: optim.clip_grad_norm_([PARAMETER], -1.0)),
])
def test_bad_arguments_are_named(name, call):
    with pytest.raises(ValueError, match=f"^{name}: expected .*, got "):
        call()


def test_gradient_of_another_shape_is_refused():
    p = Parameter(np.ones((2, 3)))
    p.grad = np.ones(3)
    with pytest.raises(ValueError, match=r"grad: expected shape \(2, 3\), got \(3,\)"):
        optim.SGD([p]).step()
