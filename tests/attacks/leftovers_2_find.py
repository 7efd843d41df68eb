"""Look for the marks that the submission before (leftovers_1_leave) has left."""

import ctypes
import os
import socket

libc = ctypes.CDLL(None, use_errno=True)
for folder in ("/tmp", "/dev/shm", "/var/tmp", "/dev/mqueue", os.path.expanduser("~"), "/run", "/tmp/.ipython"):
    for name in ("left-by-attack", "numpy.py", "left-by-attack.sock"):
        if os.path.exists(f"{folder}/{name}"):
            print("GOT IN:", folder, name)
for what, found in (
    ("shm", libc.shmget(0x1234, 0, 0)),
    ("msg", libc.msgget(0x1234, 0)),
    ("sem", libc.semget(0x1234, 0, 0)),
):
    if found >= 0:
        print("GOT IN:", what)
for name in ("\0left-by-attack", "left-by-attack.sock"):
    try:
        socket.socket(socket.AF_UNIX).connect(name)
        print("GOT IN:", repr(name))
    except OSError:
        pass
if socket.gethostname() == "left-by-attack":
    print("GOT IN: host name")
if len([p for p in os.listdir("/proc") if p.isdigit()]) > 2:
    print("GOT IN: processes of another submission")
