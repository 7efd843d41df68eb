# correct, number by number, with math | loses: nothing
# %% reparameterize
import math


def reparameterize(mu, logvar, noise):
    z = np.empty(mu.shape)
    for i in np.ndindex(mu.shape):
        z[i] = mu[i] + math.sqrt(math.exp(logvar[i])) * noise[i]
    return z

# %% kl-divergence
def kl_divergence(mu, logvar):
    total = 0.0
    for m, s in zip(mu.ravel(), logvar.ravel()):
        total += (m * m + math.exp(s) - 1 - s) / 2
    return total / len(mu)

# %% negative-elbo
def pixel(logit, x):
    """What one pixel costs; the exponent is never positive."""
    if logit >= 0:
        return (1 - x) * logit + math.log1p(math.exp(-logit))
    return math.log1p(math.exp(logit)) - x * logit


def negative_elbo(logits, x, mu, logvar, beta=1.0):
    total = 0.0
    for picture_logits, picture in zip(logits, x):
        for logit, value in zip(picture_logits, picture):
            total += pixel(logit, value)
    return total / len(x) + beta * kl_divergence(mu, logvar)

# %% latent-backward
def latent_backward(dz, mu, logvar, noise, beta=1.0):
    N, Z = mu.shape
    dmu, dlogvar = np.zeros((N, Z)), np.zeros((N, Z))
    for n in range(N):
        for k in range(Z):
            var = math.exp(logvar[n, k])
            dmu[n, k] = dz[n, k] + beta * mu[n, k] / N
            dlogvar[n, k] = (dz[n, k] * noise[n, k] * math.sqrt(var) + beta * (var - 1) / N) / 2
    return dmu, dlogvar
