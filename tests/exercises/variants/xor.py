"""Other people's answers to xor: 24 right ones, 41 wrong ones."""

from autograder.marking.mistakes import changed
from autograder.sample_class.changes import answers

# Answers of the sample class that stand here, too.
LOOPS_ANSWER = answers("xor_loops")
RESTARTS_ANSWER = answers("xor_restarts")

INIT = """def init_params(rng):
    return {
        "W1": rng.normal(size=(4, 2)),
        "b1": rng.normal(size=4),
        "W2": rng.normal(size=(1, 4)),
        "b2": np.zeros(1),
    }
"""

FORWARD = """def forward(params, X):
    H = np.tanh(X @ params["W1"].T + params["b1"])
    return sigmoid(H @ params["W2"].T + params["b2"])
"""

TRAIN = """def train(X, y, rng):
    params = init_params(rng)
    N = len(X)
    for step in range(600):
        H = np.tanh(X @ params["W1"].T + params["b1"])
        p = sigmoid(H @ params["W2"].T + params["b2"])
        dz = (p - y) / N
        da = (dz @ params["W2"]) * (1 - H**2)
        grads = {"W1": da.T @ X, "b1": da.sum(axis=0), "W2": dz.T @ H, "b2": dz.sum(axis=0)}
        for name in params:
            params[name] = params[name] - 1.0 * grads[name]
    return params
"""

GRID = """def decision_grid(params, n=50):
    s = np.linspace(-0.5, 1.5, n)
    x1, x2 = np.meshgrid(s, s)
    points = np.column_stack([x1.ravel(), x2.ravel()])
    return forward(params, points).reshape(n, n)
"""


def init(*changes):
    return {"init-params": changed(INIT, *changes)}


def forward(*changes):
    return {"forward": changed(FORWARD, *changes)}


def train(*changes):
    return {"train": changed(TRAIN, *changes)}


def grid(*changes):
    return {"decision-grid": changed(GRID, *changes)}


def activation(f, slope, *changes):
    """Another activation of the score A, in forward and in train, and its slope."""
    score = 'A = X @ params["W1"].T + params["b1"]\n'
    tanh = 'H = np.tanh(X @ params["W1"].T + params["b1"])\n'
    return {
        "forward": changed(FORWARD, (tanh, f"{score}    H = {f}\n")),
        "train": changed(TRAIN, (tanh, f"{score}        H = {f}\n"), ("(1 - H**2)", slope), *changes),
    }


AGAIN = (
    changed(TRAIN, ("def train", "def once"), ("600", "300"))
    + """

def train(X, y, rng):
    while True:
        params = once(X, y, rng)
        H = np.tanh(X @ params["W1"].T + params["b1"])
        if np.all((H @ params["W2"].T + params["b2"]) * (y - 0.5) > 0):
            return params
"""
)

