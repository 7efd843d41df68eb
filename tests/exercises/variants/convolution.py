"""Answers to convolution, right and wrong: {name: {cell: source}}, and for the wrong ones where points are lost."""

from autograder.marking.mistakes import changed
from autograder.sample_class.changes import answers

# Answers of the sample class that stand here, too.
LOOPS_ANSWER = answers("convolution_loops")
MATRIX_ANSWER = answers("convolution_matrix")

SIZE = '''def output_size(n, kernel, stride=1, padding=0):
    space = n + 2 * padding - kernel
    if space < 0:
        raise ValueError("the window is larger than the axis")
    return space // stride + 1'''

CONV = '''def conv2d(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    O, _, kh, kw = w.shape
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    I = (H + 2 * padding - kh) // stride + 1
    J = (W + 2 * padding - kw) // stride + 1
    y = np.zeros((N, O, I, J))
    for n in range(N):
        for o in range(O):
            for i in range(I):
                for j in range(J):
                    window = x[n, :, i * stride:i * stride + kh, j * stride:j * stride + kw]
                    y[n, o, i, j] = np.sum(window * w[o]) + b[o]
    return y'''

CONV_EINSUM = '''def conv2d(x, w, b, stride=1, padding=0):
    kh, kw = w.shape[2:]
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("ncijuv,ocuv->noij", windows, w) + b[:, None, None]'''

POOL = '''def max_pool2d(x, size):
    N, C, H, W = x.shape
    I, J = H // size, W // size
    p = np.zeros((N, C, I, J))
    for n in range(N):
        for c in range(C):
            for i in range(I):
                for j in range(J):
                    p[n, c, i, j] = np.max(x[n, c, i * size:(i + 1) * size, j * size:(j + 1) * size])
    return p'''

POOL_RESHAPE = '''def max_pool2d(x, size):
    N, C, H, W = x.shape
    I, J = H // size, W // size
    return x[:, :, :I * size, :J * size].reshape(N, C, I, size, J, size).max(axis=(3, 5))'''

UNPOOL = '''def max_pool2d_backward(dout, x, size):
    N, C, H, W = x.shape
    dx = np.zeros(x.shape)
    for n in range(N):
        for c in range(C):
            for i in range(H // size):
                for j in range(W // size):
                    square = x[n, c, i * size:(i + 1) * size, j * size:(j + 1) * size]
                    u, v = np.unravel_index(np.argmax(square), square.shape)
                    dx[n, c, i * size + u, j * size + v] = dout[n, c, i, j]
    return dx'''

UNPOOL_SEARCH = LOOPS_ANSWER["max-pool2d-backward"]

UNPOOL_ARGMAX = '''def max_pool2d_backward(dout, x, size):
    N, C, H, W = x.shape
    I, J = H // size, W // size
    squares = x[:, :, :I * size, :J * size].reshape(N, C, I, size, J, size)
    squares = squares.transpose(0, 1, 2, 4, 3, 5).reshape(N, C, I, J, size * size)
    won = np.zeros(squares.shape)
    np.put_along_axis(won, squares.argmax(axis=-1)[..., None], dout[..., None], axis=-1)
    dx = np.zeros(x.shape)
    won = won.reshape(N, C, I, J, size, size).transpose(0, 1, 2, 4, 3, 5)
    dx[:, :, :I * size, :J * size] = won.reshape(N, C, I * size, J * size)
    return dx'''

BACK = '''def conv2d_backward(dout, x, w, stride=1, padding=0):
    N, C, H, W = x.shape
    O, _, kh, kw = w.shape
    _, _, I, J = dout.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dxp = np.zeros(xp.shape)
    dw = np.zeros(w.shape)
    db = np.zeros(O)
    for n in range(N):
        for o in range(O):
            for i in range(I):
                for j in range(J):
                    g = dout[n, o, i, j]
                    rows = slice(i * stride, i * stride + kh)
                    cols = slice(j * stride, j * stride + kw)
                    dxp[n, :, rows, cols] += g * w[o]
                    dw[o] += g * xp[n, :, rows, cols]
                    db[o] += g
    dx = dxp[:, :, padding:padding + H, padding:padding + W]
    return dx, dw, db'''

