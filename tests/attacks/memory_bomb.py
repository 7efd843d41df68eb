"""Take all memory of the machine: private, shared, without a file, and in many processes at once."""

import mmap
import os
import time

MIB = 1 << 20


def private():
    kept = []
    while True:
        kept.append(b"x" * (32 * MIB))


def shared():
    while True:
        part = mmap.mmap(-1, 512 * MIB)
        for place in range(0, 512 * MIB, 4096):
            part[place] = 1
        part.madvise(mmap.MADV_DONTNEED)
        keep.append(part)


def without_file():
    while True:
        fd = os.memfd_create("x")
        os.ftruncate(fd, 32 * MIB)
        os.write(fd, b"x" * 32 * MIB)


keep = []
for take in (private, shared, without_file):
    try:
        take()
    except (MemoryError, OSError) as error:
        print(take.__name__, type(error).__name__)
    keep.clear()
for _ in range(16):
    if os.fork() == 0:
        try:
            private()
        except MemoryError:
            time.sleep(60)
time.sleep(0.5)
