"""tabular: the worked numbers, found again by other means."""

import time

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from nnlib import data
from tests.exercises.proofs import (  # noqa: F401
    solved,
    test_it_is_proved,
    test_its_class_gets_its_marks,
    test_its_shape,
    test_other_peoples_answers_get_what_they_deserve,
    test_the_release_stops_at_the_first_open_task,
)


@pytest.fixture(scope="module")
def solution():
    return solved("tabular")


def log_odds(age, months, visits, newsletter):
    """The rule, written once more."""
    u = (age - 49) / 31
    return 2 + 9 * u * u - 0.05 * months - 0.6 * visits - newsletter


def probability(X):
    return torch.sigmoid(torch.tensor(log_odds(*X[:, [0, 1, 2, 4]].T))).numpy()


def both_parts(solution, seed):
    """Standardized: 1,500 customers to learn from, 2,000 new ones."""
    rng = np.random.default_rng(seed)
    (X, y), (X_new, y_new) = solution["make_customers"](1500, rng), solution["make_customers"](2000, rng)
    return tuple(zip(solution["standardize"](X, X_new), (y, y_new)))


def test_the_rule_of_the_text():
    assert log_odds(49, 20, 6, 0) == pytest.approx(-2.6) and log_odds(80, 20, 6, 0) == pytest.approx(6.4)
    assert torch.sigmoid(torch.tensor([-2.6, 6.4])).numpy() == pytest.approx([0.069, 0.998], abs=0.0005)


def test_the_columns_are_drawn_as_the_text_says(solution):
    X, y = solution["make_customers"](20_000, np.random.default_rng(11))
    for j, law in ((0, stats.uniform(18, 62)), (1, stats.expon(scale=20)), (3, stats.norm(30, 5))):
        assert stats.kstest(X[:, j], law.cdf).pvalue > 0.001
    seen = np.bincount(X[:, 2].astype(int), minlength=40)[:40]
    assert np.abs(seen / 20_000 - stats.poisson(6).pmf(np.arange(40))).max() < 0.01
    assert set(X[:, 4]) == {0, 1} and abs(X[:, 4].mean() - 0.4) < 0.015
    assert np.abs(np.corrcoef(X.T) - np.eye(5)).max() < 0.03
    p = probability(X)
    for low in np.arange(0, 1, 0.1):                                     # a label is drawn with its probability
        rows = (p >= low) & (p < low + 0.1)
        assert abs(y[rows].mean() - p[rows].mean()) < 4.5 * np.sqrt(0.25 / rows.sum())


def test_the_shares_of_the_example_by_integration():
    """0.476 in all, 0.143 between 39 and 59, 0.878 over 70; and no more than 85 % can be right."""
    age = np.linspace(18, 80, 621)[:-1] + 0.05
    months = stats.expon(scale=20).ppf((np.arange(200) + 0.5) / 200)
    visits, newsletter = np.arange(30), np.arange(2)
    p = 1 / (1 + np.exp(-log_odds(*np.meshgrid(age, months, visits, newsletter, indexing="ij"))))
    weights = np.einsum("v,l->vl", stats.poisson(6).pmf(visits), [0.6, 0.4]) / 200
    by_age = np.einsum("amvl,vl->a", p, weights)
    assert by_age.mean() == pytest.approx(0.476, abs=0.001)
    assert by_age[np.abs(age - 49) < 10].mean() == pytest.approx(0.143, abs=0.001)
    assert by_age[age > 70].mean() == pytest.approx(0.878, abs=0.001)
    assert np.einsum("amvl,vl->a", np.maximum(p, 1 - p), weights).mean() == pytest.approx(0.85, abs=0.005)


def test_a_straight_line_ends_at_65_percent(solution):
    (X, y), (X_new, y_new) = both_parts(solution, 5)
    assert LogisticRegression().fit(X, y).score(X_new, y_new) == pytest.approx(0.65, abs=0.03)


def test_standardize_is_scikit_learns(solution):
    rng = np.random.default_rng(4)
    train, test = rng.normal(3, 2, (9, 5)), rng.normal(-1, 4, (6, 5))
    train[:, 1], train[:, 3] = 0.1, -7.0
    before = train.copy(), test.copy()
    scaler = StandardScaler().fit(train)
    for got, part in zip(solution["standardize"](train, test), (train, test)):
        np.testing.assert_allclose(got, scaler.transform(part), rtol=1e-10, atol=1e-12)
    np.testing.assert_array_equal(train, before[0])
    np.testing.assert_array_equal(test, before[1])
    assert 0 < np.full((3, 1), 0.1).std(axis=0)[0] < 1e-16               # the rounding that the text speaks of


