"""Cut arrays into parts: a part held out once (split), or mini-batches for every epoch (batches)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnlib.module import Seed, as_generator


def split(*arrays: np.ndarray, test: float = 0.2, rng: Seed = None) -> tuple[tuple, tuple]:
    """Shuffle the rows of all arrays (N, ...) in the same way, and hold a fraction `test` of them out.

    Returns train, test: tuples with a part of each array, in their order:
    `(x_train, y_train), (x_val, y_val) = split(x, y)`.
    ValueError where lengths differ, or where either part would be empty.
    """
    n = _common_length(arrays)
    n_test = round(n * test)
    if not 0 < n_test < n:
        raise ValueError(f"test: expected a fraction that leaves both parts rows of {n}, got {test}")
    order = as_generator(rng).permutation(n)
    return tuple(a[order[n_test:]] for a in arrays), tuple(a[order[:n_test]] for a in arrays)


def batches(
    *arrays: np.ndarray, batch_size: int = 32, rng: Seed = None, shuffle: bool = True
) -> Iterator[tuple]:
    """One epoch: tuples with `batch_size` rows of each array (N, ...), fewer in the last, every row once.

    `for x, y in batches(x_train, y_train, rng=rng):` is what PyTorch's DataLoader does.
    ValueError where lengths differ, or batch_size < 1.
    """
    n = _common_length(arrays)
    if batch_size < 1:
        raise ValueError(f"batch_size: expected at least 1, got {batch_size}")
    order = as_generator(rng).permutation(n) if shuffle else np.arange(n)
    rows = (order[start : start + batch_size] for start in range(0, n, batch_size))
    return (tuple(array[chosen] for array in arrays) for chosen in rows)


def _common_length(arrays: tuple[np.ndarray, ...]) -> int:
    lengths = {len(array) for array in arrays}
    if len(lengths) != 1:
        raise ValueError(f"arrays: expected one or more of the same length, got {[len(a) for a in arrays]}")
    return lengths.pop()
