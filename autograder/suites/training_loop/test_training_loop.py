"""Hidden tests of training_loop: one epoch, a measurement without a trace, the best of many epochs, a checkpoint.

Models and optimizers live with the student. Hooks on them tell what the student's code does: which batches a model
meets, in which mode, whether PyTorch takes notes, what the gradients are at a step. No test asks for a particular
order of the examples. Where that is possible a test leaves to others what it is not about: a loss that comes back as
a tensor costs one test alone, a wrong step costs no loss, and the tests of loading write their files themselves.
Every call into the sandbox costs a little, and every first use of a part of PyTorch: tests are made of few.
"""

import numpy as np
import pytest

from autograder.marking.student import Handle, Shown

packages = ["numpy", "torch", "nnlib.plot", "nnlib.data"]

NOTHING = "Nothing came back (None): is there a return at the end of the function?"


def losses_of(scores, y):
    """The cross-entropy of each example, from its definition: log of the sum of exp(score - score of its class)."""
    return np.array([np.log(np.sum(np.exp(row - row[k]))) for row, k in zip(scores, y)])


def gradient(W, X, y):
    """The gradient of the mean cross-entropy of the scores X @ W.T: that of each example, then their mean."""
    shares = np.exp(X @ W.T - losses_of(X @ W.T, y)[:, None] - (X @ W.T)[np.arange(len(y)), y][:, None])    # softmax
    return np.mean([np.outer(p - np.eye(len(W))[k], x) for p, x, k in zip(shares, X, y)], axis=0)


