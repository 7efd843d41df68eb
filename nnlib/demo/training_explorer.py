"""The training explorer: optimizers, learning rates and regularisation on real training runs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from nnlib import data, nn
from nnlib.demo.common import drawing_from
from nnlib.demo.controls import Moment, Player, button, choice, slider, steps, toggle
from nnlib.demo.stage import Stage
from nnlib.optim import SGD, Adagrad, Adam, AdamW, CosineAnnealingLR, Optimizer, RMSprop
from nnlib.train import EarlyStopping, accuracy_of_scores, predict

EPOCHS, IMAGES, HIDDEN, PATIENCE = 60, 300, 64, 10
BINS = np.linspace(-0.6, 0.6, 42)
OPTIMIZERS = {
    "SGD": SGD,
    "momentum": lambda params, lr, weight_decay: SGD(params, lr, momentum=0.9, weight_decay=weight_decay),
    "RMSprop": RMSprop,
    "Adagrad": Adagrad,
    "Adam": Adam,
    "AdamW": AdamW,
}


def compute(
    optimizer: str, lr: float, dropout: float, weight_decay: float, cosine: bool, wrong: float, seed: int
) -> Iterator[tuple]:
    """Train a 64-64-64-10 network on 300 real digits for 60 epochs; yields after each.

    The share `wrong` of all labels is replaced by others, in the 360 validation images too.
    Arrays, one row per epoch so far, the first from before the training: `train` and `validation` loss without
    dropout, `accuracy` on the validation images, `rate`, `weights` (E, 41), a histogram of the first layer, and
    `spread`, its standard deviation. `marks`: best epoch, converged epoch, epoch of early stopping (0: never).
    It stops early where the loss is no longer a number.
    """
    rng = np.random.default_rng(seed)
    (x, y), validation = _digits(wrong, seed)
    with drawing_from(rng):
        model = build(dropout)
    stepper = OPTIMIZERS[optimizer](list(model.parameters()), lr=lr, weight_decay=weight_decay)
    schedule = CosineAnnealingLR(stepper, EPOCHS)
    stopping = EarlyStopping(PATIENCE)
    rows = [_measure(model, stepper, (x, y), validation)]
    stop = 0
    for epoch in range(1, EPOCHS + 1):
        with drawing_from(rng), np.errstate(all="ignore"):
            _train_epoch(model, stepper, x, y, rng)
            rows.append(_measure(model, stepper, (x, y), validation))
        if cosine:
            schedule.step()
        if stopping.update(rows[-1]["validation"], {}) and not stop:
            stop = epoch
        broken = not np.isfinite(rows[-1]["train"])
        yield *_report(rows, stop, broken), 1.0 if broken else epoch / EPOCHS
        if broken:
            return


def build(dropout: float) -> nn.Sequential:
    """64 - 64 - 64 - 10, with dropout after each hidden layer."""
    hidden = [nn.Linear(64, HIDDEN), nn.ReLU(), nn.Dropout(dropout)]
    more = [nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), nn.Dropout(dropout)]
    return nn.Sequential(*hidden, *more, nn.Linear(HIDDEN, 10))


@cache
def _digits(wrong: float, seed: int) -> tuple:
    """Training and validation part, both with the share `wrong` of their labels replaced by other ones."""
    rng = np.random.default_rng(seed)
    (x, y), (x_val, y_val) = data.digits(flat=True)
    return (x[:IMAGES], _spoilt(y[:IMAGES], wrong, rng)), (x_val, _spoilt(y_val, wrong, rng))


def _spoilt(labels: np.ndarray, wrong: float, rng: np.random.Generator) -> np.ndarray:
    flip = rng.random(len(labels)) < wrong
    return np.where(flip, (labels + rng.integers(1, 10, len(labels))) % 10, labels)


def _train_epoch(model: nn.Module, optimizer: Optimizer, x: np.ndarray, y: np.ndarray, rng) -> None:
    model.train()
    criterion = nn.CrossEntropyLoss()
    for images, labels in data.batches(x, y, batch_size=32, rng=rng):
        criterion(model(images), labels)
        optimizer.zero_grad()
        model.backward(criterion.backward())
        optimizer.step()


def _measure(model: nn.Module, optimizer: Optimizer, train: tuple, validation: tuple) -> dict:
    """One row of the history, all without dropout, as `predict` does it."""
    criterion, (x, y) = nn.CrossEntropyLoss(), validation
    weights = model[0].weight.data
    counts, _ = np.histogram(np.clip(weights, BINS[0], BINS[-1]), BINS)
    return {
        "train": float(criterion(predict(model, train[0]), train[1])),
        "validation": float(criterion(scores := predict(model, x), y)),
        "accuracy": accuracy_of_scores(y, scores),
        "rate": optimizer.lr, "weights": counts / weights.size, "spread": weights.std(),
    }


def _report(rows: list[dict], stop: int, broken: bool) -> tuple:
    arrays = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    losses = np.nan_to_num(arrays["validation"][1:], nan=np.inf, posinf=np.inf)
    best = 1 + int(losses.argmin())
    converged = 1 + int(np.argmax(losses <= 1.05 * losses[best - 1]))
    arrays["marks"] = [best, converged, stop]
    gap = arrays["validation"][-1] - arrays["train"][-1]
    readouts = {
        "Best validation loss": f"{losses[best - 1]:.3g} in epoch {best}",
        "Convergence": f"epoch {converged}, within 5 % of the best",
        "Overfit gap at the end": "none: the loss is not a number" if broken else f"{gap:+.3g}",
        "Early stopping": f"would stop in epoch {stop} and take epoch {stop - PATIENCE}" if stop else "would not stop",
        "Best accuracy": f"{arrays['accuracy'].max():.1%} of the validation images",
    }
    if broken:
        readouts["Stopped"] = f"epoch {len(rows) - 1}: the loss is no longer a number"
    return arrays, readouts


def draw_picture(figure, arrays) -> None:
    """Losses and weights."""
    from nnlib import plot

    curves, weights = figure.subplots(1, 2, width_ratios=(3, 2))
    names = {"training": arrays["train"][1:], "validation": arrays["validation"][1:]}
    plot.loss_curves(names, curves, mark=int(arrays["marks"][0]))
    weights.stairs(arrays["weights"][-1], BINS, fill=True, color=plot.SKY)
    weights.set(xlabel="weights of the first layer", ylabel="share")


class TrainingExplorer(Stage):
    """Real training runs on few digits, a fifth of them with wrong labels: overfitting is one click away.

    Show: the start. The training loss falls to nothing, the validation loss turns around. Ask in which epoch
    you should have stopped. Then dropout, then weight decay with Adam and with AdamW: same number, other
    effect. The last setting stays as thin grey lines.
    """

    title = "Training explorer: optimizers and regularisation"
    controls = (
        choice("optimizer", "Optimizer", tuple(OPTIMIZERS), "Adam"),
        slider("lr", "Learning rate", (1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0), 3e-3),
        slider("dropout", "Dropout", steps(0, 0.9, 0.1), 0.0),
        slider("weight_decay", "Weight decay", (0.0, 1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0), 0.0),
        toggle("cosine", "Cosine schedule"),
        slider("wrong", "Wrong labels", (0.0, 0.1, 0.2, 0.3, 0.5), 0.2),
        button("seed", "Other weights"),
    )
    moments = (
        Moment("Overfitting", "Both losses fall at first. Where do they part, and what is learned after that?"),
        Moment("Dropout", "Half of the units are missing in each step. Why is the training loss higher?", dropout=0.5),
        Moment("Decay in Adam", "Weight decay as a part of the gradient. What does it do to the weights?",
               weight_decay=0.01),
        Moment("Decay in AdamW", "The same number, decoupled. Why is so little left of it?",
               weight_decay=0.01, optimizer="AdamW"),
        Moment("Rate of 10", "What do you see first when the learning rate is far too large?", lr=10.0,
               optimizer="SGD"),
    )
    player = Player("train", "epoch")
    handout_settings = 1                         # each is a whole training: the moments and their neighbours
    compute = staticmethod(compute)
    draw_picture = staticmethod(draw_picture)
    pytorch = """
        import torch
        from torch import nn
        model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Dropout({dropout}),
                              nn.Linear(64, 64), nn.ReLU(), nn.Dropout({dropout}), nn.Linear(64, 10))
        optimizer = torch.optim.{optimizer}(  # "momentum" is SGD with momentum=0.9
            model.parameters(), lr={lr}, weight_decay={weight_decay})
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 60)  # cosine: {cosine}
        for epoch in range(60):
            model.train()
            for x, y in loader:
                loss = nn.functional.cross_entropy(model(x), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            schedule.step()
    """
