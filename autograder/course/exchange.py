"""nbgrader's exchange, a folder into which all students of a machine may write: what lies there is not trusted.

nbgrader's own `collect` follows links with the instructor's rights, so that a student who lays a link to a solution
there reads it on the feedback page; where somebody hands in by another's name it warns, and takes it; and one odd
name stops it for everybody. Here each of these costs the submission that it belongs to, and is told.
"""

from __future__ import annotations

import os
import pwd
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeCollect

from autograder.course.files import SECRET, STAMP
from autograder.course.submitted import LONGEST_NOTE
from autograder.marking.result import write_atomically
from autograder.marking.submission import MAX_BYTES, BadSubmission, read_file

NOTES = (STAMP, SECRET)  # nbgrader's own, beside the notebook


class Collect(ExchangeCollect):
    """`nbgrader collect` and formgrader's button: of each submission the notebook and nbgrader's notes, no more."""

    def init_src(self) -> None:
        """Find the submission of each student that counts, among those that can be taken."""
        super().init_src()
        self.src_records = [record for record in self.src_records if record["username"]]

    def _path_to_record(self, path: str) -> dict[str, Any]:
        """Whose submission it is, and of when; nobody's where it cannot be taken."""
        try:
            record = super()._path_to_record(path)
            files_of(Path(path), self.coursedir.assignment_id, record["username"] if self.check_owner else "")
            return record
        except (BadSubmission, ExchangeError, ValueError, OverflowError) as error:
            self.log.error("not collected: %s: %s", os.path.basename(path), error)
            return {"username": "", "filename": "", "timestamp": datetime.min}

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy one submission."""
        for name, content in files_of(Path(src), self.coursedir.assignment_id).items():
            write_atomically(Path(dest, name), content)


def files_of(folder: Path, exercise: str, owner: str = "") -> dict[str, bytes]:
    """The files of a submission in the exchange; BadSubmission where they, or the folder, are links, or not `owner`'s.

    All is read through the folder as it was opened: whoever may rename it cannot put another one in its place.
    """
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise BadSubmission(f"it is no folder that can be read ({error.strerror})") from error
    try:
        if owner and os.fstat(opened).st_uid != number_of(owner):
            raise BadSubmission(f"it is said to be {owner}'s, and belongs to another user of this machine")
        inside = Path(f"/proc/self/fd/{opened}")
        names = [name for name in NOTES if os.path.lexists(inside / name)]
        files = {name: read_file(inside / name, LONGEST_NOTE) for name in names}
        return files | {f"{exercise}.ipynb": read_file(inside / f"{exercise}.ipynb", MAX_BYTES)}
    finally:
        os.close(opened)


def number_of(user: str) -> int:
    """The number of a user of this machine; -1 where there is none of that name."""
    try:
        return pwd.getpwnam(user).pw_uid
    except KeyError:
        return -1
