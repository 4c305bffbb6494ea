"""The attributes that the methods of a class set on the instance or the class."""

from __future__ import annotations

import ast
from collections.abc import Iterator

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_SETTERS = frozenset({"setattr", "__setattr__"})
_RESTORING = frozenset({"__setstate__", "__getstate__", "__reduce__", "__copy__", "__deepcopy__"})
_READING = frozenset({"copy", "items", "keys", "values", "get"})


def attributes_of(node: ast.ClassDef) -> tuple[set[str], str]:
    """The attribute names, and why there may be more; that is empty when there are none."""
    found: set[str] = set()
    reason = ""
    for method in _methods(node.body):
        first = _first_parameter(method)
        if first and method.name not in _RESTORING:
            for name in _set_on(method, first):
                found.add(name)
                if name == "*":
                    reason = f"its {method.name} sets attributes that cannot be seen"
    return found - {"*"}, reason


def _methods(body: list[ast.stmt]) -> Iterator[FunctionNode]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        elif isinstance(node, ast.If | ast.Try | ast.With):
            yield from _methods([n for n in ast.iter_child_nodes(node) if isinstance(n, ast.stmt)])


def _first_parameter(node: FunctionNode) -> str:
    if any(getattr(item, "id", "") == "staticmethod" for item in node.decorator_list):
        return "cls" if node.name == "__new__" else ""
    positional = [*node.args.posonlyargs, *node.args.args]
    return positional[0].arg if positional else ""


def _set_on(method: FunctionNode, first: str) -> Iterator[str]:
    """The names set on `first`; `*` stands for any."""
    nodes = nodes_below(method)
    holders = {first, *_instances(nodes)}
    harmless: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.Attribute):
            is_own = isinstance(node.value, ast.Name) and node.value.id in holders
            if is_own and isinstance(node.ctx, ast.Store | ast.Del):
                yield node.attr if node.attr not in {"__dict__", "__class__"} else "*"
            elif is_own and node.attr == "__dict__" and id(node) not in harmless:
                yield "*"
            elif node.attr in _READING:
                harmless.add(id(node.value))  # self.__dict__.items()
        elif isinstance(node, ast.Call):
            yield from _set_by_call(node, holders)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            harmless.add(id(node.value))
        elif isinstance(node, ast.Compare):
            harmless.update(map(id, node.comparators))  # "x" in self.__dict__


def nodes_below(node: ast.AST) -> list[ast.AST]:
    """The nodes below one, parents first, without the leaves that `ast.walk` spends its time on."""
    found: list[ast.AST] = []
    waiting = [node]
    while waiting:
        current = waiting.pop()
        for name in current._fields:
            value = getattr(current, name, None)
            if value.__class__ is list:
                waiting.extend(item for item in value if item.__class__ not in _LEAVES)
            elif isinstance(value, ast.AST) and value.__class__ not in _LEAVES:
                waiting.append(value)
        found.append(current)
    return found


_LEAVES = frozenset(
    {str, type(None), ast.Name, ast.Constant, ast.Load, ast.Store, ast.Del, ast.Pass}
)


def _instances(nodes: list[ast.AST]) -> Iterator[str]:
    """`obj = cls(…)`, `self = super().__new__(cls)`: attributes set on it are the class's too."""
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            function = node.value.func
            name = getattr(function, "attr", getattr(function, "id", ""))
            if name in {"__new__", "cls", "__class__", "copy", "_new", "type"}:
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        yield target.id


def _set_by_call(node: ast.Call, holders: set[str]) -> Iterator[str]:
    """`setattr(self, "x", 1)`, `object.__setattr__(self, name, 1)`, `vars(self)`."""
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    arguments = node.args
    if name == "vars" and arguments and getattr(arguments[0], "id", "") in holders:
        yield "*"
    if name not in _SETTERS:
        return
    if name == "__setattr__" and len(arguments) == 2:
        key = arguments[0]  # super().__setattr__("x", 1)
    elif len(arguments) == 3 and getattr(arguments[0], "id", "") in holders:
        key = arguments[1]
    else:
        return
    constant = key.value if isinstance(key, ast.Constant) else None
    yield constant if isinstance(constant, str) else "*"
