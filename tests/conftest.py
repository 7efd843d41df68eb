"""One thread, no deadlines, the same random examples every time: a test passes or fails for a reason."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")    # read by NumPy and PyTorch when they are imported

import numpy as np
import pytest
from hypothesis import settings

settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")


@pytest.fixture
def rng():
    """A generator, seeded: every test sees the same numbers."""
    return np.random.default_rng(0)
