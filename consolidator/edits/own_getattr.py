"""A `__getattr__` that a module has without a statement that binds it."""

from __future__ import annotations

import ast
import re

from consolidator.index.index import Index
from consolidator.index.module import Module

_NAMES_IT = re.compile(r"""["']__getattr__["']|\b__getattr__\s*=""")


def given_getattr(index: Index, source: Module) -> ast.AST | None:
    """Where a module may be given a `__getattr__`, which would replace one of a leave-behind.

    lazy_imports(globals(), {...})        # namespace["__getattr__"] = ... in that function
    globals()["__getattr__"] = find
    """
    if not any(use.name in {"globals", "vars"} for use in source.global_uses):
        return None
    for node in (node for statement in source.body for node in ast.walk(statement)):
        text = ""
        if isinstance(node, ast.Subscript) and _is_namespace(node.value):
            text = ast.unparse(node.slice)
        elif isinstance(node, ast.Call) and any(map(_is_namespace, _given(node))):
            text = _text_of_called(index, source, node.func)
        if _NAMES_IT.search(text):
            return node
    return None


def _given(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _is_namespace(node: ast.expr) -> bool:
    """`globals()`, `vars()`."""
    called = node.func if isinstance(node, ast.Call) and not node.args else None
    return isinstance(called, ast.Name) and called.id in {"globals", "vars"}


def _text_of_called(index: Index, source: Module, called: ast.expr) -> str:
    """The text of the module that defines what is called; empty when it is not the project's."""
    root = called
    while isinstance(root, ast.Attribute):
        root = root.value
    if not isinstance(root, ast.Name):
        return ""
    origin = index.resolve(source.name, root.id)
    home = index.module(origin.module) if origin.kind in {"definition", "module"} else None
    return home.text if home is not None else ""