def examples(seed, n, d=3, k=4):
    """Random X (n, d), classes y (n,) and weights W (k, d) of a linear layer."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.integers(k, size=n), rng.normal(size=(k, d))


def linear(student, W):
    """A linear layer without bias that has the weights W, in their dtype."""
    t = student.torch
    dtype = t.float32 if W.dtype == np.float32 else t.float64
    model = t.nn.Linear(W.shape[1], W.shape[0], bias=False, dtype=dtype)
    model.load_state_dict({"weight": t.tensor(W)})
    return model


def train(student, model, X, y, batch_size, lr=0.1, optimizer=None, generator=None):
    """What train_epoch returns, with SGD and a generator of its own where none is given."""
    t = student.torch
    optimizer = t.optim.SGD(model.parameters(), lr=lr) if optimizer is None else optimizer
    generator = t.Generator().manual_seed(1) if generator is None else generator
    return student.train_epoch(model, t.tensor(X), t.tensor(y), optimizer, batch_size, generator)


def number(value):
    """A number that came back, maybe as a tensor."""
    if value is None:
        raise Shown(NOTHING)
    value = value.item() if isinstance(value, Handle) else value
    assert np.ndim(value) == 0
    return value


def pair(values, what):
    """The two things that a function returned."""
    if values is None:
        raise Shown(NOTHING)
    if not isinstance(values, (tuple, list)) or len(values) != 2:
        raise Shown(f"Expected {what}.")
    return values


def refuse_all_but_float(value, name):
    """Say so where a float was asked for and something else came."""
    if not isinstance(value, (float, np.floating, np.ndarray)) or np.ndim(value) > 0:
        raise Shown(f"{name} is not a float. A tensor with one number becomes one with .item().")
    assert np.isfinite(value)


def positions(rows, X):
    """Where each row stands in X; all rows of X differ."""
    found = [np.flatnonzero((row == X).reshape(len(X), -1).all(axis=1)) for row in rows]
    if not all(map(len, found)):
        raise Shown("The model met an input that is no row of X.")
    return [int(place[0]) for place in found]


# Task 1 -----------------------------------------------------------------------------------------------------


@pytest.mark.grade("test-train-epoch", points=0.25,
                   hint="Cut the shuffled indices into pieces of batch_size. What happens to those that are left over?")
def test_train_epoch_every_example(student):
    """Every example is met once, in batches of batch_size; the last one may be smaller."""
    t, rng = student.torch, np.random.default_rng(1)
    pictures = t.nn.Sequential(t.nn.Flatten(), t.nn.Linear(6, 2, dtype=t.float64))
    tokens = t.nn.EmbeddingBag(100, 2)
    for model, n, size, sizes in ((pictures, 7, 3, [3, 3, 1]), (pictures, 4, 2, [2, 2]), (tokens, 3, 5, [3])):
        X = rng.permutation(4 * n).reshape(n, 4) if model is tokens else rng.normal(size=(n, 2, 3))
        batches = []
        hook = model.register_forward_pre_hook(lambda m, args, batches=batches: batches.append(args[0].numpy()))
        train(student, model, X, rng.integers(2, size=n), size)
        hook.remove()
        assert [len(batch) for batch in batches] == sizes
        assert sorted(positions(np.concatenate(batches), X)) == list(range(n))


@pytest.mark.grade("test-train-epoch", points=0.25,
                   hint="torch.randperm and DataLoader take generator=generator. Without it others have a say.")
def test_train_epoch_order(student):
    """The order is random, new in each epoch, and comes from the generator alone."""
    t, X = student.torch, np.arange(30.0)[:, None]
    orders, seen = [], []
    model = linear(student, np.zeros((2, 1)))
    model.register_forward_pre_hook(lambda m, args: seen.extend(args[0].numpy()[:, 0].tolist()))
    one, same, other = (t.Generator().manual_seed(seed) for seed in (5, 5, 6))
    for seed, generator in enumerate((one, one, same, other)):
        t.manual_seed(seed)
        train(student, model, X, np.arange(30) % 2, 30, generator=generator)
        orders.append(seen.copy())
        seen.clear()
    first, second, again, another = orders
    if first == X[:, 0].tolist():
        raise Shown("The examples come in the order in which they stand in X.")
    if first != again:
        raise Shown("Two generators with the same seed give two orders: something else has a say in it.")
    if first == second:
        raise Shown("Two epochs with one generator have the same order.")
    assert len({tuple(order) for order in (first, second, another)}) == 3


@pytest.mark.grade("test-train-epoch", points=0.5,
                   hint="cross_entropy takes scores and classes and gives the batch's mean. Do x and y of a batch "
                        "belong together?")
def test_train_epoch_step(student):
    """A batch moves the weights once, by lr times the gradient of its mean cross-entropy."""
    for n, size, dtype in ((6, 6, np.float64), (5, 9, np.float32)):
        X, y, W = examples(n, n)
        X, W = X.astype(dtype), W.astype(dtype)
        model = linear(student, W)
        train(student, model, X, y, size, lr=0.5)
        moved = model.weight.detach().numpy()
        tolerance = 1e-9 if dtype == np.float64 else 1e-5
        np.testing.assert_allclose(moved, W - 0.5 * gradient(W, X, y), rtol=0, atol=tolerance)


@pytest.mark.grade("test-train-epoch", points=0.25,
                   hint="backward adds to what stands in grad. Wipe it for each batch, the first one too.")
def test_train_epoch_wipes(student):
    """Each step sees the gradient of its own batch; what stood in grad before does not count."""
    t, (X, y, W) = student.torch, examples(7, 5)
    model, batches, found = linear(student, W), [], []
    t.mul(model.weight, 50).sum().backward()
    optimizer = t.optim.SGD(model.parameters(), lr=0.0)    # the weights stay, so all depends on the batches alone
    model.register_forward_pre_hook(lambda m, args: batches.append(args[0].numpy()))
    optimizer.register_step_post_hook(lambda *_: found.append(model.weight.grad.numpy()))
    train(student, model, X, y, 3, optimizer=optimizer)
    if len(found) != len(batches):
        raise Shown("optimizer.step() should be called once for each batch.")
    wanted = [gradient(W, batch, y[positions(batch, X)]) for batch in batches]
    assert np.shape(found) == (2, *W.shape)
    for grad, direction in zip(found, wanted):    # its length is another test's matter
        assert np.linalg.norm(grad) > 0
        np.testing.assert_allclose(grad / np.linalg.norm(grad), direction / np.linalg.norm(direction), atol=1e-9)


@pytest.mark.grade("test-train-epoch", points=0.25, hint="model.train() switches it on. Where does the epoch begin?")
def test_train_epoch_mode(student):
    """The model trains in training mode, whatever mode it comes in, and is left in it."""
    t, (X, y, _) = student.torch, examples(2, 3)
    model, modes = t.nn.Sequential(t.nn.Dropout(0.5), t.nn.Linear(3, 4, dtype=t.float64)), []
    model[0].register_forward_pre_hook(lambda m, args: modes.append(m.training.get()))
    for before in (False, True):
        model.train(before)
        train(student, model, X, y, 2)
        if not modes or not all(modes):
            raise Shown("A part of the model met a batch in evaluation mode.")
        if not (model.training.get() and model[0].training.get()):
            raise Shown("After the epoch the model is in evaluation mode.")


@pytest.mark.grade("test-train-epoch", points=0.25,
                   hint="With batches of 4 and 1, each example of the first counts as much as that of the second.")
def test_train_epoch_loss_uneven(student):
    """The loss is one float: the mean over all examples, also where the last batch is smaller."""
    for n, size in ((7, 3), (1, 4)):
        X, y, W = examples(n + 10, n)
        loss = train(student, linear(student, W), X, y, size, lr=0.0)
        refuse_all_but_float(loss, "The loss")
        np.testing.assert_allclose(loss, np.mean(losses_of(X @ W.T, y)), rtol=1e-6)


@pytest.mark.grade("test-train-epoch", points=0.25,
                   hint="The loss that you call backward on is the one to note down: it was measured before the step.")
def test_train_epoch_loss_before_step(student):
    """Each example counts as the model met it, before the step."""
    (X, y, W), met = examples(4, 4), {}
    model = linear(student, W)

    def look(module, args):
        batch, weights = args[0].numpy(), module.weight.detach().numpy()
        for place, loss in zip(positions(batch, X), losses_of(batch @ weights.T, y[positions(batch, X)])):
            met.setdefault(place, loss)

    model.register_forward_pre_hook(look)
    loss = number(train(student, model, X, y, 2, lr=5.0))
    assert len(met) == 4
    np.testing.assert_allclose(loss, np.mean(list(met.values())), rtol=1e-6)


# Task 2 -----------------------------------------------------------------------------------------------------


def measured(student, model, X, y):
    """The loss and the accuracy that evaluate returns, as numbers."""
    t = student.torch
    return map(number, pair(student.evaluate(model, t.tensor(X), t.tensor(y)), "two numbers: loss, accuracy"))


@pytest.mark.grade("test-evaluate", points=0.5,
                   hint="One call of cross_entropy over all examples gives their mean. In batches, mind the last one.")
def test_evaluate_loss(student):
    """The loss is the mean cross-entropy over all examples, pictures too."""
    t = student.torch
    for n, dtype in ((7, np.float64), (1, np.float64), (300, np.float32)):
        X, y, W = examples(n, n, d=6)
        X, W = X.astype(dtype), W.astype(dtype)
        model, inputs = linear(student, W), X
        if n == 300:
            model, inputs = t.nn.Sequential(t.nn.Flatten(), model), X.reshape(n, 2, 3)
        loss, _ = measured(student, model, inputs, y)
        np.testing.assert_allclose(loss, np.mean(losses_of(X @ W.T, y)), rtol=1e-5)


@pytest.mark.grade("test-evaluate", points=0.5,
                   hint="For each row: is the place of its largest score its class? The share of those is a mean.")
def test_evaluate_accuracy(student):
    """The accuracy is the share of examples whose largest score is that of the right class; both are floats."""
    t, model = student.torch, linear(student, np.eye(5))
    for n, right in ((7, 3), (1, 1), (300, 110)):
        rng = np.random.default_rng(n)
        scores = -rng.uniform(1, 9, size=(n, 5))
        best = np.array([max(range(5), key=row.__getitem__) for row in scores])
        y = np.where(rng.permutation(n) < right, best, (best + rng.integers(1, 5, size=n)) % 5)
        found = pair(student.evaluate(model, t.tensor(scores), t.tensor(y)), "two floats: loss, accuracy")
        for value, name in zip(found, ("The loss", "The accuracy")):
            refuse_all_but_float(value, name)
        np.testing.assert_allclose(found[1], right / n, rtol=1e-6)


@pytest.mark.grade("test-evaluate", points=0.25,
                   hint="model.eval() before the forward: dropout rests, and batch norm uses what it has learned.")
def test_evaluate_in_evaluation_mode(student):
    """It is measured in evaluation mode: batch norm uses its statistics and keeps them, dropout rests."""
    t, rng, (X, y, W) = student.torch, np.random.default_rng(6), examples(6, 8)
    mean, var = rng.normal(size=3), rng.uniform(0.5, 2, 3)
    model = t.nn.Sequential(t.nn.BatchNorm1d(3, eps=0.01), t.nn.Dropout(0.9), linear(student, W)).double()
    model[0].running_mean.copy_(t.tensor(mean))
    model[0].running_var.copy_(t.tensor(var))
    modes = []
    for layer in (0, 1):
        model[layer].register_forward_pre_hook(lambda m, args: modes.append(m.training.get()))
    t.manual_seed(1)    # dropout in training mode then always gives the same
    loss, _ = measured(student, model, X, y)
    if not modes or any(modes):
        raise Shown("The model met the examples in training mode.")
    np.testing.assert_allclose(loss, np.mean(losses_of((X - mean) / np.sqrt(var + 0.01) @ W.T, y)), rtol=1e-6)
    np.testing.assert_allclose(model[0].running_mean.numpy(), mean)
    np.testing.assert_allclose(model[0].running_var.numpy(), var)
    assert model[0].num_batches_tracked.item() == 0


@pytest.mark.grade("test-evaluate", points=0.25,
                   hint="model.training says in which mode it came; model.train(mode) brings it back, all parts of it.")
def test_evaluate_gives_the_mode_back(student):
    """Afterwards the model, with all its parts, is in the mode in which it came."""
    t, (X, y, W) = student.torch, examples(7, 5)
    model, met = t.nn.Sequential(t.nn.Dropout(0.5), linear(student, W)), []
    model.register_forward_pre_hook(lambda *_: met.append("all of it"))
    for mode, name in ((True, "training"), (False, "evaluation")):
        model.train(mode)
        student.evaluate(model, t.tensor(X), t.tensor(y))
        for module, which in ((model, "A model"), (model[0], "A part of a model")):
            if module.training.get() is not mode:
                raise Shown(f"{which} came in {name} mode, and afterwards it is in the other one.")
    assert met    # who does nothing leaves no trace either


@pytest.mark.grade("test-evaluate", points=0.25,
                   hint="with torch.no_grad(): around the forward. After the block notes are taken as before.")
def test_evaluate_takes_no_notes(student):
    """PyTorch takes no notes while it is measured, and does so again afterwards."""
    t, (X, y, W) = student.torch, examples(8, 6)
    model, notes = linear(student, W), []
    model.register_forward_pre_hook(lambda *_: notes.append(t.is_grad_enabled()))
    student.evaluate(model, t.tensor(X), t.tensor(y))
    if not notes or any(notes):
        raise Shown("PyTorch took notes for a backward during the forward.")
    if not (t.is_grad_enabled() and model.weight.requires_grad.get()):
        raise Shown("After evaluate PyTorch takes no notes any more.")


@pytest.mark.grade("test-evaluate", points=0.25,
                   hint="Someone may be between backward and step: do not touch grad. And nothing learns here.")
def test_evaluate_leaves_no_trace(student):
    """Weights, gradients and the examples are afterwards what they were."""
    t, (X, y, W) = student.torch, examples(9, 6)
    G = np.random.default_rng(9).normal(size=W.shape)
    model, fresh, inputs, classes = linear(student, W), linear(student, W), t.tensor(X), t.tensor(y)
    t.mul(model.weight, t.tensor(G)).sum().backward()
    for one in (model, fresh):
        loss, _ = pair(student.evaluate(one, inputs, classes), "two numbers: loss, accuracy")
        assert number(loss) > 0
        np.testing.assert_array_equal(one.weight.detach().numpy(), W)
    np.testing.assert_array_equal(inputs.detach().numpy(), X)
    np.testing.assert_array_equal(classes.numpy(), y)
    assert not t.is_tensor(fresh.weight.grad)
    if not t.is_tensor(model.weight.grad):
        raise Shown("The model came with gradients, and afterwards they are gone.")
    np.testing.assert_array_equal(model.weight.grad.numpy(), G)


# Task 3 -----------------------------------------------------------------------------------------------------


def fitted(student, weights, val_losses, train_losses=None):
    """What fit returns, and the model's weight at its end, where epoch i leaves weights[i] and has these losses."""
    model = student.torch.nn.Linear(1, 1, bias=False)
    coming, training, validation = iter(weights), iter(train_losses or [1.0] * len(weights)), iter(val_losses)

    def run_epoch():
        model.weight.data.fill_(next(coming))
        return next(training)

    result = student.fit(model, run_epoch, lambda: next(validation), len(weights))
    return result, model.weight.item()


