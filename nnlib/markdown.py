"""Markdown as HTML, its formulas as MathML, which browsers draw without a network.

For everything that leaves the notebook: slides, feedback, the site.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from urllib.parse import unquote

LONGEST = 20_000                         # characters of a stranger's text; what is longer is shown as it was typed
FORMULA = 3000                           # characters of a formula: one without an end costs no search through the text
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")


def to_html(text: str, trusted: bool = False, attachments: Mapping[str, Mapping[str, str]] | None = None) -> str:
    r"""The HTML of a Markdown text; $formulas$, $$displays$$ and \begin{...} environments become MathML.

    Unless it is `trusted`, HTML in the text is shown as text, links are written out, and of pictures only those in
    `attachments` (a cell's, contents by MIME type by name) are shown: nothing runs, nothing is loaded, nothing can be
    clicked. A formula that cannot be read stays as it was written.

    >>> to_html("**1** <b>")
    '<p><strong>1</strong> &lt;b&gt;</p>\n'
    """
    markdown, renderers = _parser()
    if trusted:
        return markdown(renderers[0](attachments=attachments)).render(text)
    if len(text) <= LONGEST:
        with suppress(Exception):            # a stranger's text never stops the page that it stands on
            return _harmless(markdown(renderers[1](attachments or {})).render(text))
    return f"<pre>{html.escape(text)}</pre>\n"


def formula(latex: str, display: str = "inline") -> str:
    """The MathML of a formula, `display` "inline" or "block"; its text where it cannot be read.

    >>> "<msup>" in formula("x^2")
    True
    """
    return _harmless(_mathml(latex, display))


def formulas_in(markup: str) -> str:
    """Trusted HTML whose $formulas$ become MathML; those within tags stay."""
    def replaced(found: re.Match) -> str:
        return found[0] if found[1] is None else formula(html.unescape(found[1]))

    return re.sub(r"<[^>]*>|\$([^$<]+)\$", replaced, markup)


@cache
def _parser():
    """A function that makes a parser of Markdown, and the renderers for trusted and for strangers' text."""
    from mistune import HTMLRenderer, import_plugin
    from mistune.util import striptags
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath, MathBlockParser, MathInlineParser

    class Formulas:
        def inline_math(self, body: str) -> str:
            return _mathml(body, "inline")

        def block_math(self, body: str) -> str:
            return _mathml(body, "block")

        def latex_environment(self, name: str, body: str) -> str:
            return _mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")

    class Trusted(Formulas, IPythonRenderer):
        def __init__(self, attachments: Mapping | None) -> None:
            super().__init__(escape=False, exclude_anchor_links=True, attachments=attachments)

    class Strange(Formulas, HTMLRenderer):
        def __init__(self, attachments: Mapping) -> None:
            super().__init__(escape=True)
            self.attachments = attachments

        def link(self, text: str, url: str, title: str | None = None) -> str:
            return f"{text} ({html.escape(url)})"

        def image(self, text: str, url: str, title: str | None = None) -> str:
            alt, name = html.escape(html.unescape(striptags(text))), unquote(url).removeprefix("attachment:")
            for kind, data in self.attachments.get(name, {}).items():
                if PICTURE.fullmatch(f"data:{kind};base64,{data}"):
                    return f'<img alt="{alt}" src="data:{kind};base64,{data}">'
            return f"[{alt}]"

    class Block(MathBlockParser):
        SPECIFICATION = _bounded(MathBlockParser.SPECIFICATION)

    class Inline(MathInlineParser):
        SPECIFICATION = _bounded(MathInlineParser.SPECIFICATION)

    def markdown(renderer: HTMLRenderer) -> MarkdownWithMath:
        plugins = None if isinstance(renderer, Trusted) else map(import_plugin, ("strikethrough", "table", "def_list"))
        return MarkdownWithMath(renderer, Block(), Inline(hard_wrap=False), plugins)

    return markdown, (Trusted, Strange)


def _bounded(specification: Mapping[str, str]) -> dict[str, str]:
    """The patterns of nbconvert, those of formulas with `.*?` and `.+?` up to FORMULA characters.

    As they are, each beginning of a formula makes them search to the end of the text.
    """
    def bounded(pattern: str) -> str:
        return pattern.replace(".*?", f".{{0,{FORMULA}}}?").replace(".+?", f".{{1,{FORMULA}}}?")

    return {name: bounded(pattern) if "math" in name or name == "latex_environment" else pattern
            for name, pattern in specification.items()}


# All that a page with a stranger's text may be made of: what Markdown knows, without links, and what formulas are
# made of. Whatever else is hidden in it (\text{<script>}, \href) is shown as text.
_WORD = re.compile(r"\w+")
_TEXT = frozenset(_WORD.findall("""
    blockquote br code dd del dl dt em h1 h2 h3 h4 h5 h6 hr img li ol p pre strong table tbody td th thead tr ul"""))
_MATHML = frozenset(_WORD.findall("""
    math mfrac mi mn mo mover mpadded mphantom mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext
    mtr munder munderover"""))
_ATTRIBUTES = frozenset(_WORD.findall("""
    accent columnalign columnspacing depth display displaystyle fence form height largeop linebreak linethickness
    lspace mathvariant maxsize minsize movablelimits rowspacing rspace scriptlevel separator stretchy symmetric voffset
    width xmlns"""))


def _harmless(page: str) -> str:
    """`page` without what is in none of the lists above."""
    import bleach

    def may_stay(tag: str, name: str, value: str) -> bool:
        if tag == "img":
            return name == "alt" or (name == "src" and PICTURE.fullmatch(value) is not None)
        return tag in _MATHML and name in _ATTRIBUTES

    return bleach.clean(page, tags=_TEXT | _MATHML, attributes=may_stay, protocols={"data"})


def _mathml(latex: str, display: str) -> str:
    from latex2mathml.converter import convert

    # The converter knows align*, not these two, and loses a last row that ends in an empty cell.
    latex = re.sub(r"\\(begin|end)\{(aligned|split)\}", r"\\\1{align*}", latex)
    latex = re.sub(r"&\s*\\end\{", r"& {} \\end{", latex)
    latex = latex.replace("'''", "^{\u2034}")                # a third derivative: version 3.77, in conda, knows two
    try:
        return convert(latex, display=display).replace(' accent="true"', "")  # Chromium draws it through the letter
    except Exception:                        # whatever the converter raises for a formula that it cannot read
        return f"<code>{html.escape(latex)}</code>"
