"""nnlib: `torch.nn` and `torch.optim` that you can read, in NumPy with explicit forward and backward."""

__version__ = "0.1.0"
