"""The hand-out: a demo as one HTML file with its frames inside, for a page without a kernel."""

from __future__ import annotations

import base64
import gzip
import json
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from nnlib.demo.controls import Control, Moment, settings

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>%(title)s</title>
<style>body { margin: 0 }
%(css)s</style>
</head>
<body>
<main><noscript>This demo needs JavaScript, but no network.</noscript></main>
<script type="module">
%(esm)s
async function unzip(letters) {
  const zipped = new Blob([Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0))]);
  return new Response(zipped.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}
const { spec, headers } = JSON.parse(new TextDecoder().decode(await unzip("%(header)s")));
const bytes = await unzip("%(data)s");
const traits = { spec, frames: { headers, data: new DataView(bytes) }, params: {} };
const model = { get: (name) => traits[name], on() {}, off() {}, send: null };
render({ model, el: document.querySelector("main") });
</script>
</body>
</html>
"""


def choose(
    controls: Sequence[Control], moments: Sequence[Moment], most: int
) -> tuple[list[Control], list[dict[str, Any]]]:
    """The controls of the hand-out, and the settings it holds.

    Sliders lose every second stop, the longest first, until all combinations are at most `most`; where that
    cannot be had, there is no such grid. Each moment is in it, and, unless `most` is 0, what moving one control
    makes of it.
    """
    thinned = thin(controls, most)
    wanted = list(settings(thinned)) if math.prod(len(c.values) for c in thinned) <= most else []
    for params in ({}, *(moment.params for moment in moments)):
        here = {c.name: params.get(c.name, c.default) for c in controls}
        wanted += [here, *(here | {c.name: value} for c in thinned for value in c.values if most)]
    kept = [replace(c, values=tuple(v for v in c.values if any(v == w[c.name] for w in wanted))) for c in controls]
    unique = {tuple(params.values()): params for params in wanted}
    return kept, list(unique.values())


def thin(controls: Sequence[Control], most: int) -> list[Control]:
    """The controls with fewer stops, so that they have at most `most` combinations if that can be had.

    Of what a button steps through, two are enough to show that the seed matters.
    """
    controls = [replace(c, values=c.values[:2]) if c.kind == "button" else c for c in controls]
    while math.prod(len(control.values) for control in controls) > most:
        shorter = [control.thinned() if control.kind == "slider" else control for control in controls]
        longest = max(range(len(controls)), key=lambda i: (shorter[i] != controls[i], len(controls[i].values)))
        if shorter[longest] == controls[longest]:
            break
        controls[longest] = shorter[longest]
    return controls


def page(esm: str, css: str, spec: dict[str, Any], frames: dict[str, Any]) -> str:
    """The HTML of a demo with these frames."""
    header = json.dumps({"spec": spec, "headers": frames["headers"]}).encode()
    script = esm.replace("export default", "//")
    parts = {"title": spec["title"], "css": css, "esm": script}
    return _PAGE % (parts | {"header": _zipped(header), "data": _zipped(frames["data"])})


def _zipped(data: bytes) -> str:
    return base64.b64encode(gzip.compress(data, mtime=0)).decode()
