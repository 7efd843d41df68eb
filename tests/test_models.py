"""The models: one text for NumPy and PyTorch, right gradients, and writing that uses what was learned."""

import difflib
import inspect

import numpy as np
import pytest
import torch

import nnlib.models.numpy as ours
import nnlib.models.torch as twins
from nnlib import nn
from nnlib.check import check_twin, gradcheck
from nnlib.models import autoencoder, cnn, mlp, sample

TOKENS = np.array([[1, 4, 2, 0], [3, 3, 0, 5]])
TARGET = np.array([[1, 2, 6], [4, 0, 2]])

MODELS = {
    "CharRNN": (lambda m: m.CharRNN(6, 4, 5, num_layers=2), lambda rng: (TOKENS,), {"outputs": 1}),
    "VAE": (
        lambda m: m.VAE(7, 5, 3),
        lambda rng: (rng.standard_normal((4, 7)), rng.standard_normal((4, 3))),
        {"constants": 1},
    ),
    "GAN": (lambda m: m.GAN(3, 4, 5), lambda rng: (rng.standard_normal((6, 4)),), {}),
    "Transformer": (lambda m: m.Transformer(6, 7, 4, 2, 2, 5), lambda rng: (TOKENS, TARGET), {}),
    "Transformer-pad": (lambda m: m.Transformer(6, 7, 4, 2, 1, 5, pad=0), lambda rng: (TOKENS, TARGET), {}),
    "Block": (
        lambda m: m.Block(4, 2),
        lambda rng: (rng.standard_normal((2, 3, 4)), ~np.tri(3, dtype=bool)),
        {"constants": 1},
    ),
    "GPT": (lambda m: m.GPT(6, 5, 4, 2, 2), lambda rng: (TOKENS,), {}),
}
each_model = pytest.mark.parametrize("name", MODELS)


def classes(module):
    """The names of the classes that a file defines, in order."""
    return [n for n, c in vars(module).items() if inspect.isclass(c) and c.__module__ == module.__name__]


@each_model
def test_gradients(name, rng):
    make, inputs, options = MODELS[name]
    gradcheck(make(ours), *inputs(rng), **options)


@each_model
@pytest.mark.parametrize("training", [True, False])
def test_twin(name, training, rng):
    make, inputs, options = MODELS[name]
    check_twin(make(ours).train(training), make(twins), *inputs(rng), **options)


@each_model
def test_float32_stays_float32(name, rng):
    make, inputs, options = MODELS[name]
    model = make(ours)
    arrays = [x.astype(np.float32) if x.dtype == np.float64 else x for x in inputs(rng)]
    outputs = model(*arrays)
    outputs = (outputs if isinstance(outputs, tuple) else (outputs,))[: options.get("outputs")]
    model.backward(*map(np.ones_like, outputs))
    assert {a.dtype for a in [*outputs, *(p.grad for p in model.parameters())]} == {np.dtype(np.float32)}


def test_every_model_is_checked():
    assert classes(ours) == classes(twins)
    assert set(classes(ours)) == {name.split("-")[0] for name in MODELS}


@each_model
def test_same_parameter_names_in_the_same_order(name):
    make, _, _ = MODELS[name]
    one, other = make(ours), make(twins)
    assert [(n, p.shape) for n, p in one.named_parameters()] == [(n, p.shape) for n, p in other.named_parameters()]


def test_the_two_files_differ_in_backward_code_alone():
    texts = [inspect.getsource(module).splitlines() for module in (ours, twins)]
    backward = [
        line
        for name in classes(ours)
        if "backward" in vars(getattr(ours, name))
        for line in inspect.getsource(getattr(ours, name).backward).splitlines()
    ]
    lines = [line for line in difflib.ndiff(*texts) if line[0] in "-+" and line[2:].strip()]
    header = {
        "- import numpy as xp",
        "- from numpy import ndarray as Array",
        "- from nnlib import nn",
        "+ import torch as xp",
        "+ from torch import Tensor as Array",
        "+ from torch import nn",
    }
    assert header <= set(lines)
    for line in set(lines) - header:
        if line.startswith("+"):
            assert line[2:].strip() == "@xp.no_grad()"
        else:
            assert line[2:] in backward or line[2:].strip().startswith("self._cache = ")


SHARED = {
    "mlp": (lambda n: mlp(n, 4, 5, 3, activation="Tanh"), (6, 4)),
    "cnn": (lambda n: cnn(n, 2, 5, 3, channels=(4, 3)), (6, 2, 5, 5)),
    "autoencoder": (lambda n: autoencoder(n, 5, 4, 2), (6, 5)),
}


@pytest.mark.parametrize("name", SHARED)
@pytest.mark.parametrize("training", [True, False])
def test_shared_models_are_twins(name, training, rng):
    make, shape = SHARED[name]
    check_twin(make(nn).train(training), make(torch.nn), rng.standard_normal(shape))


