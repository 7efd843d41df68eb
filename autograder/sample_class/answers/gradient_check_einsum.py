# correct, third style: einsum, np.eye steps, norms by dot, np.float64 results | loses: nothing
# %% linear-forward
linear_forward = lambda x, W, b: np.einsum("nd,dk->nk", x, W) + b[None, :]

# %% mse-loss
def mse_loss(y_pred, y_true):
    diff = np.asarray(y_pred) - np.asarray(y_true)
    return np.square(diff).sum() / diff.size

# %% linear-backward
def linear_backward(x, W, b, y_true):
    N, K = y_true.shape
    residual = linear_forward(x, W, b) - y_true
    loss = np.vdot(residual, residual) / (N * K)
    dY = residual * (2.0 / (N * K))
    dW = np.einsum("nd,nk->dk", x, dY)
    db = np.ones(N) @ dY
    return loss, dW, db

# %% numerical-gradient
def numerical_gradient(f, theta, eps=1e-5):
    shape = np.shape(theta)
    theta = np.array(theta, float).reshape(-1)
    steps = eps * np.eye(theta.size)
    slopes = [(f((theta + e).reshape(shape)) - f((theta - e).reshape(shape))) / (2 * eps) for e in steps]
    return np.reshape(slopes, shape)

# %% relative-error
def relative_error(a, b):
    a, b = np.asarray(a, float).ravel(), np.asarray(b, float).ravel()
    top, bottom = np.sqrt((a - b) @ (a - b)), np.sqrt(a @ a) + np.sqrt(b @ b)
    return 0.0 if bottom == 0.0 else top / bottom
