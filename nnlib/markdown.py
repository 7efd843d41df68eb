"""Markdown as HTML, its formulas as MathML, which browsers draw without a network.

For everything that leaves the notebook: slides, feedback, the site.
"""

from __future__ import annotations

import html
from functools import cache


def to_html(text: str, trusted: bool = False) -> str:
    r"""The HTML of a Markdown text; $formulas$, $$displays$$ and \begin{...} environments become MathML.

    Unless it is `trusted`, HTML in the text is shown as text, links that run scripts go nowhere, and a picture is
    only named, so that nothing is loaded. A formula that cannot be read stays as it was written.

    >>> to_html("**1** <b>")
    '<p><strong>1</strong> &lt;b&gt;</p>\n'
    """
    from nbconvert.filters.markdown_mistune import MarkdownWithMath

    return MarkdownWithMath(_renderer()(escape=not trusted, allow_harmful_protocols=trusted)).render(text)


@cache
def _renderer():
    from nbconvert.filters.markdown_mistune import IPythonRenderer

    class Renderer(IPythonRenderer):
        def __init__(self, escape: bool, allow_harmful_protocols: bool) -> None:
            super().__init__(escape, allow_harmful_protocols, exclude_anchor_links=True)
            self.trusted = not escape

        def inline_math(self, body: str) -> str:
            return formula(body)

        def block_math(self, body: str) -> str:
            return formula(body, "block")

        def latex_environment(self, name: str, body: str) -> str:
            return formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")

        def image(self, text: str, url: str, title: str | None = None) -> str:
            return super().image(text, url, title) if self.trusted else f"[{html.escape(text)}]"

    return Renderer


# What formulas are made of. Whatever else a stranger hides in one (\text{<script>}, \href) is shown as text.
_MATHML = frozenset([
    "math", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow", "ms", "mspace", "msqrt",
    "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover",
])
_ATTRIBUTES = frozenset([
    "accent", "columnalign", "columnspacing", "depth", "display", "displaystyle", "fence", "form", "height",
    "largeop", "linebreak", "linethickness", "lspace", "mathvariant", "maxsize", "minsize", "movablelimits",
    "rowspacing", "rspace", "scriptlevel", "separator", "stretchy", "symmetric", "voffset", "width", "xmlns",
])


def formula(latex: str, display: str = "inline") -> str:
    """The MathML of a formula, `display` "inline" or "block"; its text where it cannot be read.

    >>> "<msup>" in formula("x^2")
    True
    """
    import bleach
    from latex2mathml.converter import convert

    try:
        markup = convert(latex, display=display)
    except Exception:                            # whatever the converter raises for a formula that it cannot read
        return f"<code>{html.escape(latex)}</code>"
    return bleach.clean(markup, tags=_MATHML, attributes=list(_ATTRIBUTES))
