# correct, windows as the rows of one matrix, few loops | loses: nothing
# %% output-size
def output_size(n, kernel, stride=1, padding=0):
    starts = range(0, n + 2 * padding - kernel + 1, stride)
    if not starts:
        raise ValueError
    return len(starts)

# %% conv2d
def im2col(xp, kh, kw, stride):
    cols = []
    for r in range(0, xp.shape[2] - kh + 1, stride):
        for c in range(0, xp.shape[3] - kw + 1, stride):
            cols.append(xp[:, :, r:r + kh, c:c + kw].reshape(len(xp), -1))
    return np.stack(cols, axis=1)


def conv2d(x, w, b, stride=1, padding=0):
    I = output_size(x.shape[2], w.shape[2], stride, padding)
    J = output_size(x.shape[3], w.shape[3], stride, padding)
    xp = np.pad(x, ((0,) * 2, (0,) * 2, (padding,) * 2, (padding,) * 2))
    cols = im2col(xp, w.shape[2], w.shape[3], stride)
    y = cols @ w.reshape(len(w), -1).T + b
    return y.transpose(0, 2, 1).reshape(len(x), len(w), I, J)

# %% max-pool2d
def max_pool2d(x, size):
    rows, cols = x.shape[2] // size * size, x.shape[3] // size * size
    best = x[:, :, 0:rows:size, 0:cols:size].copy()
    for u in range(size):
        for v in range(size):
            np.maximum(best, x[:, :, u:rows:size, v:cols:size], out=best)
    return best

# %% max-pool2d-backward
def max_pool2d_backward(dout, x, size):
    I, J = dout.shape[2:]
    squares = x[:, :, :I * size, :J * size].reshape(*x.shape[:2], I, size, J, size).swapaxes(3, 4)
    flat = squares.reshape(*squares.shape[:4], -1)
    mask = flat == flat.max(axis=-1, keepdims=True)
    mask &= np.cumsum(mask, axis=-1) == 1
    grad = (mask * dout[..., None]).reshape(squares.shape).swapaxes(3, 4)
    dx = np.zeros_like(x)
    dx[:, :, :I * size, :J * size] = grad.reshape(*x.shape[:2], I * size, J * size)
    return dx

# %% conv2d-backward
def conv2d_backward(dout, x, w, stride=1, padding=0):
    N, C, H, W = x.shape
    O, _, kh, kw = w.shape
    xp = np.pad(x, ((0,) * 2, (0,) * 2, (padding,) * 2, (padding,) * 2))
    flat = dout.reshape(N, O, -1)
    cols = im2col(xp, kh, kw, stride)
    dw = np.tensordot(flat, cols, axes=([0, 2], [0, 1])).reshape(w.shape)
    dcols = flat.transpose(0, 2, 1) @ w.reshape(O, -1)
    dxp, k = np.zeros_like(xp), 0
    for r in range(0, xp.shape[2] - kh + 1, stride):
        for c in range(0, xp.shape[3] - kw + 1, stride):
            dxp[:, :, r:r + kh, c:c + kw] += dcols[:, k].reshape(N, C, kh, kw)
            k += 1
    if padding > 0:
        dxp = dxp[:, :, padding:-padding, padding:-padding]
    return dxp, dw, flat.sum(axis=2).sum(axis=0)
