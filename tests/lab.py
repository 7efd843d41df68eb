"""A JupyterLab of its own and a headless Chromium that can reach nothing else: for the demos' tests and benchmark.

Chromium is Debian's (`apt install chromium`); another one can be named by the environment variable CHROMIUM.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
ROOT = Path(__file__).resolve().parent.parent
OPEN_DOOR = {"token": "", "password": "", "disable_check_xsrf": True, "allow_root": True}
OPEN_APP = {"IdentityProvider": {"token": ""}, "LabApp": {"expose_app_in_browser": True}}


def notebook(path, cells):
    """Write a notebook with these code cells."""
    import nbformat

    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata=kernel)
    nbformat.write(nb, path)


@contextmanager
def server(folder, command, ready, config=None):
    """Run a Jupyter command in `folder` on a free port, with folders of its own; gives its address."""
    port = free_port()
    args = [sys.executable, "-m", *command, "--no-browser", f"--port={port}"]
    with running(args, folder, own_folders(folder, config or {}), folder / "server.log", port, ready) as address:
        yield address


@contextmanager
def made(folder, *words):
    """The JupyterLab of `make lab` or `make teach COURSE=...`, without the set-up; its own files are in `folder`."""
    port = free_port()
    config = {"ServerApp": OPEN_DOOR | {"port": port, "port_retries": 0, "open_browser": False}, **OPEN_APP}
    here = str(Path(sys.executable).parent)
    path = os.pathsep.join(p for p in os.environ["PATH"].split(os.pathsep) if p != here)   # nothing is activated
    args = ["make", "-o", ".venv/lab-ready", f"PY='{sys.executable}'", *words]
    env = own_folders(folder, config) | {"PATH": path}
    with running(args, ROOT, env, folder / "server.log", port, "/api") as address:
        yield address


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextmanager
def running(args, cwd, env, log, port, ready):
    """Run a server until the block ends; gives its address as soon as it answers at `ready`."""
    with open(log, "w") as file:
        process = subprocess.Popen(args, cwd=cwd, env=env, stdout=file, stderr=file, start_new_session=True)
    try:
        wait_for(f"http://127.0.0.1:{port}{ready}", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)                       # make does not hand it on
        process.wait(20)


def own_folders(folder, config):
    """The environment of a Jupyter that neither reads nor writes the user's own files."""
    names = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime",
             "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces", "IPYTHONDIR": "ipython"}
    env = os.environ | {name: str(folder / "own" / place) for name, place in names.items()} | {"OMP_NUM_THREADS": "1"}
    for name in names:
        os.makedirs(env[name], exist_ok=True)
    settings = {"notebook-extension/tracker": {"windowingMode": "none"},      # cells out of sight stay in the page
                "docmanager-extension/plugin": {"autosave": False}}           # and no test writes into the lessons
    for name, setting in settings.items():
        file = folder / "own/settings/@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(setting))
    (folder / "own/config/jupyter_server_config.json").write_text(json.dumps(config))
    return env


def wait_for(address, process, log, seconds=60):
    """Return when the address answers; RuntimeError with the server's log where it does not."""
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{address} did not answer:\n{log.read_text()}")


def lab(folder, nodelay=True):
    """A JupyterLab in `folder`, with or without the demos' server extension."""
    extensions = {"jpserver_extensions": {"nnlib.demo.nodelay": nodelay}}
    config = {"ServerApp": OPEN_DOOR | extensions, **OPEN_APP, "JupyterNotebookApp": {"expose_app_in_browser": True}}
    return server(folder, ["jupyterlab"], "/api", config)


@contextmanager
def chromium():
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def page(browser, address=None, **options):
    """A new page and the list of its errors; requests to anywhere but `address` fail."""
    page, errors = browser.new_page(**options), []
    page.on("console", lambda message: message.type == "error" and errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route("**/*", lambda route: route.continue_() if allowed(route.request.url, address) else route.abort())
    yield page, errors
    page.close()


def barriers(page):
    """What axe finds on a page that keeps people from using it: its name, and where."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found if v["impact"] in ("serious", "critical")]


def allowed(url, address):
    """Whether the test's page may load this."""
    return url.startswith(("data:", "blob:", "file:", address or "file:"))


def run_notebook(page, address, name, place="lab/tree", seconds=60):
    """Open a notebook in JupyterLab (or, at "notebooks", in Notebook 7), run all cells, wait for the idle kernel."""
    page.goto(f"{address}/{place}/{name}?reset")
    session = "window.jupyterapp?.shell?.currentWidget?.sessionContext"
    page.wait_for_function(f"{session}?.isReady", timeout=seconds * 1000)
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(f"{session}.session?.kernel?.status === 'idle'", timeout=seconds * 1000)
