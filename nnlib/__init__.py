"""nnlib: `torch.nn` and `torch.optim` that you can read, in NumPy with explicit forward and backward."""

from nnlib.module import manual_seed

__all__ = ["manual_seed"]
__version__ = "0.1.0"
