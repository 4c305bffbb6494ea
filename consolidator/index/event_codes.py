"""The vocabulary of import-time events: what a module's body does that an import order can break.

An event is a plain tuple `(code, line, ...)` of integers, strings, None and further tuples, so it
can be marshalled, pickled or written as JSON (the simulation reads lists as well as tuples):

    NAME        line, name                      a global name must be bound now
    CHAIN       line, ref                       the same, then the attributes on module objects
    LOCAL_CHAIN line, ref                       attributes of a function's local; never a NameError
    CALL        line, ref                       a call; runs a first-party function's body
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
    DEF         line, name, body, doubtful, decorators, receiver | None
    CLASS       line, name, bases, metaclass | None, body, decorators
    EITHER      line, blocks                    one of the blocks runs, nobody knows which
    SELECT      line, names, then, otherwise    in `__getattr__(name)`: `if name in names`
    TRY         line, body, handlers, orelse, final     handler: (exception names, line, block)
    LAZY        line, entries, takes an attribute, prefix
                                                in `__getattr__`: import what the name stands for
    RAISE       line, exception name            empty for a bare `raise`
    RETURN      line, ref
    REPLACE     line, module | None             `sys.modules[...] = ...`, None for one not known
    OPEN        line                            `exec`, `globals().update(...)`: any name

A ref is a path to a value, `("a", "b", "()", "c")` for `a.b().c`. The parts of NAMES are
`("=", "x", "y")` for literal names, `("ref", "a", "__all__")` for another list, `("?",)` for
what cannot be read.
"""

from __future__ import annotations

from typing import Any

Event = tuple[Any, ...]
Block = tuple[Event, ...]
Ref = tuple[str, ...]

CALLED = "()"
THIS_MODULE = "<module>"  # the root of a ref for `sys.modules[__name__]`

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
    SELECT,
    LAZY,
    TRY,
    RAISE,
    RETURN,
    REPLACE,
    OPEN,
) = range(24)
