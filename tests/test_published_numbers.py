"""Numbers that the lessons quote, found again by running the code.

More of them stand where their subject is tested: parameter counts, 1.63e-10 after ten saturated sigmoids, the
softmax of [2, 1, 0.1] and the network with one hidden unit in test_edge_cases_nn.py; the minimum of Rosenbrock in
test_optim.py; four gates against three in test_sequence_layers.py.
"""

import numpy as np
import pytest

from nnlib import nn
from nnlib.autograd import Value
from nnlib.models import mlp
from nnlib.nn.activation import softmax


def count(model):
    """The number of parameters."""
    return sum(parameter.data.size for parameter in model.parameters())


@pytest.mark.parametrize("d", [4, 64, 256])
def test_dot_products_have_variance_d_and_scaled_ones_1(d, rng):
    query, key = rng.standard_normal((2, 5000, d))
    products = (query * key).sum(axis=1)
    assert products.var() == pytest.approx(d, rel=0.1)
    assert (products / np.sqrt(d)).var() == pytest.approx(1, rel=0.1)


def test_attention_without_the_square_root_looks_at_one_place_only(rng):
    """The largest of 16 weights, on average: the same for every d with the scale, nearly 1 for a large d without."""
    scaled, plain = {}, {}
    for d in (4, 1024):
        query, key, value = rng.standard_normal((3, 50, 16, d))
        scaled[d] = nn.ScaledDotProductAttention()(query, key, value)[1].max(axis=-1).mean()
        plain[d] = softmax(query @ key.swapaxes(1, 2)).max(axis=-1).mean()
    assert scaled[1024] == pytest.approx(scaled[4], abs=0.05) and scaled[1024] < 0.4
    assert plain[1024] > 0.95


def test_a_sure_and_wrong_answer_has_slope_100_by_cross_entropy_and_2_by_squares():
    """The true class got probability 0.01: d(-log a)/da = -1 / a, d(a - 1)^2/da = 2 (a - 1)."""
    a, b = Value(0.01), Value(0.01)
    (-a.log()).backward()
    ((b - 1) ** 2).backward()
    assert a.grad == pytest.approx(-100) and b.grad == pytest.approx(-1.98)


def test_a_small_and_a_deep_network_of_the_lessons():
    """2-2-1 has 9 parameters, 2-3-1 has 13: weights and biases of both layers."""
    assert count(mlp(nn, 2, 2, 1)) == 9 and count(mlp(nn, 2, 3, 1)) == 13


def test_layers_of_famous_papers_have_their_published_size():
    """LeNet-5 in its usual form has 61,706 parameters; a layer of the base Transformer of 2017 has 3,152,384."""
    convolutions = nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5))
    assert count(convolutions) + count(mlp(nn, 400, 120, 84, 10)) == 61_706
    assert count(nn.TransformerEncoderLayer(512, 8, 2048)) == 3_152_384


def test_a_convolution_needs_few_parameters():
    """28x28 to eight maps of 26x26: 80 parameters, where a dense layer needs 4,245,280."""
    layer = nn.Conv2d(1, 8, 3)
    outputs = layer(np.zeros((1, 1, 28, 28))).size
    assert count(layer) == 80 and outputs == 5408
    assert 784 * outputs + outputs == 4_245_280
