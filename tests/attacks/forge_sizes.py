"""Announce messages of four gigabytes, and buffers that do not add up."""

import os
import socket
import stat
import struct

CLAIMS = [(0xFFFFFFFF, 0xFFFFFFFF), (2, 0xFFFFFFFF), (0xFFFFFFFF, 0), (4 << 20, 16 << 20), (0, 0)]
HEADERS = [
    b"{}",
    b'{"buffers": [9e99]}',
    b'{"buffers": [-1, 1]}',
    b'{"value": 1, "buffers": [7]}',
    b"[]",
    b"null",
    b'{"buffers": [' + b"0," * 900_000 + b"0]}",
    b'{"value": ' + b"9" * 100_000 + b', "buffers": []}',
]
MESSAGES = [struct.pack(">II", *claim) + b"{}" for claim in CLAIMS]
MESSAGES += [struct.pack(">II", len(header), 0) + header for header in HEADERS]


def turn():
    """How often this was called, in all copies of the process together."""
    with open("turn", "ab") as file:
        file.write(b"x")
        return file.tell()


def forge(sock):
    sock.sendall(MESSAGES[turn() % len(MESSAGES)])
    os._exit(0)


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


def update_moments(*args):
    forge(grader())


bias_correction = update_moments
