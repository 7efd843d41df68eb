# correct, everything from one list of losses, the loop as a while | loses: nothing
# %% is-better
def is_better(val_loss, best_loss, min_delta=0.0):
    if math.isnan(val_loss):
        return False
    return bool(best_loss - val_loss > min_delta)

# %% early-stopping
import copy


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best_loss, self.best_weights, self.best_epoch = float("inf"), None, None
        self.better = []

    def update(self, val_loss, weights):
        self.better.append(is_better(val_loss, self.best_loss, self.min_delta))
        if self.better[-1]:
            self.best_loss, self.best_weights = val_loss, copy.deepcopy(weights)
            self.best_epoch = len(self.better) - 1
        if len(self.better) < self.patience:
            return False
        return not any(self.better[-self.patience:])

# %% train-until
def train_until(step, validate, weights, stopper, max_epochs):
    losses, stop = [], False
    while not stop and len(losses) < max_epochs:
        step(weights)
        losses.append(float(validate(weights)))
        stop = stopper.update(losses[-1], weights)
    for mine, best in zip(weights, stopper.best_weights or []):
        np.copyto(mine, best)
    return losses
