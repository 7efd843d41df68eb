"""The layers and losses of `torch.nn`, with the same names, arguments and defaults, to be read.

`from nnlib import nn`, then `nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))`.
"""

from nnlib.module import Module, Parameter, Sequential
from nnlib.nn import init
from nnlib.nn.activation import GELU, LeakyReLU, ReLU, Sigmoid, Softmax, Tanh
from nnlib.nn.attention import (
    MultiheadAttention,
    PositionalEncoding,
    ScaledDotProductAttention,
    scaled_dot_product_attention,
)
from nnlib.nn.conv import AvgPool2d, Conv2d, ConvTranspose2d, MaxPool2d
from nnlib.nn.linear import Embedding, Flatten, Linear
from nnlib.nn.loss import BCEWithLogitsLoss, CrossEntropyLoss, MSELoss, kl_standard_normal
from nnlib.nn.norm import BatchNorm1d, BatchNorm2d, Dropout, LayerNorm
from nnlib.nn.rnn import GRU, LSTM, RNN
from nnlib.nn.transformer import TransformerDecoderLayer, TransformerEncoderLayer

__all__ = [
    "GELU",
    "GRU",
    "LSTM",
    "RNN",
    "AvgPool2d",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv2d",
    "ConvTranspose2d",
    "CrossEntropyLoss",
    "Dropout",
    "Embedding",
    "Flatten",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "MSELoss",
    "MaxPool2d",
    "Module",
    "MultiheadAttention",
    "Parameter",
    "PositionalEncoding",
    "ReLU",
    "ScaledDotProductAttention",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "TransformerDecoderLayer",
    "TransformerEncoderLayer",
    "init",
    "kl_standard_normal",
    "scaled_dot_product_attention",
]
