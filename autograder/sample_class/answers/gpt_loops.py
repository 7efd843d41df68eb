# correct, second style: row by row, position by position, the parts in a list | loses: nothing
# %% get-batch
def get_batch(tokens, block_size: int, batch_size: int, generator: torch.Generator):
    """One row after the other."""
    x = torch.zeros(batch_size, block_size, dtype=torch.int64)
    y = torch.zeros_like(x)
    for row in range(batch_size):
        s = torch.randint(len(tokens) - block_size, (), generator=generator).item()
        for j in range(block_size):
            x[row, j] = tokens[s + j]
            y[row, j] = tokens[s + j + 1]
    return x, y

# %% attention
class CausalSelfAttention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(dim, dim)

    def forward(self, x):
        B, T, dim = x.shape
        d = dim // self.heads
        z = self.qkv(x)
        q, k, v = z[..., :dim], z[..., dim:2 * dim], z[..., 2 * dim:]
        rows = []
        for t in range(T):
            pieces = []
            for h in range(self.heads):
                part = slice(h * d, (h + 1) * d)
                s = (k[:, :t + 1, part] * q[:, t:t + 1, part]).sum(-1) / d**0.5
                a = torch.softmax(s, dim=1)
                pieces.append((a[:, :, None] * v[:, :t + 1, part]).sum(dim=1))
            rows.append(torch.cat(pieces, dim=-1))
        return self.out(torch.stack(rows, dim=1))

# %% block
class Block(nn.Module):
    def __init__(self, dim, attention, mlp):
        super().__init__()
        self.parts = nn.ModuleList([nn.LayerNorm(dim), attention, nn.LayerNorm(dim), mlp])

    def forward(self, x):
        for norm, part in zip(self.parts[::2], self.parts[1::2]):
            x = x + part(norm(x))
        return x

# %% gpt
class GPT(nn.Module):
    def __init__(self, vocab_size, block_size, dim, blocks):
        super().__init__()
        self.block_size = block_size
        self.head = nn.Linear(dim, vocab_size)
        self.norm = nn.LayerNorm(dim)
        self.blocks = nn.ModuleList()
        for b in blocks:
            self.blocks.append(b)
        self.positions = nn.Embedding(block_size, dim)
        self.tokens = nn.Embedding(vocab_size, dim)
        self.register_buffer("places", torch.arange(block_size), persistent=False)

    def forward(self, idx):
        B, T = idx.shape
        assert 1 <= T <= self.block_size
        h = self.tokens(idx) + self.positions(self.places[:T].expand(B, T))
        for i in range(len(self.blocks)):
            h = self.blocks[i](h)
        return self.head(self.norm(h))

# %% generate
@torch.inference_mode()
def generate(model, idx, steps, block_size, temperature=1.0, top_k=None, generator=None):
    B, T = idx.shape
    out = torch.empty(B, T + steps, dtype=torch.int64)
    out[:, :T] = idx
    for t in range(T, T + steps):
        logits = model(out[:, max(0, t - block_size):t])[:, -1]
        if temperature == 0.0:
            out[:, t] = torch.argmax(logits, -1)
            continue
        values, places = torch.topk(logits, top_k or logits.shape[-1])
        drawn = torch.multinomial((values / temperature).softmax(-1), 1, generator=generator)
        out[:, t] = places.gather(1, drawn).squeeze(1)
    return out.clone()
