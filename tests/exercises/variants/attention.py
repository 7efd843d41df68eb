"""Answers to attention, right and wrong, and the test cells in which the wrong ones lose points."""

from autograder.marking.mistakes import changed
from autograder.sample_class.changes import answers
from tests.exercises.variants import wrong

# Answers of the sample class that stand here, too.
EINSUM_ANSWER = answers("attention_einsum")
LOOPS_ANSWER = answers("attention_loops")

ATTENTION = """def scaled_dot_product_attention(q, k, v, mask=None):
    d = q.shape[-1]
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(d)
    if mask is None:
        mask = np.ones(scores.shape, dtype=bool)
    scores = np.where(mask, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    e = np.exp(scores - top)
    total = e.sum(axis=-1, keepdims=True)
    weights = e / np.where(total == 0, 1.0, total)
    return weights @ v, weights"""

# softmax first, with a number instead of minus infinity, and zeros at the end
FINITE = EINSUM_ANSWER["attention"]

ONE_BY_ONE = LOOPS_ANSWER["attention"]

CAUSAL = """def causal_mask(T):
    return np.tril(np.ones((T, T), dtype=bool))"""

CAUSAL_LOOP = LOOPS_ANSWER["causal-mask"]

SPLIT = """def split_heads(x, heads):
    N, T, D = x.shape
    return x.reshape(N, T, heads, D // heads).transpose(0, 2, 1, 3)"""

SPLIT_LOOP = LOOPS_ANSWER["split-heads"]

MERGE = """def merge_heads(x):
    N, heads, T, d = x.shape
    return x.transpose(0, 2, 1, 3).reshape(N, T, heads * d)"""

MERGE_LOOP = LOOPS_ANSWER["merge-heads"]

MULTI = """def multi_head_attention(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q = split_heads(x @ w_q.T, heads)
    k = split_heads(x @ w_k.T, heads)
    v = split_heads(x @ w_v.T, heads)
    out, weights = scaled_dot_product_attention(q, k, v, mask)
    return merge_heads(out) @ w_o.T, weights"""

# each head for itself, and without tasks 1 and 3
MULTI_LOOP = LOOPS_ANSWER["multi-head"]

PLACES = """def positional_encoding(T, d):
    t = np.arange(T)[:, None]
    i = np.arange(d // 2)
    angle = t / 10000 ** (2 * i / d)
    P = np.zeros((T, d))
    P[:, 0::2] = np.sin(angle)
    P[:, 1::2] = np.cos(angle)
    return P"""

PLACES_LOOP = LOOPS_ANSWER["positional-encoding"]


def right(*cells):
    """All the cells of an answer, one of each task or fewer."""
    ids = {"scaled_dot": "attention", "causal_mask": "causal-mask", "split_heads": "split-heads",
           "merge_heads": "merge-heads", "multi_head": "multi-head", "positional": "positional-encoding"}  # fmt: skip
    found = {ids[start]: source for source in cells for start in ids if f"def {start}" in source}
    assert len(found) == len(cells)
    return found


def scores(source):
    """ATTENTION with another way to the scores."""
    return right(changed(ATTENTION, ("q @ k.swapaxes(-1, -2) / np.sqrt(d)", source)))


