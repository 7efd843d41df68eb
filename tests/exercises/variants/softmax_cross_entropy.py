"""Answers to softmax_cross_entropy, right and wrong: {name: {cell: source}}, the wrong ones with where points go."""

from autograder.marking.mistakes import changed

LOG = '''def log_softmax(z):
    m = z.max(axis=1, keepdims=True)
    shifted = z - m
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))'''

LOSS = '''def cross_entropy(z, y):
    N, K = z.shape
    log_p = log_softmax(z)
    return -np.mean(log_p[np.arange(N), y])'''

GRAD = '''def cross_entropy_grad(z, y):
    N, K = z.shape
    p = np.exp(log_softmax(z))
    p[np.arange(N), y] -= 1
    return p / N'''

TRAIN = '''def train(X, y, lr, steps):
    N, D = X.shape
    K = y.max() + 1
    W = np.zeros((K, D))
    b = np.zeros(K)
    losses = []
    for _ in range(steps):
        z = X @ W.T + b
        losses.append(cross_entropy(z, y))
        G = cross_entropy_grad(z, y)
        W = W - lr * (G.T @ X)
        b = b - lr * G.sum(axis=0)
    return W, b, losses'''


def right_log(body):
    """log_softmax with another body."""
    return {"log-softmax": "def log_softmax(z):\n" + body}


def log(*changes):
    """A slip in log_softmax."""
    return ["test-log-softmax"], {"log-softmax": changed(LOG, *changes)}


def loss(*changes):
    """A slip in cross_entropy."""
    return ["test-cross-entropy"], {"cross-entropy": changed(LOSS, *changes)}


def grad(*changes):
    """A slip in cross_entropy_grad."""
    return ["test-cross-entropy-grad"], {"cross-entropy-grad": changed(GRAD, *changes)}


def learn(*changes):
    """A slip in train."""
    return ["test-train"], {"train": changed(TRAIN, *changes)}


