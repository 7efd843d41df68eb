"""Answers to vae, right and wrong: {name: {cell: source}}, and for the wrong ones where points are lost."""

from autograder.marking.mistakes import changed

CODE = '''def reparameterize(mu, logvar, noise):
    sigma = np.exp(logvar / 2)
    return mu + sigma * noise'''

KL = '''def kl_divergence(mu, logvar):
    var = np.exp(logvar)
    terms = (mu ** 2 + var - 1 - logvar) / 2
    return float(terms.sum(axis=1).mean())'''

ELBO = '''def negative_elbo(logits, x, mu, logvar, beta=1.0):
    softplus = np.maximum(logits, 0) + np.log1p(np.exp(-np.abs(logits)))
    entropies = softplus - x * logits
    return float(entropies.sum(axis=1).mean() + beta * kl_divergence(mu, logvar))'''

BACK = '''def latent_backward(dz, mu, logvar, noise, beta=1.0):
    N = len(mu)
    sigma = np.exp(logvar / 2)
    dmu = dz + beta * mu / N
    dlogvar = dz * noise * sigma / 2 + beta * (np.exp(logvar) - 1) / (2 * N)
    return dmu, dlogvar'''

RIGHT = {
    "step by step": {
        "reparameterize": CODE, "kl-divergence": KL, "negative-elbo": ELBO, "latent-backward": BACK,
    },
    "loops": {
        "reparameterize": '''def reparameterize(mu, logvar, noise):
    z = np.zeros_like(mu)
    for i in np.ndindex(mu.shape):
        z[i] = mu[i] + np.sqrt(np.exp(logvar[i])) * noise[i]
    return z''',
        "kl-divergence": '''def kl_divergence(mu, logvar):
    N, Z = mu.shape
    total = 0.0
    for n in range(N):
        for k in range(Z):
            total += 0.5 * (mu[n, k] ** 2 + np.exp(logvar[n, k]) - 1 - logvar[n, k])
    return total / N''',
        "negative-elbo": '''import math


def negative_elbo(logits, x, mu, logvar, beta=1.0):
    total = 0.0
    for n in range(logits.shape[0]):
        for d in range(logits.shape[1]):
            l = float(logits[n, d])
            if l > 0:
                total += l - x[n, d] * l + math.log1p(math.exp(-l))
            else:
                total += -x[n, d] * l + math.log1p(math.exp(l))
    return total / len(logits) + beta * kl_divergence(mu, logvar)''',
        "latent-backward": '''def latent_backward(dz, mu, logvar, noise, beta=1.0):
    N, Z = mu.shape
    dmu, dlogvar = np.zeros((N, Z)), np.zeros((N, Z))
    for n in range(N):
        for k in range(Z):
            sigma = np.exp(0.5 * logvar[n, k])
            dmu[n, k] = dz[n, k] + beta * mu[n, k] / N
            dlogvar[n, k] = dz[n, k] * noise[n, k] * sigma / 2 + beta * 0.5 * (sigma ** 2 - 1) / N
    return dmu, dlogvar''',
    },
    "the root of the variance": {
        "reparameterize": '''def reparameterize(mu, logvar, noise):
    variance = np.exp(logvar)
    return np.sqrt(variance) * noise + mu''',
        "latent-backward": '''def latent_backward(dz, mu, logvar, noise, beta=1.0):
    sigma2 = np.exp(logvar)
    price = beta / mu.shape[0]
    return dz + price * mu, 0.5 * (dz * noise * sigma2 ** 0.5 + price * (sigma2 - 1))''',
    },
    "in place on own arrays": {
        "reparameterize": '''def reparameterize(mu, logvar, noise):
    z = 0.5 * logvar
    np.exp(z, out=z)
    z *= noise
    z += mu
    return z''',
        "kl-divergence": '''def kl_divergence(mu, logvar):
    terms = np.exp(logvar)
    terms -= 1
    terms -= logvar
    terms += np.square(mu)
    terms *= 0.5
    return terms.sum() / len(terms)''',
        "latent-backward": '''def latent_backward(dz, mu, logvar, noise, beta=1.0):
    dmu = dz.copy()
    dmu += beta / len(dz) * mu
    dlogvar = np.exp(logvar)
    dlogvar -= 1
    dlogvar *= beta / len(dz)
    dlogvar += dz * noise * np.exp(logvar / 2)
    dlogvar /= 2
    return dmu, dlogvar''',
    },
    "e to a power": {
        "reparameterize": '''def reparameterize(mu, logvar, noise):
    return mu + np.e ** (logvar / 2) * noise''',
    },
    "base two": {
        "reparameterize": '''def reparameterize(mu, logvar, noise):
    return np.add(mu, np.multiply(np.exp2(logvar / (2 * np.log(2))), noise))''',
    },
    "einsum": {
        "kl-divergence": '''def kl_divergence(mu, logvar):
    half = np.einsum("nk,nk->", mu, mu) + np.einsum("nk->", np.exp(logvar) - 1 - logvar)
    return half / (2 * mu.shape[0])''',
        "negative-elbo": '''def negative_elbo(logits, x, mu, logvar, beta=1.0):
    inked = np.einsum("nd,nd->", x, logits)
    return (np.logaddexp(0, logits).sum() - inked) / len(x) + beta * kl_divergence(mu, logvar)''',
    },
    "expm1": {
        "kl-divergence": '''def kl_divergence(mu, logvar):
    return np.mean(np.sum(0.5 * mu * mu + 0.5 * (np.expm1(logvar) - logvar), axis=-1))''',
        "latent-backward": '''def latent_backward(dz, mu, logvar, noise, beta=1.0):
    dmu = dz + beta * mu / len(mu)
    through_z = 0.5 * dz * (reparameterize(mu, logvar, noise) - mu)
    return dmu, through_z + 0.5 * beta / len(mu) * np.expm1(logvar)''',
    },
    "by sigma": {
        "kl-divergence": '''def kl_divergence(mu, logvar):
    sigma = np.exp(0.5 * logvar)
    per_picture = [0.5 * np.sum(m ** 2 + s ** 2 - 1 - 2 * np.log(s)) for m, s in zip(mu, sigma)]
    return sum(per_picture) / len(per_picture)''',
        "latent-backward": '''def latent_backward(dz, mu, logvar, noise, beta=1.0):
    N = dz.shape[0]
    sigma = np.exp(0.5 * logvar)
    dsigma = dz * noise + beta / N * (sigma - 1 / sigma)
    return dz + beta / N * mu, dsigma * sigma / 2''',
    },
    "Z times the mean of all": {
        "kl-divergence": '''def kl_divergence(mu, logvar):
    return -0.5 * np.mean(1 + logvar - mu ** 2 - np.exp(logvar)) * mu.shape[1]''',
        "negative-elbo": '''def negative_elbo(logits, x, mu, logvar, beta=1.0):
    return logits.shape[1] * np.mean(np.logaddexp(0, logits) - x * logits) + beta * kl_divergence(mu, logvar)''',
    },
    "a matrix product": {
        "kl-divergence": '''def kl_divergence(mu, logvar):
    N, Z = mu.shape
    terms = mu ** 2 + np.exp(logvar) - logvar - 1
    return (np.full(N, 1 / N) @ terms @ np.full(Z, 0.5)).item()''',
    },
    "a trace": {
        "kl-divergence": '''def kl_divergence(mu: np.ndarray, logvar: np.ndarray) -> float:
    return float(np.trace(mu @ mu.T) + np.exp(logvar).sum() - logvar.sum() - logvar.size) / (2 * len(mu))''',
    },
    "logaddexp of both": {
        "negative-elbo": '''def negative_elbo(logits, x, mu, logvar, beta=1.0):
    ink, white = np.logaddexp(0.0, -logits), np.logaddexp(0.0, logits)
    return np.sum(x * ink + (1 - x) * white) / x.shape[0] + beta * kl_divergence(mu, logvar)''',
    },
    "two cases with where": {
        "negative-elbo": '''def negative_elbo(logits, x, mu, logvar, beta=1.0):
    cost = np.where(logits > 0, (1 - x) * logits + np.log(1 + np.exp(-np.abs(logits))),
                    -x * logits + np.log(1 + np.exp(-np.abs(logits))))
    return cost.sum(axis=1).mean(axis=0) + beta * kl_divergence(mu, logvar)''',
    },
    "a warning on the way": {
        "negative-elbo": '''def negative_elbo(logits, x, mu, logvar, beta=1.0):
    softplus = np.where(logits > 30, logits, np.log1p(np.exp(logits)))
    return np.sum(softplus - x * logits) / len(x) + beta * kl_divergence(mu, logvar)''',
    },
    "masks": {
        "negative-elbo": '''def negative_elbo(logits, x, mu, logvar, beta=1.0):
    softplus = np.empty_like(logits)
    high = logits >= 0
    softplus[high] = logits[high] + np.log1p(np.exp(-logits[high]))
    softplus[~high] = np.log1p(np.exp(logits[~high]))
    rec = (softplus - x * logits).sum() / len(logits)
    kl = kl_divergence(mu, logvar)
    return rec + beta * kl''',
    },
    "helpers": {
        "negative-elbo": '''def log_sigmoid(l):
    """ln p"""
    return np.minimum(l, 0) - np.log1p(np.exp(-abs(l)))


def negative_elbo(logits, x, mu, logvar, beta=1.0, verbose=False):
    likelihood = np.mean([row @ log_sigmoid(l) + (1 - row) @ log_sigmoid(-l) for row, l in zip(x, logits)])
    return beta * kl_divergence(mu, logvar) - likelihood''',
    },
    "a log-sum-exp": {
        "negative-elbo": '''def negative_elbo(logits, x, mu, logvar, beta=1.0):
    both = np.stack([np.zeros_like(logits), logits])
    top = both.max(axis=0)
    log_total = top + np.log(np.exp(both - top).sum(axis=0))
    reconstruction = (log_total - x * logits).sum(axis=-1)
    return float(np.average(reconstruction)) + float(beta) * kl_divergence(mu, logvar)''',
    },
    "float conversions": {
        "reparameterize": changed(CODE, ("    sigma =", "    mu = np.asarray(mu, dtype=float)\n    sigma =")),
        "kl-divergence": changed(KL, ("np.exp(logvar)", "np.exp(np.array(logvar, float))")),
        "negative-elbo": changed(
            ELBO, ("    softplus =", "    logits, x = logits.astype(float), 1.0 * x\n    softplus =")),
        "latent-backward": changed(BACK, ("    N =", "    dz, mu = np.array(dz, float), np.array(mu, float)\n    N =")),
    },
    "type hints and a print": {
        "reparameterize": '''def reparameterize(mu: np.ndarray, logvar: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """z = mu + sigma * eps"""
    print("mu", mu.shape)
    std = np.exp(logvar) ** 0.5
    return mu + std * noise''',
        "latent-backward": changed(BACK, ("beta=1.0):", "beta=1.0, check=False):\n    assert dz.shape == mu.shape")),
    },
    "mean over the rows first": {
        "kl-divergence": '''def kl_divergence(mu, logvar):
    each = np.mean(mu ** 2 + np.exp(logvar) - 1 - logvar, axis=0)
    return each.sum() / 2''',
        "negative-elbo": '''def negative_elbo(logits, x, mu, logvar, beta=1.0):
    pixel = np.mean(np.logaddexp(logits, 0) - x * logits, axis=0)
    return pixel.sum() + beta * kl_divergence(mu, logvar)''',
    },
    "the ways one by one": {
        "latent-backward": '''def through_code(dz, logvar, noise):
    return dz.copy(), dz * noise * 0.5 * np.exp(0.5 * logvar)


def through_price(mu, logvar):
    return mu / len(mu), 0.5 * (np.exp(logvar) - np.ones_like(logvar)) / len(mu)


def latent_backward(dz, mu, logvar, noise, beta=1.0):
    a, b = through_code(dz, logvar, noise), through_price(mu, logvar)
    return tuple(code + beta * price for code, price in zip(a, b))''',
    },
    "a list of two": {
        "latent-backward": '''def latent_backward(dz, mu, logvar, noise, beta=1.0):
    scale = beta / mu.shape[0]
    grads = np.stack([dz + scale * mu, 0.5 * dz * noise * np.exp(logvar / 2) + scale * np.expm1(logvar) / 2])
    return [grads[0], grads[1]]''',
    },
    "sinh": {
        "latent-backward": '''def latent_backward(dz, mu, logvar, noise, beta=1.0):
    sigma = np.exp(logvar / 2)
    dmu = dz + beta * mu / dz.shape[0]
    dlogvar = sigma * (dz * noise / 2 + beta * np.sinh(logvar / 2) / dz.shape[0])
    return dmu, dlogvar''',
    },
}


