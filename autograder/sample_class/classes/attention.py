"""The class that hands in attention."""

from autograder.sample_class.changes import Change, answered, mistaken, unchanged, written

NO_SUCH_NAME = """def multi_head_attention(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = (split_heads(x @ w.T, head) for w in (w_q, w_k, w_v))
    out, weights = scaled_dot_product_attention(q, k, v, mask)
    return merge_heads(out) @ w_o.T, weights
"""
NO_BRACKET = """def positional_encoding(T, d):
    angles = np.arange(T)[:, None] / 10000 ** (np.arange(0, d, 2) / d
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(T, d)
"""

# student -> (what happened, the notebook they started from is untouched?, what they did to it)
STUDENTS: dict[str, tuple[str, bool, Change]] = {
    "ada": ("correct, as in the solution", False, unchanged),
    "bela": ("correct, query by query and head by head", False, answered("attention_loops")),
    "chidi": ("correct, with einsum and a large negative number", False, answered("attention_einsum")),
    "dora": ("no scale", False, mistaken("attention", "no-scale")),
    "emil": ("the scale of all columns in a head", False, mistaken("attention", "scale-of-all-columns")),
    "fatima": ("an exception in multi_head_attention", False, written("multi-head", NO_SUCH_NAME)),
    "goran": ("numbers for booleans", False, mistaken("attention", "numbers-for-booleans")),
    "hana": ("a syntax error in one cell", False, written("positional-encoding", NO_BRACKET)),
    "omar": ("handed in the untouched exercise", True, unchanged),
    "pia": ("the first three tasks only", False, answered("attention_half")),
}  # fmt: skip
