"""Answers to batch_norm, right and wrong: {name: {cell: source}}, and for the wrong ones where points are lost."""

from autograder.marking.mistakes import changed

FORWARD = '''def batch_norm(x, gamma, beta, eps=1e-5):
    mu = x.mean(axis=0)
    var = ((x - mu) ** 2).mean(axis=0)
    s = np.sqrt(var + eps)
    x_hat = (x - mu) / s
    out = gamma * x_hat + beta
    return out, (x_hat, s, gamma)'''

BACK = '''def batch_norm_backward(dout, cache):
    x_hat, s, gamma = cache
    N = len(dout)
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx = gamma / s * (dout - dbeta / N - x_hat * dgamma / N)
    return dx, dgamma, dbeta'''

LAYER = '''class BatchNorm:
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        self.eps = eps
        self.momentum = momentum
        self.gamma = np.ones(num_features)
        self.beta = np.zeros(num_features)
        self.running_mean = np.zeros(num_features)
        self.running_var = np.ones(num_features)

    def forward(self, x, training):
        if training:
            if len(x) < 2:
                raise ValueError("too few examples")
            mu = x.mean(axis=0)
            var = x.var(axis=0)
            unbiased = x.var(axis=0, ddof=1)
            m = self.momentum
            self.running_mean = (1 - m) * self.running_mean + m * mu
            self.running_var = (1 - m) * self.running_var + m * unbiased
        else:
            mu = self.running_mean
            var = self.running_var
        return self.gamma * (x - mu) / np.sqrt(var + self.eps) + self.beta'''

