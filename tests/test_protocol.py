"""The protocol between the grader and the sandbox: what is sent arrives, and nothing that arrives does harm."""

import json
import math
import os
import socket
import struct
import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.marking.run import read_report
from autograder.marking.student import Handle, Student, StudentError
from autograder.marking.submission import Cell
from autograder.sandbox import outside, protocol
from autograder.sandbox.protocol import Decoder, Encoder, ProtocolError

# What arrives ------------------------------------------------------------------------------------------------


def no_special(value):
    raise ProtocolError("unknown kind of value")


def crossed(value):
    """`value` after the way over: encoded, written as text, read, decoded."""
    encoder = Encoder(no_special)
    tree = encoder.encode(value)
    header = json.dumps({"value": tree, "buffers": [len(b) for b in encoder.buffers]}).encode()
    return decoded(header, b"".join(encoder.buffers))


def decoded(header, data=b""):
    """The value in a message, as the trusted side reads it."""
    header, buffers = protocol._split(header, memoryview(data))
    return Decoder(buffers, no_special).decode(header.get("value"))


def same(a, b):
    """Equal in type, dtype, shape, sign and every bit that matters; NaN equals NaN."""
    if type(a) is not type(b):
        return False
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return same(list(a.items()), list(b.items()))
    if isinstance(a, (np.ndarray, np.generic)):
        little = a.dtype.newbyteorder("<")
        return b.dtype == little and a.shape == b.shape and a.astype(little).tobytes() == b.tobytes()
    if isinstance(a, float):
        return repr(a) == repr(b)
    return a == b


