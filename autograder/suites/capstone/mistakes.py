"""Known wrong answers to capstone: the right one with a line or two changed, so that the slip stands out."""

from autograder.marking.mistakes import Mistake, changed

SPLIT_GROUPS = """
def split_groups(groups, n_test, rng):
    drawn = rng.choice(np.unique(groups), n_test, replace=False)
    held = np.isin(groups, drawn)
    train, test = np.flatnonzero(~held), np.flatnonzero(held)
    return train, test
"""

BASELINE = """
def baseline(x, y):
    best = (np.inf, 0, 0.0, 0.0)
    for j in range(x.shape[1]):
        column = x[:, j]
        if column.min() == column.max():
            continue
        slope = np.sum((column - column.mean()) * (y - y.mean())) / np.sum((column - column.mean()) ** 2)
        intercept = y.mean() - slope * column.mean()
        best = min(best, (np.mean((slope * column + intercept - y) ** 2), j, slope, intercept))
    _, j, slope, intercept = best
    return lambda x_new: slope * x_new[:, j] + intercept
"""

TRAIN_MODEL = """
def train_model(x, y, rng):
    mean, std = x.mean(axis=0), x.std(axis=0)
    std[std == 0] = 1
    center, scale = y.mean(), y.std()
    manual_seed(int(rng.integers(1000)))
    model = nn.Sequential(nn.Linear(x.shape[1], 24), nn.Tanh(), nn.Linear(24, 1))
    loss, optimizer = nn.MSELoss(), optim.Adam(model.parameters(), lr=0.02)
    z, target = (x - mean) / std, (y - center)[:, None] / scale
    for epoch in range(25):
        for a, b in batches(z.astype(np.float32), target.astype(np.float32), batch_size=64, rng=rng):
            optimizer.zero_grad()
            loss(model(a), b)
            model.backward(loss.backward())
            optimizer.step()

    def predict(x_new):
        return model(((x_new - mean) / std).astype(np.float32))[:, 0] * scale + center

    return predict
"""

PLANE = """
def train_model(x, y, rng):
    def columns(x):
        return np.column_stack([x, np.ones(len(x))])

    w = np.linalg.lstsq(columns(x), y, rcond=None)[0]
    return lambda x_new: columns(x_new) @ w
"""

BOOTSTRAP_INTERVAL = """
def bootstrap_interval(errors, rng, times=1000, level=0.95):
    rows = rng.integers(len(errors), size=(times, len(errors)))
    means = errors[rows].mean(axis=1)
    alpha = 1 - level
    low, high = np.quantile(means, [alpha / 2, 1 - alpha / 2])
    return float(low), float(high)
"""

REPORT = """
def report(y, predicted, reference, interval):
    errors = np.abs(predicted - y)
    gains = np.abs(reference - y) - errors
    low, high = interval(gains)
    return {
        "error": float(errors.mean()),
        "interval": interval(errors),
        "gain": float(gains.mean()),
        "gain_interval": (low, high),
        "better": bool(low > 0),
    }
"""

PROMISES = ["test_model_error", "test_model_units_of_x", "test_model_units_of_y", "test_model_constant_column"]
LINES = ["test_baseline_line", "test_baseline_column", "test_baseline_constant"]
INTERVALS = ["test_bootstrap_skewed", "test_bootstrap_level", "test_bootstrap_sign"]
FIT = """        slope = np.sum((column - column.mean()) * (y - y.mean())) / np.sum((column - column.mean()) ** 2)
        intercept = y.mean() - slope * column.mean()
"""


