"""The data of the lessons: small, offline, fast to load. README.md beside this file has the sources.

Labelled data comes as `train, test = digits()`, each a pair (x, y), so that `fit(model, *train)` reads well.
Inputs are float32, labels int64. Synthetic data takes `rng`: a Generator, a seed, or None for the one that
`manual_seed` set.
"""

from nnlib.data.images import digits
from nnlib.data.splitting import batches, split
from nnlib.data.synthetic import circles, crescents, gates

__all__ = ["batches", "circles", "crescents", "digits", "gates", "split"]
