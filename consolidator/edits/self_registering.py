"""Classes whose definition alone has an effect: a registry learns of them when they are made."""

from __future__ import annotations

import ast

from consolidator.index.definitions import Definition
from consolidator.index.index import Index
from consolidator.index.module import Module

_PURE_METACLASSES = frozenset({"ABCMeta", "type", "EnumMeta", "EnumType"})
_PURE_DECORATORS = frozenset(
    {"dataclass", "final", "total_ordering", "runtime_checkable", "unique", "define", "frozen"}
)
_FILLING = frozenset({"append", "add", "register", "setdefault", "update", "insert"})
_MOST_BASES = 8


def registers_itself(index: Index, module: Module, item: Definition, depth: int = 0) -> bool:
    """Whether defining a class may tell others of it, by metaclass, decorator or base.

    Such a class must be made whenever its old module is imported, so nothing lazy serves it.
    """
    for number in item.statements:
        statement = module.body[number]
        if isinstance(statement, ast.ClassDef) and _has_effect(index, module, statement, depth):
            return True
    return False


def _has_effect(index: Index, module: Module, node: ast.ClassDef, depth: int) -> bool:
    for keyword in node.keywords:
        if keyword.arg == "metaclass" and _last(keyword.value) not in _PURE_METACLASSES:
            return True
    if depth == 0 and any(_last(d) not in _PURE_DECORATORS for d in node.decorator_list):
        return True
    if depth and any(_fills(statement) for statement in node.body):
        return True
    return depth < _MOST_BASES and any(
        _base_has_effect(index, module, base, depth) for base in node.bases
    )


def _base_has_effect(index: Index, module: Module, base: ast.expr, depth: int) -> bool:
    if not isinstance(base, ast.Name):
        return False
    origin = index.resolve(module.name, base.id)
    home = index.module(origin.module) if origin.kind == "definition" else None
    if home is None or index.readable(home.path) is None:
        return False
    return any(
        isinstance(statement, ast.ClassDef)
        and statement.name == origin.name
        and _has_effect(index, home, statement, depth + 1)
        for statement in home.body
    )


def _fills(statement: ast.stmt) -> bool:
    """An `__init_subclass__` that puts the new class somewhere."""
    if not isinstance(statement, ast.FunctionDef) or statement.name != "__init_subclass__":
        return False
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in _FILLING:
            return True
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            return True
    return False


def _last(node: ast.expr) -> str:
    node = node.func if isinstance(node, ast.Call) else node
    return str(getattr(node, "attr", getattr(node, "id", "")))
