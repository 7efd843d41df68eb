"""capstone: the worked numbers, found again by other means."""

from itertools import combinations, product

import numpy as np
import pytest
from scipy import stats
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import LeaveOneGroupOut
from sklearn.neighbors import KNeighborsRegressor

from tests.exercises.proofs import (  # noqa: F401
    solved,
    test_it_is_proved,
    test_its_class_gets_its_marks,
    test_its_shape,
    test_other_peoples_answers_get_what_they_deserve,
    test_the_release_stops_at_the_first_open_task,
)


@pytest.fixture(scope="module")
def answer():
    return solved("capstone")


def absolute(predicted, y):
    """The mean absolute error."""
    return np.mean(np.abs(predicted - y))


def best_line(x, y):
    """The sceptic's line, by scikit-learn: its column and its predict."""
    fits = [LinearRegression().fit(x[:, [k]], y) for k in range(x.shape[1])]
    scores = [-np.inf if len(np.unique(x[:, k])) == 1 else fit.score(x[:, [k]], y) for k, fit in enumerate(fits)]
    k = int(np.argmax(scores))
    return k, lambda x_new: fits[k].predict(x_new[:, [k]])


def test_what_the_text_says_of_the_table(answer):
    x, y, molecule = answer["x"], answer["y"], answer["molecule"]
    rows = [tuple(row) for row in x]
    assert (x.shape, y.shape, len(set(rows)), max(molecule) + 1) == ((1282, 10), (1282,), 1028, 1028)
    assert len(set(zip(rows, molecule.tolist()))) == 1028                  # equal rows have equal numbers, no others
    assert sum(rows.count(row) > 1 for row in rows) == 396                 # the model answer: about 400
    assert not set(answer["molecule"][answer["held"]]) & set(answer["molecule"][~answer["held"]])


def test_every_set_of_groups_is_equally_likely(answer):
    groups, counts, n = np.array([7, 2, 7, 7, -1, 2, 7, 40]), {}, 3000
    for seed in range(n):
        train, test = answer["split_groups"](groups, 2, np.random.default_rng(seed))
        assert sorted([*train, *test]) == list(range(8)) and not set(groups[train]) & set(groups[test])
        drawn = tuple(sorted({int(group) for group in groups[test]}))
        counts[drawn] = counts.get(drawn, 0) + 1
    assert set(counts) == set(combinations([-1, 2, 7, 40], 2))
    assert stats.chisquare(list(counts.values())).pvalue > 1e-4


def test_one_group_held_out_is_one_of_scikit_learns_splits(answer):
    groups = np.random.default_rng(1).integers(0, 6, 30)
    possible = [(train.tolist(), test.tolist()) for train, test in LeaveOneGroupOut().split(groups, groups=groups)]
    for seed in range(10):
        train, test = answer["split_groups"](groups, 1, np.random.default_rng(seed))
        assert (sorted(train.tolist()), sorted(test.tolist())) in possible


