"""Other people's answers to gpt."""

from autograder.marking.mistakes import changed
from autograder.sample_class.changes import answers
from tests.exercises.variants import wrong

# Answers of the sample class that stand here, too.
FUSED_ANSWER = answers("gpt_fused")
LOOPS_ANSWER = answers("gpt_loops")

BATCH = """def get_batch(tokens, block_size, batch_size, generator):
    starts = torch.randint(len(tokens) - block_size, (batch_size,), generator=generator)
    x = torch.stack([tokens[i:i + block_size] for i in starts])
    y = torch.stack([tokens[i + 1:i + 1 + block_size] for i in starts])
    return x, y
"""
HEAD = """class CausalSelfAttention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(dim, dim)

    def forward(self, x):
"""
ATTENTION = HEAD + """        B, T, dim = x.shape
        d = dim // self.heads
        q, k, v = self.qkv(x).split(dim, dim=-1)
        q = q.view(B, T, self.heads, d).transpose(1, 2)
        k = k.view(B, T, self.heads, d).transpose(1, 2)
        v = v.view(B, T, self.heads, d).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(d)
        mask = torch.tril(torch.ones(T, T)) == 0
        scores = scores.masked_fill(mask, float("-inf"))
        weights = torch.softmax(scores, dim=-1)
        o = (weights @ v).transpose(1, 2).reshape(B, T, dim)
        return self.out(o)
"""
BLOCK = """class Block(nn.Module):
    def __init__(self, dim, attention, mlp):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attention = attention
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = mlp

    def forward(self, x):
        h = x + self.attention(self.norm1(x))
        return h + self.mlp(self.norm2(h))
"""
GPT = """class GPT(nn.Module):
    def __init__(self, vocab_size, block_size, dim, blocks):
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, dim)
        self.positions = nn.Embedding(block_size, dim)
        self.blocks = nn.ModuleList(blocks)
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, vocab_size)

    def forward(self, idx):
        x = self.tokens(idx) + self.positions(torch.arange(idx.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))
"""
GENERATE = """@torch.no_grad()
def generate(model, idx, steps, block_size, temperature=1.0, top_k=None, generator=None):
    for _ in range(steps):
        logits = model(idx[:, -block_size:])[:, -1]
        if temperature == 0:
            new = logits.argmax(dim=-1, keepdim=True)
        else:
            logits = logits / temperature
            if top_k is not None:
                values, places = logits.topk(top_k, dim=-1)
                logits = torch.full_like(logits, float("-inf")).scatter(1, places, values)
            new = torch.multinomial(torch.softmax(logits, dim=-1), 1, generator=generator)
        idx = torch.cat([idx, new], dim=1)
    return idx
"""

