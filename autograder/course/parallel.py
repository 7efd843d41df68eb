"""Grade many notebooks on many processes: a pool on this machine, or a Dask cluster.

Work goes out in chunks. A worker keeps its sandbox warm from one chunk to the next and sends plain results
back. A worker that dies takes its chunk along; the notebooks of that chunk are then tried one by one.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from multiprocessing.queues import SimpleQueue
from pathlib import Path

from autograder.course.files import CourseError
from autograder.marking.plugin import grade_all, open_sandbox
from autograder.marking.result import Result
from autograder.marking.submission import Cell
from autograder.marking.suite import load_suite
from autograder.sandbox.confined import limit_memory
from autograder.sandbox.forking import end_with
from autograder.sandbox.outside import Sandbox

CHUNK = 16  # notebooks that travel together at most: few enough to lose, enough to be worth a pytest session
TRIES = 3  # of a notebook whose worker died
MEMORY = 2 << 30  # bytes that a worker may allocate: what comes back from students can grow in a test's hands
Job = tuple[str, list[Cell]]  # key and code of a notebook
_warm: dict[tuple[str, str], Sandbox] = {}  # in a worker: the sandbox of the last chunk


def grade_chunk(
    exercise: str, jobs: Sequence[Job], secrets: Sequence[Path], only: Mapping[str, Collection[str]] | None = None
) -> list[Result]:
    """Grade some notebooks in this process, in a sandbox that stays open for the next call; `only` as in grade_all."""
    suite = load_suite(exercise)
    place = (exercise, suite.hash)
    if place not in _warm:
        close_sandboxes()
        _warm[place] = open_sandbox(suite, secrets)
    results: list[Result] = []
    grade_all(suite, _warm[place], jobs, results.append, only)
    return results


@atexit.register
def close_sandboxes() -> None:
    """Close what `grade_chunk` left open."""
    while _warm:
        _warm.popitem()[1].close()


def stay_on(number: int) -> None:
    """Keep this process, and what it starts from now on, on one of its CPUs (number 0, 1, ... and round again).

    Grader and sandbox never work at the same time, they wait for each other hundreds of times for each notebook.
    On one CPU they take turns; on two, each turn wakes a CPU that had gone to sleep, which costs as much again.
    """
    cpus = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cpus[number % len(cpus)]})


def local_pool(workers: int) -> Executor:
    """Processes of this machine. They start afresh, so that they share no lock and no thread with this one."""
    context = multiprocessing.get_context("spawn")
    numbers = context.SimpleQueue()
    for number in range(workers):
        numbers.put(os.getpid() + number)  # another course's run begins at another CPU
    return ProcessPoolExecutor(workers, context, initializer=settle, initargs=(os.getpid(), numbers))


def settle(parent: int, numbers: SimpleQueue) -> None:
    """Tie a worker's life to its parent's, give it a CPU of its own, as far as they go, and a limit on its memory."""
    end_with(parent)
    stay_on(numbers.get())
    limit_memory(MEMORY)


class Kept(Executor):
    """A pool that outlives `shutdown`, for the next exercise: processes take longer to start than a class to grade.

    Where one of them died, `shutdown` ends all, and the next `submit` starts new ones. `close` ends them for good.
    """

    def __init__(self, make: Callable[[], Executor]):
        self.make = make
        self.pool: Executor | None = None

    def submit(self, function: Callable, *arguments: object) -> Future:
        """Run `function(*arguments)` in one of the processes."""
        self.pool = self.pool or self.make()
        return self.pool.submit(function, *arguments)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes only where they are of no more use: then they refuse even the smallest piece of work."""
        try:
            if self.pool:
                self.pool.submit(int)
        except BrokenExecutor:
            self.close()

    def close(self) -> None:
        """End the processes."""
        pool, self.pool = self.pool, None
        if pool:
            pool.shutdown(cancel_futures=True)


class DaskPool(Executor):
    """The workers of a running Dask cluster, which need this project installed. CourseError without Dask here."""

    def __init__(self, address: str):
        try:
            from distributed import Client
        except ImportError as error:
            raise CourseError("--dask: the package distributed is missing; pip install distributed") from error
        self.client = Client(address)
        self.pool = self.client.get_executor(pure=False)

    @property
    def workers(self) -> int:
        """How many there are now; two at least, since a cluster may start them when there is work."""
        return max(2, len(self.client.nthreads()))

    def submit(self, function: Callable, *arguments: object) -> Future:
        """Run `function(*arguments)` on a worker."""
        return self.pool.submit(function, *arguments)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; it goes on without us."""
        self.client.close()


def grade_in_parallel(
    make_pool: Callable[[], Executor],
    workers: int,
    exercise: str,
    jobs: Iterable[Job],
    secrets: Sequence[Path],
    done: Callable[[Result], None],
    failed: Callable[[str, str], None],
    only: Mapping[str, Collection[str]] | None = None,
) -> None:
    """Grade all jobs; `done` gets each result as it comes, `failed` the key of what cannot be graded and the reason.

    workers: how many chunks run at the same time. only: as in `grade_all`.
    A notebook is tried up to three times when workers die. Errors of the suite or the sandbox stop everything.
    """
    chunks = deque(chunks_of(list(jobs), workers))
    most = 2 * workers if workers > 1 else 1  # each has its next chunk at hand; one worker is to have the machine alone
    suspects: deque[list[Job]] = deque()  # single notebooks whose worker died
    tries: dict[str, int] = {}
    running: dict[Future, list[Job]] = {}
    pool = make_pool()
    try:
        while chunks or suspects or running:
            while (chunks and len(running) < most) or not running:
                # suspects come last and one at a time, so that a death has one culprit
                chunk = chunks.popleft() if chunks else suspects.popleft()
                running[pool.submit(grade_chunk, exercise, chunk, secrets, only)] = chunk
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            broken = []
            for future in finished:
                chunk = running.pop(future)
                if died(future):
                    broken.append(chunk)
                    continue
                for result in future.result():
                    done(result)
            if broken:
                broken += running.values()
                running.clear()
                pool.shutdown(cancel_futures=True)
                pool = make_pool()
            for job in (job for chunk in broken for job in chunk):
                tries[job[0]] = tries.get(job[0], 0) + 1
                if tries[job[0]] < TRIES:
                    suspects.append([job])
                else:
                    failed(job[0], f"its worker died {TRIES} times")
    finally:
        pool.shutdown(cancel_futures=True)


def chunks_of(jobs: list[Job], workers: int) -> Iterator[list[Job]]:
    """The jobs in chunks, so small that of a small class, too, each worker gets a share."""
    size = max(1, min(CHUNK, len(jobs) // (2 * workers)))
    return (jobs[i : i + size] for i in range(0, len(jobs), size))


def died(future: Future) -> bool:
    """Whether the worker of this future was killed (in a local pool or by Dask's own name for it)."""
    error = future.exception()
    return isinstance(error, BrokenExecutor) or type(error).__name__ in ("KilledWorker", "CancelledError")
