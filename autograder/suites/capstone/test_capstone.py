"""Hidden tests of capstone: the split, the sceptic's line, the model, the interval, the report.

Every Generator lives with the student (`generator`). What is random is judged by what holds for any stream of random
numbers: by properties, or by shares that are more than five standard deviations from what could fail by chance.

How good a model is, is measured on three splits which together hold out each molecule once: their pooled error hardly
depends on how the table was split, while that of a single split varies by 0.04 around 0.5.
"""

import functools
import itertools

import numpy as np
import pytest

from autograder.marking.student import Handle, Shown
from nnlib.data import solubility

packages = ["numpy", "nnlib.nn", "nnlib.optim", "nnlib.data", "nnlib.plot"]


def generator(student, seed):
    """A NumPy Generator in the student's process."""
    return student.np.random.default_rng(seed)


# The split --------------------------------------------------------------------------------------------------


def groups_of_sizes(seed, sizes):
    """Group numbers in random order, negative ones and gaps among them; group i has sizes[i] rows."""
    rng = np.random.default_rng(seed)
    numbers = rng.choice(np.arange(-500, 500), len(sizes), replace=False)
    return rng.permutation(np.repeat(numbers, sizes))


def split(student, groups, n_test, rng):
    """The student's training and test part: two arrays of row numbers that exist, or masks (see test_split_rows)."""
    answer = student.split_groups(groups, n_test, rng)
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise Shown("expected two arrays: train, test")
    parts = [np.asarray(part) for part in answer]
    for name, part in zip(("train", "test"), parts):
        if part.ndim != 1 or part.dtype.kind not in "biu":
            raise Shown(f"{name}: expected an array of ints with one axis, got {part.dtype} with {part.ndim} axes")
        assert part.size and part.min() >= 0 and part.max() < len(groups)
        assert part.dtype != bool or len(part) == len(groups)
    return parts


@pytest.mark.grade("test-split-groups", points=0.25,
                   hint="Row numbers from 0 to N - 1, not group numbers: np.flatnonzero of a mask gives them.")
def test_split_rows(student):
    """Both parts together hold each row once."""
    for seed, sizes, n_test in ((1, [3, 1, 4, 1, 5], 2), (2, [1] * 7, 3), (3, [2, 6], 1)):
        groups = groups_of_sizes(seed, sizes)
        train, test = split(student, groups, n_test, generator(student, seed))
        if train.dtype == bool or test.dtype == bool:
            raise Shown("expected row numbers, got masks of True and False")
        np.testing.assert_array_equal(np.sort([*train, *test]), np.arange(len(groups)))


@pytest.mark.grade("test-split-groups", points=0.5,
                   hint="Draw groups, not rows. Then every row whose group was drawn belongs to the test part.")
def test_split_no_leak(student):
    """No group is in both parts."""
    for seed, sizes, n_test in ((4, [3, 1, 4, 1, 5], 2), (5, [9, 9, 9], 1), (6, [2] * 40, 15)):
        groups = groups_of_sizes(seed, sizes)
        train, test = split(student, groups, n_test, generator(student, seed))
        assert not set(groups[train]) & set(groups[test])


@pytest.mark.grade("test-split-groups", points=0.25,
                   hint="n_test counts groups, and none is drawn twice. How does rng.choice draw without replacement?")
def test_split_n_test(student):
    """n_test different groups are held out, from one to all but one."""
    for seed, sizes, n_test in ((7, [3, 1, 4, 1, 5, 2], 1), (8, [3, 1, 4, 1, 5, 2], 5), (9, [2] * 40, 30)):
        groups = groups_of_sizes(seed, sizes)
        _, test = split(student, groups, n_test, generator(student, seed))
        assert len(set(groups[test])) == n_test


@pytest.mark.grade("test-split-groups", points=0.5, seconds=5,
                   hint="A group of nine rows is drawn as often as a group of one: draw from np.unique(groups).")