DTYPES = st.one_of(
    hnp.boolean_dtypes(), hnp.integer_dtypes(endianness="?"), hnp.unsigned_integer_dtypes(endianness="?"),
    hnp.floating_dtypes(endianness="?", sizes=(16, 32, 64)),
)  # fmt: skip
ARRAYS = DTYPES.flatmap(lambda d: hnp.arrays(d, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)))
SCALARS = DTYPES.flatmap(lambda d: hnp.arrays(d, 3)).map(lambda a: a[1])
TEXT = st.text(st.characters(codec=None), max_size=20)  # lone surrogates too
KEYS = st.one_of(st.none(), st.booleans(), st.integers(), TEXT, st.binary(max_size=5), st.tuples(st.integers(), TEXT))
PLAIN = st.recursive(
    st.one_of(KEYS, st.floats(), ARRAYS, SCALARS, st.sets(KEYS, max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.tuples(inner, inner), st.dictionaries(KEYS, inner, max_size=4)
    ),
    max_leaves=12,
)


@given(PLAIN)
def test_plain_values_arrive_as_they_were(value):
    assert same(value, crossed(value))


@pytest.mark.parametrize("dtype", sorted(protocol.DTYPES))
def test_every_dtype_arrives(dtype):
    for shape in ((), (0,), (3,), (2, 0, 4), (2, 3, 4)):
        array = np.arange(math.prod(shape)).reshape(shape).astype(dtype)
        assert same(array, crossed(array))
        assert same(array.T, crossed(array.T))
    scalar = np.ones(1, dtype)[0]
    assert same(scalar, crossed(scalar))


def test_arrays_arrive_as_copies_that_can_be_written():
    array = np.arange(6.0).reshape(2, 3)
    back = crossed([array, array])
    back[0][:] = 7
    assert back[1][0, 1] == 1 and array[0, 1] == 1


@pytest.mark.parametrize("value", [10**4000, -(10**4000), 2**63, -(2**63), 2**64 - 1, 0, -0.0, 5e-324, 1e308])
def test_numbers_at_the_edges(value):
    assert same(value, crossed(value))


@pytest.mark.parametrize("value", [
    object(), range(3), np.float128(1) if hasattr(np, "float128") else object(), np.array([object()]),
    1j, np.complex64(1j), np.ones(3, complex),
    np.array(["text"]), np.zeros(1, "M8[s]"), np.zeros(1, [("x", float)]), type("MyList", (list,), {})(), Ellipsis,
])  # fmt: skip
def test_other_things_go_through_the_hook(value):
    seen = []
    Encoder(lambda v: seen.append(v) or {"t": "x"}).encode([value])
    assert seen == [value] or seen[0] is value


def test_values_too_deep_or_too_large_are_not_sent():
    deep = []
    for _ in range(protocol.MAX_DEPTH + 1):
        deep = [deep]
    loop = []
    loop.append(loop)
    for value in (deep, loop, [0] * protocol.MAX_NODES):
        with pytest.raises(ProtocolError):
            crossed(value)


# What does not arrive ----------------------------------------------------------------------------------------

F8 = {"t": "array", "d": "<f8", "scalar": False}
COLLIDING = [i * (2**61 - 1) for i in range(protocol.MAX_ODD_KEYS + 1)]
MALFORMED = {
    "no kind": {}, "kind is None": {"t": None}, "kind is a list": {"t": []}, "kind is a dict": {"t": {}},
    "unknown kind": {"t": "object", "v": 1}, "empty kind": {"t": ""}, "integer is a number": {"t": "int", "v": 5},
    "integer is text": {"t": "int", "v": "five"}, "integer is missing": {"t": "int"},
    "integer is a list": {"t": "int", "v": ["1"]}, "integer too long": {"t": "int", "v": "f" * 4000},
    "tuple of nothing": {"t": "tuple"}, "tuple of text": {"t": "tuple", "v": "ab"},
    "set of lists": {"t": "set", "v": [[]]}, "set of a dict": {"t": "set", "v": {}},
    "dict of texts": {"t": "dict", "v": ["ab"]},
    "dict of triples": {"t": "dict", "v": [[1, 2, 3]]}, "dict of a number": {"t": "dict", "v": [5]},
    "dict with a list as key": {"t": "dict", "v": [[[], 1]]},
    "dict of tuples": {"t": "dict", "v": [{"t": "tuple", "v": [1, 2]}]},
    "dict of colliding keys": {"t": "dict", "v": [[k, 0] for k in COLLIDING]},
    "set of colliding keys": {"t": "set", "v": COLLIDING},
    "dict of tuples as keys": {"t": "dict", "v": [[{"t": "tuple", "v": [k]}, 0] for k in COLLIDING]},
    "complex": {"t": "complex", "v": [1, 2]}, "array of complex": {"t": "array", "d": "<c16", "s": [0]},
    "bytes without a buffer": {"t": "bytes"}, "array without a buffer": F8 | {"s": [1]},
    "array of objects": {"t": "array", "d": "|O", "s": [0]}, "dtype is a list": {"t": "array", "d": ["<f8"], "s": []},
    "dtype is a formula": {"t": "array", "d": "(1000000,)f8", "s": []}, "no shape": F8,
    "shape is a number": F8 | {"s": 3},
}  # fmt: skip
MALFORMED_WITH_DATA = {  # eight bytes come along
    "shape too large": F8 | {"s": [2]}, "shape too small": F8 | {"s": [0]}, "negative shape": F8 | {"s": [-1]},
    "two negatives": F8 | {"s": [-1, -1]}, "fractional shape": F8 | {"s": [1.0]}, "shape of truth": F8 | {"s": [True]},
    "huge shape": F8 | {"s": [2**64]}, "shape of text": F8 | {"s": ["1"]}, "too many dimensions": F8 | {"s": [1] * 40},
    "a third truth value": {"t": "array", "d": "|b1", "s": [8]}, "one buffer, two arrays": [F8 | {"s": [1]}] * 2,
    "one buffer, array and bytes": [F8 | {"s": [1]}, {"t": "bytes"}],
}  # fmt: skip


@pytest.mark.parametrize("tree", MALFORMED.values(), ids=MALFORMED)
def test_malformed_values(tree):
    with pytest.raises(ProtocolError):
        decoded(json.dumps({"value": tree, "buffers": []}).encode())


@pytest.mark.parametrize("tree", MALFORMED_WITH_DATA.values(), ids=MALFORMED_WITH_DATA)
def test_malformed_values_with_data(tree):
    with pytest.raises(ProtocolError):
        decoded(json.dumps({"value": tree, "buffers": [8]}).encode(), b"\x02" * 8)


@pytest.mark.parametrize("shape", [[0, 2**62], [2**62, 0], [0] + [2**40] * 3, [0, 10**30]])
def test_an_empty_array_cannot_have_a_boundless_shape(shape):
    with pytest.raises(ProtocolError):
        decoded(json.dumps({"value": F8 | {"s": shape}, "buffers": [0]}).encode())


HEADERS = {
    "nothing": b"", "no JSON": b"{", "no UTF-8": b"\xff\xfe\x00", "a list": b"[]", "a number": b"5", "null": b"null",
    "no buffers": b"{}", "buffers is null": b'{"buffers": null}', "a negative buffer": b'{"buffers": [-1, 1]}',
    "a fractional buffer": b'{"buffers": [0.0]}', "too much": b'{"buffers": [1]}', "infinite": b'{"buffers": [1e999]}',
    "deep": b'{"buffers": [], "value": ' + b"[" * 10**6 + b"]" * 10**6 + b"}",
    "deep dicts": b'{"a":' * 10**5 + b"1" + b"}" * 10**5,
    "a long number": b'{"buffers": [], "value": ' + b"9" * 10**6 + b"}",
    "many buffers": b'{"buffers": [' + b"0," * 10**6 + b"0]}",
    "wide": b'{"buffers": [], "value": [' + b"0," * protocol.MAX_NODES + b"0]}",
    "nested beyond our depth": b'{"buffers": [], "value": ' + b"[" * 40 + b"]" * 40 + b"}",
}  # fmt: skip


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_malformed_headers(header):
    with pytest.raises(ProtocolError):
        decoded(header)


def test_buffers_that_do_not_add_up():
    with pytest.raises(ProtocolError):
        decoded(b'{"buffers": [4], "value": {"t": "bytes"}}', b"12345678")


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT, st.sampled_from(["<f8", "|b1", "0xff"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(["t", "v", "s", "d", "scalar", "id", "of", "path", "out", "error"]), inner),
        st.builds(lambda t, v: {"t": t, "v": v}, st.sampled_from([*protocol.CONTAINERS, "int", "bytes"]), inner),
        st.builds(lambda d, s: {"t": "array", "d": d, "s": s}, st.sampled_from(sorted(protocol.DTYPES)), inner),
        st.builds(lambda i, o: {"t": "ref", "id": i, "of": o}, st.integers(), TEXT),
    ),
    max_leaves=15,
)  # fmt: skip


