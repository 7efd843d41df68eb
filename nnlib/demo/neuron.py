"""One neuron: weight and bias move and stretch the activation, and its slope says whether it can learn."""

from __future__ import annotations

import numpy as np

from nnlib import nn
from nnlib.demo.controls import Moment, choice, slider, steps
from nnlib.demo.stage import Stage

UNITS = {
    "Identity": nn.Sequential, "Sigmoid": nn.Sigmoid, "Tanh": nn.Tanh, "ReLU": nn.ReLU,
    "LeakyReLU": nn.LeakyReLU, "GELU": nn.GELU,
}
X = np.linspace(-5, 5, 401)


def compute(activation: str, w: float, b: float, x: float):
    """The output f(w x + b) of one neuron over all inputs, and at one of them.

    Arrays: `curve` (3, 401): inputs, outputs, and d output / d w x, the slope f'(z) that scales all learning;
    `here` (4,): x, z = w x + b, f(z), f'(z).
    """
    output, slope = run(activation, w * X + b)
    f, df = run(activation, np.array([w * x + b]))
    here = [x, w * x + b, f[0], df[0]]
    return {"curve": [X, output, slope], "here": here}, {
        "Sum z": f"{w:g} · {x:g} + {b:g} = {here[1]:.3g}".replace("+ -", "- "),
        "Output": f"{here[2]:.4g}",
        "Slope there": f"{here[3]:.3g}" + _verdict(activation, here[3]),
        "Threshold": f"z changes sign at x = {-b / w + 0:.3g}" if w else "none: the input does not matter",
        "Gradient of the weight": f"{here[3] * x + 0:.3g} times the blame that arrives",
    }


def run(activation: str, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """f(z) and f'(z), by nnlib's forward and backward."""
    unit = UNITS[activation]()
    return unit(z), unit.backward(np.ones_like(z))


def _verdict(activation: str, slope: float) -> str:
    if slope == 0:
        return ": switched off, nothing is learned"
    if abs(slope) < 0.05:
        return ": saturated, hardly anything is learned"
    return "; never more than 0.25" if activation == "Sigmoid" else ""


def draw_picture(figure, arrays) -> None:
    """Output and slope over the input."""
    from nnlib import plot

    ax = figure.subplots()
    x, output, slope = np.asarray(arrays["curve"])
    ax.plot(x, output, color=plot.BLUE, label="output f(wx + b)")
    ax.plot(x, slope, "--", color=plot.RED, label="slope f'(z)")
    ax.plot(arrays["here"][0], arrays["here"][2], "o", color=plot.BLACK)
    ax.set(xlabel="input x", ylim=(-2, 3))
    ax.legend()


class Neuron(Stage):
    """A neuron with one input: what the weight does, what the bias does, what the activation does.

    Show: change only the bias and ask which way the curve will move before it does. Then the weight: what happens
    at 0, and below? Then walk the input out to 5 with Sigmoid, Tanh and ReLU and read the slope.
    """

    title = "One neuron: weight, bias, activation"
    controls = (
        choice("activation", "Activation", tuple(UNITS), "Sigmoid"),
        slider("w", "Weight w", steps(-5, 5, 0.1), 1.0),
        slider("b", "Bias b", steps(-5, 5, 0.1), 0.0),
        slider("x", "Input x", steps(-5, 5, 0.1), 1.0),
    )
    moments = (
        Moment("A sigmoid", "Where does the output cross one half, and who decides that?"),
        Moment("Nearly a step", "Which number makes the sigmoid a perceptron?", w=5.0, b=-5.0),
        Moment("Saturated", "The output is right at its end. How fast can this neuron change its mind?", x=5.0, w=2.0),
        Moment("Switched off", "The sum is negative. What does ReLU pass on, forward and backward?",
               activation="ReLU", x=-2.0),
        Moment("A line", "Without an activation, what can a hundred of these in a row compute?", activation="Identity"),
    )
    compute = staticmethod(compute)
    draw_picture = staticmethod(draw_picture)
    pytorch = """
        import torch
        x = torch.tensor({x})
        w = torch.tensor({w}, requires_grad=True)
        b = torch.tensor({b}, requires_grad=True)
        output = torch.nn.{activation}()(w * x + b)
        output.backward()
        print(output.item(), w.grad.item())
    """
