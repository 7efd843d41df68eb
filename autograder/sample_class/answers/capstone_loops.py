# correct, third style: lists, loops, least squares, nearest neighbours | loses: nothing
# %% split-groups
def split_groups(groups, n_test, rng):
    names = sorted(set(groups.tolist()))
    order = rng.permutation(len(names))
    out = {names[k] for k in order[:n_test]}
    train, test = [], []
    for row, name in enumerate(groups.tolist()):
        (test if name in out else train).append(row)
    return np.array(train), np.array(test)

# %% baseline
def baseline(x: np.ndarray, y: np.ndarray):
    lines = []
    for j, column in enumerate(np.asarray(x, dtype=float).T):
        if column.min() < column.max():
            A = np.vstack([column, np.ones_like(column)]).T
            w = np.linalg.lstsq(A, y, rcond=None)[0]
            lines.append((float(np.sum((A @ w - y) ** 2)), j, w))
    _, j, (slope, intercept) = min(lines, key=lambda line: line[0])

    def predict(x_new: np.ndarray) -> np.ndarray:
        return np.array([intercept + slope * row[j] for row in x_new])

    return predict

# %% train-model
def train_model(x, y, rng):
    mean, std = x.mean(axis=0), x.std(axis=0)
    std = np.where(np.ptp(x, axis=0) == 0, 1.0, std)
    z = (x - mean) / std

    def predict(x_new):
        answers = []
        for row in (x_new - mean) / std:
            near = np.argsort(((z - row) ** 2).sum(axis=1))[:4]
            answers.append(y[near].mean())
        return np.array(answers)

    return predict

# %% bootstrap-interval
def bootstrap_interval(errors, rng, times=1000, level=0.95):
    means = []
    for _ in range(times):
        means.append(np.mean(rng.choice(errors, size=len(errors))))
    alpha = 1 - level
    return float(np.quantile(means, alpha / 2)), float(np.quantile(means, 1 - alpha / 2))

# %% report
def report(y, predicted, reference, interval):
    N = len(y)
    mine, gains = np.zeros(N), np.zeros(N)
    for n in range(N):
        mine[n] = abs(predicted[n] - y[n])
        gains[n] = abs(reference[n] - y[n]) - mine[n]
    inside, between = interval(mine), interval(gains)
    better = True if between[0] > 0 else False
    return dict(
        error=sum(mine) / N, interval=inside, gain=sum(gains) / N, gain_interval=tuple(between), better=better
    )
