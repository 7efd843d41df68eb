"""Your turn: the reader writes a few lines of a function and learns at once whether they are right.

The lesson starts the function and leaves `...` where the reader's lines go. The cell below it calls `your_turn`
with the answer as text; what the answer computes is what the reader's function is compared with.
"""

from __future__ import annotations

import ast
import copy
import html
import inspect
import re
import textwrap
import traceback
from collections.abc import Callable, Mapping

import numpy as np

from nnlib.notebook import display_html, fold

_LATER = "Not yet. Write your lines where ... stands, run that cell, then this one."
_STALE = "Not yet. Run the cell above, then this one. If that cell shows an error, mend the error first."


def your_turn(
    function: Callable, answer: str, *inputs: object, slips: Mapping[str, tuple[str, str]] | None = None,
    view: Callable = lambda result: result, then: str = "", rtol: float = 1e-6, atol: float = 1e-9,
) -> Callable:
    """Compare the reader's `function` with `answer` on `inputs`, and say how it went; then the answer, folded.

    `answer` is the source of the whole function, `inputs` one tuple of arguments per call (each side gets copies).
    `slips` are known mistakes: what to say, and the edit (old, new) of the answer that makes the mistake.
    `view` maps a result to what is compared, where many results are right. `then` is told with "Right."

    Returns the reader's function if it is right, else the answer, so that the lesson can go on with it.
    ValueError where the answer does not define the function, or a slip's old text is not in the answer.
    """
    slips = slips or {}
    answer = textwrap.dedent(answer).strip()
    for edit in slips.values():
        if edit[0] not in answer:
            raise ValueError(f"slips: expected a text of the answer, got {edit[0]!r}")
    arguments = [call if isinstance(call, tuple) else (call,) for call in inputs]
    reference = _define(answer, function)
    expected = [view(result) for result in _results(reference, arguments)[0]]

    def is_slip(edit: tuple[str, str], got: list) -> bool:
        try:
            wrong = [view(result) for result in _results(_define(answer.replace(*edit), function), arguments)[0]]
        except Exception:                        # made on purpose, the slip may also stop
            return False
        return all(_difference(w, g, rtol, atol) is None for w, g in zip(wrong, got))

    verdict, got = _verdict(function, arguments, expected, view, rtol, atol)
    if got is not None:                          # it runs, and its results differ: is it a slip that we know?
        verdict = " ".join([verdict, *[text for text, edit in slips.items() if is_slip(edit, got)][:1]])
    right = verdict == "Right."
    _tell(f"Right. {then}".strip() if right else verdict, answer)
    return function if right else reference


def _verdict(function: Callable, arguments: list[tuple], expected: list, view: Callable, rtol: float,
             atol: float) -> tuple[str, list | None]:
    """What to say; and all results where the function runs and they differ."""
    unfinished = _is_unfinished(function)
    if getattr(function, "is_the_answer", False):       # the reader's cell has not run since, or stopped
        return _STALE, None
    try:
        results, changed = _results(function, arguments)
        if unfinished and any(result is None or result is ... for result in results):
            return _LATER, None
        if all(result is None for result in results):
            return "Not right yet. The function returns nothing: is there a `return`?", None
        if changed:
            return f"Not right yet. {changed}", None
    except Exception as error:
        return (_LATER if unfinished else f"Not right yet. {_told(error, function)}"), None
    try:
        got = [view(result) for result in results]
    except Exception as error:
        told = f"What the function returns has another form than expected ({type(error).__name__}: {error})."
        return (_LATER if unfinished else f"Not right yet. {told}"), None
    for call, want, have in zip(arguments, expected, got):
        found = _difference(want, have, rtol, atol)
        if found:
            shown = ", ".join(_short(argument) for argument in call)
            return f"Not right yet. {function.__name__}({shown}): {found}", got
    return "Right.", None


