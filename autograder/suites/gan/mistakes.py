"""Known wrong answers to gan: the right one with a line or two changed, so that the slip stands out."""

from autograder.marking.mistakes import Mistake, changed

SIGMOID = """
def sigmoid(z):
    return 0.5 * np.tanh(0.5 * z) + 0.5
"""

DISCRIMINATOR_LOSS = SIGMOID + """
def discriminator_loss(real_logits, fake_logits):
    real_terms = np.logaddexp(0, -real_logits)
    fake_terms = np.logaddexp(0, fake_logits)
    loss = np.mean(real_terms) + np.mean(fake_terms)
    d_real = (sigmoid(real_logits) - 1) / len(real_logits)
    d_fake = sigmoid(fake_logits) / len(fake_logits)
    return float(loss), d_real, d_fake
"""

GENERATOR_LOSS = SIGMOID + """
def generator_loss(fake_logits, saturating=False):
    if saturating:
        loss = -np.mean(np.logaddexp(0, fake_logits))
        d_fake = -sigmoid(fake_logits) / len(fake_logits)
    else:
        loss = np.mean(np.logaddexp(0, -fake_logits))
        d_fake = (sigmoid(fake_logits) - 1) / len(fake_logits)
    return float(loss), d_fake
"""

OPTIMAL_DISCRIMINATOR = """
def optimal_discriminator(p_data, p_model):
    total = p_data + p_model
    nothing = total == 0
    return np.where(nothing, 0.5, p_data / np.where(nothing, 1, total))
"""

MODES_COVERED = """
def modes_covered(samples, centres, radius, at_least):
    distances = np.linalg.norm(samples[:, None] - centres, axis=2)
    near = np.sum(distances <= radius, axis=0)
    return int(np.sum(near >= at_least))
"""

HEAD = """
def train_step(generator, discriminator, real, noise_d, noise_g):
"""

FIRST_TURN = """
    fake = generator.forward(noise_d)
    real_logits = discriminator.forward(real)
    fake_logits = discriminator.forward(fake)
    d_loss, d_real, d_fake = discriminator_loss(real_logits, fake_logits)
    discriminator.zero_grad()
    discriminator.backward(d_fake)
    discriminator.forward(real)
    discriminator.backward(d_real)
    discriminator.step()
"""

SECOND_TURN = """
    logits = discriminator.forward(generator.forward(noise_g))
    g_loss, d_logits = generator_loss(logits)
    generator.zero_grad()
    generator.backward(discriminator.backward(d_logits))
    generator.step()
"""

END = """
    return d_loss, g_loss
"""

TRAIN_STEP = HEAD + FIRST_TURN + SECOND_TURN + END

LITERAL = "1 / (1 + np.exp(-{}))"
D_GRADIENTS = ["test_d_gradient_real", "test_d_gradient_fake"]
D_LARGE = ["test_d_loss_large_logits", "test_d_gradient_large_logits"]
D_TESTS = ["test_d_loss", "test_d_loss_means", *D_GRADIENTS, "test_d_gradient_shares", *D_LARGE, "test_d_columns"]
G_LOSSES, G_GRADIENTS = (["test_g_loss", "test_g_loss_saturating"], ["test_g_gradient", "test_g_gradient_saturating"])
G_LARGE = ["test_g_loss_large_logits", "test_g_gradient_large_logits"]
G_TESTS = [*G_LOSSES, *G_GRADIENTS, "test_g_means", *G_LARGE, "test_g_columns"]
BEST_TESTS = ["test_best", "test_best_zeros", "test_best_tiny", "test_best_keeps_densities"]
MODES_TESTS = ["test_modes", "test_modes_at_the_radius", "test_modes_overlapping", "test_modes_kinds"]
STEP_TESTS = ["test_step_d_loss", "test_step_discriminator", "test_step_g_loss", "test_step_generator",
              "test_step_forgets_old_gradients", "test_step_keeps_arrays"]


def detective(*changes):
    """discriminator_loss with some changes."""
    return {"discriminator-loss": changed(DISCRIMINATOR_LOSS, *changes)}


def forger(*changes):
    """generator_loss with some changes."""
    return {"generator-loss": changed(GENERATOR_LOSS, *changes)}


def best(*changes):
    """optimal_discriminator with some changes."""
    return {"optimal-discriminator": changed(OPTIMAL_DISCRIMINATOR, *changes)}


