"""What is measured: for each row the same work twice, once with nnlib and once with PyTorch or scikit-learn.

A row makes two functions, `ours` and `theirs`. Each does the work once and returns the arrays by which the two
are compared. Weights and inputs are the same on both sides, all float32. PyTorch is imported only where `theirs`
is made, so that nnlib can be measured in a process that has never seen it.

Layers compute the gradients of their input and of their parameters. In a step of training PyTorch can leave out
the gradient of the data, which nnlib always computes: "mlp" asks PyTorch for it too, "mlp-as-used" does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

import numpy as np

from nnlib import nn, optim
from nnlib.metrics import roc_auc_score
from nnlib.models import mlp
from nnlib.module import Parameter, manual_seed

Work = Callable[[], list]


@dataclass(frozen=True)
class Row:
    """One line of the table; the bars are the ratios, nnlib over the other, that we promise not to exceed."""

    name: str
    bar: float | None
    bar_2_threads: float | None
    ours: Callable[[], Work]
    theirs: Callable[[], Work]


def layer(name, bar, bar_2, make, *shape, forward=lambda model, x: model(x), to_input=lambda grads: grads) -> Row:
    """Forward and backward through `make(nn)`; `to_input` turns what nnlib's backward returns into one gradient."""

    def arrays():
        manual_seed(0)
        rng, model = np.random.default_rng(1), make(nn)
        x = rng.standard_normal(shape, np.float32)
        return model, x, rng.standard_normal(forward(model, x).shape, np.float32)

    def ours():
        model, x, grad = arrays()
        x = Parameter(x)                         # keeps its gradient until the next run, as PyTorch's input does

        def work():
            model.zero_grad()
            x.grad = None
            y = forward(model, x.data)
            x.grad = to_input(model.backward(grad))
            return [y, x.grad, *(p.grad for p in model.parameters())]

        return work

    def theirs():
        import torch

        model, x, grad = arrays()
        twin, x, grad = twin_of(model, make(torch.nn)), torch.tensor(x, requires_grad=True), torch.tensor(grad)

        def work():
            twin.zero_grad()
            x.grad = None
            y = forward(twin, x)
            y.backward(grad)
            return [y, x.grad, *(p.grad for p in twin.parameters())]

        return work

    return Row(name, bar, bar_2, ours, theirs)


def training(name, bar, bar_2, make, batch, gradient_of_data=False) -> Row:
    """One step: forward, cross-entropy, backward, Adam; compared by the loss, step after step."""

    def model_and_batch():
        manual_seed(0)
        return make(nn), *batch(np.random.default_rng(1))

    def ours():
        model, x, y = model_and_batch()
        criterion, optimizer = nn.CrossEntropyLoss(), optim.Adam(model.parameters())

        def work():
            optimizer.zero_grad()
            logits = model(x)
            loss = criterion(logits.reshape(y.size, -1), y)
            model.backward(criterion.backward().reshape(logits.shape))
            optimizer.step()
            return [loss]

        return work

    def theirs():
        import torch

        model, x, y = model_and_batch()
        twin, y = twin_of(model, make(torch.nn)), torch.tensor(y)
        x = torch.tensor(x, requires_grad=gradient_of_data)
        criterion, optimizer = torch.nn.CrossEntropyLoss(), torch.optim.Adam(twin.parameters())

        def work():
            optimizer.zero_grad()
            x.grad = None
            loss = criterion(twin(x).reshape(len(y), -1), y)
            loss.backward()
            optimizer.step()
            return [loss]

        return work

    return Row(name, bar, bar_2, ours, theirs)


def twin_of(model, twin):
    """PyTorch's model with nnlib's weights."""
    import torch

    twin.load_state_dict({name: torch.tensor(value) for name, value in model.state_dict().items()})
    return twin


def million_weights() -> tuple[np.ndarray, np.ndarray]:
    """Weights and their gradients."""
    rng = np.random.default_rng(1)
    return rng.standard_normal((1000, 1000), np.float32), rng.standard_normal((1000, 1000), np.float32)


