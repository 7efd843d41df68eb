"""Hidden tests of gan: both losses with their gradients, the best detective, the modes covered, and the step.

Losses and gradients of single logits are compared with their definitions, in probabilities and in differences. What
means do to them is compared with the student's own answers for single logits, so that a slip in a formula and a slip
in a mean each cost their own points. R and F differ there.

Adam's first step is as long for a small gradient as for a large one. So where weights are compared, the networks have
taken a step with known gradients before, after which sizes count. What the generator's turn should do is computed with
the discriminator that the student's own first turn left: a slip there costs nothing here.
"""

import math
from contextlib import suppress

import numpy as np
import pytest

from autograder.marking.student import Shown, StudentError

packages = ["numpy", "nnlib.plot", "nnlib.data", "nnlib.module", "nnlib.optim"]
builds_on = {"train_step": ["discriminator_loss", "generator_loss"]}


def kind(answer):
    """What an answer is, in words that tell no values."""
    if answer is None:
        return "None: is the return missing?"
    if isinstance(answer, (list, tuple)):
        return f"a {type(answer).__name__} of {len(answer)}"
    return f"shape {np.shape(answer)}" if isinstance(answer, (int, float, np.ndarray, np.generic)) else "something else"


def several(answer, names):
    """The values of a tuple or a list with one value for each of the names."""
    if not isinstance(answer, (tuple, list)) or len(answer) != len(names.split(", ")):
        raise Shown(f"expected ({names}), got {kind(answer)}")
    return answer


def number(answer):
    """An answer that is one number, not wrapped in an array."""
    if not isinstance(answer, (int, float, np.ndarray, np.generic)) or np.shape(answer) != ():
        raise Shown(f"expected one number, got {kind(answer)}")
    return float(answer)


def numbers(answer, size):
    """The entries of an answer that is an array of this many; its shape costs in the tests of columns only."""
    if not isinstance(answer, np.ndarray) or answer.size != size:
        raise Shown(f"expected an array with one entry for each logit, got {kind(answer)}")
    return answer.ravel()


def slope(f, at):
    """Central differences of f, a function of one number."""
    return (f(at + 1e-5) - f(at - 1e-5)) / 2e-5


def is_real(logit):
    """D, the probability that the example is real."""
    return 1 / (1 + np.exp(-logit))


LOSSES = {      # of single logits, by their definitions
    "real": lambda logit: -np.log(is_real(logit)),
    "fake": lambda logit: -np.log(1 - is_real(logit)),
    "plain": lambda logit: -np.log(is_real(logit)),
    "saturating": lambda logit: np.log(1 - is_real(logit)),
}
LOGITS = np.array([-2.5, 0.0, 1.3, 3.0])
PRECISIONS = [(np.float64, 1e-9), (np.float32, 1e-5)] * 2      # one for each of the logits: dtype, rtol
LARGE = np.array([1000.0, -1000.0, 250.0, -60.0])
LARGE_PAIRS = list(zip(LARGE, LARGE[[0, 1, 3, 2]]))     # (real, fake)
LEFTOVER = "Simplify ln D on paper, for large and for very negative logits: no ln 0, no infinity, no 0 / 0."


def refuse_infinite(*answers):
    """Say so where NaN or infinity comes out."""
    if not all(np.all(np.isfinite(answer)) for answer in answers):
        raise Shown("For large logits there is NaN or infinity in the answer. Does ln 0, e to a large power or a "
                    "quotient of two infinities come up on the way?")


def refuse_changed(student, function, *logits):
    """Say so where a call changes the logits, as cutting off the large ones in place does."""
    sent = [student.put(array) for array in logits]
    with suppress(StudentError):    # other tests see to what comes out
        function(*sent)
    if not all(np.array_equal(handle.get(), array) for handle, array in zip(sent, logits)):
        raise Shown("Large logits do not stay as they are: the call changes the array that it gets.")


def discriminator(student, real, fake):
    """The student's loss, and both gradients as flat arrays."""
    loss, d_real, d_fake = several(student.discriminator_loss(real, fake), "loss, d_real, d_fake")
    return loss, numbers(d_real, real.size), numbers(d_fake, fake.size)


