"""Hidden tests of lr_schedule: half a cosine, the climb before it, and the loop that asks a schedule.

Each test is about one property, where possible on inputs or in terms in which other slips do no harm: what is not
about lr_min has none, what is about lr_min compares the student's rates with and without it; and tests of train that
are not about the direction of a step look at its size.
"""

import numpy as np
import pytest

from autograder.marking.student import Shown

packages = ["numpy", "nnlib.plot", "nnlib.data"]
builds_on = {"warmup_cosine_lr": ["cosine_lr"]}

NOTHING = "Nothing came back (None): is there a return at the end of the function, whatever the step?"
CLOSE = {"rtol": 1e-9, "atol": 1e-12}    # a share of 0 may come out as a rounding error


def number(value):
    """A rate that came back."""
    if value is None:
        raise Shown(NOTHING)
    if not isinstance(value, (int, float, np.number, np.ndarray)) or np.ndim(value) > 0:
        raise Shown("Expected one number for one step.")
    return float(value)


def refuse_all_but_floats(values):
    """Say so where a float was asked for and something else came."""
    for value in values:
        number(value)
        if not isinstance(value, (float, np.floating)):
            raise Shown("A rate came back that is a number, but not a float.")


def half_cosine(share):
    """What is still ahead after this share of the way: (1 + cos 2x) / 2 is the square of cos x."""
    return np.cos(np.pi / 2 * np.asarray(share)) ** 2


def cosine(student, steps, *args):
    """The student's cosine_lr at each of some steps."""
    return np.array([number(student.cosine_lr(t, *args)) for t in steps])


def warmup(student, steps, *args):
    """The student's warmup_cosine_lr at each of some steps."""
    return np.array([number(student.warmup_cosine_lr(t, *args)) for t in steps])


# Task 1 -----------------------------------------------------------------------------------------------------


@pytest.mark.grade("test-cosine-lr", points=0.25, hint="lr_max times a share, and shares are fractions: floats.")
def test_cosine_float(student):
    """cosine_lr returns one float, also at both ends and beyond."""
    rates = [student.cosine_lr(t, 8, 0.75, 0.25) for t in (0, 3, 8, 11)]
    refuse_all_but_floats(rates)
    assert np.ptp(rates) > 0


@pytest.mark.grade("test-cosine-lr", points=0.25,
                   hint="What is the share at t = 0, and at t = T? The cosine of 0 is 1.")
def test_cosine_ends(student):
    """The rate is lr_max at step 0, and nothing is left at step T, also where T is 1."""
    for T, lr_max in ((7, 0.3), (1, 2.5), (1000, 0.04)):
        np.testing.assert_allclose(cosine(student, (0, T), T, lr_max), [lr_max, 0], **CLOSE)


@pytest.mark.grade("test-cosine-lr", points=0.5,
                   hint="t / T is how much of the way is done. Does the angle run from 0 to pi, and no further?")
def test_cosine_between(student):
    """Between the ends the rate follows half a cosine."""
    rng = np.random.default_rng(1)
    for T in (5, 12, 300):
        lr_max, steps = rng.uniform(0.1, 3), rng.choice(np.arange(1, T), 4, replace=False).tolist()
        expected = lr_max * half_cosine(np.divide(steps, T))
        np.testing.assert_allclose(cosine(student, steps, T, lr_max), expected, **CLOSE)


@pytest.mark.grade("test-cosine-lr", points=0.5,
                   hint="The way down leads from lr_max to lr_min. How long is it, and where does it end?")
def test_cosine_lr_min(student):
    """lr_min is where the way down ends: the share is one of lr_max - lr_min."""
    for T, lr_max, lr_min in ((6, 0.5, 0.2), (9, 1.5, 0.03), (4, 0.3, 0.3)):
        steps = range(T + 1)
        shares = cosine(student, steps, T, lr_max, 0.0) / lr_max    # the student's own: they are other tests' matter
        assert 0 < np.ptp(shares) < np.inf
        expected = lr_min + (lr_max - lr_min) * shares
        np.testing.assert_allclose(cosine(student, steps, T, lr_max, lr_min), expected, **CLOSE)


