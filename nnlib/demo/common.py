"""What several demos share: small networks with weights of their own seed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
