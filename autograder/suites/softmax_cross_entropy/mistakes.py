"""Known wrong answers to softmax_cross_entropy: the right one with a line or two changed, to show the slip."""

from autograder.marking.mistakes import Mistake, changed

LOG_SOFTMAX = """
def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))
"""

CROSS_ENTROPY = """
def cross_entropy(z, y):
    log_p = log_softmax(z)
    return float(-log_p[np.arange(len(y)), y].mean())
"""

CROSS_ENTROPY_GRAD = """
def cross_entropy_grad(z, y):
    grad = np.exp(log_softmax(z))
    grad[np.arange(len(y)), y] -= 1
    return grad / len(y)
"""

TRAIN = """
def train(X, y, lr, steps):
    K = y.max() + 1
    W, b = np.zeros((K, X.shape[1])), np.zeros(K)
    losses = []
    for _ in range(steps):
        z = X @ W.T + b
        losses.append(cross_entropy(z, y))
        grad = cross_entropy_grad(z, y)
        W = W - lr * grad.T @ X
        b = b - lr * grad.sum(axis=0)
    return W, b, losses
"""

SHIFT = "    z = z - z.max(axis=1, keepdims=True)\n"
PICK = "-log_p[np.arange(len(y)), y].mean()"
LOSS = "        losses.append(cross_entropy(z, y))\n"
LOG_SOFTMAX_VALUES = ["test_log_softmax", "test_log_softmax_shifted", "test_log_softmax_float32"]
FIRST_STEP = ["test_train_first_weights", "test_train_first_biases"]


