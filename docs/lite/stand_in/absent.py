"""What the page in the browser says where a package cannot be had: one calm sentence in place of an error.

The stand-ins for such packages may be imported and passed on. Where one should compute, the cell ends with a sentence,
and so do the cells that go on from it. A cell that would draw shows the picture that was drawn when the site was made.
All other errors stay what they are.
"""

from __future__ import annotations

import ast
import html
import json
import symtable
import traceback
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from IPython import get_ipython
from IPython.core.interactiveshell import InteractiveShell

from nnlib.notebook import display_html

REASONS = {"torch": "PyTorch, which cannot be had in a browser",
           "matplotlib": "matplotlib, which this page does not have"}  # fmt: skip
DRAWN = "Drawn when this site was made, with right answers: the page itself cannot draw."
_file = Path(__file__).with_name("pictures.json")          # made by build.py: {description: [file, width, caption]}
_drawn: dict[str, list] = json.loads(_file.read_text(encoding="utf-8")) if _file.exists() else {}
_missed: dict[str, str] = {}                     # a name that a cell did not come to make, and the package it needed


def needs(package: str) -> ModuleNotFoundError:
    """The error to raise where `package` should compute."""
    return ModuleNotFoundError(f"This needs {REASONS[package]}.", name=package)


class StandIn:
    """A name of a package that is not there: `torch.nn.Linear` can be named, but not called."""

    def __init__(self, path: str):
        self.path = path

    def __getattr__(self, name: str) -> StandIn:
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(f"{self.path}.{name}")

    def __call__(self, *arguments, **options) -> _Decorator:
        """ModuleNotFoundError: nothing can be computed."""
        if self.path == "torch.no_grad":         # stands above methods of classes, and these may be defined
            return _Decorator()
        raise needs(self.path.split(".")[0])

    def __iter__(self):
        raise needs(self.path.split(".")[0])

    def __mro_entries__(self, bases: tuple) -> tuple[type]:
        """As the base of a class: the class can be defined, and nothing can be made of it."""
        return (type("Base", (), {"__init__": lambda it, *arguments, **options: self()}),)

    def __instancecheck__(self, thing: object) -> bool:
        return False


class _Decorator:
    """Changes nothing; as a context it would have to compute."""

    def __call__(self, function):
        return function

    def __enter__(self):
        raise needs("torch")

    def __exit__(self, *problem):
        return None


def answer(shell: InteractiveShell, kind: type, error: BaseException, trace: TracebackType,
           tb_offset: int | None = None) -> None:
    """Say in a sentence why a cell ends here, where that is a package; show any other error as always."""
    if isinstance(error, ModuleNotFoundError):
        package, what = (error.name or "").split(".")[0], "This needs"
    else:
        package, what = _missed.get(error.name, ""), "This cell goes on from one that needs"
    if package not in REASONS:
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
        return
    source = shell.user_ns["In"][-1]
    _missed.update({name: package for name in _names(source) if name not in shell.user_ns})
    alts = _descriptions(source, trace)
    if not alts or package != "matplotlib":
        _say(f"{what} {REASONS[package]}. Go on with the next cell.")
    for alt in alts:
        _show(alt)
    if package == "matplotlib":
        _go_on(shell, source, trace)


def _names(source: str) -> list[str]:
    """The names that a cell makes."""
    symbols = symtable.symtable(source, "cell", "exec").get_symbols()
    return [symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()]


def _descriptions(source: str, trace: TracebackType) -> list[str]:
    """The descriptions of the figures that a cell shows: written in it, or handed to a function that draws."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    shown = [call for call in calls if ast.unparse(call.func) == "plot.show"]
    alts = [alt for call in shown for alt in (*call.args[1:2], *(k.value for k in call.keywords if k.arg == "alt"))]
    written = [alt.value for alt in alts if isinstance(alt, ast.Constant)]
    handed = [frame.f_locals.get("alt") for frame, _ in traceback.walk_tb(trace)]
    return written or [alt for alt in handed if isinstance(alt, str)]


def _go_on(shell: InteractiveShell, source: str, trace: TracebackType) -> None:
    """Run what stands in the cell below the place that would draw, but for the rest of the drawing: a question, say."""
    lines = [line for frame, line in traceback.walk_tb(trace) if frame.f_globals is shell.user_ns]
    for statement in ast.parse(source).body:
        if lines and statement.lineno > lines[0]:
            with suppress(NameError, ModuleNotFoundError):
                exec(compile(ast.Module([statement], []), "cell", "exec"), shell.user_ns)


def _show(alt: str) -> None:
    """The picture with this description, or else the description."""
    if alt not in _drawn:
        _say(f"The picture would show: {alt}")
        return
    file, width, caption = _drawn[alt]
    text = html.escape(f"{caption} ({DRAWN})".strip())
    image = f'<img alt="{html.escape(alt)}" width="{width}" style="max-width:100%" src="pictures/{file}">'
    display_html(f'<figure style="margin:0">{image}<figcaption>{text}</figcaption></figure>', f"[figure] {alt}")


def _say(text: str) -> None:
    style = "border-left:4px solid #56B4E9;padding:0.2em 1em;max-width:50em"
    display_html(f'<div role="note" style="{style}">{html.escape(text)}</div>', text)


if shell := get_ipython():
    shell.set_custom_exc((ModuleNotFoundError, NameError), answer)
