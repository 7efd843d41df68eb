"""Starting weights: small enough not to saturate, large enough not to vanish, different enough to learn.

Each function fills a Parameter (or an array) of any shape in place and returns it. `fan_in` is how many inputs a unit
sums, `fan_out` how many units an input reaches; a variance of about 1 / fan keeps signals the same size
from layer to layer.
"""

from __future__ import annotations

import math

import numpy as np

from nnlib.module import Parameter, generator


def calculate_gain(nonlinearity: str, param: float = 0.01) -> float:
    """How much larger weights must be, because the activation behind them makes signals smaller.

    `param` is the negative slope of "leaky_relu". Raises ValueError for unknown names.
    """
    gains = {
        "linear": 1.0,
        "sigmoid": 1.0,
        "tanh": 5 / 3,
        "relu": math.sqrt(2),
        "leaky_relu": math.sqrt(2 / (1 + param**2)),
    }
    if nonlinearity not in gains:
        raise ValueError(f"nonlinearity: expected one of {sorted(gains)}, got {nonlinearity!r}")
    return gains[nonlinearity]


def uniform_(tensor: Parameter | np.ndarray, a: float = 0.0, b: float = 1.0) -> Parameter | np.ndarray:
    """Uniform between a and b; any shape."""
    return _fill(tensor, generator().uniform(a, b, tensor.shape))


def normal_(tensor: Parameter | np.ndarray, mean: float = 0.0, std: float = 1.0) -> Parameter | np.ndarray:
    """Normal with this mean and standard deviation; any shape."""
    return _fill(tensor, generator().normal(mean, std, tensor.shape))


def constant_(tensor: Parameter | np.ndarray, val: float) -> Parameter | np.ndarray:
    """The same value everywhere; any shape."""
    return _fill(tensor, val)


def zeros_(tensor: Parameter | np.ndarray) -> Parameter | np.ndarray:
    """Zero, any shape: right for biases. As weights it makes all units of a layer the same for ever."""
    return constant_(tensor, 0.0)


def ones_(tensor: Parameter | np.ndarray) -> Parameter | np.ndarray:
    """One everywhere; any shape."""
    return constant_(tensor, 1.0)


def xavier_uniform_(tensor: Parameter | np.ndarray, gain: float = 1.0) -> Parameter | np.ndarray:
    """Uniform with variance 2 / (fan_in + fan_out): a compromise between the way forth and the way back.

    tensor (out, in, ...); ValueError for fewer than two axes. Source: Glorot and Bengio, 2010.
    """
    bound = gain * math.sqrt(6 / sum(_fans(tensor)))                # uniform on ±b has variance b²/3
    return uniform_(tensor, -bound, bound)


def xavier_normal_(tensor: Parameter | np.ndarray, gain: float = 1.0) -> Parameter | np.ndarray:
    """Normal with variance 2 / (fan_in + fan_out). Shape, ValueError and source as in `xavier_uniform_`."""
    return normal_(tensor, 0.0, gain * math.sqrt(2 / sum(_fans(tensor))))


def kaiming_uniform_(
    tensor: Parameter | np.ndarray, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu"
) -> Parameter | np.ndarray:
    """Uniform with variance 2 / fan: ReLU kills half of the signal, twice the variance makes up for it.

    `a` is the negative slope of a leaky ReLU, `mode` "fan_in" (keeps the way forth) or "fan_out" (the way
    back). tensor (out, in, ...); ValueError for other names and fewer than two axes. Source: He et al., 2015.
    """
    bound = math.sqrt(3) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound)


def kaiming_normal_(
    tensor: Parameter | np.ndarray, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu"
) -> Parameter | np.ndarray:
    """Normal with variance 2 / fan. Arguments, shape, ValueError and source as in `kaiming_uniform_`."""
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity))


def _kaiming_std(tensor: Parameter | np.ndarray, a: float, mode: str, nonlinearity: str) -> float:
    """The standard deviation that He et al. derive."""
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"mode: expected 'fan_in' or 'fan_out', got {mode!r}")
    fan_in, fan_out = _fans(tensor)
    return calculate_gain(nonlinearity, a) / math.sqrt(fan_in if mode == "fan_in" else fan_out)


def _fans(tensor: Parameter | np.ndarray) -> tuple[int, int]:
    """(fan_in, fan_out) of a weight (out, in) or of a filter (out, in, k, k)."""
    if len(tensor.shape) < 2:
        raise ValueError(f"tensor: expected at least two axes (out, in), got {tensor.shape}")
    window = math.prod(tensor.shape[2:])
    return tensor.shape[1] * window, tensor.shape[0] * window


def _fill(tensor: Parameter | np.ndarray, values: np.ndarray | float) -> Parameter | np.ndarray:
    """Put `values` into a Parameter or an array, in its own dtype; returns it."""
    array = tensor.data if isinstance(tensor, Parameter) else tensor
    array[...] = values
    return tensor