BACK_SHIFT = '''def conv2d_backward(dout, x, w, stride=1, padding=0):
    kh, kw = w.shape[2:]
    I, J = dout.shape[2:]
    H, W = x.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for u in range(kh):
        for v in range(kw):
            here = np.s_[:, :, u:u + I * stride:stride, v:v + J * stride:stride]
            dxp[here] += np.einsum("noij,oc->ncij", dout, w[:, :, u, v])
            dw[:, :, u, v] = np.einsum("noij,ncij->oc", dout, xp[here])
    return dxp[:, :, padding:padding + H, padding:padding + W], dw, dout.sum(axis=(0, 2, 3))'''

# The transposed convolution: outputs pulled apart by the stride, then every filter turned around and slid over them.
BACK_TRANSPOSED = '''def conv2d_backward(dout, x, w, stride=1, padding=0):
    N, C, H, W = x.shape
    O, _, kh, kw = w.shape
    I, J = dout.shape[2:]
    Hp, Wp = H + 2 * padding, W + 2 * padding
    apart = np.zeros((N, O, Hp - kh + 1, Wp - kw + 1))
    apart[:, :, ::stride, ::stride][:, :, :I, :J] = dout
    turned = w[:, :, ::-1, ::-1].swapaxes(0, 1)
    dxp = conv2d(apart, turned, np.zeros(C), padding=0) if kh == kw == 1 else conv2d(
        np.pad(apart, ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1))), turned, np.zeros(C))
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dw = conv2d(xp.swapaxes(0, 1), apart.swapaxes(0, 1), np.zeros(O)).swapaxes(0, 1)
    return dxp[:, :, padding:Hp - padding, padding:Wp - padding], dw, apart.sum((0, 2, 3))'''

# Outputs are linear in x and in w, so what one entry does can be seen by itself.
BACK_BASIS = '''def conv2d_backward(dout, x, w, stride=1, padding=0):
    nothing = np.zeros(len(w))
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for k in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[k] = 1
        dx[k] = (dout * conv2d(e, w, nothing, stride, padding)).sum()
    for k in np.ndindex(w.shape):
        e = np.zeros(w.shape)
        e[k] = 1
        dw[k] = (dout * conv2d(x, e, nothing, stride, padding)).sum()
    return dx, dw, np.array([dout[:, o].sum() for o in range(len(w))])'''

