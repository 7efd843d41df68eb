"""Texts: plays to write like, rated sentences, pairs to translate, and the numbers that networks read instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from nnlib.module import Seed, as_generator

_FOLDER = Path(__file__).parent

# (English, French) and, for a noun, whether it is feminine; an adjective has a masculine and a feminine form.
_DETERMINERS = (("the", ("le", "la")), ("a", ("un", "une")), ("this", ("ce", "cette")))
_NOUNS = (
    ("cat", "chat", False), ("dog", "chien", False), ("horse", "cheval", False), ("wolf", "loup", False),
    ("fish", "poisson", False), ("cow", "vache", True), ("mouse", "souris", True), ("goat", "chèvre", True),
    ("frog", "grenouille", True),
)
_BEFORE = (("big", ("grand", "grande")), ("small", ("petit", "petite")), ("old", ("vieux", "vieille")))
_AFTER = (("black", ("noir", "noire")), ("white", ("blanc", "blanche")), ("green", ("vert", "verte")))
_VERBS = (("sees", "voit"), ("follows", "suit"), ("likes", "aime"), ("hears", "entend"), ("hunts", "chasse"))


def shakespeare() -> str:
    """Five plays by Shakespeare, 539,000 characters of 71 kinds, one speech after the other.

    Macbeth, Julius Caesar, As You Like It, Much Ado About Nothing and The Tempest, without stage directions. Each
    speech is the speaker in capitals, a full stop, the lines, an empty line.
    """
    return _text("shakespeare.npz")


def sentiment() -> tuple[tuple[list[str], np.ndarray], tuple[list[str], np.ndarray]]:
    """10,603 sentences from film reviews, rated by some 15 people each (Hutto and Gilbert, 2014).

    Returns train, test: pairs of a list of N sentences and their mean rating (N,) float32, from -4 (dreadful) over
    0 (neutral) to 4 (wonderful), with N 8,500 and 2,103. About as many are below zero as above.
    """
    sentences = _text("sentiment.npz").split("\n")
    with np.load(_FOLDER / "sentiment.npz") as arrays:
        rating = arrays["rating"]
    return (sentences[:8500], rating[:8500]), (sentences[8500:], rating[8500:])


def _text(name: str) -> str:
    with np.load(_FOLDER / name) as arrays:
        return arrays["text"].tobytes().decode()


def translation(n: int = 2000, rng: Seed = None) -> tuple[list[str], list[str]]:
    """Different English sentences and their French: "this black cow sees a dog", "cette vache noire voit un chien".

    Small enough to learn, and real: articles and adjectives agree with the noun, colours follow it, others do not.
    Returns two lists of n texts, words separated by spaces. ValueError where n is not in 1 .. 178,605.
    """
    phrases = [_phrase(d, a, noun) for d in _DETERMINERS for a in (None, *_BEFORE, *_AFTER) for noun in _NOUNS]
    shape = (len(phrases), len(_VERBS), len(phrases))
    total = int(np.prod(shape))
    if not 1 <= n <= total:
        raise ValueError(f"n: expected 1 to {total}, got {n}")
    chosen = np.unravel_index(as_generator(rng).choice(total, n, replace=False), shape)
    pairs = [[phrases[i], _VERBS[j], phrases[k]] for i, j, k in zip(*chosen)]
    english, french = ([" ".join(part[language] for part in pair) for pair in pairs] for language in (0, 1))
    return english, french


def _phrase(determiner: tuple, adjective: tuple | None, noun: tuple) -> tuple[str, str]:
    """One noun with its company, in English and in French."""
    english, french, feminine = noun
    if adjective is not None:
        english, form = f"{adjective[0]} {english}", adjective[1][feminine]
        french = f"{form} {french}" if adjective in _BEFORE else f"{french} {form}"
    article = "an" if determiner[0] == "a" and english[0] in "aeiou" else determiner[0]
    return f"{article} {english}", f"{determiner[1][feminine]} {french}"


class Vocabulary:
    """Numbers for tokens, and back: characters (`Vocabulary(text)`) or words (`Vocabulary(text.split())`).

    The `specials` come first, from 0; then the `size` most frequent tokens (all by default), sorted. `tokens` is
    the list, so `tokens[i]` is the token of number i. Where "<unk>" is a special, unknown tokens get its number.

    >>> vocabulary = Vocabulary("hello", specials=["<pad>"])
    >>> vocabulary.tokens, vocabulary.encode("hole")
    (['<pad>', 'e', 'h', 'l', 'o'], array([2, 4, 3, 1]))
    """

    def __init__(self, tokens: Iterable[str], specials: Sequence[str] = (), size: int | None = None):
        frequent = [token for token, _ in Counter(tokens).most_common(size)]
        self.tokens = [*specials, *sorted(set(frequent) - set(specials))]
        self._numbers = {token: number for number, token in enumerate(self.tokens)}

    def __len__(self) -> int:
        return len(self.tokens)

    def __getitem__(self, token: str) -> int:
        """The number of one token. ValueError where it is unknown and there is no "<unk>"."""
        number = self._numbers.get(token, self._numbers.get("<unk>"))
        if number is None:
            raise ValueError(f"token: expected one of the {len(self)} in the vocabulary, got {token!r}")
        return number

    def encode(self, tokens: Iterable[str]) -> np.ndarray:
        """T tokens -> (T,) int64. ValueError as for a single token."""
        return np.array([self[token] for token in tokens], np.int64)

    def decode(self, numbers: Iterable[int]) -> list[str]:
        """(T,) numbers -> T tokens."""
        return [self.tokens[number] for number in numbers]


def padded(sequences: Sequence[np.ndarray], value: int = 0, length: int | None = None) -> np.ndarray:
    """N arrays of different lengths as one (N, T) int64, filled up with `value` at the end.

    T is `length`, or that of the longest; longer sequences lose their end.
    """
    length = max(map(len, sequences)) if length is None else length
    rows = np.full((len(sequences), length), value, np.int64)
    for row, sequence in zip(rows, sequences):
        row[: len(sequence)] = sequence[:length]
    return rows
