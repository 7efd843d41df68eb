"""Known wrong answers to forward_pass: the right one with a line or two changed, so that the slip stands out."""

from autograder.marking.mistakes import Mistake, changed

LINEAR = """
def linear(X, W, b):
    return X @ W.T + b
"""

COLLAPSE = """
def collapse(W1, b1, W2, b2):
    W = W2 @ W1
    b = W2 @ b1 + b2
    return W, b
"""

SOFTMAX = """
def softmax(z):
    shifted = z - z.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    return e / e.sum(axis=1, keepdims=True)
"""

FORWARD = """
def forward(X, layers):
    activations = [X]
    for W, b in layers[:-1]:
        activations.append(np.maximum(linear(activations[-1], W, b), 0))
    W, b = layers[-1]
    activations.append(softmax(linear(activations[-1], W, b)))
    return activations
"""

COUNT = """
def count_parameters(sizes):
    total = 0
    for before, after in zip(sizes, sizes[1:]):
        total += before * after + after
    return total
"""

LINEAR_TESTS = ["test_linear_weights", "test_linear_bias", "test_linear_square", "test_linear_small"]
COLLAPSE_TESTS = ["test_collapse_weights", "test_collapse_order", "test_collapse_bias", "test_collapse_shapes"]
SOFTMAX_TESTS = ["test_softmax", "test_softmax_large", "test_softmax_range", "test_softmax_rows",
                 "test_softmax_keeps_scores", "test_softmax_small"]
FORWARD_TESTS = ["test_forward_list", "test_forward_hidden", "test_forward_probabilities", "test_forward_deep",
                 "test_forward_one_layer", "test_forward_one_example", "test_forward_keeps_arrays"]
COUNT_TESTS = ["test_count_one_layer", "test_count_two_layers", "test_count_many_layers"]


