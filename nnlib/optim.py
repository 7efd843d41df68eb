"""Optimizers and learning-rate schedules: `torch.optim` that you can read.

Importing this lets you turn gradients into steps. Each optimizer is one method, `update`: it gets the
weights `theta`, their gradient and what the optimizer remembers of them, and changes the weights in place.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from nnlib.module import Parameter

_CHUNK = 65_536                                  # elements per update: small enough for the processor's cache


class Optimizer:
    """What all optimizers share: the list of parameters, their memory, and the walk over them.

    `lr` is an ordinary attribute; schedules set it. A parameter whose `grad` is None is left alone, and its
    step counter with it. ValueError where `params` is empty or holds something that is not a Parameter,
    or a number is negative.
    """

    slots = 0                                    # arrays of memory per parameter

    def __init__(self, params: Iterable[Parameter], lr: float, weight_decay: float = 0):
        params = list(params)
        kinds = {type(p).__name__ for p in params if not isinstance(p, Parameter)}
        _require(params and not kinds, "params", "Parameters, such as model.parameters()", kinds or "none")
        self.params = list(dict.fromkeys(params))    # a shared weight is listed twice but moves once
        _non_negative(lr=lr, weight_decay=weight_decay)
        self.lr, self.weight_decay = float(lr), float(weight_decay)
        self.state = [(0, *self.memory(parameter.data)) for parameter in self.params]

    def memory(self, data: np.ndarray) -> list[np.ndarray]:
        """The arrays to keep for a parameter, each shaped like `data`."""
        return [np.zeros_like(data) for _ in range(self.slots)]

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for parameter in self.params:
            parameter.grad = None

    def step(self) -> None:
        """Move every parameter that has a gradient, in place.

        Raises ValueError where a gradient's shape is not its parameter's.
        """
        for index, parameter in enumerate(self.params):
            if parameter.grad is not None:
                t, *memory = self.state[index]
                self._update_in_chunks(t + 1, parameter, memory)
                self.state[index] = (t + 1, *memory)

    def _update_in_chunks(self, t: int, parameter: Parameter, memory: list[np.ndarray]) -> None:
        """Update a few rows at a time: temporary arrays this small never leave the processor's cache."""
        if parameter.grad.shape != parameter.shape:
            raise ValueError(f"grad: expected shape {parameter.shape}, got {parameter.grad.shape}")
        arrays = [np.atleast_1d(array) for array in (parameter.data, parameter.grad, *memory)]
        length = len(arrays[0])
        rows = max(1, _CHUNK * length // max(1, parameter.data.size))
        for start in range(0, length, rows):
            self.update(t, *(array[start : start + rows] for array in arrays))

    def update(self, t: int, theta: np.ndarray, grad: np.ndarray, *memory: np.ndarray) -> None:
        """Step number `t` (from 1) for a piece of one parameter: change `theta` and `memory` in place; one shape."""
        raise NotImplementedError(f"{type(self).__name__} has no update")

    def penalized(self, grad: np.ndarray, theta: np.ndarray) -> np.ndarray:
        """The gradient of loss + weight_decay/2 * |theta|^2, same shape: weight decay as an L2 penalty."""
        return grad + self.weight_decay * theta if self.weight_decay else grad


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum: a ball that keeps rolling (Polyak, 1964; Nesterov, 1983).

    velocity = momentum * velocity + grad;  theta -= lr * velocity. With `nesterov` the step looks ahead:
    grad + momentum * velocity. `dampening` takes its share off each gradient that enters the velocity, but
    the first. ValueError where `nesterov` comes without momentum, or with dampening.
    """

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
    ):
        _non_negative(momentum=momentum)
        _require(not nesterov or (momentum > 0 and dampening == 0), "nesterov",
                 "False without momentum > 0 and dampening 0", nesterov)
        self.momentum, self.dampening, self.nesterov = float(momentum), float(dampening), nesterov
        self.slots = 1 if momentum else 0
        super().__init__(params, lr, weight_decay)

    def update(self, t: int, theta: np.ndarray, grad: np.ndarray, *memory: np.ndarray) -> None:
        """All arrays of one shape."""
        grad = self.penalized(grad, theta)
        for velocity in memory:                  # no velocity without momentum
            velocity *= self.momentum
            velocity += grad if t == 1 else (1 - self.dampening) * grad
            grad = grad + self.momentum * velocity if self.nesterov else velocity
        theta -= self.lr * grad


class RMSprop(Optimizer):
    """Divide each step by the recent size of its gradient (Hinton, lecture 6e of his course, 2012).

    square = alpha * square + (1 - alpha) * grad^2;  theta -= lr * grad / (sqrt(square) + eps).
    With `momentum` the quotient feeds a velocity, as in SGD. ValueError for negative numbers.
    """

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
    ):
        _non_negative(alpha=alpha, eps=eps, momentum=momentum)
        self.alpha, self.eps, self.momentum = float(alpha), float(eps), float(momentum)
        self.slots = 2 if momentum else 1
        super().__init__(params, lr, weight_decay)

    def update(self, t: int, theta: np.ndarray, grad: np.ndarray, *memory: np.ndarray) -> None:
        """All arrays of one shape."""
        square, *velocities = memory
        grad = self.penalized(grad, theta)
        square += (1 - self.alpha) * (grad * grad - square)
        step = grad / (np.sqrt(square) + self.eps)
        for velocity in velocities:              # no velocity without momentum
            velocity *= self.momentum
            velocity += step
            step = velocity
        theta -= self.lr * step


class Adagrad(Optimizer):
    """Divide each step by the size of all its gradients so far (Duchi, Hazan and Singer, 2011).

    total += grad^2;  theta -= lr / (1 + (t - 1) * lr_decay) * grad / (sqrt(total) + eps).
    ValueError for negative numbers.
    """

    slots = 1

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
    ):
        _non_negative(lr_decay=lr_decay, initial_accumulator_value=initial_accumulator_value, eps=eps)
        self.lr_decay, self.eps = float(lr_decay), float(eps)
        self.initial_accumulator_value = float(initial_accumulator_value)
        super().__init__(params, lr, weight_decay)

    def memory(self, data: np.ndarray) -> list[np.ndarray]:
        """The sum of squares, shaped like `data`, starts at `initial_accumulator_value`."""
        return [np.full_like(data, self.initial_accumulator_value)]

    def update(self, t: int, theta: np.ndarray, grad: np.ndarray, *memory: np.ndarray) -> None:
        """All arrays of one shape."""
        (total,) = memory
        grad = self.penalized(grad, theta)
        total += grad * grad
        theta -= self.lr / (1 + (t - 1) * self.lr_decay) * (grad / (np.sqrt(total) + self.eps))


class Adam(Optimizer):
    """Momentum over RMSprop, both corrected for their start at zero (Kingma and Ba, 2015).

    m and v are running means of grad and grad^2; theta -= lr * m_hat / (sqrt(v_hat) + eps), with
    m_hat = m / (1 - beta1^t) and v_hat = v / (1 - beta2^t). `weight_decay` is an L2 penalty: it enters the
    gradient, and so is divided by sqrt(v_hat) like everything else. ValueError unless betas are in [0, 1), and for
    negative numbers.
    """

    slots = 2

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
    ):
        _require(all(0 <= beta < 1 for beta in betas), "betas", "two numbers in [0, 1)", betas)
        _non_negative(eps=eps)
        self.betas, self.eps = tuple(float(beta) for beta in betas), float(eps)
        super().__init__(params, lr, weight_decay)

    def update(self, t: int, theta: np.ndarray, grad: np.ndarray, *memory: np.ndarray) -> None:
        """All arrays of one shape."""
        self._adam(t, theta, self.penalized(grad, theta), *memory)

    def _adam(self, t: int, theta: np.ndarray, grad: np.ndarray, m: np.ndarray, v: np.ndarray) -> None:
        beta1, beta2 = self.betas
        m *= beta1
        m += (1 - beta1) * grad
        v *= beta2
        v += (1 - beta2) * (grad * grad)
        correction = math.sqrt(1 - beta2**t)     # sqrt(v_hat) = sqrt(v) / correction; moved to the numerator
        step = np.sqrt(v)
        step += self.eps * correction
        np.divide(m, step, out=step)
        step *= self.lr * correction / (1 - beta1**t)
        theta -= step


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter, 2019).

    The weights shrink by the factor 1 - lr * weight_decay, whatever the gradients are; then Adam's step.
    """

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ):
        super().__init__(params, lr, betas, eps, weight_decay)

    def update(self, t: int, theta: np.ndarray, grad: np.ndarray, *memory: np.ndarray) -> None:
        """All arrays of one shape."""
        theta *= 1 - self.lr * self.weight_decay
        self._adam(t, theta, grad, *memory)


