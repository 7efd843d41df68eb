"""training_loop: the worked numbers, found again by other means."""

import math

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, log_loss
from torch import nn

import nnlib.nn
import nnlib.optim
from tests.exercises.proofs import (  # noqa: F401
    solved,
    test_it_is_proved,
    test_its_class_gets_its_marks,
    test_its_shape,
    test_other_peoples_answers_get_what_they_deserve,
    test_the_release_stops_at_the_first_open_task,
)


@pytest.fixture(scope="module")
def names():
    return solved("training_loop")


def examples(n, features, classes, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, features)), rng.integers(0, classes, n)


def same_state(a, b):
    return all(torch.equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values(), strict=True))


def test_the_worked_losses():
    scores = np.array([[0, np.log(2**k - 1)] for k in (1, 2, 6)])
    probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(-np.log(probabilities[:, 0]), np.log(2) * np.array([1, 2, 6]))
    right = [[0.25, 0.75], [0.75, 0.25], [0.75, 0.25]]  # the softmax of (0, log 3) and (log 3, 0)
    assert log_loss([0, 0, 0], right, labels=[0, 1]) == pytest.approx(math.log(64 / 9) / 3, rel=1e-12)


@pytest.mark.parametrize(("batch_size", "size"), [(2, 0.25), (1, 0.5)])
@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_the_worked_steps(batch_size, size, order):
    """The gradient of softmax and cross-entropy by hand, in either order."""
    X, y, W = np.eye(2), np.eye(2), np.zeros((2, 2))
    for start in range(0, 2, batch_size):
        rows = order[start : start + batch_size]
        p = np.exp(X[rows] @ W.T)
        p /= p.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(-np.log((p * y[rows]).sum(axis=1)), np.log(2))
        W = W - (p - y[rows]).T @ X[rows] / len(rows)
    np.testing.assert_allclose(W, [[size, -size], [-size, size]])


def test_an_epoch_is_what_nnlib_makes_of_it(names):
    """The batches as they were met, handed to nnlib's network, loss and optimizer."""
    X, y = examples(11, 5, 3)
    theirs = nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 3)).double().eval()
    ours = nnlib.nn.Sequential(nnlib.nn.Linear(5, 4), nnlib.nn.Tanh(), nnlib.nn.Linear(4, 3)).astype("float64")
    ours.load_state_dict({name: p.numpy() for name, p in theirs.state_dict().items()})
    seen = []
    theirs.register_forward_pre_hook(lambda module, args: seen.append((args[0].numpy(), module.training)))
    optimizer = torch.optim.SGD(theirs.parameters(), lr=0.3, momentum=0.9)
    for p in theirs.parameters():
        p.grad = torch.ones_like(p)  # what is left from before
    tensors = torch.tensor(X), torch.tensor(y)
    mean = names["train_epoch"](theirs, *tensors, optimizer, 4, torch.Generator().manual_seed(2))
    assert [len(batch) for batch, _ in seen] == [4, 4, 3] and all(mode for _, mode in seen) and theirs.training
    order = [int(np.argmin(np.abs(X - row).sum(axis=1))) for batch, _ in seen for row in batch]
    assert sorted(order) == list(range(11)) != order
    loss, our_optimizer = nnlib.nn.CrossEntropyLoss(), nnlib.optim.SGD(ours.parameters(), lr=0.3, momentum=0.9)
    total = 0.0
    for start in range(0, 11, 4):
        rows = order[start : start + 4]
        our_optimizer.zero_grad()
        total += len(rows) * float(loss(ours(X[rows]), y[rows]))
        ours.backward(loss.backward())
        our_optimizer.step()
    assert type(mean) is float and mean == pytest.approx(total / 11, rel=1e-12)
    for name, p in theirs.state_dict().items():
        np.testing.assert_allclose(p, ours.state_dict()[name], rtol=1e-10, atol=1e-12)


def test_the_generator_alone_decides_the_order(names):
    X, y = map(torch.tensor, examples(9, 3, 2))
    ends = []
    for seed in (5, 5, 6):
        torch.manual_seed(len(ends))
        model = nn.Linear(3, 2).double()
        nn.init.zeros_(model.weight)
        nn.init.zeros_(model.bias)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
        names["train_epoch"](model, X, y, optimizer, 2, torch.Generator().manual_seed(seed))
        ends.append(model)
    assert same_state(ends[0], ends[1]) and not same_state(ends[0], ends[2])