def detective(student, real, fake):
    """The student's loss and both gradients for a single logit of each kind, three numbers."""
    loss, d_real, d_fake = discriminator(student, np.array([real]), np.array([fake]))
    return np.array([number(loss), d_real[0], d_fake[0]])


@pytest.mark.grade("test-discriminator-loss", points=0.25,
                   hint="One real example costs -ln D, one fake example -ln(1 - D). With one of each, what is the sum?")
def test_d_loss(student):
    """The loss for one real and one fake example."""
    for real, fake, (dtype, rtol) in zip(LOGITS, LOGITS[[2, 0, 3, 1]], PRECISIONS):
        loss = detective(student, dtype(real), dtype(fake))[0]
        np.testing.assert_allclose(loss, LOSSES["real"](real) + LOSSES["fake"](fake), rtol=rtol)


@pytest.mark.grade("test-discriminator-loss", points=0.25,
                   hint="Real examples have their mean and fake ones theirs, also where there are more of one kind.")
def test_d_loss_means(student):
    """The loss of a batch is the sum of two means."""
    rng = np.random.default_rng(1)
    for r, f in ((3, 2), (1, 4)):
        real, fake = 2 * rng.normal(size=r), 2 * rng.normal(size=f)
        pairs = [detective(student, x, y)[0] for x in real for y in fake]
        assert np.ptp(pairs) > 0.1
        np.testing.assert_allclose(number(discriminator(student, real, fake)[0]), np.mean(pairs), rtol=1e-6)


@pytest.mark.grade("test-discriminator-loss", points=0.25,
                   hint="Put D into -ln D, simplify, differentiate by the logit. Should a real example's logit rise?")
def test_d_gradient_real(student):
    """The gradient for one real example."""
    for logit in LOGITS:
        d_real = detective(student, logit, 0.7)[1]
        np.testing.assert_allclose(d_real, slope(LOSSES["real"], logit), rtol=1e-6)


@pytest.mark.grade("test-discriminator-loss", points=0.25,
                   hint="Put D into -ln(1 - D), simplify, differentiate by the logit. Should the logit of a fake rise?")
def test_d_gradient_fake(student):
    """The gradient for one fake example."""
    for logit in LOGITS:
        d_fake = detective(student, -0.7, logit)[2]
        np.testing.assert_allclose(d_fake, slope(LOSSES["fake"], logit), rtol=1e-6)


@pytest.mark.grade("test-discriminator-loss", points=0.25,
                   hint="The loss is a sum of two means. What does a mean over many leave of the slope of one?")
def test_d_gradient_shares(student):
    """In a batch each logit has its share of the gradient."""
    real, fake = np.random.default_rng(2).normal(size=(2, 5))
    alone = np.array([detective(student, *pair) for pair in zip(real, fake)])
    assert np.all(np.ptp(alone[:, 1:], axis=0) > 0.1)
    for r, f in ((5, 2), (2, 5)):
        _, d_real, d_fake = discriminator(student, real[:r], fake[:f])
        np.testing.assert_allclose(d_real, alone[:r, 1] / r, rtol=1e-6)
        np.testing.assert_allclose(d_fake, alone[:f, 2] / f, rtol=1e-6)


@pytest.mark.grade("test-discriminator-loss", points=0.25, hint=LEFTOVER)
def test_d_loss_large_logits(student):
    """The loss is right and finite for large logits."""
    for real, fake in LARGE_PAIRS:
        loss = detective(student, real, fake)[0]
        refuse_infinite(loss)
        np.testing.assert_allclose(loss, max(-real, 0) + max(fake, 0), rtol=1e-9, atol=1e-9)


@pytest.mark.grade("test-discriminator-loss", points=0.25,
                   hint="As far as a float can tell, D is 1 at logit 1000 and 0 at -1000. What are the gradients?")
def test_d_gradient_large_logits(student):
    """The gradients are right and finite for large logits."""
    for real, fake in LARGE_PAIRS:
        gradients = detective(student, real, fake)[1:]
        refuse_infinite(gradients)
        np.testing.assert_allclose(gradients, [-float(real < 0), float(fake > 0)], rtol=1e-9, atol=1e-9)


