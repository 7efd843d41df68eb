"""Windows and macOS: what students run uses nothing that Linux alone has, and the grader says what it needs.

There is no such machine here. The code is searched for what does not exist there, and run where that is taken away.
"""

import ast
import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from nnlib import demo

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("nnlib", "lessons", "exercises", "solutions")
FILES = sorted(p for folder in FOLDERS for p in (ROOT / folder).rglob("*")
               if p.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(p.parts))  # fmt: skip
POSIX_MODULES = ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "posix", "syslog", "curses", "readline")
ABSENT = (*POSIX_MODULES, "multiprocessing", "autograder")     # the second starts in another way, the third not at all
POSIX_NAMES = {
    "os": ("fork", "forkpty", "getuid", "geteuid", "getgid", "setsid", "killpg", "getpgid", "uname", "mkfifo", "chown",
           "nice", "getloadavg", "sysconf", "statvfs", "sched_getaffinity", "sched_setaffinity", "sched_yield"),
    "signal": ("SIGALRM", "SIGKILL", "SIGUSR1", "SIGHUP", "SIGCHLD", "alarm", "setitimer", "pause"),
    "time": ("process_time", "thread_time", "clock_gettime", "tzset"),      # the first two tick every 16 ms on Windows
}  # fmt: skip


def problems(source):
    """What a program, or a cell, would stumble over elsewhere."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        yield f"line {error.lineno}: a command of the shell or of IPython: {error.text}"
        return
    for node in ast.walk(tree):
        yield from (f"line {node.lineno}: {what}" for what in of_node(node))


def of_node(node):
    if isinstance(node, ast.Import):
        yield from (f"imports {alias.name}" for alias in node.names if alias.name.split(".")[0] in ABSENT)
    elif isinstance(node, ast.ImportFrom):
        gone = (node.module or "").split(".")[0] in ABSENT
        yield from (f"imports {node.module}.{alias.name}" for alias in node.names
                    if gone or alias.name in POSIX_NAMES.get(node.module, ()))  # fmt: skip
    elif isinstance(node, ast.Attribute) and node.attr in POSIX_NAMES.get(getattr(node.value, "id", None), ()):
        yield f"uses {ast.unparse(node)}"
    elif isinstance(node, ast.Call) and not knows_its_encoding(node):
        yield f"reads or writes text in whatever encoding the system has: {ast.unparse(node)}"
    elif isinstance(node, ast.Constant) and re.match(r"/(tmp|dev|proc|etc|usr|home|var)\b", str(node.value)):
        yield f"names a place of Unix: {node.value}"


def knows_its_encoding(call):
    """Whether a call does not open a file as text, or says in which encoding."""
    name = getattr(call.func, "id", getattr(call.func, "attr", None))
    if any(keyword.arg == "encoding" for keyword in call.keywords):
        return True
    if name in ("read_text", "write_text"):
        return len(call.args) > ("read", "write").index(name[:-5])
    if not (isinstance(call.func, ast.Name) and name == "open"):
        return True
    modes = [*call.args[1:2], *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    return any(isinstance(mode, ast.Constant) and "b" in mode.value for mode in modes)


def sources(path):
    """The programs in a file, with a name each."""
    if path.suffix == ".py":
        yield "", path.read_text(encoding="utf-8")
    elif path.suffix == ".ipynb":
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                yield cell["id"], "".join(cell["source"])


def test_nothing_that_students_run_is_for_one_system():
    programs = [(path, *program) for path in FILES for program in sources(path) if path.name != "build.py"]
    assert len(programs) > 1000
    found = [f"{path.relative_to(ROOT)} {name} {problem}" for path, name, source in programs
             for problem in problems(source)]  # fmt: skip
    assert found == []


@pytest.mark.parametrize("line", [
    "import fcntl", "from resource import getrlimit", "import os.path, pwd", "from autograder.marking import student",
    "os.fork()", "n = len(os.sched_getaffinity(0))", "signal.alarm(3)", "from time import process_time",
    "open('x.csv')", "open(path, 'w')", "path.read_text()", "path.write_text(text)", "folder = '/tmp/x'",
    "!pip install torch", "%timeit f()", "from multiprocessing import Pool",
])  # fmt: skip
def test_what_is_for_one_system_is_seen(line):
    assert len(list(problems(f"def f(x):\n    {line}"))) == 1


@pytest.mark.parametrize("line", [
    "open('x.npz', 'rb')", "open(path, encoding='utf-8')", "path.read_text('utf-8')", "archive.open(name)",
    "path.write_text(text, encoding='utf-8')", "time.perf_counter()", "os.path.join(a, b)", "'a /tmp b'",
    "x = 7 % 2 if a != b else 1",
])  # fmt: skip
def test_what_works_everywhere_passes(line):
    assert list(problems(line)) == []


def test_every_name_of_a_file_can_be_one_on_windows():
    names = [path.relative_to(ROOT).as_posix() for path in FILES]
    assert len({name.lower() for name in names}) == len(names)
    forbidden = r"[<>:\"|?*\\\x00-\x1f]|[. ](/|$)|(^|/)(con|prn|aux|nul|com\d|lpt\d)(\.|/|$)"
    assert [name for name in names if re.search(forbidden, name, re.IGNORECASE) or len(name) > 100] == []


# Taking away what others have not got: packages are imported before, for they have versions of their own elsewhere.
ELSEWHERE = f"""
import os, sys, warnings
import anywidget, IPython, matplotlib.pyplot, numpy, sympy, torch, tqdm.auto
for module in {POSIX_MODULES}:
    sys.modules[module] = None