RIGHT = {
    "step by step": {"batch-norm": FORWARD, "batch-norm-backward": BACK, "layer": LAYER},
    "loops": {
        "batch-norm": '''def batch_norm(x, gamma, beta, eps=1e-5):
    N, D = x.shape
    x_hat, s = np.zeros((N, D)), np.zeros(D)
    out = np.zeros((N, D))
    for d in range(D):
        mu = sum(x[n, d] for n in range(N)) / N
        var = sum((x[n, d] - mu) ** 2 for n in range(N)) / N
        s[d] = (var + eps) ** 0.5
        for n in range(N):
            x_hat[n, d] = (x[n, d] - mu) / s[d]
            out[n, d] = gamma[d] * x_hat[n, d] + beta[d]
    return out, (x_hat, s, gamma)''',
        "batch-norm-backward": '''def batch_norm_backward(dout, cache):
    x_hat, s, gamma = cache
    N, D = dout.shape
    dx, dgamma, dbeta = np.zeros((N, D)), np.zeros(D), np.zeros(D)
    for d in range(D):
        for n in range(N):
            dgamma[d] += dout[n, d] * x_hat[n, d]
            dbeta[d] += dout[n, d]
        for n in range(N):
            dx[n, d] = gamma[d] / s[d] * (dout[n, d] - dbeta[d] / N - x_hat[n, d] * dgamma[d] / N)
    return dx, dgamma, dbeta''',
    },
    "einsum": {
        "batch-norm-backward": '''def batch_norm_backward(dout, cache):
    x_hat, s, gamma = cache
    dgamma = np.einsum("nd,nd->d", dout, x_hat)
    dbeta = np.einsum("nd->d", dout)
    inner = len(dout) * dout - dbeta - np.einsum("nd,d->nd", x_hat, dgamma)
    return np.einsum("d,nd->nd", gamma / (len(dout) * s), inner), dgamma, dbeta''',
    },
    "a dict in the cache": {
        "batch-norm": changed(FORWARD, ("(x_hat, s, gamma)", "{'x_hat': x_hat, 's': s, 'gamma': gamma}")),
        "batch-norm-backward": changed(BACK, ("= cache", "= cache['x_hat'], cache['s'], cache['gamma']")),
    },
    "an object in the cache": {
        "batch-norm": "from types import SimpleNamespace\n\n\n" + changed(
            FORWARD, ("(x_hat, s, gamma)", "SimpleNamespace(x=x_hat, s=s, g=gamma)")),
        "batch-norm-backward": changed(BACK, ("= cache", "= cache.x, cache.s, cache.g")),
    },
    "a function in the cache": {
        "batch-norm": '''def batch_norm(x, gamma, beta, eps=1e-5):
    s = np.sqrt(x.var(0) + eps)
    h = (x - x.mean(0)) / s

    def back(g):
        return gamma / s * (g - g.mean(0) - h * (g * h).mean(0)), (g * h).sum(0), g.sum(0)

    return gamma * h + beta, back''',
        "batch-norm-backward": "def batch_norm_backward(dout, cache):\n    return cache(dout)",
    },
    "x in the cache, all computed anew": {
        "batch-norm": '''def batch_norm(x, gamma, beta, eps=1e-5):
    out = gamma * ((x - np.mean(x, 0)) / np.sqrt(np.var(x, 0) + eps)) + beta
    return out, [x, gamma, beta, eps]''',
        "batch-norm-backward": '''def batch_norm_backward(dout, cache):
    x, gamma, beta, eps = cache
    N = x.shape[0]
    centred = x - np.mean(x, 0)
    s = np.sqrt(np.var(x, 0) + eps)
    dx_hat = dout * gamma
    dvar = np.sum(dx_hat * centred, axis=0) * -0.5 * s ** -3
    dmu = -np.sum(dx_hat, axis=0) / s + dvar * np.mean(-2 * centred, axis=0)
    dx = dx_hat / s + dvar * 2 * centred / N + dmu / N
    return dx, np.sum(dout * centred / s, axis=0), dout.sum(axis=0)''',
    },
    "the Jacobian of each feature": {
        "batch-norm-backward": '''def batch_norm_backward(dout, cache):
    x_hat, s, gamma = cache
    N, D = dout.shape
    dx = np.empty((N, D))
    for d in range(D):
        h = x_hat[:, d]
        J = gamma[d] / s[d] * (np.eye(N) - np.ones((N, N)) / N - np.outer(h, h) / N)
        dx[:, d] = J.T @ dout[:, d]
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)''',
    },
    "a row of ones": {
        "batch-norm": '''def batch_norm(x, gamma, beta, eps=1e-5):
    N = x.shape[0]
    ones = np.ones((1, N)) / N
    centred = x - ones @ x
    s = np.sqrt(ones @ centred ** 2 + eps)
    return gamma * (centred / s) + beta, (centred / s, s[0], gamma)''',
        "batch-norm-backward": '''def batch_norm_backward(dout, cache):
    x_hat, s, gamma = cache
    ones = np.ones(len(dout))
    dbeta = ones @ dout
    dgamma = ones @ (dout * x_hat)
    dx = (gamma / s) * (dout - (dbeta + x_hat * dgamma) / len(dout))
    return dx, dgamma, dbeta''',
    },
    "keepdims": {
        "batch-norm": '''def batch_norm(x, gamma, beta, eps=1e-5):
    mu = x.mean(axis=0, keepdims=True)
    s = np.sqrt(x.var(axis=0, keepdims=True) + eps)
    x_hat = (x - mu) / s
    return gamma[None, :] * x_hat + beta[None, :], (x_hat, s, gamma)''',
        "batch-norm-backward": BACK,
    },
    "features first": {
        "batch-norm": '''def batch_norm(x, gamma, beta, eps=1e-5):
    rows = [(r - r.mean()) / np.sqrt(r.var() + eps) for r in x.T]
    s = np.array([np.sqrt(r.var() + eps) for r in x.T])
    x_hat = np.stack(rows, axis=1)
    return gamma * x_hat + beta, (x_hat, s, gamma)''',
    },
    "in place on own arrays": {
        "batch-norm": '''def batch_norm(x, gamma, beta, eps=1e-5):
    x_hat = x.astype(float)
    x_hat -= x_hat.mean(axis=0)
    s = np.square(x_hat).mean(axis=0)
    s += eps
    np.sqrt(s, out=s)
    x_hat /= s
    out = x_hat.copy()
    out *= gamma
    out += beta
    return out, (x_hat, s, gamma)''',
        "batch-norm-backward": '''def batch_norm_backward(dout, cache):
    x_hat, s, gamma = cache
    dx = dout.copy()
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx -= dbeta / len(dx)
    dx -= x_hat * (dgamma / len(dx))
    dx *= gamma
    dx /= s
    return dx, dgamma, dbeta''',
        "layer": '''class BatchNorm:
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        self.eps, self.momentum = eps, momentum
        self.gamma, self.running_var = np.ones((2, num_features))
        self.beta, self.running_mean = np.zeros((2, num_features))

    def forward(self, x, training):
        if not training:
            out = x - self.running_mean
            out /= np.sqrt(self.running_var + self.eps)
            out *= self.gamma
            out += self.beta
            return out
        if x.shape[0] <= 1:
            raise ValueError
        self.running_mean *= 1 - self.momentum
        self.running_mean += self.momentum * x.mean(axis=0)
        self.running_var *= 1 - self.momentum
        self.running_var += self.momentum * x.var(axis=0, ddof=1)
        return batch_norm(x, self.gamma, self.beta, self.eps)[0]''',
    },
    "an inverse of s": {
        "batch-norm": '''def batch_norm(x, gamma, beta, eps=1e-5):
    inv = (np.var(x, axis=0) + eps) ** -0.5
    x_hat = (x - np.mean(x, axis=0)) * inv
    return gamma * x_hat + beta, (x_hat, gamma * inv)''',
        "batch-norm-backward": '''def batch_norm_backward(dout, cache):
    x_hat, factor = cache
    dgamma = (dout * x_hat).sum(0)
    dbeta = dout.sum(0)
    return factor * (dout - dout.mean(0) - x_hat * (dout * x_hat).mean(0)), dgamma, dbeta''',
    },
    "from the standard deviation": {
        "batch-norm": changed(FORWARD, ("np.sqrt(var + eps)", "np.hypot(x.std(axis=0), eps ** 0.5)")),
    },
    "N / (N - 1) times the variance": {
        "layer": changed(LAYER, ("x.var(axis=0, ddof=1)", "var * len(x) / (len(x) - 1)")),
    },
    "a step towards the batch": {
        "layer": changed(LAYER,
            ("(1 - m) * self.running_mean + m * mu", "self.running_mean + m * (mu - self.running_mean)"),
            ("self.running_var = (1 - m) * self.running_var + m * unbiased",
             "self.running_var += m * (unbiased - self.running_var)")),
    },
    "a layer with helpers": {
        "layer": '''class BatchNorm:
    """Batch norm."""

    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        shape = (num_features,)
        self.gamma, self.beta = np.full(shape, 1.0), np.full(shape, 0.0)
        self.running_mean, self.running_var = np.full(shape, 0.0), np.full(shape, 1.0)
        self.settings = {"eps": eps, "momentum": momentum}

    def _track(self, name, new):
        m = self.settings["momentum"]
        setattr(self, name, (1 - m) * getattr(self, name) + m * new)

    def _normalise(self, x, mean, var):
        return (x - mean) * self.gamma / np.sqrt(var + self.settings["eps"]) + self.beta

    def forward(self, x, training):
        N = x.shape[0]
        if training and N < 2:
            raise ValueError(f"a batch of {N} has no unbiased variance")
        if training:
            self._track("running_mean", x.sum(axis=0) / N)
            self._track("running_var", ((x - x.mean(axis=0)) ** 2).sum(axis=0) / (N - 1))
            return self._normalise(x, x.mean(axis=0), x.var(axis=0))
        return self._normalise(x, self.running_mean, self.running_var)''',
    },
    "testing through batch_norm of two": {
        "layer": '''class BatchNorm:
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        self.eps, self.m = eps, momentum
        self.gamma, self.beta = np.ones(num_features), np.zeros(num_features)
        self.running_mean, self.running_var = np.zeros(num_features), np.ones(num_features)

    def forward(self, x, training):
        if training:
            if len(x) in (0, 1):
                raise ValueError("no variance")
            out, _ = batch_norm(x, self.gamma, self.beta, self.eps)
            self.running_mean = self.running_mean * (1 - self.m) + x.mean(0) * self.m
            self.running_var = self.running_var * (1 - self.m) + np.var(x, axis=0, ddof=1) * self.m
            return out
        scale = self.gamma / (self.running_var + self.eps) ** 0.5
        return x * scale + (self.beta - self.running_mean * scale)''',
    },
    "type hints and a print": {
        "batch-norm": changed(FORWARD,
            ("(x, gamma, beta, eps=1e-5):",
             "(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5) -> tuple:\n    print(x.shape)")),
        "batch-norm-backward": changed(BACK, ("(dout, cache):", "(dout: np.ndarray, cache: tuple) -> tuple:")),
    },
    "extra arguments": {
        "batch-norm": changed(FORWARD, ("eps=1e-5)", "eps=1e-5, axis=0)"), ("axis=0)\n", "axis=axis)\n")).replace(
            "axis=axis):", "axis=0):"),
        "batch-norm-backward": changed(BACK, ("(dout, cache)", "(dout, cache, check=False)")),
        "layer": changed(LAYER, ("momentum=0.1)", "momentum=0.1, affine=True)")),
    },
    "float conversions": {
        "batch-norm": changed(FORWARD, ("    mu =", "    x = np.array(x, dtype=float)\n    mu =")),
        "batch-norm-backward": changed(BACK, ("    N =", "    dout = np.asarray(dout, dtype=np.float64)\n    N =")),
        "layer": changed(
            LAYER, ("        if training:", "        x = np.array(x, dtype=np.float64)\n        if training:")),
    },
    "a layer with a buffer": {
        "layer": '''class BatchNorm:
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        self.gamma = np.array([1.0] * num_features)
        self.beta = np.array([0.0] * num_features)
        self.stats = np.array([[0.0] * num_features, [1.0] * num_features])
        self.eps = eps
        self.momentum = momentum

    @property
    def running_mean(self):
        return self.stats[0]

    @property
    def running_var(self):
        return self.stats[1]

    def forward(self, x, training):
        mean, var = self.stats
        if training:
            if not len(x) > 1:
                raise ValueError("two at least")
            mean, var = x.mean(axis=0), x.var(axis=0)
            new = np.stack([mean, x.var(axis=0, ddof=1)])
            self.stats = (1 - self.momentum) * self.stats + self.momentum * new
        return self.beta + self.gamma * ((x - mean) / np.sqrt(var + self.eps))''',
    },
    "the output in the cache": {
        "batch-norm": '''def batch_norm(x, gamma, beta, eps=1e-5):
    mean, N = sum(x) / len(x), len(x)
    difference = x - mean
    s = np.sqrt(sum(difference ** 2) / N + eps)
    return gamma * (difference / s) + beta, (difference, s, np.array(gamma), N)''',
        "batch-norm-backward": '''def batch_norm_backward(dout, cache):
    difference, s, gamma, N = cache
    dgamma = sum(dout * difference) / s
    dbeta = sum(dout)
    through_x = dout * gamma / s
    through_mean = -sum(through_x) / N
    through_s = sum(-dout * gamma * difference / s ** 2) * (difference / s) / N
    return through_x + through_mean + through_s, dgamma, dbeta''',
    },
}

