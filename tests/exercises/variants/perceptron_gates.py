"""Answers to perceptron_gates, right and wrong, and the test cells in which the wrong ones lose points."""

from autograder.marking.mistakes import changed

NEURON = '''def neuron(X, w, b):
    z = X @ np.asarray(w) + b
    return (z > 0).astype(int)'''

GATE = '''def gate(name):
    if name == "AND":
        return (1, 1), -1.5
    if name == "OR":
        return (1, 1), -0.5
    if name == "NAND":
        return (-1, -1), 1.5
    if name == "NOR":
        return (-1, -1), 0.5'''

XOR = '''def xor(X):
    one = neuron(X, *gate("OR"))
    two = neuron(X, *gate("NAND"))
    return neuron(np.stack([one, two], axis=1), *gate("AND"))'''

UPDATE = '''def update(w, b, x, y):
    answer = neuron(x[None, :], w, b)[0]
    error = y - answer
    return w + error * x, b + error'''

UPDATE_IF = '''def update(w, b, x, y):
    answer = 1 if np.dot(w, x) + b > 0 else 0
    if answer != y:
        w = w + (y - answer) * x
        b = b + (y - answer)
    return w, b'''

TRAIN = '''def train(X, y, max_epochs=100):
    w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
    for epoch in range(max_epochs):
        count = 0
        for x, target in zip(X, y):
            answer = neuron(x[None], w, b)[0]
            count += int(answer != target)
            w, b = update(w, b, x, target)
        mistakes.append(count)
        if count == 0:
            break
    return w, b, mistakes'''

TRAIN_OWN = '''def train(X, y, max_epochs=100):
    N, D = X.shape
    w = np.zeros(D)
    b = 0
    mistakes = []
    for epoch in range(max_epochs):
        count = 0
        for n in range(N):
            answer = 1 if X[n] @ w + b > 0 else 0
            error = y[n] - answer
            if error != 0:
                count += 1
                w = w + error * X[n]
                b = b + error
        mistakes.append(count)
        if count == 0:
            break
    return w, b, mistakes'''

