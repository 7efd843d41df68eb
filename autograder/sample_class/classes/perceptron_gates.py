"""The class that hands in perceptron_gates."""

from autograder.sample_class.changes import Change, answered, mistaken, unchanged, written

TYPO = "def update(w, b, x, y):\n    error = y - neuron(x[None], w, b)[0]\n    return w + eror * x, b + error"
NO_COLON = 'def xor(X)\n    return neuron(X, *gate("OR"))'

# student -> (what happened, the notebook they started from is untouched?, what they did to it)
STUDENTS: dict[str, tuple[str, bool, Change]] = {
    "ada": ("correct, as in the solution", False, unchanged),
    "bela": ("correct, the bias as the weight of a one", False, answered("perceptron_gates_ones")),
    "chidi": ("correct, with loops", False, answered("perceptron_gates_loops")),
    "dora": ("gates without room for noise", False, mistaken("perceptron_gates", "just-enough")),
    "emil": ("the last epoch's 0 is missing", False, mistaken("perceptron_gates", "zero-missing")),
    "fatima": ("an exception in update", False, written("update", TYPO)),
    "hana": ("a syntax error in xor", False, written("xor", NO_COLON)),
    "ivo": ("update in place", False, mistaken("perceptron_gates", "weights-in-place")),
    "omar": ("handed in the untouched exercise", True, unchanged),
    "pia": ("the first three tasks only", False, answered("perceptron_gates_half")),
    "rosa": ("fires at zero", False, mistaken("perceptron_gates", "fires-at-zero")),
}  # fmt: skip
