"""Hidden tests of perceptron_gates: the neuron, gates that stand noise, XOR of three, and Rosenblatt's rule.

Nearly all inputs are multiples of 1/4, whose sums are exact in whatever order they are added: only so "above zero"
means the same for everybody. Noise goes up to 0.19 and not to 0.2, where right biases come out wrong by rounding.
Whether the answers have the right kind and shape costs one test of each task; the others look at numbers.
"""

import itertools

import numpy as np
import pytest

from autograder.marking.student import Shown

packages = ["numpy", "nnlib.plot", "nnlib.data"]
builds_on = {"xor": ["neuron", "gate"], "update": ["neuron"], "train": ["neuron", "update"]}

SIGNALS = [(0, 0), (0, 1), (1, 0), (1, 1)]
NOISES = list(itertools.product((-0.19, 0, 0.19), repeat=2))    # a neuron right at all of these is right in between


def quarters(rng, *shape):
    """Random multiples of 1/4 from -3 to 3."""
    return rng.integers(-12, 13, shape) / 4


def zeros_and_ones(answer, count):
    """The answer as an array, if it is one of `count` numbers; whether they are numbers or bools does not matter."""
    if np.shape(answer) != (count,):
        raise Shown(f"expected an array of shape (N,), one answer for each row, got {kind(answer)}")
    return np.asarray(answer)


def refuse_bool(answer):
    """Say so where the answers are True and False."""
    if np.asarray(answer).dtype == bool:
        raise Shown("expected the numbers 0 and 1, got True and False")


def kind(answer):
    """What an answer is, in words that tell no values and no sizes."""
    if answer is None:
        return "None: is the return missing?"
    if isinstance(answer, (list, tuple)):
        return f"a {type(answer).__name__} of another length"
    return ["one number", "an array of another length", "an array with two axes or more"][min(np.ndim(answer), 2)]


def several(answer, names):
    """The values of a tuple or a list with one value for each of the names."""
    count = len(names.split(", "))
    if not isinstance(answer, (tuple, list)) or len(answer) != count:
        raise Shown(f"expected {count} values, ({names})" + (", got None" if answer is None else ""))
    return answer


@pytest.mark.grade("test-neuron", points=0.25,
                   hint="Each input has its own weight: multiply, add up along the row, compare with zero.")
def test_neuron_weights(student):
    """neuron weighs and adds the inputs of each row; the bias is zero here."""
    for seed, n, d in ((1, 9, 2), (2, 40, 5)):
        rng = np.random.default_rng(seed)
        X, w = quarters(rng, n, d), quarters(rng, d)
        sums = np.array([sum(w[i] * row[i] for i in range(d)) for row in X])
        X, sums = X[sums != 0], sums[sums != 0]     # zero has a test of its own
        np.testing.assert_array_equal(zeros_and_ones(student.neuron(X, w, 0.0), len(X)), sums > 0)


@pytest.mark.grade("test-neuron", points=0.25,
                   hint="The bias belongs to the sum: with a large one the neuron fires whatever it sees.")
def test_neuron_bias(student):
    """neuron adds the bias, of either sign."""
    rng = np.random.default_rng(3)
    X, w = quarters(rng, 30, 3), quarters(rng, 3)
    for b in (2.03125, -3.03125):       # no multiple of 1/16, so no sum is zero
        expected = [sum(w * row) > -b for row in X]
        np.testing.assert_array_equal(zeros_and_ones(student.neuron(X, w, b), 30), expected)


@pytest.mark.grade("test-neuron", points=0.25, hint="Above zero, says the formula. What does it say at zero?")
def test_neuron_at_zero(student):
    """neuron is silent where the sum is exactly zero, and fires just above."""
    X = np.array([[2.0, 1.0], [0.5, -2.0], [-1.5, -6.0], [0.5, -1.75]])
    fires = zeros_and_ones(student.neuron(X, np.array([2.0, -1.0]), -3.0), 4)
    np.testing.assert_array_equal(fires, [0, 0, 0, 0])
    X = np.array([[2.0, 1.0], [2.0, 1.0 - 2**-30], [2.0, 1.0 + 2**-30]])
    fires = zeros_and_ones(student.neuron(X, np.array([2.0, -1.0]), -3.0), 3)
    np.testing.assert_array_equal(fires, [0, 1, 0])
    np.testing.assert_array_equal(zeros_and_ones(student.neuron(np.ones((2, 3)), np.zeros(3), 0), 2), [0, 0])