RIGHT = {
    "loops": {
        "output-size": SIZE, "conv2d": CONV, "max-pool2d": POOL, "max-pool2d-backward": UNPOOL, "conv2d-backward": BACK,
    },
    "windows and einsum": {
        "conv2d": CONV_EINSUM, "max-pool2d": POOL_RESHAPE, "max-pool2d-backward": UNPOOL_ARGMAX,
        "conv2d-backward": BACK_SHIFT,
    },
    "counted": {
        "output-size": LOOPS_ANSWER["output-size"],
        "max-pool2d-backward": UNPOOL_SEARCH,
    },
    "range counts": {
        "output-size": MATRIX_ANSWER["output-size"],
        "conv2d": '''def conv2d(x, w, b, stride=1, padding=0):
    xp = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    _, _, kh, kw = w.shape
    rows = range(0, xp.shape[2] - kh + 1, stride)
    cols = range(0, xp.shape[3] - kw + 1, stride)
    return np.array([[[[(img[:, r:r + kh, c:c + kw] * f).sum() + bias for c in cols] for r in rows]
                      for f, bias in zip(w, b)] for img in xp])''',
    },
    "size after the division": {
        "output-size": '''import math
def output_size(n: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    size = math.floor((n + 2 * padding - kernel) / stride) + 1
    if size < 1:
        raise ValueError(n, kernel)
    return size''',
    },
    "size by recursion": {
        "output-size": '''def output_size(n, kernel, stride=1, padding=0):
    if padding:
        return output_size(n + 2 * padding, kernel, stride)
    if kernel > n:
        raise ValueError("too large")
    try:
        return 1 + output_size(n - stride, kernel, stride)
    except ValueError:
        return 1''',
    },
    "numpy int": {
        "output-size": '''def output_size(n, kernel, stride=1, padding=0):
    starts = np.arange(n + 2 * padding)[::stride]
    fits = np.count_nonzero(starts + kernel <= n + 2 * padding)
    if fits == 0:
        raise ValueError("no window fits")
    return np.int64(fits)''',
        "conv2d": changed(CONV, ("(H + 2 * padding - kh) // stride + 1", "output_size(H, kh, stride, padding)"),
                          ("(W + 2 * padding - kw) // stride + 1", "output_size(W, kw, stride, padding)")),
    },
    "im2col": {
        "conv2d": MATRIX_ANSWER["conv2d"],
        "conv2d-backward": MATRIX_ANSWER["conv2d-backward"],
    },
    "no padded array": {
        "conv2d": LOOPS_ANSWER["conv2d"],
        "conv2d-backward": LOOPS_ANSWER["conv2d-backward"],
    },
    "shifted images": {
        "conv2d": '''def conv2d(x, w, b, stride=1, padding=0):
    """Add up shifted images, one for each place of the filter."""
    N, C, H, W = x.shape
    O, _, kh, kw = w.shape
    canvas = np.zeros((N, C, H + 2 * padding, W + 2 * padding), dtype=x.dtype)
    canvas[:, :, padding:padding + H, padding:padding + W] = x
    I, J = output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)
    y = np.empty((N, O, I, J))
    y[:] = np.reshape(b, (1, O, 1, 1))
    for u in range(kh):
        for v in range(kw):
            part = canvas[:, :, u:, v:][:, :, ::stride, ::stride][:, :, :I, :J]
            y += np.einsum("oc,ncij->noij", w[:, :, u, v], part)
    return y''',
    },
    "strides by hand": {
        "conv2d": '''from numpy.lib.stride_tricks import as_strided
def conv2d(x, w, b, stride=1, padding=0):
    x = np.ascontiguousarray(np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding))))
    sn, sc, sh, sw = x.strides
    I, J = [(a - k) // stride + 1 for a, k in zip(x.shape[2:], w.shape[2:])]
    windows = as_strided(x, (*x.shape[:2], I, J, *w.shape[2:]), (sn, sc, sh * stride, sw * stride, sh, sw))
    return np.moveaxis(np.tensordot(windows, w, ([1, 4, 5], [1, 2, 3])) + b, -1, 1)''',
    },
    "filters as matrices": {
        "conv2d": '''def conv2d(x, w, b, stride=1, padding=0):
    size = output_size(x.shape[2], w.shape[2], stride, padding), output_size(x.shape[3], w.shape[3], stride, padding)
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.zeros((x.shape[0], w.shape[0]) + size)
    flat = w.reshape(w.shape[0], -1)
    for i in range(size[0]):
        for j in range(size[1]):
            top, left = i * stride, j * stride
            patch = padded[:, :, top:top + w.shape[2], left:left + w.shape[3]].reshape(x.shape[0], -1)
            out[:, :, i, j] = patch.dot(flat.T) + b
    return out''',
        "conv2d-backward": BACK_TRANSPOSED,
    },
    "entry by entry": {
        "conv2d": '''def conv2d(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    O, C, kh, kw = w.shape
    P = np.zeros((N, C, H + 2 * padding, W + 2 * padding))
    for n in range(N):
        for c in range(C):
            P[n][c][padding:padding + H, padding:padding + W] = x[n][c]
    out = []
    for n in range(N):
        maps = []
        for o in range(O):
            rows = []
            for i in range(output_size(H, kh, stride, padding)):
                row = []
                for j in range(output_size(W, kw, stride, padding)):
                    total = float(b[o])
                    for c in range(C):
                        for u in range(kh):
                            for v in range(kw):
                                total += float(w[o, c, u, v]) * float(P[n, c, i * stride + u, j * stride + v])
                    row.append(total)
                rows.append(row)
            maps.append(rows)
        out.append(maps)
    return np.array(out)''',
        "max-pool2d": LOOPS_ANSWER["max-pool2d"],
    },
    "fast Fourier": {
        "conv2d": '''def conv2d(x, w, b, stride=1, padding=0):
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    size = x.shape[2:]
    spectrum = np.einsum("nchw,ochw->nohw", np.fft.fft2(x, size), np.conj(np.fft.fft2(w, size)))
    y = np.fft.ifft2(spectrum).real[:, :, :size[0] - w.shape[2] + 1, :size[1] - w.shape[3] + 1]
    return y[:, :, ::stride, ::stride] + b.reshape(-1, 1, 1)''',
    },
    "basis vectors": {"conv2d-backward": BACK_BASIS},
    "maximum of slices": {
        "max-pool2d": MATRIX_ANSWER["max-pool2d"],
        "max-pool2d-backward": '''def max_pool2d_backward(dout, x, size):
    best = max_pool2d(x, size)
    dx = np.zeros_like(x)
    rows, cols = x.shape[2] // size * size, x.shape[3] // size * size
    open_ = np.ones(best.shape, dtype=bool)
    for u in range(size):
        for v in range(size):
            wins = open_ & (x[:, :, u:rows:size, v:cols:size] == best)
            dx[:, :, u:rows:size, v:cols:size][wins] = dout[wins]
            open_ &= ~wins
    return dx''',
    },
    "rows, then columns": {
        "max-pool2d": '''def max_pool2d(x, size):
    I, J = x.shape[2] // size, x.shape[3] // size
    x = x[:, :, :I * size, :J * size]
    x = np.maximum.reduceat(x, np.arange(0, I * size, size), axis=2)
    return np.maximum.reduceat(x, np.arange(0, J * size, size), axis=3)''',
    },
    "sorted copies": {
        "max-pool2d": '''def max_pool2d(x, size):
    N, C, H, W = x.shape
    out = np.full((N, C, H // size, W // size), -np.inf)
    for n, c, i, j in np.ndindex(out.shape):
        values = sorted(x[n, c, i * size:i * size + size, j * size:j * size + size].ravel().tolist())
        out[n, c, i, j] = values[-1]
    return out''',
        "max-pool2d-backward": '''def max_pool2d_backward(dout, x, size):
    dx = 0.0 * np.ones(np.shape(x))
    for n, c, i, j in np.ndindex(dout.shape):
        square = x[n, c, i * size:i * size + size, j * size:j * size + size]
        u, v = np.argwhere(square == square.max())[0]
        dx[n, c, i * size + u, j * size + v] = dout[n, c, i, j]
    return dx''',
    },
    "windows with a stride": {
        "max-pool2d": '''def max_pool2d(x, size):
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(-2, -1))
    return windows[:, :, ::size, ::size].max(axis=(-1, -2))''',
        "max-pool2d-backward": MATRIX_ANSWER["max-pool2d-backward"],
    },
    "backwards through the squares": {
        "max-pool2d-backward": changed(
            UNPOOL_SEARCH,
            ("range(i * size, i * size + size)", "reversed(range(i * size, i * size + size))"),
            ("range(j * size, j * size + size)", "reversed(range(j * size, j * size + size))"),
            ("x[n, c, u, v] > best", "x[n, c, u, v] >= best"),
        ),
    },
    "add.at": {
        "conv2d-backward": '''def conv2d_backward(dout, x, w, stride=1, padding=0):
    (N, C, H, W), (O, _, kh, kw), (I, J) = x.shape, w.shape, dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows = (np.arange(I) * stride)[:, None, None, None] + np.arange(kh)[None, None, :, None]
    cols = (np.arange(J) * stride)[None, :, None, None] + np.arange(kw)[None, None, None, :]
    dw = np.tensordot(dout, xp[:, :, rows, cols], axes=([0, 2, 3], [0, 2, 3]))
    dxp = np.zeros(xp.shape)
    pieces = np.tensordot(dout, w, axes=([1], [0])).transpose(0, 3, 1, 2, 4, 5)
    np.add.at(dxp, (slice(None), slice(None), rows, cols), pieces)
    return dxp[:, :, padding:padding + H, padding:padding + W].copy(), dw, np.einsum("noij->o", dout)''',
    },
    "each gradient by itself": {
        "conv2d-backward": '''def pad(a, p):
    return np.pad(a, ((0, 0), (0, 0), (p, p), (p, p)))
def by_image(dout, x, w, s, p):
    full = np.zeros(pad(x, p).shape)
    kh, kw = w.shape[-2:]
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            full[:, :, i * s:i * s + kh, j * s:j * s + kw] += np.tensordot(dout[:, :, i, j], w, 1)
    return full[:, :, p:full.shape[2] - p, p:full.shape[3] - p]
def by_filter(dout, x, w, s, p):
    x = pad(x, p)
    dw = w * 0
    for u in range(w.shape[2]):
        for v in range(w.shape[3]):
            seen = x[:, :, u::s, v::s][:, :, :dout.shape[2], :dout.shape[3]]
            dw[:, :, u, v] += sum(np.tensordot(d, a, ([1, 2], [1, 2])) for d, a in zip(dout, seen))
    return dw
def conv2d_backward(dout, x, w, stride=1, padding=0, verbose=False):
    if verbose:
        print(dout.shape, x.shape, w.shape)
    dx = by_image(dout, x, w, stride, padding)
    dw = by_filter(dout, x, w, stride, padding)
    db = np.sum(dout, axis=3).sum(axis=2).sum(axis=0)
    return dx, dw, db''',
    },
    "a class that pads": {
        "conv2d": '''class Windows:
    def __init__(self, x, kernel, stride, padding):
        p = padding
        self.array = np.pad(np.asarray(x, dtype=float), ((0, 0), (0, 0), (p, p), (p, p)), mode="constant")
        self.kernel, self.stride = kernel, stride
        self.shape = tuple((n - k) // stride + 1 for n, k in zip(self.array.shape[2:], kernel))

    def __iter__(self):
        for i, j in np.ndindex(self.shape):
            top, left = i * self.stride, j * self.stride
            yield i, j, np.s_[:, :, top:top + self.kernel[0], left:left + self.kernel[1]]


def conv2d(x, w, b, stride=1, padding=0):
    windows = Windows(x, w.shape[2:], stride, padding)
    y = np.zeros((len(x), len(w), *windows.shape))
    for i, j, where in windows:
        y[:, :, i, j] = np.einsum("ncuv,ocuv->no", windows.array[where], w)
    y += np.asarray(b)[None, :, None, None]
    return y''',
        "conv2d-backward": '''def conv2d_backward(dout, x, w, stride=1, padding=0):
    windows = Windows(x, w.shape[2:], stride, padding)
    dx, dw = np.zeros(windows.array.shape), np.zeros(w.shape)
    for i, j, where in windows:
        dw += np.einsum("no,ncuv->ocuv", dout[:, :, i, j], windows.array[where])
        dx[where] += np.einsum("no,ocuv->ncuv", dout[:, :, i, j], w)
    end = (-padding or None)
    return dx[:, :, padding:end, padding:end], dw, dout.sum((0, 2, 3))''',
    },
}  # fmt: skip

