"""Convolution and pooling: layers that look at an image through a small window, everywhere the same.

All four rest on one idea, `_views`: instead of moving the window over the image, move the whole image under
each place of the window. A 3x3 window is nine shifted views, and each array operation serves all positions.
Legend of the shape comments: N batch, C channels in, O channels out, (H, W) image, (I, J) output image,
(A, B) window, L = I*J.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nnlib.module import Module, Parameter
from nnlib.nn.init import uniform_

Pair = tuple[int, int]
_CHUNK = 2**19                                   # bytes of columns at a time: they stay in the processor's cache


class Conv2d(Module):
    """Slide `out_channels` filters over an image; each output is a window times a filter, plus a bias.

    Shapes: x (N, in_channels, H, W) -> (N, out_channels, I, J), with
    I = (H + 2 padding - kernel_size) // stride + 1 and J alike; weight (out_channels, in_channels, A, B),
    bias (out_channels,). kernel_size, stride and padding are an int or a pair (height, width).
    Weights start uniform in ±1/sqrt(in_channels * A * B), as in PyTorch; dilation and groups are left out.
    Raises ValueError for another number of axes or channels, and where the window is larger than the padded
    image. Source: LeCun et al., 1989.

    >>> Conv2d(3, 8, kernel_size=5, stride=2, padding=2)(np.zeros((1, 3, 32, 32), np.float32)).shape
    (1, 8, 16, 16)
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int | Pair, stride: int | Pair = 1,
                 padding: int | Pair = 0, *, bias: bool = True):
        self.stride, self.padding = _pair("stride", stride, 1), _pair("padding", padding, 0)
        shape = (out_channels, in_channels, *_pair("kernel_size", kernel_size, 1))
        self.weight, self.bias = _start(shape, out_channels if bias else 0)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(N, C, H, W) -> (N, O, I, J)."""
        _check_image(x, self.weight.shape[1])
        x = _pad(x, self.padding)
        y = _correlate(x, self.weight.data, self.stride)
        if self.bias is not None:
            y += self.bias.data[:, None, None]
        self._cache = (x,)
        return y

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """(N, O, I, J) -> (N, C, H, W)."""
        (x,) = self.saved()
        self.weight.add_grad(_weight_gradient(x, grad_output, self.weight.shape, self.stride))
        if self.bias is not None:
            self.bias.add_grad(np.einsum("noij->o", grad_output))
        return _crop(_spread(grad_output, self.weight.data, x.shape, self.stride), self.padding)


class ConvTranspose2d(Module):
    """Conv2d run backwards: each input paints its filter onto a larger image, and overlaps add up.

    Its forward pass is Conv2d's way back to the input, its backward pass is Conv2d's forward.
    Shapes: x (N, in_channels, I, J) -> (N, out_channels, H, W), with
    H = (I - 1) stride - 2 padding + kernel_size + output_padding; weight (in_channels, out_channels, A, B),
    bias (out_channels,). Weights start uniform in ±1/sqrt(out_channels * A * B), as in PyTorch.
    Raises ValueError for another number of axes or channels, output_padding >= stride, or an empty output.
    Source: Zeiler et al., 2010.
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int | Pair, stride: int | Pair = 1,
                 padding: int | Pair = 0, output_padding: int | Pair = 0, *, bias: bool = True):
        self.stride, self.padding = _pair("stride", stride, 1), _pair("padding", padding, 0)
        self.output_padding = _pair("output_padding", output_padding, 0)
        if any(extra >= s for extra, s in zip(self.output_padding, self.stride)):
            raise ValueError(f"output_padding: expected less than stride {self.stride}, got {output_padding}")
        shape = (in_channels, out_channels, *_pair("kernel_size", kernel_size, 1))
        self.weight, self.bias = _start(shape, out_channels if bias else 0)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(N, C, I, J) -> (N, O, H, W)."""
        _check_image(x, self.weight.shape[0])
        y = _crop(_spread(x, self.weight.data, self._padded_shape(x), self.stride), self.padding)
        if 0 in y.shape[2:]:
            raise ValueError(f"padding: {self.padding} leaves nothing of the output for x {x.shape}")
        if self.bias is not None:
            y += self.bias.data[:, None, None]
        self._cache = (x,)
        return y

    def _padded_shape(self, x: np.ndarray) -> tuple[int, ...]:
        """The shape of the output before `padding` is cut off."""
        sizes = zip(x.shape[2:], self.stride, self.weight.shape[2:], self.output_padding)
        return len(x), self.weight.shape[1], *((i - 1) * s + a + extra for i, s, a, extra in sizes)

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """(N, O, H, W) -> (N, C, I, J)."""
        (x,) = self.saved()
        grad = _pad(grad_output, self.padding)
        self.weight.add_grad(_weight_gradient(grad, x, self.weight.shape, self.stride))
        if self.bias is not None:
            self.bias.add_grad(np.einsum("nohw->o", grad_output))
        return _correlate(grad, self.weight.data, self.stride)


class _Pool(Module):
    """What the pools share: a window, and a stride that is the window's size unless given."""

    def __init__(self, kernel_size: int | Pair, stride: int | Pair | None = None, padding: int | Pair = 0):
        self.kernel_size = _pair("kernel_size", kernel_size, 1)
        self.stride = self.kernel_size if stride is None else _pair("stride", stride, 1)
        self.padding = _pair("padding", padding, 0)
        if any(2 * p > a for p, a in zip(self.padding, self.kernel_size)):
            raise ValueError(f"padding: expected at most half of {self.kernel_size}, got {self.padding}")


