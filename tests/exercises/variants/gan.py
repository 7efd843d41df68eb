"""Answers to gan, right and wrong, and the test cells in which the wrong ones lose points."""

from autograder.marking.mistakes import changed
from autograder.sample_class.changes import answers
from tests.exercises.variants import wrong

# Answers of the sample class that stand here, too.
FUNCTIONS_ANSWER = answers("gan_functions")
LOOPS_ANSWER = answers("gan_loops")

DETECTIVE = """def discriminator_loss(real_logits, fake_logits):
    R, F = len(real_logits), len(fake_logits)
    loss = np.logaddexp(0, -real_logits).mean() + np.logaddexp(0, fake_logits).mean()
    D_real = 0.5 * np.tanh(0.5 * real_logits) + 0.5
    D_fake = 0.5 * np.tanh(0.5 * fake_logits) + 0.5
    return loss, (D_real - 1) / R, D_fake / F"""

DETECTIVE_LOOP = LOOPS_ANSWER["discriminator-loss"]

FORGER = """def generator_loss(fake_logits, saturating=False):
    F = len(fake_logits)
    D = 0.5 * np.tanh(0.5 * fake_logits) + 0.5
    if saturating:
        return -np.logaddexp(0, fake_logits).mean(), -D / F
    return np.logaddexp(0, -fake_logits).mean(), (D - 1) / F"""

BEST = """def optimal_discriminator(p_data, p_model):
    total = p_data + p_model
    nothing = total == 0
    return np.where(nothing, 0.5, p_data / np.where(nothing, 1.0, total))"""

COVERED = """def modes_covered(samples, centres, radius, at_least):
    count = 0
    for centre in centres:
        distance = np.sqrt(((samples - centre) ** 2).sum(axis=1))
        if (distance <= radius).sum() >= at_least:
            count += 1
    return count"""

TABLE = """def modes_covered(samples, centres, radius, at_least):
    difference = samples[:, None, :] - centres[None, :, :]
    near = np.linalg.norm(difference, axis=-1) <= radius
    return int((near.sum(axis=0) >= at_least).sum())"""

STEP = """def train_step(generator, discriminator, real, noise_d, noise_g):
    fake = generator.forward(noise_d)
    logits = discriminator.forward(np.concatenate([real, fake]))
    d_loss, d_real, d_fake = discriminator_loss(logits[:len(real)], logits[len(real):])
    discriminator.zero_grad()
    discriminator.backward(np.concatenate([d_real, d_fake]))
    discriminator.step()

    fake = generator.forward(noise_g)
    logits = discriminator.forward(fake)
    g_loss, d_logits = generator_loss(logits)
    generator.zero_grad()
    d_points = discriminator.backward(d_logits)
    generator.backward(d_points)
    generator.step()
    return d_loss, g_loss"""

# two ways back in the detective's turn, each after its own way forward
STEP_TWICE = LOOPS_ANSWER["train-step"]

