"""Hidden tests of vae: a random code, its price, the whole loss, and the way back.

What holds for one number of one picture is compared with its definition: an integral, probabilities, differences
of the loss. How many of them add up or are averaged is compared with the student's own answers for one at a time,
so that a slip in the formula and a slip in a sum each cost their own points. The number of pictures N differs from
that of latent numbers and pixels wherever both are more than one.
"""

import numpy as np
import pytest

from autograder.marking.student import Shown

packages = ["numpy", "nnlib.plot", "nnlib.data", "nnlib.module", "nnlib.optim"]
builds_on = {"negative_elbo": ["kl_divergence"]}


def kind(answer):
    """What an answer is, in words that tell no values."""
    if answer is None:
        return "None: is the return missing?"
    if isinstance(answer, (list, tuple)):
        return f"a {type(answer).__name__} of {len(answer)}"
    return f"shape {np.shape(answer)}" if isinstance(answer, (int, float, np.ndarray, np.generic)) else "something else"


def number(answer):
    """An answer of one number; also where it is the only entry of an array, which costs in two tests only."""
    if not isinstance(answer, (int, float, np.ndarray, np.generic)) or np.size(answer) != 1:
        raise Shown(f"expected one number, got {kind(answer)}")
    return float(np.ravel(answer)[0])


def single_number(answer):
    """The same, and it must not be wrapped in an array."""
    if np.shape(answer) != ():
        raise Shown(f"expected one number, got {kind(answer)}")
    return number(answer)


def array(answer, shape):
    """An answer that is an array of this shape."""
    if not isinstance(answer, np.ndarray) or answer.shape != shape:
        raise Shown(f"expected an array of shape {shape}, got {kind(answer)}")
    return answer


def clouds(seed, *shape):
    """Random means, and logarithms of variances from 0.1 to 5."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=shape), np.log(rng.uniform(0.1, 5, shape))


def each(*arrays):
    """The entries of arrays of one shape, one at a time, as arrays (1, 1)."""
    return zip(*(a.reshape(-1, 1, 1) for a in arrays))


@pytest.mark.grade("test-reparameterize", points=0.25, hint="Where does a cloud without noise have all its codes?")
def test_reparameterize_mean(student):
    """With variance 1 the noise is added to the mean, for any shape; without noise all codes are the mean."""
    rng = np.random.default_rng(1)
    for shape in ((1, 1), (6,), (5, 3), (2, 4, 3)):
        mu, noise = rng.normal(size=(2, *shape))
        z = array(student.reparameterize(mu, np.zeros(shape), noise), shape)
        np.testing.assert_allclose(z, mu + noise)
    mu, logvar = rng.normal(size=(4, 3)), rng.uniform(0.5, 2, (4, 3))
    np.testing.assert_allclose(array(student.reparameterize(mu, logvar, 0 * mu), (4, 3)), mu)


@pytest.mark.grade("test-reparameterize", points=0.5,
                   hint="logvar is the logarithm of a variance, but the noise is stretched by a standard deviation.")
def test_reparameterize_spread(student):
    """The noise is stretched by the standard deviation."""
    rng = np.random.default_rng(2)
    for dtype, rtol in ((np.float64, 1e-9), (np.float32, 1e-5)):
        sigma, noise = rng.uniform(0.05, 5, (4, 3)).astype(dtype), rng.normal(size=(4, 3)).astype(dtype)
        z = array(student.reparameterize(np.zeros_like(noise), 2 * np.log(sigma), noise), (4, 3))
        np.testing.assert_allclose(z, sigma * noise, rtol=rtol)


@pytest.mark.grade("test-reparameterize", points=0.25,
                   hint="mu += ... and noise *= ... change the caller's arrays; mu + ... makes a new one.")
def test_reparameterize_keeps_inputs(student):
    """mu, logvar and noise stay as they were."""
    mu, logvar, noise = np.random.default_rng(3).uniform(0.5, 2, (3, 5, 2))
    sent = [student.put(a) for a in (mu, logvar, noise)]
    z = array(student.reparameterize(*sent), (5, 2))
    assert np.all(np.isfinite(z)) and np.all(z != mu)      # something was added, whatever it is
    for before, handle in zip((mu, logvar, noise), sent):
        np.testing.assert_array_equal(handle.get(), before)


def divergence(mu, sigma):
    """KL of one cloud of one latent number: the mean of ln q - ln p under q, as an integral over fine steps."""
    t, dt = np.linspace(mu - 12 * sigma, mu + 12 * sigma, 2001, retstep=True)
    log_q, log_p = -0.5 * ((t - mu) / sigma) ** 2 - np.log(sigma), -0.5 * t**2      # both without ln(2 pi) / 2
    return np.sum(np.exp(log_q) * (log_q - log_p)) * dt / np.sqrt(2 * np.pi)


def prices(student, mu, logvar):
    """The student's KL of each cloud on its own, which must not all be the same."""
    found = [number(student.kl_divergence(m, s)) for m, s in each(mu, logvar)]
    assert np.all(np.isfinite(found)) and np.ptp(found) > 0.1
    return found


