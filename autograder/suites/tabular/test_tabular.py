"""Hidden tests of tabular: a table with a known truth, its scaling, the network, and what the network looks at.

The order in which customers are drawn is the student's choice, so tables are compared with what the text says of them,
within five standard errors. The tests of the later tasks draw their own customers. rng is made over there: the setup
cell, which is locked, imports NumPy as np.
"""

from math import erf, exp, factorial

import numpy as np
import pytest

from autograder.marking.student import Shown

packages = ["numpy", "nnlib.plot", "nnlib.data"]

MANY = 10_000


def parts(answer, count, words):
    """What a function returned, where it is this many things."""
    if not isinstance(answer, (tuple, list)) or len(answer) != count:
        raise Shown(f"Expected {count} things to be returned: {words}. Is a return missing?")
    return answer


def shaped(value, shape, what, words):
    """The value as an array of this shape; in words that the student may read where it is none."""
    if np.shape(value) != shape:
        raise Shown(f"{what} should be an array of shape {words}; yours has shape {np.shape(value)}.")
    return np.asarray(value)


def floats(value, shape, what, words):
    """The value as an array of finite floats of this shape."""
    value = shaped(value, shape, what, words)
    if value.dtype.kind != "f":
        raise Shown(f"{what} should hold floats; yours holds {value.dtype}.")
    if not np.all(np.isfinite(value)):
        raise Shown(f"{what} holds NaN or infinity.")
    return value


def customers(student, n, rng):
    """A table that the student's function drew: X (n, 5) and y (n,), whose integers may be of any kind."""
    X, y = parts(student.make_customers(n, rng), 2, "X and y")
    if np.size(y) != n or not np.all(np.isin(y, [0, 1])):
        raise Shown("y should hold a 0 or a 1 for each customer.")
    return floats(X, (n, 5), "X", "(n, 5)"), np.reshape(y, n).astype(int)


def columns(student, seed):
    """The columns of a large table, (5, MANY)."""
    X, _ = parts(student.make_customers(MANY, student.np.random.default_rng(seed)), 2, "X and y")
    return floats(X, (MANY, 5), "X", "(n, 5)").T


def assert_shares(values, points, expected):
    """As large a share of the values as expected lies at or below each of the points."""
    shares, expected = np.mean(values[:, None] <= points, axis=0), np.array(expected)
    error = np.sqrt(expected * (1 - expected) / len(values))
    assert np.all(np.abs(shares - expected) <= 5 * error)


def assert_not_rounded(values):
    """Hardly a value is a whole number."""
    if np.mean(values == np.round(values)) > 0.05:
        raise Shown("Many values of this column are whole numbers, but nothing should be rounded or cut off.")


@pytest.mark.grade("test-make-customers", points=0.25, seconds=5,
                   hint="X is (n, 5), with a customer in each row; y is (n,), and holds integers.")
def test_customers_shapes(student):
    """However many customers are asked for, X holds floats and y the integers 0 and 1."""
    for n in (1, 7, 200):
        X, y = parts(student.make_customers(n, student.np.random.default_rng(n)), 2, "X and y")
        floats(X, (n, 5), "X", "(n, 5)")
        y = shaped(y, (n,), "y", "(n,)")
        if y.dtype.kind not in "iu":
            raise Shown(f"y should hold integers, 0 and 1; yours holds {y.dtype}.")
        assert np.all((y == 0) | (y == 1))


@pytest.mark.grade("test-make-customers", points=0.25, seconds=5,
                   hint="rng.uniform draws floats from an interval. All of it is used, and evenly.")
def test_customers_age(student):
    """Ages are uniform between 18 and 80, with fractions."""
    age = columns(student, 1)[0]
    assert_not_rounded(age)
    assert np.all((age >= 18) & (age <= 80))
    points = np.linspace(19, 79, 13)
    assert_shares(age, points, (points - 18) / 62)


@pytest.mark.grade("test-make-customers", points=0.25, seconds=5,
                   hint="Look up what NumPy's exponential takes, a mean or a rate, and what its poisson takes.")
def test_customers_months_and_visits(student):
    """Months are exponential with mean 20, visits are Poisson with mean 6."""
    months, visits = columns(student, 2)[1:3]
    assert_not_rounded(months)
    assert np.all(months >= 0)
    points = np.array([0.5, 2, 5, 10, 20, 30, 45, 60, 80, 100])
    assert_shares(months, points, 1 - np.exp(-points / 20))
    assert np.all((visits >= 0) & (visits == np.round(visits)))
    points = np.arange(1, 13)
    assert_shares(visits, points + 0.5, [sum(6**k * exp(-6) / factorial(k) for k in range(p + 1)) for p in points])


