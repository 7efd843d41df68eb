"""Answers to lstm, right and wrong: {name: {cell: source}}, and for the wrong ones where points are lost."""

from autograder.marking.mistakes import changed
from autograder.sample_class.changes import answers

# Answers of the sample class that stand here, too.
BLOCKS_ANSWER = answers("lstm_blocks")
LOOPS_ANSWER = answers("lstm_loops")

STEP = '''def lstm_step(x, h, c, w_ih, w_hh, b):
    H = h.shape[1]
    z = x @ w_ih.T + h @ w_hh.T + b
    i = sigmoid(z[:, :H])
    f = sigmoid(z[:, H:2 * H])
    g = np.tanh(z[:, 2 * H:3 * H])
    o = sigmoid(z[:, 3 * H:])
    c_new = f * c + i * g
    h_new = o * np.tanh(c_new)
    cache = {"x": x, "h": h, "c": c, "w_ih": w_ih, "w_hh": w_hh, "i": i, "f": f, "g": g, "o": o, "c_new": c_new}
    return h_new, c_new, cache'''

FORWARD = '''def lstm_forward(xs, h, c, w_ih, w_hh, b):
    hs, cs, caches = [], [], []
    for x in xs:
        h, c, cache = lstm_step(x, h, c, w_ih, w_hh, b)
        hs.append(h)
        cs.append(c)
        caches.append(cache)
    return np.array(hs), np.array(cs), caches'''

FORWARD_FILLED = '''def lstm_forward(xs, h, c, w_ih, w_hh, b):
    T, N, D = xs.shape
    H = h.shape[1]
    hs = np.zeros((T, N, H))
    cs = np.zeros((T, N, H))
    caches = []
    for t in range(T):
        h, c, cache = lstm_step(xs[t], h, c, w_ih, w_hh, b)
        hs[t] = h
        cs[t] = c
        caches.append(cache)
    return hs, cs, caches'''

STEP_BACK = '''def lstm_step_backward(dh, dc, cache):
    x, h, c = cache["x"], cache["h"], cache["c"]
    w_ih, w_hh = cache["w_ih"], cache["w_hh"]
    i, f, g, o = cache["i"], cache["f"], cache["g"], cache["o"]
    tc = np.tanh(cache["c_new"])
    do = dh * tc
    dc_all = dc + dh * o * (1 - tc ** 2)
    di = dc_all * g
    df = dc_all * c
    dg = dc_all * i
    dz = np.concatenate([di * i * (1 - i), df * f * (1 - f), dg * (1 - g ** 2), do * o * (1 - o)], axis=1)
    dx = dz @ w_ih
    dh_old = dz @ w_hh
    dc_old = dc_all * f
    dw_ih = dz.T @ x
    dw_hh = dz.T @ h
    db = dz.sum(axis=0)
    return dx, dh_old, dc_old, dw_ih, dw_hh, db'''

BACK = '''def lstm_backward(dhs, caches):
    T = len(caches)
    dh = np.zeros_like(dhs[0])
    dc = np.zeros_like(dhs[0])
    dxs = [None] * T
    dw_ih, dw_hh, db = 0, 0, 0
    for t in reversed(range(T)):
        dx, dh, dc, a, b, d = lstm_step_backward(dhs[t] + dh, dc, caches[t])
        dxs[t] = dx
        dw_ih = dw_ih + a
        dw_hh = dw_hh + b
        db = db + d
    return np.array(dxs), dh, dc, dw_ih, dw_hh, db'''

CLIP = '''def clip_grad_norm(grads, max_norm):
    norm = float(np.sqrt(sum(np.sum(g ** 2) for g in grads)))
    if norm > max_norm:
        return [g * (max_norm / norm) for g in grads], norm
    return [g.copy() for g in grads], norm'''

