"""nnlib against PyTorch, row by row: `make bench`, or

    python -m benchmarks [ROW ...] [--threads 2] [--json FILE] [--seconds 4]

Prints a table (medians in milliseconds, and ratios: below 1 nnlib is faster) and writes the same as JSON. The bar
is the ratio that nnlib must not exceed, alone in its process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from pathlib import Path

COLUMNS = "{:43}{:>10}{:>10}{:>13}{:>8}{:>7}  {}"


def main() -> None:
    """Measure and show."""
    options = parse()
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = str(options.threads)      # read when NumPy and PyTorch are imported, below
    from benchmarks.rows import ROWS

    unknown = set(options.rows) - set(ROWS)
    if unknown:
        raise SystemExit(f"rows: expected some of {', '.join(ROWS)}, got {', '.join(unknown)}")
    print(COLUMNS.format("", "nnlib ms", "other ms", "interleaved", "alone", "bar", "met"))
    results = [measure(key, options.threads, options.seconds) for key in options.rows or ROWS]
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"machine": machine(), "threads": options.threads, "rows": results}, indent=2))
    print(f"written to {options.json}")


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split(":")[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help="measure these alone, such as conv lstm")
    parser.add_argument("--threads", type=int, default=1, help="for matrix products and for PyTorch (default 1)")
    parser.add_argument("--seconds", type=float, default=4, help="to measure each row, in each of the two ways")
    parser.add_argument("--json", type=Path, default=Path("build/bench.json"), help="where the numbers go")
    return parser.parse_args()


def measure(key: str, threads: int, seconds: float) -> dict:
    """One row: measured, printed, returned."""
    from benchmarks.rows import ROWS
    from benchmarks.timing import alone, interleaved

    row = ROWS[key]
    together, apart = interleaved(row, threads, seconds), alone(key, threads, seconds)
    bar = row.bar if threads == 1 else row.bar_2_threads
    met = None if bar is None else apart["ratio"] <= bar
    numbers = [f"{apart['ours']:.2f}", f"{apart['theirs']:.2f}", f"{together['ratio']:.2f}", f"{apart['ratio']:.2f}"]
    print(COLUMNS.format(row.name, *numbers, bar or "", {True: "yes", False: "no", None: ""}[met]), flush=True)
    return {"row": key, "name": row.name, "interleaved": together, "alone": apart, "bar": bar, "met": met}


def machine() -> dict[str, str | int]:
    """What was measured on."""
    import numpy
    import torch

    return {"processor": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version(),
            "numpy": numpy.__version__, "torch": torch.__version__}


if __name__ == "__main__":
    main()
