"""What the module-level definitions of a file look like from outside, as data."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from consolidator.index.offer.class_facts import class_fact, dotted, function_fact
from consolidator.index.syntax import parse

Facts = dict[str, Any]


def offer_facts(text: str) -> Facts:
    """The module-level names of a file: what each may be. Raises `SyntaxError`.

    `names` holds for each name the ways in which it is bound: `["import", module, name]`,
    `["class", …]`, `["function", …]`, `["alias", "a.b"]`, `["call", "a.b"]`, `["other", ""]`;
    `stars` the modules of star imports; `set` the attributes that the file sets on a name later.
    """
    names: dict[str, list[list[Any]]] = {}
    facts: Facts = {"names": names, "stars": [], "set": {}}
    for node in _module_level(parse(text).tree.body):
        for name, binding in _bindings(node):
            names.setdefault(name, []).append(binding)
        _note(node, facts)
    return facts


def _module_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run with the module, also those in blocks."""
    for node in body:
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for block in ("body", "orelse", "finalbody"):
            yield from _module_level(getattr(node, block, []))
        for part in [*getattr(node, "handlers", []), *getattr(node, "cases", [])]:
            yield from _module_level(part.body)


def _bindings(node: ast.stmt) -> Iterator[tuple[str, list[Any]]]:
    match node:
        case ast.ImportFrom():
            module = "." * node.level + (node.module or "")
            for alias in node.names:
                if alias.name != "*":
                    yield alias.asname or alias.name, ["import", module, alias.name]
        case ast.Import():
            for alias in node.names:
                top = alias.name.partition(".")[0]
                yield alias.asname or top, ["import", alias.name if alias.asname else top, None]
        case ast.ClassDef():
            yield node.name, ["class", class_fact(node)]
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield node.name, ["function", function_fact(node)]
        case ast.Assign():
            for target in node.targets:
                yield from _assigned(target, node.value)
        case ast.AnnAssign() if node.value is not None:
            yield from _assigned(node.target, node.value)
        case ast.AugAssign() | ast.For() | ast.AsyncFor():
            yield from _assigned(node.target, None)
        case ast.With() | ast.AsyncWith():
            for item in node.items:
                if item.optional_vars is not None:
                    yield from _assigned(item.optional_vars, None)


def _assigned(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(target, ast.Name):
        if isinstance(value, ast.Name | ast.Attribute) and dotted(value):
            yield target.id, ["alias", dotted(value)]
        elif isinstance(value, ast.Call):
            yield target.id, ["call", dotted(value.func) or ""]
        else:
            yield target.id, ["other", type(value).__name__ if value is not None else ""]
    else:
        for child in ast.walk(target):
            if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
                yield child.id, ["other", ""]


def _note(node: ast.stmt, facts: Facts) -> None:
    """Star imports, and what is set on a definition after it was made."""
    if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
        facts["stars"].append("." * node.level + (node.module or ""))
    for target in getattr(node, "targets", [getattr(node, "target", None)]):
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            facts["set"].setdefault(target.value.id, []).append(target.attr)
    call = node.value if isinstance(node, ast.Expr) else None
    if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "setattr" and call.args:
        # setattr(C, name, value)
        facts["set"].setdefault(dotted(call.args[0]) or "", []).append("*")
