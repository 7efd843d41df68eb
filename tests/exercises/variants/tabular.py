"""Other people's answers to tabular: 22 right ones, 44 wrong ones."""

from autograder.marking.mistakes import changed
from autograder.sample_class.changes import answers

# Answers of the sample class that stand here, too.
CLASSES_ANSWER = answers("tabular_classes")
LOOPS_ANSWER = answers("tabular_loops")

MAKE = """def make_customers(n, rng):
    age = rng.uniform(18, 80, n)
    months = rng.exponential(20, n)
    visits = rng.poisson(6, n)
    fee = rng.normal(30, 5, n)
    news = (rng.random(n) < 0.4).astype(float)
    z = 2 + 9 * ((age - 49) / 31) ** 2 - months / 20 - 0.6 * visits - news
    y = (rng.random(n) < 1 / (1 + np.exp(-z))).astype(int)
    return np.column_stack([age, months, visits, fee, news]), y
"""

SCALE = """def standardize(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    constant = (train == train[0]).all(axis=0)
    std = np.where(constant, 1.0, std)
    return (train - mean) / std, (test - mean) / std
"""

TRAIN = """def train_classifier(X, y, rng):
    N, D = X.shape
    H = 16
    W1, b1 = rng.normal(0, 1 / np.sqrt(D), (H, D)), np.zeros(H)
    W2, b2 = rng.normal(0, 1 / np.sqrt(H), (1, H)), np.zeros(1)
    params = [W1, b1, W2, b2]
    m = [np.zeros_like(p) for p in params]
    v = [np.zeros_like(p) for p in params]
    for t in range(1, 251):
        h = np.tanh(X @ W1.T + b1)
        p = 1 / (1 + np.exp(-(h @ W2.T + b2)))
        dz = (p - y[:, None]) / N
        da = (dz @ W2) * (1 - h**2)
        grads = [da.T @ X, da.sum(axis=0), dz.T @ h, dz.sum(axis=0)]
        for i, g in enumerate(grads):
            m[i] = 0.9 * m[i] + 0.1 * g
            v[i] = 0.999 * v[i] + 0.001 * g**2
            params[i] -= 0.05 * (m[i] / (1 - 0.9**t)) / (np.sqrt(v[i] / (1 - 0.999**t)) + 1e-8)
    return tuple(params)
"""

BATCHES = LOOPS_ANSWER["train-classifier"]

SHARES = """def feature_importance(params):
    W1, b1, W2, b2 = params
    paths = np.abs(W2.T * W1).sum(axis=0)
    return paths / paths.sum()
"""


def make(*changes):
    return {"make-customers": changed(MAKE, *changes)}


def scale(*changes):
    return {"standardize": changed(SCALE, *changes)}


def train(*changes):
    return {"train-classifier": changed(TRAIN, *changes)}


def batches(*changes):
    return {"train-classifier": changed(BATCHES, *changes)}


def shares(*changes):
    return {"feature-importance": changed(SHARES, *changes)}


