"""Known wrong answers to early_stopping: the right one with a line or two changed, so that the slip stands out."""

from autograder.marking.mistakes import Mistake, changed

IS_BETTER = """
def is_better(val_loss, best_loss, min_delta=0.0):
    return best_loss - val_loss > min_delta
"""

STOPPER = """
class EarlyStopping:
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
        return self.bad >= self.patience
"""

TRAIN = """
def train_until(step, validate, weights, stopper, max_epochs):
    losses = []
    for _ in range(max_epochs):
        step(weights)
        losses.append(validate(weights))
        if stopper.update(losses[-1], weights):
            break
    if stopper.best_weights is not None:
        for w, best in zip(weights, stopper.best_weights):
            w[...] = best
    return losses
"""

LEAD = "best_loss - val_loss > min_delta"
COPY = "[w.copy() for w in weights]"
STEP = "        step(weights)\n"
RESTORE = """    if stopper.best_weights is not None:
        for w, best in zip(weights, stopper.best_weights):
            w[...] = best
"""
MEASURE = "        losses.append(validate(weights))\n"
WHEN_TO_STOP = ["test_update_patience", "test_update_counts_anew"]
RESTORED = ["test_until_best_after_stop", "test_until_best_after_max_epochs"]


# The last task comes first: of two slips that explain as much the first is named, and a slip of an early task explains
# failures of its own besides those that it causes later.
MISTAKES = [
    Mistake(
        "new-arrays",
        says="The list gets the arrays of the stopper; the network's own arrays keep the weights of the last epoch.",
        hint="The network holds its arrays under their own names. w[...] = best fills them.",
        cells={"train-until": changed(TRAIN, (RESTORE, "    if stopper.best_weights is not None:\n"
                                              "        weights[:] = stopper.best_weights\n"))},
        fails=["test_until_in_place"]),

    Mistake(
        "brought-back-at-a-stop-only",
        says="The best weights come back where the stopper says stop, but not where max_epochs are over.",
        hint="The loop can end in two ways. Whatever should happen after both stands behind it.",
        cells={"train-until": """
def train_until(step, validate, weights, stopper, max_epochs):
    losses = []
    for _ in range(max_epochs):
        step(weights)
        losses.append(validate(weights))
        if stopper.update(losses[-1], weights):
            if stopper.best_weights is not None:
                for w, best in zip(weights, stopper.best_weights):
                    w[...] = best
            break
    return losses
"""},
        fails=["test_until_best_after_max_epochs"]),

    Mistake(
        "left-too-early",
        says="Where the stopper says stop the function returns at once, and the last weights stay.",
        hint="return ends the function, break the loop.",
        cells={"train-until": changed(TRAIN, ("            break", "            return losses"))},
        fails=["test_until_best_after_stop"]),

    Mistake(
        "latest-kept",
        says="The best weights are not brought back: the network keeps those of the last epoch.",
        hint="stopper.best_weights holds them. weights = stopper.best_weights is not enough: it only gives another "
             "list that name inside of your function. Fill the arrays that the caller holds: w[...] = best.",
        cells={"train-until": changed(TRAIN, (RESTORE, ""))},
        fails=RESTORED),

    Mistake(
        "none-brought-back",
        says="Where no loss was ever better there is nothing to bring back: best_weights is None.",
        hint="Look whether best_weights is None before you walk through it.",
        cells={"train-until": changed(TRAIN, (RESTORE, "    for w, best in zip(weights, stopper.best_weights):\n"
                                              "        w[...] = best\n"))},
        fails=["test_until_nothing_better"], recognisable=False),

    Mistake(
        "nobody-listens",
        says="The answer of update is not used, so training never stops early.",
        hint="update returns True where it is time to stop. if stopper.update(...): break",
        cells={"train-until": changed(TRAIN, ("        if stopper.update(losses[-1], weights):\n            break",
                                              "        stopper.update(losses[-1], weights)"))},
        fails=["test_until_stops"]),

    Mistake(
        "last-loss-lost",
        says="The loss of the epoch that stops the training is missing in the list.",
        hint="Append the loss before the loop can end.",
        cells={"train-until": changed(TRAIN, (MEASURE, "        loss = validate(weights)\n"),
                                      ("losses[-1], weights):\n            break",
                                       "loss, weights):\n            break\n        losses.append(loss)"))},
        fails=["test_until_losses"]),

    Mistake(
        "one-epoch-too-many",
        says="Training goes on for max_epochs + 1 epochs.",
        hint="range(n) has n numbers: 0 to n - 1.",
        cells={"train-until": changed(TRAIN, ("range(max_epochs)", "range(max_epochs + 1)"))},
        fails=["test_until_max_epochs"]),

    Mistake(
        "back-after-each-epoch",
        says="After every epoch the best weights are brought back, so training never gets beyond its first bad epoch.",
        hint="Training goes on from where it is. The best weights come back once, after the loop.",
        cells={"train-until": """
def train_until(step, validate, weights, stopper, max_epochs):
    losses = []
    for _ in range(max_epochs):
        step(weights)
        losses.append(validate(weights))
        stop = stopper.update(losses[-1], weights)
        if stopper.best_weights is not None:
            for w, best in zip(weights, stopper.best_weights):
                w[...] = best
        if stop:
            break
    return losses
"""},
        fails=["test_until_losses"]),

    Mistake(
        "validated-before-training",
        says="In each epoch the loss is measured before the training, so it belongs to the epoch before.",
        hint="First step(weights), then validate(weights).",
        cells={"train-until": changed(TRAIN, (STEP + MEASURE, MEASURE + STEP))},
        fails=["test_until_losses"]),

    Mistake(
        "min-delta-not-handed-on",
        says="The watch does not use its min_delta: any lower loss counts as better.",
        hint="is_better has a default for min_delta, so nothing complains when it is forgotten.",
        cells={"early-stopping": changed(STOPPER, (", self.min_delta)", ")"))},
        fails=["test_update_min_delta"]),

    Mistake(
        "nan-forgives",
        says="A NaN starts the count of updates without progress anew.",
        hint="Whoever asks whether a loss is worse gets False for NaN. Only a better loss starts the count anew.",
        cells={"early-stopping": changed(STOPPER, ("        else:\n            self.bad += 1", """\
        elif val_loss >= self.best_loss - self.min_delta:
            self.bad += 1
        else:
            self.bad = 0"""))},
        fails=["test_update_nan"]),

    Mistake(
        "arrays-not-copied",
        says="best_weights holds the very arrays that training goes on changing. In the end they are those of the last "
             "epoch, not of the best one.",
        hint="An assignment gives a list a second name; list(weights) and weights.copy() make a new list of the same "
             "arrays. Each array needs a copy.",
        cells={"early-stopping": changed(STOPPER, (COPY, "list(weights)"))},
        fails=["test_update_copies"]),

    Mistake(
        "latest-weights",
        says="The weights are noted with every update, better or not, so the latest ones are kept.",
        hint="All three attributes change together, and only for a better loss.",
        cells={"early-stopping": changed(
            STOPPER, (f"            self.best_weights = {COPY}\n", ""),
            ("        self.epoch += 1", f"        self.best_weights = {COPY}\n        self.epoch += 1"))},
        fails=["test_update_best_weights"]),

    Mistake(
        "lowest-although-not-better",
        says="best_loss follows every lower loss, also where it is not lower by more than min_delta. So losses that "
             "creep down are never better.",
        hint="Where a loss is not better nothing changes, not even best_loss.",
        cells={"early-stopping": changed(STOPPER, (
            "            self.bad += 1", "            self.bad += 1\n"
            "            self.best_loss = min(self.best_loss, val_loss)"))},
        fails=["test_update_min_delta"]),

    Mistake(
        "epochs-from-one",
        says="best_epoch counts from 1.",
        hint="The first update has number 0. Where is the count raised: before it is noted, or after?",
        cells={"early-stopping": changed(STOPPER, ("self.epoch = 0", "self.epoch = 1"))},
        fails=["test_update_best_epoch"]),

    Mistake(
        "better-ones-counted",
        says="best_epoch counts the better updates only.",
        hint="The number of an epoch does not depend on how good those before it were. Raise it in each update.",
        cells={"early-stopping": changed(STOPPER, ("        self.epoch += 1\n", ""),
                                         ("self.best_epoch = self.epoch",
                                          "self.best_epoch = self.epoch\n            self.epoch += 1"))},
        fails=["test_update_best_epoch"]),

    Mistake(
        "starts-at-zero",
        says="The best loss starts at 0, which no loss of a network can beat.",
        hint="Before the first update any finite loss must be better. Which number is above all of them?",
        cells={"early-stopping": changed(STOPPER, ("self.best_loss = math.inf", "self.best_loss = 0.0"))},
        fails=["test_stopper_new", "test_update_best_loss"]),

    Mistake(
        "one-too-patient",
        says="It stops one update too late.",
        hint="With patience = 1 the first update that is not better says stop. > or >= ?",
        cells={"early-stopping": changed(STOPPER, ("self.bad >= ", "self.bad > "))},
        fails=["test_update_patience"]),

    Mistake(
        "never-stops-again",
        says="Once it has said stop it says so for ever, also after a better loss.",
        hint="Who goes on after a True may see a better loss. Then update returns False.",
        cells={"early-stopping": changed(STOPPER, ("        return self.bad >= self.patience", """\
        self.stopped = getattr(self, "stopped", False) or self.bad >= self.patience
        return self.stopped"""))},
        fails=["test_update_goes_on"]),

    Mistake(
        "never-forgives",
        says="All updates without progress are counted; it should be those in a row.",
        hint="A better loss sets the count to 0.",
        cells={"early-stopping": changed(STOPPER, ("            self.bad = 0\n        else", "        else"))},
        fails=["test_update_counts_anew"]),

    Mistake(
        "stops-once",
        says="True comes once only: with the next update, no better than the last ones, it is False again.",
        hint="When more than patience updates were not better, the last `patience` of them were not, either.",
        cells={"early-stopping": changed(STOPPER, ("self.bad >= ", "self.bad == "))},
        fails=["test_update_goes_on"]),

    Mistake(
        "patience-regained",
        says="After a True the count starts anew, and the stopper is patient again.",
        hint="Only a better loss starts the count anew.",
        cells={"early-stopping": changed(STOPPER, (
            "        return self.bad >= self.patience", "        if self.bad >= self.patience:\n"
            "            self.bad = 0\n            return True\n        return False"))},
        fails=["test_update_goes_on"]),

    Mistake(
        "goes-on-answered",
        says="The answer is turned around: True where training may go on.",
        hint="True means: it is time to stop.",
        cells={"early-stopping": changed(STOPPER, ("self.bad >= ", "self.bad < "))},
        fails=["test_update_patience"]),

    Mistake(
        "answer-for-better",
        says="update says whether the loss was better; it should say whether it is time to stop.",
        hint="The count of updates in a row without progress is what to compare with patience.",
        cells={"early-stopping": changed(STOPPER, ("self.bad >= self.patience", "self.bad == 0"))},
        fails=["test_update_patience"]),

    Mistake(
        "no-patience",
        says="The first update that is not better says stop, whatever the patience.",
        hint="patience is how many of them in a row it takes.",
        cells={"early-stopping": changed(STOPPER, ("self.bad >= self.patience", "self.bad > 0"))},
        fails=WHEN_TO_STOP),

    Mistake(
        "state-in-class",
        says="The count is shared: a second stopper goes on where the first one was.",
        hint="What stands in the class body exists once for all stoppers, and a list or dict there is changed by all. "
             "Create it in __init__, as self.... = ...",
        cells={"early-stopping": changed(
            STOPPER, ("class EarlyStopping:\n", "class EarlyStopping:\n    seen = []\n\n"),
            ("        self.bad = 0\n\n", "\n"), ("            self.bad = 0\n", "            self.seen.clear()\n"),
            ("self.bad += 1", "self.seen.append(val_loss)"), ("self.bad >=", "len(self.seen) >="))},
        fails=["test_stopper_independent"]),

    Mistake(
        "compared-with-the-last",
        says="Each loss is compared with the one before it, not with the best one so far.",
        hint="After a bad epoch every recovery would look like progress. best_loss changes for a better loss only.",
        cells={"early-stopping": changed(
            STOPPER, ("            self.best_loss = val_loss\n", ""),
            ("        self.epoch += 1", "        self.best_loss = val_loss\n        self.epoch += 1"))},
        fails=["test_update_best_loss", "test_update_best_epoch"]),

    Mistake(
        "tie-counts",
        says="A loss that is lower by exactly min_delta counts as better, and with min_delta = 0 an equal one does.",
        hint="By more than min_delta: a tie is not enough. Which comparison leaves it out?",
        cells={"is-better": changed(IS_BETTER, (" > ", " >= "))},
        fails=["test_better_tie"]),

    Mistake(
        "higher-is-better",
        says="A higher loss counts as better.",
        hint="With accuracies higher is better. With losses it is not.",
        cells={"is-better": changed(IS_BETTER, (LEAD, "val_loss - best_loss > min_delta"))},
        fails=["test_better_lower", "test_better_infinite"]),

    Mistake(
        "any-change-counts",
        says="A loss that is higher by more than min_delta counts as better, too.",
        hint="The difference has a sign, and abs takes it away.",
        cells={"is-better": changed(IS_BETTER, (LEAD, "abs(best_loss - val_loss) > min_delta"))},
        fails=["test_better_lower", "test_better_min_delta"]),

    Mistake(
        "min-delta-unused",
        says="is_better does not use min_delta.",
        hint="With min_delta = 0.5 a loss must be lower by more than 0.5. Which number of the comparison changes?",
        cells={"is-better": changed(IS_BETTER, (LEAD, "val_loss < best_loss"))},
        fails=["test_better_min_delta"]),

    Mistake(
        "min-delta-added",
        says="min_delta stands on the wrong side: a loss may be higher by almost min_delta and counts as better.",
        hint="min_delta makes it harder to be better. Try a loss that equals the best one.",
        cells={"is-better": changed(IS_BETTER, (LEAD, "val_loss < best_loss + min_delta"))},
        fails=["test_better_tie"]),

    Mistake(
        "min-delta-as-share",
        says="min_delta is taken as a share of the best loss, not as a difference of losses.",
        hint="Some libraries measure so. Here it is lower by more than min_delta, whatever the best loss is.",
        cells={"is-better": changed(IS_BETTER, (LEAD, "val_loss < best_loss * (1 - min_delta)"))},
        fails=["test_better_min_delta"]),

    Mistake(
        "nan-is-better",
        says="NaN counts as better: the question was whether a loss is worse, and then the answer was turned around.",
        hint="All comparisons with NaN are False, so `not (a >= b)` is True. Ask for < or > directly.",
        cells={"is-better": changed(IS_BETTER, (LEAD, "not val_loss >= best_loss - min_delta"))},
        fails=["test_better_nan"]),

    Mistake(
        "first-is-always-better",
        says="Where there is no best loss yet everything is better, NaN and math.inf as well.",
        hint="math.inf needs no line of its own: every finite loss is lower.",
        cells={"is-better": changed(IS_BETTER, ("    return", "    if best_loss == math.inf:\n        return True\n"
                                                "    return"))},
        fails=["test_better_nan"]),

    Mistake(
        "difference-returned",
        says="is_better returns by how much the loss is lower; True or False is wanted.",
        hint="Compare the difference with min_delta, and return what the comparison says.",
        cells={"is-better": changed(IS_BETTER, (" > min_delta", " - min_delta"))},
        fails=["test_better_bool", "test_better_min_delta"]),

    *(
        Mistake(
            f"{cell}-returns-nothing",
            says=f"{name} returns nothing: a return is missing.",
            hint="What a function has found out is gone when it ends, unless it hands it over with return. print only "
                 "shows it.",
            cells={cell: source.rpartition("return")[0] + "pass"}, fails=fails)
        for cell, name, source, fails in [
            ("train-until", "train_until", TRAIN, ["test_until_losses"]),
            ("early-stopping", "update", STOPPER, [*WHEN_TO_STOP, "test_update_goes_on"]),
            ("is-better", "is_better", IS_BETTER, ["test_better_bool", "test_better_lower"]),
        ]
    ),
]
