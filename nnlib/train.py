"""The training loop, once written well: mini-batches, validation, early stopping, a history, a progress bar.

    history = fit(model, CrossEntropyLoss(), Adam(model.parameters()), train, validation, epochs=20)

Inside are the lines that every lesson writes by hand; in PyTorch they read

    for x, y in loader:                     # for x, y in batches(*train):
        loss = criterion(model(x), y)       #     the same
        optimizer.zero_grad()               #     the same
        loss.backward()                     #     model.backward(criterion.backward())
        optimizer.step()                    #     the same
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from nnlib.data.splitting import batches
from nnlib.module import Module, Seed
from nnlib.optim import LRScheduler, Optimizer, ReduceLROnPlateau, clip_grad_norm_

Pair = tuple[np.ndarray, np.ndarray]
Metric = Callable[[np.ndarray, np.ndarray], float]


@dataclass
class History:
    """What happened in each epoch: one number per list and epoch. Lists of what was not asked for are empty."""

    loss: list[float] = field(default_factory=list)
    val_loss: list[float] = field(default_factory=list)
    val_metric: list[float] = field(default_factory=list)
    lr: list[float] = field(default_factory=list)

    def curves(self) -> dict[str, list[float]]:
        """The losses by name, as `plot.loss_curves` takes them."""
        return {"training": self.loss} | ({"validation": self.val_loss} if self.val_loss else {})


class EarlyStopping:
    """Stop when the validation loss has not improved for `patience` epochs; remember the best weights.

    Better means lower by more than `min_delta`. `best_epoch` counts from 1, and is 0 before the first epoch.
    ValueError where patience < 1 or min_delta < 0. (Prechelt, "Early stopping - but when?", 1998.)
    """

    def __init__(self, patience: int, min_delta: float = 0.0):
        if patience < 1:
            raise ValueError(f"patience: expected at least 1, got {patience}")
        if not min_delta >= 0:
            raise ValueError(f"min_delta: expected a number >= 0, got {min_delta}")
        self.patience, self.min_delta = patience, min_delta
        self.epoch = self.best_epoch = 0
        self.best_loss = math.inf
        self.best_weights: dict[str, np.ndarray] = {}

    def update(self, val_loss: float, weights: Mapping[str, np.ndarray]) -> bool:
        """Count one epoch; keep a copy of `weights` (any shapes) if it was the best. True where it is time to stop."""
        self.epoch += 1
        if val_loss < self.best_loss - self.min_delta:    # NaN is never better
            self.best_loss, self.best_epoch = float(val_loss), self.epoch
            self.best_weights = {name: np.array(value) for name, value in weights.items()}
        return self.epoch - self.best_epoch >= self.patience


def fit(
    model: Module,
    criterion: Module,
    optimizer: Optimizer,
    train: Pair,
    validation: Pair | None = None,
    *,
    epochs: int = 10,
    batch_size: int = 32,
    scheduler: LRScheduler | None = None,
    early_stopping: EarlyStopping | None = None,
    max_norm: float | None = None,
    metric: Metric | None = None,
    rng: Seed = None,
    progress: bool = True,
) -> History:
    """Train `model`, and leave it with its last weights, or with the best ones where `early_stopping` is given.

    `train` and `validation` are pairs (x, y). `criterion` averages over the batch. `scheduler` steps once per
    epoch, ReduceLROnPlateau with the validation loss; gradients are clipped to `max_norm`; `metric(y, outputs)` is
    measured on the validation part; `rng` shuffles. The training loss of an epoch is the mean over its batches, met
    while the weights were moving and with dropout on. ValueError where early stopping, a metric or ReduceLROnPlateau
    has no validation part.
    """
    plateau = isinstance(scheduler, ReduceLROnPlateau)
    if validation is None and (early_stopping or metric or plateau):
        raise ValueError("validation: expected a pair (x, y) for early_stopping, metric or plateau, got None")
    history = History()
    rng = np.random.default_rng(rng) if isinstance(rng, int) else rng    # a seed is used up once, not per epoch
    for _ in (bar := _progress(epochs, progress)):
        history.lr.append(optimizer.lr)
        history.loss.append(_train_epoch(model, criterion, optimizer, train, batch_size, max_norm, rng))
        if scheduler and not plateau:
            scheduler.step()
        if validation is not None:
            val_loss, value = evaluate(model, criterion, *validation, metric=metric)
            if plateau:
                scheduler.step(val_loss)
            history.val_loss.append(val_loss)
            history.val_metric += [] if metric is None else [value]
            if early_stopping and early_stopping.update(val_loss, model.state_dict()):
                break
        bar.set_postfix({name: f"{values[-1]:.4g}" for name, values in history.curves().items()})
    if early_stopping and early_stopping.best_weights:
        model.load_state_dict(early_stopping.best_weights)
    return history


def _train_epoch(
    model: Module, criterion: Module, optimizer: Optimizer, train: Pair, batch_size: int, max_norm: float | None,
    rng: Seed,
) -> float:
    """One walk through the training data; the mean loss per row."""
    model.train()
    total = 0.0
    for x, y in batches(*train, batch_size=batch_size, rng=rng):
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        model.backward(criterion.backward())
        if max_norm is not None:
            clip_grad_norm_(optimizer.params, max_norm)
        optimizer.step()
        total += float(loss) * len(x)
    return total / len(train[0])


def _progress(epochs: int, wanted: bool):
    """The epochs with a bar in a notebook or terminal; without one where output goes to a file or a test."""
    from tqdm.auto import tqdm

    return tqdm(range(epochs), unit="epoch", disable=None if wanted else True)


def predict(model: Module, x: np.ndarray, batch_size: int = 256) -> np.ndarray:
    """The outputs (N, ...) for all rows of x (N, ...), in evaluation mode; then each module is as it was."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    outputs = [model(part) for (part,) in batches(x, batch_size=batch_size, shuffle=False)]
    for module, mode in modes:
        module.training = mode
    return np.concatenate(outputs)


def evaluate(
    model: Module, criterion: Module, x: np.ndarray, y: np.ndarray, metric: Metric | None = None,
    batch_size: int = 256,
) -> tuple[float, float]:
    """(loss, metric) in evaluation mode over all rows; the metric is NaN where none is asked for."""
    outputs = predict(model, x, batch_size)
    return float(criterion(outputs, y)), math.nan if metric is None else float(metric(y, outputs))


def accuracy_of_scores(y: np.ndarray, scores: np.ndarray) -> float:
    """The share of right predictions, as a metric for `fit`: y (N,) or (N, 1) classes.

    scores (N, K): the largest one wins. scores (N,) or (N, 1): a logit, class 1 where it is positive.
    """
    scores = scores.reshape(len(scores), -1)
    predicted = scores.argmax(axis=1) if scores.shape[1] > 1 else scores[:, 0] > 0
    return float(np.mean(predicted == np.reshape(y, -1)))
