"""The course in the browser, a JupyterLite site: python docs/lite/build.py [--offline] [--out FOLDER].

`--offline` makes a site that asks for nothing outside itself, of versions that are known to work. Without it
JupyterLite is the newest, and Pyodide's own packages (NumPy, matplotlib) come from where Pyodide keeps them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

import contents
import packages
import pictures

import nnlib

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
LITE = PROJECT / ".venv-lite"                    # its own environment: its extension disturbs an ordinary JupyterLab
KERNEL = "@jupyterlite/pyodide-kernel-extension"
RUNTIME = ("pyodide.js", "pyodide.mjs", "pyodide.asm.js", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
# What the npm registry has for the offline site: version and sha256.
PYODIDE = ("0.27.7", "89d5d952675eb08e11286e52c7238f1248ce71726e896db9703e73bef23dc343")
NUMPY = ("2.0.1-py312h4e66579-0", "7c6dab4b681b15286f10ab9972147f599d91df4ea881f61fb58ad39349423d84")
NEEDS = ["numpy", "anywidget", "ipywidgets", "matplotlib", "torch", "tqdm"]         # of nnlib, when it is loaded
FIRST = ["micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "pyodide_kernel", "jedi", "ipython", "nnlib"]
NOTHING = ["ssl", "sqlite3"]                     # the kernel asks for them, and does without them
TITLE = "Perceptron to Transformer"


def from_npm(name: str, version: str, sha256: str, kept: Path) -> Path:
    """The unpacked npm package, kept for the next time; SystemExit where it is not the one that we know.

    An empty `sha256` takes what comes.
    """
    folder = kept / f"{name.replace('/', '-')}-{version}"
    if folder.exists():
        return folder
    kept.mkdir(parents=True, exist_ok=True)
    shown = run("npm", "pack", "--silent", "--pack-destination", str(kept), f"{name}@{version}")
    archive = kept / shown.split()[-1]
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if sha256 not in ("", found):
        sys.exit(f"lite: {name}@{version} has the sha256 {found}, expected {sha256}")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder


def fill(folder: Path, kept: Path, offline: bool, drawn: dict[str, list]) -> None:
    """Put Pyodide and all wheels into `folder`, with the lock file that names them."""
    folder.mkdir(parents=True)
    version, known = PYODIDE if offline else (kernel_constant("PYODIDE_VERSION"), "")
    pyodide = from_npm("pyodide", version, known, kept) / "package"
    for name in RUNTIME:
        if (pyodide / name).exists():
            shutil.copyfile(pyodide / name, folder / name)
    lock = json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))
    python = lock["info"]["python"].rpartition(".")[0]
    have = {} if offline else lock["packages"]
    wanted = [r for r in requirements() if packages.canonicalize_name(r.partition("==")[0]) not in have]
    run(LITE / "bin/python", "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
        "--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none", f"--python-version={python}",
        "--dest", folder, *wanted)  # fmt: skip
    for name in ("piplite", "ipykernel", "pyodide_kernel"):
        for wheel in (LITE / "share/jupyter/labextensions" / KERNEL / "static/pypi").glob(f"{name}-*.whl"):
            shutil.copyfile(wheel, folder / wheel.name)
    packages.make_wheel(folder, "nnlib", nnlib.__version__, packages.tree(PROJECT / "nnlib", "nnlib"), NEEDS)
    stand_ins(folder, offline, drawn)
    others = {}
    if offline:
        numpy_wheel(folder, kept)
        for name in NOTHING:
            packages.make_wheel(folder, name, "0", {})
    else:
        others = elsewhere(lock["packages"], kernel_constant("PYODIDE_CDN_URL"))
    packages.write_lock(folder, lock["info"], others)


def stand_ins(folder: Path, offline: bool, drawn: dict[str, list]) -> None:
    """Wheels of the stand-ins for what cannot be had: torch, and offline matplotlib."""
    source = HERE / "stand_in"
    files = {"absent.py": (source / "absent.py").read_bytes(), "pictures.json": json.dumps(drawn).encode()}
    packages.make_wheel(folder, "absent", "1", files)
    for name in ("torch", "matplotlib") if offline else ("torch",):
        packages.make_wheel(folder, name, "0", packages.tree(source / name, name), ["absent"])


def numpy_wheel(folder: Path, kept: Path) -> None:
    """NumPy for WebAssembly: the npm package has the files, a wheel needs their names."""
    version, sha256 = NUMPY
    unpacked = from_npm("@emscripten-forge/numpy", version, sha256, kept)
    with tarfile.open(next(unpacked.rglob("*.tar.gz"))) as packed:
        packed.extractall(unpacked, filter="data")
    site = next(unpacked.rglob("site-packages"))
    (licence,) = site.glob("numpy-*.dist-info/LICENSE.txt")
    files = packages.tree(site / "numpy", "numpy") | {"numpy/LICENSE.txt": licence.read_bytes()}
    packages.make_wheel(folder, "numpy", version.split("-")[0], files, tag="cp312-cp312-pyodide_2024_0_wasm32")


def requirements() -> list[str]:
    """The lines of packages.txt: NAME==VERSION."""
    lines = (HERE / "packages.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def elsewhere(entries: dict[str, dict], address: str) -> dict[str, dict]:
    """Pyodide's own packages, each with the whole address of its file."""
    return {name: entry | {"file_name": f"{address}/{entry['file_name']}"} for name, entry in entries.items()}


