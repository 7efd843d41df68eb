"""gpt: the worked numbers, found again by other means."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn

import nnlib.models.numpy
import nnlib.models.torch
import nnlib.nn
from nnlib import data
from nnlib.models import sample
from tests.exercises.proofs import (  # noqa: F401
    solved,
    test_it_is_proved,
    test_its_class_gets_its_marks,
    test_its_shape,
    test_other_peoples_answers_get_what_they_deserve,
    test_the_release_stops_at_the_first_open_task,
)


@pytest.fixture(scope="module")
def names():
    return solved("gpt")


def normed(x):
    return (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)


def attended(x, W, b, V, c, heads):
    """Causal attention of one sequence (T, D), number by number."""
    T, D = x.shape
    d, mixed = D // heads, np.zeros((T, D))
    q, k, v = np.split(x @ W.T + b, 3, axis=1)
    for head in range(heads):
        mine = slice(head * d, (head + 1) * d)
        for t in range(T):
            odds = [math.exp(sum(q[t, mine] * k[j, mine]) / math.sqrt(d)) for j in range(t + 1)]
            for j in range(t + 1):
                mixed[t, mine] += odds[j] / sum(odds) * v[j, mine]
    return mixed @ V.T + c


def test_the_worked_attention():
    c, d = (2**0.5 * math.log(3)) ** 0.5, (2**0.5 * math.log(7)) ** 0.5
    x, same, nothing = np.array([[0.0, 0, 0, 0], [c, 0, d, 0]]), np.tile(np.eye(4), (3, 1)), np.zeros(12)
    out = attended(x, same, nothing, np.eye(4), np.zeros(4), heads=2)
    np.testing.assert_allclose(out, [[0, 0, 0, 0], [3 / 4 * c, 0, 7 / 8 * d, 0]])
    means = attended(np.array([[3.0], [1], [2]]), np.array([[0.0], [0], [1]]), np.zeros(3), np.eye(1), np.zeros(1), 1)
    np.testing.assert_allclose(means, [[3], [2], [2]])


def test_the_worked_block_and_gpt():
    x = np.array([3.0, 1.0])
    h = x + normed(x)
    np.testing.assert_allclose([*h, *(h + normed(h))], [4, 0, 5, -1], atol=1e-4)
    swap, head, bias = np.eye(2)[::-1], np.array([[1.0, 0], [0, 1], [1, 1]]), np.array([0, 0, 0.5])
    for x in ([3.0, 1.0], [1.0 + 4, 3.0]):
        np.testing.assert_allclose(head @ normed(swap @ x) + bias, [-1, 1, 0.5], atol=1e-4)
    assert 3 * 2 + 4 * 2 + 2 * 2 + 2 * 2 + (2 * 3 + 3) == 31 and 2 * 4 + 2 * 6 == 20


def test_the_worked_shares():
    weights = np.array([1, 2, 3, 4]) / 10
    rng = np.random.default_rng(0)
    for options, shares in (({}, weights), ({"temperature": 0.5}, np.array([1, 4, 9, 16]) / 30),
                            ({"top_k": 2}, np.array([0, 0, 3, 4]) / 7)):  # fmt: skip
        drawn = sample(np.tile(np.log(weights), (200_000, 1)), **options, rng=rng)
        np.testing.assert_allclose(np.bincount(drawn[:, 0], minlength=4) / 200_000, shares, atol=0.005)


@pytest.mark.parametrize(("n", "size"), [(6, 4), (9, 2), (5, 4), (2, 1)])
def test_every_window_is_as_likely(names, n, size):
    tokens = torch.tensor(np.random.default_rng(0).permutation(100)[:n])
    kept = tokens.clone()
    x, y = names["get_batch"](tokens, size, 6000, torch.Generator().manual_seed(1))
    assert x.shape == y.shape == (6000, size) and x.dtype == y.dtype == torch.int64 and torch.equal(tokens, kept)
    windows = {tuple(tokens[s : s + size + 1].tolist()): 0 for s in range(n - size)}
    windows |= Counter((*a, b[-1]) for a, b in zip(x.tolist(), y.tolist()))
    assert len(windows) == n - size and torch.equal(x[:, 1:], y[:, :-1])
    np.testing.assert_allclose(np.array(list(windows.values())) / 6000, 1 / (n - size), atol=0.03)
    again = names["get_batch"](tokens, size, 6000, torch.Generator().manual_seed(1))
    assert torch.equal(again[0], x)


def test_attention_is_that_of_loops_of_nnlib_and_of_torch(names):
    torch.manual_seed(0)
    B, T, D, heads = 2, 5, 12, 3
    mine, x = names["CausalSelfAttention"](D, heads).double(), torch.randn(B, T, D, dtype=torch.float64)
    W, b, V, c = (p.detach() for p in (mine.qkv.weight, mine.qkv.bias, mine.out.weight, mine.out.bias))
    state = {"in_proj_weight": W, "in_proj_bias": b, "out_proj.weight": V, "out_proj.bias": c}
    later = torch.ones(T, T, dtype=torch.bool).triu(1)
    theirs = nn.MultiheadAttention(D, heads, batch_first=True).double()
    theirs.load_state_dict(state)
    ours = nnlib.nn.MultiheadAttention(D, heads, batch_first=True).astype("float64")
    ours.load_state_dict({name: t.numpy() for name, t in state.items()})
    out = mine(x).detach()
    assert out.dtype == torch.float64
    np.testing.assert_allclose(out, theirs(x, x, x, attn_mask=later)[0].detach(), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(out, ours(*3 * [x.numpy()], attn_mask=later.numpy())[0], rtol=1e-10, atol=1e-12)
    for row, one in zip(out, x):
        by_hand = attended(one.numpy(), W.numpy(), b.numpy(), V.numpy(), c.numpy(), heads)
        np.testing.assert_allclose(row, by_hand, rtol=1e-10, atol=1e-12)


def test_the_future_has_no_gradient(names):
    x = torch.randn(1, 6, 8, requires_grad=True)
    mine = names["CausalSelfAttention"](8, 2)
    for t in range(6):
        (slope,) = torch.autograd.grad(mine(x)[0, t].sum(), x)
        assert torch.count_nonzero(slope[0, : t + 1].abs().sum(dim=1)) == t + 1
        assert torch.count_nonzero(slope[0, t + 1 :]) == 0


def test_the_whole_is_that_of_nnlib(names):
    """The same weights in nnlib's GPT, in NumPy: the same logits, the same text."""
    torch.manual_seed(3)
    vocab, size, D, heads = 11, 7, 12, 3
    mlps = [nn.Sequential(nn.Linear(D, 4 * D), nn.GELU("tanh"), nn.Linear(4 * D, D)) for _ in range(2)]
    blocks = [names["Block"](D, names["CausalSelfAttention"](D, heads), mlp) for mlp in mlps]
    mine = names["GPT"](vocab, size, D, blocks).double()
    with torch.no_grad():
        mine.head.bias.zero_()
        for block in blocks:
            for p in (*block.norm1.parameters(), *block.norm2.parameters()):
                p += 0.1 * torch.randn_like(p)
    renamed = {"tokens.": "token_embedding.", "positions.": "position_embedding.", "mlp.": "feed_forward.",
               "qkv.": "in_proj_", "attention.out.": "attention.out_proj."}  # fmt: skip
    state = {}
    for name, t in mine.state_dict().items():
        for old, new in renamed.items():
            name = name.replace(old, new)
        state[name] = t.numpy()
    del state["head.bias"]
    ours = nnlib.models.numpy.GPT(vocab, size, d_model=D, nhead=heads, num_layers=2).astype("float64")
    ours.load_state_dict(state)
    for T in (1, 4, 7):
        idx = torch.randint(vocab, (2, T))
        np.testing.assert_allclose(mine(idx).detach(), ours(idx.numpy()), rtol=1e-9, atol=1e-11)
    start = torch.randint(vocab, (3, 2))
    written = names["generate"](mine, start, 12, size, temperature=0)
    np.testing.assert_array_equal(written, ours.generate(start.numpy(), 12, temperature=0))
    assert written.dtype == torch.int64 and torch.equal(written[:, :2], start)
    np.testing.assert_array_equal(written, names["generate"](mine, start, 12, size, temperature=1.3, top_k=1))


