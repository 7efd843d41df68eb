"""Never come back from a call, with signals ignored and the interpreter locked."""

# hangs
import re
import signal


def turn():
    """How often this was called, in all copies of the process together."""
    with open("turn", "ab") as file:
        file.write(b"x")
        return file.tell()


class Adam:
    def __init__(self, params, **options):
        if turn() > 1:
            raise ValueError("once is enough")
        for number in (signal.SIGXCPU, signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        re.match(r"(a+)+$", "a" * 64 + "b")
