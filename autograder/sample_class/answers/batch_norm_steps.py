# correct, a dict in the cache, the backward pass in the three steps of the paper | loses: nothing
# %% batch-norm
def batch_norm(x, gamma, beta, eps=1e-5):
    centred = x - np.mean(x, axis=0, keepdims=True)
    var = np.mean(np.square(centred), axis=0)
    out = gamma * centred * (var + eps) ** -0.5 + beta
    return out, {"centred": centred, "var": var + eps, "gamma": np.array(gamma)}

# %% batch-norm-backward
def batch_norm_backward(dout, cache):
    centred, var, gamma = cache["centred"], cache["var"], cache["gamma"]
    dx_hat = dout * gamma
    dvar = np.sum(dx_hat * centred, axis=0) * -0.5 * var**-1.5
    dcentred = dx_hat / np.sqrt(var) + dvar * 2 * centred / len(dout)
    dgamma = np.einsum("nd,nd->d", dout, centred) / np.sqrt(var)
    return dcentred - dcentred.mean(axis=0), dgamma, dout.sum(axis=0)

# %% layer
class BatchNorm:
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        self.eps = eps
        self.momentum = momentum
        self.gamma = np.full(num_features, 1.0)
        self.beta = np.full(num_features, 0.0)
        self.running_mean = np.full(num_features, 0.0)
        self.running_var = np.full(num_features, 1.0)

    def scale_and_shift(self, x, mean, var):
        return self.gamma * (x - mean) / np.sqrt(var + self.eps) + self.beta

    def forward(self, x, training):
        if training:
            if x.shape[0] < 2:
                raise ValueError("training needs two examples")
            keep, m = 1 - self.momentum, self.momentum
            mean, var, n = x.mean(axis=0), x.var(axis=0), x.shape[0]
            self.running_mean = keep * self.running_mean + m * mean
            self.running_var = keep * self.running_var + m * var * n / (n - 1)
            return self.scale_and_shift(x, mean, var)
        return self.scale_and_shift(x, self.running_mean, self.running_var)
