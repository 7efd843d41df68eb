"""Convolution and pooling: sizes and values for any setting, the transpose, ties, and messages."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from nnlib import nn
from nnlib.check import check_twin
from nnlib.nn import conv

pairs = st.tuples(st.integers(1, 4), st.integers(1, 4))
paddings = st.tuples(st.integers(0, 3), st.integers(0, 3))
images = st.tuples(st.integers(1, 3), st.integers(1, 2), st.integers(1, 7), st.integers(1, 7))


def draw(shape):
    return np.random.default_rng(0).standard_normal(shape)


def same_answer(ours, theirs, x):
    """Both accept x and agree on everything, or both refuse it; returns the output's sizes."""
    theirs.double()
    try:
        sizes = theirs(torch.tensor(x)).shape[2:]
    except RuntimeError:
        with pytest.raises(ValueError, match=r"kernel_size|padding"):
            ours.double()(x)
        return None
    check_twin(ours, theirs, x)
    return sizes


@given(images, pairs, pairs, paddings)
def test_conv_of_any_size(shape, kernel, stride, padding):
    arguments = (shape[1], 2, kernel, stride, padding)
    sizes = same_answer(nn.Conv2d(*arguments), torch.nn.Conv2d(*arguments), draw(shape))
    spans = [n + 2 * p - k for n, p, k in zip(shape[2:], padding, kernel)]
    expected = None if min(spans) < 0 else tuple(span // s + 1 for span, s in zip(spans, stride))
    assert sizes == expected


@given(images, pairs, pairs, paddings, st.data())
def test_transposed_conv_of_any_size(shape, kernel, stride, padding, data):
    extra = tuple(data.draw(st.integers(0, s - 1)) for s in stride)
    arguments = (shape[1], 2, kernel, stride, padding, extra)
    sizes = same_answer(nn.ConvTranspose2d(*arguments), torch.nn.ConvTranspose2d(*arguments), draw(shape))
    zipped = zip(shape[2:], stride, padding, kernel, extra)
    expected = tuple((n - 1) * s - 2 * p + k + e for n, s, p, k, e in zipped)
    assert sizes == (expected if min(expected) > 0 else None)


@pytest.mark.parametrize("name", ["MaxPool2d", "AvgPool2d"])
@given(shape=images, kernel=pairs, stride=st.none() | pairs, data=st.data())
def test_pool_of_any_size(name, shape, kernel, stride, data):
    padding = tuple(data.draw(st.integers(0, k // 2)) for k in kernel)
    ours, theirs = (getattr(library, name)(kernel, stride, padding) for library in (nn, torch.nn))
    same_answer(ours, theirs, draw(shape))


@given(images, pairs, pairs, paddings)
def test_transposed_conv_is_the_transpose(shape, kernel, stride, padding):
    """<conv(x), g> = <x, transposed(g)>: the same weights, read the other way."""
    forth = nn.Conv2d(shape[1], 3, kernel, stride, padding, bias=False).double()
    sizes = [n + 2 * p - k for n, p, k in zip(shape[2:], padding, kernel)]
    assume(min(sizes) >= 0)
    extra = tuple(size % s for size, s in zip(sizes, stride))
    back = nn.ConvTranspose2d(3, shape[1], kernel, stride, padding, extra, bias=False).double()
    back.load_state_dict(forth.state_dict())
    x = draw(shape)
    y = forth(x)
    g = draw(y.shape)
    np.testing.assert_allclose((y * g).sum(), (x * back(g)).sum(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("size", [1, 3000])
def test_chunks_change_nothing(size, monkeypatch, rng):
    monkeypatch.setattr(conv, "_CHUNK", size)
    x = rng.standard_normal((5, 2, 6, 5))
    check_twin(nn.Conv2d(2, 3, 3, padding=1), torch.nn.Conv2d(2, 3, 3, padding=1), x)
    check_twin(nn.ConvTranspose2d(2, 3, 3, 2), torch.nn.ConvTranspose2d(2, 3, 3, 2), x)


def test_an_edge_filter_by_hand():
    layer = nn.Conv2d(1, 1, (1, 2), bias=False).double()
    layer.weight.data[:] = [[[[-1, 1]]]]
    x = np.array([[[[0.0, 0, 5, 5], [0, 0, 0, 5]]]])
    np.testing.assert_array_equal(layer(x), [[[[0, 5, 0], [0, 0, 5]]]])
    np.testing.assert_array_equal(layer.backward(np.ones((1, 1, 2, 3))), [[[[-1, 0, 0, 1], [-1, 0, 0, 1]]]])
    np.testing.assert_array_equal(layer.weight.grad, [[[[5, 15]]]])


def test_equal_maxima_share_nothing_the_first_takes_all():
    layer = nn.MaxPool2d(2)
    np.testing.assert_array_equal(layer(np.zeros((1, 1, 2, 4))), np.zeros((1, 1, 1, 2)))
    np.testing.assert_array_equal(layer.backward(np.array([[[[3.0, 4]]]])), [[[[3, 0, 4, 0], [0, 0, 0, 0]]]])


def test_padding_never_wins_a_maximum():
    x = np.full((1, 1, 3, 3), -7.0)
    layer = nn.MaxPool2d(3, stride=1, padding=1)
    np.testing.assert_array_equal(layer(x), x)
    assert layer.backward(np.ones_like(x)).sum() == 9


def test_windows_of_more_places_than_a_byte_counts(rng):
    check_twin(nn.MaxPool2d(17), torch.nn.MaxPool2d(17), rng.standard_normal((2, 1, 34, 17)))


def test_an_empty_batch_passes_through():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.MaxPool2d(2), nn.ConvTranspose2d(2, 1, 2), nn.AvgPool2d(2))
    y = model(np.zeros((0, 1, 6, 6), np.float32))
    assert y.shape == (0, 1, 1, 1) and model.backward(y).shape == (0, 1, 6, 6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: nn.Conv2d(2, 3, 3)(x[0]), r"x: expected shape \(N, 2, H, W\), got \(2, 5, 4\)"),
        (lambda x: nn.Conv2d(1, 3, 3)(x), r"x: expected shape \(N, 1, H, W\), got \(3, 2, 5, 4\)"),
        (lambda x: nn.ConvTranspose2d(1, 3, 3)(x), r"x: expected shape \(N, 1, H, W\)"),
        (lambda x: nn.MaxPool2d(2)(x[0]), r"x: expected shape \(N, C, H, W\)"),
        (lambda x: nn.Conv2d(2, 3, 5)(x), r"kernel_size: .* the padded image, \(5, 4\), got \(5, 5\)"),
        (lambda x: nn.AvgPool2d(6)(x), r"kernel_size: .* the padded image, \(5, 4\), got \(6, 6\)"),
        (lambda x: nn.ConvTranspose2d(2, 1, 1, padding=2)(x), r"padding: \(2, 2\) leaves nothing"),
        (lambda x: nn.Conv2d(2, 3, 0), "kernel_size: expected an int >= 1 or two of them, got 0"),
        (lambda x: nn.Conv2d(2, 3, 3, stride=0), "stride: expected an int >= 1 or two of them, got 0"),
        (lambda x: nn.Conv2d(2, 3, 3, padding=-1), "padding: expected an int >= 0 or two of them, got -1"),
        (lambda x: nn.ConvTranspose2d(2, 3, 3, padding=-1), "padding: expected an int >= 0 or two of them, got -1"),
        (lambda x: nn.ConvTranspose2d(2, 3, 3, stride=0), "stride: expected an int >= 1 or two of them, got 0"),
        (lambda x: nn.Conv2d(2, 3, (1, 2, 3)), r"kernel_size: .* got \(1, 2, 3\)"),
        (lambda x: nn.Conv2d(2, 3, 3, padding="same"), "padding: .* got 'same'"),
        (lambda x: nn.Conv2d(2, 3, 2.5), "kernel_size: .* got 2.5"),
        (lambda x: nn.MaxPool2d(2, padding=2), r"padding: expected at most half of \(2, 2\), got \(2, 2\)"),
        (lambda x: nn.ConvTranspose2d(2, 3, 3, 2, 0, 2), r"output_padding: expected less than stride \(2, 2\)"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.zeros((3, 2, 5, 4)))
