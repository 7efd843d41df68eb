"""Hidden tests of early_stopping: what is better, the watch with a memory, and the loop that obeys it.

Losses are multiples of 1/8, so that best - loss > min_delta and loss < best - min_delta agree at a tie, too. Each test
of the watch is about one thing that it holds or says: whoever returns nothing from update loses no point for what is
remembered, and a patience that is off by one costs the points of test_update_patience alone.
"""

import math

import numpy as np
import pytest

from autograder.marking.student import Shown

packages = ["numpy", "nnlib.plot", "nnlib.data"]
builds_on = {"EarlyStopping": ["is_better"], "train_until": ["EarlyStopping"]}

NOTHING = "Nothing came back (None): is there a return at the end of the function, on each way through it?"


def truth(answer):
    """A True or False that came back, maybe as 1 or 0."""
    if answer is None:
        raise Shown(NOTHING)
    if not isinstance(answer, (bool, int, float, np.generic, np.ndarray)) or np.ndim(answer) > 0:
        raise Shown("Expected True or False.")
    assert answer in (True, False)
    return bool(answer)


def grid(rng, low, high, size):
    """Random multiples of 1/8, all different."""
    return (rng.choice(np.arange(8 * low, 8 * high), size, replace=False) / 8).tolist()


def refuse_constant(student):
    """Fail where is_better says the same of any two losses: then what it says of others is worth nothing."""
    assert len({truth(student.is_better(*losses)) for losses in ((1.0, 2.0), (2.0, 1.0), (2.0, 2.0))}) == 2


# Task 1 -----------------------------------------------------------------------------------------------------


@pytest.mark.grade("test-is-better", points=0.25, hint="A comparison with < or > is True or False already.")
def test_better_bool(student):
    """is_better returns True or False, whatever it compares."""
    for val_loss in (0.5, 1.5, math.nan, math.inf):
        for best_loss in (1.0, math.inf):
            answer = student.is_better(val_loss, best_loss)
            truth(answer)
            if not isinstance(answer, (bool, np.bool_)):
                raise Shown("What came back is neither True nor False.")


@pytest.mark.grade("test-is-better", points=0.5, hint="Which of two losses is the better one: the lower or the higher?")
def test_better_lower(student):
    """A lower loss is better and a higher one is not, also where losses are large or negative."""
    rng = np.random.default_rng(1)
    for low, high in ((0, 3), (-4, 4), (10_000, 20_000)):
        for one, other in np.reshape(grid(rng, low, high, 4), (2, 2)).tolist():
            assert truth(student.is_better(min(one, other), max(one, other))) is True
            assert truth(student.is_better(max(one, other), min(one, other))) is False
    for val_loss in (0.5, -0.5):
        assert truth(student.is_better(val_loss, 0.0)) is (val_loss < 0)    # 0 is a loss like others
    assert truth(student.is_better(np.nextafter(0.5, 0).item(), 0.5)) is True    # min_delta is 0 unless it is given


@pytest.mark.grade("test-is-better", points=0.5,
                   hint="Lower by more than min_delta: subtract it from the best loss, or the losses from each other.")
def test_better_min_delta(student):
    """A loss must be lower by more than min_delta."""
    rng = np.random.default_rng(2)
    for best_loss in (5.0, *grid(rng, -3, 6, 2)):
        for min_delta in (0.25, 2.0):
            for lead in (min_delta + 0.125, -0.125, min_delta - 0.125, -min_delta - 0.125):
                assert truth(student.is_better(best_loss - lead, best_loss, min_delta)) is (lead > min_delta)


@pytest.mark.grade("test-is-better", points=0.25, hint="Is lower by exactly min_delta also lower by more than that?")
def test_better_tie(student):
    """A loss that is lower by exactly min_delta is not better, and neither is an equal one."""
    refuse_constant(student)
    for best_loss in grid(np.random.default_rng(3), -2, 4, 3):
        for min_delta in (0.0, 0.125, 1.5):
            assert truth(student.is_better(best_loss - min_delta, best_loss, min_delta)) is False


