"""Tests on the parameters of a function, written so that they can be decided for each call.

("truth", x)                      if x
("is", x, "None")                 if x is None
("==", x, "'w'")                  if x == "w"
("in", x, "('r', 'w')")           if x in ("r", "w")
("starts", x, "'_'")              if x.startswith("_")
("isinstance", x, ("str", "?"))   if isinstance(x, (str, Path))
("callable", x)                   if callable(x)
("not", test), ("and", tests), ("or", tests), ("=", True), ("?",)
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from consolidator.index.events.static_tests import is_known, static_truth, static_value

Condition = tuple[Any, ...]
OPEN: Condition = ("?",)

DATA_TYPES: Mapping[str, type] = {
    kind.__name__: kind
    for kind in (str, bytes, int, float, complex, bool, list, tuple, dict, set, frozenset)
}

_COMPARED: dict[type[ast.cmpop], tuple[str, bool]] = {
    ast.Is: ("is", True),
    ast.IsNot: ("is", False),
    ast.Eq: ("==", True),
    ast.NotEq: ("==", False),
    ast.In: ("in", True),
    ast.NotIn: ("in", False),
}


def condition(
    test: ast.expr, constants: Mapping[str, Any], is_parameter: Callable[[ast.expr], bool]
) -> Condition:
    """A test on parameters that is not known without them, `OPEN` where it is about others."""
    if isinstance(test, ast.BoolOp):
        parts = tuple(_part(value, constants, is_parameter) for value in test.values)
        asks = any(part[0] not in "?=" for part in parts)
        return ("and" if isinstance(test.op, ast.And) else "or", parts) if asks else OPEN
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _negated(condition(test.operand, constants, is_parameter))
    if isinstance(test, ast.Name):
        return ("truth", test.id) if is_parameter(test) else OPEN
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _compared(test, is_parameter)
    return _called(test, is_parameter) if isinstance(test, ast.Call) else OPEN


def _part(
    test: ast.expr, constants: Mapping[str, Any], is_parameter: Callable[[ast.expr], bool]
) -> Condition:
    truth = static_truth(test, constants)
    return ("=", truth) if truth is not None else condition(test, constants, is_parameter)


def _negated(inner: Condition) -> Condition:
    return inner if inner == OPEN else ("not", inner)


def _compared(test: ast.Compare, is_parameter: Callable[[ast.expr], bool]) -> Condition:
    found = _COMPARED.get(type(test.ops[0]))
    value = static_value(test.comparators[0], {})
    if found is None or not is_known(value) or not _is_plain(value):
        return OPEN
    operation, positive = found
    if operation == "is" and not (value is None or isinstance(value, bool)):
        return OPEN
    if operation == "in" and not isinstance(value, tuple):
        return OPEN
    if not (isinstance(test.left, ast.Name) and is_parameter(test.left)):
        return OPEN
    made: Condition = (operation, test.left.id, repr(value))
    return made if positive else ("not", made)


def _is_plain(value: Any) -> bool:
    """Whether the `repr` of a value gives it back."""
    if isinstance(value, tuple):
        return type(value) is tuple and all(_is_plain(element) for element in value)
    return value is None or type(value) in (bool, int, str)


def _called(test: ast.Call, is_parameter: Callable[[ast.expr], bool]) -> Condition:
    """`isinstance(x, str)`, `callable(x)`, `x.startswith("_")`."""
    function, arguments = test.func, test.args
    if test.keywords or not arguments:
        return OPEN
    if isinstance(function, ast.Attribute) and function.attr == "startswith":
        prefix = arguments[0]
        plain = isinstance(prefix, ast.Constant) and isinstance(prefix.value, str)
        if plain and len(arguments) == 1 and is_parameter(function.value):
            return ("starts", function.value.id, repr(prefix.value))  # type: ignore[attr-defined]
        return OPEN
    first = arguments[0]
    if not (isinstance(function, ast.Name) and isinstance(first, ast.Name)):
        return OPEN
    if function.id == "callable" and len(arguments) == 1 and is_parameter(first):
        return ("callable", first.id)
    if function.id == "isinstance" and len(arguments) == 2 and is_parameter(first):
        kinds = arguments[1].elts if isinstance(arguments[1], ast.Tuple) else [arguments[1]]
        names = tuple(k.id if isinstance(k, ast.Name) else "?" for k in kinds)
        return ("isinstance", first.id, tuple(n if n in DATA_TYPES else "?" for n in names))
    return OPEN
