"""Data sets: shapes, dtypes, ranges, reproducible splits, and that the files are what README says."""

import re
import sys
import types
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import assume, given
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
    assert all((x[:, k] * sign).max() > 0.9 for k in (0, 1) for sign in (-1, 1))     # all the way round


def test_crescents_without_noise_lie_on_their_half_circles():
    x, y = data.crescents(400, 0, 0)
    centres = np.where(y[:, None], [1, 0.5], [0, 0])
    np.testing.assert_allclose(np.hypot(*(x - centres).T), 1, atol=1e-6)
    np.testing.assert_array_equal((x - centres)[:, 1] >= 0, y == 0)
    for k in (0, 1):                                                 # from end to end, as many here as there
        across = (x - centres)[y == k, 0]
        assert across.min() < -0.9 and across.max() > 0.9 and abs(across.mean()) < 0.2


@pytest.mark.parametrize("make, defaults", [
    (data.crescents, {"n": 200, "noise": 0.1}), (data.circles, {"n": 200, "noise": 0.1, "factor": 0.5}),
    (data.ring, {"n": 1000, "noise": 0.05}), (data.gaussians, {"n": 1000, "noise": 0.05, "modes": 8, "radius": 2}),
    (data.memory, {"n": 2000, "length": 20, "classes": 4}), (data.customers, {"n": 1000, "missing": 0.0}),
    (data.shapes, {"n": 500, "size": 16, "noise": 0.1}), (data.ratings, {"users": 300, "items": 200, "per_user": 40}),
    (data.translation, {"n": 2000}),
])
def test_what_is_made_where_nothing_is_said(make, defaults):
    """The lessons' figures depend on it."""
    for ours, expected in zip(make(rng=0), make(rng=0, **defaults), strict=True):
        np.testing.assert_array_equal(ours, expected)


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
    assume(0 < round(n * fraction) < n)
    x, y = np.arange(n), -np.arange(n)
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


# Real data: what the files hold, counted here independently of the loaders' documentation.

