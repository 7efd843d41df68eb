"""Recurrent, attention and transformer layers: what must hold beyond right gradients and PyTorch's numbers."""

import numpy as np
import pytest
import torch

from nnlib import nn
from nnlib.check import check_twin
from nnlib.nn.attention import sinusoids

RECURRENT = [nn.RNN, nn.LSTM, nn.GRU]


def parts(state):
    """The arrays of a state as a list."""
    return list(state) if isinstance(state, tuple) else [state]


@pytest.mark.parametrize("layer", RECURRENT)
def test_a_sequence_in_two_halves_is_the_sequence(layer, rng):
    """The state carries everything forward, its gradient everything back."""
    whole, halves = layer(4, 3, num_layers=2).double(), layer(4, 3, num_layers=2).double()
    halves.load_state_dict(whole.state_dict())
    x, grad = rng.standard_normal((6, 2, 4)), rng.standard_normal((6, 2, 3))
    output, last = whole(x)
    grad_x, _ = whole.backward(grad)

    first, state = halves(x[:2])
    second, final = halves(x[2:], state)
    np.testing.assert_allclose(np.concatenate([first, second]), output, rtol=1e-12)
    for a, b in zip(parts(final), parts(last)):
        np.testing.assert_allclose(a, b, rtol=1e-12)
    grad_second, grad_state = halves.backward(grad[2:])
    halves(x[:2])
    grad_first, _ = halves.backward(grad[:2], grad_state)
    np.testing.assert_allclose(np.concatenate([grad_first, grad_second]), grad_x, rtol=1e-9)
    for a, b in zip(halves.parameters(), whole.parameters()):
        np.testing.assert_allclose(a.grad, b.grad, rtol=1e-9)


@pytest.mark.parametrize("layer", RECURRENT)
def test_last_output_is_last_hidden_state(layer, rng):
    output, state = layer(4, 3, num_layers=2, batch_first=True)(rng.standard_normal((2, 5, 4)))
    np.testing.assert_array_equal(output[:, -1], parts(state)[0][-1])


@pytest.mark.parametrize("layer", RECURRENT)
def test_saturated_gates_stay_finite(layer, rng):
    x = 1e4 * rng.standard_normal((5, 2, 4)).astype(np.float32)
    module = layer(4, 3)
    output, _ = module(x)
    grad_x, _ = module.backward(np.ones_like(output))
    assert np.abs(output).max() <= 1 and np.isfinite(grad_x).all()


def test_gates_are_counted_in_parameters():
    count = {layer: sum(p.data.size for p in layer(7, 5).parameters()) for layer in RECURRENT}
    assert count[nn.RNN] == 5 * (7 + 5 + 2)
    assert count[nn.LSTM] == 4 * count[nn.RNN] and count[nn.GRU] == 3 * count[nn.RNN]


def test_dropout_between_layers_only(rng):
    x = rng.standard_normal((5, 2, 4))
    single = nn.GRU(4, 3, dropout=0.9)
    np.testing.assert_array_equal(single(x)[0], single.eval()(x)[0])
    double = nn.GRU(4, 3, num_layers=2, dropout=0.9)
    assert not np.array_equal(double(x)[0], double.eval()(x)[0])


def attend(query, key, value, mask, **options):
    """nnlib's function, checked against PyTorch's."""
    output = nn.scaled_dot_product_attention(query, key, value, mask, **options)
    tensors = [None if a is None else torch.tensor(a) for a in (query, key, value, mask)]
    expected = torch.nn.functional.scaled_dot_product_attention(*tensors, **options)
    np.testing.assert_allclose(output, expected.numpy(), rtol=1e-12, atol=1e-12)
    return output


@pytest.fixture
def qkv(rng):
    return [rng.standard_normal(shape) for shape in [(2, 3, 4, 6), (2, 3, 5, 6), (2, 3, 5, 7)]]


def test_masks_of_the_function(qkv):
    """True where one may look; a mask of numbers is added; causal is the lower triangle."""
    lower = np.tri(4, 5, dtype=bool)
    by_truth = attend(*qkv, lower)
    np.testing.assert_allclose(by_truth, attend(*qkv, np.where(lower, 0, -np.inf)), rtol=1e-12)
    np.testing.assert_allclose(by_truth, attend(*qkv, None, is_causal=True), rtol=1e-12)
    np.testing.assert_allclose(by_truth[:, :, 0], qkv[2][:, :, 0], rtol=1e-12)     # the first sees one key


