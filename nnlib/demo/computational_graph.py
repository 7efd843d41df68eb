"""The computational graph: values walk forward, blame walks back, and every node knows one slope only."""

from __future__ import annotations

import math

import numpy as np

from nnlib import nn
from nnlib.demo.controls import Moment, Player, choice, slider, steps
from nnlib.demo.stage import Stage

ACTIVATIONS = {"ReLU": nn.ReLU, "Tanh": nn.Tanh, "Sigmoid": nn.Sigmoid, "Identity": nn.Sequential}
NAMES = ("x", "w1", "z", "h", "w2", "ŷ", "y", "L")


def compute(x: float, w1: float, w2: float, y: float, activation: str, lr: float):
    """One forward and one backward pass of L = (w2 f(w1 x) - y)^2 / 2, and one step of descent.

    Arrays: `values` and `blame` (8,), in the order of NAMES; `slopes` (8,), how fast the next number grows with
    this one; `new` (3,): w1, w2 and L after the step; `stage` (10,), one entry per step of the story. Words:
    `story`, a sentence for each.
    """
    unit = ACTIVATIONS[activation]()
    z = np.array([w1 * x])
    h = unit(z)[0]
    y_hat = w2 * h
    error = y_hat - y
    slope = unit.backward(np.ones(1))[0]                        # of the activation, at z
    dh = error * w2
    dz = dh * slope
    values = [x, w1, z[0], h, w2, y_hat, y, error**2 / 2]
    slopes = [w1, x, slope, w2, h, error, -error, 1]
    blame = [part + 0.0 for part in (dz * w1, dz * x, dz, dh, error * h, error, -error, 1)]     # -0.0 becomes 0.0
    new_w1, new_w2 = w1 - lr * blame[1], w2 - lr * blame[4]
    new_loss = (new_w2 * unit(np.array([new_w1 * x]))[0] - y) ** 2 / 2
    arrays = {"values": values, "blame": blame, "slopes": slopes, "new": [new_w1, new_w2, new_loss],
              "stage": range(10), "story": _story(activation, values, slopes, blame)}
    return arrays, _readouts(values, blame, new_loss, lr)


def _story(activation: str, values: list, slopes: list, blame: list) -> list[str]:
    """What happens at each stage, with the numbers put in."""
    x, w1, z, h, w2, y_hat, y, loss = (f"{value:.4g}" for value in values)
    f, from_z = activation, f"{slopes[2]:.4g}"
    dx, dw1, dz, dh, dw2, dy_hat, _, _ = (f"{value:.4g}" for value in blame)
    lines = [
        "Forward: we know the input x, the target y and the two weights.",
        f"Forward: z = w1 · x = {w1} · {x} = {z}",
        f"Forward: h = {f}(z) = {f}({z}) = {h}",
        f"Forward: ŷ = w2 · h = {w2} · {h} = {y_hat}",
        f"Forward: L = (ŷ − y)² / 2 = ({y_hat} − {y})² / 2 = {loss}",
        "Backward: the loss carries all of its own blame, 1.",
        f"Backward: blame of ŷ = 1 × (ŷ − y) = {dy_hat}",
        f"Backward: blame of w2 = {dy_hat} × h = {dw2};  of h = {dy_hat} × w2 = {dh}",
        f"Backward: blame of z = {dh} × slope of {f} = {dh} × {from_z} = {dz}",
        f"Backward: blame of w1 = {dz} × x = {dw1};  of x = {dz} × w1 = {dx}",
    ]
    return [line.replace("-", "−") for line in lines]             # as the picture writes its numbers


def _readouts(values: list, blame: list, new_loss: float, lr: float) -> dict[str, str]:
    loss = values[-1]
    change = "as before" if math.isclose(new_loss, loss) else "lower" if new_loss < loss else "higher"
    return {
        "Loss": f"{loss:.4g}",
        "Blame of w1": f"{blame[1]:.4g}",
        "Blame of w2": f"{blame[4]:.4g}",
        f"Loss after one step of {lr:g}": f"{new_loss:.4g} ({change})",
    }


def draw_picture(figure, arrays) -> None:
    """The graph with all its numbers."""
    from nnlib import plot

    ax = figure.subplots()
    values, blame = (np.asarray(arrays[name]) for name in ("values", "blame"))
    places = dict(zip(NAMES, [(0, 0), (2, -1), (2, 0), (4, 0), (6, -1), (6, 0), (8, -1), (8, 0)]))
    for a, b in (("x", "z"), ("w1", "z"), ("z", "h"), ("h", "ŷ"), ("w2", "ŷ"), ("ŷ", "L"), ("y", "L")):
        ax.annotate("", places[b], places[a], arrowprops={"arrowstyle": "-|>", "shrinkA": 26, "shrinkB": 26})
    for (name, (a, b)), value, grad in zip(places.items(), values, blame):
        ax.text(a, b, name, ha="center", va="center", fontsize=16, bbox={"boxstyle": "circle", "fc": "white"})
        above = (a, b + 0.27) if b == 0 else (a - 0.6, b - 0.05)
        ax.text(*above, f"{value:.4g}", ha="center", color=plot.BLUE)
        ax.text(a + 0.08, b - 0.4, f"blame {grad:.4g}", color=plot.RED, fontsize=12)
    ax.set(xlim=(-0.7, 9.2), ylim=(-1.5, 0.5))
    ax.axis("off")


class ComputationalGraph(Stage):
    """Backpropagation through the smallest network, one node at a time.

    Show: press Step ten times. Values (blue) appear from left to right, then blame (red) from right to left.
    Ask before each red number: which two numbers are multiplied? Then make z negative with ReLU and ask who
    still gets any blame; nobody on the left does, and that is a dead unit.
    """

    title = "Computational graph: who is to blame?"
    controls = (
        slider("x", "Input x", steps(-3, 3, 0.1), 1.5),
        slider("w1", "Weight w1", steps(-3, 3, 0.1), 0.7),
        slider("w2", "Weight w2", steps(-3, 3, 0.1), 0.8),
        slider("y", "Target y", steps(-3, 3, 0.1), 1.0),
        choice("activation", "Activation f", tuple(ACTIVATIONS)),
        slider("lr", "Learning rate", (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0), 0.1),
    )
    moments = (
        Moment("One example", "Both weights are blamed. Which one more, and why?"),
        Moment("Dead unit", "z is negative. What blame can pass through ReLU?", w1=-0.7),
        Moment("Saturated", "The sigmoid is flat out here. How much of the blame is left?",
               w1=3.0, x=3.0, y=-1.0, activation="Sigmoid"),
        Moment("Too big a step", "The gradient was right. Why did the loss grow?", lr=5.0),
    )
    player = Player("stage", "step", beat=1200)
    compute = staticmethod(compute)
    draw_picture = staticmethod(draw_picture)
    pytorch = """
        import torch
        x, y = torch.tensor({x}), torch.tensor({y})
        w1 = torch.tensor({w1}, requires_grad=True)
        w2 = torch.tensor({w2}, requires_grad=True)
        f = torch.nn.{activation}()
        loss = (w2 * f(w1 * x) - y) ** 2 / 2
        loss.backward()
        print(w1.grad, w2.grad)
    """
