"""Where course texts go wrong: extreme numbers, empty rows, repeated indices, each against the true value."""

import inspect
import math
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nnlib import nn
from nnlib.check import check_twin, gradcheck, numerical_gradient, relative_error
from nnlib.models import mlp
from nnlib.module import manual_seed
from nnlib.nn.activation import erf, sigmoid, softmax


@pytest.fixture(autouse=True)
def no_warning():
    """Every warning is an error here: a right answer that warns frightens for nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


# Activations


def test_sigmoid_far_out():
    np.testing.assert_array_equal(sigmoid(np.array([-1000.0, 0.0, 1000.0])), [0, 0.5, 1])
    x = np.linspace(-40, 40, 81)
    truth = [1 / (1 + math.exp(-v)) for v in x]
    np.testing.assert_allclose(sigmoid(x), truth, rtol=0, atol=4e-16)


def test_ten_saturated_sigmoids_leave_almost_no_gradient():
    chain = nn.Sequential(*(layer for _ in range(10) for layer in (nn.Linear(1, 1), nn.Sigmoid()))).double()
    x = np.array([[2.0]])
    for linear, activation in zip(list(chain)[::2], list(chain)[1::2]):
        linear.weight.data[:] = 1
        linear.bias.data[:] = 2 - x                                 # every sigmoid sits at 2
        x = activation(linear(x))
    chain(np.array([[2.0]]))
    gradient = chain.backward(np.ones((1, 1))).item()
    s = 1 / (1 + math.exp(-2))
    assert gradient == pytest.approx((s * (1 - s)) ** 10, rel=1e-12)
    assert f"{gradient:.2e}" == "1.63e-10"


def test_cross_entropy_of_one_class_ignores_too():
    loss = nn.CrossEntropyLoss()
    assert loss(np.array([[2.0], [3.0]]), np.array([0, -100])) == 0
    np.testing.assert_array_equal(loss.backward(), [[0], [0]])


def test_relu_at_zero_and_nan():
    relu, x = nn.ReLU(), np.array([-1.0, 0.0, 2.0, np.nan])
    np.testing.assert_array_equal(relu(x), [0, 0, 2, np.nan])
    np.testing.assert_array_equal(relu.backward(np.ones(4))[:3], [0, 0, 1])


def test_leaky_relu_at_zero_has_the_slope_of_the_negative_side():
    layer, x = nn.LeakyReLU(0.25), np.array([-2.0, 0.0, -0.0, 2.0])
    tensor = torch.tensor(x, requires_grad=True)
    expected = torch.nn.functional.leaky_relu(tensor, 0.25)
    np.testing.assert_array_equal(layer(x), expected.detach().numpy())
    expected.sum().backward()
    np.testing.assert_array_equal(tensor.grad.numpy(), [0.25, 0.25, 0.25, 1])
    np.testing.assert_array_equal(layer.backward(np.ones(4)), [0.25, 0.25, 0.25, 1])


def test_erf_is_exact_and_keeps_nan():
    x = np.linspace(-7, 7, 39_973)                                  # more than one chunk
    np.testing.assert_allclose(erf(x), [math.erf(v) for v in x], rtol=0, atol=1e-12)
    np.testing.assert_allclose(erf(x.astype(np.float32)), [math.erf(v) for v in x], rtol=0, atol=1e-6)
    np.testing.assert_array_equal(erf(np.array([np.nan, np.inf, -np.inf])), [np.nan, 1, -1])


@pytest.mark.parametrize("approximate", ["none", "tanh"])
def test_gelu_far_out(approximate):
    gelu = nn.GELU(approximate)
    np.testing.assert_array_equal(gelu(np.array([-100.0, 0.0, 100.0])), [0, 0, 100])
    np.testing.assert_array_equal(gelu.backward(np.ones(3)), [0, 0.5, 1])


def test_gelu_refuses_another_approximation():
    with pytest.raises(ValueError, match="approximate: expected 'none' or 'tanh', got 'fast'"):
        nn.GELU("fast")


def test_softmax_of_the_textbook_scores():
    scores = [2.0, 1.0, 0.1]
    total = sum(math.exp(s) for s in scores)
    np.testing.assert_allclose(softmax(np.array(scores)), [math.exp(s) / total for s in scores], rtol=1e-15)
    np.testing.assert_allclose(softmax(np.array(scores)), [0.659, 0.242, 0.099], atol=5e-4)


def test_softmax_of_huge_scores_and_of_a_masked_row():
    layer, minus = nn.Softmax(dim=-1), -np.inf
    y = layer(np.array([[1e4, 0.0, -1e4], [minus, 3.0, minus], [minus, minus, minus]]))
    np.testing.assert_array_equal(y, [[1, 0, 0], [0, 1, 0], [0, 0, 0]])
    np.testing.assert_array_equal(layer.backward(np.ones((3, 3)))[2], [0, 0, 0])


@given(st.lists(st.floats(-300, 300), min_size=1, max_size=6), st.floats(-300, 300))
def test_softmax_is_a_distribution_and_ignores_a_common_shift(scores, shift):
    x = np.array(scores)
    y = softmax(x)
    assert np.all(y >= 0) and y.sum() == pytest.approx(1, abs=1e-12)
    assert np.all(np.diff(y[np.argsort(x)]) >= 0)
    np.testing.assert_allclose(softmax(x + shift), y, rtol=1e-9, atol=1e-12)


# Losses


@pytest.mark.parametrize(
    ("logit", "target", "loss", "grad"),
    [(-1000, 1, 1000, -1), (-1000, 0, 0, 0), (1000, 0, 1000, 1), (1000, 1, 0, 0), (0, 1, math.log(2), -0.5),
     (30, 1, math.log1p(math.exp(-30)), -math.exp(-30))],
)
def test_binary_cross_entropy_far_out(logit, target, loss, grad):
    criterion = nn.BCEWithLogitsLoss()
    assert criterion(np.array([float(logit)]), np.array([target])) == pytest.approx(loss, rel=1e-12, abs=0)
    assert criterion.backward() == pytest.approx(grad, rel=1e-12, abs=2e-16)


def test_gradient_is_never_small_where_the_answer_is_wrong():
    """With MSE after the sigmoid, 2 (a - y) a (1 - a), a sure and wrong unit hardly learns."""
    z = np.array([-10.0])
    criterion, squashed, squared = nn.BCEWithLogitsLoss(), nn.Sigmoid(), nn.MSELoss()
    criterion(z, np.ones(1))
    squared(squashed(z), np.ones(1))
    a = 1 / (1 + math.exp(10))
    assert criterion.backward() == pytest.approx(a - 1)
    assert squashed.backward(squared.backward()) == pytest.approx(2 * (a - 1) * a * (1 - a), rel=1e-9)


def test_cross_entropy_far_out():
    criterion, scores = nn.CrossEntropyLoss(reduction="none"), np.array([[1e4, 0.0, -1e4]] * 3)
    np.testing.assert_array_equal(criterion(scores, np.arange(3)), [0, 1e4, 2e4])
    np.testing.assert_array_equal(criterion.backward(np.ones(3)), [[0, 0, 0], [1, -1, 0], [1, 0, -1]])


def test_cross_entropy_of_an_impossible_class_is_infinite():
    assert nn.CrossEntropyLoss()(np.array([[0.0, -np.inf]]), np.array([1])) == np.inf


def test_cross_entropy_with_one_class_has_nothing_to_learn():
    criterion = nn.CrossEntropyLoss()
    assert criterion(np.array([[3.0], [-2.0]]), np.array([0, 0])) == 0
    np.testing.assert_array_equal(criterion.backward(), [[0], [0]])


def test_ignored_labels_count_nowhere(rng):
    x, target = rng.standard_normal((4, 3)), np.array([2, 0, 1, 0])
    masked, without = nn.CrossEntropyLoss(ignore_index=0), nn.CrossEntropyLoss()
    assert masked(x, target) == pytest.approx(without(x[[0, 2]], target[[0, 2]]))
    np.testing.assert_array_equal(masked.backward()[[1, 3]], 0)
    np.testing.assert_allclose(masked.backward()[[0, 2]], without.backward())


def test_float64_targets_leave_the_gradient_float32(rng):
    x = rng.standard_normal((4, 3)).astype(np.float32)
    for criterion in (nn.MSELoss(), nn.BCEWithLogitsLoss()):
        assert criterion(x, rng.random((4, 3))).dtype == np.float32
        assert criterion.backward().dtype == np.float32


def test_kl_of_a_gaussian_against_pytorch(rng):
    mu, log_var = rng.standard_normal((5, 3)), rng.standard_normal((5, 3))
    value, grad_mu, grad_log_var = nn.kl_standard_normal(mu, log_var)
    theirs = torch.distributions.Normal(torch.tensor(mu), torch.tensor(np.exp(log_var / 2)))
    kl = torch.distributions.kl_divergence(theirs, torch.distributions.Normal(0.0, 1.0))
    assert value == pytest.approx(kl.sum(1).mean().item(), rel=1e-12)
    for array, grad in ((mu, grad_mu), (log_var, grad_log_var)):
        measured = numerical_gradient(lambda _: nn.kl_standard_normal(mu, log_var)[0], array)
        assert relative_error(measured, grad) < 1e-8
    assert nn.kl_standard_normal(np.zeros((2, 3)), np.zeros((2, 3)))[0] == 0


# Layers


def test_one_hidden_unit_by_hand():
    """x = 1.5, w1 = 0.7, w2 = 0.8, y = 1: h = 1.05, output 0.84, loss (0.84 - 1)^2 / 2."""
    model = nn.Sequential(nn.Linear(1, 1, False), nn.ReLU(), nn.Linear(1, 1, False)).double()
    criterion = nn.MSELoss()
    model[0].weight.data[:], model[2].weight.data[:] = 0.7, 0.8
    assert criterion(model(np.array([[1.5]])), np.array([[1.0]])) / 2 == pytest.approx(0.0128)
    assert model.backward(criterion.backward(0.5)) == pytest.approx(-0.16 * 0.8 * 0.7)
    assert [p.grad.item() for p in model.parameters()] == pytest.approx([-0.1920, -0.1680])


@pytest.mark.parametrize(
    ("widths", "count"),
    [((784, 256, 128, 10), 235_146), ((784, 128, 64, 32, 16, 10), 111_514), ((784, 512, 10), 407_050),
     ((784, 128, 10), 101_770)],
)
def test_parameter_counts(widths, count):
    assert sum(p.data.size for p in mlp(nn, *widths).parameters()) == count


def test_embedding_adds_up_what_repeated_words_receive():
    layer = nn.Embedding(4, 2).double()
    layer(np.array([1, 3, 1, 1]))
    assert layer.backward(np.array([[1.0, 10], [2, 20], [3, 30], [4, 40]])) is None
    np.testing.assert_array_equal(layer.weight.grad, [[0, 0], [8, 80], [0, 0], [2, 20]])


@pytest.mark.parametrize(("offset", "tolerance"), [(0, 1e-5), (1e4, 2e-2)])
def test_normalisation_in_float32_far_from_zero(offset, tolerance, rng):
    """At 1e4 float32 steps by 1e-3: E[x^2] - E[x]^2 has lost every digit, the centred sum has not."""
    x = (offset + rng.standard_normal((64, 5))).astype(np.float32)
    rows, columns = (x.astype(np.float64) - x.mean(axis=a, keepdims=True, dtype=np.float64) for a in (1, 0))
    truth = columns / np.sqrt((columns**2).mean(axis=0) + 1e-5)
    np.testing.assert_allclose(nn.BatchNorm1d(5)(x), truth, atol=tolerance)
    truth = rows / np.sqrt((rows**2).mean(axis=1, keepdims=True) + 1e-5)
    np.testing.assert_allclose(nn.LayerNorm(5)(x), truth, atol=tolerance)


def test_batch_norm_normalises_with_the_biased_variance_and_tracks_the_unbiased_one():
    layer = nn.BatchNorm1d(1, eps=0.0, momentum=1.0).double()
    np.testing.assert_allclose(layer(np.array([[0.0], [2.0]])), [[-1], [1]])     # biased variance 1
    np.testing.assert_allclose(layer.running_mean, 1)
    np.testing.assert_allclose(layer.running_var, 2)                             # unbiased variance 2
    assert layer.num_batches_tracked == 1
    np.testing.assert_allclose(layer.eval()(np.array([[3.0]])), [[2 / math.sqrt(2)]])


def test_batch_norm_needs_more_than_one_value_in_training():
    for layer, x in ((nn.BatchNorm1d(3), np.ones((1, 3))), (nn.BatchNorm2d(3), np.ones((1, 3, 1, 1)))):
        with pytest.raises(ValueError, match="x: expected two or more values per channel in training"):
            layer(x)
        assert layer.eval()(x).shape == x.shape
    assert nn.BatchNorm1d(3)(np.ones((1, 3, 2))).shape == (1, 3, 2)


def test_dropout_keeps_the_expected_value_and_backward_uses_the_same_mask():
    layer, x = nn.Dropout(0.3), np.ones((200, 500))
    manual_seed(0)
    y = layer(x)
    assert set(np.unique(y)) == {0, 1 / (1 - 0.3)}
    assert y.mean() == pytest.approx(1, abs=0.01) and (y == 0).mean() == pytest.approx(0.3, abs=0.01)
    np.testing.assert_array_equal(layer.backward(x), y)
    np.testing.assert_array_equal(layer.eval()(x), x)
    np.testing.assert_array_equal(nn.Dropout(0)(x), x)


def test_empty_batches_pass_through():
    x = np.ones((0, 4), np.float32)
    model = nn.Sequential(nn.Linear(4, 3), nn.LayerNorm(3), nn.GELU(), nn.Dropout())
    assert model(x).shape == (0, 3) and model.backward(np.ones((0, 3), np.float32)).shape == (0, 4)
    np.testing.assert_array_equal(model[0].weight.grad, 0)
    assert nn.BatchNorm1d(4).eval()(x).shape == (0, 4)
    assert nn.BatchNorm2d(4).eval()(np.ones((0, 4, 3, 2), np.float32)).shape == (0, 4, 3, 2)
    layer, x = nn.MultiheadAttention(4, 2, batch_first=True), np.ones((0, 3, 4), np.float32)
    output, weights = layer(x, x, x)
    assert output.shape == (0, 3, 4) and weights.shape == (0, 3, 3)
    assert [grad.shape for grad in layer.backward(output)] == [(0, 3, 4)] * 3


# Messages


def zeros(*shape):
    return np.zeros(shape)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nn.Linear(4, 3)(zeros(2, 5)), ValueError, r"x: expected shape \(\.\.\., 4\), got \(2, 5\)"),
        (lambda: nn.Embedding(4, 3)(zeros(2)), ValueError, "indices: expected integers, got float64"),
        (lambda: nn.Embedding(4, 3)(np.array([0, 4])), IndexError, r"indices: expected 0 \.\.\. 3, got 0 to 4"),
        (lambda: nn.Embedding(4, 3)(np.array([-1])), IndexError, "got -1 to -1"),
        (lambda: nn.BatchNorm1d(3)(zeros(5, 4)), ValueError, r"\(N, C\) or \(N, C, L\) with C = 3, got \(5, 4\)"),
        (lambda: nn.BatchNorm2d(3)(zeros(5, 3)), ValueError, r"\(N, C, H, W\) with C = 3, got \(5, 3\)"),
        (lambda: nn.LayerNorm((2, 3))(zeros(3, 2)), ValueError, r"last axes to be \(2, 3\), got \(3, 2\)"),
        (lambda: nn.Dropout(1.0), ValueError, "p: expected 0 <= p < 1, got 1.0"),
        (lambda: nn.MSELoss(reduction="avg"), ValueError, "reduction: expected 'mean', 'sum' or 'none', got 'avg'"),
        (lambda: nn.MSELoss()(zeros(3, 1), zeros(3)), ValueError, r"target: expected .* \(3, 1\), got \(3,\)"),
        (lambda: nn.MSELoss()(np.arange(3), zeros(3)), ValueError, "input: expected floating-point .* int64"),
        (lambda: nn.BCEWithLogitsLoss()(zeros(2), np.array([0, 2])), ValueError, r"\[0, 1\], got 0.0 to 2.0"),
        (lambda: nn.BCEWithLogitsLoss()(zeros(1), np.array([np.nan])), ValueError, "got nan to nan"),
        (lambda: nn.CrossEntropyLoss()(zeros(2, 3), np.array([0, 3])), IndexError, r"classes 0 \.\.\. 2, got 3"),
        (lambda: nn.CrossEntropyLoss()(zeros(2, 3), np.array([-1, 0])), IndexError, r"classes 0 \.\.\. 2, got -1"),
        (lambda: nn.CrossEntropyLoss()(zeros(2, 3), zeros(2)), ValueError, "integer class numbers, got float64"),
        (lambda: nn.CrossEntropyLoss()(zeros(2, 3), np.eye(3)[:2]), ValueError, r"shape \(2,\) .* got \(2, 3\)"),
        (lambda: nn.CrossEntropyLoss()(zeros(1, 3), np.array([-100])), ValueError, "other than ignore_index"),
        (lambda: nn.kl_standard_normal(zeros(2, 3), zeros(2, 1)), ValueError, r"log_var: .* got \(2, 1\)"),
        (lambda: nn.init.xavier_normal_(zeros(3)), ValueError, r"tensor: expected at least two axes .* got \(3,\)"),
        (lambda: nn.init.kaiming_normal_(zeros(3, 2), mode="in"), ValueError, "mode: .* got 'in'"),
        (lambda: nn.init.calculate_gain("swish"), ValueError, "nonlinearity: expected one of .* got 'swish'"),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


# Starting weights


def test_starting_weights_fill_in_place_and_keep_the_dtype():
    layer = nn.Linear(40, 30)
    array = layer.weight.data
    assert nn.init.kaiming_normal_(layer.weight) is layer.weight and layer.weight.data is array
    assert array.dtype == np.float32
    nn.init.zeros_(layer.bias)
    nn.init.constant_(array, 0.5)
    assert not layer.bias.data.any() and np.all(layer.weight.data == 0.5)
    assert nn.init.ones_(np.zeros(3)).sum() == 3


@pytest.mark.parametrize("shape", [(300, 200), (60, 40, 3, 2)])
@pytest.mark.parametrize(
    ("name", "options"),
    [("xavier_uniform_", {}), ("xavier_uniform_", {"gain": 2.0}), ("xavier_normal_", {"gain": 0.5}),
     ("kaiming_uniform_", {}), ("kaiming_uniform_", {"a": 1.0, "mode": "fan_out"}), ("kaiming_normal_", {}),
     ("kaiming_normal_", {"nonlinearity": "relu", "mode": "fan_out"}), ("normal_", {"mean": 2.0, "std": 3.0}),
     ("uniform_", {"a": -3.0, "b": 1.0}), ("constant_", {"val": 0.5}), ("ones_", {}), ("zeros_", {})],
)
def test_starting_weights_have_pytorchs_distribution(name, options, shape):
    manual_seed(0)
    torch.manual_seed(0)
    ours = getattr(nn.init, name)(np.empty(shape), **options)
    theirs = getattr(torch.nn.init, name)(torch.empty(shape, dtype=torch.float64), **options).numpy()
    assert ours.std() == pytest.approx(theirs.std(), rel=0.02)
    assert ours.mean() == pytest.approx(theirs.mean(), abs=0.04 * theirs.std())
    if "uniform" in name:
        assert abs(ours).max() == pytest.approx(abs(theirs).max(), rel=0.01)


@pytest.mark.parametrize("name", [name for name in dir(nn.init) if name.endswith("_") and name[0] != "_"])
def test_starting_weights_have_pytorchs_arguments(name):
    """The same names, order and defaults; PyTorch's generator is ours by manual_seed."""
    theirs = inspect.signature(getattr(torch.nn.init, name)).parameters
    expected = [(key, argument.default) for key, argument in theirs.items() if key != "generator"]
    ours = inspect.signature(getattr(nn.init, name)).parameters
    assert [(key, argument.default) for key, argument in ours.items()] == expected


