"""Figures: they hold what they were given, say so to screen readers, and refuse what they cannot draw."""

import io
import json

import matplotlib
import numpy as np
import pytest

matplotlib.use("Agg")

from nnlib import data, plot


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plot.pyplot().close("all")


def render(figure):
    """The figure's pixels: drawing is where matplotlib complains."""
    buffer = io.BytesIO()
    figure.figure.savefig(buffer, format="rgba", dpi=40)
    return np.frombuffer(buffer.getvalue(), np.uint8).reshape(-1, 4)


RNG = np.random.default_rng(0)
X, Y = data.crescents(60, 0.1, 0)
FIGURES = {
    "points": lambda: plot.points(X, Y),
    "boundary of probabilities": lambda: plot.decision_boundary(lambda x: x[:, 0] > 0.5, X, Y),
    "boundary of logits": lambda: plot.decision_boundary(lambda x: x[:, :1], X, Y, threshold=0),
    "boundary of three": lambda: plot.decision_boundary(lambda x: x @ RNG.normal(size=(2, 3)), X, Y),
    "boundary of one class everywhere": lambda: plot.decision_boundary(lambda x: x[:, 0] * 0, X, Y),
    "line of a neuron": lambda: plot.decision_line((1, -2), 0.5, X, Y),
    "loss": lambda: plot.loss_curves({"train": [3, 2, 1], "test": [3, 2.5]}, log=True, mark=2),
    "contour": lambda: plot.contour(lambda x, y: x * x + 9 * y * y, (-1, 1), (-1, 1),
                                    {"SGD": RNG.normal(size=(5, 2))}, (0, 0)),
    "histograms": lambda: plot.histograms({"one": RNG.normal(size=(9, 9)), "dead": np.zeros(9)}),
    "images": lambda: plot.images(data.digits()[0][0][:10], range(10)),
    "colour images": lambda: plot.images(RNG.random((3, 3, 5, 5))),
    "filters": lambda: plot.filters(RNG.normal(size=(4, 2, 3, 3))),
    "heatmap": lambda: plot.heatmap(np.eye(3)),
    "attention": lambda: plot.attention_map(np.eye(2, 3), ["a", "b"], ["c", "d", "e"], numbers=True),
    "roc": lambda: plot.roc({"model": ([0, 0.2, 1], [0, 0.9, 1])}),
    "precision and recall": lambda: plot.precision_recall({"model": ([0.4, 0.8, 1], [1, 0.5, 0])}),
    "reliability": lambda: plot.reliability([0.1, 0.8], [0.2, 0.5], [30, 10]),
    "network": lambda: plot.network([2, 3, 1]),
    "network with numbers": lambda: plot.network([2, 3, 1], [np.ones((3, 2)), np.zeros((1, 3))],
                                                 [[1, 2], [3, 4, 5], [6]]),
    "large network": lambda: plot.network([784, 100, 10]),
}


@pytest.mark.parametrize("name", FIGURES)
def test_it_draws_something(name):
    assert len(np.unique(render(FIGURES[name]()), axis=0)) > 2


def test_the_decision_boundary_is_where_the_classifier_says():
    ax = plot.decision_boundary(lambda x: x[:, 0] - 0.5, X, Y, threshold=0)
    lines = [path.vertices for c in ax.collections for path in c.get_paths() if len(c.get_edgecolor()) == 1]
    assert any(len(line) > 50 and np.allclose(line[:, 0], 0.5, atol=0.02) for line in lines)


def test_a_neurons_line_has_its_weights_at_a_right_angle_on_the_side_that_fires():
    ax = plot.decision_line((3, 4), -1, X, Y)
    arrow = ax.texts[0]
    foot, tip = np.array(arrow.xyann), np.array(arrow.xy)
    assert foot @ (3, 4) == pytest.approx(1) and tip @ (3, 4) > 1
    assert np.allclose((tip - foot) / np.linalg.norm(tip - foot), (0.6, 0.8))
    assert ax.get_title() == "w = (3, 4), b = -1"


def test_panels_can_share_a_figure():
    _, axes = plot.pyplot().subplots(1, 2)
    assert plot.points(X, Y, axes[1]) is axes[1]
    assert plot.loss_curves({"a": [1]}, axes[0]) is axes[0]


def test_classes_differ_in_marker_and_curves_in_dashes():
    first, second = plot.points(X, Y).collections
    assert first.get_paths()[0].vertices.shape != second.get_paths()[0].vertices.shape
    lines = plot.loss_curves({"a": [1, 2], "b": [2, 3]}).lines
    assert lines[0].get_linestyle() != lines[1].get_linestyle()


def test_precision_recall_draws_only_what_has_a_threshold():
    (line,) = plot.precision_recall({"model": ([0.4, 0.8, 1], [1, 0.5, 0])}).lines
    assert line.get_xydata().tolist() == [[1, 0.4], [0.5, 0.8]]


