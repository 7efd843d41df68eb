"""The trusted side's hold on the sandbox: start it, open submissions in it, talk to forks of them.

The walls (isolation.py) give the template process no network, a read-only system without suites, solutions,
gradebook or other students' work, and its own process tree; `inside.py` gives each submission the rest.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from autograder.sandbox import protocol
from autograder.sandbox.isolation import SandboxError, View, Wall, ladder, look

START_SECONDS = 60.0  # the template's imports, on a slow disk
FORK_SECONDS = 20.0  # to copy a process; a process that cannot is broken
PATIENCE, GRACE = 3.0, 2.0  # a test of 2 seconds of CPU time may take 3 * 2 + 2 by the clock: machines are loaded
LIMITS = {"DATA": 1 << 30, "AS": 16 << 30, "STACK": 8 << 20, "CPU": 600, "NPROC": 48, "FSIZE": 32 << 20,
          "NOFILE": 128, "CORE": 0, "MSGQUEUE": 0, "SIGPENDING": 1024}  # fmt: skip
MEMORY = 3 << 30  # bytes for all processes of a submission together
DISK = 64 << 20  # bytes of the private folder
START = 'exec "$@" 3<&0 </dev/null'  # the template finds its connection there, whoever builds the walls


class BrokeDown(SandboxError):
    """The template was gone when a submission ended (no student can do that): its last answers say nothing."""


class ProcessOutOfTime(Exception):
    """The student's process used up its time."""


class ProcessDied(Exception):
    """The student's process ended; the message says how."""


