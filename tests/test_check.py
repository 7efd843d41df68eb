"""`autograder check` is content with our exercises, and finds each thing that can be wrong with one."""

from dataclasses import replace

import pytest

from autograder.cli import main
from autograder.course import check
from autograder.marking.diagnosis import diagnose, same, signature
from autograder.marking.mistakes import Mistake
from autograder.marking.plugin import release_notebook
from autograder.marking.result import Result, TestResult

TEST = TestResult("test_a", "a title", "test-mse-loss", 0, 1, False, "a hint", "a message", "error", 0.0,
                  [["numbers", [], 1.0, 1.0, 1.0, 0.8]])  # fmt: skip
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


def test_a_leak_is_found():
    quoting = replace(RESULT, tests=[replace(TEST, message="called with 0.123")])
    assert list(check.leaked(RESULT)) == []
    assert "0.123" in next(check.leaked(quoting))
    assert "not even called" in next(check.leaked(replace(RESULT, tests=[replace(TEST, passed=True)])))


def test_answers_are_the_same_up_to_rounding_and_differ_beyond():
    import numpy as np

    values = np.random.default_rng(0).normal(size=(3, 4))
    assert same(signature(values), signature(values * (1 + 1e-12)))
    assert not same(signature(values), signature(values.T))
    assert not same(signature(values), signature(values * (1 + 1e-4)))
    assert not same(signature(values), signature(values[::-1]))
    assert same(signature([np.nan, values]), signature([np.nan, values]))
    assert not same(signature(values), signature(list(values)))