@pytest.mark.grade("test-neuron", points=0.25,
                   hint="A comparison gives True and False; .astype(int) makes numbers of them. And is w an array?")
def test_neuron_kinds(student):
    """The answers are numbers, one per row, also for one row; w is a tuple, a list or an array, X stays as it was."""
    rows = np.array([[3, -1], [1, 2], [0, 1]])
    for w in ((1, -2), [1.0, -2.0], np.array([1, -2])):
        for X, expected in ((rows, [1, 0, 0]), (rows[:1], [1]), (rows.astype(np.float32), [1, 0, 0])):
            sent = student.put(X)
            fires = zeros_and_ones(student.neuron(sent, w, -1), len(X))
            refuse_bool(fires)
            np.testing.assert_array_equal(fires, expected)
            if not np.array_equal(sent.get(), X):
                raise Shown("X is no longer what it was before the call: X * w is a new array, X[:] = ... is not.")


def assert_gate(student, name, wanted, noises):
    """The weights and the bias of a gate are right for the four pairs of signals, each with each of the noises."""
    w, b = several(student.gate(name), "w, b")
    if np.shape(w) != (2,) or np.shape(b) != ():
        raise Shown("expected two weights, as a tuple, a list or an array, and the bias as a number")
    for (x1, x2), fires in zip(SIGNALS, wanted):
        for e1, e2 in noises:
            assert (w[0] * (x1 + e1) + w[1] * (x2 + e2) + b > 0) == bool(fires)


AND, OR, NAND, NOR = (0, 0, 0, 1), (0, 1, 1, 1), (1, 1, 1, 0), (1, 0, 0, 0)
EXACT = [(0, 0)]
TABLE = "Write down the sums for 0 0, 0 1, 1 0 and 1 1. Which of them should be above zero?"
ROOM = "Noise moves the sum of two weights of 1 by up to 0.4. How far from zero are your four sums, on either side?"


@pytest.mark.grade("test-gate", points=0.25, hint=TABLE)
def test_gate_and(student):
    """AND is right where the signals are exactly 0 and 1."""
    assert_gate(student, "AND", AND, EXACT)


@pytest.mark.grade("test-gate", points=0.25, hint=ROOM)
def test_gate_and_noisy(student):
    """AND is right where the signals are noisy."""
    assert_gate(student, "AND", AND, NOISES)


@pytest.mark.grade("test-gate", points=0.25, hint=TABLE)
def test_gate_or(student):
    """OR is right where the signals are exactly 0 and 1."""
    assert_gate(student, "OR", OR, EXACT)


@pytest.mark.grade("test-gate", points=0.25, hint=ROOM)
def test_gate_or_noisy(student):
    """OR is right where the signals are noisy."""
    assert_gate(student, "OR", OR, NOISES)


@pytest.mark.grade("test-gate", points=0.25, hint=TABLE + " An opposite needs more than another bias.")
def test_gate_nand(student):
    """NAND is right where the signals are exactly 0 and 1."""
    assert_gate(student, "NAND", NAND, EXACT)


@pytest.mark.grade("test-gate", points=0.25, hint=ROOM)
def test_gate_nand_noisy(student):
    """NAND is right where the signals are noisy."""
    assert_gate(student, "NAND", NAND, NOISES)


@pytest.mark.grade("test-gate", points=0.25, hint=TABLE + " An opposite needs more than another bias.")
def test_gate_nor(student):
    """NOR is right where the signals are exactly 0 and 1."""
    assert_gate(student, "NOR", NOR, EXACT)


