"""The student's notebook as a hidden test sees it: names to call, values to fetch, objects behind handles.

    def test_relu(student):
        np.testing.assert_array_equal(student.relu(np.array([-1.0, 2.0])), [0.0, 2.0])

Every call crosses into the sandbox as plain data and comes back as plain data; what is not plain data (an
optimizer, a model) stays there and a `Handle` comes back. What comes back is the student's word for it, so
compare it with values that the test computed itself.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograder.marking.diagnosis import signature
from autograder.marking.wording import NAMES, clean
from autograder.sandbox import protocol
from autograder.sandbox.outside import Fork, ProcessDied, ProcessOutOfTime

MAX_DEPTH = 8  # of calls that cross within calls that cross


class Shown(AssertionError):
    """A failed check whose message the student may read. Never put hidden inputs or answers in it."""


class StudentError(Exception):
    """Something in the student's code went wrong while a test used it.

    type, message: of the student's exception; places: [cell, line, source] of its frames in the notebook.
    in_test: whether the student's process chose these words in a hidden test, and so knew its inputs.
    kinds: the names of Python's own exceptions that it is a kind of.
    """

    def __init__(self, type: str, message: str = "", places: list | None = None, in_test: bool = False,
                 kinds: Sequence[str] = ()):  # fmt: skip
        super().__init__(f"{type}: {message}" if message else type)
        self.type = type
        self.kinds = kinds
        self.message = message
        self.places = places or []
        self.in_test = in_test


class OwnError(StudentError):
    """What the grader itself has to say, in its own words; its type is the name of the class."""

    def __init__(self, message: str = ""):
        super().__init__(type(self).__name__, message)


class MissingName(OwnError):
    """The notebook does not define what the test asks for: `name`."""

    def __init__(self, name: str):
        super().__init__(f"your notebook does not define {name}")
        self.name = name


class OutOfTime(OwnError):
    """The student's code took longer than the test allows."""


class Died(OwnError):
    """The student's process ended or crashed."""


class BadAnswer(OwnError):
    """What came back is not an answer: not plain data, too large, or no sensible message."""


class Target:
    """A place in the student's process: a variable or a handle's object, then attributes and items."""

    def __init__(self, student: Student, id: int | None, path: tuple = (), of: str = ""):
        self._student = student
        self._tree = {"t": "ref", "id": id, "path": list(path)}
        self._of = of

    def __getattr__(self, name: str) -> Target:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._step("attribute", name)

    def __getitem__(self, key: int | str) -> Target:
        return self._step("item", key)

    def _step(self, kind: str, key: int | str) -> Target:
        return Target(self._student, self._tree["id"], (*self._tree["path"], [kind, key]))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it over there; plain data comes back as such, anything else as a Handle."""
        return self._student._ask("call", [list(args), kwargs], target=self._tree)

    def get(self) -> Any:
        """Fetch its value; BadAnswer where that is not plain data."""
        value = self._student._ask("get", target=self._tree)
        if isinstance(value, Handle):
            kind = f" of type {value._of}" if value._of in NAMES else ""
            raise BadAnswer(f"expected real numbers, arrays or lists of them, got an object{kind}")
        return value

    def __iter__(self):
        raise TypeError("fetch it with .get() first")

    def __bool__(self) -> bool:
        raise TypeError("fetch it with .get() first")


class Handle(Target):
    """An object that stays in the student's process."""

    def __repr__(self) -> str:
        return f"<the student's {self._of}>"


class Lent:
    """Something of one process that another one uses; there it is a `StandIn` (inside.py), which calls these methods.

    held: a handle to what it was made of, which it may change later.
    """

    def __init__(self, target: Target, held: Handle | None = None):
        self.target = target
        self.held = held

    def call(self, state: list | None, args: list, kwargs: dict) -> list:
        """Call it, after what it holds was brought into this state; [the result, the state and arguments after it]."""
        owner, tree = self.target._student, self.target._tree
        result, held, after = owner._answer("apply", [self.held, state, args, kwargs], target=tree)
        return [Lent(result, held) if isinstance(result, Handle) else result, after]

    def attribute(self, name: str) -> Any:
        """Its attribute, as far as the notebook lets others see it."""
        found = self.target._student._answer("look", target=self.target._tree, name=name)
        return Lent(found, self.held) if isinstance(found, Handle) else found


