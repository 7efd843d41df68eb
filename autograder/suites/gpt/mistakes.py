"""Known wrong answers to gpt: the right one with a line or two changed, so that the slip stands out."""

from autograder.marking.mistakes import Mistake, changed

GET_BATCH = """
def get_batch(tokens, block_size, batch_size, generator):
    starts = torch.randint(len(tokens) - block_size, (batch_size, 1), generator=generator)
    places = starts + torch.arange(block_size)
    return tokens[places], tokens[places + 1]
"""

ATTENTION = """
class CausalSelfAttention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(dim, dim)

    def forward(self, x):
        B, T, dim = x.shape
        q, k, v = self.qkv(x).split(dim, dim=2)
        q, k, v = (part.view(B, T, self.heads, -1).transpose(1, 2) for part in (q, k, v))
        scores = q @ k.transpose(2, 3) / math.sqrt(dim // self.heads)
        past = torch.ones(T, T, dtype=torch.bool).tril()
        weights = scores.masked_fill(~past, -math.inf).softmax(dim=3)
        found = (weights @ v).transpose(1, 2).reshape(B, T, dim)
        return self.out(found)
"""

BLOCK = """
class Block(nn.Module):
    def __init__(self, dim, attention, mlp):
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(dim), attention
        self.norm2, self.mlp = nn.LayerNorm(dim), mlp

    def forward(self, x):
        h = x + self.attention(self.norm1(x))
        return h + self.mlp(self.norm2(h))
"""

GPT = """
class GPT(nn.Module):
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

GENERATE = """
@torch.no_grad()
def generate(model, idx, steps, block_size, temperature=1.0, top_k=None, generator=None):
    for _ in range(steps):
        logits = model(idx[:, -block_size:])[:, -1]
        if temperature == 0:
            new = logits.argmax(dim=1, keepdim=True)
        else:
            if top_k is not None:
                smallest = logits.topk(top_k).values[:, -1:]
                logits = logits.masked_fill(logits < smallest, -math.inf)
            new = torch.multinomial((logits / temperature).softmax(dim=1), 1, generator=generator)
        idx = torch.cat([idx, new], dim=1)
    return idx
