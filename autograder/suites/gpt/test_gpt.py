"""Hidden tests of gpt: windows of a text, attention that looks back, the block, the whole, and writing on.

Nothing is trained here. Weights are set by the tests; what must come out is computed from the formulas in NumPy.
Each task gets all that it needs from the tests: layers of PyTorch stand in for attention, mlp and blocks, tables and
functions for the model that generate asks. Attention is looked at from several sides, so that one slip costs one of
them: the mask does not matter at the last position, heads do not where there is one, the scale does not where the
scores are 0 or far apart, and `out` changes nothing but in one test. Draws are judged by their shares, wide of chance.
"""

import numpy as np
import pytest

from autograder.marking.student import Shown, Target

packages = ["numpy", "torch", "nnlib.plot", "nnlib.data"]


def array(tensor):
    """The numbers of a tensor that came back."""
    if tensor is None:
        raise Shown("Nothing came back (None): is there a return at the end of the function?")
    if not isinstance(tensor, Target):
        raise Shown("Expected a tensor of PyTorch.")
    numbers = tensor.detach().numpy()
    if np.any(np.isnan(numbers)):
        raise Shown("There is NaN in the result. A softmax over a row in which all is masked gives that, for one.")
    return numbers


def normal(seed, *shape):
    """Random numbers in double precision."""
    return np.random.default_rng(seed).normal(size=shape)


# Task 1 -----------------------------------------------------------------------------------------------------


def batch(student, tokens, block_size, batch_size, generator):
    """The two arrays that get_batch returns, of the right shape and kind."""
    found = student.get_batch(student.torch.tensor(tokens), block_size, batch_size, generator)
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise Shown("Expected two tensors, x and y.")
    x, y = map(array, found)
    if x.shape != (batch_size, block_size) or y.shape != x.shape:
        raise Shown("x and y should have the shape (batch_size, block_size).")
    assert x.dtype == y.dtype == np.int64
    return x, y


@pytest.mark.grade("test-get-batch", points=0.25, hint="From start i on a window is tokens[i : i + block_size].")
def test_get_batch_windows(student):
    """Each row of x is a window of the text, as the text is."""
    for tokens, block_size in ((np.random.default_rng(1).permutation(20), 5), (np.array([7, 3]), 1)):
        x, _ = batch(student, tokens, block_size, 9, student.torch.Generator().manual_seed(1))
        for row in x:
            start = tokens.tolist().index(row[0])
            np.testing.assert_array_equal(row, tokens[start : start + block_size])


@pytest.mark.grade("test-get-batch", points=0.25, hint="y starts one token later, so its last one is not in x.")
def test_get_batch_next(student):
    """Each row of y holds the tokens that follow those of x."""
    tokens = np.random.default_rng(2).permutation(30) + 5
    x, y = batch(student, tokens, 4, 20, student.torch.Generator().manual_seed(2))
    following = dict(zip(tokens[:-1].tolist(), tokens[1:].tolist()))
    np.testing.assert_array_equal(y, [[following[token] for token in row] for row in x.tolist()])


@pytest.mark.grade("test-get-batch", points=0.25,
                   hint="Where may a window start, so that the one that starts a token later still ends in the text? "
                        "torch.randint never gives its upper bound.")
def test_get_batch_starts(student):
    """Each start that leaves room for both windows is equally likely, for every row anew."""
    for n, block_size, batch_size in ((7, 2, 2000), (4, 3, 10)):
        tokens = np.arange(n)
        starts = batch(student, tokens, block_size, batch_size, student.torch.Generator().manual_seed(3))[0][:, 0]
        possible = n - block_size
        shares = np.bincount(starts, minlength=possible) / batch_size
        assert shares.shape == (possible,)
        np.testing.assert_allclose(shares, 1 / possible, atol=0.048)
        if possible > 1:    # independent: a start says nothing about the next row's
            pairs = np.bincount(starts[:-1] * possible + starts[1:], minlength=possible**2) / (batch_size - 1)
            np.testing.assert_allclose(pairs, 1 / possible**2, atol=0.025)


