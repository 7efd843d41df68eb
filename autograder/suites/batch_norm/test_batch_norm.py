"""Hidden tests of batch_norm: the forward pass, the way back through it, and the layer with its two modes.

Features have offsets of their own and spreads of 3 to 10, so that 1e-5 under a root, or beside it, is lost in the
tolerance: the place and the size of eps cost the points of the two tests about eps alone. N and D always differ.
What a cache holds is the student's choice: it goes from their batch_norm to their batch_norm_backward unopened.
"""

import numpy as np
import pytest

from autograder.marking.student import Shown

packages = ["numpy", "nnlib.plot", "nnlib.data"]
builds_on = {"batch_norm_backward": ["batch_norm"], "BatchNorm": ["batch_norm"]}

RTOL = 1e-4  # hides an eps of 1e-5; the smallest slip on these small batches is larger than 1 %


def batch(rng, n, d):
    """Random x (n, d)."""
    x = rng.normal(size=(n, d))
    x[:2] = rng.uniform(1, 2, size=(1, d)) * [[1], [-1]]    # so that no column comes out flat
    return x * rng.uniform(3, 10, size=d) + rng.uniform(5, 20, size=d) * rng.choice([-1, 1], size=d)


def scales(rng, d):
    """Random gamma and beta, (d,) each, neither near 0 nor near 1."""
    return rng.uniform(1.5, 3, size=d) * (-1.0) ** np.arange(d), rng.uniform(2, 5, size=d) * rng.choice([-1, 1], size=d)


def normalised(x, eps=0.0):
    """x hat from all pairs of examples: their mean difference is x - mu, half its mean square the variance."""
    pairs = x[:, None] - x
    return pairs.mean(axis=1) / np.sqrt((pairs**2).mean(axis=(0, 1)) / 2 + eps)


def slopes(x, gamma, dout, eps):
    """The gradient of sum(dout * out) by x, from a step along the imaginary axis, which no rounding disturbs."""
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[i] += 1e-20j
        gradient[i] = np.sum(dout * gamma * normalised(moved, eps)).imag / 1e-20
    return gradient


def shaped(value, shape, what, words):
    """The value as an array of this shape; in words that the student may read where it is none."""
    if value is None:
        raise Shown(f"{what} is None. Is a return missing?")
    if np.shape(value) != shape:
        raise Shown(f"{what} should be an array of shape {words}; yours has shape {np.shape(value)}.")
    return np.asarray(value)


def parts(answer, count, words):
    """What a function returned, where it is this many things."""
    if not isinstance(answer, (tuple, list)) or len(answer) != count:
        raise Shown(f"Expected {count} things to be returned: {words}.")
    return answer


def forward(student, x, gamma, beta, **options):
    """The student's out, of the shape of x."""
    out, _ = parts(student.batch_norm(x, gamma, beta, **options), 2, "out and the cache")
    return shaped(out, x.shape, "out", "(N, D), like x")


def assert_lined_up(out, x):
    """Each column of out is the column of x, moved and stretched: by how much does not matter here."""
    out, x = (a - a.mean(axis=0) for a in (out, x))
    lengths = np.linalg.norm(out, axis=0)
    assert np.all(lengths > 0)
    np.testing.assert_allclose(out / lengths, x / np.linalg.norm(x, axis=0), rtol=0, atol=1e-6)


@pytest.mark.grade("test-batch-norm", points=0.25,
                   hint="mu has one entry for each feature: a mean over the N examples. What is left of x has mean 0.")
def test_batch_norm_mean(student):
    """Before it is shifted by beta, each feature has mean 0 over the batch."""
    rng = np.random.default_rng(1)
    for n, d in ((5, 3), (3, 6)):
        x = batch(rng, n, d)
        out = forward(student, x, np.ones(d), np.zeros(d))
        assert_lined_up(out, x)
        np.testing.assert_allclose(out.mean(axis=0), 0, atol=1e-9)


@pytest.mark.grade("test-batch-norm", points=0.5,
                   hint="The variance is a mean of N squares; s is its root. Check a small batch by hand.")
