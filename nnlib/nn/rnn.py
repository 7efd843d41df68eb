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

    def _layer(self, layer: int) -> list[Parameter | None]:
        """weight_ih (G*H, D), weight_hh (G*H, H), bias_ih (G*H,), bias_hh (G*H,) of one layer."""
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        return [getattr(self, f"{name}_l{layer}", None) for name in names]

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
        step; h_n has the form of hx. Raises ValueError where a shape differs.
        """
        x = self._swap(input)                                       # (T, N, D)
        if x.ndim != 3 or x.shape[2] != self.input_size or len(x) == 0:
            expected = f"({'N, T' if self.batch_first else 'T, N'}, {self.input_size})"
            raise ValueError(f"input: expected shape {expected}, got {input.shape}")
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
        """X (T, N, D), first (S, N, H) -> states (S, T + 1, N, H) and what `_steps` keeps for later."""
        weight_ih, weight_hh, bias_ih, bias_hh = self._layer(layer)
        z = x.reshape(-1, x.shape[2]) @ weight_ih.data.T            # (T*N, G*H)
        z = z.reshape(*x.shape[:2], -1)                             # (T, N, G*H)
        if bias_ih is not None:
            z += bias_ih.data
        states = np.empty((self._states, len(x) + 1, *first.shape[1:]), z.dtype)
        states[:, 0] = first
        kept = self._steps(z, states, weight_hh.data, bias_hh.data if self.bias else z.dtype.type(0))
        return states, kept

    def backward(self, grad_output: np.ndarray, grad_h_n: np.ndarray | tuple | None = None) -> np.ndarray:
        """Back through time.

        Shapes: grad_output as output; grad_h_n as h_n (for the LSTM a tuple of two), zeros where None.
        Returns the input's gradient, shaped as input; `self.grad_hx` is then that of hx, in its form.
        Raises ValueError where a shape differs.
        """
        (caches,) = self.saved()
        grad = self._swap(grad_output)                              # (T, N, H)
        expected = caches[-1][1][0, 1:].shape
        if grad.shape != expected:
            raise ValueError(f"grad_output: expected shape {expected}, got {grad.shape} (time first)")
        grad_states = self._unpack("grad_h_n", grad_h_n, grad)      # (S, L, N, H)
        first = []
        for layer in reversed(range(self.num_layers)):
            grad, grad_first = self._backward_layer(layer, grad, grad_states[:, layer], *caches[layer])
            first.insert(0, grad_first)
            if layer:
                grad = getattr(self, f"dropout_l{layer}").backward(grad)
        self.grad_hx = self._pack(np.stack(first, axis=1))
        return self._swap(grad)

    def _backward_layer(self, layer: int, grad: np.ndarray, grad_last: np.ndarray, x: np.ndarray,
                        states: np.ndarray, kept: tuple) -> tuple[np.ndarray, np.ndarray]:
        """Grad (T, N, H), grad_last (S, N, H) -> the gradients of x (T, N, D) and of the first states."""
        weight_ih, weight_hh, bias_ih, bias_hh = self._layer(layer)
        grad_x, grad_h, grad_first = self._steps_backward(grad, grad_last, states, kept, weight_hh.data)
        rows_x = grad_x.reshape(-1, grad_x.shape[2])                # (T*N, G*H)
        rows_h = grad_h.reshape(-1, grad_h.shape[2])                # (T*N, G*H)
        weight_ih.add_grad(rows_x.T @ x.reshape(len(rows_x), -1))
        weight_hh.add_grad(rows_h.T @ states[0, :-1].reshape(len(rows_h), -1))
        if self.bias:
            bias_ih.add_grad(rows_x.sum(axis=0))
            bias_hh.add_grad(rows_h.sum(axis=0))
        return (rows_x @ weight_ih.data).reshape(x.shape), grad_first

    def _steps(self, z: np.ndarray, states: np.ndarray, w: np.ndarray, b: np.ndarray) -> tuple:
        """Fill `states` from index 1 on; returns what the way back needs.

        z (T, N, G*H) is what the inputs say to the gates; w (G*H, H) and b (G*H,) are weight_hh and bias_hh.
        """
        raise NotImplementedError

    def _steps_backward(self, grad: np.ndarray, grad_last: np.ndarray, states: np.ndarray, kept: tuple,
                        w: np.ndarray) -> tuple[np.ndarray, np.ndarray, tuple]:
        """The gradients of W_ih x + b_ih and of W_hh h + b_hh, both (T, N, G*H), and of the first states."""
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

    def _steps(self, z, states, w, b):
        (h,) = states
        z += b
        for t in range(len(z)):
            z[t] += h[t] @ w.T                                      # (N, H)
            h[t + 1] = np.tanh(z[t]) if self.nonlinearity == "tanh" else np.maximum(z[t], 0)

    def _steps_backward(self, grad, grad_last, states, kept, w):
        h, dh = states[0, 1:], grad_last[0]
        dz = 1 - h * h if self.nonlinearity == "tanh" else (h > 0).astype(h.dtype)  # the slope at each step
        for t in reversed(range(len(grad))):
            dz[t] *= grad[t] + dh
            dh = dz[t] @ w                                          # (N, H): passed on to the step before
        return dz, dz, (dh,)


class LSTM(_Recurrent):
    """Long short-term memory: a cell c that is kept or forgotten, added to, and shown, by three gates.

    i, f, o = sigmoid(W x + V h + b), g = tanh(W x + V h + b); c' = f c + i g; h' = o tanh(c').
    Shapes: see `forward`. Parameters, per layer l, the gates stacked in the order i, f, g, o:
    weight_ih_l (4H, D), weight_hh_l (4H, H), bias_ih_l (4H,), bias_hh_l (4H,).
    Source: Hochreiter and Schmidhuber, 1997; the forget gate is from Gers, Schmidhuber and Cummins, 2000.
    """

    _gates = 4
    _states = 2

    def _steps(self, z, states, w, b):
        h, c = states
        # sigmoid(z) = tanh(z / 2) / 2 + 1 / 2, so one tanh serves all four gates.
        scale = np.repeat(np.array([0.5, 0.5, 1, 0.5], z.dtype), self.hidden_size)
        z += b
        z *= scale
        w = w.T * scale                                             # (H, 4H)
        for t in range(len(z)):
            z[t] += h[t] @ w
            gates = np.tanh(z[t], out=z[t])                         # (N, 4H)
            gates *= scale
            gates += 1 - scale
            i, f, g, o = np.split(gates, 4, axis=1)                 # (N, H) each
            c[t + 1] = f * c[t] + i * g
            h[t + 1] = o * np.tanh(c[t + 1])
        return (z,)                                                 # by now the gates of all steps

    def _steps_backward(self, grad, grad_last, states, kept, w):
        (gates,), (_, c), (dh, dc) = kept, states, grad_last
        dz = gates * (1 - gates)                                    # (T, N, 4H): the slope of each sigmoid
        tanh_c = np.tanh(c[1:])                                     # (T, N, H)
        for t in reversed(range(len(grad))):
            i, f, g, o = np.split(gates[t], 4, axis=1)
            dz_i, dz_f, dz_g, dz_o = np.split(dz[t], 4, axis=1)
            dh = dh + grad[t]
            dc = dc + dh * o * (1 - tanh_c[t] * tanh_c[t])
            dz_i *= dc * g
            dz_f *= dc * c[t]
            dz_g[...] = dc * i * (1 - g * g)
            dz_o *= dh * tanh_c[t]
            dc = dc * f                                             # the cell's own path back: no weights
            dh = dz[t] @ w                                          # (N, H)
        return dz, dz, (dh, dc)


class GRU(_Recurrent):
    """Gated recurrent unit: the LSTM's idea with one state and three gates.

    r, z = sigmoid(W x + b + V h + c), n = tanh(W x + b + r (V h + c)); h' = (1 - z) n + z h.
    Shapes: see `forward`. Parameters, per layer l, the gates stacked in the order r, z, n:
    weight_ih_l (3H, D), weight_hh_l (3H, H), bias_ih_l (3H,), bias_hh_l (3H,).
    Source: Cho et al., 2014; as in PyTorch, r also scales the bias of n's hidden part.
    """

    _gates = 3

    def _steps(self, z, states, w, b):
        (h,), size = states, self.hidden_size
        from_h = np.empty((len(z), *h.shape[1:]), z.dtype)          # (T, N, H): n's hidden part
        for t in range(len(z)):
            from_state = h[t] @ w.T + b                             # (N, 3H)
            gates = sigmoid(z[t, :, :2 * size] + from_state[:, :2 * size])
            from_h[t] = from_state[:, 2 * size:]
            n = np.tanh(z[t, :, 2 * size:] + gates[:, :size] * from_h[t])
            h[t + 1] = n + gates[:, size:] * (h[t] - n)
            z[t, :, :2 * size], z[t, :, 2 * size:] = gates, n
        return z, from_h                                            # z: by now the gates of all steps

    def _steps_backward(self, grad, grad_last, states, kept, w):
        (gates, from_h), (h,), (dh,) = kept, states, grad_last
        dx, dv = np.empty_like(gates), np.empty_like(gates)
        for t in reversed(range(len(grad))):
            r, z, n = np.split(gates[t], 3, axis=1)
            dx_r, dx_z, dx_n = np.split(dx[t], 3, axis=1)
            dh = dh + grad[t]
            dx_n[...] = dh * (1 - z) * (1 - n * n)
            dx_z[...] = dh * (h[t] - n) * z * (1 - z)
            dx_r[...] = dx_n * from_h[t] * r * (1 - r)
            dv[t] = dx[t]
            dv[t, :, 2 * self.hidden_size:] *= r
            dh = dh * z + dv[t] @ w                                 # (N, H)
        return dx, dv, (dh,)
