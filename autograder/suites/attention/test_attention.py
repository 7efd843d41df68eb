"""Hidden tests of attention: the weighted mean, the mask, the heads, all of it together, and the clocks.

L, S, d and e always differ, so do N, T and the heads, so that nothing transposed can hide. Where that is possible a
test asks how the student's own answers belong together: weights with a mask and without, a batch and its parts, the
output and the weights. So a forgotten scale costs the points of test_attention_scale alone.
"""

import math

import numpy as np
import pytest

from autograder.marking.student import Shown

packages = ["numpy", "nnlib.plot", "nnlib.data"]
builds_on = {"multi_head_attention": ["scaled_dot_product_attention", "split_heads", "merge_heads"]}

NOTHING = "Nothing came back (None): is there a return at the end of the function?"
CLOSE = {"rtol": 1e-7, "atol": 1e-12}    # tiny weights may come out as 0, or the other way round


def array(value, shape, message):
    """An array of real numbers of this shape; where it is none the message is shown."""
    if value is None:
        raise Shown(NOTHING)
    if not isinstance(value, (np.ndarray, list)) or np.shape(value) != shape:
        raise Shown(message)
    return np.asarray(value)


def pair(values):
    """The two things that a function returned."""
    if values is None:
        raise Shown(NOTHING)
    if not isinstance(values, (tuple, list)) or len(values) != 2:
        raise Shown("Expected two things: out and weights, in this order.")
    return values


def example(seed, length=5, keys=3, d=4, e=2, before=()):
    """Random q (..., L, d), k (..., S, d) and v (..., S, e); all values of v are positive."""
    rng = np.random.default_rng(seed)
    q, k = rng.normal(size=(*before, length, d)), rng.normal(size=(*before, keys, d))
    return q, k, rng.uniform(1, 2, (*before, keys, e))


def weights_of(student, q, k, v, *mask):
    """The weights that come back, whatever the output is."""
    _, weights = pair(student.scaled_dot_product_attention(q, k, v, *mask))
    return array(weights, (*q.shape[:-1], k.shape[-2]), "weights should have the shape (..., L, S).")


def visible(rng, *shape):
    """A random mask that lets every query look somewhere, and hides something from it."""
    mask = np.arange(shape[-1]) < rng.integers(1, shape[-1], (*shape[:-1], 1))
    return rng.permuted(mask, axis=-1)


def softmax(scores):
    """The shares of some scores of moderate size, one by one."""
    powers = [math.exp(score) for score in scores]
    return [power / sum(powers) for power in powers]


def shares(q, k):
    """The weights of q (L, d) and k (S, d), without a mask, from their definition."""
    return [softmax([sum(a * b for a, b in zip(one, other)) / math.sqrt(len(one)) for other in k]) for one in q]


# Task 1 -----------------------------------------------------------------------------------------------------


@pytest.mark.grade("test-attention", points=0.25,
                   hint="weights has a row for each query and a column for each key, out a row for each query.")
def test_attention_shapes(student):
    """out is (L, e) and weights (L, S), in this order."""
    for length, keys, d, e in ((5, 3, 4, 2), (1, 4, 3, 6), (2, 1, 5, 4), (1, 1, 1, 1)):
        q, k, v = example(1, length, keys, d, e)
        out, weights = pair(student.scaled_dot_product_attention(q, k, v))
        array(weights, (length, keys), "The second thing, weights, should have the shape (..., L, S).")
        array(out, (length, e), "The first thing, out, should have the shape (..., L, e).")


@pytest.mark.grade("test-attention", points=0.25,
                   hint="Dot products of each query with each key, then softmax over the keys. Do the weights of one "
                        "query add up to 1?")