def test_split_equally_likely(student):
    """Every set of n_test groups is equally likely, whatever the sizes of the groups."""
    groups, rng = groups_of_sizes(10, [9, 1, 1, 3]), generator(student, 10)
    drawn = [frozenset(groups[split(student, groups, 2, rng)[1]].tolist()) for _ in range(240)]
    # Each of the six pairs in a sixth of 240 draws: 40, with a standard deviation of 5.8.
    for pair in itertools.combinations(set(groups.tolist()), 2):
        assert 10 <= drawn.count(frozenset(pair)) <= 70


@pytest.mark.grade("test-split-groups", points=0.25,
                   hint="Use the rng that you are given: not np.random, and no generator of your own.")
def test_split_seed(student):
    """The same seed gives the same split, another seed or a second call another one."""
    groups = groups_of_sizes(11, [2] * 40)
    rng = generator(student, 0)
    splits = [split(student, groups, 20, rng), split(student, groups, 20, rng),
              split(student, groups, 20, generator(student, 0)), split(student, groups, 20, generator(student, 1))]
    first, second, again, other = (sorted(groups[test].tolist()) for _, test in splits)
    assert first == again
    assert first != second and first != other


@pytest.mark.grade("test-split-groups", points=0.25,
                   hint="rng.shuffle(a) shuffles a itself, rng.permutation(a) a copy.")
def test_split_keeps_groups(student):
    """split_groups leaves groups as it was."""
    groups = groups_of_sizes(12, [3, 1, 4, 1, 5])
    sent = student.put(groups)
    parts = student.split_groups(sent, 2, generator(student, 12))
    assert len(parts) == 2 and all(np.size(part) for part in parts)
    np.testing.assert_array_equal(sent.get(), groups)


# The sceptic's line -----------------------------------------------------------------------------------------


def best_line(x, y):
    """Slope and intercept of each column that varies by the normal equations; the best predicts."""
    columns = [j for j in range(x.shape[1]) if np.ptp(x[:, j]) > 0]
    designs = [np.column_stack([x[:, j], np.ones(len(x))]) for j in columns]
    fits = [np.linalg.solve(A.T @ A, A.T @ y) for A in designs]
    best = int(np.argmin([np.sum((A @ fit - y) ** 2) for A, fit in zip(designs, fits)]))
    return lambda x_new: x_new[:, columns[best]] * fits[best][0] + fits[best][1]


def predictions(predict, x_new):
    """What predict says of x_new; Shown where that is no function, or not one finite number for each row."""
    if not isinstance(predict, Handle):
        raise Shown("expected a function predict, something else came back")
    predicted = np.asarray(predict(x_new))
    if predicted.shape != (len(x_new),):
        raise Shown(f"expected predictions of shape (M,), got {predicted.ndim} axes, for M = {len(x_new)} rows")
    if predicted.dtype.kind not in "iuf":
        raise Shown(f"expected predictions that are floats, got {predicted.dtype}")
    if not np.all(np.isfinite(predicted)):
        raise Shown("some predictions are NaN or infinite")
    return predicted


def assert_best_line(student, x, y, x_new):
    """baseline predicts with the best line."""
    np.testing.assert_allclose(predictions(student.baseline(x, y), x_new), best_line(x, y)(x_new), rtol=1e-6, atol=1e-6)


@pytest.mark.grade("test-baseline", points=0.25,
                   hint="slope * x + intercept with the smallest sum of squared errors: np.polyfit finds both.")
def test_baseline_line(student):
    """With a single column the line is that of least squares, whether it rises or falls."""
    rng = np.random.default_rng(13)
    for n, slope in ((12, 2.0), (20, -3.0), (3, 0.5)):
        x = rng.normal(5, 2, (n, 1))
        assert_best_line(student, x, slope * x[:, 0] + rng.normal(7, 1, n), rng.normal(size=(4, 1)))


@pytest.mark.grade("test-baseline", points=0.25,
                   hint="For each column: fit, predict the rows of x, mean squared error. The smallest one wins.")
