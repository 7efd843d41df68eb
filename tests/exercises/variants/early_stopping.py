"""Answers to early_stopping, right and wrong: {name: {cell: source}}, and for the wrong ones where points are lost."""

from autograder.marking.mistakes import changed

BETTER = '''def is_better(val_loss, best_loss, min_delta=0.0):
    return val_loss < best_loss - min_delta'''

STOPPER = '''class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best_loss = math.inf
        self.best_weights = None
        self.best_epoch = None
        self.epoch = 0
        self.bad = 0

    def update(self, val_loss, weights):
        if is_better(val_loss, self.best_loss, self.min_delta):
            self.best_loss = val_loss
            self.best_weights = [w.copy() for w in weights]
            self.best_epoch = self.epoch
            self.bad = 0
        else:
            self.bad += 1
        self.epoch += 1
        return self.bad >= self.patience'''

LOOP = '''def train_until(step, validate, weights, stopper, max_epochs):
    losses = []
    for epoch in range(max_epochs):
        step(weights)
        loss = validate(weights)
        losses.append(loss)
        if stopper.update(loss, weights):
            break
    if stopper.best_weights is not None:
        for w, best in zip(weights, stopper.best_weights):
            w[...] = best
    return losses'''

RIGHT = {
    "step by step": {"is-better": BETTER, "early-stopping": STOPPER, "train-until": LOOP},
    "a difference": {
        "is-better": "def is_better(val_loss, best_loss, min_delta=0.0):\n    return best_loss - val_loss > min_delta",
    },
    "NaN asked for": {
        "is-better": '''def is_better(val_loss, best_loss, min_delta=0.0):
    if math.isnan(val_loss):
        return False
    if math.isinf(best_loss):
        return val_loss < best_loss
    if val_loss + min_delta < best_loss:
        return True
    else:
        return False''',
    },
    "as bool and float": {
        "is-better": '''def is_better(val_loss: float, best_loss: float, min_delta: float = 0.0) -> bool:
    val_loss, best_loss = float(val_loss), float(best_loss)
    return bool(np.less(val_loss, best_loss - min_delta))''',
    },
    "NaN not equal to itself": {
        "is-better": '''def is_better(val_loss, best_loss, min_delta=0.0):
    return val_loss == val_loss and not val_loss >= best_loss - min_delta''',
    },
    "a lambda": {
        "is-better": "is_better = lambda val_loss, best_loss, min_delta=0.0: best_loss - min_delta > val_loss",
    },
    "is_better again in the watch": {
        "early-stopping": changed(STOPPER, (
            "is_better(val_loss, self.best_loss, self.min_delta)", "val_loss < self.best_loss - self.min_delta")),
    },
    "deepcopy": {
        "early-stopping": "import copy\n\n\n" + changed(
            STOPPER, ("[w.copy() for w in weights]", "copy.deepcopy(weights)")),
    },
    "np.array copies": {
        "early-stopping": changed(STOPPER, ("[w.copy() for w in weights]", "list(map(np.array, weights))")),
    },
    "a count from the end": {
        "early-stopping": '''class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best_loss, self.best_weights, self.best_epoch = math.inf, None, None
        self._seen = -1

    def update(self, val_loss, weights):
        self._seen += 1
        if is_better(val_loss, self.best_loss, self.min_delta):
            self.best_loss, self.best_epoch = val_loss, self._seen
            self.best_weights = []
            for w in weights:
                self.best_weights.append(w + 0)
        last = -1 if self.best_epoch is None else self.best_epoch
        return self._seen - last >= self.patience''',
    },
    "a list of answers": {
        "early-stopping": '''class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best_loss = float("inf")
        self.best_weights = self.best_epoch = None
        self.answers = []

    def update(self, val_loss, weights):
        better = is_better(val_loss, self.best_loss, self.min_delta)
        if better:
            self.best_loss = val_loss
            self.best_weights = [np.copy(w) for w in weights]
            self.best_epoch = len(self.answers)
        self.answers.append(better)
        last = self.answers[-self.patience:]
        return len(last) == self.patience and not any(last)''',
    },
    "a deque": {
        "early-stopping": '''from collections import deque


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.last = deque([True] * patience, maxlen=patience)
        self.min_delta = min_delta
        self.best_loss, self.best_weights, self.best_epoch = math.inf, None, None
        self.number = 0

    def update(self, val_loss, weights):
        self.last.append(bool(is_better(val_loss, self.best_loss, self.min_delta)))
        if self.last[-1]:
            self.best_loss, self.best_epoch = val_loss, self.number
            self.best_weights = [w.copy() for w in weights]
        self.number += 1
        return sum(self.last) == 0''',
    },
    "patience counted down": {
        "early-stopping": changed(STOPPER,
            ("self.bad = 0", "self.left = self.patience"), ("self.bad += 1", "self.left -= 1"),
            ("self.bad >= self.patience", "self.left <= 0")),
    },
    "an early return": {
        "early-stopping": '''class EarlyStopping:
    """Watches."""

    def __init__(self, patience, min_delta=0.0, verbose=False):
        self.settings = (patience, min_delta)
        self.best_loss, self.best_weights, self.best_epoch = math.inf, None, None
        self.epoch, self.waited = -1, 0

    def _remember(self, val_loss, weights):
        self.best_loss = float(val_loss)
        self.best_weights = [np.array(w, copy=True) for w in weights]
        self.best_epoch = self.epoch
        self.waited = 0

    def update(self, val_loss, weights):
        patience, min_delta = self.settings
        self.epoch += 1
        if is_better(val_loss, self.best_loss, min_delta):
            self._remember(val_loss, weights)
            return False
        self.waited += 1
        if self.waited < patience:
            return False
        return True''',
    },
    "a dataclass": {
        "early-stopping": '''from dataclasses import dataclass


@dataclass
class EarlyStopping:
    patience: int
    min_delta: float = 0.0
    best_loss: float = math.inf
    best_weights: list | None = None
    best_epoch: int | None = None
    updates: int = 0
    bad: int = 0

    def update(self, val_loss, weights):
        self.updates, self.bad = self.updates + 1, self.bad + 1
        if is_better(val_loss, self.best_loss, self.min_delta):
            self.best_loss, self.best_epoch, self.bad = val_loss, self.updates - 1, 0
            self.best_weights = [w.copy() for w in weights]
        return self.bad >= self.patience''',
    },
    "all losses kept": {
        "early-stopping": '''class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.losses, self.better = [], []
        self.best_weights = None

    @property
    def best_epoch(self):
        return self.better[-1] if self.better else None

    @property
    def best_loss(self):
        return self.losses[self.better[-1]] if self.better else math.inf

    def update(self, val_loss, weights):
        good = is_better(val_loss, self.best_loss, self.min_delta)
        self.losses.append(val_loss)
        if good:
            self.better.append(len(self.losses) - 1)
            self.best_weights = [w.copy() for w in weights]
        since = len(self.losses) - 1 - self.best_epoch if self.better else len(self.losses)
        return since >= self.patience''',
    },
    "the same arrays filled again": {
        "early-stopping": changed(STOPPER, ("self.best_weights = [w.copy() for w in weights]", (
            "if self.best_weights is None:\n"
            "                self.best_weights = [np.empty_like(w) for w in weights]\n"
            "            for kept, w in zip(self.best_weights, weights):\n"
            "                np.copyto(kept, w)"))),
    },
    "while": {
        "train-until": '''def train_until(step, validate, weights, stopper, max_epochs):
    losses, stop = [], False
    while not stop and len(losses) < max_epochs:
        step(weights)
        losses.append(float(validate(weights)))
        stop = stopper.update(losses[-1], weights)
    if stopper.best_weights is not None:
        for i in range(len(weights)):
            np.copyto(weights[i], stopper.best_weights[i])
    return losses''',
    },
    "a colon in brackets": {
        "train-until": changed(LOOP, ("w[...] = best", "w[:] = best")),
    },
    "from a zero": {
        "train-until": changed(LOOP, ("            w[...] = best", "            w.fill(0)\n            w += best")),
    },
    "None as an empty list": {
        "train-until": changed(LOOP, (
            "    if stopper.best_weights is not None:\n"
            "        for w, best in zip(weights, stopper.best_weights):\n            w[...] = best",
            "    for w, best in zip(weights, stopper.best_weights or []):\n        w[()] = best")),
    },
    "a helper and an early return": {
        "train-until": '''def bring_back(weights, stopper):
    if stopper.best_epoch is None:
        return
    for w, best in zip(weights, stopper.best_weights):
        w.flat = best


def train_until(step, validate, weights, stopper, max_epochs):
    losses = []
    for _ in range(max_epochs):
        step(weights)
        losses += [validate(weights)]
        if stopper.update(losses[-1], weights):
            bring_back(weights, stopper)
            return losses
    bring_back(weights, stopper)
    return losses''',
    },
    "finally": {
        "train-until": '''def train_until(step, validate, weights, stopper, max_epochs):
    losses = []
    try:
        for epoch in range(1, max_epochs + 1):
            step(weights)
            losses.append(validate(weights))
            if stopper.update(losses[-1], weights):
                print("stopped after epoch", epoch)
                return losses
        return losses
    finally:
        if stopper.best_loss < math.inf:
            for w, best in zip(weights, stopper.best_weights):
                w[...] = best''',
    },
    "a generator": {
        "train-until": '''def epochs(step, validate, weights, stopper, max_epochs):
    stop = False
    for _ in range(max_epochs):
        if not stop:
            step(weights)
            loss = validate(weights)
            stop = stopper.update(loss, weights)
            yield loss


def train_until(step, validate, weights, stopper, max_epochs, verbose=False):
    losses = list(epochs(step, validate, weights, stopper, max_epochs))
    if stopper.best_weights:
        [np.copyto(w, best) for w, best in zip(weights, stopper.best_weights)]
    return losses''',
    },
    "recursion": {
        "train-until": '''def train_until(step, validate, weights, stopper, max_epochs):
    step(weights)
    loss = validate(weights)
    if not stopper.update(loss, weights) and max_epochs > 1:
        return [loss] + train_until(step, validate, weights, stopper, max_epochs - 1)
    best = stopper.best_weights
    if best is not None:
        for i, w in enumerate(weights):
            w[...] = best[i]
    return [loss]''',
    },
}


