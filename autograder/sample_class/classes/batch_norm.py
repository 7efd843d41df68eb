"""The class that hands in batch_norm."""

from autograder.sample_class.changes import Change, answered, mistaken, unchanged, written

NO_SUCH_NAME = """def batch_norm_backward(dout, cache):
    x_hat, s, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    return gamma / s * (dout - (dbeta + x_hat * dgamma) / len(dout)), dgamma, dbeta
"""
NO_COLON = """def batch_norm(x, gamma, beta, eps=1e-5)
    s = np.sqrt(x.var(axis=0) + eps)
    x_hat = (x - x.mean(axis=0)) / s
    return gamma * x_hat + beta, (x_hat, s, gamma)
"""

# student -> (what happened, the notebook they started from is untouched?, what they did to it)
STUDENTS: dict[str, tuple[str, bool, Change]] = {
    "ada": ("correct, as in the solution", False, unchanged),
    "bela": ("correct, number by number", False, answered("batch_norm_loops")),
    "chidi": ("correct, backward in the steps of the paper", False, answered("batch_norm_steps")),
    "dora": ("the mean taken as a constant", False, mistaken("batch_norm", "mean-as-constant")),
    "emil": ("the biased variance tracked", False, mistaken("batch_norm", "biased-tracked")),
    "fatima": ("an exception in batch_norm_backward", False, written("batch-norm-backward", NO_SUCH_NAME)),
    "goran": ("eps outside the root", False, mistaken("batch_norm", "eps-beside-the-root")),
    "hana": ("a syntax error in one cell", False, written("batch-norm", NO_COLON)),
    "omar": ("handed in the untouched exercise", True, unchanged),
    "pia": ("the first task only", False, answered("batch_norm_half")),
}  # fmt: skip
