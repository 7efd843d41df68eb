"""The next token: a small GPT says what may come next, and a draw from that is how it writes."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from nnlib import data
from nnlib.demo.common import drawing_from, load_weights
from nnlib.demo.controls import Moment, Player, button, choice, slider
from nnlib.demo.stage import Stage
from nnlib.models.numpy import GPT
from nnlib.models.shared import sample
from nnlib.nn.activation import softmax

BLOCK, WRITTEN, LISTED, WIDTH = 64, 24, 12, 96
PROMPTS = ("MACBETH. ", "What is the ", "I am not a ", "O, my lord, ", "The king ")


def compute(prompt: str, temperature: float, top_k: int, seed: int, text: str | None):
    """Write 24 characters by the trained character model (see build.py), one at a time.

    `temperature` 0 always takes the most probable one; only the `top_k` best may be drawn. `text` is your own prompt,
    up to 40 characters. Arrays, one row per character: `best` (24, 12), the numbers of the most probable ones;
    `model` (24, 12) their probabilities, `used` (24, 12) the same after temperature and top-k; `place` (24,), the
    rank of the one drawn, from 0; `surprise` (24,), in bits. Words: `prompt`, `written`, `alphabet`.
    """
    prompt = _checked(prompt if text is None else text)
    rng = np.random.default_rng(seed)
    rows, letters = [], []
    for _ in range(WRITTEN):
        logits, _ = read(prompt + "".join(letters))
        new = int(sample(logits[None], temperature, top_k, rng)[0, 0])
        rows.append(_row(logits, new, temperature, top_k))
        letters.append(vocabulary().tokens[new])
    arrays = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    arrays |= {"prompt": [prompt], "written": letters, "alphabet": vocabulary().tokens}
    return arrays, {
        "Text": (prompt + "".join(letters)).replace("\n", " / "),
        "Always the best one?": f"{np.mean(arrays['place'] == 0):.0%} of the characters are the model's first choice",
        "Surprise": f"{arrays['surprise'].mean():.2f} bits per character",
    }


def _row(logits: np.ndarray, new: int, temperature: float, top_k: int) -> dict:
    """What there is to see of one draw."""
    own = softmax(logits)
    order = np.argsort(-logits, kind="stable")
    used = np.zeros_like(own)
    kept = order[:top_k] if temperature else order[:1]
    used[kept] = softmax(logits[kept] / temperature) if temperature else 1.0
    best = order[:LISTED]
    return {"best": best, "model": own[best], "used": used[best], "place": int(np.flatnonzero(order == new)[0]),
            "surprise": -np.log2(own[new])}


@cache
def vocabulary() -> data.Vocabulary:
    """The 71 characters of the plays."""
    return data.Vocabulary(data.shakespeare())


def _checked(prompt: str) -> str:
    unknown = sorted(set(prompt) - set(vocabulary().tokens))
    if unknown or not 1 <= len(prompt) <= BLOCK - WRITTEN:
        got = f"{unknown}, which it has never seen" if unknown else f"{len(prompt)} characters"
        raise ValueError(f"text: expected 1 to {BLOCK - WRITTEN} characters of Shakespeare's plays, got {got}")
    return prompt


def network() -> GPT:
    """The network before training: three blocks of four heads, 96 numbers per character."""
    with drawing_from(0):
        return GPT(len(vocabulary()), BLOCK, WIDTH, 4, 3)


@cache
def model() -> GPT:
    """The trained network."""
    return load_weights(network(), Path(__file__).with_name("gpt.npz")).eval()


@lru_cache(maxsize=500)
def read(text: str) -> tuple[np.ndarray, list[np.ndarray]]:
    """Logits (K,) of what comes after `text`, and what each block has seen, so that nothing is computed twice."""
    gpt, place, token = model(), len(text) - 1, vocabulary()[text[-1]]
    past = read(text[:-1])[1] if place else [np.zeros((1, 0, WIDTH), np.float32)] * len(gpt.blocks)
    x = gpt.token_embedding.weight.data[token] + gpt.position_embedding.weight.data[place]
    x, seen = x[None, None], []                                 # (N=1, T=1, E)
    for block, before in zip(gpt.blocks, past):
        now = block.norm1(x)
        seen.append(np.concatenate([before, now], axis=1))      # (1, place + 1, E): no mask, there is no future
        x = x + block.attention(now, seen[-1], seen[-1], need_weights=False)[0]
        x = x + block.feed_forward(block.norm2(x))
    return gpt.head(gpt.norm(x))[0, 0], seen


def draw_picture(figure, arrays) -> None:
    """The text, and the probabilities of the first draw."""
    from nnlib import plot

    ax = figure.subplots()
    names = [_name(arrays["alphabet"][i]) for i in arrays["best"][0]]
    ax.bar(range(LISTED), arrays["used"][0], color=plot.BLUE, tick_label=names)
    ax.set(ylabel="probability", xlabel="next character")
    ax.set_title(arrays["prompt"][0] + "".join(arrays["written"]).replace("\n", " / "), loc="left", fontsize=12)


def _name(letter: str) -> str:
    return {" ": "space", "\n": "line"}.get(letter, letter)


class NextToken(Stage):
    """How GPT writes, on a model small enough for NumPy: characters, trained on Shakespeare's plays.

    Show: cover the bars, read the prompt, let the class name the next character, then uncover. Step on. Then turn
    the temperature to 0 (it loops), to 3 (noise), and ask which setting they would publish. `NextToken(text="...")`
    takes your own beginning.
    """

    title = "Next token: how GPT writes"
    controls = (
        choice("prompt", "Beginning", PROMPTS),
        slider("temperature", "Temperature", (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0, 3.0, 10.0), 0.6),
        slider("top_k", "Choose among the best", (1, 2, 3, 5, 8, 12, 20, 40, 71), 71),
        button("seed", "Other draws"),
    )
    moments = (
        Moment("As trained", "What comes next? How sure would you be?"),
        Moment("Temperature 0", "Always the best character. Is the best text the result?", temperature=0.0),
        Moment("Too hot", "What has the model forgotten: the words, the letters, or nothing at all?", temperature=3.0),
        Moment("Top 3", "Hot, but only three to choose from. Why is that better?", temperature=1.5, top_k=3),
    )
    player = Player("place", "character", beat=400, from_start=True)
    takes = ("text",)
    handout_settings = 200
    compute = staticmethod(compute)
    draw_picture = staticmethod(draw_picture)
    pytorch = """
        import torch
        logits = model(tokens)[:, -1] / {temperature}  # temperature 0: take logits.argmax() instead
        best = logits.topk({top_k})
        probabilities = torch.softmax(best.values, dim=-1)
        new = best.indices.gather(-1, torch.multinomial(probabilities, 1))
    """
