"""Normalisation and dropout: what keeps activations in range, and what keeps units from conspiring.

Legend of the shape comments: N batch, C channels, L all places of a channel, D features.
"""

from __future__ import annotations

import math

import numpy as np

from nnlib.module import Module, Parameter, generator


class _BatchNorm(Module):
    """Batch normalisation of channels, axis 1: what BatchNorm1d and BatchNorm2d share."""

    _dimensions: tuple[int, ...]
    _expected: str

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1):
        self.eps, self.momentum = eps, momentum
        self.weight = Parameter(np.ones(num_features, np.float32))
        self.bias = Parameter(np.zeros(num_features, np.float32))
        self.register_buffer("running_mean", np.zeros(num_features, np.float32))
        self.register_buffer("running_var", np.ones(num_features, np.float32))
        self.register_buffer("num_batches_tracked", np.array(0))

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(N, C, ...) -> (N, C, ...)."""
        channels = len(self.weight.data)
        if x.ndim not in self._dimensions or x.shape[1] != channels:
            raise ValueError(f"x: expected shape {self._expected} with C = {channels}, got {x.shape}")
        places = x.reshape(len(x), channels, math.prod(x.shape[2:]))            # (N, C, L)
        y = self._normalise(places) if self.training else self._normalise_as_learned(places)
        return y.reshape(x.shape)

    def _normalise(self, x: np.ndarray) -> np.ndarray:
        """By the mean and variance of this batch, (N, C, L) -> (N, C, L)."""
        count = x.shape[0] * x.shape[2]
        if count < 2:
            raise ValueError(f"x: expected two or more values per channel in training, got batch of {len(x)}")
        mean = np.einsum("ncl->c", x) / count
        centred = x - mean[:, None]
        var = np.einsum("ncl,ncl->c", centred, centred) / count     # the biased one: over count
        self._track(mean, var * (count / (count - 1)))
        inverse_std = 1 / np.sqrt(var + self.eps)                   # (C,)
        self._cache = (centred, inverse_std)
        y = centred * (self.weight.data * inverse_std)[:, None]
        y += self.bias.data[:, None]
        return y

    def _track(self, mean: np.ndarray, unbiased_var: np.ndarray) -> None:
        """Move the running statistics a little towards this batch's."""
        self.running_mean += self.momentum * (mean - self.running_mean)
        self.running_var += self.momentum * (unbiased_var - self.running_var)
        self.num_batches_tracked += 1

    def _normalise_as_learned(self, x: np.ndarray) -> np.ndarray:
        """By the running statistics, so that a prediction does not depend on its neighbours in the batch."""
        scale = self.weight.data / np.sqrt(self.running_var + self.eps)
        return x * scale[:, None] + (self.bias.data - self.running_mean * scale)[:, None]

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """(N, C, ...) -> (N, C, ...): each input also moved the mean and the variance."""
        centred, inverse_std = self.saved()
        grad = grad_output.reshape(centred.shape)                   # (N, C, L)
        count = grad.shape[0] * grad.shape[2]
        grad_sum = np.einsum("ncl->c", grad)
        along = np.einsum("ncl,ncl->c", grad, centred)
        dx = centred * (-along * inverse_std * inverse_std / count)[:, None]    # by way of the variance
        dx += grad
        dx -= (grad_sum / count)[:, None]                                       # by way of the mean
        dx *= (self.weight.data * inverse_std)[:, None]
        self.weight.add_grad(along * inverse_std)
        self.bias.add_grad(grad_sum)
        return dx.reshape(grad_output.shape)


class BatchNorm1d(_BatchNorm):
    """Give each feature mean 0 and variance 1 over the batch, then a learned scale and shift.

    Shapes: (N, C), or (N, C, L) where the mean runs over N and L; weight and bias (C,). Training uses the
    batch's mean and *biased* variance and tracks running averages, with the *unbiased* variance; evaluation
    uses the running averages. Raises ValueError for other shapes, and in training for one value per channel
    (it would become 0). Source: Ioffe and Szegedy, 2015.
    """

    _dimensions, _expected = (2, 3), "(N, C) or (N, C, L)"


class BatchNorm2d(_BatchNorm):
    """BatchNorm1d for images: each channel is normalised over the batch and all pixels.

    Shapes: (N, C, H, W) -> (N, C, H, W). The rest is as in BatchNorm1d.
    """

    _dimensions, _expected = (4,), "(N, C, H, W)"


class LayerNorm(Module):
    """Give each example mean 0 and variance 1 over its own features, then a learned scale and shift.

    Shapes: (..., *normalized_shape) -> the same; an int stands for the last axis alone. It never looks at
    the rest of the batch, so training and evaluation are the same. Raises ValueError where the last axes of
    x are not normalized_shape. Source: Ba, Kiros and Hinton, 2016.
    """

    def __init__(self, normalized_shape: int | tuple[int, ...], eps: float = 1e-5):
        shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.normalized_shape, self.eps = shape, eps
        self.weight = Parameter(np.ones(shape, np.float32))
        self.bias = Parameter(np.zeros(shape, np.float32))

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(..., *normalized_shape) -> the same shape."""
        if x.shape[-len(self.normalized_shape) :] != self.normalized_shape:
            raise ValueError(f"x: expected its last axes to be {self.normalized_shape}, got {x.shape}")
        features = math.prod(self.normalized_shape)
        rows = x.reshape(-1, features)                              # (N, D)
        normalised = rows - (np.einsum("nd->n", rows) / features)[:, None]
        var = np.einsum("nd,nd->n", normalised, normalised) / features
        inverse_std = (1 / np.sqrt(var + self.eps))[:, None]        # (N, 1)
        normalised *= inverse_std
        self._cache = (normalised, inverse_std)
        y = normalised * self.weight.data.reshape(-1)
        y += self.bias.data.reshape(-1)
        return y.reshape(x.shape)

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """(..., *normalized_shape) -> the same shape; each input also moved the mean and the variance."""
        normalised, inverse_std = self.saved()
        rows = grad_output.reshape(normalised.shape)                # (N, D)
        self.weight.add_grad(np.einsum("nd,nd->d", rows, normalised).reshape(self.weight.shape))
        self.bias.add_grad(rows.sum(axis=0).reshape(self.bias.shape))
        dx = rows * self.weight.data.reshape(-1)
        mean = np.einsum("nd->n", dx)[:, None] / dx.shape[1]
        along = np.einsum("nd,nd->n", dx, normalised)[:, None] / dx.shape[1]
        dx -= mean
        dx -= normalised * along
        dx *= inverse_std
        return dx.reshape(grad_output.shape)


class Dropout(Module):
    """Training: each value is erased with probability p, the others grow by 1 / (1 - p). Any shape.

    The growing keeps the expected value, so that evaluation returns x as it is (inverted dropout).
    Raises ValueError unless 0 <= p < 1. Source: Srivastava et al., 2014.
    """

    def __init__(self, p: float = 0.5):
        if not 0 <= p < 1:
            raise ValueError(f"p: expected 0 <= p < 1, got {p}")
        self.p = p

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Any shape -> the same shape."""
        if not self.training:
            return x
        kept = generator().random(x.shape, np.float32) >= self.p if self.p else None
        self._cache = (kept,)
        return x if kept is None else x * kept * (1 / (1 - self.p))

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """What was erased has no say; what grew has more."""
        (kept,) = self.saved()
        return grad_output if kept is None else grad_output * kept * (1 / (1 - self.p))
