"""Data made on the spot: gates, points in the plane, and sequences that have to be remembered."""

from __future__ import annotations

import numpy as np

from nnlib.module import Seed, as_generator

_GATES = {
    "and": (0, 0, 0, 1),
    "or": (0, 1, 1, 1),
    "nand": (1, 1, 1, 0),
    "nor": (1, 0, 0, 0),
    "xor": (0, 1, 1, 0),
    "xnor": (1, 0, 0, 1),
}


def gates(name: str) -> tuple[np.ndarray, np.ndarray]:
    """The truth table of "and", "or", "nand", "nor", "xor" or "xnor".

    Returns x (4, 2) float32: 00, 01, 10, 11; y (4,) int64. ValueError where the name is another one.
    """
    if name not in _GATES:
        raise ValueError(f"name: expected one of {', '.join(_GATES)}, got {name!r}")
    return np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32), np.array(_GATES[name], np.int64)


def crescents(n: int = 200, noise: float = 0.1, rng: Seed = None) -> tuple[np.ndarray, np.ndarray]:
    """Two interlocking half circles of radius 1, one per class, with normal `noise` added.

    Returns x (n, 2) float32, y (n,) int64, 0 and 1 in turn. ValueError where n < 1 or noise < 0.
    """
    rng, y = _start(n, noise, rng)
    angle = rng.uniform(0, np.pi, n)
    sign = 1 - 2 * y                                        # the second crescent is turned upside down ...
    x = np.stack([sign * np.cos(angle) + y, sign * np.sin(angle) + 0.5 * y], axis=1)  # ... and moved
    return _blurred(x, noise, rng), y


def circles(
    n: int = 200, noise: float = 0.1, rng: Seed = None, factor: float = 0.5
) -> tuple[np.ndarray, np.ndarray]:
    """A circle of radius 1 (class 0) around one of radius `factor` (class 1), with normal `noise` added.

    Returns x (n, 2) float32, y (n,) int64, 0 and 1 in turn. ValueError where n < 1, noise < 0, or factor is
    not between 0 and 1.
    """
    if not 0 < factor < 1:
        raise ValueError(f"factor: expected a number between 0 and 1, got {factor}")
    rng, y = _start(n, noise, rng)
    angle = rng.uniform(0, 2 * np.pi, n)
    x = np.where(y, factor, 1)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _blurred(x, noise, rng), y


def ring(n: int = 1000, noise: float = 0.05, rng: Seed = None) -> np.ndarray:
    """Points on a circle of radius 1, with normal `noise` added: something for a GAN to imitate.

    Returns x (n, 2) float32. ValueError where n < 1 or noise < 0.
    """
    rng, _ = _start(n, noise, rng)
    angle = rng.uniform(0, 2 * np.pi, n)
    return _blurred(np.stack([np.cos(angle), np.sin(angle)], axis=1), noise, rng)


def gaussians(
    n: int = 1000, noise: float = 0.05, rng: Seed = None, modes: int = 8, radius: float = 2.0
) -> tuple[np.ndarray, np.ndarray]:
    """Normal clouds of standard deviation `noise`, their middles evenly on a circle: a GAN easily misses some.

    Returns x (n, 2) float32 and the cloud of each point, (n,) int64, 0 .. modes - 1 in turn. ValueError where
    n < 1, noise < 0 or modes < 1.
    """
    if modes < 1:
        raise ValueError(f"modes: expected at least 1, got {modes}")
    rng, _ = _start(n, noise, rng)
    mode = np.arange(n, dtype=np.int64) % modes
    angle = 2 * np.pi * mode / modes
    return _blurred(radius * np.stack([np.cos(angle), np.sin(angle)], axis=1), noise, rng), mode


def memory(n: int = 2000, length: int = 20, rng: Seed = None, classes: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Which symbol was marked, in a sequence of random ones (after Hochreiter and Schmidhuber, 1997).

    Returns x (n, length, classes + 1) float32: each step shows a symbol, one-hot in the first columns, and the last
    column is 1 at one step of the first half, else 0; y (n,) int64 is the symbol of that step. The mark has to open
    a memory that the symbols after it leave alone. ValueError where n < 1, length < 2 or classes < 2.
    """
    if length < 2 or classes < 2:
        raise ValueError(f"length, classes: expected at least 2 each, got {length} and {classes}")
    rng, _ = _start(n, 0, rng)
    symbols = rng.integers(0, classes, (n, length))
    marked = rng.integers(0, length // 2, n)
    x = np.zeros((n, length, classes + 1), np.float32)
    x[..., :classes] = np.eye(classes)[symbols]
    x[np.arange(n), marked, -1] = 1
    return x, symbols[np.arange(n), marked]


def _start(n: int, noise: float, rng: Seed) -> tuple[np.random.Generator, np.ndarray]:
    """Check the arguments; the generator and n labels, 0 and 1 in turn."""
    if n < 1:
        raise ValueError(f"n: expected at least 1, got {n}")
    if not noise >= 0:
        raise ValueError(f"noise: expected a number >= 0, got {noise}")
    return as_generator(rng), np.arange(n, dtype=np.int64) % 2


def _blurred(x: np.ndarray, noise: float, rng: np.random.Generator) -> np.ndarray:
    return (x + noise * rng.standard_normal(x.shape)).astype(np.float32)
