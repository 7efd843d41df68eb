"""Each lesson keeps the template, runs, finds the reader's turns right and wrong, and shows what its words promise.

Beside this file `lessons/lesson_NN.py` holds what stays out of the lesson: `TURNS`, for each function that the reader
writes one right and at least two wrong versions, and `test_*` functions that run in the lesson's own kernel, after
its last cell, and see its names.
"""

import ast
import base64
import json
import re
import statistics
from pathlib import Path

import nbformat
import pytest

from autograder.course.release import exercises
from nnlib.demo import slides
from tests import kernel, lab

ROOT = Path(__file__).resolve().parent.parent
LESSONS = sorted((ROOT / "lessons").glob("*.ipynb"))
MAP = ROOT / "lessons" / "README.md"
lessons = pytest.mark.parametrize("path", LESSONS, ids=lambda p: p.stem)


def cells_of(path):
    return [c | {"source": "".join(c["source"])} for c in json.loads(path.read_text(encoding="utf-8"))["cells"]]


def beside(path):
    """The source of what is kept beside a lesson, and its TURNS."""
    source = (ROOT / "tests/lessons" / f"lesson_{path.name[:2]}.py").read_text(encoding="utf-8")
    names = {}
    exec(compile(source, str(path), "exec"), names)
    return source, names["TURNS"]


def is_code(cell):
    return cell["cell_type"] == "code"


def is_folded(cell):
    return cell["metadata"].get("jupyter", {}).get("source_hidden", False)


def is_quiz(cell):
    return is_code(cell) and bool(re.search(r"quiz\.(quiz|recall|your_turn|predict)\(", cell["source"]))


def lines(cell):
    """The lines of code that are more than white space and the words of a figure."""
    return [line for line in cell["source"].splitlines() if not re.match(r"\s*\"|\s*$", line)]


def words(cell):
    """The words of a text; a formula is one, tables and closed answers are looked up, not read."""
    text = re.sub(r"<details>.*?</details>|\$\$.*?\$\$|^\|.*$", "", cell["source"], flags=re.DOTALL | re.MULTILINE)
    return len(re.sub(r"\$[^$]*\$", "formula", text).split())


@lessons
def test_it_is_an_hour_long(path):
    cells = cells_of(path)
    code = [c for c in cells if is_code(c)]
    read = [c for c in code if not is_folded(c)]
    prose = [c for c in cells if not is_code(c)]
    assert 40 <= len(cells) <= 60
    assert sum(words(c) for c in prose) <= 2300
    assert max((words(c), c["id"]) for c in prose)[0] <= 85, max((words(c), c["id"]) for c in prose)
    assert sum(len(lines(c)) for c in read) <= 220
    assert max(len(c["source"].splitlines()) for c in code if not is_quiz(c)) <= 30
    assert statistics.median(len(lines(c)) for c in code if not is_quiz(c)) <= 8


@lessons
def test_the_line_that_a_folded_cell_shows_fits_on_a_laptop(path):
    """JupyterLab does not break it: a longer one moves the whole page sideways."""
    assert max(len(c["source"].split("\n")[0]) for c in cells_of(path) if is_folded(c)) <= 100


@lessons
def test_it_has_the_beats_of_the_template(path):
    cells = cells_of(path)
    ids = [c["id"] for c in cells]
    assert ids[:2] == ["title", "goals"] and ids[-1] == "summary"
    for beat in ("setup", "recall", "check-yourself", "exercise"):
        assert beat in ids, beat
    for beat in ("play", "break"):
        assert any(i.startswith(beat) for i in ids), beat
    assert cells[0]["source"].startswith(f"# {int(path.name[:2])} · ")
    assert len(lines(cells[ids.index("setup")])) <= 8
    code = "\n".join(c["source"] for c in cells if is_code(c))
    guesses = re.findall(r"^(.*?) = quiz\.predict\(", code, flags=re.MULTILINE)
    assert code.count("quiz.predict(") >= 3
    assert len(set(guesses)) == len(guesses), "a prediction under the name of another is lost"
    screens = [c for c in cells if c["metadata"].get("slideshow", {}).get("slide_type") in ("slide", "subslide")]
    assert 15 <= len(screens) <= 25


@lessons
def test_code_is_framed_by_prose_and_figures_are_folded(path):
    cells = cells_of(path)
    pattern = "".join("p" if not is_code(c) else "q" if is_quiz(c) else "f" if is_folded(c) else "C" for c in cells)
    assert "CCC" not in re.sub("f", "", pattern), "three code cells in a row"
    assert not re.search("[Cfq]{6}", pattern), "six cells in a row without prose"
    for cell in filter(is_code, cells):
        folds = is_quiz(cell) or "plot.show(" in cell["source"]
        assert is_folded(cell) == folds, f"{cell['id']}: what draws or asks is folded, all else is open"


@lessons
def test_folded_figures_do_nothing_but_draw(path):
    """What a figure's cell defines, no later cell needs."""
    drawn = {}
    for cell in filter(is_code, cells_of(path)):
        nodes = list(ast.walk(ast.parse(cell["source"])))
        loaded = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        stored |= {n.arg for n in nodes if isinstance(n, ast.arg)}
        for name in (loaded - stored) & drawn.keys():
            raise AssertionError(f"{cell['id']} needs {name}, which the folded cell {drawn[name]} computes")
        if is_folded(cell) and not is_quiz(cell):
            drawn |= dict.fromkeys(stored, cell["id"])
        else:
            drawn = {name: where for name, where in drawn.items() if name not in stored}


