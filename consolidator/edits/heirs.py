"""Classes that are asked for those derived from them, by `Base.__subclasses__()`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from consolidator.edits.state_changes import origin_of
from consolidator.index.index import Index
from consolidator.index.last_names import last_name
from consolidator.index.module import Module

_Class = tuple[str, str]
"""A class, by file and name."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


def defining_class(
    index: Index, module: Module, base: ast.expr
) -> tuple[Module, ast.ClassDef] | None:
    """The class of the project that `Base`, `kinds.Base` or `Base[int]` is, with its module."""
    while isinstance(base, ast.Subscript):
        base = base.value
    if isinstance(base, ast.Call):
        return None
    origin = origin_of(index, module, base)
    home = index.module(origin.module) if origin and origin.kind == "definition" else None
    if origin is None or home is None or index.readable(home.path) is None:
        return None
    found = (
        statement
        for statement in home.body
        if isinstance(statement, ast.ClassDef) and statement.name == origin.name
    )
    node = next(found, None)
    return (home, node) if node is not None else None


def asked_for_heirs(index: Index) -> Iterator[_Class]:
    """The classes that call `__subclasses__` themselves, or that somebody names who does.

    def heirs(cls):
        yield from cls.__subclasses__()

    TABLE = {each.code: each for each in heirs(Base)}
    """
    askers: set[str] = set()
    for asking in index.mentioning({"__subclasses__"}):
        for statement in asking.body:
            for around, asked in _askings(statement):
                found = defining_class(index, asking, asked)
                if found is not None:
                    yield found[0].path, found[1].name
                else:  # type.__subclasses__(Base), or what a loop or an argument is
                    askers |= {around.name} if around is not None else set()
                    yield from _named(index, asking, around or statement)
                if isinstance(statement, ast.ClassDef):
                    yield asking.path, statement.name
    yield from _given_to(index, askers)


def _askings(statement: ast.stmt) -> Iterator[tuple[Function | None, ast.expr]]:
    """What is asked for its heirs below a statement, each with the function around it."""
    for around, node in _walk(statement):
        if isinstance(node, ast.Attribute) and node.attr == "__subclasses__":
            yield around, node.value


_MOST_ASKERS = 12
"""Functions to look for that ask what they get; names like `get` lead from one to all others."""


def _given_to(index: Index, askers: set[str]) -> Iterator[_Class]:
    """The classes that are given to functions which ask what they get, be it by way of others."""
    known, queue = set(askers), sorted(askers)
    for name in queue:
        called = b"%s(" % name.encode()
        for file in index.workspace.mentioning({name}):
            calling = index.readable(file.path) if called in file.data else None
            if calling is None:
                continue
            for around, call in _calls(calling, name):
                yield from _named(index, calling, call)
                if around is None or around.name in known or len(known) >= _MOST_ASKERS:
                    continue
                if _hands_on(around, call):
                    known.add(around.name)
                    queue.append(around.name)


def _calls(module: Module, name: str) -> Iterator[tuple[Function | None, ast.Call]]:
    for statement in module.body:
        for around, node in _walk(statement):
            if isinstance(node, ast.Call) and last_name(node.func) == name:
                yield around, node


def _walk(statement: ast.stmt) -> Iterator[tuple[Function | None, ast.AST]]:
    """All below a statement, each with the outermost function around it."""
    queue: list[tuple[Function | None, ast.AST]] = [(None, statement)]
    while queue:
        around, node = queue.pop()
        yield around, node
        inside = node if isinstance(node, Function) and around is None else around
        queue += [(inside, child) for child in ast.iter_child_nodes(node)]


def _hands_on(function: Function, call: ast.Call) -> bool:
    """Whether a function gives another one what it is given itself."""
    own = {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return any(isinstance(each, ast.Name) and each.id in own for each in given)


def _named(index: Index, module: Module, node: ast.AST) -> Iterator[_Class]:
    """The classes of the project that some code names."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name | ast.Attribute) and isinstance(part.ctx, ast.Load):
            found = defining_class(index, module, part)
            if found is not None:
                yield found[0].path, found[1].name
