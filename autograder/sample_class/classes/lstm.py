"""The class that hands in lstm."""

from autograder.sample_class.changes import Change, answered, mistaken, unchanged, written

NO_SUCH_ENTRY = """def lstm_step_backward(dh, dc, cache):
    i, f, g, o = (cache[name] for name in "ifgo")
    tanh = np.tanh(cache["c_next"])
    dc = dc + dh * o * (1 - tanh**2)
    dz = np.hstack([dc * g * i * (1 - i), dc * cache["c"] * f * (1 - f), dc * i * (1 - g**2), dh * tanh * o * (1 - o)])
    return (dz @ cache["w_ih"], dz @ cache["w_hh"], dc * f, dz.T @ cache["x"], dz.T @ cache["h"], dz.sum(axis=0))
"""
NO_BRACKET = """def clip_grad_norm(grads, max_norm):
    norm = np.sqrt(sum(np.sum(grad**2) for grad in grads)
    factor = max_norm / norm if norm > max_norm else 1
    return [factor * grad for grad in grads], norm
"""

# student -> (what happened, the notebook they started from is untouched?, what they did to it)
STUDENTS: dict[str, tuple[str, bool, Change]] = {
    "ada": ("correct, as in the solution", False, unchanged),
    "bela": ("correct, number by number", False, answered("lstm_loops")),
    "chidi": ("correct, gates as an axis of their own", False, answered("lstm_blocks")),
    "dora": ("the cell not handed on", False, mistaken("lstm", "cell-not-carried")),
    "emil": ("no tanh on the way to the output gate", False, mistaken("lstm", "o-from-the-cell")),
    "fatima": ("an exception in lstm_step_backward", False, written("lstm-step-backward", NO_SUCH_ENTRY)),
    "goran": ("each array clipped by its own length", False, mistaken("lstm", "each-array-alone")),
    "hana": ("a syntax error in one cell", False, written("clip-grad-norm", NO_BRACKET)),
    "omar": ("handed in the untouched exercise", True, unchanged),
    "pia": ("the first two tasks only", False, answered("lstm_half")),
}  # fmt: skip
