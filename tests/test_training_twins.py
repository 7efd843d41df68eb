"""Twenty steps of training from the same weights with the same batches: nnlib and PyTorch lose the same."""

import numpy as np
import pytest
import torch

import nnlib.models.numpy as ours
import nnlib.models.torch as twins
from nnlib import nn, optim
from nnlib.data import Vocabulary, digits, shakespeare
from nnlib.models import cnn, mlp
from nnlib.module import manual_seed

STEPS = 20


def digit_batches(flat):
    """20 batches of 32 real digits."""
    (x, y), _ = digits(flat=flat)
    return [(x[i : i + 32].astype(np.float64), y[i : i + 32]) for i in range(0, 32 * STEPS, 32)]


def text_batches():
    """20 batches of 4 pieces of a play, 12 characters each, and the character that follows each one."""
    text = shakespeare()[: 4 * 12 * STEPS + 1]
    numbers = Vocabulary(text).encode(text)
    rows = numbers[:-1].reshape(STEPS, 4, 12), numbers[1:].reshape(STEPS, 4, 12)
    return list(zip(*rows)), int(numbers.max()) + 1


def pair_batches():
    """20 batches for an encoder-decoder: reverse six numbers; 9 starts the target, 0 is padding."""
    rng = np.random.default_rng(0)
    for _ in range(STEPS):
        source = rng.integers(1, 9, (4, 6))
        source[0, 4:] = 0
        target = np.concatenate([np.full((4, 1), 9), source[:, ::-1]], axis=1)
        yield (source, target[:, :-1]), target[:, 1:]


def first(output):
    """The logits, of a model that returns a state as well."""
    return output[0] if isinstance(output, tuple) else output


def tensors(x):
    """Arrays as tensors."""
    return tuple(map(torch.tensor, x)) if isinstance(x, tuple) else (torch.tensor(x),)


def losses(model, optimizer, criterion, batches):
    """Train with nnlib: the loss of each step."""
    for x, y in batches:
        optimizer.zero_grad()
        logits = first(model(*(x if isinstance(x, tuple) else (x,))))
        yield float(criterion(logits.reshape(y.size, -1), y.reshape(-1)))
        model.backward(criterion.backward().reshape(logits.shape))
        optimizer.step()


def twin_losses(model, optimizer, criterion, batches):
    """Train with PyTorch: the loss of each step."""
    for x, y in batches:
        optimizer.zero_grad()
        logits = first(model(*tensors(x)))
        loss = criterion(logits.reshape(y.size, -1), torch.tensor(y).reshape(-1))
        yield loss.item()
        loss.backward()
        optimizer.step()


def language_model(name, **options):
    """A character model of both libraries, made for the batches."""
    batches, vocab_size = text_batches()
    return lambda library: getattr(MODULES[library], name)(vocab_size, **options), batches


MODULES = {nn: ours, torch.nn: twins}
RUNS = {
    "mlp": (lambda n: mlp(n, 64, 32, 10), digit_batches(flat=True), "Adam", {"lr": 1e-2}),
    "cnn": (lambda n: cnn(n, 1, 8, 10), digit_batches(flat=False), "SGD", {"lr": 0.05, "momentum": 0.9}),
    "lstm": (*language_model("CharRNN", embedding_dim=8, hidden_size=16), "RMSprop", {"lr": 1e-2}),
    "gpt": (*language_model("GPT", block_size=12, d_model=16, nhead=4), "AdamW", {"lr": 1e-2}),
    "transformer": (
        lambda n: MODULES[n].Transformer(9, 10, 16, 4, 1, 32, pad=0),
        list(pair_batches()),
        "AdamW",
        {"lr": 3e-2},
    ),
}


@pytest.mark.parametrize("name", RUNS)
def test_same_losses(name):
    make, batches, optimizer, options = RUNS[name]
    manual_seed(0)
    model, twin = make(nn).double(), make(torch.nn).double()
    twin.load_state_dict({key: torch.tensor(value) for key, value in model.state_dict().items()}, strict=True)
    one = losses(model, getattr(optim, optimizer)(model.parameters(), **options), nn.CrossEntropyLoss(), batches)
    torch_optimizer = getattr(torch.optim, optimizer)(twin.parameters(), **options)
    other = twin_losses(twin, torch_optimizer, torch.nn.CrossEntropyLoss(), batches)
    found, expected = list(one), list(other)
    assert len(found) == STEPS and np.mean(found[-5:]) < 0.9 * found[0]     # it has learned something
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    model.load_state_dict(twin.state_dict(), strict=True)