RIGHT = {
    "slices": {
        "lstm-step": STEP, "lstm-forward": FORWARD, "lstm-step-backward": STEP_BACK, "lstm-backward": BACK,
        "clip-grad-norm": CLIP,
    },
    "np.split": {
        "lstm-step": '''def lstm_step(x, h, c, w_ih, w_hh, b):
    z = np.dot(x, w_ih.T) + np.dot(h, w_hh.T) + b
    zi, zf, zg, zo = np.split(z, 4, axis=1)
    i, f, o = map(sigmoid, (zi, zf, zo))
    g = np.tanh(zg)
    c_new = np.multiply(f, c) + np.multiply(i, g)
    return o * np.tanh(c_new), c_new, dict(x=x, h=h, c=c, w_ih=w_ih, w_hh=w_hh, i=i, f=f, g=g, o=o, c_new=c_new)''',
        "lstm-forward": FORWARD_FILLED,
    },
    "einsum": {
        "lstm-step": BLOCKS_ANSWER["lstm-step"],
        "lstm-step-backward": BLOCKS_ANSWER["lstm-step-backward"],
    },
    "number by number": {
        "lstm-step": LOOPS_ANSWER["lstm-step"],
        "lstm-step-backward": LOOPS_ANSWER["lstm-step-backward"],
        "clip-grad-norm": LOOPS_ANSWER["clip-grad-norm"],
    },
    "one matrix for x and h": {
        "lstm-step": '''def lstm_step(x, h, c, w_ih, w_hh, b):
    both = np.concatenate([x, h], axis=1)
    weights = np.hstack((w_ih, w_hh))
    z = np.matmul(both, weights.T)
    z += b
    H = len(z[0]) // 4
    i, f, g, o = (z[:, k * H:k * H + H] for k in range(4))
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    new_cell = c * f
    new_cell += g * i
    new_state = np.tanh(new_cell)
    new_state *= o
    note = {}
    note.update(x=x, h=h, c=c, w_ih=w_ih, w_hh=w_hh)
    note.update(i=i, f=f, g=g, o=o, c_new=new_cell)
    return new_state, new_cell, note''',
        "lstm-step-backward": changed(
            STEP_BACK,
            ("    dx = dz @ w_ih\n    dh_old = dz @ w_hh\n",
             "    D = x.shape[1]\n    back = dz @ np.hstack([w_ih, w_hh])\n"
             "    dx, dh_old = back[:, :D], back[:, D:]\n"),
            ("    dw_ih = dz.T @ x\n    dw_hh = dz.T @ h\n",
             "    dw = dz.T @ np.hstack([x, h])\n    dw_ih, dw_hh = np.split(dw, [D], axis=1)\n"),
        ),
    },
    "sigmoid of their own": {
        "lstm-step": "def logistic(z):\n    return 1 / (1 + np.exp(-z))\n\n" + changed(STEP, ("sigmoid", "logistic")),
    },
    "one activation for all": {
        "lstm-step": '''def lstm_step(x, h, c, w_ih, w_hh, b):
    N, H = h.shape
    z = x @ w_ih.T + h @ w_hh.T + b
    is_tanh = np.repeat([False, False, True, False], H)
    a = np.where(is_tanh, np.tanh(z), sigmoid(z))
    i, f, g, o = a.reshape(N, 4, H).swapaxes(0, 1)
    c_new = f * c + i * g
    return o * np.tanh(c_new), c_new, {
        "x": x.copy(), "h": h.copy(), "c": c.copy(), "w_ih": w_ih.copy(), "w_hh": w_hh.copy(),
        "i": i, "f": f, "g": g, "o": o, "c_new": c_new.copy()}''',
        "lstm-forward": '''def lstm_forward(xs, h, c, w_ih, w_hh, b):
    H = h.shape[-1]
    states = np.empty((len(xs), 2, *h.shape))
    notes = []
    for t, x in enumerate(xs):
        last_h, last_c = (h, c) if t == 0 else states[t - 1]
        states[t, 0], states[t, 1], note = lstm_step(x, last_h, last_c, w_ih, w_hh, b)
        notes += [note]
    return states[:, 0], states[:, 1], notes''',
    },
    "four matrices": {
        "lstm-step": '''def lstm_step(x, h, c, w_ih, w_hh, b):
    H = h.shape[1]
    def gate(number, activation):
        rows = slice(number * H, (number + 1) * H)
        return activation(x @ w_ih[rows].T + h @ w_hh[rows].T + b[rows])
    i, f, g, o = gate(0, sigmoid), gate(1, sigmoid), gate(2, np.tanh), gate(3, sigmoid)
    c_new = f * c + i * g
    cache = {k: v for k, v in locals().items() if k in {"x", "h", "c", "w_ih", "w_hh", "i", "f", "g", "o", "c_new"}}
    return o * np.tanh(c_new), c_new, cache''',
        "lstm-step-backward": '''def lstm_step_backward(dh, dc, cache):
    H = dh.shape[1]
    tanh = np.tanh(cache["c_new"])
    dc = dc + dh * cache["o"] * (1 - tanh**2)
    arriving = {"i": dc * cache["g"], "f": dc * cache["c"], "g": dc * cache["i"], "o": dh * tanh}
    dx, dh_before = 0, 0
    dw_ih, dw_hh, db = [], [], []
    for number, name in enumerate("ifgo"):
        value = cache[name]
        dz = arriving[name] * (1 - value**2 if name == "g" else value * (1 - value))
        rows = slice(number * H, (number + 1) * H)
        dx = dx + dz @ cache["w_ih"][rows]
        dh_before = dh_before + dz @ cache["w_hh"][rows]
        dw_ih.append(dz.T @ cache["x"])
        dw_hh.append(dz.T @ cache["h"])
        db.append(dz.sum(0))
    return dx, dh_before, dc * cache["f"], np.vstack(dw_ih), np.vstack(dw_hh), np.concatenate(db)''',
    },
    "recursion over time": {
        "lstm-forward": '''def lstm_forward(xs, h, c, w_ih, w_hh, b):
    h, c, cache = lstm_step(xs[0], h, c, w_ih, w_hh, b)
    if len(xs) == 1:
        return h[None], c[None], [cache]
    hs, cs, caches = lstm_forward(xs[1:], h, c, w_ih, w_hh, b)
    return np.concatenate([h[None], hs]), np.concatenate([c[None], cs]), [cache, *caches]''',
        "lstm-backward": '''def lstm_backward(dhs, caches):
    if len(caches) == 0:
        return None, np.zeros(dhs.shape[1:]), np.zeros(dhs.shape[1:]), 0, 0, 0
    later, dh, dc, *sums = lstm_backward(dhs[1:], caches[1:])
    dx, dh, dc, *own = lstm_step_backward(dh + dhs[0], dc, caches[0])
    dxs = dx[None] if later is None else np.concatenate([dx[None], later])
    return dxs, dh, dc, *(a + b for a, b in zip(own, sums))''',
    },
    "all inputs at once": {
        "lstm-forward": '''def lstm_forward(xs, h, c, w_ih, w_hh, b):
    H = h.shape[1]
    from_inputs = xs @ w_ih.T + b
    hs, cs, caches = [], [], []
    for x, z in zip(xs, from_inputs):
        z = z + h @ w_hh.T
        i, f, o = sigmoid(z[:, :H]), sigmoid(z[:, H:2 * H]), sigmoid(z[:, -H:])
        g = np.tanh(z[:, 2 * H:-H])
        c_new = f * c + i * g
        caches.append(dict(zip(("x", "h", "c", "w_ih", "w_hh", "i", "f", "g", "o", "c_new"),
                               (x, h, c, w_ih, w_hh, i, f, g, o, c_new))))
        h, c = o * np.tanh(c_new), c_new
        hs.append(h); cs.append(c)
    return np.stack(hs), np.stack(cs), caches''',
        "lstm-backward": BLOCKS_ANSWER["lstm-backward"],
    },
    "a class that steps": {
        "lstm-forward": BLOCKS_ANSWER["lstm-forward"],
    },
    "states with the first": {
        "lstm-forward": LOOPS_ANSWER["lstm-forward"],
    },
    "dz filled block by block": {
        "lstm-step-backward": '''def lstm_step_backward(dh, dc, cache):
    """Back through a step."""
    N, H = np.shape(dh)
    i = cache["i"]; f = cache["f"]; g = cache["g"]; o = cache["o"]
    tanh_c = np.tanh(cache["c_new"])
    dc_total = dc.copy()
    dc_total += dh * o / np.cosh(cache["c_new"])**2
    dz = np.empty((N, 4 * H))
    dz[:, 0 * H:1 * H] = dc_total * g * (i - i**2)
    dz[:, 1 * H:2 * H] = dc_total * cache["c"] * (f - f**2)
    dz[:, 2 * H:3 * H] = dc_total * i * (1 + g) * (1 - g)
    dz[:, 3 * H:4 * H] = dh * tanh_c * (o - o**2)
    return [dz.dot(cache["w_ih"]), dz.dot(cache["w_hh"]), dc_total * f,
            np.dot(dz.T, cache["x"]), np.dot(dz.T, cache["h"]), np.ones(N) @ dz]''',
    },
    "row by row": {
        "lstm-step-backward": '''def lstm_step_backward(dh, dc, cache):
    x, h, c, w_ih, w_hh = (cache[name] for name in ("x", "h", "c", "w_ih", "w_hh"))
    dx, dh_, dc_ = np.zeros_like(x), np.zeros_like(h), np.zeros_like(c)
    dw_ih, dw_hh, db = np.zeros_like(w_ih), np.zeros_like(w_hh), np.zeros(len(w_ih))
    for n in range(len(x)):
        i, f, g, o = cache["i"][n], cache["f"][n], cache["g"][n], cache["o"][n]
        tc = np.tanh(cache["c_new"][n])
        dct = dc[n] + dh[n] * o * (1 - tc * tc)
        dz = np.r_[dct * g * i * (1 - i), dct * c[n] * f * (1 - f), dct * i * (1 - g * g), dh[n] * tc * o * (1 - o)]
        dx[n], dh_[n], dc_[n] = w_ih.T @ dz, w_hh.T @ dz, dct * f
        dw_ih += np.outer(dz, x[n])
        dw_hh += np.outer(dz, h[n])
        db += dz
    return dx, dh_, dc_, dw_ih, dw_hh, db''',
        "lstm-backward": '''def lstm_backward(dhs, caches):
    dxs = []
    dh = dc = 0 * dhs[-1]
    total = None
    for dh_here, cache in zip(dhs[::-1], caches[::-1]):
        dx, dh, dc, *rest = lstm_step_backward(dh_here + dh, dc, cache)
        dxs.insert(0, dx)
        total = rest if total is None else [a + b for a, b in zip(total, rest)]
    return (np.stack(dxs), dh, dc, *total)''',
    },
    "sums in place": {
        "lstm-backward": LOOPS_ANSWER["lstm-backward"],
    },
    "a copy of dhs": {
        "lstm-backward": '''def lstm_backward(dhs, caches):
    dhs = np.array(dhs)
    dcs = np.zeros((len(dhs) + 1,) + dhs.shape[1:])
    back = [None] * len(dhs)
    for t in range(len(dhs))[::-1]:
        back[t] = lstm_step_backward(dhs[t], dcs[t + 1], caches[t])
        dcs[t] = back[t][2]
        if t > 0:
            dhs[t - 1] += back[t][1]
    dx, dh, dc, dw_ih, dw_hh, db = zip(*back)
    return np.array(dx), dh[0], dc[0], np.sum(dw_ih, axis=0), np.sum(dw_hh, axis=0), np.sum(db, axis=0)''',
    },
    "norm of one long array": {
        "clip-grad-norm": '''def clip_grad_norm(grads, max_norm):
    norm = np.linalg.norm(np.concatenate([np.ravel(g) for g in grads]))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [factor * g for g in grads], norm''',
    },
    "norm of norms": {
        "clip-grad-norm": BLOCKS_ANSWER["clip-grad-norm"],
    },
    "hypot": {
        "clip-grad-norm": '''from functools import reduce
def clip_grad_norm(grads, max_norm):
    norm = 0.0
    for g in grads:
        norm = reduce(np.hypot, g.flatten(), norm)
    if norm < max_norm or norm == max_norm:
        return grads, float(norm)
    return [np.divide(g, norm) * max_norm for g in grads], float(norm)''',
    },
    "vdot": {
        "clip-grad-norm": '''def squared(g):
    return np.vdot(g, g)
def clip_grad_norm(grads, max_norm):
    norm = sum(map(squared, grads)) ** 0.5
    clipped = [np.array(g) for g in grads]
    if norm >= max_norm:
        for g in clipped:
            g *= max_norm / norm
    return clipped, float(norm)''',
    },
}  # fmt: skip

