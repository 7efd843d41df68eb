# correct, by sigma and then the chain rule, logaddexp, einsum | loses: nothing
# %% reparameterize
def deviation(logvar):
    return np.exp(0.5 * logvar)


def reparameterize(mu, logvar, noise):
    return np.multiply(deviation(logvar), noise) + mu

# %% kl-divergence
def kl_divergence(mu, logvar):
    sigma = np.exp(0.5 * logvar)
    squares = np.einsum("nk,nk->", mu, mu) + np.einsum("nk,nk->", sigma, sigma)
    return float(0.5 * (squares - mu.size) - np.log(sigma).sum()) / mu.shape[0]

# %% negative-elbo
def negative_elbo(logits, x, mu, logvar, beta=1.0):
    ink, white = np.logaddexp(0, -logits), np.logaddexp(0, logits)
    each = np.einsum("nd,nd->n", x, ink) + np.einsum("nd,nd->n", 1 - x, white)
    return np.mean(each) + beta * kl_divergence(mu, logvar)

# %% latent-backward
def latent_backward(dz, mu, logvar, noise, beta=1.0):
    sigma, share = np.exp(0.5 * logvar), beta / mu.shape[0]
    dsigma = noise * dz + share * (sigma - 1 / sigma)
    return dz + share * mu, dsigma * 0.5 * sigma
