"""What `doctor` tries inside the sandbox: one small, honest burglar for each limit.

Each probe is the source of a cell with a function `broke_out(clue)`. It returns [whether it got out, what it saw],
or is stopped from outside, which is as good. The code is ours, so its word is believed; that students' code is
not believed is what tests/attacks is for.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Probe:
    """what: the limit. tries: what the code does about it. code: a cell. seconds: of CPU time. clue: its argument."""

    what: str
    tries: str
    code: str
    seconds: float = 0.5
    clue: str = ""


PROBES = [
    Probe("computing time", "compute for ever", """
def broke_out(clue):
    while True:
        pass
"""),
    Probe("waiting time", "sleep for an hour", """
import time

def broke_out(clue):
    time.sleep(3600)
    return [True, "slept for an hour"]
"""),
    Probe("memory", "fill 8 GiB", """
def broke_out(clue):
    hoard = []
    try:
        while len(hoard) < 128:
            hoard.append(bytearray(64 << 20))
    except MemoryError:
        return [False, f"refused after {len(hoard) / 16:.2g} GiB"]
    return [True, "got 8 GiB"]
""", seconds=4),
    Probe("disk", "write 512 MiB in files of 8 MiB", """
def broke_out(clue):
    written = 0
    try:
        for number in range(64):
            with open(f"file{number}", "wb") as file:
                file.write(b"x" * (8 << 20))
            written += 8
    except OSError as error:
        return [False, f"refused after {written} MiB ({error.strerror})"]
    return [True, f"wrote {written} MiB"]
"""),
    Probe("file size", "write one file of 256 MiB", """
import signal

def broke_out(clue):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    written = 0
    try:
        with open("file", "wb", buffering=0) as file:
            while written < 256 << 20:
                written += file.write(b"x" * (1 << 20))
    except OSError as error:
        return [False, f"refused after {written >> 20} MiB ({error.strerror})"]
    return [True, "wrote 256 MiB"]
"""),
    Probe("processes", "start 300 processes", """
import os, time

def broke_out(clue):
    started = 0
    try:
        while started < 300:
            if os.fork() == 0:
                time.sleep(60)
                os._exit(0)
            started += 1
    except OSError as error:
        return [False, f"refused after {started} ({error.strerror})"]
    return [True, "started 300"]
"""),
    Probe("network", "connect to this machine and to the world", """
import socket

def broke_out(clue):
    for address in (("127.0.0.1", int(clue)), ("192.0.2.1", 80), ("8.8.8.8", 53)):
        try:
            with socket.create_connection(address, timeout=1):
                return [True, f"reached {address[0]}"]
        except OSError as error:
            reason = error.strerror or str(error)
    return [False, f"no connection ({reason})"]
"""),
    Probe("the grader's files", "read suites, solutions and results", """
def broke_out(clue):
    read = []
    for path in clue.splitlines():
        try:
            with open(path, "rb") as file:
                if file.read(1):
                    read.append(path)
        except OSError:
            continue
    return [bool(read), f"read {', '.join(read)}" if read else "none can be seen"]
"""),
    Probe("the system's files", "write next to Python, to /usr, /etc, /dev and nnlib", """
import os

def broke_out(clue):
    wrote = []
    for folder in ["/", "/usr", "/usr/lib", "/etc", "/dev", "/dev/shm", "/tmp", "/var/tmp", *clue.splitlines()]:
        path = os.path.join(folder, "doctor-was-here")
        try:
            open(path, "w").close()
            os.remove(path)
            wrote.append(folder)
        except OSError:
            continue
    return [bool(wrote), f"wrote to {', '.join(wrote)}" if wrote else "only its own folder can be written to"]
"""),
    Probe("other processes", "look for the grader among the processes", """
import glob

def broke_out(clue):
    seen, found = glob.glob("/proc/[0-9]*/cmdline"), False
    for path in seen:
        try:
            with open(path) as file:
                found |= file.read() == clue
        except OSError:
            continue
    return [found, "sees it" if found else f"sees {len(seen)} processes, all its own"]
"""),
    Probe("rights", "use capabilities, become root, mount, make namespaces", """
import ctypes, os

def broke_out(clue):
    libc, gained = ctypes.CDLL(None, use_errno=True), []
    for name, attempt in {
        "root": lambda: libc.setuid(0), "mounts": lambda: libc.mount(b"none", b".", b"tmpfs", 0, None),
        "a user namespace": lambda: libc.unshare(0x10000000), "a new root": lambda: libc.chroot(b"."),
        "a device": lambda: os.mknod("device", 0o20666, os.makedev(1, 1)) or 0,
    }.items():
        try:
            gained += [name] if attempt() == 0 else []
        except OSError:
            continue
    return [bool(gained) or os.getuid() == 0, f"got {', '.join(gained)}" if gained else "all refused"]
"""),
]

LITTER = """
import os, subprocess

def litter(clue):
    with open("left-behind", "w") as file:
        file.write(clue)
    if os.fork() == 0:
        os.setsid()
        try:
            os.execv("/bin/sleep", ["sleep", clue])
        finally:
            os._exit(0)
    return os.getcwd()

def found():
    return os.path.exists("left-behind")
"""
