"""Hidden tests of xor: a random start, a network with an activation of the student's choice, its training, its picture.

The activation f is asked of forward itself: where all rows of W1 are (1, 1) and the biases are zero, the example
(t/2, t/2) is answered by sigmoid(w f(t)), where w is the sum of W2. So forward can be foretold for any parameters.

Training is judged by the student's forward, as the text says. Where that is not such a network it is judged by the
formulas as well, with the student's f and with ReLU, tanh and sigmoid, so that who trains well need not suffer from a
slip in forward. And where init_params is not right train gets a start from here: a Generator cannot go to the
solution's init_params, which lives in another process.
"""

import itertools

import numpy as np
import pytest

from autograder.marking.student import Shown, StudentError

packages = ["numpy", "nnlib.plot"]
builds_on = {"train": ["forward"], "decision_grid": ["forward"]}

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR = np.array([[0.0], [1.0], [1.0], [0.0]])
SHAPES = {"W1": (4, 2), "b1": (4,), "W2": (1, 4), "b2": (1,)}
WEIGHT = 1 / 16     # of the activation where it is asked for: so small that no answer comes near 0 or 1


def sigmoid(z):
    return 1 / (1 + np.exp(-np.asarray(z, dtype=float)))


def generator(student, seed):
    """A Generator on the student's side."""
    return student.np.random.default_rng(seed)


# Task 1: the start ------------------------------------------------------------------------------------------


def parameters(answer):
    """A network's parameters as arrays; Shown where they are not a dict of the four, in the right shapes."""
    if not isinstance(answer, dict):
        raise Shown("expected a dict of arrays" + (", got None: is the return missing?" if answer is None else ""))
    for name, shape in SHAPES.items():
        if name not in answer:
            raise Shown(f'the dict has no entry "{name}"')
        if np.shape(answer[name]) != shape:
            raise Shown(f"{name} has another shape than {shape}")
    return {name: np.asarray(answer[name]) for name in SHAPES}


def start(student, seed):
    """The parameters with which a network begins."""
    return parameters(student.init_params(generator(student, seed)))


def equal(one, other):
    """Whether two networks have the same parameters."""
    return all(np.array_equal(one[name], other[name], equal_nan=True) for name in SHAPES)


@pytest.mark.grade("test-init-params", points=0.25,
                   hint="Four names, four shapes. Arrays of whole numbers would cut off what training adds to them.")
def test_init_shapes(student):
    """init_params returns four float arrays, in the shapes of the text."""
    for seed in (1, 2):
        answer = student.init_params(generator(student, seed))
        for name, array in parameters(answer).items():
            if array.dtype.kind != "f" or not np.all(np.isfinite(array)):
                raise Shown(f"expected an array of finite floats as {name}, got something else")
        assert len(answer) == 4


@pytest.mark.grade("test-init-params", points=0.25,
                   hint="np.random.normal draws from a generator that all share. Yours is rng.")
def test_init_same_seed(student):
    """The same seed makes the same start."""
    for seed in (3, 4):
        if not equal(start(student, seed), start(student, seed)):
            raise Shown("two Generators with the same seed made two different starts")


@pytest.mark.grade("test-init-params", points=0.25,
                   hint="Is there a fixed seed inside? Whoever calls init_params has chosen one already.")
def test_init_other_seed(student):
    """Another seed makes another start."""
    starts = [start(student, seed) for seed in (5, 6, 7)]
    if any(equal(one, other) for one, other in itertools.pairwise(starts)):
        raise Shown("two Generators with different seeds made the same start")


@pytest.mark.grade("test-init-params", points=0.25,
                   hint="Units with equal weights answer equally, get equal gradients, and stay one unit for ever.")
def test_init_rows(student):
    """The four rows of W1 differ."""
    for seed in range(8, 12):
        if len(np.unique(start(student, seed)["W1"], axis=0)) < 4:
            raise Shown("two rows of W1 are equal")


# Task 2: the answer -----------------------------------------------------------------------------------------


