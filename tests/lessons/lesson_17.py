"""Lesson 17: the turns, taken right and wrong, and what must be true when it has run."""

import numpy as np

TURNS = {
    "nearest_mean": {
        "right": "def nearest_mean(x, y, x_new):\n"
                 "    best, answer = np.full(len(x_new), np.inf), np.zeros(len(x_new), y.dtype)\n"
                 "    for k in sorted(set(y.tolist())):\n"
                 "        away = np.linalg.norm(x_new - np.mean(x[y == k], axis=0), axis=1)\n"
                 "        answer[away < best] = k\n"
                 "        best = np.minimum(best, away)\n"
                 "    return answer",
        "wrong": [
            "def nearest_mean(x, y, x_new):\n"
            "    means = np.stack([x[y == k].mean(axis=0) for k in np.unique(y)])\n"
            "    return np.argmin([[np.sum((row - m) ** 2) for m in means] for row in x_new], axis=1)",
            "def nearest_mean(x, y, x_new):\n"
            "    classes = np.unique(y)\n"
            "    means = np.stack([x[y == k].mean() for k in classes])\n"
            "    return classes[((x_new[:, None] - means[:, None]) ** 2).sum(axis=2).argmin(axis=1)]",
            "def nearest_mean(x, y, x_new):\n"
            "    return y[((x_new[:, None] - x) ** 2).sum(axis=2).argmin(axis=1)]",
            "def nearest_mean(x, y, x_new):\n"
            "    means = np.stack([x[y == k].mean(axis=0) for k in np.unique(y)])\n"
            "    return np.unique(y)[np.abs(x_new[:, None] - means).sum(axis=2).argmin(axis=1)]",
        ]},
    "half_width": {
        "right": "def half_width(gains, unit):\n"
                 "    total = 0.0\n"
                 "    for u in set(unit.tolist()):\n"
                 "        total += np.sum(gains[unit == u] - np.mean(gains)) ** 2\n"
                 "    return 1.96 * total**0.5 / len(gains)",
        "wrong": [
            "def half_width(gains, unit):\n    return 1.96 * np.sqrt(np.sum((gains - gains.mean()) ** 2)) / len(gains)",
            "def half_width(gains, unit):\n"
            "    return 1.96 * np.sqrt(np.sum(np.bincount(unit, gains) ** 2)) / len(gains)",
            "def half_width(gains, unit):\n"
            "    sums = np.bincount(unit, gains - gains.mean())\n"
            "    return np.sqrt(np.sum(sums**2)) / len(gains)",
            "def half_width(gains, unit):\n"
            "    sums = np.bincount(unit, gains - gains.mean())\n"
            "    return 1.96 * np.linalg.norm(sums) / len(sums)",
        ]},
    "word_scores": {
        "right": "def word_scores(there, good):\n"
                 "    yes, no = np.sum(good), np.sum(1 - good)\n"
                 "    g, b = good @ there, (1 - good) @ there\n"
                 "    return np.log((g + 1) * (no + 2) / ((b + 1) * (yes + 2)))",
        "wrong": [
            "def word_scores(there, good):\n"
            "    return np.log((there[good].sum(axis=0) + 1) / (there[~good].sum(axis=0) + 1))",
            "def word_scores(there, good):\n"
            "    a = (there[good].sum(axis=0) + 1) / (good.sum() + 2)\n"
            "    b = (there[~good].sum(axis=0) + 1) / ((~good).sum() + 2)\n"
            "    return np.log(b / a)",
            "def word_scores(there, good):\n"
            "    a = (there[good].sum(axis=0) + 1) / (good.sum() + 2)\n"
            "    return a - (there[~good].sum(axis=0) + 1) / ((~good).sum() + 2)",
        ]},
    "as_last_year": {
        "right": "def as_last_year(ppm, t):\n"
                 "    return np.array([ppm[k - 1] + (ppm[k - 12] - ppm[k - 13]) for k in t])",
        "wrong": [
            "def as_last_year(ppm, t):\n    return ppm[t - 12]",
            "def as_last_year(ppm, t):\n    return ppm[t - 12] + ppm[t] - ppm[t - 12]",
            "def as_last_year(ppm, t):\n    return ppm[t - 12] + ppm[t - 1] - ppm[t - 2]",
        ]},
}


def test_photographs_beat_class_means_by_far_and_logistic_regression_by_little():
    assert board["photographs, class means"][0] > 0.3               # of the sceptic's mistakes
    assert 0 < board["photographs"][0] < 0.6 * board["photographs, class means"][0]
    assert names[worst] == "shirt" and by_kind[worst] < by_kind.mean() - 0.1 and by_kind[best] > 0.93
    assert 4 <= len(missed) <= 10


