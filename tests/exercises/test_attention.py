"""attention: the worked numbers, found again by other means."""

import numpy as np
import pytest
import sympy as sp
import torch

from autograder.marking.exercise import solution_notebook
from nnlib.nn.attention import sinusoids
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
    """What the solution defines."""
    return solved("attention")


@pytest.mark.parametrize("front", [(), (2,), (2, 3)])
@pytest.mark.parametrize("masked", [False, True])
def test_attention_is_that_of_pytorch(names, front, masked):
    """Its function gives no weights: a value of ones in each key's own column shows them."""
    rng = np.random.default_rng(1)
    q, k, v = rng.normal(size=(*front, 4, 7)), rng.normal(size=(*front, 5, 7)), rng.normal(size=(*front, 5, 6))
    mask = rng.random((4, 5)) < 0.5 if masked else None
    if masked:
        mask[:, 2] = True
    before = [a.copy() for a in (q, k, v)]
    out, weights = names["scaled_dot_product_attention"](q, k, v, mask)
    given = None if mask is None else torch.tensor(mask)
    columns = np.broadcast_to(np.eye(5), (*front, 5, 5)).copy()
    for got, values in ((out, v), (weights, columns)):
        wanted = torch.nn.functional.scaled_dot_product_attention(*map(torch.tensor, (q, k, values)), attn_mask=given)
        np.testing.assert_allclose(got, wanted.numpy(), rtol=1e-9, atol=1e-12)
    for a, b in zip((q, k, v), before):
        np.testing.assert_array_equal(a, b)


def test_masks_of_other_shapes_and_rows_without_any_key(names):
    """As if each query were asked alone, with the keys that it may see and no others."""
    rng = np.random.default_rng(2)
    q, k, v = rng.normal(size=(2, 3, 4, 7)), rng.normal(size=(2, 3, 5, 7)), rng.normal(size=(2, 3, 5, 6))
    for shape in ((4, 5), (5,), (1, 5), (4, 1), (2, 1, 1, 5), (3, 4, 5), (2, 3, 4, 5)):
        mask = rng.random(shape) < 0.4
        out, weights = names["scaled_dot_product_attention"](q, k, v, mask)
        assert out.shape == (2, 3, 4, 6) and weights.shape == (2, 3, 4, 5)
        seen = np.broadcast_to(mask, weights.shape)
        for i in np.ndindex(2, 3, 4):
            keys = np.flatnonzero(seen[i])
            shares = np.exp([q[i] @ k[i[:2]][s] / 7**0.5 for s in keys])
            wanted = np.zeros(5)
            wanted[keys] = shares / shares.sum()
            np.testing.assert_allclose(weights[i], wanted, rtol=1e-10)
            np.testing.assert_allclose(out[i], sum((wanted[s] * v[i[:2]][s] for s in keys), np.zeros(6)), atol=1e-12)


def test_large_scores(names):
    """+-10,000, seen or hidden: all weight goes to the largest that is seen."""
    q, v = np.full((1, 4), 100.0), np.eye(3)
    k = np.array([[50.0], [-50], [49]]) * np.ones(4)            # scores 10,000, -10,000, 9,800
    for shown, wanted in ((None, 0), ([True, True, False], 0), ([False, True, True], 2), ([False, True, False], 1)):
        for kind in (float, np.float32):
            mask = None if shown is None else np.array(shown)
            out, weights = names["scaled_dot_product_attention"](q.astype(kind), k.astype(kind), v.astype(kind), mask)
            np.testing.assert_allclose(weights, [np.eye(3)[wanted]], atol=1e-30)
            np.testing.assert_allclose(out, [v[wanted]], atol=1e-30)


def test_the_worked_scores():
    """log 3 and 0 are shares of 3/4 and 1/4."""
    a, b = sp.log(3), sp.Integer(0)
    share = sp.exp(a) / (sp.exp(a) + sp.exp(b))
    assert sp.simplify(share) == sp.Rational(3, 4)
    assert 2 * a / sp.sqrt(4) == sp.log(3)
    w0, w1 = sp.Matrix([[3, 1], [2, 2]]) / 4, sp.Matrix([[2, 2], [1, 3]]) / 4
    x, w_v, w_o = sp.eye(2), sp.Matrix([[4, 0], [4, 8]]), sp.Matrix([[1, 1], [0, 1]])
    values = x * w_v.T
    merged = sp.Matrix.hstack(w0 * values[:, 0], w1 * values[:, 1])
    assert merged == sp.Matrix([[3, 6], [2, 7]]) and merged * w_o.T == sp.Matrix([[9, 6], [9, 7]])


def test_the_causal_mask_is_the_lower_triangle(names):
    for T in (1, 2, 7):
        mask = names["causal_mask"](T)
        assert mask.dtype == bool
        np.testing.assert_array_equal(mask, np.tri(T, dtype=bool))


def test_the_future_does_not_change_the_past(names):
    rng = np.random.default_rng(3)
    x, matrices = rng.normal(size=(2, 7, 6)), rng.normal(size=(4, 6, 6))
    mask = names["causal_mask"](7)
    for t in range(6):
        other = x.copy()
        other[:, t + 1 :] = rng.normal(size=other[:, t + 1 :].shape)
        outs = [names["multi_head_attention"](sequence, *matrices, 3, mask)[0] for sequence in (x, other)]
        np.testing.assert_allclose(outs[0][:, : t + 1], outs[1][:, : t + 1])
        assert not np.allclose(outs[0][:, t + 1 :], outs[1][:, t + 1 :])


