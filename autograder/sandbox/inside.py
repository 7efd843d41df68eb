"""What runs inside the sandbox: a warm template, a jail for each submission, a fork for each test.

The template imports the heavy packages once and never runs student code. For each submission it forks a
first process into fresh namespaces (processes, mounts, IPC) with a private writable folder and no rights;
when that process is killed, the kernel kills everything that the submission started and drops everything
that it wrote. All student code runs in forks of the first process, which answer requests (`Server`). Nothing
that they say is believed on the other side.

This file, forking.py, protocol.py and seccomp.py are all of the grader that the sandbox can see.
"""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import importlib
import io
import json
import math
import os
import re
import resource
import select
import signal
import socket
import sys
import threading
import traceback
import types
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import protocol
import seccomp
from forking import check, fork, get_ready, libc

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWPID = 0x00020000, 0x08000000, 0x20000000
MS_NOSUID, MS_NODEV, MS_REC, MS_PRIVATE = 2, 4, 0x4000, 1 << 18
PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4
CONTROL = 3  # the file descriptor of the connection to the trusted side
HOME = os.environ["HOME"]  # the one place where a submission may write
WATCH_SECONDS = 0.1  # between two looks at what a submission uses
MEMORY = re.compile(rb"(?:RssAnon|RssShmem|VmPTE|VmSwap):\s+(\d+)")  # lines of /proc/PID/status, in kB
LATE = {"torch": "torch._dynamo"}  # the first optimizer imports it: 1.3 s of CPU, which each submission would pay
WARM_UP = 16  # rounds; Python specializes code that ran a few times
CROWD, LOOKS = 3, 5  # a submission with more running threads than that has to stand back after so many looks


# The template -----------------------------------------------------------------------------------------------


