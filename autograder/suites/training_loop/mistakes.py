"""Known wrong answers to training_loop: the right one with a line or two changed, so that the slip stands out."""

from autograder.marking.mistakes import Mistake, changed

TRAIN_EPOCH = """
def train_epoch(model, X, y, optimizer, batch_size, generator):
    model.train()
    order = torch.randperm(len(X), generator=generator)
    total = 0.0
    for batch in order.split(batch_size):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(X[batch]), y[batch])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    return total / len(X)
"""

EVALUATE = """
def evaluate(model, X, y):
    mode = model.training
    model.eval()
    with torch.no_grad():
        scores = model(X)
    model.train(mode)
    loss = nn.functional.cross_entropy(scores, y)
    accuracy = (scores.argmax(dim=1) == y).float().mean()
    return loss.item(), accuracy.item()
"""

FIT = """
import copy


def fit(model, run_epoch, validate, epochs):
    train_losses, val_losses = [], []
    lowest, best = math.inf, None
    for _ in range(epochs):
        train_losses.append(run_epoch())
        val_losses.append(validate())
        if val_losses[-1] < lowest:
            lowest, best = val_losses[-1], copy.deepcopy(model.state_dict())
    model.load_state_dict(best)
    return train_losses, val_losses
"""

SAVE = """
def save_checkpoint(path, model, optimizer, epoch):
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}, path)
"""

LOAD = """
def load_checkpoint(path, model, optimizer):
    checkpoint = torch.load(path, weights_only=True)
    model.load_state_dict(checkpoint["model"])
    optimizer.load_state_dict(checkpoint["optimizer"])
    return checkpoint["epoch"]
"""

UNEVEN, BEFORE = "test_train_epoch_loss_uneven", "test_train_epoch_loss_before_step"


def epoch(name, *changes, says, hint, fails, **more):
    """A mistake in train_epoch: the right one with some changes."""
    return Mistake(name, says, hint, {"train-epoch": changed(TRAIN_EPOCH, *changes)}, fails, **more)


def evaluation(name, *changes, says, hint, fails, **more):
    """A mistake in evaluate."""
    return Mistake(name, says, hint, {"evaluate": changed(EVALUATE, *changes)}, fails, **more)


def fitting(name, *changes, says, hint, fails, **more):
    """A mistake in fit."""
    return Mistake(name, says, hint, {"fit": changed(FIT, *changes)}, fails, **more)


def saving(name, *changes, says, hint, fails, **more):
    """A mistake in save_checkpoint, in a notebook whose load_checkpoint is right."""
    cells = {"save-checkpoint": changed(SAVE, *changes), "load-checkpoint": LOAD}
    return Mistake(name, says, hint, cells, fails, **more)


def loading(name, *changes, says, hint, fails, **more):
    """A mistake in load_checkpoint, in a notebook whose save_checkpoint is right."""
    cells = {"save-checkpoint": SAVE, "load-checkpoint": changed(LOAD, *changes)}
    return Mistake(name, says, hint, cells, fails, **more)


