"""The optimizer race: five ways down from one start, on surfaces that are hard for some of them."""

from __future__ import annotations

from functools import partial

import numpy as np

from nnlib.demo.controls import Moment, Player, button, choice, slider, steps
from nnlib.demo.landscapes import LANDSCAPES, grid, reached, walk
from nnlib.demo.stage import Stage
from nnlib.optim import SGD, Adagrad, Adam, RMSprop

STEPS = 200
RACERS = {
    "SGD": SGD,
    "momentum": lambda params, lr: SGD(params, lr, momentum=0.9),
    "RMSprop": RMSprop,
    "Adagrad": Adagrad,
    "Adam": Adam,
}
# Learning rates that serve each optimizer well on each surface, found by trying 1, 2, 3, 5 times powers of ten.
TUNED = {
    "ravine": (0.05, 0.01, 0.1, 1.0, 0.3),
    "saddle": (0.2, 0.05, 0.1, 0.5, 0.3),
    "two valleys": (0.1, 0.03, 0.1, 0.5, 0.5),
    "Rosenbrock": (0.002, 0.002, 0.05, 1.0, 0.3),
}


def compute(landscape: str, factor: float, noise: float, x: float, y: float, seed: int):
    """200 steps of each optimizer from (x, y), at `factor` times its tuned learning rate.

    `noise` is the standard deviation of what is added to each gradient, the same for all. Arrays: `grid`,
    `limits`, `minima` of the landscape, `paths` (5, 201, 2), `height` (5, 201) above the lowest point, `time`
    (201,). Words: `names`.
    """
    land = LANDSCAPES[landscape]
    shocks = noise * np.random.default_rng(seed).standard_normal((STEPS, 2)) if noise else None
    rates = dict(zip(RACERS, np.multiply(TUNED[landscape], factor)))
    paths = np.array([walk(land, (x, y), partial(RACERS[name], lr=lr), STEPS, shocks) for name, lr in rates.items()])
    height = land.f(*np.moveaxis(paths, 2, 0)) - land.lowest
    arrays = {"grid": grid(landscape), "limits": (land.xlim, land.ylim), "minima": land.minima, "paths": paths,
              "height": height, "time": range(STEPS + 1), "names": list(RACERS)}
    return arrays, _readouts(height, rates)


def _readouts(height: np.ndarray, rates: dict[str, float]) -> dict[str, str]:
    arrivals = {name: reached(row, 0.0) for name, row in zip(rates, height)}
    order = sorted((t, name) for name, t in arrivals.items() if t is not None)
    out = [name for name, row in zip(rates, height) if not row[-1] < 10 * row[0] + 1]
    late = [name for name, t in arrivals.items() if t is None and name not in out]
    return {
        "99 % of the way down": ", ".join(f"{name} after {t}" for t, name in order) or "nobody",
        "Still on the way or stuck": ", ".join(late) or "nobody",
        "Blown out of the picture": ", ".join(out) or "nobody",
        "Learning rates": ", ".join(f"{name} {lr:.3g}" for name, lr in rates.items()),
    }


def draw_picture(figure, arrays) -> None:
    """All five walks from above, and their heights."""
    from itertools import cycle

    from nnlib import plot

    above, side = figure.subplots(1, 2, width_ratios=(3, 2))
    extent = np.ravel(arrays["limits"])
    above.imshow(arrays["grid"], extent=extent, cmap="Blues_r", aspect="auto")
    styles = zip(arrays["names"], arrays["paths"], arrays["height"], plot.COLORS[1:], cycle(plot.LINES))
    for name, path, height, color, line in styles:
        above.plot(*path.T, line, color=color, label=name)
        side.semilogy(np.maximum(height, 1e-8), line, color=color)
    above.set(xlim=extent[:2], ylim=extent[2:], xlabel="weight x", ylabel="weight y")
    above.legend()
    side.set(xlabel="step", ylabel="height above the lowest point")


class OptimizerRace(Stage):
    """Five optimizers start at one place; each has the learning rate that suits it.

    Show: press Play on Rosenbrock and let the class bet first. Then multiply all learning rates by 3: who
    survives a badly chosen rate? Then add noise, as mini-batches do, and ask who still finds the bottom.
    """

    title = "Optimizer race: who is down first?"
    controls = (
        choice("landscape", "Landscape", tuple(TUNED), "Rosenbrock"),
        slider("factor", "Learning rates, times tuned", (0.03, 0.1, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 10.0), 1.0),
        slider("noise", "Noise in the gradient", (0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0), 0.0),
        slider("x", "Start x", steps(-3, 3, 0.1), -1.2),
        slider("y", "Start y", steps(-2, 2, 0.1), 1.0),
        button("seed", "Other noise"),
    )
    moments = (
        Moment("Curved valley", "Finding the valley is easy, walking along it is not. Who is first, and why?"),
        Moment("Ravine", "One direction is 20 times as steep. Who treats both alike?",
               landscape="ravine", x=-2.5, y=1.5),
        Moment("Wrong rate", "All learning rates are three times too large. Who still arrives?",
               landscape="ravine", x=-2.5, y=1.5, factor=3.0),
        Moment("Saddle", "A start right beside the ridge. Who notices the way down first?",
               landscape="saddle", x=-2.5, y=0.1),
        Moment("Noise", "Every gradient is a bit wrong, as in mini-batches. Who settles?",
               landscape="ravine", x=-2.5, y=1.5, noise=2.0),
    )
    player = Player("time", "step")
    handout_settings = 200
    compute = staticmethod(compute)
    draw_picture = staticmethod(draw_picture)
    pytorch = """
        import torch
        theta = torch.tensor([{x}, {y}], requires_grad=True)
        optimizer = torch.optim.Adam([theta], lr=0.3)  # or SGD, RMSprop, Adagrad: only this line changes
        for step in range(200):
            optimizer.zero_grad()
            loss = landscape(theta)  # the height of {landscape} at theta
            loss.backward()
            optimizer.step()
    """
