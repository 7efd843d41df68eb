"""Known wrong answers to xor: the right one, with tanh units and a line or two changed, to show the slip."""

from autograder.marking.mistakes import Mistake, changed

INIT_PARAMS = """
def init_params(rng):
    return {
        "W1": rng.uniform(-1, 1, (4, 2)),
        "b1": np.zeros(4),
        "W2": rng.uniform(-1, 1, (1, 4)),
        "b2": np.zeros(1),
    }
"""

FORWARD = """
def forward(params, X):
    H = np.tanh(X @ params["W1"].T + params["b1"])
    return sigmoid(H @ params["W2"].T + params["b2"])
"""

TRAIN = """
def train(X, y, rng):
    params = init_params(rng)
    for _ in range(400):
        H = np.tanh(X @ params["W1"].T + params["b1"])
        dscore = (forward(params, X) - y) / len(X)
        dZ = dscore @ params["W2"] * (1 - H**2)
        grads = {"W1": dZ.T @ X, "b1": dZ.sum(axis=0), "W2": dscore.T @ H, "b2": dscore.sum(axis=0)}
        for name in params:
            params[name] = params[name] - 2 * grads[name]
    return params
"""

DECISION_GRID = """
def decision_grid(params, n=50):
    s = np.linspace(-0.5, 1.5, n)
    x1, x2 = np.meshgrid(s, s)
    return forward(params, np.stack([x1.ravel(), x2.ravel()], axis=1)).reshape(n, n)
"""

Z = 'X @ params["W1"].T + params["b1"]'
SCORE = 'H @ params["W2"].T + params["b2"]'
UNITS = ["test_forward_hidden_weights", "test_forward_hidden_biases"]
LEARN = ["test_train_most_starts", "test_train_nearly_all_starts", "test_train_other_seeds",
         "test_train_swapped_labels"]
GRID = ["test_grid_points", "test_grid_columns", "test_grid_rows", "test_grid_entries"]


def trained(source):
    """The cells of a training that has tanh units, whatever those of the solution are."""
    return {"init-params": INIT_PARAMS, "forward": FORWARD, "train": source}


