"""Other people's answers to each exercise, right and wrong, written without a look at its suite.

One file for each exercise, with two dicts from a short name to the solution cells it replaces, by grade id:
RIGHT, ways that earn everything, and WRONG, each with the test cells that lose points, all others keep theirs:

    RIGHT = {"with einsum": {"linear-forward": "def linear_forward(x, W, b): ..."}}
    WRONG = {"forgot b": (["test-linear-forward"], {"linear-forward": "def linear_forward(x, W, b): ..."})}
"""

from autograder.marking.mistakes import changed


def wrong(test, cell, source):
    """A maker of wrong answers: each exchanges something in one cell's `source`, and loses points in one test cell.

    With `line = wrong("test-line", "line", LINE)`, `line(("+", "-"))` has a wrong sign, `line(source=OTHER)` is another
    text.
    """

    def slip(*changes, source=source):
        return [test], {cell: changed(source, *changes)}

    return slip
