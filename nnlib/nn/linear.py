"""Linear: the layer that everything else is built from.

Legend of the shape comments: N batch, T time, D features, E embedding, H hidden, C channels, K classes.
"""

from __future__ import annotations

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
