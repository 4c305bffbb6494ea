"""Tests of an `if` at module level whose outcome is known without running the project."""

from __future__ import annotations

import ast
import operator
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

_UNKNOWN = object()

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}

_ATTRIBUTES: dict[str, Any] = {
    "sys.version_info": tuple(sys.version_info),
    "sys.version_info.major": sys.version_info.major,
    "sys.version_info.minor": sys.version_info.minor,
    "sys.hexversion": sys.hexversion,
    "sys.platform": sys.platform,
    "sys.maxsize": sys.maxsize,
    "sys.byteorder": sys.byteorder,
    "sys.implementation.name": sys.implementation.name,
    "os.name": os.name,
}


def static_truth(test: ast.expr, constants: Mapping[str, Any]) -> bool | None:
    """Whether a test holds when a module is imported, None when that cannot be known.

    `constants` are the module's own names whose value is known. The running interpreter stands
    for the one that will run the project. `TYPE_CHECKING` never holds, `__name__ == "__main__"`
    neither.
    """
    if isinstance(test, ast.BoolOp):
        return _any_or_all(test, constants)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = static_truth(test.operand, constants)
        return None if inner is None else not inner
    if isinstance(test, ast.NamedExpr):
        return static_truth(test.value, constants)
    value = static_value(test, constants)
    return None if value is _UNKNOWN else bool(value)


def is_known(value: object) -> bool:
    """Whether `static_value` found a value."""
    return value is not _UNKNOWN


def _any_or_all(test: ast.BoolOp, constants: Mapping[str, Any]) -> bool | None:
    decisive = isinstance(test.op, ast.Or)
    truths = [static_truth(value, constants) for value in test.values]
    if decisive in truths:
        return decisive
    return None if None in truths else not decisive


def static_value(node: ast.expr, constants: Mapping[str, Any]) -> Any:
    """The value of an expression over literals and the interpreter's version and platform."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return _named(node.id, constants)
    if isinstance(node, ast.Attribute):
        return _attribute(node, constants)
    if isinstance(node, ast.Compare):
        return _comparison(node, constants)
    if isinstance(node, ast.Tuple):
        return _tuple(node, constants)
    if isinstance(node, (ast.Subscript, ast.Call, ast.BoolOp, ast.UnaryOp)):
        return _derived(node, constants)
    return _UNKNOWN


def _named(name: str, constants: Mapping[str, Any]) -> Any:
    if name == "TYPE_CHECKING":
        return False
    if name == "__debug__":
        return True
    if name == "__name__":
        return _NotMain()
    return constants.get(name, _UNKNOWN)


class _NotMain(str):
    """The `__name__` of an imported module: something, but never `"__main__"`."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True


def _attribute(node: ast.Attribute, constants: Mapping[str, Any]) -> Any:
    if node.attr == "TYPE_CHECKING":
        return False
    path = dotted(node)
    if path is None:
        return _UNKNOWN
    for prefix in ("", "_"):  # `import sys as _sys` is as common as it gets
        if path.startswith(prefix) and path[len(prefix) :] in _ATTRIBUTES:
            return _ATTRIBUTES[path[len(prefix) :]]
    return constants.get(path, _UNKNOWN)


def dotted(node: ast.expr) -> str | None:
    """`"a.b.c"` for the expression `a.b.c`, None for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return None if base is None else f"{base}.{node.attr}"
    return None


def _comparison(node: ast.Compare, constants: Mapping[str, Any]) -> Any:
    left = static_value(node.left, constants)
    for op, comparator in zip(node.ops, node.comparators, strict=True):
        right = static_value(comparator, constants)
        if left is _UNKNOWN or right is _UNKNOWN:
            return _UNKNOWN
        try:
            if not _COMPARISONS[type(op)](left, right):
                return False
        except TypeError:
            return _UNKNOWN
        left = right
    return True


def _tuple(node: ast.Tuple, constants: Mapping[str, Any]) -> Any:
    values = tuple(static_value(element, constants) for element in node.elts)
    return _UNKNOWN if _UNKNOWN in values else values


def _derived(node: ast.expr, constants: Mapping[str, Any]) -> Any:
    if isinstance(node, (ast.BoolOp, ast.UnaryOp)):
        if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.Not):
            return _UNKNOWN
        truth = static_truth(node, constants)
        return _UNKNOWN if truth is None else truth
    if isinstance(node, ast.Subscript):
        return _item(node, constants)
    # sys.platform.startswith("win")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.keywords:
        value = static_value(node.func.value, constants)
        arguments = [static_value(argument, constants) for argument in node.args]
        prefix = arguments[0] if node.func.attr == "startswith" and len(arguments) == 1 else None
        if isinstance(value, str) and isinstance(prefix, (str, tuple)):
            return value.startswith(prefix)
    return _UNKNOWN


def _item(node: ast.Subscript, constants: Mapping[str, Any]) -> Any:
    value = static_value(node.value, constants)
    if not isinstance(value, tuple):
        return _UNKNOWN
    index: Any
    if isinstance(node.slice, ast.Slice):
        bounds = (node.slice.lower, node.slice.upper, node.slice.step)
        index = slice(*(None if b is None else static_value(b, constants) for b in bounds))
        parts = [index.start, index.stop, index.step]
    else:
        index = static_value(node.slice, constants)
        parts = [index]
    if not all(part is None or isinstance(part, int) for part in parts):
        return _UNKNOWN
    try:
        return value[index]
    except (IndexError, TypeError, ValueError):
        return _UNKNOWN