def test_batch_norm_x_hat(student):
    """With gamma 1 and beta 0 out is x hat, entry for entry, in float64 and float32."""
    rng = np.random.default_rng(2)
    for n, d in ((5, 3), (2, 4), (4, 1)):
        x = batch(rng, n, d)
        np.testing.assert_allclose(forward(student, x, np.ones(d), np.zeros(d)), normalised(x), rtol=RTOL)
    x, ones = batch(rng, 6, 2), np.ones(2, np.float32)
    out = forward(student, x.astype(np.float32), ones, 0 * ones)
    np.testing.assert_allclose(out, normalised(x), rtol=1e-3, atol=1e-4)


@pytest.mark.grade("test-batch-norm", points=0.25,
                   hint="Each feature has its own gamma and beta: the last line is a product and a sum.")
def test_batch_norm_scale_and_shift(student):
    """gamma stretches and beta shifts each feature, however x hat was computed."""
    rng = np.random.default_rng(3)
    x, (gamma, beta) = batch(rng, 5, 3), scales(rng, 3)
    gamma[1] = 0
    x_hat = forward(student, x, np.ones(3), np.zeros(3))
    assert_lined_up(x_hat, x)
    np.testing.assert_allclose(forward(student, x, gamma, beta), gamma * x_hat + beta, atol=1e-9)


@pytest.mark.grade("test-batch-norm", points=0.5,
                   hint="s is the root of a sum of two things. Is the eps in it the one that the call gave?")
def test_batch_norm_eps(student):
    """eps stands under the root; it is what the call says, or else 1e-5."""
    rng = np.random.default_rng(4)
    for eps, options in ((0.5, {"eps": 0.5}), (4.0, {"eps": 4.0}), (1e-5, {})):
        # 200 examples: the two kinds of variance differ by less than the tolerance. Both columns have mean 0
        # and variance eps, so that one mean and one variance for all will do here.
        x = normalised(rng.normal(size=(200, 2))) * eps**0.5
        out = forward(student, x, np.ones(2), np.zeros(2), **options)
        np.testing.assert_allclose(out, normalised(x, eps), rtol=0.01, atol=1e-3)


@pytest.mark.grade("test-batch-norm", points=0.25,
                   hint="With one example mu is x, and the variance is 0. What do the formulas make of that?")
def test_batch_norm_one_example(student):
    """A batch of one comes out as beta."""
    rng = np.random.default_rng(5)
    x, (gamma, beta) = batch(rng, 3, 4)[:1], scales(rng, 4)
    np.testing.assert_allclose(forward(student, x, gamma, beta), [beta], rtol=0, atol=1e-9)


@pytest.mark.grade("test-batch-norm", points=0.25,
                   hint="x -= mu works inside the caller's array; x - mu makes a new one.")
def test_batch_norm_keeps_inputs(student):
    """x, gamma and beta stay as they are."""
    rng = np.random.default_rng(6)
    x, (gamma, beta) = batch(rng, 5, 3), scales(rng, 3)
    inputs = x, np.abs(gamma), beta
    sent = [student.put(array) for array in inputs]
    out, _ = parts(student.batch_norm(*sent), 2, "out and the cache")
    assert_lined_up(shaped(out, x.shape, "out", "(N, D), like x"), x)
    for handle, array in zip(sent, inputs):
        np.testing.assert_array_equal(handle.get(), array)


NAMES = ("dx", "dgamma", "dbeta")


def cached(student, x, gamma, beta, **options):
    """The student's cache of a batch."""
    return parts(student.batch_norm(x, gamma, beta, **options), 2, "out and the cache")[1]


def backward(student, name, dout, cache, shape):
    """One of the three gradients that the student's way back returns; shape is that of x."""
    gradients = parts(student.batch_norm_backward(dout, cache), 3, "dx, dgamma and dbeta")
    shape, words = (shape, "(N, D), like x") if name == "dx" else (shape[1:], "(D,), one entry for each feature")
    return shaped(gradients[NAMES.index(name)], shape, name, words)


@pytest.mark.grade("test-batch-norm-backward", points=0.5,
                   hint="beta[d] is added to every example, so a nudge of it reaches N entries of out.")
def test_backward_dbeta(student):
    """dbeta collects what comes from above, for each feature."""
    rng = np.random.default_rng(7)
    for n, d in ((5, 3), (4, 6)):
        dout = rng.normal(size=(n, d))
        dbeta = backward(student, "dbeta", dout, cached(student, batch(rng, n, d), *scales(rng, d)), (n, d))
        np.testing.assert_allclose(dbeta, [sum(column) for column in dout.T.tolist()])


