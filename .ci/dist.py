"""Make what is given away, and try it as strangers would: `make dist`.

build/dist/ gets the wheel, the students' zip and the instructors' zip, all made from the last commit. Each is then
set up in a new environment, in a folder with a space in its name, by the commands that its own README names.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
NAME = "perceptron-to-transformer"
INSTRUCTORS = f"{NAME}-instructor"  # the folder that the instructors' zip unpacks to
PYTHON = os.environ.get("PYTHON") or sys.executable
EXERCISE = "lr_schedule"  # graded in seconds
LIBRARY = """
import sys, nnlib
from nnlib import data, demo

for name in sys.argv[1:]:
    assert len(getattr(data, name)()) > 0, name
page = demo.Neuron().to_html("neuron.html")
assert page.stat().st_size > 50_000
print(nnlib.__version__, nnlib.__file__)
"""


@dataclass
class Stranger:
    """Somebody with a folder of their own. tried: what they did there, and how many seconds it took."""

    name: str
    folder: Path
    tried: list[tuple[str, float]] = field(default_factory=list)

    def does(self, what: str, *command: str | Path, status: int = 0, says: str = "") -> str:
        """Run a command; what it printed. SystemExit where its status is another, or it does not say that."""
        print(f"{self.name}: {what} ...", flush=True)
        began = time.monotonic()
        ran = subprocess.run(command, cwd=self.folder, env=environment(), stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # fmt: skip
        if ran.returncode != status or says not in ran.stdout:
            wanted = f"status {status}" + (f" and the words {says!r}" if says else "")
            sys.exit(f"{ran.stdout[-6000:]}\ndist: {self.name}: {what}: expected {wanted}, got status {ran.returncode}")
        self.tried.append((what, time.monotonic() - began))
        return ran.stdout


def environment() -> dict[str, str]:
    """This process's, without what would lead a command back to this checkout and its own environment."""
    ours = str(PROJECT / ".venv")
    path = [folder for folder in os.environ["PATH"].split(os.pathsep) if not folder.startswith(ours)]
    leading = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    kept = {name: value for name, value in os.environ.items() if name not in leading}
    return kept | {"PATH": os.pathsep.join(path), "PYTHON": PYTHON}


# Make -------------------------------------------------------------------------------------------------------


