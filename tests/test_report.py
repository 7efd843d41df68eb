"""The class report: right numbers, in words, escaped, readable on a phone and on paper."""

import os
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from autograder.cli import main
from autograder.course.report import by_mistake, by_test, histogram, in_words, plain, report
from autograder.marking.feedback import reason
from autograder.marking.student import BadAnswer, Died, MissingName, OutOfTime, StudentError
from tests import classroom, lab
from tests.classroom import text_of

LATE = "your code did not finish in the time that this test allows"
STUB = 'NotImplementedError: your code here\n  in cell adam, line 9: raise NotImplementedError("your code here")'


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = classroom.make(tmp_path_factory.mktemp("report") / "course")
    test, folder = classroom.test_of, course.results("adam")
    failed = {"adam": {"out": "", "error": f"ValueError: {classroom.SCRIPT}\n  in cell adam", "reason": "error"}}
    crashed = {"x": {"out": "", "error": "the process crashed (Segmentation fault)", "reason": "crash"}}
    slow, stub = test("test_one", False, LATE, "out of time"), test("test_two", False, STUB, "not written yet")
    wrong = test("test_two", False, "KeyError: the process crashed", "error")
    for result in (
        classroom.result_of("k-ada", [test("test_one", True), test("test_two", True)], seconds=0.5),
        classroom.result_of("k-bela", [test("test_one", True), wrong], failed, 9.5),
        classroom.result_of("k-chidi", [slow, stub], crashed, 1.5),
    ):
        result.save(folder)
    classroom.note(course, ada="k-ada", bela="k-bela", chidi="k-chidi", dora="k-lost",
                   **{classroom.MIRRORED: ("", f"not a notebook: {classroom.SCRIPT}")})  # fmt: skip
    return course


@pytest.fixture(scope="module")
def page(course):
    return report(course)


def test_the_words_and_bars_agree_with_the_marks(page):
    words = text_of(page)
    assert "4 graded: mean 2.62, median 2.25 of 6 points." in words    # 6, 3.5, 1, 0
    bars = dict(re.findall(r'<td class="n">([\d.]+ to [\d.]+)</td><td>.*?</svg> (\d+)</td>', page))
    assert [bars[label] for label in ("0 to 0.5", "1 to 1.5", "3.5 to 4", "5.5 to 6")] == ["1", "1", "1", "1"]
    assert sum(map(int, bars.values())) == 4 and len(bars) == 12


def test_pass_rates_and_reasons(page):
    words = text_of(page)
    assert "Title of test_one adam 1 2 of 3 (67 %) Failed: out of time: 1" in words
    assert "Title of test_two adam 1 1 of 3 (33 %) Failed: error: 1, not written yet: 1" in words


def test_everyone_who_needs_attention_is_named(page):
    words = text_of(page)
    for says in ("A cell crashed: 1 chidi : x: the process crashed (Segmentation fault)",
                 "Ran out of time: 1 chidi : 1 of 2 tests", "A cell ended with an error: 1 bela : adam: ValueError",
                 "Zero points: 1 dora", "Late: 2 bela : penalty 1 dora : penalty 5",
                 "Waits for a mark by hand (counts as zero until then): 1 chidi",
                 "emil : nothing handed in"):  # fmt: skip
        assert says in words, says


def test_time_and_sandbox(page):
    words = text_of(page)
    assert "11.5 s of grading in all, 1.5 s for the middle submission. Slowest: bela 9.5 s, chidi 1.5 s" in words
    assert "Sandbox: bubblewrap 0.8.0 (/usr/bin/bwrap)." in words


def test_nothing_of_the_students_is_html_or_turns_the_writing_round(page):
    assert classroom.SCRIPT not in page and "&lt;script&gt;" in page
    assert not set("\u202e\u2066\x1b") & set(page)
    assert r"ada\u202enosrev" in page
    assert re.findall(r"<(script|img|link|iframe|object)\b", page) == [] and "default-src 'none'" in page


def test_all_sandboxes_that_were_used_are_named(tmp_path):
    course = classroom.make(tmp_path / "course")
    classroom.note(course, ada="k1", bela="k2", chidi="k3")
    assert "Sandbox: not recorded." in text_of(report(course))
    for key, wall in (("k1", "podman 5"), ("k2", "bubblewrap 0.8.0"), ("k3", "podman 5")):
        result = replace(classroom.result_of(key, []), isolation=wall)
        result.save(course.results("adam"))
    assert "Sandbox: bubblewrap 0.8.0 and podman 5." in text_of(report(course))


