# correct: a class for the layers, the bias as one more weight, softmax by logarithms, sizes by NumPy | loses: nothing
# %% linear
def with_ones(X):
    return np.concatenate([X, np.ones((X.shape[0], 1))], axis=1)

def linear(X: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """One product, with the bias as the weight of a one."""
    return np.einsum("nd,kd->nk", with_ones(X), np.column_stack([W, b]))

# %% collapse
def collapse(W1, b1, W2, b2):
    """Ask the two layers about zero and about each unit vector."""
    probes = np.vstack([np.zeros(W1.shape[1]), np.eye(W1.shape[1])])
    b, *columns = linear(linear(probes, W1, b1), W2, b2)
    return np.stack(columns, axis=1) - b[:, None], b

# %% softmax
def softmax(z, axis=-1):
    z = np.asarray(z, dtype=float)
    return np.exp(z - np.logaddexp.reduce(z, axis=axis, keepdims=True))

# %% forward
class Layer:
    def __init__(self, W, b, bend):
        self.W, self.b, self.bend = W, b, bend

    def __call__(self, X):
        return self.bend(linear(X, self.W, self.b))

def relu(z):
    return z * (z > 0)

def forward(X, layers):
    network = [Layer(W, b, relu) for W, b in layers]
    network[-1].bend = softmax
    kept = [X.copy()]
    for layer in network:
        kept += [layer(kept[-1])]
    return kept

# %% count-parameters
def count_parameters(sizes):
    sizes = np.asarray(sizes)
    return int(np.dot(sizes[:-1] + 1, sizes[1:]))
