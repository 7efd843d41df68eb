"""convolution: the worked numbers, found again by other means."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from nnlib.check import numerical_gradient, relative_error
from nnlib.data import fashion
from nnlib.nn import Conv2d, MaxPool2d
from tests.exercises.proofs import (  # noqa: F401
    solved,
    test_it_is_proved,
    test_its_class_gets_its_marks,
    test_its_shape,
    test_other_peoples_answers_get_what_they_deserve,
    test_the_release_stops_at_the_first_open_task,
)

CASES = [(1, 0), (1, 1), (2, 0), (2, 1), (3, 2)]  # stride and padding; most leave a rest unseen
SOBEL = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])


@pytest.fixture(scope="module")
def solution():
    return solved("convolution")


def arrays(*shapes):
    """Random arrays, the same each time."""
    rng = np.random.default_rng(11)
    return [rng.normal(size=shape) for shape in shapes]


def by_torch(function, *inputs):
    """The output of a function of tensors, and a way to pull a gradient back to its inputs."""
    tensors = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in inputs]
    out = function(*tensors)

    def pull(dout):
        return [grad.numpy() for grad in torch.autograd.grad(out, tensors, torch.tensor(dout))]

    return out.detach().numpy(), pull


def test_output_size_counts_the_windows(solution):
    for n, kernel, stride, padding in np.ndindex(9, 9, 4, 3):
        n, kernel, stride = n + 1, kernel + 1, stride + 1
        starts = [s for s in range(0, n + 2 * padding, stride) if s + kernel <= n + 2 * padding]
        if starts:
            assert solution["output_size"](n, kernel, stride, padding) == len(starts)
        else:
            with pytest.raises(ValueError, match="kernel"):
                solution["output_size"](n, kernel, stride, padding)


def test_output_size_of_the_example():
    sizes = {(6, 3, 2, 0): 2, (28, 5, 1, 0): 24, (28, 3, 1, 1): 28, (224, 7, 2, 3): 112}
    for (n, kernel, stride, padding), size in sizes.items():
        assert F.conv1d(torch.zeros(1, 1, n), torch.zeros(1, 1, kernel), None, stride, padding).shape[2] == size


@pytest.mark.parametrize(("stride", "padding"), CASES)
def test_convolution_is_pytorchs_and_nnlibs(solution, stride, padding):
    x, w, b = arrays((2, 3, 8, 7), (4, 3, 3, 2), 4)
    y = solution["conv2d"](x, w, b, stride, padding)
    wanted, pull = by_torch(lambda *tensors: F.conv2d(*tensors, stride=stride, padding=padding), x, w, b)
    np.testing.assert_allclose(y, wanted, atol=1e-12)

    layer = Conv2d(3, 4, (3, 2), stride, padding)
    layer.weight.data, layer.bias.data = w, b
    np.testing.assert_allclose(y, layer(x), atol=1e-12)

    (dout,) = arrays(y.shape)
    found = solution["conv2d_backward"](dout, x, w, stride, padding)
    for got, grad in zip(found, pull(dout), strict=True):
        np.testing.assert_allclose(got, grad, atol=1e-12)


def test_convolution_backward_is_measured(solution):
    x, w, b, dout = arrays((2, 3, 6, 5), (4, 3, 2, 3), 4, (2, 4, 4, 3))
    dx, dw, db = solution["conv2d_backward"](dout, x, w, 2, 1)

    def loss(x, w, b):
        return float((solution["conv2d"](x, w, b, 2, 1) * dout).sum())

    for got, measured in ((dx, numerical_gradient(lambda t: loss(t, w, b), x)),
                          (dw, numerical_gradient(lambda t: loss(x, t, b), w)),
                          (db, numerical_gradient(lambda t: loss(x, w, t), b))):  # fmt: skip
        assert relative_error(got, measured) < 1e-8


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_pooling_is_pytorchs_and_nnlibs(solution, size):
    """Few different values, so that most squares have ties."""
    x = np.random.default_rng(5).integers(-3, 0, (2, 3, 5, 7)).astype(float)
    wanted, pull = by_torch(lambda t: F.max_pool2d(t, size), x)
    np.testing.assert_array_equal(solution["max_pool2d"](x, size), wanted)
    (dout,) = arrays(wanted.shape)
    dx = solution["max_pool2d_backward"](dout, x, size)
    np.testing.assert_array_equal(dx, pull(dout)[0])
    layer = MaxPool2d(size)
    np.testing.assert_array_equal(layer(x), wanted)
    np.testing.assert_array_equal(dx, layer.backward(dout))


def test_worked_convolutions():
    x, w = np.arange(1.0, 10).reshape(1, 1, 3, 3), np.arange(4.0).reshape(1, 1, 2, 2)
    y, pull = by_torch(lambda *tensors: F.conv2d(*tensors), x, w, [0.5])
    np.testing.assert_array_equal(y, [[[[25.5, 31.5], [43.5, 49.5]]]])
    dx, dw, db = pull([[[[1.0, 0], [0, 10]]]])
    np.testing.assert_array_equal(dx, [[[[0, 1, 0], [2, 3, 10], [0, 20, 30]]]])
    np.testing.assert_array_equal(dw, [[[[51, 62], [84, 95]]]])
    np.testing.assert_array_equal(db, [11])

    y, pull = by_torch(lambda *tensors: F.conv2d(*tensors, stride=2, padding=1), x, w, [0.5])
    np.testing.assert_array_equal(y, [[[[3.5, 13.5], [25.5, 49.5]]]])
    dx, dw, _ = pull(np.ones((1, 1, 2, 2)))
    np.testing.assert_array_equal(dx, [[[[3, 2, 3], [1, 0, 1], [3, 2, 3]]]])
    np.testing.assert_array_equal(dw, [[[[5, 10], [10, 20]]]])

    _, pull = by_torch(lambda *tensors: F.conv2d(*tensors), np.concatenate([x, x]), w, [0.5])
    _, dw, db = pull(np.array([[[[1.0, 0], [0, 10]]]] * 2))
    np.testing.assert_array_equal(dw, [[[[102, 124], [168, 190]]]])
    np.testing.assert_array_equal(db, [22])


def test_worked_ones():
    y, _ = by_torch(F.conv2d, np.ones((2, 3, 5, 4)), np.ones((4, 3, 3, 2)), np.arange(4.0))
    assert y.shape == (2, 4, 3, 3)
    np.testing.assert_array_equal(y, np.broadcast_to(np.arange(18, 22).reshape(4, 1, 1), y.shape))


def test_worked_pools():
    table = [[1.0, 2, 5, 3, 9], [4, -1, 0, 2, 9], [-7, -8, 6, 6, 9], [-5, -6, 6, 1, 9]]
    p, _ = by_torch(lambda t: F.max_pool2d(t, 2), [[table]])
    np.testing.assert_array_equal(p, [[[[4, 5], [-5, 6]]]])
    p, _ = by_torch(lambda t: F.max_pool2d(t, 3), np.arange(48.0).reshape(2, 2, 3, 4))
    np.testing.assert_array_equal(p.ravel(), [10, 22, 34, 46])
    _, pull = by_torch(lambda t: F.max_pool2d(t, 2), [[[[1.0, 3, 2, 2, 9], [3, 0, 2, 2, 9]]]])
    np.testing.assert_array_equal(pull([[[[10.0, 20]]]])[0], [[[[0, 10, 20, 0, 0], [0, 0, 0, 0, 0]]]])
    _, pull = by_torch(lambda t: F.max_pool2d(t, 2), np.tile([[-4.0, -3], [-2, -1]], (2, 3, 1, 1)))
    np.testing.assert_array_equal(pull(np.full((2, 3, 1, 1), 7.0))[0], np.tile([[0.0, 0], [0, 7]], (2, 3, 1, 1)))


def test_inputs_stay_as_they_are(solution):
    x, w, b, dout = arrays((2, 3, 6, 5), (4, 3, 2, 3), 4, (2, 4, 4, 3))
    before = [array.copy() for array in (x, w, b, dout)]
    solution["conv2d"](x, w, b, 2, 1)
    solution["conv2d_backward"](dout, x, w, 2, 1)
    solution["max_pool2d"](x, 2)
    solution["max_pool2d_backward"](np.ones((2, 3, 3, 2)), x, 2)
    for array, was in zip((x, w, b, dout), before):
        np.testing.assert_array_equal(array, was)


def test_descent_finds_sobels_filter(solution):
    """The last figure, which prints how far it is away."""
    images = fashion()[0][0][:20, :, 8:20, 8:20].astype(float)
    wanted = solution["conv2d"](images, SOBEL[None, None], np.zeros(1))
    learned, velocity = np.zeros((1, 1, 3, 3)), 0
    for _ in range(100):
        error = solution["conv2d"](images, learned, np.zeros(1)) - wanted
        velocity = 0.9 * velocity - 0.3 * solution["conv2d_backward"](2 * error / error.size, images, learned)[1]
        learned = learned + velocity
    assert np.abs(learned - SOBEL).max() < 0.1


def test_model_answer(solution):
    """The counts of (a); where a brighter bag changes "left to right", of (b)."""
    assert sum(p.data.size for p in Conv2d(1, 8, 3, padding=1).parameters()) == 80
    assert 784 * 8 * 784 + 8 * 784 == 4_923_520 and 8 * 784 == 6272

    bag = fashion()[0][0][16:17].astype(float)
    plain, brighter = (solution["conv2d"](x, SOBEL[None, None], np.zeros(1), padding=1)[0, 0] for x in (bag, bag + 0.2))
    changed = ~np.isclose(plain, brighter, atol=1e-6)
    assert changed[:, [0, -1]].all() and not changed[:, 1:-1].any()
