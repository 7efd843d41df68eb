# correct, third style: windows unfolded, PyTorch's own attention, a sequence of blocks | loses: nothing
# %% get-batch
def get_batch(tokens, block_size, batch_size, generator):
    windows = tokens.unfold(0, block_size + 1, 1)
    chosen = windows[torch.randint(len(windows), size=(batch_size,), generator=generator)]
    return chosen[:, :-1], chosen[:, 1:]

# %% attention
class CausalSelfAttention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(dim, dim)

    def forward(self, x):
        B, T, C = x.shape
        qkv = self.qkv(x).reshape(B, T, 3, self.heads, C // self.heads).permute(2, 0, 3, 1, 4)
        o = nn.functional.scaled_dot_product_attention(*qkv, is_causal=True)
        return self.out(o.transpose(1, 2).flatten(2))

# %% block
class Block(nn.Module):
    def __init__(self, dim, attention, mlp, eps=1e-5):
        super().__init__()
        self.first = nn.Sequential(nn.LayerNorm(dim, eps=eps), attention)
        self.second = nn.Sequential(nn.LayerNorm((dim,), eps=eps), mlp)

    def forward(self, x):
        h = torch.add(self.first(x), x)
        return torch.add(self.second(h), h)

# %% gpt
class GPT(nn.Module):
    def __init__(self, vocab_size, block_size, dim, blocks):
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, dim)
        self.positions = nn.Embedding(block_size, dim)
        self.blocks = nn.Sequential(*blocks)
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, vocab_size)

    def forward(self, idx):
        x = self.tokens(idx) + self.positions.weight[:idx.size(1)]
        x = self.blocks(x)
        return self.head(self.norm(x))

# %% generate
def generate(model, idx, steps, block_size, temperature=1.0, top_k=None, generator=None):
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        if temperature == 0:
            temperature, top_k = 1.0, 1
        for _ in range(steps):
            seen = idx if idx.shape[1] <= block_size else idx[:, -block_size:]
            logits = model(seen)[:, -1, :] / temperature
            if top_k is not None:
                values, places = torch.topk(logits, top_k)
                new = places.gather(1, torch.multinomial(values.softmax(1), 1, generator=generator))
            else:
                new = torch.multinomial(logits.softmax(1), 1, generator=generator)
            idx = torch.cat((idx, new), 1)
    finally:
        torch.set_grad_enabled(before)
    return idx