def test_baseline_column(student):
    """The column with the smallest error is used, first or last, in any unit, rising or falling, and no other one."""
    rng = np.random.default_rng(14)
    for best, slope, unit in ((0, 1.0, 1.0), (2, -1.0, 1.0), (3, 1.0, 1000.0)):
        x = rng.normal(size=(40, 4))
        y = slope * 2 * x[:, best] + 1.5 * x[:, 1] + rng.normal(0, 0.5, 40) + 3     # column 1 is the second best
        assert_best_line(student, x * [0.1, 1, 10, 100], unit * y, rng.normal(size=(5, 4)))
    # Column 0 has the smallest mean absolute error, but one row far out; column 1 has the smallest squared one.
    y = rng.normal(size=30)
    x = y[:, None] + rng.normal(size=(30, 3)) * [0, 0.5, 2]
    x[0, 0] += 4
    assert_best_line(student, x, y, rng.normal(size=(5, 3)))


@pytest.mark.grade("test-baseline", points=0.25,
                   hint="Where a column does not vary, its slope is 0 / 0. Leave it out before you compare the others.")
def test_baseline_constant(student):
    """A column with one number in all rows is never chosen, first or last."""
    rng = np.random.default_rng(15)
    for place, number in ((0, 5.0), (1, 0.0), (2, 0.1)):
        x = np.insert(rng.normal(size=(15, 2)), place, number, axis=1)
        y = x @ [1.0, 2.0, 3.0] + rng.normal(size=15)
        assert_best_line(student, x, y, rng.normal(size=(3, 3)))


@pytest.mark.grade("test-baseline", points=0.25,
                   hint="x -= ... changes the caller's array, x = x - ... makes a new one.")
def test_baseline_keeps_inputs(student):
    """baseline and predict leave their arrays as they were, and one new row is enough."""
    rng = np.random.default_rng(16)
    x = rng.normal(5, 2, (20, 2))
    y, x_new = x @ [3.0, 0.1] + rng.normal(size=20), rng.normal(size=(1, 2))
    sent = student.put([x, y, x_new])
    predict = student.baseline(sent[0], sent[1])
    assert np.size(predict(sent[2])) == 1
    for array, before in zip(sent.get(), (x, y, x_new)):
        np.testing.assert_array_equal(array, before)


# The model --------------------------------------------------------------------------------------------------


@functools.cache
def table():
    """x, y, and for each row one of three folds; equal rows are in the same fold."""
    parts = solubility()
    x = np.concatenate([part[0] for part in parts]).astype(float)
    y = np.concatenate([part[1] for part in parts]).astype(float)
    molecule = np.unique(x, axis=0, return_inverse=True)[1].ravel()
    return x, y, np.random.default_rng(17).permutation(molecule.max() + 1)[molecule] % 3


def assert_better_than_the_line(student, change):
    """Over three splits the error is at most 0.6 times that of the line; change(fold, x, y) gives other units."""
    x, y, folds = table()
    errors, line_errors = [], []
    for fold in range(3):
        learn, held = folds != fold, folds == fold
        a, b = change(fold, x, y)
        predict = student.train_model(a[learn], b[learn], generator(student, fold))
        errors += list(np.abs(predictions(predict, a[held]) - b[held]))
        line_errors += list(np.abs(best_line(a[learn], b[learn])(a[held]) - b[held]))
    assert len(errors) == len(y)
    if not np.mean(errors) <= 0.6 * np.mean(line_errors):
        raise Shown("on held-out molecules the mean absolute error is more than 0.6 times that of the sceptic's line")


def some_rows():
    """400 rows to learn from and 30 others."""
    x, y, _ = table()
    order = np.random.default_rng(18).permutation(len(y))
    learn, new = order[:400], order[400:430]
    return x[learn], y[learn], x[new]


def trained(student, x, y, seed):
    """The student's model, which has at least learned something: guessing the median would be worse."""
    predict = student.train_model(x, y, generator(student, seed))
    if not np.mean(np.abs(predictions(predict, x) - y)) < 0.9 * np.mean(np.abs(np.median(y) - y)):
        raise Shown("even on its own training rows the model is hardly better than always guessing the median")
    return predict


@pytest.mark.grade("test-train-model", points=0.5, seconds=6,
                   hint="A plane through all columns is not enough: the model must be able to bend. Does it train long "
                        "enough, on standardised columns?")
def test_model_error(student):
    """On held-out molecules the error is at most 0.6 times that of the sceptic's line."""
    assert_better_than_the_line(student, lambda fold, x, y: (x, y))


