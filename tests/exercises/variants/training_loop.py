"""Other people's answers to training_loop."""

from autograder.marking.mistakes import changed

TRAIN = """def train_epoch(model, X, y, optimizer, batch_size, generator):
    model.train()
    total = 0.0
    for batch in torch.randperm(len(X), generator=generator).split(batch_size):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(X[batch]), y[batch])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    return total / len(X)
"""
LOADER = """from torch.utils.data import DataLoader, TensorDataset

def train_epoch(model, X, y, optimizer, batch_size, generator):
    model.train()
    total = 0.0
    for xb, yb in DataLoader(TensorDataset(X, y), batch_size, shuffle=True, generator=generator):
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(model(xb), yb)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(xb)
    return total / len(X)
"""
EVALUATE = """def evaluate(model, X, y):
    mode = model.training
    model.eval()
    with torch.no_grad():
        scores = model(X)
        loss = nn.functional.cross_entropy(scores, y)
        accuracy = (scores.argmax(dim=1) == y).float().mean()
    model.train(mode)
    return loss.item(), accuracy.item()
"""
FIT = """import copy

def fit(model, run_epoch, validate, epochs):
    train_losses, val_losses = [], []
    best_loss, best = math.inf, None
    for epoch in range(epochs):
        train_losses.append(run_epoch())
        val_loss = validate()
        val_losses.append(val_loss)
        if val_loss < best_loss:
            best_loss, best = val_loss, copy.deepcopy(model.state_dict())
    model.load_state_dict(best)
    return train_losses, val_losses
"""
SAVE = """def save_checkpoint(path, model, optimizer, epoch):
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}, path)
"""
LOAD = """def load_checkpoint(path, model, optimizer):
    found = torch.load(path, weights_only=True)
    model.load_state_dict(found["model"])
    optimizer.load_state_dict(found["optimizer"])
    return found["epoch"]
"""