def network(W1=((1, 1),) * 4, b1=(0,) * 4, W2=(WEIGHT / 4,) * 4, b2=0):
    """Parameters as forward takes them, floats in the right shapes."""
    given = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    return {name: np.array(value, dtype=float).reshape(SHAPES[name]) for name, value in given.items()}


def answers(student, params, X):
    """What the student's forward says of each example, one number for each; its shape does not matter here."""
    p = student.forward(params, np.array(X, dtype=float))
    if p is None:
        raise Shown("expected an array of shape (N, 1), got None: is the return missing?")
    p = np.asarray(p)
    if p.size != len(X) or p.dtype.kind not in "iuf":
        raise Shown("expected an array of shape (N, 1), one probability for each example")
    if not np.all(np.isfinite(p)):
        raise Shown("there is nan or inf among the answers of forward")
    return p.ravel()


def responses(student, t):
    """What forward makes of the numbers in t: sigmoid(WEIGHT * f(t)), in their shape."""
    halves = np.ravel(t) / 2
    return answers(student, network(), np.stack([halves, halves], axis=1)).reshape(np.shape(t))


def network_with(f):
    """What the network of the text answers with some parameters, where f is the activation."""
    return lambda params, X: sigmoid(f(X @ params["W1"].T + params["b1"]) @ params["W2"].T + params["b2"])


def own_activation(student):
    """The student's f, by what forward makes of it."""
    def f(z):
        p = responses(student, z)
        assert np.all((p > 0) & (p < 1))
        return np.log(p / (1 - p)) / WEIGHT
    return f


def is_straight(student):
    """Whether what the hidden units do to their sums is a straight line, or none at all."""
    p = responses(student, np.linspace(-8, 8, 33))
    with np.errstate(all="ignore"):
        scores = np.log(p / (1 - p))    # nan where the sigmoid is missing; that is for other tests to say
    curves = [curve for curve in (p, scores[np.isfinite(scores)]) if len(curve) > 2]
    return any(np.all(np.abs(np.diff(curve, 2)) < 1e-6 * max(1e-3, np.ptp(curve))) for curve in curves)


def assert_each_unit(student, W1, b1, X):
    """forward answers as foretold where one unit after the other is the only one with a weight in W2."""
    z = np.array([[sum(w * x) + b for w, b in zip(np.array(W1), b1)] for x in X])
    expected = responses(student, z)
    assert np.ptp(expected) > 1e-6
    for k in range(4):
        p = answers(student, network(W1=W1, b1=b1, W2=WEIGHT * np.eye(4)[k]), X)
        np.testing.assert_allclose(p, expected[:, k], atol=1e-9)


def scales(rng):
    """Four rows for W1, in each of which both inputs have the same weight."""
    return rng.permutation([-1.5, -0.5, 0.75, 2])[:, None] * np.ones(2)


@pytest.mark.grade("test-forward", points=0.25,
                   hint="A column of answers, also for one example: H is (N, 4) and W2 is (1, 4). What is H @ W2.T?")
def test_forward_shape(student):
    """forward returns an array (N, 1), for one example and for many."""
    rng = np.random.default_rng(12)
    for n in (1, 4, 7):
        p = student.forward(network(W1=rng.normal(size=(4, 2))), rng.normal(size=(n, 2)))
        if np.shape(p) != (n, 1):
            raise Shown("expected an array of shape (N, 1), got " + ("None" if p is None else "another shape"))


@pytest.mark.grade("test-forward", points=0.25, hint="With W2 = 0 the score is b2, and the answer its sigmoid.")
def test_forward_output_bias(student):
    """Where the weights of the output are zero, the answer is the sigmoid of its bias."""
    rng = np.random.default_rng(13)
    for b2 in (-3.0, 0.4, 2.0, 1000.0):
        params = network(W1=rng.normal(size=(4, 2)), b1=rng.normal(size=4), W2=np.zeros(4), b2=b2)
        p = answers(student, params, rng.normal(size=(5, 2)))
        np.testing.assert_allclose(p, np.full(5, 1 / (1 + np.exp(-b2))))