@pytest.mark.grade("test-cosine-lr", points=0.5,
                   hint="The cosine goes up again after pi. What should your function do with a t beyond T?")
def test_cosine_beyond(student):
    """After step T the rate stays where it was at step T."""
    for T in (2, 6, 11):
        steps = (T + 1, T + 3, 2 * T, 2 * T + 1, 50 * T)
        for lr_min in (0.0, 0.1):
            until = cosine(student, range(T + 1), T, 0.4, lr_min)
            assert np.ptp(until) > 0
            np.testing.assert_allclose(cosine(student, steps, T, 0.4, lr_min), np.full(5, until[-1]), **CLOSE)


# Task 2 -----------------------------------------------------------------------------------------------------


@pytest.mark.grade("test-warmup-cosine-lr", points=0.25, hint="Does each way through your function return a float?")
def test_warmup_float(student):
    """warmup_cosine_lr returns one float: in the climb, on the way down and beyond."""
    rates = [student.warmup_cosine_lr(t, 9, 2, 0.75, 0.25) for t in (0, 1, 2, 5, 9, 12)]
    refuse_all_but_floats(rates)
    assert np.ptp(rates) > 0


@pytest.mark.grade("test-warmup-cosine-lr", points=0.5,
                   hint="Draw three stairs for warmup = 3. How high is the first one, that of t = 0, and the last?")
def test_warmup_climb(student):
    """The first steps climb to lr_max in equal stairs, and the first stair is not 0."""
    for T, climb, lr_max in ((20, 7, 0.35), (6, 5, 2.0), (9, 1, 0.3)):
        stairs = np.linspace(0, lr_max, climb + 1)[1:]
        np.testing.assert_allclose(warmup(student, range(climb), T, climb, lr_max), stairs, **CLOSE)


@pytest.mark.grade("test-warmup-cosine-lr", points=0.25,
                   hint="lr_min is where the way down ends. Does the climb know of it?")
def test_warmup_climb_without_lr_min(student):
    """lr_min plays no part in the climb."""
    for T, climb in ((20, 7), (6, 5)):
        plain = warmup(student, range(climb), T, climb, 0.5)
        assert np.all(np.diff(plain) > 0)
        np.testing.assert_allclose(warmup(student, range(climb), T, climb, 0.5, 0.2), plain, **CLOSE)


@pytest.mark.grade("test-warmup-cosine-lr", points=0.5,
                   hint="warmup = 3 means three stairs: t = 0, 1, 2. At t = 3 the cosine takes its step 0.")
def test_warmup_peak(student):
    """At t = warmup the rate is lr_max, and from there on it falls."""
    for T, climb, lr_max in ((20, 7, 0.35), (6, 5, 2.0), (9, 1, 0.3), (3, 2, 1.0)):
        peak, after = warmup(student, (climb, climb + 1), T, climb, lr_max)
        np.testing.assert_allclose(peak, lr_max, **CLOSE)
        assert after < peak


@pytest.mark.grade("test-warmup-cosine-lr", points=0.5,
                   hint="How many steps are left after the climb? How many of them are done at step t?")
def test_warmup_way_down(student):
    """The cosine uses the steps that the climb has left, and ends at T."""
    for T, climb, lr_max in ((20, 7, 0.35), (6, 4, 2.0), (9, 1, 0.3), (150, 30, 0.8)):
        steps = np.unique(np.linspace(climb + 1, T, 8).astype(int)).tolist()
        shares = half_cosine(np.linspace(0, 1, T - climb + 1))[np.subtract(steps, climb)]
        np.testing.assert_allclose(warmup(student, steps, T, climb, lr_max), lr_max * shares, **CLOSE)