RIGHT = {
    "plain": {"discriminator-loss": DETECTIVE, "generator-loss": FORGER, "optimal-discriminator": BEST,
              "modes-covered": COVERED, "train-step": STEP},
    "other styles": {"discriminator-loss": DETECTIVE_LOOP, "modes-covered": TABLE, "train-step": STEP_TWICE},
    "a plain sigmoid that warns": {"discriminator-loss": """def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def discriminator_loss(real_logits, fake_logits):
    loss = np.mean(np.logaddexp(0.0, -real_logits)) + np.mean(np.logaddexp(0.0, fake_logits))
    return float(loss), (sigmoid(real_logits) - 1) / real_logits.size, sigmoid(fake_logits) / fake_logits.size"""},
    "cross-entropy with targets": {"discriminator-loss": FUNCTIONS_ANSWER["discriminator-loss"],
        "generator-loss": FUNCTIONS_ANSWER["generator-loss"]},
    "all logits in one array": {"discriminator-loss": """def discriminator_loss(real_logits, fake_logits):
    R, F = len(real_logits), len(fake_logits)
    z = np.concatenate([-real_logits, fake_logits], axis=0)
    weight = np.concatenate([np.full_like(real_logits, 1 / R), np.full_like(fake_logits, 1 / F)])
    loss = np.sum(weight * np.logaddexp(z, 0))
    grad = weight * np.exp(-np.logaddexp(0, -z))
    return loss, -grad[:R], grad[R:]"""},
    "a detective's class": {"discriminator-loss": """class Softplus:
    def __call__(self, z):
        return np.where(z > 0, z, 0) + np.log(1 + np.exp(-abs(z)))

    def slope(self, z):
        return np.exp(z - self(z))


def discriminator_loss(real_logits: np.ndarray, fake_logits: np.ndarray) -> tuple:
    f = Softplus()
    return (f(-real_logits).mean() + f(fake_logits).mean(),
            -f.slope(-real_logits) / real_logits.shape[0], f.slope(fake_logits) / fake_logits.shape[0])"""},
    "large logits one by one": {"discriminator-loss": """def discriminator_loss(real_logits, fake_logits):
    def ln_sigmoid(z):
        return -z if z < -30 else (np.exp(-z) if z > 30 else np.log(1 + np.exp(-z)))

    def sigmoid(z):
        return 0.0 if z < -700 else 1 / (1 + np.exp(-z))

    R, F = real_logits.size, fake_logits.size
    loss = sum(ln_sigmoid(z) for z in real_logits.flat) / R + sum(ln_sigmoid(-z) for z in fake_logits.flat) / F
    d_real = np.array([-sigmoid(-z) / R for z in real_logits.flat]).reshape(real_logits.shape)
    d_fake = np.array([sigmoid(z) / F for z in fake_logits.flat]).reshape(fake_logits.shape)
    return loss, d_real, d_fake"""},
    "clipped for the gradient only": {
        "discriminator-loss": """def discriminator_loss(real_logits, fake_logits, verbose=True):
    loss = np.average(np.logaddexp(0, -real_logits)) + np.average(np.logaddexp(0, fake_logits))
    d_real = -1 / (1 + np.exp(np.clip(real_logits, -500, 500)))
    d_fake = 1 / (1 + np.exp(-np.clip(fake_logits, -500, 500)))
    if verbose:
        print("loss of the detective", loss)
    d_real /= len(d_real)
    d_fake /= len(d_fake)
    return loss, d_real, d_fake"""},
    "the forger through the detective": {"generator-loss": """def generator_loss(fake_logits, saturating=False):
    sign = -1 if saturating else 1
    z = sign * fake_logits
    loss = sign * np.mean(np.logaddexp(0, -z))
    return loss, -np.exp(-np.logaddexp(0, z)) / len(z)"""},
    "the forger asks task 1": {"generator-loss": """def generator_loss(fake_logits, saturating=False):
    none = np.zeros(1)
    if saturating:
        loss, _, grad = discriminator_loss(none, fake_logits)
        return np.log(2) - loss, -grad
    loss, grad, _ = discriminator_loss(fake_logits, none)
    return loss - np.log(2), grad"""},
    "the forger, entry by entry": {"generator-loss": LOOPS_ANSWER["generator-loss"]},
    "the forger, ln D and ln 1 - D": {"generator-loss": """def generator_loss(fake_logits, saturating=False):
    ln_D = np.minimum(fake_logits, 0) - np.log1p(np.exp(-np.abs(fake_logits)))
    ln_not_D = ln_D - fake_logits
    loss = ln_not_D if saturating else -ln_D
    d_fake = np.exp(ln_D) if saturating else np.exp(ln_not_D)
    return float(np.mean(loss)), -d_fake / d_fake.size"""},
    "0.5 filled in, points by dist": {"optimal-discriminator": """def optimal_discriminator(p_data, p_model):
    best = np.full(p_data.shape, 0.5)
    some = (p_data > 0) | (p_model > 0)
    best[some] = p_data[some] / (p_data[some] + p_model[some])
    return best""", "modes-covered": LOOPS_ANSWER["modes-covered"]},
    "NaN replaced, squares compared": {
        "optimal-discriminator": """def optimal_discriminator(p_data, p_model):
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nan_to_num(p_data / (p_data + p_model), nan=0.5)""",
        "modes-covered": """def modes_covered(samples, centres, radius, at_least):
    squares = ((centres[:, None] - samples[None]) ** 2).sum(-1)
    return np.count_nonzero((squares <= radius ** 2).sum(axis=1) >= at_least)"""},
    "divide with where, nearest sorted": {
        "optimal-discriminator": FUNCTIONS_ANSWER["optimal-discriminator"],
        "modes-covered": FUNCTIONS_ANSWER["modes-covered"]},
    "odds, counts in a dictionary": {"optimal-discriminator": """def optimal_discriminator(p_data, p_model):
    best = 1 / (1 + p_model / p_data)
    best[(p_data == 0) & (p_model == 0)] = 0.5
    return best""", "modes-covered": """def modes_covered(samples, centres, radius, at_least):
    hits = {k: 0 for k in range(len(centres))}
    for sample in samples:
        for k in hits:
            hits[k] += bool(np.sqrt(np.sum((sample - centres[k]) ** 2)) <= radius)
    return sum(1 for n in hits.values() if n >= at_least)"""},
    "place by place": {"optimal-discriminator": LOOPS_ANSWER["optimal-discriminator"]},
    "np.vectorize": {"optimal-discriminator": """def optimal_discriminator(p, q, otherwise=0.5):
    return np.vectorize(lambda a, b: a / (a + b) if a + b else otherwise, otypes=[float])(p, q)""",
        "modes-covered": """def modes_covered(samples, centres, radius, at_least):
    near = np.sqrt(np.einsum("nkd,nkd->nk", *[samples[:, None] - centres] * 2)) <= radius
    return np.sum(np.sum(near, 0) >= at_least).item()"""},
    "both forgeries first": {"train-step": """def train_step(generator, discriminator, real, noise_d, noise_g):
    first, second = generator.forward(noise_d), generator.forward(noise_g)
    discriminator.zero_grad()
    out = discriminator.forward(np.vstack((first, real)))
    n = len(first)
    d_loss, d_real, d_fake = discriminator_loss(out[n:], out[:n])
    discriminator.backward(np.vstack((d_fake, d_real)))
    discriminator.step()
    g_loss, back = generator_loss(discriminator.forward(second))
    generator.zero_grad()
    generator.backward(discriminator.backward(back))
    generator.step()
    return d_loss, g_loss"""},
    "real first, then fake": {"train-step": """def train_step(generator, discriminator, real, noise_d, noise_g):
    discriminator.zero_grad()
    z_real = discriminator.forward(real)
    discriminator.backward(discriminator_loss(z_real, np.zeros((1, 1)))[1])
    z_fake = discriminator.forward(generator.forward(noise_d))
    d_loss, _, d_fake = discriminator_loss(z_real, z_fake)
    discriminator.backward(d_fake)
    discriminator.step()
    generator.zero_grad()
    points = generator.forward(noise_g)
    g_loss, d_fake = generator_loss(discriminator.forward(points))
    generator.backward(discriminator.backward(d_fake))
    discriminator.zero_grad()
    generator.step()
    return d_loss, g_loss"""},
    "a copy of the detective": {"train-step": changed(STEP, ("def train_step", """import copy

def train_step"""), (
        "    fake = generator.forward(noise_g)\n    logits = discriminator", """    fake = generator.forward(noise_g)
    judge = copy.deepcopy(discriminator)
    logits = judge"""), ("d_points = discriminator.", "d_points = judge."))},
    "two functions": {"train-step": """def detectives_turn(generator, discriminator, real, noise):
    both = np.r_[real, generator.forward(noise)]
    logits = discriminator.forward(both)
    loss, *grads = discriminator_loss(*np.split(logits, [real.shape[0]]))
    discriminator.zero_grad()
    discriminator.backward(np.concatenate(grads, axis=0))
    discriminator.step()
    return loss


def forgers_turn(generator, discriminator, noise):
    loss, grad = generator_loss(discriminator.forward(generator.forward(noise)))
    for network in (generator, discriminator):
        network.zero_grad()
    for network in (discriminator, generator):
        grad = network.backward(grad)
    generator.step()
    return loss


def train_step(generator, discriminator, real, noise_d, noise_g):
    players = generator, discriminator
    return [detectives_turn(*players, real, noise_d), forgers_turn(*players, noise_g)]"""},
    "without tasks 1 and 2": {"train-step": """def train_step(generator, discriminator, real, noise_d, noise_g):
    R, F, M = len(real), len(noise_d), len(noise_g)
    discriminator.zero_grad()
    z = discriminator.forward(np.concatenate([real, generator.forward(noise_d)]))
    y = np.repeat([[1.0], [0.0]], [R, F], axis=0)
    share = np.repeat([[1 / R], [1 / F]], [R, F], axis=0)
    d_loss = (share * np.logaddexp(0, np.where(y == 1, -z, z))).sum()
    discriminator.backward(share * (1 / (1 + np.exp(-z)) - y))
    discriminator.step()
    generator.zero_grad()
    z = discriminator.forward(generator.forward(noise_g))
    g_loss = np.logaddexp(0, -z).sum() / M
    generator.backward(discriminator.backward(-1 / (1 + np.exp(z)) / M))
    generator.step()
    return d_loss, g_loss"""},
}  # fmt: skip


