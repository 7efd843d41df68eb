# only tasks 1 and 2 are written | loses: test-linear-backward, test-numerical-gradient, test-relative-error
# %% linear-backward
def linear_backward(x, W, b, y_true):
    raise NotImplementedError("your code here")

# %% numerical-gradient
def numerical_gradient(f, theta, eps=1e-5):
    raise NotImplementedError("your code here")

# %% relative-error
def relative_error(a, b):
    raise NotImplementedError("your code here")