STEPS, FORWARDS, STEP_BACKS = ["test-lstm-step"], ["test-lstm-forward"], ["test-lstm-step-backward"]
BACKS, CLIPS = ["test-lstm-backward"], ["test-clip-grad-norm"]


def step(*changes):
    return STEPS, {"lstm-step": changed(STEP, *changes)}


def forward(*changes, source=FORWARD):
    return FORWARDS, {"lstm-forward": changed(source, *changes)}


def step_back(*changes):
    return STEP_BACKS, {"lstm-step-backward": changed(STEP_BACK, *changes)}


def back(*changes):
    return BACKS, {"lstm-backward": changed(BACK, *changes)}


def clip(*changes):
    return CLIPS, {"clip-grad-norm": changed(CLIP, *changes)}


WRONG = {
    # Task 1
    "order i, f, o, g": step(("g = np.tanh(z[:, 2 * H:3 * H])", "o = sigmoid(z[:, 2 * H:3 * H])"),
                             ("o = sigmoid(z[:, 3 * H:])", "g = np.tanh(z[:, 3 * H:])")),
    "order f, i, g, o": step(("i = sigmoid(z[:, :H])", "f = sigmoid(z[:, :H])"),
                             ("f = sigmoid(z[:, H:2 * H])", "i = sigmoid(z[:, H:2 * H])")),
    "every fourth column": step(("z[:, :H]", "z[:, 0::4]"), ("z[:, H:2 * H]", "z[:, 1::4]"),
                                ("z[:, 2 * H:3 * H]", "z[:, 2::4]"), ("z[:, 3 * H:]", "z[:, 3::4]")),
    "g a sigmoid": step(("g = np.tanh", "g = sigmoid")),
    "o a tanh": step(("o = sigmoid", "o = np.tanh")),
    "f and i exchanged": step(("f * c + i * g", "i * c + f * g")),
    "f and 1 - f": step(("f * c + i * g", "f * c + (1 - f) * g")),
    "all of g": step(("f * c + i * g", "f * c + g")),
    "no tanh of the cell": step(("o * np.tanh(c_new)", "o * c_new")),
    "tanh of the old cell": step(("o * np.tanh(c_new)", "o * np.tanh(c)")),
    "tanh around o too": step(("o * np.tanh(c_new)", "np.tanh(o * c_new)")),
    "no bias": step(("h @ w_hh.T + b", "h @ w_hh.T")),
    "bias at the input and at the state": step(("+ b", "+ 2 * b")),
    "no state": step((" + h @ w_hh.T", "")),
    "cell for state": step(("h @ w_hh.T", "c @ w_hh.T")),
    "H from x": step(("H = h.shape[1]", "H = x.shape[1]")),
    "batch added up": step(("x @ w_ih.T", "(x @ w_ih.T).sum(axis=0, keepdims=True)")),
    "cell in place": step(("c_new = f * c + i * g", "c *= f\n    c += i * g\n    c_new = c")),
    "state in place": step(("h_new = o * np.tanh(c_new)", "h[:] = o * np.tanh(c_new)\n    h_new = h")),
    "new cell as c in the note": step(('"c": c,', '"c": c_new,')),
    "new state as h in the note": step(('"h": h,', '"h": h_new,')),
    "tanh of the cell in the note": step(('"c_new": c_new', '"c_new": np.tanh(c_new)')),
    "z in the note": step(('"i": i, "f": f', '"i": z[:, :H], "f": z[:, H:2 * H]')),
    "transposed weights in the note": step(('"w_hh": w_hh', '"w_hh": w_hh.T')),
    "c_new not in the note": step((', "c_new": c_new', "")),
    "state before cell": step(("return h_new, c_new", "return c_new, h_new")),
    "sigmoid that overflows": (STEPS, {"lstm-step": "def logistic(z):\n    return np.exp(z) / (1 + np.exp(z))\n\n"
                                       + changed(STEP, ("sigmoid", "logistic"))}),
    "half the digits": step(("z = x @ w_ih.T + h @ w_hh.T + b",
                             "z = (x @ w_ih.T + h @ w_hh.T + b).astype(np.float32)")),
    # Only a second call shows what is wrong with this one.
    "one note for all steps": (FORWARDS, {"lstm-step": "note = {}\n\n" + changed(
        STEP, ("    return h_new, c_new, cache", "    note.update(cache)\n    return h_new, c_new, note"))}),
    # Task 2
    "state not handed on": forward(
        ("h, c, cache = lstm_step", "new, c, cache = lstm_step"), ("append(h)", "append(new)")),
    "cell not handed on": forward(
        ("h, c, cache = lstm_step", "h, new, cache = lstm_step"), ("append(c)", "append(new)")),
    "starts with zeros": forward(
        ("caches = [], [], []", "caches = [], [], []\n    h, c = np.zeros_like(h), np.zeros_like(c)")),
    "starts with a cell of zeros": forward(("caches = [], [], []", "caches = [], [], []\n    c = np.zeros_like(c)")),
    "states twice": forward(("cs.append(c)", "cs.append(h)")),
    "cells first": forward(("return np.array(hs), np.array(cs)", "return np.array(cs), np.array(hs)")),
    "state and cell exchanged": forward(("lstm_step(x, h, c,", "lstm_step(x, c, h,")),
    "states before each step": forward(
        ("        h, c, cache = lstm_step(x, h, c, w_ih, w_hh, b)\n        hs.append(h)\n        cs.append(c)\n",
         "        hs.append(h)\n        cs.append(c)\n        h, c, cache = lstm_step(x, h, c, w_ih, w_hh, b)\n")),
    "from the end": forward(("for x in xs", "for x in xs[::-1]")),
    "from the end, put in order": forward(
        ("for x in xs", "for x in xs[::-1]"),
        ("np.array(hs), np.array(cs), caches", "np.array(hs)[::-1], np.array(cs)[::-1], caches[::-1]")),
    "last state only": forward(("return np.array(hs)", "return np.array(hs[-1:])")),
    "with the first state": forward(("hs, cs, caches = [], [], []", "hs, cs, caches = [h], [c], []")),
    "without the last step": forward(("for x in xs", "for x in xs[:-1]")),
    "time second": forward(("np.array(hs), np.array(cs)", "np.stack(hs, axis=1), np.stack(cs, axis=1)")),
    "sequences for steps": forward(
        ("for t in range(T)", "for t in range(N)"), ("xs[t]", "xs[:, t]"), source=FORWARD_FILLED),
    "two steps": forward(("for t in range(T)", "for t in range(2)"), source=FORWARD_FILLED),
    "last note again and again": forward(("np.array(cs), caches", "np.array(cs), [cache] * len(xs)")),
    "notes backwards": forward(("caches.append(cache)", "caches.insert(0, cache)")),
    "start overwritten": forward(
        ("        h, c, cache = lstm_step(x, h, c, w_ih, w_hh, b)\n        hs.append(h)\n        cs.append(c)\n",
         "        h[:], c[:], cache = lstm_step(x, h.copy(), c.copy(), w_ih, w_hh, b)\n"
         "        hs.append(h.copy())\n        cs.append(c.copy())\n")),
    "one array for all steps": forward(
        ("    for x in xs", "    h, c = h.copy(), c.copy()\n    for x in xs"),
        ("h, c, cache = lstm_step(x, h, c,", "h[:], c[:], cache = lstm_step(x, h.copy(), c.copy(),")),
    "notes of one array": forward(
        ("    for x in xs", "    h, c = h.copy(), c.copy()\n    for x in xs"),
        ("h, c, cache = lstm_step(x, h, c,", "h[:], c[:], cache = lstm_step(x, h, c,"),
        ("append(h)", "append(h.copy())"), ("append(c)", "append(c.copy())")),
    "whole numbers": forward(
        ("hs = np.zeros((T, N, H))", "hs = np.zeros((T, N, H), dtype=int)"), source=FORWARD_FILLED),
    "as many features as numbers": forward(
        ("hs = np.zeros((T, N, H))", "hs = np.zeros_like(xs)"), source=FORWARD_FILLED),
    # Task 3
    "dc forgotten": step_back(("dc + dh * o", "dh * o")),
    "nothing from dh to the cell": step_back(("dc_all = dc + dh * o * (1 - tc ** 2)", "dc_all = dc")),
    "without o": step_back(("dh * o * (1 - tc", "dh * (1 - tc")),
    "no slope of tanh": step_back(("dh * o * (1 - tc ** 2)", "dh * o")),
    "slope of tanh without a square": step_back(("dh * o * (1 - tc ** 2)", "dh * o * (1 - tc)")),
    "slope from the cell itself": step_back(("(1 - tc ** 2)", '(1 - cache["c_new"] ** 2)')),
    "tanh of the old cell here": step_back(('np.tanh(cache["c_new"])', "np.tanh(c)")),
    "do from the cell": step_back(("do = dh * tc", 'do = dh * cache["c_new"]')),
    "do from all of dc": step_back(
        ("    do = dh * tc\n", ""), ("    di = dc_all * g", "    do = (dh + dc) * tc\n    di = dc_all * g")),
    "df from the new cell": step_back(("df = dc_all * c", 'df = dc_all * cache["c_new"]')),
    "di and dg exchanged": step_back(("di = dc_all * g", "di = dc_all * i"), ("dg = dc_all * i", "dg = dc_all * g")),
    "slope of g a sigmoid's": step_back(("dg * (1 - g ** 2)", "dg * g * (1 - g)")),
    "slope of o a tanh's": step_back(("do * o * (1 - o)", "do * (1 - o ** 2)")),
    "no slopes of the gates": step_back(("di * i * (1 - i), df * f * (1 - f)", "di, df")),
    "blocks f, i, g, o": step_back(("di * i * (1 - i), df * f * (1 - f)", "df * f * (1 - f), di * i * (1 - i)")),
    "blocks between each other": step_back(
        ("    dx = dz", "    dz = dz.reshape(len(x), 4, -1).swapaxes(1, 2).reshape(len(x), -1)\n    dx = dz")),
    "dc without f": step_back(("dc_old = dc_all * f", "dc_old = dc_all")),
    "dc times i": step_back(("dc_old = dc_all * f", "dc_old = dc_all * i")),
    "only the old dc": step_back(("dc_old = dc_all * f", "dc_old = dc * f")),
    "dh with itself": step_back(("dh_old = dz @ w_hh", "dh_old = dz @ w_hh + dh")),
    "x for h": step_back(("dw_hh = dz.T @ h", "dw_hh = dz.T @ x")),
    "weights averaged": step_back(("dz.T @ x", "dz.T @ x / len(x)"), ("dz.T @ h", "dz.T @ h / len(x)")),
    "bias averaged": step_back(("dz.sum(axis=0)", "dz.mean(axis=0)")),
    "bias as a row": step_back(("dz.sum(axis=0)", "dz.sum(axis=0, keepdims=True)")),
    "bias of each row": step_back(("dz.sum(axis=0)", "dz")),
    "dc before dh": step_back(("dh_old, dc_old,", "dc_old, dh_old,")),
    "dc in place": step_back(("dc_all = dc + dh", "dc += dh"), ("dc_all", "dc")),
    "note emptied": step_back(('cache["o"]', 'cache.pop("o")')),
    "gates in the note overwritten": step_back(("    dz = np", "    g **= 2\n    dz = np"), ("1 - g ** 2", "1 - g")),
    "a note with more in it": ([*STEPS, *STEP_BACKS], {
        "lstm-step": changed(STEP, ("    return h_new", '    cache["tanh_c"] = np.tanh(c_new)\n    return h_new')),
        "lstm-step-backward": changed(STEP_BACK, ('np.tanh(cache["c_new"])', 'cache["tanh_c"]'))}),
    # Task 4
    "only what comes directly": back(("dhs[t] + dh", "dhs[t]")),
    "only what the next step sends": back(("dhs[t] + dh", "dhs[t] if t == T - 1 else dh")),
    "dc not handed on": back(("dx, dh, dc, a, b, d =", "dx, dh, dc_, a, b, d =")),
    "dc of the loss": back(("+ dh, dc,", "+ dh, dc + dhs[t],")),
    "from first to last": back(("reversed(range(T))", "range(T)")),
    "weights of the first step": back(("dw_ih = dw_ih + a", "dw_ih = a"), ("dw_hh = dw_hh + b", "dw_hh = b")),
    "bias of the first step": back(("db = db + d", "db = d")),
    "averaged over time": back(("dh, dc, dw_ih, dw_hh, db", "dh, dc, dw_ih / T, dw_hh / T, db / T")),
    "dxs backwards": back(("dxs[t] = dx", "dxs[T - 1 - t] = dx")),
    "without step 0": back(
        ("reversed(range(T))", "reversed(range(1, T))"), ("[None] * T", "[np.zeros_like(caches[0]['x'])] * T")),
    "dhs overwritten": back(
        ("        dx, dh, dc", "        dhs[t] += dh\n        dx, dh, dc"), ("dhs[t] + dh", "dhs[t]")),
    "start of dh in dhs": back(("dh = np.zeros_like(dhs[0])", "dh = np.zeros_like(dhs)[0]"),
                               ("dxs[t] = dx", "dxs[t] = dx\n        dhs[t] = dh")),
    "list emptied": back(
        ("lstm_step_backward(dhs[t] + dh, dc, caches[t])", "lstm_step_backward(dhs[t] + dh, dc, caches.pop())")),
    "list turned around": back(
        ("    T = len(caches)\n", "    T = len(caches)\n    caches.reverse()\n"), ("caches[t]", "caches[T - 1 - t]")),
    "note of step 0 each time": back(("caches[t]", "caches[0]")),
    "dh with the loss": back(("np.array(dxs), dh,", "np.array(dxs), dh + dhs[0],")),
    "dxs like dhs": back(("dxs = [None] * T", "dxs = np.zeros_like(dhs)")),
    "last step twice": back(("dh = np.zeros_like(dhs[0])", "dh = dhs[-1].copy()")),
    "two notes": back(("T = len(caches)", "T = 2")),
    # Task 5
    "each array by itself": (CLIPS, {"clip-grad-norm": '''def clip_grad_norm(grads, max_norm):
    norm = float(np.sqrt(sum(np.sum(g ** 2) for g in grads)))
    lengths = [np.linalg.norm(g) for g in grads]
    return [g * (max_norm / k) if k > max_norm else g for g, k in zip(grads, lengths)], norm'''}),
    "sum of the lengths": clip(
        ("np.sqrt(sum(np.sum(g ** 2) for g in grads))", "sum(np.linalg.norm(g) for g in grads)")),
    "longest array": clip(("np.sqrt(sum(np.sum(g ** 2) for g in grads))", "max(np.linalg.norm(g) for g in grads)")),
    "spectral norm of matrices": clip(("np.sum(g ** 2)", "np.linalg.norm(g, 2 if g.ndim < 3 else None) ** 2")),
    "no root": clip(("np.sqrt(sum(np.sum(g ** 2) for g in grads))", "sum(np.sum(g ** 2) for g in grads)")),
    "mean of the squares": clip(("np.sum(g ** 2)", "np.mean(g ** 2)")),
    "entries cut": clip(("g * (max_norm / norm)", "np.clip(g, -max_norm, max_norm)")),
    "length afterwards": clip(("for g in grads], norm\n", "for g in grads], float(max_norm)\n")),
    "made longer too": clip(("norm > max_norm", "norm > 0")),
    "in place": clip(
        ("return [g * (max_norm / norm) for g in grads], norm", "for g in grads:\n            g *= max_norm / norm")),
    "not quite": clip(("max_norm / norm", "max_norm / (norm + 1e-6)")),
    "length one": clip(("g * (max_norm / norm)", "g / norm")),
    "limit of one": clip(("norm > max_norm", "norm > 1")),
    "zero by zero": (CLIPS, {"clip-grad-norm": '''def clip_grad_norm(grads, max_norm):
    norm = float(np.sqrt(sum(np.sum(g ** 2) for g in grads)))
    factor = min(1.0, max_norm / norm)
    return [g * factor for g in grads], norm'''}),
    "no biases": clip(("for g in grads)))", "for g in grads if g.ndim > 1)))")),
    "one long array": clip(
        ("[g * (max_norm / norm) for g in grads]", "[g.ravel() * (max_norm / norm) for g in grads]")),
    "roots of the factor": clip(("max_norm / norm", "(max_norm / norm) ** 0.5")),
}  # fmt: skip
