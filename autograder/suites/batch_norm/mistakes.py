"""Known wrong answers to batch_norm: the right one with a line or two changed, so that the slip stands out."""

from autograder.marking.mistakes import Mistake, changed

BATCH_NORM = """
def batch_norm(x, gamma, beta, eps=1e-5):
    mu = x.mean(axis=0)
    var = x.var(axis=0)
    s = np.sqrt(var + eps)
    x_hat = (x - mu) / s
    out = gamma * x_hat + beta
    return out, (x_hat, s, gamma)
"""

BACKWARD = """
def batch_norm_backward(dout, cache):
    x_hat, s, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    through_mean = dout.mean(axis=0)
    through_spread = x_hat * (dout * x_hat).mean(axis=0)
    dx = gamma / s * (dout - through_mean - through_spread)
    return dx, dgamma, dbeta
"""

LAYER = """
class BatchNorm:
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        self.eps, self.momentum = eps, momentum
        self.gamma, self.beta = np.ones(num_features), np.zeros(num_features)
        self.running_mean, self.running_var = np.zeros(num_features), np.ones(num_features)

    def forward(self, x, training):
        if not training:
            return self.gamma * (x - self.running_mean) / np.sqrt(self.running_var + self.eps) + self.beta
        if len(x) < 2:
            raise ValueError("training needs two examples or more")
        self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * x.mean(axis=0)
        self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(axis=0, ddof=1)
        return batch_norm(x, self.gamma, self.beta, self.eps)[0]
"""

TOO_FEW = '        if len(x) < 2:\n            raise ValueError("training needs two examples or more")\n'
UPDATES = LAYER[LAYER.index("        self.running_mean = (1"):LAYER.index("        return batch_norm")]
FORWARD = [f"test_batch_norm_{rest}" for rest in ("mean", "x_hat", "scale_and_shift", "eps", "one_example")]
DX = ["test_backward_through_the_mean", "test_backward_through_the_spread", "test_backward_dx"]
AVERAGES = ["test_layer_running_mean", "test_layer_running_var", "test_layer_momentum"]


