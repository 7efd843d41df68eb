"""Make the stored results and weights of the demos again: `python -m nnlib.demo.build`, or only `... build trainings`.

Demos that train show a finished run at once: that of their defaults, computed here and stored beside them.
"""

from __future__ import annotations

import inspect
import math
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import numpy as np

from nnlib import data, demo, nn
from nnlib.demo import packing
from nnlib.demo.cnn_calculator import resize
from nnlib.demo.common import drawing_from
from nnlib.models.numpy import VAE
from nnlib.nn.activation import sigmoid
from nnlib.optim import Adam, AdamW, CosineAnnealingLR, LambdaLR, clip_grad_norm_
from nnlib.train import fit

HERE = Path(__file__).parent


def trainings() -> None:
    """The default run of every demo whose `compute` is a generator."""
    for name, module in demo.DEMOS.items():
        cls = getattr(demo, name)
        if inspect.isgeneratorfunction(cls.compute):
            defaults = {control.name: control.default for control in cls.controls}
            *_, last = import_module(f"nnlib.demo.{module}").compute(**defaults, **dict.fromkeys(cls.takes))
            packing.save(HERE / f"{module}.npz", last[:2])


def photo() -> None:
    """Grace Hopper, 1984, by James S. Davis, US Navy: public domain, as it comes with matplotlib; grey, 96 x 96."""
    from matplotlib import cbook, image

    colour = image.imread(cbook.get_sample_data("grace_hopper.jpg"), format="jpg")[20:370, 80:430]
    grey = resize(colour @ (0.299, 0.587, 0.114), 96)
    np.savez_compressed(HERE / "photo.npz", grey=np.round(grey).astype(np.uint8))


def scores() -> None:
    """Probabilities that logistic regressions give to images and patients they have not seen."""
    (x, y), (x_test, y_test) = data.breast_cancer()
    x, x_test = ((part - x.mean(axis=0)) / x.std(axis=0) for part in (x, x_test))
    tasks = {
        "malignant tumour": (x, y, x_test, y_test),
        "tumour, texture only": (x[:, 1:2], y, x_test[:, 1:2], y_test),
        "digit 8": _one_against_all(data.mnist(flat=True), 8),
        "shirt": _one_against_all(data.fashion(flat=True), 6),
    }
    arrays = {}
    for name, (x, y, x_test, y_test) in tasks.items():
        arrays |= {f"{name} scores": logistic_scores(x, y, x_test), f"{name} labels": y_test.astype(np.uint8)}
    np.savez_compressed(HERE / "scores.npz", **arrays)


def _one_against_all(sets: tuple, which: int) -> tuple:
    (x, y), (x_test, y_test) = sets
    return x, (y == which).astype(int), x_test, (y_test == which).astype(int)


def logistic_scores(x: np.ndarray, y: np.ndarray, x_test: np.ndarray) -> np.ndarray:
    """Train on x (N, D), y (N,); the probabilities of class 1 for x_test (M, D): (M,) float32."""
    with drawing_from(0):
        model = nn.Sequential(nn.Linear(x.shape[1], 1))
    target = y[:, None].astype(np.float32)
    fit(model, nn.BCEWithLogitsLoss(), Adam(model.parameters()), (x, target), epochs=20, rng=0, progress=False)
    return sigmoid(model(x_test))[:, 0]


def vae() -> None:
    """The VAE of the latent walk: 6,000 digits, 60 epochs, about 15 seconds."""
    rng = np.random.default_rng(0)
    (x, _), _ = data.mnist(flat=True)
    with drawing_from(rng):
        model = VAE(784, 128, 2)
    optimizer, criterion = Adam(model.parameters(), lr=2e-3), nn.BCEWithLogitsLoss(reduction="sum")
    schedule = CosineAnnealingLR(optimizer, 60)
    for _ in range(60):
        for images, _ in data.batches(x, x, batch_size=64, rng=rng):
            logits, mu, log_var = model(images, rng.standard_normal((len(images), 2)).astype(np.float32))
            criterion(logits, images)
            _, grad_mu, grad_log_var = nn.kl_standard_normal(mu, log_var)
            optimizer.zero_grad()
            model.backward(criterion.backward() / len(images), grad_mu, grad_log_var)
            optimizer.step()
        schedule.step()
    save_weights(model, "vae.npz")


