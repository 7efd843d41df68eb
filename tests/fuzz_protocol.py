"""Search for a message that does harm to the trusted side, guided by coverage (needs `pip install atheris`).

    python -m tests.fuzz_protocol [seconds] [corpus folder]

A crash, another exception than ProtocolError or StudentError, or more than five seconds for one message stops it.
CI tries random messages for a few seconds in test_protocol.py.
"""

import contextlib
import json
import sys

import atheris

READERS = ["autograder.sandbox.protocol", "autograder.marking.student", "autograder.marking.run",
           "autograder.marking.diagnosis", "autograder.marking.wording"]  # fmt: skip
with atheris.instrument_imports(include=READERS):
    from autograder.marking.run import read_report
    from autograder.marking.student import Student, StudentError
    from autograder.marking.submission import Cell
    from autograder.sandbox import protocol

KINDS = ["int", "tuple", "set", "dict", "bytes", "array", "ref", "function", "x"]
FIELDS = ["t", "v", "s", "d", "scalar", "id", "of", "out", "error", "type", "message", "places"]
WORDS = [*protocol.DTYPES, "0xff", "f" * 4000, "value", "ProtocolError", "\ud800", ""]
NUMBERS = [0, -1, 1, 2**31, 2**63, 2**64, 2**61 - 1, 10**400, 1.5, float("nan"), float("inf"), True, False, None]


class Replies:
    """In the place of a fork: the message, twice, then None."""

    def __init__(self, header, buffers):
        self.replies = [(header, buffers)] * 2

    def ask(self, *args, **kwargs):
        return self.replies.pop()

    def send(self, *args):
        pass

    def receive(self):
        return self.replies.pop() if self.replies else ({"value": None}, [])


def tree(source, depth=0):
    """A JSON value that resembles an encoded one."""
    choice = source.ConsumeIntInRange(0, 7 if depth < 40 else 2)
    if choice == 0:
        return source.PickValueInList(NUMBERS)
    if choice == 1:
        return source.ConsumeInt(8)
    if choice == 2:
        return source.PickValueInList(WORDS)
    few = range(source.ConsumeIntInRange(0, 4))
    if choice == 3:
        return [tree(source, depth + 1) for _ in few]
    if choice == 4:
        return {source.PickValueInList(FIELDS): tree(source, depth + 1) for _ in few}
    if choice == 5:
        shape = [source.ConsumeIntInRange(0, 4) for _ in few]
        return {"t": "array", "d": source.PickValueInList(WORDS), "s": shape, "scalar": source.ConsumeBool()}
    if choice == 6:
        return {"t": "dict", "v": [[tree(source, depth + 1), tree(source, depth + 1)] for _ in few]}
    return {"t": source.PickValueInList(KINDS), "v": [tree(source, depth + 1) for _ in few]}


def one(data: bytes) -> None:
    """Give one message to all that reads messages."""
    source = atheris.FuzzedDataProvider(data)
    if source.ConsumeBool():
        name = source.PickValueInList(["value", "error", "missing", "callback"])
        content = [0, [tree(source)], tree(source)] if name == "callback" and source.ConsumeBool() else tree(source)
        sizes = [source.ConsumeIntInRange(0, 64) for _ in range(source.ConsumeIntInRange(0, 4))]
        rest = source.ConsumeBytes(sum(sizes))
        text = json.dumps({name: content, "buffers": sizes}).encode()
    else:
        text, rest = source.ConsumeBytes(source.ConsumeIntInRange(0, 1000)), source.ConsumeBytes(100)
    try:
        header, buffers = protocol._split(text, memoryview(rest))
    except protocol.ProtocolError:
        return
    with contextlib.suppress(protocol.ProtocolError):
        read_report(Cell("a", "", 0), header, buffers)
    student = Student(Replies(header, buffers))
    student._functions.append(lambda *args, **kwargs: args)
    try:
        student.f(1)
    except StudentError as error:
        json.dumps([error.type, error.message, error.places])
    json.dumps(student._trace)


if __name__ == "__main__":
    seconds = sys.argv[1] if len(sys.argv) > 1 else "60"
    limits = [f"-max_total_time={seconds}", "-timeout=5", "-max_len=4096", "-rss_limit_mb=2048", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *limits, *sys.argv[2:3]], one)
    atheris.Fuzz()