class Student:
    """The namespace of the student's notebook, in a fork of its own.

    Every name is one of the notebook's, but for the few methods below: so what the grader keeps here starts with _.
    """

    def __init__(self, fork: Fork):
        self._fork = fork
        self._functions: list[Callable] = []
        self._depth = 0  # of calls from over there that wait for calls from over there
        self._trace: list[list] = []  # everything that came back, in short, for the diagnosis

    def __getattr__(self, name: str) -> Target:
        if name.startswith("__"):
            raise AttributeError(name)
        return Target(self, None, (["attribute", name],))

    def put(self, value: Any) -> Handle:
        """Send a value and keep it over there; the handle tells later what became of it."""
        return self._ask("put", value)

    def borrow(self, owner: Student, names: Iterable[str]) -> None:
        """Give names of this notebook the values that they have in another one, which keeps its objects to itself."""
        values = {name: owner._answer("get", target=getattr(owner, name)._tree) for name in names}
        self._answer("bind", values)

    def raises(self, type: str, function: Callable, *args: Any, **kwargs: Any) -> None:
        """Assert that the call raises an exception of the type with this name, or a kind of it."""
        try:
            function(*args, **kwargs)
        except StudentError as error:
            if type in (error.type, *error.kinds):
                return
            raise
        raise Shown(f"expected a {type} here, but the call went through")

    def _ask(self, op: str, value: Any = None, **header: Any) -> Any:
        """One request, whose answer (a value or an error) is noted down."""
        try:
            answer = self._answer(op, value, **header)
        except StudentError as error:
            self._trace.append(signature(error))
            raise
        self._trace.append(signature(answer))
        return answer

    def _answer(self, op: str, value: Any = None, **header: Any) -> Any:
        """One request; errors over there become exceptions here."""
        try:
            reply = self._fork.ask(op, value, self._special, **header)
            while "callback" in reply[0]:
                self._serve(*reply)
                reply = self._fork.receive()
            return self._load(*reply, header.get("target"))
        except ProcessOutOfTime:
            raise OutOfTime("your code did not finish in the time that this test allows") from None
        except ProcessDied as error:
            raise Died(str(error)) from None
        except protocol.ProtocolError as error:
            raise BadAnswer(str(error)) from None

    def _load(self, header: dict, buffers: list[memoryview], target: dict | None) -> Any:
        """The answer in a reply to a request for `target`."""
        decoder = protocol.Decoder(buffers, self._handle)
        if "value" in header:
            return decoder.decode(header["value"])
        if "missing" in header and target and target["id"] is None:
            raise MissingName(target["path"][0][1])
        raise as_error(decoder.decode(header.get("error")), in_test=True)

    def _serve(self, header: dict, buffers: list[memoryview]) -> None:
        """Run the test's function that the student's code called, and send the result over."""
        call = protocol.Decoder(buffers, self._handle).decode(header["callback"])
        try:
            number, args, kwargs = call
            function = self._functions[number]
        except (TypeError, ValueError, IndexError) as error:
            raise protocol.ProtocolError("malformed callback") from error
        if self._depth == MAX_DEPTH:
            raise protocol.ProtocolError("too many calls within calls")
        self._depth += 1
        encoder = protocol.Encoder(self._special)
        try:
            answer = {"value": encoder.encode(function(*args, **kwargs))}
        except Exception as error:  # bad arguments from the student: their code gets to see the exception
            name = error.type if isinstance(error, StudentError) else type(error).__name__
            encoder.buffers, answer = [], {"error": f"{name} in the function that was passed in"}
            if isinstance(error, StudentError) and is_exception(name):
                answer["type"] = name
        finally:
            self._depth -= 1
        self._fork.send(answer, encoder.buffers)

    def _special(self, value: Any) -> dict:
        """Handles, functions and what another process lends as they cross."""
        if isinstance(value, Target):
            if value._student is self:
                return value._tree
            value = Lent(value)
        if isinstance(value, Lent):
            return {"t": "stand-in", "call": self._numbered(value.call), "get": self._numbered(value.attribute)}
        if callable(value):
            return {"t": "function", "id": self._numbered(value)}
        raise TypeError(f"a test cannot send a {type(value).__name__} to the student's process")

    def _numbered(self, function: Callable) -> int:
        """The number under which the student's process may call a function."""
        self._functions.append(function)
        return len(self._functions) - 1

    def _handle(self, tree: dict) -> Handle:
        """What came back that is not plain data: an object that stays over there."""
        number, name = tree.get("id"), tree.get("of")
        if tree.get("t") != "ref" or type(number) is not int or not isinstance(name, str):
            raise protocol.ProtocolError("unknown kind of value")
        return Handle(self, number, of=name[:80])


def is_exception(name: str) -> bool:
    """Whether this is the name of one of Python's own exceptions (of those that one catches)."""
    found = getattr(builtins, name, None)
    return isinstance(found, type) and issubclass(found, Exception)


def as_error(content: Any, in_test: bool = False) -> StudentError:
    """The exception that a description from the student's process stands for."""
    content = content if isinstance(content, dict) else {}
    name, message = _text(content.get("type"), 80) or "Error", _text(content.get("message"), 2000)
    if name == "ProtocolError":
        return BadAnswer("the answer is too large or nested too deep")
    places = content.get("places")
    good = [p for p in places if _is_place(p)] if isinstance(places, list) else []
    kinds = content.get("kinds")
    own = [k for k in kinds[:20] if isinstance(k, str) and is_exception(k)] if isinstance(kinds, list) else []
    return StudentError(name, message, good[-5:], in_test, own)


def _text(value: Any, size: int) -> str:
    """The beginning of a text from the student's process, fit to be shown; nothing where it is no text."""
    return clean(value[:size]) if isinstance(value, str) else ""


def _is_place(place: Any) -> bool:
    """Whether `place` is [cell, line, source]."""
    return isinstance(place, list) and len(place) == 3 and [type(p) for p in place] == [str, int, str]
