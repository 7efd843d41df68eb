"""Wheels for Python in the browser, and the lock file by which Pyodide finds them.

Pyodide loads a package when a cell imports it, with all that the lock file says it depends on. So nobody types `%pip`.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from email.parser import HeaderParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

STAMP = (2020, 1, 1, 0, 0, 0)                    # of every file: the same contents make the same wheel
BROWSER = {"sys_platform": "emscripten", "platform_system": "Emscripten", "os_name": "posix", "extra": ""}


def make_wheel(folder: Path, name: str, version: str, files: Mapping[str, bytes], needs: Iterable[str] = (),
               tag: str = "py3-none-any") -> Path:
    """Write a wheel of `files` (place in site-packages: contents) into `folder`; returns its path."""
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}", *(f"Requires-Dist: {n}" for n in needs)]
    pure = str(tag.endswith("-any")).lower()
    files = dict(sorted(files.items())) | {
        f"{info}/METADATA": ("\n".join(metadata) + "\n").encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: {pure}\nTag: {tag}\n".encode(),
    }
    files[f"{info}/RECORD"] = "".join(f"{place},,\n" for place in [*files, f"{info}/RECORD"]).encode()
    path = folder / f"{info.removesuffix('.dist-info')}-{tag}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for place, contents in files.items():
            wheel.writestr(zipfile.ZipInfo(place, STAMP), contents, zipfile.ZIP_DEFLATED)
    return path


def tree(folder: Path, inside: str = "") -> dict[str, bytes]:
    """The files below `folder` but for caches, as `make_wheel` takes them, placed below `inside`."""
    found = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {str(Path(inside) / path.relative_to(folder)): path.read_bytes() for path in found}


def lock_entry(wheel: Path, known: set[str]) -> tuple[str, dict]:
    """The name of a wheel and what the lock file says of it; of what it requires, that which is `known`."""
    with zipfile.ZipFile(wheel) as archive:
        places = archive.namelist()
        metadata = archive.read(next(p for p in places if re.fullmatch(r"[^/]+\.dist-info/METADATA", p))).decode()
    wanted = [Requirement(r) for r in HeaderParser().parsestr(metadata).get_all("Requires-Dist", [])]
    needed = {canonicalize_name(r.name) for r in wanted if r.marker is None or r.marker.evaluate(BROWSER)}
    name, version, _, _ = parse_wheel_filename(wheel.name)
    tops = {place.split("/")[0].removesuffix(".py") for place in places if re.match(r"[^/]+(/.+)?\.(py|so)$", place)}
    return name, {
        "name": name, "version": str(version), "file_name": wheel.name, "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(), "package_type": "package",
        "imports": sorted(top for top in tops if top.isidentifier()), "depends": sorted(needed & known),
        "unvendored_tests": False,
    }  # fmt: skip


def write_lock(folder: Path, info: dict, others: Mapping[str, dict]) -> None:
    """Write pyodide-lock.json for the wheels in `folder`, and for `others`, entries that lead elsewhere."""
    wheels = sorted(folder.glob("*.whl"))
    known = {parse_wheel_filename(wheel.name)[0] for wheel in wheels} | set(others)
    packages = dict(others) | dict(lock_entry(wheel, known) for wheel in wheels)
    text = json.dumps({"info": info, "packages": dict(sorted(packages.items()))}, indent=1)
    (folder / "pyodide-lock.json").write_text(text, encoding="utf-8")
