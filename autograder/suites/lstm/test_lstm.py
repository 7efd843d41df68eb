"""Hidden tests of lstm: a step, the loop over time, the way back through both, and the clipped gradient.

Gradients are found by a complex step: f(a + i e) = f(a) + i e f'(a), exact to the last digit, since nothing is
subtracted. The caches that the tasks of the way back need are written here. Where the order of the gates does not
matter, all four blocks of the weights are the same, so that a wrong order costs nothing there; where one way of the
gradient is tested, the others carry zeros.
"""

import math

import numpy as np
import pytest

from autograder.marking.student import Shown

packages = ["numpy", "nnlib.plot", "nnlib.data"]
builds_on = {"lstm_forward": ["lstm_step"], "lstm_backward": ["lstm_step_backward"]}

CACHE = ("x", "h", "c", "w_ih", "w_hh", "i", "f", "g", "o", "c_new")
CLOSE = {"rtol": 1e-7, "atol": 1e-10}


def problem(seed, T, N, D, H):
    """Random xs (T, N, D), h, c, w_ih, w_hh, b; no number is so large that a gate is nearly shut."""
    rng = np.random.default_rng(seed)
    shapes = (T, N, D), (N, H), (N, H), (4 * H, D), (4 * H, H), (4 * H,)
    return [rng.uniform(0.2, 0.8, shape) * rng.choice([-1, 1], shape) for shape in shapes]


def four_times(array):
    """Weights or biases whose four blocks are all like the first one."""
    return np.concatenate(4 * [np.split(array, 4)[0]])


def step(x, h, c, w_ih, w_hh, b):
    """The state after a step, and its cache; also for complex numbers, and with an axis of many cases in front."""
    blocks = zip(np.split(w_ih, 4, axis=-2), np.split(w_hh, 4, axis=-2), np.split(b[..., None, :], 4, axis=-1))
    z_i, z_f, z_g, z_o = (x @ u.swapaxes(-1, -2) + h @ v.swapaxes(-1, -2) + k for u, v, k in blocks)
    i, f, o = ((1 + np.tanh(z / 2)) / 2 for z in (z_i, z_f, z_o))
    g = np.tanh(z_g)
    c_new = i * g + f * c
    return np.tanh(c_new) * o, dict(zip(CACHE, (x, h, c, w_ih, w_hh, i, f, g, o, c_new)))


def run(xs, h, c, *weights):
    """The states after all steps, and their caches."""
    hs, caches = [], []
    for t in range(xs.shape[-3]):
        h, cache = step(xs[..., t, :, :], h, c, *weights)
        c = cache["c_new"]
        hs.append(h)
        caches.append(cache)
    return hs, caches


def slopes(loss, arrays, *which):
    """The gradients of loss(*arrays) by those of the arrays that have these numbers."""
    found = []
    for k in which:
        one_each = np.eye(arrays[k].size).reshape(-1, *arrays[k].shape)
        losses = loss(*arrays[:k], arrays[k] + 1e-30j * one_each, *arrays[k + 1:])    # one case for each entry
        found.append(losses.imag.reshape(arrays[k].shape) / 1e-30)
    return found


def weighed(*pairs):
    """The sum of all products of weights and values, for each case."""
    return sum(np.sum(weights * values, axis=(-2, -1)) for weights, values in pairs)


def through_step(dh, dc, arrays, *which):
    """What lstm_step_backward should find, where dh and dc arrive."""
    def loss(*arrays):
        h, cache = step(*arrays)
        return weighed((dh, h), (dc, cache["c_new"]))
    return slopes(loss, arrays, *which)


def through_time(dhs, arrays, *which):
    """What lstm_backward should find, where dhs arrive."""
    return slopes(lambda *arrays: weighed(*zip(dhs, run(*arrays)[0], strict=True)), arrays, *which)


def parts(answer, names):
    """The answer, where it has as many parts as there are names."""
    names = names.split()
    if not isinstance(answer, (tuple, list)) or len(answer) != len(names):
        raise Shown(f"Expected {len(names)} things, separated by commas after return: {', '.join(names)}.")
    return answer