def test_the_interval_is_the_bootstraps():
    rng = np.random.default_rng(5)
    unit = np.sort(rng.integers(0, 150, 900))
    unit = np.unique(unit, return_inverse=True)[1]
    noisy = rng.standard_normal(150)[unit] + rng.standard_normal(900)
    wide, narrow = half_width(noisy, unit), half_width(noisy, np.arange(900))
    assert wide > 1.5 * narrow                                      # units make it wider, and rightly so
    assert abs(1.96 * redrawn(noisy, unit).std() / wide - 1) < 0.1
    hits = (rng.random(1000) < 0.3).astype(float)
    binomial = 1.96 * np.sqrt(hits.mean() * (1 - hits.mean()) / 1000)
    np.testing.assert_allclose(half_width(hits, np.arange(1000)), binomial)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng, inside = np.random.default_rng(6), 0
    for _ in range(400):
        noisy = np.repeat(rng.standard_normal(60), 5) + rng.standard_normal(300)
        inside += abs(noisy.mean()) < half_width(noisy, np.repeat(np.arange(60), 5))
    assert 0.9 < inside / 400 < 0.985


def test_sentences_tie():
    gain, half = board["sentences"]
    assert abs(gain) < 0.1 and half < 0.1
    assert np.mean((felt > 0) == good) > 0.74 and np.mean((counted > 0) == good) > 0.74


def test_she_gets_more_than_he():
    assert 0.08 < change.mean() < 0.25 and change.mean() > half_width(change, np.arange(len(change)))
    assert counting_too.mean() > half_width(counting_too, np.arange(len(counting_too)))


def test_air_is_forecast_better_than_by_the_sceptic():
    gain, half = board["air"]
    assert gain > 0.1 and gain > half
    assert errors["a year ago"].mean() > 3 * errors["sceptic"].mean()
    assert new.mean() > 0.85
    worst_month = np.flatnonzero(~past)[errors["network"].argmax()]
    assert round(year[t][worst_month], 1) == 1991.2
    assert ppm[t][worst_month] > max(forecast[worst_month], sceptic[worst_month])


def test_votes_beat_the_means_by_far_the_party_line_surely_and_agreement_hardly():
    (far, width), (gain, half) = board["votes, means"], board["votes, party line"]
    assert far - width > 0.4 and gain > 0.1 and gain > 1.5 * half
    assert -0.05 < board["votes, agreement"][0] < 0.1
    assert 0.77 < np.mean((z["model"] > 0) == vote) < 0.81
    assert abs(wrong["means"].mean() - 0.5) < 0.03 and abs(wrong["party line"].mean() - 0.25) < 0.01
    apart = wrong["party line"] - wrong["model"]
    democrats = party[who] == 0
    assert apart[democrats].mean() > half_width(apart[democrats], who[democrats])
    assert abs(apart[~democrats].mean()) < half_width(apart[~democrats], who[~democrats])
    assert 1.5 < half_width(apart, what) / half_width(apart, who) < 2.8         # the cell's remark: about twice
    one = part == 0                                                 # a fifth alone: an interval about twice as wide
    assert 1.6 < half_width(apart[one], who[one]) / half_width(apart, who) < 2.4
    assert data.columns("votes")[hardest] == "immigration" and by_question[hardest] > 0.38


def test_a_hidden_vote_is_not_used():
    """Turn round every hidden vote of one fold: what is said about them stays the same."""
    k = part == 4
    turned = np.where(k, 1 - vote, vote)
    grid = np.zeros((435, 16))
    grid[who[~k], what[~k]] = 2 * turned[~k] - 1
    np.testing.assert_array_equal((grid @ grid.T @ grid)[who, what][k], z["agreement"][k])
    np.testing.assert_array_equal(matched(~k)(who[k], what[k])[:, 0], z["model"][k])


def test_parties_that_nobody_told_are_guessed():
    assert np.mean(guessed == party[secret]) > max(0.85, np.mean(party[secret] == 0) + 0.2)


def test_patients_tie_and_another_microscope_hurts():
    assert abs(np.mean((network > 0) == ill) - np.mean((logistic > 0) == ill)) < 0.015
    assert np.mean((logistic > 0) == ill) > 0.965
    usual, larger_ones = np.sum((logistic > 0) != ill), np.sum(alarm != ill)
    assert 3 * usual < larger_ones < 6 * usual
    assert np.sum(alarm & (ill == 0)) > 0.85 * larger_ones          # nearly all false alarms
    assert network[worst_miss] < logistic[worst_miss] < 0           # the network is as wrong, and surer
    names_of = data.columns("breast_cancer")
    assert [names_of[k] for k in np.flatnonzero(powers)[:3]] == ["mean radius", "mean perimeter", "mean area"]
    assert [names_of[k] for k in (20, 21, 27)] == ["worst radius", "worst texture", "worst concave points"]
    assert min(larger[[20, 21, 27]]) > 0.2


def test_random_months_flatter():
    assert errors["sceptic"].mean() < shuffled < 0.8 and honest > 4 * shuffled


def test_it_says_the_same_twice():
    np.testing.assert_array_equal(held_out((30, 1)), logistic)
    assert error_of_dates(year >= 1985) == honest
