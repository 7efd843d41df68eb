"""Questions for the reader: `recall` at the start of a lesson, `predict` before a run, `quiz` to check oneself.

Recall and quiz are plain HTML: a choice is a thing to click, or to reach by Tab and open by Enter. So they need no
kernel, work in exported pages, and print as text where there is no notebook. `code` and $math$ may stand in their
texts. `your_turn` looks at what the reader *writes*; it stands in `nnlib.turn`.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping, Sequence
from string import ascii_uppercase

from nnlib.notebook import display_html, fold
from nnlib.turn import your_turn as your_turn

# Said to whoever runs the notebook; a talk leaves them out.
CHOOSE = "Choose one, then run the next cell."
NEXT_TIME = " Next time, choose before you run: a guess is what makes an answer stick."


def quiz(question: str, choices: Sequence[str], answer: int, why: Sequence[str]) -> None:
    """Ask; each choice opens to tell whether it is right, and why.

    `answer` is the index of the right choice, `why` has one explanation per choice: for a wrong one, the thought
    that leads there and where it breaks. ValueError where the numbers of texts or the index do not fit.
    """
    _check(question, choices)
    if len(why) != len(choices):
        raise ValueError(f"why: expected one explanation per choice ({len(choices)}), got {len(why)}")
    if not isinstance(answer, int) or not 0 <= answer < len(choices):
        raise ValueError(f"answer: expected an index from 0 to {len(choices) - 1}, got {answer!r}")
    verdicts = [("Right. " if i == answer else "No. ") + text for i, text in enumerate(why)]
    lettered = [f"{letter}. {choice}" for letter, choice in zip(ascii_uppercase, choices)]
    body = "".join(_answer(choice, verdict) for choice, verdict in zip(lettered, verdicts))
    text = "\n".join([question, *lettered, f"Answer: {ascii_uppercase[answer]}. {why[answer]}"])
    display_html(_box(question, body), text)


def predict(question: str, choices: Sequence[str | float]) -> Prediction:
    """Ask for a guess before the next cell measures; its `outcome(measured)` then says how the guess went.

    Choices are plain texts, or numbers far enough apart that no other machine lands between two of them.
    ValueError as in `quiz`.
    """
    _check(question, choices)
    prediction = Prediction(list(choices))
    lines = [question, *(f"- {prediction.name(choice)}" for choice in choices), CHOOSE]
    display_html(_box(question, "".join(f"<div>{html.escape(line)}</div>" for line in lines[1:])), "\n".join(lines),
                 lambda: _radio(question, prediction))
    return prediction


class Prediction:
    """A question that the reader may have answered: `chosen` is one of `choices`, or None."""

    def __init__(self, choices: list[str | float]) -> None:
        self.choices = choices
        self.chosen: str | float | None = None

    def outcome(self, measured: str | float) -> None:
        """Say how the guess went. `measured` is a number, or one of the texts; ValueError for anything else."""
        right = self._nearest(measured)
        value = self._said(measured)
        if self.chosen is None:
            text = f"It is {value}.{NEXT_TIME}"
        elif self.chosen == right:
            exactly = "" if right == measured else f", and it is {value}"
            text = f"You said {self._said(self.chosen)}{exactly}. Right."
        else:
            nearest = "" if right == measured else f", nearest to {self._said(right)}"
            text = f"You said {self._said(self.chosen)}. It is {value}{nearest}. What did you think of, and what not?"
        display_html(_box("Your prediction", f"<div>{html.escape(text)}</div>"), text)

    def name(self, choice: str | float) -> str:
        """The choice in words: numbers to three digits."""
        if isinstance(choice, str):
            return choice
        return f"{float(f'{choice:.3g}'):,.0f}" if abs(choice) >= 1000 else f"{choice:.3g}"

    def _said(self, choice: str | float) -> str:
        """The choice inside a sentence: a text stands between quotes."""
        return f'"{choice}"' if isinstance(choice, str) else self.name(choice)

    def _nearest(self, measured: str | float) -> str | float:
        """The choice that is, or lies next to, what was measured."""
        if isinstance(measured, str) or isinstance(self.choices[0], str):
            if measured not in self.choices:
                raise ValueError(f"measured: expected one of {self.choices}, got {measured!r}")
            return measured
        if min(*self.choices, measured) > 0:      # of 10, 500, 5000 the nearest to 100 is 10 or 500 by ratio
            return min(self.choices, key=lambda choice: abs(math.log(choice / measured)))
        return min(self.choices, key=lambda choice: abs(choice - measured))


def _radio(question: str, prediction: Prediction):
    """The widget that asks; it writes into `prediction.chosen`."""
    import ipywidgets

    options = [(prediction.name(choice), choice) for choice in prediction.choices]
    radio = ipywidgets.RadioButtons(options=options, value=None, layout={"width": "max-content"})
    radio.observe(lambda change: setattr(prediction, "chosen", change["new"]), "value")
    return ipywidgets.VBox([ipywidgets.HTMLMath(f"<strong>{_rich(question)}</strong>"), radio])


def recall(cards: Mapping[str, str]) -> None:
    """Questions from earlier lessons, each opening to its answer. ValueError where there is none."""
    if not cards:
        raise ValueError("cards: expected at least one question with its answer, got none")
    body = "".join(_answer(question, answer) for question, answer in cards.items())
    display_html(_box("Do you remember?", body), "\n".join(f"{q}\n  {a}" for q, a in cards.items()))


def _check(question: str, choices: Sequence[str | float]) -> None:
    if not question.strip():
        raise ValueError("question: expected a text, got an empty one")
    if isinstance(choices, str) or not 2 <= len(choices) <= len(ascii_uppercase):
        raise ValueError(f"choices: expected a list of 2 to {len(ascii_uppercase)}, got {choices!r}")
    if len(set(map(str, choices))) != len(choices):
        raise ValueError(f"choices: expected no two alike, got {choices!r}")


def _rich(text: str) -> str:
    """Text as HTML, with `code` between backticks."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def _answer(line: str, text: str) -> str:
    """A line that opens to show the text."""
    return fold(_rich(line), f'<div style="margin:0.2em 0 0.6em 1.2em">{_rich(text)}</div>')


def _box(title: str, body: str) -> str:
    return (
        f'<div role="group" aria-label="{html.escape(title)}" style="border-left:4px solid #0072B2;'
        f'padding:0.2em 1em;max-width:50em"><strong>{_rich(title)}</strong>{body}</div>'
    )
