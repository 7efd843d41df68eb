"""Known wrong answers to attention: the right one with a line or two changed, so that the slip stands out."""

from autograder.marking.mistakes import Mistake, changed

ATTENTION = """
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])
    seen = np.broadcast_to(True if mask is None else mask, scores.shape)
    scores = np.where(seen, scores, -np.inf)
    highest = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(highest), highest, 0))
    total = powers.sum(axis=-1, keepdims=True)
    weights = powers / np.where(total > 0, total, 1)
    return weights @ v, weights
"""

CAUSAL = """
def causal_mask(T):
    return np.arange(T)[:, None] >= np.arange(T)
"""

SPLIT = """
def split_heads(x, heads):
    N, T, D = x.shape
    return x.reshape(N, T, heads, D // heads).transpose(0, 2, 1, 3)
"""

MERGE = """
def merge_heads(x):
    N, heads, T, d = x.shape
    return x.transpose(0, 2, 1, 3).reshape(N, T, heads * d)
"""

MULTI = """
def multi_head_attention(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = x @ w_q.T, x @ w_k.T, x @ w_v.T
    q, k, v = (split_heads(part, heads) for part in (q, k, v))
    found, weights = scaled_dot_product_attention(q, k, v, mask)
    return merge_heads(found) @ w_o.T, weights
"""

PLACES = """
def positional_encoding(T, d):
    angles = np.arange(T)[:, None] / 10000 ** (np.arange(0, d, 2) / d)
    places = np.empty((T, d))
    places[:, 0::2] = np.sin(angles)
    places[:, 1::2] = np.cos(angles)
    return places
"""

SCALE = " / np.sqrt(q.shape[-1])"
HIDE = "np.where(seen, scores, -np.inf)"
HIGHEST = "    highest = scores.max(axis=-1, keepdims=True)\n"
STABLE = "scores - np.where(np.isfinite(highest), highest, 0)"
DIVIDE = "powers / np.where(total > 0, total, 1)"
LARGE = ["test_attention_large_scores", "test_attention_large_hidden_scores"]
MASKED = ["test_attention_mask_hides", "test_attention_mask_rest"]


