"""Activations: the bends between the layers, without which a stack of linear layers is one linear layer.

Each works element by element, except Softmax, which turns a row of scores into probabilities.
"""

from __future__ import annotations

import math

import numpy as np

from nnlib.module import Module


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), same shape as x, to 4e-16; written with tanh, which cannot overflow."""
    return 0.5 * np.tanh(0.5 * x) + 0.5


def softmax(x: np.ndarray, dim: int = -1) -> np.ndarray:
    """exp(x) / sum(exp(x)) along `dim`, same shape as x.

    Subtracting the largest score first changes nothing and keeps exp from overflowing. Rows of -inf alone
    (everything masked) become zeros: nothing to attend to. PyTorch gives NaN there.

    >>> softmax(np.array([2.0, 1.0, 0.1])).round(3)
    array([0.659, 0.242, 0.099])
    """
    top = x.max(axis=dim, keepdims=True)
    weights = x - np.maximum(top, np.finfo(x.dtype).min)
    np.exp(weights, out=weights)
    weights /= np.maximum(weights.sum(axis=dim, keepdims=True), 1)  # the largest score alone gives 1
    return weights


# Spacing 1/512 makes the Taylor error below 2e-13; beyond ±6 erf is ±1 to the last digit.
# In chunks the many small steps stay in the processor's cache: four times as fast.
_ERF_STEPS, _ERF_END, _ERF_CHUNK = 512, 6, 16_384
_ERF_NODES = np.arange(-_ERF_END * _ERF_STEPS, _ERF_END * _ERF_STEPS + 1) / _ERF_STEPS
_ERF_VALUES = np.array([math.erf(node) for node in _ERF_NODES])
_ERF_SLOPES = 2 / math.sqrt(math.pi) * np.exp(-_ERF_NODES * _ERF_NODES)


def erf(x: np.ndarray) -> np.ndarray:
    """The error function of floating-point numbers, same shape as x, exact to 2e-13 (NumPy has none)."""
    flat, y = x.reshape(-1), np.empty(x.size, x.dtype)
    for start in range(0, x.size, _ERF_CHUNK):
        part = slice(start, start + _ERF_CHUNK)
        y[part] = _erf_from_nodes(flat[part])
    return y.reshape(x.shape)


def _erf_from_nodes(x: np.ndarray) -> np.ndarray:
    """Three Taylor steps from the nearest x0: with g = erf'(x0), the next two are -2 x0 g, (4 x0^2 - 2) g."""
    x = np.clip(x, -_ERF_END, _ERF_END)
    steps = np.rint(x * _ERF_STEPS)
    x0 = steps / _ERF_STEPS
    d = x - x0
    with np.errstate(invalid="ignore"):                             # NaN has no node; d stays NaN
        index = (steps + _ERF_END * _ERF_STEPS).astype(np.intp)
    value = _ERF_VALUES.astype(x.dtype).take(index, mode="clip")
    slope = _ERF_SLOPES.astype(x.dtype).take(index, mode="clip")
    return value + slope * d * (1 - x0 * d + (2 * x0 * x0 - 1) * (d * d) / 3)


class ReLU(Module):
    """max(x, 0): passes what is positive. Any shape; at 0 the derivative is taken as 0.

    Source: Nair and Hinton, 2010.
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Any shape -> the same shape."""
        y = np.maximum(x, 0)
        self._cache = (y,)
        return y

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """The gradient passes where the input was positive."""
        (y,) = self.saved()
        return grad_output * (y > 0)


class LeakyReLU(Module):
    """x where positive, negative_slope * x elsewhere, so that no unit can die. Any shape.

    Source: Maas, Hannun and Ng, 2013.
    """

    def __init__(self, negative_slope: float = 0.01):
        self.negative_slope = negative_slope

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Any shape -> the same shape."""
        positive = x > 0
        self._cache = (positive,)
        return np.where(positive, x, self.negative_slope * x)

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """The gradient passes whole where the input was positive, scaled elsewhere."""
        (positive,) = self.saved()
        return np.where(positive, grad_output, self.negative_slope * grad_output)


class Sigmoid(Module):
    """1 / (1 + exp(-x)), between 0 and 1. Any shape. Its derivative y (1 - y) is at most 1/4."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Any shape -> the same shape."""
        y = sigmoid(x)
        self._cache = (y,)
        return y

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """Times y (1 - y)."""
        (y,) = self.saved()
        return grad_output * (y * (1 - y))


class Tanh(Module):
    """tanh(x), between -1 and 1. Any shape. Its derivative 1 - y^2 is at most 1."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Any shape -> the same shape."""
        y = np.tanh(x)
        self._cache = (y,)
        return y

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """Times 1 - y^2."""
        (y,) = self.saved()
        return grad_output * (1 - y * y)


class GELU(Module):
    """x Φ(x): each input weighted by the share of a standard normal below it. Any shape.

    `approximate="none"` uses the exact Φ, `"tanh"` the cheaper formula that GPT-2 is trained with.
    Raises ValueError for any other name. Source: Hendrycks and Gimpel, 2016.
    """

    def __init__(self, approximate: str = "none"):
        if approximate not in ("none", "tanh"):
            raise ValueError(f"approximate: expected 'none' or 'tanh', got {approximate!r}")
        self.approximate = approximate

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Any shape -> the same shape."""
        share = _share_below(x) if self.approximate == "none" else _share_below_tanh(x)
        self._cache = (x, share)
        return x * share

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """The product rule: times Φ(x) + x Φ'(x)."""
        x, share = self.saved()
        density = _density(x) if self.approximate == "none" else _density_tanh(x, share)
        return grad_output * (share + x * density)


def _share_below(x: np.ndarray) -> np.ndarray:
    """Φ(x), the standard normal's distribution function."""
    return 0.5 + 0.5 * erf(x * math.sqrt(0.5))


def _density(x: np.ndarray) -> np.ndarray:
    """Φ'(x), the bell curve."""
    return np.exp(-0.5 * x * x) * (1 / math.sqrt(2 * math.pi))


def _share_below_tanh(x: np.ndarray) -> np.ndarray:
    """Φ(x) up to 3e-4. x * x * x, because NumPy's x**3 is 40 times slower."""
    return 0.5 + 0.5 * np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * (x * x * x)))


def _density_tanh(x: np.ndarray, share: np.ndarray) -> np.ndarray:
    """The derivative of `_share_below_tanh`: with s = 0.5 + 0.5 tanh(u), ds/du = 2 s (1 - s)."""
    du = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * (x * x))
    return 2 * share * (1 - share) * du


class Softmax(Module):
    """Scores to probabilities along `dim` (the last axis unless told): positive, summing to 1.

    Any shape. Rows that are -inf throughout become zeros (PyTorch: NaN).
    """

    def __init__(self, dim: int = -1):
        self.dim = dim

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Any shape -> the same shape."""
        y = softmax(x, self.dim)
        self._cache = (y,)
        return y

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """With g the incoming gradient: y (g - sum(g y)). Raising one score lowers all others."""
        (y,) = self.saved()
        return y * (grad_output - (grad_output * y).sum(axis=self.dim, keepdims=True))