class Sandbox:
    """A warm template behind walls, from which submissions are opened.

    exercise: its slug, which stands in the template's command line, for people. packages: what students may import
    (parts of nnlib as nnlib.plot); the template imports it once. secrets: folders that must not be visible (the
    course, the solutions). isolation: what keeps it apart, with its version. SandboxError where nothing can.
    """

    def __init__(self, exercise: str, packages: Iterable[str] = ("numpy",), secrets: Iterable[Path] = ()):
        self.packages, self.secrets = tuple(packages), list(secrets)
        self.settings = {"exercise": exercise, "packages": self.packages,
                         "limits": LIMITS | {"NPROC": processes_allowed()}, "memory": MEMORY, "disk": DISK,
                         "uid": student_uid()}  # fmt: skip
        self.companion: Any = None  # what belongs to this sandbox and is closed with it, if anything
        self._start()

    def _start(self) -> None:
        """Start the template behind the best walls that stand here."""
        view, reasons = look(self.packages, self.secrets), []
        for wall in ladder():
            try:
                self._start_behind(wall, view)
                self.wall, self.isolation = wall, wall.describe()
                return
            except SandboxError as error:
                reasons.append(str(error))
        raise SandboxError("\n".join(reasons))

    def _start_behind(self, wall: Wall, view: View) -> None:
        """Start the template behind one kind of walls; SandboxError, with the remedy, where that does not work."""
        command = wall.command(view, lambda: Path(self.root.name))
        command = ["/bin/sh", "-c", START, "sh", *command, sys.executable, "-u", "/grader/inside.py",
                   json.dumps(self.settings)]  # fmt: skip
        self.control, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(command, stdin=theirs, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            protocol.receive(self.control, time.monotonic() + START_SECONDS)
        except (EOFError, TimeoutError):
            reason = self._end_process().decode(errors="replace").strip()
            raise SandboxError(f"the sandbox of {wall.name} did not start: {reason}\n{wall.remedy(reason)}") from None

    @cached_property
    def root(self) -> tempfile.TemporaryDirectory:
        """A folder that is gone with this object, for walls that need one."""
        return tempfile.TemporaryDirectory(prefix="sandbox-")

    def another(self) -> Sandbox:
        """A new one like it: for what the submissions in this one must not see."""
        return Sandbox(self.settings["exercise"], self.packages, self.secrets)

    def open(self) -> Submission:
        """Fork a fresh submission, one at a time; a template that was killed is started anew, once."""
        try:
            return self._open()
        except (EOFError, OSError):
            self.close()
            self._start()
        try:
            return self._open()
        except (EOFError, OSError) as error:
            raise SandboxError("the sandbox dies when a submission is opened in it") from error

    def _open(self) -> Submission:
        """Fork a fresh submission; EOFError or OSError where the template is gone."""
        ours, theirs = socket.socketpair()
        with theirs:
            protocol.send(self.control, {"op": "start"}, fds=[theirs.fileno()])
        state, _ = protocol.receive(ours, time.monotonic() + START_SECONDS)  # no student code yet: can be believed
        if "error" in state:
            raise SandboxError(f"this machine cannot isolate submissions: {state['error']}\n"
                               f"{self.wall.remedy(state['error'])}")
        return Submission(self, ours, **state["value"])

    def stop(self) -> None:
        """Kill the submission with everything it started; returns when nothing of it is left, or raises BrokeDown."""
        try:
            protocol.send(self.control, {"op": "stop"})
            protocol.receive(self.control, time.monotonic() + START_SECONDS)
        except (EOFError, OSError) as error:
            self.close()  # the kernel ends what lived in it
            raise BrokeDown("the sandbox was ended from outside while it ran a notebook") from error

    def close(self) -> None:
        """End the template and all that lives in it."""
        companion, self.companion = self.companion, None
        if companion is not None:
            companion.close()
        self.control.close()  # the template sees this and goes
        self._end_process()

    def _end_process(self) -> bytes:
        """Give it a moment to end itself, kill it otherwise; returns what it said on standard error."""
        try:
            return self.process.communicate(timeout=5)[1]
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.communicate()[1]

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class Fork:
    """One fork of a student's state: asks it for things, before a deadline.

    `spawn` forks it again: an experiment with a copy leaves this state as it was. `parent` is the process
    that waits for this one. Once student code has run in a process nothing that it says is certain, so a
    process that does not answer as it should is `broken` and not asked again.
    """

    def __init__(self, sock: socket.socket, parent: Fork | None = None, pid: int = 0):
        self.sock = sock
        self.parent = parent
        self.pid = pid
        self.broken = False
        self.deadline = 0.0  # nothing is allowed yet
        self.grant: dict[str, float] = {}  # CPU time that goes out with the next request
        self.served: list[Fork] = []  # copies that nobody talks to any more

    def allow(self, seconds: float) -> None:
        """From now on it may compute for `seconds` of CPU time. By the clock it gets more: machines are loaded."""
        self.deadline = time.monotonic() + PATIENCE * seconds + GRACE
        self.grant = {"seconds": seconds}

    def spawn(self, number: int = 1) -> list[Fork]:
        """Copies of this state, at most `number`; ProcessDied where it cannot be copied."""
        pairs = [socket.socketpair() for _ in range(number)]
        order = {"op": "fork", "end": [child.pid for child in self.served]}
        pids = self._order(order, [theirs.fileno() for _, theirs in pairs])
        for sock in (*(theirs for _, theirs in pairs), *(child.sock for child in self.served)):
            sock.close()
        self.served = []
        pids = [pid for pid in pids if is_pid(pid)] if isinstance(pids, list) else []
        for ours, _ in pairs[len(pids) :]:
            ours.close()
        if not pids:
            raise ProcessDied("the notebook's process could not be copied")
        return [Fork(ours, self, pid) for (ours, _), pid in zip(pairs, pids)]

    def _order(self, header: dict, fds: Sequence[int] = ()) -> Any:
        """The answer to a request that costs no student's time, by `FORK_SECONDS`; None where there is none."""
        if self.broken:
            return None
        deadline = time.monotonic() + FORK_SECONDS
        try:
            protocol.send(self.sock, header, fds=fds, deadline=deadline)
            return protocol.receive(self.sock, deadline)[0].get("value")
        except (EOFError, OSError, protocol.ProtocolError):
            self.broken = True
            return None

    def ask(
        self, op: str, value: Any = None, special: Callable[[Any], dict] | None = None, **header: Any
    ) -> tuple[dict, list[memoryview]]:
        """Send one request and return the header and buffers of the reply.

        Raises ProcessOutOfTime, ProcessDied, or protocol.ProtocolError where the answer makes no sense.
        """
        encoder = protocol.Encoder(special)
        self.send({"op": op, "value": encoder.encode(value), **header, **self.grant}, encoder.buffers)
        self.grant = {}
        return self.receive()

    def send(self, header: dict, buffers: list[bytes]) -> None:
        """Send one message; raises ProcessOutOfTime or ProcessDied."""
        try:
            protocol.send(self.sock, header, buffers, deadline=self.deadline)
        except TimeoutError:
            self.end()
            raise ProcessOutOfTime from None
        except OSError:
            raise self.post_mortem() from None

    def receive(self) -> tuple[dict, list[memoryview]]:
        """Receive one message; raises ProcessOutOfTime, ProcessDied or ProtocolError."""
        try:
            return protocol.receive(self.sock, self.deadline)
        except TimeoutError:
            self.end()
            raise ProcessOutOfTime from None
        except (EOFError, OSError):
            raise self.post_mortem() from None

    def post_mortem(self) -> Exception:
        """Why the process is gone, as far as its parent can tell."""
        status = self.end()
        if type(status) is not int or not 0 < status < 1 << 16 or not os.WIFSIGNALED(status):
            return ProcessDied("the process ended itself")
        number = os.WTERMSIG(status)
        if number in (signal.SIGXCPU, signal.SIGKILL):
            return ProcessOutOfTime()
        name = signal.strsignal(number) if number in signal.valid_signals() else number
        return ProcessDied(f"the process crashed ({name})")

    def leave(self) -> None:
        """Ask no more; the process is killed when its parent forks the next time, or with the submission.

        The connection stays open until then, so that the process does not wake up only to end itself.
        """
        if self.parent is not None and self.pid:
            self.parent.served.append(self)

    def hang_up(self) -> None:
        """Close the connections to this process and to its copies that have served."""
        for fork in (self, *self.served):
            fork.sock.close()

    def end(self) -> Any:
        """Kill this fork; returns its wait status where its parent can tell."""
        self.sock.close()
        if self.parent is None or not self.pid:
            return None
        pid, self.pid = self.pid, 0
        return self.parent._order({"op": "end", "pid": pid})


class Submission(Fork):
    """A submission's first process: never runs student code itself, only forks.

    seccomp: whether the kernel filters the system calls of this submission.
    """

    def __init__(self, sandbox: Sandbox, sock: socket.socket, seccomp: bool):
        super().__init__(sock)
        self.sandbox = sandbox
        self.seccomp = seccomp

    def close(self) -> None:
        """Kill everything that this submission started and drop everything that it wrote; see `Sandbox.stop`."""
        self.sock.close()
        self.sandbox.stop()


def is_pid(number: Any) -> bool:
    """Whether a process that may lie has named a process."""
    return type(number) is int and 1 < number < 1 << 31


def student_uid() -> int:
    """Whom submissions run as where the grader is root: no one, and not the no one of another worker.

    The limit on processes counts all that a user runs; one worker's submission must not starve another's.
    """
    return 60_000 + os.getpid() % 5_000


def processes_allowed() -> int:
    """The limit on processes: on some kernels it counts all that this user runs, so those come on top."""
    if os.geteuid() == 0:
        return LIMITS["NPROC"]
    mine = 0
    for status in Path("/proc").glob("[0-9]*/task"):
        try:
            if status.stat().st_uid == os.geteuid():
                mine += len(os.listdir(status))
        except OSError:
            continue
    return LIMITS["NPROC"] + mine
