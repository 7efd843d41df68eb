# correct, second style: helpers and classes, a part held back, matmul of sizes | loses: nothing
# %% make-customers
def log_odds(X):
    age, months, visits, _, news = X.T
    return 2 + 9 * ((age - 49) / 31) ** 2 - months / 20 - 0.6 * visits - news


def make_customers(n: int, rng: np.random.Generator, verbose=False) -> tuple:
    X = np.empty((n, 5), dtype=float)
    X[:, 4] = rng.integers(0, 10, n) < 4
    X[:, 3] = rng.normal(loc=30, scale=5, size=n)
    X[:, 2] = rng.poisson(lam=6, size=n)
    X[:, 1] = rng.gamma(1, 20, size=n)
    X[:, 0] = rng.uniform(low=18, high=80, size=n)
    p = np.exp(-np.logaddexp(0, -log_odds(X)))
    y = np.where(rng.uniform(size=n) <= p, 1, 0)
    if verbose:
        print(y.mean())
    return X, y

# %% standardize
class Scaler:
    def fit(self, X):
        self.mu = np.mean(X, axis=0, keepdims=True)
        self.sigma = np.sqrt(np.mean(np.square(X - self.mu), axis=0, keepdims=True))
        for j in range(X.shape[1]):
            if len(np.unique(X[:, j])) == 1:
                self.sigma[0, j] = 1
        return self

    def transform(self, X):
        return np.divide(np.subtract(X, self.mu), self.sigma)


def standardize(train, test):
    scaler = Scaler().fit(train)
    return scaler.transform(train), scaler.transform(test)

# %% train-classifier
class Net:
    def __init__(self, D, H, rng):
        self.params = [rng.normal(size=(H, D)) * 0.5, np.zeros(H), rng.normal(size=(1, H)) * 0.3, np.zeros(1)]

    def backward(self, X, y):
        W1, b1, W2, b2 = self.params
        h = np.tanh(X @ W1.T + b1)
        delta = predict(self.params, X) - y
        back = np.outer(delta, W2[0]) * (1 - h**2)
        n = len(y)
        return [back.T @ X / n, back.mean(axis=0), (delta @ h / n)[None], np.array([delta.mean()])]


def train_classifier(X, y, rng):
    order = rng.permutation(len(y))
    held, used = order[: len(y) // 10], order[len(y) // 10 :]
    net = Net(X.shape[1], 20, rng)
    cache = [np.zeros(p.shape) for p in net.params]
    best, kept = -1, None
    for step in range(300):
        grads = net.backward(X[used], y[used])
        for p, c, g in zip(net.params, cache, grads):
            c *= 0.9
            c += 0.1 * g * g
            p -= 0.02 * g / (np.sqrt(c) + 1e-6)
        if step % 10 == 9:
            score = accuracy(net.params, X[held], y[held])
            if score >= best:
                best, kept = score, tuple(p.copy() for p in net.params)
    return kept

# %% feature-importance
def feature_importance(params):
    paths = (np.abs(params[2]) @ np.abs(params[0])).ravel()
    return paths / np.linalg.norm(paths, 1)
