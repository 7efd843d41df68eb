"""A lesson as a talk: one HTML page that needs no kernel and no network.

    python -m nnlib.demo.slides [LESSON.ipynb ...] [--out FOLDER]

Cells marked `slide` or `subslide` begin a screen, `fragment` adds to it step by step, all others stay out. Code that
is folded in the lesson shows only what it makes; a demo is there with its hand-out. Arrows, Space and Page keys walk.
"""

from __future__ import annotations

import argparse
import html
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nnlib import markdown, quiz
from nnlib.demo import DEMOS

if TYPE_CHECKING:
    from nbformat import NotebookNode

HERE = Path(__file__).resolve().parent
LESSONS = HERE.parent.parent / "lessons"
_STARTS, _SHOWN = ("slide", "subslide"), ("slide", "subslide", "fragment")
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>{css}</style>
</head>
<body>
<main>{screens}</main>
<footer aria-live="polite"></footer>
<script>{script}</script>
</body>
</html>
"""


def screens(cells: Sequence[Mapping]) -> list[list[Mapping]]:
    """The cells that are shown, one list for each screen. ValueError where a fragment comes before any screen."""
    found: list[list[Mapping]] = []
    for cell in cells:
        kind = cell["metadata"].get("slideshow", {}).get("slide_type")
        if kind in _STARTS:
            found.append([])
        elif kind == "fragment" and not found:
            raise ValueError(f"cells: expected a slide before the fragment {cell.get('id')!r}, got none")
        if kind in _SHOWN:
            found[-1].append(cell)
    return found


def page(cells: Sequence[Mapping], title: str) -> str:
    """The HTML page of an executed notebook's cells (nbformat 4), titled `title`."""
    from pygments.formatters import HtmlFormatter

    body = "\n".join(f"<section><div>{''.join(map(_cell, screen))}</div></section>" for screen in screens(cells))
    css = (HERE / "slides.css").read_text(encoding="utf-8") + HtmlFormatter(style="default").get_style_defs("pre")
    script = (HERE / "slides.js").read_text(encoding="utf-8")
    return _PAGE.format(title=html.escape(title), css=css, screens=body, script=script)


def _cell(cell: Mapping) -> str:
    kind = cell["metadata"]["slideshow"]["slide_type"]
    inside = markdown.to_html(_text(cell["source"]), trusted=True) if cell["cell_type"] == "markdown" else _code(cell)
    return f'<div class="{"fragment" if kind == "fragment" else "first"}">{inside}</div>'


def _code(cell: Mapping) -> str:
    source = _text(cell["source"])
    if name := demo_in(source):
        return _demo(name)
    folded = cell["metadata"].get("jupyter", {}).get("source_hidden", False)
    return ("" if folded else _highlighted(source)) + "".join(map(_output, cell.get("outputs", [])))


def demo_in(source: str) -> str:
    """The name of the demo that a cell shows, or nothing."""
    shown = re.search(r"^(\w+)\(\)$", source, flags=re.MULTILINE)
    return shown[1] if shown and shown[1] in DEMOS else ""


def executed(path: Path) -> NotebookNode:
    """A notebook after it ran in a kernel of its own."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, 4)
    quiet = ["--IPKernelApp.log_level=ERROR"]     # the kernel speaks of encryption; it talks to this machine alone
    resources = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=600, extra_arguments=quiet, resources=resources).execute()
    return notebook


def _highlighted(source: str) -> str:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return f'<pre class="source">{highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))}</pre>'


def _output(output: Mapping) -> str:
    """What a cell has put out: a figure or a question as it is, all else as text."""
    if output["output_type"] == "stream":
        return f"<pre>{html.escape(_text(output['text']))}</pre>"
    data = output.get("data", {})
    if "text/html" in data:
        shown = _text(data["text/html"]).replace(quiz.CHOOSE, "").replace(quiz.NEXT_TIME, "")
        return markdown.formulas_in(shown)
    return f"<pre>{html.escape(_text(data.get('text/plain', '')))}</pre>"


def _demo(name: str) -> str:
    """The hand-out of a demo, in a frame."""
    from nnlib import demo

    with tempfile.TemporaryDirectory() as folder:
        handout = getattr(demo, name)().to_html(Path(folder) / "demo.html").read_text(encoding="utf-8")
    return f'<iframe title="{name}" srcdoc="{html.escape(handout)}" allowfullscreen></iframe>'


def _text(source: str | Sequence[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the lessons and write their talks."""
    parser = argparse.ArgumentParser(prog="python -m nnlib.demo.slides", description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", type=Path, help="notebooks (default: all lessons)")
    parser.add_argument("--out", type=Path, default=Path("build/slides"), help="folder (default: build/slides)")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for path in options.lessons or sorted(LESSONS.glob("*.ipynb")):
        if not path.is_file():
            sys.exit(f"slides: no notebook {path}")
        print(f"Running {path.name} ...", flush=True)
        target = options.out / f"{path.stem}.html"
        target.write_text(page(executed(path).cells, path.stem), encoding="utf-8")
        print(target)


if __name__ == "__main__":
    main()
