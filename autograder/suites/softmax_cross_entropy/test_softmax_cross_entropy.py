"""Hidden tests of softmax_cross_entropy: log-probabilities, the loss, its gradient, and softmax regression.

Expected values come from the definitions, row by row, and the gradient from differences of the loss. N, D and K differ
where it is not said otherwise. Only the tests about the mean have batches in which sum and mean differ, and only those
about far and shifted scores have scores above 4, so that one slip costs one thing.
"""

import math

import numpy as np
import pytest

from autograder.marking.student import Shown

packages = ["numpy", "nnlib.plot", "nnlib.data"]
builds_on = {
    "cross_entropy": ["log_softmax"],
    "cross_entropy_grad": ["log_softmax"],
    "train": ["log_softmax", "cross_entropy", "cross_entropy_grad"],
}


def log_p(scores):
    """ln p of each score in one row: minus the logarithm of the sum of all e^(z_j - z_k)."""
    found = []
    for own in scores:
        gaps = [float(other) - float(own) for other in scores]
        found.append(-max(gaps) - math.log(math.fsum(math.exp(gap - max(gaps)) for gap in gaps)))
    return found


def log_probabilities(z):
    """ln p of each entry, row by row."""
    return np.array([log_p(row) for row in z])


def mean_surprise(z, y):
    """The loss of a batch."""
    return math.fsum(-log_p(row)[label] for row, label in zip(z, y)) / len(z)


def slopes(z, y, step=1e-4):
    """The gradient of the loss in the scores, by central differences."""
    grad = np.zeros(z.shape)
    for place in np.ndindex(*z.shape):
        moved = np.zeros(z.shape)
        moved[place] = step
        grad[place] = (mean_surprise(z + moved, y) - mean_surprise(z - moved, y)) / (2 * step)
    return grad


def batch(seed, n, k):
    """Random scores (n, k), none above 4, and labels of which the first is 0 and the last k - 1."""
    rng = np.random.default_rng(seed)
    z, y = rng.uniform(-4, 4, (n, k)), rng.integers(0, k, n)
    y[0], y[-1] = 0, k - 1
    return z, y


def expect(shape, answer, meaning):
    """The answer as an array; Shown where it is none of real numbers, or has another shape than it should."""
    if answer is None:
        raise Shown(f"expected {meaning}, got None: is the return missing?")
    array = np.asarray(answer)
    if array.shape != shape or array.dtype.kind not in "iuf":
        raise Shown(f"expected {meaning}, got something of another shape or kind")
    return array


def number(answer):
    """The loss; an array that holds just one number will do, but where the test is about that."""
    if answer is None:
        raise Shown("expected one float, got None: is the return missing?")
    array = np.asarray(answer)
    if array.size != 1 or array.dtype.kind not in "iuf":
        raise Shown("expected one float, got something else: the loss of a batch is the mean over its examples")
    return array.reshape(())


def refuse_nan(array, what):
    """Say so where a number is not finite: it looks the same whatever the cause."""
    if not np.all(np.isfinite(array)):
        raise Shown(f"There is nan or inf in {what}. What are e^10000 and ln 0 here? Which m_n keeps the sum of a row "
                    "between 1 and K?")


# Task 1 -----------------------------------------------------------------------------------------------------


@pytest.mark.grade("test-log-softmax", points=0.5,
                   hint="Row by row: each score minus the logarithm of the sum over the scores of the same row.")
def test_log_softmax(student):
    """log_softmax gives the logarithms of the softmax probabilities, for batches of many sizes."""
    for seed, n, k in ((1, 3, 5), (2, 6, 4), (3, 4, 4), (4, 1, 3), (5, 4, 1)):
        z, _ = batch(seed, n, k)
        answer = expect((n, k), student.log_softmax(z), "an array of shape (N, K)")
        np.testing.assert_allclose(answer, log_probabilities(z), atol=1e-9)


@pytest.mark.grade("test-log-softmax", points=0.5,
                   hint="Rows may lie far apart. So each has its own m_n, which must keep the largest e^(z - m) at 1.")