def test_attention_weights(student):
    """The weights of a query add up to 1, and their logarithms differ as its dot products do, up to a scale."""
    for keys, d in ((3, 4), (7, 2), (4, 9)):
        q, k, v = example(keys, keys=keys, d=d)
        weights = weights_of(student, q, k, v)
        np.testing.assert_allclose(weights.sum(axis=-1), np.ones(5))
        assert np.all(weights > 0)
        for row, one in zip(weights, q):
            logs, scores = np.log(row), np.array([sum(one * other) for other in k])
            logs, scores = logs - logs.mean(), scores - scores.mean()
            assert np.linalg.norm(logs) > 0
            np.testing.assert_allclose(logs / np.linalg.norm(logs), scores / np.linalg.norm(scores), rtol=0, atol=1e-9)


@pytest.mark.grade("test-attention", points=0.25,
                   hint="By what are the scores divided? d is the number of entries of one query.")
def test_attention_scale(student):
    """The scores are divided by the root of d, whatever d is."""
    for d in (2, 9, 1):
        q, k, v = example(d, d=d)
        np.testing.assert_allclose(weights_of(student, q, k, v), shares(q, k), **CLOSE)


@pytest.mark.grade("test-attention", points=0.25,
                   hint="Each query gets a mean of the values, by its own weights: one matrix product.")
def test_attention_output(student):
    """The output is the mean of the values by the weights that come back, with a mask and without."""
    rng = np.random.default_rng(3)
    for dtype, rtol in ((np.float64, 1e-7), (np.float32, 1e-4)):
        q, k, v = (part.astype(dtype) for part in example(4, keys=6))
        for mask in (None, visible(rng, 5, 6)):
            out, weights = pair(student.scaled_dot_product_attention(q, k, v, mask))
            out = array(out, (5, 2), "out should have the shape (..., L, e).")
            weights = array(weights, (5, 6), "weights should have the shape (..., L, S).")
            expected = [[sum(row * column) for column in v.T] for row in weights]
            assert np.all(np.max(expected, axis=1) > 0)
            np.testing.assert_allclose(out, expected, rtol=rtol)


@pytest.mark.grade("test-attention", points=0.25,
                   hint="k.T turns all axes around. Only the last two should change places, and softmax runs over the "
                        "last one.")
def test_attention_leading_axes(student):
    """A batch gives the same as each of its parts alone."""
    for before in ((2,), (2, 3), (2, 1, 3)):
        q, k, v = example(5, before=before)
        found = pair(student.scaled_dot_product_attention(q, k, v))
        out = array(found[0], (*before, 5, 2), "out should have the shape (..., L, e).")
        weights = array(found[1], (*before, 5, 3), "weights should have the shape (..., L, S).")
        for place in (tuple(0 for _ in before), tuple(n - 1 for n in before)):
            one, its_weights = pair(student.scaled_dot_product_attention(q[place], k[place], v[place]))
            assert np.all(np.isfinite(its_weights))
            np.testing.assert_allclose(weights[place], its_weights, **CLOSE)
            np.testing.assert_allclose(out[place], one, **CLOSE)


@pytest.mark.grade("test-attention", points=0.25,
                   hint="True is where a query may look. What score makes a weight of exactly 0?")
def test_attention_mask_hides(student):
    """Where the mask is False the weight is exactly 0, and elsewhere it is not."""
    rng = np.random.default_rng(6)
    for keys in (4, 6):
        q, k, v = example(7, keys=keys)
        mask = visible(rng, 5, keys)
        weights = weights_of(student, q, k, v, mask)
        if np.any(weights[~mask] != 0):
            raise Shown("A weight is not exactly 0 although the mask is False there.")
        assert np.all(weights[mask] > 0)


@pytest.mark.grade("test-attention", points=0.25,
                   hint="The weights that are left should add up to 1: hide before softmax, or divide once more.")
def test_attention_mask_rest(student):
    """Softmax runs over the keys that may be seen: their weights keep their ratios and add up to 1."""
    rng = np.random.default_rng(8)
    for keys in (4, 7):
        q, k, v = example(9, keys=keys)
        mask = visible(rng, 5, keys)
        left = np.where(mask, weights_of(student, q, k, v), 0)
        weights = np.where(mask, weights_of(student, q, k, v, mask), 0)    # the hidden ones are another test's matter
        assert np.all(left[mask] > 0)
        np.testing.assert_allclose(weights, left / left.sum(axis=1, keepdims=True), **CLOSE)
        everything = np.ones((5, keys), bool)
        np.testing.assert_allclose(weights_of(student, q, k, v, everything), weights_of(student, q, k, v), **CLOSE)


