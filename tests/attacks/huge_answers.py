"""Answer with a gigabyte, with ten million numbers, with an integer of ten thousand digits."""

import itertools

import numpy as np

sizes = itertools.cycle(
    [
        lambda: np.ones(30_000_000),
        lambda: list(range(10_000_000)),
        lambda: 10**10_000,
        lambda: "x" * 10**7,
        lambda: np.ones(2_000_000),
        lambda: 10**4100,
        lambda: [0.5] * 190_000,
        lambda: {i: i for i in range(50_000)},
    ]
)


def turn():
    """How often this was called, in all copies of the process together."""
    with open("turn", "ab") as file:
        file.write(b"x")
        return file.tell()


def huge():
    for _ in range(turn() % 8):
        next(sizes)
    return next(sizes)()


class Adam:
    def __init__(self, params, **options):
        params[:] = [huge() for p in params]

    def step(self, grads):
        return huge()


def update_moments(*args):
    return huge(), huge()


def bias_correction(*args):
    return huge()