MISTAKES = [
    Mistake(
        "over-the-features",
        says="Mean and variance are taken over the features of each example; they should be taken over the batch.",
        hint="Each feature gets a mean and a variance of its own, (D,) of each: axis 0. Over the features of one "
             "example it would be layer norm.",
        cells={"batch-norm": changed(BATCH_NORM, ("(axis=0)", "(axis=1, keepdims=True)"))},
        fails=["test_batch_norm_mean", "test_batch_norm_x_hat"]),

    Mistake(
        "over-everything",
        says="There is one mean and one variance for the whole array; each feature should have its own.",
        hint="x.mean() is one number. A feature in thousands then drowns a feature in tenths. Name the axis.",
        cells={"batch-norm": changed(BATCH_NORM, ("(axis=0)", "()"))},
        fails=["test_batch_norm_mean", "test_batch_norm_x_hat", "test_batch_norm_one_example"]),

    Mistake(
        "unbiased-variance",
        says="The variance is divided by N - 1; here it is divided by N.",
        hint="Dividing by N - 1 estimates the spread of a population. Batch norm wants the spread of this batch, and a "
             "batch of one would give 0 / 0.",
        cells={"batch-norm": changed(BATCH_NORM, ("var(axis=0)", "var(axis=0, ddof=1)"))},
        fails=["test_batch_norm_x_hat"]),

    Mistake(
        "root-forgotten",
        says="x - mu is divided by the variance; it should be divided by its root.",
        hint="The variance has the unit of x squared. Only divided by a root does the unit cancel.",
        cells={"batch-norm": changed(BATCH_NORM, ("np.sqrt(var + eps)", "var + eps"))},
        fails=["test_batch_norm_x_hat", "test_batch_norm_eps"]),

    Mistake(
        "eps-beside-the-root",
        says="eps is added to the root; it belongs under it.",
        hint="Adam adds its eps after the root, batch norm before. Look at the formula of s.",
        cells={"batch-norm": changed(BATCH_NORM, ("np.sqrt(var + eps)", "np.sqrt(var) + eps"))},
        fails=["test_batch_norm_eps"]),

    Mistake(
        "eps-ignored",
        says="1e-5 stands under the root, whatever eps should be.",
        hint="Whoever calls batch_norm chooses eps, and a layer hands over its own. Use what you are given.",
        cells={"batch-norm": changed(BATCH_NORM, ("var + eps", "var + 1e-5"))},
        fails=["test_batch_norm_eps"]),

    Mistake(
        "eps-forgotten",
        says="There is no eps under the root.",
        hint="A feature that is the same in the whole batch has variance 0, and 0 / 0 is NaN. eps keeps s above zero.",
        cells={"batch-norm": changed(BATCH_NORM, ("var + eps", "var"))},
        fails=["test_batch_norm_eps", "test_batch_norm_one_example"]),

    Mistake(
        "mean-not-subtracted",
        says="x is divided by s, but its mean is still there.",
        hint="x hat has mean 0. Subtract mu before you divide.",
        cells={"batch-norm": changed(BATCH_NORM, ("(x - mu) / s", "x / s"))},
        fails=["test_batch_norm_mean", "test_batch_norm_x_hat", "test_batch_norm_one_example"]),

    Mistake(
        "gamma-forgotten",
        says="gamma is not used.",
        hint="Without gamma no layer behind batch norm could ever see a feature with another spread than 1.",
        cells={"batch-norm": changed(BATCH_NORM, ("gamma * x_hat", "x_hat"))},
        fails=["test_batch_norm_scale_and_shift"]),

    Mistake(
        "beta-forgotten",
        says="beta is not used.",
        hint="Batch norm has taken away each feature's mean; beta gives it a new one.",
        cells={"batch-norm": changed(BATCH_NORM, (" + beta", ""))},
        fails=["test_batch_norm_scale_and_shift", "test_batch_norm_one_example"]),

    Mistake(
        "beta-scaled",
        says="beta is added before gamma multiplies, so it is scaled too.",
        hint="gamma * (x_hat + beta) is not gamma * x_hat + beta: only the second has mean beta.",
        cells={"batch-norm": changed(BATCH_NORM, ("gamma * x_hat + beta", "gamma * (x_hat + beta)"))},
        fails=["test_batch_norm_scale_and_shift", "test_batch_norm_one_example"]),

    Mistake(
        "normalised-in-place",
        says="The batch is normalised inside the caller's array.",
        hint="x -= mu saves a line, but x belongs to whoever called: their data is gone after one forward pass.",
        cells={"batch-norm": changed(BATCH_NORM, ("x_hat = (x - mu) / s", "x -= mu\n    x /= s\n    x_hat = x"))},
        fails=["test_batch_norm_keeps_inputs"]),

    Mistake(
        "cache-not-returned",
        says="batch_norm returns out alone; the cache is missing.",
        hint="The last line returns two things: out, and a tuple with what the backward pass needs.",
        cells={"batch-norm": changed(BATCH_NORM, ("return out, (x_hat, s, gamma)", "return out"))},
        fails=[*FORWARD, "test_batch_norm_keeps_inputs"]),

    Mistake(
        "direct-way-only",
        says="dx goes the direct way only: mean and spread are treated as constants.",
        hint="Each x_n also moves mu and s, and through them every entry of its column. Two terms are missing.",
        cells={"batch-norm-backward": changed(BACKWARD, (" - through_mean - through_spread", ""))},
        fails=DX),

    Mistake(
        "mean-as-constant",
        says="In dx the way through the mean is missing.",
        hint="mu holds a part x_n / N of each example. If x_n grows, mu grows, and all of the column falls.",
        cells={"batch-norm-backward": changed(BACKWARD, (" - through_mean", ""))},
        fails=["test_backward_through_the_mean", "test_backward_dx"]),

    Mistake(
        "spread-as-constant",
        says="In dx the way through the spread is missing: s is treated as a constant.",
        hint="s is computed from x, too. If an outlier moves outwards, s grows, and the whole column shrinks.",
        cells={"batch-norm-backward": changed(BACKWARD, (" - through_spread", ""))},
        fails=["test_backward_through_the_spread", "test_backward_dx"]),

    Mistake(
        "spread-added",
        says="In dx the way through the spread has the wrong sign.",
        hint="s stands below the line: the derivative of 1 / s is -1 / s**2.",
        cells={"batch-norm-backward": changed(BACKWARD, ("- through_spread", "+ through_spread"))},
        fails=["test_backward_through_the_spread", "test_backward_dx"]),

    Mistake(
        "spread-without-x-hat",
        says="In dx the way through the spread misses a factor: it is the same for all examples.",
        hint="The derivative of s by x_n is x_hat_n / N: an example far from the mean moves s more than one in the "
             "middle. x hat comes in twice, once inside of the mean and once outside.",
        cells={"batch-norm-backward": changed(BACKWARD, ("x_hat * (dout * x_hat).mean", "(dout * x_hat).mean"))},
        fails=DX),

    Mistake(
        "sums-for-means",
        says="In dx the ways through mean and spread are N times too strong.",
        hint="Both derivatives carry a 1 / N. With it the sums over the batch become means.",
        cells={"batch-norm-backward": changed(BACKWARD, ("dout.mean", "dout.sum"), ("x_hat).mean", "x_hat).sum"))},
        fails=DX),

    Mistake(
        "dx-without-gamma",
        says="dx misses the factor gamma.",
        hint="out is gamma * x_hat + beta: what comes from above is multiplied by gamma before it reaches x hat.",
        cells={"batch-norm-backward": changed(BACKWARD, ("gamma / s *", "1 / s *"))},
        fails=["test_backward_dx"]),

    Mistake(
        "dx-without-s",
        says="dx is not divided by s.",
        hint="x hat is (x - mu) / s. If the batch is spread wide, a nudge of x moves x hat little.",
        cells={"batch-norm-backward": changed(BACKWARD, ("gamma / s *", "gamma *"))},
        fails=["test_backward_dx"]),

    Mistake(
        "dx-by-the-variance",
        says="dx is divided by s twice.",
        hint="One s comes from x hat. The way through the spread brings a second one, but x - mu cancels it: "
             "(x - mu) / s is x hat.",
        cells={"batch-norm-backward": changed(BACKWARD, ("gamma / s *", "gamma / s**2 *"))},
        fails=["test_backward_dx"]),

    Mistake(
        "dgamma-without-x-hat",
        says="dgamma is the sum of dout; it misses the factor x hat.",
        hint="The derivative of gamma * x_hat + beta by gamma is x_hat, and by beta it is 1.",
        cells={"batch-norm-backward": changed(BACKWARD, ("dgamma = (dout * x_hat)", "dgamma = dout"))},
        fails=["test_backward_dgamma"]),

    Mistake(
        "means-for-gamma-and-beta",
        says="dgamma and dbeta are means over the batch; they should be sums.",
        hint="gamma and beta touch all N examples, and each of them adds its part. Where the loss is a mean, dout "
             "holds the 1 / N already.",
        cells={"batch-norm-backward": changed(BACKWARD, ("dout.sum", "dout.mean"), ("x_hat).sum", "x_hat).mean"))},
        fails=["test_backward_dbeta", "test_backward_dgamma"]),

    Mistake(
        "dbeta-one-number",
        says="dbeta is one number, summed over the features too.",
        hint="A gradient has the shape of what it belongs to. beta is (D,), so sum over the batch only: axis 0.",
        cells={"batch-norm-backward": changed(BACKWARD, ("dout.sum(axis=0)", "dout.sum()"))},
        fails=["test_backward_dbeta"]),

    Mistake(
        "gamma-and-beta-swapped",
        says="dgamma and dbeta are returned in the wrong order.",
        hint="dx, dgamma, dbeta: the order of the arguments of batch_norm.",
        cells={"batch-norm-backward": changed(BACKWARD, ("return dx, dgamma, dbeta", "return dx, dbeta, dgamma"))},
        fails=["test_backward_dbeta", "test_backward_dgamma", "test_backward_one_example"]),

    Mistake(
        "dout-in-place",
        says="dout is multiplied by gamma inside the caller's array.",
        hint="dout *= gamma changes what the layer above computed. dout * gamma is a new array.",
        cells={"batch-norm-backward": changed(
            BACKWARD, ("    through_mean =", "    dout *= gamma\n    through_mean ="), ("gamma / s *", "1 / s *"))},
        fails=["test_backward_keeps_dout"]),

    Mistake(
        "latest-batch",
        says="The backward pass uses the latest batch, not the one of the cache that it is given.",
        hint="A global variable holds one batch, and a network has several batch norms, one after the other. All that "
             "the way back needs belongs into the cache.",
        cells={"batch-norm": "latest = {}\n" + changed(
                   BATCH_NORM, ("    return", '    latest["cache"] = x_hat, s, gamma\n    return')),
               "batch-norm-backward": changed(BACKWARD, ("gamma = cache", 'gamma = latest["cache"]'))},
        fails=["test_backward_keeps_dout"]),

    Mistake(
        "biased-tracked",
        says="running_var follows the variance divided by N; it should be the one divided by N - 1.",
        hint="There are two variances in this layer: training normalises with one and tracks the other. For small "
             "batches they differ much: by a factor of 2 for pairs.",
        cells={"layer": changed(LAYER, (", ddof=1", ""))},
        fails=["test_layer_running_var"]),

    Mistake(
        "momentum-of-the-old",
        says="momentum is used as the weight of the old average; it is the weight of the newest batch.",
        hint="In Adam beta is what stays. Here, as in PyTorch, momentum is what comes in: with 0.1 nine tenths stay.",
        cells={"layer": changed(LAYER, ("= eps, momentum", "= eps, 1 - momentum"))},
        fails=["test_layer_momentum"]),

    Mistake(
        "momentum-fixed",
        says="The argument momentum is not used: 0.1 is written into the updates.",
        hint="Keep momentum in __init__ and use self.momentum in forward.",
        cells={"layer": changed(LAYER, ("self.momentum)", "0.1)"), ("self.momentum *", "0.1 *"))},
        fails=AVERAGES),

    Mistake(
        "sums-not-averages",
        says="The running averages keep all that they were: the factor 1 - momentum is missing, so they grow.",
        hint="What an average keeps and what it takes in add up to 1.",
        cells={"layer": changed(LAYER, ("(1 - self.momentum) * ", ""))},
        fails=AVERAGES[1:]),

    Mistake(
        "last-batch-only",
        says="The averages are those of the last batch alone.",
        hint="A single batch is noisy. Let the averages keep most of what they know, and take in a part of the new.",
        cells={"layer": changed(LAYER, ("(1 - self.momentum) * self.running_mean + self.momentum * ", ""),
                                ("(1 - self.momentum) * self.running_var + self.momentum * ", ""))},
        fails=AVERAGES),

    Mistake(
        "deviation-tracked",
        says="running_var follows the standard deviation; it should follow the variance.",
        hint="The root is taken in forward, each time, after eps was added. What is kept is the variance.",
        cells={"layer": changed(LAYER, ("x.var(axis=0, ddof=1)", "x.std(axis=0, ddof=1)"))},
        fails=["test_layer_running_var", "test_layer_momentum"]),

    Mistake(
        "variance-from-zero",
        says="running_var starts at 0; it should start at 1.",
        hint="A layer that is tested before it was trained should leave its input as it is: mean 0, variance 1.",
        cells={"layer": changed(LAYER, ("np.zeros(num_features), np.ones(num_features)\n\n",
                                        "np.zeros(num_features), np.zeros(num_features)\n\n"))},
        fails=["test_layer_start", "test_layer_running_var", "test_layer_momentum"]),

    Mistake(
        "state-in-class",
        says="The averages are shared: a second layer goes on with those of the first.",
        hint="What stands in the class body exists once for all layers, and changes in place are seen by all. Create "
             "the arrays in __init__.",
        cells={"layer": "shared = {}\n" + changed(
            LAYER, ("self.running_mean = ", "self.running_mean[...] = "),
            ("self.running_var = ", "self.running_var[...] = "),
            ("running_var[...] = np.zeros(num_features), np.ones(num_features)",
             "running_var = shared.setdefault(\n"
             "            num_features, (np.zeros(num_features), np.ones(num_features)))"))},
        fails=["test_layer_start"]),

    Mistake(
        "tracks-in-testing",
        says="The averages are updated in testing too.",
        hint="What you test on must leave no trace in the model. Only a forward pass with training=True updates.",
        cells={"layer": changed(LAYER, ("        if not training:\n", f"        if len(x) > 1:\n    {UPDATES}".replace(
            "\n        self", "\n            self").rstrip(" ") + "        if not training:\n"),
            (UPDATES + "        return", "        return"))},
        fails=["test_layer_testing_changes_nothing"]),

    Mistake(
        "batch-in-testing",
        says="Testing normalises with the batch's own statistics; it should use the running averages.",
        hint="With them an answer does not depend on who else is in the batch, and one example is enough.",
        cells={"layer": changed(LAYER, ("return self.gamma * (x - self.running_mean) / np.sqrt(self.running_var + "
                                        "self.eps) + self.beta",
                                        "return batch_norm(x, self.gamma, self.beta, self.eps)[0]"))},
        fails=["test_layer_testing"]),

    Mistake(
        "averages-in-training",
        says="Training normalises with the running averages; it should use the batch's own statistics.",
        hint="In training the averages are only kept for later. They lag behind, and no gradient goes through them.",
        cells={"layer": changed(LAYER, ("return batch_norm(x, self.gamma, self.beta, self.eps)[0]",
                                        "return self.forward(x, False)"))},
        fails=["test_layer_training"]),

    Mistake(
        "root-forgotten-in-testing",
        says="Testing divides by the variance; it should divide by its root.",
        hint="Training and testing use the same formula, root and all. Only mu and the variance come from elsewhere.",
        cells={"layer": changed(LAYER, ("np.sqrt(self.running_var + self.eps)", "(self.running_var + self.eps)"))},
        fails=["test_layer_testing", "test_layer_eps"]),

    Mistake(
        "eps-forgotten-in-testing",
        says="In testing there is no eps under the root.",
        hint="The same formula in both modes, eps too: or else small variances are treated in two ways.",
        cells={"layer": changed(LAYER, ("self.running_var + self.eps", "self.running_var"))},
        fails=["test_layer_eps"]),

    Mistake(
        "eps-not-kept",
        says="The layer does not use the eps that it was made with: 1e-5 is written into it.",
        hint="Keep eps in __init__, and use self.eps in both modes.",
        cells={"layer": changed(LAYER, ("self.eps, self.momentum = eps,", "self.eps, self.momentum = 1e-5,"))},
        fails=["test_layer_eps"]),

    Mistake(
        "gamma-beta-forgotten-in-testing",
        says="Testing stops at x hat: gamma and beta are not used there.",
        hint="The layers above have learned with gamma and beta. Both modes end with them.",
        cells={"layer": changed(LAYER, ("return self.gamma * (x", "return (x"),
                                ("self.eps) + self.beta", "self.eps)"))},
        fails=["test_layer_gamma_beta"]),

    Mistake(
        "ones-and-zeros",
        says="forward uses ones and zeros in the places of gamma and beta, so training cannot change anything.",
        hint="They only start as ones and zeros. Use self.gamma and self.beta, which an optimizer changes.",
        cells={"layer": changed(
            LAYER, ("batch_norm(x, self.gamma, self.beta,", "batch_norm(x, np.ones(x.shape[1]), np.zeros(x.shape[1]),"),
            ("return self.gamma * (x", "return (x"), ("self.eps) + self.beta", "self.eps)"))},
        fails=["test_layer_gamma_beta"]),

    Mistake(
        "one-example-trains",
        says="Training with one example goes through; it should be a ValueError.",
        hint="N - 1 is 0 there. NumPy only warns, and from then on running_var is NaN. Raise a ValueError first.",
        cells={"layer": changed(LAYER, (TOO_FEW, ""))},
        fails=["test_layer_too_few"]),

    Mistake(
        "two-are-too-few",
        says="Training with two examples is refused; two are enough.",
        hint="With N = 2 the unbiased variance divides by 1. Only below that is it undefined.",
        cells={"layer": changed(LAYER, ("len(x) < 2", "len(x) <= 2"))},
        fails=["test_layer_too_few"], recognisable=False),

    Mistake(
        "integer-arrays",
        says="The arrays of the layer hold integers.",
        hint="np.ones and np.zeros make floats. With dtype=int, or from a list of ints, 0.1 would be cut to 0.",
        cells={"layer": changed(LAYER, ("np.ones(num_features), np.zeros(num_features)",
                                        "np.ones(num_features, int), np.zeros(num_features, int)"))},
        fails=["test_layer_start", "test_layer_gamma_beta"]),

    *(
        Mistake(
            f"{cell}-returns-nothing",
            says=f"{name} returns nothing: its last line, with return, is missing.",
            hint="What a function has computed is gone when it ends, unless it hands it over with return. print only "
                 "shows it.",
            cells={cell: source.rpartition("    return")[0]},
            fails=fails)
        for cell, name, source, fails in [
            ("batch-norm", "batch_norm", BATCH_NORM, FORWARD),
            ("batch-norm-backward", "batch_norm_backward", BACKWARD,
             [*DX, "test_backward_dbeta", "test_backward_dgamma"]),
            ("layer", "forward", LAYER, ["test_layer_training", "test_layer_eps"]),
        ]
    ),
]
