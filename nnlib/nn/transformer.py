"""TransformerEncoderLayer and TransformerDecoderLayer: attention and a small network, again and again.

Importing this lets you stack what BERT, GPT and T5 are made of. Each layer is a chain of blocks (attention,
or two linear layers on every position) and each block only adds to its input, so that gradients have a way
back on which nothing shrinks them.
Legend of the shape comments: N batch, T time (target), S source, E embedding.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnlib.module import Module, Sequential
from nnlib.nn.activation import GELU, ReLU
from nnlib.nn.attention import MultiheadAttention
from nnlib.nn.linear import Linear
from nnlib.nn.norm import Dropout, LayerNorm

_ACTIVATIONS = {"relu": ReLU, "gelu": GELU}


class _TransformerLayer(Module):
    """What encoder and decoder layers share: attention, the linear layers, the residual connections."""

    _attentions: tuple[str, ...] = ("self_attn",)

    def __init__(self, d_model: int, nhead: int, dim_feedforward: int = 2048, dropout: float = 0.1,
                 activation: str = "relu", layer_norm_eps: float = 1e-5, batch_first: bool = False,
                 norm_first: bool = False):
        if activation not in _ACTIVATIONS:
            raise ValueError(f"activation: expected 'relu' or 'gelu', got {activation!r}")
        self.norm_first = norm_first
        for name in self._attentions:
            setattr(self, name, MultiheadAttention(d_model, nhead, dropout, batch_first=batch_first))
        self.linear1 = Linear(d_model, dim_feedforward)
        self.activation = _ACTIVATIONS[activation]()
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model)
        for block in range(1, len(self._attentions) + 2):
            setattr(self, f"norm{block}", LayerNorm(d_model, layer_norm_eps))
            setattr(self, f"dropout{block}", Dropout(dropout))

    def _add(self, x: np.ndarray, norm: LayerNorm, block: Callable) -> np.ndarray:
        """X plus what the block says: normalised before it (norm_first) or after the sum (as in 2017)."""
        return x + block(norm(x)) if self.norm_first else norm(x + block(x))

    def _add_backward(self, grad: np.ndarray, norm: LayerNorm, block_backward: Callable) -> np.ndarray:
        """The gradient goes back both ways, past the block and through it."""
        if self.norm_first:
            return grad + norm.backward(block_backward(grad))
        grad = norm.backward(grad)
        return grad + block_backward(grad)

    def _attend(self, x: np.ndarray, key_padding_mask: np.ndarray | None, mask: np.ndarray | None) -> np.ndarray:
        """The block of self-attention."""
        return self.dropout1(self.self_attn(x, x, x, key_padding_mask, False, mask)[0])

    def _attend_backward(self, grad: np.ndarray) -> np.ndarray:
        """Its input was query, key and value at once."""
        return sum(self.self_attn.backward(self.dropout1.backward(grad)))

    def _feed_forward(self, last: Dropout) -> Sequential:
        """The block of two linear layers, on each position alone.

        The chain is made anew for the way forth and for the way back: what there is to remember, its layers keep. As
        an attribute it would list their parameters a second time, under names that PyTorch does not have.
        """
        return Sequential(self.linear1, self.activation, self.dropout, self.linear2, last)


class TransformerEncoderLayer(_TransformerLayer):
    """Self-attention, then two linear layers; each block adds to its input.

    Shapes: see `forward`. Parameters: self_attn.* (see MultiheadAttention), linear1 and linear2 (d_model to
    dim_feedforward and back), norm1, norm2. `activation` is "relu" or "gelu" (ValueError otherwise);
    `norm_first` normalises before each block, which trains without warm-up (Xiong et al., 2020).
    Source: Vaswani et al., 2017.
    """

    def forward(self, src: np.ndarray, src_mask: np.ndarray | None = None,
                src_key_padding_mask: np.ndarray | None = None) -> np.ndarray:
        """(S, N, E) -> (S, N, E), or batch first; the masks are those of MultiheadAttention.

        src_mask (S, S), src_key_padding_mask (N, S), True where one may not look.
        """
        x = self._add(src, self.norm1, lambda x: self._attend(x, src_key_padding_mask, src_mask))
        return self._add(x, self.norm2, self._feed_forward(self.dropout2))

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """(S, N, E) -> (S, N, E): the blocks from last to first."""
        grad = self._add_backward(grad_output, self.norm2, self._feed_forward(self.dropout2).backward)
        return self._add_backward(grad, self.norm1, self._attend_backward)


class TransformerDecoderLayer(_TransformerLayer):
    """Self-attention, attention to the encoder's output (the memory), then two linear layers.

    Arguments, shapes and parameters as in TransformerEncoderLayer, and multihead_attn.* for the memory, and
    norm3. Source: Vaswani et al., 2017.
    """

    _attentions = ("self_attn", "multihead_attn")

    def forward(self, tgt: np.ndarray, memory: np.ndarray, tgt_mask: np.ndarray | None = None,
                memory_mask: np.ndarray | None = None, tgt_key_padding_mask: np.ndarray | None = None,
                memory_key_padding_mask: np.ndarray | None = None) -> np.ndarray:
        """(T, N, E), (S, N, E) -> (T, N, E), or batch first; the masks are those of MultiheadAttention.

        tgt_mask (T, T), memory_mask (T, S), tgt_key_padding_mask (N, T), memory_key_padding_mask (N, S), True
        where one may not look.
        """
        def look(x):
            return self.dropout2(
                self.multihead_attn(x, memory, memory, memory_key_padding_mask, False, memory_mask)[0])

        x = self._add(tgt, self.norm1, lambda x: self._attend(x, tgt_key_padding_mask, tgt_mask))
        x = self._add(x, self.norm2, look)
        return self._add(x, self.norm3, self._feed_forward(self.dropout3))

    def backward(self, grad_output: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(T, N, E) -> the gradients of tgt (T, N, E) and of memory (S, N, E)."""
        to_memory = []                                              # as key, and as value

        def look_backward(grad):
            grad_query, *others = self.multihead_attn.backward(self.dropout2.backward(grad))
            to_memory.extend(others)
            return grad_query

        grad = self._add_backward(grad_output, self.norm3, self._feed_forward(self.dropout3).backward)
        grad = self._add_backward(grad, self.norm2, look_backward)
        return self._add_backward(grad, self.norm1, self._attend_backward), sum(to_memory)
