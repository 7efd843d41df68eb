"""Fill the disk with large files, with many files, with holes, with locks and with links."""

import os

written = 0
try:
    for number in range(100):
        with open(f"left-by-attack-{number}", "wb") as file:
            for _ in range(16):
                written += file.write(bytes(4 << 20))
except OSError as error:
    print(error)
if written > 256 << 20:
    print("GOT IN: no limit on the disk")
for folder in (
    "/",
    "/usr",
    "/usr/lib",
    "/root",
    "/dev",
    "/dev/shm",
    "/var/tmp",
    "/grader",
    "/home",
    os.path.dirname(os.__file__),
):
    try:
        with open(folder + "/left-by-attack", "w") as file:
            file.write("x")
        print("GOT IN:", folder)
    except OSError:
        pass
try:
    for number in range(100_000):
        os.mkdir(f"d{number}")
    print("GOT IN: no limit on files")
except OSError as error:
    print(error)
