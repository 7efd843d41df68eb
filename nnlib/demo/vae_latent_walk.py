"""The latent walk: two numbers, decoded into a handwritten digit, and the way from one digit to another."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from nnlib import data
from nnlib.demo.common import drawing_from, load_weights
from nnlib.demo.controls import Moment, choice, slider, steps, toggle
from nnlib.demo.stage import Stage
from nnlib.models.numpy import VAE
from nnlib.nn.activation import sigmoid

WALK, REACH, TILES = 9, 3.0, 13
DIGITS = tuple("0123456789")


def compute(z1: float, z2: float, start: str, end: str, tiles: bool):
    """Decode (z1, z2) by a VAE that build.py has trained, and walk from one digit's code to another's.

    Arrays: `codes` (500, 2) and `labels` (500,) of test images; images as 0 ... 255: `image` (28, 28) at (z1, z2),
    `walk` (9, 28, 28) decoded on the straight way between two codes, `blend` (9, 28, 28) the same mixture of the
    pixels; `path` (9, 2); `map` (13 * 28, 13 * 28), everything decoded on a grid, or empty where not `tiles`.
    """
    images, labels, codes = test_digits()
    ends = [typical(int(digit)) for digit in (start, end)]
    part = np.linspace(0, 1, WALK)[:, None]
    path = (1 - part) * codes[ends[0]] + part * codes[ends[1]]
    blend = (1 - part) * images[ends[0]] + part * images[ends[1]]
    arrays = {
        "codes": codes[::2], "labels": labels[::2], "image": decode(np.array([[z1, z2]]))[0], "walk": decode(path),
        "blend": _bytes(blend), "path": path, "map": tile_map() if tiles else np.zeros((0, 0), np.uint8),
    }
    return arrays, _readouts(np.array([z1, z2]), codes, labels)


@cache
def model() -> VAE:
    """The trained VAE, 784-128-2-128-784."""
    with drawing_from(0):
        vae = VAE(784, 128, 2)
    return load_weights(vae, Path(__file__).with_name("vae.npz")).eval()


@cache
def test_digits() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """1,000 images (N, 784) that the VAE has not seen, their labels (N,), and their codes (N, 2)."""
    _, (x, y) = data.mnist(flat=True)
    return x, y, model().encoder(x)[:, :2]


@cache
def typical(digit: int) -> int:
    """The test image of this digit whose code is nearest to the middle of that digit's codes."""
    _, labels, codes = test_digits()
    own = np.flatnonzero(labels == digit)
    middle = np.median(codes[own], axis=0)
    return int(own[np.linalg.norm(codes[own] - middle, axis=1).argmin()])


def decode(codes: np.ndarray) -> np.ndarray:
    """(N, 2) -> images (N, 28, 28), 0 ... 255."""
    return _bytes(sigmoid(model().decoder(codes.astype(np.float32))))


def _bytes(images: np.ndarray) -> np.ndarray:
    return np.round(255 * images).astype(np.uint8).reshape(-1, 28, 28)


@cache
def tile_map() -> np.ndarray:
    """The whole plane of codes as one picture of 13 x 13 decoded digits."""
    side = REACH * (1 - 1 / TILES) * np.linspace(-1, 1, TILES)
    plane = np.stack(np.meshgrid(side, side[::-1]), axis=-1).reshape(-1, 2)
    tiles = decode(plane).reshape(TILES, TILES, 28, 28)             # rows, columns, H, W
    return tiles.transpose(0, 2, 1, 3).reshape(TILES * 28, TILES * 28)


def _readouts(z: np.ndarray, codes: np.ndarray, labels: np.ndarray) -> dict[str, str]:
    nearest = labels[np.linalg.norm(codes - z, axis=1).argsort()[:10]]
    kinds, counts = np.unique(nearest, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    far = float(np.hypot(*z))
    return {
        "Code": f"({z[0]:g}, {z[1]:g})",
        "The ten nearest test digits": ", ".join(f"{kinds[i]} ({counts[i]} times)" for i in order),
        "Distance from the middle": f"{far:.2f}: " + _rarity(np.exp(-(far**2) / 2)),
    }


def _rarity(beyond: float) -> str:
    """In the prior, the standard normal in two dimensions, the part exp(-r^2 / 2) of all codes is farther out."""
    return f"{beyond:.0%} of all codes are farther out" if beyond > 0.02 else "hardly any code is so far out"


def draw_picture(figure, arrays) -> None:
    """The codes by digit, the decoded picture, the walk."""
    parts = figure.subfigures(1, 2)
    ax = parts[0].subplots()
    for digit in range(10):
        for x, y in arrays["codes"][arrays["labels"] == digit][:30]:
            ax.text(x, y, str(digit), fontsize=8, ha="center", va="center")
    ax.plot(*np.asarray(arrays["path"]).T, "o-")
    ax.set(xlim=(-3, 3), ylim=(-3, 3), xlabel="z1", ylabel="z2")
    axes = parts[1].subplots(2, 5).ravel()
    for ax, image in zip(axes, [arrays["image"], *arrays["walk"]]):
        ax.imshow(image, cmap="gray_r")
        ax.axis("off")


class VAELatentWalk(Stage):
    """All digits from two numbers: a map of the codes, and the decoder's picture of any place in it.

    Show: drag through the map and let the class call out the digit before it is one. Then the two rows: halfway in
    code is a digit, halfway in pixels is a double exposure. Ask what lies at the edge, where no code was.
    """

    title = "VAE: a walk through the space of codes"
    controls = (
        slider("z1", "Code z1", steps(-3, 3, 0.1), -1.0),
        slider("z2", "Code z2", steps(-3, 3, 0.1), -1.8),
        choice("start", "Walk from", DIGITS, "0"),
        choice("end", "Walk to", DIGITS, "7"),
        toggle("tiles", "Show the map as pictures"),
    )
    moments = (
        Moment("A zero", "Which digit will appear if you go to the right? And up?"),
        Moment("A map of digits", "Which digits are neighbours, and why these?", tiles=True),
        Moment("Far out", "No training image has its code here. What does the decoder do?", z1=3.0, z2=-3.0),
        Moment("4 to 9", "Where on the way does a 4 become a 9? And in pixels?", start="4", end="9"),
    )
    handout_settings = 1000
    compute = staticmethod(compute)
    draw_picture = staticmethod(draw_picture)
    pytorch = """
        import torch
        from nnlib.models.torch import VAE
        model = VAE(784, 128, 2)
        model.load_state_dict(weights)  # trained with nnlib: the names and shapes are the same
        image = torch.sigmoid(model.decoder(torch.tensor([[{z1}, {z2}]]))).reshape(28, 28)
    """
