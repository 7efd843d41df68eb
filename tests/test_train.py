"""The training loop: the same losses as PyTorch's, and what it does when the loss stops falling."""

import math

import numpy as np
import pytest
import torch

from nnlib import data
from nnlib.module import Sequential, manual_seed
from nnlib.nn.activation import ReLU, Tanh
from nnlib.nn.linear import Linear
from nnlib.nn.loss import BCEWithLogitsLoss, CrossEntropyLoss, MSELoss
from nnlib.nn.norm import Dropout
from nnlib.optim import SGD, Adam, ReduceLROnPlateau, StepLR
from nnlib.train import EarlyStopping, accuracy_of_scores, evaluate, fit, predict

QUIET = {"progress": False}


def small_net():
    manual_seed(0)
    return Sequential(Linear(2, 16), Tanh(), Linear(16, 2))


def test_fit_is_the_five_line_loop_of_pytorch():
    x, y = data.crescents(70, 0.1, 0)
    x = x.astype(np.float64)
    ours = small_net().double()
    theirs = torch.nn.Sequential(torch.nn.Linear(2, 16), torch.nn.Tanh(), torch.nn.Linear(16, 2)).double()
    theirs.load_state_dict({k: torch.tensor(v) for k, v in ours.state_dict().items()})
    optimizer, rng, losses = torch.optim.SGD(theirs.parameters(), lr=0.1, momentum=0.9), np.random.default_rng(3), []
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 2)
    for _ in range(5):
        total = 0.0
        for a, b in data.batches(x, y, batch_size=32, rng=rng):
            loss = torch.nn.functional.cross_entropy(theirs(torch.tensor(a)), torch.tensor(b))
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(theirs.parameters(), 0.5)
            optimizer.step()
            total += loss.item() * len(a)
        losses.append(total / len(x))
        schedule.step()
    mine = SGD(ours.parameters(), lr=0.1, momentum=0.9)
    history = fit(ours, CrossEntropyLoss(), mine, (x, y), epochs=5, rng=3, max_norm=0.5, scheduler=StepLR(mine, 2),
                  **QUIET)
    np.testing.assert_allclose(history.loss, losses, rtol=1e-9)
    np.testing.assert_allclose(history.lr, [0.1, 0.1, 0.01, 0.01, 0.001])
    assert history.val_loss == history.val_metric == []


def test_it_learns_digits():
    manual_seed(0)
    train, test = data.digits(flat=True)
    model = Sequential(Linear(64, 64), ReLU(), Linear(64, 10))
    history = fit(model, CrossEntropyLoss(), Adam(model.parameters(), 1e-2), train, test, epochs=8, rng=0,
                  metric=accuracy_of_scores, **QUIET)
    assert history.val_metric[-1] > 0.95
    assert history.val_loss[-1] < history.val_loss[0]
    assert list(history.curves()) == ["training", "validation"]
    assert all(p.data.dtype == np.float32 for p in model.parameters())


def plateau(**options):
    return ReduceLROnPlateau(SGD(small_net().parameters(), 0.1), **options)


def test_the_plateau_schedule_is_told_the_validation_loss():
    x, y = data.crescents(60, 0.1, 0)
    model = small_net()
    optimizer = SGD(model.parameters(), 0.1)
    schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=1, threshold=0.3)
    history = fit(model, CrossEntropyLoss(), optimizer, (x, y), (x, y), epochs=9, scheduler=schedule, rng=0, **QUIET)
    told = ReduceLROnPlateau(twin := SGD(model.parameters(), 0.1), factor=0.5, patience=1, threshold=0.3)
    rates = [0.1]
    for loss in history.val_loss:
        told.step(loss)
        rates.append(twin.lr)
    assert history.lr == rates[:-1] and history.lr[-1] < 0.1


def test_early_stopping_restores_the_best_weights():
    """Twenty points with random labels: the validation loss soon rises."""
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((40, 2)).astype(np.float32), rng.integers(0, 2, 40)
    train, validation = data.split(x, y, test=0.5, rng=0)
    model, stopper = small_net(), EarlyStopping(patience=3)
    history = fit(model, CrossEntropyLoss(), Adam(model.parameters(), 0.05), train, validation, epochs=200, rng=0,
                  early_stopping=stopper, **QUIET)
    assert len(history.loss) == stopper.best_epoch + 3 < 200
    assert stopper.best_loss == min(history.val_loss) == history.val_loss[stopper.best_epoch - 1]
    assert evaluate(model, CrossEntropyLoss(), *validation)[0] == stopper.best_loss


def test_early_stopping_by_hand():
    stopper, weights = EarlyStopping(patience=2, min_delta=0.1), {"w": np.zeros(2)}
    answers = []
    for loss in [1.0, 0.95, 0.8, math.nan, 0.75, 0.1]:
        answers.append(stopper.update(loss, weights))
        weights["w"] += 1
    assert answers == [False, False, False, False, True, False]
    assert (stopper.best_loss, stopper.best_epoch) == (0.1, 6)
    np.testing.assert_array_equal(stopper.best_weights["w"], 5)


def test_predict_uses_evaluation_mode_and_puts_each_module_back():
    model = Sequential(Linear(2, 3), Dropout(0.5), Dropout(0.5))
    model[2].eval()
    x = np.ones((7, 2), np.float32)
    np.testing.assert_array_equal(predict(model, x, batch_size=3), predict(model, x))
    assert [m.training for m in model] == [True, True, False]


def test_evaluate_averages_over_rows_not_over_batches():
    model = Sequential(Linear(2, 1))
    x, y = np.random.default_rng(0).standard_normal((7, 2)).astype(np.float32), np.arange(7.0)[:, None]
    loss, metric = evaluate(model, MSELoss(), x, y, batch_size=3)
    assert loss == pytest.approx(np.mean((model(x) - y) ** 2), rel=1e-5)
    assert math.isnan(metric)


def test_accuracy_of_scores():
    assert accuracy_of_scores(np.array([0, 2, 1]), np.array([[3, 1, 2], [0, 0, 1], [1, 0, 0]])) == pytest.approx(2 / 3)
    assert accuracy_of_scores(np.array([[0], [1], [1]]), np.array([[-2.0], [-1.0], [0.1]])) == pytest.approx(2 / 3)


def test_one_logit_per_row_learns_xor():
    x, y = data.gates("xor")
    manual_seed(1)
    model = Sequential(Linear(2, 8), Tanh(), Linear(8, 1))
    fit(model, BCEWithLogitsLoss(), Adam(model.parameters(), 0.05), (x, y[:, None]), epochs=300, rng=0, **QUIET)
    assert accuracy_of_scores(y, predict(model, x)) == 1


def test_the_bar_is_quiet_where_nobody_watches(capfd):
    model = small_net()
    fit(model, CrossEntropyLoss(), SGD(model.parameters()), data.crescents(10), epochs=2)
    assert "epoch" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("name, call", [
    ("patience", lambda: EarlyStopping(0)),
    ("min_delta", lambda: EarlyStopping(1, -1)),
    ("validation", lambda: fit(small_net(), None, None, ([], []), early_stopping=EarlyStopping(1))),
    ("validation", lambda: fit(small_net(), None, None, ([], []), metric=accuracy_of_scores)),
    ("validation", lambda: fit(small_net(), None, None, ([], []), scheduler=plateau())),
])
def test_bad_arguments_are_named(name, call):
    with pytest.raises(ValueError, match=f"^{name}: expected .*, got "):
        call()