@pytest.mark.grade("test-forward", points=0.5,
                   hint="Row k of W1 holds the two weights of unit k. What goes into f is their sum with the inputs.")
def test_forward_hidden_weights(student):
    """Each hidden unit weighs the two inputs with its own row of W1, then comes f, the same for all units."""
    rng = np.random.default_rng(14)
    assert_each_unit(student, rng.uniform(-2, 2, (4, 2)), np.zeros(4), rng.uniform(-1, 1, (5, 2)))


@pytest.mark.grade("test-forward", points=0.25,
                   hint="Each hidden unit adds its entry of b1 before f, for every example.")
def test_forward_hidden_biases(student):
    """Each hidden unit adds its own bias, before f."""
    rng = np.random.default_rng(15)
    for n in (3, 4):
        assert_each_unit(student, scales(rng), rng.uniform(0.5, 1.5, 4) * [1, -1, 1, -1], rng.uniform(-1, 1, (n, 2)))


@pytest.mark.grade("test-forward", points=0.25,
                   hint="The score is the sum over the four units, each times its entry of W2. Then comes the sigmoid.")
def test_forward_output_weights(student):
    """The output weighs the four hidden units."""
    rng = np.random.default_rng(16)
    for n in (3, 6):
        params, X = network(W1=scales(rng), W2=rng.uniform(0.2, 1, 4) * [1, -1, -1, 1]), rng.uniform(-1, 1, (n, 2))
        expected = network_with(own_activation(student))(params, X)
        np.testing.assert_allclose(answers(student, params, X), expected.ravel(), atol=1e-7)


@pytest.mark.grade("test-forward", points=0.25,
                   hint="Without something bent between the layers two layers are one, and XOR has no line.")
def test_forward_bent(student):
    """The activation is not a straight line."""
    if is_straight(student):
        raise Shown("what your hidden units do to their sums is a straight line")


@pytest.mark.grade("test-forward", points=0.25,
                   hint="Something is changed in place: +=, *=, or an assignment to Z[Z < 0] where Z is X or a weight.")
def test_forward_keeps_inputs(student):
    """forward leaves the parameters and the examples as they were."""
    rng = np.random.default_rng(17)
    params = {name: rng.normal(size=shape) for name, shape in SHAPES.items()}
    X = rng.normal(size=(6, 2))
    sent, sent_X = student.put(params), student.put(X)
    for _ in range(2):
        assert np.size(student.forward(sent, sent_X)) == 6
    kept = sent.get()
    assert kept.keys() == params.keys() and equal(kept, params)
    np.testing.assert_array_equal(sent_X.get(), X)


# Task 3: learn ----------------------------------------------------------------------------------------------


def judges(student):
    """Who may say what a trained network has learned."""
    rng = np.random.default_rng(18)
    params, X = {name: rng.uniform(-1, 1, shape) for name, shape in SHAPES.items()}, rng.uniform(-1, 1, (5, 2))
    own = network_with(own_activation(student))
    try:
        np.testing.assert_allclose(student.forward(params, X), own(params, X), atol=1e-6, strict=True)
        if not is_straight(student):
            return [student.forward]
    except (StudentError, AssertionError):
        pass
    return [student.forward, own, *map(network_with, (lambda z: np.maximum(z, 0), np.tanh, sigmoid))]


def has_learned(judge, params, X, y):
    """Whether every answer is on the right side of 0.5."""
    try:
        p = np.asarray(judge(params, X), dtype=float).ravel()
    except (StudentError, AssertionError, TypeError, ValueError):   # a forward that does not work at all
        return False
    return p.shape == (len(X),) and bool(np.all((p > 0.5) == (y.ravel() == 1)) and np.all(p != 0.5))


def good_start(rng):
    """A start from which every usual activation learns XOR: four directions, not quite the same each time."""
    directions = np.array([[2, -2], [-2, 2], [2, 2], [-2, -2]])
    return {"W1": directions + rng.normal(0, 0.2, (4, 2)), "b1": np.array([0, 0, -1, 3]) + rng.normal(0, 0.2, 4),
            "W2": rng.normal(0, 0.5, (1, 4)), "b2": np.zeros(1)}