@pytest.mark.grade("test-batch-norm-backward", points=0.5,
                   hint="By how much does out[n, d] grow when gamma[d] grows by a little? Then add up over the batch.")
def test_backward_dgamma(student):
    """dgamma is the gradient by gamma."""
    rng = np.random.default_rng(8)
    for n, d in ((5, 3), (4, 6)):
        x, dout = batch(rng, n, d), rng.normal(size=(n, d))
        dgamma = backward(student, "dgamma", dout, cached(student, x, *scales(rng, d)), (n, d))
        np.testing.assert_allclose(dgamma, np.einsum("nd,nd->d", dout, normalised(x)), rtol=RTOL)


def uphill(dx, dout):
    """dx, where it follows dout: along its own projection every vector goes up. gamma is positive here."""
    assert np.all(np.sum(dx * dout, axis=0) > 0)
    return dx


@pytest.mark.grade("test-batch-norm-backward", points=0.5,
                   hint="If all examples move together, mu moves with them, and out stays. So what is the sum of dx?")
def test_backward_through_the_mean(student):
    """Each column of dx sums to zero."""
    rng = np.random.default_rng(9)
    for n, d in ((5, 3), (4, 6)):
        dout, (gamma, beta) = rng.normal(size=(n, d)) + 1, scales(rng, d)
        dx = backward(student, "dx", dout, cached(student, batch(rng, n, d), np.abs(gamma), beta), (n, d))
        np.testing.assert_allclose(uphill(dx, dout).sum(axis=0), 0, atol=1e-9)


@pytest.mark.grade("test-batch-norm-backward", points=0.5,
                   hint="If all examples spread out around mu, s grows with them, and out stays: the third way.")
def test_backward_through_the_spread(student):
    """Stretching the batch changes next to nothing, so dx has no part along x hat."""
    rng = np.random.default_rng(10)
    for n, d in ((5, 3), (4, 6)):
        x, (gamma, beta) = batch(rng, n, d), scales(rng, d)
        dout = rng.normal(size=(n, d)) + normalised(x)
        dx = backward(student, "dx", dout, cached(student, x, np.abs(gamma), beta), (n, d))
        along = np.sum(uphill(dx, dout) * normalised(x), axis=0)
        np.testing.assert_allclose(along / np.linalg.norm(dx, axis=0), 0, atol=1e-4)


@pytest.mark.grade("test-batch-norm-backward", points=0.5,
                   hint="Do a gradient check as in the example test: one feature, three examples, each term by itself.")
def test_backward_dx(student):
    """dx is the slope of the loss by each entry of x, for small and large eps, in float64 and float32."""
    rng = np.random.default_rng(11)
    for n, d, eps in ((5, 3, 1e-5), (3, 4, 1e-5), (6, 2, 30.0)):
        x, (gamma, beta), dout = batch(rng, n, d), scales(rng, d), rng.normal(size=(n, d))
        for dtype, rtol, atol in ((np.float64, RTOL, 1e-6), (np.float32, 1e-2, 1e-3)):
            cache = cached(student, *(a.astype(dtype) for a in (x, gamma, beta)), eps=eps)
            dx = backward(student, "dx", dout.astype(dtype), cache, (n, d))
            np.testing.assert_allclose(dx, slopes(x, gamma, dout, eps), rtol=rtol, atol=atol)


@pytest.mark.grade("test-batch-norm-backward", points=0.25,
                   hint="A batch of one always comes out as beta. Which gradients does that leave?")
def test_backward_one_example(student):
    """In a batch of one only beta has a gradient."""
    rng = np.random.default_rng(12)
    x, (gamma, beta), dout = batch(rng, 3, 4)[:1], scales(rng, 4), rng.normal(size=(1, 4))
    cache = cached(student, x, gamma, beta)
    for name, expected in zip(NAMES, (np.zeros((1, 4)), np.zeros(4), dout[0])):
        np.testing.assert_allclose(backward(student, name, dout, cache, (1, 4)), expected, atol=1e-9)


@pytest.mark.grade("test-batch-norm-backward", points=0.25,
                   hint="dout *= gamma changes the caller's array. And is all that you need in the cache?")
