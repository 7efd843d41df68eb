"""Parameter, Module, Sequential: names, state, modes, gradients, and the messages when something is wrong."""

import numpy as np
import pytest
import torch

from nnlib import nn
from nnlib.module import generator, manual_seed


class Net(nn.Module):
    """A layer, a parameter and a buffer of its own."""

    def __init__(self):
        self.scale = nn.Parameter(np.ones(3))
        self.body = nn.Sequential(nn.Linear(4, 3), nn.ReLU())
        self.register_buffer("seen", np.array(0))

    def forward(self, x):
        y = self.body(x)
        self.seen += len(x)
        self._cache = (y,)
        return y * self.scale.data

    def backward(self, grad_output):
        (y,) = self.saved()
        self.scale.add_grad((grad_output * y).sum(axis=0))
        return self.body.backward(grad_output * self.scale.data)


def test_parameters_and_state_are_named_in_order_of_assignment():
    net = Net()
    assert [name for name, _ in net.named_parameters()] == ["scale", "body.0.weight", "body.0.bias"]
    assert list(net.state_dict()) == ["scale", "seen", "body.0.weight", "body.0.bias"]
    assert [p.shape for p in net.parameters()] == [(3,), (3, 4), (3,)]
    assert [type(m).__name__ for m in net.modules()] == ["Net", "Sequential", "Linear", "ReLU"]


def test_parameters_may_be_walked_while_the_network_runs():
    net = Net()
    for _ in net.parameters():
        net(np.ones((2, 4), np.float32))         # the first forward pass adds `_cache` to every module


def test_state_dict_holds_copies():
    net = Net()
    state = net.state_dict()
    state["scale"][:] = 7
    net(np.ones((2, 4)))
    assert net.scale.data[0] == 1 and state["seen"] == 0 and net.seen == 2


def test_load_state_dict_copies_arrays_and_tensors_in_its_own_dtype():
    layer, weight = nn.Linear(2, 1), np.array([[1.0, 2.0]])
    layer.load_state_dict({"weight": weight, "bias": torch.zeros(1, dtype=torch.float64)})
    weight[:] = 0
    assert layer.weight.data.tolist() == [[1, 2]] and layer.weight.data.dtype == np.float32


def test_load_state_dict_names_what_is_wrong():
    layer = nn.Linear(2, 1)
    good = layer.state_dict()
    with pytest.raises(KeyError, match=r"missing \['bias'\], not expected \['bais'\]"):
        layer.load_state_dict({"weight": good["weight"], "bais": good["bias"]})
    with pytest.raises(ValueError, match=r"state\['weight'\]: expected shape \(1, 2\), got \(2, 1\)"):
        layer.load_state_dict(good | {"weight": np.ones((2, 1))})
    layer.load_state_dict({"bias": np.array([3.0])}, strict=False)
    assert layer.bias.data == 3 and np.array_equal(layer.weight.data, good["weight"])


def test_gradients_add_until_zero_grad(rng):
    net, x, grad = Net().double(), rng.standard_normal((5, 4)), rng.standard_normal((5, 3))
    net(x)
    net.backward(grad)
    once = [p.grad.copy() for p in net.parameters()]
    net(x)
    net.backward(grad)
    for parameter, first in zip(net.parameters(), once):
        np.testing.assert_allclose(parameter.grad, 2 * first)
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())


def test_train_and_eval_reach_every_module():
    net = Net()
    assert net.eval() is net and not any(m.training for m in net.modules())
    assert net.train() is net and all(m.training for m in net.modules())


def test_backward_needs_a_forward_pass_in_training():
    with pytest.raises(RuntimeError, match=r"Linear\.backward needs a forward pass in training mode"):
        nn.Linear(2, 1).backward(np.ones((1, 1)))


def test_a_module_without_passes_says_so():
    with pytest.raises(NotImplementedError, match="Module has no forward"):
        nn.Module()(1)
    with pytest.raises(NotImplementedError, match="Module has no backward"):
        nn.Module().backward(1)


def test_astype_converts_floats_and_leaves_counters():
    layer = nn.BatchNorm1d(3).double()
    assert {p.data.dtype for p in layer.parameters()} == {np.dtype(np.float64)}
    assert layer.running_var.dtype == np.float64 and layer.num_batches_tracked.dtype == np.int64
    assert layer.float().running_mean.dtype == np.float32


def test_sequential_is_a_list_of_modules(rng):
    first, second = nn.Linear(4, 3), nn.Tanh()
    model = nn.Sequential(first, second)
    assert list(model) == [first, second] and len(model) == 2 and model[1] is second and model[-2] is first
    x = rng.standard_normal((2, 4))
    np.testing.assert_array_equal(model(x), second(first(x)))
    np.testing.assert_array_equal(nn.Sequential()(x), x)


def test_manual_seed_repeats_weights_and_masks():
    runs = []
    for _ in range(2):
        assert manual_seed(3) is generator()
        runs.append([nn.Linear(3, 2).weight.data, nn.Dropout()(np.ones(20))])
    for a, b in zip(*runs):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(nn.Linear(3, 2).weight.data, runs[0][0])


def test_a_parameter_shows_its_shape():
    assert repr(nn.Linear(3, 2).weight) == "Parameter(2, 3)"
