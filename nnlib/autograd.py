"""Value: a number that remembers how it was made, so that derivatives can walk back through the whole computation.

This is what PyTorch does with tensors, one number at a time (reverse-mode differentiation: Linnainmaa, 1970).
Every operation below is one line: the result, and for each input the slope of the result with respect to it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Value:
    """A number in a computation.

    `data` is the number. `edges` holds (input, slope) for each number it was made from: none for a leaf. `grad`
    is 0.0 until some result's `backward` adds d(result)/d(this). `label` is a name for the drawing.

    >>> w, x = Value(3.0), Value(2.0)
    >>> y = (w * x - 1).relu()
    >>> y.backward()
    >>> y.data, w.grad, x.grad
    (5.0, 2.0, 3.0)
    """

    __slots__ = ("data", "edges", "grad", "label", "op")

    def __init__(self, data: float, edges: tuple[tuple[Value, float], ...] = (), op: str = "", label: str = ""):
        self.data, self.edges, self.op, self.label = float(data), edges, op, label
        self.grad = 0.0

    def __repr__(self) -> str:
        return f"Value({self.data:.4g}, grad={self.grad:.4g})"

    def __add__(self, other: Value | float) -> Value:
        other = _value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)), "+")

    def __sub__(self, other: Value | float) -> Value:
        other = _value(other)
        return Value(self.data - other.data, ((self, 1.0), (other, -1.0)), "-")

    def __mul__(self, other: Value | float) -> Value:
        other = _value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)), "*")

    def __truediv__(self, other: Value | float) -> Value:
        other = _value(other)
        quotient = self.data / other.data
        return Value(quotient, ((self, 1 / other.data), (other, -quotient / other.data)), "/")

    def __pow__(self, exponent: float) -> Value:
        """A constant power. ValueError for a root of a negative number, or an exponent that is a Value."""
        if isinstance(exponent, Value) or (self.data < 0 and exponent != int(exponent)):
            raise ValueError(f"exponent: expected a number, and of a negative one a whole number, "
                             f"got {self.data} ** {exponent}")
        slope = exponent * self.data ** (exponent - 1) if exponent else 0.0
        return Value(self.data**exponent, ((self, slope),), f"**{exponent:g}")

    def exp(self) -> Value:
        """The exponential, which is its own slope."""
        result = math.exp(self.data)
        return Value(result, ((self, result),), "exp")

    def log(self) -> Value:
        """The natural logarithm. ValueError for zero or less."""
        if self.data <= 0:
            raise ValueError(f"log: expected a number > 0, got {self.data}")
        return Value(math.log(self.data), ((self, 1 / self.data),), "log")

    def tanh(self) -> Value:
        """The hyperbolic tangent."""
        result = math.tanh(self.data)
        return Value(result, ((self, 1 - result * result),), "tanh")

    def sigmoid(self) -> Value:
        """1 / (1 + exp(-x)), written so that it cannot overflow."""
        result = 0.5 * math.tanh(0.5 * self.data) + 0.5
        return Value(result, ((self, result * (1 - result)),), "sigmoid")

    def relu(self) -> Value:
        """This, or 0 if it is negative. The slope at 0 is 0, as in PyTorch."""
        return Value(max(0.0, self.data), ((self, float(self.data > 0)),), "relu")

    def __neg__(self) -> Value:
        return self * -1.0

    def __radd__(self, other: float) -> Value:
        return self + other

    def __rsub__(self, other: float) -> Value:
        return _value(other) - self

    def __rmul__(self, other: float) -> Value:
        return self * other

    def __rtruediv__(self, other: float) -> Value:
        return _value(other) / self

    def graph(self) -> list[Value]:
        """All numbers that this one was made from, each after its inputs, this one last.

        A depth-first walk with its own stack: Python's recursion ends after a thousand steps, training does not.
        """
        order, seen, stack = [], {self}, [self]
        while stack:
            unseen = next((value for value, _ in stack[-1].edges if value not in seen), None)
            if unseen is None:
                order.append(stack.pop())
            else:
                seen.add(unseen)
                stack.append(unseen)
        return order

    def backward(self) -> None:
        """Add d(this)/d(value) to `grad` of every value in the graph, in one walk from the end to the start.

        Each value's own flow is complete before it is passed on, because all that depend on it come first. Gradients
        add up over calls, as in PyTorch; set `grad = 0.0` between two steps of training.
        """
        order = self.graph()
        flow = dict.fromkeys(order, 0.0)
        flow[self] = 1.0
        for value in reversed(order):
            value.grad += flow[value]
            for source, slope in value.edges:
                flow[source] += slope * flow[value]      # the chain rule: multiply along a path, add over paths


def _value(number: Value | float) -> Value:
    return number if isinstance(number, Value) else Value(number)


def draw(result: Value, ax: Axes | None = None) -> Axes:
    """The graph of a result, inputs at the left: a box with data and gradient per value, a slope on each arrow.

    Rounded boxes are leaves, square ones results. Made for graphs of some dozen values, as one has them by hand.
    """
    from nnlib import plot

    places, paths = _layout(result)
    width, height = (max(axis) + 1 for axis in zip(*places.values()))
    ax = ax or plot.pyplot().subplots(figsize=(1.9 * width, 1.0 * height))[1]
    for (source, value), path in paths.items():
        slopes = [slope for other, slope in value.edges if other is source]     # two of them in x * x
        _draw_arrow(ax, [*path, places[value]], " + ".join(f"{slope:.3g}" for slope in slopes))
    for value, place in places.items():
        _draw_box(ax, place, value)
    ax.set(xlim=(-0.6, width - 0.4), ylim=(-0.6, height - 0.4))
    ax.axis("off")
    return ax


def _draw_box(ax: Axes, place: tuple[float, float], value: Value) -> None:
    """Name and operation, data, gradient."""
    name = " = ".join(filter(None, (value.label, value.op)))
    text = f"{name}\n{value.data:.3g}\ngrad {value.grad:.3g}".strip()
    style = {"facecolor": "white" if value.edges else "#DCEBF5", "boxstyle": "square" if value.edges else "round"}
    ax.text(*place, text, ha="center", va="center", fontsize=10, bbox=style, zorder=3)


def _draw_arrow(ax: Axes, path: list[tuple[float, float]], slope: str) -> None:
    """A line from an input to its result, with an arrow and the slope on the last piece."""
    ax.plot(*zip(*path[:-1]), color="0.5", linewidth=1, linestyle="-", zorder=1)
    style = {"arrowstyle": "-|>", "color": "0.5", "shrinkA": 0, "shrinkB": 30}
    ax.annotate("", path[-1], path[-2], arrowprops=style, zorder=1)
    x, y = (0.55 * a + 0.45 * b for a, b in zip(path[-2], path[-1]))
    ax.text(x, y, slope, fontsize=9, ha="center", va="center", bbox={"color": "white", "pad": 0.5}, zorder=2)


def _layout(result: Value) -> tuple[dict, dict]:
    """(x, y) of each value, and for each edge (input, result) the points it passes before the result.

    The column of a value is its longest way to the result. In each column, from left to right, values and passing
    lines keep the height they come from as far as they have room.
    """
    order = result.graph()
    to_go = dict.fromkeys(order, 0)
    for value in reversed(order):
        for source, _ in value.edges:
            to_go[source] = max(to_go[source], to_go[value] + 1)
    leaves = [value for value in order if not value.edges]
    places: dict = {}
    paths: dict = {}
    for x, step in enumerate(range(max(to_go.values()), -1, -1)):
        height = {edge: path[-1][1] for edge, path in paths.items() if to_go[edge[1]] < step}
        for value in (value for value in order if to_go[value] == step):
            near = [paths[source, value][-1][1] for source, _ in value.edges]
            height[value] = sum(near) / len(near) if near else len(leaves) - 1 - leaves.index(value)
        y = -math.inf
        for item in sorted(height, key=height.get):
            y = max(y + 1, height[item])
            if item in paths:
                paths[item].append((x, y))
            else:
                places[item] = (x, y)
                paths |= {(item, value): [(x, y)] for value in order if item in dict(value.edges)}
    return places, paths
