"""Small tables that an instructor writes by hand: CSV files with named columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.course.files import CourseError


def read_table(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row of a CSV file with its line number; CourseError where the file is not of these columns."""
    expected = f"expected the columns {','.join(columns)}"
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            head = [cell.strip() for cell in next(rows, [])]
            if sorted(head) != sorted(columns):
                raise CourseError(f"{path}: {expected}, got {','.join(head) or 'nothing'}")
            for row in rows:
                cells = [cell.strip() for cell in row]
                if any(cells):
                    if len(cells) != len(head):
                        raise CourseError(f"{path}, line {rows.line_num}: {expected}, got {','.join(row)}")
                    yield rows.line_num, dict(zip(head, cells))
    except OSError as error:
        raise CourseError(f"cannot read {path}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise CourseError(f"{path} is no CSV file in UTF-8: {error}") from error
