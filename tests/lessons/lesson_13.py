"""Lesson 13: the turns, taken right and wrong, and what must be true when it has run."""

import numpy as np

TURNS = {
    "through_plane": {
        "right": "def through_plane(x, mean, axes):\n"
                 "    copies = np.zeros(x.shape) + mean\n"
                 "    for axis in axes.T:\n"
                 "        copies += np.outer((x - mean) @ axis, axis)\n"
                 "    return copies",
        "wrong": [
            "def through_plane(x, mean, axes):\n    return (x - mean) @ axes @ axes.T",
            "def through_plane(x, mean, axes):\n    return mean + x @ axes @ axes.T",
            "def through_plane(x, mean, axes):\n    return (x - mean) @ axes",
            "def through_plane(x, mean, axes):\n    return x @ axes @ axes.T",
        ]},
    "alarm_level": {
        "right": "def alarm_level(errors, rate):\n    return np.percentile(errors, 100 - 100 * rate)",
        "wrong": [
            "def alarm_level(errors, rate):\n    return np.percentile(errors, 100 * rate)",
            "def alarm_level(errors, rate):\n    return (1 - rate) * max(errors)",
            "def alarm_level(errors, rate):\n    return np.mean(errors) + 2 * np.std(errors)",
        ]},
    "pathwise": {
        "right": "def pathwise(slope, mu, sigma, noise):\n"
                 "    z = sigma * noise + mu\n"
                 "    return slope(z), slope(z) * (z - mu) / sigma",
        "wrong": [
            "def pathwise(slope, mu, sigma, noise):\n    return slope(mu + 0 * noise), slope(mu + 0 * noise) * noise",
            "def pathwise(slope, mu, sigma, noise):\n    z = mu + sigma * noise\n    return slope(z), slope(z)",
            "def pathwise(slope, mu, sigma, noise):\n    z = mu + sigma * noise\n    return slope(z), slope(z) * sigma",
            "def pathwise(slope, mu, sigma, noise):\n    z = mu + sigma * noise\n"
            "    return slope(z), slope(z) * (z - mu)",
            "def pathwise(slope, mu, sigma, noise):\n    return slope(mu + sigma * noise)",
        ]},
    "mixed": {
        "right": "def mixed(logs):\n    return np.log(np.exp(logs).mean(axis=1))",
        "wrong": [
            "def mixed(logs):\n    return logs.mean(axis=1)",
            "def mixed(logs):\n    return np.log(np.exp(logs).sum(axis=1))",
            "def mixed(logs):\n    return logs.max(axis=1)",
            "def mixed(logs):\n    return np.log(np.exp(logs).sum(axis=1) / 10)",
            "def mixed(logs):\n    return np.log(np.exp(logs).mean())",
        ]},
}


def test_the_linear_one_finds_the_plane_of_pca():
    assert plane_angles.max() < 3 < 40 < angles(np.eye(20)[:, :3], axes).max()
    assert mse(linear(flat[1000:]), flat[1000:]) < 1.05 * mse(through_plane(flat[1000:], mean, axes), flat[1000:])


def test_bent_data_needs_a_network():
    assert bent_pca[3] > 8 * bent_error
    assert bent_pca[12] < bent_error, "with enough directions PCA wins"


def test_the_narrow_door_is_for_the_network_and_the_wide_one_for_pca():
    for k in (2, 8):
        assert digit_errors[k][0] < 0.92 * digit_errors[k][1]
    assert digit_errors[64][1] < 0.8 * digit_errors[64][0]
    assert mse(copier(pictures, 196, 128, 64, epochs=30)(unseen), unseen) < digit_errors[64][1], "five times the epochs"


def test_restoring_takes_away_more_than_half_of_the_error():
    for spoiled_error, by_line, by_network in noise_errors.values():
        assert by_network < 0.5 * spoiled_error
        assert 0.8 * by_line < by_network < 0.97 * by_line, "it wins, but not by much"
    assert noise_errors["grain"][2] < 0.15 * noise_errors["grain"][0]


