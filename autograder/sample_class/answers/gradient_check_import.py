# imports nnlib.check at the top of a solution cell (it is not there): the cell fails | loses: test-numerical-gradient
# %% numerical-gradient
from nnlib.check import numerical_gradient as library_version
def numerical_gradient(f, theta, eps=1e-5):
    return library_version(f, np.array(theta, float), eps)
