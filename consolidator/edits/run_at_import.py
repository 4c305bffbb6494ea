"""Functions that may run while modules are imported, found by names: rather too many of them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from consolidator.index.importers import importers
from consolidator.index.index import Index
from consolidator.index.module import Module

Function = ast.FunctionDef | ast.AsyncFunctionDef
_MOST_MODULES = 200


def functions_run_at_import(index: Index, module: Module) -> frozenset[int] | None:
    """The ids of a module's functions and methods that an import may call, however indirectly.

    @attrs                     # calls attrs(), that calls builder.add_init(), ...
    class Point: ...           # ... and that calls Converter()

    Whatever calls them stands in a module that imports this one, directly or not. None when too
    many do.
    """
    modules = _importing(index, module)
    if modules is None:
        return None
    calls = [_calls_in(each.syntax.tree) for each in modules]
    by_name: dict[str, list[_Callable]] = {}
    for each in calls:
        for function in each.functions:
            by_name.setdefault(function.name, []).append(function)
    queue = [name for each in calls for name in each.at_import]
    seen, found = set(queue), set()
    while queue:
        for function in by_name.get(queue.pop(), ()):
            if function.node not in found:
                found.add(function.node)
                fresh = function.uses - seen
                seen |= fresh
                queue += fresh
    return frozenset(found)


class _Callable(NamedTuple):
    """A function, by its id, under a name that runs it, with the names that its body uses."""

    name: str
    node: int
    uses: frozenset[str]


class _Calls(NamedTuple):
    """What a module's text says: its functions, and the names it uses when it is imported."""

    functions: tuple[_Callable, ...]
    at_import: frozenset[str]


@lru_cache(maxsize=4 * _MOST_MODULES)
def _calls_in(tree: ast.Module) -> _Calls:
    functions = [
        _Callable(name, id(node), frozenset(_names(ast.walk(node))))
        for name, node in _callable(tree)
    ]
    functions += _aliases(tree)
    return _Calls(tuple(functions), frozenset(_names(_eager(tree))))


def _importing(index: Index, module: Module) -> list[Module] | None:
    found = {module.name: module}
    queue = [module]
    while queue:
        for each in importers(index, queue.pop().name):
            if each.name not in found and each.path.endswith(".py"):
                found[each.name] = each
                queue.append(each)
        if len(found) > _MOST_MODULES:
            return None
    return list(found.values())


def _callable(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """Every function and method by its name; what making or using an object calls, by its class."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for child in node.body:
                if isinstance(child, Function) and child.name.startswith("__"):
                    yield node.name, child


def _aliases(tree: ast.Module) -> Iterator[_Callable]:
    """`make` of `from module import factory as make` and of `make = factory` calls `factory`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.alias) and node.asname:
            yield _Callable(node.asname, id(node), frozenset({node.name.rpartition(".")[2]}))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name | ast.Attribute):
            used = frozenset(_names([node.value]))
            for name in _names(node.targets):
                yield _Callable(name, id(node), used)


def _eager(tree: ast.AST) -> Iterator[ast.AST]:
    """What is called, read as an attribute or made a class of when the module runs.

    Not `total` of `VIEWS = {"total": total}`.
    """
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.Import | ast.ImportFrom):
            continue
        if isinstance(child, ast.If) and _is_main(child.test):
            yield from _eager(ast.Module(child.orelse, []))
            continue
        called: list[ast.AST] = []
        if isinstance(child, Function | ast.ClassDef):
            called += [*child.decorator_list, *getattr(child, "bases", ())]
            called += getattr(child, "keywords", ())
            called += _defaults(child)
        elif isinstance(child, ast.Call):
            called.append(child)
        elif isinstance(child, ast.Attribute):
            yield child
        for each in called:
            yield from ast.walk(each)
        if not isinstance(child, Function | ast.Lambda):
            yield from _eager(child)


def _defaults(node: ast.AST) -> list[ast.expr]:
    arguments = node.args if isinstance(node, Function) else None
    every = [*arguments.defaults, *arguments.kw_defaults] if arguments else []
    return [each for each in every if each is not None]


def _is_main(test: ast.expr) -> bool:
    """`__name__ == "__main__"`."""
    compared = isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq)
    return compared and "__main__" in ast.unparse(test)


def _names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