@pytest.mark.grade("test-fit", points=0.25,
                   hint="Each epoch trains, then validates. The best state comes back once, after the last epoch.")
def test_fit_calls(student):
    """Each epoch trains once and validates once; the next one goes on from where it ended."""
    model, events = student.torch.nn.Linear(1, 1, bias=False), []
    model.weight.data.fill_(7.0)

    def run_epoch():
        events.append(("trains from", model.weight.item()))
        model.weight.data.add_(1.0)
        return 1.0

    def validate():
        events.append(("validates", model.weight.item()))
        return float(len(events))    # after the first epoch it gets worse and worse

    student.fit(model, run_epoch, validate, epochs=4)
    calls = [name for name, _ in events]
    if calls != ["trains from", "validates"] * 4:
        raise Shown("In each epoch run_epoch should be called once, then validate once.")
    if [weight for _, weight in events] != [7.0, 8, 8, 9, 9, 10, 10, 11]:
        raise Shown("The model was changed between two epochs, or between the training and the validation.")


@pytest.mark.grade("test-fit", points=0.5, hint="Two lists: append what run_epoch and validate return.")
def test_fit_losses(student):
    """fit returns the training losses and the validation losses, one for each epoch."""
    for epochs in (5, 1):
        train_losses, val_losses = np.random.default_rng(epochs).uniform(1, 3, (2, epochs)).tolist()
        result, _ = fitted(student, [1.0] * epochs, val_losses, train_losses)
        found = pair(result, "two lists: the training losses, the validation losses")
        for losses, wanted in zip(found, (train_losses, val_losses)):
            np.testing.assert_array_equal(losses, wanted)