MISTAKES = [
    Mistake(
        "weights-not-transposed",
        says="linear multiplies by W as it lies; that fits only where there are as many neurons as inputs.",
        hint="Write the shapes below the product: (N, D) times what is (N, K)? W is (K, D).",
        cells={"linear": changed(LINEAR, ("W.T", "W"))},
        fails=["test_linear_weights", "test_linear_square", "test_linear_small"]),

    Mistake(
        "answers-transposed",
        says="linear returns the neurons in rows and the examples in columns.",
        hint="W @ X.T has everything, lying on its side. Examples stay in rows, in every layer.",
        cells={"linear": changed(LINEAR, ("X @ W.T + b", "W @ X.T + b[:, np.newaxis]"))},
        fails=LINEAR_TESTS),

    Mistake(
        "reshaped-for-transposed",
        says="W is reshaped to (D, K), which has the right shape and mixes the weights of the neurons.",
        hint="reshape reads the numbers row by row and fills other rows with them. W.T turns rows into columns.",
        cells={"linear": changed(LINEAR, ("W.T", "W.reshape(W.shape[::-1])"))},
        fails=["test_linear_weights", "test_linear_square"]),

    Mistake(
        "no-bias",
        says="linear leaves out the biases.",
        hint="A zero input should not force a zero sum. Which term of the formula has no X in it?",
        cells={"linear": changed(LINEAR, (" + b", ""))},
        fails=["test_linear_bias"]),

    Mistake(
        "bias-by-row",
        says="linear adds one bias to each example, not one to each neuron.",
        hint="b has an entry for each neuron, so it lies along a row of Z, and NumPy repeats it for all rows.",
        cells={"linear": changed(LINEAR, ("+ b", "+ np.resize(b, (len(X), 1))"))},
        fails=["test_linear_bias"]),

    Mistake(
        "wrong-order",
        says="collapse multiplies the weights in the wrong order: W1 before W2.",
        hint="With rows as neurons the layer that acts last stands first: W2 (W1 x). The shapes agree with one order "
             "only, unless they are square.",
        cells={"collapse": changed(COLLAPSE, ("W2 @ W1", "W1 @ W2"))},
        fails=["test_collapse_weights", "test_collapse_order", "test_collapse_shapes"]),

    Mistake(
        "collapsed-transposed",
        says="The weights of the one layer lie on their side, (D, K).",
        hint="The one layer is a layer like others: W is (out, in), one row for each neuron.",
        cells={"collapse": changed(COLLAPSE, ("W2 @ W1", "W1.T @ W2.T"))},
        fails=["test_collapse_weights", "test_collapse_order", "test_collapse_shapes"]),

    Mistake(
        "first-bias-forgotten",
        says="collapse keeps the biases of the second layer and drops those of the first.",
        hint="Feed the two layers zeros. The second one does not see zeros: it sees b1.",
        cells={"collapse": changed(COLLAPSE, ("W2 @ b1 + b2", "b2"))},
        fails=["test_collapse_bias"]),

    Mistake(
        "second-bias-forgotten",
        says="collapse carries the biases of the first layer over and drops those of the second.",
        hint="Feed the two layers zeros and write down what the second one says, term by term.",
        cells={"collapse": changed(COLLAPSE, (" + b2", ""))},
        fails=["test_collapse_bias"]),

    Mistake(
        "weights-of-bias-transposed",
        says="The biases of the first layer meet W2 from the wrong side: b1 @ W2, not W2 @ b1.",
        hint="The second layer weighs b1 as it weighs any input: each neuron with its own row of W2.",
        cells={"collapse": changed(COLLAPSE, ("W2 @ b1", "b1 @ W2"))},
        fails=["test_collapse_bias", "test_collapse_shapes"],
        recognisable=False),    # an error

    Mistake(
        "bias-in-a-row",
        says="The biases of the one layer are an array (1, K), not (K,).",
        hint="linear of one row gives one row. The biases are what stands in it: [0].",
        cells={"collapse": changed(COLLAPSE, ("W2 @ b1 + b2", "linear(b1[np.newaxis], W2, b2)"))},
        fails=["test_collapse_shapes"]),

    Mistake(
        "no-shift",
        says="softmax takes e to the scores as they are, which overflows, or all of it becomes zero.",
        hint="Subtract the largest score of each row first. Then the largest exponential is e^0 = 1.",
        cells={"softmax": changed(SOFTMAX, ("z - z.max(axis=1, keepdims=True)", "z"))},
        fails=["test_softmax_large", "test_softmax_range"]),

    Mistake(
        "one-shift-for-all",
        says="softmax subtracts the largest score of the whole batch, so that rows far below it become 0 / 0.",
        hint="Each row needs its own largest score: axis=1, keepdims=True.",
        cells={"softmax": changed(SOFTMAX, ("z.max(axis=1, keepdims=True)", "z.max()"))},
        fails=["test_softmax_rows"]),

    Mistake(
        "shifted-by-the-mean",
        says="softmax subtracts the mean of each row; the largest score can still be far above it.",
        hint="Any shift is right on paper. On a computer, no exponential may overflow: which shift makes all scores 0 "
             "or less?",
        cells={"softmax": changed(SOFTMAX, ("max(", "mean("))},
        fails=["test_softmax_range"],
        recognisable=False),    # NaN

    Mistake(
        "clipped",
        says="softmax cuts the scores off before it takes exponentials, so that different scores become equal.",
        hint="np.clip stops the overflow and changes the answer. A shift stops it and changes nothing.",
        cells={"softmax": changed(SOFTMAX, ("z - z.max(axis=1, keepdims=True)", "np.clip(z, -500, 500)"))},
        fails=["test_softmax_large", "test_softmax_range", "test_softmax_rows"]),

    Mistake(
        "columns-for-rows",
        says="softmax makes the columns sum to 1, not the rows.",
        hint="axis=1 sums along a row, over its columns. Print p.sum(axis=1): it should be all ones.",
        cells={"softmax": changed(SOFTMAX, ("axis=1", "axis=0"))},
        fails=["test_softmax", "test_softmax_large", "test_softmax_rows", "test_softmax_small"]),

    Mistake(
        "whole-batch-sums-to-one",
        says="All probabilities of the batch together sum to 1; each row should.",
        hint="e.sum() adds up the whole array. Each row is divided by its own sum.",
        cells={"softmax": changed(SOFTMAX, ("e.sum(axis=1, keepdims=True)", "e.sum()"))},
        fails=["test_softmax", "test_softmax_large", "test_softmax_rows", "test_softmax_small"]),

    Mistake(
        "scores-for-exponentials",
        says="The denominator sums the scores; it should sum their exponentials.",
        hint="Probabilities sum to 1 only if numerator and denominator are made of the same numbers.",
        cells={"softmax": changed(SOFTMAX, ("e / e.sum", "e / shifted.sum"))},
        fails=["test_softmax", "test_softmax_large", "test_softmax_range", "test_softmax_rows", "test_softmax_small"]),

    Mistake(
        "eps-in-the-denominator",
        says="A small number is added to the denominator, so the probabilities do not quite sum to 1.",
        hint="After the shift the sum is at least 1 (why?), so there is no division by zero to guard against.",
        cells={"softmax": changed(SOFTMAX, (
            "e.sum(axis=1, keepdims=True)", "(e.sum(axis=1, keepdims=True) + 1e-6)"))},
        fails=["test_softmax", "test_softmax_large", "test_softmax_range", "test_softmax_rows"]),

    Mistake(
        "scores-changed",
        says="softmax writes into the scores that it was given.",
        hint="z -= ... changes the caller's array. z - ... makes a new one.",
        cells={"softmax": changed(SOFTMAX, ("shifted = z - z.max", "shifted = z\n    shifted -= z.max"))},
        fails=["test_softmax_keeps_scores"]),

    Mistake(
        "input-missing",
        says="The list starts with the first layer's activations; X itself is missing.",
        hint="The backward pass needs what each layer has read, and the first one read X.",
        cells={"forward": changed(FORWARD, ("return activations", "return activations[1:]"))},
        fails=["test_forward_list"]),

    Mistake(
        "probabilities-only",
        says="forward returns the probabilities alone, not the list of all activations.",
        hint="Append what each layer says to a list that starts with X, and return the list.",
        cells={"forward": changed(FORWARD, ("return activations", "return activations[-1]"))},
        fails=FORWARD_TESTS),

    Mistake(
        "no-relu",
        says="There is no ReLU between the layers.",
        hint="Without a bend all layers together are one (task 2).",
        cells={"forward": changed(FORWARD, ("np.maximum(linear(activations[-1], W, b), 0)",
                                            "linear(activations[-1], W, b)"))},
        fails=["test_forward_hidden", "test_forward_deep"]),

    Mistake(
        "sums-kept",
        says="The list holds the sums of the hidden layers from before ReLU.",
        hint="What the next layer reads is what you keep: the activations, after ReLU.",
        cells={"forward": """
def forward(X, layers):
    kept, a = [X], X
    for W, b in layers[:-1]:
        z = linear(a, W, b)
        kept.append(z)
        a = np.maximum(z, 0)
    W, b = layers[-1]
    return [*kept, softmax(linear(a, W, b))]
"""},
        fails=["test_forward_hidden", "test_forward_deep"]),

    Mistake(
        "sums-kept-in-between",
        says="The list holds twice as many entries for the hidden layers: the sums, and the activations.",
        hint="One entry for each layer, and X: count them for the example.",
        cells={"forward": """
def forward(X, layers):
    kept = [X]
    for W, b in layers[:-1]:
        kept.append(linear(kept[-1], W, b))
        kept.append(np.maximum(kept[-1], 0))
    W, b = layers[-1]
    return [*kept, softmax(linear(kept[-1], W, b))]
"""},
        fails=["test_forward_list", "test_forward_deep"]),

    Mistake(
        "relu-after-the-last",
        says="ReLU comes after the last layer, too, before softmax.",
        hint="ReLU makes all negative scores equal, so softmax cannot tell them apart. The last layer has none.",
        cells={"forward": changed(FORWARD, ("softmax(linear(activations[-1], W, b))",
                                            "softmax(np.maximum(linear(activations[-1], W, b), 0))"))},
        fails=["test_forward_probabilities", "test_forward_deep", "test_forward_one_layer"]),

    Mistake(
        "scores-last",
        says="The list ends with the last layer's sums; softmax is missing.",
        hint="After the last layer comes softmax: the last rows should sum to 1.",
        cells={"forward": changed(FORWARD, ("softmax(linear(activations[-1], W, b))",
                                            "linear(activations[-1], W, b)"))},
        fails=["test_forward_probabilities", "test_forward_deep", "test_forward_one_layer",
               "test_forward_one_example", "test_forward_keeps_arrays"]),

    Mistake(
        "softmax-everywhere",
        says="softmax comes after the hidden layers, too; there it should be ReLU.",
        hint="The activation depends on the place: ReLU after every layer but the last, softmax after that one.",
        cells={"forward": changed(FORWARD, ("np.maximum(linear(activations[-1], W, b), 0)",
                                            "softmax(linear(activations[-1], W, b))"))},
        fails=["test_forward_hidden", "test_forward_probabilities", "test_forward_deep"]),

    Mistake(
        "softmax-twice",
        says="softmax is taken of the probabilities once more.",
        hint="Softmax of softmax makes everything nearly equal. Take it of the scores, once.",
        cells={"forward": changed(FORWARD, ("softmax(linear(activations[-1], W, b))",
                                            "softmax(softmax(linear(activations[-1], W, b)))"))},
        fails=["test_forward_probabilities", "test_forward_deep", "test_forward_one_layer",
               "test_forward_one_example"]),

    Mistake(
        "always-reads-x",
        says="Every layer reads X; it should read the activations of the layer before.",
        hint="In the loop, what was the output becomes the next input: linear(activations[-1], W, b).",
        cells={"forward": changed(FORWARD, ("linear(activations[-1], W, b)", "linear(X, W, b)"))},
        fails=["test_forward_list", "test_forward_probabilities", "test_forward_deep"],
        recognisable=False),    # an error, where the sizes do not fit

    Mistake(
        "two-layers-only",
        says="forward works for two layers only: it uses the first and the last pair of the list.",
        hint="A network may have one layer, or five. Loop over all but the last.",
        cells={"forward": """
def forward(X, layers):
    hidden = np.maximum(linear(X, *layers[0]), 0)
    return [X, hidden, softmax(linear(hidden, *layers[-1]))]
"""},
        fails=["test_forward_list", "test_forward_deep", "test_forward_one_layer"],
        recognisable=False),    # an error, where the sizes do not fit

    Mistake(
        "absolute-for-relu",
        says="The bend is |z|, not max(z, 0).",
        hint="ReLU lets positive sums pass and turns negative ones into zero, not into positive ones.",
        cells={"forward": changed(FORWARD, ("np.maximum(linear(activations[-1], W, b), 0)",
                                            "np.abs(linear(activations[-1], W, b))"))},
        fails=["test_forward_hidden", "test_forward_deep"]),

    Mistake(
        "x-cut-in-place",
        says="ReLU is applied to the caller's X itself.",
        hint="X is no layer: ReLU comes after one. And np.maximum(..., out=...) writes into the array that it names.",
        cells={"forward": changed(FORWARD, ("activations = [X]\n", "activations = [np.maximum(X, 0, out=X)]\n"))},
        fails=["test_forward_list", "test_forward_hidden", "test_forward_deep", "test_forward_keeps_arrays"]),

    Mistake(
        "no-biases-counted",
        says="count_parameters counts the weights and leaves out the biases.",
        hint="Each neuron has a bias of its own, apart from its weights.",
        cells={"count-parameters": changed(COUNT, (" + after", ""))},
        fails=COUNT_TESTS),

    Mistake(
        "inputs-have-biases",
        says="count_parameters counts a bias for each input of a layer; it is the neurons that have one.",
        hint="b has the shape (out,). In the next layer its neurons are the inputs, and need no second bias.",
        cells={"count-parameters": changed(COUNT, (" + after", " + before"))},
        fails=COUNT_TESTS),

    Mistake(
        "one-bias-a-layer",
        says="count_parameters counts one bias for each layer; every neuron has its own.",
        hint="b has the shape (out,): as many entries as the layer has neurons.",
        cells={"count-parameters": changed(COUNT, ("+ after", "+ 1"))},
        fails=COUNT_TESTS),

    Mistake(
        "biases-of-all-sizes",
        says="count_parameters adds a bias for every number in the list, also for the network's inputs.",
        hint="The first number tells how many inputs there are. An input is a number that comes in, no neuron.",
        cells={"count-parameters": changed(COUNT, ("total = 0", "total = sizes[0]"))},
        fails=COUNT_TESTS),

    Mistake(
        "last-layer-only",
        says="count_parameters returns the parameters of the last layer; those of the others are lost.",
        hint="total = ... starts anew in each turn of the loop; total += ... adds up.",
        cells={"count-parameters": changed(COUNT, ("total +=", "total ="))},
        fails=["test_count_two_layers", "test_count_many_layers"]),

    Mistake(
        "return-in-the-loop",
        says="count_parameters returns after the first layer.",
        hint="A return inside the loop ends it in its first turn. The last line belongs to the function, not to the "
             "loop.",
        cells={"count-parameters": changed(COUNT, ("    return", "        return"))},
        fails=["test_count_two_layers", "test_count_many_layers"]),

    *(
        Mistake(
            f"{cell}-returns-nothing",
            says=f"{cell.replace('-', '_')} returns nothing: its last line, with return, is missing.",
            hint="What a function has computed is gone when it ends, unless it hands it over with return. print only "
                 "shows it.",
            cells={cell: source.rpartition("    return")[0] + "    pass\n"},
            fails=fails)
        for cell, source, fails in [
            ("linear", LINEAR, LINEAR_TESTS),
            ("collapse", COLLAPSE, COLLAPSE_TESTS),
            ("softmax", SOFTMAX, SOFTMAX_TESTS),
            ("forward", FORWARD, FORWARD_TESTS),
            ("count-parameters", COUNT, COUNT_TESTS),
        ]
    ),
]
