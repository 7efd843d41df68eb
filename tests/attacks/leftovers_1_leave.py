"""Leave marks for the next submission: files, shared memory, queues, sockets, keys, names."""

import ctypes
import os
import socket

libc = ctypes.CDLL(None, use_errno=True)
for folder in ("/tmp", "/dev/shm", "/var/tmp", "/dev/mqueue", os.path.expanduser("~"), "/run", "/tmp/.ipython"):
    try:
        os.makedirs(folder, exist_ok=True)
        open(folder + "/left-by-attack", "w").close()
        open(folder + "/sitecustomize.py", "w").write("print('GOT IN: code of the submission before')")
        open(folder + "/numpy.py", "w").write("print('GOT IN: code of the submission before')")
    except OSError:
        pass
libc.shmget(0x1234, 4096, 0o1666)
libc.msgget(0x1234, 0o1666)
libc.semget(0x1234, 1, 0o1666)
libc.syscall(248, b"user", b"left-by-attack", b"x", 1, -4)
for name in ("\0left-by-attack", "left-by-attack.sock"):
    try:
        sock = socket.socket(socket.AF_UNIX)
        sock.bind(name)
        sock.listen()
        os.dup(sock.fileno())
    except OSError:
        pass
try:
    socket.sethostname("left-by-attack")
except OSError:
    pass
