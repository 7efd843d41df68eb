"""Known wrong answers to convolution: the right one with a line or two changed, so that the slip stands out."""

from autograder.marking.mistakes import Mistake, changed

OUTPUT_SIZE = """
def output_size(n, kernel, stride=1, padding=0):
    room = n + 2 * padding - kernel
    if room < 0:
        raise ValueError("the window is larger than the padded axis")
    return room // stride + 1
"""

CONV2D = """
def conv2d(x, w, b, stride=1, padding=0):
    N, C, H, W = x.shape
    O, _, kh, kw = w.shape
    I, J = output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    y = np.zeros((N, O, I, J))
    for i in range(I):
        for j in range(J):
            window = x[:, :, i * stride:i * stride + kh, j * stride:j * stride + kw]
            y[:, :, i, j] = np.tensordot(window, w, axes=([1, 2, 3], [1, 2, 3])) + b
    return y
"""

MAX_POOL = """
def max_pool2d(x, size):
    N, C, H, W = x.shape
    I, J = H // size, W // size
    y = np.zeros((N, C, I, J))
    for i in range(I):
        for j in range(J):
            square = x[:, :, i * size:(i + 1) * size, j * size:(j + 1) * size]
            y[:, :, i, j] = square.max(axis=(2, 3))
    return y
"""

MAX_POOL_BACKWARD = """
def max_pool2d_backward(dout, x, size):
    N, C, I, J = dout.shape
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(N, C, I, J):
        square = x[n, c, i * size:(i + 1) * size, j * size:(j + 1) * size]
        u, v = divmod(square.argmax(), size)
        dx[n, c, i * size + u, j * size + v] = dout[n, c, i, j]
    return dx
"""

CONV2D_BACKWARD = """
def conv2d_backward(dout, x, w, stride=1, padding=0):
    H, W = x.shape[2:]
    kh, kw = w.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    db = dout.sum(axis=(0, 2, 3))
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + kh)
            columns = slice(j * stride, j * stride + kw)
            arriving = dout[:, :, i, j]
            dw += np.tensordot(arriving, padded[:, :, rows, columns], axes=(0, 0))
            dpadded[:, :, rows, columns] += np.tensordot(arriving, w, axes=(1, 0))
    dx = dpadded[:, :, padding:padding + H, padding:padding + W]
    return dx, dw, db
"""

PAD = "np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))"
FITS = ["test_output_size_stride", "test_output_size_padding", "test_output_size_int"]
CONV = ["test_conv2d_channels", "test_conv2d_bias", "test_conv2d_slides", "test_conv2d_stride", "test_conv2d_padding",
        "test_conv2d_whole"]
DW = ["test_backward_filters", "test_backward_filters_stride", "test_backward_filters_padding"]
DX = ["test_backward_images", "test_backward_images_stride", "test_backward_images_padding"]
BACKWARD = ["test_backward_bias", *DW, *DX, "test_backward_whole"]


def one_array(cell):
    """conv2d_backward with its last line exchanged."""
    return changed(CONV2D_BACKWARD, ("    return dx, dw, db\n", cell))