@pytest.mark.grade("test-get-batch", points=0.25, hint="torch.randint takes generator=generator.")
def test_get_batch_generator(student):
    """The draws come from the generator alone, and each batch is another one."""
    t, tokens, batches = student.torch, np.arange(1000), []
    one, same = (t.Generator().manual_seed(4) for _ in range(2))
    for seed, generator in enumerate((one, one, same)):
        t.manual_seed(seed)
        batches.append(batch(student, tokens, 2, 12, generator)[0].tolist())
    if batches[0] != batches[2]:
        raise Shown("Two generators with the same seed give two batches: something else has a say in it.")
    assert batches[0] != batches[1]


# Task 2 -----------------------------------------------------------------------------------------------------


def weights_of(seed, dim):
    """Random weights of an attention whose out changes nothing."""
    return {"qkv.weight": normal(seed, 3 * dim, dim), "qkv.bias": normal(seed + 100, 3 * dim),
            "out.weight": np.eye(dim), "out.bias": np.zeros(dim)}


def attention(student, weights, heads):
    """The student's attention with these weights."""
    t = student.torch
    layer = student.CausalSelfAttention(len(weights["out.bias"]), heads).double()
    layer.load_state_dict({name: t.tensor(value) for name, value in weights.items()})
    return layer


def last(weights, heads, x):
    """What attention gives at the last position of x (T, dim), before `out`: all positions are seen from there."""
    q, k, v = np.split(x @ weights["qkv.weight"].T + weights["qkv.bias"], 3, axis=1)
    found = []
    for columns in np.split(np.arange(x.shape[1]), heads):
        scores = np.array([q[-1, columns] @ key for key in k[:, columns]]) / len(columns) ** 0.5
        found.append(np.average(v[:, columns], axis=0, weights=np.exp(scores - scores.max())))
    return np.concatenate(found)


@pytest.mark.grade("test-attention", points=0.25, hint="Where do you make a new tensor? In which dtype?")
def test_attention_shape(student):
    """The result has the shape and dtype of x, however long the sequence is; x stays as it is."""
    t, layer = student.torch, student.CausalSelfAttention(6, 2)
    for shape, dtype in (((2, 1, 6), np.float32), ((1, 40, 6), np.float64)):
        x = normal(5, *shape).astype(dtype)
        sent = t.tensor(x)
        layer = layer.double() if dtype == np.float64 else layer
        found = array(layer(sent))
        if found.shape != shape:
            raise Shown("The result should have the shape of x.")
        assert found.dtype == dtype and not np.allclose(found, x)
        np.testing.assert_array_equal(array(sent), x)


@pytest.mark.grade("test-attention", points=0.5,
                   hint="The score of a later position has to be minus infinity before the softmax. torch.tril and "
                        "torch.triu make triangles: which one is the future?")
def test_attention_causal(student):
    """Nothing of a later position reaches an earlier one."""
    weights, x = weights_of(6, 4), normal(6, 2, 6, 4)
    weights["qkv.weight"] *= 0.3    # so that no softmax chooses one position alone
    layer = attention(student, weights, 2)
    before = array(layer(student.torch.tensor(x)))
    x[:, 2] += normal(7, 2, 4)
    after = array(layer(student.torch.tensor(x)))
    assert before.shape == after.shape == x.shape
    np.testing.assert_allclose(after[:, :2], before[:, :2], atol=1e-9)
    assert np.all(np.abs(after[:, 2:] - before[:, 2:]) > 1e-9)    # but it does reach itself and all later ones


@pytest.mark.grade("test-attention", points=0.5,
                   hint="Where all scores are equal, position t gets the mean of the values 0 to t, its own too: the "
                        "weights of the past add up to 1.")
