# correct, second style: ReLU units that start again until they have learned, mgrid | loses: nothing
# %% train
def once(X, y, rng):
    params = init_params(rng)
    for _ in range(300):
        A = X @ params["W1"].T + params["b1"]
        H = A * (A > 0)
        delta = (sigmoid(H @ params["W2"].T + params["b2"]) - y) / len(y)
        dA = delta @ params["W2"] * (A > 0)
        params["W2"] -= delta.T @ H
        params["b2"] -= delta.sum(0)
        params["W1"] -= dA.T @ X
        params["b1"] -= dA.sum(0)
    return params


def train(X, y, rng):
    for attempt in range(10):
        params = once(X, y, rng)
        if np.all((forward(params, X) > 0.5) == (y > 0.5)):
            break
    return params

# %% init-params
def init_params(rng: np.random.Generator, scale=2) -> dict:
    shapes = {"W1": (4, 2), "b1": (4,), "W2": (1, 4), "b2": (1,)}
    params = {}
    for name, shape in shapes.items():
        params[name] = scale * rng.standard_normal(shape)
    return params

# %% forward
def forward(params, X):
    A = X @ params["W1"].T + params["b1"]
    H = np.maximum(A, 0)
    return sigmoid(H @ params["W2"].T + params["b2"])

# %% decision-grid
def decision_grid(params, n=50):
    x2, x1 = np.mgrid[-0.5 : 1.5 : n * 1j, -0.5 : 1.5 : n * 1j]
    return forward(params, np.dstack([x1, x2]).reshape(-1, 2)).reshape(x1.shape)