RIGHT = {
    "all plain": init() | forward() | train() | grid(),
    "uniform start": {"train": AGAIN}
    | init(("rng.normal(size=(4, 2))", "rng.uniform(-3, 3, (4, 2))"), ("rng.normal(size=4)", "rng.uniform(-2, 2, 4)")),
    "fixed W1, the rest drawn": {"train": AGAIN}
    | init(("rng.normal(size=(4, 2))", "np.array([[2.0, 2], [2, -2], [-2, 1], [-1, -2]])")),
    "a dictionary filled by a loop": {"train": AGAIN}
    | {
        "init-params": RESTARTS_ANSWER["init-params"]
    },
    "numbers one by one": {
        "init-params": LOOPS_ANSWER["init-params"]
    },
    "float32": init(
        ("rng.normal(size=(4, 2))", "rng.normal(size=(4, 2)).astype(np.float32)"),
        ("np.zeros(1)", "np.zeros(1, np.float32)"),
    ),
    "einsum": {
        "forward": """def forward(params, X):
    A = np.einsum("nd,hd->nh", X, params["W1"]) + params["b1"]
    z = np.einsum("nh,oh->no", np.tanh(A), params["W2"]) + params["b2"]
    return 1 / (1 + np.exp(-z))
"""
    },
    "example by example": {
        "forward": LOOPS_ANSWER["forward"]
    },
    "the hidden units come back, too": {
        "forward": """def forward(params, X, with_hidden=False):
    W1, b1, W2, b2 = (params[k] for k in ("W1", "b1", "W2", "b2"))
    hidden = np.tanh((W1 @ X.T).T + b1)
    p = sigmoid(np.dot(hidden, W2.T) + b2)
    return (p, hidden) if with_hidden else p
""",
        "train": """def train(X, y, rng):
    params = init_params(rng)
    momentum = {k: np.zeros_like(v) for k, v in params.items()}
    for _ in range(300):
        p, H = forward(params, X, with_hidden=True)
        delta = (p - y) / X.shape[0]
        back = delta * params["W2"] * (1 - H * H)
        for k, g in zip(("W2", "b2", "W1", "b1"), (delta.T @ H, delta.sum(0), back.T @ X, back.sum(0))):
            momentum[k] = 0.9 * momentum[k] + g
            params[k] -= 0.3 * momentum[k]
    return params
""",
    },
    "ReLU, again until it has learned": activation("np.maximum(A, 0)", "(A > 0)")
    | {
        "train": RESTARTS_ANSWER["train"]
    },
    "sigmoid inside": activation("sigmoid(A)", "(H * (1 - H))", ("1.0 * grads", "5.0 * grads"), ("600", "800"))
    | init(("rng.normal(size=(4, 2))", "3 * rng.normal(size=(4, 2))")),
    "sine": activation("np.sin(A)", "np.cos(A)", ("1.0 * grads", "0.5 * grads")),
    "square": activation("A**2", "(2 * A)", ("1.0 * grads", "0.1 * grads")),
    "bump": activation("np.exp(-(A**2))", "(-2 * A * H)"),
    "cosine": activation("np.cos(A)", "(-np.sin(A))", ("1.0 * grads", "0.5 * grads")),
    "Adam": {
        "train": """def train(X, y, rng):
    params = init_params(rng)
    m = {k: 0 for k in params}
    v = {k: 0 for k in params}
    for t in range(1, 301):
        H = np.tanh(X @ params["W1"].T + params["b1"])
        d = (forward(params, X) - y) / 4
        dA = d @ params["W2"] * (1 - H**2)
        grads = {"W1": dA.T @ X, "b1": dA.sum(0), "W2": d.T @ H, "b2": d.sum(0)}
        for k, g in grads.items():
            m[k] = 0.9 * m[k] + 0.1 * g
            v[k] = 0.99 * v[k] + 0.01 * g**2
            params[k] = params[k] - 0.05 * (m[k] / (1 - 0.9**t)) / (np.sqrt(v[k] / (1 - 0.99**t)) + 1e-8)
    return params
"""
    },
    "one corner at a time": init()
    | {
        "train": LOOPS_ANSWER["train"]
    },
    "corners at plus and minus one, folded back": train(
        ("    N = len(X)\n", "    N = len(X)\n    X = 2 * X - 1\n"),
        ("600", "200"),
        (
            "    return params",
            '    params["b1"] -= params["W1"].sum(axis=1)\n    params["W1"] *= 2\n    return params',
        ),
    ),
    "until the loss is small": train(
        ("range(600)", "range(5000)"),
        (
            "        dz = ",
            "        if -np.mean(np.log(np.where(y == 1, p, 1 - p))) < 0.05:\n            break\n        dz = ",
        ),
    ),
    "a class": {
        "train": """class Net:
    def __init__(self, rng):
        self.__dict__.update(init_params(rng))

    def step(self, X, y, lr):
        H = np.tanh(np.matmul(X, self.W1.T) + self.b1)
        error = sigmoid(np.matmul(H, self.W2.T) + self.b2) - y
        error = error / y.size
        back = np.multiply(error * self.W2, 1 - np.square(H))
        self.W1 = self.W1 - lr * np.matmul(back.T, X)
        self.b1 = self.b1 - lr * back.sum(axis=0)
        self.W2 = self.W2 - lr * np.matmul(error.T, H)
        self.b2 = self.b2 - lr * error.sum(axis=0)


def train(X, y, rng):
    net = Net(rng)
    for step in range(400):
        net.step(X, y, lr=2 if step < 300 else 1)
    return dict(vars(net))
"""
    },
    "point by point": {
        "decision-grid": LOOPS_ANSWER["decision-grid"]
    },
    "row by row": {
        "decision-grid": """def decision_grid(params, n=50):
    s = -0.5 + 2 * np.arange(n) / (n - 1)
    return np.array([forward(params, np.c_[s, np.full(n, height)])[:, 0] for height in s])
"""
    },
    "repeat and tile": {
        "decision-grid": """def decision_grid(params, n=50):
    s = np.linspace(-0.5, 1.5, n)
    return np.reshape(forward(params, np.stack([np.tile(s, n), np.repeat(s, n)], axis=1)), (n, n))
"""
    },
    "mgrid": {
        "decision-grid": RESTARTS_ANSWER["decision-grid"]
    },
}

