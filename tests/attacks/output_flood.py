"""Print a gigabyte, through Python and straight into the file descriptors."""

import os
import sys

for _ in range(1000):
    print("x" * 1_000_000)
for fd in (1, 2):
    for _ in range(100):
        os.write(fd, b"y" * 1_000_000)
sys.__stdout__.write("z" * 10_000_000)
sys.__stderr__.write("z" * 10_000_000)
raise ValueError("w" * 100_000_000)
