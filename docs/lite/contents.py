"""What the site holds: the lessons, the exercises that need NumPy alone, all demos, and the page to start from.

Lessons get one cell more, at the top: what this page can do and what it cannot. Exercises stay what they are, to the
last letter, so that the grader takes what students download.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
from pathlib import Path

from autograder.notebooks import KERNELSPEC, canonical
from nnlib import demo, markdown

PROJECT = Path(__file__).resolve().parents[2]
ABOUT = """**In the browser.** All of this computes in your browser; nothing is installed, nothing is sent anywhere. The
first cell takes a few seconds, and long computations take several times as long as on a computer of your own. Your work
is kept in this browser; *File → Download* makes a file of it.
"""
TORCH = """
PyTorch cannot be had in a browser. Cells that ask for it, in {where}, say so in a sentence, and the lesson goes on. The
NumPy part, your turns, the questions and the demo work.
"""
PICTURES = """
This page works without any network and has no matplotlib. Where a picture would stand, its description stands instead.
"""
ELSEWHERE = "\nThe exercise to this lesson needs PyTorch: do it on a computer of your own.\n"
WELCOME = """# Perceptron to Transformer, in the browser

Nothing to install: everything here computes in your browser. Open a lesson, run its cells from top to bottom
(Shift+Enter), and write where it says *your turn*. To look around first, open the [demos](demos.ipynb). The first cell
that you run takes a while, until Python has come.

Your work is kept in this browser, on this device. *File → Download* makes a file of a notebook: keep one, and hand in
exercises that way.

"""
OPEN = "lab/index.html?path="                    # the address of a notebook, seen from the page to start from


def lay_out(folder: Path, pictures: bool) -> None:
    """Write all files of the site's contents below `folder`; `pictures` says whether matplotlib can be had."""
    included = exercises()
    names = {path.stem for path in included}
    for path in sorted((PROJECT / "lessons").glob("*.ipynb")):
        _write(folder / "lessons" / path.name, canonical(lesson(path, names, pictures)))
    for path in included:
        target = folder / path.relative_to(PROJECT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    _write(folder / "demos.ipynb", canonical(demos()))


def lesson(path: Path, exercises: set[str], pictures: bool) -> dict:
    """A stored lesson with the cell about the browser in front; `exercises` are those that the site has."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    text = ABOUT
    if where := torch_sections(notebook):
        text += TORCH.format(where=_listed(where))
    if not pictures:
        text += PICTURES
    wanted = set(re.findall(r"\.\./exercises/(\w+)/", path.read_text(encoding="utf-8")))
    if not wanted & exercises:
        text += ELSEWHERE
    notebook["cells"].insert(0, _markdown("in-the-browser", text))
    return notebook


def torch_sections(notebook: dict) -> list[str]:
    """The headings of the sections in which a cell computes with PyTorch."""
    heading, found, names = "the beginning", [], set()
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            if title := re.match(r"## (.+)", source):
                heading = title[1]
            continue
        tree = ast.parse(source)
        names |= set(_torch_names(tree))
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        if used & names and heading not in found:
            found.append(heading)
    return found


def _torch_names(tree: ast.Module) -> list[str]:
    """The names that import statements give to PyTorch and its parts."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = getattr(node, "module", None) or ""
            found += [alias.asname or alias.name for alias in node.names
                      if "torch" in f"{module}.{alias.name}".split(".")]  # fmt: skip
    return found


def exercises() -> list[Path]:
    """The notebooks of the exercises that need NumPy alone."""
    every = sorted((PROJECT / "exercises").glob("*/*.ipynb"))
    return [path for path in every if not re.search(r"\bimport torch\b", path.read_text(encoding="utf-8"))]


def demos() -> dict:
    """A notebook with all demos, a cell for each."""
    first = "# The demos\n\nEach cell shows one: run it, read its question, then move what is at its left."
    cells = [_markdown("title", first)]
    for name, module in demo.DEMOS.items():
        cell_id = module.replace("_", "-")
        cells += [_markdown(f"{cell_id}-title", f"## {getattr(demo, name).title}"),
                  {"cell_type": "code", "id": cell_id, "metadata": {},
                   "source": [f"from nnlib.demo import {name}\n\n{name}()"]}]  # fmt: skip
    return {"cells": cells, "metadata": {"kernelspec": KERNELSPEC}}


def home() -> str:
    """The HTML of the page to start from: the map of the lessons, with links to what the site has."""
    exercises_here = {path.stem for path in exercises()}
    lines = (PROJECT / "lessons/README.md").read_text(encoding="utf-8").splitlines()
    table = "\n".join(line for line in lines if line.startswith("|")).replace("](", "](lessons/")

    def link(match: re.Match) -> str:
        name = match[1]
        return f"[{name}](exercises/{name}/{name}.ipynb)" if name in exercises_here else f"{name} (not here)"

    text = (WELCOME + re.sub(r"\[(\w+)\]\(lessons/\.\./[^)]*\)", link, table) + "\n").replace("](", f"]({OPEN}")
    template = (Path(__file__).parent / "home.html").read_text(encoding="utf-8")
    return template.replace("$main", markdown.to_html(text, trusted=True))


def _listed(titles: list[str]) -> str:
    titles = [f"*{title}*" for title in titles]
    return " and ".join([", ".join(titles[:-1]), titles[-1]]) if len(titles) > 1 else titles[0]


def _markdown(cell_id: str, text: str) -> dict:
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": text.strip().splitlines(keepends=True)}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