RIGHT = {
    "plain": {"log-softmax": LOG, "cross-entropy": LOSS, "cross-entropy-grad": GRAD, "train": TRAIN},
    "number by number": {
        "log-softmax": '''import math

def log_softmax(z):
    out = np.zeros(z.shape)
    for n in range(z.shape[0]):
        m = max(z[n])
        total = 0.0
        for k in range(z.shape[1]):
            total += math.exp(z[n, k] - m)
        for k in range(z.shape[1]):
            out[n, k] = z[n, k] - m - math.log(total)
    return out''',
        "cross-entropy": '''def cross_entropy(z, y):
    total = 0.0
    log_p = log_softmax(z)
    for n in range(len(y)):
        total = total - log_p[n, y[n]]
    return total / len(y)''',
        "cross-entropy-grad": '''def cross_entropy_grad(z, y):
    log_p = log_softmax(z)
    out = np.zeros(z.shape)
    for n in range(len(y)):
        for k in range(z.shape[1]):
            out[n][k] = (math.exp(log_p[n][k]) - (1 if k == y[n] else 0)) / len(y)
    return out''',
        "train": '''def train(X, y, lr, steps):
    K = max(y) + 1
    W, b, losses = np.zeros((K, X.shape[1])), np.zeros(K), []
    for step in range(steps):
        Z = np.array([[sum(W[k] * x) + b[k] for k in range(K)] for x in X])
        losses.append(float(cross_entropy(Z, y)))
        G = cross_entropy_grad(Z, y)
        for n in range(len(X)):
            for k in range(K):
                W[k] -= lr * G[n, k] * X[n]
                b[k] -= lr * G[n, k]
    return W, b, losses''',
    },
    "logaddexp": right_log("    return z - np.logaddexp.reduce(z, axis=1, keepdims=True)"),
    "against each other": right_log(
        "    return -np.logaddexp.reduce(z[:, None, :] - z[:, :, None], axis=2)"),
    "as in the text": right_log('''    m = np.max(z, axis=-1)[:, np.newaxis]
    log_sum = m + np.log(np.sum(np.exp(z - m), axis=-1)[:, np.newaxis])
    return z - log_sum'''),
    "largest becomes 10": right_log('''    z = z - z.max(1).reshape(-1, 1) + 10
    return z - np.log(np.exp(z).sum(1)).reshape(-1, 1)'''),
    "row by row": right_log('''    rows = []
    for row in np.asarray(z, dtype=float):
        row = row - np.amax(row)
        rows.append(row - np.log(np.sum(np.exp(row))))
    return np.array(rows)'''),
    "along an axis": {"log-softmax": '''def one_row(row):
    m = row.max()
    return row - m - np.log(np.exp(row - m).sum())

def log_softmax(z):
    return np.apply_along_axis(one_row, 1, z)'''},
    "own array in place": right_log('''    out = z.copy()
    out -= out.max(axis=1, keepdims=True)
    e = np.exp(out)
    total = e @ np.ones(z.shape[1])
    out -= np.log(total, out=total)[:, None]
    return out'''),
    "standing up": right_log('''    zT = z.T - z.max(axis=1)
    return (zT - np.log(np.einsum("kn->n", np.exp(zT)))).T'''),
    "log1p of the others": right_log('''    order = np.sort(z, axis=1)
    m = order[:, -1:]
    rest = np.exp(order[:, :-1] - m).sum(axis=1, keepdims=True)
    return (z - m) - np.log1p(rest)'''),
    "a callable object": {"log-softmax": '''class LogSoftmax:
    def __call__(self, z):
        z = z - z.max(axis=1, keepdims=True)
        return z - np.log(np.exp(z).sum(axis=1, keepdims=True))

log_softmax = LogSoftmax()'''},
    "one column after the other": right_log('''    total = z[:, 0]
    for k in range(1, z.shape[1]):
        total = np.logaddexp(total, z[:, k])
    return np.stack([z[:, k] - total for k in range(z.shape[1])], axis=1)'''),
    "one-hot": {
        "cross-entropy": '''def cross_entropy(z: np.ndarray, y: np.ndarray) -> float:
    target = np.eye(z.shape[1])[y]
    return float(-(target * log_softmax(z)).sum() / len(z))''',
        "cross-entropy-grad": '''def cross_entropy_grad(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    target = np.eye(z.shape[1])[y]
    return (np.exp(log_softmax(z)) - target) / len(z)''',
    },
    "along the labels": {
        "cross-entropy": '''def cross_entropy(z, y):
    return np.take_along_axis(log_softmax(z), y[:, None], axis=1).mean() * -1''',
        "cross-entropy-grad": '''def cross_entropy_grad(z, y):
    G = np.exp(log_softmax(z)) / len(y)
    at = y[:, None]
    np.put_along_axis(G, at, np.take_along_axis(G, at, axis=1) - 1 / len(y), axis=1)
    return G''',
    },
    "surprise as a difference": {"cross-entropy": '''def cross_entropy(z, y):
    m = z.max(axis=1)
    log_sum = np.log(np.exp(z - m[:, None]).sum(axis=1)) + m
    return (log_sum - z[range(len(y)), y]).mean()'''},
    "zip and fsum": {"cross-entropy": '''from math import fsum

def cross_entropy(z, y):
    surprises = [-row[label] for row, label in zip(log_softmax(z), y)]
    print("the largest surprise:", max(surprises))
    return fsum(surprises) / len(surprises)'''},
    "the diagonal": {"cross-entropy": '''def cross_entropy(z, y):
    return float(-np.trace(log_softmax(z)[:, y]) / y.size)'''},
    "a mask": {
        "cross-entropy": '''def cross_entropy(z, y):
    mask = np.arange(z.shape[1]) == y.reshape(-1, 1)
    return np.average(-log_softmax(z)[mask])''',
        "cross-entropy-grad": '''def cross_entropy_grad(z, y):
    mask = np.arange(z.shape[1]) == y.reshape(-1, 1)
    p = np.exp(log_softmax(z))
    return np.where(mask, p - 1, p) / z.shape[0]''',
    },
    "statistics": {"cross-entropy": '''import statistics

def cross_entropy(z, y):
    return statistics.fmean(-log_softmax(z[n:n + 1])[0, y[n]] for n in range(len(z)))'''},
    "softmax as a helper": {"cross-entropy-grad": '''def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)

def cross_entropy_grad(z, y):
    G = softmax(z)
    np.subtract.at(G, (np.arange(len(y)), y), 1)
    G /= len(y)
    return G'''},
    "by the chain rule": {"cross-entropy-grad": '''def cross_entropy_grad(z, y):
    N, K = z.shape
    p = np.exp(log_softmax(z))
    d_log_p = np.zeros((N, K))
    d_log_p[np.arange(N), y] = -1 / N
    jacobian = np.eye(K)[None] - p[:, None, :]              # d log p_j / d z_k
    return np.einsum("nj,njk->nk", d_log_p, jacobian)'''},
    "example by example": {"cross-entropy-grad": '''def cross_entropy_grad(z, y, scale=None):
    scale = scale or 1 / len(y)
    G = np.empty_like(z)
    for n, label in enumerate(y):
        G[n] = scale * np.exp(log_softmax(z[n][None])[0])
        G[n, label] -= scale
    return G'''},
    "einsum": {"train": '''def train(X, y, lr, steps):
    K = int(np.max(y)) + 1
    weights, bias, history = np.zeros((K, X.shape[1])), np.zeros((K,)), []
    while len(history) < steps:
        scores = np.einsum("nd,kd->nk", X, weights) + bias
        history += [cross_entropy(scores, y)]
        g = cross_entropy_grad(scores, y)
        weights -= lr * np.einsum("nk,nd->kd", g, X)
        bias -= lr * np.einsum("nk->k", g)
    return weights, bias, history'''},
    "a column of ones": {"train": '''def train(X, y, lr, steps):
    X1 = np.hstack([X, np.ones((len(X), 1))])
    V = np.zeros((X1.shape[1], y.max() + 1))
    losses = []
    for _ in range(steps):
        losses.append(float(cross_entropy(X1 @ V, y)))
        V = V - lr * X1.T @ cross_entropy_grad(X1 @ V, y)
    return V[:-1].T, V[-1], losses'''},
    "a class": {"train": '''class Model:
    def __init__(self, K, D):
        self.W, self.b = np.zeros([K, D]), np.zeros(K)

    def scores(self, X):
        return np.matmul(X, self.W.transpose()) + self.b[None, :]

    def step(self, X, y, lr):
        Z = self.scores(X)
        G = cross_entropy_grad(Z, y)
        self.W += -lr * np.dot(G.T, X)
        self.b += -lr * np.dot(np.ones(len(X)), G)
        return cross_entropy(Z, y)

def train(X, y, lr, steps, verbose=False):
    model = Model(max(y.tolist()) + 1, X.shape[1])
    losses = [model.step(X, y, lr) for _ in range(steps)]
    return model.W, model.b, losses'''},
    "nothing called": {"train": '''def train(X, y, lr, steps):
    N = len(X)
    target = np.eye(y.max() + 1)[y]
    W, b, losses = np.zeros((target.shape[1], X.shape[1])), np.zeros(target.shape[1]), []
    for _ in range(steps):
        z = X @ W.T + b
        z -= z.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        losses.append(-(log_p * target).sum() / N)
        G = (np.exp(log_p) - target) / N
        W, b = W - lr * (G.T @ X), b - lr * G.sum(axis=0)
    return W, b, losses'''},
    "gradients summed example by example": {"train": '''def train(X, y, lr, steps):
    W = np.zeros((y.max() + 1, X.shape[1]))
    b = np.zeros(y.max() + 1)
    losses = []
    for _ in range(steps):
        Z = (W @ X.T).T + b
        G = cross_entropy_grad(Z, y)
        dW, db = np.zeros_like(W), np.zeros_like(b)
        for g, x in zip(G, X):
            dW += np.outer(g, x)
            db += g
        losses.append(cross_entropy(Z, y))
        W -= lr * dW
        b -= lr * db
    return W, b, losses'''},
}

