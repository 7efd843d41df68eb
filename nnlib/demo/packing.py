"""Packing: what `compute` returned, in a form that a page unpacks without parsing numbers.

A bundle is {"headers": [...], "data": bytes}: the numbers of all frames as float32 in one buffer, and for each
frame a header that says where its arrays are. The live widget, `bake` and the hand-out use the same form.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Result = tuple[dict[str, Any], dict[str, str]]
Frame = dict[str, Any]


def pack(key: str, arrays: dict[str, Any], readouts: dict[str, str], done: float = 1.0) -> Frame:
    """One frame: lists of words as they are, everything else as float32; `done` is 1 when it is complete."""
    words = {name: value for name, value in arrays.items() if isinstance(value, list)}
    numbers = {k: np.asarray(v, np.float32) for k, v in arrays.items() if k not in words}
    return {"key": key, "arrays": numbers, "words": words, "readouts": list(readouts.items()), "done": done}


def pack_problem(key: str, problem: Exception) -> Frame:
    """The frame of a setting that cannot be: a sentence instead of arrays."""
    words = str(problem) if isinstance(problem, ValueError) else f"{type(problem).__name__}: {problem}"
    return pack(key, {}, {}) | {"problem": words}


def bundle(frames: Sequence[Frame]) -> dict[str, Any]:
    """Several frames as headers and one buffer; arrays that several frames share are stored once."""
    starts: dict[bytes, int] = {}
    size, headers = 0, []
    for frame in frames:
        places = {}
        for name, array in frame["arrays"].items():
            data = array.tobytes()
            start = starts.setdefault(data, size)
            size += len(data) if start == size else 0
            places[name] = [start, list(array.shape)]
        headers.append(frame | {"arrays": places})
    return {"headers": headers, "data": b"".join(starts)}
