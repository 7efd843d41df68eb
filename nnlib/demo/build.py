"""Make the stored results and weights of the demos again: `python -m nnlib.demo.build`.

Demos that train show a finished run at once: that of their defaults, computed here and stored beside them.
"""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path

import numpy as np

from nnlib import data, demo, nn
from nnlib.demo import packing
from nnlib.demo.cnn_calculator import resize
from nnlib.demo.common import drawing_from
from nnlib.nn.activation import sigmoid
from nnlib.optim import Adam
from nnlib.train import fit

HERE = Path(__file__).parent


def trainings() -> None:
    """The default run of every demo whose `compute` is a generator."""
    for name, module in demo.DEMOS.items():
        cls = getattr(demo, name)
        if inspect.isgeneratorfunction(cls.compute):
            defaults = {control.name: control.default for control in cls.controls}
            *_, last = import_module(f"nnlib.demo.{module}").compute(**defaults, **cls.given)
            packing.save(HERE / f"{module}.npz", last[:2])


def photo() -> None:
    """Grace Hopper, 1984, by James S. Davis, US Navy: public domain, as it comes with matplotlib; grey, 96 x 96."""
    from matplotlib import cbook, image

    colour = image.imread(cbook.get_sample_data("grace_hopper.jpg"), format="jpg")[20:370, 80:430]
    grey = resize(colour @ (0.299, 0.587, 0.114), 96)
    np.savez_compressed(HERE / "photo.npz", grey=np.round(grey).astype(np.uint8))


def scores() -> None:
    """Probabilities that logistic regressions give to images and patients they have not seen."""
    (x, y), (x_test, y_test) = data.breast_cancer()
    x, x_test = ((part - x.mean(axis=0)) / x.std(axis=0) for part in (x, x_test))
    tasks = {
        "malignant tumour": (x, y, x_test, y_test),
        "tumour, texture only": (x[:, 1:2], y, x_test[:, 1:2], y_test),
        "digit 8": _one_against_all(data.mnist(flat=True), 8),
        "shirt": _one_against_all(data.fashion(flat=True), 6),
    }
    arrays = {}
    for name, (x, y, x_test, y_test) in tasks.items():
        arrays |= {f"{name} scores": logistic_scores(x, y, x_test), f"{name} labels": y_test.astype(np.uint8)}
    np.savez_compressed(HERE / "scores.npz", **arrays)


def _one_against_all(sets: tuple, which: int) -> tuple:
    (x, y), (x_test, y_test) = sets
    return x, (y == which).astype(int), x_test, (y_test == which).astype(int)


def logistic_scores(x: np.ndarray, y: np.ndarray, x_test: np.ndarray) -> np.ndarray:
    """Train on x (N, D), y (N,); the probabilities of class 1 for x_test (M, D): (M,) float32."""
    with drawing_from(0):
        model = nn.Sequential(nn.Linear(x.shape[1], 1))
    target = y[:, None].astype(np.float32)
    fit(model, nn.BCEWithLogitsLoss(), Adam(model.parameters()), (x, target), epochs=20, rng=0, progress=False)
    return sigmoid(model(x_test))[:, 0]


if __name__ == "__main__":
    photo()
    scores()
    trainings()
    for path in sorted(HERE.glob("*.npz")):
        print(f"{path.name}: {path.stat().st_size:,} bytes")
