"""Known wrong answers to lr_schedule: the right one with a line or two changed, so that the slip stands out."""

from autograder.marking.mistakes import Mistake, changed

COSINE = """
def cosine_lr(t, T, lr_max, lr_min=0.0):
    share = (1 + np.cos(np.pi * min(t / T, 1))) / 2
    return float(lr_min + (lr_max - lr_min) * share)
"""

WARMUP = """
def warmup_cosine_lr(t, T, warmup, lr_max, lr_min=0.0):
    if t < warmup:
        return lr_max * (t + 1) / warmup
    return cosine_lr(t - warmup, T - warmup, lr_max, lr_min)
"""

TRAIN = """
def train(params, loss_and_grad, schedule, steps):
    losses = []
    for t in range(steps):
        loss, grads = loss_and_grad(params)
        losses.append(float(loss))
        lr = schedule(t)
        for p, g in zip(params, grads):
            p -= lr * g
    return losses
"""

DOWN = "lr_min + (lr_max - lr_min) * share"
LAST = "cosine_lr(t - warmup, T - warmup, lr_max, lr_min)"
COSINE_NUMBERS = ["test_cosine_ends", "test_cosine_between"]


MISTAKES = [
    # Before the next one, which gives the same answers in the tests of task 2 and more of its own in task 1.
    Mistake(
        "lr-min-lost-on-the-way",
        says="lr_min is not handed on to the cosine, so the rate falls to 0.",
        hint="cosine_lr has a default for lr_min, so nothing complains when it is forgotten.",
        cells={"warmup-cosine-lr": changed(WARMUP, ("lr_max, lr_min)\n", "lr_max)\n"))},
        fails=["test_warmup_lr_min"]),

    Mistake(
        "lr-min-forgotten",
        says="lr_min is not used: the rate falls to 0.",
        hint="The share that is still ahead is one of the way from lr_max to lr_min, and the way ends at lr_min.",
        cells={"cosine-lr": changed(COSINE, (DOWN, "lr_max * share"))},
        fails=["test_cosine_lr_min"]),

    Mistake(
        "whole-lr-max-on-top",
        says="The rate starts at lr_max + lr_min: the share of all of lr_max comes on top of lr_min.",
        hint="From lr_max to lr_min it is lr_max - lr_min. Put t = 0 into your formula.",
        cells={"cosine-lr": changed(COSINE, (DOWN, "lr_min + lr_max * share"))},
        fails=["test_cosine_lr_min"]),

    Mistake(
        "larger-of-both",
        says="The rate falls towards 0 and is cut off at lr_min, so it gets there too early and then lies flat.",
        hint="max(lr_min, ...) changes only what would be lower. The whole curve should fit between lr_max and lr_min.",
        cells={"cosine-lr": changed(COSINE, (DOWN, "max(lr_min, lr_max * share)"))},
        fails=["test_cosine_lr_min"]),

    Mistake(
        "up-again",
        says="Beyond T the rate goes up again.",
        hint="The cosine is periodic: after pi it rises. Let no t beyond T reach it.",
        cells={"cosine-lr": changed(COSINE, ("min(t / T, 1)", "t / T"))},
        fails=["test_cosine_beyond"]),

    Mistake(
        "zero-beyond",
        says="Beyond T the rate is 0; it should stay at lr_min.",
        hint="0 is only the default of lr_min.",
        cells={"cosine-lr": changed(COSINE, ("    share", "    if t > T:\n        return 0.0\n    share"))},
        fails=["test_cosine_beyond"]),

    Mistake(
        "whole-wave",
        says="The angle runs to 2 pi: the rate is down half-way and back at lr_max at T.",
        hint="Half a cosine is from 0 to pi.",
        cells={"cosine-lr": changed(COSINE, ("np.pi *", "2 * np.pi *"))},
        fails=COSINE_NUMBERS),

    Mistake(
        "no-pi",
        says="pi is missing: the angle runs to 1, and the cosine has hardly begun to fall there.",
        hint="NumPy's cosine takes radians. Half a turn is pi.",
        cells={"cosine-lr": changed(COSINE, ("np.pi * ", ""))},
        fails=COSINE_NUMBERS),

    Mistake(
        "quarter-wave",
        says="The rate falls along a quarter of a cosine: it is at 0 at T, but it arrives there steeply.",
        hint="cos(pi/2 * t/T) is 1 at the start and 0 at the end, too. Compare the middle: a half is wanted.",
        cells={"cosine-lr": changed(COSINE, ("(1 + np.cos(np.pi * min(t / T, 1))) / 2",
                                             "np.cos(np.pi / 2 * min(t / T, 1))"))},
        fails=["test_cosine_between"]),

    Mistake(
        "half-forgotten",
        says="The share is not halved: the rate starts at twice lr_max.",
        hint="1 + cos goes from 2 to 0. A share goes from 1 to 0.",
        cells={"cosine-lr": changed(COSINE, (" / 2", ""))},
        fails=COSINE_NUMBERS),

    Mistake(
        "share-done",
        says="The rate climbs from lr_min to lr_max: this is the share that is done, not the one that is ahead.",
        hint="1 - cos is 0 at the start. Which sign makes it 2 there?",
        cells={"cosine-lr": changed(COSINE, ("1 + np.cos", "1 - np.cos"))},
        fails=COSINE_NUMBERS),

    Mistake(
        "straight-down",
        says="The rate falls along a straight line; it should follow half a cosine.",
        hint="The line agrees with the cosine at both ends and in the middle. In between it does not.",
        cells={"cosine-lr": changed(COSINE, ("(1 + np.cos(np.pi * min(t / T, 1))) / 2", "1 - min(t / T, 1)"))},
        fails=["test_cosine_between"]),

    Mistake(
        "whole-division",
        says="The rate stays at lr_max until T: t // T has no fractions.",
        hint="// rounds down. For every t before T it gives 0; the quotient t / T is wanted.",
        cells={"cosine-lr": changed(COSINE, ("t / T", "t // T"))},
        fails=["test_cosine_between"]),

    Mistake(
        "T-minus-one",
        says="The rate is down at T - 1, one step too early.",
        hint="At t = T nothing may be left, and before that something is. Which fraction is 1 at T?",
        cells={"cosine-lr": changed(COSINE, ("t / T", "t / max(T - 1, 1)"))},
        fails=["test_cosine_between"]),

    Mistake(
        "first-stair-zero",
        says="The first stair is 0, and all others are one too low.",
        hint="At t = 0 one of the stairs is to be climbed already, at t = warmup - 1 the last one.",
        cells={"warmup-cosine-lr": changed(WARMUP, ("(t + 1)", "t"))},
        fails=["test_warmup_climb"]),

    Mistake(
        "one-stair-too-many",
        says="The climb is cut into warmup + 1 stairs, so the last one is below lr_max.",
        hint="With warmup = 4 the fourth stair, that of t = 3, is lr_max.",
        cells={"warmup-cosine-lr": changed(WARMUP, ("(t + 1) / warmup", "(t + 1) / (warmup + 1)"))},
        fails=["test_warmup_climb"]),

    Mistake(
        "climb-from-lr-min",
        says="The climb starts from lr_min.",
        hint="Many libraries do it so. Here the stairs are parts of lr_max alone.",
        cells={"warmup-cosine-lr": changed(WARMUP, ("lr_max * (t", "lr_min + (lr_max - lr_min) * (t"))},
        fails=["test_warmup_climb_without_lr_min"]),

    Mistake(
        "climb-cut-at-lr-min",
        says="The stairs that are lower than lr_min are lifted to lr_min.",
        hint="In the climb the rate may be lower than lr_min. Only the way down ends there.",
        cells={"warmup-cosine-lr": changed(WARMUP, ("return lr_max * (t + 1) / warmup",
                                                    "return max(lr_min, lr_max * (t + 1) / warmup)"))},
        fails=["test_warmup_climb_without_lr_min"]),

    Mistake(
        "one-step-over-the-top",
        says="The climb has one step too many: at t = warmup it rises above lr_max.",
        hint="The steps of the climb are t = 0, ..., warmup - 1. Is t = warmup one of them?",
        cells={"warmup-cosine-lr": changed(WARMUP, ("t < warmup", "warmup and t <= warmup"))},
        fails=["test_warmup_peak"]),

    Mistake(
        "cosine-since-step-0",
        says="The cosine counts the steps of the climb: at t = warmup it is on its way down already.",
        hint="At t = warmup the cosine takes its step 0, and it has T - warmup steps.",
        cells={"warmup-cosine-lr": changed(WARMUP, (LAST, "cosine_lr(t, T, lr_max, lr_min)"))},
        fails=["test_warmup_peak", "test_warmup_way_down"]),

    Mistake(
        "T-after-the-climb",
        says="The way down takes T steps, so it ends at T + warmup.",
        hint="T counts all steps. How many of them are left after the climb?",
        cells={"warmup-cosine-lr": changed(WARMUP, ("T - warmup", "T"))},
        fails=["test_warmup_way_down", "test_warmup_beyond"]),

    Mistake(
        "one-step-ahead",
        says="The cosine is a step ahead: at t = warmup it has left lr_max.",
        hint="lr_max comes twice: on the last stair, and at the beginning of the cosine.",
        cells={"warmup-cosine-lr": changed(WARMUP, (LAST, "cosine_lr(t - warmup + 1, T - warmup, lr_max, lr_min)"))},
        fails=["test_warmup_peak", "test_warmup_way_down"]),

    Mistake(
        "lower-of-both",
        says="Climb and cosine begin together and the lower of both counts, so lr_max is never reached.",
        hint="First the climb alone, then the cosine alone. The cosine begins at t = warmup.",
        cells={"warmup-cosine-lr": """
def warmup_cosine_lr(t, T, warmup, lr_max, lr_min=0.0):
    climb = lr_max * (t + 1) / warmup if warmup else lr_max
    return min(climb, cosine_lr(t, T, lr_max, lr_min))
"""},
        fails=["test_warmup_peak", "test_warmup_way_down"]),

    Mistake(
        "no-climb-divides",
        says="With warmup = 0 it divides by 0.",
        hint="The stair is computed before it is asked whether there are any. Ask first.",
        cells={"warmup-cosine-lr": """
def warmup_cosine_lr(t, T, warmup, lr_max, lr_min=0.0):
    stair = lr_max * (t + 1) / warmup
    return stair if t < warmup else cosine_lr(t - warmup, T - warmup, lr_max, lr_min)
"""},
        fails=["test_warmup_without_climb"], recognisable=False),

    Mistake(
        "asked-twice",
        says="loss_and_grad is called twice in each step, once for the loss and once for the gradients.",
        hint="With random batches the second call looks at other examples. loss, grads = loss_and_grad(params).",
        cells={"train": changed(TRAIN, ("loss, grads = loss_and_grad(params)",
                                        "loss, grads = loss_and_grad(params)[0], loss_and_grad(params)[1]"))},
        fails=["test_train_asks_once"]),

    Mistake(
        "loss-after-update",
        says="The losses are measured after the update, so the loss of the start is missing.",
        hint="The loss that comes with the gradients is the one to keep: it costs nothing, and the first entry then "
             "shows where you started.",
        cells={"train": changed(TRAIN, ("        losses.append(float(loss))\n", ""), (
            "            p -= lr * g", "            p -= lr * g\n        losses.append(loss_and_grad(params)[0])"))},
        fails=["test_train_losses", "test_train_asks_once"]),

    Mistake(
        "gradient-once",
        says="Loss and gradients are computed once, before the loop, and used for every step.",
        hint="The gradient is only valid where it was measured. After each step ask again.",
        cells={"train": changed(TRAIN, ("        loss, grads = loss_and_grad(params)\n", ""), (
            "losses = []", "losses = []\n    loss, grads = loss_and_grad(params)"))},
        fails=["test_train_asks_once", "test_train_descends"]),

    Mistake(
        "steps-from-one",
        says="The schedule is asked for the steps 1 to steps.",
        hint="The first step is t = 0, the last one steps - 1.",
        cells={"train": changed(TRAIN, ("schedule(t)", "schedule(t + 1)"))},
        fails=["test_train_schedule"]),

    Mistake(
        "rate-of-step-0",
        says="The schedule is asked once, for step 0, and all steps use this rate.",
        hint="A schedule that is asked once is a constant. Ask it inside the loop.",
        cells={"train": changed(TRAIN, ("schedule(t)", "schedule(0)"))},
        fails=["test_train_schedule"]),

    Mistake(
        "rate-of-the-end",
        says="The schedule is asked for the number of all steps, not for the step of the loop.",
        hint="schedule(t) wants to know where you are. How long it takes in all it knows already.",
        cells={"train": changed(TRAIN, ("schedule(t)", "schedule(steps)"))},
        fails=["test_train_schedule"]),

    Mistake(
        "nothing-moves",
        says="The parameters stay where they are: p = p - ... only gives a new array the name p.",
        hint="After p = p - step the list, and whoever made the array, still hold the old one. p -= step changes the "
             "array itself.",
        cells={"train": changed(TRAIN, ("p -= lr * g", "p = p - lr * g"))},
        fails=["test_train_in_place", "test_train_descends", "test_train_schedule"]),

    Mistake(
        "new-arrays",
        says="The list gets new arrays; the arrays that were in it do not change.",
        hint="A network holds its weights under its own name. It learns only if its very array changes: p -= step.",
        cells={"train": changed(TRAIN, ("for p, g in zip(params, grads)", "for i, g in enumerate(grads)"),
                                ("p -= lr * g", "params[i] = params[i] - lr * g"))},
        fails=["test_train_in_place"]),

    Mistake(
        "uphill",
        says="The steps go uphill: they are added where they should be subtracted.",
        hint="The gradient points where the loss grows. Descent walks the other way.",
        cells={"train": changed(TRAIN, ("p -= ", "p += "))},
        fails=["test_train_descends"]),

    Mistake(
        "first-array-only",
        says="Only the first array of the list is trained.",
        hint="params and grads are lists of the same length. zip walks through both.",
        cells={"train": changed(TRAIN, ("zip(params, grads)", "zip(params[:1], grads)"))},
        fails=["test_train_descends"]),

    Mistake(
        "gradient-scaled-in-place",
        says="The gradients are multiplied by the rate inside the caller's arrays.",
        hint="g *= lr is short, but the array belongs to whoever computed it. lr * g makes a new one.",
        cells={"train": changed(TRAIN, ("p -= lr * g", "g *= lr\n            p -= g"))},
        fails=["test_train_keeps_gradients"]),

    Mistake(
        "loss-times-rate",
        says="The list holds the learning rates, not the losses.",
        hint="The schedule knows its rates; what it cannot know is the loss of each step.",
        cells={"train": changed(TRAIN, ("losses.append(float(loss))", "losses.append(schedule(t))"))},
        fails=["test_train_losses"]),

    Mistake(
        "last-loss",
        says="Only the loss of the last step comes back; a list of all is wanted.",
        hint="Collect them in a list, one in each step, and return the list.",
        cells={"train": changed(TRAIN, ("return losses", "return losses[-1]"))},
        fails=["test_train_losses"]),

    *(
        Mistake(
            f"{cell}-returns-nothing",
            says=f"{name} returns nothing where a return is missing.",
            hint="What a function has computed is gone when it ends, unless it hands it over with return. print only "
                 "shows it.",
            cells={cell: source}, fails=fails)
        for cell, name, source, fails in [
            ("warmup-cosine-lr", "warmup_cosine_lr", changed(WARMUP, ("return cosine_lr", "cosine_lr")),
             ["test_warmup_float", "test_warmup_peak", "test_warmup_way_down", "test_warmup_without_climb"]),
            ("cosine-lr", "cosine_lr", changed(COSINE, ("return float", "print")),
             ["test_cosine_float", *COSINE_NUMBERS, "test_cosine_lr_min", "test_cosine_beyond"]),
            ("train", "train", TRAIN.rpartition("    return")[0], ["test_train_losses"]),
        ]
    ),
]
