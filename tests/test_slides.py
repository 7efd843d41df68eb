"""Talks: what is shown and what is not, and that keys walk. (That each lesson's screens fit: test_lessons.py.)"""

import re

import nbformat
import pytest

from nnlib import quiz
from nnlib.demo import slides
from tests import lab


def cell(source, kind, folded=False, outputs=(), code=True):
    metadata = {"slideshow": {"slide_type": kind}} if kind else {}
    metadata |= {"jupyter": {"source_hidden": True}} if folded else {}
    make = nbformat.v4.new_code_cell if code else nbformat.v4.new_markdown_cell
    return make(source, metadata=metadata, **({"outputs": list(outputs)} if code else {}))


SAID = nbformat.v4.new_output("stream", text="1 < 2\n")
ASKED = nbformat.v4.new_output("display_data", {"text/html": '<p title="$5">Is $w &lt; 1$?</p>', "text/plain": "?"})
CELLS = [
    cell("# Title", "slide", code=False), cell("x = 1", "skip"), cell("hidden", None, code=False),
    cell("print('seen')", "fragment", outputs=[SAID]),
    cell("plot.show(secret)", "subslide", folded=True, outputs=[ASKED]),
    cell("Loss $L^2$", "fragment", code=False),
]


def test_only_what_is_marked_is_shown():
    assert [len(screen) for screen in slides.screens(CELLS)] == [2, 2]
    page = slides.page(CELLS, "A <talk>")
    assert "<title>A &lt;talk&gt;</title>" in page and "1 &lt; 2" in page and "seen" in page
    assert "x = 1" not in page and "hidden" not in page.split("</style>")[1].split("<script>")[0]
    assert "secret" not in page
    assert "<msup>" in page and 'title="$5"' in page and "Is <math" in page
    assert "http://" not in page.replace("http://www.w3.org/1998/Math/MathML", "") and "https://" not in page


def test_a_fragment_needs_a_screen():
    with pytest.raises(ValueError, match="cells: expected a slide before the fragment"):
        slides.screens([cell("x", "fragment")])


def test_a_demo_is_there_with_its_handout():
    page = slides.page([cell("from nnlib.demo import Neuron\n\nNeuron()", "slide")], "demo")
    assert '<iframe title="Neuron" srcdoc="' in page


def test_a_missing_lesson_is_named(tmp_path):
    with pytest.raises(SystemExit, match=r"slides: no notebook .*nothing\.ipynb"):
        slides.main([str(tmp_path / "nothing.ipynb"), "--out", str(tmp_path)])


@pytest.mark.browser
def test_keys_walk_through_the_steps(chromium, tmp_path):
    tall = cell("\n\n".join(["A line of text."] * 20), "slide", code=False)
    (tmp_path / "talk.html").write_text(slides.page([*CELLS, tall], "talk"), encoding="utf-8")
    with lab.page(chromium, viewport={"width": 1280, "height": 720}) as (page, errors):
        page.goto((tmp_path / "talk.html").as_uri())
        seen = []
        for key in ("ArrowRight", "ArrowRight", " ", "ArrowRight", "ArrowRight", "ArrowLeft", "Home"):
            page.keyboard.press(key)
            seen.append(page.evaluate("[current, step]"))
        assert seen == [[0, 1], [1, 0], [1, 1], [2, 0], [2, 0], [1, 1], [0, 0]]
        page.keyboard.press("End")
        assert 0.5 < float(page.evaluate("sections[2].dataset.fit")) < 1
        assert page.evaluate("sections[2].firstElementChild.getBoundingClientRect().bottom") <= 720
        assert errors == []


@pytest.mark.browser
def test_printing_makes_one_full_page_of_each_screen(chromium, tmp_path):
    tall = cell("\n\n".join(["A line of text."] * 30), "slide", code=False)
    (tmp_path / "talk.html").write_text(slides.page([*CELLS, tall], "talk"), encoding="utf-8")
    with lab.page(chromium, viewport={"width": 1280, "height": 720}) as (page, errors):
        page.goto((tmp_path / "talk.html").as_uri())
        pdf = page.pdf(prefer_css_page_size=True)                     # on the first screen: the others were not shown
        assert len(re.findall(rb"/Type /Page\b(?!s)", pdf)) == 3
        assert float(page.evaluate("sections[2].dataset.fit")) < 1
        assert errors == []


def test_what_is_said_to_the_reader_of_a_notebook_stays_out():
    outputs = [nbformat.v4.new_output("display_data", {"text/html": f"<p>It is 3.{quiz.NEXT_TIME} {quiz.CHOOSE}</p>"})]
    page = slides.page([cell("ask", "slide", outputs=outputs)], "talk")
    assert "It is 3." in page and "run" not in page.split("</style>")[1].split("<script>")[0]
