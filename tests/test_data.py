"""Data sets: shapes, dtypes, ranges, reproducible splits, and that the files are what README says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib import data
from nnlib.module import manual_seed


def assert_pair(pair, shape, classes):
    """x float32 of `shape`, y int64 with exactly the classes 0 .. classes - 1."""
    x, y = pair
    assert (x.shape, x.dtype) == (shape, np.float32)
    assert (y.shape, y.dtype) == (shape[:1], np.int64)
    assert np.all(np.isfinite(x))
    np.testing.assert_array_equal(np.unique(y), np.arange(classes))


@pytest.mark.parametrize("name, function", [
    ("and", lambda a, b: a & b), ("or", lambda a, b: a | b), ("xor", lambda a, b: a ^ b),
    ("nand", lambda a, b: 1 - (a & b)), ("nor", lambda a, b: 1 - (a | b)), ("xnor", lambda a, b: 1 - (a ^ b)),
])
def test_gates(name, function):
    x, y = data.gates(name)
    assert (x.dtype, y.dtype) == (np.float32, np.int64)
    np.testing.assert_array_equal(x, [[0, 0], [0, 1], [1, 0], [1, 1]])
    np.testing.assert_array_equal(y, function(*x.astype(int).T))


@pytest.mark.parametrize("make", [data.crescents, data.circles])
def test_points_in_the_plane(make):
    assert_pair(make(101, 0.1, 0), (101, 2), 2)
    np.testing.assert_array_equal(make(50, 0.1, 7)[0], make(50, 0.1, np.random.default_rng(7))[0])
    manual_seed(3)
    first = make(50)[0]
    assert np.any(make(50)[0] != first)
    manual_seed(3)
    np.testing.assert_array_equal(make(50)[0], first)


def test_circles_without_noise_have_their_radii():
    x, y = data.circles(60, 0, 0, factor=0.3)
    np.testing.assert_allclose(np.hypot(*x.T), np.where(y, 0.3, 1), atol=1e-6)


def test_crescents_without_noise_lie_on_their_half_circles():
    x, y = data.crescents(60, 0, 0)
    centres = np.where(y[:, None], [1, 0.5], [0, 0])
    np.testing.assert_allclose(np.hypot(*(x - centres).T), 1, atol=1e-6)
    np.testing.assert_array_equal((x - centres)[:, 1] >= 0, y == 0)


@pytest.mark.parametrize("name, call", [
    ("name", lambda: data.gates("AND")),
    ("n", lambda: data.crescents(0)),
    ("noise", lambda: data.circles(10, -1)),
    ("noise", lambda: data.circles(10, float("nan"))),
    ("factor", lambda: data.circles(10, 0.1, factor=1)),
    ("test", lambda: data.split(np.zeros(3), test=0)),
    ("test", lambda: data.split(np.zeros(3), test=0.9)),
    ("arrays", lambda: data.split(np.zeros(3), np.zeros(4))),
    ("arrays", lambda: data.batches()),
    ("batch_size", lambda: data.batches(np.zeros(3), batch_size=0)),
])
def test_bad_arguments_are_named(name, call):
    with pytest.raises(ValueError, match=f"^{name}: expected .*, got "):
        call()


def test_digits_are_scikit_learns():
    train, test = data.digits()
    assert_pair(train, (1437, 1, 8, 8), 10)
    assert_pair(test, (360, 1, 8, 8), 10)
    from sklearn.datasets import load_digits
    ours = np.concatenate([train[0], test[0]]).reshape(-1, 64) * 16
    rows = np.column_stack([ours, np.concatenate([train[1], test[1]])])
    theirs = np.column_stack(load_digits(return_X_y=True))
    np.testing.assert_array_equal(rows[np.lexsort(rows.T)], theirs[np.lexsort(theirs.T)])


def test_flat_digits_are_the_same_pixels():
    (images, _), _ = data.digits()
    (rows, _), _ = data.digits(flat=True)
    np.testing.assert_array_equal(rows, images.reshape(1437, 64))


@given(st.integers(2, 60), st.floats(0.05, 0.95), st.integers(0, 99))
def test_split_loses_and_doubles_nothing(n, fraction, seed):
    x, y = np.arange(n), -np.arange(n)
    if not 0 < round(n * fraction) < n:
        return
    (a, b), (c, d) = data.split(x, y, test=fraction, rng=seed)
    assert len(c) == round(n * fraction)
    np.testing.assert_array_equal(np.sort(np.concatenate([a, c])), x)
    np.testing.assert_array_equal(np.concatenate([a, c]), -np.concatenate([b, d]))


@given(st.integers(0, 40), st.integers(1, 50), st.booleans())
def test_batches_are_one_epoch(n, size, shuffle):
    parts = list(data.batches(np.arange(n), -np.arange(n), batch_size=size, rng=0, shuffle=shuffle))
    assert [len(x) for x, _ in parts] == [size] * (n // size) + [n % size] * (n % size > 0)
    assert all(np.all(x == -y) for x, y in parts)
    seen = [int(i) for x, _ in parts for i in x]
    assert sorted(seen) == list(range(n))
    assert shuffle or seen == sorted(seen)
