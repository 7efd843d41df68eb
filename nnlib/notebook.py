"""Put HTML into a notebook, or its text where there is none; and text that opens by a click or by Enter."""

from __future__ import annotations

import sys
from collections.abc import Callable


def display_html(markup: str, text: str, widget: Callable[[], object] | None = None) -> None:
    """Display `markup` in a notebook, with `text` for those who read plain text; elsewhere print `text`.

    `widget()` makes an ipywidget that takes the place of `markup` wherever a kernel is at work.
    """
    ipython = sys.modules.get("IPython")         # whoever runs in a notebook has it loaded
    if ipython is None or ipython.get_ipython() is None:
        print(text)
        return
    from IPython.display import display

    bundle = {"text/html": markup, "text/plain": text}
    if widget is not None:
        view = {"version_major": 2, "version_minor": 0, "model_id": widget().model_id}   # also in ipywidgets 7
        bundle["application/vnd.jupyter.widget-view+json"] = view
    display(bundle, raw=True)


def fold(summary: str, body: str) -> str:
    """HTML of which `summary` is shown, and `body` once it is opened; both are HTML already."""
    # The attribute lets the page have Enter, Space and arrows, which JupyterLab would take for itself.
    return (
        '<details style="margin:0.4em 0"><summary style="cursor:pointer" data-lm-suppress-shortcuts="true">'
        f"{summary}</summary>{body}</details>"
    )