def test_backward_keeps_dout(student):
    """dout stays as it is, and each cache stands for its own batch, whatever came later."""
    rng = np.random.default_rng(13)
    x, other, dout = batch(rng, 5, 3), batch(rng, 5, 3), rng.normal(size=(5, 3))
    gamma, beta = scales(rng, 3)
    sent = student.put(dout)
    dx = backward(student, "dx", sent, cached(student, x, gamma, beta), x.shape)
    np.testing.assert_array_equal(sent.get(), dout)
    cache, _ = (cached(student, seen, gamma, beta) for seen in (x, other))
    assert np.all(dx != 0)
    np.testing.assert_allclose(backward(student, "dx", sent, cache, x.shape), dx)


STATE = ("gamma", "beta", "running_mean", "running_var")


def averages(layer, d):
    """The layer's running mean and variance."""
    mean, var = (shaped(getattr(layer, name).get(), (d,), name, "(num_features,)") for name in STATE[2:])
    if not (np.all(np.isfinite(mean)) and np.all(np.isfinite(var)) and np.all(var >= 0)):
        raise Shown("The running averages hold NaN, infinity or a negative variance.")
    return mean, var


def run(layer, x, training):
    """What the student's forward makes of x."""
    return shaped(layer.forward(x, training=training), np.shape(x), "What forward returns", "(N, num_features), like x")


def tracked(start, batches, m):
    """The running average after these values: each counts m, and what came later took its share of it."""
    weights = m * (1 - m) ** np.arange(len(batches))[::-1]
    return (1 - m) ** len(batches) * start + weights @ np.array(batches)


@pytest.mark.grade("test-layer", points=0.25,
                   hint="What stands in the class body or in a default argument exists once, for all layers.")
def test_layer_start(student):
    """A new layer starts with gamma and variance 1, beta and mean 0, whatever other layers have seen."""
    student.BatchNorm(3).forward(batch(np.random.default_rng(14), 5, 3), training=True)
    for d in (3, 4):
        layer = student.BatchNorm(d)
        for name, start in zip(STATE, (1, 0, 0, 1)):
            got = shaped(getattr(layer, name).get(), (d,), name, "(num_features,)")
            if got.dtype.kind != "f":
                raise Shown(f"{name} should be an array of floats: integers cannot hold what an optimizer adds.")
            np.testing.assert_array_equal(got, np.full(d, float(start)))


@pytest.mark.grade("test-layer", points=0.25,
                   hint="In training the layer does what batch_norm does. The averages are only kept for later.")
def test_layer_training(student):
    """In training each batch is normalised with its own mean and biased variance."""
    rng = np.random.default_rng(15)
    layer = student.BatchNorm(3)
    for n in (5, 3, 4):
        x = batch(rng, n, 3)
        np.testing.assert_allclose(run(layer, x, training=True), normalised(x), rtol=RTOL)


@pytest.mark.grade("test-layer", points=0.25,
                   hint="Follow one number for two batches on paper: what does the average keep, what does it take in?")
def test_layer_running_mean(student):
    """running_mean follows the means of the training batches."""
    rng = np.random.default_rng(16)
    layer, batches = student.BatchNorm(3, momentum=0.5), [batch(rng, n, 3) for n in (5, 3, 4)]
    for count, x in enumerate(batches, 1):
        layer.forward(x, training=True)
        means = [[sum(column) / len(column) for column in seen.T] for seen in batches[:count]]
        np.testing.assert_allclose(averages(layer, 3)[0], tracked(0, means, 0.5), rtol=1e-5)


@pytest.mark.grade("test-layer", points=0.25,
                   hint="This average starts at 1, and takes in the variance that is divided by N - 1.")
def test_layer_running_var(student):
    """running_var follows the unbiased variances of the training batches."""
    rng = np.random.default_rng(17)
    layer, batches = student.BatchNorm(3, momentum=0.5), [batch(rng, n, 3) for n in (5, 3, 4)]
    for count, x in enumerate(batches, 1):
        layer.forward(x, training=True)
        unbiased = [np.diag(np.cov(seen.T)) for seen in batches[:count]]
        np.testing.assert_allclose(averages(layer, 3)[1], tracked(1, unbiased, 0.5), rtol=1e-5)


@pytest.mark.grade("test-layer", points=0.25,
                   hint="momentum is the weight of the newest batch. With 0.1 nine tenths of the average stay.")
