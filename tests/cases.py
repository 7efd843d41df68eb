"""The registry of layers and losses: how to make each one, its PyTorch twin, and something to feed it.

`tests/test_layers.py` checks everything listed here and fails where a public class of `nnlib.nn` is missing.
To add a layer, add a line to a block (or a block, and name it in CASES). Keep inputs small, with no two axes
of the same length: a wrong transpose must not hide, and finite differences need two forward passes a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch

from nnlib import nn

Inputs = Callable[[np.random.Generator], tuple]


@dataclass(frozen=True)
class Case:
    """One layer with one setting of its arguments.

    name      the class, then what is special: "Linear-no-bias"
    make      () -> our module
    twin      () -> PyTorch's module
    inputs    rng -> the tuple of arrays for `forward` (a state may be a tuple inside it)
    options   keyword arguments of `forward`, ours and PyTorch's
    constants how many of the last inputs have no gradient (1 for a loss: its target)
    outputs   how many of the outputs take part in `backward` (all)
    random    True where training draws random numbers: PyTorch draws others, so no twin check in training
    """

    name: str
    make: Callable[[], nn.Module]
    twin: Callable[[], torch.nn.Module]
    inputs: Inputs
    options: Mapping = field(default_factory=dict)
    constants: int = 0
    outputs: int | None = None
    random: bool = False

    def __str__(self) -> str:
        return self.name

    @property
    def check(self) -> dict:
        """The keyword arguments for `gradcheck` and `check_twin`."""
        return {"options": self.options, "constants": self.constants, "outputs": self.outputs}


def same(name: str, *args, inputs: Inputs, note: str = "", case: Mapping | None = None, **kwargs) -> Case:
    """A case where both sides are made by the same call: `nn.X(...)` and `torch.nn.X(...)`."""
    return Case(
        f"{name}-{note}" if note else name,
        lambda: getattr(nn, name)(*args, **kwargs),
        lambda: getattr(torch.nn, name)(*args, **kwargs),
        inputs,
        **(case or {}),
    )


def normal(*shape: int) -> Inputs:
    """One array of standard normal numbers."""
    return lambda rng: (rng.standard_normal(shape),)


def mlp(library) -> nn.Module | torch.nn.Module:
    """A small network of either library."""
    return library.Sequential(library.Linear(4, 3), library.Tanh(), library.Linear(3, 2))


LINEAR = [
    same("Linear", 4, 3, inputs=normal(5, 4)),
    same("Linear", 4, 3, bias=False, note="no-bias", inputs=normal(5, 4)),
    same("Linear", 4, 3, note="3-axes", inputs=normal(2, 5, 4)),
    same("Linear", 4, 3, note="one-example", inputs=normal(4)),
    same("Embedding", 6, 3, inputs=lambda rng: (np.array([[1, 5, 1, 0], [2, 1, 5, 5]]),)),
    same("Flatten", inputs=normal(2, 3, 4)),
    same("Flatten", 0, 1, note="first-axes", inputs=normal(2, 3, 4)),
    Case("Sequential", lambda: mlp(nn), lambda: mlp(torch.nn), normal(5, 4)),
]

ACTIVATIONS = [
    same("ReLU", inputs=normal(5, 4)),
    same("LeakyReLU", inputs=normal(5, 4)),
    same("LeakyReLU", 0.3, note="slope", inputs=normal(5, 4)),
    same("Sigmoid", inputs=normal(5, 4)),
    same("Tanh", inputs=normal(5, 4)),
    same("GELU", inputs=lambda rng: (3 * rng.standard_normal((5, 4)),)),
    same("GELU", approximate="tanh", note="tanh", inputs=lambda rng: (3 * rng.standard_normal((5, 4)),)),
    same("Softmax", dim=-1, inputs=normal(2, 3, 4)),
    same("Softmax", dim=1, note="dim", inputs=normal(2, 3, 4)),
]


def numbers(rng):
    return rng.standard_normal((3, 5, 4)), rng.standard_normal((3, 5, 4))


def chances(rng):
    return 3 * rng.standard_normal((3, 5, 4)), rng.random((3, 5, 4))


def labels(rng):
    return 3 * rng.standard_normal((6, 4)), rng.integers(0, 4, 6)


def labels_in_space(rng):
    """Two axes more, and some places that do not count."""
    target = rng.integers(0, 4, (3, 2, 5))
    target[0, 1, 2:] = -100
    return 3 * rng.standard_normal((3, 4, 2, 5)), target


def one_label(rng):
    return rng.standard_normal(4), np.array(2)


LOSSES = [
    same(name, reduction=reduction, note=f"{inputs.__name__}-{reduction}", inputs=inputs, case={"constants": 1})
    for reduction in ("mean", "sum", "none")
    for name, inputs in [
        ("MSELoss", numbers),
        ("BCEWithLogitsLoss", chances),
        ("CrossEntropyLoss", labels),
        ("CrossEntropyLoss", labels_in_space),
        ("CrossEntropyLoss", one_label),
    ]
]

NORMS = [
    same("BatchNorm1d", 4, inputs=normal(5, 4)),
    same("BatchNorm1d", 4, eps=0.1, momentum=0.3, note="arguments", inputs=normal(5, 4)),
    same("BatchNorm1d", 4, note="3-axes", inputs=normal(5, 4, 3)),
    same("BatchNorm2d", 4, inputs=normal(5, 4, 3, 2)),
    same("LayerNorm", 4, inputs=normal(2, 3, 4)),
    same("LayerNorm", (3, 4), eps=0.1, note="2-axes", inputs=normal(2, 3, 4)),
    same("Dropout", 0.3, inputs=normal(5, 4), case={"random": True}),
]


def sequence(rng):
    return (rng.standard_normal((5, 2, 4)),)


def sequence_and_state(rng):
    return rng.standard_normal((5, 2, 4)), rng.standard_normal((2, 2, 3))


def sequence_and_two_states(rng):
    return rng.standard_normal((5, 2, 4)), (rng.standard_normal((2, 2, 3)), rng.standard_normal((2, 2, 3)))


RECURRENT = [
    case
    for name, with_state in [
        ("RNN", sequence_and_state),
        ("LSTM", sequence_and_two_states),
        ("GRU", sequence_and_state),
    ]
    for case in [
        same(name, 4, 3, inputs=sequence),
        same(name, 4, 3, batch_first=True, bias=False, note="batch-first-no-bias", inputs=sequence),
        same(name, 4, 3, num_layers=2, note="2-layers", inputs=with_state),
        same(name, 4, 3, num_layers=2, dropout=0.4, note="dropout", inputs=sequence, case={"random": True}),
    ]
]
RECURRENT += [same("RNN", 4, 3, nonlinearity="relu", note="relu", inputs=sequence)]

CASES = [*LINEAR, *ACTIVATIONS, *LOSSES, *NORMS, *RECURRENT]
