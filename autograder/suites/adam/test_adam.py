"""Hidden tests of adam: the moments, their correction, the optimizer, and the loop around it.

Parameters live with the student, in a list behind a handle; tests send gradients and look at what became of
the list. Only test_adam_in_place asks whether the arrays are still the same objects. Gradients keep away
from zero except in test_adam_eps, so that the place of eps costs the points of that test alone. A test
that is not about numbers but about copies or state accepts any step that looks like one of Adam's.
"""

import numpy as np
import pytest

from autograder.marking.student import Shown

packages = ["numpy", "nnlib.plot", "nnlib.data"]
builds_on = {"Adam": ["update_moments", "bias_correction"], "train": ["Adam"]}


def gradients(rng, *shape):
    """Random gradients of either sign, with sizes from 0.5 to 2."""
    return rng.uniform(0.5, 2, shape) * rng.choice([-1, 1], shape)


def adam(p, grads, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
    """What p becomes after one step for each of grads.

    Unrolled and corrected, Adam's moments are weighted averages of the gradients and their squares so far,
    where each weighs beta times what the next one weighs (Kingma & Ba, 2015, section 3).
    """
    for t in range(1, len(grads) + 1):
        age = np.arange(t)[::-1]
        m_hat = np.average(grads[:t], axis=0, weights=betas[0] ** age)
        v_hat = np.average(grads[:t] ** 2, axis=0, weights=betas[1] ** age)
        p = p - lr * m_hat / (np.sqrt(v_hat) + eps)
    return p


def after_steps(student, params, steps, **options):
    """The parameters after the student's Adam has taken one step for each list of gradients in steps."""
    sent = student.put(params)
    optimizer = student.Adam(sent, **options)
    for grads in steps:
        optimizer.step(grads)
    moved = sent.get()
    assert [np.shape(p) for p in moved] == [np.shape(p) for p in params]    # no list or array may have become empty
    refuse_nan(moved)
    return moved


def refuse_nan(arrays):
    """Say so where there is NaN: it looks the same whatever the cause, so no slip can be told from it."""
    if any(np.any(np.isnan(array)) for array in arrays):
        raise Shown("The parameters have become NaN. Two things do that here: 0 / 0 (what is 1 - beta**t at t = 0?) "
                    "and the root of a negative number (can your v be negative?).")


def assert_like_adam(before, after, grad, lr):
    """Every entry moved against its gradient, by lr within a factor of 100.

    With gradients near 1000 a slip in the corrections passes here, but plain gradient descent does not.
    """
    assert np.shape(before) == np.shape(after) == np.shape(grad)
    steps = (before - after) * np.sign(grad)
    assert np.all((steps > lr / 100) & (steps < lr * 100))


@pytest.mark.grade("test-update-moments", points=0.5,
                   hint="m remembers beta1 of itself and takes in the rest from grad.")
def test_update_moments_first(student):
    """update_moments mixes the old m and the gradient."""
    rng = np.random.default_rng(1)
    for shape, beta1 in (((3, 4), 0.9), ((5,), 0.6)):
        m, grad = rng.normal(size=(2, *shape))
        new_m, _ = student.update_moments(m, grad**2, grad, beta1, 0.99)
        np.testing.assert_allclose(new_m, beta1 * m + (1 - beta1) * grad)


@pytest.mark.grade("test-update-moments", points=0.5,
                   hint="v is to the squares of the gradients what m is to the gradients.")
def test_update_moments_second(student):
    """update_moments mixes the old v and the squared gradient."""
    rng = np.random.default_rng(2)
    for shape, beta2 in (((3, 4), 0.999), ((5,), 0.7)):
        m, grad = rng.normal(size=(2, *shape))
        v = rng.uniform(0.1, 1, shape)
        _, new_v = student.update_moments(m, v, grad, 0.9, beta2)
        np.testing.assert_allclose(new_v, beta2 * v + (1 - beta2) * grad**2)


@pytest.mark.grade("test-bias-correction", points=0.5,
                   hint="After one step from zero m is (1 - beta1) * grad. Which factor brings the gradient back?")
def test_bias_correction_first_step(student):
    """After the first step the corrected moments are the gradient and its square."""
    grad = gradients(np.random.default_rng(3), 3, 4)
    for beta1, beta2 in ((0.9, 0.999), (0.5, 0.8)):
        m_hat, v_hat = student.bias_correction((1 - beta1) * grad, (1 - beta2) * grad**2, 1, beta1, beta2)
        np.testing.assert_allclose([m_hat, v_hat], [grad, grad**2])


@pytest.mark.grade("test-bias-correction", points=0.5, hint="The zeros of the start weigh beta1**t after t steps.")
def test_bias_correction_m(student):
    """Later on m is corrected by the step number."""
    m = gradients(np.random.default_rng(4), 3, 4)
    for t in (2, 7, 40):
        m_hat, _ = student.bias_correction(m, m**2, t, 0.9, 0.99)
        np.testing.assert_allclose(m_hat, m / (1 - 0.9**t))


@pytest.mark.grade("test-bias-correction", points=0.5, hint="v has its own beta, and it forgets the zeros more slowly.")
def test_bias_correction_v(student):
    """Later on v is corrected by the step number."""
    m = gradients(np.random.default_rng(5), 3, 4)
    for t in (2, 7, 40):
        _, v_hat = student.bias_correction(m, m**2, t, 0.9, 0.99)
        np.testing.assert_allclose(v_hat, m**2 / (1 - 0.99**t))


@pytest.mark.grade("test-bias-correction", points=0.5,
                   hint="The next step continues from the uncorrected m and v: make new arrays for the corrected ones.")
def test_bias_correction_keeps_moments(student):
    """bias_correction leaves m and v as they were."""
    m, v = gradients(np.random.default_rng(6), 2, 5) ** 2
    sent = student.put([m, v])
    m_hat, _ = student.bias_correction(sent[0], sent[1], 1, 0.8, 0.99)
    np.testing.assert_allclose(m_hat, m / (1 - 0.8))
    np.testing.assert_array_equal(sent.get(), [m, v])


@pytest.mark.grade("test-adam", points=0.5,
                   hint="With m_hat = g and v_hat = g**2, what is m_hat / sqrt(v_hat)? Follow one number by hand.")
def test_adam_first_step(student):
    """The first step moves every entry by lr against its gradient, however large the gradient is."""
    rng = np.random.default_rng(7)
    p, grad = rng.normal(size=(3, 4)), gradients(rng, 3, 4) * 10.0 ** rng.integers(-1, 3, (3, 4))
    (moved,) = after_steps(student, [p], [[grad]], lr=0.1)
    np.testing.assert_allclose(moved, p - 0.1 * np.sign(grad), rtol=0, atol=1e-5)


@pytest.mark.grade("test-adam", points=0.5,
                   hint="The second step shows whether m, v and t were kept: compute it by hand for one number.")
def test_adam_several_steps(student):
    """Six steps with six different gradients, all settings at their defaults."""
    rng = np.random.default_rng(8)
    p, grads = rng.normal(size=(3, 4)), gradients(rng, 6, 3, 4)
    (moved,) = after_steps(student, [p], [[grad] for grad in grads])
    np.testing.assert_allclose(moved, adam(p, grads), rtol=0, atol=1e-7)


@pytest.mark.grade("test-adam", points=0.5,
                   hint="Each parameter has its own m and v; t counts the calls of step, whatever their number.")
def test_adam_several_parameters(student):
    """Parameters of equal and of different shapes are updated side by side."""
    rng = np.random.default_rng(9)
    for shapes in (((4,), (4,), (4,)), ((3, 4), (4,), (2, 3, 2), (4,))):    # equal ones could share a state unnoticed
        params = [rng.normal(size=shape) for shape in shapes]
        grads = [gradients(rng, 4, *p.shape) for p in params]
        grads[1][2] = 0  # m and v still carry this parameter on
        moved = after_steps(student, params, [list(step) for step in zip(*grads)], lr=0.01)
        for after, p, grad in zip(moved, params, grads):
            np.testing.assert_allclose(after, adam(p, grad, lr=0.01), rtol=0, atol=1e-6)


@pytest.mark.grade("test-adam", points=0.5,
                   hint="Does every formula use the lr and the betas that the constructor got?")
def test_adam_hyperparameters(student):
    """Adam follows the lr and the betas it is given."""
    rng = np.random.default_rng(10)
    p, grads, options = rng.normal(size=5), gradients(rng, 5, 5), {"lr": 0.05, "betas": (0.7, 0.95)}
    (moved,) = after_steps(student, [p], [[grad] for grad in grads], **options)
    np.testing.assert_allclose(moved, adam(p, grads, **options), rtol=0, atol=5e-6)


@pytest.mark.grade("test-adam", points=0.5,
                   hint="eps is added last, to the root of the corrected v. It matters for tiny gradients.")
def test_adam_eps(student):
    """eps tames the step where gradients are tiny, and a zero gradient moves nothing; 1e-8 is its default."""
    rng = np.random.default_rng(11)
    for eps, options in ((0.01, {"eps": 0.01}), (1e-8, {})):
        p, grad = rng.normal(size=6), eps * gradients(rng, 6)
        grad[4] = 0
        (moved,) = after_steps(student, [p], [[grad]], lr=0.1, **options)
        np.testing.assert_allclose(moved, p - 0.1 * grad / (np.abs(grad) + eps), rtol=0, atol=1e-9)


@pytest.mark.grade("test-adam", points=0.5,
                   hint="p = p - step makes a new array and names it p; whoever holds the old one sees nothing.")
def test_adam_in_place(student):
    """step changes the very arrays that the optimizer was given, and keeps their dtype."""
    rng = np.random.default_rng(12)
    params = [rng.normal(size=(2, 3)), rng.normal(size=4).astype(np.float32)]
    grads = [1000 * gradients(rng, *p.shape).astype(p.dtype) for p in params]
    arrays = [student.put(p) for p in params]
    listed = student.put(arrays)
    student.Adam(listed, lr=0.01).step(grads)
    if not all(np.array_equal(item, array.get()) for item, array in zip(listed.get(), arrays)):
        raise Shown("step put new arrays into the list; the arrays themselves should change")
    for before, array, grad in zip(params, arrays, grads):
        after = array.get()
        refuse_nan([after])
        if after.dtype != before.dtype:
            raise Shown(f"step turned {before.dtype} into {after.dtype}")
        assert_like_adam(before, after, grad, lr=0.01)


@pytest.mark.grade("test-adam", points=0.5, hint="grad *= ... and grad **= 2 change the caller's array.")
def test_adam_keeps_gradients(student):
    """step leaves the gradients as they were."""
    rng = np.random.default_rng(13)
    p, grad = rng.normal(size=(3, 2)), 1000 * gradients(rng, 3, 2)
    sent = student.put(grad)
    (moved,) = after_steps(student, [p], [[sent], [sent]], lr=0.01)
    assert_like_adam(p, moved, grad, lr=0.01)
    np.testing.assert_array_equal(sent.get(), grad)


@pytest.mark.grade("test-adam", points=0.5,
                   hint="m, v and t belong to self: what stands in the class body or in a default argument is shared.")
def test_adam_independent(student):
    """Two optimizers know nothing of each other."""
    rng = np.random.default_rng(14)
    p, (grad, other) = rng.normal(size=5), 1000 * gradients(rng, 2, 5)
    first, second = student.put([p]), student.put([p])
    one, two = student.Adam(first, lr=0.01), student.Adam(second, lr=0.01)
    one.step([grad])
    (after_one,) = first.get()
    one.step([other])
    two.step([grad])
    (after_two,) = second.get()
    refuse_nan([after_one, after_two])
    assert_like_adam(p, after_one, grad, lr=0.01)
    np.testing.assert_allclose(after_two, after_one)


CURVATURE = np.array([0.2, 0.02, 0.002])


def bowl(params):
    """Loss and gradients of a flat valley, 100 times steeper across than along; its lowest point is not zero."""
    x, y = params[0] + 0.5, params[1] - 0.25
    loss = 0.5 * np.sum(CURVATURE * x**2) + 0.01 * np.sum(y**2)
    return float(loss), [CURVATURE * x, 0.02 * y]


@pytest.mark.grade("test-train", points=0.5,
                   hint="Each step: loss and gradients once, the loss into the list, then optimizer.step(grads).")
def test_train_losses(student):
    """train returns one loss per step, each measured once and before the update."""
    rng = np.random.default_rng(15)
    params = student.put([rng.normal(size=3), rng.normal(size=(2, 2))])
    measured = []

    def loss_and_grad(params):
        loss, grads = bowl(params)
        measured.append(loss)
        return loss, grads

    losses = student.train(student.Adam(params, lr=1), params, loss_and_grad, 12)  # so large that the loss also rises
    assert len(losses) == len(measured) == 12
    np.testing.assert_allclose(losses, measured)


@pytest.mark.grade("test-train", points=0.25, hint="Does train take its steps with the optimizer that it is given?")
def test_train_optimizer(student):
    """train takes its steps with the optimizer it is given."""
    grad = np.array([1000.0, -1000, 500])
    params = student.put([np.zeros(3)])
    optimizer = student.Adam(params, lr=10)
    optimizer.step([grad])
    (before,) = params.get()
    student.train(optimizer, params, lambda params: (0.0, [grad]), 1)
    (after,) = params.get()
    refuse_nan([after])
    assert_like_adam(before, after, grad, lr=10)


@pytest.mark.grade("test-train", points=0.25,
                   hint="First earn the points of Adam. Then: does every step of train use fresh gradients?")
def test_train_converges(student):
    """In a flat, badly scaled valley Adam gets much lower than plain gradient descent with the same lr."""
    start, lr, steps = [np.full(3, 0.5), np.full((2, 2), 1.25)], 0.05, 32  # 1 away from the lowest point: 20 steps
    descent = start
    for _ in range(steps):
        descent = [p - lr * grad for p, grad in zip(descent, bowl(descent)[1])]
    params = student.put(start)
    student.train(student.Adam(params, lr=lr), params, bowl, steps)
    reached = params.get()
    refuse_nan(reached)
    assert [np.shape(p) for p in reached] == [np.shape(p) for p in start]
    assert bowl(reached)[0] < 0.1 * bowl(descent)[0]