RIGHT = {
    "all plain": make() | scale() | train() | shares(),
    "labels by binomial": make(
        ("(rng.random(n) < 1 / (1 + np.exp(-z))).astype(int)", "rng.binomial(1, 1 / (1 + np.exp(-z)))")
    ),
    "labels by logistic noise": make(("(rng.random(n) < 1 / (1 + np.exp(-z)))", "(z + rng.logistic(size=n) > 0)")),
    "customer by customer": {
        "make-customers": LOOPS_ANSWER["make-customers"]
    },
    "distributions by hand": make(
        ("rng.uniform(18, 80, n)", "18 + 62 * rng.random(n)"),
        ("rng.exponential(20, n)", "-20 * np.log(1 - rng.random(n))"),
        ("rng.normal(30, 5, n)", "30 + 5 * rng.standard_normal(n)"),
        ("(rng.random(n) < 0.4).astype(float)", "rng.choice([1, 0], size=n, p=[0.4, 0.6])"),
    ),
    "float32 and small integers": make(("fee, news]), y", "fee, news]).astype(np.float32), y.astype(np.int8)")),
    "a generator of its own from rng": make(
        ("    age =", "    rng = np.random.default_rng(rng.integers(2**32))\n    age =")
    ),
    "labels drawn in a second function": {
        "make-customers": CLASSES_ANSWER["make-customers"]
    },
    "column by column": {
        "standardize": LOOPS_ANSWER["standardize"]
    },
    "constant by min and max, std in place": scale(
        ("(train == train[0]).all(axis=0)", "train.min(0) == train.max(0)"),
        ("std = np.where(constant, 1.0, std)", "std[constant] = 1"),
    ),
    "constant by unique, a scaler class": {
        "standardize": CLASSES_ANSWER["standardize"]
    },
    "one stack for both": {
        "standardize": """def standardize(train, test):
    both = np.vstack([train, test])
    both = both - train.mean(axis=0)
    varies = (train[1:] != train[:-1]).any(axis=0)
    both[:, varies] = both[:, varies] / train.std(axis=0)[varies]
    return both[: len(train)], both[len(train) :]
"""
    },
    "batches with momentum": batches(),
    "gradient descent, squared error": train(
        ("dz = (p - y[:, None]) / N", "dz = 8 * (p - y[:, None]) * p * (1 - p) / N"),
        ("251", "601"),
        (
            "params[i] -= 0.05 * (m[i] / (1 - 0.9**t)) / (np.sqrt(v[i] / (1 - 0.999**t)) + 1e-8)",
            "params[i] -= 0.5 * m[i]",
        ),
    ),
    "forty units, einsum": train(
        ("H = 16", "H = 40"),
        ("251", "151"),
        ("X @ W1.T + b1", "np.einsum('nd,hd->nh', X, W1) + b1"),
        ("da.T @ X", "np.einsum('nh,nd->hd', da, X)"),
    ),
    "random hidden layer, Newton on the output": {
        "train-classifier": """def train_classifier(X, y, rng):
    N, D = X.shape
    H = 150
    W1 = rng.normal(0, 1, (H, D)) * 1.2 / np.sqrt(D) * np.sqrt(2)
    b1 = rng.normal(0, 1, H)
    A = np.c_[np.tanh(X @ W1.T + b1), np.ones(N)]
    w = np.zeros(H + 1)
    for _ in range(8):
        p = 1 / (1 + np.exp(-A @ w))
        grad = A.T @ (p - y) + 1.0 * w
        hessian = (A * (p * (1 - p))[:, None]).T @ A + 1.0 * np.eye(H + 1)
        w = w - np.linalg.solve(hessian, grad)
    return W1, b1, w[None, :H], w[H:]
"""
    },
    "keeps the best on a part held back": {
        "train-classifier": CLASSES_ANSWER["train-classifier"]
    },
    "labels of minus and plus one, weight decay": train(
        ("    N, D = X.shape\n", "    N, D = np.shape(X)\n    signs = 2.0 * y[:, None] - 1\n"),
        ("p = 1 / (1 + np.exp(-(h @ W2.T + b2)))", "z = h @ W2.T + b2"),
        ("dz = (p - y[:, None]) / N", "dz = -signs / (1 + np.exp(signs * z)) / N"),
        ("da.T @ X,", "da.T @ X + 1e-4 * W1,"),
    ),
    "shares by einsum": shares(("np.abs(W2.T * W1).sum(axis=0)", "np.einsum('k,kj->j', abs(W2[0]), abs(W1))")),
    "shares by matmul": {
        "feature-importance": """def feature_importance(params):
    paths = (np.abs(params[2]) @ np.abs(params[0])).ravel()
    return paths / np.linalg.norm(paths, 1)
"""
    },
    "shares by loops": {
        "feature-importance": LOOPS_ANSWER["feature-importance"]
    },
    "shares of the mean path": shares(("np.abs(W2.T * W1).sum(axis=0)", "np.mean(np.abs(W1.T * W2), axis=1)")),
}

