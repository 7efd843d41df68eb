"""Which isolation this machine has, and whether it holds when it is tried.

Nothing is taken on trust: each limit is tried with code that means to break it, then the attack submissions
are graded like any others, with a good one after each.
"""

from __future__ import annotations

import ast
import contextlib
import os
import platform
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.marking.exercise import solution_notebook, with_cells
from autograder.marking.plugin import grade_all, open_sandbox
from autograder.marking.result import Result
from autograder.marking.run import NotebookRun
from autograder.marking.student import Died, OutOfTime, StudentError
from autograder.marking.submission import Cell, code_to_run
from autograder.marking.suite import PROJECT, load_suite
from autograder.sandbox.isolation import WALLS
from autograder.sandbox.outside import DISK, LIMITS, MEMORY, Sandbox
from autograder.sandbox.probes import LITTER, PROBES, Probe

ATTACKS = PROJECT / "tests" / "attacks"
ATTACKED = "adam"  # the exercise, and its cell, that attack submissions replace
SECONDS = 1.0  # of CPU time to leave litter and to find it


@dataclass(frozen=True)
class Finding:
    """One thing that was tried: whether it held, and what happened."""

    what: str
    tried: str
    held: bool
    happened: str


def machine() -> Iterator[tuple[str, str]]:
    """What this machine offers, as (name, words)."""
    root = os.geteuid() == 0
    yield "system", f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    for wall in WALLS:
        yield wall.name, wall.describe().removeprefix(wall.name).strip() or "not installed"
    yield "user", "root; submissions run as a user of their own" if root else f"not root (number {os.geteuid()})"
    yield "user namespaces", user_namespaces()
    yield "seccomp", read("/proc/sys/kernel/seccomp/actions_avail") or "not offered by the kernel"
    yield "cgroups", cgroups()
    yield "limits", (f"memory {LIMITS['DATA'] >> 20} MiB a process, {MEMORY >> 20} MiB together; {LIMITS['NPROC']} "
                     f"processes; files of {LIMITS['FSIZE'] >> 20} MiB, {DISK >> 20} MiB together")  # fmt: skip


def user_namespaces() -> str:
    """Whether an ordinary user may make user namespaces here, by making one."""
    if not shutil.which("unshare"):
        return f"up to {read('/proc/sys/user/max_user_namespaces') or 'an unknown number'} (not tried)"
    shown = subprocess.run(["unshare", "--user", "true"], capture_output=True, text=True)
    return "yes" if shown.returncode == 0 else f"no ({shown.stderr.strip()})"


def cgroups() -> str:
    """Which version of control groups is mounted; the grader does without them."""
    if Path("/sys/fs/cgroup/cgroup.controllers").exists():
        return "version 2 (not needed)"
    return "version 1 (not needed)" if Path("/sys/fs/cgroup").exists() else "none (not needed)"


def read(path: str) -> str:
    """A file of the kernel's, or nothing."""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def limits() -> Iterator[Finding]:
    """Try every limit, each in a submission of its own. Raises SandboxError where there is no sandbox."""
    secrets = [Path(__file__), *PROJECT.glob("autograder/suites/*/*.py"),
               *PROJECT.glob("solutions/*/*.ipynb"), Path("/etc/passwd"), Path("/etc/shadow")]  # fmt: skip
    with socket.create_server(("127.0.0.1", 0)) as listener, Sandbox("doctor", secrets=[PROJECT]) as sandbox:
        clues = {
            "network": str(listener.getsockname()[1]),
            "the grader's files": "\n".join(map(str, secrets)),
            "the system's files": "\n".join([sys.prefix, sys.base_prefix, str(PROJECT), str(PROJECT / "nnlib")]),
            "other processes": read("/proc/self/cmdline"),
        }
        for probe in PROBES:
            yield attempt(sandbox, replace(probe, clue=clues.get(probe.what, "")))
        yield from afterwards(sandbox)
        yield Finding("walls", "(around all of this)", True, sandbox.isolation)


def attempt(sandbox: Sandbox, probe: Probe) -> Finding:
    """Run one probe. Whatever is not clearly held counts as broken."""
    with contextlib.closing(NotebookRun(sandbox, [Cell("probe", probe.code, 0)])) as run:
        try:
            got_out, saw = run.student(probe.seconds).broke_out(probe.clue)
            return Finding(probe.what, probe.tries, got_out is False, str(saw))
        except (OutOfTime, Died) as stopped:
            return Finding(probe.what, probe.tries, True, f"stopped: {stopped.message}")
        except (StudentError, TypeError, ValueError) as error:
            return Finding(probe.what, probe.tries, False, f"cannot tell: {error}")


def afterwards(sandbox: Sandbox) -> Iterator[Finding]:
    """Whether anything of a submission outlives it, and whether its system calls are filtered."""
    mark = f"86399.{os.getpid()}"  # in seconds: nobody else sleeps just so long
    with contextlib.closing(NotebookRun(sandbox, [Cell("probe", LITTER, 0)])) as run:
        run.student(SECONDS).litter(mark)
        yield Finding("system calls", "(a second wall, where the kernel has it)", True,
                      "filtered by seccomp" if run.submission.seccomp else "not filtered on this machine")  # fmt: skip
    left = [path for path in Path("/proc").glob("[0-9]*/cmdline") if mark in read(str(path))]
    yield Finding("left processes", "leave one running", not left,
                  f"{len(left)} still running" if left else "none is left")  # fmt: skip
    with contextlib.closing(NotebookRun(sandbox, [Cell("probe", LITTER, 0)])) as run:
        found = run.student(SECONDS).found()
    yield Finding("left files", "leave one for the next submission", found is False,
                  "the next one finds an empty folder" if found is False else "the next one finds it")  # fmt: skip


def attacks(done: Callable[[Finding], None], folder: Path = ATTACKS) -> None:
    """Grade every attack submission, each followed by the solution, which must still get everything."""
    files = sorted(folder.glob("[!_]*.py"))
    if not files:
        return
    suite, solution = load_suite(ATTACKED), solution_notebook(ATTACKED)
    jobs = []
    for file in files:
        attack = with_cells(solution, {ATTACKED: file.read_text(encoding="utf-8")})
        jobs += [(str(file), code_to_run(attack)), ("afterwards", code_to_run(solution))]
    pair: list[Result] = []

    def judge(result: Result) -> None:
        pair.append(result)
        if len(pair) == 2:
            done(verdict(*pair))
            pair.clear()

    with open_sandbox(suite) as sandbox:
        grade_all(suite, sandbox, jobs, judge)


def verdict(attack: Result, after: Result) -> Finding:
    """What became of an attack, and of the submission after it. The key of an attack's result is its file."""
    won = attack.points(f"test-{ATTACKED}")
    whole = all(test.passed for test in after.tests)
    said = "earned nothing" if not won else f"EARNED {won:g} POINTS"
    said += ", the next submission got full marks" if whole else ", THE NEXT SUBMISSION SUFFERED"
    return Finding(Path(attack.key).stem, tries_of(Path(attack.key)), not won and whole, said)


def tries_of(file: Path) -> str:
    """What an attack tries: the first line of its docstring."""
    return (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or file.stem).splitlines()[0].rstrip(".")