RIGHT = {
    "my own": {"get-batch": BATCH, "attention": ATTENTION, "block": BLOCK, "gpt": GPT, "generate": GENERATE},
    "offsets": {
        "get-batch": """def get_batch(tokens, block_size, batch_size, generator):
    starts = torch.randint(0, tokens.shape[0] - block_size, (batch_size, 1), generator=generator)
    at = starts + torch.arange(block_size)
    return tokens[at], tokens[at + 1]
"""
    },
    "unfolded": {
        "get-batch": FUSED_ANSWER["get-batch"]
    },
    "row by row": {
        "get-batch": LOOPS_ANSWER["get-batch"]
    },
    "multinomial starts": {
        "get-batch": """def get_batch(tokens, block_size, batch_size, generator):
    n = tokens.numel() - block_size
    starts = torch.multinomial(torch.ones(n), batch_size, replacement=True, generator=generator).tolist()
    rows = [tokens[s:s + block_size + 1] for s in starts]
    both = torch.stack(rows)
    return both[:, :block_size].clone(), both[:, 1:].clone()
"""
    },
    "list of pairs": {
        "get-batch": """def get_batch(tokens, block_size, batch_size, generator):
    def draw():
        i = int(torch.randint(high=len(tokens) - block_size, size=(1,), generator=generator))
        return tokens[i:i + block_size], tokens[i + 1:i + block_size + 1]
    x, y = zip(*[draw() for _ in range(batch_size)])
    return torch.stack(x), torch.stack(y)
"""
    },
    "PyTorch's attention": {
        "attention": HEAD + """        B, T, C = x.shape
        qkv = self.qkv(x).reshape(B, T, 3, self.heads, C // self.heads).permute(2, 0, 3, 1, 4)
        o = nn.functional.scaled_dot_product_attention(*qkv, is_causal=True)
        return self.out(o.transpose(1, 2).flatten(2))
"""
    },
    "head by head": {
        "attention": HEAD + """        B, T, dim = x.shape
        d = dim // self.heads
        q, k, v = torch.chunk(self.qkv(x), 3, dim=2)
        found = []
        for h in range(self.heads):
            a, b, c = (m[:, :, h * d:(h + 1) * d] for m in (q, k, v))
            scores = torch.einsum("btd,bjd->btj", a, b) * d**-0.5
            scores = scores + torch.full((T, T), -torch.inf, dtype=x.dtype).triu(1)
            found.append(torch.bmm(scores.softmax(-1), c))
        return self.out(torch.cat(found, dim=-1))
"""
    },
    "position by position": {
        "attention": HEAD + """        B, T, dim = x.shape
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
"""
    },
    "a very low score and einsum": {
        "attention": HEAD + """        B, T, dim = x.shape
        heads = self.heads
        q, k, v = [z.unflatten(-1, (heads, dim // heads)) for z in self.qkv(x).tensor_split(3, dim=-1)]
        s = torch.einsum("bthd,bjhd->bhtj", q, k) / np.sqrt(dim / heads)
        later = torch.arange(T)[None, :] > torch.arange(T)[:, None]
        s = torch.where(later, torch.finfo(s.dtype).min, s)
        o = torch.einsum("bhtj,bjhd->bthd", s.softmax(dim=-1), v)
        return self.out(o.flatten(start_dim=-2))
"""
    },
    "softmax by hand": {
        "attention": changed(
            ATTENTION,
            ("torch.softmax(scores, dim=-1)",
             "torch.exp(scores - scores.amax(dim=-1, keepdim=True))\n"
             "        weights = weights / weights.sum(dim=-1, keepdim=True)"),
        )
    },
    "other names in the block": {
        "block": LOOPS_ANSWER["block"]
    },
    "sequences in the block": {
        "block": FUSED_ANSWER["block"]
    },
    "a clone is filled": {
        "block": changed(
            BLOCK,
            ("h = x + self.attention(self.norm1(x))", "h = x.clone()\n        h += self.attention(self.norm1(x))"),
        )
    },
    "a sequence of blocks": {
        "gpt": changed(
            GPT,
            ("nn.ModuleList(blocks)", "nn.Sequential(*blocks)"),
            ("        for block in self.blocks:\n            x = block(x)\n", "        x = self.blocks(x)\n"),
            ("self.positions(torch.arange(idx.shape[1]))", "self.positions.weight[:idx.size(1)]"),
        )
    },
    "positions for every row": {
        "gpt": LOOPS_ANSWER["gpt"]
    },
    "one hot tokens": {
        "gpt": changed(
            GPT,
            ("self.tokens(idx)", "nn.functional.one_hot(idx, self.tokens.num_embeddings).to(self.tokens.weight.dtype)"
                                 " @ self.tokens.weight"),
        )
    },
    "block under no_grad": {
        "generate": """def generate(model, idx, steps, block_size, temperature=1.0, top_k=None, generator=None):
    text = idx.clone()
    with torch.no_grad():
        while text.shape[1] < idx.shape[1] + steps:
            logits = model(text[:, max(0, text.shape[1] - block_size):])[:, -1, :]
            if temperature > 0:
                p = torch.softmax(logits / temperature, dim=1)
                if top_k:
                    best = p.argsort(dim=1, descending=True)[:, :top_k]
                    keep = torch.zeros_like(p).scatter(1, best, 1.0)
                    p = p * keep
                new = torch.multinomial(p, num_samples=1, generator=generator)
            else:
                new = logits.max(dim=1).indices[:, None]
            text = torch.hstack([text, new])
    return text
"""
    },
    "filled in": {
        "generate": LOOPS_ANSWER["generate"]
    },
    "greedy as the top one": {
        "generate": FUSED_ANSWER["generate"]
    },
}

