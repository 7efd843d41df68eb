"""The class that hands in gan."""

from autograder.sample_class.changes import Change, answered, mistaken, unchanged, written

NO_SUCH_NAME = """def optimal_discriminator(p_data, p_model):
    some = p_data + p_model > 0
    return np.where(some, p_data / np.where(some, total, 1), 0.5)
"""
NO_COLON = """def modes_covered(samples, centres, radius, at_least):
    count = 0
    for centre in centres
        count += np.sum(np.linalg.norm(samples - centre, axis=1) <= radius) >= at_least
    return int(count)
"""

# student -> (what happened, the notebook they started from is untouched?, what they did to it)
STUDENTS: dict[str, tuple[str, bool, Change]] = {
    "ada": ("correct, as in the solution", False, unchanged),
    "bela": ("correct, number by number", False, answered("gan_loops")),
    "chidi": ("correct, with helper functions", False, answered("gan_functions")),
    "dora": ("only one of the forger's losses", False, mistaken("gan", "saturating-unused")),
    "emil": ("old gradients kept", False, mistaken("gan", "gradients-kept")),
    "fatima": ("an exception in optimal_discriminator", False, written("optimal-discriminator", NO_SUCH_NAME)),
    "goran": ("the radius excluded", False, mistaken("gan", "radius-excluded")),
    "hana": ("a syntax error in one cell", False, written("modes-covered", NO_COLON)),
    "omar": ("handed in the untouched exercise", True, unchanged),
    "pia": ("the first three tasks only", False, answered("gan_half")),
}  # fmt: skip