RIGHT = {
    "plain": right(ATTENTION, CAUSAL, SPLIT, MERGE, MULTI, PLACES),
    "minus a billion, times the mask": right(FINITE),
    "query by query": right(ONE_BY_ONE, CAUSAL_LOOP, SPLIT_LOOP, MERGE_LOOP, MULTI_LOOP, PLACES_LOOP),
    "scores from a sum over a new axis": scores(
        "(q[..., :, None, :] * k[..., None, :, :]).sum(axis=-1) * d ** -0.5"),
    "scores from a mean": scores("np.sqrt(d) * np.mean(np.expand_dims(q, -2) * np.expand_dims(k, -3), axis=-1)"),
    "queries and keys scaled half each": scores("(q / d ** 0.25) @ np.swapaxes(k / d ** 0.25, -2, -1)"),
    "scores the other way round": scores("np.moveaxis(k @ np.moveaxis(q, -1, -2), -1, -2) / d ** 0.5"),
    "a bias of minus infinity": right(changed(
        ATTENTION, ("scores = np.where(mask, scores, -np.inf)", "scores = scores + np.where(mask, 0, -np.inf)"))),
    "a tiny number below": right(changed(
        ATTENTION, ("e / np.where(total == 0, 1.0, total)", "e / (total + 1e-300)"))),
    "NaN replaced": right("""def scaled_dot_product_attention(q, k, v, mask=None):
    scores = np.matmul(q, np.swapaxes(k, -1, -2)) / np.sqrt(q.shape[-1])
    if mask is not None:
        np.copyto(scores, -np.inf, where=np.logical_not(mask))
    with np.errstate(all="ignore"):
        scores -= scores.max(axis=-1, keepdims=True)
        weights = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    weights = np.nan_to_num(weights)
    return np.matmul(weights, v), weights"""),
    "helpers and log-sum-exp": right("""def log_sum_exp(z):
    top = np.max(z, axis=-1, keepdims=True)
    return top + np.log(np.exp(z - top).sum(axis=-1, keepdims=True))


def softmax(z):
    return np.exp(z - log_sum_exp(z))


def scaled_dot_product_attention(q, k, v, mask=None):
    z = np.einsum("...ij,...kj->...ik", q / np.sqrt(q.shape[-1]), k)
    if mask is None:
        weights = softmax(z)
    else:
        mask = np.broadcast_to(mask, z.shape)
        weights = np.where(mask, softmax(np.where(mask, z, -1e6)), 0.0)
    return weights @ v, weights"""),
    "ufuncs with where": right("""def scaled_dot_product_attention(q, k, v, mask=None):
    z = (q @ k.swapaxes(-1, -2)) / np.sqrt(q.shape[-1])
    seen = np.full(z.shape, True) if mask is None else np.broadcast_to(mask, z.shape)
    top = np.max(z, axis=-1, keepdims=True, where=seen, initial=-np.inf)
    e = np.exp(z - top, where=seen, out=np.zeros_like(z))
    total = e.sum(axis=-1, keepdims=True)
    weights = np.divide(e, total, where=total > 0, out=np.zeros_like(e))
    return weights @ v, weights"""),
    "masked arrays": right("""def scaled_dot_product_attention(q, k, v, mask=None):
    z = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])
    hidden = np.zeros(z.shape, bool) if mask is None else ~np.broadcast_to(mask, z.shape)
    z = np.ma.array(z, mask=hidden)
    e = np.ma.exp(z - z.max(axis=-1, keepdims=True))
    weights = (e / e.sum(axis=-1, keepdims=True)).filled(0.0)
    return weights @ v, weights"""),
    "sequence after sequence, by recursion": right("""def scaled_dot_product_attention(q, k, v, mask=None):
    if mask is not None:
        mask = np.broadcast_to(mask, q.shape[:-1] + (k.shape[-2],))
    if q.ndim > 2:
        parts = [scaled_dot_product_attention(q[n], k[n], v[n], None if mask is None else mask[n])
                 for n in range(len(q))]
        return np.array([a for a, _ in parts]), np.array([w for _, w in parts])
    z = np.inner(q, k) / np.sqrt(q.shape[1])
    keep = np.ones_like(z) if mask is None else mask.astype(float)
    z = z - np.where(keep > 0, z, -1e12).max(axis=1)[:, np.newaxis]
    e = np.exp(np.minimum(z, 0)) * keep
    weights = e / np.maximum(e.sum(axis=1), 1e-12)[:, np.newaxis]
    return weights.dot(v), weights"""),
    "all front axes as one": right("""def scaled_dot_product_attention(q, k, v, mask=None, verbose=False):
    front, (L, d), (S, e) = q.shape[:-2], q.shape[-2:], v.shape[-2:]
    z = np.einsum("bld,bsd->bls", q.reshape(-1, L, d), k.reshape(-1, S, d)) / d ** 0.5
    seen = np.ones_like(z, dtype=bool)
    if mask is not None:
        seen = np.broadcast_to(mask, front + (L, S)).reshape(z.shape)
    z[~seen] = -np.inf
    for sequence in z:
        for row in sequence:
            row[:] = 0 if np.all(row == -np.inf) else np.exp(row - row.max()) / np.exp(row - row.max()).sum()
    if verbose:
        print(z)
    return (z @ v.reshape(-1, S, e)).reshape(front + (L, e)), z.reshape(front + (L, S))"""),
    "a class behind it": right("""class Attention:
    def __init__(self, scale: float):
        self.scale = scale

    def weights(self, q, k, mask):
        z = self.scale * q @ k.swapaxes(-1, -2)
        z = np.where(mask, z, -2e5)
        e = np.exp(z - z.max(axis=-1)[..., None])
        return np.where(mask, e / e.sum(axis=-1)[..., None], 0)


def scaled_dot_product_attention(q: np.ndarray, k: np.ndarray, v: np.ndarray, mask: np.ndarray | None = None):
    w = Attention(1 / np.sqrt(q.shape[-1])).weights(q, k, True if mask is None else mask)
    return w @ v, w"""),
    "causal by comparison, cut and stacked": right(
        "def causal_mask(T):\n    return np.arange(T)[:, None] >= np.arange(T)[None, :]",
        "def split_heads(x, heads):\n    return np.stack(np.split(x, heads, axis=-1), axis=1)",
        "def merge_heads(x):\n    return np.concatenate([x[:, h] for h in range(x.shape[1])], axis=-1)"),
    "causal as lists, pieces of einsum": right(
        "def causal_mask(T):\n    return [[s <= t for s in range(T)] for t in range(T)]", """def split_heads(x, heads):
    return np.einsum("nthd->nhtd", x.reshape(*x.shape[:2], heads, -1))""", """def merge_heads(x):
    y = np.einsum("nhtd->nthd", x)
    return y.reshape(*y.shape[:2], -1)"""),
    "causal, above the diagonal turned": right(
        "def causal_mask(T):\n    return ~np.triu(np.ones((T, T)), k=1).astype(bool)",
        "def split_heads(x, heads):\n    return np.array(np.array_split(x, heads, axis=2)).swapaxes(0, 1)",
        "def merge_heads(x):\n    return np.dstack(list(np.moveaxis(x, 1, 0)))"),
    "causal from np.tri, moved axes": right(
        "def causal_mask(T):\n    print('T =', T)\n    return np.tri(T) > 0.5", """def split_heads(x, heads):
    N, T, D = x.shape
    return np.moveaxis(np.reshape(x, (N, T, heads, int(D / heads))), 2, 1)""",
        "def merge_heads(x):\n    return np.hstack(x.transpose(1, 3, 0, 2).reshape(-1, *x.shape[::2])[None]).reshape("
        "-1, x.shape[0], x.shape[2]).transpose(1, 2, 0)"),
    "causal, sums of ones": right("def causal_mask(T):\n    return np.cumsum(np.eye(T), axis=0).astype(bool)"),
    "causal from indices": right("""def causal_mask(T):
    mask = np.full((T, T), False)
    mask[np.tril_indices(T)] = True
    return mask"""),
    "number by number": right("""def split_heads(x, heads):
    N, T, D = x.shape
    d = D // heads
    y = np.zeros((N, heads, T, d), dtype=x.dtype)
    for n, t, c in np.ndindex(N, T, D):
        y[n, c // d, t, c % d] = x[n, t, c]
    return y""", """def merge_heads(x):
    N, heads, T, d = x.shape
    return np.array([[[x[n, h, t, j] for h in range(heads) for j in range(d)] for t in range(T)] for n in range(N)])
"""),
    "one large matrix": right("""def multi_head_attention(x, w_q, w_k, w_v, w_o, heads, mask=None):
    qkv = x @ np.concatenate([w_q, w_k, w_v]).T
    parts = [split_heads(part, heads) for part in np.split(qkv, 3, axis=-1)]
    mixed, weights = scaled_dot_product_attention(*parts, mask=mask)
    return np.matmul(merge_heads(mixed), w_o.T), weights"""),
    "einsum with heads": right(EINSUM_ANSWER["multi-head"]),
    "head after head, with task 1": right("""def multi_head_attention(x, w_q, w_k, w_v, w_o, heads, mask=None):
    N, T, D = x.shape
    if mask is not None:
        mask = np.broadcast_to(mask, (N, heads, T, T))
    outs, all_weights = [], []
    for h in range(heads):
        cut = np.arange(h * D // heads, (h + 1) * D // heads)
        o, w = scaled_dot_product_attention(
            x @ w_q[cut].T, x @ w_k[cut].T, x @ w_v[cut].T, None if mask is None else mask[:, h])
        outs.append(o)
        all_weights.append(w)
    return np.concatenate(outs, axis=2) @ w_o.T, np.stack(all_weights, axis=1)"""),
    "clocks from a logarithm": right(EINSUM_ANSWER["positional-encoding"]),
    "clocks by column": right("""def positional_encoding(T, d):
    column = np.arange(d)
    angle = np.arange(T)[:, None] / np.power(10000, (column - column % 2) / d)
    return np.where(column % 2 == 0, np.sin(angle), np.cos(angle))"""),
    "clocks, complex": right("""def positional_encoding(T, d):
    z = np.exp(1j * np.arange(T).reshape(-1, 1) / np.logspace(0, 4, d // 2, endpoint=False))
    P = np.empty((T, d))
    P[:, ::2], P[:, 1::2] = z.imag, z.real
    return P"""),
    "clocks, a cosine is a sine": right("""def positional_encoding(T, d):
    rate = np.repeat(1e4 ** (-np.arange(0, d, 2) / d), 2)
    return np.sin(np.arange(T)[:, None] * rate + np.tile([0, np.pi / 2], d // 2))"""),
    "clocks that turn step by step": right("""def positional_encoding(T, d):
    rows = [[0.0, 1.0] * (d // 2)]
    for _ in range(T - 1):
        row = []
        for i in range(d // 2):
            s, c = rows[-1][2 * i:2 * i + 2]
            a = 10000 ** (-2 * i / d)
            row += [s * np.cos(a) + c * np.sin(a), c * np.cos(a) - s * np.sin(a)]
        rows.append(row)
    return np.array(rows)"""),
}  # fmt: skip