@pytest.mark.parametrize("name", ["linear", "sigmoid", "tanh", "relu", "leaky_relu"])
def test_gains_are_pytorchs(name):
    assert nn.init.calculate_gain(name) == pytest.approx(torch.nn.init.calculate_gain(name))
    assert nn.init.calculate_gain("leaky_relu", 0.3) == pytest.approx(torch.nn.init.calculate_gain("leaky_relu", 0.3))


# The checks themselves must fail where something is wrong


class HalfGradient(nn.Linear):
    """A Linear whose bias learns at half speed."""

    def backward(self, grad_output):
        grad_input = super().backward(grad_output)
        self.bias.grad *= 0.5
        return grad_input


class ForgetsTheVariance(nn.BatchNorm1d):
    """The classic: as if the variance did not depend on the input. Ones as upstream gradient do not notice."""

    def backward(self, grad_output):
        _, inverse_std = self.saved()
        super().backward(grad_output)
        grad = grad_output * self.weight.data * inverse_std
        return grad - grad.mean(axis=0)


def test_gradcheck_names_the_wrong_parameter(rng):
    x = rng.standard_normal((5, 4))
    with pytest.raises(AssertionError, match=r"HalfGradient: bias has relative error 3\.3e-01, over 1e-06"):
        gradcheck(HalfGradient(4, 3), x)
    with pytest.raises(AssertionError, match="HalfGradient: bias"):
        check_twin(HalfGradient(4, 3), torch.nn.Linear(4, 3), x)
    with pytest.raises(AssertionError, match="ForgetsTheVariance: input 0"):
        gradcheck(ForgetsTheVariance(4), x)


