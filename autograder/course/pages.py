"""The pages on which a person sees a submission: the feedback of a student, formgrader's page for marking by hand.

Both are templates of nbgrader's own exporter (`templates/`), so that its commands and buttons make the same pages.
What students wrote is text there: their Markdown passes through `markdown`, their code and what it printed through
escaping, and nothing else of theirs is shown.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbgrader
from jinja2 import pass_context
from nbformat import NotebookNode
from nbgrader.api import Gradebook, SubmittedNotebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets.config import Config

from autograder.course.files import Course
from autograder.marking.exercise import release_notebook
from autograder.marking.submission import grade_id, read_notebook
from nnlib.markdown import to_html

TEMPLATES = Path(__file__).resolve().parent / "templates"
NBGRADERS = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
NOTE = "autograder"  # key in an autograded notebook's metadata: what feedback.tell says to mend next, by grade cell
UNANSWERED = "There is no answer yet."  # nbgrader gives zero to a written answer that was left as it was given
POINTS = re.compile(r"\s*\([\d.]+ points?\)$")


def configure_pages(config: Config) -> Config:
    """Let nbgrader's exporter find our templates before its own, and write Markdown as they want it."""
    config.HTMLExporter.extra_template_basedirs = [str(TEMPLATES), str(NBGRADERS)]
    config.HTMLExporter.extra_template_paths = [str(NBGRADERS)]  # formgrade/ there is what ours extends
    config.HTMLExporter.filters = {"markdown2html": f"{__name__}.markdown"}
    return config


@pass_context
def markdown(context: Any, text: str) -> str:
    """The filter `markdown2html` of the templates: strangers' Markdown, with the pictures of its own cell."""
    return to_html(text, attachments=context.get("cell", {}).get("attachments"))


def registered(exercise: str) -> NotebookNode:
    """The exercise as the gradebook of the course in this folder knows it; as the project has it where it does not."""
    path = Course.at(Path()).release(exercise)
    return read_notebook(path) if path.is_file() else release_notebook(exercise)


@dataclass
class Task:
    """A part of an exercise that gives points, and how it fared."""

    id: str
    name: str
    score: float
    worth: float
    waiting: bool  # for a mark by hand
    by_hand: bool
    next: str  # what to mend next; or, with all points, thanks to what they are there


@dataclass
class Section:
    """Cells that stand together: those of the exercise under one heading, or one of the student's."""

    given: bool
    heading: str = ""
    cells: list[NotebookNode] = field(default_factory=list)


class Page(NbGraderPreprocessor):
    """Hands the feedback template all that the page says; the template's conf.json names it."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Put a `page` into the resources."""
        about = resources["nbgrader"]
        release = registered(about["assignment"])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nbgrader's own affair with SQLAlchemy
            with Gradebook(about["db_url"]) as gradebook:
                marked = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
                penalty = marked.late_submission_penalty or 0.0
                resources["page"] = {
                    "title": title(release) or about["assignment"],
                    "student": about["student"],
                    "tasks": marked_tasks(marked, release, nb.metadata.get(NOTE, {})),
                    "comments": {c.name: c.manual_comment for c in marked.comments if c.manual_comment},
                    "score": max(0.0, marked.score - penalty),
                    "worth": marked.max_score,
                    "penalty": penalty,
                    "sections": list(sections(nb, release)),
                }
        return nb, resources


def marked_tasks(marked: SubmittedNotebook, release: NotebookNode, told: dict[str, dict]) -> dict[str, Task]:
    """The parts of a submission that give points, by grade cell, in the order of the exercise."""
    marks, name, found = {grade.name: grade for grade in marked.grades}, "", {}
    for cell in release.cells:
        name = heading(cell) or name
        if grade := marks.get(grade_id(cell)):
            said, by_hand = told.get(grade.name, {}), grade.manual_score is not None
            waiting = not by_hand and grade.auto_score is None
            earlier = found.get(said.get("same_as"))
            advice = f"The same as in {earlier.name}" if earlier else said.get("next", "")
            if waiting or by_hand:
                advice = ""
            elif grade.score < grade.max_score:
                advice = advice or UNANSWERED
            name = name or grade.name
            found[grade.name] = Task(grade.name, name, grade.score, grade.max_score, waiting, by_hand, advice)
    return found


def heading(cell: NotebookNode, level: str = "##") -> str:
    """The first heading of this level in a cell of Markdown, without its points; empty where there is none."""
    lines = cell.source.splitlines() if cell.cell_type == "markdown" else []
    return next((POINTS.sub("", line[len(level) :].strip()) for line in lines if line.startswith(f"{level} ")), "")


def title(release: NotebookNode) -> str:
    """What an exercise is called."""
    return next((name for cell in release.cells if (name := heading(cell, "#"))), "")


def sections(nb: NotebookNode, release: NotebookNode) -> Iterator[Section]:
    """The notebook, the given cells under one heading taken together; its test cells stand alone."""
    texts, section = {cell.source for cell in release.cells}, Section(given=False)
    for cell in nb.cells:
        mark = cell.metadata.get("nbgrader", {})
        given = cell.source in texts and not mark.get("solution") and not mark.get("grade")
        if not (given and section.given) or heading(cell):
            if section.cells:
                yield section
            section = Section(given, heading(cell) if given else "")
        section.cells.append(cell)
    if section.cells:
        yield section
