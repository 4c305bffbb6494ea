"""Modules whose import has an effect outside themselves, so that others miss it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from consolidator.edits.given_and_changed import changed_by_call
from consolidator.edits.state_changes import fills, tells_first_party_state
from consolidator.index.definitions import is_main_guard
from consolidator.index.index import Index
from consolidator.index.module import Module, is_type_checking

_SETTING = frozenset({"setattr", "delattr"})
_PLAIN = (ast.Assign, ast.AugAssign, ast.Delete, ast.Expr)


def acts_elsewhere(index: Index, module: Module) -> bool:
    """Whether importing a module changes something that another module holds.

    tools.Vectors = Vectors    # where `tools` is imported
    table["csv"] = read        # where `table` is
    tools.known.append(read)
    register(read)             # where `register` is a function of the project that keeps it
    add_operators(Vector)      # where a function of the project sets attributes on it
    """
    return any(_acts(index, module, node) for node in _run(module.body))


def _run(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that may run when a module is imported, and not when it is the program."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If) and not _is_aside(statement):
            yield from _run([*statement.body, *statement.orelse])
        elif isinstance(statement, ast.Try):
            handled = [each for handler in statement.handlers for each in handler.body]
            rest = [*statement.orelse, *statement.finalbody]
            yield from _run([*statement.body, *handled, *rest])
        elif isinstance(statement, ast.For | ast.With):
            yield from _run(statement.body)


def _is_aside(statement: ast.If) -> bool:
    """`if TYPE_CHECKING:`, `if __name__ == "__main__":`."""
    return is_main_guard(statement) or is_type_checking(statement, statement.body[0])


def _acts(index: Index, module: Module, statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign | ast.Delete):
        return any(_is_foreign_place(module, target) for target in statement.targets)
    if isinstance(statement, ast.AugAssign):
        return _is_foreign_place(module, statement.target)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return _call_acts(index, module, statement.value)
    if isinstance(statement, ast.ClassDef):
        inner = (each for each in statement.body if isinstance(each, _PLAIN))
        if any(_acts(index, module, each) for each in inner):
            return True
    if isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return any(
            _keeps(index, module, each) or _changes_given(index, module, each)
            for each in statement.decorator_list
        )
    return False


def _changes_given(index: Index, module: Module, called: ast.expr) -> bool:
    """Whether a call changes something imported that it is given."""
    changed = changed_by_call(index, module, called) if isinstance(called, ast.Call) else ()
    return any(_is_imported(module, each) for each in changed)


def _call_acts(index: Index, module: Module, call: ast.Call) -> bool:
    if isinstance(call.func, ast.Name) and call.func.id in _SETTING:
        return bool(call.args) and _is_imported(module, call.args[0])
    if _changes_given(index, module, call):
        return True
    if isinstance(call.func, ast.Call):  # register("csv")(read)
        return _keeps(index, module, call.func)
    return _keeps(index, module, call)


def _keeps(index: Index, module: Module, called: ast.expr) -> bool:
    """Whether a call, or a decorator, puts something into what another module holds."""
    function = called.func if isinstance(called, ast.Call) else called
    if isinstance(function, ast.Attribute) and fills(function):
        return _is_imported(module, function)
    return _is_imported(module, function) and tells_first_party_state(index, module, function)


def _is_foreign_place(module: Module, target: ast.expr) -> bool:
    """`tools.limit`, `table[key]`, where `tools` and `table` are imported."""
    return isinstance(target, ast.Attribute | ast.Subscript) and _is_imported(module, target)


def _is_imported(module: Module, node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    bindings = module.bindings(node.id) if isinstance(node, ast.Name) else []
    return bool(bindings) and all(binding.kind == "import" for binding in bindings)
