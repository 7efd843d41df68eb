# correct, second style: NumPy, clipping, one formula for climb and way down, out= | loses: nothing
# %% cosine-lr
def cosine_lr(t, T, lr_max, lr_min=0.0):
    done = np.clip(t / T, 0, 1)
    return float(lr_max + (lr_min - lr_max) * np.sin(np.pi * done / 2) ** 2)

# %% warmup-cosine-lr
def warmup_cosine_lr(t, T, warmup, lr_max, lr_min=0.0):
    climbed = min(1.0, (t + 1) / max(warmup, 1))
    return climbed * cosine_lr(max(0, t - warmup), T - warmup, lr_max, lr_min)

# %% train
def train(params, loss_and_grad, schedule, steps):
    rates = np.array([schedule(t) for t in range(steps)])
    losses = np.empty(steps)
    for t, rate in enumerate(rates):
        losses[t], grads = loss_and_grad(params)
        for p, g in zip(params, grads):
            np.subtract(p, rate * g, out=p)
    return losses.tolist()
