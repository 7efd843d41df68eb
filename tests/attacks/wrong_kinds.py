"""Answer with objects, texts, sets, generators, matrices and numbers that broadcast against anything."""

import itertools

import numpy as np

kinds = itertools.cycle(
    [
        lambda a: np.array([None, object()], dtype=object),
        lambda a: "all of it",
        lambda a: {1.0, 2.0},
        lambda a: (x for x in a),
        lambda a: np.matrix(np.atleast_2d(np.asarray(a).ravel())),
        lambda a: True,
        lambda a: 0,
        lambda a: b"bytes",
        lambda a: {"a": a},
        lambda a: np.asarray(a).astype(str),
        lambda a: np.asarray(a)[None, None],
        lambda a: np.zeros(np.shape(a), dtype="M8[s]"),
        lambda a: np.zeros(1, dtype=[("x", float)]),
        lambda a: np.longdouble(1),
        lambda a: 1j * np.asarray(a),
        lambda a: np.array(0.5),
    ]
)


def turn():
    """How often this was called, in all copies of the process together."""
    with open("turn", "ab") as file:
        file.write(b"x")
        return file.tell()


def odd(*args):
    for _ in range(turn()):
        kind = next(kinds)
    return kind(args[0]), kind(args[1])


class Adam:
    def __init__(self, params, **options):
        self.params = params
        for _ in range(turn()):
            next(kinds)

    def step(self, grads):
        for i, p in enumerate(self.params):
            self.params[i] = next(kinds)(p)


update_moments = bias_correction = odd