MEAN_OF_TWO = "self.running_mean = (1 - m) * self.running_mean + m * mu"
VAR_OF_TWO = "self.running_var = (1 - m) * self.running_var + m * unbiased"
FROM_AVERAGES = "            var = self.running_var\n"
RAISES = "            if len(x) < 2:\n                raise ValueError(\"too few examples\")\n"
FORWARD_LOSES, BACK_LOSES, LAYER_LOSES = ["test-batch-norm"], ["test-batch-norm-backward"], ["test-layer"]


def forward(*changes):
    """A slip in batch_norm."""
    return FORWARD_LOSES, {"batch-norm": changed(FORWARD, *changes)}


def back(*changes):
    """A slip in batch_norm_backward."""
    return BACK_LOSES, {"batch-norm": FORWARD, "batch-norm-backward": changed(BACK, *changes)}


def layer(*changes):
    """A slip in BatchNorm."""
    return LAYER_LOSES, {"layer": changed(LAYER, *changes)}


WRONG = {
    # task 1
    "unbiased in training": forward((".mean(axis=0)\n    s", ".sum(axis=0) / max(len(x) - 1, 1)\n    s")),
    "eps outside": forward(("np.sqrt(var + eps)", "np.sqrt(var) + eps")),
    "eps twice": forward(("np.sqrt(var + eps)", "np.sqrt(var + eps) + eps")),
    "no eps": forward(("np.sqrt(var + eps)", "np.sqrt(var)")),
    "eps always 1e-5": forward(("var + eps", "var + 1e-5")),
    "another default of eps": forward(("eps=1e-5", "eps=1e-3")),
    "no beta": forward((" + beta", "")),
    "no gamma": forward(("gamma * x_hat", "x_hat")),
    "gamma times beta": forward(("gamma * x_hat + beta", "gamma * (x_hat + beta)")),
    "over the features": forward(("axis=0", "axis=1, keepdims=True")),
    "one mean for all": forward(("x.mean(axis=0)", "x.mean()")),
    "one variance for all": forward(("((x - mu) ** 2).mean(axis=0)", "np.full(x.shape[1], ((x - mu) ** 2).mean())")),
    "divided by the variance": forward(("np.sqrt(var + eps)", "var + eps")),
    "not centred": forward(("x_hat = (x - mu) / s", "x_hat = x / s")),
    "variance around zero": forward(("((x - mu) ** 2)", "(x ** 2)")),
    "absolute deviations": forward(("((x - mu) ** 2).mean(axis=0)", "np.abs(x - mu).mean(axis=0) ** 2")),
    "always four examples": forward(("((x - mu) ** 2).mean(axis=0)", "((x - mu) ** 2).sum(axis=0) / len(x[:4])")),
    "x centred in place": forward(("    var", "    x -= mu\n    mu = 0\n    var")),
    "one example forbidden": forward(("    mu =", "    if len(x) < 2:\n        raise ValueError('one')\n    mu =")),
    "one example as it is": forward((
        "    mu =", "    if len(x) == 1:\n        return x.copy(), (0 * x, 1 + 0 * gamma, gamma)\n    mu =")),
    "the first gamma for all": forward(("gamma * x_hat", "gamma[0] * x_hat")),
    "the median": forward(("x.mean(axis=0)", "np.median(x, axis=0)")),
    "x_hat overwritten in the cache": (BACK_LOSES, {"batch-norm": changed(
        FORWARD, ("out = gamma * x_hat + beta", "out = x_hat\n    out *= gamma\n    out += beta"))}),
    # task 2
    "mean as a constant": back((" - dbeta / N", "")),
    "spread as a constant": back((" - x_hat * dgamma / N", "")),
    "both as constants": back((" - dbeta / N - x_hat * dgamma / N", "")),
    "gamma forgotten on the way back": back(("gamma / s", "1 / s")),
    "s forgotten": back(("gamma / s", "gamma")),
    "times s": back(("gamma / s", "gamma * s")),
    "s squared": back(("gamma / s", "gamma / s ** 2")),
    "spread with a plus": back(("- x_hat * dgamma", "+ x_hat * dgamma")),
    "spread without x_hat": back(("x_hat * dgamma", "dgamma")),
    "spread halved": back(("dgamma / N)", "dgamma / (2 * N))")),
    "N - 1 in the spread": back(("dgamma / N)", "dgamma / max(N - 1, 1))")),
    "the sums not divided": back(("dbeta / N", "dbeta"), ("dgamma / N)", "dgamma)")),
    "N is the number of features": back(("len(dout)", "dout.shape[1]")),
    "N is four": back(("len(dout)", "4")),
    "dgamma as a mean": back(("return dx, dgamma,", "return dx, dgamma / N,")),
    "dbeta as a mean": back(("return dx, dgamma, dbeta", "return dx, dgamma, dbeta / N")),
    "dbeta times gamma": back(("return dx, dgamma, dbeta", "return dx, dgamma, dbeta * gamma")),
    "dgamma without x_hat": back(("return dx, dgamma, dbeta", "return dx, dbeta.copy(), dbeta")),
    "dgamma from the centred x": back(("return dx, dgamma, dbeta", "return dx, dgamma * s, dbeta")),
    "dgamma and dbeta exchanged": back(("return dx, dgamma, dbeta", "return dx, dbeta, dgamma")),
    "all features summed": back(("return dx, dgamma, dbeta", "return dx, dgamma, np.full_like(dbeta, dbeta.sum())")),
    "dbeta as a row": back(("return dx, dgamma, dbeta", "return dx, dgamma, dbeta[None]")),
    "dout scaled in place": back(("    dx = gamma / s *", "    dout *= gamma / s\n    dx ="), (
        "(dout - dbeta / N - x_hat * dgamma / N)", "(dout - gamma / s * (dbeta + x_hat * dgamma) / N)")),
    "dx is dout": back(("    dx = gamma / s * (dout - dbeta / N - x_hat * dgamma / N)",
                        "    dx = dout\n    dx -= (dbeta + x_hat * dgamma) / N\n    dx *= gamma / s")),
    # task 3
    "biased in the average": layer(("var(axis=0, ddof=1)", "var(axis=0)")),
    "unbiased in the batch": layer(("var = x.var(axis=0)\n", "var = x.var(axis=0, ddof=1)\n")),
    "momentum the other way": layer(("m = self.momentum", "m = 1 - self.momentum")),
    "momentum always 0.1": layer(("m = self.momentum", "m = 0.1")),
    "default momentum 0.9": layer(("momentum=0.1", "momentum=0.9")),
    "default eps 1e-8": layer(("eps=1e-5", "eps=1e-8")),
    "running_var from 0": layer(("self.running_var = np.ones", "self.running_var = np.zeros")),
    "gamma random": layer((
        "self.gamma = np.ones(num_features)",
        "self.gamma = np.random.default_rng(0).normal(size=num_features)")),
    "whole numbers": layer(("np.ones(num_features)", "np.ones(num_features, dtype=int)"),
                           ("np.zeros(num_features)", "np.zeros(num_features, dtype=int)")),
    "plain numbers": layer(("np.ones(num_features)", "1.0"), ("np.zeros(num_features)", "0.0")),
    "one array under two names": layer(
        ("self.running_var = np.ones(num_features)", "self.running_var = self.gamma"),
        (VAR_OF_TWO, "self.running_var += m * (unbiased - self.running_var)")),
    "beta is running_mean": layer(
        ("self.running_mean = np.zeros(num_features)", "self.running_mean = self.beta"),
        (MEAN_OF_TWO, "self.running_mean += m * (mu - self.running_mean)")),
    "the first batch replaces": layer(("m = self.momentum", "m = self.momentum if self.running_mean.any() else 1.0")),
    "the variance not tracked": layer(("m * unbiased", "m * self.running_var")),
    "modes exchanged": layer(("if training:", "if not training:")),
    "training with the averages": layer((
        "        return self.gamma",
        "        mu, var = self.running_mean, self.running_var\n        return self.gamma")),
    "testing with the batch": layer(("mu = self.running_mean\n            var = self.running_var",
                                     "mu = x.mean(axis=0)\n            var = x.var(axis=0)")),
    "testing tracks, too": layer((FROM_AVERAGES, (
        FROM_AVERAGES + "            self.running_mean = 0.9 * self.running_mean + 0.1 * x.mean(axis=0)\n"))),
    "testing with the biased again": layer(
        (FROM_AVERAGES, "            var = self.running_var * (len(x) - 1) / len(x)\n")),
    "no eps in testing": layer((FROM_AVERAGES, "            var = self.running_var - self.eps\n")),
    "eps outside in testing": layer(
        (FROM_AVERAGES, "            var = (np.sqrt(self.running_var) + self.eps) ** 2 - self.eps\n")),
    "the default eps in both": layer(("var + self.eps", "var + 1e-5")),
    "no gamma or beta in testing": layer(("        else:", (
        "        elif True:\n"
        "            return (x - self.running_mean) / np.sqrt(self.running_var + self.eps)\n        else:"))),
    "beta copied at the start": layer(
        ("self.running_mean = np", "self.shift = self.beta.copy()\n        self.running_mean = np"),
        ("+ self.beta", "+ self.shift")),
    "one example in training allowed": layer(
        (RAISES, ""), ("x.var(axis=0, ddof=1)", "x.var(axis=0, ddof=min(1, len(x) - 1))")),
    "none allowed in training": layer(("len(x) < 2", "len(x) == 1")),
    "two examples forbidden": layer(("len(x) < 2", "len(x) <= 2")),
    "one example in testing forbidden": layer(
        ("        if training:\n" + RAISES, (
            "        if len(x) < 2:\n            raise ValueError(\"too few examples\")\n        if training:\n"))),
    "an assertion": layer((RAISES, "            assert len(x) >= 2\n")),
    "x centred in place in testing": layer(
        (FROM_AVERAGES, FROM_AVERAGES + "            x -= mu\n            mu = 0\n")),
    "features in place of examples": layer(("len(x) < 2", "x.shape[1] < 2")),
    "shared by all layers": layer(
        ("        self.running_mean = np.zeros(num_features)\n        self.running_var = np.ones(num_features)", (
            "        key = num_features\n"
            "        self.running_mean, self.running_var = BatchNorm.seen.setdefault(\n"
            "            key, (np.zeros(num_features), np.ones(num_features)))")),
        ("class BatchNorm:", "class BatchNorm:\n    seen = {}\n"),
        (MEAN_OF_TWO, "self.running_mean += m * (mu - self.running_mean)"),
        (VAR_OF_TWO, "self.running_var += m * (unbiased - self.running_var)")),
}
