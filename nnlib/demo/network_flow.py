"""Network architecture and gradient flow: how activations walk forward and how much blame comes back."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from nnlib import data, nn
from nnlib.demo.common import ACTIVATIONS, drawing_from, times
from nnlib.demo.controls import Moment, button, choice, slider
from nnlib.demo.stage import Stage
from nnlib.models.shared import mlp

POINTS = 64
STARTS = {
    "PyTorch's default": None,
    "Xavier": nn.init.xavier_normal_,
    "He": lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="relu"),
    "too small": lambda weight: nn.init.normal_(weight, std=0.05),
    "too large": lambda weight: nn.init.normal_(weight, std=3.0),
}


def compute(layers: int, neurons: int, activation: str, start: str, seed: int):
    """One forward and one backward pass of 64 crescent points through a network with two inputs, one output.

    Arrays: `sizes` of all layers; `nodes`, the root mean square of each node's activation, layer after layer;
    `edges`, the gradient's size of every weight, a matrix (out, in) per gap, one after the other; `gradients`,
    their root mean square per gap; `curve` (3, 81): x, f(x), f'(x); `middle` (2,): where 80 % of the hidden
    units' inputs lie.
    """
    sizes = [2, *[neurons] * layers, 1]
    model = build(sizes, activation, start, seed)
    outputs = _run(model, seed)
    linears = [layer for layer in model if isinstance(layer, nn.Linear)]
    edges = [np.abs(linear.weight.grad) for linear in linears]
    gradients = np.array([_rms(edge) for edge in edges])
    hidden = [output for layer, output in zip(model, outputs) if isinstance(layer, nn.Linear)][:-1]
    shown = [output for layer, output in zip(model, outputs) if not isinstance(layer, nn.Linear)]
    nodes = [_rms(values, axis=0) for values in (_points(seed)[0], *shown, outputs[-1])]
    arrays = {
        "sizes": sizes, "nodes": np.concatenate(nodes), "edges": np.concatenate([e.ravel() for e in edges]),
        "gradients": gradients, "curve": _curve(activation),
        "middle": np.quantile(np.concatenate(hidden, axis=None), (0.1, 0.9)) if hidden else (0, 0),
    }
    return arrays, _readouts(model, layers, gradients)


def build(sizes: list[int], activation: str, start: str, seed: int) -> nn.Sequential:
    """The network, in float64, so that gradients far below 1e-8 are right."""
    with drawing_from(seed):
        model = mlp(nn, *sizes, activation=activation).double()
        if fill := STARTS[start]:
            for linear in (layer for layer in model if isinstance(layer, nn.Linear)):
                fill(linear.weight)
                nn.init.zeros_(linear.bias)
    return model


def _points(seed: int) -> tuple[np.ndarray, np.ndarray]:
    x, y = data.crescents(POINTS, 0.1, seed)
    return x.astype(float), y[:, None].astype(float)


def _run(model: nn.Sequential, seed: int) -> list[np.ndarray]:
    """Forward and backward; the output of each layer."""
    x, y = _points(seed)
    outputs = []
    for layer in model:
        outputs.append(x := layer(x))
    criterion = nn.BCEWithLogitsLoss()
    criterion(x, y)
    model.backward(criterion.backward())
    return outputs


def _rms(values: np.ndarray, axis: int | None = None) -> np.ndarray:
    return np.sqrt(np.mean(values**2, axis=axis))


def _curve(activation: str) -> np.ndarray:
    """The activation and its slope between -5 and 5."""
    unit, x = getattr(nn, activation)(), np.linspace(-5, 5, 81)
    return np.stack([x, unit(x), unit.backward(np.ones(81))])


def _readouts(model: nn.Sequential, layers: int, gradients: np.ndarray) -> dict[str, str]:
    smallest = int(gradients.argmin())
    return {
        "Layers": f"{layers} hidden and one output",
        "Parameters": f"{sum(p.data.size for p in model.parameters()):,}",
        "Smallest gradient": f"{gradients[smallest]:.2g}, in layer {smallest + 1} of {layers + 1}",
        "Vanishing?": _verdict(gradients),
    }


def _verdict(gradients: np.ndarray) -> str:
    """Compare the first layer's gradient with the last one's."""
    first, last = gradients[[0, -1]]
    if gradients.max() > 1e3:
        return f"no, they explode: up to {times(gradients.max())}"
    if len(gradients) == 1:
        return "no: there is one layer only"
    if first == 0:
        return "yes: nothing at all arrives at layer 1"
    if first < 1e-3 * last:
        return f"yes: layer 1 gets {times(last / first)} times less than the last"
    if first > 1e3 * last:
        return f"no, they explode: layer 1 gets {times(first / last)} times more than the last"
    return "no: the first and the last layer differ less than 1,000 times"


def draw_picture(figure, arrays) -> None:
    """The network, with the gradients of its weights as lines, and the gradient of each layer."""
    from nnlib import plot

    net, bars = figure.subplots(1, 2, width_ratios=(3, 2))
    sizes = [int(size) for size in arrays["sizes"]]
    cuts = np.cumsum([a * b for a, b in pairwise(sizes)])[:-1]
    edges = [e.reshape(b, a) for e, (a, b) in zip(np.split(arrays["edges"], cuts), pairwise(sizes))]
    plot.network(sizes, edges, ax=net)
    bars.barh(range(1, len(sizes)), np.maximum(arrays["gradients"], 1e-30), color=plot.RED)
    bars.set(xscale="log", xlabel="gradient (root mean square)", ylabel="layer", yticks=range(1, len(sizes)))
    bars.invert_yaxis()


class NetworkFlow(Stage):
    """Build a network and see what arrives where.

    Show: sigmoid, then add hidden layers one by one and read the gradient of layer 1 aloud. Change only the
    activation to ReLU and the start to He. Ask: which of the two mended it? Then "too large": what goes wrong
    with Tanh, and what with ReLU? With 0 hidden layers it is logistic regression.
    """

    title = "Network and gradient flow: does the blame arrive?"
    controls = (
        slider("layers", "Hidden layers", range(0, 11), 4),
        slider("neurons", "Neurons per layer", range(1, 13), 6),
        choice("activation", "Activation", ACTIVATIONS, "Sigmoid"),
        choice("start", "Starting weights", tuple(STARTS)),
        button("seed", "Other weights"),
    )
    moments = (
        Moment("Four layers", "How much blame reaches layer 1? What will one more layer cost?"),
        Moment("Deep sigmoid", "Ten layers of sigmoids. Which slope do they multiply ten times?", layers=10),
        Moment("Deep ReLU, He", "As deep, but the gradient is alive. What has changed?",
               layers=10, activation="ReLU", start="He", neurons=12),
        Moment("Explosion", "The same network, weights three times as large. Where is the gradient largest?",
               layers=8, activation="ReLU", start="too large", neurons=8),
        Moment("No hidden layer", "What is this network called?", layers=0),
    )
    handout_settings = 600
    compute = staticmethod(compute)
    draw_picture = staticmethod(draw_picture)
    pytorch = """
        from torch import nn
        from nnlib.models.shared import mlp
        model = mlp(nn, 2, *[{neurons}] * {layers}, 1, activation="{activation}")
        loss = nn.BCEWithLogitsLoss()(model(x), y)
        loss.backward()
        for name, weight in model.named_parameters():
            print(name, weight.grad.square().mean().sqrt())
    """