def translator() -> None:
    """The encoder-decoder of the attention explorer: 1,600 steps, about ten seconds."""
    from nnlib.demo.attention_explorer import SENTENCES, network, vocabularies

    english, french = data.translation(20000, rng=0)
    words = [(source, target) for source, target in zip(english, french) if source not in SENTENCES]
    by_length = {n: [pair for pair in words if len(pair[0].split()) == n] for n in (5, 6, 7)}
    source_words, target_words = vocabularies()
    model, rng = network(), np.random.default_rng(0)

    def batch() -> tuple[np.ndarray, np.ndarray]:
        pairs = by_length[int(rng.choice((5, 6, 7), p=(0.1, 0.3, 0.6)))]     # one length: nothing to pad
        chosen = [pairs[i] for i in rng.integers(0, len(pairs), 32)]
        source = np.stack([source_words.encode(text.split()) for text, _ in chosen])
        return source, np.stack([target_words.encode(["<start>", *text.split()]) for _, text in chosen])

    def step() -> tuple[np.ndarray, np.ndarray]:
        source, target = batch()
        return model(source, target[:, :-1]), target[:, 1:]

    train_steps(model, step, 1600, 3e-3)
    save_weights(model, "translator.npz")


def gpt() -> None:
    """The character model of the next-token demo: 6,000 steps of 16 x 64 characters, some five minutes."""
    from nnlib.demo.next_token import BLOCK, network, vocabulary

    tokens, model, rng = vocabulary().encode(data.shakespeare()), network(), np.random.default_rng(0)

    def step() -> tuple[np.ndarray, np.ndarray]:
        places = rng.integers(0, len(tokens) - BLOCK - 1, 16)[:, None] + np.arange(BLOCK)
        return model(tokens[places]), tokens[places + 1]

    train_steps(model, step, 6000, 2e-3)
    save_weights(model, "gpt.npz")


def train_steps(model: nn.Module, step: Callable[[], tuple], count: int, lr: float) -> None:
    """Warm-up, cosine, clipping; `step` returns logits (N, T, K) and what they should have said (N, T)."""
    optimizer, criterion = AdamW(model.parameters(), lr=lr), nn.CrossEntropyLoss()
    schedule = LambdaLR(optimizer, lambda i: min(1, (i + 1) / 100) * (0.505 + 0.495 * math.cos(math.pi * i / count)))
    for _ in range(count):
        logits, wanted = step()
        criterion(logits.reshape(wanted.size, -1), wanted.ravel())
        optimizer.zero_grad()
        model.backward(criterion.backward().reshape(logits.shape))
        clip_grad_norm_(optimizer.params, 1.0)
        optimizer.step()
        schedule.step()


def save_weights(model: nn.Module, name: str) -> None:
    """Store the weights in half precision: a thousandth is exact enough to look at."""
    weights = {key: value.astype(np.float16) for key, value in model.state_dict().items()}
    np.savez_compressed(HERE / name, **weights)


if __name__ == "__main__":
    recipes = {recipe.__name__: recipe for recipe in (photo, scores, vae, translator, gpt, trainings)}
    wanted = sys.argv[1:] or list(recipes)
    if not set(wanted) <= recipes.keys():
        sys.exit(f"build: expected some of {', '.join(recipes)}, got {', '.join(wanted)}")
    for name in wanted:
        recipes[name]()
    for path in sorted(HERE.glob("*.npz")):
        print(f"{path.name}: {path.stat().st_size:,} bytes")
