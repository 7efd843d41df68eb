"""What Sphinx does otherwise on our pages: formulas as MathML, anchors as in JupyterLab, docstrings as plain text."""

import re
from pathlib import Path

from docutils.nodes import Element, SkipNode
from sphinx.application import Sphinx

from nnlib import markdown

REPAIRS = {  # what axe and readers find missing on the pages of Sphinx, MyST-NB and furo
    'role="heading">': 'role="heading" aria-level="2">',
    "<pre>": '<pre tabindex="0">',  # it scrolls, so the keyboard has to reach it
    '<summary aria-label="Toggle hidden content">': "<summary>",  # its text says more
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="All pages">',
    '<aside class="toc-drawer">': '<aside class="toc-drawer" aria-label="On this page">',
    '<div id="search-results">': '<h1>Search</h1>\n<div id="search-results">',
}


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.add_html_math_renderer("mathml", (inline, None), (display, None))
    app.connect("autodoc-process-docstring", as_written)
    app.connect("build-finished", accessible)


def inline(writer, node: Element) -> None:
    """A formula within a line: MathML, which needs no script and no network."""
    writer.body.append(markdown.formula(node.astext()))
    raise SkipNode


def display(writer, node: Element) -> None:
    """A formula on lines of its own."""
    writer.body.append(f'<div class="math" tabindex="0">{markdown.formula(node.astext(), "block")}</div>')
    raise SkipNode


def anchor(title: str) -> str:
    """The anchor that JupyterLab gives a heading, so that the notebooks' links hold here, too."""
    return title.replace(" ", "-")


def as_written(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """In |z| and x * y nothing is marked up, but `names` and *words* are, as in the library's docstrings."""
    for number, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "...")):
            parts = line.split("`")
            parts[::2] = [re.sub(r"(\*\w+\*)|([*|_\\])", lambda m: m[1] or "\\" + m[2], part) for part in parts[::2]]
            lines[number] = "`".join(parts)


def accessible(app: Sphinx, problem: Exception | None) -> None:
    """Make the repairs on every page but the demos, which need none."""
    for path in Path(app.outdir).rglob("*.html"):
        if "demos" not in path.parts:
            text = path.read_text(encoding="utf-8")
            for found, better in REPAIRS.items():
                text = text.replace(found, better)
            path.write_text(text, encoding="utf-8")
