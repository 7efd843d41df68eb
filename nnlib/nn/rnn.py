"""RNN, LSTM and GRU: layers that read a sequence step by step and remember.

Importing this lets you feed sequences forward through time and gradients back through time (BPTT). All three
share one skeleton: what the inputs say to every step is one matmul before the loop, the loop adds what the
last hidden state says, and the weights' gradients are one matmul after the loop back.
Legend of the shape comments: N batch, T time, D features, H hidden, G gates (rows of weights per unit).
"""

from __future__ import annotations

import numpy as np

from nnlib.module import Module, Parameter, generator
from nnlib.nn.activation import sigmoid
from nnlib.nn.norm import Dropout


class _Recurrent(Module):
    """What RNN, LSTM and GRU have in common: the parameters, the stack of layers, the layout of arrays.

    A subclass says how many gates and states it has, and how one layer steps through time (`_steps`) and
    back (`_steps_backward`). `states` is (S, T + 1, N, H): each state before the first step and after each.
    """

    _gates = 1
    _states = 1

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
                 batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False):
        if num_layers < 1:
            raise ValueError(f"num_layers: expected at least 1, got {num_layers}")
        if bidirectional:
            raise ValueError("bidirectional: expected False (a second layer can read x[::-1]), got True")
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.batch_first = bias, batch_first
        for layer in range(num_layers):
            self._add_layer(layer, hidden_size if layer else input_size)
        for layer in range(1, num_layers):
            setattr(self, f"dropout_l{layer}", Dropout(dropout))

    def _add_layer(self, layer: int, in_size: int) -> None:
        """Draw one layer's parameters, uniform in ±1/sqrt(hidden_size) as in PyTorch."""
        rows, bound = self._gates * self.hidden_size, self.hidden_size**-0.5
        shapes = {"weight_ih": (rows, in_size), "weight_hh": (rows, self.hidden_size)}
        if self.bias:
            shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
        for name, shape in shapes.items():
            values = generator().uniform(-bound, bound, shape).astype(np.float32)
            setattr(self, f"{name}_l{layer}", Parameter(values))

    def _layer(self, layer: int) -> list[Parameter]:
        """weight_ih (G*H, D), weight_hh (G*H, H), and unless bias=False bias_ih and bias_hh (G*H,)."""
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")[:4 if self.bias else 2]
        return [getattr(self, f"{name}_l{layer}") for name in names]

    def _by_gate(self, parameter: Parameter) -> np.ndarray:
        """(G*H, D) -> (G, H, D), one block per gate; a bias (G*H,) -> (G, H, 1)."""
        return parameter.data.reshape(self._gates, self.hidden_size, -1)

    def _swap(self, sequence: np.ndarray) -> np.ndarray:
        """Between the caller's layout and (T, N, ...), the one of the loops."""
        return sequence.swapaxes(0, 1) if self.batch_first else sequence

    def _pack(self, states: np.ndarray) -> np.ndarray | tuple[np.ndarray, ...]:
        """(S, L, N, H) -> h, or for the LSTM (h, c), each (L, N, H)."""
        return tuple(states) if self._states > 1 else states[0]

    def _unpack(self, name: str, packed: np.ndarray | tuple | None, like: np.ndarray) -> np.ndarray:
        """The opposite of `_pack`, zeros for None; checked."""
        shape = (self.num_layers, like.shape[1], self.hidden_size)
        if packed is None:
            return np.zeros((self._states, *shape), like.dtype)
        states = packed if isinstance(packed, tuple) else (packed,)
        if [state.shape for state in states] != [shape] * self._states:
            raise ValueError(f"{name}: expected {self._states} of shape {shape}, "
                             f"got {[state.shape for state in states]}")
        return np.stack(states)

    def forward(self, input: np.ndarray, hx: np.ndarray | tuple | None = None) -> tuple:
        """Read the sequence.

        Shapes: input (T, N, input_size), or (N, T, input_size) with batch_first; hx, the states before the
        first step, (num_layers, N, H), for the LSTM a tuple (h_0, c_0); zeros where None.
        Returns (output, h_n): output (T, N, H) or (N, T, H) is the last layer's hidden state after each
        step; h_n has the form of hx. Raises ValueError where a shape differs or nothing is there to read.
        """
        if input.ndim != 3 or input.shape[2] != self.input_size or 0 in input.shape:
            expected = f"({'N, T' if self.batch_first else 'T, N'}, {self.input_size}) with T, N >= 1"
            raise ValueError(f"input: expected shape {expected}, got {input.shape}")
        x = self._swap(input)                                       # (T, N, D)
        first = self._unpack("hx", hx, x)                           # (S, L, N, H)
        last, caches = [], []
        for layer in range(self.num_layers):
            if layer:
                x = getattr(self, f"dropout_l{layer}")(x)
            states, kept = self._forward_layer(layer, x, first[:, layer])
            caches.append((x, states, kept))
            x = states[0, 1:]                                       # (T, N, H)
            last.append(states[:, -1])
        self._cache = (caches,)
        return self._swap(x), self._pack(np.stack(last, axis=1))

    def _forward_layer(self, layer: int, x: np.ndarray, first: np.ndarray) -> tuple:
        """From x (T, N, D) and first (S, N, H) to states (S, T + 1, N, H) and what `_steps` keeps."""
        w_ih, w_hh, *biases = (self._by_gate(p).swapaxes(1, 2) for p in self._layer(layer))
        b_ih, b_hh = biases or [np.zeros_like(w_ih[:, :1])] * 2     # (G, 1, H)
        z = x.reshape(-1, x.shape[2]) @ w_ih                        # (G, T*N, H)
        z = z.reshape(len(z), *x.shape[:2], -1)                     # (G, T, N, H)
        states = np.empty((self._states, len(x) + 1, *first.shape[1:]), z.dtype)
        states[:, 0] = first
        kept = self._steps(z, states, w_hh.copy(), b_ih, b_hh)      # contiguous, w_hh multiplies faster
        return states, kept

    def backward(self, grad_output: np.ndarray, grad_h_n: np.ndarray | tuple | None = None) -> tuple:
        """Back through time: (grad_output, grad_h_n) -> (grad_input, grad_hx), each shaped like its array.

        grad_h_n, for the LSTM a tuple of two, is zeros where None. Raises ValueError where a shape differs.
        """
        (caches,) = self.saved()
        expected = self._swap(caches[-1][1][0, 1:]).shape
        if grad_output.shape != expected:
            raise ValueError(f"grad_output: expected shape {expected}, got {grad_output.shape}")
        grad = self._swap(grad_output)                              # (T, N, H)
        grad_last = self._unpack("grad_h_n", grad_h_n, grad)        # (S, L, N, H)
        grad_first = np.empty_like(grad_last)
        for layer in reversed(range(self.num_layers)):
            grad, grad_first[:, layer] = self._backward_layer(layer, grad, grad_last[:, layer], *caches[layer])
            if layer:
                grad = getattr(self, f"dropout_l{layer}").backward(grad)
        return self._swap(grad), self._pack(grad_first)

    def _backward_layer(self, layer: int, grad: np.ndarray, grad_last: np.ndarray, x: np.ndarray,
                        states: np.ndarray, kept: np.ndarray | tuple | None) -> tuple[np.ndarray, np.ndarray]:
        """From grad (T, N, H) and grad_last (S, N, H) to the gradients of x (T, N, D) and the first states."""
        weight_ih, weight_hh, *biases = self._layer(layer)
        *grads, grad_first = self._steps_backward(grad, grad_last, states, kept, self._by_gate(weight_hh))
        dx, dh = (g.reshape(len(g), -1, g.shape[3]) for g in grads)  # (G, T*N, H)
        for weight, d, rows in ((weight_ih, dx, x), (weight_hh, dh, states[0, :-1])):
            rows = rows.reshape(d.shape[1], -1)                     # (T*N, D or H)
            weight.add_grad((d.swapaxes(1, 2) @ rows).reshape(weight.shape))
        for bias, d in zip(biases, (dx, dh)):
            bias.add_grad(np.einsum("gnh->gh", d).reshape(-1))      # the sum over all rows
        grad_x = sum(map(np.matmul, dx, self._by_gate(weight_ih)))  # (T*N, D)
        return grad_x.reshape(x.shape), grad_first

    def _steps(self, z: np.ndarray, states: np.ndarray, w: np.ndarray, b_ih: np.ndarray,
               b_hh: np.ndarray) -> np.ndarray | tuple | None:
        """Fill `states` from index 1 on; returns what the way back needs, if it needs more than the states.

        z (G, T, N, H) is what the inputs say to the gates, without bias; w is weight_hh as (G, H, H), to be
        multiplied from the right; b_ih and b_hh are (G, 1, H).
        """
        raise NotImplementedError

    def _steps_backward(self, grad: np.ndarray, grad_last: np.ndarray, states: np.ndarray,
                        kept: np.ndarray | tuple | None, w: np.ndarray) -> tuple[np.ndarray, np.ndarray, tuple]:
        """The gradients of W_ih x and of W_hh h, both (G, T, N, H), and of the first states.

        w is weight_hh as (G, H, H), as the layer holds it: to be multiplied from the right on the way back.
        """
        raise NotImplementedError