@pytest.mark.grade("test-is-better", points=0.25,
                   hint="math.inf compares as a number does: which losses are lower? And is math.inf itself?")
def test_better_infinite(student):
    """Every finite loss beats math.inf, and math.inf beats nothing."""
    for min_delta in (0.0, 0.5):
        for val_loss in (0.0, 3.25, -2.0, 1e300):
            assert truth(student.is_better(val_loss, math.inf, min_delta)) is True
        for best_loss in (1.0, math.inf):
            assert truth(student.is_better(math.inf, best_loss, min_delta)) is False


@pytest.mark.grade("test-is-better", points=0.25,
                   hint="Each comparison with NaN is False. So ask what is better, and not what is worse.")
def test_better_nan(student):
    """NaN is never better, not even than math.inf."""
    refuse_constant(student)
    for best_loss in (0.75, -1.0, math.inf):
        for min_delta in (0.0, 0.5):
            assert truth(student.is_better(math.nan, best_loss, min_delta)) is False


# Task 2 -----------------------------------------------------------------------------------------------------


def watch(student, losses, patience=50, min_delta=0.0, weights=None):
    """A stopper that has seen these losses, with these weights, and what it answered (unchecked)."""
    stopper = student.EarlyStopping(patience, min_delta)
    weights = weights or [[np.ones(2)]] * len(losses)
    return stopper, [stopper.update(loss, w) for loss, w in zip(losses, weights)]


def waits(stopper, loss):
    """How many updates with this loss, which is never better, it takes until the stopper says stop."""
    for count in range(1, 12):
        if truth(stopper.update(loss, [np.ones(2)])):
            return count
    raise Shown("However often the loss is not better, update never says that it is time to stop.")


def best(stopper, name, wanted):
    """Assert what the stopper holds under this name."""
    value = getattr(stopper, name).get()
    if value is None:
        raise Shown(f"{name} is still None after a better loss.")
    assert np.ndim(value) == 0 and value == wanted


@pytest.mark.grade("test-early-stopping", points=0.25, hint="See the table: three attributes, set in __init__.")
def test_stopper_new(student):
    """A new stopper has seen nothing: inf, None and None."""
    for stopper in (student.EarlyStopping(3), student.EarlyStopping(patience=1, min_delta=0.5)):
        assert stopper.best_loss.get() == math.inf
        assert stopper.best_weights.get() is None
        assert stopper.best_epoch.get() is None


@pytest.mark.grade("test-early-stopping", points=0.25, hint="A loss that is not better changes none of the attributes.")
def test_update_best_loss(student):
    """best_loss is the lowest loss so far, whatever came after it."""
    for losses in ([2.0, 1.5, 1.75, 0.5, 3.0, 1.0], [0.25, 4.0, 0.5], [9.0, 7.0, 5.0], [-1.0, -0.5, -2.5, -2.0]):
        stopper, _ = watch(student, losses)
        best(stopper, "best_loss", min(losses))
    stopper, least = student.EarlyStopping(9), np.nextafter(0.5, 0).item()
    for loss in (0.5, least):
        stopper.update(loss, [np.ones(2)])
    best(stopper, "best_loss", least)    # min_delta is 0 unless it is given


@pytest.mark.grade("test-early-stopping", points=0.5,
                   hint="Count the updates, all of them. The first one has number 0.")
def test_update_best_epoch(student):
    """best_epoch is the number of the best update, counting all from 0."""
    for losses in ([2.0, 1.5, 1.75, 3.0, 0.5, 1.0, 2.0], [0.25, 4.0, 0.5], [9.0, 7.0, 5.0], [6.0, 7.0, 8.0, 5.0]):
        stopper, _ = watch(student, losses)
        best(stopper, "best_epoch", int(np.argmin(losses)))


@pytest.mark.grade("test-early-stopping", points=0.5,
                   hint="The weights that came with the best loss: one array of the list for each, as they were.")
