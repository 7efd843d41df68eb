"""Your turn: untouched, right and wrong are told apart, and what is wrong is said."""

import numpy as np
import pytest

from nnlib import turn
from nnlib.turn import your_turn

ANSWER = """
def scaled(x, by=2.0):
    return x * by
"""
SLIPS = {"That adds.": ("x * by", "x + by"), "That squares.": ("x * by", "x**2")}
INPUTS = (np.array([1.0, 3.0]), (np.array([[1.0, -2.0]]), 3.0))
VERSIONS = {}


def version(expected):
    """Keep a version of `scaled` with what must be said about it."""
    def keep(function):
        function.__name__ = "scaled"
        VERSIONS[expected] = function
        return function
    return keep


@version("Not yet. Write your lines")
def untouched(x, by=2.0):
    ...


@version("Not yet. Write your lines where")
def half_done(x, by=2.0):
    result = ...
    return result


@version("Right. By any style.")
def right(x, by=2.0):
    return np.array([row * by for row in x])


@version("Not right yet. scaled([1., 3.]): expected 2, got 3 at [0]. That adds.")
def known_slip(x, by=2.0):
    return x + by


@version("Not right yet. scaled([1., 3.]): expected 2, got 7 at [0].")
def unknown_slip(x, by=2.0):
    return x * 7


@version("Not right yet. scaled([1., 3.]): expected the shape (2,), got (1, 2).")
def wrong_shape(x, by=2.0):
    return x[None] * by


@version("Not right yet. The function changes its argument x.")
def greedy(x, by=2.0):
    x *= by
    return x


@version("Not right yet. The function returns nothing")
def silent(x, by=2.0):
    x * by


@version("Not right yet. The function stops with ZeroDivisionError: division by zero.")
def stops(x, by=2.0):
    return 1 / 0


@version("Not right yet. scaled([1., 3.]): expected 2, got nan at [0].")
def undefined(x, by=2.0):
    return x * np.nan


@version("Not right yet. scaled([1., 3.]): expected [2., 6.], got 'two'.")
def text(x, by=2.0):
    return "two"


@pytest.fixture
def told(monkeypatch):
    calls = []
    monkeypatch.setattr(turn, "display_html", lambda *call: calls.append(call))
    return calls


@pytest.mark.parametrize("expected", VERSIONS)
def test_each_version_gets_its_own_answer(told, expected):
    function = VERSIONS[expected]
    back = your_turn(function, ANSWER, *INPUTS, slips=SLIPS, then="By any style.")
    ((markup, verdict),) = told
    assert verdict.startswith(expected), verdict
    assert [text for text in SLIPS if text in verdict] == [text for text in SLIPS if text in expected]
    assert "return x * by" in markup and "return x * by" not in verdict    # the answer is there, folded
    assert (back is function) == verdict.startswith("Right.")
    assert back is function or back(3.0) == 6.0                            # the lesson goes on with the answer


def test_the_answer_itself_is_no_turn(told):
    back = your_turn(untouched, ANSWER, *INPUTS)
    your_turn(back, ANSWER, *INPUTS)
    assert told[-1][1].startswith("Not yet. Run the cell above, then this one. If that cell shows an error, mend")


def test_many_right_answers_are_compared_by_what_they_do(told):
    def weights():
        return 5.0, 5.0, -7.0

    def fires(w):
        return np.array([w[0] * a + w[1] * b + w[2] > 0 for a in (0, 1) for b in (0, 1)])

    assert your_turn(weights, "def weights():\n    return 1.0, 1.0, -1.5", (), view=fires) is weights
    assert told[-1][1] == "Right."

    def flat():
        return 5.0, 5.0

    your_turn(flat, "def flat():\n    return 1.0, 1.0, -1.5", (), view=fires)
    assert told[-1][1].startswith("Not right yet. What the function returns has another form than expected (IndexError")


def test_several_results_are_compared_one_by_one(told):
    def both(x):
        return x, x

    your_turn(both, "def both(x):\n    return x, -x", np.ones(2))
    assert told[-1][1] == "Not right yet. both([1., 1.]): result 1: expected -1, got 1 at [0]."


def test_a_dictionary_is_compared_by_its_keys(told):
    answer = "def grads(x):\n    return {'w': x, 'b': 2 * x}"
    returned = [{"b": np.ones(2) * 2, "w": np.ones(2)}, {"w": np.ones(2), "b": 2.0}, {"w": 1.0}, (1.0, 2.0)]
    for result in returned:
        def grads(x, result=result):
            return result

        your_turn(grads, answer, np.ones(2))
    keys = "Not right yet. grads([1., 1.]): expected a dictionary with the keys w, b, got"
    assert [verdict for _, verdict in told] == [
        "Right.", "Not right yet. grads([1., 1.]): b: expected the shape (2,), got ().", f"{keys} the keys w.",
        f"{keys} tuple."]


def test_an_object_is_shown_by_its_kind(told):
    def size(network):
        return 2

    your_turn(size, "def size(network):\n    return 1", object())
    assert told[-1][1] == "Not right yet. size(object): expected 1, got 2."
    your_turn(size, "def size(network):\n    return 1", np.random.default_rng(0))
    assert told[-1][1] == "Not right yet. size(Generator(PCG64)): expected 1, got 2."
    your_turn(size, "def size(network):\n    return 1", np.cos)
    assert told[-1][1] == "Not right yet. size(cos): expected 1, got 2."


def test_tensors_are_numbers_too(told):
    import torch

    def double(x):
        return 2 * x

    your_turn(double, "def double(x):\n    return x + x", torch.tensor([1.0, 2.0], requires_grad=True))
    assert told[-1][1] == "Right."


def test_a_generator_gives_both_sides_the_same_numbers(told):
    def noise(rng):
        return rng.standard_normal(3)

    your_turn(noise, "def noise(rng):\n    return rng.standard_normal(3)", np.random.default_rng(0))
    assert told[-1][1] == "Right."


def test_faults_of_the_author_are_named():
    with pytest.raises(ValueError, match="answer: expected the definition of right_by_name"):
        your_turn(right_by_name, "x = 1", 1)
    with pytest.raises(ValueError, match="slips: expected a text of the answer, got 'x / by'"):
        your_turn(right, ANSWER, *INPUTS, slips={"": ("x / by", "x")})



def right_by_name(x):
    ...