MISTAKES = [
    Mistake(
        "split-rows",
        says="Single rows are drawn, so that a group can have rows on both sides.",
        hint="That is the leak: the double of a test molecule was in the training part. Draw among the different "
             "groups, then take all their rows.",
        cells={"split-groups": changed(SPLIT_GROUPS, ("np.unique(groups), n_test", "len(groups), n_test"),
                                       ("np.isin(groups, drawn)", "np.isin(np.arange(len(groups)), drawn)"))},
        fails=["test_split_no_leak", "test_split_n_test", "test_split_equally_likely"]),

    Mistake(
        "split-large-first",
        says="Groups are drawn by way of their rows, so large groups are held out more often than small ones.",
        hint="A group with nine rows is met nine times as often as one with a single row. np.unique(groups) has each "
             "group once.",
        cells={"split-groups": changed(SPLIT_GROUPS, ("rng.choice(np.unique(groups), n_test, replace=False)",
                                                      "list(dict.fromkeys(rng.permutation(groups).tolist()))[:n_test]"))},
        fails=["test_split_equally_likely"]),

    Mistake(
        "split-with-replacement",
        says="A group can be drawn twice, so fewer than n_test groups are held out.",
        hint="rng.choice draws with replacement unless it is told replace=False.",
        cells={"split-groups": changed(SPLIT_GROUPS, (", replace=False", ""))},
        fails=["test_split_n_test"]),

    Mistake(
        "split-counts-rows",
        says="Groups are taken until n_test rows are held out; n_test counts groups.",
        hint="The signature says it: n_test is how many groups are held out, however many rows they have.",
        cells={"split-groups": changed(
            SPLIT_GROUPS, ("    drawn = rng.choice(np.unique(groups), n_test, replace=False)\n",
                           "    order = rng.permutation(np.unique(groups))\n"
                           "    sizes = np.cumsum([np.sum(groups == group) for group in order])\n"
                           "    drawn = order[: np.searchsorted(sizes, n_test) + 1]\n"))},
        fails=["test_split_n_test", "test_split_equally_likely"]),

    Mistake(
        "split-first-groups",
        says="The groups with the smallest numbers are held out, whatever the rng.",
        hint="np.unique sorts. Shuffle the groups with rng.permutation before you take the first n_test, or let "
             "rng.choice draw.",
        cells={"split-groups": changed(SPLIT_GROUPS, ("rng.choice(np.unique(groups), n_test, replace=False)",
                                                      "np.unique(groups)[:n_test]"))},
        fails=["test_split_equally_likely", "test_split_seed"]),

    Mistake(
        "split-own-generator",
        says="The split is drawn from a generator with a fixed seed of its own; rng is not used.",
        hint="Whoever calls split_groups wants other splits for other seeds. Draw from the rng that came as an "
             "argument.",
        cells={"split-groups": changed(SPLIT_GROUPS, ("rng.choice", "np.random.default_rng(0).choice"))},
        fails=["test_split_equally_likely", "test_split_seed"]),

    Mistake(
        "split-global-generator",
        says="The split is drawn from np.random, which no seed of rng reaches.",
        hint="np.random.choice is the old global generator. rng.choice draws from the one that you were given.",
        cells={"split-groups": changed(SPLIT_GROUPS, ("rng.choice", "np.random.choice"))},
        fails=["test_split_seed"]),

    Mistake(
        "split-masks",
        says="train and test are masks, with True and False for each row; they should hold row numbers.",
        hint="A mask selects rows just as well, but here the caller wants numbers: np.flatnonzero(mask).",
        cells={"split-groups": changed(SPLIT_GROUPS, ("np.flatnonzero(~held), np.flatnonzero(held)", "~held, held"))},
        fails=["test_split_rows"]),

    Mistake(
        "split-group-numbers",
        says="train and test hold numbers of groups; they should hold numbers of rows.",
        hint="x[train] takes rows. Which rows belong to the groups that were drawn? np.isin tells.",
        cells={"split-groups": changed(SPLIT_GROUPS, ("np.flatnonzero(~held), np.flatnonzero(held)",
                                                      "np.setdiff1d(groups, drawn), drawn"))},
        fails=["test_split_rows"]),

    Mistake(
        "split-test-first",
        says="The two parts are returned in the wrong order: train comes first, then test.",
        hint="Read the Returns line again. The smaller part of the example is the test part.",
        cells={"split-groups": changed(SPLIT_GROUPS, ("return train, test", "return test, train"))},
        fails=["test_split_n_test"]),

    Mistake(
        "split-renumbers-in-place",
        says="The group numbers are changed inside the caller's array.",
        hint="groups -= ... writes into the array of whoever called. groups = groups - ... makes a new one.",
        cells={"split-groups": changed(SPLIT_GROUPS, ("    drawn", "    groups -= groups.min()\n    drawn"))},
        fails=["test_split_keeps_groups"]),

    Mistake(
        "line-through-zero",
        says="The line has no intercept: it goes through the origin.",
        hint="Two numbers are fitted for each column, slope and intercept. At x = 0 the line need not be 0.",
        cells={"baseline": changed(BASELINE, (
            FIT, "        slope, intercept = column @ y / (column @ column), 0.0\n"))},
        fails=LINES),

    Mistake(
        "line-ends-swapped",
        says="Slope and intercept are swapped.",
        hint="np.polyfit returns the highest power first: the slope, then the intercept.",
        cells={"baseline": changed(BASELINE, (FIT, "        intercept, slope = np.polyfit(column, y, 1)\n"))},
        fails=LINES),

    Mistake(
        "line-rising-only",
        says="The column with the largest correlation is kept; a line that falls can fit better.",
        hint="A correlation of -0.9 is as good as one of 0.9. Compare the squared errors themselves.",
        cells={"baseline": changed(BASELINE, ("np.mean((slope * column + intercept - y) ** 2)",
                                              "-np.corrcoef(column, y)[0, 1]"))},
        fails=["test_baseline_column"]),

    Mistake(
        "line-steepest",
        says="The column with the steepest line is kept; that depends on its unit.",
        hint="The same column in grams or in kilograms has slopes that differ by a thousand. Compare the errors.",
        cells={"baseline": changed(BASELINE, ("np.mean((slope * column + intercept - y) ** 2)", "-abs(slope)"))},
        fails=["test_baseline_column"]),

    Mistake(
        "line-first-column",
        says="The line always uses the first column.",
        hint="Fit each column, and remember the one whose line has the smallest mean squared error.",
        cells={"baseline": changed(BASELINE, ("range(x.shape[1])", "[0]"))},
        fails=["test_baseline_column"]),

    Mistake(
        "line-in-all-columns",
        says="This is a plane through all columns; the sceptic draws a line through one.",
        hint="One slope, one intercept, one column. The plane is a better model, and a later task.",
        cells={"baseline": changed(PLANE, ("train_model(x, y, rng)", "baseline(x, y)"))},
        fails=["test_baseline_column", "test_baseline_constant"]),

    Mistake(
        "line-constant-column",
        says="A column with one number in all rows makes 0 / 0, and NaN is taken for the smallest error.",
        hint="np.argmin stops at the first NaN. Leave out columns whose smallest number is also their largest.",
        cells={"baseline": """
def baseline(x, y):
    centered = x - x.mean(axis=0)
    slopes = centered.T @ (y - y.mean()) / np.sum(centered**2, axis=0)
    intercepts = y.mean() - slopes * x.mean(axis=0)
    j = np.argmin(np.mean((x * slopes + intercepts - y[:, None]) ** 2, axis=0))
    return lambda x_new: slopes[j] * x_new[:, j] + intercepts[j]
"""},
        fails=["test_baseline_constant"], recognisable=False),

    Mistake(
        "line-centers-in-place",
        says="The columns are centered inside the caller's array.",
        hint="x -= ... writes into the array of whoever called, who trains the next model with it.",
        cells={"baseline": changed(BASELINE, ("    best = (np.inf", "    shift = x.mean(axis=0)\n    x -= shift\n"
                                                                    "    best = (np.inf"),
                                   ("slope * x_new[:, j]", "slope * (x_new[:, j] - shift[j])"))},
        fails=["test_baseline_keeps_inputs"]),

    Mistake(
        "model-plane",
        says="The model is a plane through all columns, and that does not reach 0.6 times the error of the line.",
        hint="Solubility does not go straight with the counts. A hidden layer, squares and products of columns, or "
             "neighbours can follow the bends.",
        cells={"train-model": PLANE},
        fails=PROMISES),

    Mistake(
        "model-one-epoch",
        says="The network is trained for a single epoch, which is not enough.",
        hint="Watch the loss on rows that you hold out from x: as long as it falls, go on.",
        cells={"train-model": changed(TRAIN_MODEL, ("range(25)", "range(1)"))},
        fails=PROMISES),

    Mistake(
        "model-raw-columns",
        says="The columns go into the network in their own units.",
        hint="A weight of 300 drives every tanh to its end, and a column of 0.001 is not seen at all. Subtract the "
             "mean and divide by the standard deviation of the training rows.",
        cells={"train-model": changed(TRAIN_MODEL, ("std[std == 0] = 1", "mean, std = 0 * mean, 0 * std + 1"))},
        fails=["test_model_units_of_x"]),

    Mistake(
        "model-raw-y",
        says="The network has to learn the mean of y, which may be as large as 100.",
        hint="Weights begin small, so the first predictions are near 0. Train on y minus its mean, add it in predict.",
        cells={"train-model": changed(TRAIN_MODEL, ("center, scale = y.mean(), y.std()", "center, scale = 0.0, 1.0"))},
        fails=["test_model_units_of_y"]),

    Mistake(
        "model-ten-columns",
        says="The number of columns is written into the network; it comes from x.",
        hint="x.shape[1] is the number of columns, also where somebody adds one.",
        cells={"train-model": changed(TRAIN_MODEL, ("nn.Linear(x.shape[1]", "nn.Linear(10"))},
        fails=["test_model_constant_column"], recognisable=False),

    Mistake(
        "model-divides-by-zero",
        says="A constant column is divided by its standard deviation, 0, and all predictions become NaN.",
        hint="Divide by 1 where the standard deviation is 0: the column then is 0 everywhere, and does no harm.",
        cells={"train-model": changed(TRAIN_MODEL, ("    std[std == 0] = 1\n", ""))},
        fails=["test_model_constant_column"], recognisable=False),

    Mistake(
        "model-standardises-anew",
        says="predict uses the mean and standard deviation of the rows it is asked about.",
        hint="The prediction for a molecule then depends on its company, and a molecule alone is always average. "
             "Keep the mean and standard deviation of the training rows.",
        cells={"train-model": changed(TRAIN_MODEL, (
            "    def predict(x_new):\n", "    def predict(x_new):\n"
            "        mean, std = x_new.mean(axis=0), x_new.std(axis=0) + 1e-9\n"))},
        fails=["test_model_each_row_alone"]),

    Mistake(
        "model-dropout-on",
        says="Dropout is still at work in predict: the same molecule gets another answer each time.",
        hint="model.eval() switches it off. Layers do not know that training is over unless they are told.",
        cells={"train-model": changed(TRAIN_MODEL, ("nn.Tanh(), ", "nn.Tanh(), nn.Dropout(0.1), "))},
        fails=["test_model_each_row_alone"]),

    Mistake(
        "model-unseeded-weights",
        says="The first weights do not come from rng, so the same seed gives other predictions.",
        hint="nn.Linear draws from the generator that manual_seed sets. Draw a number from rng, and seed with it.",
        cells={"train-model": changed(TRAIN_MODEL, ("    manual_seed(int(rng.integers(1000)))\n", ""))},
        fails=["test_model_seed"]),

    Mistake(
        "model-unseeded-batches",
        says="The rows are shuffled by np.random, so the same seed gives other predictions.",
        hint="np.random.permutation draws from the old global generator, which no seed of rng reaches.",
        cells={"train-model": changed(TRAIN_MODEL, (
            "    for epoch", "    order = np.random.permutation(len(x))\n    z, target = z[order], target[order]\n"
            "    for epoch"), (", rng=rng", ", shuffle=False"))},
        fails=["test_model_seed"]),

    Mistake(
        "model-standardises-in-place",
        says="The columns are standardised inside the caller's array.",
        hint="x -= ... writes into the array of whoever called. Make a new one: z = (x - mean) / std.",
        cells={"train-model": changed(TRAIN_MODEL, (
            "    z, target = (x - mean) / std, ", "    x -= mean\n    x /= std\n    z, target = x, "))},
        fails=["test_model_keeps_inputs"]),

    Mistake(
        "model-one-column-out",
        says="predict returns an array (M, 1); the text asks for (M,).",
        hint="The last layer has one column. Take it out: model(...)[:, 0]. Otherwise predicted - y has M times M "
             "numbers.",
        cells={"train-model": changed(TRAIN_MODEL, ("[:, 0] * scale", " * scale"))},
        fails=[*PROMISES, "test_model_seed", "test_model_each_row_alone"]),

    Mistake(
        "interval-of-the-numbers",
        says="The quantiles are those of the errors; they should be those of their bootstrap means.",
        hint="Single errors scatter far more than means of N. The interval asks how sure the mean is.",
        cells={"bootstrap-interval": changed(BOOTSTRAP_INTERVAL, ("np.quantile(means", "np.quantile(errors"))},
        fails=[*INTERVALS, "test_bootstrap_times", "test_bootstrap_seed"]),

    Mistake(
        "interval-normal",
        says="The interval is the mean plus or minus a multiple of the standard error.",
        hint="That is the interval of a bell curve, which is symmetrical. Quantiles of the bootstrap means follow the "
             "shape that the errors have.",
        cells={"bootstrap-interval": changed(
            BOOTSTRAP_INTERVAL, ("low, high = np.quantile(means, [alpha / 2, 1 - alpha / 2])",
                                 "from statistics import NormalDist\n"
                                 "    width = NormalDist().inv_cdf(1 - alpha / 2) * np.std(means)\n"
                                 "    low, high = np.mean(errors) - width, np.mean(errors) + width"))},
        fails=["test_bootstrap_skewed"]),

    Mistake(
        "interval-no-replacement",
        says="The N numbers are drawn without replacement, so every mean is the same.",
        hint="N of N without replacement are all of them. Another sample has some numbers twice and misses others.",
        cells={"bootstrap-interval": changed(BOOTSTRAP_INTERVAL, (
            "rng.integers(len(errors), size=(times, len(errors)))",
            "np.array([rng.permutation(len(errors)) for _ in range(times)])"))},
        fails=INTERVALS),

    Mistake(
        "interval-alpha-not-halved",
        says="alpha lies outside on each side; it should be half of it on each.",
        hint="With level 0.95 five per cent lie outside: two and a half below, two and a half above.",
        cells={"bootstrap-interval": changed(BOOTSTRAP_INTERVAL, ("[alpha / 2, 1 - alpha / 2]", "[alpha, 1 - alpha]"))},
        fails=["test_bootstrap_level", "test_bootstrap_sign"]),

    Mistake(
        "interval-level-fixed",
        says="The argument level is not used: the interval is always that of 95 per cent.",
        hint="0.025 and 0.975 belong to level 0.95. Compute them from level.",
        cells={"bootstrap-interval": changed(BOOTSTRAP_INTERVAL, ("1 - level", "0.05"))},
        fails=["test_bootstrap_level"]),

    Mistake(
        "interval-times-fixed",
        says="The argument times is not used: there are always 1000 means.",
        hint="1000 is what times is where nobody says anything. The caller may want more, or fewer.",
        cells={"bootstrap-interval": changed(BOOTSTRAP_INTERVAL, ("size=(times,", "size=(1000,"))},
        fails=["test_bootstrap_times"]),

    Mistake(
        "interval-nearest",
        says="The ends are two of the means, the nearest ones; np.quantile goes in between.",
        hint="Sorting the means and taking one by its place is nearly the same for many draws. The text asks for "
             "np.quantile.",
        cells={"bootstrap-interval": changed(
            BOOTSTRAP_INTERVAL, ("np.quantile(means, [alpha / 2, 1 - alpha / 2])",
                                 "np.sort(means)[[int(alpha / 2 * times), int((1 - alpha / 2) * times)]]"))},
        fails=["test_bootstrap_times"]),

    Mistake(
        "interval-of-medians",
        says="The median of each draw is taken; it should be the mean.",
        hint="The report is about the mean error, so the interval must be one for the mean.",
        cells={"bootstrap-interval": changed(BOOTSTRAP_INTERVAL, (
            "errors[rows].mean(axis=1)", "np.median(errors[rows], axis=1)"))},
        fails=["test_bootstrap_skewed", "test_bootstrap_level"]),

    Mistake(
        "interval-wrong-axis",
        says="The means are taken over the draws; they should be taken over the N numbers of each draw.",
        hint="rows has one row for each draw. Its mean is over axis 1.",
        cells={"bootstrap-interval": changed(BOOTSTRAP_INTERVAL, ("mean(axis=1)", "mean(axis=0)"))},
        fails=INTERVALS),

    Mistake(
        "interval-made-positive",
        says="The numbers are made positive first; they may have any sign.",
        hint="The gain over the reference is negative for some molecules, and that is what the interval must tell.",
        cells={"bootstrap-interval": changed(BOOTSTRAP_INTERVAL, ("errors[rows]", "np.abs(errors[rows])"))},
        fails=["test_bootstrap_sign"]),

    Mistake(
        "interval-own-generator",
        says="The draws come from a generator with a fixed seed of its own; rng is not used.",
        hint="Whoever calls wants to repeat it with another seed. Draw from the rng that came as an argument.",
        cells={"bootstrap-interval": changed(BOOTSTRAP_INTERVAL, (
            "rng.integers", "np.random.default_rng(0).integers"))},
        fails=["test_bootstrap_seed"]),

    Mistake(
        "interval-high-first",
        says="The two ends are returned in the wrong order.",
        hint="The lower end comes first: return low, high.",
        cells={"bootstrap-interval": changed(BOOTSTRAP_INTERVAL, (
            "float(low), float(high)", "float(high), float(low)"))},
        fails=["test_bootstrap_one_number"]),

    Mistake(
        "report-squares",
        says="error is the root of the mean squared error; it should be the mean absolute error.",
        hint="Squares make large errors count more. An error of 1 should mean what the text says, a factor of ten.",
        cells={"report": changed(REPORT, ("errors.mean()", "np.sqrt(np.mean(errors**2))"))},
        fails=["test_report_error"]),

    Mistake(
        "report-signed",
        says="The errors keep their signs, so too large and too small predictions cancel.",
        hint="An error of -1 is as bad as one of 1: np.abs before the mean.",
        cells={"report": changed(REPORT, ("np.abs(predicted - y)", "predicted - y"))},
        fails=["test_report_error", "test_report_gain", "test_report_intervals"]),

    Mistake(
        "report-gain-turned",
        says="The gain has the wrong sign: it is positive where the model is worse.",
        hint="A gain is how much smaller the error of predicted is: that of reference minus that of predicted.",
        cells={"report": changed(REPORT, ("np.abs(reference - y) - errors", "errors - np.abs(reference - y)"))},
        fails=["test_report_gain", "test_report_intervals"]),

    Mistake(
        "report-gain-between-models",
        says="The gain compares predicted with reference; it should compare their errors.",
        hint="How far two predictions lie apart says nothing about which is nearer to y.",
        cells={"report": changed(REPORT, ("np.abs(reference - y) - errors", "np.abs(reference - predicted)"))},
        fails=["test_report_gain", "test_report_intervals"]),

    Mistake(
        "report-difference-of-intervals",
        says="gain_interval is made of two intervals; it should be the interval of the single gains.",
        hint="Both models err on the same hard molecules. Molecule by molecule that cancels, between two intervals it "
             "does not.",
        cells={"report": changed(REPORT, ("low, high = interval(gains)",
                                          "(a, b), (c, d) = interval(np.abs(reference - y)), interval(errors)\n"
                                          "    low, high = a - d, b - c"))},
        fails=["test_report_intervals"]),

    Mistake(
        "report-better-by-gain",
        says="better looks at the gain alone; the whole interval has to lie above 0.",
        hint="A positive mean may be luck. Look at the lower end of gain_interval.",
        cells={"report": changed(REPORT, ("low > 0", "gains.mean() > 0"))},
        fails=["test_report_better"]),

    Mistake(
        "report-better-by-error",
        says="better looks at the interval of the error; it should look at that of the gain.",
        hint="Errors are never negative, so their interval always lies above 0. The gain is what compares.",
        cells={"report": changed(REPORT, ("low > 0", "interval(errors)[0] > 0"))},
        fails=["test_report_better"]),

    Mistake(
        "report-better-at-zero",
        says="better is true where the interval only reaches 0; it has to lie above.",
        hint="No gain at all is inside such an interval: >, not >=.",
        cells={"report": changed(REPORT, ("low > 0", "low >= 0"))},
        fails=["test_report_better"]),

    Mistake(
        "report-better-in-words",
        says="better is a text; it should be True or False.",
        hint='Whoever asks "if told["better"]" gets yes for every text that is not empty, also for "no".',
        cells={"report": changed(REPORT, ("bool(low > 0)", '"yes" if low > 0 else "no"'))},
        fails=["test_report_better"]),

    *(
        Mistake(
            f"{cell}-returns-nothing",
            says=f"{cell.replace('-', '_')} returns nothing: its last lines, with return, are missing.",
            hint="What a function has computed is gone when it ends, unless it hands it over with return. print only "
                 "shows it.",
            cells={cell: source.rpartition("\n    return")[0]},
            fails=fails)
        for cell, source, fails in [
            ("split-groups", SPLIT_GROUPS, ["test_split_rows", "test_split_no_leak", "test_split_n_test"]),
            ("baseline", BASELINE, LINES),
            ("train-model", TRAIN_MODEL, [*PROMISES, "test_model_seed", "test_model_each_row_alone"]),
            ("bootstrap-interval", BOOTSTRAP_INTERVAL, ["test_bootstrap_one_number", *INTERVALS]),
            ("report", REPORT, ["test_report_error", "test_report_gain", "test_report_intervals"]),
        ]
    ),
]
