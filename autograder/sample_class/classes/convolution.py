"""The class that hands in convolution."""

from autograder.sample_class.changes import Change, answered, mistaken, unchanged, written

WRONG_NAME = """def conv2d(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    O, _, kh, kw = w.shape
    image = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    y = np.zeros((N, O, output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)))
    for n, o, i, j in np.ndindex(y.shape):
        window = imgae[n, :, i * stride:i * stride + kh, j * stride:j * stride + kw]
        y[n, o, i, j] = np.sum(window * w[o]) + b[o]
    return y
"""
NO_COLON = """def max_pool2d_backward(dout, x, size):
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dout.shape)
        square = x[n, c, i * size:(i + 1) * size, j * size:(j + 1) * size]
        u, v = divmod(square.argmax(), size)
        dx[n, c, i * size + u, j * size + v] = dout[n, c, i, j]
    return dx
"""

# student -> (what happened, the notebook they started from is untouched?, what they did to it)
STUDENTS: dict[str, tuple[str, bool, Change]] = {
    "ada": ("correct, as in the solution", False, unchanged),
    "bela": ("correct, entry by entry", False, answered("convolution_loops")),
    "chidi": ("correct, windows as the rows of a matrix", False, answered("convolution_matrix")),
    "dora": ("the filter turned by 180 degrees", False, mistaken("convolution", "flipped")),
    "emil": ("no stride on the way back", False, mistaken("convolution", "stride-forgotten-on-the-way-back")),
    "fatima": ("an exception in conv2d", False, written("conv2d", WRONG_NAME)),
    "goran": ("rounded up in output_size", False, mistaken("convolution", "rounded-up")),
    "hana": ("a syntax error in one cell", False, written("max-pool2d-backward", NO_COLON)),
    "omar": ("handed in the untouched exercise", True, unchanged),
    "pia": ("the first two tasks only", False, answered("convolution_half")),
}  # fmt: skip
