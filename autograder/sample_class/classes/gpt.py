"""The class that hands in gpt."""

from autograder.sample_class.changes import Change, answered, mistaken, unchanged, written

NO_SUCH_ATTRIBUTE = """class GPT(nn.Module):
    def __init__(self, vocab_size, block_size, dim, blocks):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocab_size, dim), nn.Embedding(block_size, dim)
        self.blocks, self.norm, self.head = nn.ModuleList(blocks), nn.LayerNorm(dim), nn.Linear(dim, vocab_size)
        self.tokens.weight = self.wte.weight

    def forward(self, idx):
        x = self.tokens(idx) + self.positions(torch.arange(idx.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))
"""
NO_BRACKET = """def generate(model, idx, steps, block_size, temperature=1.0, top_k=None, generator=None):
    with torch.no_grad():
        for _ in range(steps):
            logits = model(idx[:, -block_size:)[:, -1]
            idx = torch.cat([idx, torch.multinomial(logits.softmax(dim=-1), 1, generator=generator)], dim=1)
    return idx
"""

# student -> (what happened, the notebook they started from is untouched?, what they did to it)
STUDENTS: dict[str, tuple[str, bool, Change]] = {
    "ada": ("correct, as in the solution", False, unchanged),
    "bela": ("correct, row by row, position by position", False, answered("gpt_loops")),
    "chidi": ("correct, with PyTorch's own attention", False, answered("gpt_fused")),
    "dora": ("no mask", False, mistaken("gpt", "no-mask")),
    "emil": ("the places forgotten", False, mistaken("gpt", "positions-forgotten")),
    "fatima": ("an exception in GPT", False, written("gpt", NO_SUCH_ATTRIBUTE)),
    "goran": ("the whole text goes into the model", False, mistaken("gpt", "all-of-it")),
    "hana": ("a syntax error in one cell", False, written("generate", NO_BRACKET)),
    "omar": ("handed in the untouched exercise", True, unchanged),
    "pia": ("the first two tasks only", False, answered("gpt_half")),
}  # fmt: skip