@pytest.mark.grade("test-gate", points=0.25, hint=ROOM)
def test_gate_nor_noisy(student):
    """NOR is right where the signals are noisy."""
    assert_gate(student, "NOR", NOR, NOISES)


@pytest.mark.grade("test-xor", points=0.25,
                   hint="Which two gates both fire for 0 1 and 1 0 only? The third neuron sees their answers.")
def test_xor(student):
    """xor is right where the signals are exactly 0 and 1."""
    pairs = np.random.default_rng(4).permutation(SIGNALS * 3)[:11].astype(float)
    np.testing.assert_array_equal(zeros_and_ones(student.xor(pairs), 11), [sum(pair) == 1 for pair in pairs])


@pytest.mark.grade("test-xor", points=0.5,
                   hint="First earn the points of gate. Then: do all three neurons decide, and the third on decisions?")
def test_xor_noisy(student):
    """xor is right where the signals are noisy."""
    pairs = np.array(SIGNALS * len(NOISES))
    noises = [np.repeat(NOISES, 4, axis=0), np.random.default_rng(5).uniform(-0.19, 0.19, pairs.shape)]
    for noise in noises:
        np.testing.assert_array_equal(zeros_and_ones(student.xor(pairs + noise), len(pairs)), pairs.sum(axis=1) == 1)


@pytest.mark.grade("test-xor", points=0.25,
                   hint="One answer for each row: the two answers of a row stand side by side, in an array (N, 2).")
def test_xor_kinds(student):
    """The answers of xor are numbers, one for each row, also for one row, two or three."""
    rows = np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
    for n in (1, 2, 3):
        fires = zeros_and_ones(student.xor(rows[:n]), n)
        refuse_bool(fires)
        np.testing.assert_array_equal(fires, [1, 0, 1][:n])


# (w, b, x) where the neuron fires, and where it is silent; the bias only decides where it is said to.
# In the first case of each the answer stays the same after one update, in the others it does not.
FIRING = [([4.0, 0.0], 1.0, [1.0, -0.5]), ([2.0, -1.0, 0.5], 0.5, [1.0, 1.0, 3.0]), ([0.25], 1.0, [2.0])]
SILENT = [([-4.0, 0.5], -1.0, [1.0, -0.5]), ([2.0, -1.0, 0.5], -0.5, [-1.0, 1.0, 1.5]),
          ([0.25, 0.0], -1.0, [-2.0, 0.75])]
DECIDED_BY_BIAS = [([1.0, -1.0], 3.0, [-1.0, 1.0], 1), ([1.0, 0.5, -2.0], -4.0, [1.0, 2.0, 0.25], 0),
                   ([1.0, 2.0], -5.0, [1.0, 2.0], 0)]     # the last sum is exactly zero


def updated(student, w, b, x, y):
    """The student's new weights and bias."""
    new_w, new_b = several(student.update(np.array(w), b, np.array(x), y), "w, b")
    if np.shape(new_w) != np.shape(w):
        raise Shown(f"expected new weights of shape (D,), like the old ones, got {kind(new_w)}")
    return new_w, new_b


@pytest.mark.grade("test-update", points=0.25,
                   hint="What is the sign of y minus the answer if the neuron should have fired? And if it should not?")
def test_update_weights(student):
    """After a wrong answer the weights move by x: towards it if the neuron should have fired, else away."""
    for cases, y, sign in ((FIRING, 0, -1), (SILENT, 1, 1)):
        for w, b, x in cases:
            new_w, _ = updated(student, w, b, x, y)
            np.testing.assert_allclose(new_w, [old + sign * part for old, part in zip(w, x)])


@pytest.mark.grade("test-update", points=0.25,
                   hint="The bias moves like the weight of an input that is always 1, and it stays a single number.")