def shaped(array, shape, what, letters):
    """The array, where its shape is right; what and letters name it and its axes to the student."""
    letters = letters.split()
    if not isinstance(array, (np.ndarray, np.generic, list, int, float)):
        came = "nothing" if array is None else "something else"
        raise Shown(f"{what} should be an array of numbers, ({', '.join(letters)}), but {came} came back.")
    if np.ndim(array) != len(shape):
        raise Shown(f"{what} should be an array ({', '.join(letters)}), one with {len(shape)} axes, but it has "
                    f"{np.ndim(array)}.")
    for letter, wanted, got in zip(letters, shape, np.shape(array)):
        if got != wanted:
            raise Shown(f"{what} should be an array ({', '.join(letters)}), but its axis {letter} has too "
                        f"{'few' if got < wanted else 'many'} places.")
    return array


def unchanged(handle, arrays, names):
    """Say so where one of the arrays over there is no longer what was sent."""
    now = handle.get()
    if len(now) != len(arrays) or not all(np.array_equal(a, b) for a, b in zip(now, arrays)):
        raise Shown(f"{names}: something in there is no longer what it was before the call.")


def noted(student, value):
    """Send a value back and fetch it again: known mistakes are told by their last answer, and a dict tells nothing."""
    student.put(value).get()


def lstm_step(student, *arrays):
    """State, cell and cache after the student's step, with shapes checked."""
    h, c, cache = parts(student.lstm_step(*arrays), "h c cache")
    noted(student, [h, c])
    return shaped(h, arrays[1].shape, "h", "N H"), shaped(c, arrays[2].shape, "c", "N H"), cache


def entries(student, cache, *names):
    """These entries of a student's cache."""
    if not isinstance(cache, dict):
        raise Shown("The cache should be a dict.")
    noted(student, [len(cache), *(cache.get(name) for name in names)])
    for name in names:
        if name not in cache:
            raise Shown(f"The cache has no entry \"{name}\".")
    return [cache[name] for name in names]


@pytest.mark.grade("test-lstm-step", points=0.25,
                   hint="x is (N, D) and w_ih (4H, D): in x @ w_ih.T the features meet, and (N, 4H) is left.")
def test_step_input(student):
    """The input reaches the gates through w_ih."""
    for N, D, H in ((3, 2, 4), (1, 5, 2)):
        (x,), h, c, w_ih, w_hh, b = problem(1, 1, N, D, H)
        arrays = x, 0 * h, c, four_times(w_ih), 0 * w_hh, 0 * b
        _, new_c, _ = lstm_step(student, *arrays)
        np.testing.assert_allclose(new_c, step(*arrays)[1]["c_new"], **CLOSE)


@pytest.mark.grade("test-lstm-step", points=0.25,
                   hint="What the step before left in h counts as much as the input: it goes through w_hh into z.")
def test_step_state(student):
    """The state reaches the gates through w_hh."""
    for N, D, H in ((3, 2, 4), (1, 5, 2)):
        (x,), h, c, w_ih, w_hh, b = problem(2, 1, N, D, H)
        arrays = 0 * x, h, c, 0 * w_ih, four_times(w_hh), 0 * b
        _, new_c, _ = lstm_step(student, *arrays)
        np.testing.assert_allclose(new_c, step(*arrays)[1]["c_new"], **CLOSE)


@pytest.mark.grade("test-lstm-step", points=0.25,
                   hint="b is added to every row of z. The sigmoid that is given stays calm where z is huge.")
def test_step_bias(student):
    """The bias reaches the gates, in every row, and may open or shut them completely."""
    (x,), h, c, w_ih, w_hh, b = problem(3, 1, 3, 2, 4)
    for bias in (four_times(b), np.tile([900.0, -900, 0, -40], 4)):
        arrays = 0 * x, 0 * h, c, w_ih, w_hh, bias
        _, new_c, _ = lstm_step(student, *arrays)
        np.testing.assert_allclose(new_c, step(*arrays)[1]["c_new"], **CLOSE)