MISTAKES = [
    Mistake(
        "no-shift",
        says="e is raised to the scores as they stand, so large ones overflow, and far below zero all sums are zero.",
        hint="Subtract a number m_n from each row first; the formula of the text says that the result stays the same.",
        cells={"log-softmax": changed(LOG_SOFTMAX, (SHIFT, ""))},
        fails=["test_log_softmax_shifted", "test_log_softmax_far", "test_log_softmax_float32"]),

    Mistake(
        "log-of-p",
        says="The probabilities are computed first and then their logarithms: a p too small for a float is 0.",
        hint="ln(e^a / s) is a - ln s. Write it that way and nothing is lost, however far the scores lie apart.",
        cells={"log-softmax": changed(LOG_SOFTMAX, ("return z - np.log(np.exp(z).sum(axis=1, keepdims=True))",
                                                    "p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)\n"
                                                    "    return np.log(p)"))},
        fails=["test_log_softmax_far", "test_cross_entropy_far"]),

    Mistake(
        "epsilon-in-log",
        says="A small number is added before the logarithm: ln 0 is avoided, and every surprise ends near 28 nats.",
        hint="An epsilon hides the overflow, it does not mend it. ln(e^a / s) is a - ln s: no probability is needed.",
        cells={"log-softmax": changed(LOG_SOFTMAX, ("return z - np.log(np.exp(z).sum(axis=1, keepdims=True))",
                                                    "p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)\n"
                                                    "    return np.log(p + 1e-12)"))},
        fails=["test_log_softmax_far", "test_cross_entropy_far"]),

    Mistake(
        "clipped-scores",
        says="The scores are clipped so that nothing overflows; but a clipped score is another score.",
        hint="Clipping moves some scores of a row and leaves others. Subtract one number from a whole row.",
        cells={"log-softmax": changed(LOG_SOFTMAX, (SHIFT, "    z = np.clip(z, -500, 500)\n"))},
        fails=["test_log_softmax_shifted", "test_log_softmax_far", "test_cross_entropy_far", "test_grad_far"]),

    Mistake(
        "one-maximum-for-all",
        says="One number is subtracted from the whole batch; rows far below the highest score come to ln 0.",
        hint="z.max() looks at all rows. Each row has its own m_n: which axis, and how does it keep its place?",
        cells={"log-softmax": changed(LOG_SOFTMAX, ("z.max(axis=1, keepdims=True)", "z.max()"))},
        fails=["test_log_softmax_shifted"]),

    Mistake(
        "shift-not-undone",
        says="The row's highest score is subtracted in the sum, but not in front of it.",
        hint="Either both terms are of z, or both of z - m. Where the sum is of e^(z - m), its logarithm lacks m.",
        cells={"log-softmax": changed(LOG_SOFTMAX, (SHIFT, "    m = z.max(axis=1, keepdims=True)\n"),
                                      ("np.exp(z)", "np.exp(z - m)"))},
        fails=[*LOG_SOFTMAX_VALUES, "test_log_softmax_far"]),

    Mistake(
        "minimum-subtracted",
        says="The lowest score of a row is subtracted, so the highest can still overflow.",
        hint="After the shift no score should be above 0. Which one has to become 0?",
        cells={"log-softmax": changed(LOG_SOFTMAX, ("z.max(", "z.min("))},
        fails=["test_log_softmax_far"], recognisable=False),

    Mistake(
        "absolute-maximum",
        says="The largest absolute value of a row is subtracted: far below zero all e^z are zero then.",
        hint="At -10,000 the row should move up. Take the highest score, whatever its sign.",
        cells={"log-softmax": changed(LOG_SOFTMAX, ("z.max(", "np.abs(z).max("))},
        fails=["test_log_softmax_shifted"]),

    Mistake(
        "over-the-examples",
        says="The sum runs over the examples of a class; it should run over the classes of an example.",
        hint="Each row holds one example, and its probabilities sum to 1. Along which axis do you add?",
        cells={"log-softmax": changed(LOG_SOFTMAX, ("axis=1", "axis=0"))},
        fails=[*LOG_SOFTMAX_VALUES, "test_log_softmax_far"]),

    Mistake(
        "over-everything",
        says="The sum runs over all numbers of the batch; it should run over the classes of each example.",
        hint="sum() without an axis adds up everything. Each row is a distribution of its own.",
        cells={"log-softmax": changed(LOG_SOFTMAX, (".sum(axis=1, keepdims=True)", ".sum()"))},
        fails=LOG_SOFTMAX_VALUES),

    Mistake(
        "mean-in-the-sum",
        says="The mean of the e^z stands where their sum should be: all logarithms are ln K too high.",
        hint="The probabilities of a row sum to 1. What do yours sum to?",
        cells={"log-softmax": changed(LOG_SOFTMAX, (".sum(", ".mean("))},
        fails=[*LOG_SOFTMAX_VALUES, "test_log_softmax_far"]),

    Mistake(
        "probabilities",
        says="log_softmax returns the probabilities; the logarithms are wanted.",
        hint="Read the docstring: the logarithms. Between 0 and 1 no logarithm of a probability can be.",
        cells={"log-softmax": changed(LOG_SOFTMAX, ("return z - np.log(np.exp(z).sum(axis=1, keepdims=True))",
                                                    "return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)"))},
        fails=[*LOG_SOFTMAX_VALUES, "test_log_softmax_far"]),

    Mistake(
        "base-two",
        says="The logarithm is that of base 2.",
        hint="ln is np.log. With np.log2 the loss comes in bits, and e^(ln p) is no longer p.",
        cells={"log-softmax": changed(LOG_SOFTMAX, ("np.log(", "np.log2("))},
        fails=[*LOG_SOFTMAX_VALUES]),

    Mistake(
        "scores-changed",
        says="The scores are shifted inside the caller's array.",
        hint="z -= m changes the array that the caller holds. z = z - m makes a new one.",
        cells={"log-softmax": changed(LOG_SOFTMAX, ("z = z - z.max", "z -= z.max"))},
        fails=["test_log_softmax_keeps_scores"]),

    Mistake(
        "plus-surprise",
        says="The loss lacks its minus: it is negative, and smaller where the model is worse.",
        hint="ln p is below 0, a surprise is not.",
        cells={"cross-entropy": changed(CROSS_ENTROPY, ("-log_p", "log_p"))},
        fails=["test_cross_entropy_one", "test_cross_entropy_mean", "test_train_losses"]),

    Mistake(
        "sum-of-surprises",
        says="The surprises are added up; the loss is their mean.",
        hint="A batch of twice the size should not have twice the loss.",
        cells={"cross-entropy": changed(CROSS_ENTROPY, (".mean()", ".sum()"))},
        fails=["test_cross_entropy_mean", "test_train_losses"]),

    Mistake(
        "mean-over-classes",
        says="The mean is taken over all N times K entries, of which most are 0; N of them count.",
        hint="With one-hot rows add up first, then divide by the number of examples.",
        cells={"cross-entropy": changed(CROSS_ENTROPY, (PICK, "-(np.eye(z.shape[1])[y] * log_p).mean()"))},
        fails=["test_cross_entropy_one", "test_cross_entropy_mean", "test_train_losses"]),

    Mistake(
        "all-pairs",
        says="From every row the right classes of all examples are taken, not just its own.",
        hint="log_p[:, y] has shape (N, N). Row n is to be paired with y[n]: count the rows, too, with arange.",
        cells={"cross-entropy": changed(CROSS_ENTROPY, ("[np.arange(len(y)), y]", "[:, y]"))},
        fails=["test_cross_entropy_mean", "test_train_losses"]),

    Mistake(
        "wrong-classes-too",
        says="All classes of an example enter the loss; only the right one counts.",
        hint="The others count already: they are in the sum below the fraction.",
        cells={"cross-entropy": changed(CROSS_ENTROPY, (PICK, "-log_p.mean()"))},
        fails=["test_cross_entropy_one", "test_cross_entropy_mean"]),

    Mistake(
        "loss-in-bits",
        says="The loss is in bits; nats are wanted.",
        hint="Nats come from the natural logarithm. By hand: a probability of 1/4 is 2 bits, and 2 ln 2 nats.",
        cells={"cross-entropy": changed(CROSS_ENTROPY, (".mean()", ".mean() / np.log(2)"))},
        fails=["test_cross_entropy_one", "test_cross_entropy_mean", "test_cross_entropy_far", "test_train_losses"]),

    Mistake(
        "not-averaged",
        says="cross_entropy returns a surprise for each example; the loss is one number, their mean.",
        hint="Which step of the formula takes N numbers to one?",
        cells={"cross-entropy": changed(CROSS_ENTROPY, (f"float({PICK})", PICK.removesuffix(".mean()")))},
        fails=["test_cross_entropy_mean", "test_cross_entropy_float"]),

    Mistake(
        "loss-limited",
        says="The probabilities are clipped before the logarithm, so that no surprise can be large.",
        hint="Clipping keeps the loss finite but wrong, and where it clips the slope is gone.",
        cells={"cross-entropy": changed(CROSS_ENTROPY, (
            "log_p = log_softmax(z)", "log_p = np.log(np.clip(np.exp(log_softmax(z)), 1e-15, 1))"))},
        fails=["test_cross_entropy_far"]),

    Mistake(
        "own-softmax-in-loss",
        says="cross_entropy computes softmax as it stands in the book, and overflows.",
        hint="Task 1 has done the hard part: ask your log_softmax.",
        cells={"cross-entropy": changed(CROSS_ENTROPY, (
            "log_p = log_softmax(z)", "log_p = np.log(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))"))},
        fails=["test_cross_entropy_far"], recognisable=False),

    Mistake(
        "gradient-of-the-sum",
        says="The gradient lacks the factor 1/N: it is that of the sum over the examples.",
        hint="The loss is a mean. If one example of N changes its loss by 1, by how much does the mean change?",
        cells={"cross-entropy-grad": changed(CROSS_ENTROPY_GRAD, (" / len(y)", ""))},
        fails=["test_grad_mean", *FIRST_STEP]),

    Mistake(
        "divided-by-classes",
        says="The gradient is divided by the number of classes; the mean is over the examples.",
        hint="len(y) is N. z.size is N times K, z.shape[1] is K.",
        cells={"cross-entropy-grad": changed(CROSS_ENTROPY_GRAD, ("len(y)\n", "z.shape[1]\n"))},
        fails=["test_grad_one", "test_grad_mean", *FIRST_STEP]),

    # Before gradient-backwards, which gives the same training but fails more.
    Mistake(
        "uphill",
        says="The steps go uphill: they are added where they should be subtracted.",
        hint="The gradient points where the loss grows. Descent walks the other way.",
        cells={"train": changed(TRAIN, ("W - lr", "W + lr"), ("b - lr", "b + lr"))},
        fails=FIRST_STEP),

    Mistake(
        "gradient-backwards",
        says="The gradient has the wrong sign: what it should have said, minus what it said.",
        hint="Raising the score of a wrong class raises the loss, so that entry is positive.",
        cells={"cross-entropy-grad": changed(CROSS_ENTROPY_GRAD, ("return grad", "return -grad"))},
        fails=["test_grad_one", "test_grad_mean", "test_grad_far", *FIRST_STEP]),

    Mistake(
        "only-probabilities",
        says="The gradient is p; that the right class should have had 1 is missing.",
        hint="A row of the gradient sums to 0: what is taken from the right class is given to the others.",
        cells={"cross-entropy-grad": changed(CROSS_ENTROPY_GRAD, ("    grad[np.arange(len(y)), y] -= 1\n", ""))},
        fails=["test_grad_one", "test_grad_mean", *FIRST_STEP]),

    Mistake(
        "only-the-right-class",
        says="Only the right class gets a gradient; the scores of the others move the loss as well.",
        hint="Every score is in the sum of its row. So every entry of the row has a slope.",
        cells={"cross-entropy-grad": changed(CROSS_ENTROPY_GRAD, (
            "grad / len(y)", "grad * np.eye(z.shape[1])[y] / len(y)"))},
        fails=["test_grad_one", "test_grad_mean", *FIRST_STEP]),

    Mistake(
        "logarithms-for-probabilities",
        says="The 1 is subtracted from ln p; it should be subtracted from p.",
        hint="What the model said is a probability. Your log_softmax gives its logarithm.",
        cells={"cross-entropy-grad": changed(CROSS_ENTROPY_GRAD, ("np.exp(log_softmax(z))", "log_softmax(z)"))},
        fails=["test_grad_one", "test_grad_mean", *FIRST_STEP]),

    Mistake(
        "one-from-every-row",
        says="The 1 is subtracted in all rows at the right classes of all examples.",
        hint="grad[:, y] is a choice of columns, for every row the same. Row n has its 1 at y[n] alone.",
        cells={"cross-entropy-grad": changed(CROSS_ENTROPY_GRAD, ("grad[np.arange(len(y)), y]", "grad[:, y]"))},
        fails=["test_grad_mean", *FIRST_STEP]),

    Mistake(
        "own-softmax-in-gradient",
        says="cross_entropy_grad computes softmax as it stands in the book, and overflows.",
        hint="e to the power of your log_softmax is softmax, and never above 1.",
        cells={"cross-entropy-grad": changed(CROSS_ENTROPY_GRAD, (
            "np.exp(log_softmax(z))", "np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)"))},
        fails=["test_grad_far"], recognisable=False),

    Mistake(
        "gradient-into-scores",
        says="The gradient is written into the caller's scores.",
        hint="z[...] = changes the array that the caller holds. Begin with a new one.",
        cells={"cross-entropy-grad": changed(CROSS_ENTROPY_GRAD, (
            "return grad / len(y)", "z[...] = grad / len(y)\n    return z"))},
        fails=["test_grad_keeps_inputs"]),

    Mistake(
        "biases-stay",
        says="b stays at zero: only W learns.",
        hint="b has a gradient of its own, and a step of its own.",
        cells={"train": changed(TRAIN, ("        b = b - lr * grad.sum(axis=0)\n", ""))},
        fails=["test_train_first_biases", "test_train_more_steps"]),

    Mistake(
        "mean-for-biases",
        says="b takes the mean of G over the examples; the 1/N is in G already.",
        hint="Compare the last two formulas: both are sums. What G has been divided by, it need not be again.",
        cells={"train": changed(TRAIN, ("grad.sum(axis=0)", "grad.mean(axis=0)"))},
        fails=["test_train_first_biases"]),

    Mistake(
        "divided-twice",
        says="W and b are divided by N once more; the 1/N is in G already.",
        hint="G is the gradient of the mean. dW and db are plain sums of it.",
        cells={"train": changed(TRAIN, ("lr * grad", "lr / len(y) * grad"))},
        fails=FIRST_STEP),

    Mistake(
        "new-scores-for-b",
        says="b follows a gradient at the place to which W has moved already.",
        hint="Both move by the gradient at the old place: compute G once per step and use it twice.",
        cells={"train": changed(
            TRAIN, ("        b = b", "        grad = cross_entropy_grad(X @ W.T + b, y)\n        b = b"))},
        fails=["test_train_first_biases", "test_train_more_steps"]),

    Mistake(
        "gradient-once",
        says="The gradient is computed once, at zero, and used in every step.",
        hint="After a step the scores are others, and so is the gradient. Which lines belong into the loop?",
        cells={"train": changed(
            TRAIN, ("        grad = cross_entropy_grad(z, y)\n", ""),
            ("    losses = []\n", "    losses = []\n    grad = cross_entropy_grad(X @ W.T + b, y)\n"))},
        fails=["test_train_more_steps"]),

    Mistake(
        "scores-without-b",
        says="The scores are computed without b.",
        hint="Z = X W^T + b. At the start b is zero, so the first step is right either way.",
        cells={"train": changed(TRAIN, ("X @ W.T + b", "X @ W.T"))},
        fails=["test_train_more_steps", "test_train_losses"]),

    Mistake(
        "lr-fixed",
        says="The argument lr is not used.",
        hint="A fixed number stands where lr should. Whoever calls train chooses the rate.",
        cells={"train": changed(TRAIN, ("lr * grad", "0.1 * grad"))},
        fails=FIRST_STEP),

    Mistake(
        "loss-after-step",
        says="The loss is measured after the step, so the ln K of the start is missing.",
        hint="Write it down before W and b move. The first entry then is the loss of guessing.",
        cells={"train": changed(TRAIN, (LOSS, ""), ("    return", LOSS.replace("(z, y)", "(X @ W.T + b, y)")
                                                    + "    return"))},
        fails=["test_train_losses"]),

    Mistake(
        "one-loss-too-many",
        says="There is a loss for the end as well: one more than there are steps.",
        hint="The loss before each step: as many losses as steps.",
        cells={"train": changed(TRAIN, ("    return", "    losses.append(cross_entropy(X @ W.T + b, y))\n    return"))},
        fails=["test_train_losses"]),

    Mistake(
        "last-loss-only",
        says="Only the last loss comes back.",
        hint="Keep them all in a list: append one with every step.",
        cells={"train": changed(TRAIN, (LOSS, "        losses = [cross_entropy(z, y)]\n"))},
        fails=["test_train_losses"]),

    Mistake(
        "classes-counted",
        says="K is how many different labels occur; a class without an example is left out.",
        hint="The labels 0 and 3 need four rows of W. The text says what K is.",
        cells={"train": changed(TRAIN, ("y.max() + 1", "len(np.unique(y))"))},
        fails=["test_train_absent_class"], recognisable=False),

    Mistake(
        "ten-classes",
        says="W has ten rows, as if there were always ten classes.",
        hint="K comes from y: the largest label plus one.",
        cells={"train": changed(TRAIN, ("K = y.max() + 1", "K = 10"))},
        fails=[*FIRST_STEP, "test_train_more_steps", "test_train_losses", "test_train_absent_class",
               "test_train_no_steps"]),

    Mistake(
        "weights-lying",
        says="W has the shape (D, K); one row for each class is wanted, (K, D).",
        hint="With X @ W the training is the same. But what comes back is W with a row for each class: its picture.",
        cells={"train": changed(TRAIN, ("(K, X.shape[1])", "(X.shape[1], K)"), ("W.T", "W"),
                               ("grad.T @ X", "X.T @ grad"))},
        fails=[*FIRST_STEP, "test_train_more_steps", "test_train_losses", "test_train_absent_class",
               "test_train_no_steps"]),

    Mistake(
        "random-start",
        says="The weights start from random numbers; the text starts at zero.",
        hint="One layer has nothing to be told apart by chance: at zero each class has its own gradient already.",
        cells={"train": changed(TRAIN, ("np.zeros((K, X.shape[1]))",
                                        "np.random.default_rng(0).normal(size=(K, X.shape[1])) * 0.01"))},
        fails=["test_train_first_weights", "test_train_losses", "test_train_no_steps"]),

    Mistake(
        "data-centred",
        says="The inputs are centred inside the caller's array.",
        hint="X -= ... changes the data that the caller holds. Nothing in the text centres X.",
        cells={"train": changed(TRAIN, ("    losses = []\n", "    losses = []\n    X -= X.mean(axis=0)\n"))},
        fails=["test_train_first_weights", "test_train_keeps_data"]),

    Mistake(
        "one-step-too-many",
        says="The loop takes one step more than it should.",
        hint="range(steps) counts from 0 and has steps numbers.",
        cells={"train": changed(TRAIN, ("range(steps)", "range(steps + 1)"))},
        fails=[*FIRST_STEP, "test_train_losses", "test_train_no_steps"]),

    *(
        Mistake(
            f"{cell}-returns-nothing",
            says=f"{cell.replace('-', '_')} returns nothing: its last line, with return, is missing.",
            hint="What a function has computed is gone when it ends, unless it hands it over with return. print only "
                 "shows it.",
            cells={cell: source.rpartition("    return")[0]},
            fails=fails)
        for cell, source, fails in [
            ("log-softmax", LOG_SOFTMAX, [*LOG_SOFTMAX_VALUES, "test_log_softmax_far",
                                          "test_log_softmax_keeps_scores"]),
            ("cross-entropy", CROSS_ENTROPY, [f"test_cross_entropy_{rest}" for rest in
                                              ("one", "mean", "float", "far", "keeps_inputs")]),
            ("cross-entropy-grad", CROSS_ENTROPY_GRAD, [f"test_grad_{rest}" for rest in
                                                        ("one", "mean", "far", "float32", "keeps_inputs")]),
            ("train", TRAIN, [*FIRST_STEP, "test_train_more_steps", "test_train_losses", "test_train_absent_class",
                              "test_train_no_steps"]),
        ]
    ),
]