@pytest.mark.grade("test-fit", points=0.5,
                   hint="state_dict() gives the model's own tensors, and they go on changing: copy.deepcopy them. "
                        "Is the state loaded at the end, and chosen by the validation loss?")
def test_fit_best(student):
    """At the end the model is in the state of the epoch with the lowest validation loss."""
    for best, val_losses in ((2, [0.9, 0.6, 0.4, 0.7, 0.5]), (0, [0.3, 0.5, 0.4])):
        weights = np.random.default_rng(best).permutation(len(val_losses)) + 0.5
        train_losses = np.linspace(0.9, 0.1, len(val_losses)).tolist()
        _, weight = fitted(student, weights.tolist(), val_losses, train_losses)
        assert weight == weights[best]


@pytest.mark.grade("test-fit", points=0.25, hint="Is an equal loss a better one?")
def test_fit_first_of_equal(student):
    """Of epochs with equal losses the first counts."""
    # The last epoch ends where the best one did, so a state that went on changing costs nothing here.
    for weights, val_losses in (([5.0, 7, 9, 7], [3.0, 1, 1, 2]), ([4.0, 6, 8, 4], [2.0, 2, 2, 3])):
        _, weight = fitted(student, weights, val_losses)
        assert weight == weights[val_losses.index(min(val_losses))]


