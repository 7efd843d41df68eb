"""Announce a long answer and send it one byte at a time."""

# hangs
import os
import socket
import stat
import struct
import time


def turn():
    """How often this was called, in all copies of the process together."""
    with open("turn", "ab") as file:
        file.write(b"x")
        return file.tell()


def forge(sock):
    if turn() > 1:
        raise ValueError("once is enough")
    sock.sendall(struct.pack(">II", 1000, 0))
    while True:
        sock.sendall(b" ")
        time.sleep(0.02)


def grader():
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                return socket.socket(fileno=fd)
        except OSError:
            pass


class Adam:
    def __init__(self, params, **options):
        forge(grader())
