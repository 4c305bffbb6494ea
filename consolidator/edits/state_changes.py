"""Functions of the project that change what their module holds, as a register does."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from consolidator.index.events.static_tests import dotted
from consolidator.index.index import Index, Origin
from consolidator.index.module import Module

FILLING = frozenset({"append", "add", "register", "setdefault", "update", "insert"})


def tells_first_party_state(index: Index, module: Module, function: ast.expr) -> bool:
    """Whether a function is the project's own, and changes what its module holds."""
    origin = origin_of(index, module, function)
    home = index.module(origin.module) if origin and origin.kind == "definition" else None
    if origin is None or home is None or index.readable(home.path) is None:
        return False
    return reaches_state(home, origin.name, set())


def fills(function: ast.Attribute) -> bool:
    """`table.append`, `table.register`: whether a method's name says that it takes something."""
    return function.attr in FILLING


def fills_imported_or_own(module: Module, call: ast.Call) -> bool:
    """`table.append(x)`, where the module imports or holds `table`."""
    is_filling = isinstance(call.func, ast.Attribute) and fills(call.func)
    return is_filling and _is_state(module, root_of(call.func))


def origin_of(index: Index, module: Module, decorator: ast.expr) -> Origin | None:
    """What `@decorate` or `@package.decorate` is; None for a method of an object of the project."""
    path = dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)
    if path is None:
        return None
    first, *rest = path.split(".")
    origin = index.resolve(module.name, first)
    for part in rest:
        if origin.kind == "definition":
            return None
        if origin.kind == "module":
            origin = index.resolve(origin.module, part)
    return origin


def reaches_state(module: Module, name: str, seen: set[str]) -> bool:
    """Whether a function, or one of its module that it uses, changes what the module holds."""
    if name in seen:
        return False
    seen.add(name)
    numbers = {binding.statement for binding in module.bindings(name)}
    if any(module.imports_by_name.get(name, ())):
        return False
    for number in numbers:
        statement = module.body[number] if number < len(module.body) else None
        if statement is not None and any(_changes(module, node) for node in _stating(statement)):
            return True
        used = {use.name for use in module.uses_in(number)} - {name}
        if any(module.bindings(other) and reaches_state(module, other, seen) for other in used):
            return True
    return False


def _stating(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement but for what only counts: `Field.made += 1`."""
    nodes = list(ast.walk(statement))
    counters = {
        node.target
        for node in nodes
        if isinstance(node, ast.AugAssign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, int)
    }
    return (node for node in nodes if node not in counters)


def _changes(module: Module, node: ast.AST) -> bool:
    """`TABLE.append(x)`, `TABLE[x] = y`, `global N`, with the module's `TABLE`."""
    if isinstance(node, ast.Global):
        return True
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in FILLING:
        return _is_state(module, root_of(node.func))
    stores = isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store)
    return stores and _is_state(module, root_of(node))


def _is_state(module: Module, root: ast.AST) -> bool:
    """Whether a name may be that of a registry of the module.

    Not `linecache` of `import linecache`, nor a variable of a function that has such a name.
    """
    name = str(getattr(root, "id", ""))
    items = module.imports_by_name.get(name, [])
    libraries = all(i.name is None and i.module.top in sys.stdlib_module_names for i in items)
    if not module.bindings(name) or (items and libraries):
        return False
    return any(use.node is root for use in module.readers.get(name, ()))


def root_of(node: ast.AST) -> ast.AST:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node
