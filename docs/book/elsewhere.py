"""For readers who install nothing: in each lesson a line that leads to Binder and Colab, and copies for Colab.

Both take the notebooks from GitHub. Binder makes the environment of environment.yml. Colab has one of its own, to
which the first cell of a copy adds this project alone.
"""

from __future__ import annotations

import copy

import nbformat
from nbformat import NotebookNode

BRANCH = "gh-pages"  # GitHub serves the site from it; the copies for Colab are part of the site
LINKS = """Run this lesson without installing anything:
[on Binder](https://mybinder.org/v2/gh/{repository}/HEAD?labpath=lessons/{name}.ipynb) ·
[in Colab](https://colab.research.google.com/github/{repository}/blob/{branch}/colab/{name}.ipynb)"""
SET_UP = """# Colab has all else that the lessons need; with --no-deps its NumPy and PyTorch stay as they are.
%pip install -q --no-deps git+https://github.com/{repository}"""


def with_links(notebook: NotebookNode, name: str, repository: str) -> NotebookNode:
    """A copy of a lesson with the line below its title. `repository` is OWNER/NAME on GitHub."""
    text = LINKS.format(repository=repository, name=name, branch=BRANCH)
    return _with(notebook, 1, nbformat.v4.new_markdown_cell(text, id="elsewhere"))


def for_colab(notebook: NotebookNode, repository: str) -> NotebookNode:
    """A copy of a lesson whose first cell installs nnlib. `repository` is OWNER/NAME on GitHub."""
    return _with(notebook, 0, nbformat.v4.new_code_cell(SET_UP.format(repository=repository), id="colab"))


def _with(notebook: NotebookNode, place: int, cell: NotebookNode) -> NotebookNode:
    longer = copy.copy(notebook)
    longer.cells = [*notebook.cells[:place], cell, *notebook.cells[place:]]
    return longer