@pytest.mark.grade("test-attention", points=0.25,
                   hint="np.where broadcasts. scores[mask] wants a mask of exactly the same shape.")
def test_attention_mask_broadcasts(student):
    """A mask of fewer axes, or of axes of length 1, holds for all."""
    q, k, v = example(10, keys=6, before=(2, 3))
    for shape in ((6,), (5, 6), (1, 6), (3, 1, 6), (2, 1, 1, 6), (2, 3, 5, 6)):
        mask = visible(np.random.default_rng(11), *shape)
        full = weights_of(student, q, k, v, np.broadcast_to(mask, (2, 3, 5, 6)).copy())
        assert np.all(np.isfinite(full)) and np.ptp(full) > 0
        np.testing.assert_allclose(weights_of(student, q, k, v, mask), full, **CLOSE)


@pytest.mark.grade("test-attention", points=0.25,
                   hint="The sum over no keys at all is 0, and 0 / 0 is NaN. What should be there?")
def test_attention_nowhere(student):
    """A query that may look nowhere gets weights 0 and output 0, and the others still have weights."""
    q, k, v = example(12, keys=4)
    for blind in ([1, 4], [0], [0, 1, 2, 3, 4]):
        mask = np.repeat(~np.isin(np.arange(5), blind)[:, None], 4, axis=1)
        out, weights = pair(student.scaled_dot_product_attention(q, k, v, mask))
        out = array(out, (5, 2), "out should have the shape (..., L, e).")
        weights = array(weights, (5, 4), "weights should have the shape (..., L, S).")
        if np.any(np.isnan(out)) or np.any(np.isnan(weights)):
            raise Shown("There is NaN where a query may look nowhere.")
        np.testing.assert_array_equal(weights[blind], np.zeros((len(blind), 4)))
        np.testing.assert_array_equal(out[blind], np.zeros((len(blind), 2)))
        assert np.all(np.delete(weights, blind, axis=0) > 0)


def with_scores(scores):
    """q, k and v that have these scores (L, 4): q holds them, and k is the root of 4 times the identity."""
    return np.array(scores), 2 * np.eye(4), np.ones((4, 2))


@pytest.mark.grade("test-attention", points=0.25,
                   hint="A constant that is subtracted from all scores of a query changes nothing. Which one keeps all "
                        "powers at 1 or below?")
def test_attention_large_scores(student):
    """Scores as large as 10,000, of either sign, give the right weights."""
    scores = np.random.default_rng(13).uniform(-1, 1, (5, 4))
    wanted = weights_of(student, *with_scores(scores))    # the student's own, of small scores
    assert np.all(wanted > 0)
    shift = np.array([9990.0, -9990.0, 0.0, 5000.0, -800.0])[:, None]
    weights = weights_of(student, *with_scores(scores + shift))
    if np.any(np.isnan(weights)):
        raise Shown("There is NaN among the weights of large scores.")
    np.testing.assert_allclose(weights, wanted, rtol=1e-6)
    far_apart = weights_of(student, *with_scores([[1e4, -1e4, 1e4, 0.0], [-1e4, -1e4, -1e4, -1e4], [0, 0, -1e4, 1e4]]))
    np.testing.assert_allclose(far_apart, [[0.5, 0, 0.5, 0], [0.25] * 4, [0, 0, 0, 1]], **CLOSE)


@pytest.mark.grade("test-attention", points=0.25,
                   hint="Which score is the largest of a query: that of all keys, or of those that it may see?")