def code(*changes):
    """A slip in reparameterize."""
    return ["test-reparameterize"], {"reparameterize": changed(CODE, *changes)}


def kl(*changes):
    """A slip in kl_divergence."""
    return ["test-kl-divergence"], {"kl-divergence": changed(KL, *changes)}


def elbo(*changes):
    """A slip in negative_elbo."""
    return ["test-negative-elbo"], {"negative-elbo": changed(ELBO, *changes)}


def back(*changes):
    """A slip in latent_backward."""
    return ["test-latent-backward"], {"latent-backward": changed(BACK, *changes)}


SOFTPLUS = "np.maximum(logits, 0) + np.log1p(np.exp(-np.abs(logits)))"
TERMS = "softplus - x * logits"
PROBABILITY = "    p = 1 / (1 + np.exp(-logits))\n    softplus ="
PRICE = "beta * (np.exp(logvar) - 1) / (2 * N)"
THROUGH = "dz * noise * sigma / 2"

WRONG = {
    # task 1
    "the variance for sigma": code(("logvar / 2", "logvar")),
    "logvar for sigma": code(("np.exp(logvar / 2)", "logvar")),
    "the root of logvar": code(("np.exp(logvar / 2)", "np.exp(np.sqrt(np.abs(logvar)))")),
    "one over sigma": code(("logvar / 2", "-logvar / 2")),
    "sigma squared twice": code(("logvar / 2", "2 * logvar")),
    "noise forgotten": code((" * noise", "")),
    "noise of its own": code(("* noise", "* np.random.default_rng(0).normal(size=mu.shape)")),
    "minus noise": code(("mu + sigma", "mu - sigma")),
    "mu stretched, too": code(("mu + sigma * noise", "(mu + noise) * sigma")),
    "mu forgotten": code(("mu + sigma", "sigma")),
    "the first sigma for all": code(("sigma * noise", "sigma[0] * noise")),
    "a matrix product of squares": code(("mu + sigma * noise", "mu + sigma @ noise.T @ np.eye(*mu.shape)")),
    "mu in place": code(("return mu + sigma * noise", "mu += sigma * noise\n    return mu")),
    "noise in place": code(("return mu + sigma * noise", "noise *= sigma\n    return mu + noise")),
    "logvar in place": code(("sigma = np.exp(logvar / 2)", "logvar /= 2\n    sigma = np.exp(logvar)")),
    "base ten": code(("np.exp(logvar / 2)", "10 ** (logvar / 2)")),
    "clouds not too wide": code(("np.exp(logvar / 2)", "np.minimum(np.exp(logvar / 2), 1)")),
    # task 2
    "no half": kl((" / 2", "")),
    "minus": kl(("return float(", "return -float(")),
    "sigma for the variance": kl(("np.exp(logvar)", "np.exp(logvar / 2)")),
    "logvar for the variance": kl(("np.exp(logvar)", "logvar")),
    "logvar squared": kl(("np.exp(logvar)", "np.exp(logvar) ** 2")),
    "logarithm of the logarithm": kl(("1 - logvar", "1 - np.log(np.abs(logvar) + 1e-9)")),
    "half the logarithm": kl(("1 - logvar", "1 - logvar / 2")),
    "plus the logarithm": kl(("1 - logvar", "1 + logvar")),
    "no logarithm": kl(("1 - logvar", "1")),
    "no one": kl((" - 1 ", " ")),
    "mu not squared": kl(("mu ** 2", "mu")),
    "the size of mu": kl(("mu ** 2", "np.abs(mu)")),
    "one for each picture": kl(("terms = (mu ** 2 + var - 1 - logvar) / 2", "terms = (mu ** 2 + var - logvar) / 2"),
                               ("terms.sum(axis=1)", "(terms.sum(axis=1) - 0.5)")),
    "a mean over all": kl(("terms.sum(axis=1).mean()", "terms.mean()")),
    "a sum over all": kl(("terms.sum(axis=1).mean()", "terms.sum()")),
    "the other axis": kl(("sum(axis=1)", "sum(axis=0)")),
    "each picture's price": kl(("float(terms.sum(axis=1).mean())", "terms.sum(axis=1)")),
    "half of it for mu only": kl(("(mu ** 2 + var - 1 - logvar) / 2", "mu ** 2 / 2 + var - 1 - logvar")),
    "divided by two latent numbers": kl(("terms.sum(axis=1).mean()", "terms.sum() / 2")),
    "logvar overwritten": kl(("np.exp(logvar)", "np.exp(logvar, out=logvar)")),
    "never below a nat": kl(("terms.sum(axis=1)", "np.maximum(terms, 0.1).sum(axis=1)")),
    "clipped logvar": kl(("    var =", "    logvar = np.clip(logvar, -1.5, 1.5)\n    var =")),
    # task 3
    "literally": elbo(("    softplus =", PROBABILITY), (TERMS, "-x * np.log(p) - (1 - x) * np.log(1 - p)")),
    "a small number in the logarithm": elbo(
        ("    softplus =", PROBABILITY), (TERMS, "-x * np.log(p + 1e-12) - (1 - x) * np.log(1 - p + 1e-12)")),
    "clipped probabilities": elbo(
        ("    softplus =", "    p = np.clip(1 / (1 + np.exp(-logits)), 1e-7, 1 - 1e-7)\n    softplus ="),
        (TERMS, "-x * np.log(p) - (1 - x) * np.log(1 - p)")),
    "clipped logits": elbo(("    softplus =", "    logits = np.clip(logits, -500, 500)\n    softplus =")),
    "NaN as 0": elbo(
        ("    softplus =", PROBABILITY), (TERMS, "np.nan_to_num(-x * np.log(p) - (1 - x) * np.log(1 - p), posinf=0)")),
    "overflows above": elbo((SOFTPLUS, "np.log1p(np.exp(logits))")),
    "overflows below": elbo((SOFTPLUS, "logits + np.log1p(np.exp(-logits))")),
    "no tail": elbo((SOFTPLUS, "np.maximum(logits, 0)")),
    "exp of plus": elbo(("-np.abs(logits)", "np.abs(logits)")),
    "only ink": elbo((TERMS, "x * (softplus - logits)")),
    "only white": elbo((TERMS, "(1 - x) * softplus")),
    "ink and white exchanged": elbo((TERMS, "softplus - (1 - x) * logits")),
    "the logit turned": elbo((TERMS, "softplus + x * logits")),
    "greys rounded": elbo((TERMS, "softplus - np.round(x) * logits")),
    "ink or not": elbo((TERMS, "softplus - (x > 0) * logits")),
    "a likelihood": elbo(("float(entropies.sum(axis=1).mean() +", "float(-entropies.sum(axis=1).mean() +")),
    "price subtracted": elbo(("mean() + beta", "mean() - beta")),
    "mean over the pixels": elbo(("entropies.sum(axis=1).mean()", "entropies.mean()")),
    "sum over the pictures": elbo(("entropies.sum(axis=1).mean()", "entropies.sum()")),
    "pixels for pictures": elbo(("entropies.sum(axis=1).mean()", "entropies.sum() / logits.shape[1]")),
    "64 pixels": elbo(("entropies.sum(axis=1).mean()", "entropies.mean() * 64")),
    "no price": elbo((" + beta * kl_divergence(mu, logvar)", "")),
    "no beta": elbo(("beta * kl", "kl")),
    "beta for all": elbo(("entropies.sum(axis=1).mean() + beta * kl_divergence(mu, logvar)",
                          "beta * (entropies.sum(axis=1).mean() + kl_divergence(mu, logvar))")),
    "beta as a share": elbo(("float(entropies", "float((1 - beta / 2) * 2 * entropies")),
    "another default": elbo(("beta=1.0", "beta=0.5")),
    "no price for beta 0 or less than 1": elbo(("beta * kl", "int(beta) * kl")),
    "price divided again": elbo(("kl_divergence(mu, logvar)", "kl_divergence(mu, logvar) / len(x)")),
    "mu and logvar exchanged": elbo(("(mu, logvar))", "(logvar, mu))")),
    "squares": elbo(("    softplus =", PROBABILITY), (TERMS, "(p - x) ** 2")),
    "measured in bits": elbo(("entropies = softplus - x * logits", "entropies = (softplus - x * logits) / np.log(2)")),
    "one number for each picture": elbo(("float(entropies.sum(axis=1).mean() + beta * kl_divergence(mu, logvar))",
                                        "entropies.sum(axis=1) + beta * kl_divergence(mu, logvar)")),
    # task 4
    "no price of mu": back((" + beta * mu / N", "")),
    "no price of logvar": back((" + " + PRICE, "")),
    "no N in mu": back(("beta * mu / N", "beta * mu")),
    "no N in logvar": back(("/ (2 * N)", "/ 2")),
    "N is Z": back(("N = len(mu)", "N = mu.shape[1]")),
    "N is two": back(("N = len(mu)", "N = 2")),
    "N and Z": back(("N = len(mu)", "N = mu.size")),
    "dz divided again": back(("dmu = dz +", "dmu = dz / N +"), (THROUGH, THROUGH + " / N")),
    "beta forgotten": back(("beta * ", "")),
    "beta in mu only": back((PRICE, "(np.exp(logvar) - 1) / (2 * N)")),
    "beta in everything": back(("dmu = dz + beta * mu / N", "dmu = beta * (dz + mu / N)")),
    "beta 1 by default only": back(("beta=1.0", "beta=0.0")),
    "twice mu": back(("beta * mu", "2 * beta * mu")),
    "minus the price of mu": back(("dz + beta", "dz - beta")),
    "minus the price of logvar": back(("+ " + PRICE, "- " + PRICE)),
    "the price of logvar turned": back(("np.exp(logvar) - 1", "1 - np.exp(logvar)")),
    "by sigma through z": back((THROUGH, "dz * noise")),
    "no half through z": back((THROUGH, "dz * noise * sigma")),
    "the variance through z": back((THROUGH, "dz * noise * np.exp(logvar) / 2")),
    "no noise through z": back((THROUGH, "dz * sigma / 2")),
    "no dz through z": back((THROUGH, "noise * sigma / 2")),
    "price by sigma": back((PRICE, "beta * (sigma - 1 / sigma) / N")),
    "price by the variance": back((PRICE, "beta * (1 - 1 / np.exp(logvar)) / (2 * N)")),
    "price with sigma": back((PRICE, "beta * (sigma - 1) / (2 * N)")),
    "price without the one": back(("np.exp(logvar) - 1", "np.exp(logvar)")),
    "price without half": back(("(2 * N)", "N")),
    "through z, of the new dmu": back(("dz * noise", "dmu * noise")),
    "exchanged": back(("return dmu, dlogvar", "return dlogvar, dmu")),
    "summed over the batch": back(("return dmu, dlogvar", "return dmu.sum(axis=0), dlogvar.sum(axis=0)")),
    "one array": back(("return dmu, dlogvar", "return np.concatenate([dmu, dlogvar], axis=1)")),
    "dz in place": back(("    dmu = dz + beta * mu / N\n", ""),
                        ("    return", "    dz += beta * mu / N\n    dmu = dz\n    return")),
    "noise scaled in place": back((THROUGH, "np.multiply(noise, sigma, out=noise) * dz / 2")),
    "the variance in place": back(
        ("    dlogvar =", "    np.exp(logvar, out=logvar)\n    dlogvar ="),
        ("(np.exp(logvar)", "(logvar")),
    "noise of z": back(("    sigma =", "    noise = mu + np.exp(logvar / 2) * noise\n    sigma =")),
}