@pytest.mark.grade("test-discriminator-loss", points=0.25,
                   hint="(R, 1) and (R,) together make (R, R): follow the shapes. And leave the logits as they are.")
def test_d_columns(student):
    """Columns of logits have the loss of flat ones, each gradient has the shape of its logits, and these stay."""
    rng = np.random.default_rng(3)
    for r, f in ((4, 3), (1, 2)):
        real, fake = rng.normal(size=r), rng.normal(size=f)
        columns = [real[:, None], fake[:, None]]
        sent = [student.put(column) for column in columns]
        answer = several(student.discriminator_loss(*sent), "loss, d_real, d_fake")
        for gradient, column in zip(answer[1:], columns):
            if np.shape(gradient) != column.shape:
                raise Shown(f"expected a gradient in the shape of its logits, {column.shape}, got {kind(gradient)}")
        flat_answer = several(student.discriminator_loss(real, fake), "loss, d_real, d_fake")
        for gradient, logits in zip(flat_answer[1:], (real, fake)):
            if np.shape(gradient) != logits.shape:
                raise Shown(f"expected a gradient in the shape of its logits, {logits.shape}, got {kind(gradient)}")
        for flat, part in zip(flat_answer, answer):
            np.testing.assert_allclose(np.ravel(part), np.ravel(flat), rtol=1e-6)
        for column, handle in zip(columns, sent):
            np.testing.assert_array_equal(handle.get(), column)
    refuse_changed(student, student.discriminator_loss, LARGE[:3], LARGE[1:])


def generator(student, logits, saturating):
    """The student's loss, and the gradient as a flat array."""
    options = {"saturating": True} if saturating else {}
    loss, d_fake = several(student.generator_loss(logits, **options), "loss, d_fake")
    return loss, numbers(d_fake, logits.size)


def forger(student, logit, saturating):
    """The student's loss and gradient for a single logit, two numbers."""
    loss, d_fake = generator(student, np.array([logit]), saturating)
    return np.array([number(loss), d_fake[0]])


@pytest.mark.grade("test-generator-loss", points=0.25, hint="One forged example with D = 3/4 costs -ln(3/4).")
def test_g_loss(student):
    """The loss for one example, not saturating."""
    for logit, (dtype, rtol) in zip(LOGITS, PRECISIONS):
        loss = forger(student, dtype(logit), False)[0]
        np.testing.assert_allclose(loss, LOSSES["plain"](logit), rtol=rtol)


@pytest.mark.grade("test-generator-loss", points=0.25,
                   hint="One forged example with D = 3/4 costs ln(1/4), less than nothing.")
def test_g_loss_saturating(student):
    """The loss for one example, saturating."""
    for logit, (dtype, rtol) in zip(LOGITS, PRECISIONS):
        loss = forger(student, dtype(logit), True)[0]
        np.testing.assert_allclose(loss, LOSSES["saturating"](logit), rtol=rtol)


@pytest.mark.grade("test-generator-loss", points=0.25,
                   hint="Put D into -ln D, simplify, differentiate by the logit. Where is it steep, where flat?")
def test_g_gradient(student):
    """The gradient for one example, not saturating."""
    for logit in LOGITS:
        np.testing.assert_allclose(forger(student, logit, False)[1], slope(LOSSES["plain"], logit), rtol=1e-6)


@pytest.mark.grade("test-generator-loss", points=0.25,
                   hint="Put D into ln(1 - D), simplify, differentiate by the logit. Where is it steep, where flat?")
def test_g_gradient_saturating(student):
    """The gradient for one example, saturating."""
    for logit in LOGITS:
        np.testing.assert_allclose(forger(student, logit, True)[1], slope(LOSSES["saturating"], logit), rtol=1e-6)


@pytest.mark.grade("test-generator-loss", points=0.25,
                   hint="A mean over F examples: what does it make of their losses, and of their slopes?")
