"""Lesson 14: the turns, taken right and wrong, and what must be true when it has run."""

import numpy as np

TURNS = {
    "js": {
        "right": "def js(p, q):\n"
                 "    def entropy(x):\n"
                 "        return -np.sum(np.where(x > 0, x * np.log(np.where(x > 0, x, 1)), 0))\n"
                 "    return entropy((p + q) / 2) - entropy(p) / 2 - entropy(q) / 2",
        "wrong": ["def js(p, q):\n    return kl(p, 0.5 * (p + q)) + kl(q, 0.5 * (p + q))",
                  "def js(p, q):\n    return 0.5 * kl(p, p + q) + 0.5 * kl(q, p + q)",
                  "def js(p, q):\n    return kl(p, (p + q) / 2)"],
    },
    "best_smoothed": {
        "right": "def best_smoothed(p, q):\n"
                 "    on_real, on_fake = 0.9 * p, 0.1 * p + q\n"
                 "    return on_real / (on_real + on_fake)",
        "wrong": ["def best_smoothed(p, q):\n    return p / (p + q)",
                  "def best_smoothed(p, q):\n    return 0.9 * p / (0.9 * p + q)",
                  "def best_smoothed(p, q):\n    return np.minimum(p / (p + q), 0.9)",
                  "def best_smoothed(p, q):\n    return (0.9 * p + 0.1 * q) / (p + q)"],
    },
    "wasserstein": {
        "right": "def wasserstein(a, b):\n    return sum(abs(x - y) for x, y in zip(sorted(a), sorted(b))) / len(a)",
        "wrong": ["def wasserstein(a, b):\n    return np.abs(a - b).mean()",
                  "def wasserstein(a, b):\n    return abs(a.mean() - b.mean())",
                  "def wasserstein(a, b):\n    return np.abs(np.sort(a) - np.sort(b)).sum()"],
    },
}


def test_the_best_detective():
    assert sp.simplify(rest) == 0 and best == [p / (p + q)]
    assert abs(seen_value - theory) < 0.03
    assert abs(np.interp(0.75, place, said) - 0.5) < 0.08
    assert np.abs(said - bell_p / (bell_p + bell_q))[bell_p + bell_q > 0.02].max() < 0.1


def test_the_losses_pull():
    assert np.isclose(saturating, -0.01) and np.isclose(useful, -0.99)


def test_a_ring_is_learned():
    assert off_the_ring(rings[-1]) < 0.1 < 0.3 < off_the_ring(bell) < off_the_ring(rings[0])
    angles = np.arctan2(*rings[-1].T)
    assert (np.histogram(angles, 8, (-np.pi, np.pi))[0] > 20).all()


def test_half_right_can_mean_both_failed():
    assert abs(right_share(beginners, ring) - 0.5) < 0.15
    assert 0.35 < right_share(forger, ring) < 0.65


def test_collapse_and_cures():
    counts = {name: [count for count, _ in runs] for name, runs in results.items()}
    assert found(collapsed[-1])[0] <= 4 and max(counts["five turns"]) <= 4
    assert min(counts["one turn"]) >= 7 and min(counts["smeared eyes"]) >= 7
    assert np.mean(counts["labels of 0.9"]) < 7
    assert found(collapsed[-1])[1] > 0.6


def test_far_and_near():
    assert np.allclose(divergences[1:], np.log(2)) and divergences[0] == 0


def test_the_critic():
    count, good = found(forged)
    assert count >= 7 and good > 0.42
    assert np.mean(distances[-30:]) < 0.45 * np.mean(distances[20:50])


def test_what_the_lesson_built_is_the_library():
    small, twin = GAN(2, 3, 5), theirs.GAN(2, 3, 5)
    assert check.check_twin(small, twin, np.random.default_rng(2).normal(size=(4, 3))) < 1e-10


def test_it_says_the_same_twice():
    _, again = play(ring, rounds=60)
    _, twice = play(ring, rounds=60)
    assert np.array_equal(again[-1], twice[-1])
