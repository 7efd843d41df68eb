"""One run at a time in a course, of any command that writes there: two would remove each other's folders."""

from __future__ import annotations

import fcntl
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from autograder.course.files import Course, CourseError


@contextmanager
def locked(course: Course) -> Iterator[None]:
    """Hold the course's lock; CourseError, which says who holds it, where another run does.

    The kernel gives it back when a process ends, however it ends.
    """
    course.private.mkdir(parents=True, exist_ok=True)
    with open(course.private / "lock", "a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise CourseError(f"another run is at work in {course.root}: {file.read() or 'one that starts just now'}; "
                              "wait until it is done, or end it") from error  # fmt: skip
        file.truncate(0)
        file.write(f"process {os.getpid()} on {platform.node()}, since {datetime.now():%Y-%m-%d %H:%M}")
        file.flush()
        yield