def template(control: socket.socket, settings: dict) -> None:
    """Import what submissions need, then start and stop submissions, one at a time, as the trusted side asks."""
    proc, namespace = os.open("/proc", os.O_RDONLY), os.open("/proc/self/ns/pid", os.O_RDONLY)
    check(libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl")
    for name in settings["packages"]:
        importlib.import_module(name)
        importlib.import_module(LATE.get(name, name))
    shell = make_shell()
    warm_up(shell)
    get_ready()
    protocol.send(control, {"value": "ready"})
    neighbours = set(os.listdir(proc))
    while True:
        fds: list[int] = []
        try:
            protocol.receive(control, fds=fds)
        except EOFError:
            os._exit(0)
        first = start(namespace)
        if not first:
            for fd in (control.detach(), proc, namespace):
                os.close(fd)
            be_first(socket.socket(fileno=fds[0]), shell, settings)
        os.close(fds[0])
        watch(first, control, proc, neighbours, settings["memory"])
        os.kill(first, signal.SIGKILL)  # and with it, by the kernel's hand, all processes of the submission
        os.waitpid(first, 0)
        protocol.receive(control)
        protocol.send(control, {"value": "stopped"})


def warm_up(shell: Any) -> None:
    """Run cells and answer calls: what Python imports, caches and specializes on the way, forks find done."""
    ours, theirs = socket.socketpair()
    trusted_side = fork()
    if not trusted_side:
        rehearse(ours)
        os._exit(0)
    server = Server(theirs, shell)
    for _ in range(WARM_UP):
        run_cell(shell, "same = lambda x, function, y: function(x)", "cell that warms up")
        fds: list[int] = []
        server.answer(*protocol.receive(theirs, fds=fds), fds)
    os.waitpid(trusted_side, 0)
    del shell.user_ns["same"]
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__  # what goes wrong from here on is to be heard


def rehearse(sock: socket.socket) -> None:
    """Ask for what `warm_up` answers, as a test does: call a function that calls the test's function."""
    target = {"id": None, "path": [["attribute", "same"]]}
    for _ in range(WARM_UP):
        encoder = protocol.Encoder(lambda function: {"t": "function", "id": 0})
        value = encoder.encode([[np.ones((2, 3)), print], {"y": (1.0, True)}])
        protocol.send(sock, {"op": "call", "target": target, "value": value}, encoder.buffers)
        protocol.receive(sock)
        encoder = protocol.Encoder(dict)
        protocol.send(sock, {"value": encoder.encode(np.ones(3))}, encoder.buffers)
        protocol.receive(sock)


def start(namespace: int) -> int:
    """Fork a submission's first process, with process ids of its own; `namespace` is where this process has its own."""
    check(libc.unshare(CLONE_NEWPID), "unshare")  # takes effect for children only
    first = fork()
    if first:
        check(libc.setns(namespace, CLONE_NEWPID), "setns")
    return first


def be_first(sock: socket.socket, shell: Any, settings: dict) -> None:
    """Shut this process in, tell the trusted side how well that went, then fork when asked; never returns."""
    try:
        filtered = enter_jail(settings)
    except (OSError, ValueError) as error:
        protocol.send(sock, {"error": f"{type(error).__name__}: {error}"})
        os._exit(1)
    protocol.send(sock, {"value": {"seccomp": filtered}})
    Server(sock, shell).loop()


def enter_jail(settings: dict) -> bool:
    """Give this process an empty writable folder, its own /proc, limits, and no rights at all.

    Returns whether the kernel also filters its system calls; raises OSError where anything else is refused.
    """
    nothing = ctypes.c_void_p()
    check(libc.unshare(CLONE_NEWNS | CLONE_NEWIPC), "unshare")
    check(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, nothing), "private mounts")
    room = f"size={settings['disk']},nr_inodes=4096,mode=0777".encode()
    check(libc.mount(b"tmpfs", HOME.encode(), b"tmpfs", MS_NOSUID | MS_NODEV, room), "mount home")
    first_to_go()
    if libc.mount(b"proc", b"/proc", b"proc", MS_NOSUID | MS_NODEV, nothing) == -1:
        check(libc.mount(b"tmpfs", b"/proc", b"tmpfs", MS_NOSUID | MS_NODEV, b"size=0"), "hide /proc")
    os.chdir(HOME)
    os.dup2(0, 2)  # standard error leads to the trusted side, standard input to /dev/null
    for name, value in settings["limits"].items():
        limit = getattr(resource, "RLIMIT_" + name)
        hard = resource.getrlimit(limit)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (value, value))
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(*[settings["uid"]] * 3)
        os.setresuid(*[settings["uid"]] * 3)
    drop_capabilities()
    check(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl")
    check(libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl")
    return seccomp.install()


def first_to_go() -> None:
    """When the machine runs out of memory, the kernel is to end submissions before anything else."""
    libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)  # else the file belongs to root
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def drop_capabilities() -> None:
    """Give up every capability; with no_new_privs set, none can come back."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    none = (ctypes.c_uint32 * 6)()
    check(libc.capset(header, none), "capset")


# The watch --------------------------------------------------------------------------------------------------


def watch(first: int, control: socket.socket, proc: int, neighbours: set[str], memory: int) -> None:
    """Until the trusted side has a request, see to it that the submission as a whole stays within bounds.

    The kernel's limits hold for each process; here all of them count. Too much `memory` (bytes) ends the
    submission. Where far more threads run than the one that a test keeps busy, all get what CPU time others
    leave, so that other workers' submissions do not suffer. proc: an open /proc. neighbours: who else is there.
    """
    crowded = 0
    while not select.select([control], [], [], WATCH_SECONDS)[0]:
        processes = set(filter(str.isdigit, os.listdir(proc))) - neighbours
        used, running = usage(proc, processes)
        crowded = crowded + 1 if running > CROWD else 0
        if used > memory:
            os.kill(first, signal.SIGKILL)
        elif crowded >= LOOKS:
            stand_back(proc, processes)


def usage(proc: int, processes: set[str]) -> tuple[int, int]:
    """Memory in bytes (own pages, shared memory, page tables) of some processes, and how many of their threads run."""
    memory = running = 0
    for pid in processes:
        with contextlib.suppress(OSError):
            with opened(proc, f"{pid}/status") as file:
                memory += sum(map(int, MEMORY.findall(os.read(file, 1 << 16)))) << 10
            with opened(proc, f"{pid}/task") as threads:
                for thread in os.listdir(threads):
                    with opened(threads, f"{thread}/stat") as file:
                        running += os.read(file, 1 << 16).rpartition(b")")[2].split()[0] == b"R"
    return memory, running


@contextlib.contextmanager
def opened(folder: int, path: str) -> Iterator[int]:
    """A file or folder below an open folder."""
    file = os.open(path, os.O_RDONLY, dir_fd=folder)
    try:
        yield file
    finally:
        os.close(file)


def stand_back(proc: int, processes: set[str]) -> None:
    """Give all threads of these processes the lowest priority."""
    for pid in processes:
        with contextlib.suppress(OSError), opened(proc, f"{pid}/task") as threads:
            for thread in os.listdir(threads):
                os.setpriority(os.PRIO_PROCESS, int(thread), 19)


# The notebook's shell ---------------------------------------------------------------------------------------


class Captured(io.TextIOBase):
    """Standard output and standard error of the student: the beginning is kept, a flood is dropped."""

    def __init__(self):
        self.text = ""

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Keep what fits."""
        self.text += text[: protocol.KEPT_OUTPUT - len(self.text)]
        return len(text)


def make_shell() -> Any:
    """An IPython shell without a kernel, so that magics and plots work, whose namespace is `__main__`."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.text import SList
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    main = types.ModuleType("__main__")
    shell = InteractiveShell.instance(config=config, user_module=main)
    sys.modules["__main__"] = main
    shell.enable_gui = lambda gui=None: None  # %matplotlib asks for an event loop; plots need none
    shell.showtraceback = shell.showsyntaxerror = lambda *args, **kwargs: None
    shell.system = shell.system_raw = shell.system_piped = no_command
    shell.getoutput = lambda command, *args, **kwargs: (no_command(command), SList())[1]
    for installer in ("pip", "conda"):
        shell.register_magic_function(partial(no_command, installer), "line", installer)
    return shell


def no_command(*words: str) -> None:
    """Takes the place of a shell command in the notebook (`!pip install ...`): says so, and the cell goes on."""
    print(f"Shell commands do not work here. This one was not run: {' '.join(words).strip()}")


def run_cell(shell: Any, code: str, label: str) -> dict:
    """Execute one notebook cell: {"out": what it printed, "error": None or a description}."""
    shell.compile.get_code_name = lambda raw, transformed, number: f"<{label}>"
    sys.stdout = sys.stderr = captured = Captured()
    result = shell.run_cell(code, store_history=False)
    error = result.error_before_exec or result.error_in_exec
    return {"out": captured.text, "error": None if error is None else describe(error)}


def describe(error: BaseException) -> dict:
    """An exception as plain data: its type, message, and the frames that lie in the student's cells."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith("<cell ")]
    places = [[f.filename[1:-1], f.lineno, (f.line or "")[:200]] for f in frames[-5:]]
    if isinstance(error, SyntaxError) and not places:
        places = [[(error.filename or "").strip("<>"), error.lineno or 0, (error.text or "")[:200]]]
    try:
        message = str(error)
    except BaseException:
        message = ""
    kinds = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins"]
    return {"type": type(error).__name__, "kinds": kinds, "message": message[:2000], "places": places}


# The server of a fork ---------------------------------------------------------------------------------------


class Missing(Exception):
    """The notebook does not define the name that a test asks for."""


def allow_cpu(seconds: float) -> None:
    """End this process when it has used so much more CPU time."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(sum(os.times()[:2]) + seconds), hard))


class Put:
    """Marks a value that crosses as a handle even where it is plain data."""

    def __init__(self, value: Any):
        self.value = value


class StandIn:
    """Something of another process, used as if it were here: what is asked of it crosses over.

    Arrays, lists and dicts that it got as arguments, now or when it was made (`_held`), are changed here where they
    were changed over there, and the other way round.
    """

    __slots__ = ("_call", "_get", "_held", "_server")

    def __init__(self, server: Server, call: int, get: int):
        self._server, self._call, self._get, self._held = server, call, get, None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it over there."""
        mine = [self._held, list(args), kwargs]
        result, theirs = self._server.call_back(self._call, mine)
        up_to_date(mine, theirs)
        return holding(result, mine)

    def __getattr__(self, name: str) -> Any:
        """Fetch an attribute (what Python itself looks for is not there)."""
        if name.startswith("__"):
            raise AttributeError(name)
        return holding(self._server.call_back(self._get, [name]), self._held)


def holding(value: Any, held: Any) -> Any:
    """`value`; where it stays over there, it holds from now on what it was made of."""
    if isinstance(value, StandIn):
        value._held = held
    return value


def up_to_date(old: Any, new: Any) -> Any:
    """`old` after it has become equal to `new`, the same object where it can change; or else `new`."""
    if isinstance(old, np.ndarray) and isinstance(new, np.ndarray) and old.shape == new.shape:
        if not np.array_equal(old, new, equal_nan=True):  # what may not be written to may still be equal
            old[...] = new
    elif type(old) is list and type(new) is list:
        old[:] = [*map(up_to_date, old, new), *new[len(old) :]]
    elif type(old) is dict and type(new) is dict:
        items = {key: up_to_date(old.get(key), value) for key, value in new.items()}
        old.clear()
        old.update(items)
    elif not isinstance(new, StandIn):  # an object comes back as another stand-in for itself
        return new
    return old


class Server:
    """Answers the trusted side's requests from one fork of the student's state.

    A request whose `op` is "run" is answered by `do_run`, and so on. Each of these gets all of a message (header,
    buffers, file descriptors), whether it has use for it or not.
    """

    def __init__(self, sock: socket.socket, shell: Any):
        self.sock = sock
        self.shell = shell
        self.objects: list[Any] = []  # what handles stand for

    def loop(self) -> None:
        """Answer until the other side hangs up."""
        while True:
            fds: list[int] = []
            try:
                request, buffers = protocol.receive(self.sock, fds=fds)
            except (EOFError, protocol.ProtocolError):
                os._exit(0)
            self.answer(request, buffers, fds)

    def answer(self, request: dict, buffers: list, fds: list[int]) -> None:
        """Do what one request asks, within the CPU time that it grants, and send the reply."""
        try:
            if "seconds" in request:
                allow_cpu(request["seconds"])
            value = getattr(self, "do_" + request["op"])(request, buffers, fds)
            self.reply("value", value)
        except BaseException as error:
            kind = "missing" if isinstance(error, Missing) else "error"
            self.reply(kind, describe(error))

    def reply(self, key: str, value: Any) -> None:
        """Send `value`; what is not plain data stays here, behind a handle."""
        encoder = protocol.Encoder(self.keep)
        protocol.send(self.sock, {key: encoder.encode(value)}, encoder.buffers)

    def keep(self, value: Any) -> dict:
        """A handle for an object that is not plain data, or that was `Put` here."""
        self.objects.append(value.value if isinstance(value, Put) else value)
        return {"t": "ref", "id": len(self.objects) - 1, "of": type(self.objects[-1]).__name__}

    def load(self, tree: Any, buffers: list) -> Any:
        """The value that the other side sent, with handles and callbacks resolved."""
        return protocol.Decoder(buffers, self.special).decode(tree)

    def special(self, tree: dict) -> Any:
        """What a handle or a callback stands for on this side."""
        if tree["t"] == "ref":
            return self.resolve(tree)
        if tree["t"] == "stand-in":
            return StandIn(self, tree["call"], tree["get"])
        return lambda *args, **kwargs: self.call_back(tree["id"], args, kwargs)

    def call_back(self, number: int, args: Sequence, kwargs: dict | None = None) -> Any:
        """Call a function of the test: send the arguments, wait for its result.

        Where it needs something of this process first, a function that was passed along, it asks meanwhile.
        """
        self.reply("callback", [number, list(args), kwargs or {}])
        answer, buffers = protocol.receive(self.sock)
        while "op" in answer:
            self.answer(answer, buffers, [])
            answer, buffers = protocol.receive(self.sock)
        if "error" in answer:
            kind = getattr(builtins, answer.get("type", ""), RuntimeError)
            raise kind(answer["error"])
        return self.load(answer["value"], buffers)

    def resolve(self, target: dict) -> Any:
        """The object that a target names: a handle or the namespace, then attributes and items."""
        if target["id"] is None:
            value, path = self.shell.user_ns, [["item", target["path"][0][1]], *target["path"][1:]]
            if path[0][1] not in value:
                raise Missing(path[0][1])
        else:
            value, path = self.objects[target["id"]], target["path"]
        for kind, key in path:
            value = getattr(value, key) if kind == "attribute" else value[key]
        return value

    def do_run(self, request: dict, buffers: list, fds: list[int]) -> dict:
        """Execute a cell."""
        return run_cell(self.shell, request["code"], request["label"])

    def do_get(self, request: dict, buffers: list, fds: list[int]) -> Any:
        """Fetch a variable, an attribute or an item."""
        return self.resolve(request["target"])

    def do_put(self, request: dict, buffers: list, fds: list[int]) -> Any:
        """Keep a value here and answer with a handle to it."""
        return Put(self.load(request["value"], buffers))

    def do_call(self, request: dict, buffers: list, fds: list[int]) -> Any:
        """Call what the target names."""
        function = self.resolve(request["target"])
        args, kwargs = self.load(request["value"], buffers)
        return function(*args, **kwargs)

    def do_bind(self, request: dict, buffers: list, fds: list[int]) -> None:
        """Give names of the notebook other values."""
        self.shell.user_ns.update(self.load(request["value"], buffers))

    def do_apply(self, request: dict, buffers: list, fds: list[int]) -> list:
        """Call what the target names for a `StandIn`, whose state comes along: [result, what it holds, its state]."""
        function = self.resolve(request["target"])
        held, state, args, kwargs = self.load(request["value"], buffers)
        held = up_to_date(held, state)
        result = function(*args, **kwargs)
        return [result, Put([held, args, kwargs]), [held, args, kwargs]]

    def do_look(self, request: dict, buffers: list, fds: list[int]) -> Any:
        """An attribute, for a `StandIn`: a public one of an object or class that the notebook defines.

        No more is to be seen: a function's attributes lead to its code, and to all that stands beside it.
        """
        owner, name = self.resolve(request["target"]), request["name"]
        kind = owner if isinstance(owner, type) else type(owner)
        if kind.__module__ != "__main__" or name.startswith("_"):
            raise AttributeError(name)
        return getattr(owner, name)

    def do_fork(self, request: dict, buffers: list, fds: list[int]) -> list[int]:
        """End children that have served, then fork this state for each socket that came along; there they answer.

        All at once: between two forks this process touches little, and so has little to copy. Fewer children
        than sockets where the kernel refuses more. Python's own fork forgets threads that the notebook started.
        """
        for pid in request["end"]:
            with contextlib.suppress(ChildProcessError):  # where the notebook had told the kernel to clear away itself
                self.do_end({"pid": pid}, buffers, fds)
        copy, pids = os.fork if threading.active_count() > 1 else fork, []
        with contextlib.suppress(OSError):
            for mine in fds:
                pid = copy()
                if not pid:
                    self.serve(mine, fds)
                pids.append(pid)
        for fd in fds:
            os.close(fd)
        return pids

    def serve(self, mine: int, fds: list[int]) -> None:
        """Answer on one of these sockets, in a child. It takes the place of this process's own; never returns."""
        try:
            os.dup2(mine, self.sock.fileno(), inheritable=False)
            for fd in fds:
                os.close(fd)
            self.loop()
        finally:
            os._exit(1)  # whatever happens, a child must not go on as its parent

    def do_end(self, request: dict, buffers: list, fds: list[int]) -> int:
        """Kill a child of this state and say how it ended (a wait status)."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(request["pid"], signal.SIGKILL)  # changes nothing where it has already come to its end
        return os.waitpid(request["pid"], 0)[1]


if __name__ == "__main__":
    settings = json.loads(sys.argv[1])
    template(socket.socket(fileno=CONTROL), settings)