@pytest.mark.grade("test-warmup-cosine-lr", points=0.25,
                   hint="After the climb both ends of the way down count. Is lr_min handed on?")
def test_warmup_lr_min(student):
    """The way down ends at lr_min."""
    for T, climb, lr_max, lr_min in ((20, 7, 0.35, 0.1), (6, 4, 2.0, 0.5), (5, 2, 0.4, 0.4)):
        steps = range(climb + 1, T + 1)
        shares = warmup(student, steps, T, climb, lr_max, 0.0) / lr_max
        assert 0 < np.ptp(shares) < np.inf
        expected = lr_min + (lr_max - lr_min) * shares
        np.testing.assert_allclose(warmup(student, steps, T, climb, lr_max, lr_min), expected, **CLOSE)


@pytest.mark.grade("test-warmup-cosine-lr", points=0.25, hint="Try t = T + 1, and t = 2 * T.")
def test_warmup_beyond(student):
    """Beyond T the rate stays where it was at step T."""
    for T, climb in ((10, 4), (6, 5), (7, 1)):
        steps = (T + 1, T + climb, 2 * T - climb, 2 * T, 50 * T)
        for lr_min in (0.0, 0.1):
            until = warmup(student, range(T + 1), T, climb, 0.4, lr_min)
            assert np.ptp(until) > 0
            np.testing.assert_allclose(warmup(student, steps, T, climb, 0.4, lr_min), np.full(5, until[-1]), **CLOSE)


@pytest.mark.grade("test-warmup-cosine-lr", points=0.5, hint="With no stairs there is nothing to divide by.")
def test_warmup_without_climb(student):
    """With warmup = 0 the rate follows half a cosine from step 0 on."""
    for T, lr_max in ((6, 0.5), (1, 2.0), (13, 0.03)):
        expected = lr_max * half_cosine(np.minimum(np.arange(T + 3) / T, 1))
        np.testing.assert_allclose(warmup(student, range(T + 3), T, 0, lr_max), expected, **CLOSE)


# Task 3 -----------------------------------------------------------------------------------------------------


def refuse_empty(losses, steps):
    """Say so where there is not one loss for each step."""
    if losses is None:
        raise Shown(NOTHING)
    if np.shape(losses) != (steps,):
        raise Shown("Expected a list with one loss for each step.")


def valley(params):
    """A loss whose gradient is no straight line, so that the order of steps matters, and its gradients."""
    return float(sum(np.sum(np.log(np.cosh(p))) for p in params)), [np.tanh(p) for p in params]


@pytest.mark.grade("test-train", points=0.5,
                   hint="The loss that comes with the gradients belongs to the parameters before the update.")
def test_train_losses(student):
    """train returns one loss per step, that of the parameters before the update."""
    for steps in (6, 1):
        params, measured = student.put([np.random.default_rng(steps).normal(size=3)]), []

        def loss_and_grad(params, measured=measured):
            loss, grads = valley(params)
            measured.append(loss)
            return loss, grads

        losses = student.train(params, loss_and_grad, lambda t: 0.5, steps)
        refuse_empty(losses, steps)
        if len(measured) != steps:    # asked more than once per step, which is another test's matter
            measured = list(dict.fromkeys(measured))[:steps]
        np.testing.assert_allclose(losses, measured)


@pytest.mark.grade("test-train", points=0.25,
                   hint="loss, grads = loss_and_grad(params) gets both at once. With random batches a second call "
                        "answers for other examples.")
def test_train_asks_once(student):
    """loss_and_grad is asked once for each step, the first time with the parameters of the start."""
    start, met = np.array([1.5, -2.0]), []

    def loss_and_grad(params):
        met.append(params[0])
        return 1.0, [np.ones(2)]

    student.train(student.put([start]), loss_and_grad, lambda t: 0.25, 5)
    if len(met) != 5:
        raise Shown("loss_and_grad should be called once in each step, no more and no less.")
    np.testing.assert_allclose(met[0], start)