def test_update_best_weights(student):
    """best_weights is a list of the arrays of the best epoch, and update changes nothing in what it gets."""
    rng = np.random.default_rng(4)
    for losses in ([2.0, 0.5, 1.75], [0.25, 4.0], [3.0, 2.0, 1.0]):
        weights = [[rng.normal(size=(2, 3)), rng.normal(size=4).astype(np.float32), rng.normal(size=(1, 1, 2))]
                   for _ in losses]
        sent = [student.put(arrays) for arrays in weights]
        stopper, _ = watch(student, losses, weights=sent)
        found = stopper.best_weights.get()
        if not isinstance(found, list):
            raise Shown("best_weights should be a list of arrays, as weights is.")
        wanted = weights[int(np.argmin(losses))]
        assert [(np.shape(w), w.dtype) for w in found] == [(w.shape, w.dtype) for w in wanted]
        for arrays, others in [(wanted, found), *zip(weights, [handle.get() for handle in sent])]:
            for array, other in zip(arrays, others, strict=True):
                np.testing.assert_array_equal(other, array)


@pytest.mark.grade("test-early-stopping", points=0.75,
                   hint="A new list of the same arrays is not enough: training changes the arrays. Which of your lines "
                        "makes new ones?")
def test_update_copies(student):
    """best_weights stays as it is while training goes on changing the arrays."""
    rng = np.random.default_rng(5)
    for losses in ([1.0, 2.0, 3.0], [3.0, 1.0, 2.0]):
        start = [rng.normal(size=(3, 2)), rng.normal(size=5)]
        sent, stopper = student.put(start), student.EarlyStopping(9)
        for epoch, loss in enumerate(losses, start=1):
            for i in range(2):
                sent[i].fill(10.0 * epoch + i)
            stopper.update(loss, sent)
        for i in range(2):
            sent[i].fill(-1.0)
        found = stopper.best_weights.get()
        wanted = 10.0 * (1 + int(np.argmin(losses)))
        assert [np.shape(w) for w in found] == [w.shape for w in start]
        if any(np.all(w == -1) for w in found):
            raise Shown("best_weights changed when training went on.")
        for i, array in enumerate(found):
            np.testing.assert_array_equal(array, np.full(start[i].shape, wanted + i))


@pytest.mark.grade("test-early-stopping", points=0.5,
                   hint="With patience = 1 the first update that is not better says stop; with 3 it is the third.")
def test_update_patience(student):
    """update says stop with the update that makes it `patience` in a row, not before."""
    for patience in (1, 2, 5):
        _, answers = watch(student, [0.5] + [0.75] * patience, patience)
        assert [truth(answer) for answer in answers] == [False] * patience + [True]
        falling = [truth(answer) for answer in watch(student, [4.0, 3.0, 2.0, 1.0], patience)[1]]
        assert falling == [False] * 4


@pytest.mark.grade("test-early-stopping", points=0.25,
                   hint="In a row: what becomes of the count when a loss is better?")
def test_update_counts_anew(student):
    """A better loss starts the count anew."""
    for patience in (2, 4):
        fresh, late = student.EarlyStopping(patience), student.EarlyStopping(patience)
        fresh.update(2.0, [np.ones(2)])
        for loss in [2.0] + [3.0] * (patience - 1) + [1.5] + [1.75] * (patience - 1) + [1.0]:
            assert truth(late.update(loss, [np.ones(2)])) is False
        assert waits(late, 2.5) == waits(fresh, 2.5)


@pytest.mark.grade("test-early-stopping", points=0.25,
                   hint="Who goes on after a True, and still sees no better loss, has seen even more than patience.")
def test_update_goes_on(student):
    """After a True it stays True until a loss is better, and then the count starts anew."""
    stopper = student.EarlyStopping(3)
    stopper.update(2.0, [np.ones(2)])
    before = waits(stopper, 2.25)
    answers = [truth(stopper.update(loss, [np.ones(2)])) for loss in (2.0, 3.0, 2.5)]
    if not all(answers):
        raise Shown("It was time to stop, then came another update without a better loss, and it was not.")
    assert truth(stopper.update(1.0, [np.ones(2)])) is False
    assert waits(stopper, 1.5) == before


@pytest.mark.grade("test-early-stopping", points=0.25,
                   hint="Losses that creep down: each is compared with the best one, and one that is not better does "
                        "not become the best one.")
