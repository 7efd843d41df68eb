# correct: plain Python loops, math.exp, and lists that become arrays | loses: nothing
# %% linear
def linear(X, W, b):
    Z = np.zeros((len(X), len(W)))
    for n in range(len(X)):
        for k in range(len(W)):
            total = b[k]
            for d in range(W.shape[1]):
                total = total + W[k][d] * X[n][d]
            Z[n, k] = total
    return Z

# %% collapse
def collapse(W1, b1, W2, b2):
    K, D = len(W2), W1.shape[1]
    W, b = np.zeros((K, D)), np.zeros(K)
    for k in range(K):
        b[k] = b2[k]
        for h in range(len(W1)):
            b[k] += W2[k, h] * b1[h]
            for d in range(D):
                W[k, d] += W2[k, h] * W1[h, d]
    return W, b

# %% softmax
import math

def softmax(z):
    rows = []
    for row in z:
        largest = max(row)
        e = [math.exp(score - largest) for score in row]
        total = sum(e)
        rows.append([value / total for value in e])
    return np.array(rows)

# %% forward
def forward(X, layers):
    activations = [X]
    number = 0
    while number < len(layers):
        W, b = layers[number]
        z = linear(activations[number], W, b)
        number = number + 1
        if number == len(layers):
            activations.append(softmax(z))
        else:
            for n in range(z.shape[0]):
                for k in range(z.shape[1]):
                    if z[n, k] < 0:
                        z[n, k] = 0
            activations.append(z)
    print("layers:", number)
    return activations

# %% count-parameters
def count_parameters(sizes):
    total = 0
    previous = None
    for size in sizes:
        if previous is not None:
            total = total + previous * size
            total = total + size
        previous = size
    return total