def _is_unfinished(function: Callable) -> bool:
    """Whether a `...` still stands in it."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return False
    return any(isinstance(node, ast.Constant) and node.value is ... for node in ast.walk(tree))


def _define(source: str, like: Callable) -> Callable:
    """The function that `source` defines among the names that `like` sees."""
    names = {name: value for name, value in like.__globals__.items() if name != like.__name__}
    exec(source, names)
    if like.__name__ not in names:
        raise ValueError(f"answer: expected the definition of {like.__name__}, got {source!r}")
    made = names[like.__name__]
    made.is_the_answer = True
    return made


def _results(function: Callable, arguments: list[tuple]) -> tuple[list, str]:
    """One result per call, each on copies of its arguments; and what to say where it changes one of them."""
    results, changed = [], ""
    for call in arguments:
        copies = copy.deepcopy(call)
        results.append(function(*copies))
        for name, before, after in zip(inspect.signature(function).parameters, call, copies):
            if isinstance(before, np.ndarray) and before.tobytes() != after.tobytes():
                changed = f"The function changes its argument {name}. Compute a new array instead."
    return results, changed


def _difference(want: object, have: object, rtol: float, atol: float) -> str | None:
    """The first difference in words: kind, then shape, then number; None where there is none."""
    if isinstance(want, (tuple, list)):
        if not isinstance(have, (tuple, list)):
            return f"expected {len(want)} results, got {_short(have)}."
        if len(want) != len(have):
            return f"expected {len(want)} results, got {len(have)}."
        pairs = ((i, _difference(w, h, rtol, atol)) for i, (w, h) in enumerate(zip(want, have)))
        return next((f"result {i}: {found}" for i, found in pairs if found), None)
    if isinstance(want, Mapping):
        if not isinstance(have, Mapping) or want.keys() != have.keys():
            found = f"the keys {', '.join(map(str, have))}" if isinstance(have, Mapping) else type(have).__name__
            return f"expected a dictionary with the keys {', '.join(map(str, want))}, got {found}."
        pairs = ((name, _difference(w, have[name], rtol, atol)) for name, w in want.items())
        return next((f"{name}: {found}" for name, found in pairs if found), None)
    wanted, given = _array(want), _array(have)
    if wanted is None or given is None:
        same = type(want) is type(have) and bool(want == have)
        return None if same else f"expected {_short(want)}, got {_short(have)}."
    if wanted.shape != given.shape:
        return f"expected the shape {wanted.shape}, got {given.shape}."
    wrong = ~np.isclose(given, wanted, rtol=rtol, atol=atol, equal_nan=True)
    if not wrong.any():
        return None
    at = tuple(int(i) for i in np.argwhere(wrong)[0])
    place = f" at [{', '.join(map(str, at))}]" if at else ""
    return f"expected {_number(wanted[at])}, got {_number(given[at])}{place}."


def _array(value: object) -> np.ndarray | None:
    """Numbers as an array: of NumPy, of PyTorch, of Python; None for anything else."""
    if hasattr(value, "detach"):
        value = value.detach().numpy()
    if isinstance(value, (bool, int, float, complex, np.generic, np.ndarray)):
        array = np.asarray(value)
        return array if array.dtype.kind in "biufc" else None
    return None


def _number(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, (float, np.floating)) else str(value)


def _short(value: object) -> str:
    """A value in a few characters."""
    if isinstance(value, np.ndarray) and value.size > 6:
        return f"array of shape {value.shape}"
    if callable(value) and hasattr(value, "__name__"):
        return value.__name__
    text = np.array2string(value, precision=3, separator=", ") if isinstance(value, np.ndarray) else repr(value)
    text = re.sub(r"<(?:\w+[.])*(\w+) object at 0x\w+>", r"\1", " ".join(text.split()))
    text = re.sub(r" at 0x\w+$", "", text)       # a Generator tells where it lives
    return text if len(text) <= 60 else f"{type(value).__name__} ..."


def _told(error: Exception, function: Callable) -> str:
    """The error, and the reader's line that it comes from."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.name == function.__name__]
    line = f" It comes from the line: {frames[-1].line}" if frames and frames[-1].line else ""
    return f"The function stops with {type(error).__name__}: {error}.{line}"


def _tell(verdict: str, answer: str) -> None:
    color = "#009E73" if verdict.startswith("Right.") else "#0072B2"
    markup = (
        f'<div role="status" style="border-left:4px solid {color};padding:0.2em 1em;max-width:50em">'
        f"{html.escape(verdict)}{fold('One answer', f'<pre>{html.escape(answer)}</pre>')}</div>"
    )
    display_html(markup, verdict)
