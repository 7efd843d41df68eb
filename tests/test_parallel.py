"""Grading on many processes: every notebook exactly once, whatever happens to the workers."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from autograder.cli import cluster
from autograder.course import parallel
from autograder.course.doctor import read
from autograder.course.files import CourseError
from autograder.course.parallel import DaskPool, Kept, grade_in_parallel, local_pool
from autograder.marking.exercise import solution_notebook, with_cells
from autograder.marking.mistakes import load_mistakes
from autograder.marking.submission import code_to_run

pytestmark = pytest.mark.sandbox
EXERCISE = "gradient_check"
CHANCE = """import random
random.seed(0)

def relative_error(a, b):
    return random.random()"""
WRONG = "def relative_error(a, b):\n    return 0.5"


def jobs(n):
    """n notebooks that differ; every third has one function wrong."""
    solution = solution_notebook(EXERCISE)
    for i in range(n):
        cells = {"mse-loss": f"def mse_loss(p, t):\n    return float(((p - t) ** 2).mean())  # {i}"}
        yield f"job-{i}", code_to_run(with_cells(solution, cells | ({"relative-error": WRONG} if i % 3 == 0 else {})))


def grade(make_pool, workers, jobs, done, lost, exercise=EXERCISE):
    grade_in_parallel(make_pool, workers, exercise, jobs, [Path.cwd()], done, lost.__setitem__)


def assert_right(results, n):
    assert sorted(r.key for r in results) == sorted(f"job-{i}" for i in range(n))
    for result in results:
        wrong = int(result.key.removeprefix("job-")) % 3 == 0
        assert result.points("test-mse-loss") == 1
        assert result.points("test-linear-backward") == 3
        assert (result.points("test-relative-error") == 2) is not wrong


def kill_one_child_soon(parent, needle, after):
    """Kill -9 one of the processes below `parent` whose command line holds `needle`, once it has worked a while."""

    def kill():
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for child in psutil.Process(parent).children(recursive=True):
                try:
                    busy = any("inside.py" in " ".join(c.cmdline()) for c in child.children(recursive=True))
                    if busy and needle in " ".join(child.cmdline()):
                        time.sleep(after)
                        os.kill(child.pid, signal.SIGKILL)
                        return
                except psutil.Error:
                    continue
            time.sleep(0.05)

    thread = threading.Thread(target=kill)
    thread.start()
    return thread


def test_processes_are_kept_until_one_dies():
    with closing(Kept(lambda: local_pool(1))) as kept:
        first = kept.submit(os.getpid).result()
        kept.shutdown()
        assert kept.submit(os.getpid).result() == first
        assert kept.submit(os._exit, 1).exception() is not None
        kept.shutdown(cancel_futures=True)
        second = kept.submit(os.getpid).result()
        assert second != first
    assert not psutil.pid_exists(second)


def test_where_nothing_was_done_no_process_is_started():
    kept = Kept(lambda: pytest.fail("started"))
    kept.shutdown()
    kept.close()


def test_a_killed_worker_costs_nothing():
    results = []
    killer = kill_one_child_soon(os.getpid(), "spawn_main", after=0.5)
    grade(lambda: local_pool(2), 2, jobs(40), results.append, lost := {})
    killer.join()
    assert lost == {}
    assert_right(results, 40)


GRADER = """
import sys
from autograder.course.parallel import grade_in_parallel, local_pool
from tests.test_parallel import EXERCISE, jobs

grade_in_parallel(lambda: local_pool(2), 2, EXERCISE, jobs(100), [], lambda result: print(flush=True), print)
"""


@pytest.mark.parametrize("results", [0, 1, 2, 30])
def test_a_killed_grader_takes_everything_along(results):
    """Workers, their sandboxes and what runs in them; killed while they start, and after some results."""
    mark = f"TESTED={os.getpid()}.{time.monotonic_ns()}"
    name, value = mark.split("=")
    command, environment = [sys.executable, "-c", GRADER], os.environ | {name: value}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as grader:
        for _ in range(results):
            grader.stdout.readline()
        while len(started := psutil.Process(grader.pid).children(recursive=True)) < 2:
            time.sleep(0.01)
        grader.kill()
    deadline = time.monotonic() + 30
    while left := [p for p in started if runs(p)] + marked(mark):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def runs(process):
    """Whether a process has not come to its end."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def marked(mark):
    """The processes that were started with this in their environment."""
    return [path.parent.name for path in Path("/proc").glob("[0-9]*/environ") if mark in read(path)]


def test_a_notebook_that_always_kills_its_worker_is_reported_and_the_others_are_graded(tmp_path, monkeypatch):
    monkeypatch.setattr(parallel, "grade_chunk", deadly)
    results = []
    grade(lambda: local_pool(2), 2, jobs(20), results.append, lost := {})
    assert list(lost) == ["job-7"] and "died 3 times" in lost["job-7"]
    assert sorted(results) == sorted(f"job-{i}" for i in range(20) if i != 7)


def test_the_same_notebook_gets_the_same_mark_in_any_order_on_any_number_of_workers():
    """Every mistake of the catalogue, the solution, and one whose answers hang on a seeded generator."""
    solution = solution_notebook(EXERCISE)
    cells = {m.name: m.cells for m in load_mistakes(EXERCISE)} | {"solution": {}, "chance": {"relative-error": CHANCE}}
    notebooks = [(name, code_to_run(with_cells(solution, changed))) for name, changed in cells.items()]
    verdicts = []
    for workers, seed in ((1, None), (2, 1), (3, 2)):
        jobs, results = list(notebooks), []
        if seed:
            random.Random(seed).shuffle(jobs)
        grade(lambda n=workers: local_pool(n), workers, jobs, results.append, {})
        verdicts.append({r.key: repr([(t.name, t.points, t.message, t.trace) for t in r.tests]) for r in results})
    assert verdicts[0].keys() == cells.keys()
    assert verdicts[0] == verdicts[1] == verdicts[2]
    assert len(set(verdicts[0].values())) == len(cells)  # they can differ


def deadly(exercise, chunk, secrets, only):
    """A stand-in for `grade_chunk` in whose hands one notebook kills the worker."""
    if any(key == "job-7" for key, _ in chunk):
        os.kill(os.getpid(), signal.SIGKILL)
    return [key for key, _ in chunk]


def test_an_error_of_the_suite_stops_everything():
    with pytest.raises(Exception, match="no hidden suite"):
        grade(lambda: local_pool(1), 1, [("a", [])], print, {}, exercise="nonsense")


def test_where_dask_is_missing_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CourseError, match=r"--dask: .* pip install distributed"):
        DaskPool("tcp://127.0.0.1:1")


def test_all_workers_of_a_dask_cluster_are_used():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=3, processes=False, dashboard_address=None) as there:
        assert cluster(there.scheduler_address).workers == 3


def test_a_dask_cluster_grades_and_survives_a_killed_worker():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        results = []
        killer = kill_one_child_soon(os.getpid(), "spawn_main", after=0.5)
        make = lambda: DaskPool(cluster.scheduler_address)  # noqa: E731
        grade(make, 2, jobs(30), results.append, lost := {})
        killer.join()
    assert lost == {}
    assert_right(results, 30)
