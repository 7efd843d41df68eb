"""Known wrong answers to lstm: the right one with a line or two changed, so that the slip stands out."""

from autograder.marking.mistakes import Mistake, changed

LSTM_STEP = """
def lstm_step(x, h, c, w_ih, w_hh, b):
    z = x @ w_ih.T + h @ w_hh.T + b
    H = h.shape[1]
    i = sigmoid(z[:, :H])
    f = sigmoid(z[:, H:2 * H])
    g = np.tanh(z[:, 2 * H:3 * H])
    o = sigmoid(z[:, 3 * H:])
    c_new = f * c + i * g
    h_new = o * np.tanh(c_new)
    cache = {'x': x, 'h': h, 'c': c, 'w_ih': w_ih, 'w_hh': w_hh, 'i': i, 'f': f, 'g': g, 'o': o, 'c_new': c_new}
    return h_new, c_new, cache
"""

LSTM_FORWARD = """
def lstm_forward(xs, h, c, w_ih, w_hh, b):
    hs, cs, caches = [], [], []
    for x in xs:
        h, c, cache = lstm_step(x, h, c, w_ih, w_hh, b)
        hs.append(h)
        cs.append(c)
        caches.append(cache)
    return np.array(hs), np.array(cs), caches
"""

STEP_BACKWARD = """
def lstm_step_backward(dh, dc, cache):
    i, f, g, o = (cache[name] for name in 'ifgo')
    t = np.tanh(cache['c_new'])
    dc = dc + dh * o * (1 - t**2)
    di = dc * g * i * (1 - i)
    df = dc * cache['c'] * f * (1 - f)
    dg = dc * i * (1 - g**2)
    do = dh * t * o * (1 - o)
    dz = np.concatenate([di, df, dg, do], axis=1)
    dx = dz @ cache['w_ih']
    dh = dz @ cache['w_hh']
    dw_ih = dz.T @ cache['x']
    dw_hh = dz.T @ cache['h']
    db = dz.sum(axis=0)
    return dx, dh, dc * f, dw_ih, dw_hh, db
"""

BACKWARD = """
def lstm_backward(dhs, caches):
    dh = dc = np.zeros(dhs.shape[1:])
    dxs, dw_ih, dw_hh, db = [], 0, 0, 0
    for t in reversed(range(len(caches))):
        dx, dh, dc, dw, du, dv = lstm_step_backward(dhs[t] + dh, dc, caches[t])
        dxs.append(dx)
        dw_ih, dw_hh, db = dw_ih + dw, dw_hh + du, db + dv
    return np.array(dxs[::-1]), dh, dc, dw_ih, dw_hh, db
"""

CLIP = """
def clip_grad_norm(grads, max_norm):
    norm = float(np.sqrt(sum(np.sum(grad**2) for grad in grads)))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [factor * grad for grad in grads], norm
"""

CALL = "lstm_step_backward(dhs[t] + dh, dc, caches[t])"
NEW_CELLS = ["test_step_input", "test_step_state", "test_step_bias", "test_step_gates"]
CACHE = ["test_step_cache_inputs", "test_step_cache_gates"]
OF_CELL = ["test_back_to_cell", "test_back_to_gates", "test_back_rows", "test_back_to_weights",
           "test_back_to_input_and_state"]     # dh is zero there
OF_GATES = [*OF_CELL[1:], "test_back_from_state", "test_back_from_both"]


