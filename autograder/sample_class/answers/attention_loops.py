# correct, query by query and head by head | loses: nothing
# %% attention
def scaled_dot_product_attention(q, k, v, mask=None):
    front, L, S = q.shape[:-2], q.shape[-2], k.shape[-2]
    allowed = np.broadcast_to(True if mask is None else mask, (*front, L, S))
    weights, out = np.zeros((*front, L, S)), np.zeros((*front, L, v.shape[-1]))
    for where in np.ndindex(*front, L):
        keys = np.flatnonzero(allowed[where])
        if len(keys) == 0:
            continue
        scores = k[where[:-1]][keys] @ q[where] / np.sqrt(q.shape[-1])
        e = np.exp(scores - scores.max())
        weights[where][keys] = e / e.sum()
        out[where] = weights[where] @ v[where[:-1]]
    return out, weights

# %% causal-mask
def causal_mask(T):
    mask = np.zeros((T, T), dtype=bool)
    for t in range(T):
        for s in range(T):
            if s <= t:
                mask[t, s] = True
    return mask

# %% split-heads
def split_heads(x, heads):
    N, T, D = x.shape
    d = D // heads
    result = np.zeros((N, heads, T, d))
    for h in range(heads):
        result[:, h] = x[:, :, h * d:(h + 1) * d]
    return result

# %% merge-heads
def merge_heads(x):
    N, heads, T, d = x.shape
    result = np.empty((N, T, heads * d))
    for h in range(heads):
        result[:, :, h * d:(h + 1) * d] = x[:, h]
    return result

# %% multi-head
def multi_head_attention(x, w_q, w_k, w_v, w_o, heads, mask=None):
    N, T, D = x.shape
    d = D // heads
    allowed = np.broadcast_to(True if mask is None else mask, (N, heads, T, T))
    weights, out = np.zeros((N, heads, T, T)), np.zeros((N, T, D))
    for n in range(N):
        for h in range(heads):
            rows = slice(h * d, (h + 1) * d)
            q, k, v = w_q[rows] @ x[n].T, w_k[rows] @ x[n].T, w_v[rows] @ x[n].T
            z = q.T @ k / np.sqrt(d)
            z[~allowed[n, h]] = -np.inf
            for t in range(T):
                if allowed[n, h, t].any():
                    e = np.exp(z[t] - z[t].max())
                    weights[n, h, t] = e / e.sum()
            out[n] += weights[n, h] @ v.T @ w_o[:, rows].T
    return out, weights

# %% positional-encoding
import math

def positional_encoding(T, d):
    P = np.zeros((T, d))
    for t in range(T):
        for i in range(d // 2):
            P[t, 2 * i] = math.sin(t / 10000 ** (2 * i / d))
            P[t, 2 * i + 1] = math.cos(t / 10000 ** (2 * i / d))
    return P