"""

SEVERAL_HEADS = ["test_attention_heads", "test_attention_scale"]
SHARES = [f"test_generate_{rest}" for rest in ("draws", "temperature", "top_k")]


def slip(cell, source):
    """A function that makes a mistake in a cell: the right source with some changes."""
    def mistake(name, *changes, says, hint, fails, **more):
        return Mistake(name, says, hint, {cell: changed(source, *changes)}, fails, **more)

    return mistake


windows, attention, block = slip("get-batch", GET_BATCH), slip("attention", ATTENTION), slip("block", BLOCK)
whole, writing = slip("gpt", GPT), slip("generate", GENERATE)

MISTAKES = [
    windows("y-is-x", ("tokens[places + 1]", "tokens[places]"),
            says="y is the same window as x; it should start one token later.",
            hint="The model would learn to repeat the token that it sees.",
            fails=["test_get_batch_next"]),

    windows("y-is-before", ("tokens[places], tokens[places + 1]", "tokens[places + 1], tokens[places]"),
            says="y starts one token before x; it should start one later.",
            hint="y is what is to be predicted, so it lies ahead.",
            fails=["test_get_batch_next"]),

    windows("y-two-later", ("places + 1]", "(places + 2).clamp(max=len(tokens) - 1)]"),
            says="y starts two tokens later than x; it should be one.",
            hint="Compare x[0, 1] with y[0, 0]: they are the same token.",
            fails=["test_get_batch_next"]),

    windows("last-start-missing", ("len(tokens) - block_size,", "max(1, len(tokens) - block_size - 1),"),
            says="The last window of the text is never drawn.",
            hint="torch.randint leaves its upper bound out already. How many starts are there, in a text of 6 with "
                 "windows of 4?",
            fails=["test_get_batch_starts"]),

    windows("first-start-missing", ("torch.randint(len(tokens) - block_size,",
                                    "torch.randint(min(1, len(tokens) - block_size - 1), len(tokens) - block_size,"),
            says="The first window of the text is never drawn.",
            hint="The first start is 0.",
            fails=["test_get_batch_starts"]),

    windows("beyond-the-end", ("len(tokens) - block_size,", "len(tokens),"),
            says="Windows may start so late that they do not fit into the text.",
            hint="With N tokens and windows of block_size, the last start must leave room for y, too.",
            fails=["test_get_batch_windows", "test_get_batch_starts"], recognisable=False),

    windows("one-start-for-all", ("(batch_size, 1), generator=generator)", "(1, 1), generator=generator).expand("
                                  "batch_size, 1)"),
            says="All rows of a batch are the same window.",
            hint="Draw batch_size starts, not one.",
            fails=["test_get_batch_starts"]),

    windows("neighbours", ("(batch_size, 1), generator=generator)",
                           "(1, 1), generator=generator) + torch.arange(batch_size)[:, None]\n"
                           "    starts = starts % (len(tokens) - block_size)"),
            says="The rows of a batch start one after the other; each should be drawn anew.",
            hint="Neighbouring windows are nearly the same, so the batch would hold little news.",
            fails=["test_get_batch_starts"]),

    windows("batch-generator-unused", (", generator=generator", ""),
            says="The windows do not come from generator: whatever else draws random numbers has a say in them.",
            hint="torch.randint draws from PyTorch's common generator, unless you hand it another one.",
            fails=["test_get_batch_generator"]),

    attention("no-mask", ("scores.masked_fill(~past, -math.inf)", "scores"),
              says="There is no mask: each position sees those that come after it.",
              hint="In training the answer would lie open. Where j > t the score must be minus infinity.",
              fails=["test_attention_causal", "test_attention_means"]),

    attention("mask-upside-down", (".tril()", ".triu()"),
              says="The mask is turned round: each position sees itself and those that come after it.",
              hint="Print the mask for T = 3. Row t must allow the columns 0 to t.",
              fails=["test_attention_causal", "test_attention_means", "test_attention_one_head"]),

    attention("itself-masked", (".tril()", ".tril(-1)"),
              says="A position does not see itself, and the first one sees nothing: its softmax is NaN.",
              hint="j <= t: the diagonal belongs to the past.",
              fails=["test_attention_means", "test_attention_out"]),

    attention("one-ahead", (".tril()", ".tril(1)"),
              says="Each position also sees the next one.",
              hint="That one is the very token to be predicted. j <= t: the diagonal is the last that counts.",
              fails=["test_attention_causal", "test_attention_means"]),

    attention("mask-after-softmax",
              ("scores.masked_fill(~past, -math.inf).softmax(dim=3)", "scores.softmax(dim=3) * past"),
              says="The future is set to 0 after the softmax, so what is left does not add up to 1.",
              hint="Mask the scores with minus infinity before the softmax; it then shares 1 among the rest.",
              fails=["test_attention_causal", "test_attention_means"]),

    attention("masked-with-zero", ("scores.masked_fill(~past, -math.inf)", "scores.masked_fill(~past, 0.0)"),
              says="The scores of the future are set to 0, and exp(0) is 1: it still has a weight.",
              hint="The exponential of what number is 0?",
              fails=["test_attention_causal", "test_attention_means"]),

    attention("softmax-over-queries", ("softmax(dim=3)", "softmax(dim=2)"),
              says="The softmax runs over the queries; it should run over the keys, for each query.",
              hint="The weights with which one position reads all others add up to 1: those of a row.",
              fails=["test_attention_means", "test_attention_one_head"]),

    attention("scale-forgotten", (" / math.sqrt(dim // self.heads)", ""),
              says="The scores are not divided by the root of d.",
              hint="Products of long vectors are large, and the softmax would hardly choose between them any more.",
              fails=["test_attention_one_head", "test_attention_scale"]),

    attention("scaled-by-dim", ("math.sqrt(dim // self.heads)", "math.sqrt(dim)"),
              says="The scores are divided by the root of dim; it should be the root of a head's d.",
              hint="A product of query and key sums over one head's piece, dim / heads numbers.",
              fails=["test_attention_scale"]),

    attention("scaled-by-d", ("math.sqrt(dim // self.heads)", "(dim // self.heads)"),
              says="The scores are divided by d; it should be its root.",
              hint="A sum of d random products grows with the root of d.",
              fails=["test_attention_one_head", "test_attention_scale"]),

    attention("keys-ask", ("q, k, v = self.qkv", "k, q, v = self.qkv"),
              says="Queries and keys are exchanged.",
              hint="The order in qkv is query, key, value.",
              fails=["test_attention_one_head", *SEVERAL_HEADS]),

    attention("values-first", ("q, k, v = self.qkv", "v, q, k = self.qkv"),
              says="The pieces of qkv are taken in the order value, query, key.",
              hint="The order in qkv is query, key, value.",
              fails=["test_attention_means", "test_attention_one_head", *SEVERAL_HEADS, "test_attention_out"]),

    attention("inputs-as-values",
              ("q, k, v = self.qkv(x).split(dim, dim=2)", "q, k, v = *self.qkv(x).split(dim, dim=2)[:2], x"),
              says="What is averaged is x itself; it should be the values.",
              hint="The last third of qkv is there for that.",
              fails=["test_attention_means", "test_attention_one_head", *SEVERAL_HEADS, "test_attention_out",
                     "test_attention_learns"]),

    attention("heads-interleaved", ("(part.view(B, T, self.heads, -1).transpose(1, 2) for",
                                    "(part.view(B, T, -1, self.heads).permute(0, 3, 1, 2) for"),
              says="The heads' pieces are interleaved: head 0 takes every so many-th number, not the first d.",
              hint="view(B, T, heads, d) keeps neighbours together; view(B, T, d, heads) does not.",
              fails=SEVERAL_HEADS),

    attention("heads-without-transpose", ("part.view(B, T, self.heads, -1).transpose(1, 2) for",
                                          "part.reshape(B, self.heads, T, -1) for"),
              says="The sequence is cut into heads with one reshape, which mixes positions and pieces.",
              hint="reshape only reads the numbers in their order. First view(B, T, heads, d), then transpose(1, 2).",
              fails=["test_attention_causal", *SEVERAL_HEADS]),

    attention("merged-without-transpose", (".transpose(1, 2).reshape(B, T, dim)", ".reshape(B, T, dim)"),
              says="The heads are put together without undoing the transpose: positions and heads are mixed.",
              hint="(B, heads, T, d): first transpose(1, 2), then the last two axes go side by side.",
              fails=["test_attention_causal", *SEVERAL_HEADS]),

    attention("one-head-for-all", ("view(B, T, self.heads, -1)", "view(B, T, 1, -1)"),
              says="All heads share one softmax: the vectors are not cut into pieces.",
              hint="Each head has its own scores, from its own piece of query and key.",
              fails=SEVERAL_HEADS),

    attention("out-forgotten", ("self.out(found)", "found"),
              says="What the heads have found does not go through out.",
              hint="The last line: self.out(...).",
              fails=["test_attention_out"]),

    attention("detached", ("found = (weights @ v)", "found = (weights.detach() @ v)"),
              says="The weights are cut off from the backward, so queries and keys never learn.",
              hint="No .detach() between x and the result.",
              fails=["test_attention_learns"]),

    block("norm-after", ("x + self.attention(self.norm1(x))", "self.norm1(x + self.attention(x))"),
          ("h + self.mlp(self.norm2(h))", "self.norm2(h + self.mlp(h))"),
          says="The layer norms come after the sums (post-norm); here each comes before what it serves.",
          hint="Look at the formula: what is inside of norm_1( )?",
          fails=["test_block_attention", "test_block_mlp", "test_block_parameters"]),

    block("norms-forgotten", ("self.norm1(x)", "x"), ("self.norm2(h)", "h"),
          says="The layer norms are made but not used.",
          hint="attention reads norm1(x), and mlp reads norm2(h).",
          fails=["test_block_attention", "test_block_mlp", "test_block_parameters"]),

    block("first-sum-forgotten", ("h = x + ", "h = "),
          says="What attention finds takes the place of x; it should be added to it.",
          hint="The way around attention is what lets deep networks learn.",
          fails=["test_block_attention", "test_block_mlp", "test_block_parameters"]),

    block("second-sum-forgotten", ("return h + ", "return "),
          says="What the mlp finds takes the place of h; it should be added to it.",
          hint="Look at the formula: there is a plus in both lines.",
          fails=["test_block_attention", "test_block_mlp", "test_block_parameters"]),

    block("mlp-reads-x", ("self.norm2(h)", "self.norm2(x)"),
          says="The mlp reads x; it should read h, with what attention has found.",
          hint="The two steps come one after the other, not side by side.",
          fails=["test_block_mlp"]),

    block("mlp-adds-to-x", ("return h + ", "return x + "),
          says="What the mlp finds is added to x, so what attention found is lost.",
          hint="The second line of the formula begins with h.",
          fails=["test_block_attention", "test_block_mlp"]),

    block("added-to-the-normed", ("h = x + self.attention(self.norm1(x))",
                                  "x = self.norm1(x)\n        h = x + self.attention(x)"),
          says="What attention finds is added to the normalised x; it should be added to x itself.",
          hint="x = norm(x) forgets the x that the sum needs. Give the normalised one another name, or none.",
          fails=["test_block_attention", "test_block_mlp"]),

    block("one-norm-for-both", ("nn.LayerNorm(dim), mlp", "self.norm1, mlp"),
          says="Both readings share one layer norm.",
          hint="Each has its own gain and shift to learn. Make two.",
          fails=["test_block_parameters"]),

    block("x-changed", ("h = x + ", "h = x.add_("), ("self.attention(self.norm1(x))", "self.attention(self.norm1(x)))"),
          says="x itself is changed.",
          hint="x += ... works inside the tensor, and that belongs to whoever called. x + ... makes a new one.",
          fails=["test_block_keeps_x"]),

    whole("positions-forgotten", (" + self.positions(torch.arange(idx.shape[1]))", ""),
          says="The vectors of the places are not added: the model cannot tell in which order the tokens came.",
          hint="positions has a row for each place: 0, 1, 2, ...",
          fails=["test_gpt_positions"]),

    whole("positions-of-tokens", ("torch.arange(idx.shape[1])", "idx % self.positions.num_embeddings"),
          says="The vector of the place is looked up with the number of the token.",
          hint="The place does not depend on which token stands there: torch.arange(T).",
          fails=["test_gpt_positions"]),

    whole("places-from-the-end", ("torch.arange(idx.shape[1])", "torch.arange(idx.shape[1]).flip(0)"),
          says="The places are counted from the end.",
          hint="The first token has place 0.",
          fails=["test_gpt_positions"]),

    whole("norm-not-used", ("self.head(self.norm(x))", "self.head(x)"),
          says="norm is not used.",
          hint="After the blocks: norm, then head.",
          fails=["test_gpt_tokens", "test_gpt_positions", "test_gpt_blocks"]),

    whole("norm-before-blocks", ("        for block", "        x = self.norm(x)\n        for block"),
          ("self.norm(x))", "x)"),
          says="norm comes before the blocks; it should come after them.",
          hint="Each block has its own norms. This one brings what comes out of the last block into order.",
          fails=["test_gpt_blocks"]),

    whole("blocks-not-used", ("            x = block(x)", "            block(x)"),
          says="The blocks are called, but what they return is not used.",
          hint="x = block(x).",
          fails=["test_gpt_blocks"]),

    whole("blocks-backwards", ("in self.blocks:", "in reversed(self.blocks):"),
          says="The blocks are used in the opposite order.",
          hint="The first of the list is the first to read.",
          fails=["test_gpt_blocks"]),

    whole("blocks-added", ("            x = block(x)", "            x = x + block(x)"),
          says="What a block returns is added to x once more.",
          hint="A block adds to its input itself. Here its result is simply the new x.",
          fails=["test_gpt_tokens", "test_gpt_positions", "test_gpt_blocks"]),

    whole("hidden-blocks", ("nn.ModuleList(blocks)", "blocks"),
          says="parameters() does not find the blocks, so no optimizer would train them.",
          hint="A plain list hides its modules from PyTorch. nn.ModuleList does not.",
          fails=["test_gpt_parameters"]),

    whole("tied", ("        self.head = nn.Linear(dim, vocab_size)\n",
                   "        self.head = nn.Linear(dim, vocab_size)\n        self.head.weight = self.tokens.weight\n"),
          says="head and tokens share one matrix; each should have its own.",
          hint="Many GPTs do share it. Here head is an nn.Linear(dim, vocab_size) of its own.",
          fails=["test_gpt_parameters"]),

    whole("probabilities", ("self.head(self.norm(x))", "self.head(self.norm(x)).softmax(dim=-1)"),
          says="Probabilities come back; it should be logits.",
          hint="cross_entropy and generate have a softmax of their own.",
          fails=["test_gpt_tokens", "test_gpt_positions", "test_gpt_blocks"]),

    writing("all-of-it", ("model(idx[:, -block_size:])", "model(idx)"),
            says="The model gets the whole text; it should get the last block_size tokens at most.",
            hint="A GPT has no vectors for places beyond block_size.",
            fails=["test_generate_window"]),

    writing("the-first-tokens", ("idx[:, -block_size:]", "idx[:, :block_size]"),
            says="The model gets the first block_size tokens, so soon it always sees the same.",
            hint="idx[:, -block_size:] are the last ones.",
            fails=["test_generate_greedy", "test_generate_window"]),

    writing("the-last-token", ("idx[:, -block_size:]", "idx[:, -1:]"),
            says="The model gets the last token only.",
            hint="What it gains from reading further back is the point of a GPT.",
            fails=["test_generate_window"]),

    writing("the-first-position", (")[:, -1]", ")[:, 0]"),
            says="The logits of the first position are used; it should be those of the last.",
            hint="Position t says what comes after token t. What is new comes after the last.",
            fails=["test_generate_greedy"]),

    writing("only-what-is-new", ("return idx", "return idx[:, -steps:]"),
            says="Only the new tokens come back; the beginnings are missing.",
            hint="The result has T + steps columns.",
            fails=["test_generate_greedy", "test_generate_window", *SHARES]),

    writing("notes-while-writing", ("@torch.no_grad()\n", ""),
            says="PyTorch takes notes for a backward that never comes; they cost memory and time.",
            hint="@torch.no_grad() above the function, or with torch.no_grad(): inside.",
            fails=["test_generate_takes_no_notes"]),

    writing("never-drawn", ("if temperature == 0:", "if True:"),
            says="It is always the largest logit that wins; nothing is drawn.",
            hint="Only temperature 0 means that.",
            fails=["test_generate_draws", "test_generate_temperature", "test_generate_top_k"]),

    writing("temperature-times", ("logits / temperature", "logits * temperature"),
            says="The logits are multiplied by temperature; they should be divided by it.",
            hint="A high temperature makes all tokens alike: their logits come closer together.",
            fails=["test_generate_temperature", "test_generate_top_k"]),

    writing("temperature-unused", ("(logits / temperature)", "logits"),
            says="temperature changes nothing, unless it is 0: either it is not used, or it divides probabilities, and "
                 "multinomial only looks at their proportions.",
            hint="Divide the logits by it, before the softmax.",
            fails=["test_generate_temperature", "test_generate_top_k"]),

    writing("zero-not-handled", ("        if temperature == 0:\n            new = logits.argmax(dim=1, keepdim=True)\n"
                                 "        else:\n", "        if True:\n"),
            says="Temperature 0 is a division by 0.",
            hint="That case needs a branch of its own: the largest logit.",
            fails=["test_generate_greedy", "test_generate_window"], recognisable=False),

    writing("top-k-zeros", ("logits < smallest, -math.inf", "logits < smallest, 0.0"),
            says="The logits that are out get 0, and exp(0) is 1: they can still be drawn.",
            hint="Minus infinity becomes a probability of 0.",
            fails=["test_generate_top_k"]),

    writing("top-k-unused", ("if top_k is not None:", "if False:"),
            says="top_k is not used.",
            hint="All but the top_k largest logits of a row become minus infinity.",
            fails=["test_generate_top_k"]),

    writing("top-k-one-short", ("logits < smallest", "(logits <= smallest) & (top_k > 1)"),
            says="One token too few stays possible: the smallest of the top_k is out, too.",
            hint="The k-th largest still belongs to the top k.",
            fails=["test_generate_top_k"]),

    writing("top-k-smallest", ("logits.topk(top_k).values", "logits.topk(top_k, largest=False).values"),
            ("logits < smallest", "logits > smallest"),
            says="The top_k smallest logits stay possible; it should be the largest.",
            hint="topk gives the largest, from the largest on.",
            fails=["test_generate_top_k"]),

    writing("top-k-of-the-first-row", ("logits.topk(top_k).values[:, -1:]", "logits[:1].topk(top_k).values[:, -1:]"),
            says="All rows are measured by the first row's k-th largest logit.",
            hint="Each row has its own.",
            fails=["test_generate_top_k"]),

    writing("top-k-alike", ("new = torch.multinomial((logits / temperature).softmax(dim=1), 1, generator=generator)",
                            "shares = (logits / temperature).softmax(dim=1)\n"
                            "            shares = (shares > 0).double() if top_k is not None else shares\n"
                            "            new = torch.multinomial(shares, 1, generator=generator)"),
            says="Of the top_k each is drawn equally often; they should keep their proportions.",
            hint="Softmax over what is left.",
            fails=["test_generate_top_k"]),

    writing("same-for-all-rows", (".softmax(dim=1), 1, generator=generator)",
                                  ".softmax(dim=1)[:1], 1, generator=generator).expand(len(idx), 1)"),
            says="All rows get the token that was drawn for the first.",
            hint="multinomial draws for each row of a matrix.",
            fails=SHARES),

    writing("draws-generator-unused", (", generator=generator)", ")"),
            says="The draws do not come from generator: whatever else draws random numbers has a say in them.",
            hint="torch.multinomial draws from PyTorch's common generator, unless you hand it another one.",
            fails=["test_generate_generator"]),

    *(
        Mistake(f"{cell}-returns-nothing", says=f"{name} returns nothing: its last line, with return, is missing.",
                hint="What a function has computed is gone when it ends, unless it hands it over with return.",
                cells={cell: source.rpartition("\n    return" if source is not ATTENTION else "\n        return")[0]},
                fails=fails)
        for cell, name, source, fails in [
            ("get-batch", "get_batch", GET_BATCH, [f"test_get_batch_{rest}" for rest in ("windows", "next", "starts")]),
            ("attention", "forward", ATTENTION, [f"test_attention_{rest}" for rest in ("causal", "means", "out")]),
            ("generate", "generate", GENERATE, ["test_generate_greedy", *SHARES]),
        ]
    ),
]
