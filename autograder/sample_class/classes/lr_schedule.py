"""The class that hands in lr_schedule."""

from autograder.sample_class.changes import Change, answered, mistaken, unchanged, written

NO_SUCH_NAME = """def warmup_cosine_lr(t, T, warmup, lr_max, lr_min=0.0):
    if step < warmup:
        return lr_max * (step + 1) / warmup
    return cosine_lr(step - warmup, T - warmup, lr_max, lr_min)
"""
NO_INDENT = """def train(params, loss_and_grad, schedule, steps):
    losses = []
    for t in range(steps):
    loss, grads = loss_and_grad(params)
    losses.append(loss)
    return losses
"""

# student -> (what happened, the notebook they started from is untouched?, what they did to it)
STUDENTS: dict[str, tuple[str, bool, Change]] = {
    "ada": ("correct, as in the solution", False, unchanged),
    "bela": ("correct, with NumPy and one formula", False, answered("lr_schedule_numpy")),
    "chidi": ("correct, with lists", False, answered("lr_schedule_tables")),
    "dora": ("up again after step T", False, mistaken("lr_schedule", "up-again")),
    "emil": ("the first stair is 0", False, mistaken("lr_schedule", "first-stair-zero")),
    "fatima": ("an exception in warmup_cosine_lr", False, written("warmup-cosine-lr", NO_SUCH_NAME)),
    "goran": ("new arrays in place of the old ones", False, mistaken("lr_schedule", "new-arrays")),
    "hana": ("a syntax error in one cell", False, written("train", NO_INDENT)),
    "omar": ("handed in the untouched exercise", True, unchanged),
    "pia": ("the first task only", False, answered("lr_schedule_half")),
}  # fmt: skip