def start_is_right(student):
    """Whether init_params does what train may expect of it."""
    try:
        one, same, other = (start(student, seed) for seed in (19, 19, 20))
    except (StudentError, AssertionError):
        return False
    return (equal(one, same) and not equal(one, other) and len(np.unique(one["W1"], axis=0)) == 4
            and all(array.dtype.kind == "f" and np.all(np.isfinite(array)) for array in one.values()))


def able_to_start(student):
    """The student, where init_params is not right with one from here: that mistake has cost its points already."""
    if not start_is_right(student):
        student.get_ipython().push({"init_params": good_start})
    return student


def assert_learns(student, y, seeds, enough, shuffled=False):
    """Of the seeds at least so many learn the labels y, as one and the same judge says. Stops when that is decided."""
    panel = judges(able_to_start(student))
    learned = np.zeros(len(panel), dtype=int)
    for number, seed in enumerate(seeds, 1):
        order = np.random.default_rng(seed).permutation(4) if shuffled else np.arange(4)
        params = parameters(student.train(CORNERS[order], y[order], generator(student, seed)))
        learned += [has_learned(judge, params, CORNERS[order], y[order]) for judge in panel]
        if learned.max() >= enough:
            return
        if learned.max() + len(seeds) - number < enough:
            break
    raise Shown("fewer starts have learned than the text asks for")


@pytest.mark.grade("test-train", points=0.25, seconds=2,
                   hint="Four names, four shapes, as from init_params. And X and y are only to be read.")
def test_train_returns(student):
    """train returns the parameters of a network, and leaves the corners and their labels as they were."""
    X, y = student.put(CORNERS), student.put(XOR)
    params = parameters(able_to_start(student).train(X, y, generator(student, 21)))
    assert all(array.dtype.kind == "f" for array in params.values())
    np.testing.assert_array_equal(X.get(), CORNERS)
    np.testing.assert_array_equal(y.get(), XOR)


@pytest.mark.grade("test-train", points=0.25, seconds=3,
                   hint="Start with init_params(rng), and let all other chance, if any, come from rng as well.")
def test_train_seeds(student):
    """The same seed gives the same trained network, another seed another."""
    able_to_start(student)
    one, same, other = (parameters(student.train(CORNERS, XOR, generator(student, seed))) for seed in (22, 22, 23))
    if not equal(one, same):
        raise Shown("two Generators with the same seed gave two different networks")
    if equal(one, other):
        raise Shown("two Generators with different seeds gave the same network")


@pytest.mark.grade("test-train", points=0.75, seconds=20,
                   hint="Does the loss fall at all? Check dW1 with differences of the loss. Which slope has your f? "
                        "Then give it more steps, or larger ones.")
def test_train_most_starts(student):
    """From at least 15 of the seeds 0 to 19 the network learns XOR."""
    assert_learns(student, XOR, range(20), 15)


@pytest.mark.grade("test-train", points=0.75, seconds=20,
                   hint="What do starts that stay stuck have in common? Units that answer 0 at all four corners learn "
                        "no more. Another f, larger first weights, other biases, a new try: one of these is enough.")
def test_train_nearly_all_starts(student):
    """From at least 19 of the seeds 0 to 19 the network learns XOR."""
    assert_learns(student, XOR, range(20), 19)


@pytest.mark.grade("test-train", points=0.5, seconds=10,
                   hint="Nothing may hang on the seeds 0 to 19, nor on which corner comes first: use the X and the y "
                        "that train gets.")
def test_train_other_seeds(student):
    """At least 7 of ten other seeds learn XOR, with the corners in any order."""
    assert_learns(student, XOR, range(240, 250), 7, shuffled=True)


@pytest.mark.grade("test-train", points=0.5, seconds=10,
                   hint="Where do the labels come from: from the y that train gets, or from the one at the top?")
def test_train_swapped_labels(student):
    """At least 7 of ten seeds learn the swapped labels."""
    assert_learns(student, 1 - XOR, range(190, 200), 7)


# Task 4: the answer in between ------------------------------------------------------------------------------


