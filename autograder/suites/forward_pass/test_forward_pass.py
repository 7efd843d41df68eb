"""Hidden tests of forward_pass: a layer, two that are one, softmax, the whole network, and its size.

N, the inputs and the outputs of each layer always differ where it is not said otherwise, so that nothing transposed or
summed over the wrong axis can hide. Expected values come from the definitions, entry by entry.
"""

import itertools
import math

import numpy as np
import pytest

from autograder.marking.student import Shown

packages = ["numpy", "nnlib.plot", "nnlib.data"]
builds_on = {"collapse": ["linear"], "forward": ["linear", "softmax"]}


def weighted_sums(X, W, b):
    """The sums of a layer, neuron by neuron."""
    return np.stack([np.sum(X * weights, axis=1) + bias for weights, bias in zip(W, b)], axis=1)


def shares(scores):
    """Softmax of one row: p_i is one over the sum of all e^(z_j - z_i), where no shift is needed."""
    return [1 / math.fsum(math.exp(min(other - own, 700)) for other in scores) for own in scores]


def probabilities(scores):
    """Softmax of each row."""
    return np.array([shares(row) for row in np.asarray(scores, dtype=float)])


def network(seed, *sizes, positive=False):
    """Random layers of these sizes, as pairs (W, b); where positive, ReLU has nothing to cut."""
    rng = np.random.default_rng(seed)
    draw = (lambda *shape: rng.uniform(0.1, 0.5, shape)) if positive else (lambda *shape: rng.normal(size=shape))
    return [(draw(k, d), draw(k)) for d, k in itertools.pairwise(sizes)]


def passed(X, layers):
    """What forward should give."""
    hidden = [X]
    for W, b in layers[:-1]:
        z = weighted_sums(hidden[-1], W, b)
        hidden.append(np.where(z > 0, z, 0))
    return [*hidden, probabilities(weighted_sums(hidden[-1], *layers[-1]))]


def expect(shape, answer, meaning):
    """Say so where the answer has another shape than it should."""
    if answer is None:
        raise Shown("expected an array, got None: is the return missing?")
    if np.shape(answer) != shape:
        fault = "another number of axes" if np.ndim(answer) != len(shape) else "axes of other lengths"
        raise Shown(f"expected an array of shape {meaning}; yours has {fault}")


def refuse_nan(p):
    """Say so where there is NaN: it looks the same whatever the cause."""
    if np.any(np.isnan(p)):
        raise Shown("There is NaN among the probabilities: inf / inf or 0 / 0. What are e^10000 and e^-10000 here?")


@pytest.mark.grade("test-linear", points=0.25,
                   hint="Neuron k has its weights in row k of W. Which of the two matrices must be transposed?")
def test_linear_weights(student):
    """linear weighs and adds the inputs of each row, for each neuron; the biases are zero here."""
    for seed, n, d, k in ((1, 4, 3, 5), (2, 2, 6, 3)):
        rng = np.random.default_rng(seed)
        X, W = rng.normal(size=(n, d)), rng.normal(size=(k, d))
        Z = student.linear(X, W, np.zeros(k))
        expect((n, k), Z, "(N, K)")
        np.testing.assert_allclose(Z, weighted_sums(X, W, np.zeros(k)), atol=1e-12)


@pytest.mark.grade("test-linear", points=0.25, hint="Each neuron has its own bias, the same for every row of X.")
def test_linear_bias(student):
    """linear adds the bias of each neuron, also where there are as many rows as neurons."""
    for seed, n, d, k in ((3, 5, 2, 3), (4, 3, 4, 3)):
        rng = np.random.default_rng(seed)
        X, W, b = rng.normal(size=(n, d)), rng.normal(size=(k, d)), rng.normal(size=k)
        Z = student.linear(X, W, b)
        expect((n, k), Z, "(N, K)")
        np.testing.assert_allclose(Z, weighted_sums(X, W, b), atol=1e-12)


@pytest.mark.grade("test-linear", points=0.25,
                   hint="Where K = D both W and W.T fit, and only one is right. Compute one entry by hand.")
def test_linear_square(student):
    """linear uses the rows of W also where it has as many neurons as inputs."""
    rng = np.random.default_rng(5)
    for n in (2, 3):
        X, W = rng.normal(size=(n, 3)), rng.normal(size=(3, 3))
        Z = student.linear(X, W, np.zeros(3))
        expect((n, 3), Z, "(N, K)")
        np.testing.assert_allclose(Z, weighted_sums(X, W, np.zeros(3)), atol=1e-12)