class RNN(_Recurrent):
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh): the whole memory passes through the weights at each step.

    `nonlinearity` is "tanh" or "relu"; ValueError otherwise. Shapes: see `forward`. Parameters, per layer l:
    weight_ih_l (H, D), weight_hh_l (H, H), bias_ih_l (H,), bias_hh_l (H,).
    Source: Elman, "Finding structure in time", 1990.
    """

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, nonlinearity: str = "tanh",
                 bias: bool = True, batch_first: bool = False, dropout: float = 0.0,
                 bidirectional: bool = False):
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"nonlinearity: expected 'tanh' or 'relu', got {nonlinearity!r}")
        super().__init__(input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional)
        self.nonlinearity = nonlinearity

    def _steps(self, z, states, w, b_ih, b_hh):
        (z,), (w,), (h,), b = z, w, states, (b_ih + b_hh)[0]
        for t in range(len(z)):
            z_t = z[t] + h[t] @ w + b                               # (N, H)
            h[t + 1] = np.tanh(z_t) if self.nonlinearity == "tanh" else np.maximum(z_t, 0)

    def _steps_backward(self, grad, grad_last, states, kept, w):
        (w,), (dh,), h = w, grad_last, states[0, 1:]
        dz = 1 - h * h if self.nonlinearity == "tanh" else (h > 0).astype(h.dtype)  # the slope at each step
        for t in reversed(range(len(grad))):
            dz[t] *= grad[t] + dh
            dh = dz[t] @ w                                          # (N, H): passed on to the step before
        return dz[None], dz[None], (dh,)


class LSTM(_Recurrent):
    """Long short-term memory: a cell c that is kept or forgotten, added to, and shown, by three gates.

    i, f, o = sigmoid(W x + V h + b), g = tanh(W x + V h + b); c' = f c + i g; h' = o tanh(c').
    Shapes: see `forward`. Parameters, per layer l, the gates stacked in the order i, f, g, o:
    weight_ih_l (4H, D), weight_hh_l (4H, H), bias_ih_l (4H,), bias_hh_l (4H,).
    Source: Hochreiter and Schmidhuber, 1997; the forget gate is from Gers, Schmidhuber and Cummins, 2000.
    """

    _gates = 4
    _states = 2

    def _steps(self, z, states, w, b_ih, b_hh):
        h, c = states
        b = b_ih + b_hh
        # sigmoid(z) = tanh(z / 2) / 2 + 1 / 2: with these, one tanh serves all four gates.
        scale = np.array([0.5, 0.5, 1, 0.5], z.dtype).reshape(4, 1, 1)
        shift = 1 - scale
        for t in range(z.shape[1]):
            z_t = z[:, t]                                           # (4, N, H), turned into the gates
            z_t += h[t] @ w + b
            z_t *= scale
            np.tanh(z_t, out=z_t)
            z_t *= scale
            z_t += shift
            i, f, g, o = z_t                                        # (N, H) each
            c[t + 1] = f * c[t] + i * g
            h[t + 1] = o * np.tanh(c[t + 1])
        return z

    def _steps_backward(self, grad, grad_last, states, gates, w):
        (h, c), (dh, dc), (i, f, g, o) = states, grad_last, gates
        tanh_c = np.tanh(c[1:])                                     # (T, N, H)
        dz = gates * (1 - gates)                                    # (4, T, N, H): first all slopes ...
        dz[2] = 1 - g * g
        for slope, factor in zip(dz, (g, c[:-1], i, tanh_c)):
            slope *= factor
        for t in reversed(range(len(grad))):                        # ... then what arrives at each step
            dh = dh + grad[t]
            dc = dc + dh * (o[t] - h[t + 1] * tanh_c[t])            # o (1 - tanh^2 c)
            dz[:3, t] *= dc
            dz[3, t] *= dh
            dc = dc * f[t]                                          # the cell's own way back: no weights
            dh = (dz[:, t] @ w).sum(axis=0)                         # (N, H)
        return dz, dz, (dh, dc)


class GRU(_Recurrent):
    """Gated recurrent unit: the LSTM's idea with one state and three gates.

    r, z = sigmoid(W x + b + V h + c), n = tanh(W x + b + r (V h + c)); h' = (1 - z) n + z h.
    Shapes: see `forward`. Parameters, per layer l, the gates stacked in the order r, z, n:
    weight_ih_l (3H, D), weight_hh_l (3H, H), bias_ih_l (3H,), bias_hh_l (3H,).
    Source: Cho et al., 2014; as in PyTorch, r also scales the bias of n's hidden part.
    """

    _gates = 3

    def _steps(self, z, states, w, b_ih, b_hh):
        (h,), from_h = states, np.empty_like(z[0])                  # from_h (T, N, H): n's hidden part
        for t in range(z.shape[1]):
            z_t, v = z[:, t], h[t] @ w + b_hh                       # (3, N, H); z_t is turned into the gates
            z_t += b_ih
            r, u, n = z_t                                           # u for update: the z of the formula
            z_t[:2] = sigmoid(z_t[:2] + v[:2])
            from_h[t] = v[2]
            n[...] = np.tanh(n + r * from_h[t])
            h[t + 1] = n + u * (h[t] - n)
        return z, from_h

    def _steps_backward(self, grad, grad_last, states, kept, w):
        ((r, u, n), from_h), (h,), (dh,) = kept, states, grad_last
        slope_n = (1 - u) * (1 - n * n)                             # (T, N, H)
        dx = np.stack([slope_n * from_h * r * (1 - r), (h[:-1] - n) * u * (1 - u), slope_n])
        dv = np.stack([dx[0], dx[1], slope_n * r])                  # (3, T, N, H): so far only slopes
        for t in reversed(range(len(grad))):
            dh = dh + grad[t]
            dx[:, t] *= dh
            dv[:, t] *= dh
            dh = dh * u[t] + (dv[:, t] @ w).sum(axis=0)             # (N, H)
        return dx, dv, (dh,)