def kernel_constant(name: str) -> str:
    """A constant of the installed JupyterLite kernel: the Pyodide that it was made for."""
    code = f"from jupyterlite_pyodide_kernel import constants; print(constants.{name})"
    return run(LITE / "bin/python", "-c", code).strip()


def configure(folder: Path, offline: bool) -> None:
    """Write the settings of the site: what Python loads first, and how pages open."""
    lock = "./static/pyodide/pyodide-lock.json"
    first = [*FIRST, *(NOTHING if offline else [])]
    kernel = {"disablePyPIFallback": offline, "loadPyodideOptions": {"lockFileURL": lock, "packages": first}}
    config = {"appName": TITLE, "exposeAppInBrowser": True,
              "litePluginSettings": {f"{KERNEL}:kernel": kernel}}  # fmt: skip
    whole = {"jupyter-lite-schema-version": 0, "jupyter-config-data": config}
    (folder / "jupyter-lite.json").write_text(json.dumps(whole), encoding="utf-8")
    settings = json.loads((PROJECT / "nnlib/lab/nnlib-settings.json").read_text(encoding="utf-8"))
    settings["@jupyterlab/notebook-extension:tracker"] = {"autoStartDefaultKernel": True}      # there is only one
    (folder / "overrides.json").write_text(json.dumps(settings), encoding="utf-8")


def run(*command: str | Path, folder: Path = PROJECT) -> str:
    """What a command prints that runs in `folder`; SystemExit with its last words where it fails."""
    done = subprocess.run([str(word) for word in command], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"lite: {command[0]} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the site; SystemExit where a step fails."""
    parser = argparse.ArgumentParser(prog="python docs/lite/build.py", description=__doc__.splitlines()[0])
    parser.add_argument("--offline", action="store_true", help="a site that needs no network, of known versions")
    parser.add_argument("--out", type=Path, default=PROJECT / "build/lite", help="folder (default: build/lite)")
    options = parser.parse_args(arguments)
    options.out = options.out.resolve()
    if shutil.which("npm") is None:
        sys.exit("lite: npm is needed, which fetches Pyodide; it comes with Node.js")
    work = options.out.with_name(f"work-{options.out.name}")       # JupyterLite leaves out what begins like its output
    kept, site = work / "kept", work / "site"
    for folder in (site, options.out):
        shutil.rmtree(folder, ignore_errors=True)
    held = site / "contents"
    contents.lay_out(held, pictures=not options.offline)
    notebooks = dict.fromkeys(sorted((PROJECT / "lessons").glob("*.ipynb")), held / "lessons")
    for path in contents.exercises():
        notebooks[PROJECT / "solutions" / path.parent.name / path.name] = held / "exercises" / path.parent.name
    drawn = pictures.draw_all(notebooks, kept / "pictures") if options.offline else {}
    fill(site / "static/pyodide", kept, options.offline, drawn)
    configure(site, options.offline)
    run(LITE / "bin/python", "-m", "jupyterlite_core", "build", "--contents", "contents", "--output-dir", options.out,
        "--apps", "lab", "--no-sourcemaps", "--no-unused-shared-packages", folder=site)  # fmt: skip
    (options.out / "index.html").write_text(contents.home(), encoding="utf-8")
    size = sum(path.stat().st_size for path in options.out.rglob("*") if path.is_file())
    print(f"lite: {options.out}, {size / 1e6:.0f} MB. Any web server serves it: python -m http.server -d {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
