"""Every solution runs from top to bottom in a fresh kernel, with the network denied. (Lessons: test_lessons.py.)"""

from pathlib import Path

import pytest
from nbgrader.preprocessors import CheckCellMetadata
from nbgrader.validator import Validator

from tests import kernel

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted(p for p in (ROOT / "solutions").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)


@pytest.mark.sandbox
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_it_runs_without_network(path, tmp_path):
    """And nbgrader's validation, which would run it once more, is content with what came out."""
    kernel.check_outputs(kernel.run(path, path.parent, tmp_path))
    assert Validator(preprocessors=[CheckCellMetadata]).validate(str(tmp_path / "out.ipynb")) == {}