def test_update_min_delta(student):
    """Small steps down are no progress, until they add up to more than min_delta since the best loss."""
    stopper = student.EarlyStopping(50, min_delta=0.5)
    for epoch, loss in enumerate([2.0, 1.875, 1.75, 1.625]):
        stopper.update(loss, [np.full(2, float(epoch))])
    np.testing.assert_array_equal(stopper.best_weights.get(), [[0.0, 0.0]])
    best(stopper, "best_loss", 2.0)
    stopper.update(1.375, [np.full(2, 4.0)])
    stopper.update(1.0, [np.full(2, 5.0)])
    np.testing.assert_array_equal(stopper.best_weights.get(), [[4.0, 4.0]])
    best(stopper, "best_loss", 1.375)


@pytest.mark.grade("test-early-stopping", points=0.25, hint="A NaN is an update like others, and not a better one.")
def test_update_nan(student):
    """NaN counts as not better, from the first update on, and is never remembered."""
    stopper, _ = watch(student, [math.nan, math.nan])
    assert stopper.best_loss.get() == math.inf
    assert stopper.best_weights.get() is None and stopper.best_epoch.get() is None
    stopper.update(0.5, [np.ones(2)])
    stopper.update(math.nan, [np.zeros(2)])
    best(stopper, "best_loss", 0.5)
    good, bad = student.EarlyStopping(3), student.EarlyStopping(3)
    for one in (good, bad):
        one.update(0.5, [np.ones(2)])
    patience = waits(good, 0.75)
    assert waits(bad, math.nan) == patience
    assert waits(student.EarlyStopping(3), math.nan) == patience    # nothing has been better yet


@pytest.mark.grade("test-early-stopping", points=0.25,
                   hint="What stands in the class body, or under a global name, is shared by all stoppers.")
def test_stopper_independent(student):
    """Two stoppers know nothing of each other."""
    one, two = student.EarlyStopping(3), student.EarlyStopping(3)
    one.update(0.5, [np.ones(2)])
    one.update(0.75, [np.ones(2)])
    assert two.best_loss.get() == math.inf and two.best_epoch.get() is None
    two.update(4.0, [np.zeros(2)])
    best(one, "best_loss", 0.5)
    best(two, "best_loss", 4.0)
    alone, three = student.EarlyStopping(3), student.EarlyStopping(3)
    for stopper in (alone, three):
        stopper.update(4.0, [np.zeros(2)])
    assert waits(two, 5.0) == waits(alone, 5.0) == waits(three, 5.0)


# Task 3 -----------------------------------------------------------------------------------------------------


class Run:
    """One call of train_until, where epoch i (from 1) leaves i in the first array and 10 i in the second.

    losses: what came back. epochs: how many were trained. arrays: the arrays that were in the list. listed: what
    is in the list in the end. wanted(i): the arrays after epoch i.
    """

    def __init__(self, student, val_losses, max_epochs, patience=50, min_delta=0.0):
        self.start = [np.zeros((2, 3)), np.zeros(4, np.float32)]
        arrays = [student.put(array) for array in self.start]
        weights, self.epochs = student.put(arrays), 0
        table = dict(enumerate(val_losses, start=1))

        def step(current):
            self.epochs += 1
            value = current[0][0, 0] + 1.0    # training goes on from the weights that are there
            for i, array in enumerate(arrays):
                array.fill(10.0**i * value)

        def validate(current):
            return table.get(current[0][0, 0], math.nan)

        stopper = student.EarlyStopping(patience, min_delta)
        self.losses = student.train_until(step, validate, weights, stopper, max_epochs)
        self.arrays, self.listed = [array.get() for array in arrays], weights.get()

    def wanted(self, epoch):
        return [np.full_like(array, 10.0**i * epoch) for i, array in enumerate(self.start)]

    def assert_weights_of(self, epoch):
        """The list holds the weights of this epoch; whether in its old arrays is another test's matter."""
        assert [np.shape(array) for array in self.listed] == [array.shape for array in self.start]
        for found, wanted in zip(self.listed, self.wanted(epoch)):
            np.testing.assert_array_equal(found, wanted)