@pytest.mark.grade("test-fit", points=0.25, hint="What is the first epoch compared with? It is always the best so far.")
def test_fit_any_losses(student):
    """Losses may be large, negative or nearly equal, the best epoch the first, the last or the only one."""
    for best, val_losses in ((1, [9e6, 5e6, 8e6]), (0, [-3.0, -1, -2]), (3, [4e3, 3e3, 2e3, 1e3]), (0, [70.0]),
                             (1, [0.3, 0.29999, 0.4])):
        weights = np.arange(1.0, len(val_losses) + 1)
        _, weight = fitted(student, weights.tolist(), val_losses)
        assert weight == weights[best]


@pytest.mark.grade("test-fit", points=0.25, hint="parameters() knows nothing of running_mean; state_dict() does.")
def test_fit_statistics(student):
    """The statistics of batch norm belong to the state."""
    t, rng = student.torch, np.random.default_rng(3)
    model, val_losses = t.nn.Sequential(t.nn.BatchNorm1d(2)).double(), iter([0.8, 0.5, 0.9])
    means, variances, coming = rng.normal(size=(3, 2)), rng.uniform(1, 2, (3, 2)), iter(range(3))

    def run_epoch():
        epoch = next(coming)
        model[0].running_mean.copy_(t.tensor(means[epoch]))
        model[0].running_var.copy_(t.tensor(variances[epoch]))
        model[0].num_batches_tracked.fill_(10 * epoch + 10)
        return 1.0

    student.fit(model, run_epoch, lambda: next(val_losses), 3)
    np.testing.assert_array_equal(model[0].running_mean.numpy(), means[1])
    np.testing.assert_array_equal(model[0].running_var.numpy(), variances[1])
    assert model[0].num_batches_tracked.item() == 20