def make(out: Path) -> list[Path]:
    """Write the three files into `out`, in place of earlier ones: wheel, students' zip, instructors' zip."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder, "whole.zip")
        git("archive", "--format=zip", f"--prefix={INSTRUCTORS}/", f"--output={whole}", "HEAD")
        source = unpacked(whole, Path(folder))  # the others are made from it: it has all that this needs
        students = Path(folder, "students.zip")
        call([sys.executable, "-m", "autograder", "bundle", "--out", students], source)
        wheel = make_wheel(source, out)
        version = wheel.name.split("-")[1]
        made = [wheel, out / f"{NAME}-{version}-student.zip", out / f"{NAME}-{version}-instructor.zip"]
        made[1].write_bytes(students.read_bytes())
        made[2].write_bytes(whole.read_bytes())
    return made


def make_wheel(source: Path, out: Path, *options: str) -> Path:
    """Build the wheel of the project in `source`, a copy: setuptools leaves its own files there."""
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", out, *options, source]
    call(command, source, SOURCE_DATE_EPOCH="0")  # the same files give the same bytes
    [wheel] = out.glob("*.whl")
    return wheel


def unpacked(archive: Path, folder: Path) -> Path:
    """Unpack a zip into `folder`; the one folder that it holds."""
    with zipfile.ZipFile(archive) as file:
        file.extractall(folder)
        [top] = {name.partition("/")[0] for name in file.namelist()}
    return folder / top


def git(*arguments: str) -> str:
    """What git says in this checkout."""
    return call(["git", *arguments], PROJECT).strip()


def call(command: list[str | Path], folder: Path, **more: str) -> str:
    """Run a command in a folder, with more in its environment; what it printed. SystemExit where it fails."""
    ran = subprocess.run(command, cwd=folder, env=os.environ | more, capture_output=True, text=True)
    if ran.returncode:
        sys.exit(f"{ran.stdout}{ran.stderr}\ndist: {' '.join(map(str, command))}: status {ran.returncode}")
    return ran.stdout


# Try --------------------------------------------------------------------------------------------------------


def try_wheel(wheel: Path, folder: Path) -> Stranger:
    """Install it, use the library; the grader says what it is without."""
    stranger = Stranger("wheel", folder)
    stranger.does("a new environment", PYTHON, "-m", "venv", "env")
    stranger.does("pip install", "env/bin/pip", "install", "-c", PROJECT / "constraints.txt", wheel)
    stranger.does("nnlib: all data sets, a demo as a page", "env/bin/python", "-c", LIBRARY, *data_sets(),
                  says=str(folder / "env"))  # fmt: skip
    stranger.does("autograder --help", "env/bin/autograder", "--help", says="handback")
    stranger.does("autograder check: no hidden tests in a wheel", "env/bin/autograder", "check", status=2,
                  says="neither exercises nor hidden tests")  # fmt: skip
    return stranger


def try_students_zip(archive: Path, folder: Path) -> Stranger:
    """Set it up, run a lesson from top to bottom, open an exercise."""
    stranger = Stranger("student", unpacked(archive, folder))
    set_up(stranger)
    stranger.does("nnlib is the one in the zip", ".venv/bin/python", "-c", "import nnlib; print(nnlib.__file__)",
                  says=str(stranger.folder / "nnlib"))  # fmt: skip
    stranger.does("lesson 01, all cells", ".venv/bin/jupyter-execute", "lessons/01_perceptron.ipynb")
    stranger.does("an untouched exercise says what is to do", ".venv/bin/jupyter-execute",
                  f"exercises/{EXERCISE}/{EXERCISE}.ipynb", status=1, says="your code here")  # fmt: skip
    return stranger


def try_instructors_zip(archive: Path, folder: Path) -> Stranger:
    """Set it up, prove the walls and an exercise, grade a class, make the students' zip."""
    stranger = Stranger("instructor", unpacked(archive, folder))
    set_up(stranger)
    stranger.does("autograder doctor", ".venv/bin/autograder", "doctor", "--no-attacks", says="everything held")
    stranger.does(f"autograder check {EXERCISE}", ".venv/bin/autograder", "check", EXERCISE, says="all well")
    stranger.does("a class hands in", ".venv/bin/python", "-m", "autograder.sample_class.build", "../class/submitted")
    stranger.does(f"autograder grade {EXERCISE}", ".venv/bin/autograder", "grade", EXERCISE, "--course", "../class")
    stranger.does("autograder export", ".venv/bin/autograder", "export", EXERCISE, "--course", "../class",
                  "--out", "../class/scores.csv")  # fmt: skip
    compare(folder / "class" / "scores.csv", stranger.folder / "autograder/sample_class/expected" / f"{EXERCISE}.csv")
    stranger.does("autograder bundle", ".venv/bin/autograder", "bundle", says="bundle: ")
    return stranger


def set_up(stranger: Stranger) -> None:
    """`make lab`, with a word in place of the JupyterLab that it would open and wait for."""
    stranger.does("make lab, up to the open lab", "make", "lab", "PY=echo", says="-m jupyterlab")
    stranger.does("JupyterLab is there", ".venv/bin/jupyter-lab", "--version")


def compare(exported: Path, expected: Path) -> None:
    """SystemExit where a score is not the sum of the points that the sample class should get."""
    wanted = {row.pop("student"): sum(map(float, row.values())) for row in rows(expected)}
    got = {row["student_id"]: float(row["score"] or "nan") for row in rows(exported)}
    if got != wanted:
        sys.exit(f"dist: instructor: expected the scores {wanted}, got {got}")


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def data_sets() -> list[str]:
    """The stored data sets: each has a loader of the same name."""
    return sorted(path.stem for path in (PROJECT / "nnlib" / "data").glob("*.npz"))


# Tell -------------------------------------------------------------------------------------------------------


def table(made: Iterable[Path], strangers: Iterable[Stranger]) -> str:
    """What was made, and what was tried."""
    lines = [f"{path.name:<64}{path.stat().st_size / 1e6:>8.1f} MB" for path in made]
    lines += ["", *(f"{s.name:<12}{what:<52}{seconds:>8.1f} s" for s in strangers for what, seconds in s.tried)]
    return "\n".join(lines)


def main() -> None:
    """Make, try, tell."""
    changed = git("status", "--porcelain")
    if changed:
        print(f"dist: made from the last commit; {len(changed.splitlines())} changed files are not in it", flush=True)
    made = make(PROJECT / "build" / "dist")
    strangers = []
    for attempt, file in zip((try_wheel, try_students_zip, try_instructors_zip), made):
        with tempfile.TemporaryDirectory(prefix="a stranger's place ") as folder:
            strangers.append(attempt(file, Path(folder).resolve()))
    print(f"\n{table(made, strangers)}\n\n{NAME} {made[0].name.split('-')[1]} is in build/dist")


if __name__ == "__main__":
    main()
