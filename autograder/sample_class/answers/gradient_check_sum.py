# sum instead of mean | loses: test-mse-loss, test-linear-backward
# %% mse-loss
def mse_loss(y_pred, y_true):
    return float(np.sum((y_pred - y_true) ** 2))