# Task 4 comes first: of two slips that explain as much the first is named, and a slip of a task that others build on
# explains failures of its own besides those that it causes there.
MISTAKES = [
    Mistake(
        "mask-not-handed-on",
        says="multi_head_attention does not use its mask.",
        hint="The mask has a default, so nothing complains when it is forgotten.",
        cells={"multi-head": changed(MULTI, ("k, v, mask)\n", "k, v)\n"))},
        fails=["test_multi_head_mask"]),

    Mistake(
        "matrices-as-in-out",
        says="q, k and v are made with matrices that lie the other way round, as (in, out).",
        hint="As in PyTorch a row of the matrix makes one output: x @ W.T.",
        cells={"multi-head": changed(MULTI, ("x @ w_q.T, x @ w_k.T, x @ w_v.T", "x @ w_q, x @ w_k, x @ w_v"))},
        fails=["test_multi_head_weights", "test_multi_head_values"]),

    Mistake(
        "last-matrix-as-in-out",
        says="The last matrix is used the other way round, as (in, out).",
        hint="All four matrices lie as (out, in): y = x @ W.T.",
        cells={"multi-head": changed(MULTI, ("@ w_o.T", "@ w_o"))},
        fails=["test_multi_head_last_matrix"]),

    Mistake(
        "no-last-matrix",
        says="The last matrix is missing: the merged heads come back as they are.",
        hint="Without w_o what one head found never meets what another one found.",
        cells={"multi-head": changed(MULTI, (" @ w_o.T", ""))},
        fails=["test_multi_head_last_matrix"]),

    Mistake(
        "values-not-made",
        says="w_v is not used: the values are the columns of x itself.",
        hint="Three matrices make q, k and v of x, the fourth one comes last.",
        cells={"multi-head": changed(MULTI, ("x @ w_v.T", "x"))},
        fails=["test_multi_head_values"]),

    Mistake(
        "keys-for-values",
        says="The weights mix the keys; they should mix the values.",
        hint="q asks, k is compared with, v is what is mixed. Look at the order of your arguments.",
        cells={"multi-head": changed(MULTI, ("attention(q, k, v, mask)", "attention(q, k, k, mask)"))},
        fails=["test_multi_head_values"]),

    Mistake(
        "queries-and-keys-exchanged",
        says="Queries and keys are exchanged: the weights tell who is looked at by whom.",
        hint="A row of the weights belongs to a query. q comes first.",
        cells={"multi-head": changed(MULTI, ("attention(q, k, v, mask)", "attention(k, q, v, mask)"))},
        fails=["test_multi_head_weights"]),

    Mistake(
        "one-large-head",
        says="There is only one head, over all columns, and its weights stand there for each of the heads.",
        hint="Split q, k and v before the attention, so that each head has a softmax of its own.",
        cells={"multi-head": """
def multi_head_attention(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = (part[:, None] for part in (x @ w_q.T, x @ w_k.T, x @ w_v.T))
    found, weights = scaled_dot_product_attention(q, k, v, mask)
    return found[:, 0] @ w_o.T, np.repeat(weights, heads, axis=1)
"""},
        fails=["test_multi_head_weights"]),

    Mistake(
        "scale-of-all-columns",
        says="The scores of a head are divided by the root of D, the number of all columns.",
        hint="The dot products of a head have D / heads terms.",
        cells={"multi-head": changed(MULTI, ("attention(q, k, v", "attention(q / np.sqrt(heads), k, v"))},
        fails=["test_multi_head_weights"]),

    Mistake(
        "mean-of-heads",
        says="The weights that come back are the mean over the heads.",
        hint="Some libraries do so. Here each head's weights are wanted: (N, heads, T, T).",
        cells={"multi-head": changed(MULTI, (
            "w_o.T, weights", "w_o.T, np.broadcast_to(weights.mean(axis=1, keepdims=True), weights.shape)"))},
        fails=["test_multi_head_weights"]),

    Mistake(
        "no-scale",
        says="The scores are not divided by the root of d.",
        hint="A dot product of d random entries grows as sqrt(d). Undivided, softmax turns into a choice of one.",
        cells={"attention": changed(ATTENTION, (SCALE, ""))},
        fails=["test_attention_scale"]),

    Mistake(
        "scale-without-root",
        says="The scores are divided by d; it should be the root of d.",
        hint="The variance of a dot product is d, and its standard deviation sqrt(d).",
        cells={"attention": changed(ATTENTION, (SCALE, " / q.shape[-1]"))},
        fails=["test_attention_scale"]),

    Mistake(
        "scale-by-keys",
        says="The scores are divided by the root of the number of keys; it should be that of d.",
        hint="d is the length of one query: the last axis of q, not of the scores.",
        cells={"attention": changed(ATTENTION, (SCALE, " / np.sqrt(k.shape[-2])"))},
        fails=["test_attention_scale"]),

    Mistake(
        "scale-multiplied",
        says="The scores are multiplied by the root of d; they should be divided by it.",
        hint="More terms make larger scores. The scale brings them back.",
        cells={"attention": changed(ATTENTION, (SCALE, " * np.sqrt(q.shape[-1])"))},
        fails=["test_attention_scale"]),

    Mistake(
        "softmax-over-queries",
        says="Softmax runs over the queries, so the weights of a key add up to 1, and not those of a query.",
        hint="Each query distributes its attention over the keys: over the last axis.",
        cells={"attention": changed(ATTENTION, ("axis=-1", "axis=-2"))},
        fails=["test_attention_weights", "test_attention_scale"]),

    Mistake(
        "softmax-over-all",
        says="The powers are divided by the sum over all queries; each query has a sum of its own.",
        hint="sum() without axis adds everything up.",
        cells={"attention": changed(ATTENTION, ("powers.sum(axis=-1, keepdims=True)", "powers.sum()"))},
        fails=["test_attention_weights", "test_attention_scale"]),

    Mistake(
        "sum-over-second-axis",
        says="Softmax runs over axis 1, which is that of the keys only where nothing stands in front.",
        hint="Count from the end: the keys are axis -1.",
        cells={"attention": changed(ATTENTION, ("axis=-1", "axis=1"))},
        fails=["test_attention_leading_axes"]),

    Mistake(
        "no-softmax",
        says="The scores are divided by their sum, without the exponential function.",
        hint="Softmax is exp(score) over the sum of all exp(score). So no weight is below 0.",
        cells={"attention": changed(ATTENTION, (f"np.exp({STABLE})", "np.where(seen, scores, 0)"), (
            "np.where(total > 0, total, 1)", "np.where(total != 0, total, 1)"))},
        fails=["test_attention_weights", "test_attention_scale"]),

    Mistake(
        "all-axes-turned",
        says="k.T turns all axes around, which is right for two axes only.",
        hint="With a batch in front k.T puts it last. k.swapaxes(-1, -2) exchanges the last two axes.",
        cells={"attention": changed(ATTENTION, ("k.swapaxes(-1, -2)", "k.T"))},
        fails=["test_attention_leading_axes"], recognisable=False),

    Mistake(
        "mask-turned-around",
        says="The mask is read the other way round: what is True is hidden.",
        hint="Here True means: may look. (In PyTorch both readings exist, depending on the function.)",
        cells={"attention": changed(ATTENTION, (HIDE, "np.where(seen & (mask is not None), -np.inf, scores)"))},
        fails=MASKED),

    Mistake(
        "equal-weights-nowhere",
        says="A query that may look nowhere looks everywhere: all its scores are equally low.",
        hint="A large negative number hides a key only beside others. Multiply by the mask, or set these rows to 0.",
        cells={"attention": changed(ATTENTION, (HIDE, "np.where(seen, scores, -1e9)"))},
        fails=["test_attention_nowhere"]),

    Mistake(
        "score-zero",
        says="Hidden scores are set to 0, and exp(0) is 1: the hidden keys get weights.",
        hint="Which score has a power of 0?",
        cells={"attention": changed(ATTENTION, (HIDE, "scores * seen"))},
        fails=MASKED),

    Mistake(
        "hidden-afterwards",
        says="The weights are set to 0 after softmax, so the others no longer add up to 1.",
        hint="Softmax should run over the keys that may be seen. Hide the scores before it.",
        cells={"attention": changed(ATTENTION, (f"    scores = {HIDE}\n", ""), (DIVIDE, f"{DIVIDE} * seen"))},
        fails=["test_attention_mask_rest"]),

    Mistake(
        "not-low-enough",
        says="Hidden scores are set to a number that is low, but not lower than all others can be.",
        hint="Scores may be as low as -10,000. Nothing is lower than -np.inf.",
        cells={"attention": changed(ATTENTION, (HIDE, "np.where(seen, scores, -1e4)"))},
        fails=["test_attention_nowhere", "test_attention_large_hidden_scores"]),

    Mistake(
        "nan-nowhere",
        says="A query that may look nowhere gets NaN: 0 / 0, or infinity minus infinity.",
        hint="The highest score of no key is -np.inf, and the sum of no powers is 0. Both need care.",
        cells={"attention": changed(ATTENTION, (STABLE, "scores - highest"), (DIVIDE, "powers / total"))},
        fails=["test_attention_nowhere"]),

    Mistake(
        "mask-for-weights-only",
        says="The output is mixed without the mask; only the weights that come back have it.",
        hint="out = weights @ v, with the very weights that you return.",
        cells={"attention": changed(ATTENTION, ("return weights @ v, weights", """\
if mask is None:
        return weights @ v, weights
    return scaled_dot_product_attention(q, k, v)[0], weights"""))},
        fails=["test_attention_output", "test_attention_nowhere"]),

    Mistake(
        "mask-of-full-shape",
        says="The mask must have the shape of the scores; a smaller one is an error.",
        hint="scores[~mask] = ... does not broadcast. np.where does.",
        cells={"attention": changed(ATTENTION, (f"    scores = {HIDE}\n", "    if mask is not None:\n"
                                                "        scores[~mask] = -np.inf\n"))},
        fails=["test_attention_mask_broadcasts"], recognisable=False),

    Mistake(
        "highest-of-hidden",
        says="The highest score of all keys is subtracted, hidden ones too, so the powers of those that may be seen "
             "can vanish.",
        hint="Hide first, then look for the highest score.",
        cells={"attention": changed(
            ATTENTION, (f"    scores = {HIDE}\n{HIGHEST}", f"{HIGHEST}    scores = {HIDE}\n"))},
        fails=["test_attention_large_hidden_scores"]),

    Mistake(
        "powers-overflow",
        says="Large scores end in NaN: exp(1000) is infinite.",
        hint="Subtract the highest score of each query first. That changes no weight, and no power is above 1.",
        cells={"attention": changed(ATTENTION, (HIGHEST, ""), (STABLE, "scores"))},
        fails=LARGE),

    Mistake(
        "highest-of-all-queries",
        says="The highest score of all queries is subtracted, so for others all powers vanish.",
        hint="exp(-2000) is 0. Each query has a highest score of its own.",
        cells={"attention": changed(ATTENTION, ("scores.max(axis=-1, keepdims=True)", "scores.max()"))},
        fails=["test_attention_large_scores"]),

    Mistake(
        "scores-clipped",
        says="Large scores are cut off, so those above the limit become equal.",
        hint="A clip stops the overflow, but changes weights. Subtracting the highest score changes none.",
        cells={"attention": changed(ATTENTION, (HIGHEST, f"    scores = np.clip(scores, -500, 500)\n{HIGHEST}"),
                                    ("    total =", "    powers = powers * seen\n    total ="))},
        fails=["test_attention_large_scores"]),

    Mistake(
        "queries-scaled-in-place",
        says="The queries are divided inside the caller's array.",
        hint="q /= ... is short, but q belongs to whoever called. q / ... makes a new array.",
        cells={"attention": changed(ATTENTION, ("    scores = q @", "    q /= np.sqrt(q.shape[-1])\n    scores = q @"),
                                    (SCALE, ""))},
        fails=["test_attention_keeps_arguments"]),

    Mistake(
        "weights-first",
        says="Weights and output come back in the wrong order.",
        hint="(out, weights): the result first.",
        cells={"attention": changed(ATTENTION, ("return weights @ v, weights", "return weights, weights @ v"))},
        fails=["test_attention_shapes"]),

    Mistake(
        "output-only",
        says="Only the output comes back; the weights are wanted, too.",
        hint="return out, weights",
        cells={"attention": changed(ATTENTION, ("return weights @ v, weights", "return weights @ v"))},
        fails=["test_attention_shapes"]),

    Mistake(
        "future-only",
        says="The mask shows the future and hides the past.",
        hint="Row t is the query: the last row sees everything. Upper triangle or lower one?",
        cells={"causal-mask": changed(CAUSAL, (">=", "<="))},
        fails=["test_causal_mask_past"]),

    Mistake(
        "not-itself",
        says="A position does not see itself.",
        hint="The diagonal belongs to what may be seen, else the first position sees nothing.",
        cells={"causal-mask": changed(CAUSAL, (">=", ">"))},
        fails=["test_causal_mask_itself"]),

    Mistake(
        "one-step-ahead",
        says="A position sees the one after it.",
        hint="For forecasts that is the answer itself. The last True of row t stands in column t.",
        cells={"causal-mask": changed(CAUSAL, ("[:, None] >=", "[:, None] + 1 >="))},
        fails=["test_causal_mask_past"]),

    Mistake(
        "numbers-for-booleans",
        says="The mask holds numbers, not booleans.",
        hint="np.tril(np.ones(...)) is made of floats. dtype=bool, .astype(bool) or a comparison gives booleans.",
        cells={"causal-mask": changed(CAUSAL, ("np.arange(T)[:, None] >= np.arange(T)", "np.tril(np.ones((T, T)))"))},
        fails=["test_causal_mask_booleans"]),

    Mistake(
        "cut-without-exchange",
        says="The numbers are poured into the new shape in their old order, so a head gets whole positions.",
        hint="reshape knows nothing of axes. Cut D into (heads, d), which keeps the positions, then exchange two axes.",
        cells={"split-heads": changed(SPLIT, ("(N, T, heads, D // heads).transpose(0, 2, 1, 3)",
                                              "(N, heads, T, D // heads)"))},
        fails=["test_split_heads"]),

    Mistake(
        "every-other-column",
        says="The heads get columns in turn; each should get a block of columns that lie side by side.",
        hint="In reshape the last axis runs fastest. Which of heads and d should it be?",
        cells={"split-heads": changed(SPLIT, ("(N, T, heads, D // heads).transpose(0, 2, 1, 3)",
                                              "(N, T, D // heads, heads).transpose(0, 3, 1, 2)"))},
        fails=["test_split_heads"]),

    Mistake(
        "heads-behind-positions",
        says="The heads stand behind the positions: (N, T, heads, d).",
        hint="Attention works on the last two axes, so these must be positions and columns. Exchange two axes.",
        cells={"split-heads": changed(SPLIT, (".transpose(0, 2, 1, 3)", ""))},
        fails=["test_split_shape", "test_split_heads"]),

    Mistake(
        "merged-without-exchange",
        says="The heads are poured into the old shape without exchanging axes, so positions are mixed up.",
        hint="Undo the steps of split_heads in the opposite order: first exchange the axes, then join the last two.",
        cells={"merge-heads": changed(MERGE, (".transpose(0, 2, 1, 3)", ""))},
        fails=["test_merge_heads"]),

    Mistake(
        "merged-column-by-column",
        says="The columns of the heads alternate; each head should keep its columns side by side.",
        hint="Heads and columns become one axis, on which the columns of one head are neighbours.",
        cells={"merge-heads": changed(MERGE, ("transpose(0, 2, 1, 3)", "transpose(0, 2, 3, 1)"))},
        fails=["test_merge_heads"]),

    Mistake(
        "clock-for-each-column",
        says="Each column has a clock of its own: the exponent is column / d.",
        hint="A sine and the cosine beside it share one angle. For columns 2i and 2i + 1 the exponent is 2i / d.",
        cells={"positional-encoding": """
def positional_encoding(T, d):
    angles = np.arange(T)[:, None] / 10000 ** (np.arange(d) / d)
    return np.where(np.arange(d) % 2 == 0, np.sin(angles), np.cos(angles))
"""},
        fails=["test_places_all"]),

    Mistake(
        "i-for-2i",
        says="The exponent is i / d; it should be 2i / d.",
        hint="i counts pairs of columns, 0 to d/2 - 1. With a large d the last clock should be almost 10,000 times as "
             "slow as the first.",
        cells={"positional-encoding": changed(PLACES, ("np.arange(0, d, 2) / d", "np.arange(d // 2) / d"))},
        fails=["test_places_all"]),

    Mistake(
        "sines-then-cosines",
        says="All sines stand in front of all cosines; they should alternate.",
        hint="Much code does so, and it works as well. Here the sines are columns 0, 2, 4, ...",
        cells={"positional-encoding": changed(PLACES, ("[:, 0::2]", "[:, : d // 2]"), ("[:, 1::2]", "[:, d // 2 :]"))},
        fails=["test_places_start", "test_places_all"]),

    Mistake(
        "cosines-first",
        says="Sines and cosines are exchanged.",
        hint="Column 0 is a sine. Position 0 begins 0, 1.",
        cells={"positional-encoding": changed(PLACES, ("0::2", "2::2"), ("1::2", "0::2"), ("2::2", "1::2"))},
        fails=["test_places_start", "test_places_fastest", "test_places_all"]),

    Mistake(
        "positions-from-one",
        says="The positions count from 1.",
        hint="The first position is t = 0.",
        cells={"positional-encoding": changed(PLACES, ("np.arange(T)", "np.arange(1, T + 1)"))},
        fails=["test_places_start", "test_places_fastest"]),

    Mistake(
        "faster-and-faster",
        says="The position is multiplied by 10000**(2i / d); it should be divided by it.",
        hint="The clocks go from fast to slow: the last one hardly moves.",
        cells={"positional-encoding": changed(PLACES, ("[:, None] / 10000", "[:, None] * 10000"))},
        fails=["test_places_all"]),

    *(
        Mistake(
            f"{cell}-returns-nothing",
            says=f"{name} returns nothing: its last line, with return, is missing.",
            hint="What a function has computed is gone when it ends, unless it hands it over with return. print only "
                 "shows it.",
            cells={cell: source.rpartition("return")[0] + "pass"}, fails=fails)
        for cell, name, source, fails in [
            ("multi-head", "multi_head_attention", MULTI, ["test_multi_head_weights", "test_multi_head_values"]),
            ("attention", "scaled_dot_product_attention", ATTENTION, ["test_attention_shapes"]),
            ("causal-mask", "causal_mask", CAUSAL, ["test_causal_mask_past"]),
            ("split-heads", "split_heads", SPLIT, ["test_split_heads"]),
            ("merge-heads", "merge_heads", MERGE, ["test_merge_heads"]),
            ("positional-encoding", "positional_encoding", PLACES, ["test_places_all"]),
        ]
    ),
]