def test_gradcheck_sees_a_missing_gradient_and_a_nan(rng):
    class Silent(nn.ReLU):
        def backward(self, grad_output):
            return None

    class Broken(nn.ReLU):
        def backward(self, grad_output):
            return super().backward(grad_output) * np.nan

    class Leaking(nn.Linear):
        def backward(self, grad_output):
            return super().backward(grad_output) + 1e-5

    deaf = Leaking(4, 3)
    nn.init.zeros_(deaf.weight)                                     # so the right gradient of the input is zero
    with pytest.raises(AssertionError, match=r"Leaking: input 0 has relative error .*e-02"):
        gradcheck(deaf, rng.standard_normal((5, 4)))
    with pytest.raises(AssertionError, match="input 0: backward returned no gradient"):
        gradcheck(Silent(), rng.standard_normal(3))
    with pytest.raises(AssertionError, match="Broken: input 0 has relative error inf"):
        gradcheck(Broken(), rng.standard_normal(3))


def test_check_twin_sees_another_output_shape_and_state(rng):
    with pytest.raises(AssertionError, match="Softmax: "):
        check_twin(nn.Softmax(0), torch.nn.Softmax(1), rng.standard_normal((3, 4)))
    with pytest.raises(RuntimeError, match="Missing key"):
        check_twin(nn.Linear(4, 3, bias=False), torch.nn.Linear(4, 3), rng.standard_normal((5, 4)))
    with pytest.raises(AssertionError, match="BatchNorm1d: state running_"):
        check_twin(nn.BatchNorm1d(4, momentum=0.2), torch.nn.BatchNorm1d(4), rng.standard_normal((5, 4)))


def test_numerical_gradient_of_a_parabola_and_its_errors():
    theta = np.array([[1.0, -2.0, 0.0]])
    np.testing.assert_allclose(numerical_gradient(lambda t: (t**2).sum(), theta), 2 * theta, atol=1e-9)
    np.testing.assert_array_equal(theta, [[1, -2, 0]])
    with pytest.raises(ValueError, match="theta: expected a float64 array, got float32"):
        numerical_gradient(np.sum, theta.astype(np.float32))


def test_relative_error():
    a = np.array([3.0, 4.0])
    assert relative_error(a, a) == 0 == relative_error(0 * a, 0 * a)
    assert relative_error(a, 0 * a) == 1 and relative_error(a, 1.5 * a) == pytest.approx(0.2)
    with pytest.raises(ValueError, match=r"b: expected the shape of a, \(2,\), got \(3,\)"):
        relative_error(a, np.ones(3))
