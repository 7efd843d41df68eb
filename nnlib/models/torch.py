"""CharRNN, VAE, GAN, Transformer, GPT: one text for NumPy (numpy.py) and for PyTorch (torch.py).

Compare the two files: NumPy needs a `backward` (and what it keeps for it) where PyTorch has autograd. All the
rest is the same, parameter names included, so that either loads the other's `state_dict`.
Legend of the shape comments: N batch, T time, S source time, D features, E embedding, Z code, K classes.
"""

from __future__ import annotations

import torch as xp
from numpy.random import Generator
from torch import Tensor as Array
from torch import nn

from nnlib.models.shared import mlp, sample
from nnlib.nn.attention import sinusoids


class CharRNN(nn.Module):
    """Reads characters one by one and predicts the next: embedding, LSTM, linear.

    Shapes: tokens (N, T), integers -> (logits (N, T, vocab_size), the LSTM's state, to be handed in again).
    """

    def __init__(self, vocab_size: int, embedding_dim: int = 32, hidden_size: int = 128, num_layers: int = 1):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_dim)
        self.lstm = nn.LSTM(embedding_dim, hidden_size, num_layers, batch_first=True)
        self.head = nn.Linear(hidden_size, vocab_size)

    def forward(self, tokens: Array, state: tuple[Array, Array] | None = None) -> tuple[Array, tuple[Array, Array]]:
        """(N, T) -> ((N, T, K), state)."""
        x, state = self.lstm(self.embedding(tokens), state)         # (N, T, H)
        return self.head(x), state

    @xp.no_grad()
    def generate(self, tokens: Array, new_tokens: int, temperature: float = 1.0, top_k: int | None = None,
                 rng: Generator | None = None) -> Array:
        """Write on: (N, T) -> (N, T + new_tokens). For the rest see `sample`."""
        was_training = self.training
        self.eval()
        logits, state = self(tokens)
        for _ in range(new_tokens):
            new = xp.asarray(sample(logits[:, -1], temperature, top_k, rng))    # (N, 1)
            tokens = xp.concatenate([tokens, new], 1)
            logits, state = self(new, state)                        # the state remembers all before
        self.train(was_training)
        return tokens


class VAE(nn.Module):
    """Variational autoencoder: the encoder names a normal distribution, the decoder gets a draw from it.

    Shapes: x (N, data_size), noise (N, code_size), standard normal -> (logits (N, data_size), mu and log_var
    (N, code_size)). With the noise drawn outside, the draw mu + sigma * noise has a gradient in mu and sigma.
    Source: Kingma and Welling, 2013.
    """

    def __init__(self, data_size: int, hidden_size: int = 128, code_size: int = 2):
        super().__init__()
        self.code_size = code_size
        self.encoder = mlp(nn, data_size, hidden_size, 2 * code_size)
        self.decoder = mlp(nn, code_size, hidden_size, data_size)

    def forward(self, x: Array, noise: Array) -> tuple[Array, Array, Array]:
        """(N, D), (N, Z) -> (N, D), (N, Z), (N, Z)."""
        code = self.encoder(x)                                      # (N, 2Z)
        mu, log_var = code[:, :self.code_size], code[:, self.code_size:]
        spread = xp.exp(0.5 * log_var) * noise
        return self.decoder(mu + spread), mu, log_var


class GAN(nn.Module):
    """A generator that makes data from noise, and a discriminator that tells it from real data.

    Shapes: noise (N, noise_size) -> the discriminator's logits (N, 1) for what the generator makes of it.
    Call `model.generator` and `model.discriminator` alone for the discriminator's turn.
    Source: Goodfellow et al., 2014.
    """

    def __init__(self, data_size: int, noise_size: int = 16, hidden_size: int = 64):
        super().__init__()
        self.generator = mlp(nn, noise_size, hidden_size, hidden_size, data_size)
        self.discriminator = mlp(nn, data_size, hidden_size, hidden_size, 1, activation="LeakyReLU")

    def forward(self, noise: Array) -> Array:
        """(N, Z) -> (N, 1)."""
        return self.discriminator(self.generator(noise))


