"""nnlib: `torch.nn` and `torch.optim` that you can read, in NumPy with explicit forward and backward."""

from nnlib.module import manual_seed

__all__ = ["manual_seed"]
__version__ = "1.0.0rc1"  # of the whole project; pyproject.toml reads it here