MISTAKES = [
    epoch("wipe-forgotten", ("        optimizer.zero_grad()\n", ""),
          says="The gradients are never wiped, so each step also follows all batches before it.",
          hint="backward adds to grad. Before each one, optimizer.zero_grad() makes room.",
          fails=["test_train_epoch_wipes"]),

    epoch("wiped-once", ("        optimizer.zero_grad()\n", ""), ("    total = 0.0\n", "    total = 0.0\n"
                                                                  "    optimizer.zero_grad()\n"),
          says="The gradients are wiped once for the whole epoch; each batch needs it.",
          hint="Look at the indentation: what stands before the loop happens once.",
          fails=["test_train_epoch_wipes"]),

    epoch("wiped-before-step", ("        optimizer.zero_grad()\n", ""), (
          "        optimizer.step()\n", "        optimizer.zero_grad()\n        optimizer.step()\n"),
          says="The gradients are wiped between backward and step, so the step has nothing to follow.",
          hint="Wipe, forward, loss, backward, step: what backward has found must still be there for the step.",
          fails=["test_train_epoch_step", "test_train_epoch_wipes"]),

    epoch("step-forgotten", ("        optimizer.step()\n", ""),
          says="The optimizer takes no step, so nothing is learned.",
          hint="backward fills grad and changes no weight. The optimizer does that.",
          fails=["test_train_epoch_step", "test_train_epoch_wipes"]),

    epoch("step-after-the-loop", ("        optimizer.step()\n", ""), (
          "    return", "    optimizer.step()\n    return"),
          says="The optimizer takes one step for the whole epoch; it should take one for each batch.",
          hint="Look at the indentation of optimizer.step().",
          fails=["test_train_epoch_wipes"]),

    epoch("mean-of-batch-means", (".item() * len(batch)", ".item()"), (
          "total / len(X)", "total / len(order.split(batch_size))"),
          says="The loss is the mean over the batches, so the examples of a small last batch count more.",
          hint="A batch's loss is a mean. Times the number of its examples it is a sum again, and sums can be added.",
          fails=[UNEVEN]),

    epoch("weighed-with-batch-size", ("* len(batch)", "* batch_size"),
          says="Every batch counts as if it had batch_size examples; the last one may have fewer.",
          hint="How many rows does this batch have? Ask the batch itself.",
          fails=[UNEVEN]),

    epoch("sum-of-batch-means", (".item() * len(batch)", ".item()"), ("total / len(X)", "total"),
          says="The loss is the sum of the batches' losses; it should be a mean.",
          hint="With smaller batches it would grow, though nothing got worse. Divide by what you have added up.",
          fails=[UNEVEN, BEFORE]),

    epoch("divided-twice", (".item() * len(batch)", ".item()"),
          says="The batches' means are added up and divided by the number of examples: one division too many.",
          hint="Each batch's loss is divided by its size already. Multiply by that before you add.",
          fails=[UNEVEN, BEFORE]),

    epoch("last-loss", ("return total / len(X)", "return loss.item()"),
          says="What comes back is the loss of the last batch.",
          hint="Add up the losses of all batches, each times its number of examples.",
          fails=[UNEVEN, BEFORE]),

    epoch("loss-after-step", ("loss.item()", "nn.functional.cross_entropy(model(X[batch]), y[batch]).item()"),
          says="The loss is measured again after the step, when the model already knows the batch.",
          hint="The loss that you call backward on is there already, costs nothing, and was measured before the step.",
          fails=[BEFORE]),

    epoch("loss-of-the-end", ("return total / len(X)", "return nn.functional.cross_entropy(model(X), y).item()"),
          says="The loss is measured once more after the epoch; it should be that of each example as it was met.",
          hint="Note each batch's loss down when you have it, before the step.",
          fails=[BEFORE]),

    epoch("loss-is-a-tensor", ("loss.item()", "loss.detach()"),
          says="The loss is a tensor; it should be a float.",
          hint="tensor.item() is the number in it.",
          fails=[UNEVEN], recognisable=False),

    epoch("softmax-before", ("model(X[batch])", "model(X[batch]).softmax(dim=1)"),
          says="The scores go through a softmax before cross_entropy, which has one of its own.",
          hint="cross_entropy wants scores as they come from the model. Two softmaxes flatten all differences.",
          fails=["test_train_epoch_step", UNEVEN, BEFORE]),

    epoch("sum-for-mean", ("y[batch])", 'y[batch], reduction="sum")'), (" * len(batch)", ""),
          says="The batch's loss is a sum, so its gradient grows with the number of examples.",
          hint="Without reduction= cross_entropy gives the mean. What you report is another matter.",
          fails=["test_train_epoch_step"]),

    epoch("labels-not-shuffled", ("    total = 0.0\n", "    total, start = 0.0, 0\n"), (
          "y[batch])", "y[start:start + len(batch)])"), (
          " * len(batch)\n", " * len(batch)\n        start += len(batch)\n"),
          says="The examples are shuffled, their classes are not: most examples get the class of another one.",
          hint="Index X and y with the same indices.",
          fails=["test_train_epoch_step", "test_train_epoch_wipes", UNEVEN, BEFORE]),

    epoch("order-of-X", ("torch.randperm(len(X), generator=generator)", "torch.arange(len(X))"),
          says="The examples come in the order in which they stand in X.",
          hint="Where X is sorted by class, every batch would be of one class. Shuffle with torch.randperm.",
          fails=["test_train_epoch_order"]),

    epoch("generator-unused", (", generator=generator", ""),
          says="The order does not come from generator: whatever else draws random numbers has a say in it.",
          hint="torch.randperm draws from PyTorch's common generator, unless you hand it another one.",
          fails=["test_train_epoch_order"]),

    epoch("same-order-again", ("torch.randperm(len(X), generator=generator)",
                               "torch.randperm(len(X), generator=torch.Generator().manual_seed("
                               "generator.initial_seed()))"),
          says="Every epoch with this generator has the same order.",
          hint="A generator moves on as it draws. Draw from the one that you are given; make no new one.",
          fails=["test_train_epoch_order"]),

    epoch("with-replacement", ("torch.randperm(len(X), ", "torch.randint(len(X), (len(X),), "),
          says="Some examples are met twice, others not at all.",
          hint="torch.randint draws with replacement. A permutation holds each index once: torch.randperm.",
          fails=["test_train_epoch_every_example"]),

    epoch("last-batch-dropped", ("order.split(batch_size)",
                                 "order[:len(X) // batch_size * batch_size].split(batch_size)"),
          says="The last batch is dropped where it is smaller.",
          hint="Every example counts. With fewer examples than batch_size nothing would be trained at all.",
          fails=["test_train_epoch_every_example", UNEVEN]),

    epoch("mode-forgotten", ("    model.train()\n", ""),
          says="The model is not put into training mode: after an evaluation it would train without dropout.",
          hint="model.train() at the beginning, whatever came before.",
          fails=["test_train_epoch_mode"]),

    epoch("left-in-evaluation-mode", ("    return", "    model.eval()\n    return"),
          says="After the epoch the model is in evaluation mode.",
          hint="The text asks to leave it in training mode. evaluate cares for its own mode.",
          fails=["test_train_epoch_mode"]),

    evaluation("evaluated-in-training-mode", ("    model.eval()\n", ""),
               says="It is measured in training mode: dropout is at work, and batch norm uses this very batch, and "
                    "learns from it.",
               hint="torch.no_grad() changes nothing about that. model.eval() does.",
               fails=["test_evaluate_in_evaluation_mode"]),

    evaluation("notes-taken", ("with torch.no_grad():", "if True:"),
               says="PyTorch takes notes for a backward that never comes; they cost memory and time.",
               hint="model.eval() changes nothing about that. with torch.no_grad(): does.",
               fails=["test_evaluate_takes_no_notes"]),

    evaluation("notes-off-for-good", ("    with torch.no_grad():\n        scores",
                                      "    torch.set_grad_enabled(False)\n    scores"),
               says="PyTorch takes no notes any more: the next backward of anybody would fail.",
               hint="with torch.no_grad(): ends with its block; torch.set_grad_enabled(False) stays.",
               fails=["test_evaluate_takes_no_notes"]),

    evaluation("always-training-mode-after", ("model.train(mode)", "model.train()"),
               says="The model is always in training mode afterwards, even if it came in evaluation mode.",
               hint="Note model.training down before you change it; model.train(mode) takes True or False.",
               fails=["test_evaluate_gives_the_mode_back"]),

    evaluation("left-in-evaluation", ("    model.train(mode)\n", ""),
               says="The model is left in evaluation mode, and whoever trains on does so without dropout.",
               hint="Bring back the mode that you found.",
               fails=["test_evaluate_gives_the_mode_back"]),

    evaluation("mode-of-the-root-alone", ("model.train(mode)", "model.training = mode"),
               says="Only the model itself gets its mode back; its layers stay in evaluation mode.",
               hint="The attribute training belongs to one module. model.train(mode) sets it in those inside, too.",
               fails=["test_evaluate_gives_the_mode_back"]),

    evaluation("gradients-wiped", ("    with", "    model.zero_grad()\n    with"),
               says="evaluate wipes the gradients; somebody may be between backward and step.",
               hint="A measurement needs no gradients, so it need not touch them.",
               fails=["test_evaluate_leaves_no_trace"]),

    evaluation("per-cent", ("float().mean()", "float().mean() * 100"),
               says="The accuracy is in per cent; it should lie between 0 and 1.",
               hint="A share is right divided by all.",
               fails=["test_evaluate_accuracy"]),

    evaluation("number-right", ("float().mean()", "sum()"),
               says="The accuracy is the number of right answers; it should be their share.",
               hint="Divide by the number of examples, or take the mean of zeros and ones.",
               fails=["test_evaluate_accuracy"]),

    evaluation("share-wrong", ("(scores.argmax(dim=1) == y)", "(scores.argmax(dim=1) != y)"),
               says="This is the share of wrong answers.",
               hint="Count where the predicted class equals that in y.",
               fails=["test_evaluate_accuracy"]),

    evaluation("smallest-score", ("argmax", "argmin"),
               says="The predicted class is that with the smallest score.",
               hint="A high score means: this one, more likely.",
               fails=["test_evaluate_accuracy"]),

    evaluation("summed-loss", ("cross_entropy(scores, y)", 'cross_entropy(scores, y, reduction="sum")'),
               says="The loss is the sum over the examples; it should be their mean.",
               hint="Only a mean can be compared with that of another number of examples.",
               fails=["test_evaluate_loss", "test_evaluate_in_evaluation_mode"]),

    evaluation("softmax-before-loss", ("cross_entropy(scores, y)", "cross_entropy(scores.softmax(dim=1), y)"),
               says="The scores go through a softmax before cross_entropy, which has one of its own.",
               hint="cross_entropy wants scores as they come from the model.",
               fails=["test_evaluate_loss", "test_evaluate_in_evaluation_mode"]),

    evaluation("accuracy-first", ("loss.item(), accuracy.item()", "accuracy.item(), loss.item()"),
               says="The accuracy comes first and the loss second; it should be the other way round.",
               hint="The docstring says in which order.",
               fails=["test_evaluate_loss", "test_evaluate_accuracy"]),

    evaluation("tensors-returned", ("loss.item(), accuracy.item()", "loss, accuracy"),
               says="Two tensors come back; they should be floats.",
               hint="tensor.item() is the number in it.",
               fails=["test_evaluate_accuracy"], recognisable=False),

    fitting("parameters-only",
            ("copy.deepcopy(model.state_dict())", "[p.detach().clone() for p in model.parameters()]"),
            ("    model.load_state_dict(best)\n", "    for p, old in zip(model.parameters(), best):\n"
                                                   "        p.data.copy_(old)\n"),
            says="Only the parameters go back to the best epoch; the statistics of batch norm stay those of the last.",
            hint="What a model needs to predict is in state_dict(): parameters and buffers.",
            fails=["test_fit_statistics"]),

    fitting("reference-kept", ("copy.deepcopy(model.state_dict())", "model.state_dict()"),
            says="The model ends in its last state, not its best: either that never comes back, or what you keep "
                 "are the model's own tensors, and they went on changing.",
            hint="state_dict() copies nothing, and dict(...) or .copy() of it holds the same tensors. "
                 "copy.deepcopy(model.state_dict()) copies all; after the last epoch load_state_dict brings it back.",
            fails=["test_fit_best", "test_fit_statistics"]),

    fitting("last-of-equal", ("val_losses[-1] < lowest", "val_losses[-1] <= lowest"),
            says="Of epochs with equal losses the last one counts; it should be the first.",
            hint="Equal is not better.",
            fails=["test_fit_first_of_equal"]),

    fitting("highest", ("val_losses[-1] < lowest", "val_losses[-1] > lowest"), ("math.inf", "-math.inf"),
            says="The model ends in the state with the highest validation loss.",
            hint="A loss is better where it is lower.",
            fails=["test_fit_best", "test_fit_any_losses"]),

    fitting("training-loss-decides", ("val_losses[-1] < lowest", "train_losses[-1] < lowest"),
            ("lowest, best = val_losses[-1]", "lowest, best = train_losses[-1]"),
            says="The epoch is chosen by the training loss, which hardly ever rises.",
            hint="What tells how the model does on new data is the validation loss.",
            fails=["test_fit_best", "test_fit_any_losses"]),

    fitting("better-than-the-one-before",
            ("val_losses[-1] < lowest", "len(val_losses) < 2 or val_losses[-1] < val_losses[-2]"),
            says="An epoch counts as the best where it is better than the one before; it should beat all before it.",
            hint="After a bad epoch a mediocre one looks good. Remember the lowest loss so far.",
            fails=["test_fit_best"]),

    fitting("small-start", ("math.inf, None", "1.0, copy.deepcopy(model.state_dict())"),
            says="A loss above 1 is never the best: the comparison starts with a number that is too small.",
            hint="Start with math.inf, or with the loss of the first epoch.",
            fails=["test_fit_first_of_equal", "test_fit_any_losses"]),

    fitting("back-after-each-epoch", ("    model.load_state_dict(best)\n", "        model.load_state_dict(best)\n"),
            says="The model goes back to its best state after every epoch; it should do so once, at the end.",
            hint="Losses go up and down. Training must go on from where it is, to come to something better.",
            fails=["test_fit_calls"]),

    fitting("validated-first", ("        train_losses.append(run_epoch())\n        val_losses.append(validate())\n",
                                "        val_losses.append(validate())\n        train_losses.append(run_epoch())\n"),
            says="The model is validated before it is trained: each validation loss belongs to the epoch before.",
            hint="First run_epoch, then validate.",
            fails=["test_fit_calls"]),

    fitting("validated-twice", ("        val_losses.append(validate())", "        val_losses.append(validate())\n"
                                "        print(validate())"),
            says="validate is called twice in each epoch.",
            hint="Keep what it returned, and use that wherever you need it.",
            fails=["test_fit_calls"]),

    fitting("lists-swapped", ("return train_losses, val_losses", "return val_losses, train_losses"),
            says="The validation losses come first, the training losses second; it should be the other way round.",
            hint="The docstring says in which order.",
            fails=["test_fit_losses"]),

    saving("whole-objects", ("model.state_dict()", "model"), ("optimizer.state_dict()", "optimizer"),
           says="The file holds the model and the optimizer themselves, which is code; it should hold their states.",
           hint="state_dict() is numbers and names. Only that can be loaded without running code.",
           fails=["test_save_model", "test_save_optimizer"], recognisable=False),

    saving("optimizer-not-saved", ("optimizer.state_dict()", "{}"),
           says="The optimizer's state is not in the file.",
           hint="An optimizer without its memory starts anew, and the losses jump.",
           fails=["test_save_optimizer"], recognisable=False),

    saving("settings-only", ("optimizer.state_dict()", 'optimizer.state_dict() | {"state": {}}'),
           says="Of the optimizer only the settings are in the file, not what it remembers.",
           hint="Adam's moments are in its state_dict() under another key. Save all of it.",
           fails=["test_save_optimizer"], recognisable=False),

    saving("other-keys", ('"model":', '"model_state_dict":'), ('"optimizer":', '"optimizer_state_dict":'),
           says="The keys in the file are not those of the text.",
           hint="Who loads the file knows three keys: model, optimizer, epoch.",
           fails=["test_save_model", "test_save_optimizer"], recognisable=False),

    saving("parameters-saved", ("model.state_dict()", "dict(model.named_parameters())"),
           says="Only the parameters are in the file; the statistics of batch norm are missing.",
           hint="state_dict() holds both.",
           fails=["test_save_model"]),

    saving("next-epoch", ('"epoch": epoch', '"epoch": epoch + 1'),
           says="The epoch in the file is one too many.",
           hint="It is the number of epochs done. Who goes on adds one.",
           fails=["test_save_model"], recognisable=False),

    loading("optimizer-not-loaded", ('    optimizer.load_state_dict(checkpoint["optimizer"])\n', ""),
            says="The optimizer is not loaded: it keeps its own learning rate and knows nothing of the steps before.",
            hint="Both go on where the others were: optimizer.load_state_dict(...).",
            fails=["test_load_optimizer"]),

    loading("model-not-loaded", ('    model.load_state_dict(checkpoint["model"])\n', ""),
            says="The model is not loaded: its weights are those that it came with.",
            hint="model.load_state_dict(...) with what stands under its key.",
            fails=["test_load_model"]),

    loading("new-tensors", ('checkpoint["model"])', 'checkpoint["model"], assign=True)'),
            says="The model gets new tensors, and the optimizer goes on to train the old ones.",
            hint="Without assign=True load_state_dict copies the numbers into the tensors that are there.",
            fails=["test_load_model"]),

    loading("code-let-in", ("weights_only=True", "weights_only=False"),
            says="The file may run code: it is unpickled as it is.",
            hint="weights_only=True reads numbers and refuses all else.",
            fails=["test_load_refuses_code"]),

    loading("next-epoch-returned", ('checkpoint["epoch"]', 'checkpoint["epoch"] + 1'),
            says="The epoch that comes back is one too many.",
            hint="Return what stands in the file: the number of epochs done.",
            fails=["test_load_epoch"]),

    *(
        Mistake(f"{cell}-returns-nothing", says=f"{name} returns nothing: its last line, with return, is missing.",
                hint="What a function has computed is gone when it ends, unless it hands it over with return.",
                cells=({"save-checkpoint": SAVE} if cell == "load-checkpoint" else {})
                | {cell: source.rpartition("    return")[0]}, fails=fails)
        for cell, name, source, fails in [
            ("train-epoch", "train_epoch", TRAIN_EPOCH, [UNEVEN, BEFORE]),
            ("evaluate", "evaluate", EVALUATE, [f"test_evaluate_{rest}" for rest in ("loss", "accuracy")]),
            ("fit", "fit", FIT, ["test_fit_losses"]),
            ("load-checkpoint", "load_checkpoint", LOAD, ["test_load_epoch"]),
        ]
    ),
]