@pytest.mark.parametrize("load, n_train, n_test", [(data.mnist, 6000, 1000), (data.fashion, 2500, 500)])
def test_images_of_28x28(load, n_train, n_test):
    for (x, y), n in zip(load(), (n_train, n_test)):
        assert_pair((x, y), (n, 1, 28, 28), 10)
        assert (x.min(), x.max()) == (0, 1)
        np.testing.assert_array_equal(np.bincount(y), n // 10)
    (train, _), (test, _) = load(flat=True)
    np.testing.assert_array_equal(train, load()[0][0].reshape(n_train, 784))
    assert not {row.tobytes() for row in train} & {row.tobytes() for row in test}


def test_a_linear_model_reads_mnist_and_labels_fit_the_images():
    (x, y), (x_test, y_test) = data.mnist(flat=True)
    weights = np.linalg.solve(x.T @ x + 10 * np.eye(784), x.T @ (np.eye(10)[y] - 0.1))
    assert np.mean((x_test @ weights).argmax(axis=1) == y_test) > 0.7


def test_shapes():
    x, y = data.shapes(200, 16, 0, 0)
    assert_pair((x, y), (200, 1, 16, 16), 2)
    assert (x.min(), x.max()) == (0, 1)
    corners = np.array([_corners(image[0]) for image in x])
    assert np.all(corners[y == 1] == 1)
    assert np.mean(corners[y == 0] < 0.5) > 0.9


def _corners(image):
    """How black the corners of the drawing's bounding box are: squares fill them."""
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    box = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.mean([box[a, b].max() for a in (slice(2), slice(-2, None)) for b in (slice(2), slice(-2, None))])


def test_series():
    year, ppm = data.co2()
    assert (year.shape, ppm.shape, ppm.dtype) == ((526,), (526,), np.float32)
    np.testing.assert_allclose(np.diff(year), 1 / 12)
    assert ppm[0] == pytest.approx(316.9, abs=1) and ppm[-1] == pytest.approx(371, abs=1)
    year, number = data.sunspots()
    np.testing.assert_array_equal(year, np.arange(1700, 2009))
    assert number.dtype == np.float32 and number[-1] == pytest.approx(2.9, abs=0.1)


def test_shakespeare():
    text = data.shakespeare()
    assert (len(text), len(set(text))) == (538_773, 71)
    assert "When shall we three meet again?" in text and "Friends, Romans, countrymen" in text
    assert not set("[]{}\r\t") & set(text)


def test_sentiment():
    (texts, rating), (test_texts, test_rating) = data.sentiment()
    assert [len(texts), len(test_texts)] == [len(rating), len(test_rating)] == [8500, 2103]
    assert rating.dtype == np.float32 and np.abs(rating).max() <= 4
    assert not set(texts) & set(test_texts)
    gloomy = [r for t, r in zip(texts, rating) if "boring" in t]
    cheerful = [r for t, r in zip(texts, rating) if "delightful" in t]
    assert np.mean(gloomy) < -1 < 1 < np.mean(cheerful)


@pytest.mark.parametrize("load, name, n_columns, kind", [
    (data.breast_cancer, "breast_cancer", 30, np.int64), (data.solubility, "solubility", 10, np.float32),
])
def test_tables(load, name, n_columns, kind):
    for x, y in load():
        assert x.shape[1] == n_columns == len(data.columns(name))
        assert (x.dtype, y.dtype, y.shape) == (np.float32, kind, x.shape[:1])
        assert np.all(np.isfinite(x))


def test_malignant_is_one():
    (x, y), (_, y_test) = data.breast_cancer()
    assert y.sum() + y_test.sum() == 212
    area = data.columns("breast_cancer").index("mean area")
    assert x[y == 1, area].mean() > 2 * x[y == 0, area].mean()


def test_votes_are_those_of_1984():
    x, party = data.votes()
    assert (x.shape, x.dtype, party.shape, party.dtype) == ((435, 16), np.float32, (435,), np.int64)
    assert (party == 1).sum() == 168 and (party == 0).sum() == 267
    assert set(np.unique(x[~np.isnan(x)])) == {0, 1}
    neither = [12, 48, 11, 11, 15, 11, 14, 15, 22, 7, 21, 31, 25, 17, 28, 104]         # as the source counts them
    np.testing.assert_array_equal(np.isnan(x).sum(axis=0), neither)
    names = data.columns("votes")
    assert len(names) == 16 and names[3] == "physician fee freeze"
    by_party = [np.nanmean(x[party == k, 3]) for k in (0, 1)]
    assert by_party[0] < 0.1 and by_party[1] > 0.9
    assert np.nanmean(x[party == 1, 15]) < np.nanmean(x[party == 0, 15])       # sanctions on South Africa


def test_solubility_is_predicted_by_its_counts():
    (x, y), (x_test, y_test) = data.solubility()
    assert (len(y), len(y_test)) == (1025, 257)
    weights = np.linalg.lstsq(np.c_[x, np.ones(len(x))], y, rcond=None)[0]
    residual = np.c_[x_test, np.ones(len(x_test))] @ weights - y_test
    assert 1 - np.var(residual) / np.var(y_test) > 0.7


def test_a_molecule_is_counted_right():
    from nnlib.data.build import describe
    block = """ethyl acetate


  6  5  0  0  0  0            999 V2000
    0.0000    0.0000    0.0000 C   0  0
    0.0000    0.0000    0.0000 C   0  0
    0.0000    0.0000    0.0000 O   0  0
    0.0000    0.0000    0.0000 C   0  0
    0.0000    0.0000    0.0000 O   0  0
    0.0000    0.0000    0.0000 C   0  0
  1  2  1  0
  2  3  1  0
  3  4  1  0
  4  5  2  0
  4  6  1  0
M  END
> <SMILES>
CCOC(=O)C
"""
    row = describe(block)
    assert row["molecular weight"] == pytest.approx(88.106, abs=0.01)
    assert [row[k] for k in ("carbon atoms", "oxygen atoms", "rings", "rotatable bonds")] == [4, 2, 0, 2]


def test_customers_follow_their_rule():
    x, y = data.customers(20_000, 0.1, 0)
    assert (x.shape, x.dtype, y.dtype) == ((20_000, 5), np.float32, np.int64)
    assert np.isnan(x).mean() == pytest.approx(0.1, abs=0.01)
    lift = [np.nanmean(x[y == 1, k]) - np.nanmean(x[y == 0, k]) for k in range(5)] / np.nanstd(x, axis=0)
    assert abs(lift[0]) < 0.05
    assert lift[1] < -0.3 and lift[2] > 0.2 and lift[3] > 0.5 and lift[4] < -0.5
    assert len(data.columns("customers")) == 5


def test_customers_have_the_odds_that_are_documented():
    """A logistic regression (Newton's method) on standardised columns finds the numbers of the rule again."""
    x, y = data.customers(200_000, 0.0, 0)
    x = np.c_[(x - x.mean(axis=0)) / x.std(axis=0), np.ones(len(x))]
    weights = np.zeros(6)
    for _ in range(8):
        p = 1 / (1 + np.exp(-x @ weights))
        weights -= np.linalg.solve((x.T * (p * (1 - p))) @ x, x.T @ (p - y))
    np.testing.assert_allclose(weights, [0, -0.8, 0.6, 1.2, -1.2, -0.5], atol=0.03)


def test_ratings_are_invented_and_say_so():
    user, item, rating, source = data.ratings(rng=0)
    assert "generated" in source
    assert len({*zip(user, item)}) == len(user) == 300 * 40
    assert user.dtype == item.dtype == np.int64 and rating.dtype == np.float32
    np.testing.assert_array_equal(np.unique(rating), np.arange(1, 11) / 2)
    assert rating.mean() == pytest.approx(3.6, abs=0.15) and rating.std() == pytest.approx(0.9, abs=0.1)
    known = [rating[item == k].mean() for k in range(50)]            # items differ, and no film is loved by all
    assert np.std(known) == pytest.approx(0.4, abs=0.15)
    assert np.bincount(item, minlength=200)[:10].mean() > 3 * np.bincount(item, minlength=200)[-50:].mean()


@pytest.mark.parametrize("name, lines", [
    ("ratings.csv", "userId,movieId,rating,timestamp\n7,30,4.5,1\n7,10,3.0,2\n2,30,1.0,3\n"),
    ("ratings.dat", "7::30::4.5::1\n7::10::3.0::2\n2::30::1.0::3\n"),
    ("u.data", "7\t30\t4.5\t1\n7\t10\t3.0\t2\n2\t30\t1.0\t3\n"),
])
def test_ratings_read_a_copy_of_movielens(tmp_path, name, lines):
    (tmp_path / name).write_text(lines)
    user, item, rating, source = data.ratings(tmp_path)
    assert [user.tolist(), item.tolist(), rating.tolist()] == [[1, 1, 0], [1, 0, 1], [4.5, 3, 1]]
    assert name in source


def test_ring_and_gaussians():
    x = data.ring(500, 0.01, 0)
    assert (x.shape, x.dtype) == ((500, 2), np.float32)
    np.testing.assert_allclose(np.hypot(*x.T), 1, atol=0.05)
    x, mode = data.gaussians(800, 0.01, 0)
    assert_pair((x, mode), (800, 2), 8)
    middles = np.array([x[mode == k].mean(axis=0) for k in range(8)])
    np.testing.assert_allclose(np.hypot(*middles.T), 2, atol=0.01)
    assert np.linalg.norm(middles[0] - middles[1]) == pytest.approx(4 * np.sin(np.pi / 8), abs=0.01)


def test_memory_marks_what_it_asks_for():
    x, y = data.memory(300, 20, 0)
    assert_pair((x[:, 0], y), (300, 5), 4)
    assert x.shape == (300, 20, 5)
    np.testing.assert_array_equal(x[..., :4].sum(axis=2), 1)
    np.testing.assert_array_equal(x[..., 4].sum(axis=1), 1)
    step = x[..., 4].argmax(axis=1)
    assert step.max() < 10
    np.testing.assert_array_equal(x[np.arange(300), step, :4].argmax(axis=1), y)


def test_translation():
    english, french = data.translation(3000, 0)
    assert len(set(english)) == len(english) == len(french) == 3000
    pairs = dict(zip(*data.translation(178_605, 0)))
    assert pairs["this black cow sees a dog"] == "cette vache noire voit un chien"
    assert pairs["an old mouse hunts the big wolf"] == "une vieille souris chasse le grand loup"
    assert not any(" a old" in f" {text}" for text in pairs)
    assert "la loup" not in " ".join(pairs.values())


def test_vocabulary():
    words = ["the", "cat", "sees", "the", "dog", "the", "cat"]
    vocabulary = data.Vocabulary(words, ["<pad>", "<unk>"], size=2)
    assert vocabulary.tokens == ["<pad>", "<unk>", "cat", "the"] and len(vocabulary) == 4
    np.testing.assert_array_equal(vocabulary.encode(["the", "big", "cat"]), [3, 1, 2])
    assert vocabulary.encode([]).dtype == np.int64
    text = "to be or not to be"
    letters = data.Vocabulary(text)
    assert "".join(letters.decode(letters.encode(text))) == text
    with pytest.raises(ValueError, match="token: expected one of the 7 in the vocabulary, got 'x'"):
        letters.encode("box")


def test_padded():
    np.testing.assert_array_equal(data.padded([np.array([1, 2, 3]), np.array([4])], 9), [[1, 2, 3], [4, 9, 9]])
    np.testing.assert_array_equal(data.padded([[1, 2, 3], []], length=2), [[1, 2], [0, 0]])


@pytest.mark.parametrize("name, call", [
    ("n, size, noise", lambda: data.shapes(0)),
    ("n, size, noise", lambda: data.shapes(3, 4)),
    ("n, missing", lambda: data.customers(3, 1.0)),
    ("modes", lambda: data.gaussians(modes=0)),
    ("noise", lambda: data.ring(3, -1)),
    ("length, classes", lambda: data.memory(3, 1)),
    ("n", lambda: data.memory(0)),
    ("n", lambda: data.translation(0)),
    ("table", lambda: data.columns("titanic")),
    ("per_user", lambda: data.ratings(per_user=300)),
])
def test_bad_arguments_of_the_others_are_named(name, call):
    with pytest.raises(ValueError, match=f"^{name}: expected .*, got "):
        call()


def test_a_folder_without_movielens(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"folder: expected one of ratings\.csv.*, got "):
        data.ratings(tmp_path)


# The whole data sets come by torchvision; here a module of that name stands in for it.

def test_without_torchvision_the_error_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "torchvision", None)
    for load in (lambda: data.mnist(full=True), lambda: data.fashion(full=True), data.cifar10):
        with pytest.raises(ImportError, match="pip install torchvision"):
            load()


