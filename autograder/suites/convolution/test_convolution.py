"""Hidden tests of convolution: how often a window fits, filters and pooling, and the way back through both.

Expected values come from what a convolution is to linear algebra: a sum of shifted images forwards, and backwards the
answer to each image, or filter, that has a single 1. All axes differ in size. The tests of stride and padding use one
channel and square filters without a direction, so that a flipped filter or swapped axes cost nothing there; only the
two last tests of conv2d and conv2d_backward have everything at once.
"""

import numpy as np
import pytest

from autograder.marking.student import Shown

packages = ["numpy", "nnlib.plot", "nnlib.data"]
# What the text lets a task call: windows may be counted, and the way back may look at the way there.
builds_on = {
    "conv2d": ["output_size"],
    "max_pool2d": ["output_size"],
    "max_pool2d_backward": ["output_size", "max_pool2d"],
    "conv2d_backward": ["output_size", "conv2d"],
}


def numbers(rng, *shape):
    """Random numbers of either sign, none of them near zero."""
    return rng.uniform(0.5, 2, shape) * rng.choice([-1, 1], shape)


def starts(n, kernel, stride, padding):
    """Where on the padded axis the windows begin."""
    return [start for start in range(0, n + 2 * padding, stride) if start + kernel <= n + 2 * padding]


def convolved(x, w, b, stride=1, padding=0):
    """The output of conv2d: for each place (u, v) of the filter an image, moved by (u, v) and thinned out."""
    (N, C, H, W), (_, _, kh, kw) = x.shape, w.shape
    padded = np.zeros((N, C, H + 2 * padding, W + 2 * padding))
    padded[:, :, padding:padding + H, padding:padding + W] = x
    rows, columns = np.array(starts(H, kh, stride, padding)), np.array(starts(W, kw, stride, padding))
    y = np.reshape(b, (1, -1, 1, 1))
    for u in range(kh):
        for v in range(kw):
            y = y + np.einsum("ncij,oc->noij", padded[:, :, rows + u][:, :, :, columns + v], w[:, :, u, v])
    return y


def gradients(dout, x, w, stride=1, padding=0):
    """(dx, dw, db): by each entry the loss grows as the output would answer to a 1 there, and zeros elsewhere."""
    one_pixel = np.eye(x[0].size).reshape(-1, *x.shape[1:])
    one_weight = np.eye(w[0].size).reshape(-1, *w.shape[1:])
    to_pixels = convolved(one_pixel, w, np.zeros(len(w)), stride, padding)
    to_weights = convolved(x, one_weight, np.zeros(len(one_weight)), stride, padding)
    dx = np.einsum("noij,poij->np", dout, to_pixels).reshape(x.shape)
    dw = np.einsum("noij,nqij->oq", dout, to_weights).reshape(w.shape)
    return dx, dw, dout.sum(axis=(0, 2, 3))


def problem(seed, N=2, C=3, O=4, H=5, W=6, kh=3, kw=2, stride=1, padding=0):
    """Random images, filters and biases, and a gradient by the output."""
    rng = np.random.default_rng(seed)
    x, w, b = numbers(rng, N, C, H, W), numbers(rng, O, C, kh, kw), numbers(rng, O)
    return x, w, b, numbers(rng, N, O, len(starts(H, kh, stride, padding)), len(starts(W, kw, stride, padding)))


def plain_problem(seed, H, W, k, stride=1, padding=0):
    """A problem with one channel and one filter, whose k * k weights are all the same."""
    x, w, _, dout = problem(seed, C=1, O=1, H=H, W=W, kh=k, kw=k, stride=stride, padding=padding)
    return x, np.full_like(w, w[0, 0, 0, 0]), dout


