"""What a failed hidden test can tell: too little for a student's code to carry the test's inputs out with it."""

import math

import pytest

from autograder.marking.diagnosis import signature
from autograder.marking.feedback import MAX_LINES, explain
from autograder.marking.mistakes import load_mistakes
from autograder.marking.student import BadAnswer, Student, StudentError
from autograder.marking.suite import all_suites
from autograder.marking.wording import EXCEPTIONS, NAMES

CELLS = {"first": "\n".join(f"x = {n}  # first" for n in range(300)),
         "number 7": "\n".join(f"y = {n}  # second" for n in range(300))}  # fmt: skip
WORDS = ["", "LEAK", "x", "name 'x' is not defined", "x = 1  # first", "[0.25, -1.5]", "list index out of range"]
BITS = 15  # as docs/instructor.md says


def told(type="ValueError", message="", places=(), in_test=True):
    return explain(StudentError(type, message, list(places), in_test), CELLS)


def place(number, cell="first"):
    return [f"cell {cell}", number, "said by the student's process"]


@pytest.mark.parametrize("message", WORDS)
def test_no_message_is_shown(message):
    assert told(message=message) == told()
    assert told(message=message, in_test=False).startswith(f"ValueError: {message}" if message else "ValueError")


@pytest.mark.parametrize("name", ["x", "first", "ValueErr0r", "ValueError x", "builtins.ValueError", "LinAlgError", ""])
def test_only_types_that_python_defines_are_named(name):
    assert told(name) == told("Another") and (not name or name not in told(name).replace("An exception", ""))
    assert told("KeyError").startswith("KeyError: ")


def test_an_error_in_a_cell_keeps_its_name_whatever_that_is():
    assert told("Died", "by my own hand", in_test=False) == "Died: by my own hand"


def test_one_line_is_shown_the_last():
    shown = told(places=[place(n) for n in (3, 4, 5)])
    assert shown.splitlines()[1:] == ["  in cell first, line 5: x = 4  # first"]
    assert len(told(places=[place(n) for n in (3, 4, 5)], in_test=False).splitlines()) == 4  # in a cell, all


@pytest.mark.parametrize("somewhere", [place(101, "number 7"), place(301), place(0), place(-1), place(1, "none"),
                                       ["first", 1, ""], place(10**30)])  # fmt: skip
def test_no_line_is_shown_beyond_those_that_count(somewhere):
    assert MAX_LINES == 400
    assert told(places=[place(1), somewhere]) == told()


def test_a_failed_test_tells_less_than_it_says():
    """All that can be chosen: an error's type and line, or an object's kind, a signal, a known mistake, a reason."""
    lines = [[]] + [[place(n, cell)] for cell in CELLS for n in range(1, 301)]
    errors = {told(type, words, places) for type in EXCEPTIONS for words in WORDS[:2] for places in lines}
    others = len(NAMES) + 128 + max(len(load_mistakes(exercise)) for exercise in all_suites()) + 100
    assert len(EXCEPTIONS) * MAX_LINES < len(errors) and math.log2(len(errors) + others) < BITS


class Object:
    """In the place of a fork: answers with an object of some kind that stays there."""

    def __init__(self, kind):
        self.kind = kind

    def ask(self, *args, **kwargs):
        return {"value": {"t": "ref", "id": 0, "of": self.kind}}, []


@pytest.mark.parametrize("kind, said", [
    ("generator", "object"), ("LEAK x", "object"), ("x", "object"), ("complex", "object of type complex"),
    ("set", "object of type set"),
])  # fmt: skip
def test_the_kind_of_an_object_is_named_where_python_defines_it(kind, said):
    student = Student(Object(kind))
    with pytest.raises(BadAnswer) as raised:
        student.name.get()
    assert raised.value.message == f"expected real numbers, arrays or lists of them, got an {said}"
    assert signature(student.put(1)) == ["other", "Handle"]