MISTAKES = [
    Mistake(
        "one-too-few",
        says="output_size counts the steps of the window; there is one place more than there are steps.",
        hint="A window that never moves has taken no step, and yet it fits once.",
        cells={"output-size": changed(OUTPUT_SIZE, ("room // stride + 1", "room // stride"))},
        fails=[*FITS, "test_output_size_too_large"]),

    Mistake(
        "divided-after-adding",
        says="output_size adds the 1 before it divides by the stride.",
        hint="room // stride is the number of steps, and to that comes the place of the start. With stride 1 the order "
             "makes no difference; try 6 places, a window of 3, stride 2 and both orders.",
        cells={"output-size": changed(OUTPUT_SIZE, ("room // stride + 1", "(room + 1) // stride"))},
        fails=["test_output_size_stride"]),

    Mistake(
        "rounded-up",
        says="output_size counts a last window that does not lie inside any more.",
        hint="A rest too short for one more step stays unseen: round down, as // does.",
        cells={"output-size": changed(OUTPUT_SIZE, ("room // stride + 1", "-(-room // stride) + 1"))},
        fails=["test_output_size_stride"]),

    Mistake(
        "padding-once",
        says="output_size counts the padding at one end of the axis only.",
        hint="There are padding zeros at the beginning and padding zeros at the end.",
        cells={"output-size": changed(OUTPUT_SIZE, ("2 * padding", "padding"))},
        fails=["test_output_size_padding"]),

    Mistake(
        "size-as-float",
        says="output_size returns a float.",
        hint="/ gives a float even where the division leaves no rest, and np.floor keeps it one. // divides ints into "
             "an int.",
        cells={"output-size": changed(OUTPUT_SIZE, ("room // stride + 1", "np.floor(room / stride) + 1"))},
        fails=["test_output_size_int"]),

    Mistake(
        "fraction-cut-off",
        says="output_size rounds towards zero, so a window that is a little too large seems to fit.",
        hint="int(-0.5) is 0, and 0 + 1 windows seem to fit. Compare the window with the padded axis first.",
        cells={"output-size": changed(
            OUTPUT_SIZE, ("    if room < 0:\n", "    size = int(room / stride) + 1\n    if size < 1:\n"),
            ("room // stride + 1", "size"))},
        fails=["test_output_size_too_large"]),

    Mistake(
        "no-value-error",
        says="output_size does not raise a ValueError where the window does not fit.",
        hint="A window of 3 does not fit on 2 places: raise ValueError(\"...\"). Returning 0 or -1 leaves the "
             "surprise to some later line.",
        cells={"output-size": changed(OUTPUT_SIZE, ("raise ValueError(\"the window is larger than the padded axis\")",
                                                    "return 0"))},
        fails=["test_output_size_too_large"]),

    Mistake(
        "exact-fit-refused",
        says="output_size refuses a window that is exactly as large as the padded axis.",
        hint="Such a window fits once, at the start. Only a larger one does not fit.",
        cells={"output-size": changed(OUTPUT_SIZE, ("room < 0", "room <= 0"))},
        fails=["test_output_size_too_large"], recognisable=False),

    Mistake(
        "flipped",
        says="The filter is turned by 180 degrees, as mathematics defines a convolution.",
        hint="In deep learning the filter is laid on the image as it is: entry (0, 0) of the filter meets the pixel at "
             "the top left of the window.",
        cells={"conv2d": changed(CONV2D, ("tensordot(window, w,", "tensordot(window, w[:, :, ::-1, ::-1],"))},
        fails=["test_conv2d_slides", "test_conv2d_whole"]),

    Mistake(
        "first-channel-only",
        says="conv2d looks at the first channel of an image only.",
        hint="A filter is as deep as the image: the sum runs over c, u and v.",
        cells={"conv2d": changed(CONV2D, ("tensordot(window, w, axes=([1, 2, 3], [1, 2, 3]))",
                                          "tensordot(window[:, 0], w[:, 0], axes=([1, 2], [1, 2]))"))},
        fails=["test_conv2d_channels", "test_conv2d_whole"]),

    Mistake(
        "channels-averaged",
        says="conv2d averages over the channels; it should add them up.",
        hint="Multiply what lies on top of each other, and add everything up. No sum is divided here.",
        cells={"conv2d": changed(CONV2D, ("[1, 2, 3])) + b", "[1, 2, 3])) / C + b"))},
        fails=["test_conv2d_channels", "test_conv2d_whole"]),

    Mistake(
        "no-bias",
        says="The bias is missing.",
        hint="Each output begins with the bias of its filter, b[o].",
        cells={"conv2d": changed(CONV2D, (" + b", ""))},
        fails=["test_conv2d_bias", "test_conv2d_whole"]),

    Mistake(
        "bias-per-channel",
        says="The bias is added once for each channel of the image.",
        hint="In the formula b stands before the sum over the channels, so it counts once for each output.",
        cells={"conv2d": changed(CONV2D, (" + b", " + C * b"))},
        fails=["test_conv2d_bias", "test_conv2d_whole"]),

    Mistake(
        "stride-in-size-only",
        says="The output is as small as the stride asks for, but the windows move by one.",
        hint="Window (i, j) starts at row i * stride and column j * stride.",
        cells={"conv2d": changed(CONV2D, ("i * stride:i * stride + kh", "i:i + kh"),
                                 ("j * stride:j * stride + kw", "j:j + kw"))},
        fails=["test_conv2d_stride", "test_conv2d_whole"]),

    Mistake(
        "stride-down-only",
        says="The stride moves the windows downwards, but not to the right.",
        hint="The formula has i * s + u and j * s + v: the stride is for rows and for columns.",
        cells={"conv2d": changed(CONV2D, ("j * stride:j * stride + kw", "j:j + kw"))},
        fails=["test_conv2d_stride", "test_conv2d_whole"]),

    Mistake(
        "edges-repeated",
        says="The image is padded with copies of its edge; it should be padded with zeros.",
        hint="np.pad adds zeros where no mode is given.",
        cells={"conv2d": changed(CONV2D, ("(padding, padding)))", "(padding, padding)), mode=\"edge\")"))},
        fails=["test_conv2d_padding", "test_conv2d_whole"]),

    Mistake(
        "padded-behind",
        says="All zeros are added behind the image; they belong on all four sides.",
        hint="np.pad wants a pair for each axis: how many before and how many behind.",
        cells={"conv2d": changed(CONV2D, ("(padding, padding)", "(0, 2 * padding)"))},
        fails=["test_conv2d_padding", "test_conv2d_whole"]),

    Mistake(
        "padding-everywhere",
        says="The axes of images and channels are padded too.",
        hint="np.pad(x, padding) pads every axis. Give it a pair for each axis: (0, 0) for the first two.",
        cells={"conv2d": changed(CONV2D, (PAD, "np.pad(x, padding)"), ("    x = np.pad(x, padding)\n", ""),
                                 ("    N, C, H, W = x.shape\n",
                                  "    H, W = x.shape[2:]\n    x = np.pad(x, padding)\n    N = x.shape[0]\n"),
                                 ("window, w,", "window[:, :w.shape[1]], w,"))},
        fails=["test_conv2d_padding", "test_conv2d_whole"]),

    Mistake(
        "square-filters",
        says="The width of the output is computed from the height of the filter.",
        hint="w.shape is (O, C, kh, kw), and kh and kw may differ.",
        cells={"conv2d": changed(CONV2D, ("output_size(W, kw,", "output_size(W, kh,"))},
        fails=["test_conv2d_slides"]),

    Mistake(
        "halved-in-place",
        says="conv2d changes the images that it was given.",
        hint="Without padding np.pad is not needed, but then you work on the caller's array. x -= ... and x *= ... "
             "change it; x = x - ... makes a new one.",
        cells={"conv2d": changed(CONV2D, ("    N, C, H, W = x.shape\n",
                                          "    N, C, H, W = x.shape\n    x /= 2\n    w = 2 * w\n"))},
        fails=["test_conv2d_whole"]),

    Mistake(
        "mean-pool",
        says="max_pool2d averages each square; it should keep the largest value.",
        hint="Average pooling is another layer. This one keeps one pixel of each square as it is.",
        cells={"max-pool2d": changed(MAX_POOL, (".max(axis", ".mean(axis"))},
        fails=["test_max_pool_squares", "test_max_pool_rest", "test_max_pool_negative"]),

    Mistake(
        "pool-from-zero",
        says="The search for the largest value starts at 0, so negative squares become 0.",
        hint="Start with a pixel of the square, or with -np.inf, or let .max() do it.",
        cells={"max-pool2d": changed(MAX_POOL, ("square.max(axis=(2, 3))", "square.max(axis=(2, 3), initial=0)"))},
        fails=["test_max_pool_negative"]),

    Mistake(
        "pooled-into-ints",
        says="max_pool2d cuts off what stands behind the decimal point.",
        hint="np.zeros(..., dtype=int) makes an array of whole numbers. Without dtype it holds floats.",
        cells={"max-pool2d": changed(MAX_POOL, ("np.zeros((N, C, I, J))", "np.zeros((N, C, I, J), dtype=int)"))},
        fails=["test_max_pool_squares"]),

    Mistake(
        "pool-windows-overlap",
        says="The squares overlap: they start one pixel apart.",
        hint="Squares lie side by side, so the next one starts size pixels further on.",
        cells={"max-pool2d": changed(MAX_POOL, ("i * size:(i + 1) * size", "i:i + size"),
                                     ("j * size:(j + 1) * size", "j:j + size"))},
        fails=["test_max_pool_squares", "test_max_pool_rest", "test_max_pool_negative"]),

    Mistake(
        "rest-pooled",
        says="The rows and columns that fill no square are pooled too.",
        hint="The output has H // size rows: what does not fill a square is dropped.",
        cells={"max-pool2d": changed(MAX_POOL, ("H // size, W // size", "-(-H // size), -(-W // size)"))},
        fails=["test_max_pool_rest"]),

    Mistake(
        "rest-dropped-in-front",
        says="Rows and columns are dropped at the top and at the left.",
        hint="The first square starts at the very first pixel. What is left over lies at the bottom and at the right.",
        cells={"max-pool2d": changed(MAX_POOL, ("    y = ", "    x = x[:, :, H % size:, W % size:]\n    y = "))},
        fails=["test_max_pool_rest"]),

    Mistake(
        "channels-pooled",
        says="The largest value is taken over all channels; each channel should be treated alone.",
        hint="Only the two axes inside the square disappear, so the axes of max are (2, 3).",
        cells={"max-pool2d": changed(MAX_POOL, ("square.max(axis=(2, 3))", "square.max(axis=(1, 2, 3))[:, None]"))},
        fails=["test_max_pool_squares", "test_max_pool_rest", "test_max_pool_negative"]),

    Mistake(
        "all-ties-win",
        says="All pixels that are as large as the largest get the gradient.",
        hint="Comparing with the largest finds every tie. argmax finds the first, row by row.",
        cells={"max-pool2d-backward": changed(
            MAX_POOL_BACKWARD, ("u, v = divmod(square.argmax(), size)", "u, v = np.nonzero(square == square.max())"))},
        fails=["test_max_pool_backward_ties"]),

    Mistake(
        "last-tie-wins",
        says="Of several equally large pixels the last one gets the gradient.",
        hint="A search that updates with >= ends at the last of the largest; with > it stays with the first.",
        cells={"max-pool2d-backward": changed(
            MAX_POOL_BACKWARD, ("square.argmax()", "size * size - 1 - square.ravel()[::-1].argmax()"))},
        fails=["test_max_pool_backward_ties"]),

    Mistake(
        "ties-by-column",
        says="Squares are read column by column where pixels are equally large.",
        hint="Read row by row: the outer loop goes over the rows of the square, the inner one along a row.",
        cells={"max-pool2d-backward": changed(MAX_POOL_BACKWARD, ("u, v = divmod(square.argmax(), size)",
                                                                  "v, u = divmod(square.T.argmax(), size)"))},
        fails=["test_max_pool_backward_ties"]),

    Mistake(
        "ties-share",
        says="Equally large pixels share the gradient.",
        hint="Sharing would be fair, but here the first of them gets all, as in PyTorch.",
        cells={"max-pool2d-backward": changed(
            MAX_POOL_BACKWARD, ("u, v = divmod(square.argmax(), size)", "u, v = np.nonzero(square == square.max())"),
            ("dout[n, c, i, j]", "dout[n, c, i, j] / len(u)"))},
        fails=["test_max_pool_backward_ties"]),

    Mistake(
        "near-ties-win",
        says="The gradient goes to a pixel that is only nearly as large as the largest.",
        hint="np.isclose calls numbers equal that differ by little. Only equal ones are equally large.",
        cells={"max-pool2d-backward": changed(
            MAX_POOL_BACKWARD, ("square.argmax()", "np.isclose(square, square.max()).argmax()"))},
        fails=["test_max_pool_backward_ties"]),

    Mistake(
        "all-pixels-share",
        says="Every pixel of a square gets the gradient; only the largest should.",
        hint="If a smaller pixel changes a little, the largest of the square stays what it is. What is its gradient?",
        cells={"max-pool2d-backward": changed(MAX_POOL_BACKWARD, ("u, v = divmod(square.argmax(), size)",
                                                                  "u, v = np.indices(square.shape)"))},
        fails=["test_max_pool_backward_winner", "test_max_pool_backward_ties", "test_max_pool_backward_rest"]),

    Mistake(
        "rest-cut-from-gradient",
        says="The gradient lacks the rows and columns that were dropped.",
        hint="dx says for every pixel of x how the loss changes with it. For dropped pixels that is zero.",
        cells={"max-pool2d-backward": changed(MAX_POOL_BACKWARD, ("np.zeros(x.shape)",
                                                                  "np.zeros((N, C, I * size, J * size))"))},
        fails=["test_max_pool_backward_rest"]),

    Mistake(
        "value-for-gradient",
        says="The winner gets its own value; it should get what arrives in dout.",
        hint="The way back carries gradients. The pixels of x only decide where a gradient goes.",
        cells={"max-pool2d-backward": changed(MAX_POOL_BACKWARD, ("= dout[n, c, i, j]", "= square.max()"))},
        fails=["test_max_pool_backward_winner", "test_max_pool_backward_ties", "test_max_pool_backward_rest"]),

    Mistake(
        "db-averaged",
        says="db averages what arrives; it should add it up.",
        hint="One step of the bias moves all outputs of its filter, so all their gradients count in full.",
        cells={"conv2d-backward": changed(CONV2D_BACKWARD, ("dout.sum(axis=(0, 2, 3))", "dout.mean(axis=(0, 2, 3))"))},
        fails=["test_backward_bias", "test_backward_whole"]),

    Mistake(
        "db-of-first-image",
        says="db collects from the first image only.",
        hint="A bias takes part in the outputs of all images: add up over N too.",
        cells={"conv2d-backward": changed(CONV2D_BACKWARD, ("dout.sum(axis=(0, 2, 3))", "dout[0].sum(axis=(1, 2))"))},
        fails=["test_backward_bias", "test_backward_whole"]),

    Mistake(
        "dw-overwritten",
        says="dw holds what the last place brought; it should add up all places.",
        hint="A weight takes part in every output of its filter: += in the loop, not =.",
        cells={"conv2d-backward": changed(CONV2D_BACKWARD, ("dw += ", "dw[:] = "))},
        fails=[*DW, "test_backward_whole"]),

    Mistake(
        "dw-averaged",
        says="dw is divided by the number of images.",
        hint="Whether the loss is a mean is already in dout. Here everything is added up.",
        cells={"conv2d-backward": one_array("    return dx, dw / len(x), db\n")},
        fails=[*DW, "test_backward_whole"]),

    Mistake(
        "dx-overwritten",
        says="Where windows overlap, dx holds only what the last one brought.",
        hint="A pixel takes part in several outputs, and what comes from each is added up: +=, not =.",
        cells={"conv2d-backward": changed(CONV2D_BACKWARD, ("rows, columns] += ", "rows, columns] = "))},
        fails=["test_backward_images", "test_backward_whole"]),

    Mistake(
        "dx-flipped",
        says="The filter is turned by 180 degrees on the way back to the image.",
        hint="Written as one convolution, the way back needs a flipped filter. Where each output sends its share back "
             "to its window, the filter stays as it is.",
        cells={"conv2d-backward": changed(CONV2D_BACKWARD, ("(arriving, w,", "(arriving, w[:, :, ::-1, ::-1],"))},
        fails=["test_backward_images", "test_backward_whole"]),

    Mistake(
        "stride-forgotten-on-the-way-back",
        says="conv2d_backward ignores the stride.",
        hint="The window of output (i, j) starts at row i * stride and column j * stride, on the way back too.",
        cells={"conv2d-backward": changed(CONV2D_BACKWARD, ("i * stride, i * stride + kh", "i, i + kh"),
                                          ("j * stride, j * stride + kw", "j, j + kw"))},
        fails=["test_backward_filters_stride", "test_backward_images_stride", "test_backward_whole"]),

    Mistake(
        "dx-keeps-its-padding",
        says="dx still has the padding around it.",
        hint="The zeros around an image are no part of x. Cut the border off before you return dx.",
        cells={"conv2d-backward": one_array("    return dpadded, dw, db\n")},
        fails=["test_backward_images_padding", "test_backward_whole"]),

    Mistake(
        "cut-to-nothing",
        says="Without padding dx is empty.",
        hint="[padding:-padding] with padding 0 is [0:0], and that is nothing. [padding:padding + H] works for 0 too.",
        cells={"conv2d-backward": changed(CONV2D_BACKWARD, ("padding:padding + H, padding:padding + W",
                                                            "padding:-padding, padding:-padding"))},
        fails=["test_backward_images", "test_backward_images_stride"], recognisable=False),

    Mistake(
        "padded-behind-on-the-way-back",
        says="On the way back all zeros are added behind the image; they belong on all four sides.",
        hint="Pad x in the same way as conv2d does, padding zeros on all four sides.",
        cells={"conv2d-backward": changed(
            CONV2D_BACKWARD, (PAD, PAD.replace("(padding, padding)", "(0, 2 * padding)")))},
        fails=["test_backward_filters_padding", "test_backward_whole"]),

    Mistake(
        "order-of-the-three",
        says="conv2d_backward returns dw first and dx second.",
        hint="The order is that of the arguments of conv2d: x, w, b.",
        cells={"conv2d-backward": one_array("    return dw, dx, db\n")},
        fails=[*DW, *DX, "test_backward_whole"]),

    Mistake(
        "nothing-returned",
        says="conv2d_backward returns nothing.",
        hint="A function without return gives None. The last line should be return dx, dw, db.",
        cells={"conv2d-backward": one_array("")},
        fails=BACKWARD),

    Mistake(
        "gradient-used-up",
        says="conv2d_backward changes dout.",
        hint="-=, *= and out= write into the array that the caller still holds. Make a new one.",
        cells={"conv2d-backward": one_array("    dout *= 2\n    return dx, dw, db\n")},
        fails=["test_backward_whole"]),
]