@pytest.mark.parametrize("kind", [bool, float])
def test_a_query_that_may_look_nowhere_gets_zeros(qkv, rng, kind):
    allowed = np.ones((4, 5), bool)
    allowed[2] = False
    mask = allowed if kind is bool else np.where(allowed, 0, -np.inf)
    output = attend(*qkv, mask)
    assert np.all(output[:, :, 2] == 0) and np.all(output[:, :, [0, 1, 3]] != 0)
    layer = nn.ScaledDotProductAttention()
    output, weights = layer(*qkv, mask)
    np.testing.assert_allclose(weights.sum(axis=-1)[0, 0], [1, 1, 0, 1], rtol=1e-12)
    grads = layer.backward(rng.standard_normal(output.shape))
    assert all(np.isfinite(grad).all() for grad in grads) and np.all(grads[0][:, :, 2] == 0)


def test_nowhere_to_look_in_multihead_attention(rng):
    """Zeros before the output projection: PyTorch's numbers without need_weights, NaN there with it."""
    ours, twin = nn.MultiheadAttention(6, 2, batch_first=True), torch.nn.MultiheadAttention(6, 2, batch_first=True)
    x, mask = rng.standard_normal((2, 3, 6)), np.zeros((3, 3), bool)
    mask[1] = True
    options = {"attn_mask": mask, "need_weights": False}
    twin = twin.double()
    ours.double().load_state_dict(twin.state_dict())
    inputs = torch.tensor(x), torch.tensor(x), torch.tensor(x)
    without = twin(*inputs, attn_mask=torch.tensor(mask), need_weights=False)[0].detach().numpy()
    np.testing.assert_allclose(ours(x, x, x, **options)[0], without, rtol=1e-10, atol=1e-12)
    output, weights = ours(x, x, x, attn_mask=mask)
    np.testing.assert_allclose(output, without, rtol=1e-10, atol=1e-12)
    assert np.all(weights[:, 1] == 0)
    assert np.isnan(twin(*inputs, attn_mask=torch.tensor(mask))[0].detach().numpy()[:, 1]).all()


