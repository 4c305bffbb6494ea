"""Type variables of two modules that say the same: either may stand for the other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from consolidator.index.events.static_tests import dotted
from consolidator.index.index import Index
from consolidator.index.module import Module

_MAKERS = frozenset({"TypeVar", "ParamSpec", "TypeVarTuple"})


def same_type_variable(index: Index, first: Module, second: Module, name: str) -> bool:
    """Whether both modules have `T = TypeVar("T", bound=Base)`, of the same `Base`.

    A type variable means something within one signature or class only.
    """
    mine, theirs = _made(first, name), _made(second, name)
    if mine is None or theirs is None or ast.dump(mine) != ast.dump(theirs):
        return False
    return all(
        index.resolve(first.name, used) == index.resolve(second.name, used)
        and (used in first.scope.bindings) == (used in second.scope.bindings)
        for used in _names(mine)
    )


def _made(module: Module, name: str) -> ast.Call | None:
    """The call that makes a type variable, when that is all that binds the name."""
    bindings = module.bindings(name)
    statement = module.body[bindings[0].statement] if len(bindings) == 1 else None
    value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
    if not isinstance(value, ast.Call):
        return None
    maker = (dotted(value.func) or "").rpartition(".")[2]
    return value if maker in _MAKERS else None


def _names(made: ast.Call) -> Iterator[str]:
    """The names in the call, also in quotes: `TypeVar("T", bound="Any")`."""
    said = [*made.args[1:], *(keyword.value for keyword in made.keywords)]
    for node in (part for each in (made.func, *said) for part in ast.walk(each)):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from re.findall(r"[^\W\d]\w*", node.value)
