"""Packing: what `compute` returned, packed so that a page unpacks it without parsing numbers.

A bundle is {"headers": [...], "data": bytes}: all numbers as float32 in one buffer, and for each frame a header
that says which part is which array. The live widget, `bake` and the hand-out use the same form.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Result = tuple[dict[str, Any], dict[str, str]]
Frame = tuple[dict[str, Any], bytes]


def pack(key: str, arrays: dict[str, Any], readouts: dict[str, str], done: float = 1.0) -> Frame:
    """Header and bytes of one frame: lists of words go into the header, numbers into the bytes."""
    words = {name: value for name, value in arrays.items() if isinstance(value, list)}
    numbers = {k: np.asarray(v, np.float32) for k, v in arrays.items() if k not in words}
    places, start = {}, 0
    for name, array in numbers.items():
        places[name] = [start, list(array.shape)]
        start += array.size
    header = {"key": key, "arrays": places, "words": words, "readouts": list(readouts.items()), "done": done}
    return header, b"".join(array.tobytes() for array in numbers.values())


def pack_problem(key: str, problem: Exception) -> Frame:
    """The frame of a setting that cannot be: a sentence instead of arrays."""
    words = str(problem) if isinstance(problem, ValueError) else f"{type(problem).__name__}: {problem}"
    header, data = pack(key, {}, {})
    return header | {"problem": words}, data


def bundle(frames: Sequence[Frame]) -> dict[str, Any]:
    """Several frames as one: headers that know where their bytes start, and the bytes."""
    headers, start = [], 0
    for header, data in frames:
        headers.append(header | {"start": start})
        start += len(data)
    return {"headers": headers, "data": b"".join(data for _, data in frames)}