def test_g_means(student):
    """In a batch the loss is the mean, and each logit has its share of the gradient."""
    logits = 2 * np.random.default_rng(4).normal(size=5)
    for saturating in (False, True):
        alone = np.array([forger(student, logit, saturating) for logit in logits])
        assert np.all(np.ptp(alone, axis=0) > 0.1)
        for f in (2, 5):
            loss, d_fake = generator(student, logits[:f], saturating)
            np.testing.assert_allclose(number(loss), np.mean(alone[:f, 0]), rtol=1e-6)
            np.testing.assert_allclose(d_fake, alone[:f, 1] / f, rtol=1e-6)


@pytest.mark.grade("test-generator-loss", points=0.25, hint=LEFTOVER)
def test_g_loss_large_logits(student):
    """Both losses are right and finite for large logits."""
    for logit in LARGE:
        losses = [forger(student, logit, saturating)[0] for saturating in (False, True)]
        refuse_infinite(losses)
        np.testing.assert_allclose(losses, [max(-logit, 0), min(-logit, 0)], rtol=1e-9, atol=1e-9)


@pytest.mark.grade("test-generator-loss", points=0.25,
                   hint="As far as a float can tell, D is 1 at logit 1000 and 0 at -1000. What are the gradients?")
def test_g_gradient_large_logits(student):
    """Both gradients are right and finite for large logits."""
    for logit in LARGE:
        gradients = [forger(student, logit, saturating)[1] for saturating in (False, True)]
        refuse_infinite(gradients)
        np.testing.assert_allclose(gradients, [-float(logit < 0), -float(logit > 0)], rtol=1e-9, atol=1e-9)


@pytest.mark.grade("test-generator-loss", points=0.25,
                   hint="(F, 1) and (F,) together make (F, F): follow the shapes. And leave the logits as they are.")
def test_g_columns(student):
    """A column of logits has the losses of flat ones, each gradient has the shape of its logits, and these stay."""
    for f, saturating in ((4, False), (1, True), (3, True)):
        logits = np.random.default_rng(5).normal(size=f)
        sent = student.put(logits[:, None])
        loss, d_fake = several(student.generator_loss(sent, saturating), "loss, d_fake")
        if np.shape(d_fake) != (f, 1):
            raise Shown(f"expected a gradient of the shape of its logits, {(f, 1)}, got {kind(d_fake)}")
        flat_loss, flat_gradient = several(student.generator_loss(logits, saturating), "loss, d_fake")
        if np.shape(flat_gradient) != (f,):
            raise Shown(f"expected a gradient of the shape of its logits, {(f,)}, got {kind(flat_gradient)}")
        np.testing.assert_allclose(np.ravel(loss), np.ravel(flat_loss), rtol=1e-6)
        np.testing.assert_allclose(d_fake[:, 0], flat_gradient, rtol=1e-6)
        np.testing.assert_array_equal(sent.get(), logits[:, None])
    refuse_changed(student, student.generator_loss, LARGE)


def best(student, p, q):
    """What the student's best detective says, an array of the shape of p."""
    answer = student.optimal_discriminator(p, q)
    if not isinstance(answer, np.ndarray) or answer.shape != np.shape(p):
        raise Shown(f"expected an array of the shape of the densities, {np.shape(p)}, got {kind(answer)}")
    if np.any(np.isnan(answer)):
        raise Shown("There is NaN in the answer. Where does 0 / 0 come up?")
    return answer


@pytest.mark.grade("test-optimal-discriminator", points=0.25,
                   hint="The slope of the cost by D is -p / D + q / (1 - D). Where is it zero?")
def test_best(student):
    """At the best D the cost has no slope, for arrays of any shape."""
    rng = np.random.default_rng(6)
    for shape in ((1,), (7,), (3, 4)):
        p, q = rng.uniform(0.1, 3, (2, *shape))
        d = best(student, p, q)
        np.testing.assert_allclose(p * (1 - d), q * d, rtol=1e-9)


@pytest.mark.grade("test-optimal-discriminator", points=0.25,
                   hint="Look for the places where both densities are zero, and only for these.")
