"""The zip that students get: lessons, exercises, nnlib, and what `make lab` needs; nothing that answers or tells.

The files are collected from a few folders, then a gate looks at every one of them and refuses the whole bundle
where anything is not as it should be. The same files give the same bytes on every machine: sorted, stored
without compression, with one fixed time.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import nbformat
import numpy as np

from autograder import notebooks
from autograder.course.files import CourseError
from autograder.course.release import OWN_WORK, PRIVATE, leaks, own_work
from autograder.marking.submission import read_notebook
from autograder.marking.suite import PROJECT, SUITES

FOLDERS = ("lessons", "exercises", "nnlib")
ROOT = "perceptron-to-transformer"  # the folder that the zip unpacks to
KINDS = {".ipynb", ".py", ".js", ".css", ".md", ".json", ".npz", ".txt", ".csv"}
OTHERS = {"Makefile", "LICENSE", "README.md", "pyproject.toml", "setup.py", "constraints.txt", "environment.yml",
          ".ci/setup"}  # fmt: skip
CACHES = {"__pycache__", ".ipynb_checkpoints"}
PLACES = re.compile(r"lessons/(\d\d_\w+\.ipynb|README\.md)|exercises/(\w+)/\2\.ipynb|nnlib/.*")
GRADER = re.compile(r"### (BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)|\b(import|from) autograder\b"
                    r"|autograder/suites")  # fmt: skip
ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+\.(org|com|net|edu|[a-z]{2})\b")  # and not x@W.T
HIDDEN_TEST = re.compile(r"^def (test_\w+)", re.MULTILINE)
TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip can hold


def bundle() -> bytes:
    """The zip. Raises CourseError where something must not go to students."""
    files = collect(PROJECT)
    found = list(leaks_in(files))
    if found:
        raise CourseError("the bundle must not go out:\n  " + "\n  ".join(found))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{ROOT}/{name}", TIME)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16  # as on Unix: a file that all may read
            archive.writestr(entry, files[name])
    return out.getvalue()


def collect(project: Path) -> dict[str, bytes]:
    """The files of the bundle by name, with those that students get in another form than instructors."""
    files = {}
    for path in sorted(p for folder in FOLDERS for p in (project / folder).rglob("*")):
        if path.is_symlink():
            raise CourseError(f"the bundle holds no symbolic links: {path}")
        if path.is_file() and not CACHES & set(path.parts):
            files[path.relative_to(project).as_posix()] = path.read_bytes()
    for name in ("LICENSE", "constraints.txt", "setup.py", ".ci/setup"):
        files[name] = (project / name).read_bytes()
    guide = (project / "docs" / "students.md").read_text(encoding="utf-8")
    files["README.md"] = guide.replace("](../", "](").encode()          # it moves up, out of docs/
    for name, change in (("pyproject.toml", student_project), ("Makefile", student_makefile),
                         ("environment.yml", without_grader)):  # fmt: skip
        files[name] = change((project / name).read_text(encoding="utf-8")).encode()
    return files


def without_grader(text: str) -> str:
    """A list of packages, one on a line, without those that only grading needs."""
    return "".join(line for line in text.splitlines(keepends=True) if not re.search(r"\b(nbgrader|pytest)>=", line))


def student_project(text: str) -> str:
    """pyproject.toml with what installs nnlib, and no more."""
    tables = re.split(r"^(?=\[)", text, flags=re.MULTILINE)
    kept = [t for t in tables if re.match(r"\[(build-system|project|tool\.setuptools[\w.-]*)\]", t)]
    text = without_grader("".join(kept)).replace('["nnlib*", "autograder*"]', '["nnlib*"]')
    return re.sub(r"^(exclude|autograder) = .*\n", "", text, flags=re.MULTILINE)


def student_makefile(text: str) -> str:
    """The Makefile with `make lab`, and no more."""
    head, *rules = text.split("\n\n")
    variables = [line for line in head.splitlines() if not line.startswith(("#", ".PHONY"))]
    kept = [rule for rule in rules if rule.startswith(("lab:", ".venv/"))]
    return "\n\n".join(["\n".join([*variables, ".PHONY: lab"]), *kept]).rstrip("\n") + "\n"


def leaks_in(files: Mapping[str, bytes]) -> Iterator[str]:
    """Everything that must not go to students, in words."""
    hidden = hidden_tests()
    for name, content in files.items():
        yield from (f"{name}: {problem}" for problem in misplaced(name))
        if name.endswith(".npz"):
            yield from (f"{name}: {problem}" for problem in not_arrays(content))
            continue
        try:
            text = content.decode()
            if name.endswith(".ipynb"):
                yield from (f"{name}: {problem}" for problem in not_stored(text))
                text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
        except (ValueError, KeyError, TypeError) as error:
            yield f"{name}: cannot be read ({error})"
            continue
        yield from (f"{name}: {problem}" for problem in telling(text, hidden))
        if name.startswith("exercises/"):
            yield from (f"{name}: {problem}" for problem in answered(name, content.decode()))


def misplaced(name: str) -> Iterator[str]:
    """Whether a file is not one that belongs into the bundle."""
    path = Path(name)
    if name in OTHERS:
        return
    if path.suffix not in KINDS or any(part.startswith(".") or part in CACHES for part in path.parts):
        yield "this kind of file is not handed out"
    elif not PLACES.fullmatch(name):
        yield "does not belong here"


def not_stored(text: str) -> Iterator[str]:
    """What a notebook holds beyond its text: outputs, counts, names in its metadata, cells somebody added."""
    notebook = json.loads(text)
    yield from notebooks.problems(notebook)
    if notebooks.canonical(notebook) != text:
        yield "holds outputs or metadata (python -m autograder.notebooks FILE)"


def telling(text: str, hidden: set[str]) -> Iterator[str]:
    """What a text says about solutions, suites, machines and people."""
    yield from (f"the grader's own: {match[0]}" for match in GRADER.finditer(text))
    yield from (f"a hidden test's name: {word}" for word in sorted(hidden & set(re.findall(r"\w+", text))))
    yield from (f"an absolute path: {match[0]}" for match in PRIVATE.finditer(text))
    yield from (f"an email address: {match[0]}" for match in ADDRESS.finditer(text))
    if str(PROJECT) in text:
        yield f"an absolute path: {PROJECT}"


def answered(name: str, text: str) -> Iterator[str]:
    """Answers in an exercise: lines of the solution, or what somebody tried."""
    if own_work(text):
        yield f"{OWN_WORK} {Path(name).stem}"
    solution = PROJECT / "solutions" / Path(name).relative_to("exercises")
    if not solution.is_file():
        yield "there is no solution that it was made from"
    else:
        yield from leaks(read_notebook(solution), nbformat.reads(text, as_version=4))


def not_arrays(content: bytes) -> Iterator[str]:
    """Whether an npz holds anything but plain arrays."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            for key in arrays:
                arrays[key]
    except (ValueError, OSError, zipfile.BadZipFile, EOFError) as error:
        yield f"holds more than arrays ({error})"


def hidden_tests() -> set[str]:
    """The names of all hidden tests."""
    suites = "\n".join(file.read_text(encoding="utf-8") for file in SUITES.glob("*/test_*.py"))
    return set(HIDDEN_TEST.findall(suites))