# Task 4 -----------------------------------------------------------------------------------------------------


def new(student):
    """A model with a weight and statistics, as it is at its beginning, and SGD with momentum; both quick to make."""
    t = student.torch
    model = t.nn.BatchNorm1d(3)
    return model, t.optim.SGD(model.parameters(), lr=0.2, momentum=0.5)


def numbers(seed):
    """What shall be in a checkpoint: weight, running_mean, and the momentum of the weight."""
    return np.random.default_rng(seed).normal(size=(3, 3)).astype(np.float32)


def saved(student, epoch=3):
    """What is in the file of save_checkpoint, and the three arrays that went into it; the learning rate was 0.2."""
    t, arrays, (model, optimizer) = student.torch, numbers(1), new(student)
    weight, mean, momentum = map(t.tensor, arrays)
    model.weight.data.copy_(weight)
    model.running_mean.copy_(mean)
    optimizer.state.update({model.weight: {"momentum_buffer": momentum}})
    student.save_checkpoint("saved.pt", model, optimizer, epoch)
    found = t.load("saved.pt", weights_only=False)    # whatever it is; this is the sandbox
    if not isinstance(found, dict):
        raise Shown("The file should hold a dict.")
    return found, *arrays


def loaded(student, epoch=7):
    """A new model and its optimizer after load_checkpoint of a right checkpoint, what that returned, and the
    model's weight, the tensor itself, from before."""
    model, optimizer = new(student)
    weight = model.get_parameter("weight")
    write(student, model, optimizer, epoch)
    return model, optimizer, student.load_checkpoint("written.pt", model, optimizer), weight


