# correct, third style: entry by entry, math.sqrt, moments that start as None | loses: nothing
# %% update-moments
def update_moments(m, v, grad, beta1, beta2):
    new_m, new_v = np.empty_like(m), np.empty_like(v)
    for i in np.ndindex(np.shape(grad)):
        new_m[i] = beta1 * m[i] + (1 - beta1) * grad[i]
        new_v[i] = beta2 * v[i] + (1 - beta2) * grad[i] ** 2
    return new_m, new_v

# %% adam
import math
class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.params, self.lr, self.betas, self.eps = params, lr, betas, eps
        self.moments = [None] * len(params)
        self.t = 0

    def step(self, grads):
        self.t = self.t + 1
        for k, (p, g) in enumerate(zip(self.params, grads)):
            m, v = self.moments[k] or (np.zeros(p.shape), np.zeros(p.shape))
            m, v = update_moments(m, v, g, *self.betas)
            self.moments[k] = (m, v)
            m_hat, v_hat = bias_correction(m, v, self.t, *self.betas)
            for i in np.ndindex(p.shape):
                p[i] -= self.lr * m_hat[i] / (math.sqrt(v_hat[i]) + self.eps)

# %% train
def train(optimizer, params, loss_and_grad, steps):
    losses = []
    while len(losses) < steps:
        loss, grads = loss_and_grad(params)
        optimizer.step(grads)
        losses.append(float(loss))
    return losses