def test_carried_points_are_told(tmp_path):
    course = classroom.make(tmp_path / "course")
    wrong = classroom.test_of("test_two", False, "KeyError", "error")
    carried = replace(classroom.test_of("test_one", False), points=1.5, max_points=1.5, carried=["f"])
    for key, tests in (("k1", [carried, wrong]), ("k2", [carried, carried]), ("k3", [wrong, wrong])):
        classroom.result_of(key, tests).save(course.results("adam"))
    classroom.note(course, ada="k1", bela="k2", chidi="k3")
    words = text_of(report(course))
    assert "Follow-through: 4.5 points of 2 students were carried over a mistake in an earlier task." in words
    assert "0 of 3 (0 %) Failed: an earlier task (points carried): 3" in words
    assert "1.5 points carried" in words and "3 points carried" in words
    classroom.note(course, chidi="k3")
    assert "carried" not in text_of(report(course))


def test_mistakes_are_counted_once_for_each_student():
    def failed(*slugs):
        return SimpleNamespace(tests=[SimpleNamespace(passed=not slug, mistake=slug) for slug in slugs])

    results = {"ada": failed("no-bias-correction", "no-bias-correction", ""), "bela": failed("eps-inside-root"),
               "chidi": failed("no-bias-correction", "eps-inside-root"), "dora": failed("no-bias-correction"),
               "emil": failed("", "")}  # fmt: skip
    (first, says, who), second = by_mistake("adam", results)
    assert (first, who) == ("no-bias-correction", ["ada", "chidi", "dora"]) and says.endswith(".")
    assert second[0] == "eps-inside-root" and second[2] == ["bela", "chidi"]
    assert by_mistake("adam", {}) == []


@pytest.mark.parametrize("error, words", [
    (AssertionError(), "wrong result"), (TypeError("in the comparison"), "wrong result"),
    (MissingName("adam"), "name missing"), (OutOfTime(), "out of time"),
    (Died("the process crashed"), "crash"), (BadAnswer(), "no answer"),
    (StudentError("NotImplementedError", "your code here"), "not written yet"),
    (StudentError("OutOfTime", "a student's own class", in_test=True), "error"),
    (StudentError("ValueError", "the process crashed", in_test=True), "error"),
])  # fmt: skip
def test_reasons_are_the_graders_own_words(error, words):
    assert reason(error) == words
    test = classroom.test_of("test_one", False, "a message", words)
    assert by_test([classroom.result_of("k", [test])])[0]["why"] == [(words, 1)]


@pytest.mark.parametrize("worth, labels", [
    (12, ["0 to 1", "11 to 12"]), (10, ["0 to 1", "9 to 10"]), (100, ["0 to 10", "90 to 100"]),
    (3, ["0 to 0.25", "2.75 to 3"]), (13, ["0 to 2", "12 to 13"]), (0, ["0 to 0", "0 to 0"]),
])  # fmt: skip
def test_ranges_are_round_and_cover_everything(worth, labels):
    scores = [0, worth, worth / 2, worth + 1]
    bins = histogram(scores, worth)
    assert [bins[0][0], bins[-1][0]] == labels
    assert sum(n for _, n in bins) == len(scores) and len(bins) <= 12


def test_a_mark_on_a_border_counts_above_it():
    assert dict(histogram([0.3, 0.1 + 0.2], 0.6))["0.3 to 0.35"] == 2


def test_words_for_few_marks():
    assert in_words([], 5) == "Nobody has a mark yet."
    assert in_words([4], 5) == "1 graded: mean 4, median 4 of 5 points."


def test_long_text_is_cut():
    assert len(plain("x" * 5000)) < 210 and plain("a\n\tb") == "a b"


def test_the_command_writes_a_private_file(course, capsys):
    assert main(["report", "adam", "--course", str(course.root)]) == 0
    assert str(course.root / "report.html") in capsys.readouterr().out
    assert (course.root / "report.html").stat().st_mode & 0o077 == 0


def test_an_exercise_that_was_never_graded_is_an_error(course, capsys):
    assert main(["report", "gpt", "--course", str(course.root)]) == 2
    assert "not in the gradebook: gpt" in capsys.readouterr().err


@pytest.mark.browser
@pytest.mark.skipif(lab.CHROMIUM is None and not os.environ.get("CI"), reason="NO CHROMIUM: the page was not looked at")
@pytest.mark.parametrize("width", [1280, 360])
def test_the_page_fits_the_screen_and_asks_for_nothing(page, tmp_path, width):
    file = tmp_path / "report.html"
    file.write_text(page, encoding="utf-8")
    with lab.chromium() as browser, lab.page(browser, viewport={"width": width, "height": 800}) as (tab, errors):
        asked = []
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(file.as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert tab.evaluate("Math.min(...[...document.querySelectorAll('td')].map(e => "
                            "parseFloat(getComputedStyle(e).fontSize)))") >= 14  # fmt: skip
        assert asked == [file.as_uri()] and errors == []
        assert tab.pdf()[:4] == b"%PDF"
