# only tasks 1 and 2 are written | loses: test-adam, test-train
# %% adam
class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        raise NotImplementedError("your code here")

    def step(self, grads):
        raise NotImplementedError("your code here")

# %% train
def train(optimizer, params, loss_and_grad, steps):
    raise NotImplementedError("your code here")
