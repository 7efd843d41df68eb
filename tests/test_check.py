"""`autograder check` is content with our exercises, and finds each thing that can be wrong with one."""

from dataclasses import replace

import numpy as np
import pytest

from autograder.cli import main
from autograder.course import check
from autograder.marking.diagnosis import diagnose, same, signature, traces_of
from autograder.marking.exercise import release_notebook
from autograder.marking.mistakes import Mistake
from autograder.marking.result import Result, TestResult

TEST = TestResult("test_a", "a title", "test-mse-loss", 0, 1, False, "a hint", "a message", "error", 0.0,
                  [["numbers", [], 1, 1.0, 1.0, 1.0, 0.8]])  # fmt: skip
RESULT = Result("gradient_check", "key", [TEST], {}, 0.0, 0.0, "")
SLIP = Mistake("a-slip", "It slipped.", "Hold it.", {"mse-loss": "pass"}, ["test_a"])


@pytest.mark.sandbox
@pytest.mark.parametrize("exercise", ["gradient_check", "adam"])
def test_the_exercises_are_right(exercise, capsys):
    assert main(["check", exercise]) == 0
    assert capsys.readouterr().out == f"{exercise}: all well\n"


def test_points_that_do_not_add_up_are_found():
    release = release_notebook("gradient_check")
    problems = list(check.wrong_points(release, RESULT))
    assert "test-relative-error is worth 2 points, its tests 0" in problems
    assert not [p for p in problems if "test-mse-loss" in p]
    stray = replace(RESULT, tests=[replace(TEST, cell="no-such-cell")])
    assert "test_a belongs to no grade cell: no-such-cell" in list(check.wrong_points(release, stray))


def test_a_mistake_that_slips_through_is_found():
    passed = replace(RESULT, tests=[replace(TEST, passed=True)])
    assert list(check.wrong_failures(SLIP, RESULT)) == []
    assert list(check.wrong_failures(SLIP, passed)) == ["the mistake a-slip passes test_a"]
    assert "caught by no test" in next(check.wrong_failures(replace(SLIP, fails=[]), passed))


def test_a_mistake_that_is_not_named_is_found():
    traces = {"a-slip": {"test_a": TEST.trace}, "other": {"test_a": TEST.trace}}
    other = replace(SLIP, name="other")
    named = diagnose(RESULT, traces, [SLIP])
    assert named.tests[0].mistake == "a-slip" and "It slipped." in named.tests[0].message
    assert named.tests[0].hint == "Hold it."
    assert list(check.wrong_names(SLIP, named)) == []
    assert "taken for other" in "".join(check.wrong_names(SLIP, diagnose(RESULT, traces, [other, SLIP])))
    assert "but nothing" in "".join(check.wrong_names(SLIP, diagnose(RESULT, {}, [SLIP])))


def test_a_mistake_that_cannot_be_recognised_says_so():
    silent = replace(SLIP, recognisable=False)
    unnamed = diagnose(RESULT, {}, [silent])
    assert list(check.wrong_names(silent, unnamed)) == []
    assert "said not to be" in "".join(check.wrong_names(silent, diagnose(RESULT, {"a-slip": {"test_a": TEST.trace}},
                                                                          [silent])))
    other = diagnose(RESULT, {"other": {"test_a": TEST.trace}}, [replace(SLIP, name="other")])
    assert "taken for other" in "".join(check.wrong_names(silent, other))


class Handle:
    """Stands for an object that stays with the student."""


NAN = float("nan")


@pytest.mark.parametrize("answers, tells", [
    ([NAN], False), ([[1.5, np.full((2, 3), NAN)]], False), ([np.array([NAN, np.inf])], False), ([[]], False),
    ([Handle(), Handle(), None, [np.full(4, NAN)]], False), ([Handle(), None, ValueError()], False),
    ([ValueError(), TypeError()], False), ([], False), ([Handle()], False),
    ([1.5, NAN], False), ([1.5, ValueError()], False),
    ([np.array([NAN, 2.0])], True), ([NAN, 1.0], True), ([ValueError(), [[3]]], True), ([[[[[2]]]]], True),
    ([None], True), ([Handle(), None], True), (["a word"], True), ([True], True),
])  # fmt: skip
def test_nan_errors_and_objects_name_no_mistake(answers, tells):
    """They come from too many causes. Finite numbers do, and so does a forgotten return."""
    trace = list(map(signature, answers))
    mistaken = replace(RESULT, tests=[replace(TEST, trace=trace)])
    assert traces_of({"a-slip": mistaken}) == {"a-slip": {"test_a": trace} if tells else {}}


def test_a_leak_is_found():
    quoting = replace(RESULT, tests=[replace(TEST, message="called with 0.123")])
    assert list(check.leaked(RESULT)) == []
    assert "0.123" in next(check.leaked(quoting))
    assert "not even called" in next(check.leaked(replace(RESULT, tests=[replace(TEST, passed=True)])))


def test_answers_are_the_same_up_to_rounding_and_differ_beyond():
    values = np.random.default_rng(0).normal(size=(3, 4))
    assert same(signature(values), signature(values * (1 + 1e-12)))
    assert not same(signature(values), signature(values.T))
    assert not same(signature(values), signature(values * (1 + 1e-4)))
    assert not same(signature(values), signature(values[::-1]))
    assert same(signature([np.nan, values]), signature([np.nan, values]))
    holed = np.where(values > 1, np.nan, values)
    assert same(signature(holed), signature(holed * (1 + 1e-12)))
    assert not same(signature(holed), signature(np.where(values > 1, 0, values)))
    assert not same(signature(holed), signature(holed[:, ::-1]))
    assert not same(signature(values), signature(list(values)))