def test_update_bias(student):
    """After a wrong answer the bias moves by 1 in the same direction, and is a number."""
    for cases, y, sign in ((FIRING, 0, -1), (SILENT, 1, 1)):
        for w, b, x in cases:
            _, new_b = updated(student, w, b, x, y)
            if np.shape(new_b) != ():
                raise Shown("expected the bias as a number, not in an array")
            np.testing.assert_allclose(new_b, b + sign)


@pytest.mark.grade("test-update", points=0.25,
                   hint="Where both are 1 or both are 0, what is y minus the answer? And is the answer that of the "
                        "present weights and the present bias?")
def test_update_right_answer(student):
    """After a right answer nothing changes, also where the bias decides or the sum is zero."""
    cases = [(*case, 1) for case in FIRING] + [(*case, 0) for case in SILENT] + DECIDED_BY_BIAS
    for w, b, x, y in cases:
        new_w, new_b = updated(student, w, b, x, y)
        np.testing.assert_allclose([*new_w, *np.ravel(new_b)], [*w, b])


@pytest.mark.grade("test-update", points=0.25, hint="w += ... changes the caller's array; w + ... makes a new one.")
def test_update_keeps_arrays(student):
    """The arrays w and x stay as they were."""
    for w, b, x, y in [(*case, 0) for case in FIRING] + [(*case, 1) for case in SILENT]:
        sent = [student.put(np.array(w)), student.put(np.array(x))]
        new_w, _ = several(student.update(sent[0], b, sent[1], y), "w, b")
        assert np.shape(new_w) == np.shape(w) and np.any(new_w != np.array(w))
        for before, handle in zip((w, x), sent):
            np.testing.assert_array_equal(handle.get(), before)


def rosenblatt(X, y, epochs):
    """What train should give, found without weights: they are the sum of all examples that were missed, with signs.

    So it is enough to count how often each was missed, and a sum z needs only the products of the examples.
    """
    signed, products, mistakes = np.zeros(len(X)), X @ X.T + 1, []
    while len(mistakes) < epochs and 0 not in mistakes:
        missed = 0
        for n, target in enumerate(y):
            if (signed @ products[n] > 0) != target:
                signed[n] += 2 * target - 1
                missed += 1
        mistakes.append(missed)
    return signed @ X, signed.sum(), mistakes


def trained(student, X, y, **options):
    """The student's (w, b, mistakes), where w is as long as it should be; a b of one entry counts as a number."""
    w, b, mistakes = several(student.train(X, y, **options), "w, b, mistakes")
    if np.shape(w) != (np.shape(X)[1],):
        raise Shown(f"expected weights of shape (D,), one for each input, got {kind(w)}")
    if np.size(b) != 1:
        raise Shown("expected the bias as a number")
    if not isinstance(mistakes, (list, tuple, np.ndarray)):
        raise Shown("expected a list of mistakes, one number for each epoch")
    return w, np.ravel(b)[0], np.ravel(mistakes)


def separable(seed, n, d):
    """Examples on two sides of a plane that does not pass through the origin, none of them on it."""
    rng = np.random.default_rng(seed)
    X, normal = quarters(rng, 6 * n, d), rng.choice([-1, 1], d)
    z = X @ normal + 1
    beside = z != 0
    return X[beside][:n], (z[beside][:n] > 0) * 1


def mixed(seed, n, d):
    """Examples with targets by chance, the first one twice with both targets: no plane can part them."""
    rng = np.random.default_rng(seed)
    X, y = quarters(rng, n, d), rng.integers(0, 2, n)
    X[-1], y[-1] = X[0], 1 - y[0]
    return X, y


@pytest.mark.grade("test-train", points=0.5,
                   hint="Start at zero and take the rows in their order: the second example meets what the first left.")
def test_train_first_epoch(student):
    """One epoch: every example once, in order, each update at once, from a start at zero."""
    for X, y in (mixed(6, 9, 2), mixed(7, 12, 4), (quarters(np.random.default_rng(8), 5, 3), np.zeros(5, int))):
        w, b, _ = trained(student, X, y, max_epochs=1)
        expected_w, expected_b, _ = rosenblatt(X, y, 1)
        np.testing.assert_allclose([*w, b], [*expected_w, expected_b])