@pytest.mark.grade("test-make-customers", points=0.25, seconds=5,
                   hint="NumPy's normal takes mean and standard deviation. 0.4 is the share of ones.")
def test_customers_fee_and_newsletter(student):
    """Fees are normal with mean 30 and standard deviation 5; four in ten get the newsletter."""
    fee, newsletter = columns(student, 3)[3:]
    assert_not_rounded(fee)
    points = np.linspace(18, 42, 13)
    assert_shares(fee, points, [0.5 + 0.5 * erf((p - 30) / 5 / 2**0.5) for p in points])
    assert np.all((newsletter == 0) | (newsletter == 1))
    assert_shares(newsletter, np.array([0.5]), [0.6])


@pytest.mark.grade("test-make-customers", points=0.25, seconds=5,
                   hint="Each column needs a draw of its own: numbers that are used twice tie two columns.")
def test_customers_independent_columns(student):
    """No column tells anything about another."""
    features = columns(student, 4)
    assert np.all(features.std(axis=1) > 0)
    assert np.all(np.abs(np.corrcoef(features) - np.eye(5)) < 5 / MANY**0.5)


@pytest.mark.grade("test-make-customers", points=0.5, seconds=5,
                   hint="Compute z by hand for one customer. With probability 1 / (1 + exp(-z)) the label is 1.")
def test_customers_labels(student):
    """Labels are drawn with the probabilities of the rule: no part of it is missing, and none is too much."""
    X, y = customers(student, MANY, student.np.random.default_rng(7))
    age, months, visits, fee, newsletter = ((X[:, 0] - 49) / 31, *X[:, 1:].T)
    p = 1 / (1 + np.exp(-np.clip(2 + 9 * age**2 - months / 20 - 0.6 * visits - newsletter, -700, 700)))
    # Whatever one weighs customers by, as many cancel as the probabilities say, but for chance.
    for weight in (np.ones(MANY), age**2, age, months, visits, newsletter, fee - 30):
        error = np.sqrt(np.sum(weight**2 * p * (1 - p)))
        assert np.abs(np.sum(weight * (y - p))) <= 5 * error
    assert 0.2 < y.mean() < 0.8


@pytest.mark.grade("test-make-customers", points=0.25, seconds=5,
                   hint="Draw everything from rng, labels too: not from np.random, not from a generator of your own.")
def test_customers_rng(student):
    """The same seed makes the same table, the next call other customers."""
    tables = []
    for calls in (2, 1):
        rng = student.np.random.default_rng(8)
        tables += [customers(student, 300, rng) for _ in range(calls)]
    (X, y), (X_next, y_next), (X_again, y_again) = tables
    np.testing.assert_array_equal(X_again, X)
    np.testing.assert_array_equal(y_again, y)
    assert all(np.any(a != b) for a, b in zip((*X.T, y), (*X_next.T, y_next)))


def table(rng, n, d):
    """Random columns (n, d), each with an offset and a spread of its own."""
    return rng.normal(size=(n, d)) * rng.uniform(2, 9, size=d) + rng.uniform(10, 50, size=d) * rng.choice([-1, 1], d)


def scaled(student, train, test):
    """Both parts as the student scales them, of the right shapes."""
    new_train, new_test = parts(student.standardize(train, test), 2, "the train and the test part")
    return (floats(new_train, np.shape(train), "The train part", "(N, D)"),
            floats(new_test, np.shape(test), "The test part", "(M, D)"))


def assert_scaled(new, old):
    """Each column was moved and stretched; by how much does not matter here."""
    assert np.all(new != old)
    new, old = (part - part.mean(axis=0) for part in (new, old))
    lengths = np.linalg.norm(new, axis=0)
    assert np.all(lengths > 0)
    np.testing.assert_allclose(new / lengths, old / np.linalg.norm(old, axis=0), rtol=0, atol=1e-6)


@pytest.mark.grade("test-standardize", points=0.5,
                   hint="For each column: subtract its mean, divide by its deviation, as np.std has it.")
