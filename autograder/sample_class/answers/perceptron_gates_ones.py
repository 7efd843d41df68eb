# correct: the bias as the weight of a one, gates as multiples of ten, jumps from mistake to mistake | loses: nothing
# %% neuron
def with_ones(X):
    return np.hstack([X, np.ones((len(X), 1))])

def neuron(X, w, b):
    theta = np.append(w, b)
    return np.heaviside(with_ones(X) @ theta, 0.0)

# %% gate
def gate(name):
    """AND and OR by hand, the others turned over."""
    if name[0] == "N":
        w, b = gate(name[1:] if name == "NAND" else "OR")
        return -w, -b
    return np.full(2, 10.0), {"AND": -15.0, "OR": -5.0}[name]

# %% xor
def xor(X):
    hidden = np.vstack([neuron(X, *gate(name)) for name in ("OR", "AND")]).T
    return neuron(hidden, (2, -2), -1)

# %% update
def update(w, b, x, y):
    theta, row = np.append(w, b), np.append(x, 1.0)
    theta += (y - np.heaviside(theta @ row, 0.0)) * row
    return theta[:-1], theta[-1]

# %% train
def train(X, y, max_epochs=100, *, rate=1.0):
    rows, theta, mistakes = with_ones(X), np.zeros(X.shape[1] + 1), []
    for _ in range(max_epochs):
        mistakes.append(0)
        start = 0
        while True:
            wrong = np.flatnonzero((rows[start:] @ theta > 0) != (y[start:] == 1))
            if len(wrong) == 0:
                break
            n = start + wrong[0]
            theta += rate * (2 * y[n] - 1) * rows[n]
            mistakes[-1] += 1
            start = n + 1
        if mistakes[-1] == 0:
            break
    return theta[:-1], theta[-1], mistakes
