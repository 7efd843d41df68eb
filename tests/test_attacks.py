"""Attack submissions, graded one after the other in one warm sandbox, each followed by a good one.

No attack earns a point that it has not earned honestly, gets at what is hidden, leaves anything behind, stops
the batch, or costs the next submission anything. The attacks are in tests/attacks/, one file each. The source
is put behind the cells of the untouched exercise; where `# honest part: N points` says that some tasks are done well,
it takes the place of `adam` in the solution. It prints GOT IN where it gets at something that it must not.
"""

import gc
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from autograder.marking import feedback
from autograder.marking.exercise import release_notebook, solution_notebook, with_cells
from autograder.marking.plugin import grade_all, open_sandbox
from autograder.marking.submission import Cell, code_to_run
from autograder.marking.suite import load_suite
from autograder.sandbox import outside

ATTACKS = sorted((Path(__file__).parent / "attacks").glob("*.py"))
CELLS = ("test-update-moments", "test-bias-correction", "test-adam", "test-train")
MARK = "left-by-attack"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
SECONDS = 60  # by the clock, for one attack: far above what any takes, far below what "for ever" would take

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module", autouse=True)
def bubblewrap():
    """Skip, and say so, where nothing can be tried."""
    if shutil.which("bwrap") is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs bubblewrap")
        pytest.skip("bubblewrap is not installed: NO ATTACK WAS TRIED")


@pytest.fixture(scope="module")
def suite():
    return load_suite("adam")


@pytest.fixture(scope="module")
def good():
    """The cells of the solution."""
    return code_to_run(solution_notebook("adam"))


def honest_part(source):
    """The points that an attack earns honestly."""
    found = re.search(r"^# honest part: ([\d.]+) points$", source, re.MULTILINE)
    return float(found[1]) if found else 0


def attack_cells(source):
    """The cells of an attack."""
    if honest_part(source):
        return code_to_run(with_cells(solution_notebook("adam"), {"adam": source}))
    cells = code_to_run(release_notebook("adam"))
    return [*cells, Cell("attack", source, len(cells))]


def descendants(pid):
    """Process ids of all that a process has started and that still runs."""
    found, todo = [], [pid]
    while todo:
        for task in Path(f"/proc/{todo.pop()}/task").glob("*/children"):
            children = [int(p) for p in task.read_text().split()]
            found += children
            todo += children
    return found


