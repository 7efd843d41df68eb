"""Attention: every position asks all others, and takes a weighted mean of what they answer.

Importing this lets you build transformers. `ScaledDotProductAttention` is the formula, `MultiheadAttention` the
layer with weights around it, `PositionalEncoding` tells positions apart.
Legend of the shape comments: N batch, L queries, S keys and values, E embedding, h heads, d = E / h.
"""

from __future__ import annotations

import numpy as np

from nnlib.module import Module, Parameter
from nnlib.nn.activation import softmax
from nnlib.nn.init import xavier_uniform_, zeros_
from nnlib.nn.linear import Linear
from nnlib.nn.norm import Dropout


def scaled_dot_product_attention(query: np.ndarray, key: np.ndarray, value: np.ndarray,
                                 attn_mask: np.ndarray | None = None, *, is_causal: bool = False) -> np.ndarray:
    """Softmax(query key^T / sqrt(d)) value, as in `torch.nn.functional`.

    Shapes: query (..., L, d), key (..., S, d), value (..., S, D), attn_mask anything that fits (..., L, S)
    -> (..., L, D). A boolean mask is True where a query may look; a mask of numbers is added to the scores.
    `is_causal` lets query i see keys 0 ... i. A query that may look nowhere gets zeros, as in PyTorch.
    Raises ValueError where shapes do not fit. Source: Vaswani et al., 2017.
    """
    return ScaledDotProductAttention()(query, key, value, attn_mask, is_causal)[0]


