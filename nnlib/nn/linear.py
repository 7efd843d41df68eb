"""Linear, Embedding, Flatten: the layers that everything else is built from.

Legend of the shape comments: N batch, T time, D features, E embedding, H hidden, C channels, K classes.
"""

from __future__ import annotations

import math

import numpy as np

from nnlib.module import Module, Parameter, generator


class Linear(Module):
    """y = x W^T + b, on the last axis.

    Shapes: x (..., in_features) -> y (..., out_features); weight (out_features, in_features), bias
    (out_features,). Weights start uniform in ±1/sqrt(in_features), as in PyTorch.
    Raises ValueError where the last axis of x is not in_features.
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True):
        bound = in_features**-0.5
        weight = generator().uniform(-bound, bound, (out_features, in_features))
        self.weight = Parameter(weight.astype(np.float32))
        self.bias = None
        if bias:
            self.bias = Parameter(generator().uniform(-bound, bound, out_features).astype(np.float32))

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(..., in_features) -> (..., out_features)."""
        out_features, in_features = self.weight.shape
        if x.shape[-1:] != (in_features,):
            raise ValueError(f"x: expected shape (..., {in_features}), got {x.shape}")
        rows = x.reshape(-1, in_features)                           # (N, D): one matmul is faster than many
        y = rows @ self.weight.data.T                               # (N, out)
        if self.bias is not None:
            y += self.bias.data
        self._cache = (rows, x.shape)
        return y.reshape(*x.shape[:-1], out_features)

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """(..., out_features) -> (..., in_features)."""
        rows, shape = self.saved()
        grad = grad_output.reshape(-1, self.weight.shape[0])        # (N, out)
        self.weight.add_grad(grad.T @ rows)                         # (out, in): who was active, who was wrong
        if self.bias is not None:
            self.bias.add_grad(grad.sum(axis=0))                    # (out,)
        return (grad @ self.weight.data).reshape(shape)


class Embedding(Module):
    """A table of vectors, one per word or item: y = weight[index].

    Shapes: indices (...) -> (..., embedding_dim); weight (num_embeddings, embedding_dim), standard normal at
    the start, as in PyTorch. Raises ValueError for indices that are not integers, IndexError outside
    0 ... num_embeddings-1.

    >>> Embedding(1000, 16)(np.array([[7, 42, 7], [3, 0, 1]])).shape
    (2, 3, 16)
    """

    def __init__(self, num_embeddings: int, embedding_dim: int):
        weight = generator().standard_normal((num_embeddings, embedding_dim))
        self.weight = Parameter(weight.astype(np.float32))

    def forward(self, indices: np.ndarray) -> np.ndarray:
        """(...) -> (..., embedding_dim)."""
        if not np.issubdtype(indices.dtype, np.integer):
            raise ValueError(f"indices: expected integers, got {indices.dtype}")
        size = len(self.weight.data)
        if indices.size and not (indices.min() >= 0 and indices.max() < size):
            raise IndexError(f"indices: expected 0 ... {size - 1}, got {indices.min()} to {indices.max()}")
        self._cache = (indices,)
        return self.weight.data[indices]

    def backward(self, grad_output: np.ndarray) -> None:
        """(..., embedding_dim) -> None: there is no way to move a word number a little."""
        (indices,) = self.saved()
        grad = np.zeros_like(self.weight.data)
        np.add.at(grad, indices, grad_output)                       # a word seen twice gets both gradients
        self.weight.add_grad(grad)


class Flatten(Module):
    """Join the axes from start_dim to end_dim into one: an image becomes a row of numbers.

    Shapes: (N, C, H, W) -> (N, C*H*W) with the defaults.
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1):
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(N, ...) -> (N, D)."""
        self._cache = (x.shape,)
        start, end = self.start_dim % x.ndim, self.end_dim % x.ndim
        joined = math.prod(x.shape[start : end + 1])
        return x.reshape(*x.shape[:start], joined, *x.shape[end + 1 :])

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """(N, D) -> (N, ...)."""
        (shape,) = self.saved()
        return grad_output.reshape(shape)
