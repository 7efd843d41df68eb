"""Answer with every malformed value that comes to mind, to break the decoder or the diagnosis."""

import json
import os
import socket
import stat
import struct

BAD = [
    {"t": []},
    {"t": {}},
    {"t": None},
    {},
    {"t": "ref"},
    {"t": "ref", "id": 0, "of": 5},
    {"t": "ref", "id": 10**30, "of": "x"},
    {"t": "function", "id": 0},
    {"t": "complex", "v": [10**400, 1]},
    {"t": "complex", "v": [[], {}]},
    {"t": "complex", "v": ["1j"]},
    {"t": "dict", "v": [[[], 1]]},
    {"t": "dict", "v": [[1]]},
    {"t": "dict", "v": ["ab"]},
    {"t": "set", "v": [[]]},
    {"t": "int", "v": 5},
    {"t": "int", "v": "zz"},
    {"t": "int", "v": "0x" + "f" * 3400},
    {"t": "int", "v": "f" * 10**6},
    {"t": "tuple", "v": None},
    {"t": "bytes"},
    {"t": "array"},
    {"t": "array", "d": "O", "s": [1]},
    {"t": "array", "d": "|O8", "s": [1]},
    {"t": "array", "d": "<f8", "s": [1]},
    {"t": "array", "d": "<f8", "s": [-1]},
    {"t": "array", "d": "<f8", "s": [2**62, 4]},
    {"t": "array", "d": "<f8", "s": [0, 2**62]},
    {"t": "array", "d": "<f8", "s": [1.5]},
    {"t": "array", "d": "<f8", "s": [True]},
    {"t": "array", "d": ["<f8"], "s": 3},
    float("nan"),
    1e999,
    "\ud800",
    10**4000,
    [[[[[[]]]]]],
    {"t": "\u0000"},
]


def turn():
    """How often this was called, in all copies of the process together."""
    with open("turn", "ab") as file:
        file.write(b"x")
        return file.tell()


def forge(sock):
    number = turn() * 11
    value, shape = BAD[number % len(BAD)], number % 5
    header = [{"value": value}, {"error": value}, {"missing": value}, {"callback": value}, {"callback": [value] * 3}][
        shape
    ]
    text = json.dumps(header | {"buffers": []}).encode()
    sock.sendall(struct.pack(">II", len(text), 0) + text)


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