@pytest.mark.grade("test-train-until", points=0.25,
                   hint="First train, then validate, then append: also where this is the epoch that stops it.")
def test_until_losses(student):
    """train_until returns the loss of each epoch that was trained, measured after its training."""
    falling, rising = [4.0, 3.5, 3.0], [1.0, 0.5, 0.75, 0.625, 0.875]
    for val_losses, max_epochs, patience in ((falling, 3, 2), (rising, 5, 2), (rising, 1, 3)):
        run = Run(student, val_losses, max_epochs, patience)
        if run.losses is None:
            raise Shown(NOTHING)
        if np.shape(run.losses) != (run.epochs,):
            raise Shown("Expected a list with one loss for each epoch that was trained.")
        assert run.epochs > 0
        np.testing.assert_array_equal(run.losses, val_losses[: run.epochs])


@pytest.mark.grade("test-train-until", points=0.25, hint="update says whether to stop. Does anybody listen?")
def test_until_stops(student):
    """The training ends with the epoch after which the stopper says stop."""
    for patience, epochs in ((1, 3), (2, 6)):
        assert Run(student, [1.0, 0.5, 0.75, 0.375, 0.5, 0.625, 0.125], 7, patience).epochs == epochs


@pytest.mark.grade("test-train-until", points=0.25, hint="How many rounds has range(max_epochs)?")
def test_until_max_epochs(student):
    """The training ends after max_epochs epochs where nobody says stop."""
    for max_epochs in (1, 4):
        assert Run(student, [3.0, 2.0, 2.5, 1.5, 1.75], max_epochs).epochs == max_epochs
    assert Run(student, [math.nan, 2.0, math.nan, 1.0], 4).epochs == 4    # a NaN alone is no end


@pytest.mark.grade("test-train-until", points=0.5,
                   hint="After the loop copy stopper.best_weights into the arrays of the list, each into its own.")
def test_until_best_after_stop(student):
    """Where the stopper said stop the weights are those of the best epoch, by its own measure."""
    for val_losses, patience, min_delta, epoch in (
        ([1.0, 0.5, 0.75, 0.875, 0.25], 2, 0.0, 2),
        ([0.5, 0.75, 0.625], 1, 0.0, 1),
        ([2.0, 1.0, 0.875, 0.75, 0.25], 2, 0.5, 2),
    ):
        Run(student, val_losses, len(val_losses), patience, min_delta).assert_weights_of(epoch)


@pytest.mark.grade("test-train-until", points=0.25, hint="The loop has two ends. What happens at the other one?")
def test_until_best_after_max_epochs(student):
    """Where max_epochs were over the weights are those of the best epoch, too."""
    for val_losses, epoch in (([1.0, 0.5, 0.75], 2), ([0.25, 0.5], 1), ([3.0, 2.0], 2)):
        Run(student, val_losses, len(val_losses)).assert_weights_of(epoch)


@pytest.mark.grade("test-train-until", points=0.25,
                   hint="weights[i] = ... puts another array into the list; weights[i][...] = ... fills the one that "
                        "is there.")
def test_until_in_place(student):
    """The arrays themselves get the values of the best epoch, and keep their dtype."""
    run = Run(student, [1.0, 0.5, 0.75, 0.875], 4, patience=2)
    if not all(np.array_equal(one, other) for one, other in zip(run.arrays, run.listed)):
        raise Shown("The list has new arrays. The network holds those that were in it, and they did not change.")
    for found, wanted in zip(run.arrays, run.wanted(2)):
        assert found.dtype == wanted.dtype
        np.testing.assert_array_equal(found, wanted)


@pytest.mark.grade("test-train-until", points=0.25, hint="What does best_weights hold where no epoch was ever better?")
def test_until_nothing_better(student):
    """Where all losses are NaN the weights stay as the last epoch left them."""
    for max_epochs, patience in ((3, 9), (5, 2)):
        run = Run(student, [math.nan] * 5, max_epochs, patience)
        assert run.epochs > 0
        run.assert_weights_of(run.epochs)
