"""Names that are there without being bound."""

from __future__ import annotations

import ast
import builtins

from consolidator.index.index import Index, Origin
from consolidator.index.module import Module

BUILTINS = frozenset(dir(builtins)) | {"__file__", "__name__", "__class__", "__builtins__"}

_OFFERED_BY = frozenset({"builtins", "six.moves", "six.moves.builtins"})
"""Modules that have builtins among their names, for code that once ran on Python 2."""


def has_the_builtin(index: Index, module: Module, name: str) -> bool:
    """Whether a module binds the name of a builtin to nothing but that.

    from builtins import open
    str = str
    from .compat import str    # which says that
    """
    items = module.imports_by_name.get(name, [])
    if len(items) != len(module.bindings(name)):
        return not items and _binds_it_to_itself(module, name)
    return not module.star_imports and all(
        means_the_builtin(index, index.resolve_import(item), name) for item in items
    )


def means_the_builtin(index: Index, origin: Origin, name: str) -> bool:
    """Whether what a name comes from is the builtin of that name."""
    if origin.name != name:
        return False
    if origin.kind == "external":
        return origin.module in _OFFERED_BY
    module = index.module(origin.module) if origin.kind == "definition" else None
    return module is not None and _binds_it_to_itself(module, name)


def _binds_it_to_itself(module: Module, name: str) -> bool:
    """Whether `str = str` is all that a module says, and no `*` may have brought another."""
    body = module.body
    found = [body[b.statement] if b.statement < len(body) else None for b in module.bindings(name)]
    return bool(found) and not module.star_imports and all(_is_itself(each, name) for each in found)


def _is_itself(statement: ast.stmt | None, name: str) -> bool:
    return (
        isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Name)
        and statement.value.id == name
        and all(isinstance(target, ast.Name) for target in statement.targets)
    )