def test_weights_are_optional_and_averaged(rng):
    layer, x = nn.MultiheadAttention(6, 2), rng.standard_normal((4, 3, 6))
    output, mean = layer(x, x, x)
    _, heads = layer(x, x, x, average_attn_weights=False)
    without, none = layer(x, x, x, need_weights=False)
    assert none is None and heads.shape == (3, 2, 4, 4)
    np.testing.assert_array_equal(output, without)
    np.testing.assert_allclose(mean, heads.mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(heads.sum(axis=-1), 1, rtol=1e-12)


class SelfAttention(nn.Module):
    """One input as query, key and value: its gradient is the sum."""

    def __init__(self):
        self.attention = nn.MultiheadAttention(6, 2)

    def forward(self, x):
        return self.attention(x, x, x)[0]

    def backward(self, grad_output):
        return sum(self.attention.backward(grad_output))


class TorchSelfAttention(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = torch.nn.MultiheadAttention(6, 2)

    def forward(self, x):
        return self.attention(x, x, x)[0]


def test_gradient_of_self_attention_is_the_sum(rng):
    check_twin(SelfAttention(), TorchSelfAttention(), rng.standard_normal((4, 3, 6)))


def test_attention_is_permutation_equivariant_until_positions_are_added(rng):
    layer = nn.TransformerEncoderLayer(6, 2, 8, dropout=0.0, batch_first=True)
    places = nn.PositionalEncoding(6, batch_first=True)
    x, order = rng.standard_normal((2, 5, 6)), rng.permutation(5)
    np.testing.assert_allclose(layer(x[:, order]), layer(x)[:, order], rtol=1e-9)
    assert not np.allclose(layer(places(x[:, order])), layer(places(x))[:, order], rtol=1e-2)


def test_a_shift_rotates_the_sinusoids():
    table, k = sinusoids(50, 8).reshape(50, 4, 2), 7                # (T, pairs, sin and cos)
    angle = k / 10000 ** (np.arange(0, 8, 2) / 8)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    np.testing.assert_allclose(table[k:], np.einsum("ijp,tpj->tpi", turn, table[:-k]), atol=1e-12)
    assert sinusoids(9, 5).shape == (9, 5)


def test_batch_first_is_only_a_layout(rng):
    for make in [
        lambda first: nn.TransformerDecoderLayer(6, 2, 5, dropout=0.0, batch_first=first),
        lambda first: nn.MultiheadAttention(6, 2, batch_first=first),
    ]:
        one, other = make(True), make(False)
        other.load_state_dict(one.state_dict())
        x, memory = rng.standard_normal((2, 3, 6)), rng.standard_normal((2, 4, 6))
        extra = [memory] * (2 if isinstance(one, nn.MultiheadAttention) else 1)
        a, b = one(x, *extra), other(x.swapaxes(0, 1), *(e.swapaxes(0, 1) for e in extra))
        a, b = (y[0] if isinstance(y, tuple) else y for y in (a, b))
        np.testing.assert_allclose(a, b.swapaxes(0, 1), rtol=1e-12)


def zeros(*shape):
    return np.zeros(shape)


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda: nn.RNN(4, 3, nonlinearity="step"), "nonlinearity: expected 'tanh' or 'relu', got 'step'"),
        (lambda: nn.LSTM(4, 3, num_layers=0), "num_layers: expected at least 1, got 0"),
        (lambda: nn.GRU(4, 3, bidirectional=True), "bidirectional: expected False"),
        (lambda: nn.GRU(4, 3)(zeros(5, 2, 3)), r"input: expected shape \(T, N, 4\) with T, N >= 1, got \(5, 2, 3\)"),
        (lambda: nn.GRU(4, 3)(zeros(5, 4)), r"input: expected shape \(T, N, 4\) with T, N >= 1, got \(5, 4\)"),
        (lambda: nn.GRU(4, 3)(zeros(0, 2, 4)), r"input: expected shape \(T, N, 4\) with T, N >= 1, got \(0, 2, 4\)"),
        (lambda: nn.GRU(4, 3)(zeros(5, 2, 4), zeros(2, 3)), r"hx: expected 1 of shape \(1, 2, 3\), got \[\(2, 3\)\]"),
        (lambda: nn.LSTM(4, 3)(zeros(5, 2, 4), zeros(1, 2, 3)), r"hx: expected 2 of shape \(1, 2, 3\), got"),
        (lambda: nn.MultiheadAttention(6, 4), "num_heads: expected a divisor of embed_dim 6, got 4"),
        (lambda: nn.MultiheadAttention(6, 2)(*[zeros(3, 2, 5)] * 3), r"query, key, value: expected .*\(3, 2, 5\)"),
        (lambda: nn.MultiheadAttention(6, 2)(zeros(3, 2, 6), zeros(4, 2, 6), zeros(5, 2, 6)), r"got .*\(5, 2, 6\)"),
        (lambda: nn.MultiheadAttention(6, 2)(*[zeros(3, 2, 6)] * 3, attn_mask=zeros(2, 2)),
         r"attn_mask: expected shape \(3, 3\), got \(2, 2\)"),
        (lambda: nn.MultiheadAttention(6, 2)(*[zeros(3, 2, 6)] * 3, zeros(3, 2)),
         r"key_padding_mask: expected shape \(2, 3\), got \(3, 2\)"),
        (lambda: nn.scaled_dot_product_attention(zeros(3, 4), zeros(5, 3), zeros(5, 2)), r"key, value: .*\(5, 3\)"),
        (lambda: nn.scaled_dot_product_attention(*[zeros(3, 4)] * 3, zeros(2, 2)),
         r"attn_mask: expected to fit \(3, 3\), got \(2, 2\)"),
        (lambda: nn.scaled_dot_product_attention(*[zeros(3, 4)] * 3, np.tri(3, dtype=int)),
         "attn_mask: expected booleans or floating-point numbers, got int"),
        (lambda: nn.TransformerEncoderLayer(6, 2, activation="tanh"), "activation: expected 'relu' or 'gelu'"),
        (lambda: nn.PositionalEncoding(6, 4)(zeros(5, 2, 6)), "at most 4 positions"),
    ],
)
def test_errors_name_the_argument(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong()


@pytest.mark.parametrize("layer", RECURRENT)
def test_a_gradient_of_the_wrong_shape_is_named(layer):
    module = layer(4, 3, batch_first=True)
    module(zeros(2, 5, 4))
    with pytest.raises(ValueError, match=r"grad_output: expected shape \(2, 5, 3\), got \(5, 2, 3\)"):
        module.backward(zeros(5, 2, 3))
