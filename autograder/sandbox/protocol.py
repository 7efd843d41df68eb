"""Plain data between the trusted process and the sandbox: a JSON header, then raw array buffers.

Both sides read this file; neither ever unpickles. A message is two big-endian 32-bit lengths (header, all
buffers), the header, the buffers. Everything that comes in is bounded (bytes, depth, nodes) before it is
believed, because the other side may be a student's process that says anything it likes.

What crosses: None, bool, int, float, str, bytes, list, tuple, dict, set, numpy arrays and scalars
of numbers. Whatever else a side wants to send (a handle, a function) goes through its `special` hook.
"""

from __future__ import annotations

import json
import math
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

MAX_HEADER = 4 << 20  # bytes of JSON
MAX_BUFFERS = 16 << 20  # bytes of arrays in one message
PIECE = 1 << 16  # bytes to read at a time
MAX_NUMBERS = MAX_BUFFERS // 8  # in all arrays of one message: in calculations a byte becomes a float
MAX_PADDED = 16 << 20  # characters: NumPy pads all texts of a list to the length of the longest
MAX_DEPTH = 32
MAX_NODES = 200_000
MAX_FDS = 16  # file descriptors that come along with one message
MAX_ODD_KEYS = 1000  # keys that are no strings: their hashes can be made to collide, which costs quadratic time
MAX_HEX = 3500  # digits; Python refuses to print larger integers
KEPT_OUTPUT = 10_000  # characters that a cell may print before the rest is dropped
NAMES = ("|b1", "|i1", "|u1", "<i2", "<i4", "<i8", "<u2", "<u4", "<u8", "<f2", "<f4", "<f8")
DTYPES = {name: np.dtype(name) for name in NAMES}  # what crosses
WIRE = {dtype.newbyteorder(order): dtype for dtype in DTYPES.values() for order in "<>"}  # and as what
PLAIN = {type(None), bool, float, str}
ENCODER, DECODER = json.JSONEncoder(check_circular=False), json.JSONDecoder()
CONTAINERS = {"tuple": tuple, "set": set, "dict": dict}


class ProtocolError(Exception):
    """The other side sent something that is not a well-formed, bounded message."""


class Encoder:
    """Turns values into the header's tree, collecting array buffers on the way."""

    def __init__(self, special: Callable[[Any], dict]):
        self.special = special
        self.buffers: list[bytes] = []
        self.nodes = 0

    def encode(self, value: Any, depth: int = 0) -> Any:
        """`value` as JSON; ProtocolError where it is too deep or too large."""
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise ProtocolError("the value is nested too deep or has too many parts")
        kind = type(value)
        if kind in PLAIN:
            return value
        if kind is int:
            return value if abs(value) < 1 << 63 else {"t": "int", "v": hex(value)}
        if kind is list:
            return [self.encode(v, depth + 1) for v in value]
        if kind in (tuple, set):
            return {"t": kind.__name__, "v": [self.encode(v, depth + 1) for v in value]}
        if kind is dict:
            pairs = [[self.encode(k, depth + 1), self.encode(v, depth + 1)] for k, v in value.items()]
            return {"t": "dict", "v": pairs}
        if kind is bytes:
            self.buffers.append(value)
            return {"t": "bytes"}
        dtype = WIRE.get(value.dtype) if isinstance(value, (np.ndarray, np.generic)) else None
        if dtype is None:
            return self.special(value)
        self.buffers.append(np.asarray(value, dtype).tobytes())
        return {"t": "array", "d": dtype.str, "s": list(value.shape), "scalar": isinstance(value, np.generic)}


class Decoder:
    """Turns a header's tree and its buffers back into values, trusting neither.

    Buffers are used in their order, each once: a small message cannot stand for a large value.
    """

    def __init__(self, buffers: list[memoryview], special: Callable[[dict], Any]):
        self.buffers = iter(buffers)
        self.special = special
        self.nodes = self.numbers = self.longest = 0

    def decode(self, tree: Any, depth: int = 0) -> Any:
        """The value that `tree` stands for; ProtocolError where it is malformed, too large, or could become so."""
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise ProtocolError("the message is nested too deep or has too many parts")
        if type(tree) is str:
            self.longest = max(self.longest, len(tree))
        if self.nodes * self.longest > MAX_PADDED:
            raise ProtocolError("a long text among too many other values")
        if type(tree) in PLAIN or type(tree) is int:
            return tree
        if type(tree) is list:
            return [self.decode(v, depth + 1) for v in tree]
        kind, content = tree.get("t"), tree.get("v")
        if kind == "array":
            return self._array(tree)
        if not isinstance(kind, str):
            raise ProtocolError("a value without a kind")
        if kind in CONTAINERS and isinstance(content, list):
            return self._container(kind, content, depth)
        if kind == "int":
            return _int(content)
        if kind == "bytes":
            content = bytes(self._buffer())
            self.longest = max(self.longest, len(content))
            return content
        return self.special(tree)

    def _container(self, kind: str, content: list, depth: int) -> Any:
        """A tuple, set or dict; the list of a dict holds pairs."""
        if kind == "dict" and not all(type(item) is list and len(item) == 2 for item in content):
            raise ProtocolError("malformed dict")
        if kind in ("dict", "set"):
            _check_keys([item[0] for item in content] if kind == "dict" else content)
        items = [self.decode(v, depth + 1) for v in content]
        try:
            return CONTAINERS[kind](items)
        except (TypeError, ValueError, OverflowError) as error:
            raise ProtocolError(f"malformed {kind}") from error

    def _buffer(self) -> memoryview:
        """The next buffer, which is then used up."""
        try:
            return next(self.buffers)
        except StopIteration:
            raise ProtocolError("a buffer is missing") from None

    def _array(self, tree: dict) -> np.ndarray | np.generic:
        """An array that is no view of the message, or a scalar."""
        data, name, shape = self._buffer(), tree.get("d"), tree.get("s")
        dtype = DTYPES.get(name) if isinstance(name, str) else None
        if dtype is None:
            raise ProtocolError("unknown array type")
        if not isinstance(shape, list) or len(shape) > MAX_DEPTH or not _sizes(shape):
            raise ProtocolError("malformed array shape")
        size = dtype.itemsize
        if math.prod(shape) * size != len(data) or math.prod(filter(None, shape)) * size > MAX_BUFFERS:
            raise ProtocolError("array shape and data disagree")
        self.numbers += math.prod(shape)
        if self.numbers > MAX_NUMBERS:
            raise ProtocolError(f"more than {MAX_NUMBERS:,} numbers at a time")
        value = np.ndarray(shape, dtype, data).copy()
        if name == "|b1" and value.view(np.uint8).max(initial=0) > 1:  # a third truth value, equal to none
            raise ProtocolError("malformed array of bool")
        return value[()] if tree.get("scalar") is True and not shape else value


