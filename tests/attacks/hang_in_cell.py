"""Never let a cell come to its end."""

# hangs
import threading

threading.Event().wait()
