"""Lesson 07: the turns, taken right and wrong, and what must be true when it has run."""

import numpy as np

TURNS = {
    "bias_variance": {
        "right": "def bias_variance(fits, truth):\n"
                 "    misses = np.average(fits, axis=0) - truth\n"
                 "    scatter = (fits - np.average(fits, axis=0))**2\n"
                 "    return np.mean(misses**2), np.mean(scatter)",
        "wrong": [
            "def bias_variance(fits, truth):\n    return (fits - truth).mean()**2, fits.var(axis=0).mean()",
            "def bias_variance(fits, truth):\n"
            "    return ((fits.mean(axis=0) - truth)**2).mean(), ((fits - truth)**2).mean()",
            "def bias_variance(fits, truth):\n"
            "    return ((fits.mean(axis=0) - truth)**2).mean(), fits.var(axis=1).mean()",
            "def bias_variance(fits, truth):\n    return (fits.mean(axis=0) - truth)**2, fits.var(axis=0)",
            "def bias_variance(fits, truth):\n"
            "    return ((fits.mean(axis=0) - truth)**2).mean(), fits.var(axis=0, ddof=1).mean()",
            "def bias_variance(fits, truth):\n"
            "    return fits.var(axis=0).mean(), ((fits.mean(axis=0) - truth)**2).mean()",
        ]},
    "ridge": {
        "right": "def ridge(P, t, decay):\n"
                 "    A = np.array(P.T @ P)\n"
                 "    A[np.diag_indices(len(A))] += decay\n"
                 "    return np.linalg.inv(A) @ P.T @ t",
        "wrong": [
            "def ridge(P, t, decay):\n    return np.linalg.solve(P.T @ P + decay, P.T @ t)",
            "def ridge(P, t, decay):\n    return np.linalg.solve(P.T @ P + 2 * decay * np.eye(P.shape[1]), P.T @ t)",
            "def ridge(P, t, decay):\n    return np.linalg.solve(P.T @ P, P.T @ t)",
            "def ridge(P, t, decay):\n    return np.linalg.solve(P @ P.T, t)",
            "def ridge(P, t, decay):\n    return np.linalg.solve(P.T @ P - decay * np.eye(P.shape[1]), P.T @ t)",
            "def ridge(P, t, decay):\n    return np.linalg.solve(2 * (P.T @ P + decay * np.eye(P.shape[1])), P.T @ t)",
        ]},
    "dropout": {
        "right": "def dropout(h, p, rng):\n    return np.where(rng.uniform(size=h.shape) < p, 0, h) / (1 - p)",
        "wrong": [
            "def dropout(h, p, rng):\n    return h * (rng.random(h.shape) >= p)",
            "def dropout(h, p, rng):\n    return h * (rng.random(h.shape) >= p) * (1 - p)",
            "def dropout(h, p, rng):\n    return h * (rng.random(h.shape) < p) / (1 - p)",
            "def dropout(h, p, rng):\n    return h * (rng.random(h.shape) >= p) / p",
            "def dropout(h, p, rng):\n    return h * (rng.random(h.shape[1]) >= p) / (1 - p)",
        ]},
    "fold": {
        "right": "def fold(W, b, gamma, beta, mean, var, eps):\n"
                 "    std = (var + eps)**0.5\n"
                 "    return np.diag(gamma / std) @ W, beta + gamma * (b - mean) / std",
        "wrong": [
            "def fold(W, b, gamma, beta, mean, var, eps):\n"
            "    scale = gamma / np.sqrt(var + eps)\n"
            "    return W * scale[:, None], b - mean * scale + beta",
            "def fold(W, b, gamma, beta, mean, var, eps):\n"
            "    scale = gamma / (var + eps)\n"
            "    return W * scale[:, None], (b - mean) * scale + beta",
            "def fold(W, b, gamma, beta, mean, var, eps):\n"
            "    scale = gamma / np.sqrt(var + eps)\n"
            "    return W * scale[:, None], b * scale + beta",
            "def fold(W, b, gamma, beta, mean, var, eps):\n"
            "    scale = gamma / np.sqrt(var + eps)\n"
            "    return W * scale, (b - mean) * scale + beta",
            "def fold(W, b, gamma, beta, mean, var, eps):\n"
            "    scale = gamma / (np.sqrt(var) + eps)\n"
            "    return W * scale[:, None], (b - mean) * scale + beta",
            "def fold(W, b, gamma, beta, mean, var, eps):\n"
            "    scale = gamma / np.sqrt(var + eps)\n"
            "    return W * scale[:, None], (b + beta - mean) * scale",
            "def fold(W, b, gamma, beta, mean, var, eps):\n"
            "    scale = gamma / np.sqrt(var + eps)\n"
            "    return W * scale[:, None], beta - mean * scale",
        ]},
}


def test_shuffled_labels_are_learned_by_heart():
    learned, _ = trained(shuffled)
    understood, _ = trained(y_train)
    assert sum(p.data.size for p in learned.parameters()) == 26122
    assert accuracy(learned, x_train, shuffled) > 0.95 and accuracy(learned, x_test, y_test) < 0.2
    assert accuracy(understood, x_train, y_train) > 0.99 and 0.92 < accuracy(understood, x_test, y_test) < 0.98


def test_the_wrong_labels_come_late_and_early_stopping_helps():
    (late, history), (early, _) = runs.values()
    assert accuracy(late, x_train[wrong], noisy[wrong]) > 0.9 and accuracy(early, x_train[wrong], noisy[wrong]) < 0.6
    assert accuracy(early, x_test, y_test) > accuracy(late, x_test, y_test) + 0.05
    assert history.val_loss[-1] > min(history.val_loss) + 0.2 and history.loss[-1] < 0.1
    assert 5 < np.argmin(history.val_loss) < 40 and history.val_loss[4] < history.loss[4]


