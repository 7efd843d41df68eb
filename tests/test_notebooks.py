"""Every lesson and every solution runs from top to bottom in a fresh kernel, with the network denied."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted(p for f in ("lessons", "solutions") for p in (ROOT / f).rglob("*.ipynb"))


@pytest.fixture(scope="module")
def kernelspec(tmp_path_factory):
    """A Jupyter data folder whose `python3` is this very Python."""
    folder = tmp_path_factory.mktemp("jupyter")
    spec = folder / "kernels" / "python3"
    spec.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"}))
    return folder


def without_network() -> list[str]:
    """A command prefix that leaves nothing of the network but the loopback device."""
    if shutil.which("bwrap") is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs bubblewrap")
        pytest.skip("bubblewrap is not installed: the lessons were NOT run without network")
    return ["bwrap", "--dev-bind", "/", "/", "--unshare-net", "--die-with-parent"]


@pytest.mark.sandbox
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_it_runs_without_network(path, kernelspec, tmp_path):
    script = (
        "import nbformat, sys; from nbclient import NotebookClient;"
        "nb = nbformat.read(sys.argv[1], 4);"
        "NotebookClient(nb, timeout=300, resources={'metadata': {'path': sys.argv[2]}}).execute();"
        "nbformat.write(nb, sys.argv[3])"
    )
    out = tmp_path / "out.ipynb"
    environment = os.environ | {"JUPYTER_PATH": str(kernelspec), "IPYTHONDIR": str(tmp_path), "OMP_NUM_THREADS": "1"}
    command = [*without_network(), sys.executable, "-c", script, str(path), str(path.parent), str(out)]
    shown = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert shown.returncode == 0, shown.stderr[-3000:]
    cells = json.loads(out.read_text(encoding="utf-8"))["cells"]
    outputs = [o for c in cells for o in c.get("outputs", [])]
    assert outputs
    assert not [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]
    for output in outputs:
        data = output.get("data", {})
        if "image/png" in data and "application/vnd.jupyter.widget-view+json" not in data:
            assert "text/html" in data, "a picture without words: show it with nnlib.plot.show"
        assert "<img" not in "".join(data.get("text/html", "")) or 'alt="' in "".join(data["text/html"])
