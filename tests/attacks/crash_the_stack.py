"""Crash the interpreter: recursion without a limit, bad pointers, broken bytecode."""

import ctypes
import sys

sys.setrecursionlimit(2**31 - 1)


class Down:
    __getattr__ = property(lambda self: self.deeper)


def update_moments(*args):
    ctypes.string_at(0)


def bias_correction(*args):
    exec(update_moments.__code__.replace(co_code=b"\x64\xff" * 100, co_stacksize=1))


class Adam:
    def __init__(self, params, **options):
        Down().deeper
