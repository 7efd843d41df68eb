"""The class that hands in training_loop."""

from autograder.sample_class.changes import Change, answered, mistaken, unchanged, written

NO_SUCH_METHOD = """def evaluate(model, X, y):
    model.evaluate()
    with torch.no_grad():
        scores = model(X)
    model.train()
    return nn.functional.cross_entropy(scores, y).item(), (scores.argmax(dim=1) == y).float().mean().item()
"""
NO_COLON = """def fit(model, run_epoch, validate, epochs):
    train_losses, val_losses = [], []
    for epoch in range(epochs)
        train_losses.append(run_epoch())
        val_losses.append(validate())
    return train_losses, val_losses
"""

# student -> (what happened, the notebook they started from is untouched?, what they did to it)
STUDENTS: dict[str, tuple[str, bool, Change]] = {
    "ada": ("correct, as in the solution", False, unchanged),
    "bela": ("correct, with data loaders", False, answered("training_loop_loaders")),
    "chidi": ("correct, by hand, with little of PyTorch", False, answered("training_loop_by_hand")),
    "dora": ("measured in training mode", False, mistaken("training_loop", "evaluated-in-training-mode")),
    "emil": ("the best state kept by reference", False, mistaken("training_loop", "reference-kept")),
    "fatima": ("an exception in evaluate", False, written("evaluate", NO_SUCH_METHOD)),
    "goran": ("a checkpoint that may run code", False, mistaken("training_loop", "code-let-in")),
    "hana": ("a syntax error in one cell", False, written("fit", NO_COLON)),
    "omar": ("handed in the untouched exercise", True, unchanged),
    "pia": ("the first two tasks only", False, answered("training_loop_half")),
}  # fmt: skip