def test_log_softmax_shifted(student):
    """Rows around 10,000, 0 and -10,000 come out right together in one batch."""
    rng = np.random.default_rng(6)
    z = rng.uniform(-2, 2, (5, 4)) + np.array([[9990.0], [-9990], [0], [-750], [720]])
    answer = expect((5, 4), student.log_softmax(z), "an array of shape (N, K)")
    refuse_nan(answer, "what log_softmax returns")
    np.testing.assert_allclose(answer, log_probabilities(z), atol=1e-8)


@pytest.mark.grade("test-log-softmax", points=0.5,
                   hint="A probability may be too small for any float; its logarithm is not. Never compute p itself.")
def test_log_softmax_far(student):
    """Scores from -10,000 to 10,000 in one row come out right, down to logarithms near -20,000."""
    rng = np.random.default_rng(7)
    for low, high in ((-1e4, 1e4), (-1e4, 0), (-900, -30)):
        z = np.stack([rng.permutation([low, high, *rng.uniform(low, high, 3)]) for _ in range(4)])
        answer = expect((4, 5), student.log_softmax(z), "an array of shape (N, K)")
        refuse_nan(answer, "what log_softmax returns")
        np.testing.assert_allclose(answer, log_probabilities(z), atol=1e-8)


@pytest.mark.grade("test-log-softmax", points=0.25,
                   hint="In float32 e^89 is already infinite. The way that survives 10,000 survives this as well.")
def test_log_softmax_float32(student):
    """float32 is as good as float64, also for scores around 200."""
    rng = np.random.default_rng(8)
    z = (rng.uniform(-3, 3, (4, 3)) + rng.choice([-200, 0, 100, 200], (4, 1))).astype(np.float32)
    answer = expect((4, 3), student.log_softmax(z), "an array of shape (N, K)")
    refuse_nan(answer, "what log_softmax returns for float32")
    np.testing.assert_allclose(answer, log_probabilities(z), rtol=1e-4, atol=2e-4)


@pytest.mark.grade("test-log-softmax", points=0.25,
                   hint="z -= ... works inside the caller's array. z - ... makes a new one.")
def test_log_softmax_keeps_scores(student):
    """log_softmax leaves the scores as they were and returns a new array."""
    z, _ = batch(9, 3, 5)
    sent = student.put(z)
    answer = expect((3, 5), student.log_softmax(sent), "an array of shape (N, K)")
    np.testing.assert_array_equal(sent.get(), z)
    assert not np.array_equal(answer, z)


# Task 2 -----------------------------------------------------------------------------------------------------


@pytest.mark.grade("test-cross-entropy", points=0.5,
                   hint="Of the row of ln p only the entry at y counts, with a minus. nats: the natural logarithm.")
def test_cross_entropy_one(student):
    """The loss of a single example is its surprise at the right class, in nats."""
    for seed, k in ((10, 3), (11, 6)):
        z, _ = batch(seed, 1, k)
        for label in range(k):
            loss = number(student.cross_entropy(z, np.array([label])))
            np.testing.assert_allclose(loss, mean_surprise(z, [label]), atol=1e-9)


@pytest.mark.grade("test-cross-entropy", points=0.5,
                   hint="One surprise for each row, N in all: the entry of row n at y[n]. Their mean is the loss.")
def test_cross_entropy_mean(student):
    """The loss of a batch is the mean over its examples."""
    for seed, n, k in ((12, 5, 3), (13, 3, 7), (14, 4, 4), (15, 2, 5)):
        z, y = batch(seed, n, k)
        loss = number(student.cross_entropy(z, y.astype(np.int32) if n == 3 else y))
        np.testing.assert_allclose(loss, mean_surprise(z, y), atol=1e-9)


@pytest.mark.grade("test-cross-entropy", points=0.25,
                   hint="A mean over all examples is one number. Has your array still an axis when you return it?")