class MaxPool2d(_Pool):
    """The largest value in each window: was the pattern anywhere here? No parameters.

    Shapes: (N, C, H, W) -> (N, C, I, J), sizes as in Conv2d; the stride is the window unless given.
    The gradient goes to the place that won, of equals the first (row by row).
    Raises ValueError for another number of axes, or a window larger than the padded image.
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(N, C, H, W) -> (N, C, I, J)."""
        _check_image(x)
        x = _pad(x, self.padding, -np.inf)
        first, *others = _views(x, self.kernel_size, self.stride)
        places = np.arange(1 + len(others), dtype=np.min_scalar_type(len(others)))   # a byte, unless huge
        y, winner = first.copy(), np.zeros(first.shape, places.dtype)
        for place, view in zip(places[1:], others):
            np.maximum(winner, place * (view > y), out=winner)
            np.maximum(y, view, out=y)
        self._cache = (winner, x.shape)
        return y

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """(N, C, I, J) -> (N, C, H, W)."""
        winner, shape = self.saved()
        dx = np.zeros(shape, grad_output.dtype)
        for place, view in enumerate(_views(dx, self.kernel_size, self.stride)):
            view += grad_output * (winner == place)
        return _crop(dx, self.padding)


class AvgPool2d(_Pool):
    """The mean of each window, padding counted as zeros. No parameters.

    Shapes, stride and ValueError as in MaxPool2d.
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(N, C, H, W) -> (N, C, I, J)."""
        _check_image(x)
        x = _pad(x, self.padding)
        self._cache = (x.shape,)
        return sum(_views(x, self.kernel_size, self.stride)) / math.prod(self.kernel_size)

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """(N, C, I, J) -> (N, C, H, W): each place of a window gets an equal share."""
        (shape,) = self.saved()
        dx, share = np.zeros(shape, grad_output.dtype), grad_output / math.prod(self.kernel_size)
        for view in _views(dx, self.kernel_size, self.stride):
            view += share
        return _crop(dx, self.padding)


def _views(x: np.ndarray, window: Pair, stride: Pair) -> Iterator[np.ndarray]:
    """For each of the A*B places in the window, row by row, what all windows see there: (N, C, I, J)."""
    rows, columns = _output_size(x, window, stride)
    for a in range(window[0]):
        for b in range(window[1]):
            yield x[:, :, a : a + rows * stride[0] : stride[0], b : b + columns * stride[1] : stride[1]]


def _output_size(x: np.ndarray, window: Pair, stride: Pair) -> Pair:
    """How many steps the window makes over x (N, C, H, W); ValueError where it does not fit once."""
    if x.shape[2] < window[0] or x.shape[3] < window[1]:
        raise ValueError(f"kernel_size: expected at most the padded image, {x.shape[2:]}, got {window}")
    return (x.shape[2] - window[0]) // stride[0] + 1, (x.shape[3] - window[1]) // stride[1] + 1


def _columns(x: np.ndarray, window: Pair, stride: Pair) -> np.ndarray:
    """Every window as a column, so that a convolution is one matrix product: (N, C*A*B, L)."""
    places = np.stack(list(_views(x, window, stride)), axis=2)      # (N, C, A*B, I, J)
    return places.reshape(len(x), -1, places.shape[3] * places.shape[4])


