"""The troubleshooting page quotes what the programs say, word for word."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TABLE = re.findall(r"^\| `([^`]+)`", (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8"), re.MULTILINE)
OTHERS = ("make: command", "ModuleNotFoundError", "NotImplementedError")  # what Python and the shell say
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