def test_attention_means(student):
    """Where queries and keys are zero each position gets the mean of the values up to its own."""
    weights, x = weights_of(8, 3), normal(8, 2, 5, 3)
    weights["qkv.weight"][:6], weights["qkv.bias"][:6] = 0, 0
    found = array(attention(student, weights, 1)(student.torch.tensor(x)))
    values = x @ weights["qkv.weight"][6:].T + weights["qkv.bias"][6:]
    np.testing.assert_allclose(found, np.stack([values[:, : t + 1].mean(axis=1) for t in range(5)], axis=1), atol=1e-9)


@pytest.mark.grade("test-attention", points=0.25,
                   hint="Query, key, value, in this order. A score is the product of the query and a key, over the "
                        "root of d; the softmax runs over the keys.")
def test_attention_one_head(student):
    """With one head the last position weighs all values by its query and their keys."""
    weights, x = weights_of(9, 4), normal(9, 2, 5, 4)
    found = array(attention(student, weights, 1)(student.torch.tensor(x)))
    assert found.shape == x.shape
    np.testing.assert_allclose(found[:, -1], [last(weights, 1, row) for row in x], atol=1e-9)


@pytest.mark.grade("test-attention", points=0.5,
                   hint="(B, T, dim) becomes (B, T, heads, d), then heads go before T. On the way back first undo that "
                        "transpose, then put them side by side.")
def test_attention_heads(student):
    """Each head has its own piece of query, key and value, and looks where these say."""
    heads, d, T = 3, 2, 4
    x, looks = normal(10, T, heads * d), [2, 0, 3]    # the last position looks with head 0 at position 2, ...
    wanted_keys = np.zeros((T, heads * d))
    for head, place in enumerate(looks):
        wanted_keys[place, head * d] = 60    # so much more than the others that the scale does not matter
    weights = weights_of(10, heads * d)
    query, key, value = np.split(weights["qkv.weight"], 3)
    query[:], weights["qkv.bias"][:] = 0, 0
    weights["qkv.bias"][: heads * d : d] = 1
    key[:] = np.linalg.lstsq(x, wanted_keys, rcond=None)[0].T
    found = array(attention(student, weights, heads)(student.torch.tensor(np.stack([x, 2 * x]))))
    assert found.shape == (2, *x.shape)
    values = x @ value.T
    expected = np.concatenate([values[place, head * d : head * d + d] for head, place in enumerate(looks)])
    np.testing.assert_allclose(found[:, -1], [expected, 2 * expected], atol=1e-6)


@pytest.mark.grade("test-attention", points=0.25, hint="d is the size of a head's piece, dim / heads.")
def test_attention_scale(student):
    """With several heads the scores are divided by the root of the size of a head's piece."""
    for dim, heads in ((6, 2), (3, 3)):
        weights, x = weights_of(11, dim), normal(11, 1, 4, dim)
        found = array(attention(student, weights, heads)(student.torch.tensor(x)))
        assert found.shape == x.shape
        np.testing.assert_allclose(found[:, -1], [last(weights, heads, x[0])], atol=1e-9)


@pytest.mark.grade("test-attention", points=0.25, hint="The last layer is self.out, with its bias.")
def test_attention_out(student):
    """What the heads have found goes through out."""
    weights, x = weights_of(12, 3), normal(12, 2, 1, 3)
    weights |= {"out.weight": normal(13, 3, 3), "out.bias": normal(14, 3)}
    found = array(attention(student, weights, 1)(student.torch.tensor(x)))
    values = x @ weights["qkv.weight"][6:].T + weights["qkv.bias"][6:]    # a single position sees itself alone
    np.testing.assert_allclose(found, values @ weights["out.weight"].T + weights["out.bias"], atol=1e-9)


