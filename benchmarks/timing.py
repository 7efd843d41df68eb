"""How it is measured: side by side in one process, and each side alone in a process of its own.

The two differ: alone, one side has the caches and the memory to itself. A shared machine is noisy; medians help,
and turns: the sides are measured one after the other, again and again. With one thread the clock is the CPU time
of the process, which stands still while other programs run. A process of its own is this file as a program, which
does the work for as many seconds as each line of its input says, and answers with the median:

    python -m benchmarks.timing ROW ours|theirs THREADS
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

import numpy as np

from benchmarks.rows import ROWS, Row, Work
from nnlib.check import relative_error

WARM_UP = 3                                      # runs before those that count
TURNS = 7                                        # of each process
TOLERANCE = 1e-4                                 # float32


def interleaved(row: Row, threads: int, seconds: float) -> dict[str, float]:
    """Milliseconds of both sides, one run of each in turns, and their ratio, after a check that they agree."""
    sides = row.ours(), row.theirs()
    for _ in range(WARM_UP):
        agree(*(side() for side in sides))
    ours, theirs = medians(sides, threads, seconds)
    return {"ours": ours, "theirs": theirs, "ratio": ours / theirs}


def alone(key: str, threads: int, seconds: float) -> dict[str, float]:
    """Milliseconds of both sides, each in its process, in turns; the ratio is the median of the turns' ratios."""
    processes = [start(key, side, threads) for side in ("ours", "theirs")]
    turns = [[ask(process, seconds / 2 / TURNS) for process in processes] for _ in range(TURNS)]
    for process in processes:
        process.communicate()
    ours, theirs = map(statistics.median, zip(*turns))
    return {"ours": ours, "theirs": theirs, "ratio": statistics.median(a / b for a, b in turns)}


def start(key: str, side: str, threads: int) -> subprocess.Popen:
    """A process for one side; the number of threads reaches the libraries by the environment."""
    command = [sys.executable, "-m", "benchmarks.timing", key, side, str(threads)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)


def ask(process: subprocess.Popen, seconds: float) -> float:
    """The median milliseconds of one turn."""
    process.stdin.write(f"{seconds}\n")
    return float(process.stdout.readline())


def medians(sides: tuple[Work, ...], threads: int, seconds: float) -> list[float]:
    """The median milliseconds of each side, run in turns for so many seconds."""
    clock = time.process_time if threads == 1 else time.perf_counter
    end, runs = time.perf_counter() + seconds, []
    while time.perf_counter() < end or len(runs) < WARM_UP + 5:
        runs.append([duration(side, clock) for side in sides])
    return [1000 * statistics.median(side) for side in zip(*runs[WARM_UP:])]


def duration(work: Work, clock) -> float:
    """Seconds of one run."""
    begin = clock()
    work()
    return clock() - begin


def agree(ours: list, theirs: list) -> None:
    """AssertionError unless both returned the same arrays, up to rounding."""
    for a, b in zip(ours, theirs, strict=True):
        b = b.detach().numpy() if hasattr(b, "detach") else b
        error = relative_error(np.asarray(a), np.asarray(b))
        assert error < TOLERANCE, f"nnlib and its twin differ by {error:.1e} in an array of shape {np.shape(a)}"


if __name__ == "__main__":
    key, side, threads = sys.argv[1:]
    work = getattr(ROWS[key], side)()
    for line in sys.stdin:
        print(*medians((work,), int(threads), float(line)), flush=True)