def test_layer_momentum(student):
    """momentum is the weight of the newest batch in both averages; where nothing is said it is 0.1."""
    rng = np.random.default_rng(18)
    for m, options in ((0.3, {"momentum": 0.3}), (0.1, {})):
        layer, x = student.BatchNorm(2, **options), batch(rng, 200, 2)    # large: either variance will do
        for times in (1, 2):
            layer.forward(x, training=True)
            mean, var = averages(layer, 2)
            np.testing.assert_allclose(mean, tracked(0, [x.mean(axis=0)] * times, m), rtol=0.01)
            np.testing.assert_allclose(var, tracked(1, [x.var(axis=0)] * times, m), rtol=0.01)


@pytest.mark.grade("test-layer", points=0.5,
                   hint="The same formula, with the two averages in the places of mu and of the variance.")
def test_layer_testing(student):
    """In testing each example is normalised with the running averages, alone or among others."""
    rng = np.random.default_rng(19)
    layer = student.BatchNorm(3, momentum=0.5)
    layer.forward(batch(rng, 5, 3), training=True)
    x = batch(rng, 4, 3)
    for rows in (x, x[2:3]):
        out = run(layer, rows, training=False)
        mean, var = averages(layer, 3)    # asked now: whether testing leaves them as they are is another test
        np.testing.assert_allclose(out, (rows - mean) / var**0.5, rtol=RTOL)


@pytest.mark.grade("test-layer", points=0.25,
                   hint="Whoever validates between two epochs must not disturb the training.")
def test_layer_testing_changes_nothing(student):
    """Testing leaves the averages, gamma, beta and x as they are; training leaves x."""
    rng = np.random.default_rng(20)
    layer, x = student.BatchNorm(3), batch(rng, 5, 3)
    sent = student.put(x)
    assert_lined_up(run_kept(layer, sent, x, training=True), x)
    before = [getattr(layer, name).get() for name in STATE]
    assert_lined_up(run_kept(layer, sent, x, training=False), x)
    for name, old in zip(STATE, before):
        np.testing.assert_array_equal(getattr(layer, name).get(), old)


def run_kept(layer, sent, x, training):
    """What forward makes of an x that is sent already; there it must stay what it is."""
    out = layer.forward(sent, training=training)
    np.testing.assert_array_equal(sent.get(), x)
    return shaped(out, x.shape, "What forward returns", "(N, num_features), like x")


@pytest.mark.grade("test-layer", points=0.5,
                   hint="Both modes end with gamma and beta. Does forward read self.gamma and self.beta, or a copy?")
def test_layer_gamma_beta(student):
    """Both modes use gamma and beta as they are at the moment."""
    rng = np.random.default_rng(21)
    x, (gamma, beta) = batch(rng, 5, 3), scales(rng, 3)
    for training in (True, False):
        layer = student.BatchNorm(3, momentum=1.0)    # the averages of x stay, however often x comes
        layer.forward(x, training=True)
        plain = run(layer, x, training)
        assert_lined_up(plain, x)
        layer.gamma.put([0, 1, 2], gamma)    # in place, as an optimizer would
        layer.beta.put([0, 1, 2], beta)
        np.testing.assert_allclose(run(layer, x, training), gamma * plain + beta, rtol=1e-5, atol=1e-6)


@pytest.mark.grade("test-layer", points=0.25,
                   hint="The variance divides by N - 1. For which N is that no number? Look before anything changes.")
def test_layer_too_few(student):
    """Training with one example, or with none, is a ValueError; with two it is not."""
    x = batch(np.random.default_rng(22), 3, 4)
    layer = student.BatchNorm(4)
    assert_lined_up(run(layer, x[:2], training=True), x[:2])
    for n in (1, 0):
        student.raises("ValueError", layer.forward, x[:n], training=True)


@pytest.mark.grade("test-layer", points=0.25, hint="Does the eps of the constructor reach both roots?")
def test_layer_eps(student):
    """Both modes put the layer's eps under the root; where nothing is said it is 1e-5."""
    rng = np.random.default_rng(23)
    for eps, options in ((4.0, {"eps": 4.0}), (1e-5, {})):
        layer = student.BatchNorm(2, momentum=1.0, **options)
        x = normalised(rng.normal(size=(200, 2))) * eps**0.5    # large: either variance will do
        out = run(layer, x, training=True)
        mean, var = averages(layer, 2)
        np.testing.assert_allclose(run(layer, x, training=False), (x - mean) / (var + eps) ** 0.5, rtol=0.01, atol=1e-3)
        np.testing.assert_allclose(out, normalised(x, eps), rtol=0.01, atol=1e-3)