class LRScheduler:
    """A learning rate that changes while training: `step()` once per epoch (or per batch, as you count).

    `lr_at(t)` is the whole schedule as a function of the step; draw it before you train. Making a schedule
    sets `optimizer.lr` to `lr_at(0)`.
    """

    def __init__(self, optimizer: Optimizer):
        self.optimizer = optimizer
        self.base_lr = vars(optimizer).setdefault("initial_lr", optimizer.lr)    # before any schedule
        self.last_epoch = -1
        self.step()

    def lr_at(self, t: int) -> float:
        """The learning rate after `t` steps."""
        raise NotImplementedError(f"{type(self).__name__} has no lr_at")

    def step(self) -> None:
        """Count one step and set the optimizer's learning rate."""
        self.last_epoch += 1
        self.optimizer.lr = float(self.lr_at(self.last_epoch))    # a Python float keeps float32 weights

    def get_last_lr(self) -> list[float]:
        """The learning rate now, in a list as in PyTorch."""
        return [self.optimizer.lr]


class StepLR(LRScheduler):
    """Multiply the learning rate by `gamma` every `step_size` steps. ValueError where step_size < 1.

    >>> schedule = StepLR(SGD([Parameter(np.ones(3))], lr=8.0), step_size=2, gamma=0.5)
    >>> [schedule.lr_at(t) for t in range(6)]
    [8.0, 8.0, 4.0, 4.0, 2.0, 2.0]
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1):
        _require(step_size >= 1, "step_size", ">= 1", step_size)
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer)

    def lr_at(self, t: int) -> float:
        """A staircase."""
        return self.base_lr * self.gamma ** (t // self.step_size)


class ExponentialLR(LRScheduler):
    """Multiply the learning rate by `gamma` every step."""

    def __init__(self, optimizer: Optimizer, gamma: float):
        self.gamma = gamma
        super().__init__(optimizer)

    def lr_at(self, t: int) -> float:
        """A geometric sequence."""
        return self.base_lr * self.gamma**t


class CosineAnnealingLR(LRScheduler):
    """Half a cosine from the learning rate down to `eta_min` in `T_max` steps (Loshchilov and Hutter, 2017).

    After `T_max` it climbs again, as PyTorch's does. ValueError where T_max < 1.
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0):
        _require(T_max >= 1, "T_max", ">= 1", T_max)
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer)

    def lr_at(self, t: int) -> float:
        """Flat at both ends, steep in the middle."""
        return self.eta_min + (self.base_lr - self.eta_min) * (1 + math.cos(math.pi * t / self.T_max)) / 2


