"""The hand-out: a demo as one HTML file with its frames inside, for a page without a kernel."""

from __future__ import annotations

import base64
import gzip
import json
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from nnlib.demo.controls import Control, Moment

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
<noscript>This demo needs JavaScript, but no network.</noscript>
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
render({ model, el: document.body });
</script>
</body>
</html>
"""


def thin(controls: Sequence[Control], moments: Sequence[Moment], most: int) -> list[Control]:
    """The controls with fewer stops, so that they have at most `most` settings if that can be had.

    The longest slider (or counter of a button) loses every second stop until it fits; defaults and what the
    moments set always stay.
    """
    controls = [replace(c, values=c.values[:2]) if c.kind == "button" else c for c in controls]
    while math.prod(len(control.values) for control in controls) > most:
        thinned = [_thinner(control, moments) for control in controls]
        shrinking = [i for i, new in enumerate(thinned) if len(new.values) < len(controls[i].values)]
        if not shrinking:
            break
        longest = max(shrinking, key=lambda i: len(controls[i].values))
        controls[longest] = thinned[longest]
    return controls


def _thinner(control: Control, moments: Sequence[Moment]) -> Control:
    if control.kind != "slider":
        return control
    return control.thinned(m.params[control.name] for m in moments if control.name in m.params)


def page(esm: str, css: str, spec: dict[str, Any], frames: dict[str, Any]) -> str:
    """The HTML of a demo with these frames."""
    header = json.dumps({"spec": spec, "headers": frames["headers"]}).encode()
    script = esm.replace("export default", "//")
    parts = {"title": spec["title"], "css": css, "esm": script}
    return _PAGE % (parts | {"header": _zipped(header), "data": _zipped(frames["data"])})


def _zipped(data: bytes) -> str:
    return base64.b64encode(gzip.compress(data, mtime=0)).decode()
