"""Names, values and calls in the simulated interpreter."""

from __future__ import annotations

import builtins

from consolidator.index.events.arguments import UNKNOWN
from consolidator.index.events.codes import (
    DECORATED,
    IMPLICIT_NAMES,
    OPERATOR,
    SUPER,
    THIS_MODULE,
    Ref,
    is_call,
)
from consolidator.index.simulation.arguments import bound_arguments
from consolidator.index.simulation.imports import ImportSystem
from consolidator.index.simulation.state import (
    ANY,
    WRAPPED,
    Call,
    Class,
    Frame,
    Function,
    Instance,
    Method,
    ModuleState,
    Raised,
    Step,
    Super,
    Value,
)

_CALL_DEPTH = 24
_MOST_AT_ONCE = 2
_MOST_VARIANTS = 12


class CallSystem(ImportSystem):
    """Looks names up and runs the bodies of the project's functions that are called."""

    calls = 0

    def lookup(self, frame: Frame, name: str) -> Value | None:
        """The value of a name as code in this namespace sees it, None when it is unbound."""
        scope: Frame | None = frame
        while scope is not None:
            value = scope.names.get(name)
            if value is not None:
                return value
            scope = scope.outer
        if name == THIS_MODULE:
            return frame.module
        if hasattr(builtins, name) or name in IMPLICIT_NAMES or frame.module.is_open:
            return ANY
        return None

    def resolve(self, frame: Frame, ref: Ref | None) -> Value:
        """The value at a path, without failing and without running anything."""
        if ref is None:
            return ANY
        value = self.lookup(frame, ref[0])
        for part in ref[1:]:
            if is_call(part):
                value = self._result(value, part, frame)
            elif part == DECORATED:  # as with `@decorate class C`; of a function less is known
                value = value if isinstance(value, Class) else ANY
                if isinstance(value, Class):
                    self.trail.set(value.names, WRAPPED, ANY)
            elif part == OPERATOR:  # `A | B` of two classes does not call the `__or__` of A
                value = value if isinstance(value, Instance) else ANY
            elif part == SUPER and isinstance(value, (Class, Instance)) and frame.function:
                value = Super(value, frame.function)
            else:
                value = self._member(value, part)
        return ANY if value is None else value

    def _result(self, value: Value | None, part: str, frame: Frame) -> Value:
        if isinstance(value, Class):
            return Instance(value)
        if isinstance(value, Function):
            return self.done.get(_asked(value, None, part, frame), ANY)
        if isinstance(value, Method):
            return self.done.get(_asked(value.function, value, part, frame), ANY)
        return ANY

    def call(self, value: Value | None, part: str | None, line: int, frame: Frame) -> None:
        """Run what a call of a value runs, when it is the project's.

        `part` tells the arguments as refs do; without it nothing is known of them.
        """
        if isinstance(value, Function):
            self._run_function(value, None, part, line, frame)
        elif isinstance(value, Method):
            self._run_function(value.function, value, part, line, frame)
        elif isinstance(value, Class):
            given = part if value.is_plain else None
            for name in ("__new__", "__init__"):
                self.call_member(Instance(value), name, given, line, frame)
            self.call_member(Instance(value), "__post_init__", None, line, frame)
        elif isinstance(value, Instance):
            self.call_member(value, "__call__", part, line, frame)

    def call_member(
        self, value: Class | Instance, name: str, part: str | None, line: int, frame: Frame
    ) -> None:
        """Call a method when a class of the project defines it."""
        member = self._member(value, name)
        if isinstance(member, (Function, Method)):
            self.call(member, part, line, frame)

    def call_inherited(self, cls: Class, name: str, line: int, frame: Frame) -> None:
        """Call a class method of the bases, as for `__init_subclass__`."""
        function = cls.inherited(name)
        if isinstance(function, Function):
            self.call(Method(function, cls), None, line, frame)

    def _run_function(
        self, function: Function, method: Method | None, part: str | None, line: int, frame: Frame
    ) -> None:
        """Run a function's body, once for each class of receiver and arguments unless it failed.

        While it runs it may be called again, by a module that it imports: that runs it anew.
        """
        done = self._variant(_asked(function, method, part, frame))
        key = done[:2]
        entered = self.entered.get(key, 0)
        if done in self.done or entered >= _MOST_AT_ONCE or self.calls >= _CALL_DEPTH:
            return
        _, _, name, body, doubtful, _, receiver, parameters = function.event
        inner = Frame(function.frame.module, {}, self.trail.epoch, function.frame)
        inner.function = function
        inner.arguments = {p[0]: text for p, text in zip(parameters, done[2], strict=True)}
        if method is not None and receiver is not None:
            by_class = receiver.startswith("@")
            value = method.owner if by_class else method.receiver
            inner.names[receiver.removeprefix("@")] = value
        self.stack.append(Step(frame.module.name, line, f"{name}()"))
        self.calls += 1
        self.entered[key] = entered + 1
        try:
            if doubtful:
                self.alternatives((body, ()), inner)
            else:
                self.run(body, inner)
        except Raised as raised:
            if raised.failure.kind != "raise":
                raise
            # an explicit `raise` hangs on arguments, of which nothing is known here
        finally:
            self.calls -= 1
            self.stack.pop()
            self.entered[key] = entered
        self.trail.set(self.done, done, inner.result)

    def _variant(self, call: Call) -> Call:
        """What to run for a call: of its arguments nothing is known after many others."""
        function, owner, arguments = call
        if not arguments or call in self.done:
            return call
        number = self.variants.get(call[:2], 0)
        if number >= _MOST_VARIANTS:
            return function, owner, tuple(UNKNOWN for _ in arguments)
        self.trail.set(self.variants, call[:2], number + 1)
        return call

    def _member(self, value: Value | None, name: str) -> Value:
        """An attribute as far as it is known; a function of a class becomes a method."""
        if isinstance(value, ModuleState):
            return value.names.get(name, ANY)
        if isinstance(value, Super):
            return _inherited_method(value, name)
        if not isinstance(value, (Class, Instance)):
            return ANY
        found = (value.of if isinstance(value, Instance) else value).member(name)
        if isinstance(found, Function):
            own = found.receiver or "@"  # a static method, or a function that the class was given
            bound = isinstance(value, Instance) or own.startswith("@")
            return Method(found, value) if bound else found
        return ANY if found is None else found


def _asked(function: Function, method: Method | None, part: str | None, frame: Frame) -> Call:
    """A call by what can make a difference to it."""
    owner = method.owner if method else None
    if not function.parameters:
        return function, owner, ()
    wrapped = function.event[4] or (method is not None and function.receiver is None)
    told = None if wrapped else part
    return function, owner, bound_arguments(function.parameters, told, method is not None, frame)


def _inherited_method(asked: Super, name: str) -> Value:
    """What `super().name` stands for: the next definition after the class of the method."""
    receiver = asked.receiver
    classes = (receiver.of if isinstance(receiver, Instance) else receiver).line()
    for cls in classes:
        if asked.within in cls.names.values():
            break
    for cls in classes:
        found = cls.names.get(name)
        if isinstance(found, Function):
            return Method(found, receiver)
    return ANY