@pytest.mark.grade("test-attention", points=0.25, hint="Is B still the first axis wherever you reshape?")
def test_attention_batch(student):
    """The sequences of a batch know nothing of each other."""
    layer, x = attention(student, weights_of(15, 4), 2), normal(15, 3, 5, 4)
    together, alone = array(layer(student.torch.tensor(x))), array(layer(student.torch.tensor(x[1:2])))
    assert together.shape == x.shape
    assert not np.allclose(alone, x[1:2])
    np.testing.assert_allclose(together[1:2], alone, atol=1e-9)


@pytest.mark.grade("test-attention", points=0.25,
                   hint="Stay with PyTorch's own operations from x to the result: no .item(), .detach(), no NumPy.")
def test_attention_learns(student):
    """backward reaches the weights of queries, keys and values."""
    layer, x = attention(student, weights_of(16, 4), 2), normal(16, 2, 3, 4)
    layer(student.torch.tensor(x)).square().sum().backward()
    gradient = array(layer.qkv.weight.grad)
    assert gradient.shape == (12, 4) and np.all(np.isfinite(gradient))
    assert all(np.any(part) for part in np.split(gradient, 3))


# Task 3 -----------------------------------------------------------------------------------------------------


def normed(x):
    """What a layer norm makes of each vector at its beginning."""
    return (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)


def linear(student, W, b):
    """A linear layer, x @ W.T + b."""
    t = student.torch
    layer = t.nn.Linear(*W.shape[::-1], dtype=t.float64)
    layer.load_state_dict({"weight": t.tensor(W), "bias": t.tensor(b)})
    return layer


@pytest.mark.grade("test-block", points=0.25,
                   hint="attention reads the normalised x, and what it finds is added to x itself.")
def test_block_attention(student):
    """What attention finds in the normalised x is added to x."""
    W, b, x = normal(20, 4, 4), normal(21, 4), 3 * normal(22, 2, 3, 4) + 1
    mlp = linear(student, np.zeros((4, 4)), np.zeros(4))    # finds nothing
    found = array(student.Block(4, linear(student, W, b), mlp).double()(student.torch.tensor(x)))
    np.testing.assert_allclose(found, x + normed(x) @ W.T + b, atol=1e-9)


@pytest.mark.grade("test-block", points=0.25, hint="The mlp reads the normalised h, and adds to h: not to x any more.")
def test_block_mlp(student):
    """What the mlp finds in the normalised h is added to h."""
    W, b, c, x = normal(23, 4, 4), normal(24, 4), 5 * normal(25, 4), 3 * normal(26, 2, 3, 4)
    find_c = linear(student, np.zeros((4, 4)), c)    # an attention that finds c, whatever it reads
    found = array(student.Block(4, find_c, linear(student, W, b)).double()(student.torch.tensor(x)))
    np.testing.assert_allclose(found, x + c + normed(x + c) @ W.T + b, atol=1e-9)


@pytest.mark.grade("test-block", points=0.25,
                   hint="Two modules nn.LayerNorm(dim), one for each reading, kept as attributes of self. And are "
                        "attention and mlp kept as attributes?")
def test_block_parameters(student):
    """parameters() finds two layer norms, the attention and the mlp; the norms are used."""
    t, x = student.torch, normal(27, 1, 2, 4)
    block = student.Block(4, t.nn.Linear(4, 4, bias=False), t.nn.Linear(4, 4)).double()
    vector = array(t.nn.utils.parameters_to_vector(block.parameters()))
    if vector.shape != (2 * 8 + 16 + 20,):
        raise Shown("parameters() should find two layer norms, the attention and the mlp.")
    block = student.Block(4, t.nn.Tanh(), t.nn.Tanh()).double()
    assert not np.allclose(array(block(t.tensor(x))), x)
    found = []
    for first, second in ((1.0, 1.0), (0.0, 1.0), (1.0, 0.0)):    # without the one, without the other
        numbers = t.tensor(np.repeat([first, second], 8))
        t.nn.utils.vector_to_parameters(numbers, block.parameters())
        found.append(array(block(t.tensor(x))))
    if any(np.allclose(one, found[0]) for one in found[1:]):
        raise Shown("One of the two layer norms is never used.")
    t.nn.utils.vector_to_parameters(t.zeros(16, dtype=t.float64), block.parameters())
    np.testing.assert_allclose(array(block(t.tensor(x))), x, atol=1e-9)    # norms of 0 * x + 0: nothing is read


