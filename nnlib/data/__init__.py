"""The data of the lessons: small, offline, fast to load. README.md beside this file has the sources.

Labelled data comes as `train, test = digits()`, each a pair (x, y), so that `fit(model, *train)` reads well.
Inputs are float32, labels int64. Synthetic data takes `rng`: a Generator, a seed, or None for the one that
`manual_seed` set.
"""

from nnlib.data.images import CIFAR10_NAMES, FASHION_NAMES, cifar10, digits, fashion, mnist, shapes
from nnlib.data.series import co2, sunspots
from nnlib.data.splitting import batches, split
from nnlib.data.synthetic import circles, crescents, gates, gaussians, memory, ring
from nnlib.data.tables import Ratings, breast_cancer, columns, customers, ratings, solubility, votes
from nnlib.data.text import Vocabulary, padded, sentiment, shakespeare, translation

__all__ = [
    "CIFAR10_NAMES", "FASHION_NAMES", "Ratings", "Vocabulary", "batches", "breast_cancer", "cifar10", "circles", "co2",
    "columns", "crescents", "customers", "digits", "fashion", "gates", "gaussians", "memory", "mnist", "padded",
    "ratings", "ring", "sentiment", "shakespeare", "shapes", "solubility", "split", "sunspots", "translation",
    "votes",
]
