"""Parameter, Module and Sequential: how layers hold their weights and how gradients travel through them.

Importing this lets you write a layer as two methods, `forward` and `backward`, and get the rest for free:
the list of parameters, `state_dict` in PyTorch's own format, training and evaluation mode. The one source of
randomness stands here, too: `manual_seed`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

Seed = np.random.Generator | int | None          # what an argument `rng` may be, see `as_generator`

_generator = np.random.default_rng()


def manual_seed(seed: int) -> np.random.Generator:
    """Seed the generator that layers draw their weights and masks from; returns it."""
    global _generator
    _generator = np.random.default_rng(seed)
    return _generator


def generator() -> np.random.Generator:
    """The generator that `manual_seed` set (or a fresh, unseeded one)."""
    return _generator


def as_generator(rng: Seed) -> np.random.Generator:
    """`rng` itself, a new generator from a seed, or for None the one that `manual_seed` set."""
    return generator() if rng is None else np.random.default_rng(rng)


class Parameter:
    """An array that learns.

    `data` is the array; `grad` is None until a backward pass adds to it, then an array of the same shape.
    """

    def __init__(self, data: np.ndarray):
        self.data = np.asarray(data)
        self.grad: np.ndarray | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of `data`."""
        return self.data.shape

    def add_grad(self, grad: np.ndarray) -> None:
        """Add `grad` (same shape as `data`, an array nobody else holds) to what was there."""
        self.grad = grad if self.grad is None else self.grad + grad

    def __repr__(self) -> str:
        return f"Parameter{self.shape}"