class LinearLR(LRScheduler):
    """Warm-up: in `total_iters` steps from `start_factor` to `end_factor` times the learning rate, in a line.

    ValueError where start_factor is not in (0, 1], end_factor not in [0, 1] or total_iters < 1.
    """

    def __init__(
        self, optimizer: Optimizer, start_factor: float = 1 / 3, end_factor: float = 1.0, total_iters: int = 5
    ):
        _require(0 < start_factor <= 1, "start_factor", "in (0, 1]", start_factor)
        _require(0 <= end_factor <= 1, "end_factor", "in [0, 1]", end_factor)
        _require(total_iters >= 1, "total_iters", ">= 1", total_iters)
        self.start_factor, self.end_factor, self.total_iters = start_factor, end_factor, total_iters
        super().__init__(optimizer)

    def lr_at(self, t: int) -> float:
        """Constant once `total_iters` is reached."""
        done = min(t / self.total_iters, 1.0)
        return self.base_lr * (self.start_factor + (self.end_factor - self.start_factor) * done)


class LambdaLR(LRScheduler):
    """Your own schedule: the learning rate times `lr_lambda(t)`."""

    def __init__(self, optimizer: Optimizer, lr_lambda: Callable[[int], float]):
        self.lr_lambda = lr_lambda
        super().__init__(optimizer)

    def lr_at(self, t: int) -> float:
        """Whatever the function says."""
        return self.base_lr * self.lr_lambda(t)