@pytest.mark.grade("test-linear", points=0.25, hint="One row stays a row: the result has two axes for every N and K.")
def test_linear_small(student):
    """linear works for one example, one input, one neuron, for whole numbers, also in X alone, and for float32."""
    for n, d, k in ((1, 3, 2), (3, 1, 2), (4, 2, 1), (1, 1, 1)):
        rng = np.random.default_rng(6)
        for dtype in (float, int, np.float32):
            X, W = (rng.integers(-3, 4, shape).astype(dtype) for shape in ((n, d), (k, d)))
            Z = student.linear(X, W, np.zeros(k, dtype))
            expect((n, k), Z, "(N, K)")
            np.testing.assert_allclose(Z, weighted_sums(X, W, np.zeros(k)), atol=1e-5)
        halves = W / 2                              # whole numbers in X need not give whole sums
        Z = student.linear(X.astype(int), halves, np.zeros(k))
        expect((n, k), Z, "(N, K)")
        np.testing.assert_allclose(Z, weighted_sums(X, halves, np.zeros(k)), atol=1e-5)


def collapsed(student, first, second):
    """The student's (W, b) for two layers."""
    answer = student.collapse(*first, *second)
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise Shown("expected (W, b), two arrays: is the return complete?")
    return answer


@pytest.mark.grade("test-collapse", points=0.25,
                   hint="Write the first layer's formula into the second's. Which product stands before X?")
def test_collapse_weights(student):
    """The weights of the one layer are right."""
    first, second = network(7, 5, 2, 4)
    W, _ = collapsed(student, first, second)
    expect((4, 5), W, "(K, D) as W")
    # Without biases, the answers to the unit vectors are the columns of W.
    answers = weighted_sums(weighted_sums(np.eye(5), first[0], np.zeros(2)), second[0], np.zeros(4))
    np.testing.assert_allclose(np.transpose(W), answers, atol=1e-12)


@pytest.mark.grade("test-collapse", points=0.25,
                   hint="Where all sizes are equal every order of two matrices fits. Which layer acts last?")
def test_collapse_order(student):
    """The weights are right also where both layers have as many neurons as inputs."""
    first, second = network(8, 3, 3, 3)
    W, _ = collapsed(student, first, second)
    expect((3, 3), W, "(K, D) as W")
    answers = weighted_sums(weighted_sums(np.eye(3), first[0], np.zeros(3)), second[0], np.zeros(3))
    np.testing.assert_allclose(np.transpose(W), answers, atol=1e-12)


@pytest.mark.grade("test-collapse", points=0.25,
                   hint="What do the two layers say where X is zero? The second sees the biases of the first.")
def test_collapse_bias(student):
    """The biases of the one layer are what the two layers say to an input of zeros."""
    for seed, sizes in ((9, (5, 2, 4)), (10, (2, 3, 3))):
        first, second = network(seed, *sizes)
        _, b = collapsed(student, first, second)
        answer = weighted_sums(weighted_sums(np.zeros((1, sizes[0])), *first), *second)[0]
        np.testing.assert_allclose(np.ravel(b), answer, atol=1e-12)


@pytest.mark.grade("test-collapse", points=0.25, hint="W has two axes and b has one, also where a size is 1.")
def test_collapse_shapes(student):
    """W is (K, D) and b is (K,), also where a size is 1."""
    for sizes in ((3, 2, 4), (3, 2, 1), (3, 1, 2), (1, 2, 3), (1, 1, 1)):
        first, second = network(11, *sizes, positive=True)
        W, b = collapsed(student, first, second)
        expect((sizes[2], sizes[0]), W, "(K, D) as W")
        expect(sizes[2:], b, "(K,) as b")
        assert np.all(np.asarray(W) > 0) and np.all(np.asarray(b) > 0)  # all that they are made of is positive


@pytest.mark.grade("test-softmax", points=0.5,
                   hint="e to each score, divided by the sum of its own row. keepdims=True keeps the sums in a column.")
def test_softmax(student):
    """softmax turns each row of small scores into its probabilities, tiny ones included."""
    for seed, n, k in ((12, 4, 3), (13, 3, 3), (14, 2, 6)):
        z = np.random.default_rng(seed).normal(size=(n, k)) * 4
        z[0, 0] -= 40
        p = student.softmax(z)
        expect((n, k), p, "(N, K), like z")
        np.testing.assert_allclose(p, probabilities(z), rtol=1e-9)


@pytest.mark.grade("test-softmax", points=0.25,
                   hint="Adding the same number to all scores of a row changes no probability. Which number helps?")
def test_softmax_large(student):
    """The probabilities are right where all scores are very large, or all very negative."""
    rng = np.random.default_rng(15)
    for level in (1e4, -1e4, 2e5):
        z = level + rng.integers(-16, 17, (3, 4)) / 8
        p = student.softmax(z)
        refuse_nan(p)
        np.testing.assert_allclose(p, probabilities(z), rtol=1e-8)


@pytest.mark.grade("test-softmax", points=0.25,
                   hint="After your shift, is there still a positive score? e to a large one of them overflows.")
