"""The grader's rooms: each imports from those below alone; what runs beside student code knows only its companions."""

import ast
import importlib.util
import sys
from pathlib import Path

import pytest

from autograder.marking.suite import PROJECT
from autograder.sandbox.isolation import INSIDE, look

GRADER = PROJECT / "autograder"
FILES = sorted(f.relative_to(GRADER).as_posix() for f in GRADER.rglob("*.py") if "answers" not in f.parts)
BELOW = {  # what a room, or a file above the rooms, may import
    "sandbox": set(),
    "marking": {"sandbox"},
    "course": {"marking", "sandbox", "notebooks"},
    "suites": {"marking.mistakes", "marking.plugin", "marking.student"},
    "sample_class": {"marking"},
    "notebooks": set(),  # the formatter stands alone
    "tools": {"course", "marking", "sandbox"},
    "cli": {"tools", "course", "marking", "sandbox"},
    "__main__": {"cli"},
    "__init__": set(),
}
PACKAGES = {"IPython", "numpy", "traitlets"}  # what runs inside needs them


def imported(source, package):
    """The modules that a file in `package` imports, at import or later, by their whole names."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            home = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            yield from (f"{home}.{alias.name}" for alias in node.names)


def wrong_arrows(file, source):
    """What a file of the grader imports from a room that it must not know."""
    room, *rest = file.removesuffix(".py").split("/")
    for module in imported(source, ".".join(["autograder", room] if rest else ["autograder"])):
        top, _, name = module.partition(".")
        mine = rest and name.split(".")[0] == room
        if top == "autograder" and not mine and not any(f"{name}.".startswith(f"{b}.") for b in BELOW[room]):
            yield module


@pytest.mark.parametrize("file", FILES)
def test_imports_point_down(file):
    assert list(wrong_arrows(file, (GRADER / file).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("file, line", [
    ("sandbox/outside.py", "from autograder.marking.suite import PROJECT"),
    ("sandbox/outside.py", "from ..marking import suite"),
    ("marking/run.py", "import autograder.course.files"),
    ("marking/run.py", "def late():\n    from autograder.course import files"),
    ("marking/run.py", "from autograder import course"),
    ("course/grade.py", "from autograder.cli import main"),
    ("course/grade.py", "from autograder.sample_class.build import build"),
    ("suites/adam/test_adam.py", "from autograder.marking.run import NotebookRun"),
    ("notebooks.py", "from autograder.sandbox import protocol"),
])  # fmt: skip
def test_a_wrong_arrow_is_seen(file, line):
    assert len(list(wrong_arrows(file, line))) == 1


def test_every_room_is_listed():
    assert {file.removesuffix(".py").split("/")[0] for file in FILES} == BELOW.keys()
    assert min(sum(f.startswith(f"{room}/") for f in FILES) for room in ("sandbox", "marking", "course")) > 5


def test_what_runs_beside_student_code_imports_its_companions_alone():
    """In the sandbox there is no grader to import from, only these files in one folder."""
    beside, todo = set(), ["inside.py"]
    while todo:
        file = todo.pop()
        beside.add(file)
        source = (GRADER / "sandbox" / file).read_text(encoding="utf-8")
        modules = {module.partition(".")[0] for module in imported(source, "nowhere")}
        companions = {m for m in modules if (GRADER / "sandbox" / f"{m}.py").is_file()}
        assert modules - companions <= PACKAGES | sys.stdlib_module_names, file
        todo += {f"{m}.py" for m in companions} - beside
    assert beside == set(INSIDE)
    shown = {path: source for path, source in look([], []).places.items() if path.parent == Path("/grader")}
    assert shown == {Path("/grader", file): GRADER / "sandbox" / file for file in INSIDE}
