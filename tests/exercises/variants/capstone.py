"""Other people's answers to capstone: 22 right ones, 42 wrong ones."""

from autograder.marking.mistakes import changed
from autograder.sample_class.changes import answers
from tests.exercises.variants import wrong

# Answers of the sample class that stand here, too.
HALF_ANSWER = answers("capstone_half")
LOOPS_ANSWER = answers("capstone_loops")
NETWORK_ANSWER = answers("capstone_network")

SPLIT = HALF_ANSWER["split-groups"]

LINE = """def baseline(x, y):
    best = np.inf
    for j in range(x.shape[1]):
        column = x[:, j]
        if np.all(column == column[0]):
            continue
        slope, intercept = np.polyfit(column, y, 1)
        error = np.mean((slope * column + intercept - y) ** 2)
        if error < best:
            best, chosen = error, (j, slope, intercept)
    j, slope, intercept = chosen
    return lambda x_new: slope * x_new[:, j] + intercept
"""

CORRELATION = HALF_ANSWER["baseline"]

BOOT = """def bootstrap_interval(errors, rng, times=1000, level=0.95):
    N = len(errors)
    means = errors[rng.integers(N, size=(times, N))].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
"""

REPORT = """def report(y, predicted, reference, interval):
    mine = np.abs(predicted - y)
    theirs = np.abs(reference - y)
    gains = theirs - mine
    low, high = interval(gains)
    return {
        "error": float(mine.mean()),
        "interval": interval(mine),
        "gain": float(gains.mean()),
        "gain_interval": (low, high),
        "better": bool(low > 0),
    }
"""

KERNEL = """def train_model(x, y, rng):
    mean, std = x.mean(axis=0), x.std(axis=0)
    std = np.where(np.ptp(x, axis=0) == 0, 1.0, std)
    z, level = (x - mean) / std, y.mean()

    def kernel(a, b):
        apart = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
        return np.exp(-apart / 20)

    alpha = np.linalg.solve(kernel(z, z) + 0.1 * np.eye(len(z)), y - level)

    def predict(x_new):
        return level + kernel((x_new - mean) / std, z) @ alpha

    return predict
"""

NET = NETWORK_ANSWER["train-model"]

NUMPY = """def train_model(x, y, rng):
    mean, std = np.mean(x, axis=0), np.std(x, axis=0)
    for j in range(x.shape[1]):
        if np.all(x[:, j] == x[0, j]):
            std[j] = 1.0
    z, t = (x - mean) / std, (y - y.mean()) / y.std()
    N, D, H = len(z), z.shape[1], 20
    params = [rng.normal(0, 1 / np.sqrt(D), (D, H)), np.zeros(H), rng.normal(0, 1 / np.sqrt(H), H), np.zeros(())]
    m, v = [0.0] * 4, [0.0] * 4
    for step in range(1, 301):
        W, b, w, c = params
        h = np.tanh(z @ W + b)
        d = 2 * (h @ w + c - t) / N
        da = np.outer(d, w) * (1 - h**2)
        grads = [z.T @ da, da.sum(axis=0), h.T @ d, d.sum()]
        for i, g in enumerate(grads):
            m[i] = 0.9 * m[i] + 0.1 * g
            v[i] = 0.99 * v[i] + 0.01 * g**2
            params[i] = params[i] - 0.03 * (m[i] / (1 - 0.9**step)) / (np.sqrt(v[i] / (1 - 0.99**step)) + 1e-8)
    W, b, w, c = params
    middle, spread = y.mean(), y.std()
    return lambda x_new: middle + spread * (np.tanh((x_new - mean) / std @ W + b) @ w + c)
"""

FEATURES = """def train_model(x, y, rng):
    mean = x.mean(axis=0)
    std = np.where((x == x[0]).all(axis=0), 1, x.std(axis=0))
    directions = rng.normal(0, 0.25, (x.shape[1], 300))
    shifts = rng.uniform(0, 2 * np.pi, 300)

    def features(a):
        z = (a - mean) / std
        return np.hstack([np.cos(z @ directions + shifts), z, np.ones((len(z), 1))])

    f = features(x)
    w = np.linalg.solve(f.T @ f + 0.3 * np.eye(f.shape[1]), f.T @ (y - y.mean()))
    middle = y.mean()
    return lambda x_new: features(x_new) @ w + middle
"""

