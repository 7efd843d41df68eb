"""Put HTML into a notebook, or its text where there is none."""

from __future__ import annotations

import sys


def display_html(markup: str, text: str) -> None:
    """Display `markup` in a notebook, with `text` for those who read plain text; elsewhere print `text`."""
    ipython = sys.modules.get("IPython")         # whoever runs in a notebook has it loaded
    if ipython is None or ipython.get_ipython() is None:
        print(text)
    else:
        from IPython.display import display

        display({"text/html": markup, "text/plain": text}, raw=True)
