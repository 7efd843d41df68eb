"""Losses: one number for how wrong the network is, and the gradient that starts the way back.

Called as `loss = criterion(input, target)`, then `grad = criterion.backward()`: the gradient with respect
to `input`. The target has no gradient.
"""

from __future__ import annotations

import numpy as np

from nnlib.module import Module
from nnlib.nn.activation import sigmoid


class _Loss(Module):
    """What the losses share: `reduction` is "mean", "sum" or "none" (one loss per element, or per label)."""

    def __init__(self, *, reduction: str = "mean"):
        if reduction not in ("mean", "sum", "none"):
            raise ValueError(f"reduction: expected 'mean', 'sum' or 'none', got {reduction!r}")
        self.reduction = reduction

    def _reduce(self, losses: np.ndarray, count: int) -> np.ndarray:
        """The losses as they are, their sum, or their sum over `count`."""
        if self.reduction == "none":
            return losses
        return losses.sum() / count if self.reduction == "mean" else losses.sum()

    def _spread(self, grad_output: np.ndarray | float, count: int) -> np.ndarray | float:
        """What each single loss receives of the gradient of the reduced one."""
        return grad_output / count if self.reduction == "mean" else grad_output


class MSELoss(_Loss):
    """Mean squared error, (input - target)^2 averaged over all elements.

    Shapes: input and target the same, any; the loss is a number, or of that shape with reduction="none".
    Raises ValueError where the shapes differ: (N,) against (N, 1) would silently compare all with all.
    """

    def forward(self, input: np.ndarray, target: np.ndarray) -> np.ndarray:
        """(...), (...) -> a number."""
        difference = input - _same_shape(input, target)
        self._cache = (difference,)
        return self._reduce(difference * difference, difference.size)

    def backward(self, grad_output: np.ndarray | float = 1.0) -> np.ndarray:
        """2 (input - target), over the number of elements."""
        (difference,) = self.saved()
        return self._spread(2 * grad_output, difference.size) * difference


class BCEWithLogitsLoss(_Loss):
    """Binary cross-entropy of sigmoid(input): -log of the probability given to what happened.

    It takes the scores before the sigmoid (logits), because log(sigmoid(-1000)) from a rounded probability
    is log(0). With z the logit, y the target: max(z, 0) - z y + log(1 + exp(-|z|)), which never overflows.
    Shapes: input and target the same, any. Raises ValueError where they differ or a target leaves [0, 1].
    """

    def forward(self, input: np.ndarray, target: np.ndarray) -> np.ndarray:
        """(...), (...) -> a number."""
        target = _same_shape(input, target)
        if target.size and not (target.min() >= 0 and target.max() <= 1):
            raise ValueError(f"target: expected values in [0, 1], got {target.min()} to {target.max()}")
        losses = np.maximum(input, 0) - input * target + np.log1p(np.exp(-np.abs(input)))
        self._cache = (input, target)
        return self._reduce(losses, losses.size)

    def backward(self, grad_output: np.ndarray | float = 1.0) -> np.ndarray:
        """sigmoid(input) - target, over the number of elements: the sigmoid's own slope has cancelled."""
        logits, target = self.saved()
        return self._spread(grad_output, logits.size) * (sigmoid(logits) - target)


