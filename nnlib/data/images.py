"""Images: real digits and clothes from the files beside this one, whole data sets by torchvision, drawn shapes.

All loaders return x (N, C, H, W) float32 in [0, 1], or (N, C*H*W) where `flat`, and y (N,) int64.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nnlib.module import Seed, as_generator

Pair = tuple[np.ndarray, np.ndarray]

FASHION_NAMES = ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
CIFAR10_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

_FOLDER = Path(__file__).parent


def digits(flat: bool = False) -> tuple[Pair, Pair]:
    """1,797 real handwritten digits of 8x8 grey pixels (Alpaydin and Kaynak, 1998), as in scikit-learn.

    Returns train, test: pairs of x (N, 1, 8, 8) float32 in [0, 1], or (N, 64) where `flat`, and y (N,) int64
    in 0..9, with N 1,437 and 360. The images were shuffled once, so the split is always the same.
    """
    return _packaged("digits.npz", 1437, 16, flat)


def mnist(full: bool = False, flat: bool = False, root: str = "data") -> tuple[Pair, Pair]:
    """Handwritten digits of 28x28 grey pixels (LeCun, Cortes and Burges, 1998): 6,000 of the 60,000 and 10,000.

    Returns train, test: pairs of x (N, 1, 28, 28) float32 in [0, 1], or (N, 784) where `flat`, and y (N,) int64
    in 0..9, with N 6,000 and 1,000, as many of each digit. With `full` all 60,000 and 10,000 come by torchvision,
    which downloads them into `root` once: ImportError where it is not installed, OSError without a network.
    """
    return _torchvision("MNIST", root, flat) if full else _packaged("mnist.npz", 6000, 255, flat)


def fashion(full: bool = False, flat: bool = False, root: str = "data") -> tuple[Pair, Pair]:
    """Clothes of 28x28 grey pixels (Xiao, Rasul and Vollgraf, 2017); `FASHION_NAMES` has the ten classes' names.

    Returns train, test as `mnist` does, with N 2,500 and 500. With `full` all 60,000 and 10,000, and ImportError and
    OSError as there.
    """
    return _torchvision("FashionMNIST", root, flat) if full else _packaged("fashion.npz", 2500, 255, flat)


def cifar10(flat: bool = False, root: str = "data") -> tuple[Pair, Pair]:
    """Colour photographs of 32x32 pixels (Krizhevsky, 2009), by torchvision only; `CIFAR10_NAMES` has the names.

    Returns train, test: pairs of x (N, 3, 32, 32) float32 in [0, 1], or (N, 3072) where `flat`, and y (N,) int64
    in 0..9, with N 50,000 and 10,000. ImportError and OSError as in `mnist`.
    """
    return _torchvision("CIFAR10", root, flat)


def shapes(n: int = 500, size: int = 16, noise: float = 0.1, rng: Seed = None) -> Pair:
    """Drawn circles (class 0) and squares (class 1) of random place and width, with normal `noise` added.

    Returns x (n, 1, size, size) float32 in [0, 1], y (n,) int64, 0 and 1 in turn. ValueError where n < 1,
    size < 8 or noise < 0. A circle is all points at one distance from its middle, and so is a square, if the
    distance is the larger of its two sides.
    """
    if n < 1 or size < 8 or not noise >= 0:
        raise ValueError(f"n, size, noise: expected at least 1, 8 and 0, got {n}, {size} and {noise}")
    rng, y = as_generator(rng), np.arange(n, dtype=np.int64) % 2
    radius = rng.uniform(size / 6, size / 3, (n, 1, 1))
    middle = rng.uniform(radius, size - 1 - radius, (2, n, 1, 1))
    columns = np.abs(np.arange(size)[None, None, :] - middle[1])              # (n, 1, size)
    rows = np.abs(np.arange(size)[None, :, None] - middle[0])                 # (n, size, 1)
    distance = np.where(y[:, None, None], np.maximum(rows, columns), np.hypot(rows, columns))
    line = np.clip(1.5 - np.abs(distance - radius), 0, 1)                     # two pixels wide, with soft edges
    x = np.clip(line + noise * rng.standard_normal(line.shape), 0, 1)
    return x[:, None].astype(np.float32), y


def _packaged(name: str, n_train: int, white: int, flat: bool) -> tuple[Pair, Pair]:
    """The first `n_train` images of a file, and the rest."""
    with np.load(_FOLDER / name) as arrays:
        x, y = _finished(arrays["x"][:, None], arrays["y"], white, flat)
    return (x[:n_train], y[:n_train]), (x[n_train:], y[n_train:])


def _torchvision(name: str, root: str, flat: bool) -> tuple[Pair, Pair]:
    """The training and the test part of torchvision's data set of that name."""
    try:
        from torchvision import datasets
    except ImportError:
        raise ImportError(f"{name}: expected torchvision (pip install torchvision) for the whole data set") from None
    pairs = []
    for train in (True, False):
        try:
            dataset = getattr(datasets, name)(root, train=train, download=True)
        except (OSError, RuntimeError) as error:
            raise OSError(f"root: expected {name} in {root!r} or a network to fetch it from, got: {error}") from error
        x = np.asarray(dataset.data)                                          # (N, H, W) or (N, H, W, C), uint8
        x = x[:, None] if x.ndim == 3 else x.transpose(0, 3, 1, 2)
        pairs.append(_finished(x, np.asarray(dataset.targets), 255, flat))
    return pairs[0], pairs[1]


def _finished(x: np.ndarray, y: np.ndarray, white: int, flat: bool) -> Pair:
    """(N, C, H, W) of whole numbers up to `white` -> float32 in [0, 1], in the shape asked for; labels as int64."""
    x = x.astype(np.float32) / white
    return (x.reshape(len(x), -1) if flat else x), y.astype(np.int64)
