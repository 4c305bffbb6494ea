"""Imports under `try` without which a module cannot be imported all the same."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

from consolidator.index.module import Module
from consolidator.names import ModuleName

_HANDLER = re.compile(rb"^except\b", re.MULTILINE)
_RAISE = re.compile(rb"^[ \t]+raise\b", re.MULTILINE)


def may_explain_imports(data: bytes) -> bool:
    """Whether it is worth parsing a file to look for such imports."""
    return _HANDLER.search(data) is not None and _RAISE.search(data) is not None


def explained_imports(module: Module) -> Iterator[ModuleName]:
    """What a module imports for certain, though it stands under `try`; perhaps a name in it."""
    nodes = {
        id(node)
        for statement in module.body
        if isinstance(statement, ast.Try) and only_explains(statement)
        for node in statement.body
    }
    for item in module.imports:
        if id(item.node) in nodes:
            yield item.module
            if item.name not in {None, "*"}:
                yield item.module.child(item.name or "")


def only_explains(statement: ast.Try) -> bool:
    """Whether it imports packages, and what it catches is told in other words, and no less fatal.

    try:
        from aiohttp import web
    except ImportError as error:
        raise ImportError("install kit[web]") from error
    """
    return (
        all(map(_imports_no_part_of_python, statement.body))
        and all(isinstance(handler.body[-1], ast.Raise) for handler in statement.handlers)
        and not statement.orelse
        and not statement.finalbody
    )


def _imports_no_part_of_python(node: ast.stmt) -> bool:
    """Python itself may come without some of its modules: `ssl`, `curses`, `tkinter`."""
    if isinstance(node, ast.Import):
        return all(
            alias.name.partition(".")[0] not in sys.stdlib_module_names for alias in node.names
        )
    if isinstance(node, ast.ImportFrom):
        top = (node.module or "").partition(".")[0]
        return bool(node.level) or top not in sys.stdlib_module_names
    return False