@pytest.mark.grade("test-train-model", points=0.25, seconds=6,
                   hint="Subtract each column's mean and divide by its standard deviation, those of the training rows.")
def test_model_units_of_x(student):
    """The promise holds where columns are measured in other units, up to 1,000 times larger or smaller."""
    scales = 10.0 ** np.random.default_rng(19).permuted(np.tile(np.linspace(-3, 3, 10), (3, 1)), axis=1)
    assert_better_than_the_line(student, lambda fold, x, y: (x * scales[fold], y))


@pytest.mark.grade("test-train-model", points=0.25, seconds=6,
                   hint="Train on y minus its mean, and let predict add the mean again.")
def test_model_units_of_y(student):
    """The promise holds where a number up to 100 is added to all of y."""
    assert_better_than_the_line(student, lambda fold, x, y: (x, y + (100, 50, 75)[fold]))


@pytest.mark.grade("test-train-model", points=0.25, seconds=6,
                   hint="The standard deviation of a constant column is 0. What do you divide by there? And is the "
                        "number of columns taken from x?")
def test_model_constant_column(student):
    """The promise holds with one more column, in which all rows have the same number."""
    places, numbers = (0, 10, 4), (7.0, 0.0, 0.1)
    assert_better_than_the_line(student, lambda fold, x, y: (np.insert(x, places[fold], numbers[fold], axis=1), y))


@pytest.mark.grade("test-train-model", points=0.25, seconds=4,
                   hint="Batches and weights: who draws them? Layers draw from what manual_seed(a_number) sets, and "
                        "that number can come from rng.")
def test_model_seed(student):
    """The same seed gives the same predictions."""
    x, y, x_new = some_rows()
    first, again = (predictions(trained(student, x, y, 3), x_new) for _ in range(2))
    np.testing.assert_allclose(again, first, rtol=1e-6, atol=1e-6)


@pytest.mark.grade("test-train-model", points=0.25, seconds=3,
                   hint="Is anything computed from all of x_new, such as a mean? Dropout and batch norm need eval().")
def test_model_each_row_alone(student):
    """The prediction for a row depends neither on the other rows nor on their order, and one row is enough."""
    x, y, x_new = some_rows()
    predict = trained(student, x, y, 4)
    together = predictions(predict, x_new)
    np.testing.assert_allclose(predictions(predict, x_new[::-1])[::-1], together, rtol=1e-4, atol=1e-4)
    alone = [predictions(predict, row[None])[0] for row in x_new]
    np.testing.assert_allclose(alone, together, rtol=1e-4, atol=1e-4)


@pytest.mark.grade("test-train-model", points=0.25, seconds=3,
                   hint="x -= ... and rng.shuffle(x) change the caller's array: make a new one.")
def test_model_keeps_inputs(student):
    """train_model and predict leave their arrays as they were."""
    x, y, x_new = some_rows()
    sent = student.put([x, y, x_new])
    predict = student.train_model(sent[0], sent[1], generator(student, 5))
    assert np.all(np.isfinite(predict(sent[2])))
    for array, before in zip(sent.get(), (x, y, x_new)):
        np.testing.assert_array_equal(array, before)


# The interval -----------------------------------------------------------------------------------------------


def interval_of(student, errors, rng, **options):
    """The two ends of the student's interval; which comes first is for test_bootstrap_one_number."""
    answer = student.bootstrap_interval(errors, rng, **options)
    if not isinstance(answer, (tuple, list, np.ndarray)) or len(answer) != 2:
        raise Shown("expected two floats: low, high")
    low, high = answer
    if np.ndim(low) or np.ndim(high):
        raise Shown("expected two floats, but low or high is an array")
    if not (np.isfinite(low) and np.isfinite(high)):
        raise Shown("low or high is NaN or infinite")
    return np.sort([low, high])


def means(errors, rng, times=20_000):
    """Means of N of the N numbers, drawn with replacement: how often each is drawn is multinomial."""
    return rng.multinomial(len(errors), np.full(len(errors), 1 / len(errors)), times) @ errors / len(errors)