def test_softmax_range(student):
    """The probabilities are right where the scores of one row are far apart."""
    a, b = 1 / (1 + math.exp(-1)), 1 / (1 + math.e)
    for scores, expected in (([0.0, 2000, 1999, -50], [0, a, b, 0]), ([-1e4, 1e4, 1e4, 0], [0, 0.5, 0.5, 0]),
                             ([-3000.0, -5000, -9000, -3001], [a, 0, 0, b]), ([9e3, 0, 0, 1], [1, 0, 0, 0])):
        p = student.softmax(np.array([scores]))     # row by row: what one row does to another is not asked here
        refuse_nan(p)
        np.testing.assert_allclose(p, [expected], rtol=1e-9, atol=1e-300)


@pytest.mark.grade("test-softmax", points=0.5,
                   hint="Rows have nothing to do with each other. Does each get a shift of its own?")
def test_softmax_rows(student):
    """The probabilities of a row are right however far the other rows are."""
    # Small enough for e^z itself, too large for one shift for all.
    z = np.array([[700.0, 699.0, 698.5], [-700.0, -701.0, -699.0], [0.0, 1.0, -2.0], [-690.0, -690.0, -691.0]])
    for batch in (z, z[::-1], z - 4):
        p = student.softmax(batch)
        refuse_nan(p)
        np.testing.assert_allclose(p, probabilities(batch), rtol=1e-8)


@pytest.mark.grade("test-softmax", points=0.25, hint="z -= ... and np.exp(z, out=z) write into the caller's array.")
def test_softmax_keeps_scores(student):
    """z is afterwards what it was before."""
    z = np.random.default_rng(16).normal(size=(3, 4))
    sent = student.put(z)
    p = student.softmax(sent)
    expect((3, 4), p, "(N, K), like z")
    np.testing.assert_array_equal(np.argmax(p, axis=1), np.argmax(z, axis=1))
    np.testing.assert_array_equal(sent.get(), z)


@pytest.mark.grade("test-softmax", points=0.25,
                   hint="The result has the shape of z, also for one row or one score. Its entries are no integers.")
def test_softmax_small(student):
    """softmax works for one row, for one score, for whole numbers and for float32."""
    rng = np.random.default_rng(17)
    for n, k in ((1, 4), (3, 1), (1, 1), (2, 5)):
        for dtype in (int, np.float32):
            z = rng.integers(-4, 5, (n, k)).astype(dtype)
            p = student.softmax(z)
            expect((n, k), p, "(N, K), like z")
            np.testing.assert_allclose(p, probabilities(z), rtol=1e-5)


def activations(student, X, layers):
    """The student's list of activations; all tests but one look at it from its end, so one alone minds its start."""
    answer = student.forward(X, layers)
    if not isinstance(answer, (list, tuple)):
        raise Shown("expected a list of arrays: X, the activations of each hidden layer, the probabilities"
                    + (", got None" if answer is None else ""))
    if len(answer) < len(layers):
        raise Shown("the list has fewer entries than there are layers")
    return answer


@pytest.mark.grade("test-forward", points=0.5, hint="Count: X, one entry for each hidden layer, the probabilities.")
def test_forward_list(student):
    """The list has one entry more than there are layers: X first, then arrays of shape (N, out)."""
    X = np.random.default_rng(18).normal(size=(4, 3))
    for sizes in ((3, 2), (3, 5, 2), (3, 5, 6, 7, 2)):
        answer = activations(student, X, network(19, *sizes))
        if len(answer) != len(sizes):
            raise Shown("expected one entry more than there are layers")
        for entry, size in zip(answer, sizes):
            expect((4, size), entry, "(N, out)")
        np.testing.assert_array_equal(answer[0], X)


@pytest.mark.grade("test-forward", points=0.5, hint="Is what you keep of a hidden layer what the next layer sees?")
def test_forward_hidden(student):
    """A hidden layer's entry holds its activations: sums above zero stay, others become zero."""
    X, layers = np.random.default_rng(20).normal(size=(5, 3)), network(21, 3, 6, 2)
    hidden = activations(student, X, layers)[-2]
    expect((5, 6), hidden, "(N, out)")
    np.testing.assert_allclose(hidden, passed(X, layers)[1], atol=1e-12)


@pytest.mark.grade("test-forward", points=0.5,
                   hint="The last layer's sums go to softmax as they are, and softmax is used once.")
def test_forward_probabilities(student):
    """The last entry holds the probabilities of each row."""
    # What is hidden is positive here, so that a missing ReLU costs nothing; many scores are negative.
    X, (hidden,) = np.random.default_rng(22).uniform(0, 1, (5, 3)), network(23, 3, 6, positive=True)
    (output,) = network(24, 6, 4)
    p = activations(student, X, [hidden, output])[-1]
    expect((5, 4), p, "(N, out)")
    np.testing.assert_allclose(p, passed(X, [hidden, output])[2], rtol=1e-9)