def test_cross_entropy_float(student):
    """The loss is one float, for batches of one example and of more."""
    for seed, n, k in ((16, 1, 3), (17, 4, 3)):
        loss = student.cross_entropy(*batch(seed, n, k))
        if not isinstance(loss, float):
            raise Shown("expected one float, got something else")
        refuse_nan(loss, "the loss")


@pytest.mark.grade("test-cross-entropy", points=0.5,
                   hint="The logarithm of a probability that is 0 in the computer is lost. Who has it before that?")
def test_cross_entropy_far(student):
    """The loss is right and finite where the right class lies thousands of points behind or ahead."""
    rng = np.random.default_rng(18)
    for low, high in ((-1e4, 1e4), (-1e4, -20), (50, 2000)):
        z = rng.permutation([low, high, *rng.uniform(low, high, 2)])[None]
        for label in range(4):
            loss = number(student.cross_entropy(z, np.array([label])))
            refuse_nan(loss, "the loss")
            np.testing.assert_allclose(loss, mean_surprise(z, [label]), atol=1e-8)
    ahead = np.array([[1e4, 0, -1e4], [-1e4, -9900, -1e4], [-100, -200, 0]])
    loss = number(student.cross_entropy(ahead, np.array([0, 1, 2])))
    refuse_nan(loss, "the loss")
    np.testing.assert_allclose(loss, 0, atol=1e-8)


@pytest.mark.grade("test-cross-entropy", points=0.25, hint="Is z or y changed in its place somewhere on the way?")
def test_cross_entropy_keeps_inputs(student):
    """cross_entropy leaves the scores and the labels as they were."""
    z, y = batch(19, 4, 3)
    sent = student.put([z, y])
    loss = student.cross_entropy(sent[0], sent[1])
    refuse_nan(number(loss), "the loss")
    for before, after in zip((z, y), sent.get()):
        np.testing.assert_array_equal(after, before)


# Task 3 -----------------------------------------------------------------------------------------------------


def gradient(student, z, y):
    """The student's gradient."""
    return expect(z.shape, student.cross_entropy_grad(z, y), "an array of shape (N, K), like the scores")


@pytest.mark.grade("test-cross-entropy-grad", points=0.5,
                   hint="What it said is p, a row that sums to 1. What it should have said has a single 1, at y.")
def test_grad_one(student):
    """The gradient of a single example equals the slopes of its loss."""
    for seed, k in ((20, 3), (21, 5)):
        z, _ = batch(seed, 1, k)
        for label in range(k):
            np.testing.assert_allclose(gradient(student, z, np.array([label])), slopes(z, [label]), atol=1e-7)


@pytest.mark.grade("test-cross-entropy-grad", points=0.5,
                   hint="In the mean each example counts 1/N. And each row has its own right class.")
def test_grad_mean(student):
    """The gradient of a batch equals the slopes of its mean loss."""
    for seed, n, k in ((22, 4, 3), (23, 2, 6), (24, 3, 3)):
        z, y = batch(seed, n, k)
        np.testing.assert_allclose(gradient(student, z, y), slopes(z, y), atol=1e-7)


@pytest.mark.grade("test-cross-entropy-grad", points=0.5,
                   hint="p is e to the power of ln p, and your log_softmax is safe.")
def test_grad_far(student):
    """The gradient is right and finite for scores from -10,000 to 10,000."""
    rng = np.random.default_rng(25)
    for low, high in ((-1e4, -8e3), (-1e4, 1e4), (800, 1e4)):
        z = rng.permutation([low, high, high - 1, high - 2])[None]
        for label in range(4):
            grad = gradient(student, z, np.array([label]))
            refuse_nan(grad, "the gradient")
            np.testing.assert_allclose(grad, np.exp(log_probabilities(z)) - np.eye(4)[[label]], atol=1e-8)
    z = rng.uniform(-2, 2, (4, 3)) + np.array([[9990.0], [-9990], [0], [-800]])
    grad, expected = gradient(student, z, np.array([0, 1, 2, 1])), np.exp(log_probabilities(z))
    refuse_nan(grad, "the gradient")
    expected[range(4), [0, 1, 2, 1]] -= 1
    # Only the direction counts here, so that a forgotten 1/N costs nothing twice.
    np.testing.assert_allclose(grad / np.abs(grad).max(), expected / np.abs(expected).max(), atol=1e-8)


