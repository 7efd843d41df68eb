"""Known wrong answers to tabular: the right one with a line or two changed, so that the slip stands out."""

from autograder.marking.mistakes import Mistake, changed

CUSTOMERS = """
def make_customers(n, rng):
    age = rng.uniform(18, 80, size=n)
    months = rng.exponential(20, size=n)
    visits = rng.poisson(6, size=n)
    fee = rng.normal(30, 5, size=n)
    newsletter = rng.random(n) < 0.4
    X = np.column_stack([age, months, visits, fee, newsletter]).astype(float)
    z = 2 + 9 * ((age - 49) / 31) ** 2 - months / 20 - 0.6 * visits - newsletter
    y = (rng.random(n) < 1 / (1 + np.exp(-z))).astype(int)
    return X, y
"""

STANDARDIZE = """
def standardize(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = np.where(np.all(train == train[0], axis=0), 1.0, std)
    return (train - mean) / std, (test - mean) / std
"""

TRAIN = """
def train_classifier(X, y, rng):
    hidden, steps, lr = 16, 400, 0.02
    params = [rng.normal(size=(hidden, X.shape[1])), np.zeros(hidden), 0.3 * rng.normal(size=(1, hidden)), np.zeros(1)]
    m, v = [np.zeros_like(p) for p in params], [np.zeros_like(p) for p in params]
    for t in range(1, steps + 1):
        W1, b1, W2, b2 = params
        h = np.tanh(X @ W1.T + b1)
        dz = (predict(params, X) - y)[:, None] / len(X)
        dh = dz @ W2 * (1 - h**2)
        grads = dh.T @ X, dh.sum(axis=0), dz.T @ h, dz.sum(axis=0)
        for p, g, a, b in zip(params, grads, m, v):
            a += 0.1 * (g - a)
            b += 0.001 * (g**2 - b)
            p -= lr * (a / (1 - 0.9**t)) / (np.sqrt(b / (1 - 0.999**t)) + 1e-8)
    return tuple(params)
"""

IMPORTANCE = """
def feature_importance(params):
    W1, _, W2, _ = params
    paths = np.abs(W2.T * W1).sum(axis=0)
    return paths / paths.sum()
"""

GOOD = ["test_train_reaches_80", "test_train_other_seed"]
LEARNS = ["test_train_beats_the_line", *GOOD]
SHARES = ["test_importance_shares", "test_importance_output_weights", "test_importance_signs"]