def test_attention_large_hidden_scores(student):
    """A hidden score may be far larger than all that may be seen, and these far below 0."""
    mask = np.array([[1, 1, 0, 0], [0, 1, 1, 1], [1, 0, 1, 0], [1, 1, 1, 0], [0, 0, 1, 0]], bool)
    scores = np.random.default_rng(14).uniform(-1, 1, (5, 4))
    wanted = np.where(mask, weights_of(student, *with_scores(scores), mask), 0)
    assert np.all(wanted[mask] > 0)
    for seen, hidden in ((-9990.0, 1e4), (0.0, 1e4), (-9990.0, 0.0)):
        weights = weights_of(student, *with_scores(np.where(mask, scores + seen, hidden)), mask)
        if np.any(np.isnan(weights)):
            raise Shown("There is NaN among the weights where a large score is hidden.")
        np.testing.assert_allclose(weights, wanted, rtol=1e-6, atol=1e-12)


@pytest.mark.grade("test-attention", points=0.25, hint="/=, *= and q[...] = change the caller's array.")
def test_attention_keeps_arguments(student):
    """q, k, v and the mask stay as they are."""
    q, k, v = example(15)
    mask = visible(np.random.default_rng(16), 5, 3)
    sent = [student.put(part) for part in (q, k, v, mask)]
    for arguments in (sent[:3], sent):
        pair(student.scaled_dot_product_attention(*arguments))
        for handle, before in zip(sent, (q, k, v, mask)):
            np.testing.assert_array_equal(handle.get(), before)


# Task 2 -----------------------------------------------------------------------------------------------------


def mask_for(student, T):
    """The mask that comes back, maybe not of booleans."""
    return array(student.causal_mask(T), (T, T), "The mask should have the shape (T, T).")


@pytest.mark.grade("test-causal-mask", points=0.25, hint="What is the dtype of your mask? A comparison makes booleans.")
def test_causal_mask_booleans(student):
    """causal_mask returns T x T booleans."""
    for T in (1, 4):
        if mask_for(student, T).dtype != bool:
            raise Shown("The mask is not made of booleans.")
    assert np.any(mask_for(student, 4)) and not np.all(mask_for(student, 4))


@pytest.mark.grade("test-causal-mask", points=0.5,
                   hint="Row t is the query. Where may the first one look, and where the last one?")
def test_causal_mask_past(student):
    """A position may look at all before it, and at none after it."""
    for T in (2, 3, 8, 40):
        mask, others = mask_for(student, T), ~np.eye(T, dtype=bool)    # the position itself is another test's matter
        expected = np.array([[s < t for s in range(T)] for t in range(T)])
        np.testing.assert_array_equal(mask[others], expected[others])


@pytest.mark.grade("test-causal-mask", points=0.25, hint="The first position would see nothing without itself.")
def test_causal_mask_itself(student):
    """A position may look at itself."""
    for T in (1, 5):
        np.testing.assert_array_equal(np.diagonal(mask_for(student, T)), np.ones(T))


# Task 3 -----------------------------------------------------------------------------------------------------

SIZES = ((2, 3, 4, 5), (3, 5, 2, 1), (1, 4, 1, 6), (2, 1, 3, 2))    # N, T, heads, d


