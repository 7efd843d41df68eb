"""The troubleshooting page quotes what the programs say, word for word; the presenter's guide tells of every demo."""

import re
from pathlib import Path

import pytest

from nnlib.demo import DEMOS

ROOT = Path(__file__).resolve().parent.parent
TABLE = re.findall(r"^\| `([^`]+)`", (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8"), re.MULTILINE)
OTHERS = ("make: command", "ModuleNotFoundError", "NotImplementedError", "No matching")  # Python, pip and the shell
FILES = [ROOT / ".ci" / "setup", *(ROOT / "autograder").rglob("*.py"), *(ROOT / "nnlib").rglob("*.py")]
SAID = "".join(path.read_text(encoding="utf-8") for path in FILES if "suites" not in path.parts)
SAID = re.sub(r'"\s*\n\s*f?"', "", SAID)  # texts that go on in the next line


@pytest.mark.parametrize("message", [m for m in TABLE if not m.startswith(OTHERS)])
def test_a_message_is_one_that_there_is(message):
    """Its parts between the words in capitals, which stand for what differs."""
    parts = [part.strip() for part in re.split(r"[A-Z]{3,}|: |\.venv", message)]
    assert any(len(part) > 8 for part in parts)
    assert [part for part in parts if len(part) > 4 and part not in SAID] == []


def test_there_are_messages():
    assert len(TABLE) > 20


def test_the_presenters_guide_tells_what_to_show_in_all_demos():
    guide = (ROOT / "docs" / "presenter.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(\w+)` \|", guide.split("## The demos")[1].split("\n## ")[0], re.MULTILINE)
    assert sorted(told) == sorted(DEMOS)


def rows(path, question, exercises):
    """The lessons of a table: {file: (title, question, slugs of its exercises)}."""
    text = path.read_text(encoding="utf-8")
    row = rf"^\| \[(\d\d [^\]]+)\]\((?:lessons/)?([^)]+\.ipynb)\) \| {question}.* \| {exercises} \|$"
    return {file: (title, asked, re.findall(r"(?<![\w/])\w+(?=[`\]])", slugs))
            for title, file, asked, slugs in re.findall(row, text, re.MULTILINE)}


def test_the_map_in_the_readme_is_the_map_of_the_lessons():
    short = rows(ROOT / "README.md", r"([^|]*\?)", r"([^|]*)")
    assert short == rows(ROOT / "lessons" / "README.md", r"([^|?]*\?)", r"\d+ \| [^|]+ \| ([^|]*)")
    assert len(short) == len(list((ROOT / "lessons").glob("*.ipynb")))
    assert {slug for *_, slugs in short.values() for slug in slugs} == {p.name for p in (ROOT / "exercises").iterdir()}
