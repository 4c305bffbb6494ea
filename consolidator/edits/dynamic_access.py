"""What no reading of code decides: names and modules that are computed, and foreign star imports.

Such places go on to work through the leave-behind, in most cases. They are said where they could
reach the moved name, so that a person can look.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from consolidator.edits.draft import Draft
from consolidator.edits.pinned import place
from consolidator.errors import Problem, Severity
from consolidator.index.held_modules import HeldModules, last_name, nodes_on
from consolidator.index.importers import importers
from consolidator.index.module import Module

_BY_NAME = frozenset({"getattr", "setattr", "hasattr", "delattr"})
_NAMESPACE = frozenset({"globals", "vars"})
_LIKELY = re.compile(r"\b(?:[gs]etattr|hasattr|delattr|globals|vars)\s*\(|\b__dict__\b")
_IMPORTING = re.compile(r"\b(?:import_module|__import__)\s*\(")
_MOST_SHOWN = 10


def dynamic_access(draft: Draft) -> Iterator[Problem]:
    """A note for each place that could reach a moved name by a computed one; a warning if nothing
    is left behind for it."""
    places = [*_in_source(draft), *_through_the_module(draft), *_computed_imports(draft)]
    severity: Severity = "note" if draft.strategy.leave_behind == "import" else "warning"
    names = ", ".join(f"`{name}`" for name in sorted(draft.closure.names)) or "the moved names"
    for number, (module, node, what) in enumerate(places):
        rest = len(places) - _MOST_SHOWN
        if number == _MOST_SHOWN:
            what = f"{what}; {rest - 1} more places like it" if rest > 1 else what
        yield Problem(
            "dynamic-access",
            f"{what}, which may reach {names} without naming it",
            place(module, node),
            "look whether it needs the old place"
            if severity == "warning"
            else "it finds the leave-behind; look if it needs the definition itself",
            severity,
        )
        if number == _MOST_SHOWN:
            break
    yield from _foreign_stars(draft)


_Place = tuple[Module, ast.AST, str]


def _in_source(draft: Draft) -> Iterator[_Place]:
    """`globals()[name]` in code that stays."""
    source = draft.closure.source
    moved = {index for item in draft.closure.definitions for index in item.statements}
    for index, statement in enumerate(source.body):
        if index in moved:
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and _reads_namespace(node):
                yield source, node, f"`{ast.unparse(node)}` gives all names of {source.name}"


def _reads_namespace(node: ast.Call) -> bool:
    return last_name(node.func) in _NAMESPACE and isinstance(node.func, ast.Name) and not node.args


def _through_the_module(draft: Draft) -> Iterator[_Place]:
    """`getattr(orders, name)`, `vars(orders)` and `orders.__dict__` in other files."""
    held = HeldModules(draft.index)
    name = draft.closure.source.name
    for module in importers(draft.index, name):
        lines = {module.syntax.line_of(m.end() - 1) for m in _LIKELY.finditer(module.text)}
        for node in nodes_on(module.syntax.tree, lines) if lines else ():
            base = _computed_base(node)
            if base is None:
                continue
            value = held.value(module, base)
            if value.kind == "module" and value.module == name:
                yield module, node, f"`{_short(node)}` looks into {name} by a computed name"


def _computed_base(node: ast.AST) -> ast.expr | None:
    """The object that is looked into by a name that is computed."""
    if isinstance(node, ast.Attribute) and node.attr == "__dict__":
        return node.value
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
        return None
    if node.func.id == "vars":
        return node.args[0]
    if node.func.id in _BY_NAME and len(node.args) > 1:
        return None if isinstance(node.args[1], ast.Constant) else node.args[0]
    return None


def _computed_imports(draft: Draft) -> Iterator[_Place]:
    """`import_module(f"shop.{name}")`, where the prefix leads to the old module."""
    source, index = draft.closure.source.name, draft.index
    # Only files with such a prefix are parsed: big projects import by name in many places.
    prefixed = re.compile(
        rb"""(?:import_module|__import__)\s*\(\s*[fF]?["']%s\b""" % source.top.encode()
    )
    for file in index.workspace.mentioning({"import_module", "__import__"}):
        if not file.path.endswith(".py") or not prefixed.search(file.data):
            continue
        module = index.readable(file.path)
        if module is None:
            continue
        lines = {module.syntax.line_of(m.start()) for m in _IMPORTING.finditer(module.text)}
        for node in nodes_on(module.syntax.tree, lines) if lines else ():
            if not isinstance(node, ast.Call) or not node.args:
                continue
            if last_name(node.func) not in {"import_module", "__import__"}:
                continue
            names = _computed_name(node.args[0])
            if names is not None and names.fullmatch(source):
                yield module, node, f"`{_short(node)}` may import {source}"


def _computed_name(node: ast.expr) -> re.Pattern[str] | None:
    """What `f"shop.{name}"`, `"shop." + name` and `"shop.%s" % name` may come to.

    What is filled in counts as one component: `f"plugins.{name}"` is seldom meant to go deeper.
    """
    if isinstance(node, ast.JoinedStr):
        parts = [
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+"
            for part in node.values
        ]
        return re.compile("".join(parts))
    left = node.left if isinstance(node, ast.BinOp) else None
    if not isinstance(left, ast.Constant) or not isinstance(left.value, str):
        return None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return re.compile(r"\w+".join(map(re.escape, left.value.split("%s"))))
    return re.compile(re.escape(left.value) + r"\w+")


def _foreign_stars(draft: Draft) -> Iterator[Problem]:
    """A needed name that only `from third_party import *` can bind."""
    source, workspace = draft.closure.source, draft.index.workspace
    stars = [s for s in source.star_imports if not workspace.is_first_party(s.module)]
    for need in draft.needs if stars else ():
        bound = need.name in source.scope.bindings or need.how in {"present", "nowhere"}
        if bound or all(item.module not in {s.module for s in stars} for item in need.imported):
            continue
        listed = ", ".join(f"`from {star.module} import *`" for star in stars)
        yield Problem(
            "dynamic-access",
            f"`{need.name}` is bound nowhere else, so it is taken to come from {listed}",
            place(source, need.uses[0].node),
            "look whether it does",
            "note",
        )


def _short(node: ast.AST) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 60 else text[:57] + "..."