def adam():
    parameter = Parameter(million_weights()[0])
    parameter.grad = million_weights()[1]
    optimizer = optim.Adam([parameter])

    def work():
        optimizer.step()
        return [parameter.data]

    return work


def torch_adam():
    import torch

    parameter = torch.nn.Parameter(torch.tensor(million_weights()[0]))
    parameter.grad = torch.tensor(million_weights()[1])
    optimizer = torch.optim.Adam([parameter])

    def work():
        optimizer.step()
        return [parameter]

    return work


def million_scores() -> tuple[np.ndarray, np.ndarray]:
    """Labels, and scores that tell something about them; about every tenth score occurs twice."""
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 2, 1_000_000)
    return labels, np.round(rng.standard_normal(1_000_000) + labels, 6).astype(np.float32)


def auc():
    labels, scores = million_scores()
    return lambda: [roc_auc_score(labels, scores)]


def sklearn_auc():
    from sklearn import metrics

    labels, scores = million_scores()
    return lambda: [metrics.roc_auc_score(labels, scores)]


def gpt(library):
    """GPT of either library: two blocks of 128 features, 65 characters, 64 of them in a row."""
    name = "numpy" if library is nn else "torch"
    return import_module(f"nnlib.models.{name}").GPT(65, 64, d_model=128, nhead=4, num_layers=2)


def two_convolutions(library):
    """1 to 8 to 16 channels, 3x3, the size kept."""
    return library.Sequential(library.Conv2d(1, 8, 3, padding=1), library.Conv2d(8, 16, 3, padding=1))


def digits_like(rng):
    """128 images as rows of 784 numbers, and their classes."""
    return rng.standard_normal((128, 784), np.float32), rng.integers(0, 10, 128)


ROWS = {
    "linear": layer("Linear 784-256, N=128", 1.1, 1.3, lambda n: n.Linear(784, 256), 128, 784),
    "mlp": training("MLP 784-256-128-10, N=128, Adam step", 0.85, 1.05, lambda n: mlp(n, 784, 256, 128, 10),
                    digits_like, gradient_of_data=True),
    "mlp-as-used": training("the same, PyTorch without data gradient", None, None,
                            lambda n: mlp(n, 784, 256, 128, 10), digits_like),
    "conv": layer("Conv2d 1-8-16, 3x3, 28x28, N=64", 1.45, 2.5, two_convolutions, 64, 1, 28, 28),
    "maxpool": layer("MaxPool2d 2x2, (64, 16, 28, 28)", 0.7, None, lambda n: n.MaxPool2d(2), 64, 16, 28, 28),
    "batchnorm": layer("BatchNorm2d, (64, 16, 28, 28)", 1.5, None, lambda n: n.BatchNorm2d(16), 64, 16, 28, 28),
    "lstm": layer(
        "LSTM, T=50 N=32 D=H=128", 1.5, 2.0, lambda n: n.LSTM(128, 128), 50, 32, 128,
        forward=lambda model, x: model(x)[0], to_input=lambda grads: grads[0],
    ),
    "attention": layer(
        "Multi-head attention, N=16 T=64 E=128 h=8", 1.2, 1.7,
        lambda n: n.MultiheadAttention(128, 8, batch_first=True), 16, 64, 128,
        forward=lambda model, x: model(x, x, x, need_weights=False)[0], to_input=sum,
    ),
    "gpt": training(
        "GPT step, 2 layers, N=16 T=64 E=128", 1.3, 1.75, gpt,
        lambda rng: (rng.integers(0, 65, (16, 64)), rng.integers(0, 65, 16 * 64)),
    ),
    "adam": Row("Adam, 1M parameters", 0.9, None, adam, torch_adam),
    "auc": Row("ROC-AUC, 1M scores (scikit-learn)", 0.2, None, auc, sklearn_auc),
}
