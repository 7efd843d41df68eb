# correct, patience counted down, helpers, one way back for both ends | loses: nothing
# %% is-better
def is_better(val_loss: float, best_loss: float, min_delta: float = 0.0) -> bool:
    threshold = best_loss - min_delta
    if val_loss < threshold:
        return True
    else:
        return False

# %% early-stopping
class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best_loss = math.inf
        self.best_weights = None
        self.best_epoch = None
        self.next_epoch = 0
        self.left = patience

    def remember(self, val_loss, weights):
        self.best_loss = val_loss
        self.best_weights = []
        for w in weights:
            self.best_weights.append(np.array(w))
        self.best_epoch = self.next_epoch
        self.left = self.patience

    def update(self, val_loss, weights):
        if is_better(val_loss, self.best_loss, self.min_delta):
            self.remember(val_loss, weights)
        else:
            self.left -= 1
        self.next_epoch += 1
        return self.left < 1

# %% train-until
def bring_back(weights, best):
    if best is None:
        return
    for i in range(len(weights)):
        weights[i].fill(0)
        weights[i] += best[i]


def train_until(step, validate, weights, stopper, max_epochs):
    losses = []
    for epoch in range(1, max_epochs + 1):
        step(weights)
        loss = validate(weights)
        losses.append(loss)
        if stopper.update(loss, weights) or epoch == max_epochs:
            bring_back(weights, stopper.best_weights)
            return losses