@pytest.mark.grade("test-train", points=0.5,
                   hint="In the first step t is 0. Is the schedule asked anew, and with the right t, in each step?")
def test_train_schedule(student):
    """Step t is as long as schedule(t) says, for t = 0 to steps - 1, also where that is 0, and in a second training."""
    rates, grad = np.array([4, 0, 2, 0.25, 0.125, 1, 0.5]), np.array([300.0, -100.0, 200.0])
    table, asked = dict(enumerate(rates.tolist())), []

    def schedule(t):
        asked.append(t)
        return table.get(t, 64.0)

    for _ in range(2):
        asked.clear()
        params = student.put([np.zeros(3)])
        student.train(params, lambda params: (1.0, [grad]), schedule, 7)
        (moved,) = params.get()
        if list(dict.fromkeys(asked)) != list(range(7)):    # some ask once for each array
            raise Shown("The schedule should be asked for the steps 0, 1, 2, ..., steps - 1, in this order.")
        np.testing.assert_allclose(np.abs(moved), rates.sum() * np.abs(grad))    # no other seven have this sum


@pytest.mark.grade("test-train", points=0.75,
                   hint="p minus rate times gradient, with the gradient at the place where p is now. Do p and g of "
                        "each pair belong together?")
def test_train_descends(student):
    """Each step goes against the gradient at the current parameters, for one array and for several."""
    rng = np.random.default_rng(4)
    for shapes, steps in (([(4,)], 5), ([(2, 3), (3,), (1, 3, 2)], 3), ([(1, 1)], 1)):
        params = [rng.uniform(-3, 3, shape) for shape in shapes]
        sent = student.put(params)
        student.train(sent, valley, lambda t: 0.75, steps)
        for _ in range(steps):
            params = [p - 0.75 * np.tanh(p) for p in params]
        moved = sent.get()
        assert [np.shape(p) for p in moved] == shapes
        for p, after in zip(params, moved):
            np.testing.assert_allclose(after, p, **CLOSE)


def same(arrays, others):
    """Whether two lists hold equal arrays."""
    return len(arrays) == len(others) and all(map(np.array_equal, arrays, others))


@pytest.mark.grade("test-train", points=0.5,
                   hint="p = p - step makes a new array and names it p; whoever holds the old one sees nothing.")
def test_train_in_place(student):
    """The very arrays in the list change, and they keep their dtype."""
    rng = np.random.default_rng(5)
    before = [rng.normal(size=(2, 3)), rng.normal(size=4).astype(np.float32), rng.normal(size=1)]
    grads = [rng.uniform(1, 2, p.shape).astype(p.dtype) for p in before]
    arrays = [student.put(p) for p in before]
    listed = student.put(arrays)
    student.train(listed, lambda params: (1.0, grads), lambda t: 0.5, 1)
    after, in_the_list = [array.get() for array in arrays], listed.get()
    if not same(after, in_the_list):
        raise Shown("The list has new arrays; the arrays that were in it should change.")
    if same(before, after):
        raise Shown("After the training all parameters are what they were before.")
    for p, q in zip(before, after):
        if p.dtype != q.dtype:
            raise Shown(f"The training turned {p.dtype} into {q.dtype}.")
        assert np.all(np.isfinite(q))


@pytest.mark.grade("test-train", points=0.5, hint="g *= rate changes the caller's array. rate * g is a new one.")
def test_train_keeps_gradients(student):
    """The gradients stay as they are."""
    rng = np.random.default_rng(6)
    grads = [rng.normal(size=(3, 2)), rng.normal(size=4)]
    start, sent = [np.ones((3, 2)), np.ones(4)], [student.put(g) for g in grads]
    params = student.put(start)
    student.train(params, lambda params: (1.0, sent), lambda t: 0.5, 3)
    if same(start, params.get()):
        raise Shown("The parameters did not move.")
    for grad, handle in zip(grads, sent):
        np.testing.assert_array_equal(handle.get(), grad)
