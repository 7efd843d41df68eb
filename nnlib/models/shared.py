"""Models that are chains of layers: one text, built with `nnlib.nn` or with `torch.nn`.

`mlp(nn, 784, 128, 10)` is NumPy where `nn` is nnlib.nn, and PyTorch where it is torch.nn; the parameters have
the same names and shapes, so that either loads the other's `state_dict`.
"""

from __future__ import annotations

from itertools import pairwise
from types import ModuleType

import numpy as np

from nnlib.module import as_generator


def mlp(nn: ModuleType, *sizes: int, activation: str = "ReLU"):
    """Linear layers from sizes[0] to sizes[-1], with an activation between them.

    Shapes: (N, sizes[0]) -> (N, sizes[-1]). `activation` is the name of a class of `nn`; ValueError where it
    is none, and for fewer than two sizes.
    """
    if len(sizes) < 2:
        raise ValueError(f"sizes: expected at least an input and an output size, got {sizes}")
    if not hasattr(nn, activation):
        raise ValueError(f"activation: expected the name of a class of {nn.__name__}, say 'ReLU', got {activation!r}")
    layers = []
    for in_features, out_features in pairwise(sizes):
        layers += [nn.Linear(in_features, out_features), getattr(nn, activation)()]
    return nn.Sequential(*layers[:-1])


def conv_block(nn: ModuleType, in_channels: int, out_channels: int):
    """Convolution 3x3, batch norm, ReLU, and the largest of each 2x2: (N, C, H, W) -> (N, C', H/2, W/2)."""
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False),   # batch norm would remove a bias
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
        nn.MaxPool2d(2),
    )


def cnn(nn: ModuleType, in_channels: int, image_size: int, num_classes: int, channels: tuple[int, ...] = (8, 16)):
    """One `conv_block` for each entry of `channels`, then a linear layer.

    Shapes: (N, in_channels, image_size, image_size) -> (N, num_classes). Raises ValueError where the image
    is too small to be halved so often.
    """
    size = image_size // 2 ** len(channels)
    if size == 0:
        raise ValueError(f"image_size: expected at least {2 ** len(channels)}, got {image_size}")
    blocks = [conv_block(nn, c_in, c_out) for c_in, c_out in zip((in_channels, *channels), channels)]
    return nn.Sequential(*blocks, nn.Flatten(), nn.Linear(channels[-1] * size * size, num_classes))


def autoencoder(nn: ModuleType, *sizes: int, activation: str = "ReLU"):
    """Two `mlp` in a row, sizes[0] to sizes[-1] and back: model[0] encodes, model[1] decodes.

    Shapes: (N, sizes[0]) -> (N, sizes[0]). Raises ValueError as `mlp` does.
    """
    encoder = mlp(nn, *sizes, activation=activation)
    return nn.Sequential(encoder, mlp(nn, *reversed(sizes), activation=activation))


def sample(logits: np.ndarray, temperature: float = 1.0, top_k: int | None = None,
           rng: np.random.Generator | None = None) -> np.ndarray:
    """Draw one class per row from softmax(logits / temperature).

    Shapes: logits (N, K) -> (N, 1) integers. Temperature 0 takes the best, 1 the model's own odds, more is
    bolder; `top_k` leaves only the k best. Raises ValueError for a negative temperature or top_k outside 1 ... K.
    """
    logits = np.asarray(logits, dtype=np.float64)
    if temperature < 0:
        raise ValueError(f"temperature: expected 0 or more, got {temperature}")
    if top_k is not None:
        if not 1 <= top_k <= logits.shape[1]:
            raise ValueError(f"top_k: expected 1 ... {logits.shape[1]}, got {top_k}")
        worst_kept = np.sort(logits, axis=1)[:, -top_k, None]       # (N, 1)
        logits = np.where(logits < worst_kept, -np.inf, logits)
    # The largest of logits + temperature * Gumbel noise is a draw from that softmax (Gumbel, 1954).
    noise = as_generator(rng).gumbel(size=logits.shape)
    return (logits + temperature * noise).argmax(axis=1)[:, None]
