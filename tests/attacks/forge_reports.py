"""Take over the server and tell lies about cells, copies and deaths of processes."""

import gc
import itertools
import sys

import numpy as np

numbers = itertools.cycle([2**70, -1, 0, 1, True, None, "2", [2], 127, 99 << 8, 2**31])


def lie(self, request, buffers, fds):
    if request["op"] == "run":
        return {"out": np.ones(3), "error": np.ones(2)} if next(numbers) else np.ones(4)
    return next(numbers)


for thing in gc.get_objects():
    if type(thing).__name__ == "Server":
        for name in ("do_run", "do_end"):
            setattr(type(thing), name, lie)
        original = type(thing).do_fork

        def do_fork(self, request, buffers, fds):
            pids = original(self, request, buffers, fds)
            number = next(numbers)
            return [number for _ in pids] if number else number

        type(thing).do_fork = do_fork
