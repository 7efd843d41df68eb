# correct, number by number, running averages as lists of steps | loses: nothing
# %% batch-norm
import math


def batch_norm(x, gamma, beta, eps=1e-5):
    N, D = x.shape
    out, x_hat, s = np.zeros((N, D)), np.zeros((N, D)), np.zeros(D)
    for d in range(D):
        column = [float(x[n, d]) for n in range(N)]
        mu = sum(column) / N
        s[d] = math.sqrt(sum((value - mu) ** 2 for value in column) / N + eps)
        for n in range(N):
            x_hat[n, d] = (column[n] - mu) / s[d]
            out[n, d] = gamma[d] * x_hat[n, d] + beta[d]
    return out, (x_hat, s, gamma)

# %% batch-norm-backward
def batch_norm_backward(dout, cache):
    x_hat, s, gamma = cache
    N, D = dout.shape
    dx, dgamma, dbeta = np.zeros((N, D)), np.zeros(D), np.zeros(D)
    for d in range(D):
        for n in range(N):
            dbeta[d] += dout[n, d]
            dgamma[d] += dout[n, d] * x_hat[n, d]
        for n in range(N):
            dx[n, d] = gamma[d] / s[d] * (dout[n, d] - (dbeta[d] + x_hat[n, d] * dgamma[d]) / N)
    return dx, dgamma, dbeta

# %% layer
class BatchNorm:
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        self.eps, self.momentum = eps, momentum
        self.gamma, self.beta = np.ones(num_features), np.zeros(num_features)
        self.running_mean, self.running_var = np.zeros(num_features), np.ones(num_features)

    def forward(self, x, training):
        N, D = x.shape
        if not training:
            out = np.zeros((N, D))
            for n, d in np.ndindex(N, D):
                s = math.sqrt(self.running_var[d] + self.eps)
                out[n, d] = self.gamma[d] * (x[n, d] - self.running_mean[d]) / s + self.beta[d]
            return out
        if N < 2:
            raise ValueError("one example has no spread")
        for d in range(D):
            mu = sum(x[:, d]) / N
            var = sum((x[:, d] - mu) ** 2) / (N - 1)
            self.running_mean[d] += self.momentum * (mu - self.running_mean[d])
            self.running_var[d] += self.momentum * (var - self.running_var[d])
        return batch_norm(x, self.gamma, self.beta, self.eps)[0]
