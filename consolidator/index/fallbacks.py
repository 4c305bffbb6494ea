"""What a module still needs that it imports under `try`, with something for when that fails."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from consolidator.index.index import Index
from consolidator.index.module import Import, Module
from consolidator.index.scopes import NameUse
from consolidator.names import ModuleName
from consolidator.workspace.declared import normal

_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_PLAIN = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Assign, ast.AnnAssign, ast.Expr)
_GUARDS = (ast.If, ast.Try, ast.For, ast.While, ast.With, ast.IfExp, ast.BoolOp)


def is_foreign(index: Index, name: ModuleName) -> bool:
    """Whether a module is neither the project's nor Python's own."""
    own = name.top in sys.stdlib_module_names or name.top == "__main__"
    return not (own or index.workspace.is_first_party(name.top))


def one_of(index: Index, statement: ast.stmt) -> list[str]:
    """The packages of which a statement needs one; none where it can do without.

    try:
        import psycopg
    except ImportError:
        import psycopg2    # or `raise`: then the first alone will do
    """
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return [normal(name.top) for name in _imported(statement) if is_foreign(index, name)][:1]
    if not isinstance(statement, ast.Try):
        return []
    first = _first_asked(index, statement.body)
    handler = next(filter(_catches_import_errors, statement.handlers), None)
    if not first or handler is None:
        return []
    if isinstance(handler.body[-1], ast.Raise):
        return first
    second = _first_asked(index, handler.body)
    return [*first, *second] if second else []


def _first_asked(index: Index, body: list[ast.stmt]) -> list[str]:
    return next(filter(None, (one_of(index, statement) for statement in body)), [])


def _imported(statement: ast.Import | ast.ImportFrom) -> list[ModuleName]:
    if isinstance(statement, ast.Import):
        return [ModuleName(alias.name) for alias in statement.names]
    return [ModuleName(statement.module or "")] if not statement.level else []


def _catches_import_errors(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(each, ast.Name) and each.id in _IMPORT_ERRORS for each in types)


def needed_after_all(index: Index, module: Module) -> Iterator[str]:
    """The packages whose absence is caught, and whose names are needed all the same.

    try:
        import redis
    except ImportError:
        redis = None
    class Client(redis.Redis): ...    # None has no Redis

    from kombu.transport.redis import Channel    # nor is this without it
    """
    guards = [node for node in module.body if may_go_without(node) and not one_of(index, node)]
    named = _named_after(index, module) if guards else frozenset()
    for item in module.imports if guards else ():
        guard = module.body[item.statement]
        if guard not in guards or not is_foreign(index, item.module):
            continue
        top = item.module.top
        if _is_needed(module, item, guard) or any(part.startswith(top) for part in named):
            yield normal(top)


def _named_after(index: Index, module: Module) -> frozenset[str]:
    """What the modules inside of packages are called that a module imports for certain."""
    return frozenset(
        part
        for item in module.imports
        if item.scope is module.scope and not item.guards and is_foreign(index, item.module)
        for part in item.module.split(".")[1:]
    )


def may_go_without(statement: ast.AST) -> bool:
    """Whether a statement is a `try` that catches what a failing import raises."""
    return isinstance(statement, ast.Try) and any(map(_catches_import_errors, statement.handlers))


def _is_needed(module: Module, item: Import, guard: ast.stmt) -> bool:
    """Whether the module needs what an import under `try` binds, as soon as it is imported."""
    assert isinstance(guard, ast.Try)
    if item.node not in guard.body:
        return False
    imported = set(map(id, ast.walk(item.node)))
    others = [b for b in module.bindings(item.bound) if id(b.node) not in imported]
    nothing = {id(node) for handler in guard.handlers for node in _set_to_nothing(handler)}
    if not all(id(binding.node) in nothing for binding in others):
        return False
    uses = [use for use in module.readers.get(item.bound, []) if is_certain(module, use)]
    return any(use.attributes or not others for use in uses)


def _set_to_nothing(handler: ast.ExceptHandler) -> Iterator[ast.AST]:
    """`redis = None`, with its parts."""
    for statement in handler.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            yield from ast.walk(statement)


def is_certain(module: Module, use: NameUse) -> bool:
    """Whether a use runs whenever the module is imported, and under no condition."""
    if use.deferred or use.quoted:
        return False
    statement = module.body[use.statement]
    return isinstance(statement, _PLAIN) and any(node is use.node for node in _unguarded(statement))


def _unguarded(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, _GUARDS):
            yield from _unguarded(child)
