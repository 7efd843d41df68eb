"""What others give to download: which files there are, what each one is called there, and when it was saved.

What was checked (in the sources of both systems, not in their manuals alone):

Moodle (`mod/assign/classes/downloader.php`, `feedback/file/importziplib.php`, older and recent versions): a folder
`NAME_NUMBER_assignsubmission_file` for each student, before 4.1 with an underscore at the end; or, as a teacher can
choose, all files in one place with that in front of their names. Underscores in NAME become spaces, and characters
like ' are taken out. Feedback is given to whom NUMBER says, which is another one in each assignment. Most versions
write the time of the download into the zip.

Canvas (`lib/content_zipper.rb`, `infer_comment_context_from_filename` in `abstract_assignment.rb`): all files in one
place, `name_USER_ATTACHMENT_file`, with LATE behind the name, in lower case, where it was; `anon_ID` stands for name
and USER where students are anonymous. What is uploaded goes to USER where ATTACHMENT is of their submission, and
bears the attachment's own name there. The times in the zip are those of the download, always.
"""

from __future__ import annotations

import os
import re
import stat
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.course.files import CourseError
from autograder.marking.submission import MAX_BYTES, BadSubmission, read_file

MOODLE = re.compile(r"(?P<whose>(?P<name>[^_]+)_(?P<number>\d+)_assignsubmission_(?P<part>[a-z]+))(?:_.*)?")
CANVAS = re.compile(
    r"(?:(?P<name>.+?)_)??(?P<late>LATE_)?(?P<number>\d+|anon_[A-Za-z0-9]+)_(?P<attachment>\d{1,30})_(?P<file>.+)"
)
COPY = re.compile(r"\((\d{1,9})\)(?:\.[^.]*)?$")
LONGEST = 1000  # characters of a path


@dataclass(frozen=True)
class File:
    """One file of a download, not read yet. `time` is by the clock of whoever made the zip where it has no zone."""

    path: str
    time: datetime | None
    read: Callable[[], bytes]
    refused: str = ""  # why it must not be read


@dataclass(frozen=True)
class Label:
    """Whose file it is, by what the system wrote on it; a plain folder's name is in `name`."""

    system: str  # moodle, canvas, folder
    name: str
    number: str = ""
    late: bool = False
    attachment: int = 0  # the larger, the newer
    part: str = "file"  # of the submission
    stem: str = ""  # of the name by which feedback finds its way

    @property
    def shown(self) -> str:
        """The name as a person would know it."""
        return " ".join(part for part in (self.name, self.number and f"({self.number})") if part)

    def page(self, exercise: str) -> str:
        """The name of a feedback page for whoever handed this in."""
        return f"{self.stem}.html" if self.system == "canvas" else f"{self.stem}{exercise}.html"


def files_in(source: Path, stack: ExitStack) -> Iterator[File]:
    """The files of a zip, which is closed with `stack`, or of a folder. Raises CourseError where it is neither."""
    if source.is_dir():
        yield from _in_folder(source)
        return
    try:
        archive = stack.enter_context(zipfile.ZipFile(source))
    except FileNotFoundError as error:
        raise CourseError(f"{source}: expected a zip or a folder, there is nothing") from error
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise CourseError(f"{source}: expected a zip or a folder, {error}") from error
    for info in archive.infolist():
        if not info.is_dir():
            yield File(info.filename, _time(info), _reader(archive, info), _refusal(info))


def _in_folder(folder: Path) -> Iterator[File]:
    """All that lies in a folder; links are not followed."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        for name in sorted([*names, *links]):
            path = Path(place, name)
            refused = "it is a symbolic link, not a file" if path.is_symlink() else ""
            time = datetime.fromtimestamp(path.lstat().st_mtime, UTC)
            relative = path.relative_to(folder).as_posix()
            yield File(relative, time, lambda path=path: read_file(path, MAX_BYTES), refused or _odd(relative))


def _time(info: zipfile.ZipInfo) -> datetime | None:
    """When a file of a zip was saved; None where what stands there is no date."""
    try:
        return datetime(*info.date_time)
    except ValueError:
        return None


def _refusal(info: zipfile.ZipInfo) -> str:
    """Why a file of a zip must not be read, or nothing."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "it is a symbolic link, not a file"
    if kind not in (0, stat.S_IFREG):
        return "it is no ordinary file"
    return _odd(info.filename)


def _odd(path: str) -> str:
    """Why a path must not be used, or nothing."""
    if {"", ".", ".."} & set(path.split("/")):
        return "its path is no plain one: it has an empty part, . or .."
    if len(path) > LONGEST:
        return f"its path is longer than {LONGEST:,} characters"
    return "" if path.isprintable() else "its name has characters that cannot be shown"


def _reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], bytes]:
    """What reads one file of a zip. Whatever size the zip declares, no more than allowed is unpacked."""

    def read() -> bytes:
        try:
            with archive.open(info) as file:
                data = file.read(MAX_BYTES + 1)
        except MemoryError:
            raise
        except Exception as error:  # encrypted, damaged, packed in a way that Python does not know
            raise BadSubmission(f"cannot be read from the zip: {error}") from error
        if len(data) > MAX_BYTES:
            raise BadSubmission(f"larger than {MAX_BYTES >> 20} MiB")
        return data

    return read


def litter(path: str) -> bool:
    """Whether it is what editors and systems leave beside files: checkpoints, hidden files, macOS's own."""
    parts = set(path.split("/")) - {".", ".."}
    return any(part == "__MACOSX" or part.startswith(".") for part in parts)


def labels(paths: Sequence[str]) -> list[Label | None]:
    """Whose each file of a download is; None where nothing says so."""
    wrapped = len({path.partition("/")[0] for path in paths}) == 1 and all(
        CANVAS.fullmatch(path.partition("/")[2]) and path.count("/") == 1 for path in paths
    )  # somebody unpacked Canvas's zip and packed the folder
    return [_label(path.partition("/")[2] if wrapped else path) for path in paths]


def _label(path: str) -> Label | None:
    """Whose a file is."""
    *folders, name = path.split("/")
    for folder in folders:
        if found := MOODLE.fullmatch(folder):
            return Label("moodle", found["name"], found["number"], part=found["part"], stem=f"{folder}/")
    if found := MOODLE.fullmatch(name):
        return Label("moodle", found["name"], found["number"], part=found["part"], stem=f"{found['whose']}_")
    if folders:
        return Label("folder", folders[0])
    if found := CANVAS.fullmatch(name):
        late, attachment = bool(found["late"]), int(found["attachment"])
        return Label("canvas", found["name"] or "", found["number"], late, attachment, stem=os.path.splitext(name)[0])
    return None


def copy_number(path: str) -> int:
    """The number that browsers and systems put in parentheses behind a name that was taken; 0 for none."""
    found = COPY.search(path.rpartition("/")[2])
    return int(found[1]) if found else 0
