"""Hidden tests of gradient_check: a forward pass, a loss, a backward pass, and the check that proves it.

Expected values are computed here, in plain NumPy, from seeded random numbers. N, D and K always differ, so
that nothing transposed or averaged over the wrong axis can hide. Each test is about one property, on inputs
where other mistakes do no harm where that is possible: one mistake should cost the points of one thing.
"""

import numpy as np
import pytest

packages = ["numpy", "nnlib.plot"]
builds_on = {"linear_backward": ["linear_forward", "mse_loss"]}

# The worked case of the course: x, W, b, y.
WORKED = tuple(np.array(a) for a in ([[1.0, 2.0]], [[0.5, 0.3], [0.4, 0.6]], [0.0, 0.0], [[1.0, 0.5]]))


def problem(seed, n=5, d=4, k=3, bias=True):
    """Random x (n, d), W (d, k), b (k,), y (n, k); with bias=False b is zero, as in the worked case."""
    rng = np.random.default_rng(seed)
    x, W, b, y = (rng.normal(size=shape) for shape in ((n, d), (d, k), k, (n, k)))
    return x, W, b * bias, y


def mse(x, W, b, y):
    """The loss of the composed function."""
    return np.mean((x @ W + b - y) ** 2)


def slope(f, theta):
    """Central differences of step 1: no error but rounding, because the loss is quadratic in W and b."""
    steps = np.eye(theta.size).reshape(-1, *theta.shape)
    return np.reshape([(f(theta + step) - f(theta - step)) / 2 for step in steps], theta.shape)


def unit(array):
    """The array scaled to length 1; a gradient of zero points nowhere and fails."""
    length = np.linalg.norm(array)
    assert length > 0
    return array / length


@pytest.mark.grade("test-linear-forward", points=0.5, hint="One matrix product: (N, D) @ (D, K) is (N, K).")
def test_forward(student):
    """linear_forward multiplies a batch by the weights."""
    for x, W, b, _ in (WORKED, problem(1, bias=False), problem(2, n=1, d=7, bias=False)):
        np.testing.assert_allclose(student.linear_forward(x, W, b), x @ W)


@pytest.mark.grade("test-linear-forward", points=0.5, hint="Try a b that is not zero: every row of x @ W gets it.")
def test_forward_bias(student):
    """linear_forward adds the bias to every row."""
    x, W, b, _ = problem(3)
    expected = [[sum(x[n] * W[:, k]) + b[k] for k in range(3)] for n in range(5)]
    np.testing.assert_allclose(student.linear_forward(x, W, b), expected)


@pytest.mark.grade("test-mse-loss", points=0.5, hint="Difference, square, mean; the result is one number.")
def test_mse_one_output(student):
    """mse_loss is the mean squared difference where each example has one output."""
    for seed in (4, 5):
        p, y = np.random.default_rng(seed).normal(size=(2, 6, 1))
        loss = student.mse_loss(p, y)
        assert np.ndim(loss) == 0
        np.testing.assert_allclose(loss, np.sum((p - y) ** 2) / 6)


@pytest.mark.grade("test-mse-loss", points=0.5, hint="How many numbers are in an array of N rows and K columns?")
def test_mse_all_entries(student):
    """mse_loss averages over all N*K entries."""
    p, _, _, y = problem(6, d=3)
    loss = student.mse_loss(p, y)
    assert np.ndim(loss) == 0
    np.testing.assert_allclose(loss, np.sum((p - y) ** 2) / 15)


@pytest.mark.grade("test-linear-backward", points=0.5,
                   hint="First comes mse_loss(linear_forward(x, W, b), y_true). Is an input changed on the way?")
def test_backward_loss(student):
    """linear_backward returns the loss of the forward pass, and leaves its four inputs as they were."""
    inputs = problem(7)
    sent = [student.put(array) for array in inputs]
    loss, _, _ = student.linear_backward(*sent)
    assert np.ndim(loss) == 0
    np.testing.assert_allclose(loss, mse(*inputs))
    for array, handle in zip(inputs, sent):
        np.testing.assert_array_equal(handle.get(), array)


@pytest.mark.grade("test-linear-backward", points=0.5,
                   hint="dW has the shape of W. Entry (d, k) asks: how much does the loss grow when W[d, k] grows?")
def test_backward_direction(student):
    """dW has the shape of W and points uphill; its length does not matter here."""
    for x, W, b, y in (WORKED, problem(8, bias=False)):
        _, dW, _ = student.linear_backward(x, W, b, y)
        np.testing.assert_allclose(unit(dW), unit(x.T @ (x @ W - y)), atol=1e-9)