def split(student, x, heads):
    """The heads of x that come back."""
    N, T, D = x.shape
    return array(student.split_heads(x, heads), (N, heads, T, D // heads),
                 "split_heads should return an array (N, heads, T, D / heads).")


def merged(student, x):
    """The heads x, merged."""
    N, heads, T, d = x.shape
    return array(student.merge_heads(x), (N, T, heads * d), "merge_heads should return an array (N, T, heads * d).")


@pytest.mark.grade("test-heads", points=0.25, hint="Four axes, the heads in front of the positions.")
def test_split_shape(student):
    """split_heads returns (N, heads, T, D / heads), and loses no number."""
    for N, T, heads, d in SIZES:
        x = np.random.default_rng(17).normal(size=(N, T, heads * d))
        np.testing.assert_array_equal(np.sort(split(student, x, heads), axis=None), np.sort(x, axis=None))


@pytest.mark.grade("test-heads", points=0.25,
                   hint="reshape keeps the order of the numbers. First cut D into (heads, d), then exchange two axes.")
def test_split_heads(student):
    """Each head gets its block of columns, of each position."""
    for N, T, heads, d in SIZES:
        x = np.random.default_rng(18).normal(size=(N, T, heads * d))
        found = split(student, x, heads)
        for h in range(heads):
            np.testing.assert_array_equal(found[:, h], x[:, :, h * d : (h + 1) * d])


@pytest.mark.grade("test-heads", points=0.25, hint="Three axes: the positions come before the columns again.")
def test_merge_shape(student):
    """merge_heads returns (N, T, heads * d), and loses no number."""
    for N, T, heads, d in SIZES:
        x = np.random.default_rng(19).normal(size=(N, heads, T, d))
        np.testing.assert_array_equal(np.sort(merged(student, x), axis=None), np.sort(x, axis=None))


@pytest.mark.grade("test-heads", points=0.25,
                   hint="The steps of split_heads backwards: exchange the two axes, then make one of the last two.")
def test_merge_heads(student):
    """The heads lie side by side again, in their order."""
    for N, T, heads, d in SIZES:
        x = np.random.default_rng(20).normal(size=(N, heads, T, d))
        np.testing.assert_array_equal(merged(student, x), np.concatenate([x[:, h] for h in range(heads)], axis=-1))


# Task 4 -----------------------------------------------------------------------------------------------------


class Heads:
    """Random inputs of multi_head_attention; q, k and v of a head come from the rows of its block in w_q, w_k, w_v."""

    def __init__(self, seed, N=2, T=5, D=6, heads=3):
        rng = np.random.default_rng(seed)
        self.N, self.T, self.D, self.heads, self.d = N, T, D, heads, D // heads
        self.x, self.w_q, self.w_k, self.w_v, self.w_o = rng.normal(size=(N, T, D)), *rng.normal(size=(4, D, D))
        self.x_and_weights = [self.x, self.w_q, self.w_k, self.w_v, self.w_o]

    def of_head(self, w, n, h):
        """What w makes of sequence n for head h: (T, d)."""
        return self.x[n] @ w[h * self.d : (h + 1) * self.d].T

    def answers(self, student, mask=None, **matrices):
        """What comes back, with other matrices where given: out and weights, each in a function that checks it."""
        given = [matrices.get(name, getattr(self, name)) for name in ("w_q", "w_k", "w_v", "w_o")]
        out, weights = pair(student.multi_head_attention(self.x, *given, self.heads, mask))
        shape = (self.N, self.heads, self.T, self.T)
        return (lambda: array(out, (self.N, self.T, self.D), "out should have the shape (N, T, D)."),
                lambda: array(weights, shape, "weights should have the shape (N, heads, T, T)."))


@pytest.mark.grade("test-multi-head", points=0.5,
                   hint="q = x @ w_q.T, split into heads; k alike. The matrices lie as (out, in). What is the d of a "
                        "head?")
def test_multi_head_weights(student):
    """Each head has weights of its own, made by its columns of q and k and divided by the root of its d."""
    for case in (Heads(21), Heads(22, D=4, heads=1), Heads(23, N=1, T=3, D=4, heads=4), Heads(24, T=1, D=8, heads=2)):
        _, weights = case.answers(student)
        expected = [[shares(case.of_head(case.w_q, n, h), case.of_head(case.w_k, n, h)) for h in range(case.heads)]
                    for n in range(case.N)]
        np.testing.assert_allclose(weights(), expected, **CLOSE)


@pytest.mark.grade("test-multi-head", points=0.5,
                   hint="v = x @ w_v.T is split like q and k, each head mixes its own part, then merge_heads.")
def test_multi_head_values(student):
    """Each head mixes its own columns of v by the weights that come back, and the heads are merged."""
    rng = np.random.default_rng(25)
    for case in (Heads(26), Heads(27, D=8, heads=2), Heads(28, N=1, T=3, D=4, heads=1)):
        for mask in (None, visible(rng, case.N, case.heads, case.T, case.T)):
            out, weights = (answer() for answer in case.answers(student, mask, w_o=np.eye(case.D)))
            assert np.all(np.isfinite(weights)) and np.all(weights.max(axis=-1) > 0)
            for n in range(case.N):
                heads = [weights[n, h] @ case.of_head(case.w_v, n, h) for h in range(case.heads)]
                np.testing.assert_allclose(out[n], np.concatenate(heads, axis=-1), rtol=1e-7, atol=1e-9)


@pytest.mark.grade("test-multi-head", points=0.25, hint="The last matrix lies as (out, in), too: y = x @ W.T.")
def test_multi_head_last_matrix(student):
    """w_o mixes what the heads found."""
    for case in (Heads(29), Heads(30, D=4, heads=2)):
        plain, _ = case.answers(student, w_o=np.eye(case.D))
        mixed, _ = case.answers(student)
        assert np.all(np.any(plain() != 0, axis=-1))
        expected = [[case.w_o @ row for row in sequence] for sequence in plain()]
        np.testing.assert_allclose(mixed(), expected, rtol=1e-7, atol=1e-9)


@pytest.mark.grade("test-multi-head", points=0.5,
                   hint="Hand the mask on as it came: its last two axes are those of the scores of each head.")
def test_multi_head_mask(student):
    """The mask holds for all heads and sequences, or for those that it names."""
    case = Heads(31, N=2, T=5, D=6, heads=3)
    _, free = case.answers(student)
    for shape in ((5, 5), (2, 1, 1, 5), (3, 1, 5), (2, 3, 5, 5)):
        mask = visible(np.random.default_rng(32), *shape)
        _, weights = case.answers(student, mask)
        left = np.where(mask, free(), 0)
        assert np.all(left.sum(axis=-1) > 0)
        np.testing.assert_allclose(weights(), left / left.sum(axis=-1, keepdims=True), **CLOSE)


@pytest.mark.grade("test-multi-head", points=0.25, hint="x @ w makes a new array. Is one of yours filled instead?")
def test_multi_head_keeps_arguments(student):
    """x, the four matrices and the mask stay as they are."""
    case = Heads(33)
    before = [*case.x_and_weights, visible(np.random.default_rng(34), 5, 5)]
    sent = [student.put(part) for part in before]
    pair(student.multi_head_attention(*sent[:5], 3, sent[5]))
    for handle, part in zip(sent, before):
        np.testing.assert_array_equal(handle.get(), part)


# Task 5 -----------------------------------------------------------------------------------------------------


def places(student, T, d):
    """The clocks that come back."""
    return array(student.positional_encoding(T, d), (T, d), "Expected an array (T, d).")


@pytest.mark.grade("test-positional-encoding", points=0.25, hint="Sines in columns 0, 2, 4, ..., cosines between them.")
def test_places_start(student):
    """The array is (T, d), and at position 0 all sines are 0 and all cosines 1."""
    for T, d in ((1, 2), (3, 8), (7, 6)):
        np.testing.assert_allclose(places(student, T, d)[0], [0, 1] * (d // 2), **CLOSE)


@pytest.mark.grade("test-positional-encoding", points=0.25, hint="With i = 0 the divisor is 1: sin(t) and cos(t).")
def test_places_fastest(student):
    """Where there is one clock its angle is the position itself."""
    expected = [[math.sin(t), math.cos(t)] for t in range(30)]
    np.testing.assert_allclose(places(student, 30, 2), expected, rtol=1e-7, atol=1e-9)


@pytest.mark.grade("test-positional-encoding", points=0.5,
                   hint="Columns 2i and 2i + 1 belong to one clock, and have the same angle. Which i has each column?")
def test_places_all(student):
    """Each clock turns by its own angle from one position to the next, wherever it begins."""
    for T, d in ((20, 4), (9, 16), (50, 6), (30, 4)):    # the last: nothing is kept from the first
        found = places(student, T, d)
        hands = found[:, 1::2] + 1j * found[:, 0::2]    # cosine and sine as one number of length 1
        assert np.allclose(np.abs(hands), 1)
        for i in range(d // 2):
            turn, expected = np.exp(1j / 10000 ** (2 * i / d)), [hands[0, i]]
            for _ in range(T - 1):
                expected.append(expected[-1] * turn)
            np.testing.assert_allclose(hands[:, i], expected, atol=1e-9)
