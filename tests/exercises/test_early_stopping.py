"""early_stopping: the worked numbers, found again by other means."""

import math

import numpy as np
import pytest

from autograder.marking.exercise import solution_notebook
from nnlib import train
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
    """What the solution defines."""
    return solved("early_stopping")


def sequences(number=200):
    """Losses on a coarse grid (so that there are ties), some NaN or infinite, with a patience and a min_delta."""
    rng = np.random.default_rng(1)
    for _ in range(number):
        losses = rng.integers(0, 12, rng.integers(1, 25)) / 8
        losses[rng.random(len(losses)) < 0.1] = rng.choice([np.nan, np.inf])
        yield losses.tolist(), int(rng.integers(1, 6)), float(rng.choice([0, 0.125, 0.5]))


def by_definition(losses, min_delta):
    """The updates that are better than the last better one: losses looked at backwards, not as they come."""
    better = []
    for i, loss in enumerate(losses):
        limit = losses[better[-1]] - min_delta if better else math.inf
        if loss < limit:
            better.append(i)
    return better


def test_better_is_strictly_lower_by_more_than_min_delta(names):
    grid = [-1.0, 0.0, 0.25, 0.5, 1.0, math.inf]
    for best in grid:
        for loss in (*grid, math.nan):
            for min_delta in (0.0, 0.25, 0.5):
                right = not math.isnan(loss) and loss < math.inf and (best == math.inf or best - loss > min_delta)
                answer = names["is_better"](loss, best, min_delta)
                assert type(answer) is bool and answer == right, (loss, best, min_delta)


def test_updates_are_those_of_nnlib(names):
    """Also after a True; nnlib counts epochs from 1, and has 0 and no weights before the first good one."""
    for losses, patience, min_delta in sequences():
        ours, theirs = names["EarlyStopping"](patience, min_delta), train.EarlyStopping(patience, min_delta)
        weights = [np.zeros((2, 3)), np.zeros(4)]
        for loss in losses:
            for w in weights:
                w += 1
            stop = ours.update(loss, weights)
            assert stop is theirs.update(loss, {"a": weights[0], "b": weights[1]})
            assert ours.best_loss == theirs.best_loss
            assert (-1 if ours.best_epoch is None else ours.best_epoch) == theirs.best_epoch - 1
            assert (ours.best_weights is None) == (theirs.best_weights == {})
            for mine, other in zip(ours.best_weights or [], theirs.best_weights.values()):
                np.testing.assert_array_equal(mine, other)


def test_the_best_epoch_by_its_definition(names):
    for losses, patience, min_delta in sequences():
        stopper, better = names["EarlyStopping"](patience, min_delta), by_definition(losses, min_delta)
        stops = [stopper.update(loss, []) for loss in losses]
        assert stopper.best_epoch == (better[-1] if better else None)
        last = [max((i for i in better if i <= epoch), default=-1) for epoch in range(len(losses))]
        assert stops == [epoch - before >= patience for epoch, before in enumerate(last)]


def test_copies_are_copies(names):
    """Of each array; shapes and types as they were; the weights themselves untouched."""
    weights = [np.ones((2, 3), np.float32), np.array(5.0), np.arange(4.0)]
    before, stopper = [w.copy() for w in weights], names["EarlyStopping"](1)
    stopper.update(1.0, weights)
    for w, start, best in zip(weights, before, stopper.best_weights):
        np.testing.assert_array_equal(w, start)
        assert best.shape == w.shape and best.dtype == w.dtype and not np.shares_memory(best, w)


def test_train_until_stops_and_restores(names):
    for losses, patience, min_delta in sequences():
        stopper = names["EarlyStopping"](patience, min_delta)
        weights, seen = [np.zeros((2, 3)), np.zeros(4)], []
        arrays = list(weights)

        def step(weights, seen=seen):
            seen.append(len(seen))
            weights[0] += 1
            weights[1] -= 1

        def validate(weights, losses=losses):
            return losses[int(weights[0][0, 0]) - 1]

        got = names["train_until"](step, validate, weights, stopper, len(losses))
        counter = train.EarlyStopping(patience, min_delta)
        epochs = next((i + 1 for i, loss in enumerate(losses) if counter.update(loss, {})), len(losses))
        np.testing.assert_array_equal(got, losses[:epochs])
        assert len(seen) == epochs and all(type(loss) is float for loss in got)
        kept = epochs if counter.best_epoch == 0 else counter.best_epoch
        assert weights[0] is arrays[0] and weights[1] is arrays[1]
        np.testing.assert_array_equal(weights[0], np.full((2, 3), kept))
        np.testing.assert_array_equal(weights[1], np.full(4, -kept))


def figure_names():
    """Solution and figure together: what the last task speaks of."""
    names = solved("early_stopping")
    cells = [c.source for c in solution_notebook("early_stopping").cells if c.cell_type == "code"]
    for source in cells[cells.index(next(s for s in cells if "digits(flat=True)" in s)):]:
        exec(source, names)
    return names


@pytest.fixture(scope="module")
def drawn():
    """The names after the figure's cell."""
    return figure_names()


def test_the_network_of_the_figure_has_the_right_gradient(drawn):
    """An epoch at a tiny rate walks along the gradient of the loss on all images, ten times its length."""
    rng = np.random.default_rng(3)
    weights = [rng.normal(size=shape) / 8 for shape in ((64, 64), 64, (10, 64), 10)]
    X, y = drawn["X_train"].astype(float), drawn["y_train"]
    moved = [w.copy() for w in weights]
    drawn["one_epoch"](moved, lr=1e-6)              # ten batches
    steps = [(a - b) / 1e-5 for a, b in zip(weights, moved)]
    for w, step in zip(weights, steps):
        nudge = rng.normal(size=w.shape)
        ends = []
        for eps in (1e-6, -1e-6):
            w += eps * nudge
            ends.append(drawn["loss"](weights, X, y))
            w -= eps * nudge
        np.testing.assert_allclose((ends[0] - ends[1]) / 2e-6, np.sum(step * nudge), rtol=1e-3, atol=1e-6)


def test_what_the_figure_and_the_model_answer_say(drawn):
    """The validation loss turns, the best weights read more; patience 1 stops too early, beyond 7 nothing is gained."""
    losses, runs = drawn["losses"], drawn["runs"]
    assert len(losses) == 100 and min(losses) == drawn["patient"].best_loss < 0.8 * losses[-1]
    assert drawn["training"][-1] < 0.1 < 0.3 < drawn["training"][drawn["patient"].best_epoch]
    assert drawn["share_right"](drawn["weights"]) > drawn["right"][-1] + 0.05
    assert runs[1][0] < 12 and runs[1][2] > 1.3 * min(losses)
    for patience, (stop, best, lowest) in runs.items():
        assert stop == best + patience
        assert lowest == losses[best - 1]
        assert patience < 7 or lowest == min(losses)
