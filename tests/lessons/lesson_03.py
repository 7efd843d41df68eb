"""Lesson 03: the turns, taken right and wrong, and what must be true when it has run."""

import numpy as np

TURNS = {
    "poisson_loss": {
        "right": """
def poisson_loss(rate, y):
    total = 0
    for r, count in zip(rate, y):
        total += r - count * np.log(r)
    return total / len(y)
""",
        "wrong": [
            "def poisson_loss(rate, y):\n    return np.sum(rate - y * np.log(rate))",
            "def poisson_loss(rate, y):\n    return np.mean(y * np.log(rate) - rate)",
            "def poisson_loss(rate, y):\n    return np.mean(-rate - y * np.log(rate))",
            "def poisson_loss(rate, y):\n    return rate - y * np.log(rate)",
            "def poisson_loss(rate, y):\n    return -np.mean(y * np.log(rate))",
            "def poisson_loss(rate, y):\n"
            "    p = [r**n * np.exp(-r) / np.prod(np.arange(1.0, n + 1)) for r, n in zip(rate, y)]\n"
            "    return -np.mean(np.log(p))",
        ],
    },
    "score_gradient": {
        "right": """
def score_gradient(Z, y):
    P = nn.Softmax()(Z)
    onehot = np.eye(Z.shape[1])[y]
    return (P - onehot) / len(Z)
""",
        "wrong": [
            "def score_gradient(Z, y):\n    return nn.Softmax()(Z) - np.eye(Z.shape[1])[y]",
            "def score_gradient(Z, y):\n    return (nn.Softmax()(Z) - np.eye(Z.shape[1])[y]) / Z.size",
            "def score_gradient(Z, y):\n    return (np.eye(Z.shape[1])[y] - nn.Softmax()(Z)) / len(y)",
            "def score_gradient(Z, y):\n    P = nn.Softmax()(Z)\n    P[:, y] -= 1\n    return P / len(y)",
            "def score_gradient(Z, y):\n    return nn.Softmax()(Z) / len(y)",
        ],
    },
    "descend": {
        "right": """
def descend(slope, w, lr, steps):
    path = np.zeros(steps + 1)
    path[0] = w
    for t in range(steps):
        path[t + 1] = path[t] - lr * slope(path[t])
    return path
""",
        "wrong": [
            "def descend(slope, w, lr, steps):\n    path = [w]\n    for _ in range(steps):\n"
            "        path.append(path[-1] + lr * slope(path[-1]))\n    return path",
            "def descend(slope, w, lr, steps):\n    path = [w]\n    for _ in range(steps):\n"
            "        path.append(path[-1] - slope(path[-1]))\n    return path",
            "def descend(slope, w, lr, steps):\n    path, s = [w], slope(w)\n    for _ in range(steps):\n"
            "        path.append(path[-1] - lr * s)\n    return path",
            "def descend(slope, w, lr, steps):\n    path = []\n    for _ in range(steps):\n"
            "        w = w - lr * slope(w)\n        path.append(w)\n    return path",
            "def descend(slope, w, lr, steps):\n    return [w] + [w - lr * slope(w) for _ in range(steps)]",
        ],
    },
    "one_epoch": {
        "right": """
def one_epoch(W, b, x, y, lr, batch_size, rng):
    W, b = W.copy(), b.copy()
    for xb, yb in batches(x, y, batch_size=batch_size, rng=rng):
        delta = score_gradient(xb @ W.T + b, yb)
        for n in range(len(xb)):
            W -= lr * np.outer(delta[n], xb[n])
            b -= lr * delta[n]
    return W, b
""",
        "wrong": [
            "def one_epoch(W, b, x, y, lr, batch_size, rng):\n"
            "    for xb, yb in batches(x, y, batch_size=batch_size, rng=rng):\n"
            f"        delta = score_gradient(xb @ W.T + b, yb)\n{lines}"
            for lines in (
                "        W = W - lr * delta.T @ xb\n        b = b - lr * delta.mean(axis=0)\n    return W, b",
                "        W = W + lr * delta.T @ xb\n        b = b + lr * delta.sum(axis=0)\n    return W, b",
                "        W = W - lr * delta.T @ xb\n        b = b - lr * delta.sum(axis=0)\n        return W, b",
                "        W = W - lr * delta.T @ xb\n    return W, b",
                "        W -= lr * delta.T @ xb\n        b -= lr * delta.sum(axis=0)\n    return W, b",
                "        W = W - delta.T @ xb\n        b = b - delta.sum(axis=0)\n    return W, b",
                "        W = W - lr * delta.T @ xb / len(xb)\n        b = b - lr * delta.mean(axis=0)\n    return W, b",
                "        delta = score_gradient(x @ W.T + b, y)\n        W = W - lr * delta.T @ x\n"
                "        b = b - lr * delta.sum(axis=0)\n    return W, b",
                "        W = W - lr * xb.T @ delta\n        b = b - lr * delta.sum(axis=0)\n    return W, b",
            )
        ],
    },
}


def test_surprise_and_honesty():
    assert 6.5 < np.log2(1 / 0.01) < 7 and 4.9 < np.log(0.01) / np.log(0.4) < 5.1
    best = {name: forecast[cost.argmin()] for name, cost in costs.items()}
    assert best["|a - y|"] > 0.99 and abs(best["(a - y)²"] - 0.7) < 0.01 and abs(best["surprise"] - 0.7) < 0.01
    assert round(costs["surprise"].min(), 2) == 0.61


