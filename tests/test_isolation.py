"""The walls: what they show and hide, who builds them, and that the next rung of the ladder is taken."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.course.doctor import read
from autograder.marking.suite import PROJECT
from autograder.sandbox import isolation
from autograder.sandbox.isolation import BUBBLEWRAP, PODMAN, SandboxError, View, look, podman
from autograder.sandbox.outside import Sandbox

BROKEN = "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n"
V2_ONLY = 'umount -R /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup; exec "$@"'


def fake(folder, name, text):
    """A program of this name that runs `text`."""
    program = folder / name
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """A machine on which bubblewrap is installed and does not work."""
    fake(tmp_path, "bwrap", BROKEN)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


@pytest.mark.sandbox
def test_where_the_first_wall_does_not_stand_the_next_one_is_taken(broken, monkeypatch):
    path = os.environ["PATH"].removeprefix(f"{broken}:")
    other = isolation.Wall("another", shutil.which("bwrap", path=path), isolation.bubblewrap, str)
    monkeypatch.setattr(isolation, "WALLS", (BUBBLEWRAP, other))
    with Sandbox("a test") as sandbox:
        assert sandbox.isolation.startswith("another ")
        sandbox.open().close()
        sandbox.process.kill()
        assert sandbox.control.recv(1) == b""  # now nothing in it runs any more
        sandbox.open().close()  # a new one, behind the same wall
        assert sandbox.isolation.startswith("another ")


def test_where_none_stands_every_reason_is_told(broken):
    fake(broken, "podman", "#!/bin/sh\necho 'cannot clone' >&2\nexit 125\n")
    with pytest.raises(SandboxError) as raised:
        Sandbox("a test")
    for words in ("bubblewrap did not start: bwrap: No permissions", "sysctl", "podman did not start: cannot clone",
                  "/etc/subuid"):  # fmt: skip
        assert words in str(raised.value)


def test_where_nothing_is_installed_nothing_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [wall.describe() for wall in isolation.WALLS] == ["", ""]
    with pytest.raises(SandboxError, match="apt install bubblewrap"):
        Sandbox("a test")


def test_what_can_be_seen():
    view = look(["nnlib.plot"], [PROJECT, Path("/usr/share/secret")])
    covered = [path for path, source in view.places.items() if source is None]
    assert view.places[Path("/grader/inside.py")] == PROJECT / "autograder" / "sandbox" / "inside.py"
    assert view.places[Path("/usr")] == Path("/usr") and Path("/usr/share/secret") in covered
    assert view.places[PROJECT / "nnlib" / "plot.py"] == PROJECT / "nnlib" / "plot.py"
    depths = [len(path.parts) for path in view.places]
    assert depths == sorted(depths), "what lies inside is to be laid over what lies outside"
    shown = [path for path, source in view.places.items() if source]
    assert not [p for p in shown if PROJECT.is_relative_to(p)], "the whole project can be seen"


def test_podman_covers_with_nothing_and_shows_read_only(tmp_path):
    secret, file = tmp_path / "secret", tmp_path / "module.py"
    secret.mkdir()
    file.touch()
    view = View({Path("/bin"): "usr/bin"}, {Path("/usr"): Path("/usr"), secret: None, file: None})
    for _ in range(2):  # a second start finds what the first has left
        command = podman("podman", view, lambda: tmp_path)
    assert os.readlink(tmp_path / "bin") == "usr/bin" and tmp_path.stat().st_mode & 0o777 == 0o755
    mounts = {a: b for a, b in zip(command[1:], command) if b in ("--tmpfs", "--volume")}
    assert mounts.pop("/usr:/usr:ro") == mounts.pop(f"/dev/null:{file}:ro") == "--volume"
    options = {place.partition(":")[0]: place.partition(":")[2].split(",") for place in mounts}
    assert options.keys() == {str(secret), "/sys", "/sys/fs/cgroup", "/student"}
    assert all("notmpcopyup" in o for o in options.values()), "podman would copy what is to be hidden"
    assert [place for place, o in options.items() if "ro" not in o] == ["/student"]


def test_podman_is_not_given_what_it_would_misread(tmp_path):
    with pytest.raises(SandboxError, match="':' in its name"):
        podman("podman", View({}, {Path("/odd:name"): Path("/odd:name")}), lambda: tmp_path)


# A real container -------------------------------------------------------------------------------------------


def run_with_podman(folder, *command):
    """Run a command where only podman works. Where control groups of both kinds are mounted, hide the old kind."""
    fake(folder, "bwrap", BROKEN)
    if not Path("/sys/fs/cgroup/cgroup.controllers").exists() and os.geteuid() == 0:
        command = ["unshare", "--mount", "sh", "-c", V2_ONLY, "sh", *command]
    path = f"{folder}:{os.environ['PATH']}"
    return subprocess.run(command, cwd=PROJECT, env=os.environ | {"PATH": path}, capture_output=True, text=True)


@pytest.fixture(scope="module")
def container(tmp_path_factory):
    """A folder in whose company only podman works; skips, and says so, where podman cannot start any container."""
    folder, root = tmp_path_factory.mktemp("podman"), tmp_path_factory.mktemp("root")
    if not PODMAN.describe():
        pytest.skip("podman is not installed: ITS WALLS WERE NOT TRIED")
    for name in ("lib", "lib64"):
        (root / name).symlink_to(f"usr/{name}")
    plain = ["podman", "run", "--rm", "--cgroups=disabled", "--network=none", "--ulimit=nofile=1024",
             "--ulimit=nproc=4096", "--volume=/usr:/usr:ro", "--rootfs", str(root), "/usr/bin/true"]  # fmt: skip
    shown = run_with_podman(folder, *plain)
    if shown.returncode != 0:
        pytest.skip(f"podman cannot start a container here: ITS WALLS WERE NOT TRIED: {shown.stderr}")
    return folder


@pytest.mark.sandbox
def test_every_limit_holds_in_a_container(container):
    shown = run_with_podman(container, sys.executable, "-m", "autograder", "doctor", "--no-attacks")
    assert shown.returncode == 0 and shown.stdout.splitlines()[-1] == "everything held", shown.stdout + shown.stderr
    assert re.search(r"^held    walls .*: podman ", shown.stdout, re.MULTILINE)


@pytest.mark.sandbox
def test_what_is_not_named_cannot_be_seen_in_a_container(container):
    found = """
