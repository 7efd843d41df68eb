"""Known wrong answers to adam: the right one with a line or two changed, so that the slip stands out."""

from autograder.marking.mistakes import Mistake, changed

UPDATE_MOMENTS = """
def update_moments(m, v, grad, beta1, beta2):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return m, v
"""

BIAS_CORRECTION = """
def bias_correction(m, v, t, beta1, beta2):
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return m_hat, v_hat
"""

ADAM = """
class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.params, self.lr, self.betas, self.eps = params, lr, betas, eps
        self.m = [np.zeros_like(p) for p in params]
        self.v = [np.zeros_like(p) for p in params]
        self.t = 0

    def step(self, grads):
        self.t += 1
        for i, (p, grad) in enumerate(zip(self.params, grads)):
            self.m[i], self.v[i] = update_moments(self.m[i], self.v[i], grad, *self.betas)
            m_hat, v_hat = bias_correction(self.m[i], self.v[i], self.t, *self.betas)
            p -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)
"""

TRAIN = """
def train(optimizer, params, loss_and_grad, steps):
    losses = []
    for _ in range(steps):
        loss, grads = loss_and_grad(params)
        losses.append(float(loss))
        optimizer.step(grads)
    return losses
"""

UPDATE = "p -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)"
LATER_STEPS = ["test_adam_several_steps", "test_adam_several_parameters", "test_adam_hyperparameters"]
NUMBERS = ["test_adam_first_step", *LATER_STEPS, "test_adam_eps"]   # all that ask for exact values
EVERY_STEP = [*NUMBERS, "test_adam_in_place", "test_adam_keeps_gradients", "test_adam_independent",
              "test_train_optimizer", "test_train_converges"]