def shaped(array, shape, letters):
    """The array, where its shape is right; letters name its axes to the student."""
    if array is None:
        raise Shown("Nothing came back: is there a return at the end?")
    if not isinstance(array, (np.ndarray, np.generic, list, int, float)):
        raise Shown(f"Expected one array of numbers ({', '.join(letters)}), but something else came back.")
    if np.ndim(array) != len(shape):
        raise Shown(f"Expected an array ({', '.join(letters)}), one with {len(shape)} axes, "
                    f"but what came back has {np.ndim(array)}.")
    for letter, wanted, got in zip(letters, shape, np.shape(array)):
        if got != wanted:
            few = "few" if got < wanted else "many"
            raise Shown(f"Expected an array ({', '.join(letters)}), but axis {letter} has too {few} places.")
    return array


def conv2d(student, x, w, b, **options):
    """What the student's conv2d returns, with its shape checked."""
    y = student.conv2d(x, w, b, **options)
    return shaped(y, convolved(x, w, b, **options).shape, ["N", "O", "I", "J"])


def three(answer):
    """The answer of conv2d_backward, where it has three parts."""
    if not isinstance(answer, (tuple, list)) or len(answer) != 3:
        raise Shown("conv2d_backward should return three arrays: dx, dw, db.")
    return answer


def conv2d_backward(student, dout, x, w, which, **options):
    """One of the three arrays that the student's conv2d_backward returns, with its shape checked."""
    dx, dw, db = three(student.conv2d_backward(dout, x, w, **options))
    if which == "dx":
        return shaped(dx, x.shape, ["N", "C", "H", "W"])
    if which == "dw":
        return shaped(dw, w.shape, ["O", "C", "kh", "kw"])
    return shaped(db, w.shape[:1], ["O"])


def assert_number(got, expected):
    """One number, int or float, and the right one; an empty array would be close to anything."""
    assert np.ndim(got) == 0
    np.testing.assert_allclose(got, expected)


def unchanged(handles, arrays, names):
    """Say so where an array over there is no longer what was sent."""
    for handle, array, name in zip(handles, arrays, names, strict=True):
        if not np.array_equal(handle.get(), array):
            raise Shown(f"{name} is no longer what it was before the call.")


@pytest.mark.grade("test-output-size", points=0.25,
                   hint="Write down where the windows start: 0, stride, 2 * stride, ... Which is the last one inside?")
def test_output_size_stride(student):
    """output_size counts the windows for any stride; a rest too short for one more step stays unseen."""
    for n, kernel, stride in ((7, 3, 1), (9, 3, 2), (10, 3, 2), (10, 4, 3), (11, 4, 3), (12, 2, 5), (8, 1, 3)):
        assert_number(student.output_size(n, kernel, stride=stride), len(starts(n, kernel, stride, 0)))


@pytest.mark.grade("test-output-size", points=0.25,
                   hint="The padded axis is longer by the zeros at both of its ends. One zero at each end makes two.")
def test_output_size_padding(student):
    """output_size counts the zeros at both ends, and padding may be what makes a window fit."""
    for n, kernel, stride, padding in ((6, 2, 1, 3), (7, 3, 1, 1), (9, 3, 2, 1), (10, 5, 3, 2), (2, 5, 1, 2)):
        size = student.output_size(n, kernel, stride=stride, padding=padding)
        assert_number(size, len(starts(n, kernel, stride, padding)))


@pytest.mark.grade("test-output-size", points=0.25,
                   hint="/ always makes a float, 4 / 2 too, and no array can have 2.0 rows. // divides whole numbers.")
def test_output_size_int(student):
    """output_size returns an int."""
    for n, kernel in ((7, 3), (9, 2)):
        size = student.output_size(n, kernel)
        if not isinstance(size, (int, np.integer)):
            came = "nothing" if size is None else "a float" if isinstance(size, float) else "something else"
            raise Shown(f"output_size should return an int, but {came} came back.")
        assert size == n - kernel + 1


@pytest.mark.grade("test-output-size", points=0.25,
                   hint="Compare the window with the padded axis first: rounding may hide that it does not fit.")
def test_output_size_too_large(student):
    """output_size raises a ValueError where the window is larger than the padded axis, by little or by much."""
    for n, kernel, stride, padding in ((4, 5, 1, 0), (4, 5, 3, 0), (2, 9, 2, 0), (3, 8, 2, 2), (1, 4, 5, 1)):
        student.raises("ValueError", student.output_size, n, kernel, stride=stride, padding=padding)
    assert_number(student.output_size(4, 4), 1)    # this one still fits


