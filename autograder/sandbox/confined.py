"""Trusted work on what strangers wrote, in a child process with limits of its own on time and memory.

Parsers and converters can be made to take time and memory out of all proportion to their input. In a child they
take them from nobody: an input that costs too much is named, and the next one is worked on as if nothing had been.
"""

from __future__ import annotations

import math
import os
import resource
import select
import signal
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from autograder.sandbox.forking import end_with

SECONDS = 10.0  # of CPU time for one item; honest ones take milliseconds
PATIENCE, GRACE = 3.0, 10.0  # by the clock it gets more: machines are loaded
MEMORY = 768 << 20  # bytes that a child may allocate beyond what its parent has
HEAD = struct.Struct(">?Q")  # of each answer: whether it is one, and its length in bytes
Item = TypeVar("Item")


def confined(
    work: Callable[[Item], str], items: Sequence[Item], seconds: float = SECONDS, memory: int = MEMORY
) -> Iterator[tuple[str, str]]:
    """What `work` makes of each item, in their order: (answer, "") or ("", why there is none).

    One child works through the items; where it is killed, the next one takes over behind the item that did it.
    """
    done = 0
    while done < len(items):
        for answer in _child(work, items[done:], seconds, memory):
            done += 1
            yield answer


def limit_memory(memory: int) -> None:
    """From here on this process can allocate so many bytes more; beyond that Python raises MemoryError."""
    _limit(resource.RLIMIT_DATA, _data() + memory)


def _child(work: Callable, items: Sequence, seconds: float, memory: int) -> Iterator[tuple[str, str]]:
    """The answers of one child, the last one being about what ended it."""
    reader, writer = os.pipe()
    parent, pid = os.getpid(), os.fork()
    if not pid:
        try:
            end_with(parent)
            os.close(reader)
            _work(work, items, seconds, memory, writer)
        finally:
            os._exit(1)  # whatever happens, a child must not go on as its parent
    os.close(writer)
    try:
        for _ in items:
            try:
                deadline = time.monotonic() + PATIENCE * seconds + GRACE
                good, size = HEAD.unpack(_read(reader, HEAD.size, deadline))
                text = _read(reader, size, deadline).decode("utf-8", "surrogatepass")
            except (EOFError, TimeoutError):
                os.kill(pid, signal.SIGKILL)
                status, pid = os.waitpid(pid, 0)[1], 0
                yield "", _post_mortem(status, seconds)
                return
            yield (text, "") if good else ("", text)
    finally:
        os.close(reader)
        if pid:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _work(work: Callable, items: Sequence, seconds: float, memory: int, writer: int) -> None:
    """In the child: work through the items and send each answer, within the limits."""
    limit_memory(memory)
    for item in items:
        _limit(resource.RLIMIT_CPU, math.ceil(sum(os.times()[:2]) + seconds))
        try:
            good, text = True, work(item)
        except MemoryError:
            good, text = False, f"it needs more than {memory >> 20} MiB of memory"
        except Exception as error:
            good, text = False, str(error) or type(error).__name__
        content = text.encode("utf-8", "surrogatepass")
        with os.fdopen(os.dup(writer), "wb") as pipe:
            pipe.write(HEAD.pack(good, len(content)) + content)


def _limit(what: int, value: int) -> None:
    """Set a limit of this process that it may not pass."""
    hard = resource.getrlimit(what)[1]
    resource.setrlimit(what, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _data() -> int:
    """The bytes that count for RLIMIT_DATA now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5]) * resource.getpagesize()


def _read(file: int, size: int, deadline: float) -> bytes:
    """Read so many bytes. Raises EOFError, TimeoutError."""
    data = bytearray()
    while len(data) < size:
        if not select.select([file], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise TimeoutError
        piece = os.read(file, min(size - len(data), 1 << 20))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)


def _post_mortem(status: int, seconds: float) -> str:
    """Why a child came to its end, in words; where it was stopped for its time, the kernel or we did it."""
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL):
        return f"it takes longer than {seconds:g} seconds of computing"
    return "its process died"
