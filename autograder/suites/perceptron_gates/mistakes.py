"""Known wrong answers to perceptron_gates: the right one with a line or two changed, so that the slip stands out."""

from autograder.marking.mistakes import Mistake, changed

NEURON = """
def neuron(X, w, b):
    z = X @ np.asarray(w) + b
    return (z > 0).astype(int)
"""

GATE = """
def gate(name):
    if name == "AND":
        return (1, 1), -1.5
    if name == "OR":
        return (1, 1), -0.5
    if name == "NAND":
        return (-1, -1), 1.5
    return (-1, -1), 0.5
"""

XOR = """
def xor(X):
    some = neuron(X, *gate("OR"))
    not_both = neuron(X, *gate("NAND"))
    return neuron(np.stack([some, not_both], axis=1), *gate("AND"))
"""

# With a wrong NAND the xor above is silent everywhere, as after a slip of its own; this one does not use it.
XOR_WITHOUT_NAND = """
def xor(X):
    some, both = neuron(X, *gate("OR")), neuron(X, *gate("AND"))
    return neuron(np.stack([some, both], axis=1), (1, -1), -0.5)
"""

UPDATE = """
def update(w, b, x, y):
    answer = neuron(x[np.newaxis], w, b)[0]
    w = w + (y - answer) * x
    b = b + (y - answer)
    return w, b
"""

TRAIN = """
def train(X, y, max_epochs=100):
    w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
    for epoch in range(max_epochs):
        wrong = 0
        for x, target in zip(X, y):
            wrong += int(neuron(x[np.newaxis], w, b)[0] != target)
            w, b = update(w, b, x, target)
        mistakes.append(wrong)
        if wrong == 0:
            break
    return w, b, mistakes
"""

COUNT = "            wrong += int(neuron(x[np.newaxis], w, b)[0] != target)\n"
STEP = "            w, b = update(w, b, x, target)\n"
NEURON_TESTS = ["test_neuron_weights", "test_neuron_bias", "test_neuron_at_zero", "test_neuron_kinds"]
XOR_TESTS = ["test_xor", "test_xor_noisy", "test_xor_kinds"]
TRAIN_NUMBERS = ["test_train_first_epoch", "test_train_weights", "test_train_mistakes"]