RIGHT = {
    "plain": {"neuron": NEURON, "gate": GATE, "xor": XOR, "update": UPDATE, "train": TRAIN},
    "neuron with loops": {"neuron": """def neuron(X, w, b):
    decisions = []
    for row in X:
        total = b
        for weight, signal in zip(w, row):
            total += weight * signal
        if total > 0:
            decisions.append(1)
        else:
            decisions.append(0)
    return np.array(decisions)"""},
    "neuron with where and dot": {"neuron": "def neuron(X, w, b):\n    return np.where(np.dot(X, w) + b > 0, 1, 0)"},
    "neuron with einsum, floats": {"neuron": """def neuron(X: np.ndarray, w, b: float) -> np.ndarray:
    return (np.einsum("nd,d->n", X, np.asarray(w, dtype=float)) + b > 0).astype(np.float64)"""},
    "neuron with heaviside": {"neuron": "def neuron(X, w, b):\n    return np.heaviside(X @ w + b, 0)"},
    "neuron, ceil and clip": {"neuron": "def neuron(X, w, b):\n    return np.clip(np.ceil(X @ w + b), 0, 1)"},
    "neuron, product and sum": {"neuron": """def neuron(X, w, b, threshold=0):
    fires = (X * np.array(w)).sum(axis=1) > threshold - b
    return 1 * fires"""},
    "neuron, sign and maximum": {"neuron": "def neuron(X, w, b):\n    return np.maximum(np.sign(w @ X.T + b), 0)"},
    "neuron, zeros filled by a mask": {"neuron": """def neuron(X, w, b):
    out = np.zeros(len(X), dtype=np.int8)
    out[np.matmul(X, w) > -b] = 1
    return out"""},
    "neuron, w as a column": {"neuron": """def neuron(X, w, b):
    W = np.reshape(w, (-1, 1))
    return (X @ W + b > 0)[:, 0] * 1"""},
    "neuron with a helper for later cells": {
        "neuron": """def weighted_sum(X, w, b):
    return X @ np.asarray(w) + b

def neuron(X, w, b):
    return (weighted_sum(X, w, b) > 0) + 0""",
        "update": """def update(w, b, x, y):
    error = y - int(weighted_sum(x, w, b) > 0)
    return w + error * x, b + error"""},
    "gate in a dictionary, times ten": {"gate": """def gate(name):
    return {"AND": ([10, 10], -15), "OR": ([10, 10], -5), "NAND": ([-10, -10], 15), "NOR": ([-10, -10], 5)}[name]"""},
    "gate, opposites by a minus": {"gate": """def gate(name):
    if name.startswith("N"):
        w, b = gate("AND" if name == "NAND" else "OR")
        return -w, -b
    return np.array([1.0, 1.0]), {"AND": -1.5, "OR": -0.5}[name]"""},
    "gate, weights that differ": {"gate": """def gate(name):
    match name:
        case "AND":
            return np.array([1, 1.4]), -1.9
        case "OR":
            return np.array([1.4, 1]), -0.5
        case "NAND":
            return np.array([-1, -1.4]), 1.9
        case _:
            return np.array([-1.4, -1]), 0.5"""},
    "gate, not in the middle": {"gate": changed(
        GATE, ("-1.5", "-1.45"), ("-0.5", "-0.55"), (" 1.5", " 1.42"), (" 0.5", " 0.58"))},
    "gate, found by search over the corners": {"gate": """def gate(name):
    wanted = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "NAND": [1, 1, 1, 0], "NOR": [1, 0, 0, 0]}[name]
    corners, targets = [], []
    for pair, target in zip([(0, 0), (0, 1), (1, 0), (1, 1)], wanted):
        for d1 in (-0.2, 0.2):
            for d2 in (-0.2, 0.2):
                corners.append((pair[0] + d1, pair[1] + d2))
                targets.append(target)
    for w in (1, -1):
        for b in np.arange(-2.05, 2.1, 0.1):
            if list(neuron(np.array(corners), (w, w), b)) == targets:
                return (w, w), float(b)"""},
    "gate, learned from the corners": {"gate": """def gate(name):
    wanted = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "NAND": (1, 1, 1, 0), "NOR": (1, 0, 0, 0)}[name]
    w, b, errors = np.zeros(2), 0.0, 1
    while errors:
        errors = 0
        for k in range(16):
            x = np.array([k // 8 % 2 + (k // 2 % 2 - 0.5) * 0.42, k // 4 % 2 + (k % 2 - 0.5) * 0.42])
            y = wanted[k // 4]
            error = y - (1 if w @ x + b > 0 else 0)
            w, b, errors = w + error * x, b + error, errors + abs(error)
    return w, b"""},
    "xor, NOR of NOR and AND": {"xor": """def xor(X):
    hidden = [neuron(X, *gate(name)) for name in ("NOR", "AND")]
    return neuron(np.array(hidden).T, *gate("NOR"))"""},
    "xor, OR but not AND": {"xor": """def xor(X):
    w_or, b_or = gate("OR")
    w_and, b_and = gate("AND")
    H = np.column_stack((neuron(X, w_or, b_or), neuron(X, w_and, b_and)))
    return neuron(H, (1, -1), -0.5)"""},
    "xor, one but not the other": {"xor": """def xor(X):
    first_only = neuron(X, (1, -1), -0.5)
    second_only = neuron(X, (-1, 1), -0.5)
    return neuron(np.c_[first_only, second_only], *gate("OR"))"""},
    "xor, NOR, AND, then an own neuron": {"xor": """def xor(X):
    H = np.empty((X.shape[0], 2))
    H[:, 0] = neuron(X, *gate("NOR"))
    H[:, 1] = neuron(X, *gate("AND"))
    print(H[:3])
    return neuron(H, [-1, -1], 0.25)"""},
    "xor, all in a class": {"xor": """class Circuit:
    def __init__(self, *names):
        self.parts = [gate(name) for name in names]

    def __call__(self, X):
        first, second, last = self.parts
        pair = np.vstack([neuron(X, *first), neuron(X, *second)]).transpose()
        return neuron(pair, *last)

def xor(X):
    return Circuit("NAND", "OR", "AND")(X)"""},
    "update with an if": {"update": UPDATE_IF},
    "update, two cases": {"update": """def update(w, b, x, y):
    fired = sum(wi * xi for wi, xi in zip(w, x)) + b > 0
    if fired and y == 0:
        return w - x, b - 1
    if not fired and y == 1:
        return w + x, b + 1
    return np.copy(w), b"""},
    "update in place on a copy": {"update": """def update(w, b, x, y):
    w = np.array(w, dtype=float)
    answer = neuron(np.array([x]), w, b)
    w += (y - answer[0]) * x
    b += y - answer[0]
    return w, b"""},
    "update, entry by entry": {"update": """def update(w, b, x, y):
    answer = float(neuron(x.reshape(1, -1), w, b).item())
    new_w = np.array([w[i] + (y - answer) * x[i] for i in range(len(w))])
    return new_w, float(b + y - answer)"""},
    "update with an added one": {"update": """def update(w, b, x, y):
    theta, row = np.append(w, b), np.append(x, 1.0)
    theta += (y - (theta @ row > 0)) * row
    return theta[:-1], theta[-1]"""},
    "train without neuron or update": {"train": TRAIN_OWN},
    "train, a mistake is a changed bias": {"train": """def train(X, y, max_epochs=100):
    w, b = np.zeros(len(X[0])), 0
    mistakes = [None]
    while mistakes[-1] != 0 and len(mistakes) <= max_epochs:
        mistakes.append(0)
        for x, t in zip(X, y):
            old = b
            w, b = update(w, b, x, t)
            if b != old:
                mistakes[-1] += 1
    return w, b, mistakes[1:]"""},
    "train, jumping from mistake to mistake": {"train": """def train(X, y, max_epochs=100):
    w, b, mistakes = np.zeros(X.shape[1]), 0, []
    while len(mistakes) < max_epochs:
        start, count = 0, 0
        while start < len(X):
            wrong = np.flatnonzero(neuron(X[start:], w, b) != y[start:])
            if wrong.size == 0:
                break
            n = start + wrong[0]
            w, b = update(w, b, X[n], y[n])
            start, count = n + 1, count + 1
        mistakes.append(count)
        if count == 0:
            return w, b, mistakes
    return w, b, mistakes"""},
    "train with a column of ones": {"train": """def train(X, y, max_epochs=100):
    ones = np.hstack([X, np.ones((X.shape[0], 1))])
    theta = np.zeros(ones.shape[1])
    mistakes = []
    for _ in range(max_epochs):
        wrong = 0
        for row, target in zip(ones, y):
            error = target - int(row.dot(theta) > 0)
            theta += error * row
            wrong += abs(error)
        mistakes.append(int(wrong))
        if not wrong:
            break
    return theta[:-1], theta[-1], mistakes"""},
    "train with targets of -1 and 1, copied": {"train": """def train(X, y, max_epochs=100):
    signs = np.where(y == 1, 1, -1)
    w, b, mistakes = np.zeros_like(X[0], dtype=float), 0.0, []
    for epoch in range(1, max_epochs + 1):
        flags = []
        for x, s in zip(X, signs):
            fires = 1 if x @ w + b > 0 else -1
            flags.append(fires != s)
            if flags[-1]:
                w, b = w + s * x, b + s
        mistakes.append(sum(flags))
        if not any(flags):
            break
    return w, b, mistakes"""},
    "train as a class with an epoch method": {"train": """class Learner:
    def __init__(self, D):
        self.w, self.b = np.zeros(D), 0

    def epoch(self, X, y):
        return sum(self.look(x, t) for x, t in zip(X, y))

    def look(self, x, t):
        wrong = int(neuron(x[np.newaxis], self.w, self.b)[0] != t)
        self.w, self.b = update(self.w, self.b, x, t)
        return wrong

def train(X, y, max_epochs=100, verbose=False):
    learner = Learner(X.shape[1])
    mistakes = [learner.epoch(X, y)]
    while mistakes[-1] > 0 and len(mistakes) < max_epochs:
        mistakes.append(learner.epoch(X, y))
        if verbose:
            print(len(mistakes), mistakes[-1])
    return learner.w, learner.b, mistakes"""},
    "train by recursion over epochs": {"train": """def train(X, y, max_epochs=100, w=None, b=0):
    w = np.zeros(X.shape[1]) if w is None else w
    count = 0
    for i in range(len(y)):
        count += bool(neuron(X[i:i + 1], w, b)[0] - y[i])
        w, b = update(w, b, X[i], y[i])
    if count == 0 or max_epochs == 1:
        return w, b, [count]
    w, b, rest = train(X, y, max_epochs - 1, w, b)
    return w, b, [count] + rest"""},
    "train, counts how often each example was wrong": {"train": """def train(X, y, max_epochs=100):
    alpha = np.zeros(len(X))
    mistakes = []
    for _ in range(max_epochs):
        before = np.abs(alpha).sum()
        for n in range(len(X)):
            alpha[n] += y[n] - neuron(X[n:n + 1], alpha @ X, alpha.sum())[0]
        mistakes.append(int(np.abs(alpha).sum() - before))
        if mistakes[-1] == 0:
            break
    return alpha @ X, alpha.sum(), mistakes"""},
}  # fmt: skip

