# correct, number by number | loses: nothing
# %% lstm-step
import math
def lstm_step(x, h, c, w_ih, w_hh, b):
    """With loops."""
    N, D = x.shape
    H = h.shape[1]
    gates = np.zeros((4, N, H))
    c_new, h_new = np.zeros((N, H)), np.zeros((N, H))
    for n in range(N):
        for k in range(4 * H):
            z = float(b[k])
            for d in range(D):
                z += float(x[n, d]) * float(w_ih[k, d])
            for j in range(H):
                z += float(h[n, j]) * float(w_hh[k, j])
            gates[k // H, n, k % H] = math.tanh(z) if k // H == 2 else sigmoid(z)
        for j in range(H):
            i, f, g, o = gates[:, n, j]
            c_new[n, j] = f * c[n, j] + i * g
            h_new[n, j] = o * math.tanh(c_new[n, j])
    i, f, g, o = gates
    return h_new, c_new, {"x": x, "h": h, "c": c, "w_ih": w_ih, "w_hh": w_hh,
                          "i": i, "f": f, "g": g, "o": o, "c_new": c_new}

# %% lstm-forward
def lstm_forward(xs, h, c, w_ih, w_hh, b):
    T = xs.shape[0]
    hs = np.zeros((T + 1, *h.shape)); cs = np.zeros((T + 1, *c.shape))
    hs[0] = h; cs[0] = c
    caches = [None for t in range(T)]
    for t in range(T):
        hs[t + 1], cs[t + 1], caches[t] = lstm_step(xs[t], hs[t], cs[t], w_ih, w_hh, b)
    return hs[1:], cs[1:], caches

# %% lstm-step-backward
def lstm_step_backward(dh, dc, cache):
    x, h, c, w_ih, w_hh = [cache[k] for k in ("x", "h", "c", "w_ih", "w_hh")]
    N, D = x.shape
    H = h.shape[1]
    dx, dh0, dc0 = np.zeros((N, D)), np.zeros((N, H)), np.zeros((N, H))
    dwi, dwh, db = np.zeros((4 * H, D)), np.zeros((4 * H, H)), np.zeros(4 * H)
    for n in range(N):
        for j in range(H):
            i, f, g, o = (cache[k][n, j] for k in "ifgo")
            t = np.tanh(cache["c_new"][n, j])
            total = dc[n, j] + dh[n, j] * o * (1 - t * t)
            dc0[n, j] = total * f
            for gate, dz in enumerate([total * g * i * (1 - i), total * c[n, j] * f * (1 - f),
                                       total * i * (1 - g * g), dh[n, j] * t * o * (1 - o)]):
                row = gate * H + j
                db[row] += dz
                for d in range(D):
                    dwi[row, d] += dz * x[n, d]
                    dx[n, d] += dz * w_ih[row, d]
                for k in range(H):
                    dwh[row, k] += dz * h[n, k]
                    dh0[n, k] += dz * w_hh[row, k]
    return dx, dh0, dc0, dwi, dwh, db

# %% lstm-backward
def lstm_backward(dhs, caches):
    first = caches[0]
    T, N, H = dhs.shape
    dxs = np.zeros((T, N, first["x"].shape[1]))
    dw_ih, dw_hh, db = np.zeros(first["w_ih"].shape), np.zeros(first["w_hh"].shape), np.zeros(4 * H)
    dh_next, dc_next = np.zeros((N, H)), np.zeros((N, H))
    t = T
    while t > 0:
        t -= 1
        dh_next += dhs[t]
        dxs[t], dh_next, dc_next, p, q, r = lstm_step_backward(dh_next, dc_next, caches[t])
        dw_ih += p
        dw_hh += q
        db += r
    return dxs, dh_next, dc_next, dw_ih, dw_hh, db

# %% clip-grad-norm
import math
def clip_grad_norm(grads, max_norm):
    total = 0.0
    for grad in grads:
        for value in np.ravel(grad):
            total += float(value) * float(value)
    norm = math.sqrt(total)
    if norm <= max_norm:
        return list(grads), norm
    clipped = []
    for grad in grads:
        grad = np.array(grad, dtype=float)
        grad *= max_norm
        grad /= norm
        clipped.append(grad)
    return clipped, norm