attention = wrong("test-attention", "attention", ATTENTION)
causal = wrong("test-causal-mask", "causal-mask", CAUSAL)
split = wrong("test-heads", "split-heads", SPLIT)
merge = wrong("test-heads", "merge-heads", MERGE)
multi = wrong("test-multi-head", "multi-head", MULTI)
clocks = wrong("test-positional-encoding", "positional-encoding", PLACES)
START = "    d = q.shape[-1]\n"
TRANSPOSED = "k.swapaxes(-1, -2)"

WRONG = {
    "no scale": attention((" / np.sqrt(d)", "")),
    "d without its root": attention(("np.sqrt(d)", "d")),
    "twice the scale": attention(("np.sqrt(d)", "(2 * np.sqrt(d))")),
    "the 2 of the example": attention(("np.sqrt(d)", "2")),
    "root of the number of keys": attention(("d = q.shape[-1]", "d = k.shape[-2]")),
    "root of the number of queries": attention(("d = q.shape[-1]", "d = q.shape[-2]")),
    "d from axis 1": attention(("d = q.shape[-1]", "d = q.shape[1]")),
    "d of the values": attention(("d = q.shape[-1]", "d = v.shape[-1]")),
    "a whole root": attention(("np.sqrt(d)", "int(np.sqrt(d))")),
    "root of the scores": attention(("/ np.sqrt(d)", "* np.sqrt(d)")),
    "keys turned with T": attention((TRANSPOSED, "k.T")),
    "axes 0 and 1 swapped": attention((TRANSPOSED, "k.swapaxes(0, 1)")),
    "keys reshaped": attention((TRANSPOSED, "k.reshape(*k.shape[:-2], d, -1)")),
    "sum over axis 1": attention(("e.sum(axis=-1", "e.sum(axis=1")),
    "sum over queries": attention(("e.sum(axis=-1", "e.sum(axis=-2")),
    "sum over all": attention(("e.sum(axis=-1, keepdims=True)", "e.sum()")),
    "highest along axis 1": attention(("scores.max(axis=-1", "scores.max(axis=1")),
    "highest of all scores": attention(("scores.max(axis=-1, keepdims=True)", "scores.max()")),
    "highest of all, over queries": attention(("scores.max(axis=-1", "scores.max(axis=-2")),
    "no highest": attention(("np.exp(scores - top)", "np.exp(scores)")),
    "lowest in place of highest": attention(
        ("scores.max(axis=-1, keepdims=True)", "np.where(mask, scores, np.inf).min(axis=-1, keepdims=True)")
    ),
    "highest before the mask": attention(
        ("    scores = np.where", "    top = scores.max(axis=-1, keepdims=True)\n    scores = np.where"),
        ("    top = scores.max(axis=-1, keepdims=True)\n    top = np.where", "    top = np.where"),
    ),
    "clipped at 500": attention(
        ("    scores = np.where", "    scores = np.clip(scores, -500, 500)\n    scores = np.where"),
        ("scores - top", "scores"),
    ),
    "mask turned around": attention(("np.where(mask, scores, -np.inf)", "np.where(mask, -np.inf, scores)")),
    "hidden scores are 0": attention(("np.where(mask, scores, -np.inf)", "np.where(mask, scores, 0.0)")),
    "hidden scores are -9999": attention(
        ("    scores = np.where(mask, scores, -np.inf)", "    scores = np.where(mask, scores, -9999.0)"),
        ("return", "weights = np.where(mask.any(axis=-1, keepdims=True), weights, 0)\n    return"),
    ),
    "hidden scores are lowered by 10000": attention(
        ("np.where(mask, scores, -np.inf)", "scores - 10000.0 * (1 - mask)"),
        ("return", "weights = weights * mask.any(axis=-1, keepdims=True)\n    return"),
    ),
    "hidden after softmax": attention(
        ("    scores = np.where(mask, scores, -np.inf)\n", ""), ("return", "weights = weights * mask\n    return")
    ),
    "NaN for who sees nothing": attention(
        ("    top = np.where(np.isfinite(top), top, 0.0)\n", ""), ("np.where(total == 0, 1.0, total)", "total")
    ),
    "0 / 0 for who sees nothing": attention(("np.where(total == 0, 1.0, total)", "total")),
    "equal weights for who sees nothing": attention(("-np.inf)", "-1e9)")),
    "weights of who sees nothing stay": attention(
        ("-np.inf)", "-1e9)"),
        (
            "return weights @ v, weights",
            "out = np.where(np.broadcast_to(mask, e.shape).any(axis=-1, keepdims=True), weights @ v, 0)\n"
            "    return out, weights",
        ),
    ),
    "outputs of who sees nothing stay": attention(
        ("-np.inf)", "-1e9)"), ("return weights @ v, weights", "return weights @ v, weights * mask")
    ),
    "an empty mask is no mask": attention(("if mask is None:", "if mask is None or not mask.any():")),
    "truth of a mask": attention(("if mask is None:", "if not mask:")),
    "mask of full shape only": attention(("scores = np.where(mask, scores, -np.inf)", "scores[~mask] = -np.inf")),
    "masks of two axes only": attention(
        ("    scores = np.where", "    mask = mask.reshape(mask.shape[-2:])\n    scores = np.where")
    ),
    "mask turned": attention(("np.where(mask, scores", "np.where(mask.swapaxes(-1, -2), scores")),
    "weights given before the mask": attention(
        ("    scores = np.where", "    full = scores\n    scores = np.where"),
        (
            "return weights @ v, weights",
            (
                "full = np.exp(full - full.max(axis=-1, keepdims=True))\n"
                "    return weights @ v, full / full.sum(axis=-1, keepdims=True)"
            ),
        ),
    ),
    "queries scaled where they lie": attention(
        (START, START + "    q /= np.sqrt(d)\n"), (" / np.sqrt(d)\n    if", "\n    if")
    ),
    "mask turned where it lies": attention(
        (
            "    scores = np.where(mask, scores, -np.inf)",
            "    hidden = np.logical_not(mask, out=mask)\n    scores = np.where(hidden, -np.inf, scores)",
        )
    ),
    "values scaled by weights turned": attention(("weights @ v, weights", "weights.swapaxes(-1, -2) @ v, weights")),
    "keys for values": attention(("weights @ v", "weights @ k")),
    "weights first": attention(("weights @ v, weights", "weights, weights @ v")),
    "output alone": attention(("weights @ v, weights", "weights @ v")),
    "scores given as weights": attention(("weights @ v, weights", "weights @ v, scores")),
    "half precision": attention(("/ np.sqrt(d)\n", "/ np.sqrt(d)\n    scores = scores.astype(np.float16)\n")),
    "one axis in front": attention((TRANSPOSED, "(k.transpose(0, 2, 1) if k.ndim > 2 else k.T)")),
    "rounded weights": attention(("return", "weights = weights.round(3)\n    return")),
    "a large number below": attention(("np.where(total == 0, 1.0, total)", "(total + 1e-3)")),
    "the first query decides": attention(
        ("    scores = np.where", "    mask = np.broadcast_to(mask, scores.shape)[..., :1, :]\n    scores = np.where")
    ),
    "causal, the future": causal(("np.tril", "np.triu")),
    "causal, not itself": causal(("dtype=bool)", "dtype=bool), -1")),
    "causal, one ahead": causal(("dtype=bool)", "dtype=bool), 1")),
    "causal, numbers": causal((", dtype=bool", "")),
    "causal, 0 and 1 as integers": causal(("dtype=bool", "dtype=np.int64")),
    "causal, three positions": causal(("np.ones((T, T)", "np.ones((3, 3)")),
    "causal, the last two": causal(("<= t:", "in (t, t - 1) or (t == 2 and s == 0):"), source=CAUSAL_LOOP),
    "causal, rows for columns": causal(("mask[t, s]", "mask[s, t]"), source=CAUSAL_LOOP),
    "causal, the last row forgotten": causal(
        ("for t in range(T)", "for t in range(max(T - 1, 3))"), ("s <= t", "s <= t and t < T"), source=CAUSAL_LOOP
    ),
    "causal, numbers to add": causal(("np.tril(np.ones((T, T), dtype=bool))", "np.where(np.tri(T), 0, -np.inf)")),
    "split without exchange": split(
        ("x.reshape(N, T, heads, D // heads).transpose(0, 2, 1, 3)", "x.reshape(N, heads, T, D // heads)")
    ),
    "split, every other column": split(
        (
            "x.reshape(N, T, heads, D // heads).transpose(0, 2, 1, 3)",
            "x.reshape(N, T, D // heads, heads).transpose(0, 3, 1, 2)",
        )
    ),
    "split, heads in front": split(("(0, 2, 1, 3)", "(2, 0, 1, 3)")),
    "split, two columns each": split(("D // heads)", "2)"), ("heads, 2", "-1, 2")),
    "split, positions behind": split(("(0, 2, 1, 3)", "(0, 2, 3, 1)")),
    "split, one sequence": split(("for h in", "x = x[:1]\n    for h in"), source=SPLIT_LOOP),
    "split, last head first": split(("result[:, h]", "result[:, heads - 1 - h]"), source=SPLIT_LOOP),
    "split into heads of that size": split(("T, heads, D // heads)", "T, D // heads, heads)")),
    "merge without exchange": merge((".transpose(0, 2, 1, 3)", "")),
    "merge, columns alternate": merge(("(0, 2, 1, 3)", "(0, 2, 3, 1)")),
    "merge, mean of heads": merge(
        ("x.transpose(0, 2, 1, 3).reshape(N, T, heads * d)", "np.repeat(x.mean(axis=1), heads, axis=-1)")
    ),
    "merge, positions in front": merge(("(0, 2, 1, 3)", "(2, 0, 1, 3)"), ("(N, T,", "(T, N,")),
    "merge, the first sequence": merge(("x[:, h]", "x[0, h]"), source=MERGE_LOOP),
    "merge, three heads": merge(
        ("in range(heads)", "in range(min(heads, 3))"), ("np.empty", "np.zeros"), source=MERGE_LOOP
    ),
    "queries as (in, out)": multi(("w_q.T", "w_q")),
    "keys as (in, out)": multi(("w_k.T", "w_k")),
    "values as (in, out)": multi(("w_v.T", "w_v")),
    "last matrix as (in, out)": multi(("w_o.T", "w_o")),
    "no last matrix": multi((" @ w_o.T", "")),
    "queries make keys": multi(("w_k.T", "w_q.T")),
    "values are x": multi(("x @ w_v.T", "x")),
    "values from keys": multi(("w_v.T", "w_k.T")),
    "queries and keys exchanged": multi(("(q, k, v, mask)", "(k, q, v, mask)")),
    "mask forgotten": multi(("(q, k, v, mask)", "(q, k, v)")),
    "always causal": multi(
        ("    out, weights", "    if mask is None:\n        mask = causal_mask(x.shape[1])\n    out, weights")
    ),
    "two heads": multi((", heads)", ", 2)")),
    "one large head": multi(
        ("    q = split", "    cut, heads = heads, 1\n    q = split"),
        ("w_o.T, weights", "w_o.T, np.repeat(weights, cut, axis=1)"),
    ),
    "scale of all columns": multi(("(x @ w_q.T, heads)", "(x @ w_q.T / heads ** 0.5, heads)")),
    "scaled once more": multi(("(x @ w_q.T, heads)", "(x @ w_q.T, heads) / np.sqrt(x.shape[-1] // heads)")),
    "mean weights of the heads": multi(("w_o.T, weights", "w_o.T, weights.mean(axis=1)")),
    "merged by reshape": multi(("merge_heads(out)", "out.reshape(x.shape)")),
    "x added": multi(("merge_heads(out) @ w_o.T", "x + merge_heads(out) @ w_o.T")),
    "one mask for all sequences": multi(
        (
            "    out, weights",
            """    if mask is not None:
        mask = np.broadcast_to(mask, (len(x), heads, x.shape[1], x.shape[1]))[0]
    out, weights""",
        )
    ),
    "one mask for all heads": multi(
        (
            "    out, weights",
            """    if mask is not None:
        mask = np.broadcast_to(mask, (len(x), heads, x.shape[1], x.shape[1]))[:, :1]
    out, weights""",
        )
    ),
    "a mask (T, T) only": multi(
        (
            "    out, weights",
            """    if mask is not None:
        mask = np.broadcast_to(mask, (x.shape[1], x.shape[1]))
    out, weights""",
        )
    ),
    "heads loop, mask on the first": multi(("allowed[n, h]", "allowed[n, 0]"), source=MULTI_LOOP),
    "heads loop, rows of the last matrix": multi(("w_o[:, rows].T", "w_o[rows]"), source=MULTI_LOOP),
    "heads loop, D in the scale": multi(("np.sqrt(d)", "np.sqrt(D)"), source=MULTI_LOOP),
    "heads loop, last head only": multi(("out[n] +=", "out[n] ="), source=MULTI_LOOP),
    "the weights in place": multi(("    out, weights", "    w_o[:] = w_o.T\n    out, weights"), ("@ w_o.T,", "@ w_o,")),
    "cosines first": clocks(("0::2] = np.sin", "1::2] = np.sin"), ("1::2] = np.cos", "0::2] = np.cos")),
    "halves side by side": clocks(("0::2", ":d // 2"), ("1::2", "d // 2:")),
    "half the exponent": clocks(("(2 * i / d)", "(i / d)")),
    "exponent of each column": clocks(
        ("i = np.arange(d // 2)\n    angle = t / 10000 ** (2 * i / d)", "angle = t / 10000 ** (np.arange(d) / d)"),
        ("np.sin(angle)", "np.sin(angle[:, 0::2])"),
        ("np.cos(angle)", "np.cos(angle[:, 1::2])"),
    ),
    "from position 1": clocks(("np.arange(T)[", "np.arange(1, T + 1)[")),
    "clocks from 1": clocks(("np.arange(d // 2)", "np.arange(1, d // 2 + 1)")),
    "base 1000": clocks(("10000", "1000")),
    "whole exponents": clocks(("2 * i / d", "2 * i // d")),
    "d = 4 as in the example": clocks(("2 * i / d", "2 * i / 4")),
    "positions times, not over": clocks(("t / 10000", "t * 10000")),
    "last clock at 10000": clocks(("2 * i / d", "2 * i / max(d - 2, 1)")),
    "exponent by T": clocks(("2 * i / d", "2 * i / T")),
    "whole numbers": clocks(("np.zeros((T, d))", "np.zeros((T, d), dtype=int)")),
    "(d, T)": clocks(("return P", "return P.T")),
    "a table kept for each d": clocks(
        ("def positional", "TABLES = {}\n\ndef positional"),
        ("    t =", "    if d in TABLES:\n        return TABLES[d][:T]\n    t ="),
        ("    return P", "    TABLES[d] = P\n    return P"),
    ),
    "sines only": clocks(("np.cos", "np.sin")),
    "degrees": clocks(("np.sin(angle)", "np.sin(np.deg2rad(angle))"), ("np.cos(angle)", "np.cos(np.deg2rad(angle))")),
}