@pytest.mark.grade("test-block", points=0.25, hint="x += ... changes the caller's tensor; x = x + ... does not.")
def test_block_keeps_x(student):
    """x stays as it is; the result is a new tensor."""
    t, x = student.torch, normal(28, 2, 3, 4)
    sent = t.tensor(x)
    found = student.Block(4, t.nn.Tanh(), t.nn.Tanh()).double()(sent)
    assert not np.allclose(array(found), x)
    np.testing.assert_array_equal(array(sent), x)
    found.data.fill_(7.0)
    np.testing.assert_array_equal(array(sent), x)


# Task 4 -----------------------------------------------------------------------------------------------------

VOCABULARY, PLACES, DIM = 7, 5, 4


def gpt(student, blocks, positions=0.0):
    """The student's GPT with random weights, and these; vectors of places are multiplied by `positions`."""
    t = student.torch
    weights = {"tokens.weight": normal(30, VOCABULARY, DIM), "positions.weight": positions * normal(31, PLACES, DIM),
               "norm.weight": normal(32, DIM), "norm.bias": normal(33, DIM),
               "head.weight": normal(34, VOCABULARY, DIM), "head.bias": normal(35, VOCABULARY)}
    model = student.GPT(VOCABULARY, PLACES, DIM, blocks).double()
    model.load_state_dict({name: t.tensor(value) for name, value in weights.items()}, strict=False)
    return model, weights


def scores(weights, vectors):
    """What norm and head make of the vectors that come out of the blocks."""
    vectors = weights["norm.weight"] * normed(vectors) + weights["norm.bias"]
    return vectors @ weights["head.weight"].T + weights["head.bias"]


@pytest.mark.grade("test-gpt", points=0.25, hint="Each token's row of the embedding, then norm, then head.")
def test_gpt_tokens(student):
    """Tokens become vectors, and norm and head make scores of them."""
    model, weights = gpt(student, [student.torch.nn.Identity()])
    for idx in (np.array([[3, 0, 6], [5, 5, 1]]), np.array([[2]]), np.array([[6, 5, 4, 3, 2]])):
        found = array(model(student.torch.tensor(idx)))
        np.testing.assert_allclose(found, scores(weights, weights["tokens.weight"][idx]), atol=1e-9)


@pytest.mark.grade("test-gpt", points=0.25, hint="The places of T tokens are torch.arange(T), whatever the tokens are.")
def test_gpt_positions(student):
    """Each place adds its own vector."""
    model, weights = gpt(student, [student.torch.nn.Identity()], positions=1.0)
    for idx in (np.array([[3, 3, 0, 3], [1, 6, 6, 2]]), np.array([[4, 4, 4, 4, 4]])):
        found = array(model(student.torch.tensor(idx)))
        vectors = [[weights["tokens.weight"][k] + weights["positions.weight"][t] for t, k in enumerate(row)]
                   for row in idx]
        np.testing.assert_allclose(found, scores(weights, np.array(vectors)), atol=1e-9)


@pytest.mark.grade("test-gpt", points=0.25, hint="Each block reads what the one before it gave; norm comes last.")
def test_gpt_blocks(student):
    """The vectors go through the blocks, in their order, before norm."""
    parts = [(normal(seed, DIM, DIM), normal(seed + 1, DIM)) for seed in (36, 38, 40)]
    model, weights = gpt(student, [linear(student, W, b) for W, b in parts])
    idx = np.array([[3, 0, 6], [5, 2, 1]])
    vectors = weights["tokens.weight"][idx]
    for W, b in parts:
        vectors = vectors @ W.T + b
    np.testing.assert_allclose(array(model(student.torch.tensor(idx))), scores(weights, vectors), atol=1e-9)