class Transformer(nn.Module):
    """Encoder-decoder: one stack reads the source, another writes the target while looking at it.

    Shapes: source (N, S), target (N, T), integers -> logits (N, T, target_vocab); position t of the target
    sees its own tokens up to t and all of the source, save tokens equal to `pad`. ValueError over max_len.
    Source: Vaswani et al., 2017, with the norms first (Xiong et al., 2020).
    """

    def __init__(self, source_vocab: int, target_vocab: int, d_model: int = 64, nhead: int = 4,
                 num_layers: int = 2, dim_feedforward: int = 256, dropout: float = 0.0, max_len: int = 64,
                 pad: int | None = None):
        super().__init__()
        self.pad, self.scale = pad, d_model**0.5
        self.source_embedding = nn.Embedding(source_vocab, d_model)
        self.target_embedding = nn.Embedding(target_vocab, d_model)
        positions = xp.asarray(sinusoids(max_len, d_model).astype("float32"))       # (max_len, E)
        self.register_buffer("positions", positions, persistent=False)
        ahead = xp.triu(xp.ones((max_len, max_len), dtype=bool), 1)
        self.register_buffer("ahead", ahead, persistent=False)      # True where a token would see the future
        arguments = (d_model, nhead, dim_feedforward, dropout)
        options = {"batch_first": True, "norm_first": True}
        encoder = [nn.TransformerEncoderLayer(*arguments, **options) for _ in range(num_layers)]
        decoder = [nn.TransformerDecoderLayer(*arguments, **options) for _ in range(num_layers)]
        self.encoder, self.encoder_norm = nn.Sequential(*encoder), nn.LayerNorm(d_model)
        self.decoder, self.decoder_norm = nn.Sequential(*decoder), nn.LayerNorm(d_model)
        self.head = nn.Linear(d_model, target_vocab)

    def encode(self, source: Array) -> tuple[Array, Array | None]:
        """(N, S) -> the memory (N, S, E) and its padding (N, S), True where there is nothing to see."""
        padding = None if self.pad is None else source == self.pad
        x = self._place(self.source_embedding(source))              # (N, S, E)
        for layer in self.encoder:
            x = layer(x, src_key_padding_mask=padding)
        return self.encoder_norm(x), padding

    def decode(self, target: Array, memory: Array, padding: Array | None = None) -> Array:
        """(N, T), (N, S, E) -> logits (N, T, K)."""
        time = target.shape[1]
        x = self._place(self.target_embedding(target))              # (N, T, E)
        for layer in self.decoder:
            x = layer(x, memory, tgt_mask=self.ahead[:time, :time], memory_key_padding_mask=padding)
        return self.head(self.decoder_norm(x))

    def _place(self, x: Array) -> Array:
        """Word vectors (N, T, E) plus where they stand."""
        if x.shape[1] > len(self.positions):
            raise ValueError(f"tokens: expected at most {len(self.positions)} in a row, got {x.shape[1]}")
        return x * self.scale + self.positions[:x.shape[1]]

    def forward(self, source: Array, target: Array) -> Array:
        """(N, S), (N, T) -> (N, T, K)."""
        return self.decode(target, *self.encode(source))

    @xp.no_grad()
    def translate(self, source: Array, start: int, length: int) -> Array:
        """(N, S) -> (N, length): after the token `start`, always the most probable next one."""
        was_training = self.training
        self.eval()
        memory, padding = self.encode(source)
        target = source[:, :1] * 0 + start                          # (N, 1)
        for _ in range(length):
            best = self.decode(target, memory, padding)[:, -1:].argmax(-1)      # (N, 1)
            target = xp.concatenate([target, best], 1)
        self.train(was_training)
        return target[:, 1:]


class Block(nn.Module):
    """One layer of GPT: attention to what came before, then two linear layers; both add to their input."""

    def __init__(self, d_model: int, nhead: int, dropout: float = 0.0):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.attention = nn.MultiheadAttention(d_model, nhead, dropout, batch_first=True)
        self.feed_forward = nn.Sequential(
            nn.Linear(d_model, 4 * d_model),
            nn.GELU(approximate="tanh"),
            nn.Linear(4 * d_model, d_model),
            nn.Dropout(dropout),
        )

    def forward(self, x: Array, mask: Array) -> Array:
        """(N, T, E), (T, T), True where one may not look -> (N, T, E)."""
        y = self.norm1(x)
        x = x + self.attention(y, y, y, attn_mask=mask, need_weights=False)[0]
        return x + self.feed_forward(self.norm2(x))


class GPT(nn.Module):
    """Predicts each next token from those before it: embeddings, blocks, linear.

    Shapes: tokens (N, T), integers, T <= block_size (ValueError) -> logits (N, T, vocab_size).
    Source: Radford et al., 2018 and 2019.
    """

    def __init__(self, vocab_size: int, block_size: int, d_model: int = 128, nhead: int = 4, num_layers: int = 2,
                 dropout: float = 0.0):
        super().__init__()
        self.block_size = block_size
        self.token_embedding = nn.Embedding(vocab_size, d_model)
        self.position_embedding = nn.Embedding(block_size, d_model)
        self.register_buffer("positions", xp.arange(block_size), persistent=False)
        ahead = xp.triu(xp.ones((block_size, block_size), dtype=bool), 1)
        self.register_buffer("ahead", ahead, persistent=False)      # True where a token would see the future
        self.blocks = nn.Sequential(*[Block(d_model, nhead, dropout) for _ in range(num_layers)])
        self.norm = nn.LayerNorm(d_model)
        self.head = nn.Linear(d_model, vocab_size, bias=False)
        for embedding in (self.token_embedding, self.position_embedding):
            nn.init.normal_(embedding.weight, std=0.02)

    def forward(self, tokens: Array) -> Array:
        """(N, T) -> (N, T, K)."""
        time = tokens.shape[1]
        if time > self.block_size:
            raise ValueError(f"tokens: expected at most {self.block_size} in a row, got {time}")
        x = self.token_embedding(tokens) + self.position_embedding(self.positions[:time])   # (N, T, E)
        for block in self.blocks:
            x = block(x, self.ahead[:time, :time])
        return self.head(self.norm(x))

    @xp.no_grad()
    def generate(self, tokens: Array, new_tokens: int, temperature: float = 1.0, top_k: int | None = None,
                 rng: Generator | None = None) -> Array:
        """Write on: (N, T) -> (N, T + new_tokens). For the rest see `sample`."""
        was_training = self.training
        self.eval()
        for _ in range(new_tokens):
            logits = self(tokens[:, -self.block_size:])[:, -1]      # (N, K): what comes after the last
            new = xp.asarray(sample(logits, temperature, top_k, rng))           # (N, 1)
            tokens = xp.concatenate([tokens, new], 1)
        self.train(was_training)
        return tokens