MISTAKES = [
    Mistake(
        "ages-whole",
        says="Ages are whole numbers: they were drawn as integers.",
        hint="rng.integers draws 18, 19, ... and never 80. rng.uniform draws from the whole interval, with fractions.",
        cells={"make-customers": changed(CUSTOMERS, ("rng.uniform(18, 80, size=n)", "rng.integers(18, 80, size=n)"))},
        fails=["test_customers_age"]),

    Mistake(
        "ages-normal",
        says="Ages are drawn from a normal distribution; they should be uniform.",
        hint="The same mean and deviation do not make the same distribution: nobody is younger than 18 here, and "
             "people of 20 are as frequent as those of 50.",
        cells={"make-customers": changed(CUSTOMERS, ("rng.uniform(18, 80, size=n)", "rng.normal(49, 17.9, size=n)"))},
        fails=["test_customers_age"]),

    Mistake(
        "months-by-their-rate",
        says="Months are far too small: NumPy's exponential was given the rate 1 / 20.",
        hint="NumPy's exponential takes the scale, which is the mean.",
        cells={"make-customers": changed(CUSTOMERS, ("exponential(20,", "exponential(1 / 20,"))},
        fails=["test_customers_months_and_visits"]),

    Mistake(
        "months-rounded",
        says="Months are rounded to whole numbers; nothing should be rounded.",
        hint="A month and a half is a fine value. The network takes any number.",
        cells={"make-customers": changed(CUSTOMERS, ("rng.exponential(20, size=n)", "rng.exponential(20, n).round()"))},
        fails=["test_customers_months_and_visits"]),

    Mistake(
        "visits-normal",
        says="Visits are drawn from a normal distribution; they should be counts, from a Poisson distribution.",
        hint="Nobody visits 5.3 times or -1 times. rng.poisson draws counts.",
        cells={"make-customers": changed(CUSTOMERS, ("rng.poisson(6, size=n)", "rng.normal(6, 6**0.5, size=n)"))},
        fails=["test_customers_months_and_visits"]),

    Mistake(
        "fee-by-its-variance",
        says="Fees spread too much: 25, the variance, was handed over as the standard deviation.",
        hint="rng.normal takes the standard deviation itself, 5 here.",
        cells={"make-customers": changed(CUSTOMERS, ("normal(30, 5,", "normal(30, 25,"))},
        fails=["test_customers_fee_and_newsletter"]),

    Mistake(
        "newsletter-turned",
        says="Six in ten get the newsletter; it should be four.",
        hint="rng.random(n) is below 0.4 with probability 0.4, and above with 0.6.",
        cells={"make-customers": changed(CUSTOMERS, ("rng.random(n) < 0.4", "rng.random(n) > 0.4"))},
        fails=["test_customers_fee_and_newsletter"]),

    Mistake(
        "one-draw-for-two-columns",
        says="Two columns come from the same random numbers, so that one tells the other.",
        hint="Call rng once for each column: each call draws new numbers.",
        cells={"make-customers": changed(
            CUSTOMERS, ("rng.uniform(18, 80, size=n)", "18 + 62 * (u := rng.random(n))"),
            ("rng.random(n) < 0.4", "u < 0.4"))},
        fails=["test_customers_independent_columns"]),

    Mistake(
        "labels-not-drawn",
        says="A customer cancels wherever the probability is above one half: the labels are not drawn.",
        hint="With probability 0.7 three in ten stay. Draw a number from 0 to 1 for each customer, and compare.",
        cells={"make-customers": changed(CUSTOMERS, ("rng.random(n) < 1 / (1", "0.5 < 1 / (1"))},
        fails=["test_customers_labels"]),

    Mistake(
        "labels-turned",
        says="1 stands for those who stay: the probability is that of the other label.",
        hint="A large z should make 1 likely. Check with z = 6.4: 1 / (1 + exp(-6.4)) is nearly 1.",
        cells={"make-customers": changed(CUSTOMERS, ("np.exp(-z)", "np.exp(z)"))},
        fails=["test_customers_labels"]),

    Mistake(
        "age-not-squared",
        says="In z the age is not squared.",
        hint="The young and the old both cancel, so the distance from 49 counts, in both directions.",
        cells={"make-customers": changed(CUSTOMERS, ("/ 31) ** 2", "/ 31)"))},
        fails=["test_customers_labels"]),

    Mistake(
        "newsletter-not-in-z",
        says="In z the newsletter is missing.",
        hint="Go through the five terms of z one by one.",
        cells={"make-customers": changed(CUSTOMERS, ("0.6 * visits - newsletter", "0.6 * visits"))},
        fails=["test_customers_labels"]),

    Mistake(
        "months-as-they-are",
        says="In z the months are not divided by 20.",
        hint="Go through the five terms of z one by one, with the example of 20 months and 6 visits from the text.",
        cells={"make-customers": changed(CUSTOMERS, ("months / 20", "months"))},
        fails=["test_customers_labels"]),

    Mistake(
        "labels-not-integers",
        says="The labels are floats or booleans; they should be integers.",
        hint="A comparison gives True and False, and an array that started as zeros holds floats. .astype(int) makes "
             "integers of them.",
        cells={"make-customers": changed(CUSTOMERS, (".astype(int)", ""))},
        fails=["test_customers_shapes"]),

    Mistake(
        "own-generator",
        says="Every call makes the same table: the generator is made inside, with a seed of its own.",
        hint="Whoever calls has seeded rng. Draw from it, and the next call gets other customers.",
        cells={"make-customers": changed(CUSTOMERS, ("    age =", "    rng = np.random.default_rng(0)\n    age ="))},
        fails=["test_customers_rng"]),

    Mistake(
        "labels-from-elsewhere",
        says="The labels do not come from rng, so the same seed does not make the same table.",
        hint="np.random.rand and a generator without a seed know nothing of rng. Draw the labels from rng, too.",
        cells={"make-customers": changed(CUSTOMERS, ("(rng.random(n) < 1", "(np.random.default_rng().random(n) < 1"))},
        fails=["test_customers_rng"]),

    Mistake(
        "unbiased-deviation",
        says="The deviation is the one divided by N - 1; it should be divided by N.",
        hint="np.std divides by N if nothing else is said (pandas divides by N - 1).",
        cells={"standardize": changed(STANDARDIZE, ("std(axis=0)", "std(axis=0, ddof=1)"))},
        fails=["test_standardize_train"]),

    Mistake(
        "divided-by-the-variance",
        says="The columns are divided by their variance; it should be by their standard deviation.",
        hint="The variance has the unit of the column, squared. Only divided by its root does the unit vanish.",
        cells={"standardize": changed(STANDARDIZE, ("train.std", "train.var"))},
        fails=["test_standardize_train"]),

    Mistake(
        "over-the-whole-table",
        says="There is one mean and one deviation for the whole table; each column needs its own.",
        hint="train.mean() mixes ages and euros. Name the axis.",
        cells={"standardize": changed(STANDARDIZE, ("mean(axis=0)", "mean()"), ("std(axis=0)", "std()"))},
        fails=["test_standardize_train", "test_standardize_constant"]),

    Mistake(
        "each-by-its-own",
        says="The test part is scaled by its own mean and deviation; it should be scaled by those of train.",
        hint="Tomorrow's customers come one by one, and one row has no deviation. Besides, 40 years would mean "
             "something else in each part.",
        cells={"standardize": changed(STANDARDIZE, ("(test - mean) / std",
                                                    "(test - test.mean(axis=0)) / (test.std(axis=0) + 1e-12)"))},
        fails=["test_standardize_test", "test_standardize_constant"]),

    Mistake(
        "measured-on-both",
        says="Mean and deviation are taken over both parts together: that is the leak.",
        hint="What was measured on the test part is in the training data, then. Measure on train alone.",
        cells={"standardize": changed(STANDARDIZE, ("    mean, std = train.mean(axis=0), train.std(axis=0)",
                                                    "    both = np.concatenate([train, test])\n"
                                                    "    mean, std = both.mean(axis=0), both.std(axis=0)"))},
        fails=["test_standardize_train", "test_standardize_no_leak"]),

    Mistake(
        "test-part-unscaled",
        says="The test part comes back as it was.",
        hint="The network has learned in the new unit. Who asks it later must ask in this unit, too.",
        cells={"standardize": changed(STANDARDIZE, ("(test - mean) / std", "test.copy()"))},
        fails=["test_standardize_test", "test_standardize_constant"]),

    Mistake(
        "deviation-exactly-zero",
        says="A column of equal entries is divided by its deviation, which rounding has made 1e-17.",
        hint="The mean of equal numbers need not be exactly their value. Compare the entries with each other.",
        cells={"standardize": changed(STANDARDIZE, ("np.all(train == train[0], axis=0)", "std == 0"))},
        fails=["test_standardize_almost_constant"]),

    Mistake(
        "constant-columns-ignored",
        says="A constant column is divided by its deviation of 0.",
        hint="0 / 0 is NaN, and NaN spreads through the whole network. Look for constant columns first.",
        cells={"standardize": changed(STANDARDIZE, ("    std = np.where(np.all(train == train[0], axis=0), 1.0, std)\n",
                                                    ""))},
        fails=["test_standardize_constant", "test_standardize_almost_constant"]),

    Mistake(
        "small-is-constant",
        says="A column with a small deviation counts as constant, although its entries differ.",
        hint="A length in kilometres can vary by 1e-9 and still tell atoms apart. Constant means that all entries are "
             "equal.",
        cells={"standardize": changed(STANDARDIZE, ("np.all(train == train[0], axis=0)", "std < 1e-8"))},
        fails=["test_standardize_almost_constant"]),

    Mistake(
        "little-added-to-the-deviation",
        says="A small number is added to the deviation, so a constant column is divided by that number.",
        hint="In train this looks right, since 0 / 1e-8 is 0. But a new customer with another value comes out at "
             "millions.",
        cells={"standardize": changed(STANDARDIZE, ("np.where(np.all(train == train[0], axis=0), 1.0, std)",
                                                    "std + 1e-8"))},
        fails=["test_standardize_constant", "test_standardize_almost_constant"]),

    Mistake(
        "constant-columns-zeroed",
        says="A column that is constant in train becomes 0 in the test part, too.",
        hint="There another value may come up, and its distance from the mean must be seen.",
        cells={"standardize": changed(STANDARDIZE, ("1.0, std)", "np.inf, std)"))},
        fails=["test_standardize_constant", "test_standardize_almost_constant"]),

    Mistake(
        "scaled-in-place",
        says="The table is scaled inside the caller's array.",
        hint="train -= mean saves a line, but the caller's table is gone. train - mean makes a new one.",
        cells={"standardize": changed(STANDARDIZE, ("    return (train - mean) / std",
                                                    "    train -= mean\n    return train / std"))},
        fails=["test_standardize_keeps_inputs"]),

    Mistake(
        "one-hidden-unit",
        says="The network has one hidden unit, so it is no better than a straight line.",
        hint="One tanh rises or falls, but here the young and the old both cancel. Take ten hidden units or more.",
        cells={"train-classifier": changed(TRAIN, ("16, 400", "1, 400"))},
        fails=LEARNS),

    Mistake(
        "all-from-zero",
        says="All weights start at zero, and stay there.",
        hint="With W2 = 0 nothing comes back to W1, and with W1 = 0 nothing reaches W2. Start with random weights.",
        cells={"train-classifier": changed(TRAIN, ("rng.normal(size=(hidden, X", "np.zeros((hidden, X"),
                                           ("0.3 * rng.normal(size=(1, hidden))", "np.zeros((1, hidden))"))},
        fails=LEARNS),

    Mistake(
        "all-alike",
        says="All hidden units start alike, and so they stay alike: the network is one unit.",
        hint="Equal weights get equal gradients. Only a random start makes the units different.",
        cells={"train-classifier": changed(TRAIN, ("rng.normal(size=(hidden, X", "np.ones((hidden, X"),
                                           ("0.3 * rng.normal(size=(1, hidden))", "np.ones((1, hidden))"))},
        fails=GOOD),

    Mistake(
        "uphill",
        says="The steps go uphill: the loss grows.",
        hint="The gradient points where the loss grows. Descent walks the other way.",
        cells={"train-classifier": changed(TRAIN, ("p -= lr", "p += lr"))},
        fails=LEARNS),

    Mistake(
        "too-short",
        says="The training ends long before the loss stops falling.",
        hint="Print the loss every 50 steps. Then take more steps, or larger ones.",
        cells={"train-classifier": changed(TRAIN, ("16, 400, 0.02", "16, 100, 0.003"))},
        fails=GOOD),

    Mistake(
        "not-trained",
        says="The network comes back as it was at the start: the steps change copies.",
        hint="p = p - step only gives a new array the name p. p -= step changes the array itself.",
        cells={"train-classifier": changed(TRAIN, ("p -= lr", "p = p - lr"))},
        fails=[*LEARNS, "test_train_repeatable"]),

    Mistake(
        "inputs-first",
        says="W1 is (D, H); predict needs (H, D).",
        hint="predict computes X @ W1.T: each row of W1 holds the weights of one hidden unit.",
        cells={"train-classifier": changed(TRAIN, ("return tuple(params)",
                                                   "return (params[0].T, *params[1:])"))},
        fails=["test_train_shapes"]),

    Mistake(
        "flat-output-weights",
        says="W2 is (H,); it should be (1, H).",
        hint="The output layer is a layer like the other: a row of weights for each of its units, here one.",
        cells={"train-classifier": changed(TRAIN, ("return tuple(params)",
                                                   "return params[0], params[1], params[2][0], params[3]"))},
        fails=["test_train_shapes"]),

    Mistake(
        "start-from-elsewhere",
        says="The start does not come from rng, so the same seed gives other weights.",
        hint="np.random.randn and a generator without a seed know nothing of rng. Draw from rng, and a training can be "
             "repeated.",
        cells={"train-classifier": changed(TRAIN, ("[rng.normal", "[np.random.default_rng().normal"))},
        fails=["test_train_repeatable"]),

    Mistake(
        "customers-shuffled-in-place",
        says="The training shuffles the caller's customers.",
        hint="rng.shuffle works inside the array. order = rng.permutation(len(X)) and X[order] leave it as it is.",
        cells={"train-classifier": changed(TRAIN, (
            "    hidden, steps", "    order = rng.permutation(len(X))\n    X[:], y[:] = X[order], y[order]\n"
            "    hidden, steps"))},
        fails=["test_train_keeps_data"]),

    Mistake(
        "not-in-shares",
        says="The sums of the paths are not divided by their total.",
        hint="A share is a part of the whole: all shares together are 1.",
        cells={"feature-importance": changed(IMPORTANCE, ("paths / paths.sum()", "paths"))},
        fails=["test_importance_shares"]),

    Mistake(
        "largest-is-one",
        says="The sums of the paths are divided by the largest; it should be by their total.",
        hint="A share is a part of the whole: all shares together are 1.",
        cells={"feature-importance": changed(IMPORTANCE, ("paths.sum()", "paths.max()"))},
        fails=["test_importance_shares"]),

    Mistake(
        "output-ignored",
        says="Only the weights into the hidden units count; those from there to the output are missing.",
        hint="What a unit knows matters as much as the output listens to it: multiply by its W2.",
        cells={"feature-importance": changed(IMPORTANCE, ("np.abs(W2.T * W1)", "np.abs(W1)"))},
        fails=["test_importance_output_weights"]),

    Mistake(
        "paths-cancel",
        says="The paths are added with their signs, and only the sum is made positive: they cancel.",
        hint="A feature that raises one unit and lowers another matters twice. First the sizes, then the sum.",
        cells={"feature-importance": changed(IMPORTANCE, ("np.abs(W2.T * W1).sum(axis=0)",
                                                          "np.abs((W2.T * W1).sum(axis=0))"))},
        fails=["test_importance_signs"]),

    Mistake(
        "sum-over-the-features",
        says="The sum goes over the features: these are the shares of the hidden units.",
        hint="What is left must have an entry for each feature, so sum over the H hidden units.",
        cells={"feature-importance": changed(IMPORTANCE, ("sum(axis=0)", "sum(axis=1)"))},
        fails=SHARES),

    Mistake(
        "sizes-in-place",
        says="The weights of the network lose their signs: the sizes are taken inside its own arrays.",
        hint="out=W1 writes into the caller's array. np.abs(W1) makes a new one.",
        cells={"feature-importance": changed(IMPORTANCE, ("    paths =", "    np.abs(W1, out=W1)\n    paths ="))},
        fails=["test_importance_biases"]),

    *(
        Mistake(
            f"{cell}-returns-nothing",
            says=f"{cell.replace('-', '_')} returns nothing: its last line, with return, is missing.",
            hint="What a function has computed is gone when it ends, unless it hands it over with return. print only "
                 "shows it.",
            cells={cell: source.rpartition("    return")[0]},
            fails=fails)
        for cell, source, fails in [
            ("make-customers", CUSTOMERS, ["test_customers_shapes", "test_customers_age", "test_customers_labels"]),
            ("standardize", STANDARDIZE, ["test_standardize_train", "test_standardize_test"]),
            ("train-classifier", TRAIN, ["test_train_shapes", *LEARNS]),
            ("feature-importance", IMPORTANCE, SHARES),
        ]
    ),
]
