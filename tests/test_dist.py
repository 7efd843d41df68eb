"""What is given away: the wheel is whole and tells nothing, one version everywhere, and a trial that fails is told.

`make dist` itself, with its three new environments, is not run here.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import nnlib
from autograder.course.bundle import CACHES, hidden_tests
from autograder.marking.suite import PROJECT

SETUPTOOLS = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
INFO = f"perceptron_to_transformer-{nnlib.__version__}.dist-info"
DATA = f"perceptron_to_transformer-{nnlib.__version__}.data/data"
PRIVATE = ("autograder/suites/", "autograder/sample_class/")  # what answers and tells


@pytest.fixture(scope="module")
def dist():
    spec = importlib.util.spec_from_file_location("dist", PROJECT / ".ci" / "dist.py")
    module = sys.modules["dist"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules["dist"]


@pytest.fixture(scope="module")
def wheel(dist, tmp_path_factory):
    """The wheel of a copy of the project, built with the setuptools that is installed (torch needs one)."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("out")
    for folder in ("nnlib", "autograder"):
        shutil.copytree(PROJECT / folder, source / folder, ignore=shutil.ignore_patterns(*CACHES))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, source)
    return dist.make_wheel(source, out, "--no-build-isolation", "--no-index")


@pytest.fixture(scope="module")
def files(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_holds_all_that_its_code_reads(files):
    """Every file of both packages, but what answers; what installing puts elsewhere, for there, too."""
    there = {path.relative_to(PROJECT).as_posix() for folder in ("nnlib", "autograder")
             for path in (PROJECT / folder).rglob("*") if path.is_file() and not CACHES & set(path.parts)}  # fmt: skip
    elsewhere = {f"{DATA}/{place}/{Path(file).name}"
                 for place, names in SETUPTOOLS["data-files"].items() for file in names}  # fmt: skip
    assert len(there) > 200 and len(elsewhere) == 3
    wanted = {name for name in there if not name.startswith(PRIVATE)} | elsewhere
    assert {name for name in files if not name.startswith(f"{INFO}/")} == wanted


def test_the_wheel_answers_nothing_and_tells_no_hidden_test(files):
    assert not [name for name in files if name.endswith(".ipynb") or name.startswith(PRIVATE)]
    hidden = hidden_tests()
    assert len(hidden) > 300
    words = {word for name, content in files.items() if not name.endswith(".npz")
             for word in re.findall(r"\w+", content.decode())}  # fmt: skip
    assert sorted(hidden & words) == []


def test_the_wheel_names_its_licences_and_its_version(files):
    metadata = files[f"{INFO}/METADATA"].decode()
    assert re.search(rf"^Version: {re.escape(nnlib.__version__)}$", metadata, re.MULTILINE)
    assert re.search(r"^License-Expression: MIT AND ", metadata, re.MULTILINE)
    for name in ("LICENSE", "nnlib/data/README.md", "nnlib/data/NOTICES.md"):
        assert files[f"{INFO}/licenses/{name}"] == (PROJECT / name).read_bytes()


def test_what_the_wheel_installs_works(dist, wheel, tmp_path):
    """nnlib with all its data and a demo; the grader, which says what it is without."""
    place = tmp_path / "a place"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)

    def python(*arguments):
        seen = os.environ | {"PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run([sys.executable, *arguments], cwd=tmp_path, env=seen, capture_output=True, text=True)

    names = dist.data_sets()
    assert len(names) == 10
    shown = python("-c", dist.LIBRARY, *names)
    assert shown.stdout.split(maxsplit=1) == [nnlib.__version__, f"{place / 'nnlib' / '__init__.py'}\n"], shown.stderr
    graded = python("-m", "autograder", "check")
    assert graded.returncode == 2 and f"{place} holds neither exercises nor hidden tests" in graded.stderr
    assert "Traceback" not in graded.stderr


def test_one_version_everywhere(capsys):
    from autograder.cli import main

    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"autograder {nnlib.__version__}\n"
    assert SETUPTOOLS["dynamic"]["version"] == {"attr": "nnlib.__version__"}
    newest = re.search(r"^## (\S+) - (\S+)$", (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    cited = (PROJECT / "CITATION.cff").read_text(encoding="utf-8")
    assert newest[1] == nnlib.__version__
    assert f"version: {newest[1]}\ndate-released: {newest[2]}\n" in cited


@pytest.mark.parametrize("command, wanted", [
    (["-c", "print(6 * 7)"], {}),
    (["-c", "print(6 * 7); raise SystemExit(2)"], {"status": 2, "says": "42"}),
])  # fmt: skip
def test_a_trial_that_goes_well_is_noted(dist, tmp_path, command, wanted):
    stranger = dist.Stranger("ada", tmp_path)
    assert stranger.does("count", sys.executable, *command, **wanted) == "42\n"
    assert [what for what, _ in stranger.tried] == ["count"]


@pytest.mark.parametrize("command, wanted, told", [
    (["-c", "1 / 0"], {}, "ZeroDivisionError: .*dist: ada: count: expected status 0, got status 1"),
    (["-c", "1"], {"status": 2}, "expected status 2, got status 0"),
    (["-c", "print(1)"], {"says": "42"}, "expected status 0 and the words '42', got status 0"),
])  # fmt: skip
def test_a_trial_that_fails_ends_everything(dist, tmp_path, command, wanted, told):
    stranger = dist.Stranger("ada", tmp_path)
    with pytest.raises(SystemExit) as ended:
        stranger.does("count", sys.executable, *command, **wanted)
    assert re.search(told, str(ended.value), re.DOTALL) and stranger.tried == []


def test_a_stranger_is_not_led_back_here(dist, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    monkeypatch.setenv("PATH", os.pathsep.join([str(PROJECT / ".venv" / "bin"), "/usr/bin"]))
    seen = dist.environment()
    assert "PYTHONPATH" not in seen and seen["PATH"] == "/usr/bin"


def test_other_scores_than_the_expected_are_told(dist, tmp_path):
    exported, expected = tmp_path / "scores.csv", tmp_path / "expected.csv"
    expected.write_text("student,test-a,test-b\nada,1.5,2\nemil,0,0\n")
    exported.write_text("student_id,score\nada,3.5\nemil,0\n")
    dist.compare(exported, expected)
    for wrong in ("ada,3.5\nemil,\n", "ada,3.5\nemil,1\n", "ada,3.5\n"):
        exported.write_text("student_id,score\n" + wrong)
        with pytest.raises(SystemExit, match="expected the scores"):
            dist.compare(exported, expected)
