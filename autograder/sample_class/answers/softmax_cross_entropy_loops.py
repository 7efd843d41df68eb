# correct, second style: number by number with the math module | loses: nothing
# %% log-softmax
import math

def log_softmax(z):
    rows = []
    for row in z:
        m = max(row)
        log_sum = m + math.log(sum(math.exp(score - m) for score in row))
        rows.append([score - log_sum for score in row])
    return np.array(rows)

# %% cross-entropy
def cross_entropy(z, y):
    surprises = []
    for row, label in zip(log_softmax(z), y):
        surprises.append(-row[label])
    return float(sum(surprises) / len(surprises))

# %% cross-entropy-grad
def cross_entropy_grad(z, y):
    grad = []
    for row, label in zip(log_softmax(z), y):
        said = [math.exp(log_p) for log_p in row]
        said[label] = said[label] - 1
        grad.append([value / len(y) for value in said])
    return np.array(grad)

# %% train
def train(X, y, lr, steps):
    K, D = int(max(y)) + 1, X.shape[1]
    W, b, losses = np.zeros((K, D)), np.zeros(K), []
    for step in range(steps):
        Z = X.dot(W.T) + b
        losses.append(cross_entropy(Z, y))
        G = cross_entropy_grad(Z, y)
        for k in range(K):
            W[k] = W[k] - lr * sum(G[n, k] * X[n] for n in range(len(X)))
            b[k] = b[k] - lr * sum(G[:, k])
    return W, b, losses
