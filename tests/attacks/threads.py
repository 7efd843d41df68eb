"""Leave threads behind a call, which go on changing arrays, namespaces and the connection."""

import os
import threading
import time


class Adam:
    def __init__(self, params, **options):
        self.params = params
        for work in (self.change, self.talk):
            threading.Thread(target=work, daemon=True).start()

    def change(self):
        while True:
            for p in self.params:
                p += 1e-3

    def talk(self):
        while True:
            for fd in range(3, 16):
                try:
                    os.write(fd, b"\0\0\0\2\0\0\0\0{}")
                except OSError:
                    pass
            time.sleep(0.001)

    def step(self, grads):
        time.sleep(0.01)
