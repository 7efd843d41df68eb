"""Controls: what a visitor of a demo can set, and what each setting may be.

Every control is a list of values and the one it starts with: a slider walks over the list, a choice names its
entries, a toggle has two, a button steps to the next. So a whole setting is a few list positions, and a demo
can compute all of its settings ahead.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any


@dataclass(frozen=True)
class Control:
    """One thing to set. `kind` is slider, choice, toggle or button; `default` is one of `values`."""

    kind: str
    name: str
    label: str
    values: tuple
    default: Any
    unit: str = ""

    def __post_init__(self):
        if self.default not in self.values:
            raise ValueError(f"{self.name}: expected one of {self.values}, got {self.default!r}")

    def starting_at(self, value: Any) -> Control:
        """This control with `value` as its default.

        A number between two stops of a slider becomes a stop; one outside is moved to the nearer end.
        ValueError where a choice, toggle or button does not have that value, or a slider gets no number.
        """
        if self.kind != "slider" or value in self.values:
            return replace(self, default=value)
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            raise ValueError(f"{self.name}: expected a number, got {value!r}")
        low, high = self.values[0], self.values[-1]
        if not low < value < high:
            return replace(self, default=low if value <= low else high)
        at = bisect(self.values, value)
        return replace(self, values=(*self.values[:at], value, *self.values[at:]), default=value)

    def thinned(self) -> Control:
        """Every second value, but always the ends and the default."""
        keep = {self.values[0], self.values[-1], self.default}
        return replace(self, values=tuple(v for i, v in enumerate(self.values) if i % 2 == 0 or v in keep))


def slider(name: str, label: str, values: Sequence[float], default: float, unit: str = "") -> Control:
    """A slider over rising numbers; `unit` is shown behind the number."""
    return Control("slider", name, label, tuple(values), default, unit)


def choice(name: str, label: str, values: Sequence[str], default: str | None = None) -> Control:
    """One of a few words; the first where no default is given."""
    return Control("choice", name, label, tuple(values), values[0] if default is None else default)


def toggle(name: str, label: str, default: bool = False) -> Control:
    """On or off."""
    return Control("toggle", name, label, (False, True), default)


def button(name: str, label: str, count: int = 100) -> Control:
    """A button that counts 0, 1, ..., count-1 and starts again: another seed, another example."""
    return Control("button", name, label, tuple(range(count)), 0)


def steps(low: float, high: float, step: float) -> tuple[float, ...]:
    """low, low + step, ..., high, without the dust of floating point."""
    return tuple(round(low + i * step, 10) for i in range(round((high - low) / step) + 1))


@dataclass(frozen=True)
class Player:
    """Play, pause, step and a slider through the first axis of the array `over`: in the page alone.

    `beat` is the time between two pictures in milliseconds. A new setting shows its end, or its beginning where
    `from_start`.
    """

    over: str
    label: str
    beat: int = 50
    from_start: bool = False


class Moment:
    """A setting worth stopping at: the name on its button, the question to ask, and what it sets.

    What it does not set returns to its default.
    """

    def __init__(self, name: str, question: str, **params):
        self.name, self.question, self.params = name, question, params

    def at(self, controls: Sequence[Control]) -> list[int]:
        """The positions of this moment's values in the lists of `controls`."""
        return [position(control, self.params) for control in controls]


def position(control: Control, params: Mapping[str, Any]) -> int:
    """Where the value that `params` has for a control, or else its default, stands in its list."""
    return control.values.index(params.get(control.name, control.default))


def settings(controls: Sequence[Control]) -> Iterator[dict[str, Any]]:
    """Every combination of values, one dictionary after the other."""
    names = [control.name for control in controls]
    return (dict(zip(names, values)) for values in product(*(control.values for control in controls)))
