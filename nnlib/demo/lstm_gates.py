"""LSTM gates: three valves around one number, and why blame travels back through them without fading."""

from __future__ import annotations

import numpy as np

from nnlib.demo.common import times
from nnlib.demo.controls import Moment, Player, button, slider, steps
from nnlib.demo.stage import Stage
from nnlib.nn.activation import sigmoid

MARKED = 5                                       # the step whose value is to be remembered


def compute(forget: float, write: float, marker: float, show: float, recurrent: float, length: int, seed: int):
    """An LSTM cell with one unit reads random values; step 5 carries a marker: remember this one.

    Its gates depend on the marker alone: i = sigmoid(write + marker * m), f = sigmoid(forget), o = sigmoid(show),
    g = tanh(2 x). Beside it a plain RNN, h = tanh(recurrent h + 2 x). Arrays: `x`, `m` (T,): values and marker;
    `gates` (3, T): i, f, o; `cell`, `hidden`, `rnn` (T,); `blame` (2, T): how much of a blame of 1 at the end
    arrives at each earlier step, in the cell and in the RNN.
    """
    x, m = sequence(length, seed)
    i, f, o = sigmoid(write + marker * m), np.full(length, sigmoid(forget)), np.full(length, sigmoid(show))
    cell, rnn = np.zeros(length), np.zeros(length)
    for t in range(length):
        before, rnn_before = (cell[t - 1], rnn[t - 1]) if t else (0.0, 0.0)
        cell[t] = f[t] * before + i[t] * np.tanh(2 * x[t])
        rnn[t] = np.tanh(recurrent * rnn_before + 2 * x[t])
    blame = [_travels_back(f), _travels_back(recurrent * (1 - rnn**2))]
    arrays = {"x": x, "m": m, "gates": [i, f, o], "cell": cell, "hidden": o * np.tanh(cell), "rnn": rnn,
              "blame": np.abs(blame)}
    return arrays, _readouts(np.tanh(2 * x[MARKED]), cell[-1], f[0], np.abs(blame)[:, MARKED])


def sequence(length: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Values between -1 and 1 and the marker: (T,) each. The marked value is large, so that it is easy to see."""
    rng = np.random.default_rng(seed)
    x, m = rng.uniform(-1, 1, length), np.zeros(length)
    x[MARKED], m[MARKED] = np.sign(x[MARKED]) * 0.9, 1
    return x, m


def _travels_back(slopes: np.ndarray) -> np.ndarray:
    """(T,): the product of all slopes after step t: d state[T-1] / d state[t]."""
    return np.append(np.cumprod(slopes[:0:-1])[::-1], 1.0)


def _readouts(marked: float, cell: float, f: float, blame: np.ndarray) -> dict[str, str]:
    half_life = "for ever" if f > 0.9999 else f"{np.log(0.5) / np.log(f):.1f} steps" if f > 1e-6 else "not at all"
    close = abs(cell - marked) < 0.25 * abs(marked)
    return {
        "To remember": f"{marked:+.2f}",
        "In the cell at the end": f"{cell:+.2f}: {'remembered' if close else 'lost'}",
        "Half of the memory lasts": half_life,
        "Blame back at the marker": f"LSTM {blame[0]:.2g}, RNN {blame[1]:.2g}" + _compared(*blame),
    }


def _compared(lstm: float, rnn: float) -> str:
    return f": {times(lstm / rnn)} times as much" if 1 < lstm / max(rnn, 1e-300) < 1e12 else ""


def draw_picture(figure, arrays) -> None:
    """States above, gates in the middle, blame below."""
    from nnlib import plot

    states, gates, blame = figure.subplots(3, 1, sharex=True)
    states.plot(arrays["cell"], color=plot.BLUE, label="cell")
    states.plot(arrays["rnn"], "--", color=plot.ORANGE, label="plain RNN")
    states.bar(range(len(arrays["x"])), arrays["x"], color="0.8", label="input")
    gates.imshow(arrays["gates"], aspect="auto", cmap="Blues", vmin=0, vmax=1)
    gates.set_yticks(range(3), ("input", "forget", "output"))
    blame.semilogy(arrays["blame"][0], color=plot.BLUE)
    blame.semilogy(np.maximum(arrays["blame"][1], 1e-12), "--", color=plot.ORANGE)
    blame.set(xlabel="step", ylabel="blame")
    states.legend(fontsize=10)


class LSTMGates(Stage):
    """One LSTM unit that has to keep one marked number among many others, with a plain RNN beside it.

    Show: the start; it has forgotten. Ask which gate to turn, and raise the forget bias until it remembers. Then
    open the input gate and see the memory overwritten. The last line compares the blame that arrives at the marked
    step: a product of forget gates against a product of slopes. (No gate looks at the hidden state here, to keep
    it readable.)
    """

    title = "LSTM gates: what is kept, what is forgotten?"
    controls = (
        slider("forget", "Forget gate, bias", steps(-6, 8, 0.5), 1.0),
        slider("write", "Input gate, bias", steps(-8, 4, 0.5), -5.0),
        slider("marker", "Input gate, marker's weight", steps(0, 15, 0.5), 10.0),
        slider("show", "Output gate, bias", steps(-6, 6, 0.5), 3.0),
        slider("recurrent", "Plain RNN, weight", steps(-2, 2, 0.1), 1.0),
        slider("length", "Steps", (10, 20, 30, 40, 60, 80, 100), 40),
        button("seed", "Other values"),
    )
    moments = (
        Moment("Forgotten", "The marked value is gone after a few steps. Which gate let it go?"),
        Moment("Remembered", "What did the bias of 6 change, and what does it do to the blame?", forget=6.0),
        Moment("Overwritten", "The forget gate is open. Why is the value lost all the same?", forget=6.0, write=0.0),
        Moment("A plain RNN", "Can any weight make the plain RNN keep it?", forget=6.0, recurrent=2.0),
    )
    player = Player("x", "step", beat=150)
    compute = staticmethod(compute)
    draw_picture = staticmethod(draw_picture)
    pytorch = """
        import torch
        lstm = torch.nn.LSTM(input_size=2, hidden_size=1)  # inputs: value and marker; gates: i, f, g, o
        with torch.no_grad():
            lstm.weight_hh_l0.zero_()
            lstm.weight_ih_l0[:] = torch.tensor([[0, {marker}], [0, 0], [2, 0], [0, 0]])
            lstm.bias_ih_l0[:] = torch.tensor([{write}, {forget}, 0, {show}])
            lstm.bias_hh_l0.zero_()
        hidden, (h, c) = lstm(torch.stack([x, m], dim=1))
    """