def test_shapes_of_the_shared_models(rng):
    model = autoencoder(nn, 5, 4, 2)
    assert model[0](rng.standard_normal((3, 5))).shape == (3, 2)
    assert model(rng.standard_normal((3, 5))).shape == (3, 5)
    assert cnn(nn, 1, 28, 10)(rng.standard_normal((3, 1, 28, 28))).shape == (3, 10)
    for channels in ((5,), (5, 4, 3)):
        assert cnn(nn, 2, 8, 10, channels)(rng.standard_normal((3, 2, 8, 8))).shape == (3, 10)
    with pytest.raises(ValueError, match="sizes: expected at least an input and an output size"):
        mlp(nn, 4)
    for library in (nn, torch.nn):
        with pytest.raises(ValueError, match=f"activation: expected .* of {library.__name__}, .*'relu'"):
            mlp(library, 4, 3, activation="relu")
    with pytest.raises(ValueError, match="image_size: expected at least 4, got 3"):
        cnn(nn, 1, 3, 10)


def twin_of(model, twin):
    """The twin with the model's weights, both in float64."""
    twin.double().load_state_dict({name: torch.tensor(value) for name, value in model.double().state_dict().items()})
    return twin


@pytest.mark.parametrize("name", ["CharRNN", "GPT"])
def test_both_write_the_same(name):
    """Past the block size as well, and in training mode afterwards as before."""
    make, _, _ = MODELS[name]
    model = make(ours)
    twin = twin_of(model, make(twins))
    for options in [{}, {"temperature": 0.5, "top_k": 2}]:
        written = model.generate(TOKENS, 9, rng=np.random.default_rng(1), **options)
        again = twin.generate(torch.tensor(TOKENS), 9, rng=np.random.default_rng(1), **options)
        assert written.shape == (2, 13) and model.training and twin.training
        np.testing.assert_array_equal(written[:, :4], TOKENS)
        np.testing.assert_array_equal(written, again.numpy())


@pytest.mark.parametrize("name", ["CharRNN", "GPT"])
def test_greedy_writing_follows_the_logits(name):
    make, _, _ = MODELS[name]
    model = make(ours)
    written = model.generate(TOKENS, 1, temperature=0)
    logits = model(TOKENS)[0] if name == "CharRNN" else model(TOKENS)
    np.testing.assert_array_equal(written[:, -1], logits[:, -1].argmax(axis=1))
    bold = model.generate(TOKENS, 6, temperature=5, top_k=1)        # one candidate is no choice
    np.testing.assert_array_equal(bold, model.generate(TOKENS, 6, temperature=0))


def test_translation_is_greedy_and_the_twins():
    make, _, _ = MODELS["Transformer-pad"]
    model = make(ours)
    twin = twin_of(model, make(twins))
    written = model.translate(TOKENS, start=1, length=5)
    np.testing.assert_array_equal(written, twin.translate(torch.tensor(TOKENS), 1, 5).numpy())
    target = np.concatenate([np.ones((2, 1), int), written[:, :-1]], axis=1)
    np.testing.assert_array_equal(model(TOKENS, target).argmax(axis=-1), written)


def test_the_future_and_the_padding_are_not_seen(rng):
    gpt, translator = ours.GPT(6, 5, 4, 2), ours.Transformer(6, 7, 4, 2, pad=0)
    later, source = TOKENS.copy(), np.array([[1, 4, 2], [3, 3, 5]])
    later[:, 2:] = 5 - later[:, 2:]
    np.testing.assert_array_equal(gpt(later)[:, :2], gpt(TOKENS)[:, :2])
    assert not np.allclose(gpt(later)[:, 2:], gpt(TOKENS)[:, 2:])
    changed = TARGET.copy()
    changed[:, 2] = 5
    np.testing.assert_array_equal(translator(source, changed)[:, :2], translator(source, TARGET)[:, :2])
    padded = np.concatenate([source, np.zeros((2, 2), int)], axis=1)
    np.testing.assert_allclose(translator(padded, TARGET), translator(source, TARGET), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("module, tokens", [(ours, TOKENS), (twins, torch.tensor(TOKENS))])
def test_too_long_a_text_is_named(module, tokens):
    with pytest.raises(ValueError, match="tokens: expected at most 3 in a row, got 4"):
        module.GPT(6, 3, 4, 2)(tokens)
    with pytest.raises(ValueError, match="tokens: expected at most 3 in a row, got 4"):
        module.Transformer(6, 6, 4, 2, max_len=3)(tokens, tokens)


def test_samples_follow_the_softmax(rng):
    logits = np.array([2.0, 1.0, 0.1, -1.0])
    for temperature, top_k in [(1.0, None), (0.5, None), (2.0, 3)]:
        drawn = sample(np.tile(logits, (20_000, 1)), temperature, top_k, rng)
        odds = np.exp(logits / temperature) * (np.arange(4) < (top_k or 4))
        found = np.bincount(drawn[:, 0], minlength=4) / len(drawn)
        assert drawn.shape == (20_000, 1)
        np.testing.assert_allclose(found, odds / odds.sum(), atol=0.015)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"temperature": -1}, "temperature: expected 0 or more, got -1"),
        ({"top_k": 0}, r"top_k: expected 1 \.\.\. 4, got 0"),
        ({"top_k": 5}, r"top_k: expected 1 \.\.\. 4, got 5"),
    ],
)
def test_sample_names_bad_arguments(options, message):
    with pytest.raises(ValueError, match=message):
        sample(np.zeros((2, 4)), **options)
