"""Proof that a backward pass is right: finite differences, and comparison with PyTorch.

Importing this lets you write `gradcheck(layer, x)` after every layer you build, and `check_twin(layer,
torch_layer, x)` where PyTorch has the same one. A random gradient is sent back from the output: with ones a
wrong softmax or batch norm would pass, because their outputs always sum to the same number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from nnlib.module import Module, manual_seed

if TYPE_CHECKING:
    import torch

# Nobody's default: inputs drawn with seed 0 and a gradient drawn with seed 0 would be the same numbers, and
# along its own input the gradient of a batch norm is zero, right or wrong.
_SEED = 271828


def numerical_gradient(f: Callable[[np.ndarray], float], theta: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    """The gradient of `f` at `theta` from its values alone: (f(theta + eps) - f(theta - eps)) / (2 eps).

    theta: float64, any shape; each entry is moved in place and put back, so `f` may also read the array
    from elsewhere (a parameter's `data`). Returns the gradient, same shape. Raises ValueError for other
    dtypes: float32 has too few digits for the difference.

    >>> numerical_gradient(lambda theta: (theta**2).sum(), np.array([1.0, -3.0])).round(6)
    array([ 2., -6.])
    """
    if theta.dtype != np.float64:
        raise ValueError(f"theta: expected a float64 array, got {theta.dtype}")
    grad = np.zeros_like(theta)
    for place in np.ndindex(theta.shape):
        value = theta[place]
        theta[place] = value + eps
        above = f(theta)
        theta[place] = value - eps
        below = f(theta)
        theta[place] = value
        grad[place] = (above - below) / (2 * eps)
    return grad


def relative_error(a: np.ndarray, b: np.ndarray) -> float:
    """|a - b| / (|a| + |b|) with Euclidean norms, between 0 and 1; 0 where both are zero.

    a, b: same shape, any; ValueError where the shapes differ.
    """
    if np.shape(a) != np.shape(b):
        raise ValueError(f"b: expected the shape of a, {np.shape(a)}, got {np.shape(b)}")
    size = np.linalg.norm(a) + np.linalg.norm(b)
    return 0.0 if size == 0 else float(np.linalg.norm(np.subtract(a, b)) / size)


def gradcheck(
    module: Module,
    *inputs: np.ndarray | tuple,
    options: Mapping | None = None,
    constants: int = 0,
    outputs: int | None = None,
    tolerance: float = 1e-6,
    rng: np.random.Generator | None = None,
) -> float:
    """Compare `module.backward` with finite differences, for every parameter and every float input.

    inputs: the arrays for `forward`, of any shape, `options` its keyword arguments; an input may be a tuple of arrays
    (the state of an LSTM). Integers and booleans have no gradient, and neither have the last `constants`
    inputs (the target of a loss). Where `forward` returns a tuple, `backward` gets one gradient for each
    of its entries, or for the first `outputs` of them. Where there are several inputs, `backward` returns
    their gradients as a tuple in the same order.

    The module is converted to float64, the inputs are copied, and `manual_seed` is called before each
    forward pass, so that dropout draws the same mask. Returns the worst relative error; raises
    AssertionError naming the worst parameter where that is over `tolerance`.
    """
    rng = rng or np.random.default_rng(_SEED)
    module.double().zero_grad()
    inputs = _map(_float64, inputs)
    variable = inputs[: len(inputs) - constants]

    def run() -> tuple:
        manual_seed(0)
        return _tuple(module(*inputs, **(options or {})))[:outputs]

    upstream = _random_like(run(), rng)
    formula = _input_gradients(module.backward(*upstream), variable) | _parameter_gradients(module)

    def loss(_) -> float:
        return sum(float((y * g).sum()) for y, g in zip(_leaves(run()), _leaves(upstream)) if y is not None)

    arrays = _floats(variable) | {name: p.data for name, p in module.named_parameters()}
    measured = {name: numerical_gradient(loss, array) for name, array in arrays.items()}
    return _worst(type(module).__name__, formula, measured, tolerance)


def check_twin(
    module: Module,
    twin: torch.nn.Module,
    *inputs: np.ndarray | tuple,
    options: Mapping | None = None,
    constants: int = 0,
    outputs: int | None = None,
    tolerance: float = 1e-10,
    rng: np.random.Generator | None = None,
) -> float:
    """Compare a module with its PyTorch twin, a `torch.nn.Module`, in float64.

    The twin loads the module's `state_dict` with strict=True, gets random parameters, and the module loads
    them back. Then outputs, input gradients, parameter gradients and buffers must agree. In evaluation mode
    only the outputs and the state are compared. Arguments, shapes, return value and AssertionError are those of
    `gradcheck`; `options` go to both, arrays as tensors.
    """
    import torch

    rng = rng or np.random.default_rng(_SEED)
    module.double().zero_grad()
    twin.double().train(module.training).zero_grad()
    _exchange_states(module, twin, rng)
    inputs, options = _map(_float64, inputs), options or {}
    count = len(inputs) - constants              # how many of them have a gradient

    tensors = _map(lambda x: torch.tensor(x, requires_grad=x.dtype == np.float64), inputs)
    ours = _tuple(module(*inputs, **options))
    theirs = _tuple(twin(*tensors, **{name: _map(_tensor, value) for name, value in options.items()}))
    found = _numbered("output", ours)
    wanted = _numbered("output", _map(lambda y: y.detach().numpy(), theirs))
    if module.training:
        upstream = _random_like(ours[:outputs], rng)
        _twin_backward(theirs[:outputs], upstream)
        returned = module.backward(*upstream)
        found |= _input_gradients(returned, inputs[:count]) | _parameter_gradients(module)
        wanted |= {name: _gradient(x) for name, x in _floats(tensors[:count]).items()}
        wanted |= {name: _gradient(p) for name, p in twin.named_parameters()}
    found |= {f"state {name}": value for name, value in module.state_dict().items()}
    wanted |= {f"state {name}": value.numpy() for name, value in twin.state_dict().items()}
    return _worst(type(module).__name__, found, wanted, tolerance)


def _worst(module: str, found: dict, wanted: dict, tolerance: float) -> float:
    """The largest error among arrays of the same name; AssertionError where it is too large."""
    errors = {name: _error(found[name], array) for name, array in wanted.items()}
    name = max(errors, key=errors.get)
    if errors[name] > tolerance:
        raise AssertionError(f"{module}: {name} has relative error {errors[name]:.1e}, over {tolerance:.0e}")
    return errors[name]


def _error(a: np.ndarray, b: np.ndarray) -> float:
    """`relative_error` with 1e-3 more in the denominator, so that rounding fails no gradient of zero."""
    if np.shape(a) != np.shape(b):
        return math.inf
    error = np.linalg.norm(np.subtract(a, b)) / (np.linalg.norm(a) + np.linalg.norm(b) + 1e-3)
    return math.inf if np.isnan(error) else float(error)


def _input_gradients(returned: tuple | np.ndarray | None, inputs: tuple) -> dict[str, np.ndarray]:
    """What `backward` returned, by the name of its float input."""
    grads = _numbered("input", _tuple(returned))
    for name in _floats(inputs):
        if grads.get(name) is None:
            raise AssertionError(f"{name}: backward returned no gradient for it")
    return {name: grads[name] for name in _floats(inputs)}


def _parameter_gradients(module: Module) -> dict[str, np.ndarray]:
    """What `backward` added, by the name of the parameter; zeros where it added nothing."""
    named = dict(module.named_parameters())
    return {name: np.zeros_like(p.data) if p.grad is None else p.grad for name, p in named.items()}


def _exchange_states(module: Module, twin: torch.nn.Module, rng: np.random.Generator) -> None:
    """Module -> twin, random numbers into the twin, twin -> module; names and shapes must match."""
    twin.load_state_dict({name: _tensor(value) for name, value in module.state_dict().items()}, strict=True)
    for parameter in twin.parameters():
        parameter.data.copy_(_tensor(0.5 * rng.standard_normal(tuple(parameter.shape))))
    module.load_state_dict(twin.state_dict(), strict=True)


def _twin_backward(outputs: tuple, upstream: tuple) -> None:
    """Send `upstream` back through PyTorch's graph."""
    pairs = zip(_leaves(outputs), _leaves(upstream))
    sum((y * _tensor(g)).sum() for y, g in pairs if y is not None).backward()


def _gradient(tensor: torch.Tensor) -> np.ndarray:
    """A tensor's gradient as an array, zeros where it has none."""
    return (tensor * 0 if tensor.grad is None else tensor.grad).detach().numpy()


def _tensor(array: object) -> object:
    """An array as a tensor; anything else as it is."""
    import torch

    return torch.as_tensor(array) if isinstance(array, np.ndarray) else array


def _random_like(outputs: tuple, rng: np.random.Generator) -> tuple:
    """A random gradient for each output."""
    return _map(lambda y: rng.standard_normal(np.shape(y)), outputs)


def _float64(array: np.ndarray) -> np.ndarray:
    """A copy, in float64 where it holds floating-point numbers."""
    array = np.asarray(array)
    return array.astype(np.float64 if np.issubdtype(array.dtype, np.floating) else array.dtype)


def _floats(inputs: tuple) -> dict:
    """The float64 arrays (or tensors) among the inputs, by name."""
    return {name: x for name, x in _numbered("input", inputs).items() if str(x.dtype).endswith("float64")}


def _numbered(name: str, nested: tuple) -> dict:
    """The arrays of nested tuples as {"input 0": ..., "input 1": ...}."""
    return {f"{name} {i}": array for i, array in enumerate(_leaves(nested))}


def _tuple(value: object) -> tuple:
    """A tuple, of one where it is none yet."""
    return value if isinstance(value, tuple) else (value,)


def _leaves(nested: object) -> list:
    """The arrays of nested tuples, in order."""
    return [leaf for part in nested for leaf in _leaves(part)] if isinstance(nested, tuple) else [nested]


def _map(f: Callable, nested: object) -> object:
    """Apply f to the arrays of nested tuples; None stays None."""
    if isinstance(nested, tuple):
        return tuple(_map(f, part) for part in nested)
    return None if nested is None else f(nested)
