"""One thread, no deadlines, the same random examples every time: a test passes or fails for a reason.

And the browser of the tests that need one.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")    # read by NumPy and PyTorch when they are imported

import numpy as np
import pytest
from hypothesis import settings

from tests import lab

settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")


@pytest.fixture
def rng():
    """A generator, seeded: every test sees the same numbers."""
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def chromium():
    """A headless Chromium; skips, and says so, where there is none."""
    if lab.CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs Chromium")
        pytest.skip("NO CHROMIUM: nothing was looked at in a browser (apt install chromium)")
    with lab.chromium() as browser:
        yield browser