def better(returned, before=""):
    """A slip in is_better."""
    source = f"def is_better(val_loss, best_loss, min_delta=0.0):\n{before}    return {returned}"
    return ["test-is-better"], {"is-better": source}


def watch(*changes):
    """A slip in EarlyStopping."""
    return ["test-early-stopping"], {"early-stopping": changed(STOPPER, *changes)}


def loop(*changes):
    """A slip in train_until."""
    return ["test-train-until"], {"train-until": changed(LOOP, *changes)}


COPIES = "[w.copy() for w in weights]"
COPY = "self.best_weights = [w.copy() for w in weights]"
ADDS = "        else:\n            self.bad += 1"
LAST = "return self.bad >= self.patience"
BRINGS = '''    if stopper.best_weights is not None:
        for w, best in zip(weights, stopper.best_weights):
            w[...] = best
'''

WRONG = {
    # task 1
    "a tie counts": better("val_loss <= best_loss - min_delta"),
    "higher is better": better("val_loss > best_loss + min_delta"),
    "min_delta forgotten": better("val_loss < best_loss"),
    "min_delta for a tie only": better("val_loss < best_loss if min_delta > 0 else val_loss <= best_loss"),
    "min_delta added": better("val_loss < best_loss + min_delta"),
    "min_delta as a share": better("val_loss < best_loss * (1 - min_delta)"),
    "any change": better("abs(best_loss - val_loss) > min_delta"),
    "NaN is better": better("not val_loss >= best_loss - min_delta"),
    "the first is always better": better(
        "val_loss < best_loss - min_delta", "    if best_loss == math.inf:\n        return True\n"),
    "the first unless NaN": better(
        "val_loss < best_loss - min_delta", "    if best_loss == math.inf:\n        return not math.isnan(val_loss)\n"),
    "best 0 is none": better("not best_loss or val_loss < best_loss - min_delta"),
    "loss 0 is none": better("bool(val_loss) and val_loss < best_loss - min_delta"),
    "sizes without signs": better("abs(val_loss) < abs(best_loss) - min_delta"),
    "another default": (["test-is-better"], {"is-better": changed(BETTER, ("min_delta=0.0", "min_delta=1e-3"))}),
    "an error for NaN": better(
        "val_loss < best_loss - min_delta", "    if math.isnan(val_loss):\n        raise ValueError('NaN')\n"),
    "the difference": better("max(best_loss - val_loss - min_delta, 0)"),
    "only finite best": better("math.isfinite(best_loss) and val_loss < best_loss - min_delta"),
    "nothing if not": (["test-is-better"], {"is-better": (
        "def is_better(val_loss, best_loss, min_delta=0.0):\n"
        "    if val_loss < best_loss - min_delta:\n        return True")}),
    # task 2
    "the list itself": watch((COPIES, "weights")),
    "a copy of the list": watch((COPIES, "list(weights)")),
    "views": watch((COPIES, "[w[...] for w in weights]")),
    "frozen": watch((COPY, COPY.replace("w.copy()", "w") + (
        "\n            for w in weights:\n                w.flags.writeable = False"))),
    "only the first array copied": watch((COPIES, "[weights[0].copy()] + weights[1:]")),
    "only the first array kept": watch((COPIES, "[weights[0].copy()]")),
    "one array of all": watch((COPIES, "np.array(weights)")),
    "flat copies": watch((COPIES, "[w.flatten() for w in weights]")),
    "whole numbers": watch((COPIES, "[w.astype(int) for w in weights]")),
    "half the digits": watch((COPIES, "[w.astype(np.float32) for w in weights]")),
    "the latest weights": watch(
        ("            " + COPY + "\n", ""),
        ("        self.epoch += 1", "        " + COPY + "\n        self.epoch += 1")),
    "the first weights": watch(
        ("            " + COPY, "            if self.best_weights is None:\n                " + COPY)),
    "from 1": watch(("self.best_epoch = self.epoch", "self.best_epoch = self.epoch + 1")),
    "only better ones numbered": watch(
        ("            self.bad = 0\n", "            self.bad = 0\n            self.epoch += 1\n"),
        ("        self.epoch += 1\n        return", "        return")),
    "not in a row": watch(("            self.bad = 0\n", "")),
    "one too patient": watch((">= self.patience", "> self.patience")),
    "one too impatient": watch((">= self.patience", ">= self.patience - 1")),
    "True once": watch((">= self.patience", "== self.patience")),
    "anew after a stop": watch((LAST, (
        "if self.bad >= self.patience:\n            self.bad = 0\n            return True\n        return False"))),
    "stays stopped": watch(
        (LAST, "self.done = getattr(self, 'done', False) or self.bad >= self.patience\n        return self.done")),
    "patience 2": watch((">= self.patience", ">= 2")),
    "go on": watch((LAST, "return self.bad < self.patience")),
    "None for no": watch((LAST, "if self.bad >= self.patience:\n            return True")),
    "the count": watch((LAST, "return self.bad")),
    "no min_delta": watch((", self.min_delta)", ")")),
    "arguments exchanged": watch(("val_loss, self.best_loss, self", "self.best_loss, val_loss, self")),
    "lowest, even if not better": watch((ADDS, ADDS + "\n            self.best_loss = min(val_loss, self.best_loss)")),
    "compared with the last": watch((ADDS, ADDS + "\n            self.best_loss = val_loss")),
    "min_delta twice": watch(("self.best_loss = val_loss", "self.best_loss = val_loss - self.min_delta")),
    "best loss not kept": watch(("            self.best_loss = val_loss\n", "")),
    "NaN does not count": watch((ADDS, "        elif not math.isnan(val_loss):\n            self.bad += 1")),
    "NaN forgives": watch((ADDS, ADDS + "\n        if math.isnan(val_loss):\n            self.bad = 0")),
    "NaN stops at once": watch((LAST, "return self.bad >= self.patience or math.isnan(val_loss)")),
    "the first in any case": watch(("if is_better", "if self.best_weights is None or is_better")),
    "waits for a first better one": watch(
        ("            self.bad += 1", "            self.bad += self.best_epoch is not None")),
    "counted from epoch 0": watch((LAST, "return self.epoch - 1 - (self.best_epoch or 0) >= self.patience")),
    "starts at a billion": watch(("self.best_loss = math.inf", "self.best_loss = 1e9")),
    "starts at epoch 0": watch(("self.best_epoch = None", "self.best_epoch = 0")),
    "starts with an empty list": watch(("self.best_weights = None", "self.best_weights = []")),
    "state of all watches": watch(
        ("class EarlyStopping:\n", "class EarlyStopping:\n    bad = [0]\n\n"), ("        self.bad = 0\n\n", "\n"),
        ("self.bad = 0", "self.bad[0] = 0"), ("self.bad += 1", "self.bad[0] += 1"), ("self.bad >=", "self.bad[0] >=")),
    "rising in a row": watch(
        ("        self.epoch += 1", (
            "        self.bad = self.bad if val_loss > getattr(self, 'last', math.inf) else 0\n"
            "        self.last = val_loss\n        self.epoch += 1"))),
    "another default of min_delta": watch(("min_delta=0.0", "min_delta=1e-3")),
    # task 3
    "out with the last": loop(("            break", "            return losses")),
    "brought back at a stop only": loop((BRINGS, ""), ("            break\n", (
        "            for w, best in zip(weights, stopper.best_weights or []):\n"
        "                w[...] = best\n            break\n"))),
    "never brought back": loop((BRINGS, "")),
    "another list": loop((BRINGS, "    weights = stopper.best_weights\n")),
    "other arrays in the list": loop(
        (BRINGS, "    if stopper.best_weights is not None:\n        weights[:] = stopper.best_weights\n")),
    "a loop variable": loop(("w[...] = best", "w = best")),
    "the first array only": loop(("            w[...] = best\n", "            w[...] = best\n            break\n")),
    "first rows only": loop(("w[...] = best", "w[0] = best[0]")),
    "nothing to bring back": loop(
        ("    if stopper.best_weights is not None:\n        for", "    if True:\n        for")),
    "epoch 0 is none": loop(("if stopper.best_weights is not None", "if stopper.best_epoch")),
    "brought back after each epoch": loop((
        "        if stopper.update(loss, weights):\n            break\n" + BRINGS,
        "        stop = stopper.update(loss, weights)\n"
        "        for w, best in zip(weights, stopper.best_weights or []):\n            w[...] = best\n"
        "        if stop:\n            break\n")),
    "the last loss lost": loop(
        ("        losses.append(loss)\n", ""),
        ("            break\n", "            break\n        losses.append(loss)\n")),
    "one epoch too many": loop(("range(max_epochs)", "range(max_epochs + 1)")),
    "one epoch too few": loop(("range(max_epochs)", "range(max_epochs - 1)")),
    "one more after the stop": loop(
        (
            "            break\n",
            "            step(weights)\n            losses.append(validate(weights))\n            break\n",
        )),
    "nobody listens": loop(
        ("        if stopper.update(loss, weights):\n            break\n", "        stopper.update(loss, weights)\n")),
    "no limit but ten": loop(("range(max_epochs)", "range(10)")),
    "validated first": loop(
        (
            "        step(weights)\n        loss = validate(weights)\n",
            "        loss = validate(weights)\n        step(weights)\n",
        )),
    "updated before training": loop(
        (
            (
                "        step(weights)\n"
                "        loss = validate(weights)\n"
                "        losses.append(loss)\n"
                "        if stopper.update(loss, weights):\n"
                "            break\n"
            ),
            (
                "        before = [w.copy() for w in weights]\n"
                "        step(weights)\n"
                "        loss = validate(weights)\n"
                "        losses.append(loss)\n"
                "        if stopper.update(loss, before):\n"
                "            break\n"
            ),
        )),
    "the weights that step returns": loop(("        step(weights)", "        weights = step(weights)")),
    "trained on a copy": loop(("    losses = []", "    losses = []\n    weights = [w.copy() for w in weights]")),
    "the best loss": loop(("return losses", "return [stopper.best_loss]")),
    "nothing returned": loop(("    return losses", "    losses.sort()")),
    "losses in order": loop(("return losses", "return sorted(losses)")),
    "losses up to the best": loop(("return losses", "return losses[:(stopper.best_epoch or 0) + 1]")),
    "the lowest of its own": loop(
        ("        losses.append(loss)\n", (
            "        losses.append(loss)\n"
            "        if loss <= min(losses):\n            kept = [w.copy() for w in weights]\n")),
        ("zip(weights, stopper.best_weights)", "zip(weights, kept)")),
    "NaN ends it": loop(
        ("        if stopper.update(loss, weights):", "        if stopper.update(loss, weights) or math.isnan(loss):")),
    "a watch of its own": loop(("    losses = []", "    losses = []\n    stopper = EarlyStopping(2)")),
    "step twice at first": loop(("    losses = []", "    losses = []\n    step(weights)")),
}
