"""What nnlib promises its readers: it is small, everything public is explained, and the explanations are true."""

import ast
import doctest
import importlib
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = {p.relative_to(ROOT).as_posix(): p for p in sorted((ROOT / "nnlib").rglob("*.py")) if p.parent.name != "demo"}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in FILES.items()}
Function = ast.FunctionDef
each_file = pytest.mark.parametrize("name", FILES)


# Size


def code_lines(name: str) -> set[int]:
    """The numbers of the lines with code: not empty, not a comment, not part of a docstring."""
    documented = [n.body[0] for n in ast.walk(TREES[name]) if isinstance(n, ast.Module | ast.ClassDef | Function)
                  and ast.get_docstring(n) is not None]
    docstrings = {line for node in documented for line in range(node.lineno, node.end_lineno + 1)}
    lines = enumerate(FILES[name].read_text(encoding="utf-8").splitlines(), 1)
    return {i for i, line in lines if line.strip() and not line.strip().startswith("#")} - docstrings


def test_nnlib_stays_small():
    """Lines of code: a docstring more makes the library no harder to read, so docstrings do not count."""
    code = {name: code_lines(name) for name, path in FILES.items() if path.parent.name != "data"}
    assert 2000 < sum(map(len, code.values())) < 3000
    lengths = [len(code[name] & set(range(f.lineno, f.end_lineno + 1)))
               for name in code for f in ast.walk(TREES[name]) if isinstance(f, Function)]
    assert len(lengths) > 200 and statistics.median(lengths) <= 8


def test_the_readme_makes_that_promise():
    assert re.search(r"under 3,000\s+lines of code", (ROOT / "README.md").read_text(encoding="utf-8"))


# Docstrings


def definitions(node: ast.AST, owners: tuple = ()) -> Iterator[tuple]:
    """(node, the classes around it) of each class and function of a module, not those inside functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | Function):
            yield child, owners
        if isinstance(child, ast.ClassDef):
            yield from definitions(child, (*owners, child))


def public(name: str) -> list[tuple]:
    """What a reader may use: no name on the way to it starts with an underscore."""
    found = definitions(TREES[name])
    return [(node, owners) for node, owners in found if not any(n.name.startswith("_") for n in (node, *owners))]


def full_name(node: ast.AST, owners: tuple) -> str:
    return ".".join(n.name for n in (*owners, node))


def text(node: ast.AST, owners: tuple) -> str:
    """The docstring, and that of the class."""
    return "\n".join(ast.get_docstring(n) or "" for n in (*owners, node))


@each_file
def test_everything_public_has_a_docstring(name):
    assert ast.get_docstring(TREES[name])
    assert [full_name(*found) for found in public(name) if not ast.get_docstring(found[0])] == []


ARRAY = re.compile(r"\b(ndarray|Array|Pair)\b")
# The word, or what looks like one: (N), (..., d), (N*L, E), (rows, 2).
SHAPE = re.compile(r"[Ss]hape|\(([A-Z]|\.\.\.)(\W[^)]*)?\)|\([a-z0-9_*]+,[^)]*\)")


@each_file
def test_what_takes_arrays_says_their_shape(name):
    """In its own docstring or in that of its class."""
    def takes_arrays(function):
        annotations = [node.annotation for node in ast.walk(function.args) if isinstance(node, ast.arg)]
        return any(a and ARRAY.search(ast.unparse(a)) for a in annotations)

    functions = [found for found in public(name) if isinstance(found[0], Function)]
    assert [full_name(*f) for f in functions if takes_arrays(f[0]) and not SHAPE.search(text(*f))] == []


def raised(function: Function, helpers: dict[str, Function], seen: frozenset = frozenset()) -> set[str]:
    """The names of the errors that a function raises itself or by way of the private helpers of its file."""
    errors = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Raise) and node.exc is not None:
            errors.add(ast.unparse(getattr(node.exc, "func", node.exc)))
        called = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
        if called in helpers and called not in seen:
            errors |= raised(helpers[called], helpers, seen | {called})
    return errors - {"NotImplementedError"}


@each_file
def test_what_raises_says_so(name):
    """The errors of __init__ and of other special methods belong into the docstring of the class."""
    everything = list(definitions(TREES[name]))
    helpers = {n.name: n for n, _ in everything if isinstance(n, Function) and re.match(r"_[^_]", n.name)}
    missing = []
    for node, owners in everything:
        if isinstance(node, Function) and not any(re.match(r"_[^_]", n.name) for n in (node, *owners)):
            silent = [error for error in raised(node, helpers) if error not in text(node, owners)]
            missing += [f"{full_name(node, owners)}: {error}" for error in silent]
    assert missing == []


@each_file
def test_examples_in_docstrings_run(name):
    module = importlib.import_module(name.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    assert doctest.testmod(module).failed == 0


def test_there_are_examples():
    assert sum(len(re.findall(r"^ +>>> ", path.read_text(encoding="utf-8"), re.M)) for path in FILES.values()) > 20
