"""The class that hands in capstone."""

from autograder.sample_class.changes import Change, answered, mistaken, unchanged, written

NO_SUCH_NAME = """def bootstrap_interval(errors, rng, times=1000, level=0.95):
    means = [np.mean(rng.choice(errors, len(errors))) for _ in range(times)]
    return float(np.quantile(means, alpha / 2)), float(np.quantile(means, 1 - alpha / 2))
"""
NO_BRACKET = """def baseline(x, y):
    errors = []
    for j in range(x.shape[1]):
        slope, intercept = np.polyfit(x[:, j], y, 1)
        errors.append(np.mean((slope * x[:, j] + intercept - y) ** 2)
    j = np.argmin(errors)
    slope, intercept = np.polyfit(x[:, j], y, 1)
    return lambda x_new: slope * x_new[:, j] + intercept
"""

# student -> (what happened, the notebook they started from is untouched?, what they did to it)
STUDENTS: dict[str, tuple[str, bool, Change]] = {
    "ada": ("correct, as in the solution", False, unchanged),
    "bela": ("correct, with a network of nnlib", False, answered("capstone_network")),
    "chidi": ("correct, with loops and neighbours", False, answered("capstone_loops")),
    "dora": ("single rows held out", False, mistaken("capstone", "split-rows")),
    "emil": ("weights not seeded", False, mistaken("capstone", "model-unseeded-weights")),
    "fatima": ("an exception in bootstrap_interval", False, written("bootstrap-interval", NO_SUCH_NAME)),
    "goran": ("better by the gain alone", False, mistaken("capstone", "report-better-by-gain")),
    "hana": ("a syntax error in one cell", False, written("baseline", NO_BRACKET)),
    "omar": ("handed in the untouched exercise", True, unchanged),
    "pia": ("the first two tasks only", False, answered("capstone_half")),
}  # fmt: skip
