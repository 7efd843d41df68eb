"""The doctor: what it says on a sound machine, and that it says so where something does not hold."""

from dataclasses import replace

import pytest

from autograder.cli import main
from autograder.course import doctor
from autograder.marking.exercise import solution_notebook
from autograder.marking.submission import grade_id
from autograder.sandbox.outside import Sandbox
from autograder.sandbox.probes import PROBES, Probe

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox("doctor") as sandbox:
        yield sandbox


def test_every_limit_holds_here(capsys):
    assert main(["doctor", "--no-attacks"]) == 0
    out, err = capsys.readouterr()
    assert err == "" and out.splitlines()[-1] == "everything held"
    for what in [*(probe.what for probe in PROBES), "left processes", "left files"]:
        assert f"held    {what} " in out, what
    for name in ("bubblewrap", "user", "user namespaces", "seccomp", "cgroups", "limits"):
        assert f"\n{name} " in out, name


def test_limits_are_refused_and_not_only_run_out_of_time():
    happened = {finding.what: finding.happened for finding in doctor.limits()}
    assert happened["memory"].startswith("refused after") and happened["file size"].startswith("refused after 32 MiB")
    assert happened["disk"].startswith("refused after") and happened["processes"].startswith("refused after")
    assert "stopped" in happened["computing time"] and "stopped" in happened["waiting time"]


@pytest.mark.parametrize("code, held, happened", [
    ("def broke_out(clue):\n    return [True, 'got ' + clue]", False, "got away"),
    ("def broke_out(clue):\n    return [False, 'refused']", True, "refused"),
    ("def broke_out(clue):\n    while True:\n        pass", True, "stopped"),
    ("def broke_out(clue):\n    import os, signal\n    os.kill(os.getpid(), signal.SIGSEGV)", True, "stopped"),
    ("def broke_out(clue):\n    raise KeyError('what')", False, "cannot tell"),
    ("def broke_out(clue):\n    return None", False, "cannot tell"),
    ("def broke_out(clue):\n    return [0, 'neither true nor false']", False, "neither"),
    ("def other_name():\n    pass", False, "cannot tell"),
])  # fmt: skip
def test_what_is_not_clearly_held_is_broken(sandbox, code, held, happened):
    finding = doctor.attempt(sandbox, Probe("x", "y", code, clue="away"))
    assert finding.held is held and happened in finding.happened, finding


def test_the_probes_do_get_out_where_nothing_holds_them(tmp_path, monkeypatch):
    """A probe that never finds anything proves nothing: run here, without a sandbox, the harmless ones find it."""
    monkeypatch.chdir(tmp_path)
    readable = tmp_path / "suite.py"
    readable.write_text("secret", encoding="utf-8")
    clues = {"file size": "", "the grader's files": str(readable), "the system's files": str(tmp_path),
             "other processes": doctor.read("/proc/self/cmdline")}  # fmt: skip
    for probe in PROBES:
        if probe.what in clues:
            space = {}
            exec(probe.code, space)
            got_out, saw = space["broke_out"](clues[probe.what])
            assert got_out is True, (probe.what, saw)
    (tmp_path / "file").unlink()


def test_one_broken_limit_makes_the_command_fail(monkeypatch, capsys):
    escape = replace(PROBES[0], what="walls", code="def broke_out(clue):\n    return [True, 'out']")
    monkeypatch.setattr(doctor, "PROBES", [escape])
    assert main(["doctor", "--no-attacks"]) == 1
    out, err = capsys.readouterr()
    assert "BROKEN  walls" in out and "everything held" not in out
    assert "did not hold: walls" in err


def test_a_machine_without_bubblewrap_is_told_how_to_get_it(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["doctor"]) == 2
    out, err = capsys.readouterr()
    assert "bubblewrap       not installed" in out and "apt install bubblewrap" in err


def test_attacks_are_graded_and_a_point_for_one_is_an_alarm(tmp_path):
    cell = next(c.source for c in solution_notebook("adam").cells if grade_id(c) == "adam")
    (tmp_path / "a_crash.py").write_text('"""Crash at once.\n\nMore."""\n1 / 0\n', encoding="utf-8")
    (tmp_path / "b_thief.py").write_text(f'"""Answer right, however that came about."""\n{cell}\n', encoding="utf-8")
    found = []
    doctor.attacks(found.append, tmp_path)
    crash, thief = found
    assert crash.held and crash.tried == "Crash at once"
    assert crash.happened == "earned nothing, the next submission got full marks"
    assert not thief.held and "EARNED 4 POINTS" in thief.happened


def test_no_attacks_no_findings(tmp_path):
    doctor.attacks(pytest.fail, tmp_path)
