"""Imports of functions that the code at the top of a module may call, as far as names tell.

CUBE = SIDE * SIDE    # and `__mul__` of something imports `tables`
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from consolidator.edits.called_code import Function, Imported, code_of
from consolidator.edits.run_at_import import Reach
from consolidator.index.fallbacks import may_go_without
from consolidator.index.index import Index
from consolidator.index.module import Module
from consolidator.names import ModuleName


class LateImport(NamedTuple):
    """An import in a function, and the statement of the calling module that may come to it."""

    statement: int
    function: str
    by: ModuleName
    line: int
    module: ModuleName
    name: str | None


def late_imports_called_by(index: Index, caller: Module) -> tuple[LateImport, ...]:
    """What the functions import that a module's own code may call, each for the first time."""
    known: dict[str, tuple[LateImport, ...]] = index.called_late
    if caller.name not in known:
        known[caller.name] = tuple(_called_by(index, caller))
    return known[caller.name]


@lru_cache(maxsize=8)
def first_to_run(tree: ast.Module) -> ast.stmt | None:
    """The first statement of a module that may call anything."""
    return next((statement for statement in tree.body if code_of(statement).at_import), None)


def _called_by(index: Index, caller: Module) -> Iterator[LateImport]:
    reach = Reach(index)
    first: dict[int, int] = {}
    for number, statement in enumerate(caller.body):
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            reach.execute(caller.name, code_of(statement))
            for function in reach.run():
                first.setdefault(function, number)
    for module in reach.read():
        for node in _importing_functions(index, module) if first else ():
            if id(node) in first:
                for line, imported, name in _imports(reach, module, node):
                    yield LateImport(first[id(node)], node.name, module, line, imported, name)


def _importing_functions(
    index: Index, name: ModuleName
) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    path = index.workspace.path_of(name)
    if path is None:
        return
    every = index.modules_imported_by(path, name, deferred=True)
    if set(every) <= set(index.modules_imported_by(path, name, deferred=False)):
        return
    module = index.readable(path)
    tree = module.syntax.tree if module is not None else ast.Module([], [])
    yield from (node for node in ast.walk(tree) if isinstance(node, Function))


def _imports(
    reach: Reach, module: ModuleName, function: ast.AST
) -> Iterator[tuple[int, ModuleName, str | None]]:
    """What a function imports; not where it can do without."""
    for node in ast.iter_child_nodes(function):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, ModuleName(alias.name), None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                imported = Imported(node.level, node.module or "", alias.name)
                yield node.lineno, reach.absolute(module, imported), alias.name
        elif not may_go_without(node):
            yield from _imports(reach, module, node)