def test_the_line(answer):
    rng = np.random.default_rng(2)
    for n, d in ((3, 1), (5, 4), (60, 7)):
        x = rng.normal(size=(n, d)) * 10.0 ** rng.integers(-3, 4, d) + rng.normal(size=d)
        x = np.insert(x, d // 2, 0.1, axis=1)                              # a constant column among them
        y, x_new = rng.normal(size=n) + 50, rng.normal(size=(9, d + 1))
        np.testing.assert_allclose(answer["baseline"](x, y)(x_new), best_line(x, y)[1](x_new), rtol=1e-7)


def test_the_worked_line_and_its_error(answer):
    x = np.array([[1.0, 5, 9], [2, 5, 7], [3, 5, 5], [9, 5, 3]])
    column, predict = best_line(x, np.array([0.0, 10, 20, 30]))
    assert column == 2
    np.testing.assert_allclose(predict(np.array([[100.0, 5, 4], [-100, 6, 10]])), [25, -5])
    column, predict = best_line(answer["x_learn"], answer["y_learn"])
    error = absolute(predict(answer["x_held"]), answer["y_held"])
    assert (column, error, 0.6 * error) == (0, pytest.approx(1.2435, abs=5e-5), pytest.approx(0.746, abs=5e-4))


def splits(answer, seeds):
    """Splits by whole groups, a fifth held out: x, y to learn from, x, y held out."""
    x, y, molecule = answer["x"], answer["y"], answer["molecule"]
    for seed in seeds:
        test = np.isin(molecule, np.random.default_rng(seed).choice(1028, 206, replace=False))
        yield x[~test], y[~test], x[test], y[test]


def ratio(parts, model):
    """The model's mean absolute error over these splits, by that of the line. model: x, y -> predict."""
    errors = [(absolute(model(x, y)(x_new), y_new), absolute(best_line(x, y)[1](x_new), y_new))
              for x, y, x_new, y_new in parts]
    mine, line = np.mean(errors, axis=0)
    return mine / line


def test_the_promise_is_kept_whatever_the_seed(answer):
    fixed = [[answer[name] for name in ("x_learn", "y_learn", "x_held", "y_held")]]
    for seed in range(15):
        assert ratio(fixed, lambda x, y, s=seed: answer["train_model"](x, y, np.random.default_rng(s))) < 0.55
    for seed in range(3):
        parts = splits(answer, range(3 * seed, 3 * seed + 3))
        assert ratio(parts, lambda x, y, s=seed: answer["train_model"](x, y, np.random.default_rng(s))) < 0.57


def test_the_promise_parts_good_models_from_a_plane(answer):
    """Trees and five neighbours keep it; a plane through all columns and a single neighbour do not."""
    parts = list(splits(answer, range(12)))
    assert ratio(parts, lambda x, y: RandomForestRegressor(40, random_state=0).fit(x, y).predict) < 0.57
    mean, std = answer["x"].mean(axis=0), answer["x"].std(axis=0)
    for neighbours, low, high in ((5, 0.4, 0.58), (1, 0.6, 1)):
        def nearest(x, y, k=neighbours):
            fit = KNeighborsRegressor(k).fit((x - mean) / std, y)
            return lambda x_new: fit.predict((x_new - mean) / std)

        assert low < ratio(parts, nearest) < high
    assert ratio(parts, lambda x, y: LinearRegression().fit(x, y).predict) > 0.63


def test_the_promise_holds_in_other_units(answer):
    x, y, x_new, y_new = (answer[name] for name in ("x_learn", "y_learn", "x_held", "y_held"))
    units = 10.0 ** np.random.default_rng(3).integers(-3, 4, 10)
    other, other_new = (np.insert(part * units, 4, 0.1, axis=1) for part in (x, x_new))
    for shift in (100, -100):
        before = other.copy(), y.copy()
        predict = answer["train_model"](other, y + shift, np.random.default_rng(4))
        assert absolute(predict(other_new), y_new + shift) < 0.55 * 1.2435
        np.testing.assert_array_equal(other, before[0])
        np.testing.assert_array_equal(y, before[1])


def test_the_three_rules(answer):
    x, y, x_new = answer["x_learn"], answer["y_learn"], answer["x_held"]
    predict, again = (answer["train_model"](x, y, np.random.default_rng(5)) for _ in range(2))
    all_at_once = predict(x_new)
    np.testing.assert_array_equal(all_at_once, again(x_new))
    alone = np.concatenate([predict(x_new[k : k + 1]) for k in range(len(x_new))])
    np.testing.assert_allclose(alone, all_at_once, rtol=1e-9)


def test_the_interval(answer):
    """Worked numbers: of a hundred draws from fifty zeros and fifty ones the ones are binomial."""
    draws = stats.binom(100, 0.5)
    assert [draws.ppf(q) for q in (0.025, 0.975, 0.25, 0.75)] == [40, 60, 47, 53]
    errors = np.repeat([0.0, 1.0], 50)
    for seed in range(20):
        for level, wanted in ((0.95, [0.4, 0.6]), (0.5, [0.47, 0.53])):
            got = answer["bootstrap_interval"](errors, np.random.default_rng(seed), 4000, level)
            np.testing.assert_allclose(got, wanted, atol=0.015)


def test_the_interval_of_few_numbers(answer):
    """Its ends are quantiles of all n**n draws, as far as 20,000 of them can tell."""
    rng = np.random.default_rng(6)
    for n, level in ((1, 0.9), (2, 0.6), (6, 0.8)):
        errors = rng.normal(0, 2, n)
        means = np.mean(list(product(errors, repeat=n)), axis=1)
        ends = answer["bootstrap_interval"](errors, np.random.default_rng(7), 20_000, level)
        for end, q in zip(ends, ((1 - level) / 2, (1 + level) / 2), strict=True):
            assert isinstance(end, float)
            low, high = np.quantile(means, [q - 0.01, q + 0.01], method="inverted_cdf")
            assert low - 1e-12 <= end <= high + 1e-12


def test_the_interval_is_that_of_scipy(answer):
    errors = np.random.default_rng(8).normal(1, 2, 60)
    for level in (0.95, 0.7):
        got = answer["bootstrap_interval"](errors, np.random.default_rng(9), 20_000, level)
        theirs = stats.bootstrap((errors,), np.mean, n_resamples=20_000, confidence_level=level,
                                 method="percentile", rng=np.random.default_rng(10)).confidence_interval
        np.testing.assert_allclose(got, theirs, atol=0.05 * errors.std() / 60**0.5)


def test_the_report(answer):
    rng = np.random.default_rng(9)
    seen = []
    for n in (1, 30):
        y, mine, other = rng.normal(size=(3, n))
        for low in (-0.1, 0.0, 0.1):
            told = answer["report"](y, mine, other, lambda e, low=low: seen.append(e) or (low, low + 1))
            errors = [abs(a - b) for a, b in zip(mine, y)]
            gains = [abs(a - b) - e for a, b, e in zip(other, y, errors)]
            assert told == {"error": pytest.approx(sum(errors) / n), "interval": (low, low + 1),
                            "gain": pytest.approx(sum(gains) / n), "gain_interval": (low, low + 1), "better": low > 0}
            asked = sorted(seen[-2:], key=np.ndarray.tolist)
            np.testing.assert_allclose(asked, sorted([errors, gains]))


def test_the_worked_report():
    mine, other = np.array([0.5, 0, 1, 0.5]), np.array([2.0, 1, 0, 1])     # absolute errors, by hand
    assert (mine.mean(), (other - mine).mean()) == (0.5, 0.5)
    assert (mine.min(), mine.max(), (other - mine).min(), (other - mine).max()) == (0, 1, -1, 1.5)


def test_what_the_model_answer_says_of_the_neighbours(answer):
    """About 0.74 where whole groups are held out, 0.66 where single rows are, and the gap is no chance."""
    x, y, means = answer["x"], answer["y"], []
    for groups, n_test in ((answer["molecule"], 206), (np.arange(len(y)), 256)):
        errors = []
        for seed in range(40):
            test = np.isin(groups, np.random.default_rng(100 + seed).permutation(max(groups) + 1)[:n_test])
            z = (x - x[~test].mean(axis=0)) / x[~test].std(axis=0)
            errors.append(absolute(KNeighborsRegressor(1).fit(z[~test], y[~test]).predict(z[test]), y[test]))
        means.append(np.mean(errors))
    assert means == [pytest.approx(0.74, abs=0.02), pytest.approx(0.66, abs=0.02)]