ZERO = "        count = 0\n"
APPEND = "        mistakes.append(count)\n"


def wrong_neuron(*changes, **train):
    """A wrong neuron, with right cells that use it: it costs its own points only."""
    return ["test-neuron"], {"neuron": changed(NEURON, *changes), "xor": XOR, "update": UPDATE} | train


def wrong_gate(*changes):
    """A wrong gate, with a right xor that uses it: it costs its own points only."""
    return ["test-gate"], {"gate": changed(GATE, *changes), "xor": XOR}


def wrong_xor(*changes):
    """A wrong XOR."""
    return ["test-xor"], {"xor": changed(XOR, *changes)}


def wrong_update(*changes, source=UPDATE):
    """A wrong update, with a right train that uses it: it costs its own points only."""
    return ["test-update"], {"update": changed(source, *changes), "train": TRAIN}


def wrong_train(*changes, source=TRAIN):
    """A wrong training."""
    return ["test-train"], {"train": changed(source, *changes)}


WRONG = {
    "neuron fires at zero": wrong_neuron(("z > 0", "z >= 0"), train=TRAIN),
    "neuron says True": wrong_neuron((".astype(int)", "")),
    "neuron forgets b": wrong_neuron((" + b", "")),
    "neuron takes b as a threshold": wrong_neuron(("+ b", "- b")),
    "neuron fires above a half": wrong_neuron(("z > 0", "z > 0.5"), train=TRAIN),
    "neuron knows three answers": wrong_neuron(("(z > 0).astype(int)", "np.sign(z)")),
    "neuron says -1": wrong_neuron(("(z > 0).astype(int)", "np.where(z > 0, 1, -1)")),
    "neuron of two inputs": wrong_neuron(("X @ np.asarray(w)", "X[:, 0] * w[0] + X[:, 1] * w[1]")),
    "neuron with whole weights": wrong_neuron(("np.asarray(w)", "np.asarray(w, dtype=int)")),
    "neuron with whole inputs": wrong_neuron(("X @", "X.astype(int) @"), train=TRAIN),
    "neuron rounds": wrong_neuron(("(z > 0).astype(int)", "np.round(np.clip(z, 0, 1))")),
    "neuron adds down the columns": wrong_neuron(("X @ np.asarray(w)", "(X * np.asarray(w)).sum(axis=0)")),
    "neuron weighs inside X": wrong_neuron(("z = X @ np.asarray(w) + b", "X[:] = X * w\n    z = X.sum(axis=1) + b")),
    "neuron answers in a column": wrong_neuron(("np.asarray(w)", "np.reshape(w, (-1, 1))")),
    "neuron squeezes one row away": wrong_neuron(
        ("np.asarray(w)", "np.reshape(w, (-1, 1))"), ("(z > 0)", "(z > 0).squeeze()")),
    "neuron wrong, its helper right and used later": (["test-neuron"], {
        "neuron": """def total(X, w, b):
    return X @ np.asarray(w) + b

def neuron(X, w, b):
    return (total(X, w, b) >= 0) * 1""",
        "update": """def update(w, b, x, y):
    error = y - int(total(x, w, b) > 0)
    return w + error * x, b + error"""}),
    "fires at zero everywhere": (["test-neuron", "test-train", "test-update"], {
        "neuron": changed(NEURON, ("z > 0", "z >= 0")),
        "update": changed(UPDATE_IF, ("b > 0", "b >= 0")),
        "train": changed(TRAIN_OWN, ("b > 0", "b >= 0"))}),
    "gate AND without a margin": wrong_gate(("-1.5", "-1")),
    "gate AND fires a little too early": wrong_gate(("-1.5", "-1.35")),
    "gate AND fires a little too late": wrong_gate(("-1.5", "-1.65")),
    "gate AND with one strong signal": wrong_gate(("(1, 1), -1.5", "(2, 1), -2.5")),
    "gate OR at the noise of one signal": wrong_gate(("-0.5", "-0.25")),
    "gate OR for the noise above only": wrong_gate(("-0.5", "-0.75")),
    "gate OR with the bias 0": wrong_gate(("-0.5", "0")),
    "gate OR leans on the first signal": wrong_gate(("(1, 1), -0.5", "(2, 1), -0.7")),
    "gate NAND too weak": wrong_gate((" 1.5", " 1.3")),
    "gate NAND too strong": wrong_gate((" 1.5", " 1.7")),
    "gate NAND turned over, bias not": wrong_gate(("(-1, -1), 1.5", "(-1, -1), -1.5")),
    "gate NAND and NOR exchanged": wrong_gate(('"NAND"', '"x"'), ('"NOR"', '"NAND"'), ('"x"', '"NOR"')),
    "gate NOR for the noise of one signal": wrong_gate((" 0.5", " 0.3")),
    "gate NOR, too much": wrong_gate((" 0.5", " 0.65")),
    "gate NOR forgotten": wrong_gate(('    if name == "NOR":\n        return (-1, -1), 0.5', "")),
    "gate gives the bias first": wrong_gate(("(1, 1), -1.5", "-1.5, (1, 1)"), ("(1, 1), -0.5", "-0.5, (1, 1)"),
                                            ("(-1, -1), 1.5", "1.5, (-1, -1)"), ("(-1, -1), 0.5", "0.5, (-1, -1)")),
    "gate gives the bias in a list": wrong_gate(
        ("-1.5", "[-1.5]"), ("-0.5", "[-0.5]"), (" 1.5", " [1.5]"), (" 0.5", " [0.5]")),
    "xor, the third is an OR": wrong_xor(('"AND"', '"OR"')),
    "xor turned over": wrong_xor(('"AND"', '"NAND"')),
    "xor of OR and AND": wrong_xor(('"NAND"', '"x"'), ('"AND"', '"NAND"'), ('"x"', '"AND"')),
    "xor, hidden answers stacked the wrong way": wrong_xor(("axis=1", "axis=0")),
    "xor, hidden answers reshaped": wrong_xor(
        ("np.stack([one, two], axis=1)", "np.concatenate([one, two]).reshape(-1, 2)")),
    "xor, the third sees the signals": wrong_xor(("np.stack([one, two], axis=1)", "X")),
    "xor by one neuron": (["test-xor"], {"xor": "def xor(X):\n    return neuron(X, (1, -1), -0.5)"}),
    "xor by own neurons that noise upsets": (["test-xor"], {"xor": """def xor(X):
    one = neuron(X, (1, -1), -0.3)
    two = neuron(X, (-1, 1), -0.3)
    return neuron(np.stack([one, two], axis=1), *gate("OR"))"""}),
    "xor by own neurons, too late": (["test-xor"], {"xor": """def xor(X):
    one = neuron(X, (1, -1), -0.5)
    two = neuron(X, (-1, 1), -0.7)
    return neuron(np.stack([one, two], axis=1), *gate("OR"))"""}),
    "xor with sums in place of answers": (["test-xor"], {"xor": """def xor(X):
    sums = [X @ np.asarray(gate(name)[0]) + gate(name)[1] for name in ("OR", "NAND")]
    return neuron(np.stack(sums, axis=1), *gate("AND"))"""}),
    "xor by exact comparison": (["test-xor"], {"xor": "def xor(X):\n    return (X[:, 0] != X[:, 1]) * 1"}),
    "update, b left": wrong_update(("b + error", "b")),
    "update, w left": wrong_update(("w + error * x", "w")),
    "update, wrong sign": wrong_update(("y - answer", "answer - y")),
    "update, b the other way": wrong_update(("b + error", "b - error")),
    "update in place": wrong_update(("return w + error * x,", "w += error * x\n    return w,")),
    "update turns x over in place": wrong_update(("return w + error * x,", "x *= error\n    return w + x,")),
    "update takes another look for b": wrong_update((
        "return w + error * x,", "w = w + error * x\n    error = y - neuron(x[None, :], w, b)[0]\n    return w,")),
    "update looks without the bias": wrong_update(("w, b)[0]", "w, 0)[0]")),
    "update subtracts the sum": wrong_update(("neuron(x[None, :], w, b)[0]", "w @ x + b")),
    "update always": wrong_update(("error = y - answer", "error = 2 * y - 1")),
    "update learns from ones only": wrong_update(("(y - answer)", "y"), source=UPDATE_IF),
    "update learns from silence only": wrong_update(("answer != y", "answer < y"), source=UPDATE_IF),
    "update by the size of the error": wrong_update(("y - answer", "abs(y - answer)")),
    "update gives b as an array": wrong_update(("w, b)[0]", "w, b)")),
    "update with whole numbers": wrong_update(("w + error * x", "w + (error * x).astype(int)")),
    "update in the if, fires at zero": wrong_update(("b > 0", "b >= 0"), source=UPDATE_IF),
    "train without the last 0": wrong_train(
        ("        mistakes.append(count)\n        if count == 0:\n            break",
         "        if count == 0:\n            break\n        mistakes.append(count)")),
    "train never stops early": wrong_train(("        if count == 0:\n            break\n", "")),
    "train one epoch less": wrong_train(("range(max_epochs)", "range(1, max_epochs)")),
    "train one epoch more": wrong_train(("range(max_epochs)", "range(max_epochs + 1)")),
    "train, another default": wrong_train(("max_epochs=100", "max_epochs=10")),
    "train all at once": wrong_train(
        ("X[n] @ w + b", "X[n] @ old_w + old_b"), (ZERO, "        count, old_w, old_b = 0, w, b\n"), source=TRAIN_OWN),
    "train counts after each update": wrong_train(
        ("            answer = neuron(x[None], w, b)[0]\n", ""), ("            count += int(answer != target)\n", ""),
        ("x, target)", "x, target)\n            count += int(neuron(x[None], w, b)[0] != target)")),
    "train counts after the epoch": wrong_train(
        (APPEND, f"        count = int((neuron(X, w, b) != y).sum())\n{APPEND}")),
    "train counts before the epoch": wrong_train(
        (ZERO, f"        before = int((neuron(X, w, b) != y).sum())\n{ZERO}"), ("append(count)", "append(before)")),
    "train counts on": wrong_train(
        (ZERO, ""), ("    for epoch", "    total, count = 0, 0\n    for epoch"), ("count == 0", "count == total"),
        ("            break\n", "            break\n        total = count\n")),
    "train starts at one": wrong_train(("np.zeros", "np.ones")),
    "train starts with the bias one": wrong_train(("0.0, []", "1.0, []")),
    "train forgets between the epochs": wrong_train((ZERO, "        count, w, b = 0, np.zeros(X.shape[1]), 0.0\n")),
    "train in reverse order": wrong_train(("zip(X, y)", "zip(X[::-1], y[::-1])")),
    "train in random order": wrong_train(
        (ZERO, f"{ZERO}        order = np.random.default_rng(epoch).permutation(len(y))\n"),
        ("zip(X, y)", "zip(X[order], y[order])")),
    "train gives the best weights": wrong_train(
        ("    for epoch", "    best = len(y) + 1, w, b\n    for epoch"),
        (APPEND, f"{APPEND}        best = min(best, (count, w, b), key=lambda state: state[0])\n"),
        ("return w, b, mistakes", "return best[1], best[2], mistakes")),
    "train gives the weights before the last epoch": wrong_train(
        (ZERO, "        count, old = 0, (w, b)\n"), ("return w, b, mistakes", "return *old, mistakes")),
    "train gives the mean weights": wrong_train(
        ("    for epoch", "    total, looks = np.zeros(X.shape[1] + 1), 0\n    for epoch"),
        ("x, target)\n", "x, target)\n            total, looks = total + np.append(w, b), looks + 1\n"),
        ("return w, b,", "return total[:-1] / looks, total[-1] / looks,")),
    "train gives the last count": wrong_train(("return w, b, mistakes", "return w, b, mistakes[-1]")),
    "train turns the targets to -1": wrong_train(("    w, b, mistakes", "    y[y == 0] = -1\n    w, b, mistakes"),
                                                 ("target)", "max(target, 0))")),
    "train changes X": wrong_train(
        ("w = w + error * X[n]", "X[n] *= error\n                w = w + X[n]"), source=TRAIN_OWN),
    "train on scaled X": wrong_train(("    w, b, mistakes", "    X = X / np.abs(X).max()\n    w, b, mistakes")),
    "train goes on from the last call": wrong_train(
        ("def train", "MISTAKES = []\n\ndef train"), ("0.0, []", "0.0, MISTAKES")),
    "train keeps the weights of the last call": wrong_train(
        ("def train(X, y, max_epochs=100):\n    w, b, mistakes = np.zeros(X.shape[1]), 0.0, []",
         "STATE = {}\n\ndef train(X, y, max_epochs=100):\n"
         "    w, b = STATE.get(X.shape[1], (np.zeros(X.shape[1]), 0.0))\n    mistakes = []"),
        ("    return w", "    STATE[X.shape[1]] = w, b\n    return w")),
    "train returns after the first epoch": wrong_train(
        ("            break\n    return", "            break\n        return")),
    "train ends the epoch at a mistake": wrong_train(
        ("x, target)\n", "x, target)\n            if count:\n                break\n")),
    "train stops when the count stays": wrong_train(("count == 0", "count == 0 or mistakes[-2:] == [count, count]")),
    "train stops when all are right after the epoch": wrong_train(("count == 0", "(neuron(X, w, b) == y).all()")),
    "train without a bias": wrong_train(("b = b + error", "b = 0"), source=TRAIN_OWN),
    "train with a rate": wrong_train(("error = y[n] - answer", "error = 0.1 * (y[n] - answer)"), source=TRAIN_OWN),
    "train leaves out the last row": wrong_train(("zip(X, y)", "zip(X[:-1], y[:-1])")),
    "train forgets max_epochs": wrong_train(("range(max_epochs)", "range(100)")),
    "train counts fires": wrong_train(("answer != target", "answer > target")),
    "train waits for two perfect epochs": wrong_train(("count == 0", "mistakes[-2:] == [0, 0]")),
}  # fmt: skip