class ScaledDotProductAttention(Module):
    """`scaled_dot_product_attention` as a layer: with a backward pass, dropout on the weights, and the weights.

    Dividing by sqrt(d) keeps the scores' variance at 1 whatever d is, so that softmax does not saturate.
    """

    def __init__(self, dropout: float = 0.0):
        self.dropout = Dropout(dropout)

    def forward(self, query: np.ndarray, key: np.ndarray, value: np.ndarray,
                attn_mask: np.ndarray | None = None, is_causal: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """Shapes and ValueError as in the function; returns (output (..., L, D), weights (..., L, S))."""
        if query.shape[-1] != key.shape[-1] or key.shape[:-1] != value.shape[:-1]:
            raise ValueError("key, value: expected shapes (..., S, d) and (..., S, D) with query's d, got "
                             f"query {query.shape}, key {key.shape}, value {value.shape}")
        scale = query.shape[-1] ** -0.5
        query = query * scale                                       # cheaper than scaling all L x S scores
        scores = query @ key.swapaxes(-1, -2)                       # (..., L, S)
        if is_causal:
            _apply_mask(scores, np.tri(*scores.shape[-2:], dtype=bool))
        if attn_mask is not None:
            _apply_mask(scores, attn_mask)
        weights = softmax(scores)
        kept = self.dropout(weights)
        output = kept @ value                                       # (..., L, D)
        self._cache = (query, key, value, weights, kept, output, scale)
        return output, kept

    def backward(self, grad_output: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(..., L, D) -> the gradients of query, key and value; none comes in through the weights."""
        query, key, value, weights, kept, output, scale = self.saved()
        grad_value = kept.swapaxes(-1, -2) @ grad_output
        grad = self.dropout.backward(grad_output @ value.swapaxes(-1, -2))  # (..., L, S): of the weights
        # Softmax backward is p (g - sum(g p)); that sum is grad_output . output, with far fewer terms.
        grad = grad - np.einsum("...d,...d->...", grad_output, output)[..., None]
        grad *= weights                                             # (..., L, S): now of the scores
        return (grad @ key) * scale, grad.swapaxes(-1, -2) @ query, grad_value


def _apply_mask(scores: np.ndarray, mask: np.ndarray) -> None:
    """Set scores to minus infinity where a boolean mask is False; add a mask of numbers. In place."""
    try:
        mask = np.broadcast_to(mask, scores.shape)
    except ValueError:
        raise ValueError(f"attn_mask: expected to fit {scores.shape}, got {np.shape(mask)}") from None
    if mask.dtype == bool:
        np.copyto(scores, -np.inf, where=~mask)
    elif np.issubdtype(mask.dtype, np.floating):
        scores += mask
    else:
        raise ValueError(f"attn_mask: expected booleans or floating-point numbers, got {mask.dtype}")


class MultiheadAttention(Module):
    """Attention in several heads at once, each with its own projections of query, key and value.

    Shapes: see `forward`. Parameters: in_proj_weight (3E, E) and in_proj_bias (3E,), stacked in the order
    query, key, value; out_proj.weight (E, E), out_proj.bias (E,). E = embed_dim, and num_heads must divide
    it (ValueError). A query that may look nowhere attends to nothing: weights and head outputs 0, where
    PyTorch gives NaN with need_weights and the same zeros without.
    Source: Vaswani et al., 2017.
    """

    def __init__(self, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True, *,
                 batch_first: bool = False):
        if embed_dim % num_heads:
            raise ValueError(f"num_heads: expected a divisor of embed_dim {embed_dim}, got {num_heads}")
        self.embed_dim, self.num_heads, self.batch_first = embed_dim, num_heads, batch_first
        self.in_proj_weight = xavier_uniform_(Parameter(np.empty((3 * embed_dim, embed_dim), np.float32)))
        self.in_proj_bias = Parameter(np.zeros(3 * embed_dim, np.float32)) if bias else None
        self.out_proj = Linear(embed_dim, embed_dim, bias)
        if bias:
            zeros_(self.out_proj.bias)
        self.attention = ScaledDotProductAttention(dropout)

    def forward(self, query: np.ndarray, key: np.ndarray, value: np.ndarray,
                key_padding_mask: np.ndarray | None = None, need_weights: bool = True,
                attn_mask: np.ndarray | None = None,
                average_attn_weights: bool = True) -> tuple[np.ndarray, np.ndarray | None]:
        """Attend; self-attention where all three are the same array.

        Shapes: query (L, N, E), key and value (S, N, E), or batch first; key_padding_mask (N, S), attn_mask
        (L, S). Boolean masks are True where a query may *not* look, the opposite of
        `scaled_dot_product_attention`, as in PyTorch; masks of numbers are added to the scores.
        Returns (output like query, weights (N, L, S), the mean over the heads): (N, h, L, S) without
        average_attn_weights, None without need_weights. Raises ValueError where shapes do not fit.
        """
        self._check(query, key, value)
        heads = [self._project(i, x) for i, x in enumerate((query, key, value))]
        mask = _join_masks(heads[0], heads[1], key_padding_mask, attn_mask)
        output, weights = self.attention(*heads, mask)              # (N, h, L, d), (N, h, L, S)
        self._cache = (query, key, value)
        if average_attn_weights and need_weights:
            weights = weights.mean(axis=1)                          # (N, L, S)
        return self.out_proj(self._join(output)), weights if need_weights else None

    def _check(self, query: np.ndarray, key: np.ndarray, value: np.ndarray) -> None:
        """Raise ValueError unless the three fit together."""
        batch = 0 if self.batch_first else 1
        if not (query.ndim == key.ndim == 3 and query.shape[2] == key.shape[2] == self.embed_dim
                and query.shape[batch] == key.shape[batch] and key.shape == value.shape):
            layout = "(N, L, {0}), (N, S, {0})" if self.batch_first else "(L, N, {0}), (S, N, {0})"
            raise ValueError(f"query, key, value: expected shapes {layout.format(self.embed_dim)} twice, "
                             f"got {query.shape}, {key.shape}, {value.shape}")

    def _project(self, which: int, x: np.ndarray) -> np.ndarray:
        """Query (which = 0), key (1) or value (2), projected and cut into heads (N, h, L, d)."""
        size = self.embed_dim
        rows = x.reshape(-1, size) @ self.in_proj_weight.data.reshape(3, size, size)[which].T
        if self.in_proj_bias is not None:
            rows += self.in_proj_bias.data.reshape(3, size)[which]
        return self._split(rows.reshape(x.shape))

    def _split(self, x: np.ndarray) -> np.ndarray:
        """(N, L, E) or (L, N, E) -> (N, h, L, d), a view."""
        d = self.embed_dim // self.num_heads
        heads = x.reshape(*x.shape[:2], self.num_heads, d)          # (N, L, h, d) or (L, N, h, d)
        return heads.transpose(0, 2, 1, 3) if self.batch_first else heads.transpose(1, 2, 0, 3)

    def _join(self, heads: np.ndarray) -> np.ndarray:
        """(N, h, L, d) -> (N, L, E) or (L, N, E), the opposite of `_split`."""
        x = heads.transpose(0, 2, 1, 3) if self.batch_first else heads.transpose(2, 0, 1, 3)
        return x.reshape(*x.shape[:2], self.embed_dim)

    def backward(self, grad_output: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Like output -> the gradients of query, key and value. In self-attention the input's is their sum."""
        inputs, size = self.saved(), self.embed_dim
        grads = self.attention.backward(self._split(self.out_proj.backward(grad_output)))
        rows = [self._join(grad).reshape(-1, size) for grad in grads]   # (N*L, E), then (N*S, E) twice
        grads = [grad.T @ x.reshape(-1, size) for grad, x in zip(rows, inputs)]     # (E, E) each
        self.in_proj_weight.add_grad(np.concatenate(grads))
        if self.in_proj_bias is not None:
            self.in_proj_bias.add_grad(np.concatenate([grad.sum(axis=0) for grad in rows]))
        weights = self.in_proj_weight.data.reshape(3, size, size)
        return tuple((grad @ w).reshape(x.shape) for grad, w, x in zip(rows, weights, inputs))


def _join_masks(query: np.ndarray, key: np.ndarray, key_padding_mask: np.ndarray | None,
                attn_mask: np.ndarray | None) -> np.ndarray | None:
    """Both masks of MultiheadAttention as one to be added to the scores (N, h, L, S); None for none."""
    n, length, source = len(query), query.shape[2], key.shape[2]
    mask = None
    if attn_mask is not None:
        mask = _additive("attn_mask", attn_mask, (length, source))
    if key_padding_mask is not None:
        padding = _additive("key_padding_mask", key_padding_mask, (n, source))[:, None, None]   # (N, 1, 1, S)
        mask = padding if mask is None else mask + padding
    return mask


def _additive(name: str, mask: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """A mask that is True where one may not look, as numbers to add; ValueError for another shape."""
    if mask.shape != shape:
        raise ValueError(f"{name}: expected shape {shape}, got {mask.shape}")
    return np.where(mask, np.float32(-np.inf), np.float32(0)) if mask.dtype == bool else mask


def sinusoids(length: int, d_model: int) -> np.ndarray:
    """Sines and cosines of the positions 0 ... length-1, (length, d_model), float64.

    Columns 2i and 2i+1 are sin and cos of position / 10000^(2i / d_model): clocks from fast to slow. Moving
    k positions on is a rotation of each pair, the same wherever one starts. Source: Vaswani et al., 2017.
    """
    columns = np.arange(d_model)
    angles = np.arange(length)[:, None] / 10000 ** ((columns - columns % 2) / d_model)  # (T, E)
    return np.where(columns % 2, np.cos(angles), np.sin(angles))


class PositionalEncoding(Module):
    """x + sinusoids: attention alone cannot tell positions apart. No parameters.

    Shapes: x (T, N, d_model), or (N, T, d_model) with batch_first, T <= max_len -> the same; ValueError
    otherwise. Source: Vaswani et al., 2017.
    """

    def __init__(self, d_model: int, max_len: int = 5000, *, batch_first: bool = False):
        self.batch_first, self.table = batch_first, sinusoids(max_len, d_model)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(T, N, E) -> (T, N, E)."""
        max_len, size = self.table.shape
        length = x.shape[1 if self.batch_first else 0]
        if x.ndim != 3 or x.shape[2] != size or length > max_len:
            raise ValueError(f"x: expected 3 axes, at most {max_len} positions, the last {size}, got {x.shape}")
        table = self.table[:length].astype(x.dtype)                 # (T, E)
        self._cache = ()                                            # the way back needs nothing
        return x + (table if self.batch_first else table[:, None])

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """(T, N, E) -> (T, N, E): adding a constant changes no gradient."""
        self.saved()
        return grad_output
