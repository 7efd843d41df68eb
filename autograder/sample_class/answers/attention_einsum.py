# correct, einsum, a large negative number, other functions of NumPy | loses: nothing
# %% attention
def scaled_dot_product_attention(q, k, v, mask=None):
    scores = np.einsum("...ld,...sd->...ls", q, k) * k.shape[-1] ** -0.5
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    scores -= np.max(scores, axis=-1, keepdims=True)
    p = np.exp(scores)
    p /= np.sum(p, axis=-1, keepdims=True)
    if mask is not None:
        p = p * mask
    return np.einsum("...ls,...se->...le", p, v), p

# %% causal-mask
def causal_mask(T):
    mask = np.full((T, T), False)
    mask[np.tril_indices(T)] = True
    return mask

# %% split-heads
def split_heads(x, heads):
    return np.einsum("nthd->nhtd", x.reshape(*x.shape[:2], heads, -1))

# %% merge-heads
def merge_heads(x):
    y = np.einsum("nhtd->nthd", x)
    return y.reshape(*y.shape[:2], -1)

# %% multi-head
def multi_head_attention(x, w_q, w_k, w_v, w_o, heads, mask=None):
    D = x.shape[-1]
    q, k, v = (np.einsum("ntc,hdc->nhtd", x, w.reshape(heads, D // heads, D)) for w in (w_q, w_k, w_v))
    out, weights = scaled_dot_product_attention(q, k, v, mask)
    return np.einsum("nhtd,chd->ntc", out, w_o.reshape(D, heads, D // heads)), weights

# %% positional-encoding
def positional_encoding(T, d):
    rate = np.exp(-np.log(10000.0) * np.arange(0, d, 2) / d)
    angle = np.outer(np.arange(T), rate)
    return np.stack([np.sin(angle), np.cos(angle)], axis=-1).reshape(T, d)
