"""The walls around student code: what can be seen from inside, and who builds them.

A ladder of two rungs: bubblewrap where it works, else a rootless container of podman's. Where neither works
nothing is run.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path

HERE = Path(__file__).resolve().parent
GRADER = HERE.parent  # of all its files, students see INSIDE alone
INSIDE = ("inside.py", "forking.py", "protocol.py", "seccomp.py")
ALWAYS = ("IPython", "matplotlib", "numpy")  # it runs the cells; figures, so that none costs a cell; what crosses
FOUNDATION = ("__init__", "module", "notebook")  # of nnlib
HOME = "/student"  # in the sandbox; not /tmp, where this project itself may lie
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin", "HOME": HOME, "TMPDIR": HOME, "LANG": "C.UTF-8", "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1", "IPYTHONDIR": f"{HOME}/.ipython", "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": HOME, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
}  # fmt: skip
CAPABILITIES = ("SYS_ADMIN", "SETUID", "SETGID", "KILL", "SYS_NICE")  # for the template, never for students
INSTALL_HINT = ("install it with 'apt install bubblewrap' (Debian, Ubuntu), 'dnf install bubblewrap' (Fedora) or, "
                "without the administrator's rights, 'conda install conda-forge::bubblewrap'")
MakeFolder = Callable[[], Path]


class SandboxError(RuntimeError):
    """This machine cannot isolate student code; the message says why and what to do."""


@dataclass(frozen=True)
class View:
    """What can be seen from inside.

    links: symbolic links, by path. places: what lies at a path, outermost first: a file or folder of this
    machine, read-only, or None where something is covered up by nothing.
    """

    links: dict[Path, str]
    places: dict[Path, Path | None]


@dataclass(frozen=True)
class Wall:
    """A program that isolates; `build(program, view, root)` is its command line, up to what it is to run.

    root: makes an empty folder for those that need one. remedy: what to do, by what the program complained of.
    """

    name: str
    program: str
    build: Callable[[str, View, MakeFolder], list[str]]
    remedy: Callable[[str], str]

    def command(self, view: View, root: MakeFolder) -> list[str]:
        """The command line that isolates what is written after it."""
        return self.build(shutil.which(self.program), view, root)

    def describe(self) -> str:
        """Its version and where it is; empty where it is not installed."""
        path = shutil.which(self.program)
        if path is None:
            return ""
        shown = subprocess.run([path, "--version"], capture_output=True, text=True)
        return f"{self.name} {shown.stdout.strip().rpartition(' ')[2]} ({path})"


def ladder() -> list[Wall]:
    """The walls that are installed here, best first; SandboxError where there are none."""
    walls = [wall for wall in WALLS if shutil.which(wall.program)]
    if not walls:
        raise SandboxError(f"bubblewrap is not installed, and student code must not run without it: {INSTALL_HINT}; "
                           "where rootless containers work, podman will do, too")
    return walls


def bubblewrap(program: str, view: View, root: MakeFolder) -> list[str]:
    """A sandbox of namespaces, as Flatpak uses it."""
    command = [program, "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--die-with-parent",
               "--new-session", "--clearenv", "--cap-drop", "ALL"]  # fmt: skip
    if os.geteuid() != 0:
        command += ["--unshare-user"]
    for capability in CAPABILITIES:
        command += ["--cap-add", f"CAP_{capability}"]
    command += ["--proc", "/proc", *devices(), "--tmpfs", HOME]
    for path, target in view.links.items():
        command += ["--symlink", target, str(path)]
    made = {Path("/")}
    for path, source in view.places.items():
        for parent in reversed(path.parents):
            if parent not in made and view.places.keys().isdisjoint((parent, *parent.parents)):
                command += ["--perms", "0755", "--dir", str(parent)]  # bubblewrap would make it 0700
                made.add(parent)
        if source:
            command += ["--ro-bind", str(source), str(path)]
        elif path.is_dir():
            command += ["--perms", "0755", "--tmpfs", str(path)]
        else:
            command += ["--ro-bind", "/dev/null", str(path)]
    for path in (*(p for p, source in view.places.items() if source is None and p.is_dir()), "/dev", "/"):
        command += ["--remount-ro", str(path)]
    command += ["--chdir", HOME]
    for name, value in environment().items():
        command += ["--setenv", name, value]
    return command


def devices() -> list[str]:
    """Bubblewrap's arguments for a /dev without terminals and shared memory."""
    arguments = ["--perms", "0755", "--tmpfs", "/dev"]
    for name in ("null", "full", "random", "urandom"):
        arguments += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    for name, target in (("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        arguments += ["--symlink", f"/proc/self/{target}", f"/dev/{name}"]
    return arguments


def podman(program: str, view: View, root: MakeFolder) -> list[str]:
    """A container without an image: what can be seen is mounted into an empty root."""
    folder = root()
    folder.chmod(0o755)
    for path, target in view.links.items():
        link = folder / path.relative_to("/")
        link.unlink(missing_ok=True)
        link.symlink_to(target)
    command = [program, "run", "--rm", "--preserve-fds=1", "--cgroups=disabled", "--log-driver=none",
               "--network=none", "--no-hosts", "--http-proxy=false", "--hostname=grader", "--ipc=none",
               "--read-only", "--read-only-tmpfs=false", "--cap-drop=all", "--security-opt=unmask=ALL",
               "--security-opt=label=disable", f"--workdir={HOME}"]  # fmt: skip
    command += [f"--cap-add={capability}" for capability in CAPABILITIES]
    command += ["--ulimit=nofile=1024", "--ulimit=nproc=4096"]  # podman would ask for more than it may have
    command += [f"--env={name}={value}" for name, value in environment().items()]
    nothing = "ro,notmpcopyup,mode=0755"
    command += ["--tmpfs", f"{HOME}:notmpcopyup", "--tmpfs", f"/sys:{nothing}", "--tmpfs", f"/sys/fs/cgroup:{nothing}"]
    for path, source in view.places.items():
        if ":" in f"{source}{path}":
            raise SandboxError(f"podman cannot show a folder with ':' in its name ({path}); rename it")
        if source is None and path.is_dir():
            command += ["--tmpfs", f"{path}:{nothing}"]
        else:
            command += ["--volume", f"{source or '/dev/null'}:{path}:ro"]
    return [*command, "--rootfs", str(folder)]


def remedy_of_bubblewrap(reason: str) -> str:
    """What to do about its complaint."""
    if "namespace" in reason or "Operation not permitted" in reason or "uid map" in reason:
        return ("User namespaces seem to be switched off. Ask your administrator for "
                "'sysctl kernel.unprivileged_userns_clone=1' (Debian), for podman or, on Ubuntu, for "
                "'sysctl kernel.apparmor_restrict_unprivileged_userns=0'; in a container, grade on its host.")
    return f"If bubblewrap is broken, {INSTALL_HINT}."


def remedy_of_podman(reason: str) -> str:
    """What to do about its complaint."""
    return ("Rootless containers need podman 4 or newer with crun, and a line for you in /etc/subuid and /etc/subgid: "
            "ask your administrator for 'usermod --add-subuids 100000-165535 --add-subgids 100000-165535 YOU'.")


BUBBLEWRAP = Wall("bubblewrap", "bwrap", bubblewrap, remedy_of_bubblewrap)
PODMAN = Wall("podman", "podman", podman, remedy_of_podman)
WALLS = (BUBBLEWRAP, PODMAN)


# What can be seen -------------------------------------------------------------------------------------------


def look(packages: Iterable[str], secrets: Iterable[Path]) -> View:
    """Programs, libraries, these packages and what they need in their turn; nothing of what is secret.

    A package that is not named is not there: no list of what students must not use could ever be complete.
    """
    links, real = {}, {p: p.resolve() for p in visible()}
    shown = {p: p for p in real}
    for folder in map(Path, ("/bin", "/sbin", "/lib", "/lib32", "/lib64")):
        if folder.is_symlink():
            links[folder] = os.readlink(folder)
        elif folder.is_dir():
            shown[folder] = folder
    for name in INSIDE:
        shown[Path("/grader", name)] = HERE / name

    def by_every_name(paths: Iterable[Path]) -> dict[Path, Path]:
        """Places in what is visible, by all the names under which they can be seen there."""
        inner = ((p, s, p.parent.resolve() / p.name, r) for p in paths for s, r in real.items())
        return {s / place.relative_to(r): p for p, s, place, r in inner if place.is_relative_to(r)}

    hide = [nnlib(), GRADER, *package_folders(), *package_stores(), *secrets]
    covered = dict.fromkeys(by_every_name(p.resolve() for p in hide))
    places = covered | shown | by_every_name(files_of(packages)) | parts_of_nnlib(packages)
    return View(links, {path: places[path] for path in sorted(places, key=lambda p: len(p.parts))})


def environment() -> dict[str, str]:
    """The environment variables of the sandbox."""
    return ENVIRONMENT | {"PYTHONPATH": str(nnlib().parent)}


def visible() -> list[Path]:
    """What student code may read, but for the packages in it: the system's programs and libraries, Python."""
    folders = {Path("/usr"), Path(sys.base_prefix), Path(sys.prefix)}
    return sorted({f.resolve() for f in folders} | folders)


def nnlib() -> Path:
    """The folder of the nnlib that this process uses; submissions use the same, installed or not."""
    return Path(importlib.util.find_spec("nnlib").origin).parent


def parts_of_nnlib(packages: Iterable[str]) -> dict[Path, Path]:
    """The parts of nnlib that are named, and those that all others stand on."""
    names = {name.removeprefix("nnlib.") for name in packages if name.startswith("nnlib.")}
    parts = [p for name in {*FOUNDATION, *names} for p in (nnlib() / name, nnlib() / f"{name}.py") if p.exists()]
    return {part: part for part in parts}


def files_of(packages: Iterable[str]) -> set[Path]:
    """The files and folders, where packages are installed, of these and of all that they need."""
    found: set[Path] = set()
    done, todo = set(), [d for name in {*ALWAYS, *packages} if not name.startswith("nnlib.") for d in owners(name)]
    while todo:
        distribution = todo.pop()
        if distribution.name not in done:
            done.add(distribution.name)
            found |= entries(distribution)
            todo += needed(distribution)
    return found


def owners(package: str) -> list[Distribution]:
    """The distributions that hold a package; SandboxError where it is not installed."""
    with suppress(PackageNotFoundError):
        return [metadata.distribution(package)]
    names = metadata.packages_distributions().get(package)  # a package may have another name than what it comes in
    if not names:
        raise SandboxError(f"the exercise is to run with {package}, which is not installed here")
    return [metadata.distribution(name) for name in names]


def needed(distribution: Distribution) -> Iterator[Distribution]:
    """What a distribution says it cannot do without, as far as it is installed (some is for other systems)."""
    for requirement in distribution.requires or ():
        if "extra ==" not in requirement:
            with suppress(PackageNotFoundError):
                yield metadata.distribution(re.match(r"[\w.-]+", requirement)[0])


def entries(distribution: Distribution) -> set[Path]:
    """What a distribution put into the folder where it is installed: its packages, single modules, metadata."""
    folder, record = Path(distribution.locate_file("")), distribution.read_text("RECORD")
    if record:
        names = {re.split("[/,]", line, maxsplit=1)[0] for line in record.splitlines()}
        return {folder / name for name in names - {"..", "__pycache__", ""} if (folder / name).exists()}
    tops = (distribution.read_text("top_level.txt") or distribution.name).split()  # from the system's own packager
    return {path for top in tops for pattern in (top, f"{top}.*") for path in folder.glob(pattern)}


def package_folders() -> list[Path]:
    """Where packages are installed, also those of other Pythons: student code could add such a folder to its path."""
    pattern = "lib*/python3*/*-packages"
    return [p for folder in visible() for p in (*folder.glob(pattern), *folder.glob("local/" + pattern))]


def package_stores() -> list[Path]:
    """Where conda keeps copies of packages, and other environments."""
    return [prefix / name for prefix in map(Path, {sys.prefix, sys.base_prefix}) for name in ("pkgs", "envs")
            if (prefix / name).is_dir()]  # fmt: skip