QUADRATIC = """class Quadratic:
    '''Ridge regression on all products of two columns.'''

    def __init__(self, x, y, strength):
        self.low, self.high = x.min(axis=0), x.max(axis=0)
        self.mean = x.mean(axis=0)
        self.std = np.where(self.low == self.high, 1.0, x.std(axis=0))
        self.pairs = np.triu_indices(x.shape[1])
        self.middle = y.mean()
        f = self.features(x)
        self.w = np.linalg.lstsq(
            np.vstack([f, np.sqrt(strength) * np.eye(f.shape[1])]),
            np.concatenate([y - self.middle, np.zeros(f.shape[1])]),
            rcond=None,
        )[0]

    def features(self, x):
        z = (np.clip(x, self.low, self.high) - self.mean) / self.std
        i, j = self.pairs
        return np.concatenate([np.ones((len(z), 1)), z, z[:, i] * z[:, j]], axis=1)

    def __call__(self, x_new):
        return self.features(x_new) @ self.w + self.middle


def train_model(x, y, rng):
    return Quadratic(x, y, 2.0)
"""

NEIGHBOURS = LOOPS_ANSWER["train-model"]

LINEAR = """def train_model(x, y, rng):
    A = np.column_stack([x, np.ones(len(x))])
    w = np.linalg.lstsq(A, y, rcond=None)[0]
    return lambda x_new: np.column_stack([x_new, np.ones(len(x_new))]) @ w
"""

RIGHT = {
    "plain": {
        "split-groups": SPLIT,
        "baseline": LINE,
        "train-model": KERNEL,
        "bootstrap-interval": BOOT,
        "report": REPORT,
    },
    "permutation and lists": {
        "split-groups": LOOPS_ANSWER["split-groups"],
        "baseline": CORRELATION,
    },
    "shuffled rows": {
        "split-groups": NETWORK_ANSWER["split-groups"],
    },
    "drawn one by one": {
        "split-groups": """def split_groups(groups, n_test, rng):
    left = list(dict.fromkeys(int(g) for g in groups))
    out = []
    while len(out) < n_test:
        out.append(left.pop(int(rng.integers(len(left)))))
    test = np.concatenate([np.where(groups == g)[0] for g in out])
    train = np.setdiff1d(np.arange(len(groups)), test)
    return [train, test]
""",
    },
    "seeded python": {
        "split-groups": """import random


def split_groups(groups, n_test, rng):
    dice = random.Random(int(rng.integers(10**9)))
    drawn = dice.sample(sorted({int(g) for g in groups}), n_test)
    held = (groups[:, None] == np.array(drawn)).any(axis=1)
    rows = np.arange(len(groups), dtype=np.int32)
    print(f"{held.sum()} rows held out")
    return rows[~held], rows[held]
""",
    },
    "least squares": {
        "baseline": LOOPS_ANSWER["baseline"],
    },
    "a class": {
        "baseline": NETWORK_ANSWER["baseline"],
    },
    "small network": {
        "train-model": NET,
    },
    "network by hand": {
        "train-model": NUMPY,
    },
    "always seed zero": {
        "train-model": changed(NET, ("int(rng.integers(2**31))", "0")),
    },
    "batch norm": {
        "train-model": changed(
            NET,
            ("nn.Tanh(),", "nn.BatchNorm1d(32), nn.Tanh(),"),
            (
                "            loss(net",
                "            if len(z_part) == 1:\n                continue\n            loss(net",
            ),
            ("    def predict", "    net.eval()\n\n    def predict"),
        ),
    },
    "batches after the seed": {
        "train-model": changed(NET, (", rng=rng)", ")")),
    },
    "random features": {
        "train-model": FEATURES,
    },
    "products": {
        "train-model": QUADRATIC,
    },
    "four neighbours": {
        "train-model": NEIGHBOURS,
    },
    "two kernels": {
        "train-model": """def train_model(x, y, rng):
    low = x.min(axis=0)
    wide = x.max(axis=0) - low
    wide[wide == 0] = 1.0
    middle = np.median(y)

    def near(a, b, width):
        a, b = (a - low) / wide, (b - low) / wide
        return np.exp(-np.maximum((a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T, 0) / width)

    halves = []
    for width in (0.5, 1.5):
        K = near(x, x, width)
        K[np.diag_indices(len(x))] += 0.05
        halves.append((width, np.linalg.solve(K, y - middle)))
    return lambda new: middle + sum(near(new, x, width) @ a for width, a in halves) / 2
""",
    },
    "choice in a loop": {
        "bootstrap-interval": LOOPS_ANSWER["bootstrap-interval"],
        "report": """def report(y, predicted, reference, interval):
    told = {}
    told["interval"] = interval(np.abs(y - predicted))
    told["error"] = np.abs(y - predicted).mean()
    gain = np.abs(y - reference) - np.abs(y - predicted)
    told["gain"] = gain.mean()
    told["gain_interval"] = interval(gain)
    told["better"] = told["gain_interval"][0] > 0
    return told
""",
    },
    "counts": {
        "bootstrap-interval": NETWORK_ANSWER["bootstrap-interval"],
    },
    "own quantile": {
        "bootstrap-interval": """def bootstrap_interval(errors, rng, times=1000, level=0.95):
    values = [float(e) for e in errors]
    N = len(values)
    means = sorted(sum(values[k] for k in rng.integers(0, N, N)) / N for _ in range(times))

    def quantile(q):
        place = q * (times - 1)
        k = min(int(place), times - 1)
        above = means[min(k + 1, times - 1)]
        return means[k] + (place - k) * (above - means[k])

    return quantile((1 - level) / 2), quantile((1 + level) / 2)
""",
    },
    "floored uniforms": {
        "bootstrap-interval": """def bootstrap_interval(errors, rng, times=1000, level=0.95):
    middle = np.mean(errors)
    rows = np.floor(rng.random((len(errors), times)) * len(errors)).astype(int)
    means = middle + (errors - middle)[rows].mean(axis=0)
    low = np.quantile(means, (1 - level) / 2)
    high = np.quantile(means, 1 - (1 - level) / 2)
    return low, high
""",
    },
    "report in loops": {
        "report": LOOPS_ANSWER["report"],
    },
    "report from rows": {
        "report": changed(
            REPORT,
            ("np.abs(predicted - y)", "np.maximum(predicted, y) - np.minimum(predicted, y)"),
            ("float(gains.mean())", "float(theirs.mean()) - float(mine.mean())"),
        ),
    },
}