@pytest.mark.grade("test-linear-backward", points=0.5,
                   hint="What is the derivative of a square? And of a mean of N squares?")
def test_backward_one_output(student):
    """dW is right where each example has one output."""
    x, W, b, y = problem(9, k=1, bias=False)
    _, dW, _ = student.linear_backward(x, W, b, y)
    np.testing.assert_allclose(dW, slope(lambda w: mse(x, w, b, y), W), rtol=1e-6, atol=1e-9)


@pytest.mark.grade("test-linear-backward", points=1,
                   hint="Compare dW with your numerical_gradient on a batch of several examples and outputs.")
def test_backward_weights(student):
    """dW equals the numerical gradient, on batches with several outputs."""
    for x, W, b, y in (problem(10, bias=False), problem(11, n=7, d=2, k=4, bias=False), WORKED):
        _, dW, _ = student.linear_backward(x, W, b, y)
        np.testing.assert_allclose(dW, slope(lambda w, x=x, b=b, y=y: mse(x, w, b, y), W), rtol=1e-6, atol=1e-9)


@pytest.mark.grade("test-linear-backward", points=0.5,
                   hint="b is used once for every example, so each of its K entries collects from N rows.")
def test_backward_bias(student):
    """db has the shape of b and equals the numerical gradient."""
    for x, W, b, y in (problem(12), WORKED):
        _, _, db = student.linear_backward(x, W, b, y)
        np.testing.assert_allclose(db, slope(lambda c, x=x, W=W, y=y: mse(x, W, c, y), b), rtol=1e-6, atol=1e-9)


def wave(weight):
    """The function sum(weight * sin(theta)) of theta; its gradient is weight * cos(theta)."""
    return lambda theta: float(np.sum(weight * np.sin(theta)))


def plane(weight):
    """The function sum(weight * theta) of theta: its gradient is weight, and any difference quotient finds it."""
    return lambda theta: float(np.sum(weight * theta))


@pytest.mark.grade("test-numerical-gradient", points=0.5,
                   hint="One entry at a time: move it up and down by eps, call f each time, put it back.")
def test_numerical_gradient(student):
    """numerical_gradient finds the slopes of a curved function of a matrix."""
    theta, weight = np.random.default_rng(13).normal(size=(2, 2, 3))
    gradient = student.numerical_gradient(wave(weight), theta)
    np.testing.assert_allclose(gradient, weight * np.cos(theta), rtol=0, atol=1e-4)


@pytest.mark.grade("test-numerical-gradient", points=0.5,
                   hint="On a parabola a central difference is exact for any eps, if only one entry has moved.")
def test_numerical_gradient_central(student):
    """The differences are central, and each is taken with all other entries in their places."""
    theta, weight = np.random.default_rng(14).normal(size=(2, 3))
    gradient = student.numerical_gradient(lambda t: float(np.sum(weight * t**2) + np.sum(t) ** 2), theta, eps=0.5)
    np.testing.assert_allclose(gradient, 2 * weight * theta + 2 * np.sum(theta), rtol=0, atol=1e-6)


@pytest.mark.grade("test-numerical-gradient", points=0.5, hint="Is eps the step you take, and the step you divide by?")
def test_numerical_gradient_eps(student):
    """The argument eps is the size of the step, 1e-5 where nothing is said."""
    # Around its inflection point a cubic has slope eps**2, for one-sided and for central differences.
    theta, weight = np.random.default_rng(15).normal(size=(2, 2))
    for eps, options in ((0.25, {"eps": 0.25}), (0.01, {"eps": 0.01}), (1e-5, {})):
        gradient = student.numerical_gradient(lambda t: float(np.sum(weight * (t - theta) ** 3)), theta, **options)
        np.testing.assert_allclose(gradient, weight * eps**2, rtol=1e-6)


@pytest.mark.grade("test-numerical-gradient", points=0.5,
                   hint="np.ndindex(theta.shape) visits every index of an array of any number of dimensions.")
def test_numerical_gradient_shapes(student):
    """theta may be a vector or have three dimensions; the result has its shape."""
    for shape in ((3,), (1, 2, 3)):
        theta, weight = np.random.default_rng(16).normal(size=(2, *shape))
        gradient = student.numerical_gradient(wave(weight), theta)
        np.testing.assert_allclose(gradient, weight * np.cos(theta), rtol=0, atol=1e-4)


