"""Answers to forward_pass, right and wrong, and the test cells in which the wrong ones lose points."""

from autograder.marking.mistakes import changed

LINEAR = '''def linear(X, W, b):
    return X @ W.T + b'''

COLLAPSE = '''def collapse(W1, b1, W2, b2):
    W = W2 @ W1
    b = W2 @ b1 + b2
    return W, b'''

SOFTMAX = '''def softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)'''

FORWARD = '''def forward(X, layers):
    activations = [X]
    for W, b in layers[:-1]:
        z = linear(activations[-1], W, b)
        activations.append(np.maximum(z, 0))
    W, b = layers[-1]
    activations.append(softmax(linear(activations[-1], W, b)))
    return activations'''

FORWARD_COUNTED = '''def forward(X, layers):
    A = X
    result = [A]
    for i, (W, b) in enumerate(layers):
        A = A @ W.T + b
        if i < len(layers) - 1:
            A[A < 0] = 0
        else:
            A = softmax(A)
        result.append(A)
    return result'''

COUNT = '''def count_parameters(sizes):
    total = 0
    for i in range(len(sizes) - 1):
        total += sizes[i] * sizes[i + 1] + sizes[i + 1]
    return total'''

RIGHT = {
    "plain": {
        "linear": LINEAR, "collapse": COLLAPSE, "softmax": SOFTMAX, "forward": FORWARD, "count-parameters": COUNT},
    "linear with three loops": {"linear": """def linear(X, W, b):
    N, D = X.shape
    K = W.shape[0]
    Z = np.zeros((N, K))
    for n in range(N):
        for k in range(K):
            Z[n, k] = b[k]
            for d in range(D):
                Z[n, k] += W[k, d] * X[n, d]
    return Z"""},
    "linear with einsum": {"linear": "def linear(X, W, b):\n    return np.einsum('kd,nd->nk', W, X) + b[None, :]"},
    "linear, turned twice": {"linear": "def linear(X, W, b):\n    return (np.matmul(W, X.T) + b.reshape(-1, 1)).T"},
    "linear, row by row": {"linear": """def linear(X: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.array([W.dot(x) + b for x in X])"""},
    "linear, neuron by neuron": {"linear": """def linear(X, W, b):
    columns = []
    for weights, bias in zip(W, b):
        columns.append(X @ weights + bias)
    return np.column_stack(columns)"""},
    "linear by broadcasting": {"linear": """def linear(X, W, b):
    return np.sum(X[:, np.newaxis, :] * W[np.newaxis, :, :], axis=-1) + b"""},
    "linear, the bias as one more weight": {"linear": """def linear(X, W, b):
    ones = np.ones((X.shape[0], 1))
    return np.hstack([X, ones]) @ np.hstack([W, b[:, None]]).T"""},
    "linear, in place on its own sums": {"linear": """def linear(X, W, b):
    Z = np.dot(X, np.transpose(W)).astype(np.float64)
    for k in range(Z.shape[1]):
        Z[:, k] += b[k]
    return Z"""},
    "collapse, asked with unit vectors": {"collapse": """def collapse(W1, b1, W2, b2):
    D = W1.shape[1]
    probes = np.vstack([np.zeros((1, D)), np.eye(D)])
    answers = linear(linear(probes, W1, b1), W2, b2)
    b = answers[0]
    return (answers[1:] - b).T, b"""},
    "collapse by linear": {"collapse": """def collapse(W1, b1, W2, b2):
    bias = linear(b1.reshape(1, -1), W2, b2)[0]
    weights = linear(W1.T, W2, np.zeros_like(b2)).T
    return [weights, bias]"""},
    "collapse with loops": {"collapse": """def collapse(W1, b1, W2, b2):
    K, H = W2.shape
    W = np.zeros((K, W1.shape[1]))
    b = np.array(b2, dtype=float)
    for k in range(K):
        for h in range(H):
            W[k] += W2[k, h] * W1[h]
            b[k] += W2[k, h] * b1[h]
    return W, b"""},
    "collapse with einsum and turned products": {"collapse": """def collapse(W1, b1, W2, b2):
    return np.einsum("kh,hd->kd", W2, W1), b1 @ W2.T + b2"""},
    "softmax, logarithms first": {"softmax": """def softmax(z):
    top = np.max(z, axis=-1, keepdims=True)
    log_total = top + np.log(np.sum(np.exp(z - top), axis=-1, keepdims=True))
    return np.exp(z - log_total)"""},
    "softmax, row by row": {"softmax": """def softmax(z):
    p = np.zeros(z.shape)
    for n in range(len(z)):
        shifted = z[n] - max(z[n])
        p[n] = np.exp(shifted)
        p[n] /= p[n].sum()
    return p"""},
    "softmax with math": {"softmax": """import math

def softmax(z, temperature=1.0):
    rows = []
    for row in z.tolist():
        biggest = max(row)
        e = [math.exp((score - biggest) / temperature) for score in row]
        rows.append([value / math.fsum(e) for value in e])
    return np.array(rows)"""},
    "softmax in place on a copy": {"softmax": """def softmax(z):
    p = np.array(z, dtype=float, copy=True)
    p -= p.max(axis=1)[:, None]
    np.exp(p, out=p)
    p /= p.sum(axis=1)[:, None]
    return p"""},
    "softmax, turned": {"softmax": """def softmax(z):
    t = z.T - z.max(axis=1)
    e = np.exp(t)
    return (e / e.sum(axis=0)).T"""},
    "softmax by differences of all pairs": {"softmax": """def softmax(z):
    d = z[:, None, :] - z[:, :, None]
    return 1 / np.exp(np.minimum(d, 700)).sum(axis=2)"""},
    "softmax with logaddexp": {"softmax": """def softmax(z):
    return np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True))"""},
    "softmax along rows": {"softmax": """def _one(scores):
    e = np.exp(scores - scores.max())
    return e / e.sum()

def softmax(z):
    return np.apply_along_axis(_one, 1, z)"""},
    "forward, counted, own product": {"forward": FORWARD_COUNTED},
    "forward, always ReLU, the last one replaced": {"forward": """def forward(X, layers):
    out = [X]
    for W, b in layers:
        z = linear(out[-1], W, b)
        out.append(z * (z > 0))
    out[-1] = softmax(z)
    return out"""},
    "forward by recursion": {"forward": """def forward(X, layers):
    (W, b), rest = layers[0], layers[1:]
    z = linear(X, W, b)
    if not rest:
        return [X, softmax(z)]
    return [X] + forward(np.where(z > 0, z, 0), rest)"""},
    "forward with a helper and zip": {"forward": """def relu(z):
    return (z + np.abs(z)) / 2

def forward(X, layers, last=None):
    bends = [relu] * (len(layers) - 1) + [last or softmax]
    activations = [X.copy()]
    for bend, layer in zip(bends, layers):
        activations.append(bend(linear(activations[-1], *layer)))
    return activations"""},
    "forward with classes": {"forward": """class Layer:
    def __init__(self, W, b, bend):
        self.W, self.b, self.bend = W, b, bend

    def __call__(self, X):
        return self.bend(linear(X, self.W, self.b))

def forward(X, layers):
    network = [Layer(W, b, lambda z: z.clip(min=0)) for W, b in layers]
    network[-1].bend = softmax
    trace = [np.asarray(X)]
    for layer in network:
        trace.append(layer(trace[-1]))
    return trace"""},
    "forward with slots": {"forward": """def forward(X, layers):
    L = len(layers)
    a = [None] * (L + 1)
    a[0] = X
    for l in range(1, L + 1):
        W, b = layers[l - 1]
        z = np.einsum("nd,kd->nk", a[l - 1], W) + b
        a[l] = softmax(z) if l == L else np.maximum(0.0, z)
        print("layer", l, a[l].shape)
    return a"""},
    "forward, own softmax": {"forward": """def forward(X, layers):
    *before, (W, b) = layers
    activations = [X]
    for V, c in before:
        activations += [np.maximum(activations[-1] @ V.T + c, 0)]
    z = activations[-1] @ W.T + b
    e = np.exp(z - z.max(1, keepdims=True))
    return activations + [e / e.sum(1, keepdims=True)]"""},
    "linear's helper used by forward": {
        "linear": """def add_ones(X):
    return np.c_[X, np.ones(len(X))]

def linear(X, W, b):
    return add_ones(X) @ np.c_[W, b].T""",
        "forward": """def forward(X, layers):
    activations = [X]
    for W, b in layers:
        Z = add_ones(activations[-1]) @ np.c_[W, b].T
        activations.append(np.fmax(Z, 0))
    activations[-1] = softmax(Z)
    return activations"""},
    "count with zip": {"count-parameters": """def count_parameters(sizes):
    return sum((n + 1) * m for n, m in zip(sizes, sizes[1:]))"""},
    "count real arrays": {"count-parameters": """def count_parameters(sizes):
    shapes = [(out, into) for into, out in zip(sizes[:-1], sizes[1:])]
    weights = [np.zeros(shape).size for shape in shapes]
    biases = [np.zeros(out).size for out, _ in shapes]
    return sum(weights) + sum(biases)"""},
    "count by a dot product": {"count-parameters": """def count_parameters(sizes):
    sizes = np.array(sizes)
    return int((sizes[:-1] + 1) @ sizes[1:])"""},
    "count by recursion": {"count-parameters": """def count_parameters(sizes):
    if len(sizes) < 2:
        return 0
    return sizes[0] * sizes[1] + sizes[1] + count_parameters(sizes[1:])"""},
    "count, biases apart": {"count-parameters": """def count_parameters(sizes):
    weights = [sizes[i - 1] * sizes[i] for i in range(1, len(sizes))]
    return sum(weights) + sum(sizes) - sizes[0]"""},
}  # fmt: skip