ERROR = '    if space < 0:\n        raise ValueError("the window is larger than the axis")\n'
SIZES, CONVS, POOLS = ["test-output-size"], ["test-conv2d"], ["test-max-pool2d"]
UNPOOLS, BACKS = ["test-max-pool2d-backward"], ["test-conv2d-backward"]
PAD = "((0, 0), (0, 0), (padding, padding), (padding, padding))"


def size(*changes):
    return SIZES, {"output-size": changed(SIZE, *changes)}


def conv(*changes, source=CONV):
    return CONVS, {"conv2d": changed(source, *changes)}


def pool(*changes, source=POOL):
    return POOLS, {"max-pool2d": changed(source, *changes)}


def unpool(*changes, source=UNPOOL):
    return UNPOOLS, {"max-pool2d-backward": changed(source, *changes)}


def back(*changes, source=BACK):
    return BACKS, {"conv2d-backward": changed(source, *changes)}


WRONG = {
    # Task 1
    "a float": size(("space // stride + 1", "space / stride // 1 + 1")),
    "padding once": size(("2 * padding", "padding")),
    "one too few": size(("space // stride + 1", "space // stride")),
    "one more, then divided": size(("space // stride + 1", "(space + 1) // stride")),
    "rounded up": size(("space // stride + 1", "-(-space // stride) + 1")),
    "no error": size((ERROR, "")),
    "assert in place of ValueError": size((ERROR, "    assert space >= 0\n")),
    "exactly one window is an error": size(("space < 0", "space <= 0")),
    "looks at the axis without padding": size(("space < 0", "kernel > n")),
    "cut off before it looks": (SIZES, {"output-size": '''def output_size(n, kernel, stride=1, padding=0):
    size = int((n + 2 * padding - kernel) / stride) + 1
    if size < 1:
        raise ValueError("no")
    return size'''}),
    "a rest is an error": size(("space < 0", "space < 0 or space % stride")),
    # Task 2
    "filter flipped": conv(("window * w[o]", "window * w[o, :, ::-1, ::-1]")),
    "forgot b": conv((" + b[o]", "")),
    "b of the first filter": conv(("b[o]", "b[0]")),
    "b once for each channel": (CONVS, {"conv2d": changed(CONV, ("+ b[o]", "+ C * b[o]"))}),
    "only the first channel": conv(("window * w[o]", "window[0] * w[o, 0]")),
    "stride ignored": conv(("i * stride:i * stride", "i:i"), ("j * stride:j * stride", "j:j")),
    "stride between the weights": conv(
        ("x[n, :, i * stride:i * stride + kh, j * stride:j * stride + kw]",
         "x[n, :, i:i + kh * stride:stride, j:j + kw * stride:stride]")),
    "size one more, then divided": conv(
        ("- kh) // stride + 1", "- kh + 1) // stride"), ("- kw) // stride + 1", "- kw + 1) // stride")),
    "pads below and to the right only": conv((PAD, "((0, 0), (0, 0), (0, 2 * padding), (0, 2 * padding))")),
    "pads with the nearest pixel": conv((PAD + ")", PAD + ', mode="edge")')),
    "height for width": conv(("(W + 2 * padding - kw)", "(H + 2 * padding - kw)")),
    "kernel height for width": conv(("j * stride + kw]", "j * stride + kh]"), ("- kw)", "- kh)")),
    "one image": conv(("for n in range(N)", "for n in range(1)")),
    "whole numbers": conv(("np.zeros((N, O, I, J))", "np.zeros((N, O, I, J), dtype=int)")),
    "b gets a new shape": conv(
        ("    return np.einsum(", "    b.shape = (-1, 1, 1)\n    return np.einsum("), ("b[:, None, None]", "b"),
        source=CONV_EINSUM),
    "b along the width": conv(("b[:, None, None]", "b"), source=CONV_EINSUM),
    "a ReLU too much": conv(("    return y", "    return np.maximum(y, 0)")),
    "filters turned around in place": (CONVS, {"conv2d": '''def conv2d(x, w, b, stride=1, padding=0):
    k, p = w.shape[2:], padding
    x = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    w *= 1.0
    w[:] = w[:, :, ::-1, ::-1]
    I, J = (x.shape[2] - k[0]) // stride + 1, (x.shape[3] - k[1]) // stride + 1
    y = np.zeros((len(x), len(w), I, J))
    for i, j in np.ndindex(I, J):
        part = x[:, :, i * stride:i * stride + k[0], j * stride:j * stride + k[1]]
        y[:, :, i, j] = np.tensordot(part[:, :, ::-1, ::-1], w, ([1, 2, 3], [1, 2, 3])) + b
    return y'''}),
    # Task 3
    "starts at zero": (POOLS, {"max-pool2d": '''def max_pool2d(x, size):
    N, C, H, W = x.shape
    p = np.zeros((N, C, H // size, W // size))
    for n, c, i, j in np.ndindex(p.shape):
        for value in x[n, c, i * size:(i + 1) * size, j * size:(j + 1) * size].ravel():
            if value > p[n, c, i, j]:
                p[n, c, i, j] = value
    return p'''}),
    "starts at minus a hundred": (POOLS, {"max-pool2d": '''def max_pool2d(x, size):
    N, C, H, W = x.shape
    p = np.zeros((N, C, H // size, W // size)) - 100
    for n, c, i, j in np.ndindex(p.shape):
        for value in x[n, c, i * size:(i + 1) * size, j * size:(j + 1) * size].ravel():
            p[n, c, i, j] = max(p[n, c, i, j], value)
    return p'''}),
    "mean of the square": pool(("np.max", "np.mean")),
    "windows that overlap": pool(("i * size:(i + 1) * size, j * size:(j + 1) * size", "i:i + size, j:j + size")),
    "squares of two": pool(("(i + 1) * size", "i * size + 2"), ("(j + 1) * size", "j * size + 2")),
    "sorts the image": pool(
        ("p[n, c, i, j] = np.max(x[n, c, i * size:(i + 1) * size, j * size:(j + 1) * size])",
         "square = x[n, c, i * size:(i + 1) * size, j * size:(j + 1) * size]\n"
         "                    square.sort(axis=1)\n                    p[n, c, i, j] = square[:, -1].max()")),
    "keeps the rest": pool(
        ("H // size, W // size", "-(-H // size), -(-W // size)")),
    "keeps the rest at the bottom": pool(("H // size, W // size", "-(-H // size), W // size")),
    "as many columns as rows": pool(("H // size, W // size", "H // size, H // size")),
    "across the channels": pool(("np.max(x[n, c, i", "np.max(x[n, :, i")),
    "blocks in the wrong order": pool(
        (".reshape(N, C, I, size, J, size).max(axis=(3, 5))", ".reshape(N, C, size, I, size, J).max(axis=(2, 4))"),
        source=POOL_RESHAPE),
    "drops at the top": pool(
        ("x[:, :, :I * size, :J * size]", "x[:, :, H - I * size:, W - J * size:]"), source=POOL_RESHAPE),
    "whole numbers pooled": pool(("np.zeros((N, C, I, J))", "np.zeros((N, C, I, J), int)")),
    # Task 4
    "all equals get it": (UNPOOLS, {"max-pool2d-backward": '''def max_pool2d_backward(dout, x, size):
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dout.shape):
        here = np.s_[n, c, i * size:(i + 1) * size, j * size:(j + 1) * size]
        dx[here] = (x[here] == x[here].max()) * dout[n, c, i, j]
    return dx'''}),
    "equals share it": (UNPOOLS, {"max-pool2d-backward": '''def max_pool2d_backward(dout, x, size):
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dout.shape):
        here = np.s_[n, c, i * size:(i + 1) * size, j * size:(j + 1) * size]
        best = x[here] == x[here].max()
        dx[here] = best * dout[n, c, i, j] / best.sum()
    return dx'''}),
    "the last equal gets it": unpool(("> best", ">= best"), source=UNPOOL_SEARCH),
    "column by column": unpool(("np.argmax(square), square.shape)", "np.argmax(square.T), square.shape)[::-1]")),
    "first in its row, last of the rows": unpool(
        ("> best", "> best or x[n, c, u, v] == best and u > where[0]"), source=UNPOOL_SEARCH),
    "one of nearly equal ones": unpool(("np.argmax(square)", "np.argmax(np.isclose(square, square.max()))")),
    "only one square": unpool(("dx[n, c, i * size + u, j * size + v]", "dx[n, c, u, v]")),
    "one for the gradient": unpool(("dout[n, c, i, j]", "1.0")),
    "the value for the gradient": unpool(("= dout[n, c, i, j]", "= dout[n, c, i, j] * square.max()")),
    "the largest in size": unpool(("np.argmax(square)", "np.argmax(np.abs(square))")),
    "search from minus a hundred": unpool(
        ("best, where = -np.inf, None", "best, where = -100, (i * size, j * size)"), source=UNPOOL_SEARCH),
    "without the rest": unpool(("    return dx", "    return dx[:, :, :H // size * size, :W // size * size]")),
    "whole numbers back": unpool(("np.zeros(x.shape)", "np.zeros(x.shape, dtype=int)")),
    "in the image itself": unpool(("dx = np.zeros(x.shape)", "dx = x"), (
        "                    dx[n", "                    square[:] = 0\n                    dx[n")),
    "rows of a square count H": unpool(("square.shape)", "(size, H))")),
    "the same in every channel": unpool(("square = x[n, c,", "square = x[n, 0,")),
    # Task 5
    "set, not added": back(("dxp[n, :, rows, cols] +=", "dxp[n, :, rows, cols] =")),
    "last image's weights": back(("dw[o] += g * xp", "dw[o] += (n == N - 1) * g * xp")),
    "mean of the images": back(("dw[o] += g", "dw[o] += g / N")),
    "mean for b": back(("dout.sum(axis=(0, 2, 3))", "dout.sum(axis=(2, 3)).mean(axis=0)"), source=BACK_SHIFT),
    "b of each image": back(("dout.sum(axis=(0, 2, 3))", "dout.sum(axis=(2, 3))[0] * len(x)"), source=BACK_SHIFT),
    "only the last filter for dx": back(("+= g * w[o]", "+= g * w[-1]")),
    "first channel's weights": back(("+= g * w[o]", "+= g * w[o, :1]")),
    "first channel of x": back(("g * xp[n, :, rows", "g * xp[n, :1, rows")),
    "stride of one": back(("i * stride, i * stride", "i, i"), ("j * stride, j * stride", "j, j")),
    "strides downwards only": back(("j * stride, j * stride", "j, j")),
    "filter turned in dx": back(("+= g * w[o]", "+= g * w[o, :, ::-1, ::-1]")),
    "x padded below and to the right": back((PAD, "((0, 0), (0, 0), (0, 2 * padding), (0, 2 * padding))")),
    "padding stays": back(("dx = dxp[:, :, padding:padding + H, padding:padding + W]", "dx = dxp[:, :, :H, :W]")),
    "padding cut below and right": back(("padding:padding + H, padding:padding + W", "2 * padding:, 2 * padding:")),
    "minus zero": back(("padding:padding + H, padding:padding + W", "padding:-padding, padding:-padding")),
    "padding back onto the border": back(
        ("    dx = dxp[", "    if padding:\n        dxp[:, :, padding] += dxp[:, :, padding - 1]\n    dx = dxp[")),
    "dx whole numbers": back(("np.zeros(xp.shape)", "np.zeros(xp.shape, dtype=int)"),
                                    ("+= g * w[o]", "+= (g * w[o]).astype(int)")),
    "db whole numbers": back(("np.zeros(O)", "np.zeros(O, dtype=int)"), ("db[o] += g", "db[o] += int(g)")),
    "places counted from the image": back(
        ("_, _, I, J = dout.shape", "I, J = (H - kh) // stride + 1, (W - kw) // stride + 1")),
    "as wide as high": back(("_, _, I, J = dout.shape", "I = J = min(dout.shape[2:])")),
    "pulled apart, no rest": (BACKS, {"conv2d-backward": '''def conv2d_backward(dout, x, w, stride=1, padding=0):
    N, C, H, W = x.shape
    O, _, kh, kw = w.shape
    I, J = dout.shape[2:]
    apart = np.zeros((N, O, (I - 1) * stride + 1, (J - 1) * stride + 1))
    apart[:, :, ::stride, ::stride] = dout
    wide = np.pad(apart, ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
    dxp = conv2d(wide, w[:, :, ::-1, ::-1].swapaxes(0, 1), np.zeros(C))
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dw = np.zeros(w.shape)
    for u, v in np.ndindex(kh, kw):
        part = xp[:, :, u:u + apart.shape[2], v:v + apart.shape[3]]
        dw[:, :, u, v] = np.einsum("noij,ncij->oc", apart, part)
    return dxp[:, :, padding:padding + H, padding:padding + W], dw, dout.sum(axis=(0, 2, 3))'''}),
    "gradients add up over calls": (BACKS, {"conv2d-backward": "sums = {}\n" + changed(
        BACK, ("dw = np.zeros(w.shape)", "dw = sums.setdefault(w.shape, np.zeros(w.shape))"))}),
    "dout multiplied in place": back(
        ("    return dx, dw, db", "    dout *= 0\n    return dx, dw, db")),
    "square filters": back(("j * stride + kw)", "j * stride + kh)")),
}  # fmt: skip