@pytest.mark.grade("test-conv2d", points=0.25,
                   hint="A filter of 1 by 1 sees one pixel, but all its channels: c is a letter under the sum.")
def test_conv2d_channels(student):
    """Each filter adds up what all channels bring: with filters of 1 by 1 pixel."""
    x, w, _, _ = problem(1, N=2, C=4, O=3, H=3, W=5, kh=1, kw=1)
    for images in (x, x[:1]):
        y = conv2d(student, images, w, np.zeros(3))
        pixels = np.moveaxis(images, 1, -1) @ w[:, :, 0, 0].T
        np.testing.assert_allclose(y, np.moveaxis(pixels, -1, 1), rtol=1e-7, atol=1e-9)


@pytest.mark.grade("test-conv2d", points=0.25,
                   hint="b has one number for each filter, so it lies along axis 1 of the output.")
def test_conv2d_bias(student):
    """On black images every place of an output is the bias of its filter."""
    x, w, b, _ = problem(2, O=3, H=4, W=5, kh=2, kw=2)
    y = conv2d(student, 0 * x, w, b)
    for o in range(3):
        np.testing.assert_allclose(y[:, o], np.full((2, 3, 4), b[o]))


@pytest.mark.grade("test-conv2d", points=0.75,
                   hint="Take an image that is 1 at a single pixel, by hand. Which weight does it meet where?")
def test_conv2d_slides(student):
    """A filter slides over every place of an image, not flipped, whatever its height and width are."""
    for seed, sides in ((3, {"H": 5, "W": 4, "kh": 3, "kw": 1}), (4, {"H": 4, "W": 6, "kh": 2, "kw": 3}),
                        (5, {"H": 3, "W": 2, "kh": 3, "kw": 2})):
        x, w, _, _ = problem(seed, N=1, C=1, O=1, **sides)
        y = conv2d(student, x, w, np.zeros(1))
        np.testing.assert_allclose(y, convolved(x, w, np.zeros(1)), rtol=1e-7, atol=1e-9)


@pytest.mark.grade("test-conv2d", points=0.25,
                   hint="Output (i, j) looks at the window that starts at row i * stride and column j * stride.")
def test_conv2d_stride(student):
    """With a stride the windows start that far from each other, down and to the right."""
    for seed, H, W, k, stride in ((6, 8, 7, 3, 2), (7, 7, 11, 2, 3)):
        x, w, _ = plain_problem(seed, H, W, k, stride)
        y = conv2d(student, x, w, np.zeros(1), stride=stride)
        np.testing.assert_allclose(y, convolved(x, w, np.zeros(1), stride), rtol=1e-7, atol=1e-9)


@pytest.mark.grade("test-conv2d", points=0.25,
                   hint="Zeros go around the last two axes only, on all four sides, before anything slides.")
def test_conv2d_padding(student):
    """With padding the windows also see zeros around the image."""
    for seed, H, W, k, padding in ((8, 4, 3, 3, 1), (9, 2, 5, 3, 2), (10, 3, 2, 1, 1)):
        x, w, _ = plain_problem(seed, H, W, k, padding=padding)
        y = conv2d(student, x, w, np.zeros(1), padding=padding)
        np.testing.assert_allclose(y, convolved(x, w, np.zeros(1), padding=padding), rtol=1e-7, atol=1e-9)


@pytest.mark.grade("test-conv2d", points=0.25,
                   hint="Here all comes together. Compare with the formula, one output by hand. Does x, w or b change?")
def test_conv2d_whole(student):
    """Several images, channels and filters with stride, padding and bias; x, w and b stay as they were."""
    for seed, options, float_type in ((11, {"stride": 2, "padding": 1}, np.float32), (12, {}, np.float64)):
        x, w, b, _ = problem(seed, **options)
        arrays = [array.astype(float_type) for array in (x, w, b)]
        handles = [student.put(array) for array in arrays]
        expected = convolved(*arrays, **options)
        y = shaped(student.conv2d(*handles, **options), expected.shape, ["N", "O", "I", "J"])
        np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-4)
        unchanged(handles, arrays, ["x", "w", "b"])