def test_best_zeros(student):
    """Where one density is zero the answer is certain, where both are it is 0.5."""
    p, q = np.array([[0.0, 0.4, 0.0], [0.0, 2.0, 0.0]]), np.array([[0.3, 0.0, 0.0], [0.0, 0.0, 1.5]])
    np.testing.assert_allclose(best(student, p, q), [[0, 1, 0.5], [0.5, 1, 0]], atol=1e-9)
    np.testing.assert_allclose(best(student, np.zeros(4), np.zeros(4)), np.full(4, 0.5))


@pytest.mark.grade("test-optimal-discriminator", points=0.25,
                   hint="Far from every cloud both densities are tiny, but only exact zeros are an exception.")
def test_best_tiny(student):
    """Tiny densities count like large ones."""
    for size in (1e-7, 1e-14, 1e-60, 1e-200):
        d = best(student, size * np.array([3.0, 1, 5, 1]), size * np.array([1.0, 1, 0, 9]))
        np.testing.assert_allclose(d, [0.75, 0.5, 1, 0.1], rtol=1e-6)


@pytest.mark.grade("test-optimal-discriminator", points=0.25,
                   hint="p[...] = ... and p += ... change the caller's array; make a new one for the answer.")
def test_best_keeps_densities(student):
    """Both arrays of densities stay as they were."""
    p, q = np.array([0.0, 0.5, 0.0, 1.5]), np.array([0.0, 2.0, 0.7, 0.0])
    sent = [student.put(p), student.put(q)]
    answer = student.optimal_discriminator(*sent)
    assert np.shape(answer) == (4,) and np.ptp(answer[1:]) > 0.5        # the first may be NaN here
    for before, handle in zip((p, q), sent):
        np.testing.assert_array_equal(handle.get(), before)


@pytest.mark.grade("test-modes-covered", points=0.25,
                   hint="For each centre count the samples whose Euclidean distance is small enough. Is that enough?")
def test_modes(student):
    """Samples around centres far from each other, in one to four dimensions."""
    rng = np.random.default_rng(7)
    for d, radius in ((1, 0.4), (2, 0.8), (4, 2.1)):
        centres = 20 * rng.permutation(9)[:, None] + rng.uniform(-5, 5, (9, d))
        samples = centres[rng.integers(9, size=40)] + 1.2 * rng.normal(size=(40, d))
        near = [sum(math.dist(sample, centre) < radius for sample in samples) for centre in centres]
        for at_least in sorted(set(near) - {0})[:3]:       # each of them is the exact count of a centre
            expected = sum(count >= at_least for count in near)
            np.testing.assert_array_equal(student.modes_covered(samples, centres, radius, int(at_least)), expected)


@pytest.mark.grade("test-modes-covered", points=0.25, hint="A sample at exactly the radius is near enough.")
def test_modes_at_the_radius(student):
    """A distance of exactly radius is near, a little more is not."""
    # sides of right-angled triangles and boxes with whole numbers, so that their lengths are exact
    for side, length in (([3.0, -4.0], 5.0), ([-1.0, 2.0, 2.0], 3.0), ([1.5], 1.5)):
        centres = np.array([[2.0] * len(side), [90.0] * len(side)])
        samples = np.array([centres[0] + side, centres[0] - side])
        for radius, expected in ((length, 1), (length - 0.001, 0), (length + 0.001, 1)):
            np.testing.assert_array_equal(student.modes_covered(samples, centres, radius, 1), expected)


@pytest.mark.grade("test-modes-covered", points=0.25,
                   hint="Each centre is judged as if it were alone: samples are not shared out among centres.")
def test_modes_overlapping(student):
    """A sample near several centres counts for each of them."""
    rng = np.random.default_rng(8)
    samples = rng.uniform(-0.2, 0.2, (5, 2))
    centres = np.array([[-0.5, 0.0], [0.5, 0.1], [0.0, 0.6], [0.0, 8.0], [0.0, -0.4]])
    np.testing.assert_array_equal(student.modes_covered(samples, centres, 1.0, 4), 4)
    np.testing.assert_array_equal(student.modes_covered(samples[:2], centres[[3, 1, 0]], 1.0, 1), 2)


@pytest.mark.grade("test-modes-covered", points=0.25,
                   hint="How many centres do no samples cover? And is the answer a whole number, not a float?")
