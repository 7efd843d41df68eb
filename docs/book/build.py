"""The course as a site that needs no network and no server: run the lessons, lay out the pages, let Sphinx make them.

    python docs/book/build.py [LESSON.ipynb ...] [--out FOLDER] [--repository OWNER/NAME]

Formulas become MathML, demos their hand-outs, cells that only draw are folded. Where lessons are named only these are
run; the others stay as they are stored, without outputs. With a repository on GitHub each lesson leads to Binder and
Colab, too.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import elsewhere
import nbformat
from nbformat import NotebookNode
from sphinx.cmd.build import main as sphinx

import nnlib
from nnlib import demo, markdown
from nnlib.demo.slides import demo_in, executed

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
HOME = """# Perceptron to Transformer

Interactive lessons that walk from one neuron to a GPT, a small library that you can read, and exercises that grade
themselves. This site works without a network. To compute yourself, open the notebooks: `make lab`.

```{{toctree}}
:caption: Lessons
:maxdepth: 1
lessons/README
{lessons}
```

```{{toctree}}
:caption: Exercises
:maxdepth: 1
{exercises}
```

```{{toctree}}
:caption: Demos
:maxdepth: 1
demos
```

```{{toctree}}
:caption: The library
:maxdepth: 1
{modules}
```

```{{toctree}}
:caption: For those who teach
:maxdepth: 1
{guides}
nnlib/data/README
```
"""
FRAME = '<iframe class="demo" title="{name}" src="{up}demos/{name}.html" loading="lazy" allowfullscreen></iframe>'


def for_reading(notebook: NotebookNode) -> NotebookNode:
    """The notebook without what needs a kernel: demos are frames, questions and figures are HTML, drawing is folded."""
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if cell.metadata.get("jupyter", {}).get("source_hidden"):
            cell.metadata.tags = [*cell.metadata.get("tags", []), "hide-input"]
        if name := demo_in(cell.source):
            frame = FRAME.format(name=name, up="../")
            cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": frame})]
        for output in cell.outputs:
            if "text/html" in output.get("data", {}):
                output.data = NotebookNode({"text/html": markdown.formulas_in(output.data["text/html"])})
    notebook.metadata.pop("widgets", None)
    notebook.metadata.language_info = {"name": "python"}
    return notebook


def modules() -> list[str]:
    """The modules of nnlib that a reader may want to look up."""
    found = [m.name for m in pkgutil.walk_packages(nnlib.__path__, "nnlib.")]
    inner = re.compile(r"nnlib\.(demo|lab|data\.build)\b|.*\.__main__")
    return [name for name in found if not inner.match(name) and importlib.import_module(name).__doc__]


def lay_out(source: Path, lessons: Mapping[Path, NotebookNode], repository: str | None = None) -> None:
    """Write the pages' sources: the same folders as in the project, so that all links between them hold."""
    for path, notebook in lessons.items():
        page = for_reading(notebook)
        if repository:
            page = elsewhere.with_links(page, path.stem, repository)
            copy = elsewhere.for_colab(nbformat.read(path, 4), repository)
            write(source / "extra" / "colab" / path.name, nbformat.writes(copy))
        write(source / "lessons" / path.name, nbformat.writes(page))
    exercises = sorted((PROJECT / "exercises").glob("*/*.ipynb"))
    for path in exercises:
        write(source / path.relative_to(PROJECT), nbformat.writes(for_reading(nbformat.read(path, 4))))
    found = sorted([*PROJECT.glob("docs/*.md"), *PROJECT.glob("docs/*/README.md")])
    guides = [path.relative_to(PROJECT).as_posix() for path in found if path.stem != "students"]
    for name in ("lessons/README.md", "nnlib/data/README.md", *guides):
        write(source / name, (PROJECT / name).read_text(encoding="utf-8"))
    for name in modules():
        title = f"{name}\n{'=' * len(name)}"
        write(source / "api" / f"{name}.rst", f"{title}\n\n.. automodule:: {name}\n")
    frames = "\n\n".join(f"## {name}\n\n{FRAME.format(name=name, up='')}" for name in demo.DEMOS)
    write(source / "demos.md", f"# Demos\n\nEach works without a kernel. Full screen: `make demo`.\n\n{frames}\n")
    lists = {"lessons": [f"lessons/{path.stem}" for path in sorted(lessons)],
             "exercises": [f"exercises/{path.parent.name}/{path.stem}" for path in exercises],
             "modules": [f"api/{name}" for name in modules()],
             "guides": [name.removesuffix(".md") for name in guides]}  # fmt: skip
    write(source / "index.md", HOME.format(**{name: "\n".join(pages) for name, pages in lists.items()}))
    for name in demo.DEMOS:
        target = source / "extra" / "demos" / f"{name}.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        getattr(demo, name)().to_html(target)


def on_github(text: str) -> str:
    """OWNER/NAME, checked."""
    if not re.fullmatch(r"[\w-]+/[\w.-]+", text):
        raise argparse.ArgumentTypeError(f"expected OWNER/NAME of a repository on GitHub, got {text!r}")
    return text


def write(path: Path, text: str) -> None:
    """Write a file, and its folder where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="python docs/book/build.py", description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", type=Path, help="notebooks to run (default: all lessons)")
    parser.add_argument("--out", type=Path, default=PROJECT / "build/book", help="folder (default: build/book)")
    parser.add_argument("--repository", type=on_github, metavar="OWNER/NAME",
                        help="on GitHub, for links to Binder and Colab (default: no links)")  # fmt: skip
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the site; the status that Sphinx gives, which is not 0 where a link leads nowhere."""
    options = parse(arguments)
    options.out = options.out.resolve()  # Sphinx counts from its configuration
    every = sorted((PROJECT / "lessons").glob("*.ipynb"))
    run = [path.resolve() for path in options.lessons or every]
    lessons = {path: nbformat.read(path, 4) for path in every}
    with ThreadPoolExecutor(2) as pool:
        lessons |= dict(zip(run, pool.map(executed, run)))
    source = options.out / "source"
    shutil.rmtree(options.out, ignore_errors=True)
    lay_out(source, lessons, options.repository)
    return sphinx(["-q", "-W", "--keep-going", "-c", str(HERE), "-D", f"html_extra_path={source / 'extra'}",
                   "-d", str(options.out / "doctrees"), str(source), str(options.out / "html")])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
