"""All demos for a class, full screen and without code: `python -m nnlib.demo` (or `make demo`).

Voila serves one page per demo, each with a kernel of its own, and an index page with a picture of each. Options
are Voila's: `--port=8866`, `--no-browser`.
"""

from __future__ import annotations

import base64
import html
import io
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from nnlib import demo

_INDEX = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Demos</title>
<style>
body { margin: 2em auto; max-width: 100em; padding: 0 2em; color: #1a1a1a; background: #fff;
       font: 18px/1.35 "Segoe UI", "Helvetica Neue", Arial, sans-serif }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(21em, 1fr)); gap: 1.2em }
a { display: block; padding: 0.8em; border: 1px solid #8a8a8a; border-radius: 8px;
    color: inherit; text-decoration: none }
a:hover, a:focus-visible { outline: 3px solid #0072b2 }
img { width: 100%%; aspect-ratio: 9 / 4.8 }
strong { display: block; font-size: 1.1em }
code { color: #555; font-size: 0.9em }
</style>
</head>
<body><header><h1>From perceptron to transformer: the demos</h1></header><main>%s</main></body>
</html>
"""
_LAB_ONLY = ("@jupyter-notebook/lab-extension", "@jupyter/nbgrader")
_CARD = (
    '<a href="voila/render/{name}.ipynb"><img alt="" src="{picture}">'
    "<strong>{title}</strong>{question} <code>{name}</code></a>"
)


def index_page() -> str:
    """The HTML of the index: a picture, the title, the first question and the name of every demo."""
    return _INDEX % "\n".join(card(getattr(demo, name)()) for name in demo.DEMOS)


def card(stage: demo.Stage) -> str:
    """One demo's entry."""
    buffer = io.BytesIO()
    stage.picture(caption=False).savefig(buffer, format="png", dpi=70)
    picture = f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
    title, question = html.escape(stage.title), html.escape(stage.moments[0].question)
    return _CARD.format(name=type(stage).__name__, picture=picture, title=title, question=question)


def write_notebooks(folder: Path) -> None:
    """One notebook per demo, of one cell."""
    import nbformat

    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for name in demo.DEMOS:
        cell = nbformat.v4.new_code_cell(f"from nnlib.demo import {name}\n{name}(full_page=True)")
        nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=kernel), folder / f"{name}.ipynb")


def serve(folder: Path, options: list[str]) -> None:
    """Run Voila over `folder`, with the index at its root."""
    from tornado.web import RequestHandler
    from voila.app import Voila

    from nnlib.demo.nodelay import send_at_once

    page = index_page()

    class Index(RequestHandler):
        def get(self) -> None:
            self.write(page)

    class Gallery(Voila):
        def init_handlers(self) -> list:
            return [(self.server_url, Index), *super().init_handlers()]

    send_at_once()
    # These expect all of JupyterLab around them, and complain in the browser's console.
    not_for_us = [f"--VoilaConfiguration.extension_denylist={name}" for name in _LAB_ONLY]
    Gallery.launch_instance([str(folder), *not_for_us, *options])


def main() -> None:
    """Write the notebooks into a temporary folder and serve them."""
    if find_spec("voila") is None:
        sys.exit("The demo server needs Voila: pip install -e '.[demo]'")
    print("Drawing the index page ...", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        write_notebooks(Path(folder))
        serve(Path(folder), sys.argv[1:])


if __name__ == "__main__":
    main()
