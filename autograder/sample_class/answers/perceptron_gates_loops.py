# correct: plain Python, row by row and signal by signal | loses: nothing
# %% neuron
def neuron(X, w, b):
    fires = []
    for row in X:
        z = b
        for k in range(len(row)):
            z = z + w[k] * row[k]
        if z > 0:
            fires.append(1)
        else:
            fires.append(0)
    return np.array(fires)

# %% gate
def gate(name):
    gates = {
        "AND": ([1, 1], -1.5),
        "OR": ([1, 1], -0.5),
        "NAND": ([-1, -1], 1.5),
        "NOR": ([-1, -1], 0.5),
    }
    return gates[name]

# %% xor
def xor(X):
    nor_weights, nor_bias = gate("NOR")
    and_weights, and_bias = gate("AND")
    none = neuron(X, nor_weights, nor_bias)
    both = neuron(X, and_weights, and_bias)
    answers = []
    for i in range(len(X)):
        answers.append([none[i], both[i]])
    return neuron(np.array(answers), nor_weights, nor_bias)

# %% update
def update(w, b, x, y):
    answer = neuron([x], w, b)[0]
    if answer == 0 and y == 1:
        return np.array([wk + xk for wk, xk in zip(w, x)]), b + 1
    if answer == 1 and y == 0:
        return np.array([wk - xk for wk, xk in zip(w, x)]), b - 1
    return w, b

# %% train
def train(X, y, max_epochs=100):
    w = np.array([0.0] * len(X[0]))
    b = 0
    mistakes = []
    epoch = 0
    while epoch < max_epochs:
        epoch = epoch + 1
        wrong = 0
        for i in range(len(X)):
            if neuron([X[i]], w, b)[0] != y[i]:
                wrong = wrong + 1
            w, b = update(w, b, X[i], y[i])
        print("epoch", epoch, "mistakes", wrong)
        mistakes.append(wrong)
        if wrong == 0:
            return w, b, mistakes
    return w, b, mistakes