MISTAKES = [
    Mistake(
        "fires-at-zero",
        says="Your neuron fires where the sum is exactly zero; there it should be silent.",
        hint="Above zero is z > 0. It matters from the first step on: an untrained neuron has only zeros, so every sum "
             "is zero.",
        cells={"neuron": changed(NEURON, ("z > 0", "z >= 0"))},
        fails=["test_neuron_at_zero"]),

    Mistake(
        "true-and-false",
        says="neuron answers with True and False, not with the numbers 0 and 1.",
        hint="NumPy cannot subtract bools from each other, and the third neuron of xor wants numbers. "
             ".astype(int) makes them.",
        cells={"neuron": changed(NEURON, (".astype(int)", ""))},
        fails=["test_neuron_kinds"]),

    Mistake(
        "signs",
        says="neuron answers with the sign of the sum, so with -1 where it should say 0.",
        hint="Some books call the two answers -1 and 1. Here they are 0 and 1: silent is 0.",
        cells={"neuron": changed(NEURON, ("(z > 0)", "np.sign(z)"))},
        fails=["test_neuron_weights", "test_neuron_bias", "test_neuron_at_zero", "test_neuron_kinds"]),

    Mistake(
        "threshold-for-bias",
        says="The bias is subtracted: the sum is compared with b, as with a threshold.",
        hint="A bias is a threshold with the opposite sign. In the formula b stands within the sum, with a plus.",
        cells={"neuron": changed(NEURON, ("+ b", "- b"))},
        fails=["test_neuron_bias", "test_neuron_at_zero"]),

    Mistake(
        "bias-forgotten",
        says="neuron does not use its bias.",
        hint="Without a bias every line of decision passes through the origin. Where does b stand in the formula?",
        cells={"neuron": changed(NEURON, (" + b", ""))},
        fails=["test_neuron_bias", "test_neuron_at_zero"]),

    Mistake(
        "sum-not-decided",
        says="neuron returns the weighted sum itself; the decision is missing.",
        hint="The sum is what the neuron weighs. What it says is 1 where the sum is above zero, else 0.",
        cells={"neuron": changed(NEURON, ("(z > 0).astype(int)", "z"))},
        fails=NEURON_TESTS),

    Mistake(
        "one-column",
        says="The answers stand in a column, an array (N, 1), not in an array (N,).",
        hint="w as a column makes the sums a column. Compared with targets of shape (N,), a column becomes a table of "
             "N times N, without an error.",
        cells={"neuron": changed(NEURON, ("np.asarray(w)", "np.reshape(w, (-1, 1))"))},
        fails=NEURON_TESTS),

    Mistake(
        "just-enough",
        says="The biases are those of lesson 01's first gates, for signals without noise; some sums lie too close to "
             "zero.",
        hint="Right at 0 and 1 is not enough: put the bias in the middle between the sums that should fire and those "
             "that should not.",
        cells={"gate": changed(GATE, ("(1, 1), -1.5", "(1, 1), -1"), ("(1, 1), -0.5", "(1, 1), -0.1"),
                               ("(-1, -1), 1.5", "(-1, -1), 1.9"), ("(-1, -1), 0.5", "(-1, -1), 0.1"))},
        fails=["test_gate_and_noisy", "test_gate_or_noisy", "test_gate_nand_noisy", "test_gate_nor_noisy"]),

    Mistake(
        "noise-of-one-signal",
        says="The bias of AND leaves room for noise on one signal only.",
        hint="Both signals can be off at once, and in the same direction: the sum is then off by twice as much.",
        cells={"gate": changed(GATE, ("-1.5", "-1.25"))},
        fails=["test_gate_and_noisy"]),

    Mistake(
        "bias-not-negated",
        says="For NAND and NOR only the weights have changed their sign; the bias kept it.",
        hint="The opposite of z > 0 is -z > 0, up to the line itself. What is -z, if z has three terms?",
        cells={"gate": changed(GATE, ("(-1, -1), 1.5", "(-1, -1), -1.5"), ("(-1, -1), 0.5", "(-1, -1), -0.5")),
               "xor": XOR_WITHOUT_NAND},
        fails=["test_gate_nand", "test_gate_nand_noisy", "test_gate_nor", "test_gate_nor_noisy"]),

    Mistake(
        "and-or-swapped",
        says="AND and OR are swapped.",
        hint="AND is the pickier one: it needs both signals. Which bias is harder to overcome, -0.5 or -1.5?",
        cells={"gate": changed(GATE, ('"AND"', '"X"'), ('"OR"', '"AND"'), ('"X"', '"OR"')), "xor": XOR},
        fails=["test_gate_and", "test_gate_and_noisy", "test_gate_or", "test_gate_or_noisy"]),

    Mistake(
        "nand-nor-swapped",
        says="NAND and NOR are swapped.",
        hint="NAND is not AND: silent for 1 1 alone. NOR is not OR: it fires for 0 0 alone.",
        cells={"gate": changed(GATE, ('"NAND"', '"NOR"')), "xor": XOR_WITHOUT_NAND},
        fails=["test_gate_nand", "test_gate_nand_noisy", "test_gate_nor", "test_gate_nor_noisy"]),

    Mistake(
        "third-neuron-sees-signals",
        says="The third neuron of xor looks at the signals, not at the answers of the first two.",
        hint="A neuron that sees only the signals draws one straight line, and no such line is XOR. What is new comes "
             "from the two answers.",
        cells={"xor": changed(XOR_WITHOUT_NAND, ("np.stack([some, both], axis=1)", "X"))},
        fails=XOR_TESTS),

    Mistake(
        "both-for-not-both",
        says="xor fires for 1 1 alone: its second neuron is AND, and should be the opposite.",
        hint="Go through 0 0, 0 1, 1 0, 1 1 in a table with a column for each neuron. Exactly one means some, and not "
             "both.",
        cells={"xor": changed(XOR, ("NAND", "AND"))},
        fails=XOR_TESTS),

    Mistake(
        "decided-by-the-sum",
        says="The first two neurons of xor hand on their sums, not their decisions, so the noise reaches the third.",
        hint="A decision is exactly 0 or 1, however noisy the signals: that is why circuits can have many layers. "
             "Sums of sums are one straight line again.",
        cells={"xor": """
def xor(X):
    sums = [X @ np.asarray(w) + b for w, b in (gate("OR"), gate("NAND"))]
    return neuron(np.stack(sums, axis=1), *gate("AND"))
"""},
        fails=["test_xor", "test_xor_noisy"]),

    Mistake(
        "answers-reshaped",
        says="The answers of the first two neurons are reshaped to (N, 2), which mixes the rows.",
        hint="reshape keeps the order of the numbers: first all answers of one neuron, then all of the other. You need "
             "them side by side: np.stack with axis=1, or .T.",
        cells={"xor": changed(XOR, ("np.stack([some, not_both], axis=1)", "np.reshape([some, not_both], (-1, 2))"))},
        fails=["test_xor", "test_xor_noisy"]),

    Mistake(
        "exclusive-at-both",
        says="xor gives the opposite: it fires where the two signals agree.",
        hint="At 0 1, OR and NAND both fire. Should the third neuron then fire, or be silent?",
        cells={"xor": changed(XOR, ('*gate("AND")', '*gate("NAND")'))},
        fails=XOR_TESTS),

    Mistake(
        "wrong-way",
        says="The weights and the bias move the wrong way: by the answer minus the target.",
        hint="Look at the same example twice. After the update the sum should have come closer to the right side.",
        cells={"update": changed(UPDATE, ("y - answer", "answer - y"))},
        fails=["test_update_weights", "test_update_bias"]),

    Mistake(
        "answer-ignored",
        says="The weights move by y * x, whatever the neuron answered.",
        hint="This is Hebb's rule. Rosenblatt's learns from mistakes only, and also from the one to fire where it "
             "should not.",
        cells={"update": changed(UPDATE, ("(y - answer)", "y"))},
        fails=["test_update_weights", "test_update_bias", "test_update_right_answer"]),

    Mistake(
        "answer-without-bias",
        says="update finds its answer with the weights alone, without the present bias.",
        hint="The rule asks what the neuron says now. That takes everything it has: w and b.",
        cells={"update": changed(UPDATE, ("w, b)[0]", "w, 0)[0]"))},
        fails=["test_update_right_answer"]),

    Mistake(
        "new-weights-answer",
        says="The bias is updated by the answer with the new weights; it should be the answer before the update.",
        hint="Both arrows of the rule use the same answer. Find it once, first.",
        cells={"update": changed(UPDATE, ("    b = ", "    answer = neuron(x[np.newaxis], w, b)[0]\n    b = "))},
        fails=["test_update_bias"]),

    Mistake(
        "bias-stays",
        says="update changes the weights and leaves the bias as it was.",
        hint="The bias learns, too, as the weight of an input that is always 1.",
        cells={"update": changed(UPDATE, ("    b = b + (y - answer)\n", ""))},
        fails=["test_update_bias"]),

    Mistake(
        "bias-an-array",
        says="The new bias is an array of one entry, not a number.",
        hint="A batch of one row gives an array with one answer. Take the answer out of it: [0].",
        cells={"update": changed(UPDATE, ("b)[0]", "b)"))},
        fails=["test_update_bias"]),

    Mistake(
        "weights-in-place",
        says="update changes the array w that it was given.",
        hint="w += ... writes into the caller's array. Whoever wants to draw the old line, too, has lost it. "
             "w = w + ... makes a new array.",
        cells={"update": changed(UPDATE, ("w = w +", "w +="))},
        fails=["test_update_keeps_arrays"]),

    Mistake(
        "zero-missing",
        says="The 0 of the last epoch is missing in the list of mistakes.",
        hint="An epoch without a mistake took place, too. First append its count, then ask whether it was the last.",
        cells={"train": changed(TRAIN, ("        mistakes.append(wrong)\n", ""),
                                ("            break\n", "            break\n        mistakes.append(wrong)\n"))},
        fails=["test_train_stops"]),

    Mistake(
        "never-stops",
        says="train goes on through all max_epochs, though an epoch had no mistake.",
        hint="Without a mistake nothing changes, so the next epoch is the same. Leave the loop.",
        cells={"train": changed(TRAIN, ("        if wrong == 0:\n            break\n", ""))},
        fails=["test_train_stops"]),

    Mistake(
        "stops-at-first-mistake-free-example",
        says="The loop is left after one epoch, whatever its mistakes were.",
        hint="Does the return stand inside the loop? The last line belongs to the function, not to the loop.",
        cells={"train": changed(TRAIN, ("    return", "        return"))},
        fails=["test_train_weights", "test_train_mistakes", "test_train_stops", "test_train_max_epochs"]),

    Mistake(
        "one-epoch-short",
        says="The loop over the epochs ends one too early.",
        hint="range(n) has n entries, from 0 to n - 1. range(1, n) has one less.",
        cells={"train": changed(TRAIN, ("range(max_epochs)", "range(1, max_epochs)"))},
        fails=["test_train_first_epoch", "test_train_weights", "test_train_mistakes", "test_train_max_epochs"]),

    Mistake(
        "counted-after-update",
        says="A mistake is counted by the answer after the update; it should be the one before.",
        hint="An answer was wrong at the moment it was given. The update comes after it, and because of it.",
        cells={"train": changed(TRAIN, (COUNT + STEP, STEP + COUNT))},
        fails=["test_train_mistakes"]),

    Mistake(
        "counted-at-the-end",
        says="The mistakes are counted after each epoch, with its last weights, not one by one on the way.",
        hint="Within an epoch the weights change. A mistake is an answer that was wrong at its moment.",
        cells={"train": changed(TRAIN, (COUNT, ""), (
            "        mistakes.append", "        wrong = int(np.sum(neuron(X, w, b) != y))\n        mistakes.append"))},
        fails=["test_train_mistakes"]),

    Mistake(
        "count-goes-on",
        says="The count of mistakes is not set back to 0 when an epoch begins.",
        hint="Print the list: it only grows, so it never reaches 0. In which loop must wrong = 0 stand?",
        cells={"train": changed(TRAIN, ("        wrong = 0\n", ""), ("    for epoch", "    wrong = 0\n    for epoch"))},
        fails=["test_train_mistakes", "test_train_stops"]),

    Mistake(
        "answers-of-the-start",
        says="All answers of an epoch are given before its first update.",
        hint="Each look is an update at once: the second example already meets the weights that the first one left.",
        cells={"train": changed(TRAIN, (
            "for x, target in zip(X, y):", "for x, target, answer in zip(X, y, neuron(X, w, b)):"),
            (COUNT, "            wrong += int(answer != target)\n"),
            (STEP, "            w, b = w + (target - answer) * x, b + (target - answer)\n"))},
        fails=TRAIN_NUMBERS),

    Mistake(
        "starts-anew",
        says="Each epoch starts again from weights of zero.",
        hint="What was learned must last: the zeros belong before the loop over the epochs.",
        cells={"train": changed(TRAIN, (
            "        wrong = 0\n", "        w, b, wrong = np.zeros(X.shape[1]), 0.0, 0\n"))},
        fails=["test_train_weights", "test_train_mistakes", "test_train_stops"]),

    Mistake(
        "update-unused",
        says="train calls update, but does not keep the weights and the bias that it returns.",
        hint="update leaves your arrays as they are; what it learned is in its answer: w, b = update(...).",
        cells={"train": changed(TRAIN, ("w, b = update", "update"))},
        fails=["test_train_first_epoch", "test_train_weights", "test_train_mistakes", "test_train_stops",
               "test_train_keeps_arrays"]),

    Mistake(
        "starts-at-one",
        says="train starts with weights of 1; they and the bias should start at 0.",
        hint="Another start gives other mistakes on the way. The text says where to start.",
        cells={"train": changed(TRAIN, ("np.zeros", "np.ones"))},
        fails=TRAIN_NUMBERS),

    Mistake(
        "shuffled",
        says="The examples come in another order in each epoch.",
        hint="Shuffling is a good habit for later lessons. Here an epoch shows the rows in their order.",
        cells={"train": changed(TRAIN, ("zip(X, y)", "zip(*(a[np.random.default_rng(epoch).permutation(len(X))] "
                                                     "for a in (X, y)))"))},
        fails=TRAIN_NUMBERS),

    Mistake(
        "targets-in-place",
        says="train turns the targets 0 into -1 within the caller's array y.",
        hint="y[y == 0] = -1 changes the array that everybody else uses. Make a new one: 2 * y - 1.",
        cells={"train": changed(TRAIN, ("    for epoch", "    y[y == 0] = -1\n    for epoch"), (
            COUNT + STEP, "            missed = neuron(x[np.newaxis], w, b)[0] != (target > 0)\n"
                          "            wrong += int(missed)\n"
                          "            w, b = w + missed * target * x, b + missed * target\n"))},
        fails=["test_train_keeps_arrays"]),

    Mistake(
        "total-for-list",
        says="train returns the number of all mistakes, not a list with a number for each epoch.",
        hint="The list is the story: does it fall, does it end at 0? Append each epoch's count.",
        cells={"train": changed(TRAIN, ("return w, b, mistakes", "return w, b, sum(mistakes)"))},
        fails=["test_train_mistakes", "test_train_stops", "test_train_max_epochs", "test_train_kinds"]),

    *(
        Mistake(
            f"{cell}-returns-nothing",
            says=f"{cell} returns nothing: its last line, with return, is missing.",
            hint="What a function has computed is gone when it ends, unless it hands it over with return. print only "
                 "shows it.",
            cells={cell: source.rpartition("    return")[0]},
            fails=fails)
        for cell, source, fails in [
            ("neuron", NEURON, NEURON_TESTS),
            ("xor", XOR, XOR_TESTS),
            ("update", UPDATE, ["test_update_weights", "test_update_bias", "test_update_right_answer",
                                "test_update_keeps_arrays"]),
            ("train", TRAIN, [*TRAIN_NUMBERS, "test_train_stops", "test_train_max_epochs", "test_train_kinds",
                              "test_train_keeps_arrays"]),
        ]
    ),
]
