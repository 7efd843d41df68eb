# correct, one entry after the other, and no padded array | loses: nothing
# %% output-size
def output_size(n, kernel, stride=1, padding=0):
    count, start = 0, -padding
    while start + kernel <= n + padding:
        count += 1
        start += stride
    if count == 0:
        raise ValueError(f"{kernel} does not fit into {n} + 2 * {padding}")
    return count

# %% conv2d
def conv2d(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    O, C, kh, kw = w.shape
    y = np.zeros((N, O, output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)))
    for n, o, i, j in np.ndindex(y.shape):
        y[n, o, i, j] = b[o]
        for u in range(kh):
            for v in range(kw):
                r, s = i * stride + u - padding, j * stride + v - padding
                if 0 <= r < H and 0 <= s < W:
                    y[n, o, i, j] += x[n, :, r, s] @ w[o, :, u, v]
    return y

# %% max-pool2d
def max_pool2d(x, size):
    rows, columns = x.shape[2] // size, x.shape[3] // size
    return np.array([[[[max(float(plane[i * size + u, j * size + v]) for u in range(size) for v in range(size))
                        for j in range(columns)] for i in range(rows)] for plane in image] for image in x])

# %% max-pool2d-backward
def max_pool2d_backward(dout, x, size):
    N, C, H, W = x.shape
    dx = np.zeros((N, C, H, W))
    for n in range(N):
        for c in range(C):
            for i in range(H // size):
                for j in range(W // size):
                    best, where = -np.inf, None
                    for u in range(i * size, i * size + size):
                        for v in range(j * size, j * size + size):
                            if x[n, c, u, v] > best:
                                best, where = x[n, c, u, v], (u, v)
                    dx[n, c, where[0], where[1]] += dout[n, c, i, j]
    return dx

# %% conv2d-backward
def conv2d_backward(dout, x, w, stride=1, padding=0):
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros(w.shape[0])
    H, W = x.shape[-2:]
    for n, o, i, j in np.ndindex(dout.shape):
        g = dout[n, o, i, j]
        db[o] += g
        for u, v in np.ndindex(w.shape[2:]):
            r, s = i * stride + u - padding, j * stride + v - padding
            if 0 <= r < H and 0 <= s < W:
                dx[n, :, r, s] += g * w[o, :, u, v]
                dw[o, :, u, v] += g * x[n, :, r, s]
    return [dx, dw, db]
