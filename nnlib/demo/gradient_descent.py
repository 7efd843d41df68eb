"""Gradient descent on a landscape: the learning rate decides between creeping, arriving and blowing up."""

from __future__ import annotations

import numpy as np

from nnlib.demo.controls import Moment, Player, choice, slider, steps
from nnlib.demo.landscapes import LANDSCAPES, Landscape, grid, reached, walk
from nnlib.demo.stage import Stage
from nnlib.optim import SGD

STEPS = 60
RATES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.09, 0.095, 0.1, 0.105, 0.11, 0.15, 0.2, 0.3, 0.5, 0.8,
         1.0, 1.5, 1.9, 2.0, 2.1, 3.0, 10.0)


def compute(landscape: str, lr: float, momentum: float, x: float, y: float):
    """60 steps of `nnlib.optim.SGD` from (x, y).

    Arrays: `grid` (80, 80) heights for colours, `limits` (2, 2), `minima` (M, 2), `path` (61, 2), `loss` (61,),
    `slopes` (61, 2) the gradient at each place.
    """
    land = LANDSCAPES[landscape]
    path = walk(land, (x, y), lambda params: SGD(params, lr, momentum), STEPS)
    loss = land.f(*path.T)
    slopes = np.stack(land.slope(*path.T), axis=1)
    arrays = {"grid": grid(landscape), "limits": (land.xlim, land.ylim), "minima": land.minima, "path": path,
              "loss": loss, "height": loss - land.lowest, "slopes": slopes}
    return arrays, _readouts(land, loss, lr, momentum)


def _readouts(land: Landscape, loss: np.ndarray, lr: float, momentum: float) -> dict[str, str]:
    arrived = reached(loss, land.lowest)
    readouts = {"Loss": f"{loss[0]:.3g}, after {STEPS} steps {loss[-1]:.3g}", "What happens": _verdict(loss, arrived)}
    if land.steepest:
        limit = 2 * (1 + momentum) / land.steepest
        side = "below" if lr < limit else "at" if lr == limit else "above"
        readouts["Largest learning rate that holds"] = f"{limit:.3g}; {lr:g} is {side} it"
    return readouts


def _verdict(loss: np.ndarray, arrived: int | None) -> str:
    if not loss[-1] < 10 * loss[0] + 1:
        return "diverges: each step lands higher than it left"
    if arrived is not None:
        return f"99 % of the way down after {arrived} steps"
    rises = np.mean(np.diff(loss) > 1e-9)
    return "jumps to and fro without settling" if rises > 0.2 else "has not arrived: too slow, or stuck"


def draw_picture(figure, arrays) -> None:
    """The path from above, and the loss step by step."""
    from nnlib import plot

    above, side = figure.subplots(1, 2, width_ratios=(3, 2))
    extent = np.ravel(arrays["limits"])
    above.imshow(arrays["grid"], extent=extent, cmap="Blues_r", aspect="auto")
    above.plot(*arrays["path"].T, "o-", color=plot.ORANGE, markersize=4)
    above.plot(*np.transpose(arrays["minima"]), "k*", markersize=14)
    above.set(xlim=extent[:2], ylim=extent[2:], xlabel="weight x", ylabel="weight y")
    side.plot(arrays["loss"], color=plot.BLUE)
    side.set(xlabel="step", ylabel="loss")


class GradientDescent(Stage):
    """A walker that follows the steepest way down, with one learning rate for all directions.

    Show: the bowl, then raise the learning rate slowly: creeping, straight down, over the valley, out of the
    picture. Ask for the largest rate that holds before you cross 2. Then the ravine: why does a direction that
    is 20 times as steep force a rate 20 times as small on everybody? Click into the landscape to start there.
    """

    title = "Gradient descent: how big a step?"
    controls = (
        choice("landscape", "Landscape", ("bowl", "ravine", "saddle", "two valleys")),
        slider("lr", "Learning rate", RATES, 0.1),
        slider("momentum", "Momentum", steps(0, 0.95, 0.05), 0.0),
        slider("x", "Start x", steps(-3, 3, 0.1), -2.5),
        slider("y", "Start y", steps(-2, 2, 0.1), 1.5),
    )
    moments = (
        Moment("A bowl", "Where will it be after 60 steps? Then: what is the largest learning rate that works?"),
        Moment("Too large", "Downhill at every point, and yet it leaves. How can that be?", lr=2.1),
        Moment("Ravine", "Why does it zigzag, when the slope always points down?", landscape="ravine", lr=0.095),
        Moment("With momentum", "A fifth of the learning rate, and still faster. What keeps it going?",
               landscape="ravine", lr=0.02, momentum=0.7),
        Moment("Saddle", "The slope is zero on this line. Will it ever leave? Start 0.1 beside it.",
               landscape="saddle", y=0.0),
    )
    player = Player("loss", "step", beat=100)
    compute = staticmethod(compute)
    draw_picture = staticmethod(draw_picture)
    pytorch = """
        import torch
        theta = torch.tensor([{x}, {y}], requires_grad=True)
        optimizer = torch.optim.SGD([theta], lr={lr}, momentum={momentum})
        for step in range(60):
            optimizer.zero_grad()
            loss = landscape(theta)  # the height of the {landscape} at theta
            loss.backward()
            optimizer.step()
    """
