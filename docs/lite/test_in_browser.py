"""The offline site in a real browser that can reach nothing else: `make lite OFFLINE=1`, then `make lite-test`."""

# ruff: noqa: D103 (what a test is called says what it holds)

import shutil
import subprocess
import sys
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.course.files import Course
from autograder.marking.exercise import solution_notebook
from benchmarks.demo_latency import measure, press, row
from tests import lab
from tests.cases import CASES

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "build/lite"
NOTEBOOK = "jupyterapp.shell.currentWidget"
READY = ".nnstage canvas[data-state=ready]"
GRADIENTS = """
import sys, types

import numpy as np
from nnlib.check import gradcheck

cases = sys.modules["cases"] = types.ModuleType("cases")
exec(TEXT, cases.__dict__)
for case in cases.CASES:
    gradcheck(case.make(), *case.inputs(np.random.default_rng(0)), **case.check)
print(len(cases.CASES), "layers are right")
"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *words):
        """Nothing."""


@pytest.fixture(scope="module")
def address():
    if not (SITE / "index.html").exists():
        pytest.fail("there is no site: make lite OFFLINE=1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=SITE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def chromium():
    with lab.chromium() as browser:
        yield browser


@pytest.fixture
def page(chromium, address):
    """A page of a fresh browser. Afterwards: nobody asked for anything elsewhere, and nothing in the page failed."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    elsewhere, errors = [], []

    def guard(route):
        if lab.allowed(route.request.url, address):
            route.continue_()
        else:
            elsewhere.append(route.request.url)
            route.abort()

    context.route("**/*", guard)
    page = context.new_page()
    page.set_default_timeout(240_000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert (elsewhere, errors) == ([], [])


def opened(page, address, path):
    """Open a notebook of the site and wait for its kernel."""
    page.goto(f"{address}/lab/index.html?path={path}")
    page.wait_for_function(f"window.jupyterapp?.shell?.currentWidget?.context?.path === {path!r}")
    page.wait_for_function(f"{NOTEBOOK}.sessionContext.session?.kernel?.status === 'idle'")


def run_all(page):
    """Run all cells of the open notebook; returns its cells, by id."""
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    return cells_of(page)


def cells_of(page):
    return {cell["id"]: cell for cell in page.evaluate(f"{NOTEBOOK}.context.model.toJSON()")["cells"]}


def go_to(page, cell_id):
    """Make a cell of the open notebook the active one, and bring it into view."""
    page.evaluate(f"""async (id) => {{
      const notebook = {NOTEBOOK}.content;
      notebook.activeCellIndex = notebook.widgets.findIndex((cell) => cell.model.id === id);
      await notebook.scrollToItem(notebook.activeCellIndex);
    }}""", cell_id)


def run(page, cell_id, source=None):
    """Run a cell of the open notebook, with other text where `source` is given; returns it."""
    go_to(page, cell_id)
    if source is not None:
        page.evaluate(f"text => {NOTEBOOK}.content.activeCell.model.sharedModel.setSource(text)", source)
    page.evaluate("jupyterapp.commands.execute('notebook:run-cell')")
    return cells_of(page)[cell_id]


def text(cell):
    """All that a cell has put out, as text."""
    outputs = cell["outputs"]
    return "".join("".join(o.get("text", o.get("data", {}).get("text/plain", ""))) for o in outputs)


def failures(cells):
    """What failed, by the id of the cell."""
    outputs = {cell_id: cell.get("outputs", []) for cell_id, cell in cells.items()}
    return {cell_id: o["evalue"] for cell_id, found in outputs.items() for o in found if o["output_type"] == "error"}


def test_the_gradients_of_every_layer(page, address):
    opened(page, address, "demos.ipynb")
    source = GRADIENTS.replace("TEXT", repr((ROOT / "tests/cases.py").read_text(encoding="utf-8")))
    cell = {"cell_type": "code", "id": "all", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
    content = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    page.evaluate("""content => jupyterapp.serviceManager.contents.save(
      "gradients.ipynb", { type: "notebook", format: "json", content })""", content)
    opened(page, address, "gradients.ipynb")
    cells = run_all(page)
    assert failures(cells) == {} and text(cells["all"]) == f"{len(CASES)} layers are right\n"


def test_a_lesson_from_top_to_bottom(page, address):
    opened(page, address, "lessons/02_layers.ipynb")
    cells = run_all(page)
    code = {cell_id: cell for cell_id, cell in cells.items() if cell["cell_type"] == "code"}
    assert failures(cells) == {} and len(code) > 30 and all(cell["execution_count"] for cell in code.values())
    assert "threshold before: 0.00   after: -2.00" in text(code["neuron-run"])
    assert "PyTorch, which cannot be had in a browser" in text(code["prove"])
    go_to(page, "neuron-figure")
    page.wait_for_function("document.querySelector(`figure img[alt^='Left: three S-shaped']`)?.naturalWidth > 600")


def test_two_demos(page, address):
    begin = time.monotonic()
    opened(page, address, "demos.ipynb")
    run(page, "neuron")
    page.wait_for_selector(READY)
    print(f"first demo on screen: {time.monotonic() - begin:.0f} s")
    stage = page.locator(".nnstage")
    stage.scroll_into_view_if_needed()
    before, words = stage.locator("canvas").screenshot(), stage.locator(".readouts").inner_text()
    new, known = measure(page, stage)            # there and back
    slider = stage.locator(".controls input[type=range]").first
    slider.focus()
    press(page, slider, "ArrowRight")
    assert stage.locator("canvas").screenshot() != before and stage.locator(".readouts").inner_text() != words
    print("a move, median and 95 %: {} / {} ms; back: {} / {} ms".format(*row(new), *row(known)))
    run(page, "training-explorer")               # computes while the page listens
    stage = page.locator(".nnstage").nth(1)
    stage.scroll_into_view_if_needed()
    slider = stage.locator(".controls input[type=range]").first
    slider.focus()
    key = stage.locator("canvas").get_attribute("data-key")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("([canvas, key]) => canvas.dataset.state === 'ready' && canvas.dataset.key !== key",
                           arg=[stage.locator("canvas").element_handle(), key])  # fmt: skip
    assert failures(cells_of(page)) == {}


def test_an_exercise_is_kept_downloaded_and_graded(page, address, tmp_path):
    opened(page, address, "exercises/forward_pass/forward_pass.ipynb")
    run(page, "setup")
    run(page, "linear", "def linear(X, W, b):\n    return X @ W.T - b")
    wrong = run(page, "test-linear")
    assert "row 1: 1 * 1 + 0 * 2 + 0" in failures({"": wrong})[""]
    for cell in solution_notebook("forward_pass").cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            run(page, cell.metadata.nbgrader.grade_id, cell.source)
    cells = run_all(page)
    assert failures(cells) == {} and "linear: the example is right." in text(cells["test-linear"])
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")

    opened(page, address, "exercises/forward_pass/forward_pass.ipynb")          # another day
    assert "return X @ W.T + b" in "".join(cells_of(page)["linear"]["source"])
    with page.expect_download() as downloading:
        page.evaluate("jupyterapp.commands.execute('docmanager:download')")
    file = tmp_path / "submitted/ada/forward_pass/forward_pass.ipynb"
    file.parent.mkdir(parents=True)
    shutil.copyfile(downloading.value.path(), file)
    command = [sys.executable, "-m", "autograder", "grade", "forward_pass", "--course", str(tmp_path)]
    graded = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert graded.returncode == 0, graded.stderr
    with Gradebook(Course.at(tmp_path).gradebook) as gradebook:
        (notebook,) = gradebook.find_submission("forward_pass", "ada").notebooks
        marks = {g.name: (g.auto_score, g.max_score) for g in notebook.grades if g.name.startswith("test-")}
    assert len(marks) == 5 and all(got == most for got, most in marks.values()), marks