class FakeDataset:
    """As torchvision's: `data` and `targets`, downloaded when made."""

    def __init__(self, root, train, download):
        assert download
        n = 4 if train else 2
        self.data = torch.full((n, 28, 28), 255, dtype=torch.uint8)
        self.targets = torch.arange(n)


class FakeCifar(FakeDataset):
    def __init__(self, root, train, download):
        self.data = np.zeros((3, 32, 32, 3), np.uint8)
        self.data[:, 5, 7, 2] = 51
        self.targets = [0, 1, 2]


def offline(root, train, download):
    raise OSError("no network")


def test_whole_data_sets_by_torchvision(monkeypatch):
    fake = types.SimpleNamespace(MNIST=FakeDataset, FashionMNIST=offline, CIFAR10=FakeCifar)
    monkeypatch.setitem(sys.modules, "torchvision", types.SimpleNamespace(datasets=fake))
    train, test = data.mnist(full=True)
    assert_pair(train, (4, 1, 28, 28), 4)
    assert test[0].shape == (2, 1, 28, 28) and train[0].min() == 1
    train, _ = data.cifar10()
    assert_pair(train, (3, 3, 32, 32), 3)
    assert train[0][0, 2, 5, 7] == pytest.approx(0.2)
    assert data.cifar10(flat=True)[0][0].shape == (3, 3072)
    with pytest.raises(OSError, match=r"root: expected FashionMNIST .* no network"):
        data.fashion(full=True)


def test_all_files_are_listed_with_their_licence_and_stay_small():
    folder = Path(data.__file__).parent
    files = list(folder.glob("*.npz"))
    assert sum(file.stat().st_size for file in files) < 4_000_000
    listed = set(re.findall(r"^\| `(\w+\.npz)`", (folder / "README.md").read_text(), re.MULTILINE))
    assert listed == {file.name for file in files}