@settings(max_examples=300)
@given(JSON, st.binary(max_size=32), st.lists(st.integers(0, 16), max_size=4))
def test_any_header_is_a_value_or_refused(tree, data, sizes):
    accepted_or_refused(json.dumps({"value": tree, "buffers": sizes}).encode(), data)


@settings(max_examples=300)
@given(st.binary(max_size=200), st.binary(max_size=32))
def test_any_bytes_are_a_value_or_refused(header, data):
    accepted_or_refused(header, data)


def accepted_or_refused(header, data):
    """Decode; whatever else than a ProtocolError comes flies."""
    try:
        return decoded(header, data)
    except ProtocolError:
        return None


# What the rest of the trusted side makes of it ---------------------------------------------------------------


class Parrot:
    """In the place of a fork: whatever is asked, it answers with what it was given."""

    def __init__(self, header, data=b"", sizes=()):
        header = json.dumps(header | {"buffers": list(sizes)}).encode()
        self.reply = protocol._split(header, memoryview(data))
        self.told = 0

    def ask(self, *args, **kwargs):
        return self.reply

    def send(self, *args):
        self.told += 1

    def receive(self):
        return self.reply if self.told < 3 else ({"value": None}, [])


KIND = st.sampled_from(["value", "error", "missing", "callback", "other"])


@settings(max_examples=300)
@given(KIND, JSON)
def test_a_student_answers_or_raises_a_student_error(kind, tree):
    student = Student(Parrot({kind: tree}))
    student._functions.append(lambda *args, **kwargs: args[0] + kwargs["x"])
    for ask in (student.f, student.name.get, student.x.y[3].get):
        try:
            answer = ask()
            assert answer is None or isinstance(answer, (bool, int, float, str, bytes, list, tuple, dict, set,
                                                         np.ndarray, np.generic, Handle))  # fmt: skip
        except StudentError as error:
            assert isinstance(error.type, str) and isinstance(error.message, str)
            json.dumps([error.type, error.message, error.places])
            (error.type + error.message).encode()
    json.dumps(student._trace)


@settings(max_examples=300)
@given(JSON)
def test_a_report_of_a_cell_is_read_or_refused(tree):
    try:
        run = read_report(Cell("a", "x = 1", 0), *Parrot({"value": tree}).reply)
    except ProtocolError:
        return
    assert isinstance(run.out, str) and len(run.out) <= protocol.KEPT_OUTPUT
    run.out.encode()
    assert run.error is None or isinstance(run.error, StudentError)


NUMBERS = [2**70, -1, 0, 1, True, None, "2", 127, 255, 65_535, 99 << 8, 2**31, {"t": []}]


