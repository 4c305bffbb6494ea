"""The vocabulary of import-time events: what a module's body does that an import order can break.

An event is a plain tuple `(code, line, ...)` of integers, strings, None and further tuples, so it
can be marshalled, pickled or written as JSON (the simulation reads lists as well as tuples):

    NAME        line, name                      a global name must be bound now
    CHAIN       line, ref                       the same, then the attributes on module objects
    LOCAL_CHAIN line, ref                       attributes of a function's local; never a NameError
    CALL        line, ref, call                 a call; runs a first-party function's body
    BIND        line, name, ref | None          a name in the current namespace
    BIND_GLOBAL line, name, ref | None          a name that a `global` statement sends to the module
    BIND_MANY   line, names                     names bound to nothing of interest, at once
    UNBIND      line, name                      `del name`
    FORGET      line, name                      the end of `except E as name`
    SET_ATTR    line, ref, name, ref | None     `a.b.name = ...`
    IMPORT      line, module, name | None, deep `import a.b` (binds `a`) or, deep, `import a.b as x`
    FROM        line, module, ((name, bound as), ...)
    STAR        line, module
    NAMES       line, name, parts, added        a list of names such as `__all__`
    DEF         line, name, body, doubtful, decorators, receiver | None, parameters
                                                of those that tests ask about: (name, position
                                                | None when it is bound anew, default)
    CLASS       line, name, bases, metaclass | None, body, decorators, hands on
                                                (the arguments of its call, to `__init__`)
    EITHER      line, blocks                    one of the blocks runs, nobody knows which
    WHEN        line, condition, then, otherwise, rest, (how each of them ends)
                                                `if` on parameters; the rest runs unless it left
    SELECT      line, names, then, otherwise    in `__getattr__(name)`: `if name in names`
    TRY         line, body, handlers, orelse, final     handler: (exception names, line, block)
    LAZY        line, entries, takes an attribute, takes all of the module, prefix
                                                in `__getattr__`: import what the name stands for;
                                                without a prefix other names may be anything
    RAISE       line, exception name            empty for what the handler caught, `^` for what
                                                the one around it did, and so on
    RETURN      line, ref
    REPLACE     line, module | None             `sys.modules[...] = ...`, None for one not known
    LOAD_ANY    line, names, parts, parts       `import_module(name, package)` with a computed name,
                                                of which the parts are `=text` and `%parameter`. If
                                                a call does not tell all: perhaps these modules, or
                                                those in the packages among them
    OPEN        line                            `exec`, `globals().update(...)`: any name

A ref is a path to a value, `("a", "b", "()", "c")` for `a.b().c`; `arguments` tells how a call
stands in it, and `conditions` what a condition is. The parts of NAMES are
`("=", "x", "y")` for literal names, `("ref", "a", "__all__")` for another list, `("?",)` for
what cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Event = tuple[Any, ...]
Block = tuple[Event, ...]
Ref = tuple[str, ...]

CALLED = "()"
PASSED = "(&)"  # the call of a decorator, with what is decorated
PASSED_ON = "(?)"  # that of the next one, with what the first gave back
DECORATED = "<decorated>"  # in a ref, after a name: `C = decorate(C)` gives the class back
OPERATOR = "<operator>"  # in a ref, before `__or__`: a class is asked for its metaclass's
SUPER = "<super>"  # `super()` in a ref, after the name of the receiver
SETTER = ".setter"  # after the name of a property, for the function that assigning to it runs
THIS_MODULE = "<module>"  # the root of a ref for `sys.modules[__name__]`


def is_call(part: str) -> bool:
    """Whether a part of a ref stands for a call."""
    return part.startswith("(")


# How a block ends: it goes on, may leave its function or loop, leaves it, or raises.
FALLS, MAY_LEAVE, LEAVES, RAISES = range(4)

IMPLICIT_NAMES = frozenset(
    [
        "__name__",
        "__file__",
        "__doc__",
        "__package__",
        "__spec__",
        "__loader__",
        "__builtins__",
        "__annotations__",
        "__cached__",
        "__path__",
        "__dict__",
        "__class__",
        "__module__",
        "__qualname__",
    ]
)
"""What a module (or class body) has without binding it."""

(
    NAME,
    CHAIN,
    LOCAL_CHAIN,
    CALL,
    BIND,
    BIND_GLOBAL,
    BIND_MANY,
    UNBIND,
    FORGET,
    SET_ATTR,
    IMPORT,
    FROM,
    STAR,
    NAMES,
    DEF,
    CLASS,
    EITHER,
    WHEN,
    SELECT,
    LAZY,
    TRY,
    RAISE,
    RETURN,
    REPLACE,
    OPEN,
    LOAD_ANY,
) = range(26)


def bound_names(events: Iterable[Event]) -> frozenset[str]:
    """The names that events bind in their own namespace, in whatever branch."""
    found: set[str] = set()
    for event in events:
        code = event[0]
        if code in (BIND, DEF, CLASS, NAMES):
            found.add(event[2])
        elif code == BIND_MANY:
            found.update(event[2])
        elif code == IMPORT and event[3]:
            found.add(event[3])
        elif code == FROM:
            found.update(bound for _, bound in event[3])
        elif code == EITHER:
            found.update(*(bound_names(block) for block in event[2]))
        elif code == WHEN:
            found.update(*(bound_names(block) for block in event[3:6]))
        elif code == TRY:
            _, _, body, handlers, orelse, final = event
            blocks = (body, orelse, final, *(handler[2] for handler in handlers))
            found.update(*(bound_names(block) for block in blocks))
    return frozenset(found)