def test_modes_kinds(student):
    """The answer is an int, also without any samples, and for one centre."""
    rng = np.random.default_rng(9)
    for n, k, d in ((0, 3, 2), (0, 1, 4), (6, 1, 2), (6, 4, 3)):
        found = student.modes_covered(rng.uniform(0, 0.1, (n, d)), np.zeros((k, d)), 1.0, 2)
        if not isinstance(found, (int, float, np.ndarray, np.generic)) or np.shape(found) != ():
            raise Shown(f"expected one number, got {kind(found)}")
        if np.asarray(found).dtype.kind not in "iu":
            raise Shown("expected an int, got another kind of number")
        np.testing.assert_array_equal(found, k if n else 0)


LR = 0.1


def output(weights, x):
    """What a Network with these weights makes of x (N, D): the formula of the class, written down once more."""
    for k in range(0, len(weights), 2):
        x = (np.maximum(x, 0) + 0.1 * np.minimum(x, 0) if k else x) @ weights[k].T + weights[k + 1]
    return x


def detectives_loss(weights, real, fake):
    """L_D of a discriminator with these weights."""
    return np.mean(LOSSES["real"](output(weights, real))) + np.mean(LOSSES["fake"](output(weights, fake)))


def forgers_loss(weights, noise, judge):
    """L_G of a generator with these weights, before a discriminator with the weights `judge`."""
    return np.mean(LOSSES["plain"](output(judge, output(weights, noise))))


def stepped(weights, known, loss, *data):
    """The weights after Adam's second step, on a loss; the first one had the gradients `known`.

    Gradients are differences in each weight. Two steps make Adam's moments weighted means of two gradients.
    """
    found = []
    for k, (w, first) in enumerate(zip(weights, known)):
        second = np.zeros_like(w)
        for place in np.ndindex(w.shape):
            step = np.zeros_like(w)
            step[place] = 1e-5
            up, down = (loss([*weights[:k], w + s, *weights[k + 1 :]], *data) for s in (step, -step))
            second[place] = (up - down) / 2e-5
        mean, square = (0.5 * first + second) / 1.5, (0.999 * first**2 + second**2) / 1.999
        found.append(w - LR * mean / np.sqrt(square))
    return found


class Player:
    """A Network of the notebook, with weights from its seed."""

    def __init__(self, student, seed, *sizes):
        self.network = student.Network(list(sizes), seed, lr=LR)
        self.before = self.network.weights.get()

    def warm_up(self, rng):
        """Let Adam take a step with gradients that are known."""
        self.known = [rng.uniform(0.02, 0.1, w.shape) * rng.choice([-1, 1], w.shape) for w in self.before]
        self.add_gradients(self.known)
        self.network.step()
        self.network.zero_grad()
        self.before = self.network.weights.get()

    def add_gradients(self, gradients):
        """Leave gradients lying around."""
        for k, gradient in enumerate(gradients):
            self.network.parameters[k].add_grad(gradient)

    def after(self):
        """The weights now, which must be numbers of the shapes that they had."""
        weights = self.network.weights.get()
        assert [np.shape(w) for w in weights] == [w.shape for w in self.before]
        if not all(np.all(np.isfinite(w)) for w in weights):
            raise Shown("The weights of a network are no longer finite.")
        return weights

    def has_moved(self):
        """Whether any weight has another value than before."""
        return any(np.any(now != then) for now, then in zip(self.after(), self.before))


def players(student, seed):
    """A generator of points in the plane, and a discriminator."""
    return Player(student, seed, 3, 7, 2), Player(student, seed + 1, 2, 5, 1)


def examples(seed, r, f, m):
    """real, noise_d and noise_g."""
    rng = np.random.default_rng(seed)
    return rng.normal(1, 1, (r, 2)), rng.normal(size=(f, 3)), rng.normal(size=(m, 3))


def play(student, generator, discriminator, *data):
    """One train_step; (d_loss, g_loss)."""
    answer = student.train_step(generator.network, discriminator.network, *data)
    return [number(loss) for loss in several(answer, "d_loss, g_loss")]


SAME = (5, 5, 5)        # R, F and M. Where they differ, a slip about the last forward is an error and costs every test.


