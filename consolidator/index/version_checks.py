"""Modules that refuse to be imported with a package that is too old."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from consolidator.index.fallbacks import is_foreign
from consolidator.index.index import Index
from consolidator.index.module import Module
from consolidator.workspace.declared import normal


def packages_checked(index: Index, module: Module, statement: ast.stmt) -> frozenset[str]:
    """The packages of which a statement that may raise asks whether they are new enough.

    if getattr(render_kit, "API_VERSION", 0) < 9:
        raise RuntimeError("render_kit 9 is needed")

    try:
        render_kit.draw_twice
    except AttributeError as error:
        raise RuntimeError("render_kit is outdated") from error

    None where it asks for anything else, be it only a call of theirs.
    """
    asked = list(_asked(statement))
    names = {node.id for test in asked for node in ast.walk(test) if isinstance(node, ast.Name)}
    calls = [node for test in asked for node in ast.walk(test) if isinstance(node, ast.Call)]
    if not all(isinstance(call.func, ast.Name) and call.func.id in _HARMLESS for call in calls):
        return frozenset()
    found = set[str]()
    for name in names - _HARMLESS:
        items = module.imports_by_name.get(name, [])
        if not items or not all(is_foreign(index, item.module) for item in items):
            return frozenset()
        found |= {normal(item.module.top) for item in items}
    return frozenset(found)


_HARMLESS = frozenset(vars(builtins)) - {"__import__", "eval", "exec", "open"}


def _asked(statement: ast.stmt) -> Iterator[ast.AST]:
    """What decides whether a statement raises; nothing where that cannot be told so simply."""
    if isinstance(statement, ast.If) and not any(map(_branches, statement.body)):
        yield statement.test
        for each in statement.orelse:
            yield from _asked(each)
    elif isinstance(statement, ast.Try) and all(isinstance(e, ast.Expr) for e in statement.body):
        yield from statement.body


def _branches(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If | ast.Try | ast.With | ast.For | ast.While)
