# the first two tasks only | loses: block, GPT and generate
# %% block
class Block(nn.Module):
    def __init__(self, dim, attention, mlp):
        super().__init__()
        raise NotImplementedError("your code here")

    def forward(self, x):
        raise NotImplementedError("your code here")

# %% gpt
class GPT(nn.Module):
    def __init__(self, vocab_size, block_size, dim, blocks):
        super().__init__()
        raise NotImplementedError("your code here")

    def forward(self, idx):
        raise NotImplementedError("your code here")

# %% generate
def generate(model, idx, steps, block_size, temperature=1.0, top_k=None, generator=None):
    raise NotImplementedError("your code here")
