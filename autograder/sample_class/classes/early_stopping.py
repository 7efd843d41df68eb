"""The class that hands in early_stopping."""

from autograder.sample_class.changes import Change, answered, mistaken, unchanged, written

NO_SUCH_ATTRIBUTE = """class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best_loss, self.best_weights, self.best_epoch = math.inf, None, None
        self.epoch = -1

    def update(self, val_loss, weights):
        self.epoch += 1
        self.bad_epochs += 1
        if is_better(val_loss, self.best_loss, self.min_delta):
            self.best_loss, self.best_epoch, self.bad_epochs = val_loss, self.epoch, 0
            self.best_weights = [w.copy() for w in weights]
        return self.bad_epochs >= self.patience
"""
NOT_INDENTED = """def is_better(val_loss, best_loss, min_delta=0.0):
    if val_loss < best_loss - min_delta:
    return True
"""

# student -> (what happened, the notebook they started from is untouched?, what they did to it)
STUDENTS: dict[str, tuple[str, bool, Change]] = {
    "ada": ("correct, as in the solution", False, unchanged),
    "bela": ("correct, from a list of all answers", False, answered("early_stopping_history")),
    "chidi": ("correct, patience counted down", False, answered("early_stopping_countdown")),
    "dora": ("arrays not copied", False, mistaken("early_stopping", "arrays-not-copied")),
    "emil": ("brought back at a stop only", False, mistaken("early_stopping", "brought-back-at-a-stop-only")),
    "fatima": ("an exception in update", False, written("early-stopping", NO_SUCH_ATTRIBUTE)),
    "goran": ("a tie counts as better", False, mistaken("early_stopping", "tie-counts")),
    "hana": ("a syntax error in one cell", False, written("is-better", NOT_INDENTED)),
    "omar": ("handed in the untouched exercise", True, unchanged),
    "pia": ("the first task, and the start of the second", False, answered("early_stopping_half")),
}  # fmt: skip