@pytest.mark.grade("test-train-step", points=0.25,
                   hint="The loss of the first turn is measured on real and on G(noise_d), before anything moves.")
def test_step_d_loss(student):
    """d_loss is the loss of the detective's turn, before its step."""
    generator, discriminator = players(student, 10)
    real, noise_d, noise_g = examples(10, *SAME)
    d_loss, _ = play(student, generator, discriminator, real, noise_d, noise_g)
    expected = detectives_loss(discriminator.before, real, output(generator.before, noise_d))
    np.testing.assert_allclose(d_loss, expected, rtol=1e-6)


@pytest.mark.grade("test-train-step", points=0.5,
                   hint="backward belongs to the last forward. What must happen between two calls of forward, so that "
                        "real and fake examples both count? And who moves in the second turn?")
def test_step_discriminator(student):
    """The discriminator takes one step, on real examples and the fakes of its own turn."""
    for seed, *sizes in ((12, *SAME), (13, 6, 1, 6)):
        generator, discriminator = players(student, seed)
        for player in (generator, discriminator):
            player.warm_up(np.random.default_rng(seed))
        real, noise_d, noise_g = examples(seed, *sizes)
        play(student, generator, discriminator, real, noise_d, noise_g)
        fake = output(generator.before, noise_d)
        expected = stepped(discriminator.before, discriminator.known, detectives_loss, real, fake)
        for now, wanted in zip(discriminator.after(), expected):
            np.testing.assert_allclose(now, wanted, rtol=0, atol=1e-6)


@pytest.mark.grade("test-train-step", points=0.25,
                   hint="By the second turn the discriminator is another one, and the fakes are new ones.")
def test_step_g_loss(student):
    """g_loss is the loss of the forger's turn: new fakes, judged after the discriminator's step."""
    generator, discriminator = players(student, 10)
    real, noise_d, noise_g = examples(10, *SAME)
    _, g_loss = play(student, generator, discriminator, real, noise_d, noise_g)
    expected = forgers_loss(generator.before, noise_g, discriminator.after())
    np.testing.assert_allclose(g_loss, expected, rtol=1e-6)


@pytest.mark.grade("test-train-step", points=0.5,
                   hint="generator.backward wants the gradient by the generator's output. Who hands it over, and which "
                        "forward did each network see last?")
def test_step_generator(student):
    """The generator takes one step, on the loss that is not saturating, through the discriminator after its step."""
    generator, discriminator = players(student, 15)
    for player in (generator, discriminator):
        player.warm_up(np.random.default_rng(15))
    real, noise_d, noise_g = examples(15, 4, 4, 6)
    play(student, generator, discriminator, real, noise_d, noise_g)
    expected = stepped(generator.before, generator.known, forgers_loss, noise_g, discriminator.after())
    for now, wanted in zip(generator.after(), expected):
        np.testing.assert_allclose(now, wanted, rtol=0, atol=1e-6)


@pytest.mark.grade("test-train-step", points=0.25,
                   hint="backward adds to the gradients that are there. When should each network forget them?")
def test_step_forgets_old_gradients(student):
    """What gradients were there before makes no difference."""
    after = []
    for old in (0, 3):
        pair, rng = players(student, 12), np.random.default_rng(13)
        for player in pair if old else ():
            player.add_gradients([old * rng.normal(size=w.shape) for w in player.before])
        play(student, *pair, *examples(12, *SAME))
        assert any(player.has_moved() for player in pair)
        after.append([*pair[0].after(), *pair[1].after()])
    for clean, littered in zip(*after):
        np.testing.assert_allclose(littered, clean, rtol=0, atol=1e-9)


@pytest.mark.grade("test-train-step", points=0.25, hint="Make new arrays where you need to change something.")
def test_step_keeps_arrays(student):
    """real, noise_d and noise_g stay as they were."""
    pair, data = players(student, 14), examples(14, *SAME)
    sent = [student.put(array) for array in data]
    play(student, *pair, *sent)
    assert any(player.has_moved() for player in pair)
    for before, handle in zip(data, sent):
        np.testing.assert_array_equal(handle.get(), before)