@pytest.mark.grade("test-lstm-step", points=0.25,
                   hint="The new state is the output gate times the tanh of the new cell, not of the old one.")
def test_step_new_state(student):
    """The new state is what the output gate lets out of the new cell."""
    for N, H in ((3, 4), (1, 2)):
        (x,), h, c, w_ih, w_hh, b = problem(4, 1, N, 3, H)
        arrays = 0 * x, 0 * h, 3 * c, w_ih, w_hh, four_times(b)
        new_h, _, _ = lstm_step(student, *arrays)
        np.testing.assert_allclose(new_h, step(*arrays)[0], **CLOSE)


@pytest.mark.grade("test-lstm-step", points=0.5,
                   hint="The blocks of z come in the order i, f, g, o. i lets new things in, f keeps old ones.")
def test_step_gates(student):
    """Each gate has its own block of z and its own part to play."""
    for N, D, H, float_type in ((3, 2, 4, np.float64), (1, 1, 3, np.float64), (2, 5, 1, np.float32)):
        (x,), *rest = problem(5, 1, N, D, H)
        arrays = [array.astype(float_type) for array in (x, *rest)]
        new_h, new_c, _ = lstm_step(student, *arrays)
        state, cache = step(*arrays)
        np.testing.assert_allclose(new_c, cache["c_new"], rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(new_h, state, rtol=1e-4, atol=1e-5)


@pytest.mark.grade("test-lstm-step", points=0.25,
                   hint="Ten entries, no more. h and c in the cache are those from before the step; c_new is after it.")
def test_step_cache_inputs(student):
    """The cache has ten entries, among them what lstm_step got, unchanged."""
    (x,), *rest = problem(6, 1, 3, 2, 4)
    arrays = [x, *rest]
    handles = [student.put(array) for array in arrays]
    _, c, cache = parts(student.lstm_step(*handles), "h c cache")
    for array, handle, name in zip(arrays, handles, (*CACHE[:5], "b"), strict=True):
        if not np.array_equal(handle.get(), array):
            raise Shown(f"{name} is no longer what it was before the call.")
    got = entries(student, cache, *CACHE)
    if len(cache) != 10:
        raise Shown("The cache has more entries than the ten of the table.")
    for array, entry in zip(arrays[:5], got):
        assert np.shape(entry) == array.shape
        np.testing.assert_allclose(entry, array)
    assert np.shape(cache["c_new"]) == np.shape(c) == (3, 4)
    np.testing.assert_allclose(cache["c_new"], c)


@pytest.mark.grade("test-lstm-step", points=0.25,
                   hint="The cache keeps the gates as they are after sigmoid and tanh, each under its own letter.")
def test_step_cache_gates(student):
    """The cache has the values of the four gates."""
    (x,), *rest = problem(7, 1, 3, 2, 4)
    _, _, cache = lstm_step(student, x, *rest)
    expected = step(x, *rest)[1]
    for name, gate in zip("ifgo", entries(student, cache, *"ifgo")):
        gate = shaped(gate, (3, 4), f"The gate {name} in the cache", "N H")
        np.testing.assert_allclose(gate, expected[name], **CLOSE)


def lstm_forward(student, T, N, H, *arrays):
    """States, cells and caches of the student's loop, with shapes checked."""
    hs, cs, caches = parts(student.lstm_forward(*arrays), "hs cs caches")
    noted(student, [hs, cs])
    if not isinstance(caches, (list, tuple)) or len(caches) != T:
        raise Shown("caches should be a list with one cache for each step.")
    return shaped(hs, (T, N, H), "hs", "T N H"), shaped(cs, (T, N, H), "cs", "T N H"), caches


@pytest.mark.grade("test-lstm-forward", points=0.5,
                   hint="Step t gets xs[t], and the h and c that step t - 1 returned. Follow three steps by hand.")
def test_forward_states(student):
    """States and cells of several steps, which begin with zeros."""
    for T, N, D, H in ((5, 3, 2, 4), (2, 1, 3, 2)):
        xs, h, c, *weights = problem(8, T, N, D, H)
        arrays = xs, 0 * h, 0 * c, *weights
        hs, cs, _ = lstm_forward(student, T, N, H, *arrays)
        states, caches = run(*arrays)
        np.testing.assert_allclose(hs, states, **CLOSE)
        np.testing.assert_allclose(cs, [cache["c_new"] for cache in caches], **CLOSE)


@pytest.mark.grade("test-lstm-forward", points=0.25,
                   hint="The first step begins with the h and c that lstm_forward got; they are not in hs and cs.")
def test_forward_start(student):
    """The first step begins with the given state and cell."""
    xs, *rest = problem(9, 1, 3, 2, 4)
    hs, cs, _ = lstm_forward(student, 1, 3, 4, xs, *rest)
    states, caches = run(xs, *rest)
    np.testing.assert_allclose(hs, states, **CLOSE)
    np.testing.assert_allclose(cs[0], caches[0]["c_new"], **CLOSE)


@pytest.mark.grade("test-lstm-forward", points=0.25,
                   hint="Append the cache of each step to a list, first step first. h += ... changes the caller's h.")
def test_forward_caches(student):
    """There is a cache for each step, in their order, and nothing that lstm_forward got has changed."""
    xs, h, c, *weights = problem(10, 4, 2, 3, 5)
    arrays = [xs, 0 * h, 0 * c, *weights]
    sent = student.put(arrays)
    _, _, caches = parts(student.lstm_forward(*(sent[k] for k in range(6))), "hs cs caches")
    unchanged(sent, arrays, "xs, h, c, w_ih, w_hh, b")
    if not isinstance(caches, (list, tuple)) or len(caches) != 4:
        raise Shown("caches should be a list with one cache for each step.")
    for cache, expected in zip(caches, run(*arrays)[1]):
        names = ("x", "h", "c", "c_new")
        for name, entry in zip(names, entries(student, cache, *names)):
            entry = shaped(entry, expected[name].shape, f"{name} in a cache", "N D" if name == "x" else "N H")
            np.testing.assert_allclose(entry, expected[name], **CLOSE)


def step_backward(student, dh, dc, cache):
    """The six gradients of the student's lstm_step_backward, with shapes checked."""
    answer = parts(student.lstm_step_backward(dh, dc, cache), "dx dh dc dw_ih dw_hh db")
    (N, D), (_, H) = cache["x"].shape, cache["h"].shape
    shapes = (N, D), (N, H), (N, H), (4 * H, D), (4 * H, H), (4 * H,)
    names = ("dx", "N D"), ("dh", "N H"), ("dc", "N H"), ("dw_ih", "4H D"), ("dw_hh", "4H H"), ("db", "4H")
    return [shaped(array, shape, *name) for array, shape, name in zip(answer, shapes, names)]


def step_problem(seed, N, D, H):
    """What a step got, its cache, and random gradients dh and dc."""
    (x,), *rest = problem(seed, 1, N, D, H)
    arrays = [x, *rest]
    _, cache = step(*arrays)
    dh, dc = np.random.default_rng(seed).normal(size=(2, N, H))
    return arrays, cache, dh, dc


@pytest.mark.grade("test-lstm-step-backward", points=0.25,
                   hint="In c' = f * c + i * g, how much does c' grow when c grows a little?")
def test_back_to_cell(student):
    """dc before the step, where only the new cell gets a gradient."""
    for N, H in ((3, 4), (1, 2)):
        arrays, cache, dh, dc = step_problem(11, N, 2, H)
        _, _, before, _, _, _ = step_backward(student, 0 * dh, dc, cache)
        np.testing.assert_allclose(before, *through_step(0 * dh, dc, arrays, 2), **CLOSE)


@pytest.mark.grade("test-lstm-step-backward", points=0.5,
                   hint="Which factor stands beside i in c' = f * c + i * g? And beside f, and g? Then the slope to z.")
def test_back_to_gates(student):
    """db where only the new cell gets a gradient, from a single sequence."""
    for D, H in ((2, 4), (3, 1)):
        arrays, cache, dh, dc = step_problem(12, 1, D, H)
        _, _, _, _, _, db = step_backward(student, 0 * dh, dc, cache)
        np.testing.assert_allclose(db, *through_step(0 * dh, dc, arrays, 5), **CLOSE)


@pytest.mark.grade("test-lstm-step-backward", points=0.5,
                   hint="h' = o * tanh(c'): which factor stands beside o? And what is the slope on the way to c'?")
def test_back_from_state(student):
    """db and dc where only the new state gets a gradient, from a single sequence."""
    for D, H in ((2, 4), (3, 1)):
        arrays, cache, dh, dc = step_problem(13, 1, D, H)
        _, _, before, _, _, db = step_backward(student, dh, 0 * dc, cache)
        expected_dc, expected_db = through_step(dh, 0 * dc, arrays, 2, 5)
        np.testing.assert_allclose(before, expected_dc, **CLOSE)
        np.testing.assert_allclose(db, expected_db, **CLOSE)


@pytest.mark.grade("test-lstm-step-backward", points=0.25,
                   hint="dc and the share of dh are added up, in a new array (dc += ... writes into the caller's). "
                        "The h from before the step takes part in z alone.")
def test_back_from_both(student):
    """What comes from state and cell adds up; dh, dc and the cache stay as they were."""
    arrays, _, dh, dc = step_problem(14, 1, 2, 4)
    arrays[4] *= 0    # w_hh: from here no gradient reaches the state before the step
    _, cache = step(*arrays)
    sent = [student.put(value) for value in (dh, dc, cache)]
    _, old_state, before, _, _, db = parts(student.lstm_step_backward(*sent), "dx dh dc dw_ih dw_hh db")
    unchanged_cache(sent[2].get(), cache)
    for handle, array, name in zip(sent, (dh, dc), ("dh", "dc")):
        if not np.array_equal(handle.get(), array):
            raise Shown(f"{name} is no longer what it was before the call.")
    noted(student, [old_state, before, db])
    expected_dc, expected_db = through_step(dh, dc, arrays, 2, 5)
    np.testing.assert_allclose(shaped(before, (1, 4), "dc", "N H"), expected_dc, **CLOSE)
    np.testing.assert_allclose(shaped(db, (16,), "db", "4H"), expected_db, **CLOSE)
    np.testing.assert_allclose(shaped(old_state, (1, 4), "dh", "N H"), np.zeros((1, 4)), **CLOSE)


def unchanged_cache(now, cache):
    """Say so where a cache over there is no longer what was sent."""
    if not isinstance(now, dict) or set(now) != set(cache) or not all(np.array_equal(now[k], cache[k]) for k in cache):
        raise Shown("A cache is no longer what it was before the call.")


@pytest.mark.grade("test-lstm-step-backward", points=0.25,
                   hint="Every row of z has b in it, so b collects from all rows. Is it a sum or a mean?")
def test_back_rows(student):
    """The bias collects from all sequences."""
    arrays, cache, dh, dc = step_problem(15, 5, 2, 3)
    _, _, _, _, _, db = step_backward(student, 0 * dh, dc, cache)
    np.testing.assert_allclose(db, *through_step(0 * dh, dc, arrays, 5), **CLOSE)


@pytest.mark.grade("test-lstm-step-backward", points=0.75,
                   hint="z = x @ w_ih.T: weight (k, d) stands between feature d and column k of z, in each of N rows.")
def test_back_to_weights(student):
    """dw_ih and dw_hh, which collect from all sequences."""
    for N, D, H in ((3, 2, 4), (1, 4, 2)):
        arrays, cache, dh, dc = step_problem(16, N, D, H)
        _, _, _, dw_ih, dw_hh, _ = step_backward(student, 0 * dh, dc, cache)
        expected_ih, expected_hh = through_step(0 * dh, dc, arrays, 3, 4)
        np.testing.assert_allclose(dw_ih, expected_ih, **CLOSE)
        np.testing.assert_allclose(dw_hh, expected_hh, **CLOSE)


@pytest.mark.grade("test-lstm-step-backward", points=0.5,
                   hint="All four blocks of z are made of x and h. From (N, 4H) to (N, D): which matrix leads back?")
def test_back_to_input_and_state(student):
    """dx and dh before the step."""
    for N, D, H in ((3, 2, 4), (1, 4, 2)):
        arrays, cache, dh, dc = step_problem(17, N, D, H)
        dx, before, _, _, _, _ = step_backward(student, 0 * dh, dc, cache)
        expected_dx, expected_dh = through_step(0 * dh, dc, arrays, 0, 1)
        np.testing.assert_allclose(dx, expected_dx, **CLOSE)
        np.testing.assert_allclose(before, expected_dh, **CLOSE)


def time_backward(student, dhs, caches):
    """The six gradients of the student's lstm_backward, with shapes checked."""
    answer = parts(student.lstm_backward(dhs, caches), "dxs dh dc dw_ih dw_hh db")
    (T, N, H), D = np.shape(dhs), caches[0]["x"].shape[1]
    shapes = (T, N, D), (N, H), (N, H), (4 * H, D), (4 * H, H), (4 * H,)
    names = ("dxs", "T N D"), ("dh", "N H"), ("dc", "N H"), ("dw_ih", "4H D"), ("dw_hh", "4H H"), ("db", "4H")
    return [shaped(array, shape, *name) for array, shape, name in zip(answer, shapes, names)]


def time_problem(seed, T, N, D, H, last=False):
    """What lstm_forward got, its caches, and random gradients by all states, or by the last one only."""
    arrays = problem(seed, T, N, D, H)
    dhs = np.random.default_rng(seed).normal(size=(T, N, H))
    if last:
        dhs[:-1] = 0
    return arrays, run(*arrays)[1], dhs


@pytest.mark.grade("test-lstm-backward", points=0.25,
                   hint="Start at the last step. The dh and dc that it returns arrive at the step before.")
def test_time_last_state(student):
    """dxs, dh and dc where the loss looks at the last state only."""
    for T, N, D, H in ((4, 2, 1, 3), (1, 1, 3, 2)):
        arrays, caches, dhs = time_problem(18, T, N, D, H, last=True)
        dxs, dh, dc, _, _, _ = time_backward(student, dhs, caches)
        for got, expected in zip((dxs, dh, dc), through_time(dhs, arrays, 0, 1, 2)):
            np.testing.assert_allclose(got, expected, **CLOSE)


@pytest.mark.grade("test-lstm-backward", points=0.25,
                   hint="At state t two gradients meet: dhs[t], and what step t + 1 sends back.")
def test_time_all_states(student):
    """dxs, dh and dc where the loss looks at all states."""
    arrays, caches, dhs = time_problem(19, 3, 2, 4, 3)
    dxs, dh, dc, _, _, _ = time_backward(student, dhs, caches)
    for got, expected in zip((dxs, dh, dc), through_time(dhs, arrays, 0, 1, 2)):
        np.testing.assert_allclose(got, expected, **CLOSE)


@pytest.mark.grade("test-lstm-backward", points=0.25,
                   hint="The same weights are used in every step, so each step brings its share to their gradients.")
def test_time_weights(student):
    """The gradients of weights and bias add up over the steps."""
    arrays, caches, dhs = time_problem(20, 3, 2, 1, 3, last=True)
    _, _, _, *got = time_backward(student, dhs, caches)
    for gradient, expected in zip(got, through_time(dhs, arrays, 3, 4, 5), strict=True):
        np.testing.assert_allclose(gradient, expected, **CLOSE)


@pytest.mark.grade("test-lstm-backward", points=0.25,
                   hint="dhs[t] += ... and dhs[t] = ... write into the caller's array; dhs[t] + dh makes a new one.")
def test_time_keeps_inputs(student):
    """dhs and the caches stay as they were."""
    _, caches, dhs = time_problem(21, 3, 2, 1, 3)
    sent_dhs, sent_caches = student.put(dhs), student.put(caches)
    answer = parts(student.lstm_backward(sent_dhs, sent_caches), "dxs dh dc dw_ih dw_hh db")
    now = sent_caches.get()
    assert len(now) == 3
    for cache_now, cache in zip(now, caches):
        unchanged_cache(cache_now, cache)
    if not np.array_equal(sent_dhs.get(), dhs):
        raise Shown("dhs is no longer what it was before the call.")
    for array in answer:    # whatever its numbers are: the other tests look at them
        assert np.size(array) > 0 and np.all(np.isfinite(array)) and np.any(array)


def gradient_arrays(seed):
    """Gradients of several shapes, and their length."""
    rng = np.random.default_rng(seed)
    grads = [rng.normal(size=shape) for shape in ((3, 4), (5,), (2, 1, 3), (1,))]
    return grads, math.hypot(*(entry for grad in grads for entry in grad.ravel()))


def clip(student, grads, max_norm):
    """What the student's clip_grad_norm returns, with shapes checked."""
    clipped, norm = parts(student.clip_grad_norm(grads, max_norm), "clipped norm")
    if not isinstance(clipped, (list, tuple)) or [np.shape(a) for a in clipped] != [np.shape(a) for a in grads]:
        raise Shown("clipped should be a list of arrays, shaped like those in grads.")
    return clipped, norm


@pytest.mark.grade("test-clip-grad-norm", points=0.25,
                   hint="One factor for all arrays. Which one makes max_norm of the length, exactly?")
def test_clip_long(student):
    """A gradient that is too long keeps its direction and gets the length max_norm, whatever its unit."""
    for seed, unit in ((22, 1), (23, 100), (24, 1e-4)):
        grads, length = gradient_arrays(seed)
        clipped, _ = clip(student, [unit * grad for grad in grads], unit * length / 3)
        for got, grad in zip(clipped, grads):
            np.testing.assert_allclose(got, unit * grad / 3, rtol=1e-7)


@pytest.mark.grade("test-clip-grad-norm", points=0.25,
                   hint="The length is measured once, over all entries of all arrays, before anything is clipped.")
def test_clip_norm(student):
    """norm is the length before clipping, one number."""
    for seed, share, unit in ((25, 0.4, 1), (26, 3, 1), (26, 1, 0)):
        grads, length = gradient_arrays(seed)
        _, norm = clip(student, [unit * grad for grad in grads], share * length)
        if np.ndim(norm) != 0:
            raise Shown("norm should be one number, a float.")
        np.testing.assert_allclose(norm, unit * length)


@pytest.mark.grade("test-clip-grad-norm", points=0.25,
                   hint="Only what is longer than max_norm gets shorter; nothing ever gets longer. And what is 0 / 0?")
def test_clip_short(student):
    """A gradient that is not too long stays as it is, and so do zeros."""
    grads, length = gradient_arrays(27)
    zeros = [0 * grad for grad in grads]
    for arrays, max_norm in ((grads, 1.5 * length), (zeros, 0.5)):
        clipped, _ = clip(student, arrays, max_norm)
        for got, grad in zip(clipped, arrays):
            np.testing.assert_allclose(got, grad)


@pytest.mark.grade("test-clip-grad-norm", points=0.25,
                   hint="grad *= factor changes the caller's array, grads[k] = ... the caller's list. Make new ones.")
def test_clip_keeps_gradients(student):
    """The list and the arrays that came in stay as they were."""
    grads, length = gradient_arrays(28)
    sent = student.put(grads)
    clipped, _ = parts(student.clip_grad_norm(sent, length / 100), "clipped norm")
    unchanged(sent, grads, "grads")
    assert isinstance(clipped, (list, tuple)) and len(clipped) == len(grads)
    for got, grad in zip(clipped, grads):    # shorter, by whatever factor
        assert np.shape(got) == grad.shape
        assert np.all((got / grad > 0) & (got / grad < 1))
