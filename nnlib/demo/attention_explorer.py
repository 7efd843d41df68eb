"""The attention explorer: which word looks at which, in a small trained translator."""

from __future__ import annotations

import copy
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from nnlib import data
from nnlib.demo.common import drawing_from, load_weights
from nnlib.demo.controls import Moment, Player, choice, slider, toggle
from nnlib.demo.stage import Stage
from nnlib.models.numpy import Transformer
from nnlib.nn import MultiheadAttention

SENTENCES = (
    "this black cow sees a big wolf",
    "the small mouse follows the white cat",
    "a green frog likes this old horse",
    "the goat hears an old dog",
    "this fish hunts a fish",
)
LOOKS = ("French at English", "English at itself", "French at itself")
LAYERS, HEADS, WIDTH = 2, 2, 32


def compute(text: str, look: str, layer: int, head: str, sharpness: float, positions: bool, sentence: str | None):
    """Translate by a real encoder-decoder (trained by build.py) and read its attention.

    `sharpness` multiplies all scores before their softmax, in all layers; without `positions` no word knows where
    it stands. `sentence` is your own, of the words of `data.translation`. Arrays: `weights` (L, S), each row of
    sum 1; `queries`, `keys`: the words; `entropy` (L,), in bits. ValueError for words that it does not know.
    """
    words = tuple((sentence or text).lower().split())
    french, looks = translated(words, sharpness, positions)
    weights = looks[look, layer]                                # (h, L, S)
    weights = weights.mean(axis=0) if head == "mean" else weights[int(head) - 1]
    queries = [*words] if look == LOOKS[1] else french
    keys = ["<start>", *french[:-1]] if look == LOOKS[2] else [*words]
    entropy = -np.sum(weights * np.log2(np.maximum(weights, 1e-12)), axis=1)
    arrays = {"weights": weights, "queries": queries, "keys": keys, "entropy": entropy}
    return arrays, {
        "English": " ".join(words),
        "French": " ".join(french),
        "Looks at, on average": f"{2 ** entropy.mean():.1f} words at once",
        "Strongest": _strongest(weights, queries, keys),
    }


@lru_cache(maxsize=100)
def translated(words: tuple[str, ...], sharpness: float, positions: bool) -> tuple[list[str], dict]:
    """The French words, and the attention (h, L, S) for each of LOOKS and each layer."""
    source_words, target_words = vocabularies()
    source, start = _encode(source_words, words)[None], target_words["<start>"]     # (N=1, S)
    model = altered(sharpness, positions)
    target = model.translate(source, start, len(words))         # (N=1, S): in these languages as many words
    model(source, np.concatenate([[[start]], target[:, :-1]], axis=1))      # all at once: now all weights are there
    looks = {}
    for place, layer in attentions(model).items():
        _, _, _, weights, *_ = layer.attention.saved()
        looks[place] = weights[0]                               # (h, L, S): of the one sentence
    return target_words.decode(target[0]), looks


def _strongest(weights: np.ndarray, queries: list[str], keys: list[str]) -> str:
    i, j = np.unravel_index(weights.argmax(), weights.shape)
    return f"{queries[i]} looks at {keys[j]} with {weights[i, j]:.0%}"


def _encode(vocabulary: data.Vocabulary, words: tuple[str, ...]) -> np.ndarray:
    unknown = [word for word in words if word not in vocabulary.tokens]
    if unknown or not 1 <= len(words) <= 8:
        known = ", ".join(vocabulary.tokens)
        raise ValueError(f"sentence: expected 1 to 8 of the words {known}; got {', '.join(unknown) or len(words)}")
    return vocabulary.encode(words)


@cache
def vocabularies() -> tuple[data.Vocabulary, data.Vocabulary]:
    """English and French words; these come first in the file of weights, so their order must stay."""
    english, french = data.translation(20000, rng=0)
    return data.Vocabulary(" ".join(english).split()), data.Vocabulary(" ".join(french).split(), ["<start>"])


def network() -> Transformer:
    """The network before training: two layers of two heads, 32 numbers per word."""
    source, target = vocabularies()
    with drawing_from(0):
        return Transformer(len(source), len(target), WIDTH, HEADS, LAYERS, 64, max_len=9)


@cache
def trained() -> Transformer:
    """The network with the weights that build.py has stored."""
    return load_weights(network(), Path(__file__).with_name("translator.npz"))


@cache
def altered(sharpness: float, positions: bool) -> Transformer:
    """The trained network with other scores: its queries are multiplied by `sharpness`."""
    model = copy.deepcopy(trained())
    if not positions:
        model.positions = np.zeros_like(model.positions)
    for attention in attentions(model).values():
        attention.in_proj_weight.data[:WIDTH] *= sharpness
        attention.in_proj_bias.data[:WIDTH] *= sharpness
    return model


def attentions(model: Transformer) -> dict[tuple[str, int], MultiheadAttention]:
    """The attention layers by (who looks, number of the layer)."""
    french = [layer.multihead_attn for layer in model.decoder]
    themselves = [[layer.self_attn for layer in part] for part in (model.encoder, model.decoder)]
    layers = dict(zip(LOOKS, (french, *themselves)))
    return {(look, i): layer for look in LOOKS for i, layer in enumerate(layers[look], 1)}


def draw_picture(figure, arrays) -> None:
    """The attention as a matrix."""
    from nnlib import plot

    plot.attention_map(arrays["weights"], arrays["queries"], arrays["keys"], figure.subplots())


class AttentionExplorer(Stage):
    """Attention in a translator that was trained on small sentences; `AttentionExplorer(sentence="...")` takes yours.

    Show: step through the French words. In French the colour comes after the noun: ask where `noire` has to look
    before you step there. Then the encoder: why does `this` look at its noun? (In French it depends on the gender.)
    Then switch the positions off and read the translation.
    """

    title = "Attention: who looks at whom?"
    controls = (
        choice("text", "Sentence", SENTENCES),
        choice("look", "Who looks", LOOKS),
        slider("layer", "Layer", range(1, LAYERS + 1), 2),
        choice("head", "Head", ("mean", *(str(i + 1) for i in range(HEADS)))),
        slider("sharpness", "Scores, times", (0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0, 10.0), 1.0),
        toggle("positions", "Positions", True),
    )
    moments = (
        Moment("Word order", "Black cow, vache noire: where must the model look to write the second word?"),
        Moment("Gender", "In this layer, the first word looks at cow, of all words. What does French have to know?",
               look="English at itself", head="1"),
        Moment("Mask", "Half of the matrix is empty. What would be too easy otherwise?", look="French at itself"),
        Moment("No scores", "All scores are zero. Where does everybody look now?", sharpness=0.0),
        Moment("No positions", "The words are all there, but not their order. Which mistakes appear?", positions=False),
    )
    player = Player("entropy", "word", beat=1000, from_start=True)
    takes = ("sentence",)
    handout_settings = 700
    compute = staticmethod(compute)
    draw_picture = staticmethod(draw_picture)
    pytorch = """
        import torch
        attention = torch.nn.MultiheadAttention(embed_dim=32, num_heads=2, batch_first=True)
        output, weights = attention(query, key, value, average_attn_weights=False)
        print(weights.shape)  # (N, heads, L, S); every row sums to 1
    """
