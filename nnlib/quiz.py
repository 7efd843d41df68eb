"""Questions for the reader: `quiz` to check oneself, `predict` before a run, `recall` at the start of a lesson.

They are plain HTML: a choice is a thing to click, or to reach by Tab and open by Enter. So they need no kernel,
work in exported pages, and print as text where there is no notebook. `code` and $math$ may stand in all texts.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from string import ascii_uppercase

from nnlib.notebook import display_html

_KEYS = 'data-lm-suppress-shortcuts="true"'      # so that JupyterLab leaves Enter, Space and arrows to the page


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
    body = "".join(_fold(choice, verdict) for choice, verdict in zip(lettered, verdicts))
    text = "\n".join([question, *lettered, f"Answer: {ascii_uppercase[answer]}. {why[answer]}"])
    display_html(_box(question, body), text)


def predict(question: str, choices: Sequence[str]) -> None:
    """Ask for a guess before the next cell gives the answer; nothing is revealed. ValueError as in `quiz`."""
    _check(question, choices)
    radios = "".join(
        f'<label style="display:block"><input type="radio" name="{html.escape(question)}" {_KEYS}> {_rich(c)}</label>'
        for c in choices
    )
    invitation = "Choose one, then run the next cell."
    text = "\n".join([question, *(f"- {choice}" for choice in choices), invitation])
    display_html(_box(question, f"{radios}<em>{invitation}</em>"), text)


def recall(cards: Mapping[str, str]) -> None:
    """Questions from earlier lessons, each opening to its answer. ValueError where there is none."""
    if not cards:
        raise ValueError("cards: expected at least one question with its answer, got none")
    body = "".join(_fold(question, answer) for question, answer in cards.items())
    display_html(_box("Do you remember?", body), "\n".join(f"{q}\n  {a}" for q, a in cards.items()))


def _check(question: str, choices: Sequence[str]) -> None:
    if not question.strip():
        raise ValueError("question: expected a text, got an empty one")
    if isinstance(choices, str) or not 2 <= len(choices) <= len(ascii_uppercase):
        raise ValueError(f"choices: expected 2 to {len(ascii_uppercase)} texts, got {choices!r}")
    if len(set(choices)) != len(choices):
        raise ValueError(f"choices: expected different texts, got {choices!r}")


def _rich(text: str) -> str:
    """Text as HTML, with `code` between backticks."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def _fold(summary: str, text: str) -> str:
    """A line that opens to show the text."""
    return (
        f'<details style="margin:0.4em 0"><summary style="cursor:pointer" {_KEYS}>{_rich(summary)}</summary>'
        f'<div style="margin:0.2em 0 0.6em 1.2em">{_rich(text)}</div></details>'
    )


def _box(title: str, body: str) -> str:
    return (
        f'<div role="group" aria-label="{html.escape(title)}" style="border-left:4px solid #0072B2;'
        f'padding:0.2em 1em;max-width:50em"><strong>{_rich(title)}</strong>{body}</div>'
    )