def test_standardize_train(student):
    """Each column of train gets mean 0 and standard deviation 1, in float64 and float32."""
    rng = np.random.default_rng(11)
    for n, d in ((4, 3), (3, 5)):
        train = table(rng, n, d)
        train[-1, 0] = train[0, 0]    # and yet this column is not constant
        expected = []
        for entries in train.T:
            mean = sum(entries) / n
            expected.append((entries - mean) / (sum((entries - mean) ** 2) / n) ** 0.5)
        new_train, _ = scaled(student, train, table(rng, 2, d))
        np.testing.assert_allclose(new_train, np.transpose(expected), rtol=1e-6)
        new_train, _ = scaled(student, train.astype(np.float32), table(rng, 2, d).astype(np.float32))
        np.testing.assert_allclose(new_train, np.transpose(expected), rtol=0, atol=1e-3)


@pytest.mark.grade("test-standardize", points=0.5,
                   hint="A customer who is in both parts must come out the same in both. Whose mean does that take?")
def test_standardize_test(student):
    """The test part is scaled by the numbers that train was scaled by, also when it is a single row."""
    rng = np.random.default_rng(12)
    train = table(rng, 6, 4)
    for first, second in (([0, 3, 1], [2, 3, 4]), ([5], [0])):
        new_train, new_test = scaled(student, train, 3 * train[first] - 2 * train[second])
        assert_scaled(new_train, train)
        np.testing.assert_allclose(new_test, 3 * new_train[first] - 2 * new_train[second], rtol=0, atol=1e-6)


@pytest.mark.grade("test-standardize", points=0.25,
                   hint="Nothing may be measured on the test part: not alone, and not together with train.")
def test_standardize_no_leak(student):
    """How train comes out does not depend on the test part."""
    rng = np.random.default_rng(13)
    train = table(rng, 5, 3)
    first, second = (scaled(student, train, test)[0] for test in (table(rng, 4, 3), 100 * table(rng, 2, 3)))
    assert_scaled(first, train)
    np.testing.assert_allclose(second, first, rtol=1e-9)


@pytest.mark.grade("test-standardize", points=0.25,
                   hint="A constant column has deviation 0. Divide by 1 there, in both parts.")
def test_standardize_constant(student):
    """Of a constant column only the mean is subtracted, in both parts; with one row all columns are constant."""
    rng = np.random.default_rng(14)
    train, test = np.array([[5.0, 1, -3], [5, 2, -3], [5, 6, -3], [5, 3, -3]]), table(rng, 3, 3)
    new_train, new_test = scaled(student, train, test)
    np.testing.assert_allclose(new_train[:, [0, 2]], np.zeros((4, 2)), atol=1e-9)
    np.testing.assert_allclose(new_test[:, [0, 2]], test[:, [0, 2]] - [5, -3])
    assert_scaled(new_train[:, [1]], train[:, [1]])
    new_train, new_test = scaled(student, train[1:2], test)
    np.testing.assert_allclose(new_train, np.zeros((1, 3)), atol=1e-9)
    np.testing.assert_allclose(new_test, test - [5, 2, -3])


@pytest.mark.grade("test-standardize", points=0.25,
                   hint="Do not ask the deviation whether a column is constant: rounding can lift it above 0, and "
                        "a column in a large unit may really vary that little. Compare the entries themselves.")
def test_standardize_almost_constant(student):
    """A column whose entries are equal is constant in spite of rounding; one whose entries differ by little is not."""
    rng = np.random.default_rng(15)
    train = np.column_stack([np.full(7, 0.1), np.arange(7.0), np.full(7, 1e6 + 0.1)])
    assert np.all(train[:, [0, 2]].std(axis=0) > 0)    # by rounding
    new_train, new_test = scaled(student, train, train[:2] + 1)
    np.testing.assert_allclose(new_train[:, [0, 2]], np.zeros((7, 2)), atol=1e-6)
    np.testing.assert_allclose(new_test[:, [0, 2]], np.ones((2, 2)), atol=1e-6)
    small = rng.normal(size=(6, 2))
    new_train, _ = scaled(student, small * [1e-15, 1e-3] + [0, 1000], np.ones((1, 2)))
    assert np.all(new_train.std(axis=0) > 0.5)    # divided it was, by whichever deviation


@pytest.mark.grade("test-standardize", points=0.25,
                   hint="train -= mean works inside the caller's array; train - mean makes a new one.")
def test_standardize_keeps_inputs(student):
    """Both parts stay as they are."""
    rng = np.random.default_rng(16)
    train, test = table(rng, 5, 3), table(rng, 4, 3)
    sent = student.put(train), student.put(test)
    new_train, _ = parts(student.standardize(*sent), 2, "the train and the test part")
    assert_scaled(floats(new_train, (5, 3), "The train part", "(N, D)"), train)
    for handle, array in zip(sent, (train, test)):
        np.testing.assert_array_equal(handle.get(), array)


