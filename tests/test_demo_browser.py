"""The demos in a real browser: JupyterLab, Notebook 7, Voila and the hand-out, driven by keys and clicks.

Nothing here waits for a time to pass: the canvas says in its data attributes which setting it shows.
"""

from itertools import pairwise

import pytest

from nnlib import demo
from nnlib.demo.stage import HERE
from tests import lab

pytestmark = [pytest.mark.browser]
NAMES = list(demo.DEMOS)
READY = ("ready", "problem")
SCREENS = [(1280, 720), (800, 900), (390, 800)]    # a projector, a tablet, a phone
# Notes down the words that leave the picture. Single letters are marks: those may lie outside of what is shown.
WATCH_WORDS = """
  window.cut = new Set();
  const fill = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (words, x, y) {
    const size = this.measureText(words), turn = this.getTransform();
    for (const end of [x - size.actualBoundingBoxLeft, x + size.actualBoundingBoxRight]) {
      const at = turn.transformPoint(new DOMPoint(end, y)), inside = at.x > -2 && at.x < this.canvas.width + 2;
      if (words.length > 1 && !(inside && at.y > 0 && at.y < this.canvas.height)) window.cut.add(words);
    }
    fill.call(this, words, x, y);
  };
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """JupyterLab with one notebook that has all demos, one per cell, on one kernel."""
    folder = tmp_path_factory.mktemp("lab")
    lab.notebook(folder / "demos.ipynb", [f"from nnlib.demo import {name}\n{name}()" for name in NAMES])
    lab.notebook(folder / "one.ipynb", ["from nnlib.demo import Neuron\nNeuron(w=2.0)"])
    with lab.lab(folder) as address:
        yield address


@pytest.fixture(scope="module")
def opened(chromium, server):
    """The notebook after Run All, with every demo on the screen."""
    with lab.page(chromium, server, viewport={"width": 1280, "height": 900}) as (page, errors):
        lab.run_notebook(page, server, "demos.ipynb")
        ready = "document.querySelectorAll('.nnstage canvas[data-state=ready]').length"
        page.wait_for_function(f"{ready} === {len(NAMES)}")
        errors.clear()                           # JupyterLab's own, about the network that it does not have
        yield page, errors


@pytest.fixture(params=NAMES)
def stage(request, opened):
    """One demo, at its start; afterwards there must be no error in the console."""
    page, errors = opened
    root = page.locator(".nnstage").nth(NAMES.index(request.param))
    root.scroll_into_view_if_needed()
    press(root, "r")
    yield root
    assert errors == []


def press(root, key, on=None, states=READY):
    """Press a key on an element of the demo, and wait until it shows what was asked for."""
    (on or root).focus()
    root.page.keyboard.press(key)
    settled(root, states)


def settled(root, states=READY):
    """Wait until the picture is the one that the controls ask for, complete, or a problem is named."""
    shows = """([root, states]) => {
      const { state, key } = root.querySelector("canvas").dataset;
      const at = [...root.querySelectorAll(".controls [name]")].map((input) => input.type === "range" ? input.value
        : input.type === "checkbox" ? String(+input.checked) : input.tagName === "SELECT" ? String(input.selectedIndex)
        : input.parentElement.querySelector("output").textContent.match(/[0-9]+/)[0]);
      return states.includes(state) && key === at.join();
    }"""
    root.page.wait_for_function(shows, arg=[root.element_handle(), states], timeout=20000)


def canvas(root, name):
    return root.locator("canvas").get_attribute(f"data-{name}")


class TestInJupyterLab:
    def test_opens_with_words_and_a_picture(self, stage):
        assert canvas(stage, "state") == "ready"
        assert stage.locator(".readouts output").first.inner_text()
        assert stage.locator(".readouts").get_attribute("aria-live") == "polite"
        assert stage.locator("h2").inner_text() in stage.locator("canvas").get_attribute("aria-label")
        assert stage.locator(".question").inner_text()
        assert not stage.locator("progress").is_visible() and not stage.locator(".problem").is_visible()

    def test_a_slider_answers_the_arrow_key_and_the_picture_changes(self, stage):
        before, words = stage.locator("canvas").screenshot(), stage.locator(".readouts").inner_text()
        key = canvas(stage, "key")
        moved = stage.locator(".controls input[type=range]").first
        press(stage, "ArrowLeft" if moved.input_value() != "0" else "ArrowRight", on=moved)
        assert canvas(stage, "key") != key
        assert stage.locator("canvas").screenshot() != before
        assert stage.locator(".readouts").inner_text() != words
        press(stage, "r")
        assert canvas(stage, "key") == key
        assert stage.locator("canvas").screenshot() == before

    def test_moments_by_number_key(self, stage):
        for i in range(stage.locator(".moment").count()):
            press(stage, str(i + 1), states=(*READY, "running"))
            assert stage.locator(".moment").nth(i).get_attribute("aria-pressed") == "true"
            if canvas(stage, "state") == "problem":
                assert stage.locator(".problem").is_visible()

    def test_extreme_settings_are_survived(self, stage):
        sliders = stage.locator(".controls input[type=range]")
        for key in ("End", "Home"):
            for i in range(sliders.count()):
                sliders.nth(i).focus()
                stage.page.keyboard.press(key)   # all at once: only the last is waited for
            settled(stage, (*READY, "running"))
            stage.get_by_text("Stop", exact=True).evaluate("button => button.click()")     # if there is still need
            stage.locator("progress").wait_for(state="hidden")

    @pytest.mark.parametrize("stage", [name for name in NAMES if getattr(demo, name).player], indirect=True)
    def test_step_moves_the_player(self, stage):
        bar = stage.locator("input[name=player]")
        press(stage, "," if canvas(stage, "t") != "0" else ".")
        assert canvas(stage, "t") == bar.input_value()
        press(stage, "r")


class TestTheStage:
    """What all demos share, tried on one of them."""

    @pytest.fixture
    def neuron(self, opened):
        page, errors = opened
        root = page.locator(".nnstage").nth(NAMES.index("Neuron"))
        root.scroll_into_view_if_needed()
        press(root, "r")
        yield root
        assert errors == []

    def test_keys_do_not_reach_jupyterlab(self, neuron):
        cells = "jupyterapp.shell.currentWidget.content.widgets.length"
        before = neuron.page.evaluate(cells)
        for on in (neuron, neuron.locator("button").first, neuron.locator("input").first):
            for key in ("b", "a", "x", "m", "1"):
                press(neuron, key, on)
        assert neuron.page.evaluate(cells) == before
        assert neuron.page.evaluate("jupyterapp.shell.currentWidget.content.activeCell.model.type") == "code"

    def test_a_click_in_the_picture_moves_the_input(self, neuron):
        box = neuron.locator("canvas").bounding_box()
        neuron.page.mouse.click(box["x"] + 0.9 * box["width"], box["y"] + 0.7 * box["height"])
        settled(neuron)
        assert float(neuron.locator("input[name=x]").get_attribute("aria-valuetext")) > 3

    def test_hovering_says_the_number(self, neuron):
        box = neuron.locator("canvas").bounding_box()
        neuron.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.6 * box["height"])
        assert "slope" in neuron.locator(".tip").inner_text()

    def test_the_code_is_this_setting(self, neuron):
        press(neuron, "4")
        press(neuron, "c")
        code = neuron.locator(".code").inner_text()
        assert 'Neuron(activation="ReLU", w=1, b=0, x=-2)' in code and "torch.nn.ReLU()(w * x + b)" in code
        press(neuron, "c")

    def test_letters_grow(self, neuron):
        size = "root => parseFloat(getComputedStyle(root).fontSize)"
        before = neuron.evaluate(size)
        neuron.get_by_text("A+").click()
        assert neuron.evaluate(size) > 1.1 * before
        neuron.get_by_text("A−").click()

    def test_present_fills_the_screen_and_leaves_it(self, neuron):
        neuron.get_by_text("Present").click()
        neuron.page.wait_for_function("document.querySelector('.nnstage.present') !== null")
        assert neuron.bounding_box()["width"] >= 1280
        press(neuron, "p")
        neuron.page.wait_for_function("document.querySelector('.nnstage.present') === null")

    def test_a_training_shows_pictures_stops_and_says_so(self, opened):
        page, _ = opened
        gan = page.locator(".nnstage").nth(NAMES.index("GANDynamics"))
        gan.scroll_into_view_if_needed()
        gan.locator("button[name=seed]").click()
        running = "root => root.querySelector('canvas').dataset.state === 'running'"
        page.wait_for_function(running, arg=gan.element_handle())
        gan.get_by_text("Stop").click()
        gan.locator(".problem", has_text="Stopped by you").wait_for()
        gan.locator("progress").wait_for(state="hidden")
        press(gan, "r")

    def test_what_is_known_is_not_asked_again(self, neuron):
        press(neuron, "ArrowRight", on=neuron.locator("input[name=w]"))
        neuron.page.evaluate("""() => {
          const send = WebSocket.prototype.send;
          window.sent = 0;
          WebSocket.prototype.send = function (message) {
            const words = typeof message === "string" ? message : new TextDecoder().decode(message);
            window.sent += words.includes('"at":[') || words.includes('"at": [');
            return send.call(this, message);
          };
        }""")
        press(neuron, "ArrowLeft", on=neuron.locator("input[name=w]"))
        press(neuron, "ArrowRight", on=neuron.locator("input[name=w]"))
        assert neuron.page.evaluate("window.sent") == 0
        press(neuron, "ArrowRight", on=neuron.locator("input[name=w]"))
        assert neuron.page.evaluate("window.sent") == 1


def test_notebook_7_and_what_is_said_when_its_kernel_is_gone(chromium, server):
    with lab.page(chromium, server) as (page, _):
        lab.run_notebook(page, server, "one.ipynb", place="notebooks")
        root = page.locator(".nnstage")
        root.wait_for()
        settled(root)
        press(root, "ArrowRight", on=root.locator("input[name=w]"))
        assert root.locator("input[name=w]").get_attribute("aria-valuetext") == "2.1"
        page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        root.locator("input[name=w]").press("ArrowRight")
        root.get_by_text("No kernel answers").wait_for()


def test_voila_gallery(chromium, tmp_path):
    with lab.server(tmp_path, ["nnlib.demo"], "/") as address, lab.page(chromium, address) as (page, errors):
        page.goto(address)
        assert page.locator("main a img").count() == len(NAMES)
        page.get_by_text("One neuron").click()
        root = page.locator(".nnstage.full")
        root.wait_for(timeout=60000)
        settled(root)
        page.keyboard.press("2")                 # nothing was clicked
        root.locator(".moment[aria-pressed=true]", has_text=demo.Neuron.moments[1].name).wait_for()
        press(root, "ArrowRight", on=root.locator("input[name=w]"))
        assert root.evaluate("root => [root.getBoundingClientRect().height, root.scrollHeight]") == [720, 720]
        assert [error for error in errors if "ERR_FAILED" not in error] == []   # Voila's icons, from a CDN


@pytest.mark.parametrize("name", NAMES)
def test_hand_out_from_disk(name, chromium, tmp_path):
    cls = getattr(demo, name)
    stage = cls()
    stage.handout_settings = 0                   # the moments alone: what there is of each is the same page
    path = stage.to_html(tmp_path / f"{name}.html")
    with lab.page(chromium) as (page, errors):
        page.add_init_script(WATCH_WORDS)
        page.goto(path.as_uri())
        root = page.locator(".nnstage")
        root.wait_for()
        for width, height in SCREENS:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_function("(c => c.width === c.clientWidth)(document.querySelector('canvas'))")
            page.evaluate("window.cut.clear()")
            for i in range(len(cls.moments)):
                press(root, str(i + 1))
            assert page.evaluate("[...window.cut]") == [], f"cut at {width} pixels"
        assert lab.barriers(page) == []
        assert errors == []


def test_larger_letters_on_the_projector(chromium, tmp_path):
    path = demo.CNNCalculator().to_html(tmp_path / "cnn.html")
    with lab.page(chromium, viewport={"width": 1280, "height": 720}) as (page, errors):
        page.goto(path.as_uri())
        root = page.locator(".nnstage")
        settled(root)
        box = root.get_by_text("A+").bounding_box()
        for clicks in range(1, 4):               # always at the same place: the button does not run away
            page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] - 4)
            assert float(root.evaluate("root => root.style.getPropertyValue('--scale')")) == pytest.approx(1.15**clicks)
            parts = [root.locator(part).bounding_box() for part in (".moments", ".body", ".readouts")]
            assert all(a["y"] + a["height"] <= b["y"] for a, b in pairwise(parts))
        assert errors == []


def test_hand_out_moves_to_the_nearest_setting_it_has(chromium, tmp_path):
    stage = demo.Neuron()
    stage.handout_settings = 60
    with lab.page(chromium) as (page, _):
        page.goto(stage.to_html(tmp_path / "neuron.html").as_uri())
        root = page.locator(".nnstage")
        press(root, "2")
        for name in ("w", "b", "x"):
            press(root, "Home", on=root.locator(f"input[name={name}]"))
        assert root.locator("input[name=x]").input_value() == "0"      # what was moved last stays where it is put


def test_a_number_is_said_with_the_signs_of_print(chromium):
    """A minus is no hyphen, in front and in a power of ten."""
    with lab.page(chromium) as (page, errors):
        page.add_script_tag(path=HERE / "paint.js")
        said = page.evaluate("[-0.000012, -3, 250000, 0.5, -Infinity].map((number) => say(number))")
    assert said == ["−1.2e−5", "−3", "2.5e5", "0.5", "−∞"] and errors == []