def test_evaluate_agrees_with_scikit_learn_and_leaves_no_trace(names):
    X, y = examples(17, 6, 4)
    layers = nn.Linear(6, 5), nn.BatchNorm1d(5), nn.Dropout(0.5), nn.Linear(5, 4)
    model = nn.Sequential(*layers).double()
    model(torch.tensor(X)).sum().backward()
    before = {name: t.clone() for name, t in model.state_dict().items()}
    grads = [p.grad.clone() for p in model.parameters()]
    noted = []
    model.register_forward_hook(lambda *_: noted.append(torch.is_grad_enabled()))
    for mode in (True, False):
        model.train(mode)
        loss, accuracy = names["evaluate"](model, torch.tensor(X), torch.tensor(y))
        assert all(module.training is mode for module in model.modules())
        state = before
        hidden = X @ state["0.weight"].numpy().T + state["0.bias"].numpy()
        hidden = (hidden - state["1.running_mean"].numpy()) / np.sqrt(state["1.running_var"].numpy() + 1e-5)
        scores = hidden @ state["3.weight"].numpy().T + state["3.bias"].numpy()
        p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        assert type(loss) is type(accuracy) is float
        assert loss == pytest.approx(log_loss(y, p, labels=range(4)), rel=1e-12)
        assert accuracy == pytest.approx(accuracy_score(y, scores.argmax(axis=1)), rel=1e-12)
    assert not any(noted)
    assert all(torch.equal(before[name], t) for name, t in model.state_dict().items())
    assert all(torch.equal(a, p.grad) for a, p in zip(grads, model.parameters()))


@pytest.mark.parametrize("seed", range(20))
def test_fit_ends_in_the_best_state(names, seed):
    """Statistics too; of equal losses the first."""
    rng = np.random.default_rng(seed)
    model, epochs = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3)), int(rng.integers(1, 9))
    coming, states = rng.integers(0, 4, epochs).astype(float).tolist(), []
    parameters = list(model.parameters())

    def run_epoch():
        with torch.no_grad():
            for t in model.state_dict().values():
                t += 1
        states.append([t.clone() for t in model.state_dict().values()])
        return -float(len(states))

    losses = names["fit"](model, run_epoch, lambda: coming[len(states) - 1], epochs)
    assert losses == ([-1.0 - k for k in range(epochs)], coming)
    best = states[int(np.argmin(coming))]  # the first of equal ones
    assert all(torch.equal(a, b) for a, b in zip(best, model.state_dict().values(), strict=True))
    assert all(a is b for a, b in zip(parameters, model.parameters(), strict=True))


@pytest.mark.parametrize("kind", [torch.optim.Adam, lambda p, lr: torch.optim.SGD(p, lr, momentum=0.9)])
def test_after_a_restart_it_goes_on_as_if_nothing_had_happened(names, kind, tmp_path):
    X, y = map(torch.tensor, examples(13, 4, 3))
    path = str(tmp_path / "here.pt")

    def new(lr):
        model = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 3)).double()
        return model, kind(model.parameters(), lr=lr)

    def epochs(first, last, model, optimizer):
        orders = [torch.Generator().manual_seed(number) for number in range(first, last)]
        return [names["train_epoch"](model, X, y, optimizer, 5, order) for order in orders]

    one, other = new(0.02), new(0.5)
    epochs(0, 3, *one)
    names["save_checkpoint"](path, *one, 3)
    assert set(torch.load(path, weights_only=True)) == {"model", "optimizer", "epoch"}
    assert names["load_checkpoint"](path, *other) == 3
    assert epochs(3, 6, *one) == epochs(3, 6, *other) and same_state(one[0], other[0])


def test_a_file_with_code_is_refused(names, tmp_path):
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    file = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 1, "more": same_state}
    torch.save(file, tmp_path / "strange.pt")
    with pytest.raises(Exception) as refused:
        names["load_checkpoint"](str(tmp_path / "strange.pt"), model, optimizer)
    assert type(refused.value).__name__ == "UnpicklingError"
