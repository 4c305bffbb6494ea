"""Type variables: each module may have its own, and two that say the same are as good."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

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


def may_be_copied(module: Module, name: str) -> bool:
    """Whether a module has a type variable that another one can make once more for itself.

    T = TypeVar("T", bound=Path)

    Not where its bound is defined in the same module, nor where somebody compares the variable or
    hands it on: `{T: int}`, `default(T)`.
    """
    made = _made(module, name)
    if made is None or any(_is_defined(module, each) for each in _names(made)):
        return False
    typing = _type_expressions(module.syntax.tree)
    return all(use.is_type or id(use.node) in typing for use in module.readers.get(name, []))


def _is_defined(module: Module, name: str) -> bool:
    return bool(module.bindings(name)) and name not in module.imports_by_name


@lru_cache(maxsize=64)
def _type_expressions(tree: ast.Module) -> frozenset[int]:
    """The nodes in `Generic[T]`, `cast(T, x)` and the like."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript):
            found |= {id(each) for each in ast.walk(node.slice)}
        elif isinstance(node, ast.Call) and (dotted(node.func) or "").endswith("cast"):
            found |= {id(each) for argument in node.args[:1] for each in ast.walk(argument)}
    return frozenset(found)


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
