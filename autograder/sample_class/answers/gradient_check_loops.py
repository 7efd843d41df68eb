# correct, second style: plain Python loops, no function calls another | loses: nothing
# %% linear-forward
def linear_forward(x, W, b):
    N, D = x.shape
    K = W.shape[1]
    y = np.zeros((N, K))
    for n in range(N):
        for k in range(K):
            y[n, k] = b[k]
            for d in range(D):
                y[n, k] += x[n, d] * W[d, k]
    return y

# %% mse-loss
def mse_loss(y_pred, y_true):
    total = 0.0
    count = 0
    for row_p, row_t in zip(y_pred, y_true):
        for p, t in zip(row_p, row_t):
            total += (float(p) - float(t)) ** 2
            count += 1
    return total / count

# %% linear-backward
def linear_backward(x, W, b, y_true):
    N, D = x.shape
    K = W.shape[1]
    loss, dW, db = 0.0, np.zeros((D, K)), np.zeros(K)
    for n in range(N):
        for k in range(K):
            out = b[k] + sum(x[n, d] * W[d, k] for d in range(D))
            diff = out - y_true[n, k]
            loss += diff * diff / (N * K)
            g = 2 * diff / (N * K)
            db[k] += g
            for d in range(D):
                dW[d, k] += x[n, d] * g
    return float(loss), dW, db

# %% numerical-gradient
def numerical_gradient(f, theta, eps=1e-5):
    theta = np.asarray(theta, dtype=np.float64)
    flat = theta.ravel()
    out = []
    for i in range(flat.size):
        plus, minus = flat.copy(), flat.copy()
        plus[i] += eps
        minus[i] -= eps
        out.append((f(plus.reshape(theta.shape)) - f(minus.reshape(theta.shape))) / (2 * eps))
    return np.array(out).reshape(theta.shape)

# %% relative-error
import math
def relative_error(a, b):
    a, b = np.ravel(a), np.ravel(b)
    norm = lambda u: math.sqrt(sum(float(v) ** 2 for v in u))
    below = norm(a) + norm(b)
    if below == 0:
        return 0.0
    return norm(a - b) / below
