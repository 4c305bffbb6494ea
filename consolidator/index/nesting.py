"""Code that is nested too deeply to be analysed: no real code is, but a file may be."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TypeVar

from consolidator.errors import Problem, Refusal
from consolidator.index.index import Index
from consolidator.index.simulation import deep_recursion

TOO_DEEP = 1000
"""Levels of syntax; CPython itself compiles a few thousand at most."""

Result = TypeVar("Result")


def without_too_deep(index: Index, work: Callable[[Index], Result]) -> Result:
    """Do some work on an index; files that are nested too deeply for it count as unreadable.

    They are looked for only when the work has failed of them, and the work is then done again.
    Raises `Refusal` when no such file is to blame.
    """
    with deep_recursion():
        try:
            return work(index)
        except RecursionError:
            again = Index(index.workspace, index.cache)
            again.too_deep.update(_too_deep(index))
            if again.too_deep:
                return work(again)
            message = "the code is nested too deeply to be analysed"
            raise Refusal(Problem("does-not-parse", message, remedy="flatten it")) from None


def _too_deep(index: Index) -> frozenset[str]:
    return frozenset(
        path
        for path in index.read_as_code()
        if path not in index.unreadable and depth(index.module_at(path).syntax.tree) > TOO_DEEP
    )


def depth(tree: ast.AST) -> int:
    """How many levels a tree has, without recursion."""
    levels, row = 0, [tree]
    while row:
        levels += 1
        row = [child for node in row for child in ast.iter_child_nodes(node)]
    return levels
