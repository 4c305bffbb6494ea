"""The last component of a dotted name, be it used, called or subscripted."""

from __future__ import annotations

import ast


def last_name(node: ast.AST | None) -> str:
    """`b` of `b` and of `a.b`; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def called_name(node: ast.AST | None) -> str:
    """The same, also of a call: `b` of `a.b(...)`."""
    return last_name(node.func if isinstance(node, ast.Call) else node)


def innermost_name(node: ast.AST | None) -> str:
    """The same below any calls and subscripts: `fixture` of `pytest.fixture(...)[0]`."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return last_name(node)
