"""Node classes of newer syntax: those of the running `ast`, and stand-ins for those it lacks.

A stand-in bears the name and the fields of the real class, so that `ast.walk`, `ast.dump` and
`ast.NodeVisitor` treat it just as a newer Python treats the real one.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Sequence
from typing import Any, ClassVar
from typing import TypeVar as _Generic

__all__ = [
    "Interpolation",
    "ParamSpec",
    "TemplateStr",
    "TypeAlias",
    "TypeVar",
    "TypeVarTuple",
    "lazy",
    "plain_type",
    "type_parameter",
    "with_type_params",
]

_Node = _Generic("_Node", bound=ast.AST)
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_PLACE = ("lineno", "col_offset", "end_lineno", "end_col_offset")

if sys.version_info >= (3, 12):
    from ast import ParamSpec, TypeAlias, TypeVar, TypeVarTuple, type_param
else:

    class type_param(ast.AST):
        """What stands between the brackets of a generic definition."""

        _attributes = _PLACE

    class TypeVar(type_param):
        """`T`, `T: bound` or `T = default`."""

        _fields = ("name", "bound", "default_value")

    class TypeVarTuple(type_param):
        """`*Ts`."""

        _fields = ("name", "default_value")

    class ParamSpec(type_param):
        """`**P`."""

        _fields = ("name", "default_value")

    class TypeAlias(ast.stmt):
        """`type X[T] = value`."""

        _fields = ("name", "type_params", "value")


if sys.version_info >= (3, 14):
    from ast import Interpolation, TemplateStr
else:

    class TemplateStr(ast.expr):
        """`t"text {value}"`."""

        _fields = ("values",)
        _field_types: ClassVar[dict[str, Any]] = {"values": list[ast.expr]}

    class Interpolation(ast.expr):
        """`{value}` in a template string; `str` is the source of the value."""

        _fields = ("value", "str", "conversion", "format_spec")
        _field_types: ClassVar[dict[str, Any]] = {
            "value": ast.expr,
            "str": object,
            "conversion": int,
            "format_spec": ast.expr | None,
        }


def _with_field(base: type[_Node], field: str, kind: Any) -> type[_Node]:
    """The node class itself when it has the field, else a subclass of its name that has it."""
    if field in base._fields:
        return base
    members = {
        "_fields": (*base._fields, field),
        "_field_types": {**getattr(base, "_field_types", {}), field: kind},
        "__module__": __name__,
    }
    return type(base.__name__, (base,), members)


_TYPE_PARAMS = list[type_param]
FunctionDef = _with_field(ast.FunctionDef, "type_params", _TYPE_PARAMS)
AsyncFunctionDef = _with_field(ast.AsyncFunctionDef, "type_params", _TYPE_PARAMS)
ClassDef = _with_field(ast.ClassDef, "type_params", _TYPE_PARAMS)
_LAZY_IMPORT: type[ast.Import] = _with_field(ast.Import, "is_lazy", int)
_LAZY_IMPORT_FROM: type[ast.ImportFrom] = _with_field(ast.ImportFrom, "is_lazy", int)
_DEFAULTED: dict[str, Callable[..., ast.AST]] = {
    kind.__name__: _with_field(kind, "default_value", ast.expr | None)
    for kind in (TypeVar, TypeVarTuple, ParamSpec)
}


def with_type_params(node: _Definition, params: Sequence[ast.AST]) -> ast.stmt:
    """The definition with its type parameters; on older Pythons a new node when there are any."""
    if "type_params" in node._fields:
        vars(node).update(type_params=list(params))
        return node
    if not params:
        return node
    fields: dict[str, Any] = {**vars(node), "type_params": list(params)}
    if isinstance(node, ast.ClassDef):
        return ClassDef(**fields)
    if isinstance(node, ast.AsyncFunctionDef):
        return AsyncFunctionDef(**fields)
    return FunctionDef(**fields)


def lazy(node: ast.Import | ast.ImportFrom) -> ast.Import | ast.ImportFrom:
    """The same import, marked as `lazy` (PEP 810)."""
    fields: dict[str, Any] = {**vars(node), "is_lazy": 1}
    return _LAZY_IMPORT(**fields) if isinstance(node, ast.Import) else _LAZY_IMPORT_FROM(**fields)


def type_parameter(
    stars: str, name: str, bound: ast.expr | None, default: ast.expr | None, place: dict[str, Any]
) -> ast.AST:
    """The node for `T: bound = default`, `*Ts = default` or `**P = default`."""
    kind: Any = {"": TypeVar, "*": TypeVarTuple, "**": ParamSpec}[stars]
    fields: dict[str, Any] = {"name": name, **place}
    if kind is TypeVar:
        fields["bound"] = bound
    # Python 3.12 knows no defaults: only a parameter that has one gets the wider class.
    if default is not None or "default_value" in kind._fields:
        fields["default_value"] = default
        kind = _DEFAULTED[kind.__name__]
    node: ast.AST = kind(**fields)
    return node


def plain_type(node: ast.AST) -> type[ast.AST]:
    """The class of `ast` that a node is of, also for a stand-in that adds a field to it."""
    kind = type(node)
    return kind if kind.__module__ == "ast" else getattr(ast, kind.__name__, kind)
