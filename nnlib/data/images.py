"""Real images: handwritten digits."""

from __future__ import annotations

from pathlib import Path

import numpy as np

Pair = tuple[np.ndarray, np.ndarray]

_FOLDER = Path(__file__).parent


def digits(flat: bool = False) -> tuple[Pair, Pair]:
    """1,797 real handwritten digits of 8x8 grey pixels (Alpaydin and Kaynak, 1998), as in scikit-learn.

    Returns train, test: pairs of x (N, 1, 8, 8) float32 in [0, 1], or (N, 64) where `flat`, and y (N,) int64
    in 0..9, with N 1,437 and 360. The images were shuffled once, so the split is always the same.
    """
    return _load("digits.npz", 1437, 16, flat)


def _load(name: str, n_train: int, white: int, flat: bool) -> tuple[Pair, Pair]:
    """The first `n_train` images of a file, and the rest, with grey values divided by `white`."""
    with np.load(_FOLDER / name) as arrays:
        x, y = arrays["x"], arrays["y"]                           # (N, H, W) and (N,), both uint8
    x = x.astype(np.float32) / white
    x = x.reshape(len(x), -1) if flat else x[:, None]             # (N, H*W) or (N, C=1, H, W)
    y = y.astype(np.int64)
    return (x[:n_train], y[:n_train]), (x[n_train:], y[n_train:])
