"""Names of a module that others replace without an import of it: through an object or a string."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from consolidator.index.held_modules import HeldModules
from consolidator.index.index import Index
from consolidator.index.last_names import last_name
from consolidator.index.module import Module
from consolidator.names import ModuleName

_LIKELY = re.compile(
    rb"\bmultiple\s*\(|\b(?:import_module|importorskip|__import__)\b|sys\.modules"
    rb"|\b(?:patch|setattr|delattr)\s*\(\s*[^\W\d]"
)
_SETTING = frozenset({"setattr", "delattr", "object"})
_BY_PATH = frozenset({"patch", "setattr", "delattr"})
_OF_MOCK = frozenset({"target", "spec", "spec_set", "create", "autospec", "new_callable"})


def replaced_otherwise(index: Index, name: ModuleName) -> Iterator[str]:
    """What is replaced in a module that no import statement names at that place.

    import_module("pkg.mod").LIMIT = 3
    monkeypatch.setattr(sys.modules["pkg.mod"], "LIMIT", 3)
    patch.multiple("pkg.mod", LIMIT=3)
    patch(f"{mod.__name__}.LIMIT", 3)
    """
    held = HeldModules(index)
    for file in index.workspace.mentioning({name.tail}):
        likely = any(each in file.data for each in (name.encode(), b"multiple", b".__name__"))
        module = index.readable(file.path) if likely and _LIKELY.search(file.data) else None
        for node in ast.walk(module.syntax.tree) if module is not None else ():
            if module is not None:
                yield from _replaced_at(held, module, node, name)


def _replaced_at(
    held: HeldModules, module: Module, node: ast.AST, name: ModuleName
) -> Iterator[str]:
    stored = isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.Attribute) and stored and _is_meant(held, module, node.value, name):
        yield node.attr
    if not isinstance(node, ast.Call) or not node.args:
        return
    called = last_name(node.func)
    if called == "multiple" and _is_meant(held, module, node.args[0], name):
        yield from (k.arg for k in node.keywords if k.arg and k.arg not in _OF_MOCK)
    elif called in _BY_PATH and (path := _path(held, module, node.args[0])):
        owner, _, last = path.rpartition(".")
        yield from [last] if owner == name else []
    elif called in _SETTING and len(node.args) > 1:
        what = node.args[1]
        if isinstance(what, ast.Constant) and _is_meant(held, module, node.args[0], name):
            yield str(what.value)


def _is_meant(held: HeldModules, module: Module, node: ast.expr, name: ModuleName) -> bool:
    if isinstance(node, ast.Constant):
        return node.value == name
    value = held.value(module, node)
    return value.kind == "module" and value.module == name


def _path(held: HeldModules, module: Module, node: ast.expr) -> str:
    """What `f"{mod.__name__}.x"` and `MODULE + ".x"` come to; empty if it cannot be told."""
    if isinstance(node, ast.JoinedStr):
        parts = [_part(held, module, each) for each in node.values]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [_part(held, module, each) for each in (node.left, node.right)]
    else:
        return ""
    return "".join(parts) if all(parts) else ""


def _part(held: HeldModules, module: Module, node: ast.expr) -> str:
    if isinstance(node, ast.FormattedValue):
        node = node.value
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.Attribute) and node.attr == "__name__":
        value = held.value(module, node.value)
        return value.module if value.kind == "module" else ""
    if not isinstance(node, ast.Name):
        return ""
    made = [binding.node for binding in module.bindings(node.id)]
    values = [
        statement.value
        for statement in module.body
        if isinstance(statement, ast.Assign) and any(t in made for t in statement.targets)
    ]
    text = (
        values[0].value if len(made) == 1 and values and isinstance(values[0], ast.Constant) else ""
    )
    return text if isinstance(text, str) else ""
