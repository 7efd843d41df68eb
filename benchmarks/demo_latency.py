"""From the key to the pixels: how long a demo takes to answer, in a real JupyterLab in headless Chromium.

`python -m benchmarks.demo_latency` presses arrow keys on the sliders of every demo and takes the time from the
key (as the browser stamps it) to the end of the frame in which the new picture is on the screen; for demos that
train, the first picture of the new training. `new` settings are computed by the kernel, `known` ones are in the
page. `--delay` switches the server extension off, `--json FILE` writes the numbers.
The aim: median below 50 ms and 95 % below 100 ms; 200 ms for a training's first picture.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path

from nnlib import demo
from tests import lab

PRESSES = 30
TRAINS = {"Playground", "TrainingExplorer", "GANDynamics"}
# Waits for the key, then for the first new picture, then for the end of the frame that shows it.
WATCH = """input => {
  const canvas = input.closest(".nnstage").querySelector("canvas"), before = canvas.dataset.key;
  window.answered = new Promise((answer) => {
    const channel = new MessageChannel();
    let start = 0;
    input.addEventListener("keydown", (event) => { start = event.timeStamp; }, { once: true });
    channel.port1.onmessage = () => answer(performance.now() - start);
    new MutationObserver((_, observer) => {
      if (canvas.dataset.key === before) return;
      observer.disconnect();
      requestAnimationFrame(() => channel.port2.postMessage(0));
    }).observe(canvas, { attributes: true, attributeFilter: ["data-key"] });
  });
}"""


def press(page, slider, key):
    """Milliseconds from a key on a slider to its picture."""
    slider.evaluate(WATCH)
    page.keyboard.press(key)
    return page.evaluate("window.answered")


def measure(page, stage):
    """Times of new and of known settings: every slider from its start to an end and back."""
    new, known = [], []
    for slider in stage.locator(".controls input[type=range]").all():
        slider.focus()
        stops, at = int(slider.get_attribute("max")), int(slider.input_value())
        forth, count = ("ArrowRight", stops - at) if stops - at >= at else ("ArrowLeft", at)
        back = "ArrowLeft" if forth == "ArrowRight" else "ArrowRight"
        count = min(count, PRESSES - len(new))
        new += [press(page, slider, forth) for _ in range(count)]
        known += [press(page, slider, back) for _ in range(count)]
    return new, known


def row(times):
    """Median and the time that 95 % stay below."""
    return round(statistics.median(times), 1), round(sorted(times)[int(0.95 * len(times))], 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("demos", nargs="*", default=[*demo.DEMOS], help="which demos (default: all)")
    parser.add_argument("--delay", action="store_true", help="without the server extension")
    parser.add_argument("--json", type=Path, help="write the numbers into this file")
    options = parser.parse_args()
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for name in options.demos:
            lab.notebook(folder / f"{name}.ipynb", [f"from nnlib.demo import {name}\n{name}()"])
        print(f"{'demo':20} {'new: median':>12} {'95 %':>7} {'known: median':>14} {'95 %':>7}   (ms)")
        with lab.lab(folder, nodelay=not options.delay) as address, lab.chromium() as chromium:
            for name in options.demos:
                with lab.page(chromium, address, viewport={"width": 1280, "height": 900}) as (page, _):
                    lab.run_notebook(page, address, f"{name}.ipynb")
                    stage = page.locator(".nnstage")
                    stage.locator("canvas[data-state=ready]").wait_for()
                    new, known = measure(page, stage)
                rows[name] = {"new": row(new), "known": row(known), "trains": name in TRAINS}
                (a, b), (c, d) = rows[name]["new"], rows[name]["known"]
                print(f"{name:20} {a:12} {b:7} {c:14} {d:7}   {'first picture' * rows[name]['trains']}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
