"""The figures of the lessons, in colours that colour-blind readers tell apart, and never by colour alone.

Functions that draw one panel take `ax` (or make a figure of their own) and return it; `show` puts a figure
into the notebook together with a description for those who cannot see it. Importing this does not import
matplotlib.
"""

from __future__ import annotations

import base64
import html
import io
import math
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle, pairwise
from typing import TYPE_CHECKING

import numpy as np

from nnlib.notebook import display_html

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# The palette of Okabe and Ito (2008), without its yellow, which is too pale for lines on white.
BLUE, ORANGE, GREEN, RED, PURPLE, SKY, BLACK = COLORS = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#000000"
)
MARKERS = "os^DvP*"
LINES = ("-", "--", "-.", ":")
DIVERGING = "RdBu_r"                             # blue negative, white zero, red positive

_STYLE = {
    "figure.figsize": (6, 4), "figure.dpi": 110, "figure.constrained_layout.use": True,
    "font.size": 13, "axes.titlesize": 14, "legend.fontsize": 12, "lines.linewidth": 2,
    "axes.spines.top": False, "axes.spines.right": False, "legend.edgecolor": "none",
}


def pyplot():
    """matplotlib.pyplot in the style of the lessons: larger type, the palette, dashes beside colours."""
    import matplotlib.pyplot as plt

    dashes = [line for _, line in zip(COLORS, cycle(LINES))]
    plt.rcParams.update(_STYLE)
    plt.rcParams["axes.prop_cycle"] = plt.cycler(color=COLORS, linestyle=dashes)
    return plt


def show(figure: Figure | Axes, alt: str, caption: str = "") -> None:
    """Display a figure (or the figure of `ax`) with `alt` as the text for screen readers, and close it.

    `alt` says in words what there is to see; `caption`, if any, stands below for everybody. Outside a
    notebook this prints the text. ValueError where `alt` is empty.
    """
    if not alt.strip():
        raise ValueError("alt: expected a description of the figure, got an empty text")
    figure = figure.figure
    display_html(_html(figure, alt, caption), f"[figure] {alt}")
    pyplot().close(figure)


def _html(figure: Figure, alt: str, caption: str) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=2 * figure.dpi, facecolor="white")    # sharp on fine screens
    source = f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
    width = round(figure.get_figwidth() * figure.dpi)
    text = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
    image = f'<img alt="{html.escape(alt)}" width="{width}" style="max-width:100%" src="{source}">'
    return f'<figure style="margin:0">{image}{text}</figure>'


def _axes(ax: Axes | None, **size) -> Axes:
    """`ax`, or the axes of a new figure."""
    return pyplot().subplots(**size)[1] if ax is None else ax


def _checked(name: str, array: np.ndarray, *shape: int | None) -> np.ndarray:
    """`array` as an array, after a check of its shape; None fits any length."""
    array = np.asarray(array)
    if array.ndim != len(shape) or any(want not in (None, got) for want, got in zip(shape, array.shape)):
        want = ", ".join("any" if n is None else str(n) for n in shape)
        raise ValueError(f"{name}: expected shape ({want}), got {array.shape}")
    return array


def points(x: np.ndarray, y: np.ndarray, ax: Axes | None = None) -> Axes:
    """Points in the plane: a colour and a marker for each class. x (N, 2), y (N,) whole numbers, else ValueError."""
    x = _checked("x", x, None, 2)
    y = _checked("y", y, len(x))
    ax = _axes(ax)
    for k, color, marker in zip(np.unique(y), cycle(COLORS), cycle(MARKERS)):
        style = {"s": 45, "color": color, "marker": marker, "edgecolor": "white", "zorder": 3}
        ax.scatter(*x[y == k].T, label=f"class {k:g}", **style)
    ax.legend()
    return ax


def decision_boundary(
    predict: Callable[[np.ndarray], np.ndarray], x: np.ndarray, y: np.ndarray,
    ax: Axes | None = None, threshold: float = 0.5, resolution: int = 200,
) -> Axes:
    """What a classifier says everywhere in the plane, with the data on top.

    `predict` gets (M, 2) float32 and returns (M,) or (M, 1) scores, cut at `threshold` (0.5 for probabilities,
    0 for logits), or (M, K) scores, of which the largest wins. x (N, 2), y (N,) with the classes.
    """
    ax = points(x, y, ax)
    low, high = np.min(x, axis=0), np.max(x, axis=0)
    margin = 0.15 * (high - low) + 1e-6
    sides = np.linspace(low - margin, high + margin, resolution).T
    a, b = np.meshgrid(*sides)                                              # (resolution, resolution) each
    scores = np.asarray(predict(np.stack([a, b], axis=-1).reshape(-1, 2).astype(np.float32)))
    scores = scores.reshape(a.size, -1)                                     # (M, 1) or (M, K)
    region = scores.argmax(axis=1) if scores.shape[1] > 1 else scores[:, 0] > threshold
    classes = max(2, scores.shape[1])
    region = region.reshape(a.shape)
    levels = np.arange(classes + 1) - 0.5
    ax.contourf(a, b, region, levels, colors=COLORS[:classes], alpha=0.25)
    ax.contour(a, b, region, levels[1:-1], colors=BLACK, linestyles="-")
    return ax


