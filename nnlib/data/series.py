"""Two real time series, at even steps and without gaps."""

from __future__ import annotations

from pathlib import Path

import numpy as np

_FOLDER = Path(__file__).parent


def co2() -> tuple[np.ndarray, np.ndarray]:
    """Carbon dioxide in the air at Mauna Loa, Hawaii, monthly from March 1958 to December 2001 (Keeling and Whorf).

    Returns year (526,) float64 (1958.2 is the middle of March) and parts per million (526,) float32. Means of the
    weekly values; five months without any (6 and 10/1958, 2 to 4/1964) are filled in on a straight line.
    """
    with np.load(_FOLDER / "co2.npz") as arrays:
        return arrays["year"], arrays["ppm"]


def sunspots() -> tuple[np.ndarray, np.ndarray]:
    """Spots on the sun, yearly from 1700 to 2008, rising and falling in about eleven years.

    Returns year (309,) float64 and number (309,) float32.
    """
    with np.load(_FOLDER / "sunspots.npz") as arrays:
        return arrays["year"], arrays["number"]