WRONG = {
    # Task 1
    "as in the book": log(("z.max(axis=1, keepdims=True)", "0")),
    "one maximum for all": log(("z.max(axis=1, keepdims=True)", "z.max()")),
    "maximum of the columns": log(("z.max(axis=1, keepdims=True)", "z.max(axis=0, keepdims=True)")),
    "mean for the maximum": log(("z.max(axis=1, keepdims=True)", "z.mean(axis=1, keepdims=True)")),
    "minimum for the maximum": log(("z.max(", "z.min(")),
    "largest size": log(("z.max(", "np.abs(z).max(")),
    "first score for the maximum": log(("z.max(axis=1, keepdims=True)", "z[:, :1]")),
    "shift where large": log(
        ("z.max(axis=1, keepdims=True)", "z.max(axis=1, keepdims=True) if z.max() > 700 else 0")),
    "shift not undone": log(("return shifted -", "return z -")),
    "logarithm of p": log(
        ("return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
         "e = np.exp(shifted)\n    return np.log(e / e.sum(axis=1, keepdims=True))")),
    "a little in the logarithm": log(
        ("return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
         "e = np.exp(shifted)\n    return np.log(e / e.sum(axis=1, keepdims=True) + 1e-12)")),
    "p itself": log(
        ("return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
         "e = np.exp(shifted)\n    return e / e.sum(axis=1, keepdims=True)")),
    "scores cut": log(("shifted = z - m", "z = np.clip(z, -700, 700)\n    shifted = z - z.max(axis=1, keepdims=True)")),
    "no less than -745": log(("return shifted -", "return np.maximum(-745.0, shifted -"), ("ms=True))", "ms=True)))")),
    "into the scores": log(("shifted = z - m", "z -= m\n    shifted = z")),
    "over the examples": log(("sum(axis=1", "sum(axis=0")),
    "over everything": log((".sum(axis=1, keepdims=True)", ".sum()")),
    "rows along columns": log(("sum(axis=1, keepdims=True)", "sum(axis=1)")),
    "bits": log(("np.log(", "np.log2(")),
    "plus": log(("return shifted -", "return shifted +")),
    "half precision": log(("shifted = z - m", "shifted = (z - m).astype(np.float32)")),
    "no row where it is alone": log(("return shifted -", "return np.squeeze(shifted -"), ("ms=True))", "ms=True)))")),
    "three classes": log(
        ("np.exp(shifted).sum(axis=1, keepdims=True)", "sum(np.exp(shifted[:, k:k + 1]) for k in range(3))")),
    # Task 2
    "no minus": loss(("-np.mean", "np.mean")),
    "sum": loss(("-np.mean(", "-np.sum(")),
    "mean of the table": loss(("log_p[np.arange(N), y]", "log_p * np.eye(K)[y]")),
    "every example with every label": loss(("log_p[np.arange(N), y]", "log_p[:, y]")),
    "square tables": loss(("np.arange(N)", "np.arange(K)")),
    "median": loss(("np.mean", "np.median")),
    "surprise of the mean": loss(
        ("-np.mean(log_p[np.arange(N), y])", "-np.log(np.mean(np.exp(log_p[np.arange(N), y])))")),
    "surprise at the favourite": loss(("log_p[np.arange(N), y]", "log_p.max(axis=1)")),
    "loss in bits": loss(("np.arange(N), y])", "np.arange(N), y]) / np.log(2)")),
    "own softmax, no shift": loss(("log_softmax(z)", "z - np.log(np.exp(z).sum(axis=1, keepdims=True))")),
    "never infinite": loss(("log_softmax(z)", "np.log(np.maximum(np.exp(log_softmax(z)), 1e-15))")),
    "surprise of p = 0": loss(("log_softmax(z)", "np.log(np.exp(log_softmax(z)))")),
    "labels of the batch": loss(
        ("-np.mean(log_p[np.arange(N), y])", "-(log_p * np.eye(y.max() + 1)[y]).sum() / N")),
    "labels moved": loss(
        ("return -np.mean(log_p[np.arange(N), y])",
         "y += np.arange(N) * K\n    return -np.mean(log_p.ravel()[y])")),
    "scores moved": loss(("log_p = log_softmax(z)", "z -= z.max(axis=1, keepdims=True)\n    log_p = log_softmax(z)")),
    "labels from one": loss(("np.arange(N), y]", "np.arange(N), y - 1]")),
    "not a float": loss(("-np.mean(log_p[np.arange(N), y])", "-np.mean(log_p[np.arange(N), y], keepdims=True)")),
    "wrong classes too": loss(
        ("-np.mean(log_p[np.arange(N), y])",
         "-np.mean(log_p[np.arange(N), y]) - np.sum(np.log1p(-np.exp(log_p)) * (1 - np.eye(K)[y])) / N")),
    "different labels": loss(("-np.mean(log_p[np.arange(N), y])", "-np.sum(log_p[np.arange(N), y]) / len(set(y))")),
    # Task 3
    "gradient of the sum": grad(("return p / N", "return p")),
    "divided by K": grad(("return p / N", "return p / K")),
    "divided by all": grad(("return p / N", "return p / p.size")),
    "should minus said": grad(("return p / N", "return -p / N")),
    "only what it said": grad(("    p[np.arange(N), y] -= 1\n", "")),
    "one from all": grad(("p[np.arange(N), y] -= 1", "p -= 1")),
    "one from many": grad(("p[np.arange(N), y] -= 1", "p[:, y] -= 1")),
    "rows named by labels": grad(("p[np.arange(N), y] -= 1", "p[y] -= 1")),
    "right classes only": grad(("p[np.arange(N), y] -= 1", "p = np.eye(K)[y] * (p - 1)")),
    "half of it divided": grad(
        ("p[np.arange(N), y] -= 1\n    return p / N", "return p / N - np.eye(K)[y]")),
    "logarithms for p": grad(("np.exp(log_softmax(z))", "log_softmax(z)")),
    "own exp, no shift": grad(("np.exp(log_softmax(z))", "np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)")),
    "gradient into the scores": grad(("p = np.exp(log_softmax(z))", "p = np.exp(log_softmax(z), out=z)")),
    "whole numbers": grad(
        ("return p / N", "G = np.zeros((N, K), dtype=int)\n    G[:] = p / N\n    return G")),
    "one-hot of the batch": grad(("p[np.arange(N), y] -= 1", "p -= np.eye(y.max() + 1)[y]")),
    "table lying": grad(("return p / N", "return (p / N).T")),
    "minus one, not less one": grad(("-= 1", "= -1")),
    # Task 4
    "b never moves": learn(("        b = b - lr * G.sum(axis=0)\n", "")),
    "mean for b": learn(("G.sum(axis=0)", "G.mean(axis=0)")),
    "b uphill": learn(("b = b - lr", "b = b + lr")),
    "scores without b": learn(("X @ W.T + b", "X @ W.T")),
    "b from the new place": learn(
        ("b = b - lr * G.sum(axis=0)", "b = b - lr * cross_entropy_grad(X @ W.T + b, y).sum(axis=0)")),
    "divided once more": learn(("(G.T @ X)", "(G.T @ X) / N")),
    "loss after the step": learn(
        ("        losses.append(cross_entropy(z, y))\n", ""),
        ("G.sum(axis=0)", "G.sum(axis=0)\n        losses.append(cross_entropy(X @ W.T + b, y))")),
    "one loss more": learn(("return W", "losses.append(cross_entropy(X @ W.T + b, y))\n    return W")),
    "at least one step": learn(("range(steps)", "range(max(steps, 1))")),
    "classes that occur": learn(("y.max() + 1", "len(np.unique(y))")),
    "ten digits": learn(("y.max() + 1", "10")),
    "weights lying": learn(("return W, b", "return W.T, b")),
    "random start": learn(("np.zeros((K, D))", "np.random.default_rng(0).normal(size=(K, D)) * 0.01")),
    "start at one": learn(("np.zeros(K)", "np.ones(K)")),
    "data scaled in place": learn(("    W = np.zeros", "    X /= np.abs(X).max()\n    W = np.zeros")),
    "labels from zero": learn(("    K = y", "    y = y - y.min()\n    K = y")),
    "enough learned": learn(("        G = ", "        if losses[-1] < 1e-2:\n            break\n        G = ")),
    "goes on where it stopped": (["test-train"], {"train": "memory = {}\n\n" + changed(
        TRAIN, ("W = np.zeros((K, D))", "W = memory.setdefault((K, D), np.zeros((K, D)))"),
        ("W = W - lr *", "W -= lr *"))}),
    "one example a step": learn(
        ("        z = X", "        z = X[:1]"), ("cross_entropy(z, y)", "cross_entropy(X @ W.T + b, y)"),
        ("grad(z, y)", "grad(z, y[:1])"), ("G.T @ X", "G.T @ X[:1]")),
    "first gradient for ever": learn(("G = cross_entropy_grad(z, y)", "G = cross_entropy_grad(np.zeros((N, K)), y)")),
    "b and W in one array": learn(
        ("b = np.zeros(K)", "b = W[:, 0]"), ("W = W - lr *", "W -= lr *"), ("b = b - lr", "b -= lr")),
    "lr of the example": learn(("W - lr", "W - 6")),
    "loss of one": learn(("losses.append(cross_entropy(z, y))", "losses.append(cross_entropy(z[:1], y[:1]))")),
    "rate that falls": learn(("for _ in range(steps):", "for t in range(steps):\n        lr = lr / (1 + t)")),
}  # fmt: skip
