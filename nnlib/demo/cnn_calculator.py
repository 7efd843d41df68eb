"""The CNN calculator: sizes, parameters and real feature maps of a stack of convolutions."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from nnlib import nn
from nnlib.demo.common import drawing_from, times
from nnlib.demo.controls import Moment, slider
from nnlib.demo.stage import Stage

FILTERS = ("edge |", "edge −", "edge /", "edge \\", "line |", "line −", "spot", "blur")


def compute(
    size: int, kernel: int, stride: int, padding: int, layers: int, channels: int, look: int, image: np.ndarray | None
):
    """Run `layers` convolutions with ReLU between them over a photograph of size x size pixels.

    Filter number i of layer 1 is the i-th of FILTERS; in later layers it looks at map number i only. `image` is
    a grey picture (H, W) of your own. Arrays: `image` (size, size); `sizes`, one per layer and the input;
    `counts` (2,): parameters of the convolutions, and of dense layers with as many inputs and outputs; `maps`
    (8 or fewer, s, s): what layer `look` returns; `kernels` (8, k, k). Words: `names`.
    ValueError where a filter does not fit into its image.
    """
    picture = resize(photo() if image is None else _grey(image), size)
    sizes = output_sizes(size, kernel, stride, padding, layers)
    bank = filters(kernel)[:channels]
    look = min(look, layers)
    maps = _feature_maps(picture, bank, stride, padding, look)
    convolution, dense = parameter_counts(sizes, kernel, channels)
    arrays = {"image": picture, "sizes": sizes, "counts": (convolution, dense), "maps": maps, "kernels": bank,
              "names": list(FILTERS[:channels])}
    sees = 1 + (kernel - 1) * sum(stride**i for i in range(layers))
    return arrays, {
        "Output size": f"{sizes[-1]} x {sizes[-1]}, {channels} channel{'s' * (channels > 1)}",
        "Parameters, convolution": f"{convolution:,}",
        "Parameters, dense": f"{dense:,}",
        "Reduction": f"{times(dense / convolution)} times fewer",
        "One output sees": f"{sees} x {sees} pixels" + (", the whole image" if sees >= size else ""),
    }


def output_sizes(size: int, kernel: int, stride: int, padding: int, layers: int) -> list[int]:
    """Width before and after each convolution: (size + 2 padding - kernel) // stride + 1."""
    sizes = [size]
    for layer in range(1, layers + 1):
        wide = sizes[-1] + 2 * padding
        if kernel > wide:
            image = f"{sizes[-1]} x {sizes[-1]} with padding {padding}"
            raise ValueError(f"Layer {layer}: a filter of {kernel} x {kernel} does not fit into an image of {image}. "
                             "Try a smaller filter, less stride, more padding or fewer layers.")
        sizes.append((wide - kernel) // stride + 1)
    return sizes


def parameter_counts(sizes: list[int], kernel: int, channels: int) -> tuple[int, int]:
    """Weights and biases of the convolutions, and of dense layers from each image to the next."""
    depth = [1, *[channels] * (len(sizes) - 1)]
    convolution = sum(channels * (kernel**2 * c + 1) for c in depth[:-1])
    numbers = [c * size**2 for c, size in zip(depth, sizes)]
    return convolution, sum((a + 1) * b for a, b in pairwise(numbers))


def filters(kernel: int) -> np.ndarray:
    """The eight filters of FILTERS as (8, kernel, kernel): slopes and bends of a bell, and the bell itself."""
    at = np.arange(kernel) - (kernel - 1) / 2
    x, y = np.meshgrid(at, at)
    width = max(kernel / 4, 0.5)
    bell = np.exp(-(x**2 + y**2) / (2 * width**2))
    edges = [(a * x + b * y) * bell for a, b in ((1, 0), (0, 1), (1, 1), (1, -1))]
    lines = [(width**2 - d**2) * bell for d in (x, y)]
    spot = (2 * width**2 - x**2 - y**2) * bell
    bank = np.stack([*edges, *(_balanced(f) for f in (*lines, spot)), bell])
    return (bank / np.maximum(np.abs(bank).sum(axis=(1, 2), keepdims=True), 1e-9)).astype(np.float32)


def _balanced(kernel: np.ndarray) -> np.ndarray:
    """Without its mean, so that it answers nothing to an even surface; a 1 x 1 filter stays as it is."""
    return kernel - kernel.mean() if kernel.size > 1 else kernel


def _feature_maps(picture: np.ndarray, bank: np.ndarray, stride: int, padding: int, look: int) -> np.ndarray:
    """What convolution number `look` returns: (C, s, s)."""
    count, kernel = bank.shape[:2]
    x = picture[None, None]                                     # (N=1, C=1, H, W)
    for layer in range(look):
        with drawing_from(0):
            conv = nn.Conv2d(x.shape[1], count, kernel, stride, padding, bias=False)
        own = np.ones((count, 1)) if layer == 0 else np.eye(count)
        conv.weight.data = (own[:, :, None, None] * bank[:, None]).astype(np.float32)      # (C, C or 1, k, k)
        x = conv(np.maximum(x, 0))
    return x[0]


@cache
def photo() -> np.ndarray:
    """Rear Admiral Grace Hopper (96, 96), 1984, photographed by the US Navy; see build.py."""
    with np.load(Path(__file__).with_name("photo.npz")) as stored:
        return stored["grey"].astype(np.float32) / 255


def _grey(image: np.ndarray) -> np.ndarray:
    image = np.asarray(image, np.float32)
    if image.ndim != 2:
        raise ValueError(f"image: expected shape (H, W), got {image.shape}")
    return (image - image.min()) / (np.ptp(image) or 1)


def resize(image: np.ndarray, size: int) -> np.ndarray:
    """(H, W) -> (size, size): each new pixel is the mean of what it covers."""
    rows, columns = (_cover(length, size) for length in image.shape)
    return (rows @ image @ columns.T).astype(np.float32)


def _cover(old: int, new: int) -> np.ndarray:
    """(new, old): which share of each new pixel lies on which old one."""
    edges = np.linspace(0, old, new + 1)
    left, right = edges[:-1, None], edges[1:, None]
    overlap = np.minimum(right, np.arange(1, old + 1)) - np.maximum(left, np.arange(old))
    return np.maximum(overlap, 0) * new / old


def draw_picture(figure, arrays) -> None:
    """The photograph and its feature maps."""
    from nnlib import plot

    axes = figure.subplots(2, 5).T.ravel()
    axes[0].imshow(arrays["image"], cmap="gray")
    axes[0].set_title("input")
    for ax, name, values in zip(axes[2:], arrays["names"], arrays["maps"]):
        bound = np.abs(values).max() or 1
        ax.imshow(values, cmap=plot.DIVERGING, vmin=-bound, vmax=bound)
        ax.set_title(name)
    for ax in axes:
        ax.axis("off")
    sizes = " → ".join(f"{size:g}" for size in arrays["sizes"])
    axes[1].text(0, 0.5, f"width\n{sizes}", fontsize=14)


class CNNCalculator(Stage):
    """A stack of equal convolutions over a real photograph; `CNNCalculator(image=...)` takes a grey one of yours.

    Show: the start, and ask for the output size before each change. Padding 1 with a 3 x 3 filter keeps the
    size: why? Then stride 2. Compare the parameters with dense layers that do the same job. Look at layer 2
    and 3: what is left of an edge after another edge filter?
    """

    title = "CNN calculator: sizes, parameters, feature maps"
    controls = (
        slider("size", "Input size", (8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64), 64, "pixels"),
        slider("kernel", "Filter size", range(1, 12), 3),
        slider("stride", "Stride", range(1, 5), 1),
        slider("padding", "Padding", range(0, 6), 0),
        slider("layers", "Layers", range(1, 6), 2),
        slider("channels", "Channels", (1, 2, 4, 8, 16, 32, 64), 8),
        slider("look", "Look at layer", range(1, 6), 1),
    )
    moments = (
        Moment("3 x 3 filters", "64 pixels, two 3 x 3 filters. How wide is the output, and why not 64?"),
        Moment("Same size", "Which padding keeps the size for a filter of 3, of 5, of 7?", padding=1),
        Moment("Stride 2", "Halve the width in each layer. How much does one output see now?",
               stride=2, padding=1, layers=3, look=2),
        Moment("Does not fit", "Why is there no output? Mend it in three different ways.",
               size=16, kernel=9, layers=3),
    )
    takes = ("image",)
    compute = staticmethod(compute)
    draw_picture = staticmethod(draw_picture)
    pytorch = """
        import torch
        from torch import nn
        layers, channels = [], 1
        for i in range({layers}):
            layers += [nn.Conv2d(channels, {channels}, {kernel}, stride={stride}, padding={padding}), nn.ReLU()]
            channels = {channels}
        model = nn.Sequential(*layers)
        print(model(torch.zeros(1, 1, {size}, {size})).shape)
        print(sum(p.numel() for p in model.parameters()))
    """
