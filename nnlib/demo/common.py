"""What several demos share: weights of their own seed or from a file, a ratio in words, points of your own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from nnlib import module

ACTIVATIONS = ("ReLU", "Tanh", "Sigmoid", "LeakyReLU", "GELU")


@contextmanager
def drawing_from(rng: np.random.Generator | int) -> Iterator[None]:
    """Let layers draw weights and masks from `rng` (a generator or a seed), without touching the student's own."""
    before = module.generator()
    module._generator = np.random.default_rng(rng)
    try:
        yield
    finally:
        module._generator = before


def times(ratio: float) -> str:
    """How many times as large, in words: 280 million, 12,000 or 1.3."""
    if ratio >= 1e6:
        return f"{ratio / 1e6:,.0f} million"
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"


def points_of(pair: tuple) -> tuple[np.ndarray, np.ndarray]:
    """Your own points in the plane, checked: x (N, 2), y (N,) of 0 and 1; ValueError where they are not."""
    x, y = np.asarray(pair[0], np.float32), np.asarray(pair[1]).ravel()
    if x.ndim != 2 or x.shape[1] != 2 or len(x) != len(y) or not set(y.tolist()) <= {0, 1}:
        raise ValueError(f"data: expected x (N, 2) and y (N,) of 0 and 1, got {x.shape} and {y.shape}")
    return x, y


def load_weights(model: module.Module, path: Path) -> module.Module:
    """Fill `model` with the weights that build.py has stored; returns it."""
    with np.load(path) as stored:
        model.load_state_dict({name: stored[name].astype(np.float32) for name in stored.files})
    return model