def test_the_alarm_works_and_so_do_simple_ones():
    assert strange_auc["network, 8 numbers"] > strange_auc["PCA, 8 numbers"] + 0.02
    assert min(strange_auc["network, 64 numbers"], strange_auc["PCA, 64 numbers"]) > 0.97
    assert strange_auc["nearest training picture"] > 0.96 and strange_auc["ink, just the sum"] > 0.8
    assert false_alarms < 0.1 and caught > 0.85 and error[1500] < level
    assert (error[:1000] < error[1500]).mean() < 0.1


def test_both_gradients_are_right_and_one_is_quiet():
    noise = np.random.default_rng(8).standard_normal((400_000, 1))
    by_mu, by_sigma = pathwise(twice, 1, 1, noise)
    assert abs(by_mu.mean() - 2) < 0.02 and abs(by_sigma.mean() - 2) < 0.03       # of mu^2 + sigma^2
    z = 1 + noise
    assert abs((z**2 * noise).mean() - 2) < 0.05
    assert abs((z**2 * (noise**2 - 1)).mean() - 2) < 0.1
    assert 6 < spread[1] < 9 and 350 < spread[20] < 600                           # 7.5 and 473
    assert sp.simplify(expect(2 * draw) - 2 * m) == sp.simplify(expect(draw**2 * e / s) - 2 * m) == 0
    noise = np.random.default_rng(9).standard_normal((400_000, 20))
    by_score = (((1 + noise) ** 2).sum(axis=1) - 40) * noise[:, 0]                # with a baseline: 33
    assert abs(by_score.mean() - 2) < 0.1 and 27 < by_score.var() / 4 < 40


def test_the_vae_beats_both_opponents():
    assert vae_elbo > ten_means + 3 > one_mean + 6
    tighter = [elbo(vae, new_ink)[0] for _ in range(2)]
    assert tighter[0] == tighter[1]


def test_the_bound_is_below_the_likelihood():
    x, rng = new_ink[:50], np.random.default_rng(3)
    _, mu, log_var = vae(x, np.zeros((50, 8), "float32"))
    weights = []
    for _ in range(200):                                    # importance sampling: tighter with more draws
        noise = rng.standard_normal((50, 8), "float32")
        logits, _, _ = vae(x, noise)
        code = mu + np.exp(log_var / 2) * noise
        seen = (x * logits - np.logaddexp(0, logits)).sum(axis=1)
        weights.append(seen + ((noise**2 - code**2 + log_var) / 2).sum(axis=1))
    likelihood = np.logaddexp.reduce(weights).mean() - np.log(200)
    assert elbo(vae, x)[0] < likelihood < elbo(vae, x)[0] + 6


def test_what_it_invents_is_finite_varied_and_new():
    assert invented.shape == (500, 196) and np.isfinite(invented).all()
    assert invented.min() >= 0 and invented.max() <= 1
    assert (kinds > 5).sum() >= 9
    assert invented.std(axis=0).mean() > 0.5 * new_ink.std(axis=0).mean()
    assert squares.min(axis=1).mean() > 0.5 * distances(unseen).min(axis=1).mean()


def test_collapse_is_seen_and_mended():
    assert used["four layers"] <= 3 and used["one layer"] >= 7
    for remedy in ("four, price warmed up", "four, He's start", "one layer"):
        assert collapse[remedy][0] > collapse["four layers"][0] + 0.5, remedy
    assert max(collapse, key=lambda name: collapse[name][0]) == "one layer"


def test_averaging_over_pixels_collapses():
    assert wrong_prices.max() < 0.05 and wrong_elbo < one_mean + 0.1
    drawn = sigmoid(wrong.decoder(np.random.default_rng(0).standard_normal((50, 8), "float32")))
    assert drawn.std(axis=0).max() < 0.1
    default, summed = nn.BCEWithLogitsLoss(), nn.BCEWithLogitsLoss(reduction="sum")
    scores = np.random.default_rng(0).standard_normal((64, 196))
    default(scores, new_ink[:64]), summed(scores, new_ink[:64])
    np.testing.assert_allclose(default.backward(), summed.backward() / 64 / 196)


def test_it_says_the_same_twice():
    first, second = (copier(flat[:200], 20, 3, epochs=2)(flat[1000:]) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    runs = []
    for _ in range(2):
        manual_seed(0)
        runs.append(elbo(learn(VAE(196, 16, 2), epochs=1), new_ink)[0])
    assert runs[0] == runs[1]