@pytest.mark.grade("test-forward", points=0.5,
                   hint="Follow the loop on paper for three layers: what does the second one read? Which is the last?")
def test_forward_deep(student):
    """Three, four and five layers, each reading the activations of the one before."""
    for seed, sizes in ((25, (3, 5, 4, 2)), (26, (4, 6, 5, 7, 3)), (27, (2, 4, 4, 4, 4, 4))):
        X, layers = np.random.default_rng(seed).normal(size=(6, sizes[0])), network(seed + 10, *sizes)
        answer, expected = activations(student, X, layers), passed(X, layers)
        for entry, wanted in zip(answer[::-1], expected[:0:-1]):    # from the last one back, without X
            expect(wanted.shape, entry, "(N, out)")
            np.testing.assert_allclose(entry, wanted, rtol=1e-9, atol=1e-12)


@pytest.mark.grade("test-forward", points=0.25, hint="The only layer is also the last: softmax, no ReLU.")
def test_forward_one_layer(student):
    """A network of one layer gives the probabilities of its sums."""
    X, layers = np.random.default_rng(28).normal(size=(4, 3)), network(29, 3, 5)
    p = activations(student, X, layers)[-1]
    expect((4, 5), p, "(N, out)")
    np.testing.assert_allclose(p, passed(X, layers)[1], rtol=1e-9)


@pytest.mark.grade("test-forward", points=0.25,
                   hint="Use your linear and your softmax: they know what to do with one row and with large scores.")
def test_forward_one_example(student):
    """One example, also in float32, and scores that are very large."""
    for dtype, size, tolerance in ((float, 1000.0, 1e-9), (np.float32, 1.0, 1e-4)):
        X, layers = np.full((1, 3), size), [(np.ones((2, 3)), np.zeros(2)),
                                              (np.array([[1.0, 1], [1, 1], [-1, 0]]), np.array([0.0, 1, 2]))]
        expected = probabilities([[6 * size, 6 * size + 1, 2 - 3 * size]])
        p = activations(student, X.astype(dtype), [(W.astype(dtype), b.astype(dtype)) for W, b in layers])[-1]
        expect((1, 3), p, "(N, out)")
        refuse_nan(p)
        np.testing.assert_allclose(p, expected, rtol=tolerance, atol=1e-12)


@pytest.mark.grade("test-forward", points=0.5,
                   hint="Z += b, W *= ... and np.maximum(..., out=...) write into an array. Whose array is it?")
def test_forward_keeps_arrays(student):
    """X, all weights and all biases stay as they were, and so does the list of layers."""
    X, layers = np.random.default_rng(30).normal(size=(4, 3)), network(31, 3, 5, 2)
    sent, kept = student.put(X), student.put(layers)
    answer = student.forward(sent, kept)
    if not isinstance(answer, (list, tuple)) or not answer:
        raise Shown("expected a list of arrays")
    p = answer[-1]
    expect((4, 2), p, "(N, out)")
    np.testing.assert_allclose(np.sum(p, axis=1), 1)
    np.testing.assert_array_equal(sent.get(), X)
    left = kept.get()
    assert len(left) == len(layers)
    for pair, now in zip(layers, left):
        for before, array in zip(pair, now):
            np.testing.assert_array_equal(array, before)


def assert_counts(student, cases):
    """The student's count is right for each (sizes, what the arrays of such a network hold)."""
    for sizes in cases:
        count = student.count_parameters(sizes)
        if isinstance(count, (str, list, tuple)) or np.shape(count) != ():
            raise Shown("expected a whole number" + (", got None" if count is None else ""))
        assert count == sum(W.size + b.size for W, b in network(0, *sizes))


@pytest.mark.grade("test-count-parameters", points=0.25,
                   hint="A neuron has a weight for each of its inputs, and one bias. Inputs have no bias.")
def test_count_one_layer(student):
    """One layer: weights and biases."""
    assert_counts(student, [[7, 3], [3, 7], [1, 1], [4, 4]])


@pytest.mark.grade("test-count-parameters", points=0.25, hint="Each layer's inputs are the neurons of the one before.")
def test_count_two_layers(student):
    """Two layers, as in the network of the digits."""
    assert_counts(student, [[6, 9, 4], [12, 1, 8], [30, 20, 10]])


@pytest.mark.grade("test-count-parameters", points=0.5,
                   hint="Each two neighbours in the list are a layer. How many layers does a list of five sizes make?")
def test_count_many_layers(student):
    """Any number of layers, also of equal sizes."""
    assert_counts(student, [[5, 8, 3, 6], [2, 3, 4, 5, 6, 7], [4, 4, 4, 4, 4], [100, 40, 60, 20, 10]])
