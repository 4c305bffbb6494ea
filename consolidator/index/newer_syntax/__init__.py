"""Reads syntax that is newer than the running interpreter."""

from __future__ import annotations

import ast
import warnings

from consolidator.index.newer_syntax.masks import parse_masked
from consolidator.index.newer_syntax.nodes import (
    Interpolation,
    ParamSpec,
    TemplateStr,
    TypeAlias,
    TypeVar,
    TypeVarTuple,
)

__all__ = [
    "Interpolation",
    "ParamSpec",
    "TemplateStr",
    "TypeAlias",
    "TypeVar",
    "TypeVarTuple",
    "parse_newer",
]


def parse_newer(text: str) -> ast.Module | None:
    """The tree of a text that the running `ast` does not read, as a newer Python gives it.

    Nodes of newer syntax are of the classes exported here. None when the text is no Python at all.
    """
    if "\0" in text:  # libcst would take it
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = parse_masked(text)
            if tree is None:
                from consolidator.index.newer_syntax.cst_to_ast import (
                    convert,
                )  # libcst is slow to import

                tree = convert(text)
        except (ValueError, RecursionError, MemoryError):
            return None
        return tree