def drawn(seed, n):
    """Customers of our own: X (n, 5), standardized by what is known of their distributions, and y (n,)."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.uniform(-1, 1, n), rng.exponential(20, n), rng.poisson(6, n), rng.normal(0, 5, n),
                         rng.random(n) < 0.4])
    z = 2 + 9 * X[:, 0] ** 2 - X[:, 1] / 20 - 0.6 * X[:, 2] - X[:, 4]
    y = (rng.random(n) < 1 / (1 + np.exp(-z))).astype(int)
    return (X - [0, 20, 6, 0, 0.4]) / [3**-0.5, 20, 6**0.5, 5, 0.24**0.5], y


def network(answer, d):
    """The four arrays that a training returned. Where a test is not about shapes, turned or flat ones will do."""
    W1, b1, W2, b2 = map(np.asarray, parts(answer, 4, "W1, b1, W2 and b2"))
    h = b1.size
    if h > 5000:    # nobody trains so many in five seconds, and to try them would take the grader's time and memory
        raise Shown("Your network has more than 5000 hidden units. Ten or twenty are enough.")
    W1 = W1.T if W1.shape == (d, h) else W1
    return (floats(W1, (h, d), "W1", "(H, D)"), floats(b1.ravel(), (h,), "b1", "(H,)"),
            floats(W2.ravel(), (h,), "W2", "(1, H)"), floats(b2.ravel(), (1,), "b2", "(1,)"))


def right_ones(params, X, y):
    """The share of customers on whose side the network is."""
    W1, b1, W2, b2 = params
    z = [np.tanh(rows @ W1.T + b1) @ W2 + b2 for rows in np.array_split(X, 30)]    # in parts, for wide networks
    return np.mean((np.concatenate(z) > 0) == (y == 1))


def reached(student, seed, n=1500):
    """The share of new customers that the student's network gets right after its training on n others.

    New ones are so many that the share is known to half a per cent.
    """
    X, y = drawn(seed, n)
    params = student.train_classifier(X, y, student.np.random.default_rng(seed))
    return right_ones(network(params, 5), *drawn(seed + 1000, 30_000))


@pytest.mark.grade("test-train-classifier", points=0.5, seconds=11,
                   hint="predict multiplies X (N, D) by W1.T, and the hidden units (N, H) by W2.T. Which shapes fit?")
def test_train_shapes(student):
    """params has four float arrays of the right shapes, whatever the number of columns."""
    for d in (3, 8):
        X = np.random.default_rng(20 + d).normal(size=(90, d))
        params = student.train_classifier(X, (X[:, 0] > 0).astype(int), student.np.random.default_rng(d))
        h = np.size(parts(params, 4, "W1, b1, W2 and b2")[1])
        for name, words, array, shape in zip(("W1", "b1", "W2", "b2"), ("(H, D)", "(H,)", "(1, H)", "(1,)"), params,
                                             ((h, d), (h,), (1, h), (1,))):
            assert floats(array, shape, name, words).size > 0


@pytest.mark.grade("test-train-classifier", points=0.5, seconds=6,
                   hint="Compare your gradients with numerical ones on five customers. Do all four arrays learn?")
def test_train_beats_the_line(student):
    """Trained on 1,500 customers, the network is better than any straight line."""
    share = reached(student, 31)
    if share < 0.72:
        raise Shown(f"Your network is right for {100 * share:.0f} per cent of new customers. A line reaches 65.")


@pytest.mark.grade("test-train-classifier", points=0.75, seconds=6,
                   hint="Print the loss every 50 steps. If it still falls at the end, take more steps or larger ones.")
def test_train_reaches_80(student):
    """Trained on 1,500 customers, it is right for at least 80 % of new ones."""
    share = reached(student, 32)
    if share < 0.795:    # the share is measured, too
        raise Shown(f"Your network is right for {100 * share:.0f} per cent of new customers; at least 80 are asked.")


@pytest.mark.grade("test-train-classifier", points=0.5, seconds=6,
                   hint="Try ten seeds in the notebook. If a few of them fail, take more hidden units or train longer.")
def test_train_other_seed(student):
    """With another seed and other customers it also reaches 80 %."""
    share = reached(student, 33)
    if share < 0.795:
        raise Shown(f"With this seed it is right for {100 * share:.0f} per cent; at least 80 are asked.")


@pytest.mark.grade("test-train-classifier", points=0.5, seconds=16,
                   hint="All that is random must come from rng, the start and the order of the customers.")
def test_train_repeatable(student):
    """The same data and the same seed give the same weights; other labels give others."""
    X, y = drawn(34, 400)
    first, again, other = (network(student.train_classifier(X, labels, student.np.random.default_rng(5)), 5)
                           for labels in (y, y, 1 - y))
    for a, b in zip(first, again):
        np.testing.assert_array_equal(a, b)
    if all(a.shape == b.shape and np.all(a == b) for a, b in zip(first, other)):
        raise Shown("Your training gives the same weights whatever the labels are.")


@pytest.mark.grade("test-train-classifier", points=0.25, seconds=6,
                   hint="rng.shuffle, X -= and y[...] = change the caller's arrays: use a permutation, and copies.")
def test_train_keeps_data(student):
    """X and y stay as they are."""
    X, y = drawn(35, 400)
    sent = student.put(X), student.put(y)
    network(student.train_classifier(*sent, student.np.random.default_rng(6)), 5)
    for handle, array in zip(sent, (X, y)):
        np.testing.assert_array_equal(handle.get(), array)


def weights(rng, h, d):
    """Random params with positive weights."""
    return rng.uniform(0.2, 2, size=(h, d)), rng.normal(size=h), rng.uniform(0.2, 2, size=(1, h)), rng.normal(size=1)


def importance(student, params):
    """The student's importances: an array (D,), not all of them zero."""
    shares = shaped(student.feature_importance(params), params[0].shape[1:], "The importance", "(D,)")
    assert np.sum(shares) > 0
    return shares