def decision_line(w: np.ndarray, b: float, x: np.ndarray, y: np.ndarray, ax: Axes | None = None) -> Axes:
    """Where a neuron with a step fires, w . x + b > 0: its line, across it w as an arrow, and the data on top.

    x (N, 2), y (N,) with the classes; w (2,), ValueError where both are 0: then there is no line.
    """
    w = _checked("w", w, 2)
    length = np.linalg.norm(w)
    if length == 0:
        raise ValueError(f"w: expected a weight other than 0, got {w}")
    ax = decision_boundary(lambda x: x @ w + b, x, y, ax, threshold=0)
    ax.get_legend().remove()
    middle = np.mean(x, axis=0)
    foot = middle - (middle @ w + b) / length**2 * w        # on the line, as near to the middle as possible
    ax.annotate("", foot + 0.3 * w / length, foot, arrowprops={"width": 2, "color": BLACK})
    ax.set(title=f"w = ({w[0]:g}, {w[1]:g}), b = {b:g}", xlabel="x1", ylabel="x2", aspect="equal")
    return ax


def loss_curves(
    curves: Mapping[str, Sequence[float]], ax: Axes | None = None, ylabel: str = "loss",
    log: bool = False, mark: int | None = None,
) -> Axes:
    """One line per name over the epochs, from 1; `mark` draws a vertical line at that epoch, say the best."""
    ax = _axes(ax)
    for name, values in curves.items():
        ax.plot(np.arange(1, len(values) + 1), values, label=name)
    if mark is not None:
        ax.axvline(mark, color=BLACK, linestyle=":", linewidth=1.5, label=f"epoch {mark}")
    ax.set(xlabel="epoch", ylabel=ylabel, yscale="log" if log else "linear")
    ax.legend()
    return ax