detective = wrong("test-discriminator-loss", "discriminator-loss", DETECTIVE)
forger = wrong("test-generator-loss", "generator-loss", FORGER)
best = wrong("test-optimal-discriminator", "optimal-discriminator", BEST)
covered = wrong("test-modes-covered", "modes-covered", COVERED)
step = wrong("test-train-step", "train-step", STEP)
LOSS = "np.logaddexp(0, -real_logits).mean() + np.logaddexp(0, fake_logits).mean()"
SOFT_REAL, SOFT_FAKE = LOSS.split(" + ")

WRONG = {
    "sum for mean, real": detective((SOFT_REAL, "np.logaddexp(0, -real_logits).sum()")),
    "sum for mean, fake": detective((SOFT_FAKE, "np.logaddexp(0, fake_logits).sum()")),
    "one mean over all": detective(
        (LOSS, "np.concatenate([np.logaddexp(0, -real_logits), np.logaddexp(0, fake_logits)]).mean()")
    ),
    "half of both means": detective((LOSS, f"({LOSS}) / 2")),
    "half of both means, gradients too": detective(
        (LOSS, f"({LOSS}) / 2"), ("(D_real - 1) / R, D_fake / F", "(D_real - 1) / R / 2, D_fake / F / 2")
    ),
    "labels exchanged in the loss": detective((LOSS, LOSS.replace("-real", "real").replace("(0, fake", "(0, -fake"))),
    "labels exchanged in the gradients": detective(("(D_real - 1) / R, D_fake / F", "D_real / R, (D_fake - 1) / F")),
    "what the detective maximises": detective(
        (LOSS, f"-({LOSS})"), ("(D_real - 1)", "(1 - D_real)"), ("D_fake / F", "-D_fake / F")
    ),
    "gradients up": detective(("(D_real - 1) / R, D_fake / F", "(1 - D_real) / R, -D_fake / F")),
    "gradient of real forgets the 1": detective(("D_real - 1", "D_real")),
    "gradients of a sum": detective((" / R, D_fake / F", ", D_fake")),
    "both by R": detective(("D_fake / F", "D_fake / R")),
    "both by F": detective(("(D_real - 1) / R", "(D_real - 1) / F")),
    "both by all": detective((" / R, D_fake / F", " / (R + F), D_fake / (R + F)")),
    "gradients by D": detective((", (D_real - 1) / R, D_fake / F", ", -1 / D_real / R, 1 / (1 - D_fake) / F")),
    "flat gradients": detective(("(D_real - 1) / R", "(D_real - 1).ravel() / R"), ("D_fake / F", "D_fake.ravel() / F")),
    "gradients always as columns": detective(
        ("(D_real - 1) / R", "(D_real - 1).reshape(-1, 1) / R"), ("D_fake / F", "D_fake.reshape(-1, 1) / F")
    ),
    "logarithm of D": detective(
        (LOSS, "-np.log(1 / (1 + np.exp(-real_logits))).mean() - np.log(1 - 1 / (1 + np.exp(-fake_logits))).mean()")
    ),
    "a little more than 0": detective(
        (
            LOSS,
            "-np.log(1 / (1 + np.exp(-real_logits)) + 1e-12).mean() "
            "- np.log(1 - 1 / (1 + np.exp(-fake_logits)) + 1e-12).mean()",
        )
    ),
    "logits clipped at 50": detective(
        (
            "    loss =",
            "    real_logits = np.clip(real_logits, -50, 50)\n"
            "    fake_logits = np.clip(fake_logits, -50, 50)\n    loss =",
        )
    ),
    "log of 1 plus exp": detective(
        (LOSS, "np.log(1 + np.exp(-real_logits)).mean() + np.log(1 + np.exp(fake_logits)).mean()")
    ),
    "exp over 1 plus exp": detective(
        ("D_fake = 0.5 * np.tanh(0.5 * fake_logits) + 0.5", "D_fake = np.exp(fake_logits) / (1 + np.exp(fake_logits))")
    ),
    "logits turned where they lie": detective(
        (LOSS, LOSS.replace("-real_logits", "np.negative(real_logits, out=real_logits)")),
        ("0.5 * real_logits", "-0.5 * real_logits"),
    ),
    "logits clipped where they lie": detective(
        ("    loss =", "    kept = fake_logits.copy()\n    np.clip(fake_logits, -30, 30, out=fake_logits)\n    loss ="),
        ("np.logaddexp(0, fake_logits)", "np.logaddexp(0, kept)"),
    ),
    "a loss for each example": detective((SOFT_REAL, SOFT_REAL[:-7]), (SOFT_FAKE, SOFT_FAKE[:-7])),
    "logarithm to base 2": detective((LOSS, f"({LOSS}) / np.log(2)")),
    "a scale of tanh": detective(("0.5 * np.tanh(0.5 * fake_logits)", "0.5 * np.tanh(fake_logits)")),
    "fake first": detective(("(D_real - 1) / R, D_fake / F", "D_fake / F, (D_real - 1) / R")),
    "only the real ones cost": detective((LOSS, SOFT_REAL)),
    "mistakes counted": detective((LOSS, "(real_logits < 0).mean() + (fake_logits > 0).mean()")),
    "saturating the other way round": forger(("if saturating", "if not saturating")),
    "saturating is always on": forger(("if saturating", "if True")),
    "saturating is never on": forger(("if saturating", "if False")),
    "saturating by default": forger(("saturating=False", "saturating=True")),
    "saturating without minus": forger(
        ("return -np.logaddexp(0, fake_logits).mean(), -D", "return np.logaddexp(0, fake_logits).mean(), D")
    ),
    "saturating, gradient up": forger((", -D / F", ", D / F")),
    "saturating, gradient of the other": forger((", -D / F", ", (D - 1) / F")),
    "usual, gradient of the other": forger((", (D - 1) / F", ", -D / F")),
    "usual, gradient up": forger(("(D - 1) / F", "(1 - D) / F")),
    "usual loss without minus": forger(
        ("return np.logaddexp(0, -fake_logits)", "return -np.logaddexp(0, -fake_logits)")
    ),
    "forger, gradients of a sum": forger(("-D / F", "-D"), ("(D - 1) / F", "D - 1")),
    "forger, losses are sums": forger((".mean()", ".sum()")),
    "forger, saturating sum": forger(("-np.logaddexp(0, fake_logits).mean()", "-np.logaddexp(0, fake_logits).sum()")),
    "forger, logarithm of D": forger(
        ("np.logaddexp(0, -fake_logits).mean()", "-np.log(1 / (1 + np.exp(-fake_logits))).mean()")
    ),
    "forger, logarithm of 1 - D": forger(
        ("-np.logaddexp(0, fake_logits).mean()", "np.log(1 - 1 / (1 + np.exp(-fake_logits))).mean()")
    ),
    "forger, log of 1 plus exp": forger(
        ("-np.logaddexp(0, fake_logits).mean()", "-np.log1p(np.exp(fake_logits)).mean()")
    ),
    "forger, logits clipped": forger(("    D = ", "    fake_logits = np.clip(fake_logits, -100, 100)\n    D = ")),
    "forger, flat gradient": forger(("    D = ", "    fake_logits = fake_logits.ravel()\n    D = ")),
    "forger, always a column": forger(("    if", "    D = D.reshape(-1, 1)\n    if")),
    "forger, logits clipped where they lie": forger(
        ("    D = ", "    kept = fake_logits.copy()\n    np.clip(fake_logits, -30, 30, out=fake_logits)\n    D = "),
        ("logaddexp(0, fake_logits)", "logaddexp(0, kept)"),
        ("logaddexp(0, -fake_logits)", "logaddexp(0, -kept)"),
    ),
    "forger, a square matrix": forger(("-D / F", "-D / F * np.ones(F)"), ("(D - 1) / F", "(D - 1) / F * np.ones(F)")),
    "forger, logits moved": forger(
        ("    D = ", "    fake_logits *= 0.5\n    D = "),
        ("np.tanh(0.5 * fake_logits)", "np.tanh(fake_logits)"),
        ("(0, fake_logits)", "(0, 2 * fake_logits)"),
        ("(0, -fake_logits)", "(0, -2 * fake_logits)"),
    ),
    "forger, slope of the sigmoid": forger(("(D - 1) / F", "(D - 1) * D * (1 - D) / F")),
    "forger, gradient first": forger(
        (
            "return np.logaddexp(0, -fake_logits).mean(), (D - 1) / F",
            "return (D - 1) / F, np.logaddexp(0, -fake_logits).mean()",
        )
    ),
    "forger, by rounded D": forger(("    if", "    D = np.clip(D, 0.01, 0.99)\n    if")),
    "best, share of the forged": best(("p_data / np", "p_model / np")),
    "best, 0 where nothing is": best(("nothing, 0.5", "nothing, 0.0")),
    "best, NaN where nothing is": best(
        ("np.where(nothing, 0.5, p_data / np.where(nothing, 1.0, total))", "p_data / total")
    ),
    "best, a small number below": best(
        ("np.where(nothing, 0.5, p_data / np.where(nothing, 1.0, total))", "(p_data + 1e-8) / (total + 2e-8)")
    ),
    "best, 0.5 where little is": best(("total == 0", "total < 1e-6")),
    "best, 0.5 where one is 0": best(("total == 0", "p_data * p_model == 0")),
    "best, 0.5 where nothing is real": best(("total == 0", "p_data == 0")),
    "best, 0.5 where nothing is forged": best(("total == 0", "p_model == 0")),
    "best, odds": best(("np.where(nothing, 1.0, total)", "np.where(nothing | (p_model == 0), 1.0, p_model)")),
    "best, a hard decision": best(("p_data / np.where(nothing, 1.0, total)", "p_data > p_model")),
    "best, densities normalised first": best(
        ("    total", "    p_data, p_model = p_data / p_data.sum(), p_model / p_model.sum()\n    total")
    ),
    "best, squares": best(
        ("p_data / np.where(nothing, 1.0, total)", "p_data ** 2 / np.where(nothing, 1.0, p_data ** 2 + p_model ** 2)")
    ),
    "best, written into p_data": best(
        (
            "    return np.where(nothing, 0.5, p_data / np.where(nothing, 1.0, total))",
            """    p_data[nothing] = 1
    total[nothing] = 2
    return p_data / total""",
        )
    ),
    "best, total in p_model": best(("total = p_data + p_model", "total = p_model\n    total += p_data")),
    "best, one axis": best(
        (
            "    return np.where(nothing, 0.5, p_data / np.where(nothing, 1.0, total))",
            """    return np.array([
        0.5 if p + q == 0 else p / (p + q) for p, q in zip(p_data.ravel(), p_model.ravel())])""",
        )
    ),
    "best, a sigmoid of the densities": best(
        ("p_data / np.where(nothing, 1.0, total)", "1 / (1 + np.exp(p_model - p_data))")
    ),
    "covered, radius excluded": covered(("<= radius", "< radius")),
    "covered, more than at_least": covered((">= at_least", "> at_least")),
    "covered, one is enough": covered((">= at_least", ">= 1")),
    "covered, squared distance": covered(
        ("np.sqrt(((samples - centre) ** 2).sum(axis=1))", "((samples - centre) ** 2).sum(axis=1)")
    ),
    "covered, city blocks": covered(
        ("np.sqrt(((samples - centre) ** 2).sum(axis=1))", "np.abs(samples - centre).sum(axis=1)")
    ),
    "covered, largest difference": covered(
        ("np.sqrt(((samples - centre) ** 2).sum(axis=1))", "np.abs(samples - centre).max(axis=1)")
    ),
    "covered, two dimensions": covered(
        ("((samples - centre) ** 2).sum(axis=1)", "(samples[:, 0] - centre[0]) ** 2 + (samples[:, 1] - centre[1]) ** 2")
    ),
    "covered, nearest centre only": (
        ["test-modes-covered"],
        {
            "modes-covered": """def modes_covered(samples, centres, radius, at_least):
    distance = np.linalg.norm(samples[:, None] - centres, axis=-1)
    nearest = distance.argmin(axis=1)
    near = distance.min(axis=1) <= radius
    return int(sum((near & (nearest == k)).sum() >= at_least for k in range(len(centres))))"""
        },
    ),
    "covered, samples counted": covered(("return int((near.sum(axis=0)", "return int((near.sum(axis=1)"), source=TABLE),
    "covered, near pairs": covered(
        ("return int((near.sum(axis=0) >= at_least).sum())", "return int(near.sum() // at_least)"), source=TABLE
    ),
    "covered, a table of answers": covered(
        ("int((near.sum(axis=0) >= at_least).sum())", "near.sum(axis=0) >= at_least"), source=TABLE
    ),
    "covered, yes or no": covered(
        ("return int((near.sum(axis=0) >= at_least).sum())", "return int((near.sum(axis=0) >= at_least).all())"),
        source=TABLE,
    ),
    "covered, a share": covered(("return count", "return count / len(centres)")),
    "covered, stops at the first": covered(
        ("            count += 1", "            count += 1\n        else:\n            break")
    ),
    "covered, samples used up": covered(
        ("            count += 1", "            count += 1\n            samples = samples[distance > radius]")
    ),
    "covered, nearest of none": covered(
        (
            "(distance <= radius).sum() >= at_least",
            "distance.min() <= radius and (distance <= radius).sum() >= at_least",
        )
    ),
    "covered, mean distance": covered(
        ("(distance <= radius).sum() >= at_least", "len(distance) >= at_least and distance.mean() <= radius")
    ),
    "covered, no samples is all": covered(
        ("    count = 0", "    if len(samples) == 0:\n        return len(centres)\n    count = 0")
    ),
    "covered, counts go on": covered(
        ("    count = 0", "    count = hits = 0"),
        (
            "        if (distance <= radius).sum() >= at_least",
            "        hits += (distance <= radius).sum()\n        if hits >= at_least",
        ),
    ),
    "step, fake ones only": step(("    discriminator.backward(np", "    d_real[:] = 0\n    discriminator.backward(np")),
    "step, real ones only": step(("    discriminator.backward(np", "    d_fake[:] = 0\n    discriminator.backward(np")),
    "step, gradients the other way": step(("np.concatenate([d_real, d_fake])", "np.concatenate([d_fake, d_real])")),
    "step, cut at half": step(("logits[:len(real)], logits[len(real):]", "*np.array_split(logits, 2)")),
    "step, cut by noise_d": step(
        ("logits[:len(real)], logits[len(real):]", "logits[:len(noise_d)], logits[len(noise_d):]")
    ),
    "step, labels exchanged": step(
        ("logits[:len(real)], logits[len(real):]", "logits[len(real):], logits[:len(real)]"),
        ("[d_real, d_fake]", "[d_fake, d_real]"),
    ),
    "step, old gradients of the detective": step(("    discriminator.zero_grad()\n", "")),
    "step, old gradients of the forger": step(("    generator.zero_grad()\n", "")),
    "step, detective emptied after its way back": step(
        ("    discriminator.zero_grad()\n", ""),
        ("    discriminator.step()", "    discriminator.zero_grad()\n    discriminator.step()"),
    ),
    "step, forger emptied after its way back": step(
        ("    generator.zero_grad()\n", ""), ("    generator.step()", "    generator.zero_grad()\n    generator.step()")
    ),
    "step, emptied at the end only": step(
        ("    generator.zero_grad()\n", ""),
        ("    discriminator.zero_grad()\n", ""),
        ("    return", "    generator.zero_grad()\n    discriminator.zero_grad()\n    return"),
    ),
    "step, detective learns twice": step(("    generator.step()", "    generator.step()\n    discriminator.step()")),
    "step, detective learns at the end": step(
        ("    discriminator.step()\n", ""), ("    generator.step()", "    generator.step()\n    discriminator.step()")
    ),
    "step, the forger moves in both turns": step(
        (
            "    discriminator.backward(np.concatenate([d_real, d_fake]))\n",
            """    generator.zero_grad()
    generator.backward(discriminator.backward(np.concatenate([d_real, d_fake]))[len(real):])
    generator.step()
""",
        )
    ),
    "step, the forger keeps what the detective's turn gave": step(
        (
            "    discriminator.backward(np.concatenate([d_real, d_fake]))\n",
            """    generator.zero_grad()
    generator.backward(discriminator.backward(np.concatenate([d_real, d_fake]))[len(real):])
""",
        ),
        ("    generator.zero_grad()\n    d_points", "    d_points"),
    ),
    "step, the old detective judges": step(
        ("    discriminator.step()\n\n", "\n"),
        ("    g_loss, d_logits", "    discriminator.step()\n    g_loss, d_logits"),
    ),
    "step, two ways forward, then back": step(
        ("    logits = discriminator.forward(np.concatenate([real, fake]))\n", ""),
        (
            "discriminator_loss(logits[:len(real)], logits[len(real):])",
            "discriminator_loss(discriminator.forward(real), discriminator.forward(fake))",
        ),
        ("backward(np.concatenate([d_real, d_fake]))", "backward(d_real)\n    discriminator.backward(d_fake)"),
    ),
    "step, noise_d in both turns": step(("noise_g)\n    logits", "noise_d)\n    logits")),
    "step, noise_g in both turns": step(("forward(noise_d)", "forward(noise_g)")),
    "step, noises exchanged": step(
        ("forward(noise_d)", "forward(NOISE)"),
        ("forward(noise_g)", "forward(noise_d)"),
        ("forward(NOISE)", "forward(noise_g)"),
    ),
    "step, noise of its own": step(("forward(noise_g)", "forward(np.random.normal(size=noise_g.shape))")),
    "step, saturating": step(("generator_loss(logits)", "generator_loss(logits, True)")),
    "step, the forger helps the detective": step(("backward(d_logits)", "backward(-d_logits)")),
    "step, past the detective": step(
        ("d_points = discriminator.backward(d_logits)", "d_points = np.repeat(d_logits, fake.shape[1], axis=1)")
    ),
    "step, forger's turn first": (
        ["test-train-step"],
        {
            "train-step": """def train_step(generator, discriminator, real, noise_d, noise_g):
    g_loss, d_logits = generator_loss(discriminator.forward(generator.forward(noise_g)))
    generator.zero_grad()
    generator.backward(discriminator.backward(d_logits))
    generator.step()
    logits = discriminator.forward(np.concatenate([real, generator.forward(noise_d)]))
    d_loss, d_real, d_fake = discriminator_loss(logits[:len(real)], logits[len(real):])
    discriminator.zero_grad()
    discriminator.backward(np.concatenate([d_real, d_fake]))
    discriminator.step()
    return d_loss, g_loss"""
        },
    ),
    "step, forger's loss first": step(("return d_loss, g_loss", "return g_loss, d_loss")),
    "step, losses after the steps": step(
        (
            "    return",
            """    g_loss, _ = generator_loss(discriminator.forward(generator.forward(noise_g)))
    return""",
        )
    ),
    "step, detective's loss after its step": step(
        (
            "    discriminator.step()\n",
            """    discriminator.step()
    logits = discriminator.forward(np.concatenate([real, fake]))
    d_loss = discriminator_loss(logits[:len(real)], logits[len(real):])[0]
""",
        )
    ),
    "step, no step of the forger": step(("    generator.step()\n", "")),
    "step, no step of the detective": step(("    discriminator.step()\n", "")),
    "step, as many real ones as fake": step(
        ("    logits = discriminator.forward(np", "    real = real[:len(fake)]\n    logits = discriminator.forward(np")
    ),
    "step, plain descent": step(
        (
            "    generator.step()",
            """    for p in generator.parameters:
        p.data -= generator.optimizer.lr * p.grad""",
        )
    ),
    "step, fresh optimiser": step(
        ("    generator.step()", "    Adam(generator.parameters, lr=generator.optimizer.lr, betas=(0.5, 0.999)).step()")
    ),
    "step, one loss": step(("return d_loss, g_loss", "return d_loss + g_loss")),
    "step, mean of the detective's losses": step(("return d_loss, g_loss", "return d_loss / 2, g_loss")),
}
