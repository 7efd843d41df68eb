"""Known wrong answers to gradient_check. Each is short enough to be written out in full."""

from autograder.marking.mistakes import Mistake

# linear_backward as it should be, for mistakes in the two functions that it calls.
BACKWARD = """
def linear_backward(x, W, b, y_true):
    y_pred = linear_forward(x, W, b)
    loss = mse_loss(y_pred, y_true)
    dy = 2 * (y_pred - y_true) / y_true.size
    return loss, x.T @ dy, dy.sum(axis=0)
"""

ALL_NUMERICAL = [f"test_numerical_gradient{rest}" for rest in
                 ("", "_central", "_eps", "_shapes", "_integers", "_keeps_theta", "_calls")]

MISTAKES = [
    Mistake(
        "bias-forgotten",
        says="The bias is missing from the forward pass.",
        hint="With b = 0, as in the worked case, nobody notices. Choose b = [1, 2]: does every row of the result "
             "grow by 1 and 2?",
        cells={"linear-backward": BACKWARD, "linear-forward": """
def linear_forward(x, W, b):
    return x @ W
"""},
        fails=["test_forward_bias", "test_backward_loss", "test_backward_bias"]),

    Mistake(
        "loss-summed",
        says="The loss is the sum of the squared differences, not their mean.",
        hint="A sum grows with the batch, and with it the gradient: the same learning rate would then be gentle "
             "on small batches and wild on large ones. That is why the loss is a mean.",
        cells={"linear-backward": BACKWARD, "mse-loss": """
def mse_loss(y_pred, y_true):
    return float(np.sum((y_pred - y_true) ** 2))
"""},
        fails=["test_mse_one_output", "test_mse_all_entries", "test_backward_loss"]),

    Mistake(
        "loss-per-example",
        says="The sum of squares is divided by the number of examples N; the mean runs over all N*K entries.",
        hint="Both habits exist, and with one output they agree. Here, as in torch.nn.MSELoss, an array of 5 rows "
             "and 3 columns has 15 entries to average over.",
        cells={"linear-backward": BACKWARD, "mse-loss": """
def mse_loss(y_pred, y_true):
    return float(np.sum((y_pred - y_true) ** 2) / len(y_true))
"""},
        fails=["test_mse_all_entries", "test_backward_loss"]),

    Mistake(
        "loss-halved",
        says="The loss carries an extra factor 1/2.",
        hint="Some books write 1/2 so that the 2 of the derivative cancels. The loss of this exercise is the plain "
             "mean of squares.",
        cells={"linear-backward": BACKWARD, "mse-loss": """
def mse_loss(y_pred, y_true):
    return float(0.5 * np.mean((y_pred - y_true) ** 2))
"""},
        fails=["test_mse_one_output", "test_mse_all_entries", "test_backward_loss"]),

    Mistake(
        "factor-two-missing",
        says="The gradient is half of what it should be: the 2 from the derivative of the square is missing.",
        hint="The derivative of u**2 is 2*u. A gradient of half the length still points downhill, so training works "
             "and hides the slip; a gradient check does not.",
        cells={"linear-backward": """
def linear_backward(x, W, b, y_true):
    y_pred = linear_forward(x, W, b)
    dy = (y_pred - y_true) / y_true.size
    return mse_loss(y_pred, y_true), x.T @ dy, dy.sum(axis=0)
"""},
        fails=["test_backward_one_output", "test_backward_weights", "test_backward_bias"]),

    Mistake(
        "gradient-per-example",
        says="The gradient is divided by the number of examples N, while the loss is a mean over N*K entries.",
        hint="Loss and gradient must belong together: what you divide the loss by is what you divide its derivative "
             "by. y_true.size counts all entries.",
        cells={"linear-backward": """
def linear_backward(x, W, b, y_true):
    y_pred = linear_forward(x, W, b)
    dy = 2 * (y_pred - y_true) / len(x)
    return mse_loss(y_pred, y_true), x.T @ dy, dy.sum(axis=0)
"""},
        fails=["test_backward_weights", "test_backward_bias"]),

    Mistake(
        "gradient-not-averaged",
        says="The loss is a mean, but its gradient has not been divided by anything.",
        hint="The mean divides every squared difference by the number of entries, so the derivative of each is "
             "divided by it too.",
        cells={"linear-backward": """
def linear_backward(x, W, b, y_true):
    y_pred = linear_forward(x, W, b)
    dy = 2 * (y_pred - y_true)
    return mse_loss(y_pred, y_true), x.T @ dy, dy.sum(axis=0)
"""},
        fails=["test_backward_one_output", "test_backward_weights", "test_backward_bias"]),

    Mistake(
        "gradient-sign",
        says="The gradient has the wrong sign: it points downhill.",
        hint="The gradient points where the loss grows; descent subtracts it later. Start from y_pred - y_true.",
        cells={"linear-backward": """
def linear_backward(x, W, b, y_true):
    y_pred = linear_forward(x, W, b)
    dy = 2 * (y_true - y_pred) / y_true.size
    return mse_loss(y_pred, y_true), x.T @ dy, dy.sum(axis=0)
"""},
        fails=["test_backward_direction", "test_backward_one_output", "test_backward_weights", "test_backward_bias"]),

    Mistake(
        "weights-transposed",
        says="dW comes out transposed: (K, D) where W is (D, K).",
        hint="A gradient always has the shape of what it is the gradient of. Only one order of x, the output's "
             "gradient and a transpose gives (D, K). A square W would have hidden this.",
        cells={"linear-backward": """
def linear_backward(x, W, b, y_true):
    y_pred = linear_forward(x, W, b)
    dy = 2 * (y_pred - y_true) / y_true.size
    return mse_loss(y_pred, y_true), dy.T @ x, dy.sum(axis=0)
"""},
        fails=["test_backward_direction", "test_backward_one_output", "test_backward_weights"]),

    Mistake(
        "bias-not-summed",
        says="db still has one row per example; the rows have to be summed.",
        hint="The forward pass uses the same b for every example (broadcasting copies it N times). What the forward "
             "pass copies, the backward pass sums.",
        cells={"linear-backward": """
def linear_backward(x, W, b, y_true):
    y_pred = linear_forward(x, W, b)
    dy = 2 * (y_pred - y_true) / y_true.size
    return mse_loss(y_pred, y_true), x.T @ dy, dy
"""},
        fails=["test_backward_bias"]),

    Mistake(
        "bias-averaged",
        says="db is averaged over the examples a second time.",
        hint="The division of the mean is already in the gradient of the output; what is left to do for b is a sum.",
        cells={"linear-backward": """
def linear_backward(x, W, b, y_true):
    y_pred = linear_forward(x, W, b)
    dy = 2 * (y_pred - y_true) / y_true.size
    return mse_loss(y_pred, y_true), x.T @ dy, dy.mean(axis=0)
"""},
        fails=["test_backward_bias"]),

    Mistake(
        "bias-keeps-two-dimensions",
        says="db has the shape (1, K); b has the shape (K,).",
        hint="keepdims=True leaves an axis of length 1 behind. A gradient has exactly the shape of its parameter.",
        cells={"linear-backward": """
def linear_backward(x, W, b, y_true):
    y_pred = linear_forward(x, W, b)
    dy = 2 * (y_pred - y_true) / y_true.size
    return mse_loss(y_pred, y_true), x.T @ dy, dy.sum(axis=0, keepdims=True)
"""},
        fails=["test_backward_bias"]),

    Mistake(
        "target-overwritten",
        says="linear_backward changes its argument y_true.",
        hint="-= and *= work inside the caller's array; after your function has returned, the targets are no longer "
             "the targets. a = b - c makes a new array.",
        cells={"linear-backward": """
def linear_backward(x, W, b, y_true):
    y_pred = linear_forward(x, W, b)
    loss = mse_loss(y_pred, y_true)
    y_true -= y_pred
    dy = -2 * y_true / y_true.size
    return loss, x.T @ dy, dy.sum(axis=0)
"""},
        fails=["test_backward_loss"]),

    Mistake(
        "forward-difference",
        says="The difference is one-sided: f(theta + eps) - f(theta), divided by eps.",
        hint="A one-sided difference errs by about eps, a central one by about eps**2: with eps = 1e-5 that is five "
             "digits against ten. The second call of f is worth it.",
        cells={"numerical-gradient": """
def numerical_gradient(f, theta, eps=1e-5):
    theta = theta.astype(float)
    grad = np.zeros_like(theta)
    for index in np.ndindex(theta.shape):
        up = theta.copy()
        up[index] += eps
        grad[index] = (f(up) - f(theta)) / eps
    return grad
"""},
        fails=["test_numerical_gradient_central"]),

    Mistake(
        "half-the-distance",
        says="The numerical gradient is twice the slope: the two points are 2*eps apart, not eps.",
        hint="A slope is rise over run. From theta - eps to theta + eps, how long is the run?",
        cells={"numerical-gradient": """
def numerical_gradient(f, theta, eps=1e-5):
    theta = theta.astype(float)
    grad = np.zeros_like(theta)
    for index in np.ndindex(theta.shape):
        up, down = theta.copy(), theta.copy()
        up[index] += eps
        down[index] -= eps
        grad[index] = (f(up) - f(down)) / eps
    return grad
"""},
        fails=ALL_NUMERICAL),

    Mistake(
        "all-entries-at-once",
        says="All entries of theta are moved at once, so every entry gets the same number.",
        hint="theta + eps moves the whole array. A gradient asks one question for each entry: what happens to f when "
             "this one moves and all others stay?",
        cells={"numerical-gradient": """
def numerical_gradient(f, theta, eps=1e-5):
    slope = (f(theta + eps) - f(theta - eps)) / (2 * eps)
    return np.full(theta.shape, slope)
"""},
        fails=ALL_NUMERICAL),

    Mistake(
        "eps-ignored",
        says="The argument eps is not used: the step has a fixed size.",
        hint="A number that is written twice, in the signature and in the body, will disagree one day. Use the name.",
        cells={"numerical-gradient": """
def numerical_gradient(f, theta, eps=1e-5):
    theta = theta.astype(float)
    grad = np.zeros_like(theta)
    for index in np.ndindex(theta.shape):
        up, down = theta.copy(), theta.copy()
        up[index] += 1e-5
        down[index] -= 1e-5
        grad[index] = (f(up) - f(down)) / (2 * 1e-5)
    return grad
"""},
        fails=["test_numerical_gradient_eps"]),

    Mistake(
        "flat-result",
        says="The result is one long vector; it should have theta's shape.",
        hint="Working through a flat copy is fine. Give the result its shape back at the end.",
        cells={"numerical-gradient": """
def numerical_gradient(f, theta, eps=1e-5):
    grad = []
    for index in np.ndindex(theta.shape):
        up, down = theta.astype(float), theta.astype(float)
        up[index] += eps
        down[index] -= eps
        grad.append((f(up) - f(down)) / (2 * eps))
    return np.array(grad)
"""},
        fails=["test_numerical_gradient", "test_numerical_gradient_shapes", "test_numerical_gradient_calls"]),

    Mistake(
        "integers-truncated",
        says="theta stays an integer array: theta + eps is cut off to a whole number when it is stored.",
        hint="np.array([3])[0] = 3.00001 stores 3, without a word. theta.astype(np.float64) makes a copy that can "
             "hold small steps.",
        cells={"numerical-gradient": """
def numerical_gradient(f, theta, eps=1e-5):
    grad = np.zeros(theta.shape)
    for index in np.ndindex(theta.shape):
        up, down = theta.copy(), theta.copy()
        up[index] = theta[index] + eps
        down[index] = theta[index] - eps
        grad[index] = (f(up) - f(down)) / (2 * eps)
    return grad
"""},
        fails=["test_numerical_gradient_integers"]),

    Mistake(
        "theta-not-restored",
        says="theta is not put back: each entry stays moved by eps after its turn.",
        hint="Up by eps, down by 2*eps: where does the entry stand now? Either move it back, or work on a copy.",
        cells={"numerical-gradient": """
def numerical_gradient(f, theta, eps=1e-5):
    if theta.dtype.kind == "i":
        theta = theta.astype(float)
    grad = np.zeros(theta.shape)
    for index in np.ndindex(theta.shape):
        theta[index] += eps
        up = f(theta)
        theta[index] -= 2 * eps
        grad[index] = (up - f(theta)) / (2 * eps)
    return grad
"""},
        fails=["test_numerical_gradient_keeps_theta"]),

    Mistake(
        "largest-entry",
        says="The error is taken from the largest entry, not from the length of the whole array.",
        hint="np.max looks at one entry and forgets the rest. The norm collects all of them: the root of the sum of "
             "squares.",
        cells={"relative-error": """
def relative_error(a, b):
    scale = np.max(np.abs(a)) + np.max(np.abs(b))
    return float(np.max(np.abs(a - b)) / scale) if scale else 0.0
"""},
        fails=["test_relative_error", "test_relative_error_shapes"]),

    Mistake(
        "entry-by-entry",
        says="The error is a mean of relative errors entry by entry; it should be one ratio of lengths.",
        hint="One entry that happens to be near zero can dominate such a mean. Take the norms first, divide once.",
        cells={"relative-error": """
def relative_error(a, b):
    scale = np.abs(a) + np.abs(b)
    return float(np.mean(np.abs(a - b) / np.where(scale == 0, 1, scale)))
"""},
        fails=["test_relative_error", "test_relative_error_shapes"]),

    Mistake(
        "worst-entry",
        says="The error is that of the entry with the largest relative error; it should be one ratio of lengths.",
        hint="This is another common check, and a nervous one: an entry near zero, where rounding is large beside the "
             "number, decides alone. Take the norms first, divide once.",
        cells={"relative-error": """
def relative_error(a, b):
    return float(np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b))))
"""},
        fails=["test_relative_error", "test_relative_error_shapes", "test_relative_error_symmetric"]),

    Mistake(
        "spectral-norm",
        says="For matrices this is another norm: np.linalg.norm(a, 2) is the largest singular value of a matrix.",
        hint="Without a second argument np.linalg.norm takes the root of the sum of squares, for arrays of any shape.",
        cells={"relative-error": """
def relative_error(a, b):
    norm = lambda v: np.linalg.norm(v, 2 if v.ndim <= 2 else None)
    scale = norm(a) + norm(b)
    return float(norm(a - b) / scale) if scale else 0.0
"""},
        fails=["test_relative_error_shapes"]),

    Mistake(
        "one-length-only",
        says="The difference is divided by the length of one of the two arrays, not by the sum of both.",
        hint="Swap a and b: the error should not change. And what happens when that one array is zero?",
        cells={"relative-error": """
def relative_error(a, b):
    scale = np.linalg.norm(b)
    return float(np.linalg.norm(a - b) / scale) if scale else 0.0
"""},
        fails=["test_relative_error", "test_relative_error_shapes", "test_relative_error_symmetric"]),

    Mistake(
        "longer-length-only",
        says="The difference is divided by the longer of the two arrays, not by the sum of both lengths.",
        hint="With max in place of the sum, opposite gradients get error 2. The error of this exercise lies between "
             "0 and 1.",
        cells={"relative-error": """
def relative_error(a, b):
    scale = max(np.linalg.norm(a), np.linalg.norm(b))
    return float(np.linalg.norm(a - b) / scale) if scale else 0.0
"""},
        fails=["test_relative_error", "test_relative_error_shapes", "test_relative_error_symmetric"]),

    Mistake(
        "zero-by-zero",
        says="Two zero gradients give NaN, from 0 / 0.",
        hint="Two zero gradients agree perfectly, so the error is 0.0. NaN is neither small nor large: every "
             "comparison with it is False, and the check says nothing.",
        cells={"relative-error": """
def relative_error(a, b):
    return float(np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b)))
"""},
        fails=["test_relative_error_zero"]),

    Mistake(
        "guard-too-large",
        says="The small number in the denominator is too large: it hides the error of tiny gradients.",
        hint="Deep networks have honest gradients of 1e-9. Beside them 1e-8 is huge. Ask whether the denominator is "
             "zero instead of adding to it.",
        cells={"relative-error": """
def relative_error(a, b):
    return float(np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b) + 1e-8))
"""},
        fails=["test_relative_error_symmetric"]),

    *(
        Mistake(
            f"{name.replace('_', '-')}-returns-nothing",
            says=f"{name} returns nothing: its last line, with return, is missing.",
            hint="What a function has computed is gone when it ends, unless it hands it over with return. print only "
                 "shows it.",
            cells={"linear-backward": BACKWARD, name.replace("_", "-"): f"def {name}({arguments}):\n    {line}"},
            fails=fails)
        for name, arguments, line, fails in [
            ("linear_forward", "x, W, b", "y = x @ W + b", ["test_forward", "test_forward_bias"]),
            ("mse_loss", "y_pred, y_true", "loss = np.mean((y_pred - y_true) ** 2)",
             ["test_mse_one_output", "test_mse_all_entries"]),
            ("linear_backward", "x, W, b, y_true", "dy = 2 * (linear_forward(x, W, b) - y_true) / y_true.size",
             ["test_backward_direction", "test_backward_one_output", "test_backward_weights", "test_backward_bias"]),
            ("numerical_gradient", "f, theta, eps=1e-5", "slope = f(theta + eps) - f(theta - eps)", ALL_NUMERICAL),
            ("relative_error", "a, b", "error = np.linalg.norm(a - b)",
             [f"test_relative_error{rest}" for rest in ("", "_shapes", "_symmetric", "_zero")]),
        ]
    ),
]