# Where two mistakes explain as many failed tests with the same answers, the first is named: so the loops come before
# their steps, and gates-crossed before order-f-i-g-o, which also puts the gates into the cache in a wrong order.
MISTAKES = [
    Mistake(
        "cell-not-carried",
        says="Every step of lstm_forward begins with the first cell.",
        hint="A step hands on two things, h and c. Both are needed in the next step.",
        cells={"lstm-forward": changed(LSTM_FORWARD, ("h, c, cache = lstm_step(", "h, c_new, cache = lstm_step("),
                                       ("cs.append(c)", "cs.append(c_new)"))},
        fails=["test_forward_states", "test_forward_caches"]),

    Mistake(
        "state-not-carried",
        says="Every step of lstm_forward begins with the first state.",
        hint="A step hands on two things, h and c. Both are needed in the next step.",
        cells={"lstm-forward": changed(LSTM_FORWARD, ("h, c, cache = lstm_step(", "h_new, c, cache = lstm_step("),
                                       ("hs.append(h)", "hs.append(h_new)"))},
        fails=["test_forward_states", "test_forward_caches"]),

    Mistake(
        "starts-from-zero",
        says="lstm_forward begins with zeros; it should begin with the state and cell that it gets.",
        hint="Zeros are the usual start, but the caller decides.",
        cells={"lstm-forward": changed(LSTM_FORWARD, ("    hs, cs,", "    h, c = np.zeros_like(h), np.zeros_like(c)\n"
                                                      "    hs, cs,"))},
        fails=["test_forward_start"]),

    Mistake(
        "start-in-hs",
        says="hs and cs begin with the state and cell from before the first step.",
        hint="There are T states, one after each step. Append behind the call of lstm_step, not before it.",
        cells={"lstm-forward": changed(LSTM_FORWARD, ("hs, cs, caches = [], [], []", "hs, cs, caches = [h], [c], []"))},
        fails=["test_forward_states", "test_forward_start"]),

    Mistake(
        "before-each-step",
        says="hs and cs hold what was there before each step; they should hold what is there after it.",
        hint="Append behind the call of lstm_step, not before it.",
        cells={"lstm-forward": changed(LSTM_FORWARD, ("        h, c, cache = lstm_step(x, h, c, w_ih, w_hh, b)\n", ""),
                                       ("cs.append(c)\n", "cs.append(c)\n"
                                        "        h, c, cache = lstm_step(x, h, c, w_ih, w_hh, b)\n"))},
        fails=["test_forward_states", "test_forward_start"]),

    Mistake(
        "last-cache-only",
        says="caches holds the cache of the last step only.",
        hint="The way back visits every step, so every step has to leave its note: a list with T of them.",
        cells={"lstm-forward": changed(LSTM_FORWARD, ("caches.append(cache)", "caches = [cache]"))},
        fails=["test_forward_states", "test_forward_caches"]),

    Mistake(
        "gates-crossed",
        says="The forget gate is put on g, and the input gate on the old cell.",
        hint="f says how much of the old cell stays: f * c. i says how much of g comes in: i * g.",
        cells={"lstm-step": changed(LSTM_STEP, ("f * c + i * g", "i * c + f * g"))},
        fails=["test_step_gates"]),

    Mistake(
        "order-i-f-o-g",
        says="The blocks of z are taken in the order i, f, o, g; here the order is i, f, g, o.",
        hint="Both orders are in use (ours is that of PyTorch). Columns 2H to 3H belong to g, the last H to o.",
        cells={"lstm-step": changed(LSTM_STEP, ("g = np.tanh(z[:, 2 * H:3 * H])", "o = sigmoid(z[:, 2 * H:3 * H])"),
                                    ("o = sigmoid(z[:, 3 * H:])", "g = np.tanh(z[:, 3 * H:])"))},
        fails=["test_step_gates", "test_step_cache_gates"]),

    Mistake(
        "order-f-i-g-o",
        says="The gates i and f are swapped.",
        hint="The first H columns of z belong to i, the next to f. f stands beside the old cell, i beside g.",
        cells={"lstm-step": changed(LSTM_STEP, ("i = sigmoid(z[:, :H])", "f = sigmoid(z[:, :H])"),
                                    ("f = sigmoid(z[:, H:2", "i = sigmoid(z[:, H:2"))},
        fails=["test_step_gates", "test_step_cache_gates"]),

    Mistake(
        "g-with-sigmoid",
        says="g is computed with a sigmoid; it should be a tanh.",
        hint="i, f and o say how much, from 0 to 1. g says what, and that may be negative.",
        cells={"lstm-step": changed(LSTM_STEP, ("g = np.tanh(", "g = sigmoid("))},
        fails=[*NEW_CELLS, "test_step_new_state", "test_step_cache_gates"]),

    Mistake(
        "step-without-bias",
        says="The bias is missing in z.",
        hint="z has three parts: from the input, from the state, and b.",
        cells={"lstm-step": changed(LSTM_STEP, (" + b\n", "\n"))},
        fails=["test_step_bias", "test_step_new_state", "test_step_gates", "test_step_cache_gates"]),

    Mistake(
        "step-without-state",
        says="The state is missing in z.",
        hint="Without h @ w_hh.T the gates cannot know what was read before.",
        cells={"lstm-step": changed(LSTM_STEP, (" + h @ w_hh.T", ""))},
        fails=["test_step_state", "test_step_gates", "test_step_cache_gates"]),

    Mistake(
        "state-not-transposed",
        says="w_hh is not transposed in each of its blocks.",
        hint="Row k of w_hh makes column k of z. Each block is square, so a missing .T makes no error, only wrong "
             "numbers.",
        cells={"lstm-step": changed(
            LSTM_STEP, ("h @ w_hh.T", "np.concatenate([h @ block for block in np.split(w_hh, 4)], axis=1)"))},
        fails=["test_step_state", "test_step_gates", "test_step_cache_gates"]),

    Mistake(
        "one-minus-f",
        says="The input gate is replaced by 1 - f.",
        hint="That is how a GRU saves a gate. In an LSTM i and f are free of each other.",
        cells={"lstm-step": changed(LSTM_STEP, ("f * c + i * g", "f * c + (1 - f) * g"))},
        fails=[*NEW_CELLS, "test_step_new_state"]),

    Mistake(
        "state-of-the-old-cell",
        says="The new state is made of the old cell.",
        hint="First the new cell, then the state: h' = o * tanh(c'), with the c' of this step.",
        cells={"lstm-step": changed(LSTM_STEP, ("np.tanh(c_new)", "np.tanh(c)"))},
        fails=["test_step_new_state", "test_step_gates"]),

    Mistake(
        "state-without-tanh",
        says="The new state is o * c'; the tanh is missing.",
        hint="A cell may grow over many steps. tanh keeps the state between -1 and 1.",
        cells={"lstm-step": changed(LSTM_STEP, ("o * np.tanh(c_new)", "o * c_new"))},
        fails=["test_step_new_state", "test_step_gates"]),

    Mistake(
        "cell-before-state",
        says="lstm_step returns the cell first and the state second.",
        hint="The order is h, c, cache, as in the arguments.",
        cells={"lstm-step": changed(LSTM_STEP, ("return h_new, c_new, cache", "return c_new, h_new, cache"))},
        fails=[*NEW_CELLS, "test_step_new_state", "test_step_cache_inputs"]),

    Mistake(
        "new-state-in-cache",
        says="The cache holds state and cell from after the step under 'h' and 'c'.",
        hint="On the way back, f needs the old cell and w_hh the old state. If h and c get new values in lstm_step, "
             "they are new in the cache too.",
        cells={"lstm-step": changed(LSTM_STEP, ("'h': h, 'c': c,", "'h': h_new, 'c': c_new,"))},
        fails=["test_step_cache_inputs"]),

    Mistake(
        "z-in-cache",
        says="The cache holds the gates from before sigmoid and tanh.",
        hint="The slopes need the values of the gates, s * (1 - s): keep those.",
        cells={"lstm-step": changed(LSTM_STEP, ("'i': i, 'f': f, 'g': g, 'o': o",
                                                "**dict(zip('ifgo', np.split(z, 4, axis=1)))"))},
        fails=["test_step_cache_gates"]),

    Mistake(
        "b-in-cache",
        says="The cache has an entry more than the table.",
        hint="The way back through z = ... + b does not need b: its slope is 1 whatever b is.",
        cells={"lstm-step": changed(LSTM_STEP, ("'w_hh': w_hh,", "'w_hh': w_hh, 'b': b,"))},
        fails=["test_step_cache_inputs"]),

    Mistake(
        "not-backwards",
        says="lstm_backward goes through time from the first step to the last.",
        hint="What a state owes to later steps is known only when those are done: start at the last step.",
        cells={"lstm-backward": changed(BACKWARD, ("reversed(range(len(caches)))", "range(len(caches))"),
                                        ("dxs[::-1]", "dxs"))},
        fails=["test_time_last_state", "test_time_all_states", "test_time_weights"]),

    Mistake(
        "inputs-in-reverse",
        says="dxs is in the order of the way back: the last step comes first.",
        hint="dxs[t] belongs to xs[t]. Turn the list around at the end, or write into an array at position t.",
        cells={"lstm-backward": changed(BACKWARD, ("dxs[::-1]", "dxs"))},
        fails=["test_time_last_state", "test_time_all_states"]),

    Mistake(
        "no-direct-gradient",
        says="Only the last of dhs is used: earlier states get what comes back from the next step and no more.",
        hint="The loss looks at every state. dhs[t] is added to what step t + 1 sends back.",
        cells={"lstm-backward": changed(BACKWARD, ("    for t", "    dh = dhs[-1]\n    for t"),
                                        ("dhs[t] + dh", "dh"))},
        fails=["test_time_all_states"]),

    Mistake(
        "nothing-sent-back",
        says="No step hears from the next one: each gets dhs[t] alone, and dc begins with zeros every time.",
        hint="The dh and dc that lstm_step_backward returns for step t + 1 arrive at step t.",
        cells={"lstm-backward": changed(BACKWARD, (CALL, "lstm_step_backward(dhs[t], 0 * dc, caches[t])"))},
        fails=["test_time_last_state", "test_time_all_states", "test_time_weights"]),

    Mistake(
        "cell-path-cut",
        says="dc begins with zeros in every step, so the gradient does not travel along the cell.",
        hint="The cell is the road on which gradients come far: hand the dc of step t + 1 to step t.",
        cells={"lstm-backward": changed(BACKWARD, (CALL, "lstm_step_backward(dhs[t] + dh, 0 * dc, caches[t])"))},
        fails=["test_time_last_state", "test_time_all_states", "test_time_weights"]),

    Mistake(
        "weights-of-first-step",
        says="The gradients of the weights are those of the first step alone; they should be added up.",
        hint="All steps share the weights, so all of them have a say: add up in the loop.",
        cells={"lstm-backward": changed(BACKWARD, ("dw_ih + dw, dw_hh + du, db + dv", "dw, du, dv"))},
        fails=["test_time_weights"]),

    Mistake(
        "weights-averaged-over-time",
        says="The gradients of the weights are averaged over the steps; they should be added up.",
        hint="A longer sequence uses the weights more often, and so its gradient may be larger. Nothing is divided.",
        cells={"lstm-backward": changed(BACKWARD, ("dw_ih + dw, dw_hh + du, db + dv",
                                                   "dw_ih + dw / (T := len(dhs)), dw_hh + du / T, db + dv / T"))},
        fails=["test_time_weights"]),

    Mistake(
        "dhs-in-place",
        says="lstm_backward writes into dhs.",
        hint="dhs[t] += dh changes the caller's array. dhs[t] + dh makes a new one.",
        cells={"lstm-backward": changed(BACKWARD, ("        dx, dh", "        dhs[t] += dh\n        dx, dh"),
                                        ("(dhs[t] + dh, dc", "(dhs[t], dc"))},
        fails=["test_time_keeps_inputs"]),

    Mistake(
        "cell-without-forget",
        says="The gradient by the old cell lacks the forget gate.",
        hint="c' = f * c + ...: what arrives at c' reaches c times f.",
        cells={"lstm-step-backward": changed(STEP_BACKWARD, ("dc * f, dw_ih", "dc, dw_ih"))},
        fails=["test_back_to_cell", "test_back_from_state", "test_back_from_both"]),

    Mistake(
        "no-share-of-dh",
        says="The new cell gets dc only; the share that comes through the new state is missing.",
        hint="c' is also in h' = o * tanh(c'), so what arrives at h' reaches c' too, times o and the slope of tanh.",
        cells={"lstm-step-backward": changed(STEP_BACKWARD, ("dc = dc + dh * o * (1 - t**2)", "dc = dc"))},
        fails=["test_back_from_state", "test_back_from_both"]),

    Mistake(
        "dc-forgotten",
        says="The new cell gets only what comes through the new state; dc is missing.",
        hint="The cell also goes straight to the next step. What comes back from there is dc: add it.",
        cells={"lstm-step-backward": changed(STEP_BACKWARD, ("dc = dc + dh", "dc = dh"))},
        fails=[*OF_CELL, "test_back_from_both"]),

    Mistake(
        "no-slope-of-tanh",
        says="On the way from the new state to the new cell the slope of tanh is missing.",
        hint="h' = o * tanh(c'): times o, and times 1 - tanh(c')**2.",
        cells={"lstm-step-backward": changed(STEP_BACKWARD, (" * (1 - t**2)", ""))},
        fails=["test_back_from_state", "test_back_from_both"]),

    Mistake(
        "slope-without-tanh",
        says="The slope of tanh is computed as 1 - c'**2; the value of tanh should be squared, not the cell.",
        hint="1 - s**2 is the slope where s is the value of the tanh: s = tanh(c').",
        cells={"lstm-step-backward": changed(STEP_BACKWARD, ("(1 - t**2)", "(1 - cache['c_new']**2)"))},
        fails=["test_back_from_state", "test_back_from_both"]),

    Mistake(
        "o-from-the-cell",
        says="The gradient by o lacks the tanh: it uses the new cell itself.",
        hint="The factor beside o in h' = o * tanh(c') is tanh(c').",
        cells={"lstm-step-backward": changed(STEP_BACKWARD, ("dh * t * o", "dh * cache['c_new'] * o"))},
        fails=["test_back_from_state", "test_back_from_both"]),

    Mistake(
        "i-and-g-swapped",
        says="The gradients by i and g are each multiplied with the wrong factor.",
        hint="In i * g the factor beside i is g, and the factor beside g is i.",
        cells={"lstm-step-backward": changed(STEP_BACKWARD, ("di = dc * g *", "di = dc * i *"),
                                             ("dg = dc * i *", "dg = dc * g *"))},
        fails=OF_GATES),

    Mistake(
        "f-with-the-new-cell",
        says="The gradient by f uses the new cell; f was multiplied with the old one.",
        hint="c' = f * c + ...: beside f stands c, the cell before the step.",
        cells={"lstm-step-backward": changed(STEP_BACKWARD, ("dc * cache['c']", "dc * cache['c_new']"))},
        fails=OF_GATES),

    Mistake(
        "gates-without-slopes",
        says="The slopes of the gates are missing: the gradient stops at i, f, g and o; it should go on to z.",
        hint="From a gate to its z is one more step: times s * (1 - s) for a sigmoid, 1 - s**2 for tanh.",
        cells={"lstm-step-backward": changed(STEP_BACKWARD, (" * i * (1 - i)", ""), (" * f * (1 - f)", ""),
                                             (" * (1 - g**2)", ""), (" * o * (1 - o)", ""))},
        fails=OF_GATES),

    Mistake(
        "g-with-slope-of-sigmoid",
        says="g is treated as a sigmoid on the way back.",
        hint="g is a tanh, whose slope is 1 - g**2.",
        cells={"lstm-step-backward": changed(STEP_BACKWARD, ("(1 - g**2)", "g * (1 - g)"))},
        fails=OF_GATES),

    Mistake(
        "sigmoid-slope-twice",
        says="The slope of the sigmoid is computed from its value as if that were its input.",
        hint="The cache holds the values s of the gates, so the slope is s * (1 - s), without another sigmoid.",
        cells={"lstm-step-backward": changed(STEP_BACKWARD, ("i * (1 - i)", "sigmoid(i) * (1 - sigmoid(i))"),
                                             ("f * (1 - f)", "sigmoid(f) * (1 - sigmoid(f))"),
                                             ("o * (1 - o)", "sigmoid(o) * (1 - sigmoid(o))"))},
        fails=OF_GATES),

    Mistake(
        "bias-averaged",
        says="db averages over the sequences; it should add up.",
        hint="b is in every row of z. If it grows, all rows change, and the loss feels all of them.",
        cells={"lstm-step-backward": changed(STEP_BACKWARD, ("dz.sum(axis=0)", "dz.mean(axis=0)"))},
        fails=["test_back_rows"]),

    Mistake(
        "weights-averaged",
        says="dw_ih and dw_hh are divided by the number of sequences.",
        hint="Whether the loss is a mean is already in dh and dc. Here everything is added up.",
        cells={"lstm-step-backward": changed(STEP_BACKWARD, ("dz.T @ cache['x']", "dz.T @ cache['x'] / len(dz)"),
                                             ("dz.T @ cache['h']", "dz.T @ cache['h'] / len(dz)"))},
        fails=["test_back_to_weights"]),

    Mistake(
        "back-not-transposed",
        says="dh multiplies with the blocks of w_hh the wrong way round.",
        hint="z = h @ w_hh.T, so the way back is dz @ w_hh. The blocks are square, so no error tells them apart.",
        cells={"lstm-step-backward": changed(
            STEP_BACKWARD, ("dz @ cache['w_hh']", "sum(dk @ block.T for dk, block in zip((di, df, dg, do), "
                            "np.split(cache['w_hh'], 4)))"))},
        fails=["test_back_to_input_and_state"]),

    Mistake(
        "dh-handed-through",
        says="The gradient that arrives at the new state is added to that of the old state.",
        hint="The cell is handed on from step to step, the state is not: the old h takes part in z alone.",
        cells={"lstm-step-backward": changed(STEP_BACKWARD, ("cache['w_hh']", "cache['w_hh'] + dh"))},
        fails=["test_back_from_both"]),

    Mistake(
        "dc-in-place",
        says="The dc that came in is changed.",
        hint="dc += ... writes into the caller's array. dc = dc + ... makes a new one.",
        cells={"lstm-step-backward": changed(STEP_BACKWARD, ("dc = dc + dh", "dc += dh"))},
        fails=["test_back_from_both"]),

    Mistake(
        "each-array-alone",
        says="Each array is clipped by its own length.",
        hint="Then arrays shrink by different factors, and the gradient points elsewhere. Measure all together.",
        cells={"clip-grad-norm": changed(
            CLIP, ("    factor = max_norm / norm if norm > max_norm else 1.0\n", ""),
            ("[factor * grad for", "[grad * min(1, max_norm / (np.linalg.norm(grad) or 1)) for"))},
        fails=["test_clip_long"]),

    Mistake(
        "lengths-added",
        says="The lengths of the arrays are added up; under one root belongs the sum of all squares.",
        hint="The length of (3, 4) is 5, not 7, also where 3 and 4 lie in different arrays.",
        cells={"clip-grad-norm": changed(CLIP, ("float(np.sqrt(sum(np.sum(grad**2) for grad in grads)))",
                                                "float(sum(np.linalg.norm(grad) for grad in grads))"))},
        fails=["test_clip_long", "test_clip_norm"]),

    Mistake(
        "root-forgotten",
        says="The root is missing: norm is the sum of the squares.",
        hint="The length of (3, 4) is the root of 25.",
        cells={"clip-grad-norm": changed(CLIP, ("np.sqrt(sum(np.sum(grad**2) for grad in grads))",
                                                "sum(np.sum(grad**2) for grad in grads)"))},
        fails=["test_clip_long", "test_clip_norm"]),

    Mistake(
        "clipped-entry-by-entry",
        says="Every entry is clipped to max_norm by itself.",
        hint="np.clip cuts off the large entries and so turns the gradient. One factor for all keeps its direction.",
        cells={"clip-grad-norm": changed(CLIP, ("factor * grad for", "np.clip(grad, -max_norm, max_norm) for"))},
        fails=["test_clip_long"]),

    Mistake(
        "always-scaled",
        says="Short gradients are made longer.",
        hint="Only where the length is larger than max_norm is anything multiplied.",
        cells={"clip-grad-norm": changed(CLIP, ("if norm > max_norm else", "if norm > 0 else"))},
        fails=["test_clip_short"]),

    Mistake(
        "zero-by-zero",
        says="Gradients of nothing but zeros become NaN.",
        hint="0 / 0 is NaN. Divide by the length only where it is larger than max_norm.",
        cells={"clip-grad-norm": changed(CLIP, ("    factor = max_norm / norm if norm > max_norm else 1.0\n",
                                                "    shorter = min(norm, max_norm)\n"),
                                         ("[factor * grad for", "[grad / np.float64(norm) * shorter for"))},
        fails=["test_clip_short"], recognisable=False),

    Mistake(
        "a-little-too-short",
        says="A small number is added to the length before the division, so the clipped gradient is too short.",
        hint="Some libraries add 1e-6 against a division by zero. Where the length is larger than max_norm it cannot "
             "be zero, and for tiny gradients 1e-6 is a lot.",
        cells={"clip-grad-norm": changed(CLIP, ("max_norm / norm if", "max_norm / (norm + 1e-6) if"))},
        fails=["test_clip_long"]),

    Mistake(
        "norm-after-clipping",
        says="norm is the length after clipping.",
        hint="Whoever calls the function wants to see how long the gradient was. Keep the length from before.",
        cells={"clip-grad-norm": changed(CLIP, (", norm\n", ", min(norm, max_norm)\n"))},
        fails=["test_clip_norm"]),

    Mistake(
        "gradients-in-place",
        says="The gradients that came in are changed.",
        hint="grad *= factor writes into the caller's arrays. factor * grad makes new ones.",
        cells={"clip-grad-norm": changed(CLIP, ("    return [factor * grad for grad in grads], norm\n",
                                                "    for grad in grads:\n        grad *= factor\n"
                                                "    return grads, norm\n"))},
        fails=["test_clip_keeps_gradients"]),
]
