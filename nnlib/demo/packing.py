"""Packing: what `compute` returned, in a form that a page unpacks without parsing numbers.

A bundle is {"headers": [...], "data": bytes}: the numbers of all frames as float32 (or bytes, where an array is
uint8) in one buffer, and for each frame a header that says where its arrays are. The live widget, `bake` and the
hand-out use the same form.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

Result = tuple[dict[str, Any], dict[str, str]]
Frame = dict[str, Any]


def pack(key: str, arrays: dict[str, Any], readouts: dict[str, str], done: float = 1.0) -> Frame:
    """One frame: lists of words as they are, numbers as float32 or uint8; `done` is 1 when it is complete."""
    words = {name: value for name, value in arrays.items() if isinstance(value, list) and isinstance(value[0], str)}
    numbers = {k: _small(np.asarray(v)) for k, v in arrays.items() if k not in words}
    return {"key": key, "arrays": numbers, "words": words, "readouts": list(readouts.items()), "done": done}


def _small(array: np.ndarray) -> np.ndarray:
    return array if array.dtype == np.uint8 else array.astype(np.float32)


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
            data += bytes(-len(data) % 4)                       # float32 has to start at a multiple of four
            start = starts.setdefault(data, size)
            size += len(data) if start == size else 0
            places[name] = [start, list(array.shape), array.itemsize]
        headers.append(frame | {"arrays": places})
    return {"headers": headers, "data": b"".join(starts)}


def save(path: Path, result: Result) -> None:
    """Store a result beside the demo that made it."""
    arrays, readouts = result
    arrays = {name: np.asarray(value) for name, value in arrays.items()}
    small = {name: value if value.dtype.kind == "U" else _small(value) for name, value in arrays.items()}
    np.savez_compressed(path, _readouts=json.dumps(readouts), **small)


def load(path: Path) -> Result:
    """What `save` stored."""
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    readouts = json.loads(str(arrays.pop("_readouts")))
    return {k: v.tolist() if v.dtype.kind == "U" else v for k, v in arrays.items()}, readouts