def modes(*changes):
    """modes_covered with some changes."""
    return {"modes-covered": changed(MODES_COVERED, *changes)}


def step(*changes):
    """train_step with some changes."""
    return {"train-step": changed(TRAIN_STEP, *changes)}


MISTAKES = [
    # Two of train_step first: slips in generator_loss give the same answers there, and others elsewhere.
    Mistake(
        "saturating-step",
        says="The forger's step is taken on the saturating loss.",
        hint="The text says: not saturating.",
        cells=step(("generator_loss(logits)", "generator_loss(logits, saturating=True)")),
        fails=["test_step_g_loss", "test_step_generator"]),

    Mistake(
        "forger-helps-detective",
        says="The generator moves against itself: its gradient has the wrong sign.",
        hint="generator_loss falls when D rises, and its gradient says so. No further minus is needed.",
        cells=step(("discriminator.backward(d_logits)", "-discriminator.backward(d_logits)")),
        fails=["test_step_generator"]),

    Mistake(
        "labels-swapped",
        says="Real and fake are exchanged: the loss wants D near 0 for the real examples and near 1 for the fake ones.",
        hint="A real example with a high logit should cost little: -ln D.",
        cells=detective(("np.logaddexp(0, -real_logits)", "np.logaddexp(0, real_logits)"),
                        ("np.logaddexp(0, fake_logits)", "np.logaddexp(0, -fake_logits)"),
                        ("(sigmoid(real_logits) - 1)", "sigmoid(real_logits)"),
                        ("sigmoid(fake_logits) /", "(sigmoid(fake_logits) - 1) /")),
        fails=["test_d_loss", *D_GRADIENTS, *D_LARGE]),

    Mistake(
        "fakes-for-real",
        says="The fake examples are treated like real ones: their part is -ln D, too.",
        hint="For the fake examples D should be near 0. They cost -ln(1 - D).",
        cells=detective(("np.logaddexp(0, fake_logits)", "np.logaddexp(0, -fake_logits)"),
                        ("sigmoid(fake_logits) /", "(sigmoid(fake_logits) - 1) /")),
        fails=["test_d_loss", "test_d_gradient_fake", *D_LARGE]),

    Mistake(
        "log-likelihood",
        says="The loss has the wrong sign: this is the value that the detective maximises.",
        hint="The logarithm of a probability is negative. A loss gets smaller as the detective gets better.",
        cells=detective(("float(loss)", "-float(loss)")),
        fails=["test_d_loss", "test_d_loss_large_logits"]),

    Mistake(
        "one-mean-for-all",
        says="There is one mean over real and fake examples together; the loss is the sum of two means.",
        hint="With two real and two hundred fake examples a common mean would nearly forget the real ones.",
        cells=detective(("np.mean(real_terms) + np.mean(fake_terms)",
                         "(np.sum(real_terms) + np.sum(fake_terms)) / (len(real_terms) + len(fake_terms))")),
        fails=["test_d_loss", "test_d_loss_means"]),

    Mistake(
        "halved",
        says="The loss and its gradients are half of what they should be: the mean of the two means, not their sum.",
        hint="The formula adds the two means. With all logits at 0 the loss is 2 ln 2.",
        cells=detective(("float(loss)", "float(loss) / 2"),
                        ("(sigmoid(real_logits) - 1)", "(sigmoid(real_logits) - 1) / 2"),
                        ("d_fake = sigmoid(fake_logits)", "d_fake = sigmoid(fake_logits) / 2")),
        fails=["test_d_loss", *D_GRADIENTS]),

    Mistake(
        "d-summed",
        says="The loss is a sum over the examples; it should be a mean over the real ones plus one over the fake ones.",
        hint="A batch twice as large should not cost twice as much.",
        cells=detective(("np.mean(real_terms) + np.mean(fake_terms)", "np.sum(real_terms) + np.sum(fake_terms)")),
        fails=["test_d_loss_means"]),

    Mistake(
        "d-literal",
        says="The loss is computed from D, which rounds to 0 and 1 for large logits.",
        hint="For logit -1000, ln D is -ln(1 + e**1000), and nearly -1000. Simplify so before you compute.",
        cells=detective(("np.logaddexp(0, -real_logits)", f"-np.log({LITERAL.format('real_logits')})"),
                        ("np.logaddexp(0, fake_logits)", f"-np.log(1 - {LITERAL.format('fake_logits')})")),
        fails=["test_d_loss_large_logits"], recognisable=False),

    Mistake(
        "d-clipped",
        says="D is kept away from 0 and 1 before the logarithm, so that large logits cost too little.",
        hint="Clipping makes the loss finite, and wrong: a real example with logit -1000 costs 1000.",
        cells=detective(
            ("np.logaddexp(0, -real_logits)", "-np.log(np.clip(sigmoid(real_logits), 1e-12, 1 - 1e-12))"),
            ("np.logaddexp(0, fake_logits)", "-np.log(1 - np.clip(sigmoid(fake_logits), 1e-12, 1 - 1e-12))")),
        fails=["test_d_loss_large_logits"]),

    Mistake(
        "sigmoid-of-infinities",
        says="D is computed as e**l / (1 + e**l), which is infinity / infinity for a large logit.",
        hint="1 / (1 + e**-l) is the same on paper, and gives 0 or 1 where a float can tell no more.",
        cells=detective(("0.5 * np.tanh(0.5 * z) + 0.5", "np.exp(z) / (1 + np.exp(z))")),
        fails=["test_d_gradient_large_logits"], recognisable=False),

    Mistake(
        "d-shares-forgotten",
        says="The gradients miss the means: they are those of the sum over the examples.",
        hint="In a mean over R examples each counts 1 / R, and so does its slope.",
        cells=detective((" / len(real_logits)", ""), (" / len(fake_logits)", "")),
        fails=["test_d_gradient_shares"]),

    Mistake(
        "shares-of-the-real",
        says="Both gradients are divided by the number of real examples.",
        hint="The fake examples have a mean of their own, over F.",
        cells=detective(("/ len(fake_logits)", "/ len(real_logits)")),
        fails=["test_d_gradient_shares"]),

    Mistake(
        "real-gradient-sign",
        says="d_real has the wrong sign: it would push the logits of real examples down.",
        hint="The loss falls where a real example's logit rises, so the slope is negative.",
        cells=detective(("(sigmoid(real_logits) - 1)", "(1 - sigmoid(real_logits))")),
        fails=["test_d_gradient_real", "test_d_gradient_large_logits"]),

    Mistake(
        "real-gradient-one-forgotten",
        says="d_real is D / R; its target, 1, is not subtracted.",
        hint="Lesson 03: the gradient by the logit is probability minus target. For the real ones the target is 1.",
        cells=detective(("(sigmoid(real_logits) - 1)", "sigmoid(real_logits)")),
        fails=["test_d_gradient_real", "test_d_gradient_large_logits"]),

    Mistake(
        "gradient-by-probability",
        says="The gradients are those by D; they should be those by the logits.",
        hint="-1 / D is only the first factor of the chain rule. What is the derivative of D by the logit?",
        cells=detective(("(sigmoid(real_logits) - 1)", "-(1 / sigmoid(real_logits))"),
                        ("d_fake = sigmoid(fake_logits)", "d_fake = 1 / (1 - sigmoid(fake_logits))")),
        fails=D_GRADIENTS),

    Mistake(
        "d-gradients-exchanged",
        says="The two gradients come in the wrong order.",
        hint="The docstring says (loss, d_real, d_fake).",
        cells=detective(("d_real, d_fake\n", "d_fake, d_real\n")),
        fails=D_GRADIENTS),

    Mistake(
        "d-flattened",
        says="The gradients are flat, also where the logits are columns.",
        hint="Whoever hands a column of logits over needs a column of gradients back: the shape of the logits.",
        cells=detective(("float(loss), d_real, d_fake", "float(loss), d_real.ravel(), d_fake.ravel()")),
        fails=["test_d_columns"]),

    Mistake(
        "d-target-row",
        says="Columns of logits meet a row of targets, and NumPy makes a square of the two.",
        hint="(R, 1) minus (R,) is (R, R). A number as the target, or ones_like, fits any shape.",
        cells=detective(("(sigmoid(real_logits) - 1)", "(sigmoid(real_logits) - np.ones(len(real_logits)))")),
        fails=["test_d_columns"]),

    Mistake(
        "d-in-place",
        says="Loss and gradients are right, but the logits are changed on the way.",
        hint="real_logits *= -1 works inside the caller's array. Write -real_logits where you need it.",
        cells=detective(("    real_terms = np.logaddexp(0, -real_logits)",
                         "    real_logits *= -1\n    real_terms = np.logaddexp(0, real_logits)"),
                        ("sigmoid(real_logits) - 1", "sigmoid(-real_logits) - 1")),
        fails=["test_d_columns"]),

    Mistake(
        "versions-exchanged",
        says="The two losses are exchanged: the saturating one is given where it is not asked for.",
        hint="saturating=True asks for ln(1 - D), False for -ln D.",
        cells=forger(("if saturating", "if not saturating")),
        fails=[*G_LOSSES, *G_GRADIENTS, *G_LARGE]),

    Mistake(
        "saturating-unused",
        says="The argument saturating makes no difference: it is always -ln D.",
        hint="With saturating=True the mean of ln(1 - D) is asked for.",
        cells=forger(("if saturating", "if False")),
        fails=["test_g_loss_saturating", "test_g_gradient_saturating", *G_LARGE]),

    Mistake(
        "saturating-minus",
        says="The saturating loss is -ln(1 - D), which is what the detective minimises.",
        hint="The forger wants D to rise. ln(1 - D), without a minus, falls then.",
        cells=forger(("loss = -np.mean(np.logaddexp(0, fake_logits))", "loss = np.mean(np.logaddexp(0, fake_logits))"),
                     ("d_fake = -sigmoid", "d_fake = sigmoid")),
        fails=["test_g_loss_saturating", "test_g_gradient_saturating", *G_LARGE]),

    Mistake(
        "plain-log-d",
        says="The loss that is not saturating has the wrong sign: it is ln D, which is largest for the best forger.",
        hint="A loss gets smaller as the forger gets better: -ln D.",
        cells=forger(("loss = np.mean(np.logaddexp(0, -fake_logits))",
                      "loss = -np.mean(np.logaddexp(0, -fake_logits))"),
                     ("(sigmoid(fake_logits) - 1)", "(1 - sigmoid(fake_logits))")),
        fails=["test_g_loss", "test_g_gradient", *G_LARGE]),

    Mistake(
        "one-gradient-for-both",
        says="The gradient of the saturating loss is that of the other one.",
        hint="Differentiate ln(1 - D) by the logit for itself: where D is almost 0 it is flat.",
        cells=forger(("d_fake = -sigmoid(fake_logits)", "d_fake = (sigmoid(fake_logits) - 1)")),
        fails=["test_g_gradient_saturating", "test_g_gradient_large_logits"]),

    Mistake(
        "saturating-gradient-sign",
        says="The gradient of the saturating loss has the wrong sign.",
        hint="Both losses fall when D rises, so both slopes are negative.",
        cells=forger(("d_fake = -sigmoid", "d_fake = sigmoid")),
        fails=["test_g_gradient_saturating", "test_g_gradient_large_logits"]),

    Mistake(
        "plain-gradient-sign",
        says="The gradient of -ln D has the wrong sign.",
        hint="Both losses fall when D rises, so both slopes are negative.",
        cells=forger(("(sigmoid(fake_logits) - 1)", "(1 - sigmoid(fake_logits))")),
        fails=["test_g_gradient", "test_g_gradient_large_logits"]),

    Mistake(
        "g-summed",
        says="The losses are sums over the examples; they should be means.",
        hint="A batch twice as large should not cost twice as much.",
        cells=forger(("np.mean", "np.sum")),
        fails=["test_g_means"]),

    Mistake(
        "g-shares-forgotten",
        says="The gradients miss the mean: they are those of the sum over the examples.",
        hint="In a mean over F examples each counts 1 / F, and so does its slope.",
        cells=forger((" / len(fake_logits)", "")),
        fails=["test_g_means"]),

    Mistake(
        "g-literal",
        says="The losses are computed from D, which rounds to 0 and 1 for large logits.",
        hint="For logit -1000, ln D is -ln(1 + e**1000), and nearly -1000. Simplify so before you compute.",
        cells=forger(("-np.mean(np.logaddexp(0, fake_logits))",
                      f"np.mean(np.log(1 - {LITERAL.format('fake_logits')}))"),
                     ("np.mean(np.logaddexp(0, -fake_logits))",
                      f"-np.mean(np.log({LITERAL.format('fake_logits')}))")),
        fails=["test_g_loss_large_logits"], recognisable=False),

    Mistake(
        "g-epsilon",
        says="A small number is added before the logarithm, so that large logits cost too little.",
        hint="That makes the loss finite, and wrong: a forged example with logit -1000 costs 1000.",
        cells=forger(("-np.mean(np.logaddexp(0, fake_logits))", "np.mean(np.log(1 - sigmoid(fake_logits) + 1e-12))"),
                     ("np.mean(np.logaddexp(0, -fake_logits))", "-np.mean(np.log(sigmoid(fake_logits) + 1e-12))")),
        fails=["test_g_loss_large_logits"]),

    Mistake(
        "g-flattened",
        says="The gradient is flat, also where the logits are a column.",
        hint="Whoever hands a column of logits over needs a column of gradients back: the shape of the logits.",
        cells=forger(("float(loss), d_fake", "float(loss), d_fake.ravel()")),
        fails=["test_g_columns"]),

    Mistake(
        "best-for-fake",
        says="This is the probability of \"fake\": the two densities are exchanged.",
        hint="Where only real examples are, the best detective says 1.",
        cells=best(("p_data / np", "p_model / np")),
        fails=["test_best", "test_best_zeros", "test_best_tiny"]),

    Mistake(
        "best-ratio",
        says="This is the ratio of the two densities; it is no probability.",
        hint="Where real ones are twice as dense as fake ones, the ratio is 2. D lies between 0 and 1.",
        cells=best(("total = p_data + p_model", "total = p_model + 0")),
        fails=["test_best"]),

    Mistake(
        "best-verdict",
        says="The answers are verdicts, 0 or 1; a probability is asked for.",
        hint="Where both densities are alike nobody can be sure. Set the slope to zero and solve for D.",
        cells=best(("p_data / np.where(nothing, 1, total)", "np.where(p_data > p_model, 1.0, 0.0)")),
        fails=["test_best", "test_best_tiny"]),

    Mistake(
        "best-nan",
        says="Where both densities are zero there is NaN.",
        hint="0 / 0 is NaN. Find these places, and put 0.5 there.",
        cells=best(("np.where(nothing, 0.5, p_data / np.where(nothing, 1, total))", "p_data / total")),
        fails=["test_best_zeros"]),

    Mistake(
        "best-zero",
        says="Where both densities are zero the answer is 0; it should be 0.5.",
        hint="nan_to_num makes 0 of NaN. The text says what to return where nothing ever is.",
        cells=best(("np.where(nothing, 0.5,", "np.where(nothing, 0.0,")),
        fails=["test_best_zeros"]),

    Mistake(
        "best-epsilon",
        says="A small number is added to both densities, which drowns those that are smaller still.",
        hint="Far from the clouds densities of 1e-20 are usual, and their ratio counts. Only exact zeros are an "
             "exception.",
        cells=best(("total = p_data + p_model", "p_data, total = p_data + 1e-12, p_data + p_model + 2e-12")),
        fails=["test_best_tiny"]),

    Mistake(
        "best-almost-zero",
        says="Tiny densities are taken for zero.",
        hint="np.isclose(x, 0) is true up to 1e-8. Only exact zeros are an exception.",
        cells=best(("nothing = total == 0", "nothing = np.isclose(total, 0)")),
        fails=["test_best_tiny"]),

    Mistake(
        "best-in-place",
        says="The answers are right, but the densities are changed on the way.",
        hint="An index on the left of = works inside the caller's array. Make a copy first, or use np.where.",
        cells=best(("return np.where(nothing, 0.5, p_data / np.where(nothing, 1, total))",
                    "p_data[nothing], p_model[nothing] = 0.5, 0.5\n    return p_data / (p_data + p_model)")),
        fails=["test_best_keeps_densities"]),

    Mistake(
        "radius-excluded",
        says="A sample at exactly the radius is not counted.",
        hint="The text says: exactly radius included.",
        cells=modes(("distances <= radius", "distances < radius")),
        fails=["test_modes_at_the_radius"]),

    Mistake(
        "at-least-excluded",
        says="A centre with exactly at_least samples does not count.",
        hint="At least three means three or more.",
        cells=modes((">= at_least", "> at_least")),
        fails=["test_modes"]),

    Mistake(
        "nearest-centre",
        says="Each sample counts only for the centre that is nearest to it.",
        hint="Each centre is judged for itself, so a sample near two centres counts for both.",
        cells=modes(("distances <= radius",
                     "(distances <= radius) & (distances == distances.min(axis=1, keepdims=True))")),
        fails=["test_modes_overlapping"]),

    Mistake(
        "squared-distance",
        says="The squared distance is compared with the radius.",
        hint="Either take the root of the sum of squares, or compare with the square of the radius.",
        cells=modes(("np.linalg.norm(samples[:, None] - centres, axis=2)",
                     "np.sum((samples[:, None] - centres) ** 2, axis=2)")),
        fails=["test_modes", "test_modes_at_the_radius"]),

    Mistake(
        "city-blocks",
        says="The distance is the sum of the differences; it should be the Euclidean one.",
        hint="Euclidean distance: the root of the sum of squares, as the bird flies.",
        cells=modes(("np.linalg.norm(samples[:, None] - centres, axis=2)",
                     "np.sum(np.abs(samples[:, None] - centres), axis=2)")),
        fails=["test_modes", "test_modes_at_the_radius"]),

    Mistake(
        "each-coordinate",
        says="Each coordinate is compared with the radius for itself: that is a square around the centre.",
        hint="Euclidean distance: the root of the sum of squares. The corners of the square are too far away.",
        cells=modes(("np.linalg.norm(samples[:, None] - centres, axis=2)",
                     "np.max(np.abs(samples[:, None] - centres), axis=2)")),
        fails=["test_modes", "test_modes_at_the_radius"]),

    Mistake(
        "one-is-enough",
        says="A single sample is enough for a centre: at_least is not used.",
        hint="Count the samples near each centre, then compare the count with at_least.",
        cells=modes((">= at_least", "> 0")),
        fails=["test_modes"]),

    Mistake(
        "samples-counted",
        says="Samples are counted that lie near enough to centres; centres should be counted.",
        hint="Look at the axis of your sum: first over the samples, for each centre, then over the centres.",
        cells=modes(("axis=0", "axis=1")),
        fails=["test_modes"]),

    Mistake(
        "float-count",
        says="The count is right, but it is a float; an int is asked for.",
        hint="int(...) makes a whole number of it.",
        cells=modes(("int(np.sum", "float(np.sum")),
        fails=["test_modes_kinds"]),

    Mistake(
        "share-covered",
        says="The answer is a share of the centres; their number is asked for.",
        hint="np.mean of True and False is a share, np.sum is a number.",
        cells=modes(("int(np.sum(near >= at_least))", "float(np.mean(near >= at_least))")),
        fails=["test_modes", "test_modes_at_the_radius", "test_modes_overlapping", "test_modes_kinds"]),

    Mistake(
        "no-samples",
        says="Without samples there is an error.",
        hint="N may be 0: then no centre has a sample nearby, and there is no smallest distance to ask for.",
        cells=modes(("    near =", "    distances = distances - 0 * distances.min()\n    near =")),
        fails=["test_modes_kinds"], recognisable=False),

    Mistake(
        "real-lost",
        says="The discriminator's gradient is wrong: both logits are computed first, then both gradients go back, but "
             "backward belongs to the last forward only.",
        hint="For the real examples the network still has the inputs of the fake ones. Go forward and backward with "
             "one kind, then with the other, or with both in one batch.",
        cells=step(("    discriminator.forward(real)\n", "")),
        fails=["test_step_discriminator"]),

    Mistake(
        "detective-sees-fakes-only",
        says="The discriminator's step has the gradient of the fake examples only.",
        hint="The loss has two parts, and each has to go backward. backward adds to what is there.",
        cells=step(("    discriminator.backward(d_real)\n", "")),
        fails=["test_step_discriminator"]),

    Mistake(
        "detective-sees-real-only",
        says="The discriminator's step has the gradient of the real examples only.",
        hint="The loss has two parts, and each has to go backward. Is a zero_grad between them?",
        cells=step(("    discriminator.forward(real)\n",
                    "    discriminator.zero_grad()\n    discriminator.forward(real)\n")),
        fails=["test_step_discriminator"]),

    Mistake(
        "gradients-kept",
        says="Gradients from before take part in the step.",
        hint="backward adds. Call zero_grad before the gradients of a turn are made, for each network. After the step "
             "is too late for what was there before the first.",
        cells=step(("    discriminator.zero_grad()\n", ""), ("    generator.zero_grad()\n", "")),
        fails=["test_step_forgets_old_gradients"]),

    Mistake(
        "detective-moves-twice",
        says="The discriminator moves in the forger's turn, too.",
        hint="In the second turn the gradient only passes through the discriminator. One step for each network.",
        cells=step(("    generator.step()\n", "    generator.step()\n    discriminator.step()\n")),
        fails=["test_step_discriminator"]),

    Mistake(
        "forger-moves-twice",
        says="The generator moves in the detective's turn, too.",
        hint="In the first turn the fakes are only examples. Nothing goes back to the generator.",
        cells=step(("    discriminator.step()\n", "    discriminator.step()\n    generator.zero_grad()\n"
                                                  "    generator.forward(noise_d)\n"
                                                  "    generator.backward(np.ones_like(fake))\n"
                                                  "    generator.step()\n")),
        fails=["test_step_g_loss", "test_step_generator"]),

    Mistake(
        "judged-before-the-step",
        says="The forger's fakes are judged by the discriminator as it was before its step.",
        hint="The text says: the discriminator, after its step, judges them. Call forward once more after the step.",
        cells=step(("    fake = generator.forward(noise_d)\n",
                    "    early = discriminator.forward(generator.forward(noise_g))\n"
                    "    fake = generator.forward(noise_d)\n"),
                   ("generator_loss(logits)", "generator_loss(early)")),
        fails=["test_step_g_loss", "test_step_generator"]),

    Mistake(
        "old-fakes",
        says="The forger's turn uses the fakes of the detective's turn.",
        hint="noise_g is there for new ones.",
        cells=step(("generator.forward(noise_g)", "generator.forward(noise_d)")),
        fails=["test_step_g_loss", "test_step_generator"]),

    Mistake(
        "noise-exchanged",
        says="noise_d and noise_g are exchanged.",
        hint="d stands for the discriminator's turn, which is the first.",
        cells=step(("generator.forward(noise_g)", "generator.forward(noise_)"),
                   ("generator.forward(noise_d)", "generator.forward(noise_g)"),
                   ("generator.forward(noise_)", "generator.forward(noise_d)")),
        fails=["test_step_d_loss", "test_step_discriminator", "test_step_g_loss", "test_step_generator"]),

    Mistake(
        "forger-first",
        says="The forger has its turn first, with the discriminator before its step.",
        hint="The detective's turn comes first. The two turns are numbered in the text.",
        cells={"train-step": HEAD + SECOND_TURN + FIRST_TURN + END},
        fails=["test_step_d_loss", "test_step_discriminator", "test_step_g_loss", "test_step_generator"]),

    Mistake(
        "forger-stays",
        says="The generator takes no step.",
        hint="backward computes gradients; step moves the weights.",
        cells=step(("    generator.step()\n", "")),
        fails=["test_step_generator"]),

    Mistake(
        "detective-stays",
        says="The discriminator takes no step.",
        hint="backward computes gradients; step moves the weights.",
        cells=step(("    discriminator.step()\n", "")),
        fails=["test_step_discriminator"]),

    Mistake(
        "losses-exchanged",
        says="The two losses come in the wrong order.",
        hint="The docstring says (d_loss, g_loss).",
        cells=step(("return d_loss, g_loss", "return g_loss, d_loss")),
        fails=["test_step_d_loss", "test_step_g_loss"]),

    Mistake(
        "losses-after",
        says="The losses are measured after the steps; they should be those before.",
        hint="The loss of a turn comes with the gradients of its step, so it costs nothing.",
        cells=step(("    return d_loss", "    fake = generator.forward(noise_g)\n"
                                         "    g_loss = generator_loss(discriminator.forward(fake))[0]\n"
                                         "    return d_loss"),
                   ("    discriminator.step()\n", "    discriminator.step()\n    d_loss = discriminator_loss("
                                                  "discriminator.forward(real), discriminator.forward(fake))[0]\n")),
        fails=["test_step_d_loss", "test_step_g_loss"]),

    *(
        Mistake(
            f"{cell}-returns-nothing",
            says=f"{cell.replace('-', '_')} returns nothing: its last line, with return, is missing.",
            hint="What a function has computed is gone when it ends, unless it hands it over with return. print only "
                 "shows it.",
            cells={cell: source.rpartition("    return")[0]},
            fails=fails)
        for cell, source, fails in [
            ("discriminator-loss", DISCRIMINATOR_LOSS, D_TESTS),
            ("generator-loss", GENERATOR_LOSS, G_TESTS),
            ("optimal-discriminator", OPTIMAL_DISCRIMINATOR, BEST_TESTS),
            ("modes-covered", MODES_COVERED, MODES_TESTS),
            ("train-step", TRAIN_STEP, STEP_TESTS),
        ]
    ),
]
