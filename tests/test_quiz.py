"""Questions: all texts reach the reader, as plain text and as HTML that a keyboard can open."""

import re

import pytest

from nnlib import quiz as module
from nnlib.quiz import predict, quiz, recall

CHOICES, WHY = ["-2", "0 < 1", "`2`"], ["That is the identity.", "It cuts at 0.", "That is the absolute value."]


@pytest.fixture
def shown(monkeypatch):
    """What was displayed: (markup, text)."""
    calls = []
    monkeypatch.setattr(module, "display_html", lambda *call: calls.append(call))
    return calls


def test_quiz_explains_every_choice(shown):
    quiz("relu(-2)?", CHOICES, 1, WHY)
    ((markup, text),) = shown
    folds = re.findall(r"<details.*?<summary.*?>(.*?)</summary>.*?<div.*?>(.*?)</div></details>", markup)
    assert folds == [("A. -2", "No. That is the identity."), ("B. 0 &lt; 1", "Right. It cuts at 0."),
                     ("C. <code>2</code>", "No. That is the absolute value.")]
    assert all(line in text for line in ["relu(-2)?", "A. -2", "C. `2`", "Answer: B. It cuts at 0."])


def test_predict_reveals_nothing(shown):
    predict("Up or down?", ["up", "down"])
    ((markup, text),) = shown
    assert markup.count('type="radio"') == 2 and "details" not in markup
    assert "- up" in text and "- down" in text


def test_recall(shown):
    recall({"Why a bias?": "To move the threshold.", "What is $w$?": "The weights."})
    ((markup, text),) = shown
    assert markup.count("<details") == 2
    assert "Why a bias?\n  To move the threshold." in text


def test_without_a_notebook_the_text_is_printed(capsys):
    quiz("relu(-2)?", CHOICES, 1, WHY)
    assert "Answer: B. It cuts at 0." in capsys.readouterr().out


@pytest.mark.parametrize("name, call", [
    ("question", lambda: quiz(" ", CHOICES, 1, WHY)),
    ("choices", lambda: quiz("?", ["one"], 0, ["x"])),
    ("choices", lambda: quiz("?", ["one", "one"], 0, ["x", "y"])),
    ("choices", lambda: predict("?", "up or down")),
    ("answer", lambda: quiz("?", CHOICES, 3, WHY)),
    ("answer", lambda: quiz("?", CHOICES, -1, WHY)),
    ("answer", lambda: quiz("?", CHOICES, "0 < 1", WHY)),
    ("why", lambda: quiz("?", CHOICES, 1, "because")),
    ("cards", lambda: recall({})),
])
def test_bad_arguments_are_named(name, call):
    with pytest.raises(ValueError, match=f"^{name}: expected .*, got "):
        call()
