"""The course in the browser, as far as it can be known without a browser: `make lite-test` does the rest."""

import ast
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import notebooks

ROOT = Path(__file__).resolve().parent.parent
LITE = ROOT / "docs/lite"
sys.path.append(str(LITE))

import contents  # noqa: E402
import packages  # noqa: E402
import pictures  # noqa: E402

spec = importlib.util.spec_from_file_location("lite_build", LITE / "build.py")
build = importlib.util.module_from_spec(spec)
spec.loader.exec_module(build)

LESSONS = sorted((ROOT / "lessons").glob("*.ipynb"))
ELSEWHERE = {"threading", "multiprocessing", "subprocess", "concurrent", "ctypes", "socket", "signal", "cffi", "select"}
AT_HOME = {"__main__.py", "build.py", "nodelay.py", "slides.py"}       # of nnlib: they serve, build or print
CELLS = {
    "named": "import torch\nclass Net(torch.nn.Module):\n    @torch.no_grad()\n    def f(it): ...\nprint(Net is None)",
    "computed": "print('before')\nnet = torch.nn.Linear(2, 1)",
    "made": "own = Net()",
    "goes-on": "scores = net(1)",
    "further": "print(scores)",
    "looped": "for layer in torch.nn: pass",
    "style": "from nnlib import plot\nplt = plot.pyplot()\nprint('styled')",
    "drawn": "fig, ax = plt.subplots()\nplot.show(fig, alt='A curve.', caption='It bends.')",
    "undrawn": "plot.show(plot.pyplot().figure(), alt='A line.')",
    "by-place": "plot.show(plt.figure(),\n    'A dot.', 'Small.')",
    "handed": "def sheet(alt):\n    plot.show(plt.figure(), alt)\nsheet('Two lines.')\nguess = 7",
    "asked": "print(guess)",
    "mistyped": "print(scroes)",
    "zero": "1 / 0",
    "unknown": "import not_there",
}
SHELL = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
shell, told = InteractiveShell.instance(), {}
for name, source in json.loads(sys.argv[1]).items():
    shell._showtraceback = lambda kind, error, lines: told.update({name: f"error: {kind.__name__}"})
    with capture_output() as shown:
        shell.run_cell(source, store_history=True)
    told.setdefault(name, shown.stdout + "".join(o.data["text/html"] for o in shown.outputs))
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The contents of the offline site."""
    folder = tmp_path_factory.mktemp("contents")
    contents.lay_out(folder, pictures=False)
    return folder


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_has_one_cell_more(site, path):
    file = site / "lessons" / path.name
    assert notebooks.main(["--check", str(file)]) == 0
    first, *rest = json.loads(file.read_text(encoding="utf-8"))["cells"]
    assert rest == json.loads(path.read_text(encoding="utf-8"))["cells"]
    said = "".join(first["source"])
    assert first["id"] == "in-the-browser" and "In the browser." in said and "has no matplotlib" in said
    assert "PyTorch cannot be had in a browser" in said           # each lesson holds something against PyTorch
    assert ("exercise to this lesson needs PyTorch" in said) == path.stem.startswith(("10", "16"))


def test_where_a_lesson_asks_for_pytorch_is_said():
    notebook = json.loads(LESSONS[1].read_text(encoding="utf-8"))
    assert contents.torch_sections(notebook) == [
        "5 · Build and prove: a network of any size", "7 · Break it: from scores to probabilities"]  # fmt: skip


def test_with_matplotlib_nothing_is_said_of_pictures(tmp_path):
    said = contents.lesson(LESSONS[1], {"forward_pass"}, pictures=True)["cells"][0]["source"]
    assert "matplotlib" not in "".join(said)


def test_exercises_are_those_without_pytorch_to_the_last_letter(site):
    every = {path.stem for path in (ROOT / "exercises").glob("*/*.ipynb")}
    files = {path.stem: path for path in (site / "exercises").rglob("*.ipynb")}
    assert every - set(files) == {"gpt", "training_loop"}
    for name, file in files.items():
        assert file.read_bytes() == (ROOT / "exercises" / name / f"{name}.ipynb").read_bytes()


def test_all_demos_are_there_and_the_start_page_leads_to_what_there_is(site):
    assert notebooks.main(["--check", str(site / "demos.ipynb")]) == 0
    shown = (site / "demos.ipynb").read_text(encoding="utf-8")
    assert all(f"{name}()" in shown for name in contents.demo.DEMOS)
    links = re.findall(r'href="lab/index.html\?path=([^"]+)"', contents.home())
    assert len(links) == 1 + 17 + 17 and all((site / link).is_file() for link in links)
    assert not [path for path in site.rglob("*") if {"solutions", "suites"} & set(path.parts)]


def test_nnlib_needs_no_thread_no_process_no_compiled_code():
    files = [path for path in (ROOT / "nnlib").rglob("*.py") if path.name not in AT_HOME]
    assert len(files) > 40
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.level == 0 else []
            assert not ELSEWHERE & {name.split(".")[0] for name in names}, path
    assert not [path for path in (ROOT / "nnlib").rglob("*") if path.suffix in (".so", ".pyd", ".pyx", ".c")]


def test_what_is_downloaded_is_pinned():
    assert all(re.fullmatch(r"[0-9a-f]{64}", sha256) for _, sha256 in (build.PYODIDE, build.NUMPY))
    pinned = (LITE / "pinned.txt").read_text(encoding="utf-8").splitlines()
    lines = [line for line in pinned if not line.startswith("#")] + build.requirements()
    assert all(re.fullmatch(r"[\w-]+==[\d.]+", line) for line in lines) and len(lines) > 20


def test_a_package_that_is_not_the_known_one_is_refused(tmp_path, monkeypatch):
    (tmp_path / "pyodide-0.tgz").write_bytes(b"something else")
    monkeypatch.setattr(build, "run", lambda *command: "pyodide-0.tgz\n")
    with pytest.raises(SystemExit, match=r"pyodide@0 has the sha256 f41f.*, expected 0000"):
        build.from_npm("pyodide", "0", "0" * 64, tmp_path)


def test_without_npm_it_says_so_before_any_work(tmp_path, monkeypatch):
    monkeypatch.setattr(build.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match="npm is needed"):
        build.main(["--out", str(tmp_path / "site")])
    assert list(tmp_path.iterdir()) == []


def test_wheels_and_the_lock_file(tmp_path):
    files = {"one/__init__.py": b"", "two.py": b"", "one/data.npz": b"1"}
    wheel = packages.make_wheel(tmp_path, "some-thing", "1.0", files, ["numpy", "torch; extra == 'all'", "else"])
    assert wheel.name == "some_thing-1.0-py3-none-any.whl" and packages.make_wheel(tmp_path, "numpy", "2", {})
    once = wheel.read_bytes()
    again = packages.make_wheel(tmp_path, "some-thing", "1.0", files, ["numpy", "torch; extra == 'all'", "else"])
    assert again.read_bytes() == once
    packages.write_lock(tmp_path, {"version": "0"}, {"torch": {"name": "torch"}})
    lock = json.loads((tmp_path / "pyodide-lock.json").read_text(encoding="utf-8"))
    assert set(lock["packages"]) == {"some-thing", "numpy", "torch"} and lock["info"] == {"version": "0"}
    entry = lock["packages"]["some-thing"]
    assert (entry["imports"], entry["depends"], entry["file_name"]) == (["one", "two"], ["numpy"], wheel.name)


def test_pictures_are_taken_from_what_a_notebook_shows(tmp_path, monkeypatch):
    image = '<img alt="a &lt; b" width="660" style="" src="data:image/png;base64,UE5H">'
    figure = f"<figure>{image}<figcaption>c</figcaption></figure>"
    cell = {"id": "figure", "outputs": [{"data": {"text/html": figure}}]}
    ran = []
    cells = Cells([Cell(cell), Cell({"id": "text"})])
    monkeypatch.setattr(pictures, "executed", lambda path: ran.append(path) or cells)
    for _ in range(2):
        drawn = pictures.draw_all({LESSONS[0]: tmp_path / "out"}, tmp_path / "kept")
        assert drawn == {"a < b": ["01_perceptron-figure-1.png", 660, "c"]}
        assert (tmp_path / "out/pictures/01_perceptron-figure-1.png").read_bytes() == b"PNG"
    assert len(ran) == 1                         # the second time they are known


class Cells:
    """As much of a notebook as is read."""

    def __init__(self, cells):
        self.cells = cells


class Cell(dict):
    """A cell, whose id is an attribute, too."""

    @property
    def id(self):
        return self["id"]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What a shell with the stand-ins, which knows one picture, says to each of CELLS."""
    folder = tmp_path_factory.mktemp("site-packages")
    for place, data in packages.tree(LITE / "stand_in").items():
        (folder / place).parent.mkdir(exist_ok=True)
        (folder / place).write_bytes(data)
    (folder / "pictures.json").write_text(json.dumps({"A curve.": ["curve.png", 660, "It bends."]}), encoding="utf-8")
    code = f"import sys; sys.path[:0] = [{str(folder)!r}, {str(ROOT)!r}]" + SHELL
    shown = subprocess.run([sys.executable, "-c", code, json.dumps(CELLS)], capture_output=True, text=True, cwd=folder,
                           env={"IPYTHONDIR": str(folder), "PATH": ""})  # fmt: skip
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)


def test_stand_ins_may_be_named(told):
    assert told["named"] == "False\n" and told["style"] == "styled\n"


def test_a_cell_that_needs_a_package_says_so_and_those_after_it(told):
    assert told["computed"].startswith("before\n")
    for name in ("computed", "made", "looped"):
        assert "This needs PyTorch, which cannot be had in a browser. Go on" in told[name]
    for name in ("goes-on", "further"):
        assert "This cell goes on from one that needs PyTorch" in told[name]


def test_a_picture_is_shown_or_told(told):
    assert '<img alt="A curve." width="660"' in told["drawn"] and "It bends. (Drawn when" in told["drawn"]
    assert "This needs" not in told["drawn"]
    assert "The picture would show: A line." in told["undrawn"]
    assert "The picture would show: A dot." in told["by-place"]
    assert "The picture would show: Two lines." in told["handed"] and told["asked"] == "7\n"


def test_other_errors_stay_errors(told):
    errors = {"mistyped": "NameError", "zero": "ZeroDivisionError", "unknown": "ModuleNotFoundError"}
    assert {name: told[name] for name in errors} == {name: f"error: {kind}" for name, kind in errors.items()}
