"""Whole models: `shared` builds those that need no backward of their own, with nnlib.nn or torch.nn.

`numpy` and `torch` hold the others, the same classes with the same parameter names; `nnlib.models.torch` is
the only part of nnlib that imports PyTorch, and only when it is asked for.
"""

from nnlib.models.shared import autoencoder, cnn, conv_block, mlp, sample

__all__ = ["autoencoder", "cnn", "conv_block", "mlp", "sample"]