@pytest.mark.grade("test-bootstrap-interval", points=0.25, seconds=4,
                   hint="return low, high. Where all numbers are equal, so are all means.")
def test_bootstrap_one_number(student):
    """Two floats, the lower one first; equal numbers, or a single one, have an interval without width."""
    low, high = student.bootstrap_interval(np.random.default_rng(23).normal(size=10), generator(student, 2))
    assert low <= high
    for n, number in ((1, 2.5), (6, 0.25), (1, 0.0)):
        low, high = interval_of(student, np.full(n, number), generator(student, n))
        np.testing.assert_allclose([low, high], [number, number], atol=1e-9)


@pytest.mark.grade("test-bootstrap-interval", points=0.5, seconds=8,
                   hint="Quantiles of the means, N numbers in each, drawn with replacement. Not of the numbers, and "
                        "not plus or minus two standard errors.")
def test_bootstrap_skewed(student):
    """The interval lies between quantiles of the means, which are far from symmetrical for a few skewed numbers."""
    # Each mean is k / 5 where the 1 (or the 0) is drawn k times: the quantiles of a binomial, at a distance from its
    # steps of more than seven standard deviations of what 4,000 draws may miss.
    for errors, expected in (([0.0, 0, 0, 0, 1], [0, 0.6]), ([1.0, 0, 1, 1, 1], [0.4, 1])):
        got = interval_of(student, np.array(errors), generator(student, 6), times=4000)
        np.testing.assert_allclose(got, expected, atol=1e-9)


@pytest.mark.grade("test-bootstrap-interval", points=0.5, seconds=8,
                   hint="alpha = 1 - level is what lies outside, and one half of it lies on each side.")
def test_bootstrap_level(student):
    """The share of the means inside is level; 0.95 where nothing is said."""
    rng = np.random.default_rng(20)
    errors = rng.gamma(2, size=9)
    drawn = means(errors, rng)
    for level, options in ((0.5, {"level": 0.5}), (0.8, {"level": 0.8}), (0.95, {})):
        got = interval_of(student, errors, generator(student, 7), times=4000, **options)
        expected = np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2])
        # 4,000 draws miss these quantiles by 0.02 to 0.05 standard deviations.
        np.testing.assert_allclose(got, expected, rtol=0, atol=0.3 * np.std(drawn))


@pytest.mark.grade("test-bootstrap-interval", points=0.25,
                   hint="times is the number of means, and np.quantile also says what lies between two of them.")
def test_bootstrap_times(student):
    """Where times is 2, the ends are what np.quantile says of two means; where it is 1, both are the only mean."""
    errors, rng, widths = np.array([0.0, 1.0]), generator(student, 8), []
    for _ in range(60):
        low, high = interval_of(student, errors, rng, times=2, level=0.5)
        # Whatever the level, low + high is the sum of the two means, and each of those is 0, 1/2 or 1.
        np.testing.assert_allclose(2 * (low + high), np.round(2 * (low + high)), atol=1e-6)
        widths.append(high - low)
        low, high = interval_of(student, errors, rng, times=1)
        np.testing.assert_allclose(low, high, atol=1e-9)
    assert max(widths) < 0.97   # the means 0 and 1, an eighth of all pairs, must not be the ends themselves


@pytest.mark.grade("test-bootstrap-interval", points=0.25, seconds=3,
                   hint="The errors come as they are: nothing has to be made positive, and 0 is a number like others.")
def test_bootstrap_sign(student):
    """Numbers of any sign have an interval, below 0 where they are."""
    rng = np.random.default_rng(21)
    for errors in (-rng.gamma(2, size=8), rng.normal(size=8)):
        drawn = means(errors, rng)
        got = interval_of(student, errors, generator(student, 9), times=2000, level=0.9)
        np.testing.assert_allclose(got, np.quantile(drawn, [0.05, 0.95]), rtol=0, atol=0.35 * np.std(drawn))


@pytest.mark.grade("test-bootstrap-interval", points=0.25, seconds=4,
                   hint="Use the rng that you are given: not np.random, and no generator of your own.")
