"""Definitions that have an effect by themselves: a registry learns of them when they are made."""

from __future__ import annotations

import ast
import sys

from consolidator.edits.heirs import defining_class
from consolidator.edits.state_changes import (
    fills_imported_or_own,
    origin_of,
    reaches_state,
    tells_first_party_state,
)
from consolidator.edits.subclass_hooks import is_mapped, learns_of_heirs
from consolidator.index.definitions import Definition
from consolidator.index.index import Index
from consolidator.index.last_names import called_name
from consolidator.index.module import Module

_PURE_METACLASSES = frozenset({"ABCMeta", "type", "EnumMeta", "EnumType"})
_PURE_DECORATORS = frozenset(
    {"dataclass", "final", "total_ordering", "runtime_checkable", "unique"}
    | {"attrs", "s", "define", "frozen", "mutable"}  # of attrs
    | {"deprecated", "implementer", "override", "python_2_unicode_compatible"}
)
_PURE_FOR_FUNCTIONS = frozenset({"staticmethod", "classmethod", "property", "deprecated", "wraps"})
_MAKING = frozenset({"__new__", "__init__", "__prepare__"})
_MOST_BASES = 8


def registers_itself(index: Index, module: Module, item: Definition) -> bool:
    """Whether defining something may tell others of it, by metaclass, decorator, base or body.

    It must be made whenever its old module is imported, so nothing lazy serves it.
    """
    statements = [module.body[number] for number in item.statements]
    return any(
        not all(_is_pure_maker(index, module, statement, each) for each in _decorators(statement))
        for statement in statements
    ) or any(_tells_undecorated(index, module, statement) for statement in statements)


def only_seems_to(index: Index, module: Module, item: Definition) -> bool:
    """Whether nothing but unknown decorators make something count, and they change nothing."""
    statements = [module.body[number] for number in item.statements]
    return not any(
        _tells_others(index, module, statement, decorator)
        for statement in statements
        for decorator in _decorators(statement)
    ) and not any(_tells_undecorated(index, module, statement) for statement in statements)


def registers_for_sure(index: Index, module: Module, item: Definition) -> bool:
    """Whether something tells others of itself, unknown decorators of libraries left aside."""
    statements = [module.body[number] for number in item.statements]
    return any(_tells_undecorated(index, module, each) for each in statements) or any(
        _tells_others(index, module, statement, decorator)
        for statement in statements
        for decorator in _decorators(statement)
        if not _is_of_a_library(index, module, decorator)
    )


def _is_of_a_library(index: Index, module: Module, decorator: ast.expr) -> bool:
    origin = origin_of(index, module, decorator)
    return origin is not None and origin.kind == "external"


def _decorators(statement: ast.stmt) -> list[ast.expr]:
    return list(getattr(statement, "decorator_list", ()))


def _tells_undecorated(index: Index, module: Module, statement: ast.stmt) -> bool:
    """Whether a definition tells others without its decorators; so does `register(C)` below it."""
    if isinstance(statement, ast.ClassDef):
        return _has_effect(index, module, statement, 0) or _body_acts(index, module, statement)
    return isinstance(statement, ast.Expr) and _acts(index, module, statement)


def _body_acts(index: Index, module: Module, node: ast.ClassDef) -> bool:
    """`KINDS.append("csv")` in the body of a class."""
    return any(isinstance(each, ast.Expr) and _acts(index, module, each) for each in node.body)


def _acts(index: Index, module: Module, statement: ast.Expr) -> bool:
    """`table.append(C)`, `register(C)`, `register("csv")(C)`."""
    call = statement.value
    if not isinstance(call, ast.Call):
        return False
    if fills_imported_or_own(module, call):
        return True
    called = call.func.func if isinstance(call.func, ast.Call) else call.func
    return tells_first_party_state(index, module, called)


def _has_effect(index: Index, module: Module, node: ast.ClassDef, depth: int) -> bool:
    for keyword in node.keywords:
        if keyword.arg == "metaclass" and not _makes_as_type_does(index, module, keyword.value, 0):
            return True
    if depth and learns_of_heirs(index, module, node):
        return True
    return depth < _MOST_BASES and any(
        _base_has_effect(index, module, base, depth) for base in node.bases
    )


def _makes_as_type_does(index: Index, module: Module, maker: ast.expr, depth: int) -> bool:
    """Whether a metaclass has no say in how classes are made.

    class Composed(Operators, type):    # which only gives them operators
        pass
    """
    if _is_pure(index, module, maker, _PURE_METACLASSES):
        return True
    found = defining_class(index, module, maker)
    if found is None or depth >= _MOST_BASES:
        return False
    home, node = found
    return (
        not node.decorator_list
        and not node.keywords
        and not any(getattr(p, "name", getattr(p, "id", "")) in _MAKING for p in ast.walk(node))
        and all(_makes_as_type_does(index, home, base, depth + 1) for base in node.bases)
    )


def _is_pure(
    index: Index, module: Module, maker: ast.expr, known: frozenset[str] = _PURE_DECORATORS
) -> bool:
    """Whether a decorator or metaclass is known to tell nobody, and not the project's own."""
    origin = origin_of(index, module, maker)
    return origin is not None and origin.kind != "definition" and called_name(maker) in known


def _is_pure_maker(index: Index, module: Module, statement: ast.stmt, maker: ast.expr) -> bool:
    """Whether what decorates a class or a function is known to tell nobody."""
    if isinstance(statement, ast.ClassDef):
        return _is_pure(index, module, maker)
    origin = origin_of(index, module, maker)
    if origin is None or origin.kind == "definition":
        return False
    library = origin.module.top in sys.stdlib_module_names
    return called_name(maker) in _PURE_FOR_FUNCTIONS or (
        library and called_name(maker) != "register"
    )


def _tells_others(index: Index, module: Module, statement: ast.stmt, decorator: ast.expr) -> bool:
    """Whether a decorator may put something somewhere; one that cannot be read may."""
    if _is_pure_maker(index, module, statement, decorator):
        return False
    origin = origin_of(index, module, decorator)
    home = index.module(origin.module) if origin and origin.kind == "definition" else None
    if origin is None or home is None or index.readable(home.path) is None:
        return True
    return reaches_state(home, origin.name, set())


def _base_has_effect(index: Index, module: Module, base: ast.expr, depth: int) -> bool:
    """Whether a base learns of its heirs: `Base`, `kinds.Base` or `Base[int]`."""
    if is_mapped(index, module, base):
        return True
    found = defining_class(index, module, base)
    return found is not None and _has_effect(index, *found, depth + 1)