class SequentialLR(LRScheduler):
    """One schedule after the other: schedule i + 1 takes over at `milestones[i]`, counting from zero there.

    Warm-up and then a cosine: `SequentialLR(opt, [LinearLR(opt, 0.1), CosineAnnealingLR(opt, 95)], [5])`.
    ValueError where milestones are not increasing and one fewer than schedulers.
    """

    def __init__(self, optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int]):
        right = len(milestones) == len(schedulers) - 1 and list(milestones) == sorted(set(milestones))
        _require(right, "milestones", f"{len(schedulers) - 1} increasing steps", milestones)
        self.schedulers, self.milestones = list(schedulers), list(milestones)
        super().__init__(optimizer)

    def lr_at(self, t: int) -> float:
        """Ask the schedule whose turn it is."""
        turn = bisect_right(self.milestones, t)
        return self.schedulers[turn].lr_at(t - [0, *self.milestones][turn])


class ReduceLROnPlateau(LRScheduler):
    """Multiply the learning rate by `factor` once a metric, say the validation loss, has stopped getting better.

    Better means lower (`mode` "min") or higher ("max") than the best so far by more than `threshold`: a share of it
    ("rel") or a number ("abs"). More than `patience` steps in a row without that, and the rate falls, not below
    `min_lr`, and not by less than `eps`; then `cooldown` steps do not count. The metric comes with each step, so
    there is no `lr_at`. ValueError where factor >= 1 or a mode is another one.

    >>> optimizer = SGD([Parameter(np.ones(3))], lr=8.0)
    >>> schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    >>> for loss in [3.0, 2.0, 2.1, 2.1, 2.1, 2.1]:
    ...     schedule.step(loss)
    >>> optimizer.lr
    2.0
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float = 0,
        eps: float = 1e-8,
    ):
        _require(factor < 1, "factor", "< 1", factor)
        _require(mode in ("min", "max"), "mode", "'min' or 'max'", repr(mode))
        _require(threshold_mode in ("rel", "abs"), "threshold_mode", "'rel' or 'abs'", repr(threshold_mode))
        self.optimizer, self.mode, self.factor, self.patience = optimizer, mode, factor, patience
        self.threshold, self.threshold_mode = threshold, threshold_mode
        self.cooldown, self.min_lr, self.eps = cooldown, min_lr, eps
        self.best = math.inf if mode == "min" else -math.inf
        self.last_epoch = self.num_bad_epochs = self.cooldown_counter = 0

    def step(self, metrics: float) -> None:
        """Count one step, in which the metric was `metrics`, and lower the learning rate where it is time."""
        self.last_epoch += 1
        self.num_bad_epochs += 1
        if self.is_better(float(metrics)):
            self.best, self.num_bad_epochs = float(metrics), 0
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            lower = float(max(self.optimizer.lr * self.factor, self.min_lr))
            if self.optimizer.lr - lower > self.eps:
                self.optimizer.lr = lower
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0

    def is_better(self, metric: float) -> bool:
        """Whether `metric` beats the best so far by more than the threshold; NaN never does."""
        sign = 1 if self.mode == "min" else -1
        relative = self.threshold_mode == "rel"
        bar = self.best * (1 - sign * self.threshold) if relative else self.best - sign * self.threshold
        return sign * metric < sign * bar


def clip_grad_norm_(parameters: Iterable[Parameter], max_norm: float) -> float:
    """Shrink all gradients by one factor so that their common norm is at most `max_norm`.

    The step keeps its direction (Pascanu, Mikolov and Bengio, 2013). Returns the norm from before, over all
    parameters that have a gradient (0.0 if none has). A norm that is not finite makes the gradients NaN, as
    in PyTorch: look at what is returned. Raises ValueError where max_norm is negative.

    >>> weight = Parameter(np.zeros(2))
    >>> weight.grad = np.array([30.0, 40.0])
    >>> clip_grad_norm_([weight], max_norm=1.0)
    50.0
    >>> weight.grad.round(4)
    array([0.6, 0.8])
    """
    _non_negative(max_norm=max_norm)
    parameters = [p for p in dict.fromkeys(parameters) if p.grad is not None]
    total = math.sqrt(sum(float(np.sum(np.square(p.grad, dtype=np.float64))) for p in parameters))
    if not total + 1e-6 <= max_norm:             # the 1e-6 is PyTorch's guard against dividing by zero
        for parameter in parameters:
            parameter.grad = parameter.grad * (max_norm / (total + 1e-6))
    return total


def _non_negative(**values: float) -> None:
    for name, value in values.items():
        _require(value >= 0, name, ">= 0", value)


def _require(condition: bool, name: str, expected: str, got: object) -> None:
    """Raise the ValueError that names the argument, what was expected and what came."""
    if not condition:
        raise ValueError(f"{name}: expected {expected}, got {got}")