def test_the_readers_loss_is_the_one_of_pytorch():
    rng = np.random.default_rng(0)
    rate, count = rng.uniform(0.1, 9, 50), rng.poisson(3, 50).astype(float)
    theirs = torch.nn.PoissonNLLLoss(log_input=False, eps=0)(torch.tensor(rate), torch.tensor(count))
    assert np.isclose(poisson_loss(rate, count), float(theirs), rtol=1e-12)


def test_slopes_in_the_answer_and_in_the_score():
    z = np.log(0.01 / 0.99)
    assert np.isclose(nudged(surprise, 0.01), -100, rtol=1e-5) and np.isclose(nudged(square, 0.01), -1.98, rtol=1e-5)
    assert np.isclose(nudged(lambda z: surprise(sigmoid(z)), z), 0.01 - 1, rtol=1e-5)
    assert np.isclose(nudged(lambda z: square(sigmoid(z)), z), 2 * 0.01 * 0.99 * (0.01 - 1), rtol=1e-5)
    assert len(bce_path) == 11 and 10_500 < len(mse_path) < 11_500


def test_all_slopes_are_prediction_minus_target():
    for probability, claim in cases.values():
        assert sp.simplify(sp.diff(-sp.log(probability), s) - claim) == 0
    assert [sp.simplify(slopes[k] - p[k]) for k in range(4)] == [0, 0, -1, 0]
    Z, labels = np.random.default_rng(1).standard_normal((6, 5)), np.array([0, 4, 2, 2, 1, 3])
    criterion, tensor = nn.CrossEntropyLoss(), torch.tensor(Z, requires_grad=True)
    criterion(Z, labels)
    torch.nn.functional.cross_entropy(tensor, torch.tensor(labels)).backward()
    assert np.allclose(score_gradient(Z, labels), criterion.backward(), rtol=0, atol=1e-14)
    assert np.allclose(score_gradient(Z, labels), tensor.grad.numpy(), rtol=0, atol=1e-14)


def test_learning_rates_on_the_parabola():
    def end(lr):
        return descend(parabola_slope, 0.0, lr, 100)[-1]

    assert end(1) == 0 and end(0.5) == 3 and abs(end(0.3) - 3) < 1e-9
    assert 0.01 < abs(end(0.02) - 3) < 0.1 and abs(end(1.05)) > 1e4


def test_three_walks_on_the_surface():
    line = np.polyfit(co2()[0] / 10 - 198, co2()[1] - 340.0, 1)
    far = {size: np.linalg.norm(walk(size)[-1] - line) for size in (526, 16, 1)}
    assert far[526] < 0.1 and far[16] < 1.5 and far[1] < 3


def test_noise_of_a_mini_batch():
    globals().update(W=np.zeros((10, 64)), b=np.zeros(10))                  # the race has trained the lesson's
    assert np.abs(singles.mean(axis=0) - full).max() < 1e-13
    assert abs(np.polyfit(np.log(sizes), np.log(noises), 1)[0] + 0.5) < 0.03
    assert 7 < noises[0] / np.linalg.norm(full) < 9.5 and 8 < noises[0] / noise(100) < 12.5
    assert noise(32) > np.linalg.norm(full) > noise(128)


def test_the_race():
    losses = {name: curve[-1] for name, curve in races.items()}
    crossing = int(np.argmax(races["1,437 at lr 0.1"] <= races["32 at lr 0.1"][1]))
    assert 42 <= crossing <= 48
    assert max(races["1,437 at lr 10"]) > 5 > np.log(10) and losses["1,437 at lr 10"] < losses["1,437 at lr 2"]
    assert losses["1,437 at lr 0.1"] > 1.2 > 0.35 > losses["1,437 at lr 2"] > losses["32 at lr 0.1"] + 0.04
    assert np.allclose(races["1 at lr 0.03"][10:], races["32 at lr 1"][10:], rtol=0.25)
    assert losses["32 at lr 1"] < 0.07
    for size, lr in ((32, 0.1), (32, 1)):
        W, b, _ = train(size, lr)
        assert ((x_test @ W.T + b).argmax(axis=1) == y_test).mean() > 0.96


def test_stable_and_naive():
    assert check.gradcheck(Naive(), Z, labels, constants=1) < 1e-7          # the bug is not seen on small scores
    assert check.check_twin(SoftmaxCrossEntropy(), theirs, 1000 * Z, labels, constants=1) < 1e-12
    with np.errstate(all="ignore"):
        assert np.isnan(Naive()(1000 * Z, labels)) or np.isinf(Naive()(1000 * Z, labels))
        assert np.isinf(np.exp(np.float32(89))) and np.isfinite(np.exp(np.float32(88)))
        for criterion, share in ((Naive(), 0), (SoftmaxCrossEntropy(), 1)):
            W = np.zeros((10, 64), np.float32)
            for xb, yb in batches(16 * x_train, y_train, rng=0):
                criterion(xb @ W.T, yb)
                W = W - 0.5 * criterion.backward().T @ xb
            assert np.isfinite(W).mean() == share and W.dtype == np.float32


def test_answers_of_check_yourself():
    zeros, perfect = np.zeros((1, 10)), np.eye(10)
    assert round(float(nn.CrossEntropyLoss()(zeros, np.array([3]))), 1) == 2.3
    assert round(2 * 0.99 * 0.01 * 0.99, 2) == 0.02
    assert 10 * len(list(batches(x_train, batch_size=64))) == 230
    assert round(float(nn.CrossEntropyLoss()(perfect, np.arange(10))), 2) == 1.46
