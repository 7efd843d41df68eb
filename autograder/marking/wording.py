"""What may be shown of the words of a student's process.

While a hidden test runs, its inputs lie in that process, and whoever raises an exception there chooses its
type and its message: letters can carry numbers out as well as digits can. So of errors during a test only
what can hardly carry anything is shown: messages that Python and NumPy are known to give, with nothing in
them but names from the notebook, small integers and shapes, and messages that stand in the notebook word for
word. What is left to a leaker is to choose among these.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable
from functools import lru_cache

WORD = re.compile(r"[^\W\d]\w*")
DID_YOU_MEAN = re.compile(r"\. Did you (mean|forget).*$")
# Names that Python and NumPy use in their messages; one of these says no more than that.
USUAL = set(dir(builtins)) | set(WORD.findall("""
    NoneType ndarray numpy ufunc function method module generator builtin_function_or_method range_iterator random
    float32 float64 float16 int32 int64 uint8 int8 complex128 dtype add subtract multiply divide true_divide power
    matmul sqrt exp log maximum minimum absolute equal less greater LinAlgError AxisError UFuncTypeError sin cos
    JSONDecodeError UFuncNoLoopError same_kind safe"""))  # fmt: skip
SLOTS = {
    "NAME": r"([^\W\d][\w.]*)",
    "SHAPE": r"\((?:\d{1,3}, ?){0,3}\d{0,3}\)",
    "INT": r"-?\d{1,3}",
    "SIGN": r"[-+*/%@&|^<>=~]{1,3}",
}
MESSAGES = """
name 'NAME' is not defined
cannot access local variable 'NAME' where it is not associated with a value
local variable 'NAME' referenced before assignment
cannot access free variable 'NAME' where it is not associated with a value in enclosing scope
No module named 'NAME'
cannot import name 'NAME' from 'NAME'
the exercise NAME asks you to write this yourself; NAME is switched off here
'NAME' object has no attribute 'NAME'
type object 'NAME' has no attribute 'NAME'
module 'NAME' has no attribute 'NAME'
'NAME' object is not callable
'NAME' object is not iterable
'NAME' object is not subscriptable
'NAME' object cannot be interpreted as an integer
'NAME' object does not support item assignment
object of type 'NAME' has no len()
cannot unpack non-iterable NAME object
unsupported operand type(s) for SIGN: 'NAME' and 'NAME'
unsupported operand type(s) for ** or pow(): 'NAME' and 'NAME'
bad operand type for unary SIGN: 'NAME'
'SIGN' not supported between instances of 'NAME' and 'NAME'
can only concatenate NAME (not "NAME") to NAME
can't multiply sequence by non-int of type 'NAME'
list indices must be integers or slices, not NAME
tuple indices must be integers or slices, not NAME
NAME() takes no arguments
NAME() takes INT positional argument but INT were given
NAME() takes INT positional arguments but INT were given
NAME() takes from INT to INT positional arguments but INT were given
NAME() missing INT required positional argument: 'NAME'
NAME() missing INT required positional arguments: 'NAME' and 'NAME'
NAME() missing INT required positional arguments: 'NAME', 'NAME', and 'NAME'
NAME() got an unexpected keyword argument 'NAME'
NAME() got multiple values for argument 'NAME'
too many values to unpack (expected INT)
not enough values to unpack (expected INT, got INT)
list index out of range
tuple index out of range
pop from empty list
list assignment index out of range
division by zero
float division by zero
integer division or modulo by zero
math domain error
math range error
maximum recursion depth exceeded
maximum recursion depth exceeded while calling a Python object
maximum recursion depth exceeded in comparison
operands could not be broadcast together with shapes SHAPE SHAPE
operands could not be broadcast together with remapped shapes [original->remapped]: SHAPE and requested shape SHAPE
non-broadcastable output operand with shape SHAPE doesn't match the broadcast shape SHAPE
could not broadcast input array from shape SHAPE into shape SHAPE
shape mismatch: value array of shape SHAPE could not be broadcast to indexing result of shape SHAPE
shapes SHAPE and SHAPE not aligned: INT (dim INT) != INT (dim INT)
matmul: Input operand INT has a mismatch in its core dimension INT, with gufunc signature (n?,k),(k,m?)->(n?,m?) (size INT is different from INT)
matmul: Input operand INT does not have enough dimensions (has INT, gufunc core with signature (n?,k),(k,m?)->(n?,m?) requires INT)
cannot reshape array of size INT into shape SHAPE
axis INT is out of bounds for array of dimension INT
index INT is out of bounds for axis INT with size INT
too many indices for array: array is INT-dimensional, but INT were indexed
boolean index did not match indexed array along axis INT; size of axis is INT but size of corresponding boolean axis is INT
invalid index to scalar variable.
only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid indices
The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()
only length-1 arrays can be converted to Python scalars
only 0-dimensional arrays can be converted to Python scalars
setting an array element with a sequence.
assignment destination is read-only
output array is read-only
cannot do a non-empty take from an empty axes.
zero-size array to reduction operation NAME which has no identity
all the input arrays must have same number of dimensions, but the array at index INT has INT dimension(s) and the array at index INT has INT dimension(s)
all the input array dimensions except for the concatenation axis must match exactly, but along dimension INT, the array at index INT has size INT and the array at index INT has size INT
need at least one array to concatenate
Cannot cast ufunc 'NAME' output from dtype('NAME') to dtype('NAME') with casting rule 'NAME'
loop of ufunc does not support argument INT of type NAME which has no callable NAME method
Singular matrix
Last INT dimensions of the array must be square
"""  # noqa: E501


def _pattern(message: str) -> re.Pattern:
    """The pattern of a message with slots."""
    text = re.escape(message)
    for slot, form in SLOTS.items():
        text = re.sub(rf"\b{slot}\b", lambda _, form=form: form, text)
    return re.compile(text)


PATTERNS = [_pattern(line) for line in MESSAGES.strip().splitlines()]


def clean(text: str) -> str:
    """`text` without control characters: terminal escapes, changes of writing direction, lone surrogates."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else " " if c.isspace() else "" for c in text)


@lru_cache(maxsize=1)
def words(sources: tuple[str, ...]) -> set[str]:
    """All names that the cells of a notebook contain, and the usual ones."""
    return USUAL.union(*map(WORD.findall, sources))


def familiar(name: str, sources: Iterable[str]) -> bool:
    """Whether a name, with its dots, says nothing new: its words stand in the notebook or are Python's own."""
    return words(tuple(sources)).issuperset(WORD.findall(name))


def harmless(message: str, sources: Iterable[str]) -> bool:
    """Whether an exception's message, during a hidden test, can be shown without showing the test's inputs."""
    sources, message = tuple(sources), DID_YOU_MEAN.sub("", message.strip())
    for pattern in PATTERNS:
        if match := pattern.fullmatch(message):
            return all(familiar(name, sources) for name in match.groups())
    return any(f"{quote}{message}{quote}" in source for source in sources for quote in "\"'")