def random_network(seed, columns=(1, 1)):
    """Random parameters; an input with 0 in columns does not count."""
    rng = np.random.default_rng(seed)
    drawn = {name: rng.uniform(0.3, 1, shape) * rng.choice([-1, 1], shape) for name, shape in SHAPES.items()}
    return drawn | {"W1": drawn["W1"] * columns}


def grid(student, params, n):
    """The student's grid; numbers of another shape will do here where they are as many."""
    answer = student.decision_grid(params, n)
    if answer is None:
        raise Shown("expected an array of shape (n, n), got None: is the return missing?")
    array = np.asarray(answer)
    if array.size != n * n or array.dtype.kind not in "iuf":
        raise Shown("expected an array of shape (n, n), one probability for each point")
    return array.reshape(n, n)


def expected_grid(student, params, n):
    """What the student's forward says at each point, row by row from below."""
    s = [-0.5 + 2 * i / (n - 1) for i in range(n)]
    return answers(student, params, [[x1, x2] for x2 in s for x1 in s]).reshape(n, n)


@pytest.mark.grade("test-decision-grid", points=0.25,
                   hint="forward answers in a column of n * n numbers. reshape makes a square of it.")
def test_grid_shape(student):
    """The grid has the shape (n, n), for every n from 2."""
    for n in (2, 7):
        if np.shape(student.decision_grid(random_network(24), n)) != (n, n):
            raise Shown("expected an array of shape (n, n), got another shape")


@pytest.mark.grade("test-decision-grid", points=0.25, seconds=10, hint="What is n where the caller does not say it?")
def test_grid_default(student):
    """Without n the grid has 50 points on each side."""
    if np.size(student.decision_grid(random_network(24))) != 2500:
        raise Shown("without n: expected 50 times 50 probabilities, got another number")


@pytest.mark.grade("test-decision-grid", points=0.5,
                   hint="n values from -0.5 to 1.5, both ends included, for each coordinate, and all their pairs.")
def test_grid_points(student):
    """The grid holds the answers at the right n * n points, in whatever order."""
    for seed, n in ((25, 5), (26, 8)):
        params = random_network(seed)
        found = np.sort(grid(student, params, n), axis=None)
        np.testing.assert_allclose(found, np.sort(expected_grid(student, params, n), axis=None), atol=1e-9)


@pytest.mark.grade("test-decision-grid", points=0.25,
                   hint="Along a row x1 grows and x2 stays: entry [i, j] has x1 = s[j].")
def test_grid_columns(student):
    """Columns go with x1, from left to right."""
    params = random_network(27, (1, 0))
    np.testing.assert_allclose(grid(student, params, 6), expected_grid(student, params, 6), atol=1e-9)


@pytest.mark.grade("test-decision-grid", points=0.25,
                   hint="Row 0 is the lowest, at x2 = -0.5. An array has no up and down; the picture turns it.")
def test_grid_rows(student):
    """Rows begin at the lowest x2."""
    params = random_network(28, (0, 1))
    found, expected = grid(student, params, 6), expected_grid(student, params, 6)
    # A grid with rows and columns exchanged pays for that in the test of the columns.
    assert any(np.allclose(one, expected, rtol=0, atol=1e-9) for one in (found, found.T))


@pytest.mark.grade("test-decision-grid", points=0.25,
                   hint="Work out one entry by hand: its x1 from the column, its x2 from the row, then forward.")
def test_grid_entries(student):
    """Each entry belongs to its own x1 and x2."""
    for seed, n in ((29, 2), (30, 7)):
        params = random_network(seed)
        np.testing.assert_allclose(grid(student, params, n), expected_grid(student, params, n), atol=1e-9)


@pytest.mark.grade("test-decision-grid", points=0.25, hint="decision_grid asks the network; it changes nothing in it.")
def test_grid_keeps_params(student):
    """decision_grid leaves the parameters as they were."""
    params = random_network(31)
    sent = student.put(params)
    assert grid(student, sent, 4).size == 16
    kept = sent.get()
    assert kept.keys() == params.keys() and equal(kept, params)