split = wrong("test-split-groups", "split-groups", SPLIT)
baseline = wrong("test-baseline", "baseline", LINE)
model = wrong("test-train-model", "train-model", NET)
interval = wrong("test-bootstrap-interval", "bootstrap-interval", BOOT)
report = wrong("test-report", "report", REPORT)

WRONG = {
    "single rows": split(source="""def split_groups(groups, n_test, rng):
    rows = rng.permutation(len(groups))
    return rows[n_test:], rows[:n_test]
"""),
    "large ones likelier": split(
        ("rng.choice(names, size=n_test, replace=False)",
         "list(dict.fromkeys(rng.permutation(groups).tolist()))[:n_test]"),
    ),
    "with replacement": split((", replace=False", "")),
    "parts swapped": split(
        ("np.flatnonzero(~held), np.flatnonzero(held)", "np.flatnonzero(held), np.flatnonzero(~held)")
    ),
    "own generator": split(("rng.choice(", "np.random.default_rng().choice(")),
    "neighbouring groups": split(
        ("rng.choice(names, size=n_test, replace=False)", "names[rng.integers(len(names) - n_test + 1) :][:n_test]")
    ),
    "numbers below zero": split(("np.unique(groups)", "np.flatnonzero(np.bincount(groups))")),
    "groups shifted in place": split(("    names", "    groups -= groups.min()\n    names")),
    "smallest absolute error": baseline(
        ("(slope * column + intercept - y) ** 2", "np.abs(slope * column + intercept - y)")
    ),
    "rising lines only": baseline(source="""def baseline(x, y):
    moving = np.flatnonzero(np.ptp(x, axis=0) > 0)
    j = max(moving, key=lambda k: np.corrcoef(x[:, k], y)[0, 1])
    slope, intercept = np.polyfit(x[:, j], y, 1)
    return lambda x_new: slope * x_new[:, j] + intercept
"""),
    "constant column wins": baseline(source="""def baseline(x, y):
    centred, down = x - x.mean(axis=0), y - y.mean()
    with np.errstate(all="ignore"):
        slopes = centred.T @ down / (centred**2).sum(axis=0)
    j = np.argmin(((centred * slopes - down[:, None]) ** 2).mean(axis=0))
    return lambda new: y.mean() + slopes[j] * (new[:, j] - x[:, j].mean())
"""),
    "column of predictions": baseline(("x_new[:, j]", "x_new[:, [j]]")),
    "mean of the new rows": baseline(("- x[:, j].mean()", "- new[:, j].mean()"), source=CORRELATION),
    "centred in place": baseline(
        ("    best = np.inf", "    best, middle = np.inf, x.mean(axis=0)\n    x -= middle"),
        ("x_new[:, j]", "(x_new[:, j] - middle[j])"),
    ),
    "best starts at ten": baseline(("np.inf", "10.0")),
    "linear in all columns": model(source=LINEAR),
    "nearest neighbour": model(("[:4]", "[:1]"), source=NEIGHBOURS),
    "scaled by the new rows": model(
        ("(x_new - mean) / std", "(x_new - x_new.mean(axis=0)) / (x_new.std(axis=0) + 1e-9)"), source=KERNEL
    ),
    "weights not seeded": model(("    manual_seed(int(rng.integers(2**31)))\n", "")),
    "batches not seeded": model((", rng=rng)", ", rng=np.random.default_rng())")),
    "level of y not learnt": model(("y_mean, y_std = y.mean(), y.std()", "y_mean, y_std = 0.0, 1.0")),
    "divided by zero": model(("    std = np.where(np.ptp(x, axis=0) == 0, 1.0, std)\n", ""), source=KERNEL),
    "squeezed": model(("net((x_new - mean) / std)[:, 0]", "net((x_new - mean) / std).squeeze()")),
    "ten columns": model(("x.shape[1]", "10")),
    "batch norm still training": model(("nn.Tanh(),", "nn.BatchNorm1d(32), nn.Tanh(),")),
    "table of the notebook": model(("    mean, std", "    x, y = x_learn, y_learn\n    mean, std"), source=KERNEL),
    "rows scaled in place": model(("    z, t = (x - mean) / std,", "    x -= mean\n    z, t = x / std,"), source=NUMPY),
    "normal curve": interval(source="""from statistics import NormalDist


def bootstrap_interval(errors, rng, times=1000, level=0.95):
    far = NormalDist().inv_cdf((1 + level) / 2) * np.std(errors) / np.sqrt(len(errors))
    return float(np.mean(errors) - far), float(np.mean(errors) + far)
"""),
    "absolute values": interval(("errors[rng", "np.abs(errors)[rng")),
    "a hundred numbers": interval(("(times, N)", "(times, 100)")),
    "a thousand times": interval(("(times, N)", "(1000, N)")),
    "never the last": interval(("rng.integers(N,", "rng.integers(max(N - 1, 1),")),
    "mirrored": interval(
        ("float(low), float(high)", "float(2 * np.mean(errors) - high), float(2 * np.mean(errors) - low)")
    ),
    "errors sorted in place": interval(("    N = len", "    errors.sort()\n    N = len")),
    "always the same draws": interval(("rng.integers", "np.random.default_rng(0).integers")),
    "no interpolation": interval(("(1 + level) / 2]", '(1 + level) / 2], method="nearest"')),
    "excludes zero": report(("bool(low > 0)", "bool(low > 0 or high < 0)")),
    "error interval above zero": report(("bool(low > 0)", "bool(interval(mine)[0] > 0)")),
    "zero is enough": report(("low > 0", "low >= 0")),
    "gain above zero": report(("bool(low > 0)", "bool(gains.mean() > 0)")),
    "predictions overwritten": report(("np.abs(predicted - y)", "np.abs(np.subtract(predicted, y, out=predicted))")),
    "intervals apart": report(("bool(low > 0)", "bool(interval(mine)[1] < interval(theirs)[0])")),
}
