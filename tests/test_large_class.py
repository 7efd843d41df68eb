"""A class of ten thousand: what one submission costs does not grow with the number of the others."""

from sqlalchemy import event, inspect, text
from sqlalchemy.engine import Engine

from autograder.course import log
from autograder.course.files import Course
from autograder.course.gradebook import INDEXES, open_gradebook, register
from autograder.course.log import read_log, write_log
from autograder.course.marks import recorded_marks
from tests import classroom


def plans(course, ask):
    """How the database goes about each question that `ask` puts to it."""
    asked = []

    def note(connection, cursor, statement, parameters, context, many):
        asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    with open_gradebook(course) as gradebook:
        cursor = gradebook.engine.raw_connection().cursor()
        return [row[-1] for sql, values in asked if sql.startswith("SELECT")
                for row in cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)]  # fmt: skip


def test_the_marks_of_a_submission_are_found_without_reading_all_others(tmp_path):
    course = classroom.make(tmp_path / "course")

    def read():
        steps = plans(course, lambda: recorded_marks(course, "adam"))
        return [step for step in steps if step.startswith(("SCAN grade", "SCAN submitted_notebook")) or "AUTO" in step]

    assert recorded_marks(course, "adam").keys() == {"ada", "bela", "chidi", "dora"}
    assert read() == []
    with open_gradebook(course) as gradebook:
        for index in INDEXES:
            index.drop(gradebook.engine)
    assert read(), "this test finds nothing"


def test_a_gradebook_of_earlier_times_gets_what_it_lacks(tmp_path):
    course = Course.at(tmp_path)
    register(course, "adam")
    with open_gradebook(course) as gradebook:
        gradebook.db.execute(text("DROP INDEX autograder_grade"))
        gradebook.db.commit()
    register(course, "adam")
    with open_gradebook(course) as gradebook:
        names = {i["name"] for index in INDEXES for i in inspect(gradebook.engine).get_indexes(index.table.name)}
    assert names == {index.name for index in INDEXES}


def test_notes_are_read_again_only_where_they_were_written_again(tmp_path):
    course = classroom.make(tmp_path / "course")
    write_log(course, "adam", {"ada": {"key": "k1"}})
    before = log._read.cache_info().misses
    assert [read_log(course, "adam")["ada"]["key"] for _ in range(3)] == ["k1"] * 3
    assert log._read.cache_info().misses == before + 1
    write_log(course, "adam", {"ada": {"key": "k2"}})
    assert read_log(course, "adam")["ada"]["key"] == "k2"
