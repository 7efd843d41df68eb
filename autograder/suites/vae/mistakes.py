"""Known wrong answers to vae: the right one with a line or two changed, so that the slip stands out."""

from autograder.marking.mistakes import Mistake, changed

REPARAMETERIZE = """
def reparameterize(mu, logvar, noise):
    return mu + np.exp(logvar / 2) * noise
"""

KL_DIVERGENCE = """
def kl_divergence(mu, logvar):
    terms = (mu**2 + np.exp(logvar) - 1 - logvar) / 2
    return float(np.mean(np.sum(terms, axis=1)))
"""

NEGATIVE_ELBO = """
def negative_elbo(logits, x, mu, logvar, beta=1.0):
    terms = np.maximum(logits, 0) - x * logits + np.log1p(np.exp(-np.abs(logits)))
    return float(np.mean(np.sum(terms, axis=1))) + beta * kl_divergence(mu, logvar)
"""

LATENT_BACKWARD = """
def latent_backward(dz, mu, logvar, noise, beta=1.0):
    dmu = dz + beta * mu / len(mu)
    dlogvar = dz * noise * np.exp(logvar / 2) / 2 + beta * (np.exp(logvar) - 1) / (2 * len(mu))
    return dmu, dlogvar
"""

MEAN = "float(np.mean(np.sum(terms, axis=1)))"
STABLE = "np.maximum(logits, 0) - x * logits + np.log1p(np.exp(-np.abs(logits)))"
KL_NUMBERS = ["test_kl_mean", "test_kl_variance"]
ELBO_NUMBERS = ["test_elbo_black_and_white", "test_elbo_grey"]
ELBO_TESTS = [*ELBO_NUMBERS, "test_elbo_sums_over_pixels", "test_elbo_averages_over_pictures", "test_elbo_large_logits",
              "test_elbo_price", "test_elbo_beta"]
BACKWARD_TESTS = ["test_backward_mu_through_z", "test_backward_logvar_through_z", "test_backward_mu_price",
                  "test_backward_logvar_price", "test_backward_price_of_a_batch", "test_backward_beta",
                  "test_backward_keeps_inputs"]


def cross_entropy(form):
    """negative_elbo with another formula for the cross-entropy of a pixel."""
    return {"negative-elbo": changed(NEGATIVE_ELBO, (STABLE, form))}


def backward(*changes):
    """latent_backward with some changes."""
    return {"latent-backward": changed(LATENT_BACKWARD, *changes)}


