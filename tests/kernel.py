"""Run a notebook from top to bottom in a fresh kernel, with the network denied."""

import json
import os
import shutil
import subprocess
import sys

import pytest

SCRIPT = """
import nbformat, sys
from nbclient import NotebookClient
nb = nbformat.read(sys.argv[1], 4)
NotebookClient(nb, timeout=600, resources={"metadata": {"path": sys.argv[2]}}).execute()
nbformat.write(nb, sys.argv[3])
"""


def run(notebook, folder, scratch):
    """The cells of `notebook` (a file) after it ran in `folder`; fails with the traceback where a cell stops."""
    spec = scratch / "jupyter/kernels/python3"                     # a `python3` that is this very Python
    spec.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"}))
    out = scratch / "out.ipynb"
    own = {"JUPYTER_PATH": str(scratch / "jupyter"), "IPYTHONDIR": str(scratch), "OMP_NUM_THREADS": "1"}
    command = [*without_network(), sys.executable, "-c", SCRIPT, str(notebook), str(folder), str(out)]
    shown = subprocess.run(command, capture_output=True, text=True, env=os.environ | own)
    assert shown.returncode == 0, shown.stderr[-3000:]
    return json.loads(out.read_text(encoding="utf-8"))["cells"]


def without_network() -> list[str]:
    """A command prefix that leaves nothing of the network but the loopback device."""
    if shutil.which("bwrap") is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs bubblewrap")
        pytest.skip("bubblewrap is not installed: the notebook was NOT run without network")
    return ["bwrap", "--dev-bind", "/", "/", "--unshare-net", "--die-with-parent"]


def check_outputs(cells):
    """No error, nothing on stderr, and words for every picture."""
    outputs = [o for c in cells for o in c.get("outputs", [])]
    assert outputs
    assert not [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]
    for output in outputs:
        data = output.get("data", {})
        if "image/png" in data and "application/vnd.jupyter.widget-view+json" not in data:
            assert "text/html" in data, "a picture without words: show it with nnlib.plot.show"
        assert "<img" not in "".join(data.get("text/html", "")) or 'alt="' in "".join(data["text/html"])
