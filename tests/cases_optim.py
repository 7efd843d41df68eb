"""The registry of optimizers and schedules: for each public class a NumPy constructor and its PyTorch twin.

The first argument of each constructor is left open: parameters for an optimizer, an optimizer for a schedule.
"""

from dataclasses import dataclass, field
from typing import Any

import torch

from nnlib import optim


@dataclass(frozen=True)
class Case:
    """Our class, PyTorch's class, and the arguments after the first, the same for both."""

    ours: Any
    theirs: Any
    options: dict = field(default_factory=dict)

    def __str__(self):
        return "-".join([self.ours.__name__, *self.options])


def _optimizer(name, **options):
    return Case(getattr(optim, name), getattr(torch.optim, name), options)


def _schedule(name, **options):
    return Case(getattr(optim, name), getattr(torch.optim.lr_scheduler, name), options)


def _sequence(module):
    """Warm-up, a cosine, then a constant tenth: for nnlib.optim and for torch.optim.lr_scheduler."""
    def build(optimizer):
        parts = [
            module.LinearLR(optimizer, 0.1, total_iters=4),
            module.CosineAnnealingLR(optimizer, T_max=10),
            module.LambdaLR(optimizer, lambda t: 0.1),
        ]
        return module.SequentialLR(optimizer, parts, milestones=[4, 14])
    build.__name__ = "SequentialLR"
    return build


OPTIMIZERS = [
    _optimizer("SGD"),
    _optimizer("SGD", lr=0.1, weight_decay=0.1),
    _optimizer("SGD", lr=0.1, momentum=0.9),
    _optimizer("SGD", lr=0.1, momentum=0.9, dampening=0.5, weight_decay=0.1),
    _optimizer("SGD", lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1),
    _optimizer("RMSprop"),
    _optimizer("RMSprop", lr=0.1, alpha=0.9, eps=1e-3, weight_decay=0.1, momentum=0.9),
    _optimizer("Adagrad"),
    _optimizer("Adagrad", lr=0.1, lr_decay=0.1, weight_decay=0.1, initial_accumulator_value=0.5, eps=1e-3),
    _optimizer("Adam"),
    _optimizer("Adam", lr=0.1, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1),
    _optimizer("AdamW"),
    _optimizer("AdamW", lr=0.1, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1),
]

SCHEDULES = [
    _schedule("StepLR", step_size=3),
    _schedule("StepLR", step_size=4, gamma=0.5),
    _schedule("ExponentialLR", gamma=0.9),
    _schedule("CosineAnnealingLR", T_max=10),
    _schedule("CosineAnnealingLR", T_max=7, eta_min=0.01),
    _schedule("LinearLR"),
    _schedule("LinearLR", start_factor=0.1, end_factor=0.5, total_iters=8),
    _schedule("LambdaLR", lr_lambda=lambda t: 1 / (1 + t)),
    Case(_sequence(optim), _sequence(torch.optim.lr_scheduler)),
]

# What these look at is a metric, which comes with each step.
PLATEAUS = [
    _schedule("ReduceLROnPlateau"),
    _schedule("ReduceLROnPlateau", factor=0.5, patience=2),
    _schedule("ReduceLROnPlateau", patience=0, cooldown=3, min_lr=0.01),
    _schedule("ReduceLROnPlateau", mode="max", factor=0.3, patience=1, threshold=0.05),
    _schedule("ReduceLROnPlateau", patience=1, threshold=0.2, threshold_mode="abs", factor=0.7, eps=0.02),
    _schedule("ReduceLROnPlateau", mode="max", patience=1, threshold=0.2, threshold_mode="abs", factor=0),
]