def test_a_bin_of_probabilities_is_a_disc_of_the_size_of_its_count():
    lines, discs = plot.reliability([0.1, 0.8], [0.2, 0.5], [30, 10]).collections
    assert discs.get_offsets().tolist() == [[0.1, 0.2], [0.8, 0.5]]
    assert np.divide(*discs.get_sizes()) == pytest.approx(3)
    assert [path.vertices[:, 1].tolist() for path in lines.get_paths()] == [[0.1, 0.2], [0.8, 0.5]]


def test_numbers_stand_in_the_network():
    ax = plot.network([1, 2], [np.array([[0.25], [-4.0]])], [[7], [8, 9]])
    assert {t.get_text() for t in ax.texts} == {"0.25", "-4", "7", "8", "9"}
    assert "784 in all" in "".join(t.get_text() for t in plot.network([784, 2]).texts)


def test_the_signs_of_filters_are_told_without_colour():
    texts = plot.filters(np.array([[[[3.0, -2.0], [0.5, 0.0]]]])).axes[0].texts
    assert [(text.get_text(), text.get_position()) for text in texts] == [("+", (0, 0)), ("–", (1, 0))]


def test_numbers_in_a_heatmap_can_be_read():
    """Black on the light end of the colours, white on the dark one."""
    assert {t.get_text(): t.get_color() for t in plot.heatmap(np.eye(2)).texts} == {"0": "white", "1": "black"}


def test_contour_lines_lie_between_the_lowest_and_the_highest_point():
    levels = plot.contour(lambda x, y: x * x + 9 * y * y + 5, (-1, 1), (-1, 1)).collections[0].levels
    assert len(levels) > 10 and 5 < levels[0] < 5.1 and levels[-1] <= 15


def test_a_network_is_drawn_whole_and_shows_the_signs_of_its_weights():
    ax = plot.network([1, 2, 4], [np.array([[0.25], [-0.5]]), np.ones((4, 2))])
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    places = np.concatenate([layer.get_offsets() for layer in ax.collections])
    assert len(places) == 7 and places[:, 1].max() == -places[:, 1].min()
    (x0, y0), (x1, y1) = places.min(axis=0), places.max(axis=0)
    margins = [x0 - left, right - x1, y0 - low, high - y1]
    assert margins == pytest.approx([0.4, 0.4, 0.75, 0.75])      # room for the circles and for what is counted below
    assert [(line.get_color(), line.get_linestyle()) for line in ax.lines[:2]] == [(plot.RED, "-"), (plot.BLUE, "--")]


@pytest.mark.parametrize("name, call", [
    ("x", lambda: plot.points(np.ones((3, 4)), np.ones(3))),
    ("y", lambda: plot.points(np.ones((3, 2)), np.ones(4))),
    (r"paths\['a'\]", lambda: plot.contour(lambda x, y: x * y, (0, 1), (0, 1), {"a": np.ones((3, 1))})),
    ("w", lambda: plot.decision_line((0, 0), 1, X, Y)),
    ("x", lambda: plot.images(np.ones((3, 2, 4, 4)))),
    ("weight", lambda: plot.filters(np.ones((3, 3)))),
    ("weights", lambda: plot.attention_map(np.eye(2), ["a"], ["b", "c"])),
    ("happened", lambda: plot.reliability([0.1, 0.9], [0.5], [3, 4])),
    (r"weights\[1\]", lambda: plot.network([2, 3, 1], [np.ones((3, 2)), np.ones((3, 1))])),
    (r"values\[0\]", lambda: plot.network([2, 3], values=[[1], [1, 2, 3]])),
    ("alt", lambda: plot.show(plot.points(X, Y), " ")),
])
def test_bad_arguments_are_named(name, call):
    with pytest.raises(ValueError, match=f"^{name}: expected .*, got "):
        call()


def test_show_outside_a_notebook_prints_the_description_and_closes(capsys):
    plot.show(plot.points(X, Y), "two crescents")
    assert "two crescents" in capsys.readouterr().out
    assert plot.pyplot().get_fignums() == []


def test_show_in_a_notebook_gives_an_image_with_alt_text():
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    cell = nbformat.v4.new_code_cell(
        "from nnlib import plot\n"
        "plot.show(plot.loss_curves({'train': [2, 1]}), 'the loss \"falls\"', caption='loss & epochs')"
    )
    notebook = nbformat.v4.new_notebook(cells=[cell])
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    (output,) = json.loads(json.dumps(notebook.cells[0].outputs))       # one picture, not two
    page = output["data"]["text/html"]
    assert 'alt="the loss &quot;falls&quot;"' in page
    assert "<figcaption>loss &amp; epochs</figcaption>" in page
    assert "data:image/png;base64," in page
    assert output["data"]["text/plain"] == '[figure] the loss "falls"'