@pytest.mark.grade("test-train", points=0.5, hint="The next epoch goes on with the weights that the last one left.")
def test_train_weights(student):
    """The weights and the bias after several epochs, from zero again at each call."""
    for X, y in (mixed(9, 7, 3), separable(12, 9, 2), mixed(17, 8, 3)):
        w, b, _ = trained(student, X, y, max_epochs=6)
        expected_w, expected_b, _ = rosenblatt(X, y, 6)
        np.testing.assert_allclose([*w, b], [*expected_w, expected_b])


@pytest.mark.grade("test-train", points=0.5,
                   hint="Compare each answer with its target before the update, and count anew in each epoch.")
def test_train_mistakes(student):
    """The mistakes of each epoch are counted, each at the moment of the answer."""
    for X, y in (mixed(11, 8, 2), mixed(12, 14, 5)):
        _, _, mistakes = trained(student, X, y, max_epochs=5)
        np.testing.assert_array_equal(mistakes, rosenblatt(X, y, 5)[2])


@pytest.mark.grade("test-train", points=0.5,
                   hint="An epoch without a mistake changes nothing, so none after it will. Its 0 belongs to the list.")
def test_train_stops(student):
    """train stops after the first epoch without a mistake, whose 0 ends the list, and then every answer is right."""
    for X, y in (separable(14, 12, 2), separable(22, 20, 4)):
        w, b, mistakes = trained(student, X, y, max_epochs=400)
        assert len(mistakes) >= 2 and np.all(mistakes[:-1] >= 1) and mistakes[-1] == 0
        np.testing.assert_array_equal(X @ w + b > 0, y)


@pytest.mark.grade("test-train", points=0.5, seconds=5,
                   hint="Where every epoch has mistakes the list has max_epochs entries, 100 where nothing is said.")
def test_train_max_epochs(student):
    """train stops after max_epochs, by default 100, where mistakes go on."""
    X, y = mixed(15, 3, 2)      # few rows: where update is lent, each look is a call to another process
    for expected, options in ((1, {"max_epochs": 1}), (8, {"max_epochs": 8}), (100, {})):
        _, _, mistakes = trained(student, X, y, **options)
        assert len(mistakes) == expected and np.all(mistakes >= 1)


@pytest.mark.grade("test-train", points=0.25,
                   hint="w is an array with a weight for each column of X, b one number, mistakes a list of numbers.")
def test_train_kinds(student):
    """train answers with an array, a number and a list of numbers, for whole numbers, float32 and a single example."""
    for X, y in ((np.array([[3, -2], [1, 1]]), np.array([1, 0])), (np.array([[0.5, 1, -2]]), np.array([1])),
                 (np.array([[1.5], [2], [-1]], dtype=np.float32), np.array([0.0, 1, 0]))):
        w, b, mistakes = several(student.train(X, y, max_epochs=3), "w, b, mistakes")
        if np.shape(w) != X.shape[1:] or np.shape(b) != ():
            raise Shown("expected the weights as an array of shape (D,), and the bias as a number")
        if np.ndim(mistakes) != 1:
            raise Shown("expected a list of mistakes, a whole number for each epoch")
        counts = np.asarray(mistakes)
        assert len(counts) and np.all((counts >= 0) & (counts <= len(X)) & (counts == np.round(counts)))
        assert np.all(np.isfinite([*w, b]))


@pytest.mark.grade("test-train", points=0.25, hint="Whoever called train still needs X and y: work on copies.")
def test_train_keeps_arrays(student):
    """X and y stay as they were."""
    X, y = mixed(16, 7, 3)
    sent = [student.put(X), student.put(y)]
    w, _, _ = several(student.train(*sent, max_epochs=3), "w, b, mistakes")
    assert np.shape(w) == (3,) and np.any(w)
    for before, handle in zip((X, y), sent):
        np.testing.assert_array_equal(handle.get(), before)
