# correct, third style: customer by customer, column by column, path by path | loses: nothing
# %% make-customers
def make_customers(n, rng):
    X = np.zeros((n, 5))
    y = np.zeros(n, dtype=int)
    for i in range(n):
        age, months = rng.uniform(18, 80), rng.exponential(20)
        visits, fee = rng.poisson(6), rng.normal(30, 5)
        news = 1 if rng.random() < 0.4 else 0
        X[i] = age, months, visits, fee, news
        z = 2 + 9 * ((age - 49) / 31) ** 2 - months / 20 - 0.6 * visits - news
        if rng.random() < 1 / (1 + np.exp(-z)):
            y[i] = 1
    return X, y

# %% standardize
def standardize(train, test):
    train, test = np.array(train, dtype=float), np.array(test, dtype=float)
    for j in range(train.shape[1]):
        column = train[:, j].copy()
        mean = sum(column) / len(column)
        std = (sum((x - mean) ** 2 for x in column) / len(column)) ** 0.5
        if min(column) == max(column):
            std = 1
        train[:, j] = (train[:, j] - mean) / std
        test[:, j] = (test[:, j] - mean) / std
    return train, test

# %% train-classifier
def train_classifier(X, y, rng):
    N, D = X.shape
    H = 12
    W1, b1 = rng.uniform(-1, 1, (H, D)), np.zeros(H)
    W2, b2 = rng.uniform(-0.5, 0.5, (1, H)), np.zeros(1)
    velocity = [0, 0, 0, 0]
    for epoch in range(30):
        order = rng.permutation(N)
        for start in range(0, N, 50):
            part = order[start:start + 50]
            x, target = X[part], y[part].reshape(-1, 1)
            h = np.tanh(x @ W1.T + b1)
            p = predict((W1, b1, W2, b2), x)[:, None]
            dz = (p - target) / len(x)
            da = dz * W2 * (1 - h * h)
            grads = da.T @ x, da.sum(0), dz.T @ h, dz.sum(0)
            for i, (w, g) in enumerate(zip((W1, b1, W2, b2), grads)):
                velocity[i] = 0.9 * velocity[i] - 0.1 * g
                w += velocity[i]
    return W1, b1, W2, b2

# %% feature-importance
def feature_importance(params):
    W1, _, W2, _ = params
    H, D = W1.shape
    total = [0.0] * D
    for j in range(D):
        for k in range(H):
            total[j] += abs(float(W2[0, k]) * float(W1[k, j]))
    return np.array([t / sum(total) for t in total])