def largest(x, size):
    """Where the largest pixel of each square is, the first of equals: {(n, c, i, j): (row, column)}."""
    N, C, H, W = x.shape
    square = [(u, v) for u in range(size) for v in range(size)]
    found = {}
    for n, c, i, j in np.ndindex(N, C, H // size, W // size):
        pixels = [(i * size + u, j * size + v) for u, v in square]
        found[n, c, i, j] = max(pixels, key=lambda at, image=x[n, c]: (image[at], -at[0], -at[1]))
    return found


def pooled(x, size):
    """The output of max_pool2d."""
    y = np.zeros((*x.shape[:2], x.shape[2] // size, x.shape[3] // size))
    for (n, c, i, j), at in largest(x, size).items():
        y[n, c, i, j] = x[n, c][at]
    return y


def pooled_back(dout, x, size):
    """The gradient by x of what max_pool2d returns."""
    dx = np.zeros_like(x)
    for (n, c, i, j), at in largest(x, size).items():
        dx[n, c][at] = dout[n, c, i, j]
    return dx


def squares(seed, N, C, I, J, size):
    """Images of I by J squares of distinct positive numbers; the largest of one square may be met in another."""
    rng = np.random.default_rng(seed)
    values = np.tile(np.arange(1.0, 1 + size * size), (N, C, I, J, 1))
    values = rng.permuted(values, axis=-1) + rng.integers(0, 3, (N, C, I, J, 1))
    return values.reshape(N, C, I, J, size, size).swapaxes(3, 4).reshape(N, C, I * size, J * size)


def with_rest(x, rows, columns):
    """Images with more rows below and columns to the right, which are larger than all the rest."""
    return np.pad(x, ((0, 0), (0, 0), (0, rows), (0, columns)), constant_values=99)


@pytest.mark.grade("test-max-pool2d", points=0.5,
                   hint="Square (i, j) begins at row i * size and column j * size. Channels and images never mix.")
def test_max_pool_squares(student):
    """max_pool2d keeps the largest of each square, in each channel of each image, and leaves x as it was."""
    for seed, (N, C, I, J, size) in ((13, (2, 3, 2, 4, 2)), (14, (1, 2, 3, 1, 3)), (15, (3, 1, 4, 2, 1))):
        x = 0.75 * squares(seed, N, C, I, J, size)    # not all of them whole
        sent = student.put(x)
        y = shaped(student.max_pool2d(sent, size), (N, C, I, J), ["N", "C", "H // size", "W // size"])
        np.testing.assert_allclose(y, pooled(x, size))
        unchanged([sent], [x], ["x"])


@pytest.mark.grade("test-max-pool2d", points=0.25,
                   hint="How many rows do the full squares fill? Cut off the others, at the bottom and at the right.")
def test_max_pool_rest(student):
    """Rows and columns that fill no square are dropped, however large their values are."""
    for seed, (I, J, size), rest in ((16, (2, 3, 2), (1, 1)), (17, (1, 2, 3), (2, 0)), (18, (2, 1, 3), (0, 1))):
        x = with_rest(squares(seed, 2, 3, I, J, size), *rest)
        y = shaped(student.max_pool2d(x, size), (2, 3, I, J), ["N", "C", "H // size", "W // size"])
        np.testing.assert_allclose(y, pooled(x, size))


@pytest.mark.grade("test-max-pool2d", points=0.25,
                   hint="Which value does your search for the largest start with? It must be one of the square itself.")
def test_max_pool_negative(student):
    """Squares with nothing but negative values are pooled like all others."""
    x = -1e6 * squares(19, 2, 2, 3, 2, 2)
    y = shaped(student.max_pool2d(x, 2), (2, 2, 3, 2), ["N", "C", "H // size", "W // size"])
    np.testing.assert_allclose(y, pooled(x, 2))


def max_pool2d_backward(student, dout, x, size):
    """What the student's max_pool2d_backward returns, with its shape checked."""
    return shaped(student.max_pool2d_backward(dout, x, size), np.shape(x), ["N", "C", "H", "W"])


@pytest.mark.grade("test-max-pool2d-backward", points=0.5,
                   hint="Where is the largest pixel of a square? Only there goes the square's number from dout.")
def test_max_pool_backward_winner(student):
    """The largest pixel of each square gets the square's gradient, the others zero; dout and x stay as they were."""
    for seed, scale, (*sides, size) in ((20, 1, (2, 3, 2, 4, 2)), (21, -1e6, (1, 2, 3, 1, 3)),
                                        (22, 1, (2, 1, 2, 3, 1))):
        x = scale * squares(seed, *sides, size)
        arrays = [numbers(np.random.default_rng(seed), *sides), x]
        handles = [student.put(array) for array in arrays]
        dx = shaped(student.max_pool2d_backward(*handles, size), x.shape, ["N", "C", "H", "W"])
        np.testing.assert_allclose(dx, pooled_back(*arrays, size))
        unchanged(handles, arrays, ["dout", "x"])


@pytest.mark.grade("test-max-pool2d-backward", points=0.25,
                   hint="x == largest finds all of them. np.argmax finds the first, in an array laid out row by row.")
def test_max_pool_backward_ties(student):
    """Of several equally large pixels the first of the square gets all, read row by row."""
    rng = np.random.default_rng(23)
    for size in (2, 3):
        x = rng.integers(-1, 2, (2, 3, 4 * size, 2 * size)).astype(float)
        x[0, 0] = 0    # nothing but ties
        x[0, 1] = 1 + 1e-9 * np.arange(8 * size * size).reshape(x[0, 1].shape)    # close, and yet no ties
        dout = numbers(rng, 2, 3, 4, 2)
        np.testing.assert_allclose(max_pool2d_backward(student, dout, x, size), pooled_back(dout, x, size))


@pytest.mark.grade("test-max-pool2d-backward", points=0.25,
                   hint="Start from zeros of the shape of x, and fill in only what belongs to full squares.")
def test_max_pool_backward_rest(student):
    """The gradient has the shape of x, and is zero where pixels were dropped."""
    for seed, (I, J, size), rest in ((24, (2, 3, 2), (1, 1)), (25, (1, 2, 3), (2, 0)), (26, (2, 1, 3), (0, 1))):
        x, dout = with_rest(squares(seed, 2, 3, I, J, size), *rest), numbers(np.random.default_rng(seed), 2, 3, I, J)
        np.testing.assert_allclose(max_pool2d_backward(student, dout, x, size), pooled_back(dout, x, size))


@pytest.mark.grade("test-conv2d-backward", points=0.5,
                   hint="A bias is in every output of its filter, and in no other: which axes of dout does it collect?")
def test_backward_bias(student):
    """db adds up all that arrives at each filter's outputs, over images and places."""
    x, w, _, dout = problem(27, O=4, H=5, W=4, kh=3, kw=2)
    db = conv2d_backward(student, dout, x, w, "db")
    np.testing.assert_allclose(db, [sum(dout[:, o].ravel()) for o in range(4)])


@pytest.mark.grade("test-conv2d-backward", points=0.75,
                   hint="Weight (o, c, u, v) met pixel (i + u, j + v) of channel c in output (i, j), in every image.")
def test_backward_filters(student):
    """dw is right, with several images, channels and filters."""
    for seed, sides in ((28, {}), (29, {"N": 1, "C": 2, "O": 1, "H": 4, "W": 3, "kh": 1, "kw": 3})):
        x, w, _, dout = problem(seed, **sides)
        dw = conv2d_backward(student, dout, x, w, "dw")
        np.testing.assert_allclose(dw, gradients(dout, x, w)[1], rtol=1e-7, atol=1e-9)


@pytest.mark.grade("test-conv2d-backward", points=0.5,
                   hint="Output (i, j) sends dout times the whole filter back to its window. Windows overlap.")
def test_backward_images(student):
    """dx is right, with several images, channels and filters."""
    for seed, sides in ((30, {}), (31, {"N": 1, "C": 1, "O": 2, "H": 4, "W": 3, "kh": 1, "kw": 3})):
        x, w, _, dout = problem(seed, **sides)
        dx = conv2d_backward(student, dout, x, w, "dx")
        np.testing.assert_allclose(dx, gradients(dout, x, w)[0], rtol=1e-7, atol=1e-9)


STRIDES = ((32, 8, 7, 3, 2), (33, 7, 11, 2, 3))    # seed, H, W, k, stride: the last rows or columns stay unseen
PADDINGS = ((34, 4, 3, 3, 1), (35, 2, 5, 3, 2), (36, 3, 2, 1, 1))    # seed, H, W, k, padding


@pytest.mark.grade("test-conv2d-backward", points=0.25,
                   hint="With a stride the weight met pixel (i * stride + u, j * stride + v).")
def test_backward_filters_stride(student):
    """dw is right with a stride."""
    for seed, H, W, k, stride in STRIDES:
        x, w, dout = plain_problem(seed, H, W, k, stride)
        dw = conv2d_backward(student, dout, x, w, "dw", stride=stride)
        np.testing.assert_allclose(dw, gradients(dout, x, w, stride)[1], rtol=1e-7, atol=1e-9)


@pytest.mark.grade("test-conv2d-backward", points=0.25,
                   hint="Each window gets its share where it was. Pixels that no window saw get zero.")
def test_backward_images_stride(student):
    """dx is right with a stride, and zero where no window has been."""
    for seed, H, W, k, stride in STRIDES:
        x, w, dout = plain_problem(seed, H, W, k, stride)
        dx = conv2d_backward(student, dout, x, w, "dx", stride=stride)
        np.testing.assert_allclose(dx, gradients(dout, x, w, stride)[0], rtol=1e-7, atol=1e-9)


@pytest.mark.grade("test-conv2d-backward", points=0.25,
                   hint="The weights met the padded image: pad x here as you did on the way there.")
def test_backward_filters_padding(student):
    """dw is right with padding."""
    for seed, H, W, k, padding in PADDINGS:
        x, w, dout = plain_problem(seed, H, W, k, padding=padding)
        dw = conv2d_backward(student, dout, x, w, "dw", padding=padding)
        np.testing.assert_allclose(dw, gradients(dout, x, w, padding=padding)[1], rtol=1e-7, atol=1e-9)


@pytest.mark.grade("test-conv2d-backward", points=0.25,
                   hint="Collect the gradient of the padded image first. Which part of it belongs to x?")
def test_backward_images_padding(student):
    """dx is right with padding: what arrives at the zeros is dropped."""
    for seed, H, W, k, padding in PADDINGS:
        x, w, dout = plain_problem(seed, H, W, k, padding=padding)
        dx = conv2d_backward(student, dout, x, w, "dx", padding=padding)
        np.testing.assert_allclose(dx, gradients(dout, x, w, padding=padding)[0], rtol=1e-7, atol=1e-9)


@pytest.mark.grade("test-conv2d-backward", points=0.25,
                   hint="Here all comes together: check dx and dw against small differences. Do dout, x and w change?")
def test_backward_whole(student):
    """dx, dw and db together with stride and padding; dout, x and w stay as they were."""
    for seed, options, float_type in ((37, {"stride": 2, "padding": 1}, np.float32), (38, {}, np.float64)):
        x, w, _, dout = problem(seed, **options)
        arrays = [array.astype(float_type) for array in (dout, x, w)]
        handles = [student.put(array) for array in arrays]
        answer = three(student.conv2d_backward(*handles, **options))
        for got, expected in zip(answer, gradients(*arrays, **options), strict=True):
            assert np.shape(got) == expected.shape
            np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-4)
        unchanged(handles, arrays, ["dout", "x", "w"])