@lessons
def test_links_lead_somewhere(path):
    ids = {re.sub(r"[^\w\s-]", "", h.lower()).replace(" ", "-") for c in cells_of(path) if not is_code(c)
           for h in re.findall(r"^#+ (.*)$", c["source"], flags=re.MULTILINE)}
    for cell in cells_of(path):
        for target in re.findall(r"\]\(([^)]+)\)", cell["source"]) if not is_code(cell) else []:
            if target.startswith("#"):
                assert target[1:].lower() in ids, target
            elif match := re.fullmatch(r"\.\./exercises/(\w+)/\1\.ipynb", target):
                assert match[1] in exercises(), target
            elif not target.startswith("https://"):
                assert (path.parent / target).exists(), target


def test_the_map_has_a_line_for_each_lesson_and_names_each_exercise():
    rows = re.findall(r"^\| \[.*?\]\((\w+\.ipynb)\) .*\|(.*)\|$", MAP.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert [lesson for lesson, _ in rows] == [path.name for path in LESSONS]
    link = r"\[(\w+)\]\(\.\./exercises/\1/\1\.ipynb\)"
    assert sorted(name for _, last in rows for name in re.findall(link, last)) == exercises()


def with_turns(path):
    """The lesson as a notebook in which each turn is also taken by its right and its wrong versions."""
    source, turns = beside(path)
    cells, taken = [], []
    start = None
    for cell in cells_of(path):
        make = nbformat.v4.new_code_cell if is_code(cell) else nbformat.v4.new_markdown_cell
        cells.append(make(cell["source"], id=cell["id"], metadata=cell["metadata"]))
        if not is_code(cell):
            continue
        if match := re.search(r"quiz\.your_turn\(\s*(\w+)", cell["source"]):
            name = match[1]
            taken.append(name)
            assert name in turns, f"{name} is a turn without versions beside the lesson"
            assert len(turns[name]["wrong"]) >= 2, name
            assert "..." in start["source"] and f"def {name}(" in start["source"], f"{name}: no start with ..."
            versions = {"untouched": cell["source"], "right": turns[name]["right"]}
            versions |= {f"wrong {i}": wrong for i, wrong in enumerate(turns[name]["wrong"])}
            for version, code in versions.items():
                if version != "untouched":
                    cells.append(nbformat.v4.new_code_cell(code))
                    cells.append(nbformat.v4.new_code_cell(cell["source"]))
                cells[-1]["metadata"]["turn"] = [name, version]
            cells.append(nbformat.v4.new_code_cell(start["source"]))
            cells.append(nbformat.v4.new_code_cell(cell["source"]))
        elif not is_folded(cell):
            start = cell
    assert len(taken) >= 3 and sorted(taken) == sorted(turns)
    after = "\n\n".join(ast.unparse(node) for node in ast.parse(source).body if not is_turns(node))
    tests = re.findall(r"^def (test_\w+)\(\)", after, flags=re.MULTILINE)
    assert tests, "no test of what the lesson promises"
    cells += [nbformat.v4.new_code_cell(after)] + [nbformat.v4.new_code_cell(f"{name}()") for name in tests]
    spec = {"name": "python3", "display_name": "Python 3"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": spec})


def is_turns(node):
    return isinstance(node, ast.Assign) and node.targets[0].id == "TURNS"


@pytest.mark.sandbox
@pytest.mark.browser
@lessons
def test_it_runs_and_keeps_its_promises(path, chromium, tmp_path, monkeypatch):
    file = tmp_path / path.name
    nbformat.write(with_turns(path), file)
    cells = kernel.run(file, path.parent, tmp_path)
    kernel.check_outputs(cells)
    check_figures(cells)
    monkeypatch.setattr(slides, "_demo", lambda name: f'<iframe title="{name}"></iframe>')   # a hand-out takes long
    check_screens(chromium, slides.page(cells, path.stem), tmp_path)
    told = {}
    for cell in cells:
        if "turn" in cell["metadata"]:
            name, version = cell["metadata"]["turn"]
            told.setdefault(name, {})[version] = "".join(cell["outputs"][-1]["data"]["text/plain"])
    for name, verdicts in told.items():
        assert verdicts.pop("untouched").startswith("Not yet."), name
        right = verdicts.pop("right")
        assert right.startswith("Right."), (name, right)
        assert all(verdict.startswith("Not right yet.") for verdict in verdicts.values()), (name, verdicts)
        assert len(set(verdicts.values())) == len(verdicts), (name, verdicts)


def check_figures(cells):
    """Every figure shows something: more than one colour beside white."""
    from io import BytesIO

    from matplotlib.image import imread

    for cell in cells:
        markup = "".join("".join(o.get("data", {}).get("text/html", "")) for o in cell.get("outputs", []))
        for data in re.findall(r'src="data:image/png;base64,([^"]+)', markup):
            picture = imread(BytesIO(base64.b64decode(data)))[..., :3]
            assert (picture.min(axis=2) < 0.9).mean() > 0.005, f"{cell['id']}: an empty figure"


def check_screens(browser, talk, folder):
    """Each screen of the talk fits 1280 x 720, made smaller by two fifths at the most."""
    file = folder / "talk.html"
    file.write_text(talk, encoding="utf-8")
    with lab.page(browser, viewport={"width": 1280, "height": 720}) as (page, _):
        page.goto(file.as_uri())
        page.wait_for_function("[...document.images].every((image) => image.complete)")
        fits = page.evaluate("sections.map((section, i) => (go(i, true), Number(section.dataset.fit)))")
    assert min(fits) >= 0.6, {screen: fit for screen, fit in enumerate(fits, 1) if fit < 0.6}