def wrong_linear(*changes):
    """A wrong linear, with a right forward that uses it: it costs its own points only."""
    return ["test-linear"], {"linear": changed(LINEAR, *changes), "forward": FORWARD}


def wrong_collapse(*changes):
    """A wrong collapse."""
    return ["test-collapse"], {"collapse": changed(COLLAPSE, *changes)}


def wrong_softmax(*changes):
    """A wrong softmax, with a right forward that uses it: it costs its own points only."""
    return ["test-softmax"], {"softmax": changed(SOFTMAX, *changes), "forward": FORWARD_COUNTED}


def wrong_forward(*changes, source=FORWARD):
    """A wrong forward."""
    return ["test-forward"], {"forward": changed(source, *changes)}


def wrong_count(*changes):
    """A wrong count."""
    return ["test-count-parameters"], {"count-parameters": changed(COUNT, *changes)}


MAX = "z.max(axis=1, keepdims=True)"
SUM = "e.sum(axis=1, keepdims=True)"
NORM = "e / e.sum(axis=1, keepdims=True)"

WRONG = {
    "linear forgets b": wrong_linear((" + b", "")),
    "linear subtracts b": wrong_linear(("+ b", "- b")),
    "linear without the turn": wrong_linear(("W.T", "W")),
    "linear turns only where it must": wrong_linear(
        ("    return", "    if X.shape[1] == W.shape[0]:\n        return X @ W + b\n    return")),
    "linear reshapes in place of the turn": wrong_linear(("W.T", "W.reshape(X.shape[1], -1)")),
    "linear answers one neuron a row": wrong_linear(("X @ W.T + b", "W @ X.T + b[:, None]")),
    "linear, turned, then reshaped": wrong_linear(("X @ W.T + b", "(W @ X.T + b[:, None]).reshape(len(X), -1)")),
    "linear bends": wrong_linear(("X @ W.T + b", "np.maximum(X @ W.T + b, 0)")),
    "linear with whole numbers": wrong_linear(("X @ W.T + b", "(X @ W.T + b).astype(int)")),
    "linear in an array of whole numbers": wrong_linear(
        ("return X @ W.T + b", "Z = np.zeros((len(X), len(W)), dtype=int)\n    Z[:] = X @ W.T + b\n    return Z")),
    "linear, the bias as a column": wrong_linear(("+ b", "+ b.reshape(-1, 1)")),
    "linear in an array of X's type": wrong_linear(
        ("return X @ W.T + b", "Z = np.zeros((len(X), len(W)), dtype=X.dtype)\n    Z[:] = X @ W.T + b\n    return Z")),
    "linear squeezes": wrong_linear(("X @ W.T + b", "np.squeeze(X @ W.T + b)")),
    "linear for three neurons": wrong_linear(
        ("return X @ W.T + b", "return np.stack([X @ W[k] + b[k] for k in range(3)], axis=1)")),
    "linear for two inputs": wrong_linear(("X @ W.T", "X[:, :1] * W[:, 0] + X[:, 1:2] * W[:, 1]")),
    "linear wrong, its helper right and used later": (["test-linear"], {
        "linear": "def times(A, B):\n    return A @ B.T\n\ndef linear(X, W, b):\n    return times(X, W) - b",
        "forward": changed(FORWARD, ("linear(activations[-1], W, b)", "times(activations[-1], W) + b"))}),
    "collapse, the wrong order": wrong_collapse(("W2 @ W1", "W1 @ W2")),
    "collapse adds the biases": (["test-collapse"], {"collapse": """def collapse(W1, b1, W2, b2):
    return W2 @ W1, b1.sum() + b2"""}),
    "collapse forgets b2": wrong_collapse((" + b2", "")),
    "collapse forgets b1": wrong_collapse(("W2 @ b1 + b2", "b2")),
    "collapse with a bend in the bias": wrong_collapse(("W2 @ b1", "W2 @ np.maximum(b1, 0)")),
    "collapse adds the biases first": wrong_collapse(("W2 @ b1 + b2", "W2 @ (b1 + b2)")),
    "collapse gives the bias as a row": wrong_collapse(("return W, b", "return W, b[None, :]")),
    "collapse turns the weights": wrong_collapse(("return W,", "return W.T,")),
    "collapse in the other order": wrong_collapse(("return W, b", "return b, W")),
    "softmax overflows": wrong_softmax((f" - {MAX}", "")),
    "softmax subtracts the largest of all": wrong_softmax((MAX, "z.max()")),
    "softmax subtracts the mean": wrong_softmax((MAX, "z.mean(axis=1, keepdims=True)")),
    "softmax subtracts the first score": wrong_softmax((MAX, "z[:, :1]")),
    "softmax subtracts the smallest": wrong_softmax(("z.max", "z.min")),
    "softmax subtracts the largest column": wrong_softmax((MAX, "z.max(axis=0)")),
    "softmax clips the scores": wrong_softmax((f"z - {MAX}", "np.clip(z, -500, 500)")),
    "softmax divides by the largest": wrong_softmax((f"z - {MAX}", f"z / {MAX}")),
    "softmax down the columns": wrong_softmax(("axis=1", "axis=0")),
    "softmax, sums down the columns": wrong_softmax((SUM, "e.sum(axis=0)")),
    "softmax over everything": wrong_softmax((SUM, "e.sum()")),
    "softmax without keepdims in the sum": wrong_softmax((SUM, "e.sum(axis=1)")),
    "softmax in place": wrong_softmax((f"z = z - {MAX}", f"z -= {MAX}")),
    "softmax not divided": wrong_softmax((NORM, "e")),
    "softmax turned over": wrong_softmax((f"z - {MAX}", f"{MAX} - z")),
    "softmax of absolute scores": wrong_softmax(("z = z -", "z = np.abs(z)\n    z = z -")),
    "softmax by the Euclidean length": wrong_softmax((SUM, "np.linalg.norm(e, axis=1, keepdims=True)")),
    "softmax as a share of the scores": wrong_softmax(("np.exp(z)", "z - z.min(axis=1, keepdims=True)")),
    "softmax answers only the largest": wrong_softmax((NORM, "(e == 1) * 1.0")),
    "softmax of whole scores": wrong_softmax(("z = z -", "z = z.astype(int)\n    z = z -")),
    "softmax in single precision": wrong_softmax(("z = z -", "z = z.astype(np.float32)\n    z = z -")),
    "softmax in an array of z's type": (["test-softmax"], {"softmax": """def softmax(z):
    p = np.zeros_like(z)
    for n in range(len(z)):
        e = np.exp(z[n] - z[n].max())
        p[n] = e / e.sum()
    return p"""}),
    "forward without X": wrong_forward(
        ("activations = [X]", "activations = []"), ("activations[-1]", "(activations or [X])[-1]")),
    "forward bends the last, too": wrong_forward(
        ("softmax(linear(activations[-1], W, b))", "softmax(np.maximum(linear(activations[-1], W, b), 0))")),
    "forward never bends": wrong_forward(("np.maximum(z, 0)", "z")),
    "forward with absolute values": wrong_forward(("np.maximum(z, 0)", "np.abs(z)")),
    "forward with max for maximum": wrong_forward(("np.maximum(z, 0)", "np.max(z, 0)")),
    "forward with a sigmoid": wrong_forward(("np.maximum(z, 0)", "1 / (1 + np.exp(-z))")),
    "forward with tanh": wrong_forward(("np.maximum(z, 0)", "np.tanh(z)")),
    "forward, a leaky ReLU": wrong_forward(("np.maximum(z, 0)", "np.where(z > 0, z, 0.01 * z)")),
    "forward, a capped ReLU": wrong_forward(("np.maximum(z, 0)", "np.clip(z, 0, 6)")),
    "forward says 1 where it fires": wrong_forward(("np.maximum(z, 0)", "(z > 0) * 1.0")),
    "forward, a bend above one": wrong_forward(("np.maximum(z, 0)", "np.where(z > 1, z, 0)")),
    "forward bends X": wrong_forward(("activations = [X]", "activations = [np.maximum(X, 0)]")),
    "forward bends X in place": wrong_forward(("    activations = [X]", "    X[X < 0] = 0\n    activations = [X]")),
    "forward without softmax": wrong_forward(
        ("softmax(linear(activations[-1], W, b))", "linear(activations[-1], W, b)")),
    "forward, softmax everywhere": wrong_forward(("np.maximum(z, 0)", "softmax(z)")),
    "forward keeps the sums": wrong_forward(
        ("        A = A @ W.T + b\n", "        Z = A @ W.T + b\n        A = Z.copy()\n"),
        ("        result.append(A)", "        result.append(A if i == len(layers) - 1 else Z)"),
        source=FORWARD_COUNTED),
    "forward keeps the scores, too": wrong_forward(
        ("            A = softmax(A)", "            result.append(A)\n            A = softmax(A)"),
        source=FORWARD_COUNTED),
    "forward gives the last only": wrong_forward(("return activations", "return activations[-1]")),
    "forward gives X and the last": wrong_forward(("return activations", "return [X, activations[-1]]")),
    "forward, two layers only": (["test-forward"], {"forward": """def forward(X, layers):
    if len(layers) == 1:
        return [X, softmax(linear(X, *layers[0]))]
    hidden = np.maximum(linear(X, *layers[0]), 0)
    return [X, hidden, softmax(linear(hidden, *layers[-1]))]"""}),
    "forward, every hidden layer reads X": wrong_forward(("z = linear(activations[-1]", "z = linear(X")),
    "forward in the other order": wrong_forward(("return activations", "return activations[::-1]")),
    "forward eats the list of layers": wrong_forward(
        ("layers[:-1]", "layers"), ("    for", "    last = layers.pop()\n    for"),
        ("W, b = layers[-1]", "W, b = last")),
    "forward adds no bias": wrong_forward(("A @ W.T + b", "A @ W.T"), source=FORWARD_COUNTED),
    "forward leaves the first layer unbent": wrong_forward(
        ("i < len(layers) - 1", "0 < i < len(layers) - 1"), ("else:", "elif i == len(layers) - 1:"),
        source=FORWARD_COUNTED),
    "forward bends the first layer only": wrong_forward(
        ("if i < len(layers) - 1", "if i == 0 and len(layers) > 1"),
        ("else:", "elif i == len(layers) - 1:"), source=FORWARD_COUNTED),
    "forward, a list that grows": wrong_forward(
        ("def forward(X, layers):\n    activations = [X]",
         "SEEN = []\n\ndef forward(X, layers, activations=SEEN):\n    activations.append(X)")),
    "forward turns the weights in the list": wrong_forward(
        ("W, b)", "W.T, b)"), ("    activations = [X]", """    for i, (W, b) in enumerate(layers):
        layers[i] = W.T, b
    activations = [X]""")),
    "forward, a softmax that overflows": wrong_forward(
        ("    activations.append(softmax(linear(activations[-1], W, b)))",
         f"    e = np.exp(linear(activations[-1], W, b))\n    activations.append({NORM})")),
    "count forgets the biases": wrong_count((" + sizes[i + 1]", "")),
    "count, biases for the inputs": wrong_count((" + sizes[i + 1]", " + sizes[i]")),
    "count, one bias a layer": wrong_count((" + sizes[i + 1]", " + 1")),
    "count, all sizes as biases": wrong_count(("total = 0", "total = sizes[0]")),
    "count, one layer too few": wrong_count(("len(sizes) - 1", "max(len(sizes) - 2, 1)")),
    "count, the first two layers": wrong_count(("len(sizes) - 1", "min(len(sizes) - 1, 2)")),
    "count, no bias for the last": wrong_count(("return total", "return total - sizes[-1]")),
    "count multiplies everything": (["test-count-parameters"], {
        "count-parameters": "def count_parameters(sizes):\n    return int(np.prod(sizes)) + sum(sizes[1:])"}),
    "count returns in the loop": wrong_count(("    return", "        return")),
    "count per layer": wrong_count(
        ("total = 0", "total = []"), ("total += sizes[i] * sizes[i + 1] + sizes[i + 1]",
                                      "total.append(sizes[i] * sizes[i + 1] + sizes[i + 1])")),
}  # fmt: skip