class Module:
    """A function with parameters, a forward pass and a backward pass.

    `forward` saves exactly one tuple in `self._cache`, what `backward` will need. `backward` takes the
    gradient of the loss with respect to the output, *adds* the parameters' gradients into `param.grad`,
    and returns the gradient with respect to the input. Parameters, buffers and modules that are assigned
    to attributes are found by themselves, in the order of assignment.
    """

    training = True
    _cache: tuple | None = None
    _buffers: tuple[str, ...] = ()

    def forward(self, *inputs: np.ndarray) -> np.ndarray:
        """Compute the output; each class says which shapes it takes and returns."""
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """Turn the output's gradient into the input's, each of its array's shape, adding to `param.grad` on the way."""
        raise NotImplementedError(f"{type(self).__name__} has no backward")

    def __call__(self, *inputs, **options):
        """Run `forward`. In evaluation mode nothing is kept for a backward pass."""
        output = self.forward(*inputs, **options)
        if not self.training:
            self._cache = None
        return output

    def saved(self) -> tuple:
        """What `forward` put into the cache; RuntimeError where there is nothing."""
        if self._cache is None:
            raise RuntimeError(f"{type(self).__name__}.backward needs a forward pass in training mode first")
        return self._cache

    def register_buffer(self, name: str, value: np.ndarray, persistent: bool = True) -> None:
        """Keep `value`, any shape, under `name`: not trained, but part of the state if `persistent`."""
        if persistent:
            self._buffers = (*self._buffers, name)
        setattr(self, name, value)

    def children(self) -> Iterator[tuple[str, Module]]:
        """(name, module) of the modules directly inside this one."""
        return iter([(name, value) for name, value in vars(self).items() if isinstance(value, Module)])

    def modules(self) -> Iterator[Module]:
        """This module and all inside it, parents first."""
        yield self
        for _, child in self.children():
            yield from child.modules()

    def named_parameters(self, prefix: str = "") -> Iterator[tuple[str, Parameter]]:
        """(name, parameter) of all parameters, named as PyTorch names them: `0.weight`."""
        own = [(prefix + n, v) for n, v in vars(self).items() if isinstance(v, Parameter)]
        yield from own                           # a list: a forward pass in the caller's loop may add attributes
        for name, child in self.children():
            yield from child.named_parameters(f"{prefix}{name}.")

    def parameters(self) -> Iterator[Parameter]:
        """All parameters, in the order of `named_parameters`."""
        return (parameter for _, parameter in self.named_parameters())

    def zero_grad(self) -> None:
        """Forget all gradients: the only thing that resets them."""
        for parameter in self.parameters():
            parameter.grad = None

    def train(self, mode: bool = True) -> Module:
        """Switch to training mode (or, with False, to evaluation mode); returns self."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Module:
        """Switch to evaluation mode; returns self."""
        return self.train(False)

    def _state(self, prefix: str = "") -> Iterator[tuple[str, object, str]]:
        """(full name, owner, attribute) of each parameter and buffer, in PyTorch's order."""
        own = [n for n, v in vars(self).items() if isinstance(v, Parameter)]
        yield from ((prefix + name, self, name) for name in (*own, *self._buffers))
        for name, child in self.children():
            yield from child._state(f"{prefix}{name}.")

    def state_dict(self) -> dict[str, np.ndarray]:
        """Copies of all parameters and buffers by name: what a checkpoint holds."""
        state = ((name, getattr(owner, attribute)) for name, owner, attribute in self._state())
        return {name: np.array(v.data if isinstance(v, Parameter) else v) for name, v in state}

    def load_state_dict(self, state: Mapping[str, np.ndarray], strict: bool = True) -> None:
        """Copy arrays (or torch tensors) of `state` into the parameters and buffers of the same name.

        Raises KeyError where names are missing or unknown (with `strict`), ValueError where shapes differ.
        """
        places = {name: (owner, attribute) for name, owner, attribute in self._state()}
        missing, unknown = places.keys() - state.keys(), state.keys() - places.keys()
        if strict and (missing or unknown):
            raise KeyError(f"state: missing {sorted(missing)}, not expected {sorted(unknown)}")
        for name in places.keys() & state.keys():
            _assign(*places[name], np.asarray(state[name]), name)

    def astype(self, dtype: type) -> Module:
        """Convert every floating-point parameter and buffer to `dtype`; returns self."""
        for _, owner, name in self._state():
            value = getattr(owner, name)
            if isinstance(value, Parameter):
                value.data = value.data.astype(dtype)
            elif np.issubdtype(value.dtype, np.floating):
                setattr(owner, name, value.astype(dtype))
        return self

    def double(self) -> Module:
        """Convert to float64, the precision for checking gradients; returns self."""
        return self.astype(np.float64)

    def float(self) -> Module:
        """Convert to float32, the precision for training; returns self."""
        return self.astype(np.float32)


def _assign(owner: Module, attribute: str, value: np.ndarray, name: str) -> None:
    """Replace one parameter's or buffer's content by a copy of `value`, keeping its dtype."""
    old = getattr(owner, attribute)
    if old.shape != value.shape:
        raise ValueError(f"state[{name!r}]: expected shape {old.shape}, got {value.shape}")
    if isinstance(old, Parameter):
        old.data = value.astype(old.data.dtype)
    else:
        setattr(owner, attribute, value.astype(old.dtype))


class Sequential(Module):
    """Modules one after the other: forward from first to last, backward from last to first.

    Shapes: what the first module takes -> what the last one returns.

    >>> from nnlib import nn
    >>> model = Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    >>> [f"{name} {parameter.shape}" for name, parameter in model.named_parameters()]
    ['0.weight (128, 784)', '0.bias (128,)', '2.weight (10, 128)', '2.bias (10,)']
    >>> sum(parameter.data.size for parameter in model.parameters())
    101770
    """

    def __init__(self, *modules: Module):
        for index, module in enumerate(modules):
            setattr(self, str(index), module)

    def __iter__(self) -> Iterator[Module]:
        return (module for _, module in self.children())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, index: int) -> Module:
        return list(self)[index]

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Feed `x` through all modules."""
        for module in self:
            x = module(x)
        return x

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """Feed the gradient back through all modules."""
        for module in reversed(list(self)):
            grad_output = module.backward(grad_output)
        return grad_output
