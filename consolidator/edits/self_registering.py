"""Classes whose definition alone has an effect: a registry learns of them when they are made."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from consolidator.index.definitions import Definition
from consolidator.index.events.static_tests import dotted
from consolidator.index.index import Index, Origin
from consolidator.index.module import Module

_PURE_METACLASSES = frozenset({"ABCMeta", "type", "EnumMeta", "EnumType"})
_PURE_DECORATORS = frozenset(
    {"dataclass", "final", "total_ordering", "runtime_checkable", "unique"}
    | {"attrs", "s", "define", "frozen", "mutable"}  # of attrs
    | {"deprecated", "implementer", "override", "python_2_unicode_compatible"}
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


def only_seems_to(index: Index, module: Module, item: Definition) -> bool:
    """Whether nothing but unknown decorators make a class count, and they change nothing."""
    nodes = [module.body[number] for number in item.statements]
    classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
    return not any(
        _tells_others(index, module, decorator)
        for node in classes
        for decorator in node.decorator_list
    ) and not any(_has_effect(index, module, node, 0, decorated=False) for node in classes)


def _has_effect(
    index: Index, module: Module, node: ast.ClassDef, depth: int, decorated: bool = True
) -> bool:
    for keyword in node.keywords:
        if keyword.arg == "metaclass" and not _is_pure(
            index, module, keyword.value, _PURE_METACLASSES
        ):
            return True
    if (
        decorated
        and depth == 0
        and not all(_is_pure(index, module, each) for each in node.decorator_list)
    ):
        return True
    if depth and any(_fills(statement) for statement in node.body):
        return True
    return depth < _MOST_BASES and any(
        _base_has_effect(index, module, base, depth) for base in node.bases
    )


def _is_pure(
    index: Index, module: Module, maker: ast.expr, known: frozenset[str] = _PURE_DECORATORS
) -> bool:
    """Whether a decorator or metaclass is known to tell nobody, and not the project's own."""
    origin = _origin(index, module, maker)
    return origin is not None and origin.kind != "definition" and _last(maker) in known


def _tells_others(index: Index, module: Module, decorator: ast.expr) -> bool:
    """Whether a decorator may put the class somewhere; one that cannot be read may."""
    if _is_pure(index, module, decorator):
        return False
    origin = _origin(index, module, decorator)
    home = index.module(origin.module) if origin and origin.kind == "definition" else None
    if origin is None or home is None or index.readable(home.path) is None:
        return True
    return _reaches_state(home, origin.name, set())


def tells_first_party_state(index: Index, module: Module, function: ast.expr) -> bool:
    """Whether a function is the project's own, and changes what its module holds."""
    origin = _origin(index, module, function)
    home = index.module(origin.module) if origin and origin.kind == "definition" else None
    if origin is None or home is None or index.readable(home.path) is None:
        return False
    return _reaches_state(home, origin.name, set())


def fills(function: ast.Attribute) -> bool:
    """`table.append`, `table.register`: whether a method's name says that it takes something."""
    return function.attr in _FILLING


def _origin(index: Index, module: Module, decorator: ast.expr) -> Origin | None:
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


def _reaches_state(module: Module, name: str, seen: set[str]) -> bool:
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
        if any(module.bindings(other) and _reaches_state(module, other, seen) for other in used):
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
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in _FILLING:
        return _is_state(module, _root(node.func))
    stores = isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store)
    return stores and _is_state(module, _root(node))


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


def _root(node: ast.AST) -> ast.AST:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node


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