@pytest.mark.grade("test-kl-divergence", points=0.5,
                   hint="One picture, one latent number, sigma = 1: which term changes when mu goes from 0 to 3?")
def test_kl_mean(student):
    """What it costs to move a cloud away from zero, whatever its size."""
    for dtype, logvar, rtol in ((np.float64, 0.0, 1e-7), (np.float32, 0.0, 1e-5), (np.float64, 1.5, 1e-7)):
        zero, size = np.zeros((1, 1), dtype), np.full((1, 1), logvar, dtype)
        start = number(student.kl_divergence(zero, size))
        for mu in (-1.5, 0.5, 3.0):
            moved = number(student.kl_divergence(zero + dtype(mu), size))
            np.testing.assert_allclose(moved - start, divergence(mu, 1), rtol=rtol)


@pytest.mark.grade("test-kl-divergence", points=0.5,
                   hint="One picture, one latent number, mu = 0: put a variance in by hand. Which terms want the "
                        "variance, and which its logarithm?")
def test_kl_variance(student):
    """What the size of a cloud costs."""
    for sigma in (0.2, 0.7, 1.0, 1.6, 4.0):
        kl = number(student.kl_divergence(np.zeros((1, 1)), np.full((1, 1), 2 * np.log(sigma))))
        np.testing.assert_allclose(kl, divergence(0, sigma), rtol=1e-7, atol=1e-9)


@pytest.mark.grade("test-kl-divergence", points=0.5,
                   hint="Each latent number costs what it would cost alone. What does that say about the constant?")
def test_kl_sums_over_latent_numbers(student):
    """A picture pays for each of its latent numbers."""
    for z in (2, 4):
        mu, logvar = clouds(5 + z, 1, z)
        kl = number(student.kl_divergence(mu, logvar))
        np.testing.assert_allclose(kl, sum(prices(student, mu, logvar)), rtol=1e-6)


@pytest.mark.grade("test-kl-divergence", points=0.5,
                   hint="A batch of twice the same picture: how much more should it cost? Is the answer one number?")
def test_kl_averages_over_pictures(student):
    """The price of a batch is one number, the mean over its pictures."""
    mu, logvar = clouds(20, 5, 1)
    alone = prices(student, mu, logvar)
    for n in (1, 2, 5):
        kl = single_number(student.kl_divergence(mu[:n], logvar[:n]))
        np.testing.assert_allclose(kl, np.mean(alone[:n]), rtol=1e-6)


def cross_entropy(student, logits, x):
    """The student's loss of pictures (N, D) that pay nothing for their clouds."""
    free = np.zeros((len(x), 2))
    return student.negative_elbo(logits, x, free, free)


def pixels(seed, *shape):
    """Random logits, and pixels from 0 to 1, some of them exactly 0 or 1."""
    rng = np.random.default_rng(seed)
    return 2 * rng.normal(size=shape), np.clip(rng.uniform(-0.3, 1.3, shape), 0, 1)


def pixels_alone(student, logits, x):
    """The student's loss of each pixel on its own, which must not all be the same."""
    found = [number(cross_entropy(student, *pixel)) for pixel in each(logits, x)]
    assert np.all(np.isfinite(found)) and np.ptp(found) > 0.1
    return found


@pytest.mark.grade("test-negative-elbo", points=0.25,
                   hint="A pixel with ink costs -ln p, one without -ln(1 - p). What is p at logit 2, and what at -2?")
def test_elbo_black_and_white(student):
    """A single pixel, all ink or none, costs its cross-entropy."""
    for logit in (-3.0, 0.8, 2.5):
        p = 1 / (1 + np.exp(-logit))
        for dtype, rtol in ((np.float64, 1e-9), (np.float32, 1e-4)):
            for ink, expected in ((1, -np.log(p)), (0, -np.log(1 - p))):
                loss = number(cross_entropy(student, np.full((1, 1), logit, dtype), np.full((1, 1), ink, dtype)))
                np.testing.assert_allclose(loss, expected, rtol=rtol)


@pytest.mark.grade("test-negative-elbo", points=0.25,
                   hint="A grey pixel pays x times what ink costs, and 1 - x times what no ink costs.")
def test_elbo_grey(student):
    """A single grey pixel costs its cross-entropy."""
    for logit in (-2.0, 0.0, 1.2):
        p = 1 / (1 + np.exp(-logit))
        for x in (0.15, 0.4, 0.9):
            loss = number(cross_entropy(student, np.full((1, 1), logit), np.full((1, 1), x)))
            np.testing.assert_allclose(loss, -x * np.log(p) - (1 - x) * np.log(1 - p), rtol=1e-9)