def test_heads_entry_by_entry(names):
    x = np.random.default_rng(4).normal(size=(2, 5, 12))
    for heads in (1, 3, 4, 12):
        split, d = names["split_heads"](x, heads), 12 // heads
        assert split.shape == (2, heads, 5, d)
        for n, h, t, j in np.ndindex(split.shape):
            assert split[n, h, t, j] == x[n, t, h * d + j]
        np.testing.assert_array_equal(names["merge_heads"](split), x)


@pytest.mark.parametrize("masked", [False, True])
def test_multi_head_attention_is_that_of_pytorch(names, masked):
    """PyTorch's mask is True where one may not look."""
    rng = np.random.default_rng(5)
    x, matrices, mask = rng.normal(size=(2, 5, 12)), rng.normal(size=(4, 12, 12)) / 2, np.tri(5, dtype=bool)
    twin = torch.nn.MultiheadAttention(12, 3, bias=False, batch_first=True, dtype=torch.float64)
    twin.load_state_dict({"in_proj_weight": torch.tensor(np.concatenate(matrices[:3])),
                          "out_proj.weight": torch.tensor(matrices[3])})
    hidden = torch.tensor(~mask) if masked else None
    wanted = twin(*[torch.tensor(x)] * 3, attn_mask=hidden, average_attn_weights=False)
    got = names["multi_head_attention"](x, *matrices, 3, mask if masked else None)
    for ours, theirs in zip(got, wanted):
        np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-9, atol=1e-12)


def test_padding_masks_reach_all_heads(names):
    """A mask (N, 1, 1, T) hides keys of one sequence: as if they were not there."""
    rng = np.random.default_rng(6)
    x, matrices = rng.normal(size=(2, 5, 6)), rng.normal(size=(4, 6, 6))
    mask = np.ones((2, 1, 1, 5), bool)
    mask[1, ..., 3:] = False
    out, _ = names["multi_head_attention"](x, *matrices, 2, mask)
    short, _ = names["multi_head_attention"](x[1:, :3], *matrices, 2)
    np.testing.assert_allclose(out[1:, :3], short)


def test_positional_encoding_is_that_of_nnlib_and_of_the_paper(names):
    for T, d in ((1, 2), (3, 4), (50, 12)):
        places = names["positional_encoding"](T, d)
        np.testing.assert_allclose(places, sinusoids(T, d), atol=1e-12)
        speeds = 10000.0 ** (-2 * np.arange(d // 2) / d)
        on_circles = np.exp(1j * np.arange(T)[:, None] * speeds)
        np.testing.assert_allclose(places[:, 1::2] + 1j * places[:, ::2], on_circles, atol=1e-12)
    worked = [[sp.sin(1), sp.cos(1), sp.sin(sp.Rational(1, 100)), sp.cos(sp.Rational(1, 100))],
              [sp.sin(2), sp.cos(2), sp.sin(sp.Rational(1, 50)), sp.cos(sp.Rational(1, 50))]]  # fmt: skip
    told = [[0.841471, 0.540302, 0.01, 0.99995], [0.909297, -0.416147, 0.019999, 0.9998]]
    np.testing.assert_allclose(told, np.array(worked, float), rtol=1e-4)


@pytest.fixture(scope="module")
def drawn():
    """Solution and figures together."""
    names = solved("attention")
    for cell in solution_notebook("attention").cells:
        if "ungraded" in cell.metadata.get("tags", []):
            exec(cell.source, names)
    return names


def test_what_the_text_says_of_places(drawn):
    """One matrix fits all positions; head 0 looks one back, head 1 five, from where there are so many."""
    heads = drawn["looks"][0]
    assert max(drawn["off1"], drawn["off5"]) < 1e-10
    for head, back in enumerate((1, 5)):
        np.testing.assert_array_equal(heads[head].argmax(axis=1)[back:], np.arange(20 - back))
        assert np.all(np.diagonal(heads[head], -back) > 0.8)


def test_shuffled_keys_change_nothing(names):
    rng = np.random.default_rng(7)
    q, k, v, order = rng.normal(size=(4, 7)), rng.normal(size=(5, 7)), rng.normal(size=(5, 6)), rng.permutation(5)
    attend = names["scaled_dot_product_attention"]
    np.testing.assert_allclose(attend(q, k, v)[0], attend(q, k[order], v[order])[0])


def test_what_the_model_answer_says_of_sunspots(drawn):
    """The forecast beats repeating this year; unmasked, each year looks most at the next one, whose value is asked."""
    late, next_year = drawn["late"], drawn["next_year"]

    def off(guess):
        return np.abs(guess - next_year)[late].mean()

    masked, unmasked, same = off(drawn["forecast"][:-1, 0]), off(drawn["cheat"][:-1, 0]), off(drawn["number"][11:-1])
    np.testing.assert_allclose([masked, unmasked, same], [12.9, 7.6, 18.7], atol=0.06)
    assert drawn["this_year"][:-1][late][0] == 1800 and len(next_year) == len(drawn["this_year"]) - 1
    _, free = drawn["scaled_dot_product_attention"](drawn["queries"], drawn["keys"], drawn["values"])
    np.testing.assert_array_equal(free[:-1].argmax(axis=1), np.arange(1, len(free)))
    np.testing.assert_array_equal(drawn["keys"][1:] * 100, drawn["queries"][:-1])
    np.testing.assert_array_equal(drawn["values"][1:, 0], next_year)


def test_what_the_model_answer_says_of_scores():
    rng = np.random.default_rng(8)
    scores = np.sum(rng.normal(size=(20000, 64)) * rng.normal(size=(20000, 64)), axis=1)
    assert abs(scores.std() - 8) < 0.2 and 2900 < np.exp(8) < 3100
