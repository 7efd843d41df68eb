"""Tables: a clinical and a chemical one, votes, and generated ones about customers and ratings, which say so."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from nnlib.data.images import Pair
from nnlib.module import Seed, as_generator

_FOLDER = Path(__file__).parent
_CUSTOMERS = ("age", "months as customer", "monthly fee", "support calls", "logins per week")


def breast_cancer() -> tuple[Pair, Pair]:
    """569 tumours measured under the microscope, malignant or benign (Wolberg, Mangasarian and Street, 1993).

    Returns train, test: pairs of x (N, 30) float32, in the units of the measurements, and y (N,) int64, 1 malignant
    and 0 benign (scikit-learn has it the other way round), with N 455 and 114. `columns("breast_cancer")` names x.
    """
    x, y, _ = _arrays("breast_cancer")
    y = y.astype(np.int64)
    return (x[:455], y[:455]), (x[455:], y[455:])


def solubility() -> tuple[Pair, Pair]:
    """1,282 molecules, and how well each dissolves in water (after Huuskonen, 2000): a regression.

    Returns train, test: pairs of x (N, 10) float32, what can be counted in a molecule's drawing, and y (N,) float32,
    the base-10 logarithm of the solubility in mol per litre, with N 1,025 and 257. `columns("solubility")` names x.
    """
    x, y, _ = _arrays("solubility")
    return (x[:1025], y[:1025]), (x[1025:], y[1025:])


def votes() -> Pair:
    """How each of the 435 members of the U.S. House of Representatives voted on 16 questions (Schlimmer, 1987).

    Returns x (435, 16) float32, 1 yea, 0 nay, NaN where a member did neither (392 places), and the party y (435,)
    int64, 1 Republican and 0 Democrat; unsplit, without names. `columns("votes")` names the questions of 1984.
    """
    x, y, _ = _arrays("votes")
    return np.where(x < 0, np.nan, x).astype(np.float32), y.astype(np.int64)


def columns(table: str) -> list[str]:
    """The names of the columns of "breast_cancer", "solubility", "votes" or "customers". ValueError for others."""
    if table == "customers":
        return list(_CUSTOMERS)
    if table not in ("breast_cancer", "solubility", "votes"):
        raise ValueError(f"table: expected 'breast_cancer', 'solubility', 'votes' or 'customers', got {table!r}")
    return _arrays(table)[2].tolist()


def _arrays(table: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    with np.load(_FOLDER / f"{table}.npz") as arrays:
        return arrays["x"], arrays["y"], arrays["columns"]


def customers(n: int = 1000, missing: float = 0.0, rng: Seed = None) -> Pair:
    """A generated table: who cancels a subscription (class 1)? `columns("customers")` names the five columns.

    Returns x (n, 5) float32, in years, months, euros and counts, and y (n,) int64. A share `missing` of the cells is
    NaN. The rule behind it: log-odds -0.5, + 1.2 for each standard deviation of support calls, - 1.2 of logins,
    + 0.6 of the fee, - 0.8 of the months; age plays no part. ValueError where n < 1 or missing is not in [0, 1).
    """
    if n < 1 or not 0 <= missing < 1:
        raise ValueError(f"n, missing: expected at least 1 and a share in [0, 1), got {n} and {missing}")
    rng = as_generator(rng)
    x = np.stack([rng.uniform(18, 80, n), rng.gamma(2, 12, n), rng.normal(20, 5, n), rng.poisson(1.5, n),
                  rng.gamma(2, 2, n)], axis=1)
    mean = np.array([49, 24, 20, 1.5, 4])                                 # of the five distributions above
    std = np.array([62 / 12**0.5, 288**0.5, 5, 1.5**0.5, 8**0.5])
    log_odds = (x - mean) / std @ np.array([0, -0.8, 0.6, 1.2, -1.2]) - 0.5
    y = (rng.random(n) < 0.5 + 0.5 * np.tanh(0.5 * log_odds)).astype(np.int64)
    x[rng.random(x.shape) < missing] = np.nan
    return x.astype(np.float32), y


class Ratings(NamedTuple):
    """Who rated what, how: user (N,) int64, item (N,) int64, both from 0; rating (N,) float32; where it is from."""

    user: np.ndarray
    item: np.ndarray
    rating: np.ndarray
    source: str


def ratings(
    folder: str | Path | None = None, users: int = 300, items: int = 200, per_user: int = 40, rng: Seed = None
) -> Ratings:
    """Ratings of films: your own copy of MovieLens, or else a generated table whose `source` says so.

    MovieLens (Harper and Konstan, 2015) may not come with a course; download it from grouplens.org, unpack it, and
    name the `folder` (it has a ratings.csv, ratings.dat or u.data). The generated table has `per_user` different
    items for each of `users`; a user's taste and an item's style are vectors in three dimensions, and their product
    sets the rating, from 0.5 to 5 in halves. Popular items, and those a user likes, are rated more often, as in life.
    Raises FileNotFoundError where the folder has none of the files, ValueError where per_user is not in 1 .. items.
    """
    if folder is not None:
        return _movielens(Path(folder))
    if not 1 <= per_user <= items:
        raise ValueError(f"per_user: expected 1 to items, {items}, got {per_user}")
    rng = as_generator(rng)
    taste, style = rng.normal(0, 0.6, (users, 3)), rng.normal(0, 0.6, (items, 3))
    liking = 3.4 + rng.normal(0, 0.4, (users, 1)) + rng.normal(0, 0.4, items) + taste @ style.T      # (users, items)
    popularity = -np.log(1 + np.arange(items))                            # the first item is the best known
    chance = popularity + 0.5 * liking + rng.gumbel(size=liking.shape)    # the largest are a draw without replacement
    item = np.sort(np.argsort(-chance, axis=1)[:, :per_user], axis=1).ravel()
    user = np.repeat(np.arange(users), per_user)
    noisy = liking[user, item] + rng.normal(0, 0.4, user.size)
    rating = np.clip(np.round(2 * noisy) / 2, 0.5, 5).astype(np.float32)
    return Ratings(user, item, rating, "generated by nnlib.data.ratings: no real people")


def _movielens(folder: Path) -> Ratings:
    """Read whichever form of MovieLens lies in `folder`, and number users and items from 0."""
    forms = {"ratings.csv": (",", 1), "ratings.dat": ("::", 0), "u.data": ("\t", 0)}
    name = next((name for name in forms if (folder / name).exists()), None)
    if name is None:
        raise FileNotFoundError(f"folder: expected one of {', '.join(forms)} in it, got {folder}")
    separator, header = forms[name]
    lines = (folder / name).read_text(encoding="utf-8").splitlines()[header:]
    rows = [line.split(separator)[:3] for line in lines]
    user, item, rating = np.array(rows, np.float64).T
    user, item = (np.unique(numbers, return_inverse=True)[1].astype(np.int64) for numbers in (user, item))
    return Ratings(user, item, rating.astype(np.float32), f"MovieLens, {name}")
