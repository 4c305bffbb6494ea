"""Names whose value may change while a function of the moved code runs."""

from __future__ import annotations

import ast
from functools import lru_cache

from consolidator.index.module import Module
from consolidator.index.scopes import NameUse, Scope

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_PAUSES = ast.Yield | ast.YieldFrom | ast.Await | ast.AsyncFor | ast.AsyncWith
_LOOPS = ast.For | ast.While | ast.AsyncFor


def is_rebound(source: Module, name: str) -> bool:
    """Whether a function binds the name anew, through `global`."""
    return any(binding.via_global for binding in source.bindings(name))


def is_kept_for_later(use: NameUse) -> bool:
    """Whether a function inside a function reads a name, perhaps long after the outer one ran.

    def retry(function):
        def again(): return pause(), function()    # `pause` may be patched by then
    """
    return len(_functions_around(use)) > 1


def may_be_outdated(use: NameUse) -> bool:
    """Whether a name may have changed since the function around its use began.

    connect()                 # rebinds `connection`
    return connection.rows
    """
    functions = _functions_around(use)
    if len(functions) != 1:
        return bool(functions)
    (function,) = functions
    nodes = list(ast.walk(function))
    if any(isinstance(node, _PAUSES) for node in nodes):
        return True
    if any(isinstance(node, _LOOPS) and _contains(node, use.node) for node in nodes):
        return True
    calls = (node for node in nodes if isinstance(node, ast.Call))
    return any(_position(c) < _position(use.node) and not _contains(c, use.node) for c in calls)


def is_used_at_the_end(use: NameUse) -> bool:
    """Whether a use stands in a `__del__`, which may run when nothing can be imported any more."""
    functions = _functions_around(use)
    return any(getattr(each, "name", "") == "__del__" for each in functions)


def is_read_by_a_register(use: NameUse) -> bool:
    """Whether a use is the annotation of a function that `@show.register` reads at once."""
    return use.annotation and use.node in _read_by_registers(use.scope.node)


@lru_cache(maxsize=64)  # drafts of one move ask for the same few scopes, thousands of times
def _read_by_registers(scope: ast.AST) -> frozenset[ast.AST]:
    """What stands in the annotations of functions in a scope that a register takes."""
    functions = (
        node
        for node in ast.walk(scope)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(getattr(each, "attr", "") == "register" for each in node.decorator_list)
    )
    return frozenset(
        part
        for function in functions
        for each in (function.args, function.returns)
        if each is not None
        for part in ast.walk(each)
    )


def _functions_around(use: NameUse) -> list[ast.AST]:
    """The functions around a use, the innermost first."""
    found: list[ast.AST] = []
    scope: Scope | None = use.scope
    while scope is not None:
        if isinstance(scope.node, _FUNCTIONS) and scope.node not in found:
            found.append(scope.node)
        scope = scope.parent
    return found


def _contains(node: ast.AST, inner: ast.AST) -> bool:
    return any(part is inner for part in ast.walk(node))


def _position(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
