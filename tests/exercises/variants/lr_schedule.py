"""Answers to lr_schedule, right and wrong: {name: {cell: source}}, and for the wrong ones where points are lost."""

from autograder.marking.mistakes import changed

COSINE = '''import math

def cosine_lr(t, T, lr_max, lr_min=0.0):
    t = min(t, T)
    share = (1 + math.cos(math.pi * t / T)) / 2
    return lr_min + (lr_max - lr_min) * share'''

WARM = '''def warmup_cosine_lr(t, T, warmup, lr_max, lr_min=0.0):
    if t < warmup:
        return lr_max * (t + 1) / warmup
    return cosine_lr(t - warmup, T - warmup, lr_max, lr_min)'''

OWN_WARM = '''def warmup_cosine_lr(t, T, warmup, lr_max, lr_min=0.0):
    if t < warmup:
        return lr_max * (t + 1) / warmup
    if t > T:
        return lr_min
    share = (1 + np.cos(np.pi * (t - warmup) / (T - warmup))) / 2
    return lr_min + (lr_max - lr_min) * share'''

TRAIN = '''def train(params, loss_and_grad, schedule, steps):
    losses = []
    for t in range(steps):
        loss, grads = loss_and_grad(params)
        losses.append(float(loss))
        lr = schedule(t)
        for p, g in zip(params, grads):
            p -= lr * g
    return losses'''


def right_cosine(body):
    """cosine_lr with another body."""
    return {"cosine-lr": "def cosine_lr(t, T, lr_max, lr_min=0.0):\n" + body}


def right_warm(body):
    """warmup_cosine_lr with another body."""
    return {"warmup-cosine-lr": "def warmup_cosine_lr(t, T, warmup, lr_max, lr_min=0.0):\n" + body}


def right_train(body):
    """train with another body."""
    return {"train": "def train(params, loss_and_grad, schedule, steps):\n" + body}


def cosine(*changes):
    """A slip in cosine_lr."""
    return ["test-cosine-lr"], {"cosine-lr": changed(COSINE, *changes)}


def warm(*changes):
    """A slip in warmup_cosine_lr."""
    return ["test-warmup-cosine-lr"], {"warmup-cosine-lr": changed(WARM, *changes)}


def own_warm(*changes):
    """A slip in a warmup_cosine_lr that does without cosine_lr."""
    return ["test-warmup-cosine-lr"], {"warmup-cosine-lr": changed(OWN_WARM, *changes)}


def learn(*changes):
    """A slip in train."""
    return ["test-train"], {"train": changed(TRAIN, *changes)}