@pytest.mark.grade("test-cross-entropy-grad", points=0.25,
                   hint="In float32 e^89 is infinite already. Does the gradient go through your log_softmax?")
def test_grad_float32(student):
    """The gradient is right for float32 scores."""
    z = np.random.default_rng(26).uniform(-3, 3, (1, 4)).astype(np.float32)
    for shift in (0, 150, -150):
        moved = z + np.float32(shift)
        grad = gradient(student, moved, np.array([2]))
        np.testing.assert_allclose(grad, np.exp(log_probabilities(moved)) - np.eye(4)[[2]], atol=2e-4)


@pytest.mark.grade("test-cross-entropy-grad", points=0.25,
                   hint="z and y belong to the caller: write into an array of your own.")
def test_grad_keeps_inputs(student):
    """cross_entropy_grad leaves the scores and the labels as they were."""
    z, y = batch(27, 3, 4)
    sent = student.put([z, y])
    grad = expect((3, 4), student.cross_entropy_grad(sent[0], sent[1]), "an array of shape (N, K), like the scores")
    for before, after in zip((z, y), sent.get()):
        np.testing.assert_array_equal(after, before)
    assert not np.array_equal(grad, z)


# Task 4 -----------------------------------------------------------------------------------------------------


def examples(seed, n, d, k):
    """Random X (n, d) and labels, among which each class occurs."""
    rng = np.random.default_rng(seed)
    return rng.uniform(-1, 2, (n, d)), rng.permutation([*range(k), *rng.integers(0, k, n - k)])


def trained(student, X, y, lr, steps, k):
    """The student's W, b and losses after some steps, W and b of the right shape."""
    answer = student.train(X, y, lr, steps)
    if not isinstance(answer, (tuple, list)) or len(answer) != 3:
        raise Shown("expected (W, b, losses): is the return complete?")
    W, b, losses = answer
    W, b = expect((k, X.shape[1]), W, "W of shape (K, D)"), expect((k,), b, "b of shape (K,)")
    refuse_nan(W, "W")
    refuse_nan(b, "b")
    return W, b, losses


def gradients(W, b, X, y):
    """The gradients in W and b by the formulas of the text, entry by entry."""
    G = np.array([np.exp(log_p(row)) - (np.arange(len(b)) == label) for row, label in zip(X @ W.T + b, y)]) / len(X)
    dW = [[math.fsum(G[:, k] * X[:, d]) for d in range(X.shape[1])] for k in range(len(b))]
    return np.array(dW), np.array([math.fsum(column) for column in G.T])


def first_step(X, y, lr, k):
    """W and b after one step from zero."""
    dW, db = gradients(np.zeros((k, X.shape[1])), np.zeros(k), X, y)
    return -lr * dW, -lr * db


def times(moved, gradient):
    """The number of which the movement is a multiple of the gradient: where it is none, an AssertionError."""
    largest = np.argmax(np.abs(gradient))
    assert abs(moved.flat[largest]) > 1e-6
    np.testing.assert_allclose(moved / moved.flat[largest], gradient / gradient.flat[largest], atol=1e-6)
    return moved.flat[largest] / gradient.flat[largest]


@pytest.mark.grade("test-train", points=0.25,
                   hint="Row k of W collects the inputs of all examples, each weighted by its G at class k.")
def test_train_first_weights(student):
    """The first step moves W by lr against the gradient."""
    for seed, n, d, k, lr in ((28, 7, 4, 3, 0.5), (29, 5, 2, 4, 3)):
        X, y = examples(seed, n, d, k)
        W, _, _ = trained(student, X, y, lr, 1, k)
        np.testing.assert_allclose(W, first_step(X, y, lr, k)[0], atol=1e-9)


