"""Names that two modules bind to the same thing with the same words."""

from __future__ import annotations

import ast

from consolidator.index.index import Index
from consolidator.index.module import Module

_PLAIN = (ast.If, ast.Assign, ast.AnnAssign, ast.Name, ast.Attribute, ast.UnaryOp, ast.Not)


def same_alias(index: Index, first: Module, second: Module, name: str) -> bool:
    """Whether both modules say the same `Old = New`, of the same `New`.

        if not TYPE_CHECKING:
            DeprecationWarning = PackageDeprecatedSince20

    Nothing is called there, so both names stand for one object.
    """
    mine, theirs = _alias(first, name), _alias(second, name)
    if mine is None or theirs is None or ast.dump(mine) != ast.dump(theirs):
        return False
    used = {node.id for node in ast.walk(mine) if isinstance(node, ast.Name)} - {name}
    return bool(used) and all(
        index.resolve(first.name, each) == index.resolve(second.name, each)
        and (each in first.scope.bindings) == (each in second.scope.bindings)
        for each in used
    )


def _alias(module: Module, name: str) -> ast.stmt | None:
    """The statement that binds a name, when it is all that does and nothing but an alias."""
    bindings = module.bindings(name)
    if len(bindings) != 1 or bindings[0].statement >= len(module.body):
        return None
    statement = module.body[bindings[0].statement]
    parts = list(ast.walk(statement))
    if not all(isinstance(part, (*_PLAIN, ast.expr_context)) for part in parts):
        return None
    stores = [p for p in parts if isinstance(p, ast.Name) and isinstance(p.ctx, ast.Store)]
    return statement if len(stores) == 1 else None
