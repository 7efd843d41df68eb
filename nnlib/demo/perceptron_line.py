"""The perceptron's line: two weights and a bias cut the plane in two, and the learning rule moves the cut."""

from __future__ import annotations

import numpy as np

from nnlib.data import gates
from nnlib.demo.common import points_of
from nnlib.demo.controls import Moment, Player, choice, slider, steps
from nnlib.demo.stage import Stage

UPDATES = 60
GATES = ("AND", "OR", "NAND", "XOR")


def compute(problem: str, w1: float, w2: float, b: float, lr: float, data: tuple | None):
    """The decisions of a perceptron, and what the learning rule makes of it.

    The rule visits the points in turn and corrects on each mistake: w += lr (y - decision) x, likewise b. `data`
    is your own (x (N, 2), y (N,) of 0 and 1). Arrays: `points` (N, 2), `classes` (N,), `history` (U, 4): w1, w2,
    b and the number of mistakes at the start and after each correction, until there are none or 60 are made;
    `blamed` (U,): the point that caused the correction, -1 at the start.
    """
    x, y = points(problem) if data is None else points_of(data)
    history, blamed = learn(x, y, np.array([w1, w2, b]), lr)
    arrays = {"points": x, "classes": y, "history": history, "blamed": blamed}
    wrong, last = int(history[0, 3]), int(history[-1, 3])
    corrections = len(history) - 1
    return arrays, {
        "Mistakes of your line": f"{wrong} of {len(y)}" + (": it separates the classes" if wrong == 0 else ""),
        "Rule": f"output 1 where {w1:g} x1 + {w2:g} x2 + {b:g} > 0".replace("+ -", "- "),
        "Learning from here": f"{corrections} corrections, then {last} mistakes" if corrections else "nothing to learn",
    }


def points(problem: str) -> tuple[np.ndarray, np.ndarray]:
    """(N, 2) and (N,): a gate, or two clouds of twenty points each that a line can separate."""
    if problem in GATES:
        return gates(problem.lower())
    rng = np.random.default_rng(3)
    y = np.arange(40) % 2
    x = np.where(y[:, None], (1.1, 0.9), (-0.2, 0.1)) + rng.uniform(-0.45, 0.45, (40, 2))
    return x, y


def learn(x: np.ndarray, y: np.ndarray, weights: np.ndarray, lr: float) -> tuple[np.ndarray, np.ndarray]:
    """Rosenblatt's rule (1958): the history of weights and mistakes, and who was to blame each time."""
    inputs = np.column_stack([x, np.ones(len(x))])              # (N, 3): the bias is a weight of a constant 1

    def decide(w: np.ndarray) -> np.ndarray:
        return (inputs @ w > 0).astype(int)                     # (N,)

    history, blamed, turn = [[*weights, np.sum(decide(weights) != y)]], [-1], 0
    while history[-1][3] and len(history) <= UPDATES:
        wrong = np.flatnonzero(decide(weights) != y)
        who = wrong[np.argmax(wrong >= turn)] if (wrong >= turn).any() else wrong[0]
        turn = who + 1
        weights = weights + lr * (y[who] - (1 - y[who])) * inputs[who]
        weights = np.round(weights, 12)                         # 0.2 - 0.2 is 0, and not 5.6e-17 that would fire
        history.append([*weights, np.sum(decide(weights) != y)])
        blamed.append(who)
    return np.array(history, float), np.array(blamed)


def draw_picture(figure, arrays) -> None:
    """The line at the start and after learning."""
    from nnlib import plot

    for ax, row, title in zip(figure.subplots(1, 2), arrays["history"][[0, -1]], ("your line", "after learning")):
        plot.points(arrays["points"], arrays["classes"], ax)
        plane = np.linspace(-0.8, 1.8, 200)
        a, b = np.meshgrid(plane, plane)
        ax.contourf(a, b, row[0] * a + row[1] * b + row[2] > 0, (-0.5, 0.5, 1.5), colors=plot.COLORS[:2], alpha=0.25)
        ax.set(title=title, xlabel="x1", ylabel="x2")


class PerceptronLine(Stage):
    """One neuron with a step: move its line by hand, then let the learning rule move it.

    Show: let the class set w1, w2 and b for AND by calling out numbers; then OR, by the bias alone. Press Play to
    watch the rule. On XOR let them try for two minutes before you say that it is impossible.
    `PerceptronLine(data=(x, y))` takes points of yours.
    """

    title = "Perceptron: one line, two classes"
    controls = (
        choice("problem", "Problem", (*GATES, "two clouds")),
        slider("w1", "Weight w1", steps(-3, 3, 0.1), 1.0),
        slider("w2", "Weight w2", steps(-3, 3, 0.1), -0.5),
        slider("b", "Bias b", steps(-3, 3, 0.1), 0.0),
        slider("lr", "Learning rate", (0.05, 0.1, 0.2, 0.5, 1.0), 0.2),
    )
    moments = (
        Moment("AND", "Which w1, w2 and b leave only the point (1, 1) on the orange side?"),
        Moment("OR", "AND is solved here. Which single number turns it into OR?", problem="OR", w1=1.0, w2=1.0, b=-1.5),
        Moment("XOR", "Find a line. If you cannot, why not?", problem="XOR", w1=1.0, w2=1.0, b=-0.5),
        Moment("Learning", "Press Play. Which point is to blame for each correction?",
               problem="two clouds", w1=-1.0, w2=1.0),
    )
    player = Player("history", "correction", beat=400, from_start=True)
    takes = ("data",)
    compute = staticmethod(compute)
    draw_picture = staticmethod(draw_picture)
    pytorch = """
        import torch
        w, b = torch.tensor([{w1}, {w2}]), torch.tensor({b})
        for x, y in points:  # the perceptron's rule needs no gradient
            decision = (w @ x + b > 0).float()
            w += {lr} * (y - decision) * x
            b += {lr} * (y - decision)
    """
