"""Our two steps in nbgrader's chain: put the exercise's cells back, and let the hidden suite give the marks."""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades

from autograder.course.files import Course, CourseError
from autograder.course.log import answers, read_log
from autograder.course.pages import NOTE, registered
from autograder.course.parallel import grade_in_parallel, local_pool
from autograder.marking import feedback
from autograder.marking.result import Result, load_result, result_key
from autograder.marking.submission import Cell, code_to_run, grade_id, is_test, restore
from autograder.marking.suite import Suite, load_suite
from autograder.marking.wording import clean


class RestoreCells(NbGraderPreprocessor):
    """Deleted, edited and duplicated cells of the exercise come back as they were (see `submission.restore`)."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Restore the submission."""
        return restore(nb, registered(resources["nbgrader"]["assignment"])), resources


class HiddenSuite(NbGraderPreprocessor):
    """Takes the place of nbgrader's Execute: the outputs of the test cells are the hidden suite's verdict.

    nbgrader reads a number that a test cell displays as its partial credit. The student's own outputs were
    cleared before, and no student code runs here, so that number is always ours.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Write the marks and the feedback into the notebook."""
        suite = load_suite(resources["nbgrader"]["assignment"])
        cells = code_to_run(nb)
        result = self._result(suite, cells)
        told = feedback.tell(result)
        for cell in nb.cells:
            if is_test(cell):
                cell.outputs = [verdict(result, grade_id(cell), told)]
        nb.metadata[NOTE] = {cell: {"next": said.next, "same_as": said.same_as} for cell, said in told.items()}
        for ran in cells:
            nb.cells[ran.position].outputs = outputs(result.cells.get(ran.name, {}))
        return nb, resources

    def _result(self, suite: Suite, cells: list[Cell]) -> Result:
        """The result that was computed before for exactly this code and suite; else a fresh one."""
        folder, key = Course.at(Path()).results(suite.exercise), result_key(cells, suite.hash)
        result = load_result(folder, key)
        if result is None:
            lost: dict[str, str] = {}
            grade_in_parallel(lambda: local_pool(1), 1, suite.exercise, [(key, cells)], [Path.cwd()],
                              lambda fresh: fresh.save(folder), lost.__setitem__)  # fmt: skip
            if lost:
                raise CourseError(f"it cannot be graded: {lost[key]}")
            result = load_result(folder, key)
        return result


class SaveMarks(SaveAutoGrades):
    """Saves marks as nbgrader does, but a mark by hand stays given where the answer has not changed.

    nbgrader would have everything that was marked by hand marked again after each grading.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Save the marks of one notebook."""
        course, about = Course.at(Path()), resources["nbgrader"]
        self.before = read_log(course, about["assignment"]).get(about["student"], {}).get("answers", {})
        self.now = answers(nb)
        return super().preprocess(nb, resources)

    def _add_score(self, cell: NotebookNode, resources: dict) -> None:
        """Save the mark of one cell."""
        name = cell.metadata.nbgrader["grade_id"]
        grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
        marked, by_test = grade.manual_score is not None and not grade.needs_manual_grade, grade.auto_score
        super()._add_score(cell, resources)
        if marked and grade.auto_score == by_test and self._is_unchanged(name):
            grade.needs_manual_grade = False
            self.gradebook.db.commit()

    def _is_unchanged(self, name: str) -> bool:
        """Whether what a mark is about is what it was: an answer, or for the mark of tests all answers."""
        return self.before.get(name) == self.now[name] if name in self.now else self.before == self.now


def verdict(result: Result, grade_cell: str, told: dict[str, feedback.Told]) -> NotebookNode:
    """The output of a test cell: the points as nbgrader reads them, and the feedback as students read it."""
    data = {"text/plain": f"{result.points(grade_cell):g}"}
    if grade_cell in told:
        data["text/html"] = told[grade_cell].html
    return new_output("execute_result", data, execution_count=1)


def outputs(run: dict) -> list[NotebookNode]:
    """What a cell of the student printed, and the error that ended it."""
    shown = []
    if run.get("out"):
        shown.append(new_output("stream", name="stdout", text=clean(run["out"])))
    if run.get("error"):
        first = run["error"].splitlines()[0]
        name, colon, message = first.partition(": ")
        if not colon:  # the grader's own words, as of a cell that ran out of time
            name, message = "Error", first
        shown.append(new_output("error", ename=name, evalue=message, traceback=[run["error"]]))
    return shown