def state_of_this_process():
    """What an attack on the trusted side would change."""
    comparisons = [np.testing.assert_allclose, np.allclose, np.all, all, any, len, isinstance, time.monotonic, os.kill]
    return {
        "files": sorted(os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if int(fd) < 3),
        "open files": len(os.listdir("/proc/self/fd")),
        "threads": threading.active_count(),
        "folder": os.getcwd(),
        "comparisons": list(map(id, comparisons)),
        "path": [*sys.path, *map(repr, sys.meta_path)],
        "environment": {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"},
        "signals": [signal.getsignal(s) for s in (signal.SIGTERM, signal.SIGALRM, signal.SIGXCPU, signal.SIGCHLD)],
    }


def found_on_host():
    """Files that attacks try to leave, wherever they could be seen from outside."""
    folders = [Path(p) for p in ("/", "/tmp", "/var/tmp", "/dev/shm", "/run", "/usr", "/root", "/home", ".", "~")]
    return [p for f in folders for p in f.expanduser().glob(f"{MARK}*")]


class Graded:
    """What became of all attacks: results by name, and what was seen on the host after each."""

    def __init__(self, suite, good):
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        self.results, self.left = {}, {}
        gc.collect()
        self.before = state_of_this_process()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(outside, "MEMORY", 1 << 30)  # it takes time to fill more
            patch.setitem(outside.LIMITS, "DATA", 512 << 20)
            self.grade(suite, good, patch)
        gc.collect()
        self.after = state_of_this_process()

    def grade(self, suite, good, patch):
        with open_sandbox(suite) as warm:
            self.quiet = descendants(warm.process.pid)
            self.template = warm.process.pid
            probe = warm.open()
            self.filtered = probe.seccomp
            probe.close()
            grade_all(suite, warm, self.jobs(patch, good), lambda result: self.note(result, warm))
            self.template_after = warm.process.pid

    def jobs(self, patch, good):
        """Each attack, then the solution. An attack that hangs gets little time: it costs no mark either way."""
        yield "first", good
        for path in ATTACKS:
            source = path.read_text(encoding="utf-8")
            with patch.context() as short:
                if "\n# hangs\n" in source:
                    short.setattr(outside, "PATIENCE", 0)
                    short.setattr(outside, "GRACE", 0.7)
                    short.setattr(outside, "FORK_SECONDS", 1)
                yield path.stem, attack_cells(source)
            yield f"after {path.stem}", good

    def note(self, result, warm):
        self.results[result.key] = result
        self.left[result.key] = set(descendants(warm.process.pid)) - set(self.quiet)


@pytest.fixture(scope="module")
def graded(suite, good):
    return Graded(suite, good)


@pytest.mark.parametrize("path", ATTACKS, ids=lambda p: p.stem)
def test_attack(graded, path):
    source = path.read_text(encoding="utf-8")
    if path.stem in ("kernel_calls", "network", "privileges") and not graded.filtered:
        pytest.skip("this kernel offers no seccomp filter, the second wall against these")
    result, first, after = graded.results[path.stem], graded.results["first"], graded.results[f"after {path.stem}"]
    assert sum(map(result.points, CELLS)) == honest_part(source), [t.name for t in result.tests if t.passed]
    assert len(result.tests) == len(first.tests)
    said = "\n".join(f"{c['out']}\n{(c['error'] or '').partition(chr(10))[0]}" for c in result.cells.values())
    assert "GOT IN" not in said, said
    assert graded.left[path.stem] == set(), "processes have outlived the submission"
    assert result.seconds < SECONDS
    assert [(t.name, t.points, t.message) for t in after.tests] == [(t.name, t.max_points, "") for t in first.tests]
    assert after.cells == first.cells


@pytest.mark.parametrize("path", ATTACKS, ids=lambda p: p.stem)
def test_feedback_is_harmless(graded, path):
    result = graded.results[path.stem]
    page = "".join(told.html for told in feedback.tell(result).values())
    words = "".join(test.message.partition("\n")[0] for test in result.tests)  # without lines of the student's own code
    outputs = "".join(f"{c['out']}{c['error']}" for c in result.cells.values())
    assert not re.search(r"<(script|img|iframe)", page)
    assert not CONTROL.search(page + outputs)
    assert "LEAK" not in words and len(page) < 20_000


def test_there_are_enough_attacks_and_each_says_what_it_tries():
    assert len(ATTACKS) >= 30
    for path in ATTACKS:
        source = path.read_text(encoding="utf-8")
        assert re.match(r'""".{20,}\."""\n', source), path
        assert ("honest part" in source) == (honest_part(source) > 0), path


def test_this_process_is_unharmed(graded):
    assert graded.before == graded.after


def test_nothing_is_left_on_this_machine(graded):
    assert found_on_host() == []
    assert not Path(f"/proc/{graded.template}").exists()
    assert graded.template == graded.template_after, "an attack has ended the template"


def test_a_killed_template_is_replaced_and_the_batch_goes_on(suite, good, monkeypatch):
    results, kills = [], []
    original = outside.Fork.spawn

    def kill(process):
        _, template, *_ = descendants(process.pid)  # bubblewrap's own first process, then ours
        os.kill(template if kills else process.pid, signal.SIGKILL)
        kills.append(process.pid)

    def spawn(fork, number=1):
        if len(results) == 2 and len(kills) == 1 and fork.parent is not None:
            kill(warm.process)  # in the middle of the tests of the third notebook
        return original(fork, number)

    def jobs():
        yield "one", good
        kill(warm.process)
        yield "two", good
        yield "three", good

    monkeypatch.setattr(outside.Fork, "spawn", spawn)
    with open_sandbox(suite) as warm:
        grade_all(suite, warm, jobs(), results.append)
    assert len(set(kills)) == 2
    assert [(r.key, sum(map(r.points, CELLS))) for r in results] == [("one", 8), ("two", 8), ("three", 8)]


def test_a_sandbox_that_cannot_work_stops_the_batch_with_its_reason(suite, good, monkeypatch):
    monkeypatch.setitem(outside.LIMITS, "NOFILE", 3)
    with pytest.raises(outside.SandboxError), open_sandbox(suite) as warm:
        grade_all(suite, warm, [("one", good)], print)


def test_a_killed_grader_takes_its_sandbox_along():
    script = (
        "import time; from autograder.sandbox.outside import Sandbox; s = Sandbox('x'); o = s.open(); f = o.spawn();"
        "print(s.process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as grader:
        processes = descendants(int(grader.stdout.readline()))
        assert len(processes) >= 4
        grader.kill()
    deadline = time.monotonic() + 20
    while alive := [p for p in processes if Path(f"/proc/{p}").exists()]:
        assert time.monotonic() < deadline, f"still there: {alive}"
        time.sleep(0.02)
