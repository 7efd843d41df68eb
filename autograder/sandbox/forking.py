"""Forks that cost little: of twenty copies of a notebook's state for each submission, every microsecond counts.

What a fork costs depends on how many mappings the process has and how many entries there are in its page
tables. Nothing here changes what the process can do, and no harm is done where the kernel refuses.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import signal
from collections.abc import Iterator
from itertools import pairwise

PROT_READ, PROT_WRITE, PROT_EXEC = 1, 2, 4
MADV_COLLAPSE, HUGE_PAGE = 25, 2 << 20
PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None, use_errno=True)
libc.mprotect.argtypes = libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
fork_as_it_is = ctypes.PyDLL(None).fork


def check(result: int, what: str) -> None:
    """Raise OSError where a libc call answered -1."""
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def fork() -> int:
    """Fork this process as it is: without Python's handlers, which cost as much as the fork itself.

    One of them would also seed `random` anew, so that each test met another state than the notebook left.
    """
    pid = fork_as_it_is()
    check(pid, "fork")
    return pid


def end_with(parent: int) -> None:
    """Have the kernel kill this process when the thread that started it ends, however; at once where that is past."""
    check(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl")
    if os.getppid() != parent:
        os._exit(1)


def get_ready() -> None:
    """Prepare this process, which has imported all that it needs, for many forks."""
    gc.collect()
    use_huge_pages()
    join_mappings()
    gc.freeze()  # forks then do not copy pages only to mark garbage


def mappings() -> Iterator[tuple[int, int, str, str]]:
    """Start, end, rights and file of the mappings of this process, as they are now; none where that is not told."""
    lines = []
    with contextlib.suppress(OSError), open("/proc/self/maps") as maps:
        lines = maps.readlines()
    for line in lines:
        place, rights, _, _, _, *name = line.split(maxsplit=5)
        start, end = (int(address, 16) for address in place.split("-"))
        yield start, end, rights, "".join(name).strip()


def use_huge_pages() -> None:
    """Ask for pages of 2 MiB (Linux can do it since 6.1): a fork then has fewer entries to copy."""
    for start, end, rights, file in mappings():
        if rights.startswith("rw") and file in ("", "[heap]"):
            for address in range(-(-start // HUGE_PAGE) * HUGE_PAGE, end - HUGE_PAGE + 1, HUGE_PAGE):
                libc.madvise(address, HUGE_PAGE, MADV_COLLAPSE)


def join_mappings() -> None:
    """Give the parts of each library, five mappings, the rights of their neighbours: the kernel makes two of them.

    What could only be read may then be written (where the linker has left addresses) or run (constants).
    """
    maps = list(mappings())
    for (start, end, rights, file), (following, _, its_rights, its_file) in pairwise(maps):
        if rights == "r--p" and ".so" in file:
            writable = its_rights == "rw-p" and its_file == file and following == end
            libc.mprotect(start, end - start, PROT_READ | (PROT_WRITE if writable else PROT_EXEC))