@pytest.mark.grade("test-numerical-gradient", points=0.25,
                   hint="An integer array cannot hold 3.00001: work on a copy in float64.")
def test_numerical_gradient_integers(student):
    """theta may be an array of integers."""
    theta = np.array([3, -2, 1])
    weight = np.random.default_rng(17).normal(size=3)
    gradient = student.numerical_gradient(wave(weight), theta)
    np.testing.assert_allclose(gradient, weight * np.cos(theta), rtol=0, atol=1e-4)


@pytest.mark.grade("test-numerical-gradient", points=0.5, hint="Print theta before and after the call.")
def test_numerical_gradient_keeps_theta(student):
    """theta is afterwards what it was before."""
    theta, weight = np.random.default_rng(18).normal(size=(2, 3))
    sent = student.put(theta)
    np.testing.assert_allclose(student.numerical_gradient(plane(weight), sent), weight, rtol=1e-4)
    np.testing.assert_allclose(sent.get(), theta, rtol=1e-9)    # adding and subtracting eps may leave rounding


@pytest.mark.grade("test-numerical-gradient", points=0.25,
                   hint="f wants an array shaped like theta, and two calls for each entry are enough.")
def test_numerical_gradient_calls(student):
    """f is called with arrays of theta's shape, a few times for each entry."""
    theta, weight = np.random.default_rng(19).normal(size=(2, 3, 2))
    shapes = []

    def f(t):
        shapes.append(np.shape(t))
        return plane(weight)(t)

    np.testing.assert_allclose(student.numerical_gradient(f, theta), weight, rtol=1e-4)
    assert set(shapes) == {theta.shape} and len(shapes) <= 4 * theta.size + 4


def relative(a, b):
    """||a - b|| / (||a|| + ||b||) with sums of squares."""
    return np.sum((a - b) ** 2) ** 0.5 / (np.sum(a**2) ** 0.5 + np.sum(b**2) ** 0.5)


@pytest.mark.grade("test-relative-error", points=0.5,
                   hint="Three lengths: of the difference, of a, of b. A length is the root of the sum of squares.")
def test_relative_error(student):
    """relative_error compares two vectors by their lengths."""
    a, noise = np.random.default_rng(20).normal(size=(2, 7))
    pairs = [(a, 2 * a + noise), (2 * a + noise, a), (a, a + 0.01 * noise)]    # the second longer, the first longer
    errors = [student.relative_error(*pair) for pair in pairs]
    assert [np.ndim(error) for error in errors] == [0, 0, 0]
    np.testing.assert_allclose(errors, [relative(*pair) for pair in pairs])


@pytest.mark.grade("test-relative-error", points=0.5,
                   hint="For a matrix too, the length is the root of the sum of all squares: one list of numbers.")
def test_relative_error_shapes(student):
    """Matrices and arrays with three dimensions count entry by entry, like vectors."""
    for shape in ((3, 5), (2, 3, 4)):
        a, b = np.random.default_rng(21).normal(size=(2, *shape))
        error = student.relative_error(a, b)
        assert np.ndim(error) == 0
        np.testing.assert_allclose(error, relative(a, b))


@pytest.mark.grade("test-relative-error", points=0.5,
                   hint="Swapping a and b, or measuring both in other units, must not change the error.")
def test_relative_error_symmetric(student):
    """The error is 0 for equals, 1 for opposites, the same for (b, a), and the same for tiny gradients."""
    a, b = np.random.default_rng(22).normal(size=(2, 7))
    error = student.relative_error(a, b)
    np.testing.assert_allclose([student.relative_error(a, a), student.relative_error(a, -a)], [0, 1], atol=1e-9)
    np.testing.assert_allclose(student.relative_error(b, a), error)
    # A guard of 1e-12 in the denominator is harmless even here; one of 1e-8 hides the error of tiny gradients.
    np.testing.assert_allclose(student.relative_error(1e-9 * a, 1e-9 * b), error, rtol=0.01)


@pytest.mark.grade("test-relative-error", points=0.5, hint="What is 0 / 0? Look at the denominator before you divide.")
def test_relative_error_zero(student):
    """Two zero gradients agree: the error is 0.0; against a zero gradient any other has error 1."""
    zero, a = np.zeros(7), np.random.default_rng(23).normal(size=7)
    errors = [student.relative_error(zero, zero), student.relative_error(zero, a)]
    np.testing.assert_allclose(errors, [0, 1], atol=1e-9)
