"""Lesson 06: the turns, taken right and wrong, and what must be true when it has run."""

import numpy as np

TURNS = {
    "roll": {
        "right": "def roll(w, v, g, lr, beta=0.9):\n    new = g + beta * v\n    return w + -lr * new, new",
        "wrong": ["def roll(w, v, g, lr, beta=0.9):\n    v = beta * v + g\n    return w - lr * g, v",
                  "def roll(w, v, g, lr, beta=0.9):\n    v = beta * v + (1 - beta) * g\n    return w - lr * v, v",
                  "def roll(w, v, g, lr, beta=0.9):\n    v = beta * v + g\n    return w - lr * v",
                  "def roll(w, v, g, lr, beta=0.9):\n    v = beta * v - lr * g\n    return w + v, v",
                  "def roll(w, v, g, lr, beta=0.9):\n    return w - lr * v, beta * v + g",
                  "def roll(w, v, g, lr, beta=0.9):\n    v = beta * v + g\n    return v, w - lr * v"],
    },
    "direction": {
        "right": "def direction(m, v, t, beta1=0.9, beta2=0.999, eps=1e-8):\n"
                 "    return m / (1 - beta1**t) / (eps + (v / (1 - beta2**t)) ** 0.5)",
        "wrong": ["def direction(m, v, t, beta1=0.9, beta2=0.999, eps=1e-8):\n    return m / (np.sqrt(v) + eps)",
                  "def direction(m, v, t, beta1=0.9, beta2=0.999, eps=1e-8):\n"
                  "    return m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t) + eps)",
                  "def direction(m, v, t, beta1=0.9, beta2=0.999, eps=1e-8):\n"
                  "    return m / (1 - beta1) / (np.sqrt(v / (1 - beta2)) + eps)",
                  "def direction(m, v, t, beta1=0.9, beta2=0.999, eps=1e-8):\n"
                  "    return m / (1 - beta1**t) / (np.sqrt(v) / (1 - beta2**t) + eps)",
                  "def direction(m, v, t, beta1=0.9, beta2=0.999, eps=1e-8):\n"
                  "    return m / (1 - beta1**t) * np.sqrt(1 - beta2**t) / (np.sqrt(v) + eps)"],
    },
    "clipped": {
        "right": "def clipped(grads, c):\n    norm = np.linalg.norm(np.concatenate([g.ravel() for g in grads]))\n"
                 "    return grads if norm <= c else [g / norm * c for g in grads]",
        "wrong": ["def clipped(grads, c):\n    return [g * min(1, c / np.linalg.norm(g)) for g in grads]",
                  "def clipped(grads, c):\n    norm = sum((g**2).sum() for g in grads)**0.5\n"
                  "    return [g * c / norm for g in grads]",
                  "def clipped(grads, c):\n    return [np.clip(g, -c, c) for g in grads]",
                  "def clipped(grads, c):\n    norm = sum((g**2).sum() for g in grads)**0.5\n"
                  "    return [g / norm if norm > c else g for g in grads]",
                  "def clipped(grads, c):\n    norm = sum(np.linalg.norm(g) for g in grads)\n"
                  "    return [g * min(1, c / norm) for g in grads]"],
    },
}


def steps_of(rule, **options):
    distance = np.linalg.norm(descend(rule, ravine_grad, (1, 0.2), 800, **options), axis=1)
    return np.argmax(distance < 1e-6 * distance[0])


def test_the_ball_is_several_times_faster():
    assert steps_of(sgd, lr=2 / 101) == 691 and steps_of(momentum, lr=4 / 121, beta=81 / 121) < 100


def test_hatless_steps_are_too_long():
    lengths = -np.diff(descend(hatless, np.ones_like, [0.0], 20, lr=1.0)[:, 0])
    assert abs(lengths[0] - 10**0.5) < 1e-9 and lengths.argmax() + 1 == 12


def test_all_rules_agree_with_pytorch():
    for rule, name in TWINS.items():
        mine = descend(rule, A.dot, np.ones(5), 25, lr=0.1)[-1]
        assert np.abs(mine - pytorch(name, **({"momentum": 0.9} if rule is momentum else {}))).max() < 1e-12


def test_turning_the_ravine_costs_those_that_rescale_axes():
    lowest = {key: value for key, (value, _) in race.items()}
    for name in ("sgd", "momentum"):
        assert 0.5 < lowest["turned", name] / lowest["ravine", name] < 2
    for name in ("adagrad", "rmsprop"):
        assert lowest["ravine", name] < lowest["ravine", "momentum"] < lowest["turned", name]
    assert lowest["Rosenbrock", "adam"] < lowest["Rosenbrock", "adamw"]


def test_valleys_lie_apart_and_no_rule_wins():
    best = {name: RATES[np.nanargmin(losses)] for name, losses in tuning.items()}
    assert (best["SGD"], best["momentum"], best["Adam"], best["AdamW"]) == (1.0, 0.1, 0.03, 0.03)
    assert best["RMSprop"] < best["momentum"] and best["Adagrad"] < best["SGD"]
    assert not apart and min(ends["momentum"]) < max(ends["SGD"]) and min(ends["SGD"]) < max(ends["momentum"])
    assert max(ends["SGD"]) < 2.5 * max(ends["Adam"]) and max(ends["Adam"]) < 2.5 * max(ends["SGD"])


def test_schedules_help_at_a_high_rate_and_hurt_at_a_low_one():
    def loss(schedule, lr):
        return np.mean(end(optim.Adam, lr, schedule=schedule))
    assert loss(cosine, 0.1) < 0.5 * loss(constant, 0.1)
    assert loss(warm_up_cosine, 0.1) < 0.5 * loss(constant, 0.03)
    assert loss(exponential, 0.01) > 1.5 * loss(constant, 0.01)


def test_the_belt_helps():
    tests = {title: loss_of(train(optim.SGD, 0.1, 1, clip=c, x=broken, momentum=0.9)[0], x_test, y_test)
             for title, c in {"free": np.inf, "belt": 1.0}.items()}
    assert tests["belt"] < 0.5 * tests["free"]


def test_the_hatless_adam_differs_and_fails_at_a_high_rate():
    assert np.abs(walk(Forgetful, nn.Parameter(np.ones(5)), A.dot, 25, lr=0.1) - pytorch("Adam")).max() > 1e-3
    assert np.mean(end(Forgetful, 0.1)) > 1.9 > np.mean(end(optim.Adam, 0.1))
