# correct, second style: PyTorch's order of operations, in-place moments, no helper used in the class | loses: nothing
# %% update-moments
def update_moments(m, v, grad, beta1, beta2):
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * np.square(grad)
    return m, v

# %% bias-correction
def bias_correction(m, v, t, beta1, beta2):
    factor1, factor2 = 1 - np.power(beta1, t), 1 - np.power(beta2, t)
    return np.divide(m, factor1), np.divide(v, factor2)

# %% adam
class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.params = params
        self.lr = lr
        self.beta1, self.beta2 = betas
        self.eps = eps
        self.steps = 0
        self.state = {i: (np.zeros(p.shape), np.zeros(p.shape)) for i, p in enumerate(params)}

    def step(self, grads):
        self.steps += 1
        c1, c2 = 1 - self.beta1**self.steps, 1 - self.beta2**self.steps
        for i in range(len(self.params)):
            m, v = self.state[i]
            m += (1 - self.beta1) * (grads[i] - m)
            v *= self.beta2
            v += (1 - self.beta2) * grads[i] * grads[i]
            denominator = np.sqrt(v) / c2**0.5 + self.eps
            self.params[i][...] -= (self.lr / c1) * m / denominator

# %% train
def train(optimizer, params, loss_and_grad, steps):
    losses = [0.0] * steps
    for i in range(steps):
        result = loss_and_grad(params)
        losses[i] = float(result[0])
        optimizer.step(result[1])
    return losses
