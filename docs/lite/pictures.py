"""The pictures of the notebooks, drawn while the site is built: a page without matplotlib shows them.

Lessons run as they are stored, exercises as their solutions; so a picture shows what comes out with right answers.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from nnlib.demo.slides import executed

PROJECT = Path(__file__).resolve().parents[2]
IMAGE = re.compile(  # as nnlib.plot.show writes it
    r'<img alt="([^"]*)" width="(\d+)"[^>]* src="data:image/png;base64,([^"]+)">(?:<figcaption>(.*?)</figcaption>)?'
)


def draw(notebook: Path, folder: Path) -> dict[str, list]:
    """Run a notebook and write its pictures below `folder`: {description: [file, width in pixels, caption]}.

    Nothing is run where the pictures of this very notebook, with this nnlib, are there already.
    """
    known = folder / f"{notebook.stem}.json"
    code = [notebook, *sorted((PROJECT / "nnlib").rglob("*.py"))]
    key = hashlib.sha256(b"".join(path.read_bytes() for path in code)).hexdigest()
    if known.exists() and (noted := json.loads(known.read_text(encoding="utf-8")))["key"] == key:
        return noted["pictures"]
    pictures = {}
    for cell in executed(notebook).cells:
        found = [image for output in cell.get("outputs", []) for image in IMAGE.findall(_html(output))]
        for number, (alt, width, data, caption) in enumerate(found, start=1):
            file = folder / f"{notebook.stem}-{cell.id}-{number}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(base64.b64decode(data))
            pictures[html.unescape(alt)] = [file.name, int(width), html.unescape(caption)]
    known.write_text(json.dumps({"key": key, "pictures": pictures}), encoding="utf-8")
    return pictures


def draw_all(notebooks: Mapping[Path, Path], kept: Path) -> dict[str, list]:
    """The pictures of all `notebooks`, each copied into `pictures` in the folder that is given with its notebook.

    They stay in `kept` for the next time; what comes back is that of `draw`.
    """
    pictures = {}
    for notebook, folder in notebooks.items():
        print(f"lite: pictures of {notebook.stem}", flush=True)
        drawn = draw(notebook, kept)
        (folder / "pictures").mkdir(parents=True, exist_ok=True)
        for file, *_ in drawn.values():
            shutil.copyfile(kept / file, folder / "pictures" / file)
        pictures |= drawn
    return pictures


def _html(output: dict) -> str:
    return "".join(output.get("data", {}).get("text/html", ""))