batch = wrong("test-get-batch", "get-batch", BATCH)
attention = wrong("test-attention", "attention", ATTENTION)
block = wrong("test-block", "block", BLOCK)
gpt = wrong("test-gpt", "gpt", GPT)
generate = wrong("test-generate", "generate", GENERATE)

WRONG = {
    # windows of a text
    "last start never": batch(("len(tokens) - block_size,", "len(tokens) - block_size - 1,")),
    "one start too many": batch(("len(tokens) - block_size,", "len(tokens) - block_size + 1,")),
    "first start never": batch(("randint(len", "randint(1, len")),
    "no generator": batch((", generator=generator", "")),
    "generator sown anew": batch(("generator=generator", "generator=generator.manual_seed(0)")),
    "every start once": batch(
        ("torch.randint(len(tokens) - block_size, (batch_size,), generator=generator)",
         "(torch.randperm(len(tokens) - block_size, generator=generator).repeat(batch_size))[:batch_size]"),
    ),
    "one start for all": batch(
        ("(batch_size,), generator=generator)", "(1,), generator=generator).expand(batch_size)")
    ),
    "neighbouring rows": batch(
        ("    x =", "    starts = (starts[0] + torch.arange(batch_size)) % (len(tokens) - block_size)\n    x =")
    ),
    "y is x plus one": batch(("return x, y", "return x, x + 1")),
    # attention
    "mask the other way": attention(("torch.tril", "torch.triu")),
    "itself hidden": attention(("torch.ones(T, T))", "torch.ones(T, T), -1)")),
    "one ahead": attention(("torch.ones(T, T))", "torch.ones(T, T), 1)")),
    "masked with zero": attention(('float("-inf")', "0.0")),
    "masked after the softmax": attention(
        ('scores = scores.masked_fill(mask, float("-inf"))\n        weights = torch.softmax(scores, dim=-1)',
         "weights = torch.softmax(scores, dim=-1).masked_fill(mask, 0.0)"),
    ),
    "root of dim": attention(("math.sqrt(d)", "math.sqrt(dim)")),
    "no root": attention(("math.sqrt(d)", "d")),
    "softmax over the queries": attention(("torch.softmax(scores, dim=-1)", "torch.softmax(scores, dim=-2)")),
    "v before k": attention(("q, k, v =", "q, v, k =")),
    "viewed without transpose": attention(
        ("view(B, T, self.heads, d).transpose(1, 2)", "reshape(B, self.heads, T, d)")
    ),
    "heads side by side wrongly": attention((".transpose(1, 2).reshape(B, T, dim)", ".reshape(B, T, dim)")),
    "heads interleaved": attention(
        ("view(B, T, self.heads, d).transpose(1, 2)", "view(B, T, d, self.heads).permute(0, 3, 1, 2)"),
        (".transpose(1, 2).reshape", ".permute(0, 2, 3, 1).reshape"),
    ),
    "qkv cut within heads": attention(
        ("self.qkv(x).split(dim, dim=-1)", "self.qkv(x).view(B, T, self.heads, 3 * d).split(d, dim=-1)"),
        (".view(B, T, self.heads, d).transpose", ".transpose"),
    ),
    "residual inside": attention(("self.out(o)", "x + self.out(o)")),
    "minus ten for minus infinity": attention(('float("-inf")', "-10.0")),
    # block
    "post norm": block(
        ("x + self.attention(self.norm1(x))", "self.norm1(x + self.attention(x))"),
        ("h + self.mlp(self.norm2(h))", "self.norm2(h + self.mlp(h))"),
    ),
    "one norm for both": block(("self.norm2(h)", "self.norm1(h)")),
    "norm shared": block(("self.norm2 = nn.LayerNorm(dim)", "self.norm2 = self.norm1")),
    "x again": block(("return h +", "return x +")),
    "mlp reads x": block(("self.norm2(h)", "self.norm2(x)")),
    "x changed": block(("h = x + self.attention(self.norm1(x))", "x += self.attention(self.norm1(x))\n        h = x")),
    "parts in a list": block(("self.mlp = mlp", "self.parts = [mlp]"), ("self.mlp(", "self.parts[0](")),
    # the whole
    "blocks in a plain list": gpt(("nn.ModuleList(blocks)", "list(blocks)")),
    "positions from one": gpt(("torch.arange(idx.shape[1])", "torch.arange(idx.shape[1]) + 1")),
    "positions from the end": gpt(("torch.arange(idx.shape[1])", "torch.arange(idx.shape[1]).flip(0)")),
    "positions of the batch": gpt(("torch.arange(idx.shape[1])", "torch.arange(idx.shape[0])[:, None]")),
    "full length only": gpt(("self.positions(torch.arange(idx.shape[1]))", "self.positions.weight")),
    "norm before the blocks": gpt(
        ("self.head(self.norm(x))", "self.head(x)"),
        ("        for block", "        x = self.norm(x)\n        for block"),
    ),
    "first block alone": gpt(("x = block(x)\n", "x = block(x)\n            break\n")),
    "blocks copied": gpt(("nn.ModuleList(blocks)", "nn.ModuleList([blocks[0]] * len(blocks))")),
    "last position alone": gpt(("self.norm(x))", "self.norm(x))[:, -1:]")),
    "residual around the blocks": gpt(("x = block(x)", "x = x + block(x)")),
    # draw, append, repeat
    "never cut": generate(("idx[:, -block_size:]", "idx")),
    "cut from the front": generate(("idx[:, -block_size:]", "idx[:, :block_size]")),
    "one less": generate(("idx[:, -block_size:]", "idx[:, -block_size + 1:]")),
    "result cut": generate(("    for _ in", "    T = idx.shape[1]\n    for _ in"), ("return idx", "return idx[:, T:]")),
    "probabilities divided": generate(
        ("            logits = logits / temperature\n", ""),
        ("torch.softmax(logits, dim=-1)", "torch.softmax(logits, dim=-1) / temperature"),
    ),
    "temperature zero divides": generate(("temperature == 0", "temperature is None")),
    "without the generator": generate((", generator=generator)\n", ")\n")),
    "generator sown for each token": generate(
        ("generator=generator)\n", "generator=generator and generator.manual_seed(0))\n")
    ),
    "all but top_k at zero": generate(('float("-inf")', "0.0")),
    "one more than top_k": generate(("logits.topk(top_k,", "logits.topk(min(top_k + 1, logits.shape[-1]),")),
    "top_k of the first row": generate(
        (".scatter(1, places, values)", ".index_copy(1, places[0], logits[:, places[0]])")
    ),
    "notes taken": generate(("@torch.no_grad()\n", "")),
    "notes off": generate(
        ("@torch.no_grad()\n", ""), ("    for _ in", "    torch.set_grad_enabled(False)\n    for _ in")
    ),
    "one row for all": generate(("idx = torch.cat([idx, new]", "idx = torch.cat([idx, new[:1].expand(len(idx), 1)]")),
    "one draw for all new tokens": generate(
        ("    for _ in range(steps):\n", "    start = idx\n    for _ in range(steps):\n"),
        ("model(idx[", "model(start["),
    ),
}  # fmt: skip
