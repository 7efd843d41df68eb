# the first three tasks, the others untouched | loses: forward, count-parameters
# %% forward
def forward(X, layers):
    """The forward pass of a network: ReLU between the layers, softmax at the end."""
    raise NotImplementedError("your code here")

# %% count-parameters
def count_parameters(sizes):
    """All weights and biases of a network."""
    raise NotImplementedError("your code here")
