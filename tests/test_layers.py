"""Every layer and loss of the registry: right gradients, PyTorch's numbers, and the contracts of Module."""

import inspect
from importlib import import_module
from pkgutil import iter_modules

import numpy as np
import pytest
import torch

import nnlib.module
from nnlib import nn
from nnlib.check import check_twin, gradcheck
from nnlib.module import manual_seed
from tests.cases import CASES

each_case = pytest.mark.parametrize("case", CASES, ids=str)


def leaves(nested):
    """The arrays of nested tuples."""
    parts = nested if isinstance(nested, tuple) else [nested]
    return [leaf for part in parts for leaf in (leaves(part) if isinstance(part, tuple) else [part])]


def cast(nested, dtype):
    """Nested tuples with every float array in `dtype`; a copy."""
    if isinstance(nested, tuple):
        return tuple(cast(part, dtype) for part in nested)
    return nested.astype(dtype if np.issubdtype(nested.dtype, np.floating) else nested.dtype)


def forward(case, module, inputs):
    """All outputs as a tuple."""
    outputs = module(*inputs, **case.options)
    return outputs if isinstance(outputs, tuple) else (outputs,)


def upstream(case, outputs, rng):
    """A random gradient for each output that takes part, in the output's dtype."""
    if isinstance(outputs, tuple):
        return tuple(upstream(case, part, rng) for part in outputs[: case.outputs])
    return np.asarray(rng.standard_normal(np.shape(outputs)), dtype=outputs.dtype)


@each_case
def test_gradients(case, rng):
    gradcheck(case.make(), *case.inputs(rng), **case.check)


@pytest.mark.parametrize("case", [case for case in CASES if not case.random], ids=str)
def test_twin(case, rng):
    check_twin(case.make(), case.twin(), *case.inputs(rng), **case.check)


@each_case
def test_twin_in_evaluation(case, rng):
    check_twin(case.make().eval(), case.twin(), *case.inputs(rng), **case.check)


@each_case
def test_backward_twice_adds_and_leaves_its_inputs_alone(case, rng):
    module, inputs = case.make().double(), case.inputs(rng)
    outputs = forward(case, module, inputs)
    grads = upstream(case, outputs, rng)
    before = [np.copy(array) for array in leaves((inputs, grads))]
    first = module.backward(*grads)
    once = [p.grad.copy() for p in module.parameters()]
    second = module.backward(*grads)
    for parameter, grad in zip(module.parameters(), once):
        np.testing.assert_allclose(parameter.grad, 2 * grad, rtol=1e-12)
    for a, b in zip(leaves(first), leaves(second)):
        np.testing.assert_array_equal(a, b)
    for array, copy in zip(leaves((inputs, grads)), before):
        np.testing.assert_array_equal(array, copy)


@each_case
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept(case, dtype, rng):
    module = case.make().astype(dtype)
    state = {name: value.dtype for name, value in module.state_dict().items()}
    outputs = forward(case, module, cast(case.inputs(rng), dtype))
    grads = module.backward(*upstream(case, outputs, rng))
    found = [*leaves(outputs), *leaves(grads), *(p.grad for p in module.parameters())]
    assert {array.dtype for array in found if array is not None} == {np.dtype(dtype)}
    assert {name: value.dtype for name, value in module.state_dict().items()} == state


@each_case
def test_evaluation_keeps_nothing_and_changes_nothing(case, rng):
    module, inputs = case.make(), case.inputs(rng)
    forward(case, module, inputs)
    state = module.eval().state_dict()
    first, second = forward(case, module, inputs), forward(case, module, inputs)
    for a, b in zip(leaves(first), leaves(second)):
        np.testing.assert_array_equal(a, b)
    assert all(part._cache is None for part in module.modules())
    with pytest.raises(RuntimeError, match="forward pass in training mode"):
        module.backward(*upstream(case, first, rng))
    for name, value in module.state_dict().items():
        np.testing.assert_array_equal(value, state[name])


@each_case
def test_state_makes_another_the_same(case, rng):
    inputs = case.inputs(rng)
    manual_seed(1)
    one = case.make()
    manual_seed(2)
    other = case.make()
    forward(case, one, inputs)                                      # so that running statistics have moved
    other.load_state_dict(one.state_dict())
    for a, b in zip(leaves(forward(case, one.eval(), inputs)), leaves(forward(case, other.eval(), inputs))):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("case", [case for case in CASES if any(case.make().parameters())], ids=str)
def test_starting_weights_are_spread_as_pytorchs(case):
    """Over 200 fresh layers each; a bias that starts at zero must do so in both."""
    manual_seed(0)
    torch.manual_seed(0)
    ours = [case.make().state_dict() for _ in range(200)]
    theirs = [case.twin().state_dict() for _ in range(200)]
    for name in ours[0]:
        one, other = ([np.asarray(state[name], float) for state in states] for states in (ours, theirs))
        spread = float(np.std(other))
        assert np.std(one) == pytest.approx(spread, rel=0.1), name
        assert np.mean(one) == pytest.approx(np.mean(other), abs=0.25 * spread), name
        assert np.max(np.abs(one)) == pytest.approx(np.max(np.abs(other)), rel=0.3), name


@pytest.mark.parametrize("name", sorted({type(case.make()).__name__ for case in CASES} & set(dir(torch.nn))))
def test_arguments_are_pytorchs(name):
    """The same names and defaults, and those that may be given by position in the same order."""
    ours = inspect.signature(getattr(nn, name)).parameters
    theirs = inspect.signature(getattr(torch.nn, name)).parameters
    by_position = [key for key, argument in ours.items() if argument.kind == argument.POSITIONAL_OR_KEYWORD]
    if not any(argument.kind == argument.VAR_POSITIONAL for argument in theirs.values()):
        assert by_position == list(theirs)[: len(by_position)]
        for key, argument in ours.items():
            default = theirs[key].default
            default = default.__name__ if inspect.isfunction(default) else default      # relu -> "relu"
            assert default in (argument.default, None), key


def test_every_public_layer_is_exported_and_in_the_registry():
    files = [nnlib.module, *(import_module(f"nnlib.nn.{info.name}") for info in iter_modules(nn.__path__))]
    classes = {c for file in files for c in vars(file).values() if inspect.isclass(c) and issubclass(c, nn.Module)}
    public = {c for c in classes if not c.__name__.startswith("_")} - {nn.Module}
    assert public >= {nn.Linear, nn.Sequential}
    assert {c.__name__ for c in public} <= set(nn.__all__)
    assert public - {type(case.make()) for case in CASES} == set()
    assert len({case.name for case in CASES}) == len(CASES)