def _sizes(values: list) -> bool:
    """Whether these can be the sizes of something."""
    return all(type(n) is int and n >= 0 for n in values)


def _check_keys(keys: list) -> None:
    """ProtocolError where hashing these keys could take for ever, see `MAX_ODD_KEYS`."""
    if sum(type(key) is not str for key in keys) > MAX_ODD_KEYS:
        raise ProtocolError("a dict or set with too many keys that are no strings")


def _int(text: Any) -> int:
    """An integer of more than 63 bits, which crossed in hexadecimal digits."""
    try:
        if len(text) <= MAX_HEX:
            return int(text, 16)
    except (TypeError, ValueError):
        pass
    raise ProtocolError("malformed integer")


def send(
    sock: socket.socket,
    header: dict,
    buffers: Sequence[bytes] = (),
    fds: Sequence[int] = (),
    deadline: float | None = None,
) -> None:
    """Write one message before `deadline`, and hand the file descriptors `fds` over with it."""
    sizes = [len(b) for b in buffers]
    text, size = ENCODER.encode({**header, "buffers": sizes}).encode(), sum(sizes)
    if len(text) > MAX_HEADER or size > MAX_BUFFERS:
        raise ProtocolError("the value is too large to send")  # how large, a student could choose
    message = b"".join([struct.pack(">II", len(text), size), text, *buffers])
    _set_timeout(sock, deadline)
    if fds:
        message = message[socket.send_fds(sock, [message], fds) :]
        _set_timeout(sock, deadline)
    sock.sendall(message)


def receive(
    sock: socket.socket, deadline: float | None = None, fds: list[int] | None = None
) -> tuple[dict, list[memoryview]]:
    """Read one message: (header, buffers); file descriptors that come along are added to `fds`, if given.

    `deadline` (time.monotonic) bounds the whole message, however slowly it trickles.
    Raises EOFError when the other side is gone, TimeoutError, ProtocolError.
    """
    data, needed = bytearray(), 8
    while len(data) < needed:
        _set_timeout(sock, deadline)
        piece = sock.recv(PIECE) if fds is None else _receive_with_fds(sock, fds)
        if not piece:
            raise EOFError
        data += piece
        if needed == 8 <= len(data):
            header_size, size = struct.unpack_from(">II", data)
            if header_size > MAX_HEADER or size > MAX_BUFFERS:
                raise ProtocolError("the message is too large")
            needed += header_size + size
    if len(data) > needed:
        raise ProtocolError("more than one message at a time")
    view = memoryview(data)
    return _split(view[8 : 8 + header_size], view[8 + header_size :])


def _split(text: memoryview, data: memoryview) -> tuple[dict, list[memoryview]]:
    """The header, and the buffers that it says `data` consists of."""
    try:
        header = DECODER.decode(str(text, "utf-8"))
    except (ValueError, RecursionError) as error:
        raise ProtocolError("the header is not JSON") from error
    sizes = header.get("buffers") if isinstance(header, dict) else None
    if not isinstance(sizes, list) or len(sizes) > MAX_NODES or not _sizes(sizes):
        raise ProtocolError("the header is malformed")
    if sum(sizes) != len(data):
        raise ProtocolError("the buffers do not add up")
    buffers, start = [], 0
    for n in sizes:
        buffers.append(data[start : start + n])
        start += n
    return header, buffers


def _set_timeout(sock: socket.socket, deadline: float | None) -> None:
    """Let the next call on `sock` wait no longer than `deadline`."""
    if deadline is None:
        return None if sock.gettimeout() is None else sock.settimeout(None)
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    sock.settimeout(left)


def _receive_with_fds(sock: socket.socket, fds: list[int]) -> bytes:
    """A piece of a message; file descriptors that come along are added to `fds`."""
    piece, more, _, _ = socket.recv_fds(sock, PIECE, MAX_FDS)
    fds.extend(more)
    return piece
