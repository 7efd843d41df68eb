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
from nnlib.models import mlp

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


LINEAR = [
    same("Linear", 4, 3, inputs=normal(5, 4)),
    same("Linear", 4, 3, bias=False, note="no-bias", inputs=normal(5, 4)),
    same("Linear", 4, 3, note="3-axes", inputs=normal(2, 5, 4)),
    same("Linear", 4, 3, note="one-example", inputs=normal(4)),
    same("Embedding", 6, 3, inputs=lambda rng: (np.array([[1, 5, 1, 0], [2, 1, 5, 5]]),)),
    same("Flatten", inputs=normal(2, 3, 4)),
    same("Flatten", 0, 1, note="first-axes", inputs=normal(2, 3, 4)),
    Case("Sequential", lambda: mlp(nn, 4, 3, 2, activation="Tanh"),
         lambda: mlp(torch.nn, 4, 3, 2, activation="Tanh"), normal(5, 4)),
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


class TorchAttention(torch.nn.Module):
    """PyTorch's function as a module, without weights."""

    def forward(self, query, key, value, attn_mask=None, is_causal=False):
        attend = torch.nn.functional.scaled_dot_product_attention
        return attend(query, key, value, attn_mask=attn_mask, is_causal=is_causal)


class TorchPositions(torch.nn.Module):
    """Sinusoids from a complex exponential, added."""

    def forward(self, x):                                           # (T, N, 6)
        frequencies = 10000 ** (-torch.arange(0, 6, 2, dtype=x.dtype) / 6)
        angles = torch.arange(len(x), dtype=x.dtype)[:, None] * frequencies
        waves = torch.exp(1j * angles)
        return x + torch.stack([waves.imag, waves.real], dim=-1).reshape(len(x), 1, 6)


def queries_keys_values(rng):
    return tuple(rng.standard_normal(shape) for shape in [(2, 3, 6), (2, 4, 6), (2, 4, 5)])


def query_key_value(rng):
    return tuple(rng.standard_normal(shape) for shape in [(3, 2, 6), (4, 2, 6), (4, 2, 6)])


def target_and_memory(rng):
    return rng.standard_normal((3, 2, 6)), rng.standard_normal((4, 2, 6))


def swapped(inputs):
    """The same inputs, batch first."""
    return lambda rng: tuple(x.swapaxes(0, 1) for x in inputs(rng))


NOWHERE = np.array([[True, False, True, True], [False] * 4, [False, False, True, False]])   # for query 1
AHEAD, AHEAD_IN_4 = ~np.tri(3, dtype=bool), ~np.tri(4, dtype=bool)
PADDING_3 = np.array([[False, False, True], [False] * 3])
PADDING_4 = np.array([[False, False, True, True], [False] * 4])
BIAS = np.random.default_rng(0).standard_normal((3, 4))


def masked(note: str, **options) -> dict:
    """The arguments of a case that has options for `forward`, and whose second output is only to look at."""
    return {"note": note, "case": {"options": options, "outputs": 1}}


ATTENTION = [
    Case(f"ScaledDotProductAttention-{note}", nn.ScaledDotProductAttention, TorchAttention, queries_keys_values,
         options, outputs=1)
    for note, options in [
        ("plain", {}),
        ("causal", {"is_causal": True}),
        ("numbers", {"attn_mask": BIAS}),
        ("nowhere", {"attn_mask": NOWHERE}),
    ]
]
ATTENTION += [
    Case("ScaledDotProductAttention-dropout", lambda: nn.ScaledDotProductAttention(0.4), TorchAttention,
         queries_keys_values, outputs=1, random=True),
    *(
        same("MultiheadAttention", 6, 2, inputs=query_key_value, **options)
        for options in [
            masked("plain"),
            masked("heads", average_attn_weights=False) | {"bias": False},
            masked("padding", key_padding_mask=PADDING_4),
            masked("masks", key_padding_mask=PADDING_4, attn_mask=np.triu(np.ones((3, 4), bool), 2)),
            masked("numbers", attn_mask=BIAS),
        ]
    ),
    same("MultiheadAttention", 6, 2, batch_first=True, inputs=lambda rng: (rng.standard_normal((3, 4, 6)),) * 3,
         **masked("self-batch-first", attn_mask=AHEAD_IN_4)),
    same("MultiheadAttention", 6, 2, dropout=0.4, inputs=query_key_value, note="dropout",
         case={"outputs": 1, "random": True}),
    Case("PositionalEncoding", lambda: nn.PositionalEncoding(6, 8), TorchPositions, normal(5, 2, 6)),
]

TRANSFORMERS = [
    same(name, 6, 2, 5, dropout=0.4 if random else 0.0, norm_first=norm_first, activation=activation,
         batch_first=batch_first, note=note, inputs=swapped(inputs) if batch_first else inputs,
         case={"options": options, "random": random})
    for name, inputs, options in [
        ("TransformerEncoderLayer", normal(3, 2, 6), {"src_mask": AHEAD, "src_key_padding_mask": PADDING_3}),
        ("TransformerDecoderLayer", target_and_memory,
         {"tgt_mask": AHEAD, "tgt_key_padding_mask": PADDING_3, "memory_key_padding_mask": PADDING_4}),
    ]
    for note, norm_first, activation, batch_first, random, options in [
        ("plain", False, "relu", False, False, {}),
        ("norm-first-gelu", True, "gelu", True, False, {}),
        ("masks", False, "relu", False, False, options),
        ("dropout", True, "relu", False, True, options),
    ]
]

CONVOLUTIONS = [
    same("Conv2d", 2, 3, 3, inputs=normal(4, 2, 6, 5)),
    same("Conv2d", 2, 3, (2, 3), stride=(3, 2), padding=(1, 2), note="pairs", inputs=normal(2, 2, 6, 5)),
    same("Conv2d", 2, 3, 1, bias=False, note="1x1-no-bias", inputs=normal(2, 2, 4, 5)),
    same("ConvTranspose2d", 3, 2, 3, inputs=normal(2, 3, 4, 5)),
    same("ConvTranspose2d", 3, 2, (4, 3), (3, 2), (1, 2), (2, 1), note="pairs", inputs=normal(2, 3, 4, 5)),
    same("ConvTranspose2d", 3, 2, 2, stride=3, bias=False, note="gaps-no-bias", inputs=normal(2, 3, 4, 5)),
    same("MaxPool2d", 2, inputs=normal(2, 3, 6, 4)),
    same("MaxPool2d", (3, 2), stride=(2, 1), padding=1, note="pairs", inputs=normal(2, 3, 6, 5)),
    same("MaxPool2d", 2, stride=3, note="gaps", inputs=normal(2, 3, 6, 5)),
    same("AvgPool2d", 2, inputs=normal(2, 3, 6, 4)),
    same("AvgPool2d", (3, 2), stride=(2, 1), padding=1, note="pairs", inputs=normal(2, 3, 6, 5)),
]

CASES = [
    *LINEAR, *ACTIVATIONS, *LOSSES, *NORMS, *CONVOLUTIONS, *RECURRENT, *ATTENTION, *TRANSFORMERS,
]