@pytest.mark.parametrize(("temperature", "top_k"), [(1.0, None), (0.7, 3), (2.0, 5), (1.5, 1)])
def test_draws_follow_the_last_logits(names, temperature, top_k):
    rng = np.random.default_rng(4)
    table, seen = torch.tensor(rng.normal(size=(5, 5))), []

    def model(idx):
        seen.append((idx.shape, torch.is_grad_enabled()))
        return table[idx]

    start = torch.tensor([[1, 4]]).repeat(20_000, 1)
    out = names["generate"](model, start, 2, 2, temperature, top_k, torch.Generator().manual_seed(0))
    assert seen == [((20_000, 2), False)] * 2 and torch.equal(start, torch.tensor([[1, 4]]).repeat(20_000, 1))
    odds = np.exp(table.numpy() / temperature)
    odds[odds < np.sort(odds, axis=1)[:, -(top_k or 5), None]] = 0
    odds /= odds.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(np.bincount(out[:, 2], minlength=5) / 20_000, odds[4], atol=0.02)
    np.testing.assert_allclose(np.bincount(out[:, 3], minlength=5) / 20_000, odds[4] @ odds, atol=0.02)
    again = names["generate"](model, start, 2, 2, temperature, top_k, torch.Generator().manual_seed(0))
    assert torch.equal(out, again)


def test_the_bigram_of_the_figure():
    text = data.shakespeare()
    cut = 9 * len(text) // 10
    pairs, firsts = Counter(pairwise(text[:cut])), Counter(text[: cut - 1])
    kinds = len(data.Vocabulary(text))
    odds = [(pairs[a, b] + 0.1) / (firsts[a] + 0.1 * kinds) for a, b in pairwise(text[cut:])]
    assert -np.mean(np.log(odds)) == pytest.approx(2.50, abs=0.005)
