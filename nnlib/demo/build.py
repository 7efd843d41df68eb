"""Make the stored results and weights of the demos again: `python -m nnlib.demo.build`.

Demos that train show a finished run at once: that of their defaults, computed here and stored beside them.
"""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path

import numpy as np

from nnlib import demo
from nnlib.demo import packing
from nnlib.demo.cnn_calculator import resize

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


if __name__ == "__main__":
    photo()
    trainings()
    for path in sorted(HERE.glob("*.npz")):
        print(f"{path.name}: {path.stat().st_size:,} bytes")