MISTAKES = [
    Mistake(
        "all-zero",
        says="All weights start at zero.",
        hint="With W1 and W2 zero all units are equal and get no gradient. Draw the weights; biases may be zero.",
        cells={"init-params": changed(INIT_PARAMS, ("rng.uniform(-1, 1, ", "np.zeros("))},
        fails=["test_init_other_seed", "test_init_rows"], recognisable=False),

    Mistake(
        "equal-rows",
        says="One pair of weights is drawn and used for all four units.",
        hint="Units that begin equal stay equal: draw two numbers for each of the four.",
        cells={"init-params": changed(INIT_PARAMS, ("rng.uniform(-1, 1, (4, 2))",
                                                    "np.tile(rng.uniform(-1, 1, 2), (4, 1))"))},
        fails=["test_init_rows"], recognisable=False),

    Mistake(
        "shared-generator",
        says="The numbers come from NumPy's global generator; all chance should come from rng.",
        hint="np.random goes on where its last caller stopped. Yours is rng.",
        cells={"init-params": changed(INIT_PARAMS, ("rng.uniform", "np.random.uniform"))},
        fails=["test_init_same_seed"], recognisable=False),

    Mistake(
        "own-seed",
        says="init_params makes a generator of its own with a fixed seed.",
        hint="Then every start is the same, whatever seed the caller chose. Use the rng that you got.",
        cells={"init-params": changed(INIT_PARAMS, ("    return", "    rng = np.random.default_rng(0)\n    return"))},
        fails=["test_init_other_seed"], recognisable=False),

    Mistake(
        "weights-lying",
        says="W1 has the shape (2, 4).",
        hint="One row for each unit: four rows, with a weight for each of the two inputs.",
        cells={"init-params": changed(INIT_PARAMS, ("(4, 2)", "(2, 4)"))},
        fails=["test_init_shapes"], recognisable=False),

    Mistake(
        "bias-row",
        says="b1 has the shape (1, 4); (4,) is wanted.",
        hint="A bias for each unit and no second axis: np.zeros(4).",
        cells={"init-params": changed(INIT_PARAMS, ("np.zeros(4)", "np.zeros((1, 4))"))},
        fails=["test_init_shapes"], recognisable=False),

    Mistake(
        "whole-numbers",
        says="The biases are whole numbers.",
        hint="An array of ints cannot take up what a gradient adds to it. Leave the dtype out, it is float then.",
        cells={"init-params": changed(INIT_PARAMS, ("np.zeros(4)", "np.zeros(4, dtype=int)"))},
        fails=["test_init_shapes"], recognisable=False),

    Mistake(
        "score-returned",
        says="forward returns the last score; its sigmoid, the probability, is missing.",
        hint="A score can be any number. The text has a sigma around it.",
        cells={"forward": changed(FORWARD, (f"sigmoid({SCORE})", SCORE))},
        fails=["test_forward_output_bias"]),

    Mistake(
        "class-returned",
        says="forward returns the class, 0 or 1; the probability is wanted.",
        hint="Leave the threshold to whoever asks. Training needs the probability itself.",
        cells={"forward": changed(FORWARD, (f"sigmoid({SCORE})", f"1.0 * (sigmoid({SCORE}) > 0.5)"))},
        fails=["test_forward_output_bias"]),

    Mistake(
        "tanh-at-the-end",
        says="The output is a tanh, which reaches from -1 to 1; the sigmoid is wanted.",
        hint="f is yours in the hidden layer only. What comes out is a probability.",
        cells={"forward": changed(FORWARD, ("sigmoid(", "np.tanh("))},
        fails=["test_forward_output_bias"]),

    Mistake(
        "hidden-bias-missing",
        says="The hidden units do not add their biases.",
        hint="The text adds b1 before f is applied.",
        cells={"forward": changed(FORWARD, (' + params["b1"]', ""))},
        fails=["test_forward_hidden_biases"]),

    Mistake(
        "output-bias-missing",
        says="The output does not add its bias.",
        hint="The text adds b2 before the sigmoid. With W2 = 0 nothing else is left.",
        cells={"forward": changed(FORWARD, (' + params["b2"]', ""))},
        fails=["test_forward_output_bias"]),

    Mistake(
        "bias-after-activation",
        says="b1 is added after the activation; it belongs inside.",
        hint="Behind f the biases only shift the score. Inside they move the place where the unit bends.",
        cells={"forward": changed(FORWARD, (f'np.tanh({Z})', 'np.tanh(X @ params["W1"].T) + params["b1"]'))},
        fails=["test_forward_hidden_biases"]),

    Mistake(
        "no-activation",
        says="There is no activation between the two layers.",
        hint="Two linear layers are one, and it draws one line. XOR has none.",
        cells={"forward": changed(FORWARD, (f"np.tanh({Z})", Z))},
        fails=["test_forward_bent"]),

    Mistake(
        "activation-of-the-inputs",
        says="The activation is applied to the inputs; it belongs around the sums of the hidden units.",
        hint="First weigh and add, then bend. What goes into f has one number for each unit.",
        cells={"forward": changed(FORWARD, ("np.tanh(X @", "(np.tanh(X) @"))},
        fails=UNITS),

    Mistake(
        "softmax-over-units",
        says="The units are normalised to shares of each other; each is to be bent by itself.",
        hint="With softmax what one unit answers hangs on the other three. f takes one number and gives one.",
        cells={"forward": changed(FORWARD, ("    return", "    H = np.exp(H) / np.exp(H).sum(axis=1, keepdims=True)\n"
                                                          "    return"))},
        fails=UNITS),

    Mistake(
        "reshaped-weights",
        says="W1 is reshaped to (2, 4); it should be transposed.",
        hint="reshape reads the eight numbers row by row into another form and mixes the units. Use .T.",
        cells={"forward": changed(FORWARD, ('params["W1"].T', 'params["W1"].reshape(2, 4)'))},
        fails=["test_forward_hidden_weights"]),

    Mistake(
        "answers-flat",
        says="forward returns an array (N,); (N, 1) is wanted.",
        hint="y has the shape (N, 1). (N,) minus (N, 1) is (N, N), without an error.",
        cells={"forward": changed(FORWARD, (f"sigmoid({SCORE})", f"sigmoid({SCORE})[:, 0]"))},
        fails=["test_forward_shape"]),

    Mistake(
        "inputs-centred",
        says="The inputs are moved inside the caller's array.",
        hint="X -= ... changes the corners themselves, with every call once more. X - ... makes a new array.",
        cells={"forward": changed(FORWARD, ("    H =", "    X -= 0.5\n    H ="))},
        fails=["test_forward_keeps_inputs"]),

    Mistake(
        "uphill",
        says="The steps go uphill: they are added where they should be subtracted.",
        hint="The gradient points where the loss grows.",
        cells=trained(changed(TRAIN, ("- 2 * grads", "+ 2 * grads"))),
        fails=LEARN),

    Mistake(
        "too-few-steps",
        says="Training ends long before the corners are told apart.",
        hint="Print the loss from time to time: it lies near ln 2 for a while before it falls.",
        cells=trained(changed(TRAIN, ("range(400)", "range(10)"))),
        fails=LEARN),

    Mistake(
        "steps-too-short",
        says="The learning rate is so small that the weights hardly leave their start.",
        hint="Four examples are few and the gradients small: here a rate near 1 does no harm.",
        cells=trained(changed(TRAIN, ("- 2 * grads", "- 0.002 * grads"))),
        fails=LEARN),

    Mistake(
        "first-layer-frozen",
        says="Only the output learns; the hidden units stay as they were drawn.",
        hint="All four entries of the dictionary are to be learned. Follow the gradient back through f to W1 and b1.",
        cells=trained(changed(TRAIN, ("in params:", 'in ("W2", "b2"):'))),
        fails=["test_train_nearly_all_starts"]),

    Mistake(
        "slope-of-relu",
        says="The way back takes the slope of ReLU, while the units are tanh.",
        hint="The slope belongs to f: 1 where z > 0 is that of ReLU, 1 - h**2 that of tanh. Which f is yours?",
        cells=trained(changed(TRAIN, ("(1 - H**2)", "(H > 0)"))),
        fails=["test_train_nearly_all_starts"]),

    Mistake(
        "four-relu-units",
        says="These are the four ReLU units of the lesson: some starts stay stuck.",
        hint="A ReLU unit that is 0 at all corners learns no more. What bends and is never flat?",
        cells={"init-params": changed(INIT_PARAMS, ("rng.uniform(-1, 1, (4, 2))", "rng.normal(size=(4, 2))"),
                                      ("rng.uniform(-1, 1, (1, 4))", "rng.normal(size=(1, 4)) * np.sqrt(0.5)")),
               "forward": changed(FORWARD, ("np.tanh(", "np.maximum(0, ")),
               "train": changed(TRAIN, ("np.tanh(", "np.maximum(0, "), ("(1 - H**2)", "(H > 0)"),
                                ("- 2 *", "- 1.0 *"))},
        fails=["test_train_nearly_all_starts"]),

    Mistake(
        "other-activation",
        says="train learns with another activation than forward answers with.",
        hint="You changed f in one of the two places only. Write f once, as a function, and call it in both.",
        cells=trained(changed(TRAIN, ("np.tanh(", "np.maximum(0, "), ("(1 - H**2)", "(H > 0)"),
                              ("forward(params, X)", f"sigmoid({SCORE})"))),
        fails=LEARN),

    Mistake(
        "labels-from-above",
        says="train learns XOR in the order of the notebook, whatever y it is given.",
        hint="Who swaps the labels or the corners gets the old answers. Use the arguments X and y.",
        cells=trained(changed(TRAIN, ("    params =", "    y = np.array([[0.0], [1.0], [1.0], [0.0]])\n    params ="))),
        fails=["test_train_other_seeds", "test_train_swapped_labels"]),

    Mistake(
        "start-returned",
        says="train returns the parameters of the start; what was learned stays behind.",
        hint="params[name] - step makes a new array. Which dictionary holds the new ones, and which do you return?",
        cells=trained(changed(TRAIN, ("    for _", "    learned = dict(params)\n    for _"),
                              ("            params[name] = params", "            learned[name] = params"))),
        fails=LEARN),

    Mistake(
        "weights-by-hand",
        says="train returns weights worked out by hand; it should learn them.",
        hint="Every seed gives the same network then, and swapped labels the wrong one.",
        cells={"forward": FORWARD, "train": """
def train(X, y, rng):
    return {"W1": np.full((4, 2), 5.0), "b1": np.array([-2.5, -7.5, 0.0, 0.0]),
            "W2": np.array([[5.0, -5.0, 0.0, 0.0]]), "b2": np.array([-5.0])}
"""},
        fails=["test_train_seeds", "test_train_swapped_labels"]),

    Mistake(
        "own-seed-for-training",
        says="train makes a generator of its own with a fixed seed, so all trainings are one.",
        hint="With one start from which it works 19 of 20 say nothing. Use the rng that you got.",
        cells=trained(changed(TRAIN, ("init_params(rng)", "init_params(np.random.default_rng(1))"))),
        fails=["test_train_seeds"], recognisable=False),

    Mistake(
        "noise-from-elsewhere",
        says="Something in train is drawn from NumPy's global generator.",
        hint="Then no training can be repeated. All chance comes from rng.",
        cells=trained(changed(TRAIN, ("    for _", '    params["b1"] = np.random.normal(0, 0.1, 4)\n    for _'))),
        fails=["test_train_seeds"], recognisable=False),

    Mistake(
        "labels-changed",
        says="The labels are changed inside the caller's array.",
        hint="y[y == 0] = ... writes into the array that the caller compares with later.",
        cells=trained(changed(TRAIN, ("    params =", "    y[y == 0] = 0.01\n    params ="))),
        fails=["test_train_returns"]),

    Mistake(
        "losses-too",
        says="train returns the parameters and something else.",
        hint="The docstring wants the dict alone. Print what else you want to see.",
        cells=trained(changed(TRAIN, ("return params", "return params, [0.0]"))),
        fails=["test_train_returns", *LEARN], recognisable=False),

    Mistake(
        "rows-for-columns",
        says="Rows and columns of the grid are exchanged.",
        hint="Entry [i, j]: the row i says x2, the column j says x1. meshgrid does so unless it is told indexing='ij'.",
        cells={"decision-grid": changed(DECISION_GRID, ("(s, s)", '(s, s, indexing="ij")'))},
        fails=["test_grid_columns", "test_grid_entries"]),

    Mistake(
        "upside-down",
        says="Row 0 is the highest; it should be the lowest.",
        hint="Only the picture has an up and a down: origin='lower' turns it. In the grid x2 grows with i.",
        cells={"decision-grid": changed(DECISION_GRID, ("reshape(n, n)", "reshape(n, n)[::-1]"))},
        fails=["test_grid_rows", "test_grid_entries"]),

    Mistake(
        "unit-square",
        says="The grid covers the square from 0 to 1; it should reach from -0.5 to 1.5.",
        hint="The corners are to lie inside, with some room around them.",
        cells={"decision-grid": changed(DECISION_GRID, ("-0.5, 1.5", "0, 1"))},
        fails=GRID),

    Mistake(
        "end-left-out",
        says="The last value, 1.5, is left out.",
        hint="linspace includes both ends, arange leaves the end out: n values have n - 1 gaps.",
        cells={"decision-grid": changed(DECISION_GRID, ("1.5, n)", "1.5, n, endpoint=False)"))},
        fails=GRID),

    Mistake(
        "always-fifty",
        says="The grid has 50 points on each side, whatever n is.",
        hint="A fixed 50 stands where n should.",
        cells={"decision-grid": changed(DECISION_GRID, ("1.5, n)", "1.5, 50)"), ("(n, n)", "(50, 50)"))},
        fails=["test_grid_shape", *GRID, "test_grid_keeps_params"]),

    Mistake(
        "other-default",
        says="Without n the grid has another size than 50 by 50.",
        hint="The line with def says what n is where the caller says nothing. Leave it as it was.",
        cells={"decision-grid": changed(DECISION_GRID, ("n=50", "n=100"))},
        fails=["test_grid_default"]),

    Mistake(
        "grid-flat",
        says="The grid is a column of n * n answers.",
        hint="forward answers one row for each point. reshape(n, n) makes the square.",
        cells={"decision-grid": changed(DECISION_GRID, (".reshape(n, n)", ""))},
        fails=["test_grid_shape"]),

    Mistake(
        "classes-in-the-grid",
        says="The grid holds classes; the probabilities are wanted.",
        hint="The picture shows how sure the network is. Leave > 0.5 away.",
        cells={"decision-grid": changed(DECISION_GRID, ("reshape(n, n)", "reshape(n, n).round()"))},
        fails=GRID),

    Mistake(
        "one-coordinate-twice",
        says="Both coordinates of a point are the same.",
        hint="Look at the first few points that you ask: all pairs of s[j] and s[i] should occur.",
        cells={"decision-grid": changed(DECISION_GRID, ("[x1.ravel(), x2.ravel()]", "[x1.ravel(), x1.ravel()]"))},
        fails=["test_grid_points", "test_grid_entries"]),

    Mistake(
        "reads-the-columns-first",
        says="The points are put into a wrong form: two rows were cut into pairs.",
        hint="stack(...).reshape(-1, 2) pairs neighbours of one coordinate. Stack along axis=1, or transpose.",
        cells={"decision-grid": changed(DECISION_GRID, ("x2.ravel()], axis=1)", "x2.ravel()]).reshape(-1, 2)"))},
        fails=["test_grid_points", "test_grid_entries"]),

    *(
        Mistake(
            f"{cell}-returns-nothing",
            says=f"{cell.replace('-', '_')} returns nothing: its return is missing.",
            hint="What a function has computed is gone when it ends, unless it hands it over with return. print only "
                 "shows it.",
            cells={cell: source.replace("return", "result =")},
            fails=fails)
        for cell, source, fails in [
            ("init-params", INIT_PARAMS, ["test_init_shapes", "test_init_same_seed", "test_init_other_seed",
                                          "test_init_rows"]),
            ("forward", FORWARD, ["test_forward_shape", "test_forward_output_bias", *UNITS]),
            ("train", TRAIN, ["test_train_returns", "test_train_seeds", *LEARN]),
            ("decision-grid", DECISION_GRID, ["test_grid_shape", "test_grid_default", *GRID]),
        ]
    ),
]