def _chunks(x: np.ndarray, window: Pair, stride: Pair) -> Iterator[slice]:
    """The batch in slices whose columns take about _CHUNK bytes."""
    size = x.shape[1] * math.prod(window) * math.prod(_output_size(x, window, stride)) * x.itemsize
    step = max(1, _CHUNK // size)
    return (slice(start, start + step) for start in range(0, len(x), step))


def _correlate(x: np.ndarray, weight: np.ndarray, stride: Pair) -> np.ndarray:
    """Every window of x (N, C, H, W) times every filter of weight (O, C, A, B): (N, O, I, J)."""
    window, filters = weight.shape[2:], weight.reshape(len(weight), -1)
    size = _output_size(x, window, stride)
    y = np.empty((len(x), len(weight), math.prod(size)), np.result_type(x, weight))
    for part in _chunks(x, window, stride):
        np.matmul(filters, _columns(x[part], window, stride), out=y[part])      # (O, C*A*B) @ (n, C*A*B, L)
    return y.reshape(*y.shape[:2], *size)


def _spread(grad: np.ndarray, weight: np.ndarray, shape: tuple[int, ...], stride: Pair) -> np.ndarray:
    """The transpose of `_correlate`: each place of grad (N, O, I, J) paints its filters into `shape`."""
    window, filters = weight.shape[2:], weight.reshape(len(weight), -1)
    x = np.zeros(shape, np.result_type(grad, weight))
    for part in _chunks(x, window, stride):
        n, _, *size = grad[part].shape
        columns = filters.T @ grad[part].reshape(n, len(weight), -1)            # (n, C*A*B, L)
        places = columns.reshape(n, shape[1], -1, *size)                        # (n, C, A*B, I, J)
        for place, view in enumerate(_views(x[part], window, stride)):
            view += places[:, :, place]
    return x


def _weight_gradient(x: np.ndarray, grad: np.ndarray, shape: tuple[int, ...], stride: Pair) -> np.ndarray:
    """Which windows of x (N, C, H, W) each filter saw when grad (N, O, I, J) called: (O, C, A, B)."""
    total = np.zeros((shape[0], math.prod(shape[1:])), np.result_type(x, grad))
    for part in _chunks(x, shape[2:], stride):
        columns = _columns(x[part], shape[2:], stride)                          # (n, C*A*B, L)
        rows = grad[part].reshape(len(columns), shape[0], -1)                   # (n, O, L)
        total += (rows @ columns.swapaxes(1, 2)).sum(axis=0)
    return total.reshape(shape)


def _pad(x: np.ndarray, padding: Pair, value: float = 0.0) -> np.ndarray:
    """Put `value` around x: (N, C, H, W) -> (N, C, H + 2p, W + 2q)."""
    if padding == (0, 0):
        return x
    n, channels, height, width = x.shape
    padded = np.full((n, channels, height + 2 * padding[0], width + 2 * padding[1]), value, x.dtype)
    _crop(padded, padding)[...] = x
    return padded


def _crop(x: np.ndarray, padding: Pair) -> np.ndarray:
    """The view of x without its border."""
    height, width = x.shape[2:]
    return x[:, :, padding[0] : height - padding[0], padding[1] : width - padding[1]]


def _start(shape: tuple[int, ...], biases: int) -> tuple[Parameter, Parameter | None]:
    """Weight and bias (None for 0), uniform in ±1/sqrt(fan_in)."""
    bound = math.prod(shape[1:]) ** -0.5
    weight = uniform_(np.empty(shape, np.float32), -bound, bound)
    bias = uniform_(np.empty(biases, np.float32), -bound, bound)
    return Parameter(weight), Parameter(bias) if biases else None


def _pair(name: str, value: int | Pair, least: int) -> Pair:
    """(height, width) of one int or of two, each at least `least`."""
    pair = tuple(value) if isinstance(value, tuple | list) else (value, value)
    if len(pair) != 2 or not all(isinstance(v, int) and v >= least for v in pair):
        raise ValueError(f"{name}: expected an int >= {least} or two of them, got {value!r}")
    return pair


def _check_image(x: np.ndarray, channels: int | None = None) -> None:
    """ValueError unless x is (N, C, H, W), with this number of channels."""
    if x.ndim != 4 or channels not in (None, x.shape[1]):
        raise ValueError(f"x: expected shape (N, {channels or 'C'}, H, W), got {x.shape}")
