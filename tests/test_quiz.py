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
    monkeypatch.setattr(module, "display_html", lambda *call: calls.append(call[:2]))
    return calls


def test_quiz_explains_every_choice(shown):
    quiz("relu(-2)?", CHOICES, 1, WHY)
    ((markup, text),) = shown
    folds = re.findall(r"<details.*?<summary.*?>(.*?)</summary>.*?<div.*?>(.*?)</div></details>", markup)
    assert folds == [("A. -2", "No. That is the identity."), ("B. 0 &lt; 1", "Right. It cuts at 0."),
                     ("C. <code>2</code>", "No. That is the absolute value.")]
    assert all(line in text for line in ["relu(-2)?", "A. -2", "C. `2`", "Answer: B. It cuts at 0."])


def test_the_first_choice_may_be_right(shown):
    quiz("relu(-2)?", CHOICES, 0, WHY)
    assert "Answer: A. That is the identity." in shown[0][1]


def test_predict_reveals_nothing(shown):
    predict("Up or down?", ["up", "down"])
    ((markup, text),) = shown
    assert "details" not in markup and "<div>- up</div>" in markup
    assert "- up" in text and "- down" in text


@pytest.mark.parametrize("chosen, measured, told", [
    (None, 462.0, "It is 462."),
    (500, 462.0, "You said 500, and it is 462. Right."),
    (500, 500, "You said 500. Right."),
    (10, 462.0, "You said 10. It is 462, nearest to 500."),
    (10, 5000, "You said 10. It is 5,000."),
    (10, 80.0, "You said 10. It is 80, nearest to 500."),       # by ratio: 8 times 10, a sixth of 500
])
def test_an_outcome_is_held_against_the_guess(shown, chosen, measured, told):
    prediction = predict("How many times longer?", [10, 500, 5000])
    prediction.chosen = chosen
    prediction.outcome(measured)
    assert shown[-1][1].startswith(told)


def test_an_outcome_in_words(shown):
    prediction = predict("Up or down?", ["up", "down"])
    prediction.chosen = "down"
    prediction.outcome("up")
    assert shown[-1][1].startswith('You said "down". It is "up".')
    for other in ("sideways", 3.5):
        with pytest.raises(ValueError, match=rf"^measured: expected one of \['up', 'down'\], got {other!r}"):
            prediction.outcome(other)


def test_the_widget_keeps_what_the_reader_chose():
    prediction = module.Prediction([10, 500])
    _, radio = module._radio("How many $x$?", prediction).children
    assert radio.value is None and [label for label, _ in radio.options] == ["10", "500"]
    radio.value = 500
    assert prediction.chosen == 500


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