WRONG = {
    # Task 1
    "labels by threshold": (["test-make-customers"], make(("rng.random(n) < 1 / (1 + np.exp(-z))", "z > 0"))),
    "labels by global chance": (["test-make-customers"], make(("(rng.random(n) < 1", "(np.random.rand(n) < 1"))),
    "its own seed": (["test-make-customers"], make(("    age =", "    rng = np.random.default_rng(42)\n    age ="))),
    "rate for mean": (["test-make-customers"], make(("rng.exponential(20, n)", "rng.exponential(1 / 20, n)"))),
    "visits uniform": (["test-make-customers"], make(("rng.poisson(6, n)", "rng.integers(0, 13, n)"))),
    "variance for deviation": (["test-make-customers"], make(("rng.normal(30, 5, n)", "rng.normal(30, 5**0.5, n)"))),
    "fee uniform": (
        ["test-make-customers"],
        make(("rng.normal(30, 5, n)", "rng.uniform(30 - 75**0.5, 30 + 75**0.5, n)")),
    ),
    "newsletter turned": (["test-make-customers"], make(("rng.random(n) < 0.4", "rng.random(n) > 0.4"))),
    "whole years": (["test-make-customers"], make(("rng.uniform(18, 80, n)", "rng.integers(18, 81, n)"))),
    "whole months": (
        ["test-make-customers"],
        make(("months = rng.exponential(20, n)", "months = np.round(rng.exponential(20, n))")),
    ),
    "months cut off": (
        ["test-make-customers"],
        make(("rng.exponential(20, n)", "np.minimum(rng.exponential(20, n), 100)")),
    ),
    "one draw for two": (
        ["test-make-customers"],
        make(
            ("    news = (rng.random(n) <", "    u = rng.random(n)\n    news = (u <"), ("(rng.random(n) < 1", "(u < 1")
        ),
    ),
    "square of the age alone": (["test-make-customers"], make(("((age - 49) / 31) ** 2", "(age - 49) ** 2 / 31"))),
    "newsletter not in the rule": (["test-make-customers"], make((" - 0.6 * visits - news", " - 0.6 * visits"))),
    "fee in the rule": (["test-make-customers"], make(("visits - news", "visits - news + 0.1 * (fee - 30)"))),
    # Task 2
    "divided by N - 1": (["test-standardize"], scale(("train.std(axis=0)", "train.std(axis=0, ddof=1)"))),
    "test by its own numbers": (
        ["test-standardize"],
        scale(
            ("(test - mean) / std", "(test - test.mean(axis=0)) / np.where(test.std(axis=0) > 0, test.std(axis=0), 1)")
        ),
    ),
    "numbers of both": (
        ["test-standardize"],
        scale(
            (
                "    mean, std = train.mean(axis=0), train.std",
                "    a = np.vstack([train, test])\n    mean, std = a.mean(axis=0), a.std",
            )
        ),
    ),
    "deviation zero asked for": (["test-standardize"], scale(("(train == train[0]).all(axis=0)", "std == 0"))),
    "a bound for the deviation": (["test-standardize"], scale(("(train == train[0]).all(axis=0)", "std < 1e-6"))),
    "a small number added": (["test-standardize"], scale(("np.where(constant, 1.0, std)", "std + 1e-8"))),
    "constant test is zero": (
        ["test-standardize"],
        scale(("(test - mean) / std", "np.where(constant, 0.0, (test - mean) / std)")),
    ),
    "constant test left alone": (
        ["test-standardize"],
        scale(("(test - mean) / std", "np.where(constant, test, (test - mean) / std)")),
    ),
    "constant in both": (
        ["test-standardize"],
        scale(("(train == train[0])", "(np.vstack([train, test]) == train[0])")),
    ),
    "constant by two rows": (["test-standardize"], scale(("(train == train[0]).all(axis=0)", "train[0] == train[-1]"))),
    "train in place": (
        ["test-standardize"],
        scale(("    return (train - mean) / std,", "    train -= mean\n    train /= std\n    return train,")),
    ),
    # Task 3
    "five steps": (["test-train-classifier"], train(("251", "6"))),
    "uphill": (["test-train-classifier"], train(("p - y[:, None]", "y[:, None] - p"))),
    "global chance for the batches": (["test-train-classifier"], batches(("rng.permutation", "np.random.permutation"))),
    "five columns": (["test-train-classifier"], train(("N, D = X.shape", "N, D = len(X), 5"))),
    "1500 rows": (["test-train-classifier"], batches(("N, D = X.shape", "N, D = 1500, X.shape[1]"))),
    "all units equal": (
        ["test-train-classifier"],
        train(
            ("rng.normal(0, 1 / np.sqrt(D), (H, D))", "np.full((H, D), 0.1)"),
            ("rng.normal(0, 1 / np.sqrt(H), (1, H))", "np.full((1, H), 0.1)"),
        ),
    ),
    "rows in place": (
        ["test-train-classifier"],
        train(("    H = 16\n", "    H = 16\n    order = rng.permutation(N)\n    X[:], y[:] = X[order], y[order]\n")),
    ),
    "row against column": (["test-train-classifier"], batches(("y[part].reshape(-1, 1)", "y[part]"))),
    "b2 is a number": (["test-train-classifier"], train(("return tuple(params)", "return W1, b1, W2, b2[0]"))),
    "goes on from the last call": (
        ["test-train-classifier"],
        {
            "train-classifier": "kept = {}\n\n\n"
            + changed(
                TRAIN,
                (
                    "    params = [W1, b1, W2, b2]\n",
                    "    W1, b1, W2, b2 = params = kept.setdefault(D, [W1, b1, W2, b2])\n",
                ),
                ("tuple(params)", "tuple(p.copy() for p in params)"),
            )
        },
    ),
    # Task 4
    "no sizes": (["test-feature-importance"], shares(("np.abs(W2.T * W1).sum", "(W2.T * W1).sum"))),
    "without W2": (["test-feature-importance"], shares(("W2.T * W1", "W1"))),
    "first W2 for all": (["test-feature-importance"], shares(("W2.T * W1", "W2[0, 0] * W1"))),
    "W2 along the features": (["test-feature-importance"], shares(("W2.T * W1", "W2 * W1"))),
    "squares": (["test-feature-importance"], shares(("np.abs(W2.T * W1)", "np.square(W2.T * W1)"))),
    "shares in every unit first": (
        ["test-feature-importance"],
        shares(
            (
                "    paths = np.abs(W2.T * W1)",
                "    W1 = np.abs(W1) / np.abs(W1).sum(axis=1, keepdims=True)\n    paths = np.abs(W2.T * W1)",
            )
        ),
    ),
    "rounded": (["test-feature-importance"], shares(("paths / paths.sum()", "np.round(paths / paths.sum(), 2)"))),
    "with the biases": (
        ["test-feature-importance"],
        shares((".sum(axis=0)\n", ".sum(axis=0) + np.abs(W2[0] * b1).sum()\n")),
    ),
}