def test_bootstrap_seed(student):
    """The same seed gives the same interval, another seed another one; errors stay as they were."""
    errors = np.random.default_rng(22).normal(size=12)
    sent = student.put(errors)
    first, again, other = (interval_of(student, sent, generator(student, seed), times=50) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert np.any(first != other)
    short, long = (interval_of(student, sent, generator(student, 2), **options)
                   for options in ({}, {"times": 1000, "level": 0.95}))
    if np.any(short != long):
        raise Shown("times=1000 and level=0.95 change the interval; they should be the defaults")
    np.testing.assert_array_equal(sent.get(), errors)


# The report -------------------------------------------------------------------------------------------------


def told(student, name, y, predicted, reference, interval):
    """What the student's report says under a name."""
    report = student.report(y, predicted, reference, interval)
    if not isinstance(report, dict):
        raise Shown("expected a dict")
    if name not in report:
        raise Shown(f'the report has no "{name}"')
    # Sent back and fetched again, because mistakes are recognised by numbers that come from the student, not by dicts.
    return student.put({name: report[name]})[name].get()


def around(numbers):
    """An interval that depends on all numbers and their signs, but not on their order."""
    numbers = np.asarray(numbers, float)
    return float(np.min(numbers) - np.mean(numbers**3)), float(np.max(numbers) + np.std(numbers))


def three(seed, n=9):
    """y, predicted, reference."""
    return np.random.default_rng(seed).normal(size=(3, n)) * [[2], [2], [3]]


@pytest.mark.grade("test-report", points=0.25,
                   hint="The mean of |predicted - y|: no squares, no root. And a -= ... changes the caller's array.")
def test_report_error(student):
    """error is the mean absolute error of predicted; the three arrays stay as they were."""
    for seed, n in ((23, 9), (24, 1)):
        y, predicted, reference = three(seed, n)
        sent = student.put([y, predicted, reference])
        error = told(student, "error", sent[0], sent[1], sent[2], around)
        for array, before in zip(sent.get(), (y, predicted, reference)):
            np.testing.assert_array_equal(array, before)
        assert np.ndim(error) == 0
        np.testing.assert_allclose(error, sum(abs(a - b) for a, b in zip(y, predicted)) / n)


@pytest.mark.grade("test-report", points=0.25,
                   hint="Molecule by molecule: the error of reference minus the error of predicted.")
def test_report_gain(student):
    """gain is how much smaller the absolute errors are than those of reference, negative where they are larger."""
    y, predicted, reference = three(25)
    for one, other in ((predicted, reference), (reference, predicted)):
        gain = told(student, "gain", y, one, other, around)
        assert np.ndim(gain) == 0
        np.testing.assert_allclose(gain, np.mean(np.abs(other - y)) - np.mean(np.abs(one - y)))


@pytest.mark.grade("test-report", points=0.25,
                   hint="interval gets an array (N,): once the absolute errors, once the gain for each molecule.")
def test_report_intervals(student):
    """The two intervals are what interval says of the absolute errors and of the gains."""
    y, predicted, reference = three(26)
    errors = np.abs(predicted - y)
    for name, numbers in (("interval", errors), ("gain_interval", np.abs(reference - y) - errors)):
        pair = told(student, name, y, predicted, reference, around)
        assert np.shape(pair) == (2,)
        np.testing.assert_allclose(pair, around(numbers))


@pytest.mark.grade("test-report", points=0.25,
                   hint="better looks at one number only, the lower end of gain_interval: it must be above 0.")
def test_report_better(student):
    """better is whether the whole interval of the gain lies above 0."""
    y, predicted, reference = three(28)
    ends, answers = ((0.25, 0.5), (-0.25, 0.5), (0.0, 0.5), (-0.5, -0.25), (1e-9, 9.0)), []
    for low, high in ends:

        def interval(numbers, of_gains=(low, high), of_errors=(-1.0 if low > 0 else 1.0, 2.0)):
            return of_errors if np.allclose(np.abs(numbers), np.abs(predicted - y)) else of_gains

        answers.append(told(student, "better", y, predicted, reference, interval))
    if not all(isinstance(better, (bool, np.bool_)) for better in answers):
        raise Shown("better: expected True or False")
    assert [bool(better) for better in answers] == [low > 0 for low, _ in ends]