RIGHT = {
    "my own": {
        "train-epoch": TRAIN,
        "evaluate": EVALUATE,
        "fit": FIT,
        "save-checkpoint": SAVE,
        "load-checkpoint": LOAD,
    },
    "loader": {"train-epoch": LOADER},
    "loader of numbers": {
        "train-epoch": """def train_epoch(model, X, y, optimizer, batch_size, generator):
    model.train()
    losses = []
    loader = torch.utils.data.DataLoader(range(len(X)), batch_size=batch_size, shuffle=True, generator=generator)
    for i in loader:
        each = nn.functional.cross_entropy(model(X[i]), y[i], reduction="none")
        optimizer.zero_grad()
        each.mean().backward()
        optimizer.step()
        losses.append(each.detach())
    return torch.cat(losses).mean().item()
"""
    },
    "samplers": {
        "train-epoch": """from torch.utils.data import BatchSampler, RandomSampler

def train_epoch(model, X, y, optimizer, batch_size, generator):
    model.train()
    means, sizes = [], []
    for batch in BatchSampler(RandomSampler(range(len(X)), generator=generator), batch_size, drop_last=False):
        loss = nn.functional.cross_entropy(model(X[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        means.append(loss.item())
        sizes.append(len(batch))
    return float(np.average(means, weights=sizes))
"""
    },
    "ranges and a shuffled copy": {
        "train-epoch": '''def train_epoch(model: nn.Module, X, y, optimizer, batch_size: int, generator, show=False):
    """One epoch."""
    model.train(True)
    criterion = nn.CrossEntropyLoss(reduction="sum")
    N = X.shape[0]
    order = torch.randperm(N, generator=generator)
    X, y = X[order], y[order]
    total = 0
    for start in range(0, N, batch_size):
        xb, yb = X[start:start + batch_size], y[start:start + batch_size]
        summed = criterion(model(xb), yb)
        optimizer.zero_grad()
        (summed / len(yb)).backward()
        optimizer.step()
        total = total + float(summed)
        if show:
            print(start, float(summed))
    return total / N
'''
    },
    "wiped after each step and once before": {
        "train-epoch": """def train_epoch(model, X, y, optimizer, batch_size, generator):
    if not model.training:
        model.train()
    optimizer.zero_grad()
    total = torch.zeros((), dtype=torch.float64)
    for batch in torch.split(torch.randperm(len(y), generator=generator), batch_size):
        loss = nn.functional.nll_loss(torch.log_softmax(model(X[batch]), dim=-1), y[batch])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=False)
        total += loss.detach() * batch.numel()
    return float(total / len(y))
"""
    },
    "by hand": {
        "train-epoch": """def train_epoch(model, X, y, optimizer, batch_size, generator):
    model.train()
    rest, total = torch.randperm(len(X), generator=generator).tolist(), 0.0
    while rest:
        batch, rest = rest[:batch_size], rest[batch_size:]
        for p in model.parameters():
            p.grad = None
        scores = model(X[batch])
        right = scores[torch.arange(len(batch)), y[batch]]
        losses = torch.logsumexp(scores, dim=1) - right
        losses.mean().backward()
        optimizer.step()
        total += losses.sum().item()
    return total / len(X)
""",
        "evaluate": """def evaluate(model, X, y):
    before = model.training
    model.train(False)
    with torch.no_grad():
        scores = model(X)
        right = scores.gather(1, y[:, None]).squeeze(1)
        losses = torch.logsumexp(scores, dim=1) - right
    if before:
        model.train()
    return losses.mean().item(), (scores.max(dim=1).indices == y).sum().item() / len(y)
""",
    },
    "model.zero_grad": {"train-epoch": changed(TRAIN, ("optimizer.zero_grad", "model.zero_grad"))},
    "closure": {
        "train-epoch": """def train_epoch(model, X, y, optimizer, batch_size, generator):
    model.train()
    seen = []
    for batch in torch.randperm(len(X), generator=generator).split(batch_size):
        def closure():
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(X[batch]), y[batch])
            loss.backward()
            return loss
        seen += [optimizer.step(closure).item()] * len(batch)
    return sum(seen) / len(seen)
"""
    },
    "inference mode": {"evaluate": changed(EVALUATE, ("torch.no_grad", "torch.inference_mode"))},
    "decorated": {
        "evaluate": """@torch.no_grad()
def evaluate(model, X, y):
    mode = model.training
    try:
        scores = model.eval()(X)
    finally:
        model.train(mode)
    correct = torch.eq(torch.argmax(torch.softmax(scores, -1), -1), y)
    return float(nn.CrossEntropyLoss()(scores, y)), float(correct.double().mean())
"""
    },
    "in batches": {
        "evaluate": """def evaluate(model, X, y, batch_size=2):
    mode, loss, correct = model.training, 0.0, 0
    model.eval()
    with torch.no_grad():
        for xb, yb in zip(X.split(batch_size), y.split(batch_size)):
            scores = model(xb)
            loss += nn.functional.cross_entropy(scores, yb, reduction="sum").item()
            correct += (scores.argmax(1) == yb).sum().item()
    model.train(mode)
    return loss / len(X), correct / len(X)
"""
    },
    "one by one": {
        "evaluate": """def evaluate(model, X, y):
    mode = model.training
    model.eval()
    losses, hits = [], []
    with torch.no_grad():
        for i in range(len(X)):
            s = model(X[i:i + 1])
            losses.append(nn.functional.cross_entropy(s, y[i:i + 1]).item())
            hits.append(int(s.argmax()) == int(y[i]))
    model.train(mode)
    return sum(losses) / len(losses), sum(hits) / len(hits)
"""
    },
    "the mode of every part": {
        "evaluate": """class evaluating:
    def __init__(self, model):
        self.modes = [(m, m.training) for m in model.modules()]
        model.eval()
    def __enter__(self):
        self.grad = torch.is_grad_enabled()
        torch.set_grad_enabled(False)
    def __exit__(self, *_):
        torch.set_grad_enabled(self.grad)
        for m, mode in self.modes:
            m.training = mode

def evaluate(model, X, y):
    with evaluating(model):
        out = model(X)
        pred = out.topk(1, dim=1).indices[:, 0]
        return nn.functional.cross_entropy(out, y).item(), float(np.mean(pred.numpy() == y.numpy()))
"""
    },
    "a copy is measured": {
        "evaluate": """import copy

def evaluate(model, X, y):
    twin = copy.deepcopy(model).eval()
    with torch.no_grad():
        scores = twin(X)
    return nn.functional.cross_entropy(scores, y).item(), (scores.argmax(-1) == y).float().mean().item()
"""
    },
    "clones": {
        "fit": changed(
            FIT,
            ("import copy\n\n", ""),
            ("copy.deepcopy(model.state_dict())", "{k: v.detach().clone() for k, v in model.state_dict().items()}"),
        )
    },
    "all states": {
        "fit": """from copy import deepcopy

def fit(model, run_epoch, validate, epochs):
    history = []
    for _ in range(epochs):
        a = run_epoch()
        b = validate()
        history.append((a, b, deepcopy(model.state_dict())))
    model.load_state_dict(min(history, key=lambda h: h[1])[2])
    return [h[0] for h in history], [h[1] for h in history]
"""
    },
    "through a file in memory": {
        "fit": """import io

def fit(model, run_epoch, validate, epochs):
    train_losses, val_losses, best = [], [], 0
    files = {}
    while len(val_losses) < epochs:
        train_losses += [float(run_epoch())]
        val_losses += [float(validate())]
        if int(np.argmin(val_losses)) == len(val_losses) - 1:
            file = io.BytesIO()
            torch.save(model.state_dict(), file)
    file.seek(0)
    model.load_state_dict(torch.load(file, weights_only=True))
    return train_losses, val_losses
"""
    },
    "a copy of the model": {
        "fit": """import copy

def fit(model, run_epoch, validate, epochs):
    train_losses, val_losses = [], []
    for e in range(epochs):
        train_losses.append(run_epoch())
        val_losses.append(validate())
        if e == 0 or val_losses[e] < min(val_losses[:e]):
            best = copy.deepcopy(model)
    model.load_state_dict(best.state_dict())
    return train_losses, val_losses
"""
    },
    "copied back by hand": {
        "fit": """def fit(model, run_epoch, validate, epochs):
    train_losses, val_losses = [0.0] * epochs, [0.0] * epochs
    kept, lowest = {}, None
    for e in range(epochs):
        train_losses[e], val_losses[e] = run_epoch(), validate()
        if lowest is None or lowest > val_losses[e]:
            lowest = val_losses[e]
            kept = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            tensor.copy_(kept[name])
    return train_losses, val_losses
"""
    },
    "opened files": {
        "save-checkpoint": """def save_checkpoint(path, model, optimizer, epoch):
    with open(path, "wb") as file:
        return torch.save(dict(epoch=int(epoch), model=model.state_dict(), optimizer=optimizer.state_dict()), file)
""",
        "load-checkpoint": """def load_checkpoint(path, model, optimizer):
    with open(path, "rb") as file:
        d = torch.load(file, map_location="cpu", weights_only=True)
    for key, thing in (("model", model), ("optimizer", optimizer)):
        thing.load_state_dict(d[key])
    return int(d["epoch"])
""",
    },
    "PyTorch's default is safe": {"load-checkpoint": changed(LOAD, (", weights_only=True", ""))},
    "old format, copied parts": {
        "save-checkpoint": """import copy
from pathlib import Path

def save_checkpoint(path, model, optimizer, epoch):
    checkpoint = {}
    for key, part in zip(["model", "optimizer"], [model, optimizer]):
        checkpoint[key] = copy.deepcopy(part.state_dict())
    checkpoint["epoch"] = epoch
    torch.save(checkpoint, Path(path), _use_new_zipfile_serialization=False)
"""
    },
    "the error is told and let through": {
        "load-checkpoint": """import pickle

def load_checkpoint(path, model, optimizer):
    try:
        model_state, optimizer_state, epoch = map(
            torch.load(path, weights_only=True).get, ("model", "optimizer", "epoch"))
    except pickle.UnpicklingError:
        print("This file is not safe.")
        raise
    optimizer.load_state_dict(optimizer_state)
    model.load_state_dict(model_state)
    return epoch
"""
    },
}


