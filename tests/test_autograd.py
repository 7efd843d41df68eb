"""Value against PyTorch's autograd, on every operation and on random programs of them."""

import math

import matplotlib
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

matplotlib.use("Agg")

from nnlib.autograd import Value, draw

UNARY = [
    lambda a: -a, lambda a: a.exp(), lambda a: a.tanh(), lambda a: a.relu(), lambda a: a.sigmoid(), lambda a: a**2,
    lambda a: a**3, lambda a: a**0, lambda a: a**-2, lambda a: (a * a + 1).log(), lambda a: (a * a) ** 0.5,
    lambda a: 3 + a, lambda a: 3 - a, lambda a: 3 * a, lambda a: 3 / a, lambda a: a + 3, lambda a: a - 3,
    lambda a: a / 3, lambda a: a * a, lambda a: a - a, lambda a: a / a,
]
BINARY = [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / b]


def assert_same(f, *numbers):
    """f gives the same value and the same gradients in Values and in PyTorch."""
    ours = [Value(x) for x in numbers]
    theirs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in numbers]
    result, expected = f(*ours), f(*theirs)
    result.backward()
    expected.backward()
    assert result.data == pytest.approx(expected.item(), rel=1e-10, abs=1e-10)
    for a, b in zip(ours, theirs):
        assert a.grad == pytest.approx(0.0 if b.grad is None else b.grad.item(), rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("f", UNARY)
@pytest.mark.parametrize("x", [-1.7, 0.3, 2.5])
def test_one_input(f, x):
    assert_same(f, x)


@pytest.mark.parametrize("f", BINARY)
def test_two_inputs(f):
    assert_same(f, -1.7, 0.6)
    assert_same(lambda a, b: f(f(a, b) * a, a + b), 0.4, 0.9)


STEP = st.tuples(st.integers(0, 7), st.integers(0, 99), st.integers(0, 99))


@given(st.lists(st.floats(-2, 2), min_size=1, max_size=3), st.lists(STEP, min_size=1, max_size=25))
def test_random_programs(numbers, steps):
    """Every step makes a new number from two earlier ones; relu's kink and division are left out."""
    operations = [*BINARY[:3], lambda a, b: a.tanh(), lambda a, b: a.sigmoid() * b, lambda a, b: (a * a + 1).log(),
                  lambda a, b: (a.tanh() + b.tanh()).exp(), lambda a, b: a / (b * b + 1)]
    def program(*inputs):
        made = list(inputs)
        for operation, i, j in steps:
            made.append(operations[operation](made[i % len(made)], made[j % len(made)]).tanh())
        return sum(made)
    assert_same(program, *numbers)


def test_relu_has_no_slope_at_zero():
    assert_same(lambda a: a.relu() * 2, 0.0)


def test_gradients_add_up_over_calls_and_inner_values_are_not_counted_twice():
    x = Value(3.0)
    y = x * x
    z = y * y
    z.backward()
    z.backward()
    assert (x.grad, y.grad, z.grad) == (2 * 4 * 3.0**3, 2 * 2 * 9.0, 2.0)


def test_deep_graphs_need_no_recursion():
    x = Value(1.0)
    y = x
    for _ in range(20_000):
        y = y * 0.9999 + 0.0001
    y.backward()
    assert y.data == pytest.approx(1)
    assert x.grad == pytest.approx(0.9999**20_000, rel=1e-9)


def test_shared_values_are_visited_once():
    """Doubling sixty times has 2^60 paths."""
    x = y = Value(1.0)
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.grad == y.data == 2.0**60


def test_a_network_of_values_learns_xor():
    rng = np.random.default_rng(0)
    w1 = [[Value(v) for v in row] for row in rng.standard_normal((8, 3))]
    w2 = [Value(v) for v in rng.standard_normal(9)]
    rows = [(0, 0, -1), (0, 1, 1), (1, 0, 1), (1, 1, -1)]

    def output(a, b):
        hidden = [(u * a + v * b + c).tanh() for u, v, c in w1]
        return sum((w * h for w, h in zip(w2, hidden)), w2[-1])
    for _ in range(150):
        loss = sum((output(a, b) - y) ** 2 for a, b, y in rows)
        loss.backward()
        for w in [*(w for row in w1 for w in row), *w2]:
            w.data -= 0.05 * w.grad
            w.grad = 0.0
    assert loss.data < 0.05


@pytest.mark.parametrize("call, name", [
    (lambda: Value(0.0).log(), "log"),
    (lambda: Value(-2.0) ** 0.5, "exponent"),
    (lambda: Value(2.0) ** Value(2.0), "exponent"),
])
def test_bad_arguments_are_named(call, name):
    with pytest.raises(ValueError, match=f"^{name}: expected .*, got "):
        call()


def test_sigmoid_far_out():
    assert Value(-1000).sigmoid().data == 0
    assert Value(1000).sigmoid().data == 1
    assert math.isfinite(Value(1e308).sigmoid().data)


def test_the_drawing_shows_every_value_and_slope_and_boxes_do_not_overlap():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    result = (a * b).tanh() + a * a - (a / b).exp()
    result.backward()
    ax = draw(result)
    texts = [t.get_text() for t in ax.texts]
    assert any(text.startswith("a\n2\n") for text in texts)
    assert "2 + 2" in texts                                      # both slopes of a * a
    assert sum("grad" in text for text in texts) == len(result.graph())
    ax.figure.canvas.draw()
    boxes = [t.get_window_extent() for t in ax.texts if "grad" in t.get_text()]
    assert not any(p.overlaps(q) for i, p in enumerate(boxes) for q in boxes[:i])
    middles = np.array([t.get_position() for t in ax.texts if "grad" in t.get_text()])
    margins = [middles.min(axis=0) - [ax.get_xlim()[0], ax.get_ylim()[0]],
               [ax.get_xlim()[1], ax.get_ylim()[1]] - middles.max(axis=0)]
    np.testing.assert_allclose(margins, 0.6)                     # the graph stands in the middle
    assert ax.lines and all(line.get_linewidth() > 0 for line in ax.lines)
    arrows = [t for t in ax.texts if isinstance(t, matplotlib.text.Annotation)]
    slopes = [t for t in ax.texts if "grad" not in t.get_text() and t not in arrows]
    assert len(arrows) == len(slopes)
    for arrow, slope in zip(arrows, slopes):
        head, tail, place = map(np.array, (arrow.xy, arrow.xyann, slope.get_position()))
        assert (middles == head).all(axis=1).any() and tail[0] == head[0] - 1    # from the column before, to a box
        share = (place - tail)[0]
        assert 0.3 < share < 0.6                                 # between the boxes, on the arrow
        np.testing.assert_allclose(place, tail + share * (head - tail))
    matplotlib.pyplot.close("all")


def test_drawing_a_single_value():
    assert len(draw(Value(1.0)).texts) == 1
    matplotlib.pyplot.close("all")