import pathlib
import numpy, sklearn
from autograder.sandbox.isolation import nnlib
from autograder.marking.run import NotebookRun
from autograder.sandbox.outside import Sandbox
from autograder.marking.submission import Cell
code = '''
import os
def entries(path):
    return len(os.listdir(path)) if os.path.isdir(path) else len(open(path).read()) if os.path.exists(path) else -1
'''
with Sandbox("a test", ["numpy", "nnlib.plot"], secrets=[pathlib.Path("/usr/share/doc")]) as sandbox:
    run = NotebookRun(sandbox, [Cell("cell", code, 0)])
    student = run.student(1.0)
    hidden = [nnlib() / "optim.py", sklearn.__path__[0], "/usr/share/doc", "/sys/fs/cgroup"]
    print(*[max(0, student.entries(str(path))) for path in hidden])
    print(*[student.entries(str(path)) > 0 for path in (nnlib() / "plot.py", numpy.__path__[0])])
    run.close()
"""
    shown = run_with_podman(container, sys.executable, "-c", found)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.splitlines() == ["0 0 0 0", "True True"], shown.stdout


@pytest.mark.sandbox
def test_nothing_is_left_of_a_container(container):
    script = ("import os, signal; from autograder.sandbox.outside import Sandbox;"
              "s = Sandbox('left over'); o = s.open();"
              "print(s.root.name, flush=True); os.kill(os.getpid(), signal.SIGKILL)")  # fmt: skip
    shown = run_with_podman(container, sys.executable, "-c", script)
    root = shown.stdout.strip()
    assert root and shown.returncode == -9
    deadline = time.monotonic() + 20
    while left := [p for p in Path("/proc").glob("[0-9]*/cmdline") if "left over" in read(p)]:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
    shutil.rmtree(root)
