"""The playground: a small network learns where one class ends and the other begins."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnlib import data as datasets
from nnlib import nn
from nnlib.demo.common import ACTIVATIONS, drawing_from, points_of
from nnlib.demo.controls import Moment, Player, button, choice, slider, steps
from nnlib.demo.stage import Stage
from nnlib.models.shared import mlp
from nnlib.nn.activation import sigmoid
from nnlib.optim import Adam

PICTURES, STEPS, GRID, POINTS = 60, 10, 40, 200


def compute(
    problem: str, layers: int, neurons: int, activation: str, lr: float, noise: float, seed: int, data: tuple | None
) -> Iterator[tuple]:
    """Train on 200 points with Adam, 600 steps of all points at once; yields every 10 steps.

    `data` is your own (x (N, 2), y (N,) of 0 and 1); half of the points are kept for testing. Arrays: `points`
    (N, 2) in -1 ... 1, `classes` (N,), `testing` (N,) 1 where the point is for testing; one row per picture so
    far: `field` (T, 40, 40), the probability of class 1 as 0 ... 255, rows from the top; `train`, `test` (T,),
    the losses.
    """
    x, y = scaled(*(points_of(data) if data is not None else points(problem, noise, seed)))
    testing = np.arange(len(y)) % 4 > 1
    with drawing_from(seed):
        model = mlp(nn, 2, *[neurons] * layers, 1, activation=activation)
    optimizer, criterion = Adam(model.parameters(), lr=lr), nn.BCEWithLogitsLoss()
    target, rows = y[:, None].astype(np.float32), {"field": [], "train": [], "test": []}
    for picture in range(PICTURES + 1):
        with np.errstate(all="ignore"):
            for _ in range(STEPS if picture else 0):
                step(model, criterion, optimizer, x[~testing], target[~testing])
            scores = model(x)
            rows["field"].append(field(model))
            rows["train"].append(criterion(scores[~testing], target[~testing]))
            rows["test"].append(criterion(scores[testing], target[testing]))
        accuracy = np.mean((scores[testing] > 0) == target[testing])
        arrays = {"points": x, "classes": y, "testing": testing, **{k: np.array(v) for k, v in rows.items()}}
        yield arrays, _readouts(model, arrays, accuracy, picture * STEPS), picture / PICTURES


def points(problem: str, noise: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(200, 2) and (200,): two classes of a known shape."""
    if problem == "crescents":
        return datasets.crescents(POINTS, noise, seed)
    if problem == "circles":
        return datasets.circles(POINTS, noise, seed)
    rng = np.random.default_rng(seed)
    blur = noise * rng.standard_normal((POINTS, 2))
    if problem == "four clouds":
        corners = rng.integers(0, 2, (POINTS, 2))
        return 2 * corners - 1 + rng.uniform(-0.7, 0.7, (POINTS, 2)) + blur, corners[:, 0] ^ corners[:, 1]
    y, turn = np.arange(POINTS) % 2, rng.uniform(0.3, 2, POINTS)
    angle = np.pi * (1.5 * turn + y)
    return turn[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1) + blur, y


def scaled(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The points moved and shrunk into -0.9 ... 0.9."""
    low, high = x.min(axis=0), x.max(axis=0)
    return (0.9 * (2 * x - low - high) / np.maximum(high - low, 1e-9)).astype(np.float32), y


def step(model: nn.Module, criterion: nn.Module, optimizer: Adam, x: np.ndarray, target: np.ndarray) -> None:
    """One step of training on all points."""
    criterion(model(x), target)
    optimizer.zero_grad()
    model.backward(criterion.backward())
    optimizer.step()


def field(model: nn.Module) -> np.ndarray:
    """(40, 40) uint8: the probability of class 1 everywhere, times 255, rows from the top."""
    side = np.linspace(-1, 1, GRID, dtype=np.float32)
    a, b = np.meshgrid(side, side[::-1])
    probability = sigmoid(model(np.stack([a.ravel(), b.ravel()], axis=1)))
    return np.nan_to_num(255 * probability).round().astype(np.uint8).reshape(GRID, GRID)


def _readouts(model: nn.Module, arrays: dict, accuracy: float, steps_done: int) -> dict[str, str]:
    loss = arrays["train"][-1]
    return {
        "Steps": f"{steps_done}",
        "Parameters": f"{sum(p.data.size for p in model.parameters())}",
        "Loss": f"{loss:.3g}, on new points {arrays['test'][-1]:.3g}" if np.isfinite(loss) else "not a number",
        "Right on new points": f"{accuracy:.0%}",
    }


def draw_picture(figure, arrays) -> None:
    """The last boundary, and the losses."""
    from nnlib import plot

    plane, curves = figure.subplots(1, 2, width_ratios=(3, 2))
    plane.imshow(arrays["field"][-1], extent=(-1, 1, -1, 1), cmap="PuOr_r", vmin=-255, vmax=510)
    plot.points(arrays["points"], arrays["classes"], plane)
    plot.loss_curves({"training": arrays["train"], "new points": arrays["test"]}, curves)


class Playground(Stage):
    """Which network can tell these points apart? `Playground(data=(x, y))` takes points of yours.

    Show: circles with no hidden layer, and ask why it stays at a coin toss. Add one layer: how many ReLU neurons
    does a closed curve need? Then the spiral: more neurons or more layers? Then noise, and look where the loss on
    new points (dashed) turns up again.
    """

    title = "Playground: where does one class end?"
    controls = (
        choice("problem", "Points", ("circles", "crescents", "four clouds", "spiral")),
        slider("layers", "Hidden layers", range(0, 5), 1),
        slider("neurons", "Neurons per layer", range(1, 17), 4),
        choice("activation", "Activation", ACTIVATIONS),
        slider("lr", "Learning rate", (0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 10.0), 0.03),
        slider("noise", "Noise", steps(0, 0.5, 0.05), 0.1),
        button("seed", "Other points and weights"),
    )
    moments = (
        Moment("A ring", "Four ReLU neurons, each a straight fold. How many corners does the boundary have?"),
        Moment("No hidden layer", "Why can this network not do better than a coin?", layers=0),
        Moment("Smooth", "The same with Tanh. What happened to the corners?", activation="Tanh"),
        Moment("Spiral", "What does it need: more neurons, more layers, or more time?",
               problem="spiral", layers=2, neurons=8, activation="Tanh"),
        Moment("Learning noise", "The points overlap. When does it start to learn them by heart?",
               problem="crescents", layers=3, neurons=16, noise=0.4),
    )
    player = Player("train", "picture")
    takes = ("data",)
    handout_settings = 1                         # each is a whole training: the moments and their neighbours
    compute = staticmethod(compute)
    draw_picture = staticmethod(draw_picture)
    pytorch = """
        import torch
        from torch import nn
        from nnlib.models.shared import mlp
        model = mlp(nn, 2, *[{neurons}] * {layers}, 1, activation="{activation}")
        optimizer = torch.optim.Adam(model.parameters(), lr={lr})
        for step in range(600):
            loss = nn.functional.binary_cross_entropy_with_logits(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    """