class CrossEntropyLoss(_Loss):
    """-log softmax(input)[target]: the surprise at the right class, averaged over the labels.

    Shapes: input (N, K) with target (N,), or (K,) with (), or (N, K, ...) with (N, ...); targets are class
    numbers. Labels equal to `ignore_index` (padding) count nowhere.
    Raises ValueError for wrong shapes, labels that are not integers, or nothing left to average; IndexError
    for labels outside 0 ... K-1.
    """

    def __init__(self, *, ignore_index: int = -100, reduction: str = "mean"):
        super().__init__(reduction=reduction)
        self.ignore_index = ignore_index

    def forward(self, input: np.ndarray, target: np.ndarray) -> np.ndarray:
        """(N, K), (N,) -> a number."""
        rows, labels = _class_rows(input, np.asarray(target), self.ignore_index)
        counted = labels != self.ignore_index                       # (N,)
        places = (np.arange(len(rows)), np.where(counted, labels, 0))
        log_sums = _log_sum_exp(rows)                               # (N, 1)
        losses = np.where(counted, log_sums[:, 0] - rows[places], 0)
        self._cache = (rows, log_sums, counted, places, input.shape)
        return self._reduce(losses.reshape(np.shape(target)), int(counted.sum()))

    def backward(self, grad_output: np.ndarray | float = 1.0) -> np.ndarray:
        """softmax(input) - one_hot(target), over the number of labels: (N, K)."""
        rows, log_sums, counted, places, shape = self.saved()
        grad = np.exp(rows - log_sums)                              # (N, K): the softmax
        grad[places] -= 1
        share = self._spread(np.reshape(grad_output, (-1, 1)), int(counted.sum()))
        grad *= counted[:, None] * share
        return _from_class_rows(grad, shape)


def kl_standard_normal(mu: np.ndarray, log_var: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How far N(mu, exp(log_var)) is from N(0, 1): the price that a VAE pays for its code.

    KL = -1/2 sum(1 + log_var - mu^2 - exp(log_var)), summed over features, averaged over the batch.
    Shapes: mu and log_var (N, D) -> (the number, its gradient in mu, its gradient in log_var), both (N, D).
    Raises ValueError where the shapes differ. Source: Kingma and Welling, 2013, appendix B.
    """
    log_var = _same_shape(mu, log_var, ("mu", "log_var"))
    n, variance = len(mu), np.exp(log_var)
    kl = -0.5 * (1 + log_var - mu * mu - variance).sum() / n
    return kl, mu / n, 0.5 * (variance - 1) / n


def _same_shape(input: np.ndarray, target: np.ndarray, names: tuple = ("input", "target")) -> np.ndarray:
    """`target` in the dtype of `input`, so that a float64 target does not turn the whole network float64."""
    if not np.issubdtype(input.dtype, np.floating):
        raise ValueError(f"{names[0]}: expected floating-point numbers, got {input.dtype}")
    if np.shape(target) != input.shape:
        raise ValueError(f"{names[1]}: expected {names[0]}'s shape {input.shape}, got {np.shape(target)}")
    return np.asarray(target, dtype=input.dtype)


def _class_rows(input: np.ndarray, target: np.ndarray, ignore_index: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores as rows (N, K) and labels (N,), whatever axes came along; checked."""
    axis = min(input.ndim - 1, 1)                                   # PyTorch keeps the classes on axis 1
    classes, places = input.shape[axis], input.shape[:axis] + input.shape[axis + 1:]
    if target.shape != places:
        raise ValueError(f"target: expected shape {places} for input {input.shape}, got {target.shape}")
    if not np.issubdtype(target.dtype, np.integer):
        raise ValueError(f"target: expected integer class numbers, got {target.dtype}")
    wrong = target[(target != ignore_index) & ((target < 0) | (target >= classes))]
    if not np.any(target != ignore_index):
        raise ValueError(f"target: expected a label other than ignore_index, got none in {target.shape}")
    if wrong.size:
        raise IndexError(f"target: expected classes 0 ... {classes - 1}, got {wrong[0]}")
    return np.moveaxis(input, axis, -1).reshape(-1, classes), target.reshape(-1)


def _from_class_rows(rows: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The rows (N, K) back in the shape that the input had."""
    axis = min(len(shape) - 1, 1)
    return np.moveaxis(rows.reshape(*shape[:axis], *shape[axis + 1:], shape[axis]), -1, axis)


def _log_sum_exp(rows: np.ndarray) -> np.ndarray:
    """log(sum(exp(row))) of each row, (N, K) -> (N, 1), the largest score taken out first."""
    top = rows.max(axis=1, keepdims=True)
    return top + np.log(np.exp(rows - top).sum(axis=1, keepdims=True))
