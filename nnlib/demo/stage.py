"""Stage: the one widget behind all demos.

Importing this lets you write a demo as three small things: a pure function `compute(**params)` that returns
arrays and readouts, a list of controls, and a `draw(context, width, height, frame)` in a .js file of the same
name. The stage does the rest: sliders, keyboard, cache, full screen, a hand-out that needs no kernel.
"""

from __future__ import annotations

import asyncio
import base64
import inspect
import io
import math
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from nnlib.demo import handout, packing
from nnlib.demo.controls import Control, Moment, Player, position, settings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HERE = Path(__file__).parent
_SENTENCE = "A still picture: run this notebook in JupyterLab, Notebook 7 or Voila to move the controls."
_PER_SECOND = 20                                 # pictures of a running training that the page gets
_PAUSE = 0.001                                   # seconds between its parts: enough to hear of a new setting


def _key(params: dict[str, Any], controls: Sequence[Control]) -> str:
    """The name of a setting's frame, which the page asks for: where its values stand in the lists of `controls`."""
    return ",".join(str(position(control, params)) for control in controls)


class Stage(anywidget.AnyWidget):
    """A demo: controls at the left, a canvas, readouts in words.

    A subclass sets `title`, `controls`, `moments`, `pytorch` (the same thing in PyTorch, where {name} stands
    for a setting), `compute` and `draw_picture`, and has a .js file named like its module.
    `Demo(**settings)` starts with other values. `takes` names what else may be given, such as your own data:
    `compute` gets None where it is not. A number outside a slider's range is moved to its end; ValueError for
    anything else that does not fit.

    `compute(**params)` returns (arrays, readouts): names with numbers (sent as float32 or uint8) or lists of words, and
    labels with words. Where it takes longer it yields (arrays, readouts, part done from 0 to 1) as it goes. It
    raises ValueError with a readable sentence where a setting is impossible.
    """

    title = ""
    controls: Sequence[Control] = ()
    moments: Sequence[Moment] = ()
    player: Player | None = None
    takes: Sequence[str] = ()
    pytorch = ""
    handout_settings = 400                       # about how many settings `to_html` holds
    compute: Callable[..., packing.Result | Iterator]
    draw_picture: Callable[[Figure, dict[str, Any]], None]

    spec = traitlets.Dict().tag(sync=True)
    params = traitlets.Dict(help="The current setting: `Demo(**demo.params)` is the same demo.").tag(sync=True)
    frames = traitlets.Dict().tag(sync=True)
    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode((HERE / "stage.css").read_text(encoding="utf-8")).tag(sync=True)

    def __init__(self, full_page: bool = False, **chosen):
        self._check_names(chosen)
        self.given = {name: chosen.get(name) for name in self.takes}
        self.controls = [c.starting_at(chosen.get(c.name, c.default)) for c in self.controls]
        self._training: asyncio.Task | None = None
        self._module = Path(inspect.getfile(type(self)))
        self._latest: tuple = (None, None)       # a setting and its result: the picture is of the last frame
        parts = (HERE / "paint.js", self._module.with_suffix(".js"), HERE / "stage.js")
        super().__init__(_esm="\n".join(part.read_text(encoding="utf-8") for part in parts))
        self.params = {control.name: control.default for control in self.controls}
        self.spec = self.page_spec(self.controls, full_page)
        self.frames = packing.bundle([self.frame(self.params)])
        self.on_msg(self._receive)

    def _check_names(self, chosen: dict[str, Any]) -> None:
        known = [*(control.name for control in self.controls), *self.takes]
        unknown = [name for name in chosen if name not in known]
        if unknown:
            raise ValueError(f"{type(self).__name__}: unknown {unknown}, expected some of {known}")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.params.items())})"

    def page_spec(self, controls: Sequence[Control], full_page: bool = True) -> dict[str, Any]:
        """What the page has to know to build itself, with `controls` in place of this demo's own."""
        return {
            "title": self.title, "name": type(self).__name__, "pytorch": inspect.cleandoc(self.pytorch),
            "controls": [vars(control) | {"at": position(control, {})} for control in controls],
            "moments": [vars(moment) | {"at": moment.at(controls)} for moment in self.moments],
            "player": vars(self.player) if self.player else None, "full_page": full_page,
        }

    # Computing: a frame for a setting

    def result(self, params: dict[str, Any]) -> packing.Result:
        """What `compute` returns for a setting; of a training the end, which may be stored beside the demo."""
        if self._latest[0] != params:
            self._latest = params, self._stored_result(params) or self._computed(params)
        return self._latest[1]

    def _computed(self, params: dict[str, Any]) -> packing.Result:
        result = self.compute(**params, **self.given)
        if isinstance(result, Iterator):
            *_, result = result
        return result[:2]

    def _stored_result(self, params: dict[str, Any]) -> packing.Result | None:
        """The run of the defaults that build.py has stored, for demos that train; None for all else."""
        path = self._module.with_suffix(".npz")
        defaults = {control.name: control.default for control in type(self).controls}
        own_data = any(value is not None for value in self.given.values())
        return packing.load(path) if params == defaults and not own_data and path.exists() else None

    def frame(self, params: dict[str, Any], controls: Sequence[Control] | None = None) -> packing.Frame:
        """The packed frame of a setting, named after its positions in `controls`, or a frame with a problem."""
        key = _key(params, controls or self.controls)
        try:
            return packing.pack(key, *self.result(params))
        except Exception as problem:             # whatever it is, the page says it and lives on
            return packing.pack_problem(key, problem)

    def bake(self, most: int = 2000) -> Stage:
        """Compute every setting now and give them to the page; returns self.

        ValueError where there are more than `most` settings.
        """
        count = math.prod(len(control.values) for control in self.controls)
        if count > most:
            raise ValueError(f"most: expected at least {count}, the number of settings, got {most}")
        self.frames = packing.bundle([self.frame(params) for params in settings(self.controls)])
        return self

    # Talking with the page

    def _receive(self, _, content: dict[str, Any], buffers: list) -> None:
        """A message: stop the training; and where it says so, compute the setting `at`."""
        if self._training:
            self._training.cancel()
            self._training = None
        if "at" in content:
            self._answer({c.name: c.values[i] for c, i in zip(self.controls, content["at"])})

    def _answer(self, params: dict[str, Any]) -> None:
        """Send the frame of a setting, or start the training that will send several."""
        if inspect.isgeneratorfunction(self.compute):
            self._training = asyncio.get_running_loop().create_task(self._train(params))
        else:
            self._show(self.frame(params))
        self.params = params                     # after the picture, which somebody waits for

    async def _train(self, params: dict[str, Any]) -> None:
        """Send pictures of a training as it runs, leaving time for other messages in between."""
        key = _key(params, self.controls)
        sent = -math.inf
        try:
            for arrays, readouts, done in self.compute(**params, **self.given):
                if done == 1 or time.perf_counter() - sent >= 1 / _PER_SECOND:
                    self._show(packing.pack(key, arrays, readouts, done))
                    sent = time.perf_counter()
                await asyncio.sleep(_PAUSE)
        except Exception as problem:
            self._show(packing.pack_problem(key, problem))

    def _show(self, frame: packing.Frame) -> None:
        message = packing.bundle([frame])
        self.send({"headers": message["headers"]}, [message["data"]])

    # Without a kernel

    def to_html(self, path: str | Path) -> Path:
        """Write this demo as one file that needs no kernel and no network; returns its path.

        It holds a coarse grid of about `handout_settings` settings, and each moment with one control moved.
        """
        controls, chosen = handout.choose(self.controls, self.moments, self.handout_settings)
        frames = packing.bundle([self.frame(params, controls) for params in chosen])
        page = handout.page(self._esm, self._css, self.page_spec(controls), frames)
        path = Path(path)
        path.write_text(page, encoding="utf-8")
        return path

    def picture(self, caption: bool = True) -> Figure:
        """The demo as a matplotlib figure: for print, and for readers of a notebook without a kernel.

        The caption says how to get the live demo.
        """
        from matplotlib.figure import Figure

        from nnlib import plot

        plot.pyplot()                            # sets the style of the lessons
        figure = Figure(figsize=(9, 4.8))
        figure.suptitle(self.title)
        figure.supxlabel(_SENTENCE if caption else "", fontsize=10, color="0.3")
        try:
            type(self).draw_picture(figure, self.result(self.params)[0])
        except ValueError as problem:            # an impossible setting: say so, as the page does
            figure.text(0.5, 0.5, "\n".join(textwrap.wrap(str(problem), 70)), ha="center")
        return figure

    def _repr_mimebundle_(self, **options) -> tuple[dict, dict]:
        data, metadata = super()._repr_mimebundle_(**options)
        if not self.spec["full_page"]:
            with suppress(ModuleNotFoundError):  # of matplotlib, which a page in a browser may do without
                buffer = io.BytesIO()
                self.picture().savefig(buffer, format="png", dpi=100)
                data["image/png"] = base64.b64encode(buffer.getvalue()).decode()
        return data, metadata