MISTAKES = [
    Mistake(
        "variance-for-deviation",
        says="The noise is multiplied by the variance; it should be multiplied by the standard deviation.",
        hint="logvar is ln(sigma**2), so exp(logvar) is the variance. Halve the logarithm, or take the root.",
        cells={"reparameterize": changed(REPARAMETERIZE, ("logvar / 2", "logvar"))},
        fails=["test_reparameterize_spread"]),

    Mistake(
        "logarithm-for-deviation",
        says="The noise is multiplied by logvar itself; it should be multiplied by the standard deviation.",
        hint="The encoder says a logarithm, which may be negative. exp turns it into a variance, the root of which "
             "is the standard deviation.",
        cells={"reparameterize": changed(REPARAMETERIZE, ("np.exp(logvar / 2)", "logvar"))},
        fails=["test_reparameterize_mean", "test_reparameterize_spread"]),

    Mistake(
        "deviation-from-the-logarithm",
        says="The root is taken of logvar, before exp.",
        hint="sigma is the root of the variance. The root of a logarithm is nothing, and NaN where it is negative.",
        cells={"reparameterize": changed(REPARAMETERIZE, ("np.exp(logvar / 2)", "np.exp(np.sqrt(logvar))"))},
        fails=["test_reparameterize_spread"]),

    Mistake(
        "no-noise",
        says="The code is the mean plus the standard deviation: noise is not used.",
        hint="Two pictures with the same cloud should get different codes. Multiply sigma by the noise that came in.",
        cells={"reparameterize": changed(REPARAMETERIZE, (" * noise", ""))},
        fails=["test_reparameterize_mean", "test_reparameterize_spread"]),

    Mistake(
        "mean-in-place",
        says="The codes are right, but mu is changed on the way.",
        hint="mu += ... works inside the caller's array, and the price of the cloud needs mu as it was. Write mu + ...",
        cells={"reparameterize": changed(REPARAMETERIZE, ("return mu + np.exp(logvar / 2) * noise",
                                                          "mu += np.exp(logvar / 2) * noise\n    return mu"))},
        fails=["test_reparameterize_keeps_inputs"]),

    Mistake(
        "half-forgotten",
        says="KL is twice what it should be: the half in front of the bracket is missing.",
        hint="Put mu = 2, sigma = 1 into the formula by hand: 4 / 2.",
        cells={"kl-divergence": changed(KL_DIVERGENCE, (" / 2\n", "\n"))},
        fails=KL_NUMBERS),

    # Before minus-price, of which it gives one of the answers.
    Mistake(
        "price-subtracted",
        says="The price is subtracted; it should be added.",
        hint="The lower bound is minus cross-entropy minus KL. This is its negative, so both parts are positive.",
        cells={"negative-elbo": changed(NEGATIVE_ELBO, ("+ beta", "- beta"))},
        fails=["test_elbo_price"]),

    Mistake(
        "minus-price",
        says="KL has the wrong sign: the bracket is that of the evidence lower bound, which is to be maximised.",
        hint="Papers write 1 + ln sigma**2 - mu**2 - sigma**2 with a minus, or a plus, in front, whether they minimise "
             "or maximise. A distance is never negative.",
        cells={"kl-divergence": changed(KL_DIVERGENCE, ("(mu**2 + np.exp(logvar) - 1 - logvar)",
                                                        "(1 + logvar - mu**2 - np.exp(logvar))"))},
        fails=KL_NUMBERS),

    Mistake(
        "deviation-for-variance",
        says="The standard deviation stands in KL where the variance belongs.",
        hint="The formula has sigma squared: exp(logvar), without a half.",
        cells={"kl-divergence": changed(KL_DIVERGENCE, ("np.exp(logvar)", "np.exp(logvar / 2)"))},
        fails=["test_kl_variance"]),

    Mistake(
        "logarithm-for-variance",
        says="logvar squared stands in KL where the variance belongs.",
        hint="The variance is exp(logvar). The logarithm of something, squared, is not its square.",
        cells={"kl-divergence": changed(KL_DIVERGENCE, ("np.exp(logvar)", "logvar**2"))},
        fails=["test_kl_variance"]),

    Mistake(
        "logarithm-twice",
        says="KL takes the logarithm of logvar, which is a logarithm already.",
        hint="logvar is ln(sigma**2), just what stands at the end of the formula. The logarithm of a negative number "
             "is NaN.",
        cells={"kl-divergence": changed(KL_DIVERGENCE, ("- logvar)", "- np.log(logvar))"))},
        fails=["test_kl_variance"], recognisable=False),

    Mistake(
        "logarithm-of-deviation",
        says="KL subtracts ln sigma; it should subtract ln sigma**2.",
        hint="ln sigma is half of ln sigma**2, and logvar is the latter.",
        cells={"kl-divergence": changed(KL_DIVERGENCE, ("- logvar)", "- logvar / 2)"))},
        fails=["test_kl_variance"]),

    Mistake(
        "one-forgotten",
        says="The 1 in the bracket of KL is missing.",
        hint="At mu = 0 and sigma = 1 the price is zero. What does yours say there?",
        cells={"kl-divergence": changed(KL_DIVERGENCE, (" - 1", ""))},
        fails=["test_kl_variance"]),

    Mistake(
        "one-once-for-all",
        says="The 1 of KL is subtracted once; it belongs to each latent number.",
        hint="It stands inside the sum over k: with Z latent numbers it comes Z times.",
        cells={"kl-divergence": changed(
            KL_DIVERGENCE, (" - 1", ""), (MEAN, "float(np.mean(np.sum(terms, axis=1) - 0.5))"))},
        fails=["test_kl_sums_over_latent_numbers"]),

    Mistake(
        "price-averaged",
        says="KL is averaged over the latent numbers, too.",
        hint="A mean over everything also divides by Z. Sum over the latent numbers first, then average over pictures.",
        cells={"kl-divergence": changed(KL_DIVERGENCE, (MEAN, "float(np.mean(terms))"))},
        fails=["test_kl_sums_over_latent_numbers"]),

    Mistake(
        "price-summed",
        says="KL is summed over the pictures; it should be averaged.",
        hint="A batch twice as large should not cost twice as much. The sum is over Z, the mean over N.",
        cells={"kl-divergence": changed(KL_DIVERGENCE, (MEAN, "float(np.sum(terms))"))},
        fails=["test_kl_averages_over_pictures"]),

    Mistake(
        "price-other-axis",
        says="In KL sum and mean have changed places: it is summed over pictures, averaged over latent numbers.",
        hint="Rows are pictures. axis=1 runs along a row, over its latent numbers: that is the sum.",
        cells={"kl-divergence": changed(KL_DIVERGENCE, ("axis=1", "axis=0"))},
        fails=["test_kl_sums_over_latent_numbers", "test_kl_averages_over_pictures"]),

    Mistake(
        "price-of-each-picture",
        says="kl_divergence returns a price for each picture; the mean over them is missing.",
        hint="After the sum over latent numbers there are still N prices. One number is asked for.",
        cells={"kl-divergence": changed(KL_DIVERGENCE, (MEAN, "np.sum(terms, axis=1)"))},
        fails=["test_kl_averages_over_pictures"]),

    Mistake(
        "literal-cross-entropy",
        says="The cross-entropy is computed from p, which rounds to 0 and 1 for large logits.",
        hint="For logit -1000, ln p is ln(1 / (1 + e**1000)), which is -ln(1 + e**1000), and nearly -1000. "
             "Simplify so before you compute.",
        cells=cross_entropy("-x * np.log(1 / (1 + np.exp(-logits))) - (1 - x) * np.log(1 - 1 / (1 + np.exp(-logits)))"),
        fails=["test_elbo_large_logits"], recognisable=False),

    Mistake(
        "probability-clipped",
        says="p is kept away from 0 and 1 before the logarithm, so that large logits cost too little.",
        hint="Clipping makes the loss finite, and wrong: a logit of 1000 for a white pixel costs 1000, not a "
             "logarithm of a small number that you chose.",
        cells=cross_entropy("-x * np.log(np.clip(1 / (1 + np.exp(-logits)), 1e-12, 1 - 1e-12)) - (1 - x)"
                            " * np.log(1 - np.clip(1 / (1 + np.exp(-logits)), 1e-12, 1 - 1e-12))"),
        fails=["test_elbo_large_logits"]),

    Mistake(
        "overflowing-softplus",
        says="ln(1 + e**logit) overflows for large logits.",
        hint="The formula is right on paper. For a large logit take the logit out of the logarithm first: "
             "ln(1 + e**l) = l + ln(1 + e**-l).",
        cells=cross_entropy("np.log(1 + np.exp(logits)) - x * logits"),
        fails=["test_elbo_large_logits"], recognisable=False),

    Mistake(
        "ink-only",
        says="Only -x ln p is there; what a pixel without ink costs is missing.",
        hint="With x = 0 nothing would be asked of the decoder. The second half, (1 - x) ln(1 - p), asks it.",
        cells=cross_entropy("x * np.logaddexp(0, -logits)"),
        fails=ELBO_NUMBERS),

    Mistake(
        "logit-sign",
        says="Ink and no ink are exchanged: a high logit costs where there is ink.",
        hint="A high logit says that there is ink, so it should be cheap where x = 1.",
        cells=cross_entropy("np.maximum(logits, 0) - (1 - x) * logits + np.log1p(np.exp(-np.abs(logits)))"),
        fails=[*ELBO_NUMBERS, "test_elbo_large_logits"]),

    Mistake(
        "cross-entropy-negative",
        says="The cross-entropy has the wrong sign: this is the log-likelihood, which is to be maximised.",
        hint="A loss gets smaller as p gets better. The logarithm of a probability is negative, hence the minus.",
        cells=cross_entropy(f"-({STABLE})"),
        fails=ELBO_NUMBERS),

    Mistake(
        "greys-rounded",
        says="Grey pixels are taken for white or black ones.",
        hint="x may lie anywhere between 0 and 1 and weighs both halves of the formula. Nothing has to be "
             "compared with 0.5.",
        cells=cross_entropy("np.logaddexp(0, np.where(x > 0.5, -logits, logits))"),
        fails=["test_elbo_grey"]),

    Mistake(
        "squared-error",
        says="The reconstruction is measured by squared error; cross-entropy is asked for.",
        hint="Squared error belongs to pictures with Gaussian noise. Here each pixel has a probability of ink.",
        cells=cross_entropy("(1 / (1 + np.exp(-logits)) - x) ** 2"),
        fails=[*ELBO_NUMBERS, "test_elbo_large_logits"]),

    Mistake(
        "pixels-averaged",
        says="The cross-entropy is averaged over the pixels, too.",
        hint="A mean over everything also divides by D, and the price then weighs D times too much. Sum over "
             "the pixels of a picture, then average over pictures.",
        cells={"negative-elbo": changed(NEGATIVE_ELBO, (MEAN, "float(np.mean(terms))"))},
        fails=["test_elbo_sums_over_pixels"]),

    Mistake(
        "pictures-summed",
        says="The cross-entropy is summed over the pictures; it should be averaged.",
        hint="A batch twice as large should not cost twice as much. The sum is over D, the mean over N.",
        cells={"negative-elbo": changed(NEGATIVE_ELBO, (MEAN, "float(np.sum(terms))"))},
        fails=["test_elbo_averages_over_pictures"]),

    Mistake(
        "price-forgotten",
        says="The loss is cross-entropy alone: the price is missing.",
        hint="Add beta times your kl_divergence(mu, logvar).",
        cells={"negative-elbo": changed(NEGATIVE_ELBO, (" + beta * kl_divergence(mu, logvar)", ""))},
        fails=["test_elbo_price", "test_elbo_beta"]),

    Mistake(
        "beta-unused",
        says="beta is not used in the loss.",
        hint="With beta = 0 only the cross-entropy should be left.",
        cells={"negative-elbo": changed(NEGATIVE_ELBO, ("beta * ", ""))},
        fails=["test_elbo_beta"]),

    Mistake(
        "beta-for-both",
        says="beta multiplies the whole loss; it belongs to the price alone.",
        hint="With beta = 0 the cross-entropy should be left, not nothing.",
        cells={"negative-elbo": changed(NEGATIVE_ELBO, (f"{MEAN} + beta * kl_divergence(mu, logvar)",
                                                        f"beta * ({MEAN} + kl_divergence(mu, logvar))"))},
        fails=["test_elbo_beta"]),

    Mistake(
        "mu-price-forgotten",
        says="dmu has only the way through z; what the price adds is missing.",
        hint="mu also stands in KL. Add beta times the slope of KL by mu.",
        cells=backward((" + beta * mu / len(mu)", " + 0 * mu")),
        fails=["test_backward_mu_price"]),

    Mistake(
        "logvar-price-forgotten",
        says="dlogvar has only the way through z; what the price adds is missing.",
        hint="logvar also stands in KL. Add beta times the slope of KL by logvar.",
        cells=backward((" + beta * (np.exp(logvar) - 1) / (2 * len(mu))", "")),
        fails=["test_backward_logvar_price"]),

    Mistake(
        "price-without-mean",
        says="The gradients of KL miss the mean over the pictures.",
        hint="KL is divided by N, and so is its slope. dz needs nothing of the kind: its mean is inside already.",
        cells=backward(("mu / len(mu)", "mu"), ("(2 * len(mu))", "2")),
        fails=["test_backward_price_of_a_batch"]),

    Mistake(
        "mean-over-all",
        says="The gradients of KL are divided by N times Z; they should be divided by N.",
        hint="mu.size counts all entries. KL is a mean over the pictures only.",
        cells=backward(("len(mu)", "mu.size")),
        fails=["test_backward_price_of_a_batch"]),

    Mistake(
        "mean-twice",
        says="dz is divided by N once more; its mean is inside already.",
        hint="Look at what the docstring says of dz, and divide only what comes from KL.",
        cells=backward(("dz + beta", "dz / len(mu) + beta"), ("dz * noise", "dz / len(mu) * noise")),
        fails=["test_backward_mu_through_z", "test_backward_logvar_through_z"]),

    Mistake(
        "through-z-by-sigma",
        says="In dlogvar, on the way through z, the differentiation is by sigma; it should be by logvar.",
        hint="z = mu + e**(s / 2) * noise. By the chain rule the derivative by s keeps e**(s / 2), and gets a half.",
        cells=backward(("dz * noise * np.exp(logvar / 2) / 2", "dz * noise")),
        fails=["test_backward_logvar_through_z"]),

    Mistake(
        "through-z-without-half",
        says="In dlogvar, on the way through z, the half of the chain rule is missing.",
        hint="sigma is e**(s / 2). What does the derivative of s / 2 bring along?",
        cells=backward(("np.exp(logvar / 2) / 2", "np.exp(logvar / 2)")),
        fails=["test_backward_logvar_through_z"]),

    Mistake(
        "through-z-variance",
        says="In dlogvar, on the way through z, the variance stands where the standard deviation belongs.",
        hint="z has sigma in it, which is e**(s / 2), and so has its derivative by s.",
        cells=backward(("np.exp(logvar / 2) / 2", "np.exp(logvar) / 2")),
        fails=["test_backward_logvar_through_z"]),

    Mistake(
        "noise-forgotten",
        says="In dlogvar, on the way through z, the noise is missing.",
        hint="How much z moves with sigma depends on the draw: by epsilon. That is why noise is an argument.",
        cells=backward(("dz * noise * ", "dz * ")),
        fails=["test_backward_logvar_through_z"]),

    Mistake(
        "price-by-sigma",
        says="In dlogvar the slope of KL is taken by sigma; it should be taken by logvar.",
        hint="By sigma it is sigma - 1 / sigma. Write KL with s = logvar, e**s - s, and differentiate that.",
        cells=backward(("(np.exp(logvar) - 1) / (2 * len(mu))",
                        "(np.exp(logvar / 2) - np.exp(-logvar / 2)) / len(mu)")),
        fails=["test_backward_logvar_price"]),

    Mistake(
        "price-by-variance",
        says="In dlogvar the slope of KL is taken by the variance; it should be taken by logvar.",
        hint="By the variance v it is (1 - 1 / v) / 2. The chain rule still wants the derivative of v = e**s.",
        cells=backward(("(np.exp(logvar) - 1)", "(1 - np.exp(-logvar))")),
        fails=["test_backward_logvar_price"]),

    Mistake(
        "price-one-forgotten",
        says="In dlogvar the slope of KL misses the -1, which comes from -ln sigma**2.",
        hint="At sigma = 1 the price is at its lowest, so its slope is zero there. Is yours?",
        cells=backward(("(np.exp(logvar) - 1)", "np.exp(logvar)")),
        fails=["test_backward_logvar_price"]),

    Mistake(
        "price-without-half",
        says="In dlogvar the slope of KL is twice what it should be.",
        hint="For mu the half of the formula cancels against the square; for logvar it stays.",
        cells=backward(("(2 * len(mu))", "len(mu)")),
        fails=["test_backward_logvar_price"]),

    Mistake(
        "mu-price-doubled",
        says="In dmu the slope of KL is twice what it should be.",
        hint="The square brings a 2, the formula has a half in front.",
        cells=backward(("beta * mu", "beta * 2 * mu")),
        fails=["test_backward_mu_price"]),

    Mistake(
        "gradient-beta-unused",
        says="beta is not used in the gradients.",
        hint="With beta = 0 only the way through z should be left.",
        cells=backward(("beta * ", "")),
        fails=["test_backward_beta"]),

    Mistake(
        "gradient-beta-for-both",
        says="beta multiplies the way through z as well; it belongs to the price alone.",
        hint="dz is the gradient of the cross-entropy, which is not multiplied by beta.",
        cells=backward(("dz + beta", "beta * dz + beta"), ("dz * noise", "beta * dz * noise")),
        fails=["test_backward_mu_through_z", "test_backward_logvar_through_z"]),

    Mistake(
        "gradients-swapped",
        says="The two gradients come in the wrong order.",
        hint="The docstring says (dmu, dlogvar).",
        cells=backward(("return dmu, dlogvar", "return dlogvar, dmu")),
        fails=["test_backward_mu_through_z", "test_backward_logvar_through_z", "test_backward_mu_price",
               "test_backward_logvar_price"]),

    Mistake(
        "gradient-in-place",
        says="The gradients are right, but dz is changed on the way.",
        hint="dmu = dz gives the caller's array a second name, and += then changes it. Start with dz + ...",
        cells=backward(("    dmu = dz + beta * mu / len(mu)\n", ""),
                       ("    return", "    dmu = dz\n    dmu += beta * mu / len(mu)\n    return")),
        fails=["test_backward_keeps_inputs"]),

    *(
        Mistake(
            f"{cell}-returns-nothing",
            says=f"{cell.replace('-', '_')} returns nothing: its last line, with return, is missing.",
            hint="What a function has computed is gone when it ends, unless it hands it over with return. print only "
                 "shows it.",
            cells={cell: source},
            fails=fails)
        for cell, source, fails in [
            ("reparameterize", changed(REPARAMETERIZE, ("return ", "z = ")),
             ["test_reparameterize_mean", "test_reparameterize_spread", "test_reparameterize_keeps_inputs"]),
            ("kl-divergence", changed(KL_DIVERGENCE, ("return ", "kl = ")), [
                *KL_NUMBERS, "test_kl_sums_over_latent_numbers", "test_kl_averages_over_pictures"]),
            ("negative-elbo", changed(NEGATIVE_ELBO, ("return ", "loss = ")), ELBO_TESTS),
            ("latent-backward", changed(LATENT_BACKWARD, ("    return dmu, dlogvar\n", "")), BACKWARD_TESTS),
        ]
    ),
]
