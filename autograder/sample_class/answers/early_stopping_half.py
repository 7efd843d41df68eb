# is_better and half of the watch | loses: some of task 2, and task 3
# %% early-stopping
class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.best_loss = math.inf
        self.best_weights = None
        self.best_epoch = None

    def update(self, val_loss, weights):
        raise NotImplementedError("your code here")

# %% train-until
def train_until(step, validate, weights, stopper, max_epochs):
    raise NotImplementedError("your code here")