MISTAKES = [
    Mistake(
        "plain-moments",
        says="The moments miss the factors 1 - beta: they are sums that grow, not averages.",
        hint="Momentum is often written m = beta * m + grad. Adam's m and v are averages: what they keep (beta) and "
             "what they take in (1 - beta) add up to 1.",
        cells={"adam": ADAM, "update-moments": changed(UPDATE_MOMENTS, ("(1 - beta1) * ", ""), ("(1 - beta2) * ", ""))},
        fails=["test_update_moments_first", "test_update_moments_second", *NUMBERS,
               "test_train_converges"]),

    Mistake(
        "v-not-squared",
        says="v averages the absolute gradients; it should average their squares.",
        hint="The root in the update undoes a square. Without the square, large gradients still take larger steps.",
        cells={"adam": ADAM, "update-moments": changed(UPDATE_MOMENTS, ("grad**2", "np.abs(grad)"))},
        fails=["test_update_moments_second", *NUMBERS, "test_train_converges"]),

    Mistake(
        "v-plain-gradient",
        says="v averages the gradients themselves; it should average their squares.",
        hint="Without the square v is another m. It turns negative where the gradients are, and the root of a "
             "negative number is NaN.",
        cells={"adam": ADAM, "update-moments": changed(UPDATE_MOMENTS, ("grad**2", "grad"))},
        fails=["test_update_moments_second", *EVERY_STEP]),

    Mistake(
        "betas-for-the-new",
        says="beta and 1 - beta are swapped: the averages forget nearly everything and follow the latest gradient.",
        hint="beta1 = 0.9 is what m keeps of itself; only the tenth that is left comes from the new gradient.",
        cells={"adam": ADAM, "update-moments": changed(
            UPDATE_MOMENTS, ("beta1 * m + (1 - beta1)", "(1 - beta1) * m + beta1"),
            ("beta2 * v + (1 - beta2)", "(1 - beta2) * v + beta2"))},
        fails=["test_update_moments_first", "test_update_moments_second", *NUMBERS, "test_train_converges"]),

    Mistake(
        "one-beta-for-both",
        says="m and v are averaged with the same beta.",
        hint="The second moment has a memory of its own: with 0.999 it looks back about 1000 steps, m only about 10.",
        cells={"adam": ADAM, "update-moments": changed(
            UPDATE_MOMENTS, ("beta2 * v + (1 - beta2)", "beta1 * v + (1 - beta1)"))},
        fails=["test_update_moments_second", *NUMBERS]),

    Mistake(
        "gradient-squared-in-place",
        says="The gradients are squared inside the caller's arrays.",
        hint="grad *= grad is short, but the array belongs to whoever called step. They may want to log it, clip it "
             "or add to it. grad**2 makes a new array.",
        cells={"adam": ADAM, "update-moments": changed(
            UPDATE_MOMENTS, ("    v = ", "    grad *= grad\n    v = "), ("grad**2", "grad"))},
        fails=["test_adam_keeps_gradients"]),

    Mistake(
        "power-forgotten",
        says="The bias correction divides by 1 - beta in every step; it should be 1 - beta**t.",
        hint="In the first step the two agree. After many steps the average has forgotten its zeros, beta**t is "
             "nearly 0 and nothing is left to correct.",
        cells={"adam": ADAM, "bias-correction": changed(BIAS_CORRECTION, ("**t", ""))},
        fails=["test_bias_correction_m", "test_bias_correction_v", *LATER_STEPS]),

    Mistake(
        "corrected-with-one-beta",
        says="v is corrected with beta1; it was averaged with beta2.",
        hint="Each moment is corrected with the beta that it was averaged with. v forgets its zeros more slowly.",
        cells={"adam": ADAM, "bias-correction": changed(BIAS_CORRECTION, ("beta2**t", "beta1**t"))},
        fails=["test_bias_correction_first_step", "test_bias_correction_v", *NUMBERS]),

    Mistake(
        "correction-kept",
        says="The bias correction changes m and v themselves, so the next step starts from the corrected ones.",
        hint="/= works inside the array. The running averages go on uncorrected; m_hat and v_hat live for one step.",
        cells={"adam": ADAM, "bias-correction": changed(
            BIAS_CORRECTION, ("m_hat = m /", "m /="), ("v_hat = v /", "v /="), ("m_hat, v_hat", "m, v"))},
        fails=["test_bias_correction_keeps_moments", *LATER_STEPS, "test_train_converges"]),

    Mistake(
        "no-bias-correction",
        says="The bias correction is missing.",
        hint="m and v start at zero, so in the first steps they are too small: m a tenth of the gradient, v a "
             "thousandth of its square. The first step then is three times too long. Divide them by 1 - beta**t.",
        cells={"adam": changed(ADAM, ("m_hat, v_hat = bias_correction(self.m[i], self.v[i], self.t, *self.betas)",
                                      "m_hat, v_hat = self.m[i], self.v[i]"))},
        fails=NUMBERS),

    Mistake(
        "root-forgotten",
        says="The step is divided by v_hat; it should be divided by its root.",
        hint="m_hat has the unit of the gradient, v_hat the unit of its square. Only with the root does the size of "
             "the gradient cancel.",
        cells={"adam": changed(ADAM, ("np.sqrt(v_hat)", "v_hat"))},
        fails=EVERY_STEP),

    Mistake(
        "eps-inside-root",
        says="eps stands inside the root.",
        hint="sqrt(v_hat + eps) looks alike, but the root of 1e-8 is 1e-4: gradients smaller than that would hardly "
             "move anything. Adam adds eps after the root.",
        cells={"adam": changed(ADAM, ("np.sqrt(v_hat) + self.eps", "np.sqrt(v_hat + self.eps)"))},
        fails=["test_adam_eps"]),

    Mistake(
        "eps-before-correction",
        says="eps is added to the root of v before the correction, so in the first steps it counts many times over.",
        hint="Folding both corrections into the learning rate saves work, but then eps is scaled with them. Add eps "
             "to the root of the corrected v_hat.",
        cells={"adam": changed(ADAM, (UPDATE, "b1, b2 = self.betas\n"
                                      "            lr = self.lr * np.sqrt(1 - b2**self.t) / (1 - b1**self.t)\n"
                                      "            p -= lr * self.m[i] / (np.sqrt(self.v[i]) + self.eps)"))},
        fails=["test_adam_eps"]),

    Mistake(
        "eps-fixed",
        says="The argument eps is not used: another number is added to the root.",
        hint="Keep eps in __init__ and use self.eps in step.",
        cells={"adam": changed(ADAM, ("+ self.eps", "+ 1e-8"))},
        fails=["test_adam_eps"]),

    Mistake(
        "lr-fixed",
        says="The argument lr is not used: every step is taken with 0.001.",
        hint="Keep lr in __init__ and use self.lr in step.",
        cells={"adam": changed(ADAM, ("self.lr * m_hat", "1e-3 * m_hat"))},
        fails=["test_adam_first_step", "test_adam_several_parameters", "test_adam_hyperparameters", "test_adam_eps",
               "test_train_optimizer", "test_train_converges"]),

    Mistake(
        "betas-fixed",
        says="The argument betas is not used: 0.9 and 0.999 are written into the formulas.",
        hint="Keep betas in __init__ and hand them to every formula that wants them.",
        cells={"adam": changed(ADAM, ("*self.betas", "0.9, 0.999"))},
        fails=["test_adam_hyperparameters"]),

    Mistake(
        "betas-swapped",
        says="beta1 and beta2 are swapped: m remembers long and v forgets fast.",
        hint="betas is (beta1, beta2): the first belongs to m, the second to v. The very first step is the same "
             "either way.",
        cells={"adam": changed(ADAM, ("*self.betas", "self.betas[1], self.betas[0]"))},
        fails=[*LATER_STEPS, "test_train_converges"]),

    Mistake(
        "gradient-for-m",
        says="The step follows the latest gradient; the first moment is computed but not used.",
        hint="Gradient over root of v_hat is RMSprop. Adam follows the average m_hat, which is calmer.",
        cells={"adam": changed(ADAM, ("self.lr * m_hat", "self.lr * grad"))},
        fails=LATER_STEPS),

    Mistake(
        "gradient-descent",
        says="This is plain gradient descent: the step is lr times the gradient.",
        hint="Here large gradients make large steps. Adam divides m_hat by the root of v_hat, so that the size of a "
             "gradient cancels.",
        cells={"adam": changed(ADAM, (UPDATE, "p -= self.lr * grad"))},
        fails=EVERY_STEP),

    Mistake(
        "weight-decay",
        says="The parameters also shrink a little in every step: that is weight decay.",
        hint="Decay belongs to AdamW, another optimizer. Here a parameter moves for its gradient only.",
        cells={"adam": changed(ADAM, (UPDATE, f"p -= self.lr * 0.01 * p\n            {UPDATE}"))},
        fails=NUMBERS),

    Mistake(
        "uphill",
        says="The step goes uphill: it is added where it should be subtracted.",
        hint="The gradient points where the loss grows. Descent walks the other way.",
        cells={"adam": changed(ADAM, ("p -= ", "p += "))},
        fails=EVERY_STEP),

    Mistake(
        "t-from-zero",
        says="The first step is computed with t = 0, and 1 - beta**0 is zero: the parameters become NaN.",
        hint="t counts the step that is being taken, so it is 1 in the first one. Raise it before you use it.",
        cells={"adam": changed(ADAM, ("        self.t += 1\n", ""), (UPDATE, f"{UPDATE}\n        self.t += 1"))},
        fails=EVERY_STEP, recognisable=False),

    Mistake(
        "t-from-two",
        says="The first step is computed with t = 2.",
        hint="t starts at 1 and is raised once more before its first use. Start it at 0.",
        cells={"adam": changed(ADAM, ("self.t = 0", "self.t = 1"))},
        fails=NUMBERS),

    Mistake(
        "t-per-parameter",
        says="t is raised for every parameter; it should be raised once for every call of step.",
        hint="Look at the indentation of the line that raises t. With one parameter nobody notices; with three, t "
             "runs three times too fast.",
        cells={"adam": changed(ADAM, ("        self.t += 1\n", ""), ("            self.m[i], self.v[i] = ",
                                      "            self.t += 1\n            self.m[i], self.v[i] = "))},
        fails=["test_adam_several_parameters"]),

    Mistake(
        "one-list-for-both",
        says="m and v are the same list, so each overwrites the other.",
        hint="self.m = self.v = [...] makes one list with two names. Make two lists.",
        cells={"adam": changed(ADAM, ("self.m = [", "self.m = self.v = ["),
                               ("        self.v = [np.zeros_like(p) for p in params]\n", ""))},
        fails=EVERY_STEP),

    Mistake(
        "one-pair-for-all",
        says="All parameters share one m and one v.",
        hint="Within a step the second parameter then goes on with the averages of the first. Keep a list with an m "
             "for each parameter, and one with a v.",
        cells={"adam": changed(ADAM, ("[np.zeros_like(p) for p in params]", "0.0"), ("self.m[i]", "self.m"),
                               ("self.v[i]", "self.v"))},
        fails=["test_adam_several_parameters", "test_adam_in_place", "test_train_losses", "test_train_converges"]),

    Mistake(
        "state-in-class",
        says="The state is shared: a second optimizer goes on with the moments of the first.",
        hint="A dict in the class body, or as a default argument, exists once for all optimizers. Create it in "
             "__init__, as self.m = ...",
        cells={"adam": changed(
            ADAM, ("class Adam:\n", "class Adam:\n    m, v = {}, {}\n\n"),
            ("self.m = [np.zeros_like(p) for p in params]",
             "for i, p in enumerate(params):\n            self.m.setdefault(i, np.zeros_like(p))"),
            ("self.v = [np.zeros_like(p) for p in params]",
             "for i, p in enumerate(params):\n            self.v.setdefault(i, np.zeros_like(p))"))},
        # At least this one: whatever optimizers the notebook made before leave their traces in all others.
        fails=["test_adam_independent"]),

    Mistake(
        "nothing-moves",
        says="The parameters stay where they are: p = p - ... only gives a new array the name p.",
        hint="After p = p - step the list, and whoever made the array, still hold the old one. p -= step changes the "
             "array itself.",
        cells={"adam": changed(ADAM, ("p -= self.lr", "p = p - self.lr"))},
        fails=EVERY_STEP),

    Mistake(
        "new-arrays",
        says="The list gets new arrays; the arrays that the optimizer was given do not change.",
        hint="A layer holds its weights under its own name. It learns only if its very array changes: p -= step, or "
             "p[...] = ...",
        cells={"adam": changed(ADAM, ("p -= self.lr", "self.params[i] = p - self.lr"))},
        fails=["test_adam_in_place"]),

    Mistake(
        "loss-after-update",
        says="The loss is measured after the update, so the loss of the start is missing.",
        hint="The loss that comes with the gradients is the one to keep: it costs nothing, and the first entry then "
             "shows where you started.",
        cells={"train": changed(TRAIN, ("        losses.append(float(loss))\n", ""), (
            "optimizer.step(grads)", "optimizer.step(grads)\n        losses.append(loss_and_grad(params)[0])"))},
        fails=["test_train_losses"]),

    Mistake(
        "running-mean",
        says="The list holds the mean of all losses so far, not the loss of each step.",
        hint="A running mean drags the bad start along and hides a rise at the end. Record what was measured.",
        cells={"train": changed(TRAIN, ("losses.append(float(loss))",
                                        "losses.append((sum(losses[-1:]) * len(losses) + loss) / (len(losses) + 1))"))},
        fails=["test_train_losses"]),

    Mistake(
        "gradient-once",
        says="Loss and gradients are computed once, before the loop, and used for every step.",
        hint="The gradient is only valid where it was measured. After each step ask again.",
        cells={"train": changed(TRAIN, ("        loss, grads = loss_and_grad(params)\n", ""), (
            "losses = []", "losses = []\n    loss, grads = loss_and_grad(params)"))},
        fails=["test_train_losses", "test_train_converges"]),

    Mistake(
        "step-forgotten",
        says="The loop measures losses, but the optimizer never takes a step.",
        hint="A flat loss curve is a symptom worth remembering: loss and gradients are right, and nobody uses them.",
        cells={"train": changed(TRAIN, ("        optimizer.step(grads)\n", ""))},
        fails=["test_train_optimizer", "test_train_converges"]),

    Mistake(
        "own-optimizer",
        says="train makes an optimizer of its own and leaves the one it was given unused.",
        hint="Whoever calls train has chosen the optimizer and its learning rate. A function works with what it gets.",
        cells={"train": changed(TRAIN, ("losses = []", "losses, optimizer = [], Adam(params)"))},
        fails=["test_train_optimizer", "test_train_converges"]),

    *(
        Mistake(
            f"{cell}-returns-nothing",
            says=f"{cell.replace('-', '_')} returns nothing: its last line, with return, is missing.",
            hint="What a function has computed is gone when it ends, unless it hands it over with return. print only "
                 "shows it.",
            cells={"adam": ADAM, "train": TRAIN, cell: source.rpartition("    return")[0]},
            fails=fails)
        for cell, source, fails in [
            ("update-moments", UPDATE_MOMENTS, ["test_update_moments_first", "test_update_moments_second"]),
            ("bias-correction", BIAS_CORRECTION, [f"test_bias_correction_{rest}" for rest in
                                                  ("first_step", "m", "v", "keeps_moments")]),
            ("train", TRAIN, ["test_train_losses"]),
        ]
    ),
]