def write(student, model, optimizer, epoch, **more):
    """Write a right checkpoint for this model and optimizer, with `numbers(2)` and the learning rate 0.05."""
    t = student.torch
    weight, mean, momentum = map(t.tensor, numbers(2))
    states = optimizer.state_dict() | {"state": {0: {"momentum_buffer": momentum}}}
    states["param_groups"][0]["lr"] = 0.05
    t.save({"model": {"weight": weight, "bias": weight, "running_mean": mean, "running_var": t.ones(3),
                      "num_batches_tracked": t.tensor(4)}, "optimizer": states, "epoch": epoch, **more}, "written.pt")


@pytest.mark.grade("test-checkpoint", points=0.5,
                   hint='One dict, three keys. Under "model" belongs model.state_dict(), which is numbers, no code.')
def test_save_model(student):
    """The file holds a dict with three keys: the state of the model, statistics too, and the epoch among them."""
    found, weight, mean, _ = saved(student, 12)
    assert set(found) == {"model", "optimizer", "epoch"}
    assert found["epoch"] == 12
    np.testing.assert_array_equal(found["model"]["weight"].detach().numpy(), weight)
    np.testing.assert_array_equal(found["model"]["running_mean"].numpy(), mean)


@pytest.mark.grade("test-checkpoint", points=0.5, hint="An optimizer has a state_dict(), too: Adam's moments, for one.")
def test_save_optimizer(student):
    """The optimizer's state is in the file: its settings, and what it remembers."""
    found, _, _, momentum = saved(student)
    np.testing.assert_allclose(found["optimizer"]["param_groups"][0]["lr"], 0.2)
    np.testing.assert_array_equal(found["optimizer"]["state"][0]["momentum_buffer"].numpy(), momentum)


@pytest.mark.grade("test-checkpoint", points=0.25,
                   hint="model.load_state_dict(...) fills the model's own tensors. It wants what stands under one key.")
def test_load_model(student):
    """Loading fills the tensors of the model that is there, which the optimizer knows."""
    model, _, _, old = loaded(student)
    weight, mean, _ = numbers(2)
    np.testing.assert_array_equal(model.weight.detach().numpy(), weight)
    np.testing.assert_array_equal(model.running_mean.numpy(), mean)
    if not np.array_equal(old.detach().numpy(), weight):
        raise Shown("The model has new tensors; the optimizer still holds the old ones, and would train those.")


@pytest.mark.grade("test-checkpoint", points=0.25,
                   hint="Without its state an optimizer starts anew. optimizer.load_state_dict(...) brings it back.")
def test_load_optimizer(student):
    """Loading brings the optimizer's settings back, and what it remembers."""
    _, optimizer, _, _ = loaded(student)
    np.testing.assert_allclose(optimizer.param_groups[0]["lr"].get(), 0.05)
    np.testing.assert_array_equal(optimizer.state_dict()["state"][0]["momentum_buffer"].numpy(), numbers(2)[2])


@pytest.mark.grade("test-checkpoint", points=0.25, hint='What stands under "epoch" is what load_checkpoint returns.')
def test_load_epoch(student):
    """load_checkpoint returns the number of epochs done."""
    _, _, epoch, _ = loaded(student, 15)
    if epoch is None:
        raise Shown(NOTHING)
    assert epoch == 15


@pytest.mark.grade("test-checkpoint", points=0.25,
                   hint="torch.load(path, weights_only=True) refuses all but numbers. Let its error through.")
def test_load_refuses_code(student):
    """A file that names code is refused with an UnpicklingError, wherever it is in there."""
    model, optimizer = new(student)
    code = student.torch.nn.Identity()
    write(student, model, optimizer, 7, extra=code)
    student.raises("UnpicklingError", student.load_checkpoint, "written.pt", model, optimizer)
    write(student, model, optimizer, code)
    student.raises("UnpicklingError", student.load_checkpoint, "written.pt", model, optimizer)
