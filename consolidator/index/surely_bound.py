"""Which names a compound statement binds whatever branch runs."""

from __future__ import annotations

import ast
from collections.abc import Iterable

Function = ast.FunctionDef | ast.AsyncFunctionDef


def surely_bound(statement: ast.stmt) -> frozenset[str] | None:
    """The names that a statement binds on every way through it, None when there is no way.

    try:
        from fast import Proxy
    except ImportError:
        def connect(): raise ...        # `connect` is, `TYPES` is not
    else:
        TYPES = {"fast": Proxy}
        def connect(): ...
    """
    if isinstance(statement, ast.Raise):
        return None
    if isinstance(statement, ast.If):
        return _either([_block(statement.body), _block(statement.orelse)])
    if isinstance(statement, ast.Try):
        ways = [_block([*statement.body, *statement.orelse])]
        ways += [_block(handler.body) for handler in statement.handlers]
        return _together([_either(ways), _block(statement.finalbody)])
    if isinstance(statement, ast.With):
        return _block(statement.body)
    return frozenset(_bound(statement))


def binds_when_all_goes_well(statement: ast.stmt, name: str) -> bool:
    """Whether a `try` binds a name where nothing fails; any other statement may."""
    if not isinstance(statement, ast.Try):
        return True
    bound = _block([*statement.body, *statement.orelse, *statement.finalbody])
    return bound is None or name in bound


def _block(statements: Iterable[ast.stmt]) -> frozenset[str] | None:
    return _together([surely_bound(statement) for statement in statements])


def _together(parts: list[frozenset[str] | None]) -> frozenset[str] | None:
    known = [part for part in parts if part is not None]
    return frozenset[str]().union(*known) if len(known) == len(parts) else None


def _either(ways: list[frozenset[str] | None]) -> frozenset[str] | None:
    taken = [way for way in ways if way is not None]
    return taken[0].intersection(*taken) if taken else None


def _bound(statement: ast.stmt) -> Iterable[str]:
    if isinstance(statement, Function | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Import):
        return [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
    if isinstance(statement, ast.ImportFrom):
        return [alias.asname or alias.name for alias in statement.names]
    if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
        stores = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
        return [node.id for node in stores if isinstance(node.ctx, ast.Store)]
    return []