def wrong(cell, source, *changes):
    """One slip in one cell; the points go in its test."""
    test = "test-checkpoint" if cell.endswith("checkpoint") else f"test-{cell}"
    return [test], {cell: changed(source, *changes)}


def both(save_changes, load_changes):
    """A slip on both sides of the checkpoint."""
    return ["test-checkpoint"], {
        "save-checkpoint": changed(SAVE, *save_changes),
        "load-checkpoint": changed(LOAD, *load_changes),
    }


WRONG = {
    # one epoch
    "mean of the batches' means": wrong(
        "train-epoch",
        TRAIN,
        (" * len(batch)", ""),
        ("return total / len(X)", "return total / math.ceil(len(X) / batch_size)"),
    ),
    "every batch counts as full": wrong("train-epoch", TRAIN, ("* len(batch)", "* batch_size")),
    "wiped once": wrong(
        "train-epoch",
        TRAIN,
        ("        optimizer.zero_grad()\n", ""),
        ("    total = 0.0\n", "    total = 0.0\n    optimizer.zero_grad()\n"),
    ),
    "wiped after the step only": wrong(
        "train-epoch",
        TRAIN,
        ("        optimizer.zero_grad()\n", ""),
        ("optimizer.step()\n", "optimizer.step()\n        optimizer.zero_grad()\n"),
    ),
    "wiped before the step": wrong(
        "train-epoch",
        TRAIN,
        ("        optimizer.zero_grad()\n", ""),
        ("loss.backward()\n", "loss.backward()\n        optimizer.zero_grad()\n"),
    ),
    "no training mode": wrong("train-epoch", TRAIN, ("    model.train()\n", "")),
    "mode given back": wrong(
        "train-epoch",
        TRAIN,
        ("    model.train()\n", "    mode = model.training\n    model.train()\n"),
        ("    return", "    model.train(mode)\n    return"),
    ),
    "outer mode only": wrong("train-epoch", TRAIN, ("model.train()", "model.training = True")),
    "order of the world": wrong("train-epoch", TRAIN, (", generator=generator", "")),
    "no shuffle": wrong("train-epoch", TRAIN, ("torch.randperm(len(X), generator=generator)", "torch.arange(len(X))")),
    "always the same order": wrong(
        "train-epoch", TRAIN, ("generator=generator", "generator=generator.manual_seed(0)")
    ),
    "targets in the old order": wrong(
        "train-epoch",
        TRAIN,
        ("    for batch in torch.randperm(len(X), generator=generator).split(batch_size):\n",
         "    order = torch.randperm(len(X), generator=generator)\n    X = X[order]\n"
         "    for batch in torch.arange(len(X)).split(batch_size):\n"),
    ),
    "last small batch dropped": wrong(
        "train-epoch", LOADER, ("shuffle=True", "shuffle=True, drop_last=True")
    ),
    "last batch dropped": wrong(
        "train-epoch",
        TRAIN,
        ("    for batch in torch.randperm(len(X), generator=generator).split(batch_size):\n",
         "    order = torch.randperm(len(X), generator=generator)\n"
         "    for start in range(0, len(X) - 1, batch_size):\n        batch = order[start:start + batch_size]\n"),
    ),
    "loss after the step": wrong(
        "train-epoch",
        TRAIN,
        ("total += loss.item()", "total += nn.functional.cross_entropy(model(X[batch]), y[batch]).item()"),
    ),
    "loss a tensor": wrong("train-epoch", TRAIN, ("loss.item()", "loss.detach()")),
    "batch's sum": wrong(
        "train-epoch", TRAIN, ("y[batch])", 'y[batch], reduction="sum")'), (" * len(batch)", "")
    ),
    "own optimizer": wrong(
        "train-epoch",
        TRAIN,
        ("    total = 0.0\n", "    total = 0.0\n    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)\n"),
    ),
    # measure
    "no evaluation mode": wrong("evaluate", EVALUATE, ("    model.eval()\n", "")),
    "notes taken": wrong("evaluate", EVALUATE, ("with torch.no_grad():", "if True:")),
    "notes off for good": wrong(
        "evaluate", EVALUATE, ("with torch.no_grad():", "torch.set_grad_enabled(False)\n    if True:")
    ),
    "always training afterwards": wrong("evaluate", EVALUATE, ("model.train(mode)", "model.train()")),
    "outer flag only": wrong(
        "evaluate", EVALUATE, ("model.eval()", "model.training = False"), ("model.train(mode)", "model.training = mode")
    ),
    "outer flag given back": wrong("evaluate", EVALUATE, ("model.train(mode)", "model.training = mode")),
    "dropout alone": wrong(
        "evaluate",
        EVALUATE,
        ("    model.eval()\n", "    for m in model.modules():\n        if isinstance(m, nn.Dropout):\n"
                               "            m.eval()\n"),
    ),
    "parameters frozen": wrong(
        "evaluate",
        EVALUATE,
        ("    with torch.no_grad():\n", "    model.requires_grad_(False)\n    with torch.no_grad():\n"),
    ),
    "gradients wiped": wrong("evaluate", EVALUATE, ("model.eval()", "model.eval()\n    model.zero_grad()")),
    "best class over the rows": wrong(
        "evaluate", EVALUATE, ("(scores.argmax(dim=1) == y)", "(scores.argmax(dim=0)[0] == y)")
    ),
    "two tensors": wrong("evaluate", EVALUATE, (".item()", "")),
    "mean of means of 4": wrong(
        "evaluate",
        EVALUATE,
        ("loss = nn.functional.cross_entropy(scores, y)",
         "loss = torch.stack([nn.functional.cross_entropy(s, t) for s, t in zip(scores.split(4), y.split(4))]).mean()"),
    ),
    "squeezed": wrong("evaluate", EVALUATE, ("model(X)", "model(X).squeeze()")),
    # the best of many epochs
    "kept by reference": wrong("fit", FIT, ("copy.deepcopy(model.state_dict())", "model.state_dict()")),
    "last of equals": wrong("fit", FIT, ("val_loss < best_loss", "val_loss <= best_loss")),
    "the last state": wrong("fit", FIT, ("    model.load_state_dict(best)\n", "")),
    "stops when it gets worse": wrong(
        "fit", FIT, ("    model.load", "        else:\n            break\n    model.load")
    ),
    "back to the best each time": wrong("fit", FIT, ("    model.load", "        model.load")),
    "losses below ten": wrong("fit", FIT, ("best_loss, best = math.inf, None",
                                           "best_loss, best = 10.0, copy.deepcopy(model.state_dict())")),
    "a copy handed nowhere": wrong(
        "fit", FIT, ("copy.deepcopy(model.state_dict())", "copy.deepcopy(model)"),
        ("model.load_state_dict(best)", "model = best"),
    ),
    "measured twice": wrong("fit", FIT, ("val_losses.append(val_loss)", "val_losses.append(validate())")),
    "counted from one": wrong("fit", FIT, ("range(epochs)", "range(1, epochs)")),
    "a little better is not better": wrong("fit", FIT, ("val_loss < best_loss", "val_loss < best_loss - 1e-3")),
    "the layer of the example": wrong(
        "fit",
        FIT,
        ("copy.deepcopy(model.state_dict())", "next(model.parameters()).detach().clone()"),
        ("model.load_state_dict(best)", "next(model.parameters()).data.copy_(best)"),
    ),
    # stop, and go on
    "any pickle": wrong("load-checkpoint", LOAD, ("weights_only=True", "weights_only=False")),
    "any pickle if need be": wrong(
        "load-checkpoint",
        LOAD,
        ("    found = torch.load(path, weights_only=True)\n",
         "    try:\n        found = torch.load(path, weights_only=True)\n"
         "    except Exception:\n        found = torch.load(path, weights_only=False)\n"),
    ),
    "refused in silence": wrong(
        "load-checkpoint",
        LOAD,
        ("    found = torch.load(path, weights_only=True)\n",
         "    try:\n        found = torch.load(path, weights_only=True)\n    except Exception:\n        return 0\n"),
    ),
    "a local model": wrong(
        "load-checkpoint", LOAD, ("    model.load", "    import copy\n    model = copy.deepcopy(model)\n    model.load")
    ),
    "whole objects": wrong(
        "save-checkpoint", SAVE, ("model.state_dict()", "model"), ("optimizer.state_dict()", "optimizer")
    ),
    "no statistics": both(
        [("model.state_dict()", "{k: p.detach() for k, p in model.named_parameters()}")],
        [('found["model"]', 'found["model"], strict=False')],
    ),
    "the new learning rate": wrong(
        "load-checkpoint",
        LOAD,
        ("    optimizer.load",
         '    found["optimizer"]["param_groups"] = optimizer.state_dict()["param_groups"]\n    optimizer.load'),
    ),
    "python's pickle": both(
        [("def save", "import pickle\n\ndef save"), ("torch.save", "pickle.dump"), (", path)", ', open(path, "wb"))')],
        [("torch.load(path, weights_only=True)", 'pickle.load(open(path, "rb"))')],
    ),
    "a tensor for the epoch": wrong("save-checkpoint", SAVE, ('"epoch": epoch', '"epoch": torch.tensor(epoch)')),
}  # fmt: skip