@pytest.mark.grade("test-negative-elbo", points=0.25, hint="Each pixel costs what it would cost alone.")
def test_elbo_sums_over_pixels(student):
    """A picture pays for each of its pixels."""
    for d in (3, 5):
        logits, x = pixels(30 + d, 1, d)
        loss = number(cross_entropy(student, logits, x))
        np.testing.assert_allclose(loss, sum(pixels_alone(student, logits, x)), rtol=1e-6)


@pytest.mark.grade("test-negative-elbo", points=0.25,
                   hint="A batch of twice the same picture: how much more should it cost? Is the answer one number?")
def test_elbo_averages_over_pictures(student):
    """The loss of a batch is one number, the mean over its pictures."""
    logits, x = pixels(40, 5, 1)
    alone = pixels_alone(student, logits, x)
    for n in (1, 2, 5):
        loss = single_number(cross_entropy(student, logits[:n], x[:n]))
        np.testing.assert_allclose(loss, np.mean(alone[:n]), rtol=1e-6)


@pytest.mark.grade("test-negative-elbo", points=0.5,
                   hint="What is ln p for a very negative logit, simplified on paper before you compute? Which form of "
                        "it never takes e to a large positive power?")
def test_elbo_large_logits(student):
    """The loss of a single pixel is right and finite for large logits."""
    for logit in (1000.0, -1000.0, -60.0, 60.0):
        for x in (0.0, 1.0, 0.25):
            loss = number(cross_entropy(student, np.full((1, 1), logit), np.full((1, 1), x)))
            if not np.isfinite(loss):
                raise Shown("The loss is not finite for large logits. Does a logarithm of 0 or an overflow come up?")
            # e**-60 and less is lost: an unsure pixel pays the size of the logit, a sure one nothing
            np.testing.assert_allclose(loss, abs(logit) * abs((logit > 0) - x), rtol=1e-9, atol=1e-9)


@pytest.mark.grade("test-negative-elbo", points=0.25,
                   hint="Take the loss with mu = 0 and sigma = 1 from the loss with other clouds: what should be left?")
def test_elbo_price(student):
    """The clouds' KL is added, once if nothing is said about beta."""
    for seed, n, z, d in ((50, 4, 3, 5), (51, 1, 2, 3)):
        (mu, logvar), (logits, x) = clouds(seed, n, z), pixels(seed, n, d)
        with_price, without = student.negative_elbo(logits, x, mu, logvar), cross_entropy(student, logits, x)
        expected = sum(divergence(m, np.exp(s / 2)) for m, s in zip(mu.flat, logvar.flat)) / n
        np.testing.assert_allclose(number(with_price) - number(without), expected, rtol=1e-6)


@pytest.mark.grade("test-negative-elbo", points=0.25,
                   hint="beta multiplies one of the two parts. What is left at beta = 0?")
def test_elbo_beta(student):
    """beta multiplies the price, and nothing else."""
    (mu, logvar), (logits, x) = clouds(60, 4, 2), pixels(61, 4, 3)
    none, one, some, many = (number(student.negative_elbo(logits, x, mu, logvar, beta)) for beta in (0.0, 1.0, 0.25, 8))
    assert abs(one - none) > 0.1
    np.testing.assert_allclose([some - none, many - none], [0.25 * (one - none), 8 * (one - none)], rtol=1e-6)
    np.testing.assert_allclose(none, number(cross_entropy(student, logits, x)), rtol=1e-6)


def slope(f, at, *others):
    """Central differences of f by its first argument, for functions that work entry by entry."""
    step = 1e-5
    return (f(at + step, *others) - f(at - step, *others)) / (2 * step)


def back(student, dz, mu, logvar, noise, *beta):
    """The student's (dmu, dlogvar), two arrays of the shape of mu."""
    answer = student.latent_backward(dz, mu, logvar, noise, *beta)
    if not isinstance(answer, (tuple, list, np.ndarray)) or np.shape(answer)[:1] != (2,):
        raise Shown(f"expected (dmu, dlogvar), got {kind(answer)}")
    return [array(part, mu.shape) for part in answer]


def through_z(student, seed, n, z):
    """dz, mu, logvar, noise, and how much dz adds to the student's (dmu, dlogvar), whatever the price adds."""
    dz, noise = np.random.default_rng(seed).normal(size=(2, n, z))
    mu, logvar = clouds(seed + 1, n, z)
    parts = zip(back(student, dz, mu, logvar, noise, 0.3), back(student, 0 * dz, mu, logvar, noise, 0.3))
    return dz, mu, logvar, noise, [part - without for part, without in parts]