def test_bias_and_variance_add_up_and_the_u_has_a_second_half():
    error = np.sum(by_degree, axis=1)
    for degree in (1, 5, 14):
        assert np.isclose(((fits[degree] - wave(grid))**2).mean(), error[degree - 1])
    assert error[:10].argmin() + 1 == 5 and error.argmax() + 1 in (14, 15) and error[13] > 50
    assert by_degree[0][0] > 20 * by_degree[0][1] and by_degree[13][1] > 20 * by_degree[13][0]
    assert error[13] / error[59] > 200 and error[59] < 0.12
    for degree in (14, 60):
        weights = np.linalg.lstsq(legvander(places, degree), targets.T)[0]
        assert np.allclose(legvander(places, degree) @ weights, targets.T)


def test_decay_repairs_the_peak():
    bias2, variance = np.transpose(by_decay)
    assert (bias2 + variance).min() < 0.1 and variance[0] > 50 and variance[-1] < 0.01
    assert bias2[-1] > 10 * bias2[0] and (np.diff(variance) < 0).all()


def test_decay_in_adam_and_in_adamw_are_a_hundred_times_apart():
    assert best[optim.AdamW] / best[optim.Adam] == 100
    def val_loss(kind, decay):
        return trained(noisy, kind=kind, decay=decay)[1].val_loss[-1]
    nothing = val_loss(optim.Adam, 0)
    assert val_loss(optim.Adam, 0.01) < nothing - 0.1 and val_loss(optim.AdamW, 1) < nothing - 0.1
    assert abs(val_loss(optim.AdamW, 0.01) - nothing) < 0.2
    assert abs(val_loss(optim.Adam, 0.01) - val_loss(optim.AdamW, 1)) < 0.2


def test_each_remedy_helps_and_too_much_hurts():
    def mean_score(name):
        return np.mean([accuracy(trained(noisy, seed, **REMEDIES[name])[0], x_test, y_test) for seed in range(3)])
    scores = {name: mean_score(name) for name in REMEDIES}
    for name in ("early stopping", "AdamW, decay 1", "dropout 0.5"):
        assert scores[name] > scores["nothing"] + 0.03, scores
    assert scores["early stopping"] > max(scores.values()) - 0.05
    assert scores["dropout 0.9"] < scores["nothing"] - 0.03


def test_a_shift_by_a_pixel_needs_shifted_training_images():
    right = {name: (answers == y_test).mean(axis=1) for name, answers in says.items()}
    assert right["plain"][1:].mean() < 0.6 and right["plain"][0] > 0.92
    assert right["augmented"][1:].mean() > 0.85 and right["augmented"][0] > 0.9


def test_batch_norm_allows_ten_times_the_rate():
    assert (normed > unnormed)[:6].all() and normed[3] > 0.95 and normed[5] > 0.6 and normed[6] < 0.4
    assert 0.5 < unnormed.max() < 0.95 and unnormed[4:].max() < 0.3
    assert RATES[normed > 0.5].max() == 10 * RATES[unnormed > 0.5].max()


def test_a_longer_weight_before_batch_norm_gets_a_smaller_gradient_at_right_angles():
    linear, norm = nn.Linear(3, 4).double(), MyBatchNorm(4).double()
    norm.eps, grads = 0.0, []
    upstream = np.random.default_rng(5).standard_normal((6, 4))
    for _ in range(2):
        linear.zero_grad()
        norm(linear(z))
        linear.backward(norm.backward(upstream))
        grads.append(linear.weight.grad)
        assert abs((linear.weight.data * linear.weight.grad).sum()) < 1e-8
        linear.weight.data *= 10
    assert np.allclose(grads[0], 10 * grads[1])
    assert np.allclose(linear.bias.grad, 0)


def test_training_mode_in_testing():
    net = nn.Sequential(nn.Linear(64, 64), MyBatchNorm(64), nn.ReLU(), nn.Linear(64, 10))
    manual_seed(1)
    train.fit(net, criterion, optim.SGD(net.parameters(), lr=0.1), (x, y), epochs=10, rng=1, progress=False)
    assert accuracy(net, x_test, y_test) > 0.95
    def forgotten(order):
        net.train()
        return np.mean([net(x_test[rows]).argmax(axis=1) == y_test[rows] for rows in np.split(order, 10)])
    assert forgotten(np.argsort(y_test)) < 0.45 and forgotten(np.random.default_rng(0).permutation(360)) > 0.9
    assert abs(out.std() - 1) < 0.02 and 0.6 < tested.std() < 0.68


def test_folding_changes_no_answer():
    manual_seed(0)
    net = nn.Sequential(nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 10))
    train.fit(net, criterion, optim.SGD(net.parameters(), lr=0.1), (x, y), epochs=1, rng=0, progress=False)
    linear, layer = net[0], net[1]
    state = layer.weight.data, layer.bias.data, layer.running_mean, layer.running_var, layer.eps
    W, b = fold(linear.weight.data, linear.bias.data, *state)
    assert np.allclose(x @ W.T + b, layer.eval()(linear(x)), atol=1e-4)


def test_only_a_random_gradient_sees_the_missing_path():
    assert small_check(Forgetful(3), ones) < 1e-8 and small_check(Forgetful(3), drawn) > 0.1
    assert small_check(MyBatchNorm(3), drawn) < 1e-8
    assert reached(Forgetful, 0.3) > 0.9 and reached(MyBatchNorm, 0.3) > 0.95
