# correct, gates as an axis of their own, all weights' gradients at once | loses: nothing
# %% lstm-step
def lstm_step(x, h, c, w_ih, w_hh, b):
    z = np.einsum("nd,kd->nk", x, w_ih) + np.einsum("nh,kh->nk", h, w_hh) + b[None, :]
    N, H = h.shape
    blocks = z.reshape(N, 4, H)
    gates = {"i": sigmoid(blocks[:, 0]), "f": sigmoid(blocks[:, 1]), "g": np.tanh(blocks[:, 2]),
             "o": sigmoid(blocks[:, 3])}
    new = gates["f"] * c + gates["i"] * gates["g"]
    cache = {"x": x, "h": h, "c": c, "w_ih": w_ih, "w_hh": w_hh, "c_new": new, **gates}
    return gates["o"] * np.tanh(new), new, cache

# %% lstm-forward
class Reader:
    def __init__(self, h, c, *weights):
        self.h, self.c, self.weights = h, c, weights
    def read(self, x):
        self.h, self.c, cache = lstm_step(x, self.h, self.c, *self.weights)
        return self.h, self.c, cache

def lstm_forward(xs, h, c, w_ih, w_hh, b):
    reader = Reader(h, c, w_ih, w_hh, b)
    hs, cs, caches = zip(*map(reader.read, xs))
    return np.asarray(hs), np.asarray(cs), list(caches)

# %% lstm-step-backward
def lstm_step_backward(dh, dc, cache):
    i, f, g, o = (cache[k] for k in "ifgo")
    t = np.tanh(cache["c_new"])
    dc = dc + dh * o * (1 - t * t)
    dz = np.stack([dc * g * i * (1 - i), dc * cache["c"] * f * (1 - f), dc * i * (1 - g * g), dh * t * o * (1 - o)], 1)
    N, H = dh.shape
    w_ih, w_hh = cache["w_ih"].reshape(4, H, -1), cache["w_hh"].reshape(4, H, H)
    return (np.einsum("nkh,khd->nd", dz, w_ih), np.einsum("nkh,khj->nj", dz, w_hh), dc * f,
            np.einsum("nkh,nd->khd", dz, cache["x"]).reshape(4 * H, -1),
            np.einsum("nkh,nj->khj", dz, cache["h"]).reshape(4 * H, H), np.einsum("nkh->kh", dz).ravel())

# %% lstm-backward
def lstm_backward(dhs, caches):
    T, N, H = dhs.shape
    dzs = np.zeros((T, N, 4 * H))
    dh, dc = np.zeros((N, H)), np.zeros((N, H))
    w_ih, w_hh = caches[0]["w_ih"], caches[0]["w_hh"]
    for t in range(T - 1, -1, -1):
        k = caches[t]
        dh = dh + dhs[t]
        tc = np.tanh(k["c_new"])
        dc = dc + dh * k["o"] * (1 - tc**2)
        dzs[t, :, :H] = dc * k["g"] * k["i"] * (1 - k["i"])
        dzs[t, :, H:2 * H] = dc * k["c"] * k["f"] * (1 - k["f"])
        dzs[t, :, 2 * H:3 * H] = dc * k["i"] * (1 - k["g"]**2)
        dzs[t, :, 3 * H:] = dh * tc * k["o"] * (1 - k["o"])
        dh, dc = dzs[t] @ w_hh, dc * k["f"]
    xs, hs = np.stack([k["x"] for k in caches]), np.stack([k["h"] for k in caches])
    return (dzs @ w_ih, dh, dc, np.einsum("tnk,tnd->kd", dzs, xs), np.einsum("tnk,tnh->kh", dzs, hs),
            dzs.sum(axis=(0, 1)))

# %% clip-grad-norm
def clip_grad_norm(grads: list, max_norm: float, eps: float = 0.0) -> tuple:
    length = np.linalg.norm([np.linalg.norm(g) for g in grads])
    scale = min(1.0, max_norm / (length or max_norm))
    print("length", length)
    return list(map(lambda g: g * scale, grads)), float(length)
