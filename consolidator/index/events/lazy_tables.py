"""Reads the tables by which a module-level `__getattr__` finds what it imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

Table = Mapping[str, tuple[str, ...]]
"""The keys of a table, each with the strings of its value: `{"C": (".mod", "Class")}`."""


def tables_of(tree: ast.Module) -> dict[str, Table]:
    """The containers with literal string keys that a module binds at its top level."""
    found: dict[str, Table] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target, value = statement.targets[0], statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            target, value = statement.target, statement.value
        else:
            continue
        table = literal_table(value)
        if table is not None and isinstance(target, ast.Name):
            found[target.id] = table
    return found


def declared_for_the_checker(tree: ast.Module) -> dict[str, tuple[str | None, int, str]]:
    """What `if TYPE_CHECKING:` blocks import: the module, its level and the name, by bound name."""
    return {
        alias.asname or alias.name: (node.module, node.level, alias.name)
        for block in tree.body
        if isinstance(block, ast.If) and is_type_checking(block.test)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def is_type_checking(test: ast.expr) -> bool:
    """Whether a test is `TYPE_CHECKING` or `typing.TYPE_CHECKING`."""
    return getattr(test, "attr", getattr(test, "id", "")) == "TYPE_CHECKING"


def literal_table(node: ast.expr) -> Table | None:
    """The table that a literal dictionary, list, tuple or set of strings is."""
    if isinstance(node, ast.Call) and len(node.args) == 1:  # frozenset({"a", "b"})
        return literal_table(node.args[0])
    if isinstance(node, ast.Dict):
        keys, values = node.keys, node.values
    elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        keys, values = [*node.elts], [*node.elts]
    else:
        return None
    table: dict[str, tuple[str, ...]] = {}
    for key, value in zip(keys, values, strict=True):
        if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
            return None
        table[key.value] = () if value is key else _strings(value)
    return table


def handed_to_a_factory(statement: ast.stmt, tree: ast.Module) -> Table | None:
    """The names, by module, that a call makes this module import when they are asked for.

    recreate_module(__name__, by_module={"pkg.app": ["App"], "pkg.task": ["Task"]})
    __getattr__, __dir__, __all__ = attach(__name__, submod_attrs={"app": ["App"]})
    sys.modules[__name__] = LazyModule(__name__, __file__, _import_structure)
    """
    call = getattr(statement, "value", None)
    if not isinstance(call, ast.Call) or not any(_is_name(each, "__name__") for each in call.args):
        return None
    for given in (*call.args, *(keyword.value for keyword in call.keywords)):
        if isinstance(given, ast.Dict) and all(map(_is_list, given.values)):
            table = literal_table(given)
        else:
            table = tables_of(tree).get(given.id) if isinstance(given, ast.Name) else None
        if table and all(table.values()) and all(map(str.isidentifier, _flat(table))):
            return table
    return None


def binds_getattr(statement: ast.stmt) -> bool:
    """`__getattr__, __dir__, __all__ = attach(...)`."""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return any(_is_name(node, "__getattr__") for each in targets for node in ast.walk(each))


def _is_list(node: ast.expr) -> bool:
    return isinstance(node, ast.List | ast.Tuple | ast.Set)


def _flat(table: Table) -> Iterator[str]:
    return (name for names in table.values() for name in names)


def _strings(node: ast.expr) -> tuple[str, ...]:
    parts = node.elts if isinstance(node, (ast.Tuple, ast.List, ast.Set)) else [node]
    values = [part.value for part in parts if isinstance(part, ast.Constant)]
    return tuple(value for value in values if isinstance(value, str))


def looked_up(node: ast.expr, selector: str) -> tuple[str, bool] | None:
    """The table of `TABLE[name]` (which must have it, True) or `TABLE.get(name)`."""
    if isinstance(node, ast.NamedExpr):
        return looked_up(node.value, selector)
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        return (node.value.id, True) if _is_name(node.slice, selector) else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        holder = node.func.value
        if node.func.attr == "get" and isinstance(holder, ast.Name):
            return (holder.id, False) if _is_name(node.args[0], selector) else None
    return None


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def asks_for_all(function: ast.FunctionDef) -> bool:
    """Whether a function takes all the names that its table has for a module, one after another.

    for other, path in TABLE.items():
        if path == TABLE[name]:
            globals()[other] = getattr(module, other)
    """
    loops = [node for node in ast.walk(function) if isinstance(node, ast.For)]
    return any(
        isinstance(node, ast.Call) and _is_name(node.func, "getattr")
        for loop in loops
        for statement in loop.body
        for node in ast.walk(statement)
    )


def asks_for_attributes(function: ast.FunctionDef) -> bool:
    """Whether a function calls `getattr`: then it returns a name of the module that it imports."""
    return any(
        isinstance(node, ast.Call) and _is_name(node.func, "getattr") for node in ast.walk(function)
    )
