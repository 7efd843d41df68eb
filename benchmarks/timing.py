"""How it is measured: side by side in one process, and each side alone in a process of its own.

The two differ: alone, one side has the caches and the memory to itself. Noise on a shared machine is met by
medians, and by measuring both sides in turns. The processes are started by `alone`; as a program this file is
one of them:

    python -m benchmarks.timing ROW ours|theirs SECONDS
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from benchmarks.rows import ROWS, Row, Work
from nnlib.check import relative_error

WARM_UP = 5                                      # runs before the first that counts
TURNS = 3                                        # processes for each side
TOLERANCE = 1e-4                                 # float32


def interleaved(row: Row, seconds: float) -> dict[str, float]:
    """Milliseconds of both sides, one run of each in turns, and their ratio, after a check that they agree."""
    sides = row.ours(), row.theirs()
    for _ in range(3):
        agree(*(side() for side in sides))
    ours, theirs = timed(sides, seconds)
    return {"ours": ours, "theirs": theirs, "ratio": ours / theirs}


def alone(key: str, seconds: float) -> dict[str, float]:
    """Milliseconds of both sides in processes of their own, in turns; the ratio is the median of the turns'."""
    turns = [[in_process(key, side, seconds / 2 / TURNS) for side in ("ours", "theirs")] for _ in range(TURNS)]
    ours, theirs = map(statistics.median, zip(*turns))
    return {"ours": ours, "theirs": theirs, "ratio": statistics.median(a / b for a, b in turns)}


def in_process(key: str, side: str, seconds: float) -> float:
    """Milliseconds of one side in a fresh process, with this one's environment (the number of threads)."""
    command = [sys.executable, "-m", "benchmarks.timing", key, side, str(seconds)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def timed(sides: tuple[Work, ...], seconds: float) -> list[float]:
    """The median milliseconds of each side, run in turns for so many seconds."""
    for _ in range(WARM_UP):
        once(*sides)
    end, runs = time.perf_counter() + seconds, []
    while time.perf_counter() < end or len(runs) < 5:
        runs.append(once(*sides))
    return [1000 * statistics.median(side) for side in zip(*runs)]


def once(*sides: Work) -> list[float]:
    """Seconds of one run of each side."""
    return [duration(side) for side in sides]


def duration(work: Callable) -> float:
    """Seconds of one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def agree(ours: list, theirs: list) -> None:
    """AssertionError unless both returned the same arrays, up to rounding."""
    for a, b in zip(ours, theirs, strict=True):
        b = b.detach().numpy() if hasattr(b, "detach") else b
        error = relative_error(np.asarray(a), np.asarray(b))
        assert error < TOLERANCE, f"nnlib and its twin differ by {error:.1e} in an array of shape {np.shape(a)}"


if __name__ == "__main__":
    key, side, seconds = sys.argv[1:]
    (milliseconds,) = timed((getattr(ROWS[key], side)(),), float(seconds))
    print(json.dumps(milliseconds))
