"""Who hands in what: the classes of all exercises, one file each in classes/.

Expected marks stand in expected/<exercise>.csv; `build.py` writes the notebooks.
"""

from __future__ import annotations

import importlib
import pkgutil

from autograder.sample_class import classes
from autograder.sample_class.changes import Change

# exercise -> student -> (what happened, the notebook they started from is untouched?, what they did to it)
STUDENTS: dict[str, dict[str, tuple[str, bool, Change]]] = {
    module.name: importlib.import_module(f"{classes.__name__}.{module.name}").STUDENTS
    for module in pkgutil.iter_modules(classes.__path__)
}