def paths(params):
    """The size of all paths of each feature, summed one by one."""
    W1, _, W2, _ = params
    return np.array([sum(abs(W2[0, k] * W1[k, j]) for k in range(len(W1))) for j in range(W1.shape[1])])


@pytest.mark.grade("test-feature-importance", points=0.25,
                   hint="Sum over the hidden units, then divide by the total of all features.")
def test_importance_shares(student):
    """Each feature gets its share of the total, and the shares add up to 1."""
    rng = np.random.default_rng(41)
    for h, d in ((4, 3), (2, 5), (3, 1)):
        W1, b1, W2, b2 = weights(rng, h, d)
        params = W1, b1, np.full_like(W2, 0.7), b2    # every hidden unit counts the same, and all is positive
        np.testing.assert_allclose(importance(student, params), paths(params) / np.sum(paths(params)))


@pytest.mark.grade("test-feature-importance", points=0.25,
                   hint="W2[0, k] belongs to row k of W1. A unit that the output ignores makes nothing important.")
def test_importance_output_weights(student):
    """Each hidden unit counts as much as the output weighs it, here up to a factor."""
    rng = np.random.default_rng(42)
    for h, d in ((4, 3), (3, 3)):
        params = weights(rng, h, d)
        params[2][0, 1] = 0
        shares = importance(student, params)
        np.testing.assert_allclose(shares / np.sum(shares), paths(params) / np.sum(paths(params)))


@pytest.mark.grade("test-feature-importance", points=0.25,
                   hint="Take the size of each single path before you add. Otherwise two paths can cancel.")
def test_importance_signs(student):
    """Paths of opposite signs do not cancel, here up to a factor."""
    rng = np.random.default_rng(43)
    for h, d in ((5, 3), (2, 4)):
        W1, b1, W2, b2 = weights(rng, h, d)
        W2[:] = 0.7
        params = W1 * (-1.0) ** np.add.outer(np.arange(h), np.arange(d)), b1, W2 * (-1.0) ** (np.arange(h) // 2), b2
        shares = importance(student, params)
        np.testing.assert_allclose(shares / np.sum(shares), paths(params) / np.sum(paths(params)))


@pytest.mark.grade("test-feature-importance", points=0.25,
                   hint="No feature comes through a bias. And np.abs(W, out=W) or W *= ... changes the network itself.")
def test_importance_biases(student):
    """Biases make no difference, and the network stays as it is."""
    rng = np.random.default_rng(44)
    params = weights(rng, 4, 3)
    params = -params[0], *params[1:]
    others = params[0], 3 * params[1] + 1, params[2], params[3] - 2
    sent = student.put(params)
    shares = shaped(student.feature_importance(sent), (3,), "The importance", "(D,)")
    for array, now in zip(params, sent.get()):
        np.testing.assert_array_equal(now, array)
    assert np.any(shares != 0) and np.all(np.isfinite(shares))
    np.testing.assert_allclose(importance(student, others), shares)