def contour(
    f: Callable[[np.ndarray, np.ndarray], np.ndarray],
    xlim: tuple[float, float], ylim: tuple[float, float],
    paths: Mapping[str, np.ndarray] | None = None, minimum: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Contour lines of f(x, y), evenly spaced in its logarithm, and the paths that optimizers took over them.

    `f` works on arrays. `paths` has (T, 2) for each name; a small dot marks each start, its own marker the end.
    `minimum` gets a star. ValueError for paths of another shape.
    """
    ax = _axes(ax)
    a, b = np.meshgrid(np.linspace(*xlim, 200), np.linspace(*ylim, 200))
    height = f(a, b)
    above = height - height.min()
    levels = height.min() + above.max() * np.geomspace(1e-4, 1, 14)
    ax.contour(a, b, height, levels, colors="0.7", linewidths=0.8, linestyles="-")
    styles = zip((paths or {}).items(), cycle(COLORS), cycle(MARKERS), cycle(LINES))
    for (name, path), color, marker, line in styles:
        path = _checked(f"paths[{name!r}]", path, None, 2)
        ax.plot(*path.T, line, color=color, marker=marker, markevery=[-1], markersize=9, label=name)
        ax.plot(*path[0], "o", color=color, markersize=5)
    if minimum is not None:
        ax.plot(*minimum, "*", color=BLACK, markersize=15, label="minimum")
    ax.set(xlabel="x", ylabel="y", xlim=xlim, ylim=ylim)
    if paths or minimum:
        ax.legend()
    return ax


def histograms(arrays: Mapping[str, np.ndarray], bins: int = 40) -> Figure:
    """A histogram per name on one horizontal scale, each with its standard deviation; arrays of any shape."""
    size = (max(4, 2 * len(arrays)), 2.8)
    fig, axes = pyplot().subplots(1, len(arrays), sharex=True, squeeze=False, figsize=size)
    for ax, (name, values) in zip(axes[0], arrays.items()):
        ax.hist(np.ravel(values), bins, color=BLUE)
        ax.set_title(f"{name}\nstd {np.std(values):.2g}")
        ax.set_yticks([])
    return fig


def images(
    x: np.ndarray, titles: Sequence | None = None, columns: int = 8, cmap: str = "gray_r",
    limits: tuple[float, float] | None = None,
) -> Figure:
    """A grid of images: x (N, H, W) or (N, C, H, W) with C 1 (grey) or 3 (colour, values in [0, 1]).

    All images share the grey values `limits` (default: the smallest and largest value of x). With `DIVERGING` colours
    the large values also show their sign. ValueError for other shapes.
    """
    x = np.asarray(x)
    x = x[:, None] if x.ndim == 3 else x                                    # (N, C, H, W)
    if x.ndim != 4 or x.shape[1] not in (1, 3):
        raise ValueError(f"x: expected shape (N, H, W), (N, 1, H, W) or (N, 3, H, W), got {x.shape}")
    low, high = limits or (x.min(), x.max())
    columns = min(columns, len(x))
    rows = math.ceil(len(x) / columns)
    size = (columns, rows * (1 if titles is None else 1.25))
    fig, axes = pyplot().subplots(rows, columns, squeeze=False, figsize=size)
    for ax in axes.flat:
        ax.axis("off")
    for ax, image in zip(axes.flat, x):
        picture = ax.imshow(image[0] if len(image) == 1 else image.transpose(1, 2, 0), cmap=cmap, vmin=low, vmax=high)
        if cmap == DIVERGING:
            _signs(picture, high / 3)
    for ax, title in zip(axes.flat, [] if titles is None else titles):
        ax.set_title(title, fontsize=12)
    return fig


def _signs(picture, bound: float) -> None:
    """Write + and – on the values beyond `bound`: colour does not speak alone."""
    for (i, j), value in np.ndenumerate(picture.get_array()):
        if abs(value) > bound:
            sign = "+" if value > 0 else "–"
            picture.axes.text(j, i, sign, ha="center", va="center", fontsize=7, color=_ink(picture, value))


def filters(weight: np.ndarray, columns: int = 8) -> Figure:
    """The filters of a convolution: weight (F, C, kh, kw), every input channel its own picture.

    Blue is negative, white is zero, red is positive. ValueError for other shapes.
    """
    weight = _checked("weight", weight, None, None, None, None)
    pictures = weight.reshape(-1, *weight.shape[2:])                        # (F*C, kh, kw)
    bound = np.abs(pictures).max()
    return images(pictures, columns=columns, cmap=DIVERGING, limits=(-bound, bound))


def heatmap(
    values: np.ndarray, rows: Sequence | None = None, columns: Sequence | None = None,
    ax: Axes | None = None, numbers: bool = True, cmap: str = "cividis",
) -> Axes:
    """A matrix (R, C) as coloured cells, with its numbers inside, and names; ValueError for other shapes."""
    values = _checked("values", values, None, None)
    ax = _axes(ax)
    picture = ax.imshow(values, cmap=cmap)
    ax.figure.colorbar(picture, ax=ax)
    ax.set_xticks(range(values.shape[1]), columns if columns is not None else range(values.shape[1]))
    ax.set_yticks(range(values.shape[0]), rows if rows is not None else range(values.shape[0]))
    if numbers:
        for (i, j), value in np.ndenumerate(values):
            ax.text(j, i, f"{value:.3g}", ha="center", va="center", color=_ink(picture, value))
    return ax


def _ink(picture, value: float) -> str:
    """Black or white, whichever is read better on the colour of `value` (luminance as in ITU-R BT.709)."""
    red, green, blue, _ = picture.cmap(picture.norm(value))
    return "black" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.45 else "white"


def attention_map(
    weights: np.ndarray, queries: Sequence[str], keys: Sequence[str], ax: Axes | None = None,
    numbers: bool = False,
) -> Axes:
    """Attention weights (T, S): each row says where its query looks; rows sum to 1. ValueError for other shapes."""
    weights = _checked("weights", weights, len(queries), len(keys))
    ax = heatmap(weights, queries, keys, ax, numbers)
    ax.tick_params(axis="x", rotation=90)
    ax.set(xlabel="looks at (key)", ylabel="word that looks (query)")
    return ax


def roc(curves: Mapping[str, tuple[np.ndarray, np.ndarray]], ax: Axes | None = None) -> Axes:
    """ROC curves: (fpr, tpr) for each name, from `metrics.roc_curve`, with the line of pure guessing."""
    ax = _axes(ax, figsize=(5, 5))
    for name, (fpr, tpr) in curves.items():
        ax.plot(fpr, tpr, label=name)
    ax.plot([0, 1], [0, 1], color="0.5", linestyle=":", label="guessing")
    ax.set(xlabel="false positive rate", ylabel="true positive rate", aspect="equal")
    ax.legend(loc="lower right")
    return ax


def precision_recall(curves: Mapping[str, tuple[np.ndarray, np.ndarray]], ax: Axes | None = None) -> Axes:
    """Precision against recall: (precision, recall) for each name, from `metrics.precision_recall_curve`.

    Its last point, precision 1 at recall 0, belongs to no threshold and is left out.
    """
    ax = _axes(ax, figsize=(5, 5))
    for name, (precision, recall) in curves.items():
        ax.plot(recall[:-1], precision[:-1], label=name)
    ax.set(xlabel="recall", ylabel="precision", xlim=(-0.02, 1.02), ylim=(0, 1.05))
    ax.legend()
    return ax


def reliability(said: np.ndarray, happened: np.ndarray, count: np.ndarray, ax: Axes | None = None) -> Axes:
    """Are probabilities true? A disc per bin: its mean probability, the share of class 1, how many are in it.

    said, happened, count: (B,), else ValueError. On the dotted diagonal what is said is what happens; a red line
    leads from there to the disc, whose area grows with the count.
    """
    said = _checked("said", said, None)
    happened = _checked("happened", happened, len(said))
    count = _checked("count", count, len(said))
    ax = _axes(ax, figsize=(5, 5))
    ax.plot([0, 1], [0, 1], ":", color="0.5")
    ax.vlines(said, said, happened, color=RED)
    ax.scatter(said, happened, 2400 * count / count.sum(), color=BLUE, edgecolor="white", zorder=3)
    ax.set(xlabel="what it says: mean probability", ylabel="what happens: share of class 1",
           xlim=(-0.12, 1.12), ylim=(-0.12, 1.12), aspect="equal")
    return ax


def network(
    sizes: Sequence[int], weights: Sequence[np.ndarray] | None = None,
    values: Sequence[np.ndarray] | None = None, ax: Axes | None = None, most: int = 6,
) -> Axes:
    """A multi-layer perceptron as circles and lines, inputs at the left.

    `sizes` counts the neurons of each layer. `weights` has one (sizes[i+1], sizes[i]) matrix per gap, as in
    Linear (or gradients of that shape): a thicker line is a larger number, red and solid positive, blue and
    dashed negative. `values` has one (sizes[i],) array per layer, written into the circles. Of a layer with
    more than `most` neurons the first are drawn and all are counted. ValueError where shapes do not fit.
    """
    height = min(max(sizes), most)
    ax = _axes(ax, figsize=(2.2 * len(sizes), 0.9 * (height + 0.5)))
    places = [_column(i, size, most) for i, size in enumerate(sizes)]
    for i, (left, right) in enumerate(pairwise(places)):
        shape = (sizes[i + 1], sizes[i])
        matrix = None if weights is None else _checked(f"weights[{i}]", weights[i], *shape)
        _draw_edges(ax, left, right, matrix)
    for i, (size, column) in enumerate(zip(sizes, places)):
        row = None if values is None else _checked(f"values[{i}]", values[i], size)
        _draw_nodes(ax, column, row)
        if size > len(column):
            ax.text(i, column[-1][1] - 0.52, f"... {size} in all", ha="center", va="center", fontsize=11)
    ax.set(xlim=(-0.4, len(sizes) - 0.6), ylim=(-height / 2 - 0.25, height / 2 + 0.25))
    ax.axis("off")
    return ax


def _column(layer: int, size: int, most: int) -> list[tuple[float, float]]:
    """The places of the neurons that are drawn of one layer, from top to bottom."""
    drawn = min(size, most)
    return [(layer, (drawn - 1) / 2 - k) for k in range(drawn)]


def _draw_edges(ax: Axes, left: list, right: list, matrix: np.ndarray | None) -> None:
    """Lines from every neuron at the left to every one at the right; few of them also carry their number."""
    largest = 1.0 if matrix is None else np.abs(matrix).max() or 1.0
    for j, (x1, y1) in enumerate(right):
        for i, (x0, y0) in enumerate(left):
            weight = 0.3 if matrix is None else matrix[j, i] / largest
            color = "0.6" if matrix is None else RED if weight >= 0 else BLUE
            ax.plot([x0, x1], [y0, y1], color=color, linestyle="-" if weight >= 0 else (0, (4, 2)),
                    linewidth=0.5 + 3 * abs(weight), zorder=1)
            if matrix is not None and len(left) * len(right) <= 9:
                at = (0.3, 0.7, 0.5)[i % 3]          # neighbours apart, so that numbers do not collide
                _label(ax, x0 + at * (x1 - x0), y0 + at * (y1 - y0), matrix[j, i])


def _draw_nodes(ax: Axes, column: list, row: np.ndarray | None) -> None:
    """Circles, with their values inside."""
    ax.scatter(*zip(*column), s=1100, color="white", edgecolor=BLACK, linewidth=1.5, zorder=3)
    for (x, y), value in zip(column, [] if row is None else row):
        _label(ax, x, y, value)


def _label(ax: Axes, x: float, y: float, value: float) -> None:
    box = {"color": "white", "pad": 0.8}
    ax.text(x, y, f"{value:.2g}", ha="center", va="center", fontsize=10, bbox=box, zorder=4)
