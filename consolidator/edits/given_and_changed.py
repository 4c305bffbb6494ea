"""Functions that change what they are given, such as those that add methods to a class."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from consolidator.edits.heirs import defining_class
from consolidator.edits.state_changes import fills, origin_of, root_of
from consolidator.index.definitions import definition
from consolidator.index.index import Index
from consolidator.index.module import Module
from consolidator.index.scopes import FunctionNode


def changed_by_call(index: Index, module: Module, call: ast.Call) -> Iterator[ast.expr]:
    """What a call changes of what it is given.

    add_operators(Vector)     # def add_operators(cls): setattr(cls, "__add__", ...)
    @attach(Vector)           # def attach(cls): ... cls.total = function
    Vector.add_operators()    # a class method that does so
    """
    given = [each for each in call.args if isinstance(each, ast.Name | ast.Attribute)]
    for function in _functions(index, module, call.func) if given else ():
        names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
        changed = _changed_in(function)
        positions = {id(each): at for at, each in enumerate(call.args)}
        yield from (each for each in given if set(names[positions[id(each)] :][:1]) & changed)
    if isinstance(call.func, ast.Attribute):
        for method in _methods(index, module, call.func):
            first = next(iter((*method.args.posonlyargs, *method.args.args)), None)
            if first is not None and first.arg in _changed_in(method):
                yield call.func.value


def _functions(index: Index, module: Module, called: ast.expr) -> Iterator[FunctionNode]:
    origin = origin_of(index, module, called)
    home = index.module(origin.module) if origin and origin.kind == "definition" else None
    if origin is None or home is None or index.readable(home.path) is None:
        return
    found = definition(home, origin.name)
    for number in found.statements if found is not None else ():
        statement = home.body[number]
        if isinstance(statement, FunctionNode):
            yield statement


def _methods(index: Index, module: Module, called: ast.Attribute) -> Iterator[FunctionNode]:
    """The class method of that name of a class of the project."""
    if not isinstance(called.value, ast.Name | ast.Attribute):
        return
    found = defining_class(index, module, called.value)
    for node in found[1].body if found is not None else ():
        if isinstance(node, FunctionNode) and node.name == called.attr and node.decorator_list:
            yield node


def _changed_in(function: FunctionNode) -> set[str]:
    """The names of which a function, or one inside it, changes what they stand for."""
    return {
        root.id
        for node in ast.walk(function)
        for root in _roots_of_changes(node)
        if isinstance(root, ast.Name)
    }


def _roots_of_changes(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
        yield root_of(node)
    elif isinstance(node, ast.Call):
        setting = isinstance(node.func, ast.Name) and node.func.id in {"setattr", "delattr"}
        if setting and node.args:
            yield node.args[0]
        elif isinstance(node.func, ast.Attribute) and fills(node.func):
            yield root_of(node.func)
