"""Markdown: formulas become MathML; from strangers, nothing runs and nothing is loaded."""

import json
import re
from pathlib import Path

import pytest

from nnlib.markdown import to_html

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted(p for f in ("lessons", "solutions") for p in (ROOT / f).rglob("*.ipynb"))


def test_formulas_become_mathml():
    page = to_html("With $w_1 < 0$:\n\n$$\\frac{\\partial L}{\\partial w}$$\n\nand `$5`.")
    assert page.count("<math") == 2 and 'display="block"' in page and 'display="inline"' in page
    assert "<mfrac>" in page and "&#x0003C;" in page and "<code>$5</code>" in page and "\\frac" not in page


@pytest.mark.parametrize("text", [
    r"$$\begin{aligned} a &= b \\ c &= d \end{aligned}$$", r"$$\begin{split} a &= b \\ c &= d \end{split}$$",
    r"$$\begin{array}{rl} a & b \\ \underbrace{c}_{x} & \end{array}$$",
])
def test_formulas_of_several_lines_keep_them_all(text):
    page = to_html(text)
    assert page.count("<mtr>") == 2 and page.count("<mtd") == 4 and "&amp;" not in page and "(1)" not in page


def test_emphasis_tables_and_lists_stay():
    page = to_html("*a* **b**\n\n| x | y |\n|---|---|\n| 1 | $z$ |\n\n- c")
    assert all(tag in page for tag in ("<em>", "<strong>", "<td>1</td>", "<li>", "<mi>z</mi>"))


@pytest.mark.parametrize("text", [
    "<script>x</script>", "<img src=x onerror=alert(1)>", "a <b onclick='x'>b</b>", "<iframe src='//x'></iframe>",
    "[a](javascript:alert(1))", "[a](JaVaScRiPt:alert(1))", "![a](http://example.org/x.png)", "<javascript:alert(1)>",
    "![a\"><script>](x)", "[a](data:text/html,<script>x</script>)", "$<script>x</script>$", "$$<img src=x>$$",
    "\\begin{a}<script>x</script>\\end{a}", "$\\text{<script>x</script>}$", "$\\href{javascript:alert(1)}{x}$",
    "```html\n<script>x</script>\n```", "<style>*{}</style>", "<meta http-equiv=refresh>", "- <script>x</script>",
    "```mermaid\n<script>x</script>\n```", "[a](..%2fb.html)", "http://example.org", "![a](attachment:x.svg)",
    "![a](attachment:x\"onload=x)", "[b]: javascript:x\n\n[a][b]", "<x@example.org>", "x" * 30_000 + "<script>",
])
def test_nothing_of_a_strangers_text_is_alive(text):
    svg = {"image/svg+xml": "PHN2Zy8+", "image/png": "\" onerror=\"alert(1)"}
    page = to_html(text, attachments={"x.svg": svg})
    tags = re.findall(r"<\s*([a-zA-Z0-9]+)([^>]*)", page)
    assert not {name.lower() for name, _ in tags} & {"script", "img", "iframe", "style", "meta", "b", "object", "a"}
    for _, attributes in tags:
        assert not re.search(r"\bon\w+\s*=|javascript:|data:|src\s*=", attributes, flags=re.IGNORECASE), page


def test_links_are_written_out():
    assert to_html("[the paper](http://example.org/a?b&c)") == "<p>the paper (http://example.org/a?b&amp;c)</p>\n"


def test_pictures_of_an_answer_are_shown_and_missing_ones_named():
    pictures = {"a b.png": {"image/png": "aGk="}}
    page = to_html("![*my* plot](attachment:a%20b.png) ![b](attachment:b.png)", attachments=pictures)
    assert '<img alt="my plot" src="data:image/png;base64,aGk=">' in page and "[b]" in page


@pytest.mark.parametrize("begin, end", [("$", "$"), ("$$", "$$"), ("\\\\[", "\\\\]"), ("\\begin{a}", "\\end{a}")])
def test_no_formula_is_searched_for_its_end_through_the_whole_text(begin, end):
    """A text of 180 kB that is full of beginnings took minutes."""
    assert "<math" in to_html(begin + "x " * 100 + end)
    assert "<math" not in to_html(begin + "x " * 2000 + end)


def test_trusted_html_stays():
    assert "<b>b</b>" in to_html("a <b>b</b>", trusted=True)


def test_a_hat_is_drawn_above_its_letter():
    page = to_html(r"$\hat v$")
    assert "<mover>" in page and "accent" not in page                # with `accent` Chromium strikes the letter through


def test_a_formula_that_cannot_be_read_stays_as_written():
    assert "x" in to_html("$\\frac{x$")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_every_formula_of_the_course_can_be_read(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            page = to_html("".join(cell["source"]), trusted=True)
            for formula in re.findall(r"<math.*?</math>", page, flags=re.DOTALL):
                assert not re.search(r">\\[a-zA-Z]+<", formula), (cell["id"], formula)
            assert not re.search(r"<code>[^<]*\\[a-z]+[^<]*</code>", page), cell["id"]
