"""Landscapes to walk down: loss surfaces over two weights, with their slopes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np

from nnlib.module import Parameter
from nnlib.optim import Optimizer

Surface = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Landscape:
    """A surface `f(x, y)`, its `slope(x, y)`, the part to show, its lowest points and their height.

    `steepest` is the largest curvature where that is the same everywhere: plain descent needs a learning rate
    below 2 / steepest.
    """

    f: Surface
    slope: Callable[[float, float], tuple[float, float]]
    xlim: tuple[float, float]
    ylim: tuple[float, float]
    minima: tuple[tuple[float, float], ...]
    lowest: float = 0.0
    steepest: float | None = None


LANDSCAPES = {
    "bowl": Landscape(
        lambda x, y: (x * x + y * y) / 2, lambda x, y: (x, y),
        (-3, 3), (-2, 2), ((0, 0),), steepest=1,
    ),
    "ravine": Landscape(
        lambda x, y: (x * x + 20 * y * y) / 2, lambda x, y: (x, 20 * y),
        (-3, 3), (-2, 2), ((0, 0),), steepest=20,
    ),
    "saddle": Landscape(
        lambda x, y: x * x / 2 - y * y / 2 + y**4 / 4, lambda x, y: (x, y**3 - y),
        (-3, 3), (-2, 2), ((0, 1), (0, -1)), lowest=-0.25,
    ),
    "two valleys": Landscape(
        lambda x, y: (x * x - 2) ** 2 / 4 + x / 3 + y * y / 2, lambda x, y: (x**3 - 2 * x + 1 / 3, y),
        (-3, 3), (-2, 2), ((-1.491154, 0),), lowest=-0.48455878,
    ),
    "Rosenbrock": Landscape(
        lambda x, y: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
        lambda x, y: (2 * (x - 1) - 400 * x * (y - x * x), 200 * (y - x * x)),
        (-2, 2), (-1, 3), ((1, 1),),
    ),
}


@cache
def grid(name: str, size: int = 80) -> np.ndarray:
    """(size, size) heights of a landscape, 0 to 1, rows from the top: the logarithm, so that valleys show."""
    land = LANDSCAPES[name]
    x, y = np.linspace(*land.xlim, size), np.linspace(*land.ylim[::-1], size)
    above = land.f(*np.meshgrid(x, y)) - land.lowest
    height = np.log(above / above.max() + 1e-3)
    return (height - height.min()) / (height.max() - height.min())


def walk(
    land: Landscape, start: Iterable[float], make: Callable[[list[Parameter]], Optimizer], count: int,
    noise: np.ndarray | None = None,
) -> np.ndarray:
    """The (count + 1, 2) places an optimizer visits from `start`.

    `make` gets the one parameter (2,) and returns the optimizer; `noise` (count, 2) is added to the gradients.
    Once out of sight, a hundred times farther than the landscape's edge, the walker stays where it is.
    """
    theta = np.array(start, dtype=float)
    optimizer = make([Parameter(theta)])
    memory = optimizer.memory(theta)
    path = np.empty((count + 1, 2))
    for t in range(count + 1):
        path[t] = theta
        if t < count and abs(theta[0]) < 300 and abs(theta[1]) < 300:
            grad = np.array(land.slope(*theta)) + (0 if noise is None else noise[t])
            optimizer.update(t + 1, theta, grad, *memory)       # what `optimizer.step()` does for each parameter
    return path


def reached(losses: np.ndarray, lowest: float, share: float = 0.01) -> int | None:
    """The first step from which on the height stays below `share` of the first height; None where it never does."""
    above = losses - lowest
    outside = np.flatnonzero(above > share * above[0])
    first = outside[-1] + 1 if len(outside) else 0
    return int(first) if first < len(losses) else None
