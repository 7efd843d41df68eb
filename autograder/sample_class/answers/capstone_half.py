# the first two tasks only; the other functions still raise | loses: all of tasks 3 to 5
# %% split-groups
def split_groups(groups, n_test, rng):
    names = np.unique(groups)
    chosen = rng.choice(names, size=n_test, replace=False)
    held = np.isin(groups, chosen)
    return np.flatnonzero(~held), np.flatnonzero(held)

# %% baseline
def baseline(x, y):
    centred, down = x - x.mean(axis=0), y - y.mean()
    squares = (centred**2).sum(axis=0)
    moving = (x != x[0]).any(axis=0)
    slopes = np.where(moving, centred.T @ down / np.where(moving, squares, 1), 0)
    explained = np.where(moving, slopes**2 * squares, -1)
    j = explained.argmax()
    return lambda new: y.mean() + slopes[j] * (new[:, j] - x[:, j].mean())

# %% train-model
def train_model(x, y, rng):
    raise NotImplementedError("your code here")

# %% bootstrap-interval
def bootstrap_interval(errors, rng, times=1000, level=0.95):
    raise NotImplementedError("your code here")

# %% report
def report(y, predicted, reference, interval):
    raise NotImplementedError("your code here")