for name in {POSIX_NAMES["os"]}:
    delattr(os, name)
warnings.filterwarnings("error", category=EncodingWarning, module="nnlib")
assert "utf" not in open(os.devnull).encoding.lower()
"""
COMPUTE = """
import importlib, inspect, pathlib, pkgutil, tempfile
import nnlib
for module in pkgutil.walk_packages(nnlib.__path__, "nnlib."):
    importlib.import_module(module.name)
from nnlib import data, demo
for name in set(data.__all__) - {"batches", "cifar10", "columns", "gates", "padded", "split"}:
    function = getattr(data, name)
    if callable(function) and not isinstance(function, type):
        function()
with tempfile.TemporaryDirectory() as folder:
    for name in demo.DEMOS:
        stage = getattr(demo, name)()
        stage.moments, stage.handout_settings = (), 0
        if inspect.isgeneratorfunction(stage.compute):    # what is shown first is stored
            next(stage.compute(**stage.params, **stage.given))
        page = stage.to_html(pathlib.Path(folder) / "page.html").read_text(encoding="utf-8")
        assert "problem" not in stage.frames["headers"][0], name
        print(name, "A\\u2212" in page)              # a letter that is none of ASCII
"""


def elsewhere(code, **environment):
    """Run code in a Python that reads and writes ASCII where nothing else is said, and warns of it."""
    environment = os.environ | {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "OMP_NUM_THREADS": "1"} | environment
    return subprocess.run([sys.executable, "-X", "utf8=0", "-X", "warn_default_encoding", "-c", textwrap.dedent(code)],
                          cwd=ROOT, env=environment, capture_output=True, encoding="utf-8")  # fmt: skip


def test_nnlib_works_without_what_linux_alone_has():
    ran = elsewhere(ELSEWHERE + COMPUTE)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == [f"{name} True" for name in demo.DEMOS]


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_the_grader_says_what_it_needs_in_one_sentence(platform):
    gone = "import runpy, sys; sys.modules['fcntl'] = sys.modules['resource'] = None; sys.platform = "
    run = "; sys.argv = ['autograder', 'grade']; runpy.run_module('autograder', run_name='__main__')"
    ran = elsewhere(f"{gone}{platform!r}{run}")
    assert ran.returncode == 1 and ran.stdout == ""
    assert ran.stderr.count("\n") == 1 and "needs Linux" in ran.stderr and "WSL2" in ran.stderr, ran.stderr


def test_jupyterlab_starts_without_the_grader_there():
    """nbgrader's extension runs this file at the start."""
    gone = "import runpy, sys; sys.modules['autograder'] = None; sys.platform = 'win32'"
    ran = elsewhere(f"{gone}; runpy.run_path('nbgrader_config.py')")
    assert ran.returncode == 0, ran.stderr


def test_windows_is_told_the_commands_that_make_runs_elsewhere():
    """Their `.venv\\Scripts\\python` is what `.venv/bin/python` is here."""
    told = (ROOT / "docs" / "students.md").read_text(encoding="utf-8").replace("\\", "/")
    setup, make = ((ROOT / name).read_text(encoding="utf-8") for name in (".ci/setup", "Makefile"))
    for command in ("-m venv .venv", "-m pip install -c constraints.txt -e .", "-m jupyterlab --LabApp.default_url="):
        assert command in told
    assert "-m venv .venv" in setup and re.search(r'-m pip install .*-c constraints.txt -e "\.', setup)
    place = re.search(r"-m jupyterlab .*(--LabApp.default_url=\S+)", make)[1]
    assert told.count(place) == 2
