# correct, third style: the math module, the whole schedule as a list, places in a loop | loses: nothing
# %% cosine-lr
import math

def cosine_lr(t, T, lr_max, lr_min=0.0):
    rates = []
    for step in range(T):
        ahead = 0.5 + 0.5 * math.cos(math.pi * step / T)
        rates.append(ahead * lr_max + (1 - ahead) * lr_min)
    rates.append(float(lr_min))
    if t > T:
        return rates[-1]
    return rates[t]

# %% warmup-cosine-lr
def warmup_cosine_lr(t, T, warmup, lr_max, lr_min=0.0):
    stairs = [lr_max * stair / warmup for stair in range(1, warmup + 1)]
    if t < len(stairs):
        return stairs[t]
    return cosine_lr(t - warmup, T - warmup, lr_max, lr_min)

# %% train
def train(params, loss_and_grad, schedule, steps):
    losses = []
    t = 0
    while t < steps:
        loss, grads = loss_and_grad(params)
        losses.append(float(loss))
        for i in range(len(params)):
            for place in np.ndindex(params[i].shape):
                params[i][place] -= schedule(t) * grads[i][place]
        t += 1
    return losses
