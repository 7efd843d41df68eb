# correct, third style: unit by unit, one corner at a time, point by point | loses: nothing
# %% init-params
def init_params(rng):
    W1 = np.array([[rng.gauss() if hasattr(rng, "gauss") else rng.normal(0, 2) for _ in range(2)] for _ in range(4)])
    W2 = np.array([[(-1.0) ** k * rng.uniform(0.5, 1.5) for k in range(4)]])
    return dict(W1=W1, b1=-W1.sum(axis=1) / 2, W2=W2, b2=np.array([0.0]))

# %% forward
import math


def forward(params, X):
    answers = []
    for x in X:
        z = float(params["b2"][0])
        for k in range(4):
            z += params["W2"][0, k] * math.tanh(params["W1"][k][0] * x[0] + params["W1"][k][1] * x[1] + params["b1"][k])
        answers.append([sigmoid(z)])
    return np.array(answers).reshape(-1, 1)

# %% train
def train(X, y, rng):
    params = init_params(rng)
    W1, b1, W2, b2 = params["W1"], params["b1"], params["W2"], params["b2"]
    for epoch in range(150):
        for i in rng.permutation(4):
            h = np.tanh(W1 @ X[i] + b1)
            d = sigmoid(W2[0] @ h + b2[0]) - y[i, 0]
            dh = d * W2[0] * (1 - h**2)
            W2[0] -= 0.5 * d * h
            b2 -= 0.5 * d
            W1 -= 0.5 * np.outer(dh, X[i])
            b1 -= 0.5 * dh
    return params

# %% decision-grid
def decision_grid(params, n=50):
    s = np.linspace(-0.5, 1.5, n)
    grid = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            grid[i, j] = forward(params, np.array([[s[j], s[i]]]))[0, 0]
    return grid
