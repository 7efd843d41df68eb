"""What may be shown of strangers' words: what a student's process says, and what students call things.

While a hidden test runs, its inputs lie in the student's process, and whoever raises an exception there chooses its
type, its message and its place: letters can carry numbers out as well as digits can. So nothing is shown then that
student code can write, only names that Python itself gives.
"""

from __future__ import annotations

import builtins

NAMES = frozenset(name for name, value in vars(builtins).items() if isinstance(value, type))
EXCEPTIONS = frozenset(name for name in NAMES if issubclass(getattr(builtins, name), BaseException))


def clean(text: str) -> str:
    """`text` without control characters: terminal escapes, changes of writing direction, lone surrogates."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else " " if c.isspace() else "" for c in text)


def printable(text: str) -> str:
    """`text` on one line, with these characters as escapes: two names that differ must also look so."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