@pytest.mark.grade("test-train", points=0.25,
                   hint="b_k is added to the scores of all examples, so it collects G at class k from all of them.")
def test_train_first_biases(student):
    """The first step moves b by lr against the gradient, both measured at the same old place."""
    for seed, n, d, k, lr in ((30, 7, 4, 3, 0.5), (31, 5, 2, 4, 3)):
        X, y = examples(seed, n, d, k)
        _, b, _ = trained(student, X, y, lr, 1, k)
        np.testing.assert_allclose(b, first_step(X, y, lr, k)[1], atol=1e-9)


@pytest.mark.grade("test-train", points=0.25,
                   hint="Every step needs new scores, from W and b as they are now, and a new gradient.")
def test_train_more_steps(student):
    """Each further step follows the gradient at the place that the one before has reached."""
    X, y = examples(32, 8, 3, 4)
    rates = []
    for steps in (1, 3, 6):
        W, b, _ = trained(student, X, y, 0.8, steps, 4)
        next_W, next_b, _ = trained(student, X, y, 0.8, steps + 1, 4)
        dW, db = gradients(W, b, X, y)
        rates.append([times(next_W - W, dW), times(next_b - b, db)])
    # Which rates these are, the tests of the first step ask; here they are only to stay as they are.
    np.testing.assert_allclose(rates[1:], [rates[0]] * 2, rtol=1e-5)


@pytest.mark.grade("test-train", points=0.5,
                   hint="One loss for each step, taken before W and b move. So the first is ln K, pure guessing.")
def test_train_losses(student):
    """The losses are those before each step, one for each, as a list of numbers."""
    X, y = examples(33, 9, 2, 5)
    _, _, losses = trained(student, X, y, 1.5, 5, 5)
    losses = expect((5,), losses, "one loss for each step")
    np.testing.assert_allclose(losses[0], math.log(5))
    for steps in range(1, 5):
        W, b, _ = trained(student, X, y, 1.5, steps, 5)
        np.testing.assert_allclose(losses[steps], mean_surprise(X @ W.T + b, y), atol=1e-9)
    _, _, losses = trained(student, np.array([[9.0, 0], [0, 8], [7, 1]]), np.array([0, 1, 0]), 3, 20, 2)
    expect((20,), losses, "one loss for each step, also where next to nothing is left to learn")


@pytest.mark.grade("test-train", points=0.25,
                   hint="How many classes are there if the largest label is 3? Some of them may have no example.")
def test_train_absent_class(student):
    """K is the largest label plus one, also where a class has no example."""
    X = np.random.default_rng(34).normal(size=(4, 3))
    for labels in ([0, 3, 3, 1], [2, 2, 2, 2]):
        k = max(labels) + 1
        for steps in (1, 2):
            trained(student, X, np.array(labels), 0.5, steps, k)


@pytest.mark.grade("test-train", points=0.25, hint="What should come out where the loop is never entered?")
def test_train_no_steps(student):
    """With 0 steps W and b are the zeros of the start, in their full shapes."""
    X, y = examples(35, 5, 4, 3)
    W, b, _ = trained(student, X, y, 0.5, 0, 3)
    np.testing.assert_array_equal(W, np.zeros((3, 4)))
    np.testing.assert_array_equal(b, np.zeros(3))


@pytest.mark.grade("test-train", points=0.25,
                   hint="Are X and y only read? What does X /= ... do to the caller's array?")
def test_train_keeps_data(student):
    """train leaves X and y as they were, and starts anew from zero with every call."""
    X, y = examples(36, 6, 3, 4)
    sent = student.put([X, y])
    first, second = ([*map(np.asarray, student.train(sent[0], sent[1], 0.5, 3))] for _ in range(2))
    for before, after in zip((X, y), sent.get()):
        np.testing.assert_array_equal(after, before)
    assert len(first) == len(second) == 3
    for one, other in zip(first, second):
        np.testing.assert_array_equal(one, other)