T1, T2, T3, T4 = ["test-init-params"], ["test-forward"], ["test-train"], ["test-decision-grid"]
WRONG = {
    # Task 1
    "one row for all": (T1, init(("rng.normal(size=(4, 2))", "np.tile(rng.normal(size=2), (4, 1))"))),
    "small whole numbers": (T1, init(("rng.normal(size=(4, 2))", "rng.integers(-1, 2, size=(4, 2)).astype(float)"))),
    "signs only": (T1, init(("rng.normal(size=(4, 2))", "rng.choice([-1.0, 1.0], size=(4, 2))"))),
    "no chance at all": (
        T1,
        init(
            ("rng.normal(size=(4, 2))", "np.array([[1.0, 1], [1, -1], [-1, 1], [-1, -1]])"),
            ("rng.normal(size=4)", "np.array([0.5, -0.5, 0.2, 1.0])"),
            ("rng.normal(size=(1, 4))", "np.array([[1.0, -1, 1, -1]])"),
        ),
    ),
    "W2 from global chance": (T1, init(("rng.normal(size=(1, 4))", "np.random.randn(1, 4)"))),
    "its own seed": (T1, init(("    return {", "    rng = np.random.default_rng(1)\n    return {"))),
    "W2 is a column": (T1, init(("rng.normal(size=(1, 4))", "rng.normal(size=(4, 1))"))),
    "b1 of whole numbers": (T1, init(("rng.normal(size=4)", "np.zeros(4, dtype=int)"))),
    "one start for all calls": (
        T1,
        {
            "init-params": "first = {}\n\n\n"
            + changed(
                INIT,
                ("    return {", "    if first:\n        return first\n    first.update({"),
                ("\n    }", "\n    })\n    return first"),
            )
        },
    ),
    # Task 2
    "no sigmoid": (T2, forward(("sigmoid(", "("))),
    "a straight line of slope 3": (T2, forward(("np.tanh(", "(3 * "))),
    "softmax of the units": (
        T2,
        forward(('["b1"])\n', '["b1"])\n    H = np.exp(H) / np.exp(H).sum(axis=1, keepdims=True)\n')),
    ),
    "another f for two units": (
        T2,
        forward(('["b1"])\n', '["b1"])\n    H[:, 2:] = np.maximum(np.arctanh(H[:, 2:]), 0)\n')),
    ),
    "ratio of infinities": (
        T2,
        forward(("return sigmoid(", "e = np.exp("), ('["b2"])', '["b2"])\n    return e / (1 + e)')),
    ),
    "reshaped, not turned": (T2, forward(('params["W1"].T', 'params["W1"].reshape(2, 4)'))),
    "b1 outside": (T2, forward((' + params["b1"])', ') + params["b1"]'))),
    "activation of the inputs": (
        T2,
        forward(('np.tanh(X @ params["W1"].T + params["b1"])', 'np.tanh(X) @ params["W1"].T + params["b1"]')),
    ),
    "four examples": (T2, forward(('["b2"])', '["b2"]).reshape(4, 1)'))),
    "centred by the batch": (T2, forward(("    H = np.tanh(X", "    X = X - X.mean(axis=0)\n    H = np.tanh(X"))),
    "inputs moved in place": (T2, forward(("    H =", "    X *= 2\n    X -= 1\n    H ="))),
    "the other class": (T2, forward(("sigmoid(H", "1 - sigmoid(H"))),
    "sigmoid twice": (T2, forward(("sigmoid(H", "sigmoid(sigmoid(H"), ('["b2"])', '["b2"]))'))),
    # Task 3
    "uphill": (T3, train(("- 1.0 * grads", "+ 1.0 * grads"))),
    "ten steps": (T3, train(("600", "10"))),
    "only the output learns": (T3, train(("for name in params:", 'for name in ("W2", "b2"):'))),
    "labels changed in place": (T3, train(("    N = len(X)\n", "    N = len(X)\n    y *= 0.9\n    y += 0.05\n"))),
    "corners sorted in place": (
        T3,
        train(
            (
                "    N = len(X)\n",
                "    N = len(X)\n    order = rng.permutation(4)\n    X[:], y[:] = X[order], y[order]\n",
            )
        ),
    ),
    "the notebook's corners": (
        T3,
        train(
            ("    N = len(X)\n", "    N = len(X)\n    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])\n")
        ),
    ),
    "the notebook's labels": (
        T3,
        train(("    N = len(X)\n", "    N = len(X)\n    y = (X[:, [0]] != X[:, [1]]).astype(float)\n")),
    ),
    "seed 7": (T3, train(("init_params(rng)", "init_params(np.random.default_rng(7))"))),
    "no seed": (T3, train(("init_params(rng)", "init_params(np.random.default_rng())"))),
    "losses, too": (T3, train(("return params", "return params, 0.0"))),
    "learns on from the last call": (
        T3,
        {
            "train": "kept = {}\n\n\n"
            + changed(
                TRAIN,
                ("    N = len(X)\n", "    N = len(X)\n    params = kept.setdefault('params', params)\n"),
                ("return params", "return dict(params)"),
            )
        },
    ),
    "the lesson's network": (
        T3,
        init(("rng.normal(size=4)", "np.zeros(4)")) | activation("np.maximum(A, 0)", "(A > 0)", ("600", "300")),
    ),
    # Task 4
    "turned": (T4, grid(("x1, x2 = np", "x2, x1 = np"))),
    "from 0 to 1": (T4, grid(("-0.5, 1.5", "0, 1"))),
    "flat grid": (T4, grid((".reshape(n, n)", ""))),
    "another default": (T4, grid(("n=50", "n=100"))),
    "classes on the grid": (
        T4,
        grid(("(n, n)\n", "(n, n) > 0.5\n"), ("return ", "return 1.0 * ("), (" > 0.5", " > 0.5)")),
    ),
    "rounded": (
        T4,
        grid(
            (
                "return forward(params, points).reshape(n, n)",
                "return np.round(forward(params, points).reshape(n, n), 3)",
            )
        ),
    ),
    "with its own network": (T4, grid(("    s =", "    params = train(X, y, np.random.default_rng(0))\n    s ="))),
}