@pytest.mark.grade("test-latent-backward", points=0.5,
                   hint="By how much does z move when mu moves by a little? dz has all means inside already.")
def test_backward_mu_through_z(student):
    """dz reaches mu."""
    for seed, n, z in ((70, 1, 1), (72, 5, 3)):
        dz, mu, logvar, noise, (dmu, _) = through_z(student, seed, n, z)
        expected = slope(lambda m, s, e: m + np.sqrt(np.exp(s)) * e, mu, logvar, noise)
        np.testing.assert_allclose(dmu, dz * expected, rtol=1e-6, atol=1e-8)


@pytest.mark.grade("test-latent-backward", points=0.5,
                   hint="Write sigma as a power of e with s = logvar in it, then differentiate by s.")
def test_backward_logvar_through_z(student):
    """dz reaches logvar."""
    for seed, n, z in ((74, 1, 1), (76, 5, 3)):
        dz, mu, logvar, noise, (_, dlogvar) = through_z(student, seed, n, z)
        expected = slope(lambda s, m, e: m + np.sqrt(np.exp(s)) * e, logvar, mu, noise)
        np.testing.assert_allclose(dlogvar, dz * expected, rtol=1e-6, atol=1e-8)


def price_alone(student, mu, logvar, *beta):
    """The student's (dmu, dlogvar) where nothing comes through z."""
    noise = np.random.default_rng(80).normal(size=mu.shape)
    return back(student, np.zeros_like(mu), mu, logvar, noise, *beta)


@pytest.mark.grade("test-latent-backward", points=0.5,
                   hint="Set dz to 0: the price alone pulls at the mean. In which direction, and how hard?")
def test_backward_mu_price(student):
    """The price reaches mu, for one latent number of one picture."""
    for mu, logvar in each(*clouds(81, 4)):
        dmu, _ = price_alone(student, mu, logvar)
        np.testing.assert_allclose(dmu, slope(lambda m: 0.5 * m**2, mu), rtol=1e-6, atol=1e-8)


@pytest.mark.grade("test-latent-backward", points=0.5,
                   hint="Set dz to 0. Write the price of one latent number with s = logvar, then differentiate by s.")
def test_backward_logvar_price(student):
    """The price reaches logvar, for one latent number of one picture."""
    for mu, logvar in each(*clouds(82, 4)):
        _, dlogvar = price_alone(student, mu, logvar)
        variance = np.exp(logvar)
        by_variance = slope(lambda v: 0.5 * (v - np.log(v)), variance)
        np.testing.assert_allclose(dlogvar, by_variance * variance, rtol=1e-6, atol=1e-8)


@pytest.mark.grade("test-latent-backward", points=0.25,
                   hint="KL is a mean over pictures, and a sum over latent numbers. Which one does a slope show?")
def test_backward_price_of_a_batch(student):
    """In a batch the price pulls at each picture with its share."""
    n, z = 3, 2
    mu, logvar = clouds(83, n, z)
    alone = np.reshape([price_alone(student, m, s) for m, s in each(mu, logvar)], (n, z, 2))
    assert np.any(np.ptp(alone, axis=(0, 1)) > 0.1)
    np.testing.assert_allclose(np.stack(price_alone(student, mu, logvar), axis=-1), alone / n, rtol=1e-6, atol=1e-9)


@pytest.mark.grade("test-latent-backward", points=0.25,
                   hint="How do both gradients change when the price counts double, and when it counts nothing?")
def test_backward_beta(student):
    """beta scales what the price adds to both gradients, and is 1 if nothing is said."""
    mu, logvar = clouds(84, 5, 2)
    plain = np.array(price_alone(student, mu, logvar))
    assert np.any(np.ptp(plain, axis=(1, 2)) > 0.1)
    for beta in (0.0, 0.4, 3):
        np.testing.assert_allclose(price_alone(student, mu, logvar, beta), beta * plain, rtol=1e-6, atol=1e-9)


@pytest.mark.grade("test-latent-backward", points=0.5,
                   hint="dmu = dz gives the caller's array a second name: what you do to one happens to the other.")
def test_backward_keeps_inputs(student):
    """dz, mu, logvar and noise stay as they were."""
    dz, noise = np.random.default_rng(85).normal(size=(2, 3, 4))
    mu, logvar = clouds(86, 3, 4)
    sent = [student.put(a) for a in (dz, mu, logvar, noise)]
    answer = student.latent_backward(*sent, 2.0)
    assert np.shape(answer) == (2, 3, 4) and np.all(np.isfinite(answer)) and np.all(np.ptp(answer, axis=(1, 2)) > 0.1)
    for before, handle in zip((dz, mu, logvar, noise), sent):
        np.testing.assert_array_equal(handle.get(), before)