@pytest.mark.grade("test-gpt", points=0.25,
                   hint="A plain list hides its modules from PyTorch; nn.ModuleList(blocks) does not.")
def test_gpt_parameters(student):
    """The five parts have their names and sizes, and parameters() finds all of them."""
    t = student.torch
    model = student.GPT(VOCABULARY, PLACES, DIM, [t.nn.Linear(4, 4), t.nn.Linear(4, 4)])
    for tensor, shape in ((model.tokens.weight, (7, 4)), (model.positions.weight, (5, 4)),
                          (model.blocks[1].weight, (4, 4)), (model.norm.weight, (4,)), (model.head.weight, (7, 4))):
        assert array(tensor).shape == shape
    found = array(t.nn.utils.parameters_to_vector(model.parameters()))
    if found.shape != (28 + 20 + 40 + 8 + 35,):
        raise Shown("parameters() should find tokens, positions, all blocks, norm and head, each with its own numbers.")


# Task 5 -----------------------------------------------------------------------------------------------------


def written(student, model, idx, steps, block_size=4, **options):
    """The array that generate returns, of the right shape and kind."""
    found = array(student.generate(model, student.torch.tensor(idx), steps, block_size, **options))
    if found.shape != (len(idx), idx.shape[1] + steps):
        raise Shown("The result should have the shape (B, T + steps): the beginnings, and what comes after.")
    assert found.dtype == np.int64
    np.testing.assert_array_equal(found[:, : idx.shape[1]], idx)
    return found


def table(student, shares):
    """A model that draws, after token k, by the proportions shares[k]; all logits are negative."""
    t = student.torch
    return t.nn.Embedding.from_pretrained(t.tensor(np.log(shares) - 9))


SHARES = np.array([[1.0, 5, 2, 4], [60, 10, 40, 30]])    # proportions after token 0, after token 1
ROWS = np.repeat([[0], [1]], 1600, axis=0)


def drawn(student, **options):
    """The shares of the tokens after token 0 and after token 1, in 1600 draws each."""
    generator = student.torch.Generator().manual_seed(50)
    found = written(student, table(student, SHARES), ROWS, 1, **options, generator=generator)[:, 1]
    assert np.all((found >= 0) & (found < 4))
    return np.array([np.bincount(part, minlength=4) for part in (found[:1600], found[1600:])]) / 1600


def assert_shares(found, proportions):
    """The shares agree with these proportions, up to chance (five standard deviations), and never where one is 0."""
    wanted = proportions / proportions.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, wanted, atol=0.065)
    assert not np.any(found[wanted == 0])


@pytest.mark.grade("test-generate", points=0.25,
                   hint="argmax of the logits of the last position, appended to its row; no division by 0.")
def test_generate_greedy(student):
    """At temperature 0 each row goes on with the token of the largest logit; idx stays as it is."""
    t, following = student.torch, np.array([4, 3, 0, 2, 1])
    logits = -np.random.default_rng(51).uniform(2, 9, (5, 5))
    logits[np.arange(5), following] = -1
    model, idx = t.nn.Embedding.from_pretrained(t.tensor(logits)), np.array([[0, 1, 3], [4, 4, 2]])
    for options in ({"temperature": 0.0}, {"temperature": 0, "top_k": 2}):
        sent = t.tensor(idx)
        found = array(student.generate(model, sent, 6, 4, **options))
        expected = idx
        for _ in range(6):
            expected = np.column_stack([expected, following[expected[:, -1]]])
        if found.shape != expected.shape:
            raise Shown("The result should have the shape (B, T + steps): the beginnings, and what comes after.")
        assert found.dtype == np.int64
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_array_equal(array(sent), idx)


