# correct, second style: a class for the line, a small network of nnlib, counts of the draws | loses: nothing
# %% split-groups
def split_groups(groups, n_test, rng):
    names, number = np.unique(groups, return_inverse=True)
    rank = np.argsort(np.argsort(rng.random(len(names))))
    rows = rng.permutation(len(groups))
    inside = rank[number[rows]] < n_test
    return rows[~inside], rows[inside]

# %% baseline
class Line:
    def __init__(self, j, column, y):
        self.j = j
        self.slope = np.cov(column, y, bias=True)[0, 1] / np.var(column)
        self.intercept = np.mean(y) - self.slope * np.mean(column)
        self.loss = np.mean((self.slope * column + self.intercept - y) ** 2)

    def __call__(self, x_new):
        return np.take(x_new, self.j, axis=1) * self.slope + self.intercept


def baseline(x, y):
    return min((Line(j, x[:, j], y) for j in range(x.shape[1]) if len(set(x[:, j])) > 1), key=lambda line: line.loss)

# %% train-model
def train_model(x, y, rng):
    manual_seed(int(rng.integers(2**31)))
    mean, std = x.mean(axis=0), x.std(axis=0)
    std[np.ptp(x, axis=0) == 0] = 1
    y_mean, y_std = y.mean(), y.std()
    z, target = (x - mean) / std, ((y - y_mean) / y_std)[:, None]
    net = nn.Sequential(nn.Linear(x.shape[1], 32), nn.Tanh(), nn.Linear(32, 1)).double()
    loss = nn.MSELoss()
    optimizer = optim.Adam(net.parameters(), lr=0.01)
    for epoch in range(15):
        for z_part, y_part in batches(z, target, batch_size=32, rng=rng):
            loss(net(z_part), y_part)
            optimizer.zero_grad()
            net.backward(loss.backward())
            optimizer.step()

    def predict(x_new):
        return y_mean + y_std * net((x_new - mean) / std)[:, 0]

    return predict

# %% bootstrap-interval
def bootstrap_interval(errors, rng, times=1000, level=0.95):
    N = len(errors)
    counts = rng.multinomial(N, np.full(N, 1 / N), size=times)
    means = np.einsum("tn,n->t", counts, errors) / N
    return tuple(np.percentile(means, [50 * (1 - level), 50 * (1 + level)]))

# %% report
def report(y, predicted, reference, interval):
    mine = np.maximum(predicted, y) - np.minimum(predicted, y)
    theirs = np.abs(reference - y)
    gains = theirs - mine
    low, high = interval(gains)
    return {
        "error": float(mine.mean()),
        "interval": interval(mine),
        "gain": float(theirs.mean()) - float(mine.mean()),
        "gain_interval": (low, high),
        "better": bool(low > 0),
    }