RIGHT = {
    "plain": {"cosine-lr": COSINE, "warmup-cosine-lr": WARM, "train": TRAIN},
    "own cosine twice": {"warmup-cosine-lr": OWN_WARM},
    "numpy": {"cosine-lr": '''def cosine_lr(t, T, lr_max, lr_min=0.0):
    if t >= T:
        return float(lr_min)
    return lr_min + 0.5 * (lr_max - lr_min) * (1 + np.cos(t / T * np.pi))'''},
    "cosine of half the angle, squared": right_cosine('''    from math import cos, pi
    half = cos(pi * min(t / T, 1.0) / 2)
    return half ** 2 * lr_max + (1 - half ** 2) * lr_min'''),
    "a complex wheel": right_cosine('''    wheel = np.exp(1j * np.pi / T) ** (t if t < T else T)
    return float((lr_max + lr_min) / 2 + (lr_max - lr_min) / 2 * wheel.real)'''),
    "a shifted sine": right_cosine('''    done = np.clip(t / T, 0, 1)
    way = (1 - np.sin(np.pi * (0.5 - done))) / 2
    return float(lr_max - (lr_max - lr_min) * way)'''),
    "where": right_cosine('''    share = (np.cos(np.pi * t / T) + 1) / 2
    rate = np.where(t < T, lr_min + (lr_max - lr_min) * share, lr_min)
    return float(rate)'''),
    "one large expression": {"cosine-lr": '''cosine_lr = lambda t, T, lr_max, lr_min=0.0: (
    lr_min + (lr_max - lr_min) / 2 * (1 + np.cos(np.pi * min(t, T) / T)))'''},
    "a helper and type hints": {"cosine-lr": '''from math import cos, pi

def share_ahead(t: int, T: int) -> float:
    return (1 + cos(pi * t / T)) / 2 if t < T else 0.0

def cosine_lr(t: int, T: int, lr_max: float, lr_min: float = 0.0) -> float:
    """The rate at step t."""
    s = share_ahead(t, T)
    print("share", s)
    return s * lr_max + (1 - s) * lr_min'''},
    "a schedule object": {"cosine-lr": '''class Cosine:
    def __init__(self, T, high, low):
        self.T, self.high, self.low = T, high, low

    def __call__(self, t):
        if t >= self.T:
            return self.low * 1.0
        angle = np.deg2rad(180 * t / self.T)
        return self.low + (self.high - self.low) * float(np.cos(angle) + 1) / 2

def cosine_lr(t, T, lr_max, lr_min=0.0):
    return Cosine(T, lr_max, lr_min)(t)'''},
    "the whole way in a table": right_cosine('''    shares = (1 + np.cos(np.linspace(0, np.pi, T + 1))) / 2
    way = lr_min + (lr_max - lr_min) * shares
    return way[min(t, T)]'''),
    "stairs in a table": right_warm('''    stairs = np.linspace(lr_max / warmup, lr_max, warmup) if warmup else []
    if t < len(stairs):
        return float(stairs[t])
    return cosine_lr(t - warmup, T - warmup, lr_max, lr_min)'''),
    "a product": right_warm('''    climbed = min((t + 1) / max(warmup, 1), 1.0)
    return climbed * cosine_lr(max(t - warmup, 0), T - warmup, lr_max, lr_min)'''),
    "stair upon stair": right_warm('''    if t >= warmup:
        return cosine_lr(t - warmup, T - warmup, lr_max=lr_max, lr_min=lr_min)
    rate = 0.0
    for stair in range(t + 1):
        rate += lr_max / warmup
    return rate'''),
    "no climb first": right_warm('''    if warmup == 0:
        return cosine_lr(t, T, lr_max, lr_min)
    elif t <= warmup - 1:
        return (t + 1) / warmup * lr_max
    else:
        return cosine_lr(t=t - warmup, T=T - warmup, lr_max=lr_max, lr_min=lr_min)'''),
    "everything in a list": right_warm('''    rates = [lr_max * k / warmup for k in range(1, warmup + 1)]
    down = T - warmup
    rates += [lr_min + (lr_max - lr_min) * (1 + np.cos(np.pi * k / down)) / 2 for k in range(down)]
    rates.append(float(lr_min))
    return rates[t] if t < len(rates) else rates[-1]'''),
    "interpolated": right_warm('''    if t < warmup:
        return float(np.interp(t, [-1, warmup - 1], [0.0, lr_max]))
    done = min((t - warmup) / (T - warmup), 1)
    return float(lr_max + (lr_min - lr_max) * np.sin(np.pi / 2 * done) ** 2)'''),
    "subtract": right_train('''    losses = []
    for step in range(0, steps):
        value, slopes = loss_and_grad(params)
        losses += [float(value)]
        rate = schedule(step)
        for i in range(len(params)):
            np.subtract(params[i], rate * slopes[i], out=params[i])
    return losses'''),
    "all rates first": right_train('''    rates = [schedule(t) for t in range(steps)]
    losses = []
    for rate in rates:
        loss, grads = loss_and_grad(params)
        losses.append(loss)
        for p, g in zip(params, grads):
            p[...] = p - rate * g
    return losses'''),
    "rate for each array": right_train('''    history = []
    t = 0
    while t < steps:
        out = loss_and_grad(params)
        history.append(float(out[0]))
        for k, grad in enumerate(out[1]):
            params[k] -= schedule(t) * grad
        t = t + 1
    return history'''),
    "sliced": right_train('''    losses = np.zeros(steps)
    for t in range(steps):
        losses[t], grads = loss_and_grad(params)
        for p, g in zip(params, grads):
            p[:] = p - schedule(t) * g
    return losses.tolist()'''),
    "minus added": right_train('''    losses = []
    for t, lr in enumerate(map(schedule, range(steps))):
        loss, grads = loss_and_grad(params)
        print(f"step {t}: rate {lr}, loss {loss}")
        changes = [-lr * grad for grad in grads]
        for p, change in zip(params, changes):
            p += change
        losses.append(float(loss))
    return losses'''),
    "a class for the steps": {"train": '''class Descent:
    def __init__(self, params, schedule):
        self.params, self.schedule, self.t = params, schedule, 0

    def step(self, grads):
        rate = self.schedule(self.t)
        for p, g in zip(self.params, grads):
            p -= np.multiply(g, rate)
        self.t += 1

def train(params, loss_and_grad, schedule, steps, verbose=False):
    descent, losses = Descent(params, schedule), []
    while descent.t < steps:
        loss, grads = loss_and_grad(params)
        descent.step(grads)
        losses.append(float(loss))
    return losses'''},
    "entry by entry": {"train": '''def one_step(params, loss_and_grad, rate):
    loss, grads = loss_and_grad(params)
    for p, g in zip(params, grads):
        for place in np.ndindex(p.shape):
            p[place] -= rate * g[place]
    return float(loss)

def train(params, loss_and_grad, schedule, steps):
    return [one_step(params, loss_and_grad, schedule(t)) for t in range(steps)]'''},
}

