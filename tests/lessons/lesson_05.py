"""Lesson 05: the turns, taken right and wrong, and what must be true when it has run."""

import copy

import numpy as np

_BACK = """def gradients(p, X, y):
    H, Z = forward(p, X)
    d2 = (sigmoid(Z) - y) / len(X)
    d1 = np.where(H > 0, np.outer(d2, p["W2"]), 0)
    return dict(W2=(H.T @ d2).T, b2=np.array([d2.sum()]), W1=np.einsum("nh,nd->hd", d1, X), b1=d1.sum(0))"""
_FLOOR = """def floor(groups):
    costs = []
    for group in groups:
        q = sum(group) / len(group)
        share = [-np.log(q if label == 1 else 1 - q) for label in group]
        costs += share
    return np.mean(costs)"""
_LOOP = """def train(net, criterion, optimizer, X, y, steps):
    losses = []
    for _ in range(steps):
        scores = net(X)
        losses += [criterion(scores, y)]
        optimizer.zero_grad()
        net.backward(criterion.backward())
        optimizer.step()
    return losses"""

TURNS = {
    "gradients": {
        "right": _BACK,
        "wrong": [_BACK.replace('np.where(H > 0, np.outer(d2, p["W2"]), 0)', 'd2 @ p["W2"]'),
                  _BACK.replace('np.where(H > 0, np.outer(d2, p["W2"]), 0)', '(d2 @ p["W2"]) * H'),
                  _BACK.replace("d1.sum(0)", "d1.mean(0)").replace("np.array([d2.sum()])", "d2.mean(0)"),
                  _BACK.replace("(H.T @ d2).T", "H.T @ d2"),
                  _BACK.replace("return dict(", "return tuple(dict(") + ".values())",
                  _BACK.replace("b1=", "B1=")],
    },
    "floor": {
        "right": _FLOOR,
        "wrong": [_FLOOR.replace("costs += share", "costs += [np.mean(share)]"),
                  _FLOOR.replace("costs += share", "costs += [np.mean(share)] + (len(group) - 1) * [0]"),
                  _FLOOR.replace("np.mean(costs)", "np.sum(costs)"),
                  _FLOOR.replace("np.mean(costs)", "np.sum(costs) / len(groups)"),
                  _FLOOR.replace("-np.log(q if", "-np.log2(q if"),
                  _FLOOR.replace("1 - q) for", "1) for"),
                  _FLOOR.replace("        share", "        if q in (0, 1):\n            continue\n        share"),
                  _FLOOR.replace("share = [", "share = [np.nan if q in (0, 1) else ")],
    },
    "train": {
        "right": _LOOP,
        "wrong": [_LOOP.replace("        optimizer.zero_grad()\n", ""),
                  _LOOP.replace("        optimizer.step()\n", ""),
                  _LOOP.replace("return losses", "return losses[-1]"),
                  _LOOP.replace("    return losses", "")],
    },
    "time_to_stop": {
        "right": "def time_to_stop(val_losses, patience):\n"
                 "    before = val_losses[:-patience]\n"
                 "    return len(before) > 0 and min(val_losses[-patience:]) >= min(before)",
        "wrong": ["def time_to_stop(val_losses, patience):\n"
                  "    return len(val_losses) - int(np.argmin(val_losses)) >= patience",
                  "def time_to_stop(val_losses, patience):\n"
                  "    return len(val_losses) - 1 - int(np.argmin(val_losses)) > patience",
                  "def time_to_stop(val_losses, patience):\n"
                  "    return len(val_losses) > 1 and val_losses[-1] > val_losses[-2]"],
    },
}


def test_one_start_in_twenty_learns_xor():
    assert np.flatnonzero(final < 0.05).tolist() == [1]
    assert outcomes == {2: (1, 17), 4: (15, 5), 8: (20, 0)}
    heights = [np.log(2) / 2, floor([[0, 1, 1], [0]]), np.log(2)]
    assert all(np.abs(end - heights).min() < 0.002 for end in np.delete(final, 1))
    assert ((forward(p1, X)[1] > 0) == y).all()