@pytest.mark.parametrize("answer", [*NUMBERS, *([n] for n in NUMBERS), [], [[2]], [2, 2, 3, 4, 5], NUMBERS])
def test_lies_about_processes(answer, monkeypatch):
    monkeypatch.setattr(outside, "FORK_SECONDS", 0.2)
    ours, theirs = socket.socketpair()
    message = json.dumps({"value": answer, "buffers": []}).encode()
    theirs.sendall((struct.pack(">II", len(message), 0) + message) * 3)
    state = outside.Fork(ours)
    with pytest.raises(outside.ProcessDied):
        for child in state.spawn(2):
            child.allow(1)
            child.ask("get")
    child = outside.Fork(socket.socketpair()[0], state, pid=7)
    assert isinstance(child.post_mortem(), (outside.ProcessDied, outside.ProcessOutOfTime))
    theirs.close()
    ours.close()


# Time --------------------------------------------------------------------------------------------------------


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def soon():
    return time.monotonic() + 0.3


def test_messages_cross_with_buffers_and_descriptors(pair):
    ours, theirs = pair
    protocol.send(theirs, {"value": 1}, [b"ab", b"", b"c"], fds=[theirs.fileno()], deadline=soon() + 10)
    fds = []
    header, buffers = protocol.receive(ours, soon() + 10, fds)
    assert header["value"] == 1 and [bytes(b) for b in buffers] == [b"ab", b"", b"c"] and len(fds) == 1
    os.close(fds[0])


def test_silence_ends_at_the_deadline(pair):
    with pytest.raises(TimeoutError):
        protocol.receive(pair[0], soon())
    with pytest.raises(TimeoutError):
        protocol.receive(pair[0], time.monotonic() - 1)


@pytest.mark.parametrize("start", [b"", struct.pack(">II", 1000, 0), struct.pack(">II", 2, 1000) + b"{}"])
def test_a_trickle_ends_at_the_deadline(pair, start):
    ours, theirs = pair
    stop = threading.Event()

    def trickle():
        theirs.sendall(start)
        while not stop.wait(0.06):  # too slow for even the eight bytes of the lengths
            theirs.sendall(b"\0")

    sender = threading.Thread(target=trickle)
    sender.start()
    try:
        with pytest.raises(TimeoutError):
            protocol.receive(ours, soon())
    finally:
        stop.set()
        sender.join()


def test_sending_to_someone_who_does_not_read_ends_at_the_deadline(pair):
    with pytest.raises(TimeoutError):
        protocol.send(pair[0], {"value": 1}, [bytes(protocol.MAX_BUFFERS)], deadline=soon())


def test_the_end_of_the_other_side(pair):
    ours, theirs = pair
    theirs.sendall(struct.pack(">II", 10, 0) + b"{}")
    theirs.close()
    with pytest.raises(EOFError):
        protocol.receive(ours, soon() + 10)


@pytest.mark.parametrize("sizes", [(protocol.MAX_HEADER + 1, 0), (2, protocol.MAX_BUFFERS + 1), (2**32 - 1, 2**32 - 1)])
def test_too_large_messages_are_refused_before_they_come(pair, sizes):
    ours, theirs = pair
    theirs.sendall(struct.pack(">II", *sizes))
    with pytest.raises(ProtocolError):
        protocol.receive(ours, soon() + 10)


def test_too_large_messages_are_not_sent(pair):
    for header, buffers in (({"value": "x" * protocol.MAX_HEADER}, []), ({}, [bytes(protocol.MAX_BUFFERS + 1)])):
        with pytest.raises(ProtocolError):
            protocol.send(pair[0], header, buffers)


def test_descriptors_that_nobody_asked_for_are_dropped(pair):
    ours, theirs = pair
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        protocol.send(theirs, {"value": 1}, fds=[theirs.fileno()])
        protocol.receive(ours, soon() + 10)
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("value", [
    ["x" * 20_000] + [""] * 150_000, [b"x" * 20_000] + [0.5] * 150_000, {"x" * 20_000: [[0.5] * 100] * 1000},
    np.ones(15_000_000, bool), [np.ones(150_000, np.int8)] * 100, [np.ones((1, 150_000), np.float16)] * 14,
], ids=["texts", "bytes", "a key", "truth values", "small arrays", "half floats"])  # fmt: skip
def test_what_numpy_would_make_gigabytes_of_is_refused(value):
    with pytest.raises(ProtocolError):
        crossed(value)


@pytest.mark.parametrize("value", [["x" * 10_000] + [0.5] * 1000, np.ones(1_500_000, bool), ["word"] * 100_000])
def test_what_stays_small_in_numpys_hands_arrives(value):
    assert same(crossed(value), value)