WRONG = {
    # Task 1
    "up again": cosine(("    t = min(t, T)\n", "")),
    "zero beyond": cosine(("    t = min(t, T)\n", "    if t > T:\n        return 0.0\n")),
    "starts anew": cosine(("t = min(t, T)", "t = t if t == T else t % T")),
    "stays one step before": cosine(("min(t, T)", "min(t, max(T - 1, 1))")),
    "nothing beyond": cosine(("    t = min(t, T)\n    share", "    if t <= T:\n        share"),
                             ("    return lr_min +", "        return lr_min +")),
    "lr_min below everything": cosine(("(lr_max - lr_min) * share", "lr_max * share")),
    "no lr_min": cosine(("lr_min + (lr_max - lr_min) * share", "lr_max * share")),
    "larger of both": cosine(("lr_min + (lr_max - lr_min) * share", "max(lr_min, lr_max * share)")),
    "lr_min not added": cosine(("lr_min + (lr_max", "(lr_max")),
    "lr_min at the end only": cosine(
        ("lr_min + (lr_max - lr_min) * share", "lr_max * share if t < T else float(lr_min)")),
    "no half": cosine((") / 2", ")")),
    "no pi": cosine(("math.pi * ", "")),
    "degrees": cosine(("math.pi", "180")),
    "pi from school": cosine(("math.pi", "3.1416")),
    "a whole wave": cosine(("math.pi", "2 * math.pi")),
    "a quarter": cosine(("(1 + math.cos(math.pi * t / T)) / 2", "math.cos(math.pi * t / T / 2)")),
    "climbs": cosine(("1 + math.cos", "1 - math.cos")),
    "straight": cosine(("(1 + math.cos(math.pi * t / T)) / 2", "1 - t / T")),
    "whole division": cosine(("math.pi * t / T", "math.pi * (t // T)")),
    "one step ahead": cosine(("t = min(t, T)", "t = min(t + 1, T)")),
    "T - 1": cosine(("math.pi * t / T", "math.pi * min(t / max(T - 1, 1), 1)")),
    "share squared": cosine(("(lr_max - lr_min) * share", "(lr_max - lr_min) * share ** 2")),
    "ends exchanged": cosine(("return lr_min + (lr_max - lr_min)", "return lr_max + (lr_min - lr_max)")),
    "counts its calls": (["test-cosine-lr"], {"cosine-lr": changed(
        COSINE, ("def ", "calls = []\n\ndef "), ("t = min(t, T)", "calls.append(t)\n    t = min(len(calls) - 1, T)"))}),
    "three digits": cosine(
        ("return lr_min + (lr_max - lr_min) * share", "return round(lr_min + (lr_max - lr_min) * share, 3)")),
    "an array": cosine(("(lr_max - lr_min) * share", "(lr_max - lr_min) * np.array([share])")),
    "float32": cosine(
        ("return lr_min + (lr_max - lr_min) * share", "return np.float32(lr_min + (lr_max - lr_min) * share)")),
    # Task 2
    "first stair zero": warm(("(t + 1) / warmup", "t / warmup")),
    "one stair more": warm(("(t + 1) / warmup", "(t + 1) / (warmup + 1)")),
    "above the top": warm(("t < warmup", "t <= warmup and warmup")),
    "climb from lr_min": warm(("lr_max * (t + 1) / warmup", "lr_min + (lr_max - lr_min) * (t + 1) / warmup")),
    "climb without lr_min": warm(("lr_max * (t + 1) / warmup", "(lr_max - lr_min) * (t + 1) / warmup")),
    "never below lr_min": warm(("return lr_max * (t + 1) / warmup", "return max(lr_min, lr_max * (t + 1) / warmup)")),
    "whole stairs": warm(("(t + 1) / warmup", "((t + 1) // warmup)")),
    "climb squared": warm(("(t + 1) / warmup", "((t + 1) / warmup) ** 2")),
    "climb along the cosine": warm(("lr_max * (t + 1) / warmup", "lr_max - cosine_lr(t + 1, warmup, lr_max)")),
    "cosine since step 0": warm(("t - warmup, T - warmup", "t, T")),
    "T after the climb": warm(("T - warmup", "T")),
    "T less, t not": warm(("t - warmup, T", "t, T")),
    "one ahead": warm(("t - warmup,", "t - warmup + 1,")),
    "one less": warm(("T - warmup,", "max(T - warmup - 1, 1),")),
    "one late": warm(("t - warmup,", "max(t - warmup - 1, 0),")),
    "lr_min not handed on": warm(("T - warmup, lr_max, lr_min", "T - warmup, lr_max")),
    "ends handed on exchanged": warm(("T - warmup, lr_max, lr_min", "T - warmup, lr_min, lr_max")),
    "lower of both": (["test-warmup-cosine-lr"], {
        "warmup-cosine-lr": '''def warmup_cosine_lr(t, T, warmup, lr_max, lr_min=0.0):
    climb = lr_max * (t + 1) / warmup if warmup else lr_max
    return min(climb, cosine_lr(t, T, lr_max, lr_min))'''}),
    "product of both": warm(
        ("return cosine_lr(t - warmup, T - warmup, lr_max, lr_min)", "return cosine_lr(t, T, lr_max, lr_min)"),
        ("return lr_max * (t + 1) / warmup", "return cosine_lr(t, T, lr_max, lr_min) * (t + 1) / warmup")),
    "divides by no climb": warm(("    if t < warmup:\n        return lr_max * (t + 1) / warmup",
                                 "    climb = lr_max * (t + 1) / warmup\n    if t < warmup:\n        return climb")),
    "a climb of one is none": warm(
        ("    if t", "    if warmup <= 1:\n        return cosine_lr(t, T, lr_max, lr_min)\n    if t")),
    "at least one stair": warm(("    if t", "    warmup = max(warmup, 1)\n    if t")),
    "zero after the end": own_warm(("return lr_min\n", "return 0.0\n")),
    "rises after the end": own_warm(("    if t > T:\n        return lr_min\n", "")),
    "end at T and warmup": own_warm(("t > T", "t > T + warmup"), ("(T - warmup)", "T")),
    "top kept": own_warm(("return lr_min\n", "return lr_max\n")),
    "down from lr_max to zero": own_warm(
        ("return lr_min + (lr_max - lr_min) * share", "return max(lr_max * share, lr_min)")),
    # Task 3
    "new arrays": learn(("p -= lr * g", "p = p - lr * g")),
    "new arrays in the list": learn(("for p, g in zip(params, grads):\n            p -= lr * g",
                                     "for i, g in enumerate(grads):\n            params[i] = params[i] - lr * g")),
    "trains a copy": learn(("    losses = []", "    params = [p.copy() for p in params]\n    losses = []")),
    "loss after the update": learn(("        losses.append(float(loss))\n", ""),
        ("    return losses", "        losses.append(float(loss_and_grad(params)[0]))\n    return losses")),
    "asked twice": learn(
        ("loss, grads = loss_and_grad(params)",
         "loss = loss_and_grad(params)[0]\n        grads = loss_and_grad(params)[1]")),
    "asked once for all": learn(("    for t in range(steps):\n        loss, grads = loss_and_grad(params)",
                                 "    loss, grads = loss_and_grad(params)\n    for t in range(steps):")),
    "asked for each array": learn(("for p, g in zip(params, grads):\n            p -= lr * g",
         "for i in range(len(params)):\n            params[i] -= lr * loss_and_grad(params)[1][i]")),
    "asked once more at the end": learn(
        ("    return losses", "    losses.append(float(loss_and_grad(params)[0]))\n    return losses")),
    "steps from one": learn(("schedule(t)", "schedule(t + 1)")),
    "rate of step 0": learn(("schedule(t)", "schedule(0)")),
    "rate of the last step": learn(("schedule(t)", "schedule(steps - 1)")),
    "backwards": learn(("schedule(t)", "schedule(steps - 1 - t)")),
    "share of the way": learn(("schedule(t)", "schedule(t / steps)")),
    "rates multiplied": learn(("    losses = []", "    losses, lr = [], 1.0"), ("lr = schedule", "lr *= schedule")),
    "counts on": (["test-train"], {"train": "count = {'t': -1}\n\n" + changed(
        TRAIN, ("lr = schedule(t)", "count['t'] += 1\n        lr = schedule(count['t'])"))}),
    "uphill": learn(("p -= ", "p += ")),
    "gradients scaled": learn(("p -= lr * g", "g *= lr\n            p -= g")),
    "first array only": learn(("zip(params, grads)", "zip(params[:1], grads)")),
    "two arrays": learn(("zip(params, grads)", "zip(params[:2], grads)")),
    "gradients turned round": learn(("zip(params, grads)", "zip(params, grads[::-1])")),
    "last step not taken": learn(("            p -= ", "            if t < steps - 1:\n                p -= ")),
    "stops at rate zero": learn(("lr = schedule(t)", "lr = schedule(t)\n        if lr == 0:\n            break")),
    "stops where it is flat": learn(
        ("        lr = ",
         "        if len(losses) > 1 and losses[-1] >= losses[-2]:\n            break\n        lr = ")),
    "gradient of length one": learn(("lr * g", "lr * g / np.linalg.norm(g)")),
    "gradient cut": learn(("lr * g", "lr * np.clip(g, -10, 10)")),
    "sign only": learn(("lr * g", "lr * np.sign(g)")),
    "loss so far on average": learn(
        ("    return losses", "    return [float(x) for x in np.cumsum(losses) / np.arange(1, steps + 1)]")),
    "last loss": learn(("    return losses", "    return losses[-1:]")),
    "whole losses": learn(("float(loss)", "round(loss)")),
    "momentum": learn(
        ("    losses = []", "    losses, moved = [], [0 * p for p in params]"),
        ("zip(params, grads)", "zip(params, moved, grads)"),
        ("for p, g", "for p, v, g"), ("p -= lr * g", "v *= 0.9\n            v += g\n            p -= lr * v")),
    "gradient of the step before": learn(("    losses = []", "    losses, before = [], None"), (
        "zip(params, grads):", "zip(params, before or grads):"),
        ("    return losses", "        before = grads\n    return losses")),
    "nothing returned": learn(("    return losses", "    losses")),
}  # fmt: skip
