"""Loggers of a fixed name: `logging.getLogger("audit")` is the same one wherever it is called."""

from __future__ import annotations

import ast

from consolidator.index.events.static_tests import dotted
from consolidator.index.index import Index
from consolidator.index.module import Module

_WAYS = {"getLogger": "getLogger", "logging.getLogger": None}
"""How the call is spelled, each with what the first name stands for in `logging`."""


def same_fixed_logger(index: Index, first: Module, second: Module, name: str) -> bool:
    """Whether both modules have `logger = logging.getLogger("audit")`."""
    mine, theirs = fixed_logger(first, name), fixed_logger(second, name)
    return mine is not None and mine == theirs


def fixed_logger(module: Module, name: str) -> str | None:
    """The name of the logger that a module calls so; None when that is something else."""
    bindings = module.bindings(name)
    statement = module.body[bindings[0].statement] if len(bindings) == 1 else None
    said = said_to_get_logger(statement)
    if said is None:
        return None
    way, logger = said
    items = module.imports_by_name.get(way.partition(".")[0], [])
    found = {(item.module, item.name) for item in items}
    return logger if found == {("logging", _WAYS[way])} else None


def said_to_get_logger(statement: ast.stmt | None) -> tuple[str, str] | None:
    """How `logger = logging.getLogger("audit")` spells the call, and the name that it asks for."""
    call = statement.value if isinstance(statement, ast.Assign) else None
    if not isinstance(statement, ast.Assign) or not isinstance(call, ast.Call):
        return None
    way, said = dotted(call.func) or "", call.args[0] if len(call.args) == 1 else None
    plain = isinstance(statement.targets[0], ast.Name) and len(statement.targets) == 1
    if not plain or way not in _WAYS or call.keywords or not isinstance(said, ast.Constant):
        return None
    return (way, said.value) if isinstance(said.value, str) else None
