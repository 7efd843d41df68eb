"""Read the memory, environment, files and command line of the process that this one was forked from."""

import os

for pid in [p for p in os.listdir("/proc") if p.isdigit() and int(p) != os.getpid()]:
    for name in ("mem", "environ", "maps", "auxv", "stack", "syscall"):
        try:
            with open(f"/proc/{pid}/{name}", "rb") as file:
                if file.read(1):
                    print("GOT IN:", pid, name)
        except OSError:
            pass
    try:
        for fd in os.listdir(f"/proc/{pid}/fd"):
            print("GOT IN:", pid, fd, os.readlink(f"/proc/{pid}/fd/{fd}"))
    except OSError:
        pass
if len([p for p in os.listdir("/proc") if p.isdigit()]) > 2:
    print("GOT IN: more than two processes are visible")
