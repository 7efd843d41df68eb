"""Write notebooks in the one form that is kept in version control, or check that they are in it.

No outputs, no execution counts, the kernelspec as the only notebook metadata, cell metadata limited to
`nbgrader`, `slideshow`, `tags`, `jupyter` (figures and questions are folded) and the locks of exercises, readable
cell ids, one-space indentation, a newline at the end.

    python -m autograder.notebooks [--check] FILE_OR_FOLDER ...
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
CELL_METADATA = ("deletable", "editable", "jupyter", "nbgrader", "slideshow", "tags")
CELL_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")  # readable: relu-predict
MACHINE_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){0,3}")  # what editors invent when a cell is added


def problems(notebook: dict) -> list[str]:
    """What the formatter cannot mend by itself: unreadable or repeated cell ids."""
    ids = [cell.get("id", "") for cell in notebook["cells"]]
    bad = [f"cell id {i!r} is not readable (use words such as relu-predict)"
           for i in ids if not CELL_ID.fullmatch(i) or (MACHINE_ID.fullmatch(i) and re.search(r"\d", i))]
    return bad + [f"cell id {i!r} occurs more than once" for i in sorted(set(ids)) if ids.count(i) > 1]


def canonical(notebook: dict) -> str:
    """The text of `notebook` in the form that is kept."""
    cells = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"]).strip("\n")
        kept = {
            "cell_type": cell["cell_type"],
            "id": cell.get("id", ""),
            "metadata": {k: v for k, v in cell["metadata"].items() if k in CELL_METADATA and v not in (None, {}, [])},
            "source": source.splitlines(keepends=True),
        }
        if cell["cell_type"] == "code":
            kept |= {"execution_count": None, "outputs": []}
        cells.append(dict(sorted(kept.items())))
    whole = {"cells": cells, "metadata": {"kernelspec": KERNELSPEC}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """Format (or, with --check, only check) every notebook named or found below a named folder."""
    paths = [Path(a) for a in arguments if a != "--check"]
    files = [f for p in paths for f in (sorted(p.rglob("*.ipynb")) if p.is_dir() else [p])]
    failed = False
    for file in files:
        if ".ipynb_checkpoints" in file.parts:
            continue
        try:
            text = file.read_text(encoding="utf-8")
            notebook = json.loads(text)
        except (OSError, ValueError) as error:
            print(f"{file}: cannot be read ({error})", file=sys.stderr)
            failed = True
            continue
        found = problems(notebook)
        if canonical(notebook) != text:
            if "--check" in arguments:
                found.append("is not in the stored form; run: python -m autograder.notebooks FILE")
            else:
                file.write_text(canonical(notebook), encoding="utf-8")
        for problem in found:
            print(f"{file}: {problem}", file=sys.stderr)
        failed |= bool(found)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
