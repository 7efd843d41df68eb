"""The class that hands in vae."""

from autograder.sample_class.changes import Change, answered, mistaken, unchanged, written

NO_SUCH_NAME = """def latent_backward(dz, mu, logvar, noise, beta=1.0):
    sigma = np.exp(logvar / 2)
    dmu = dz + beta * mu / len(mu)
    dlogvar = dz * eps * sigma / 2 + beta * (sigma**2 - 1) / (2 * len(mu))
    return dmu, dlogvar
"""
NO_BRACKET = """def kl_divergence(mu, logvar):
    terms = mu ** 2 + np.exp(logvar) - 1 - logvar) / 2
    return terms.sum(axis=1).mean()
"""

# student -> (what happened, the notebook they started from is untouched?, what they did to it)
STUDENTS: dict[str, tuple[str, bool, Change]] = {
    "ada": ("correct, as in the solution", False, unchanged),
    "bela": ("correct, number by number", False, answered("vae_loops")),
    "chidi": ("correct, by sigma and the chain rule", False, answered("vae_sigma")),
    "dora": ("probabilities clipped", False, mistaken("vae", "probability-clipped")),
    "emil": ("a half of the chain rule forgotten", False, mistaken("vae", "through-z-without-half")),
    "fatima": ("an exception in latent_backward", False, written("latent-backward", NO_SUCH_NAME)),
    "goran": ("the price summed over the pictures", False, mistaken("vae", "price-summed")),
    "hana": ("a syntax error in one cell", False, written("kl-divergence", NO_BRACKET)),
    "omar": ("handed in the untouched exercise", True, unchanged),
    "pia": ("the first two tasks only", False, answered("vae_half")),
}  # fmt: skip
