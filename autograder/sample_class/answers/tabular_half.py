# the first two tasks only | loses: train-classifier, feature-importance
# %% train-classifier
def train_classifier(X, y, rng):
    raise NotImplementedError("your code here")

# %% feature-importance
def feature_importance(params):
    raise NotImplementedError("your code here")