def test_the_figure_shows_each_height():
    for seed, height in {1: 0, 11: np.log(2) / 2, 4: floor([[0, 1, 1], [0]]), 8: np.log(2)}.items():
        assert abs(final[seed] - height) < 0.003
    answers = {seed: sigmoid(forward(runs[seed][0], X)[1])[:, 0] for seed in (11, 4, 8)}
    assert np.isclose(answers[11], 0.5, atol=0.01).sum() == 2
    assert np.isclose(answers[4], 2 / 3, atol=0.01).sum() == 3
    assert np.allclose(answers[8], 0.5)


def test_two_failures_are_a_straight_line():
    for seed in (0, 6):
        on = (forward(runs[seed][0], X)[0] > 0).sum(axis=0)
        assert sorted(on) == [0, 4] and abs(final[seed] - np.log(2)) < 1e-3


def test_one_run_waits_on_the_top_line_and_then_falls():
    _, losses = runs[4]
    assert abs(losses[80] - np.log(2)) < 0.01 and losses[-1] < 0.48


def test_more_steps_do_not_help():
    for seed in (2, 8, 11):
        p, losses = train_functions(runs[seed][0], X, y, steps=4000)
        assert abs(losses[-1] - dark_floor(p)) < 0.001


def test_all_versions_end_with_the_same_weights():
    assert distance(twin) < 1e-10
    own = np.random.default_rng(1)
    classes = Sequential(Linear(2, 2, own), ReLU(), Linear(2, 1, own))
    train(classes, nn.BCEWithLogitsLoss(), SGD(classes.parameters(), lr=1.0), X, y, 1000)
    assert distance(classes) < 1e-10
    library = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1)).double()
    library.load_state_dict(state)
    train(library, nn.BCEWithLogitsLoss(), optim.SGD(library.parameters(), lr=1.0), X, y, 1000)
    assert distance(library) < 1e-10


def test_crescents_are_parted():
    shown = mlp(nn, 2, 16, 1)
    right = []
    for weights in stages:
        shown.load_state_dict(weights)
        right.append(((shown(x[300:])[:, 0] > 0) == labels[300:]).mean())
    assert right[0] < 0.92 and right[1] < 0.94 and right[2] > 0.96


def test_digits_are_read():
    for wrong in mistakes.values():
        assert 3 <= len(wrong) <= 12                        # over 96.6 %
    linear, hidden = histories[64, 10][1], histories[64, 32, 10][1]
    assert len(linear) > 2 * len(hidden)
    assert len(hidden) - 1 - np.argmin(hidden) == 10        # the mark stands ten epochs before the end
    assert np.allclose(history_of_fit(), hidden, atol=1e-4)


def history_of_fit():
    manual_seed(0)
    net = mlp(nn, 64, 32, 10)
    stop = EarlyStopping(patience=10)
    found = fit(net, nn.CrossEntropyLoss(), optim.SGD(net.parameters(), lr=0.5), (x_train, y_train), (x_val, y_val),
                epochs=500, early_stopping=stop, rng=0, progress=False)
    assert np.isclose(nn.CrossEntropyLoss()(net(x_val), y_val), min(found.val_loss))    # the best weights are back
    return found.val_loss


def test_forgetting_zero_grad_helps_and_ruins():
    assert accuracy[0.01, "SGD"] < 0.6 and accuracy[0.01, "Forgetful"] > 0.75
    assert accuracy[0.5, "SGD"] > 0.85 and accuracy[0.5, "Forgetful"] < 0.5


def test_two_passes_give_twice_the_gradient():
    twice = copy.deepcopy(deep)
    twice.zero_grad()
    criterion = nn.BCEWithLogitsLoss()
    criterion(twice(points), y)
    twice.backward(criterion.backward())
    once = twice[0].weight.grad.copy()
    criterion(twice(points), y)
    twice.backward(criterion.backward())
    assert np.allclose(twice[0].weight.grad, 2 * once)


def test_a_ball_without_friction_never_settles():
    w, s = 1.0, 0.0
    swings = []
    for _ in range(10_000):
        s = s + w
        w = w - 0.1 * s
        swings.append(abs(w))
    assert 0.9 < max(swings[-100:]) < 1.1