def test_the_network_is_pytorchs(solution):
    rng = np.random.default_rng(6)
    params, X = [rng.normal(size=s) for s in ((4, 3), (4,), (1, 4), (1,))], rng.normal(size=(5, 3))
    W1, b1, W2, b2 = map(torch.tensor, params)
    wanted = torch.sigmoid(torch.tanh(torch.tensor(X) @ W1.T + b1) @ W2.T + b2)[:, 0]
    np.testing.assert_allclose(solution["predict"](params, X), wanted, rtol=1e-12)


def test_training_reaches_what_the_text_asks_for_in_time(solution):
    for seed in range(10):
        (X, y), (X_new, y_new) = both_parts(solution, 100 + seed)
        start = time.process_time()
        params = solution["train_classifier"](X, y, np.random.default_rng(seed))
        assert time.process_time() - start < 2
        assert solution["accuracy"](params, X_new, y_new) > 0.81
    again = solution["train_classifier"](X, y, np.random.default_rng(seed))
    assert all(np.array_equal(a, b) for a, b in zip(params, again))


def test_training_takes_the_steps_that_pytorch_would_take(solution):
    """The same start, SGD on cross-entropy with a penalty on both matrices: 500 steps later the same weights."""
    rng, twin_rng = np.random.default_rng(8), np.random.default_rng(8)
    X, y = rng.normal(size=(30, 3)), np.arange(30) % 2
    twin_rng.normal(size=(30, 3))
    start = twin_rng.normal(size=(16, 3)) / 3**0.5, np.zeros(16), twin_rng.normal(size=(1, 16)) / 4, np.zeros(1)
    W1, b1, W2, b2 = tensors = [torch.tensor(p, requires_grad=True) for p in start]
    optimizer = torch.optim.SGD([{"params": [W1, W2], "weight_decay": 0.004}, {"params": [b1, b2]}], lr=1.0)
    inputs, labels = torch.tensor(X), torch.tensor(y[:, None].astype(float))
    for _ in range(500):
        optimizer.zero_grad()
        z = torch.tanh(inputs @ W1.T + b1) @ W2.T + b2
        torch.nn.functional.binary_cross_entropy_with_logits(z, labels).backward()
        optimizer.step()
    for got, tensor in zip(solution["train_classifier"](X, y, rng), tensors):
        np.testing.assert_allclose(got, tensor.detach(), rtol=1e-5, atol=1e-7)


def test_importance_counts_paths(solution):
    rng = np.random.default_rng(9)
    W1, b1, W2, b2 = (rng.normal(size=s) for s in ((4, 3), (4,), (1, 4), (1,)))
    paths = [sum(abs(W2[0, k] * W1[k, j]) for k in range(4)) for j in range(3)]
    shares = solution["feature_importance"]((W1, b1, W2, b2))
    np.testing.assert_allclose(shares, np.divide(paths, sum(paths)), rtol=1e-12)
    order = [2, 0, 3, 1]
    turned = solution["feature_importance"]((W1[order], b1[order], W2[:, order], b2))
    np.testing.assert_allclose(turned, shares, rtol=1e-12)


def test_the_figure_and_the_model_answer_are_right(solution):
    """Age matters most and is uncorrelated; the fee least. In years, months weigh twelve times as much."""
    X, y = solution["make_customers"](20_000, np.random.default_rng(3))
    assert abs(np.corrcoef(X[:, 0], y)[0, 1]) < 0.03 < 0.25 < -np.corrcoef(X[:, 2], y)[0, 1]
    (X, y), _ = both_parts(solution, 3)
    runs = [solution["train_classifier"](X, y, np.random.default_rng(s)) for s in range(5)]
    shares = np.mean([solution["feature_importance"](params) for params in runs], axis=0)
    assert shares.argsort().tolist() == [3, 4, 1, 2, 0]

    W1, b1, W2, b2 = runs[0]
    unit = np.array([1, 12, 1, 1, 1])                                    # column 1 in twelfths of its unit before
    np.testing.assert_allclose(solution["predict"]((W1 * unit, b1, W2, b2), X / unit), solution["predict"](runs[0], X))
    before, after = (solution["feature_importance"]((W, b1, W2, b2)) for W in (W1, W1 * unit))
    assert after[1] / after[0] == pytest.approx(12 * before[1] / before[0])


def test_the_tumours_of_the_figure(solution):
    (x, y), (x_new, y_new) = data.breast_cancer()
    x, x_new = solution["standardize"](x, x_new)
    assert solution["accuracy"](solution["train_classifier"](x, y, np.random.default_rng(0)), x_new, y_new) > 0.95
