"""The course as a site: every page is made without a warning, nothing comes from elsewhere, demos and search work."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests import lab

ROOT = Path(__file__).resolve().parent.parent
CELLS = [
    nbformat.v4.new_markdown_cell("# 00 · Try $e^x$\n\n$$\\frac{1}{2}$$\n\n## 1 · What goes in"),
    nbformat.v4.new_code_cell("print(6 * 7)"),
    nbformat.v4.new_code_cell("print('drawn')", metadata={"jupyter": {"source_hidden": True}}),
    nbformat.v4.new_code_cell("from nnlib.demo import Neuron\n\nNeuron()"),
]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """All pages, of which one small lesson was run (the real ones run in test_lessons.py)."""
    out = tmp_path_factory.mktemp("book")
    lesson = out / "00_try.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=CELLS), lesson)
    command = [sys.executable, "docs/book/build.py", str(lesson), "--out", os.path.relpath(out / "site", ROOT)]
    ran = subprocess.run([*command, "--repository", "ada/course"], cwd=ROOT, capture_output=True, text=True,
                         env=os.environ | {"OMP_NUM_THREADS": "1"})  # fmt: skip
    assert (ran.returncode, [line for line in ran.stderr.splitlines() if "WARNING: " in line]) == (0, []), ran.stderr
    return out / "site" / "html"


def test_every_lesson_exercise_and_module_has_its_page(site):
    for folder in ("lessons", "exercises"):
        for path in (ROOT / folder).rglob("*.ipynb"):
            if ".ipynb_checkpoints" not in path.parts:
                assert (site / path.relative_to(ROOT)).with_suffix(".html").is_file(), path
    page = (site / "api" / "nnlib.nn.norm.html").read_text(encoding="utf-8")
    assert "BatchNorm1d" in page and "running averages" in page


def test_a_lesson_that_was_run(site):
    page = (site / "lessons" / "00_try.html").read_text(encoding="utf-8")
    assert "42" in page and "<mfrac>" in page and "<msup>" in page and "drawn" in page
    assert page.count('hide above-input">') == 1 and 'src="../demos/Neuron.html"' in page


def test_what_the_theme_lacks_is_mended(site, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "docs" / "book")
    from pages import REPAIRS

    text = "".join((site / f"{name}.html").read_text(encoding="utf-8") for name in ("lessons/00_try", "search"))
    assert [found for found, better in REPAIRS.items() if better not in text or found in text.replace(better, "")] == []


def test_a_lesson_leads_to_binder_and_colab(site):
    page = (site / "lessons" / "00_try.html").read_text(encoding="utf-8")
    assert 'href="https://mybinder.org/v2/gh/ada/course/HEAD?labpath=lessons/00_try.ipynb"' in page
    assert 'href="https://colab.research.google.com/github/ada/course/blob/gh-pages/colab/00_try.ipynb"' in page
    copy = nbformat.read(site / "colab" / "00_try.ipynb", 4)
    assert copy.cells[0].source.endswith("%pip install -q --no-deps git+https://github.com/ada/course")
    assert [cell.source for cell in copy.cells[1:]] == [cell.source for cell in CELLS]
    assert (site / ".nojekyll").is_file()        # or GitHub leaves out _static


@pytest.mark.parametrize("name", ["course", "https://github.com/ada/course"])
def test_a_repository_has_an_owner_and_a_name(name, tmp_path):
    ran = subprocess.run([sys.executable, "docs/book/build.py", "--out", str(tmp_path / "x"), "--repository", name],
                         cwd=ROOT, capture_output=True, text=True)  # fmt: skip
    assert ran.returncode == 2 and "expected OWNER/NAME" in ran.stderr and not (tmp_path / "x").exists()


def test_a_site_needs_no_repository(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "docs" / "book")
    from build import parse

    assert parse([]).repository is None and parse(["--repository", "ada/course"]).repository == "ada/course"


def test_in_a_browser_without_a_server(site):
    """The demos are alive, the search finds, axe finds nothing serious, and no page asks for anything elsewhere."""
    elsewhere = []
    with lab.chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("request", lambda r: elsewhere.append(r.url) if r.url.startswith(("http:", "https:", "ws")) else None)
        for name in ("index", "lessons/00_try", "lessons/06_optimizers", "exercises/adam/adam", "api/nnlib.nn.rnn"):
            page.goto((site / f"{name}.html").as_uri())
            assert lab.barriers(page) == [], name
        page.goto((site / "lessons" / "00_try.html").as_uri())
        demo = page.frame_locator("iframe.demo")
        demo.get_by_role("slider").first.wait_for()
        before = demo.locator("canvas, svg").first.screenshot()
        demo.get_by_role("slider").first.press("ArrowRight")
        page.wait_for_timeout(500)
        assert demo.locator("canvas, svg").first.screenshot() != before
        page.goto(f"{(site / 'search.html').as_uri()}?q=forget+gate")
        page.get_by_role("link", name="LSTM", exact=True).first.wait_for()
    assert elsewhere == []