@pytest.mark.grade("test-generate", points=0.25,
                   hint="idx[:, -block_size:] are the last block_size tokens, or all where there are fewer.")
def test_generate_window(student):
    """The model sees the last block_size tokens, or all where there are fewer."""
    t = student.torch
    logits = t.tensor(normal(52, 6, 6))
    for idx, block_size in ((np.array([[0, 3], [5, 1]]), 4), (np.array([[0, 3, 1, 4, 2, 5]]), 3)):
        seen = []

        def model(tokens, seen=seen):
            seen.append(tokens.numpy())
            return t.nn.functional.embedding(tokens, logits)

        found = written(student, model, idx, 5, block_size, temperature=0.0)
        ends = range(idx.shape[1], idx.shape[1] + 5)
        expected = [found[:, max(0, end - block_size) : end] for end in ends]
        assert [window.tolist() for window in seen] == [window.tolist() for window in expected]


@pytest.mark.grade("test-generate", points=0.5,
                   hint="softmax makes probabilities of the last position's logits; torch.multinomial draws one token "
                        "for each row.")
def test_generate_draws(student):
    """The next token is drawn from the softmax of the logits, for each row on its own."""
    assert_shares(drawn(student), SHARES)


@pytest.mark.grade("test-generate", points=0.25, hint="Divide the logits by temperature, before the softmax.")
def test_generate_temperature(student):
    """A temperature flattens or sharpens the shares; near 0 only the largest is left."""
    for temperature in (0.5, 2.0):
        assert_shares(drawn(student, temperature=temperature), SHARES ** (1 / temperature))
    assert_shares(drawn(student, temperature=0.002), np.eye(4)[[1, 0]])


@pytest.mark.grade("test-generate", points=0.25,
                   hint="Logits that are not among the top_k largest of their own row become minus infinity.")
def test_generate_top_k(student):
    """Only the top_k largest of each row can be drawn, in the proportions they had."""
    for top_k, kept in ((3, [[0, 5, 2, 4], [6, 0, 4, 3]]), (1, [[0, 1, 0, 0], [1, 0, 0, 0]]), (4, SHARES)):
        assert_shares(drawn(student, top_k=top_k), np.array(kept))
    assert_shares(drawn(student, top_k=2, temperature=0.5), np.array([[0, 25, 0, 16], [36, 0, 16, 0]]))


@pytest.mark.grade("test-generate", points=0.25, hint="torch.multinomial takes generator=generator, in every step.")
def test_generate_generator(student):
    """All draws come from the generator; without one it works, too."""
    t, idx, texts = student.torch, np.zeros((3, 1), np.int64), []
    model = table(student, np.ones((9, 9)))
    one, same = (t.Generator().manual_seed(53) for _ in range(2))
    for seed, generator in enumerate((one, one, same, None)):
        t.manual_seed(seed)
        texts.append(written(student, model, idx, 8, generator=generator).tolist())
    if texts[0] != texts[2]:
        raise Shown("Two generators with the same seed write two texts: something else has a say in it.")
    assert texts[0] != texts[1] and texts[0] != texts[3]


@pytest.mark.grade("test-generate", points=0.25, hint="with torch.no_grad(): around it, or @torch.no_grad() above it.")
def test_generate_takes_no_notes(student):
    """PyTorch takes no notes while it writes, and does so again afterwards."""
    t, notes = student.torch, []
    logits = t.tensor(normal(54, 3, 3))

    def model(tokens):
        notes.append(t.is_grad_enabled())
        return t.nn.functional.embedding(tokens, logits)

    student.generate(model, t.tensor([[0, 2]]), 3, 4)
    afterwards = t.is_grad_enabled()
    if not notes or any(notes):
        raise Shown("PyTorch took notes for a backward while the model was asked.")
    if not afterwards:
        raise Shown("After generate PyTorch takes no notes any more.")
