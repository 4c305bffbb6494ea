"""What no reading of code decides: names and modules that are computed, and foreign star imports.

Such places go on to work through the leave-behind, in most cases. They are said where they could
reach the moved name, so that a person can look.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from typing import TypeGuard

from consolidator.edits.draft import Draft
from consolidator.edits.handed_modules import LISTING, listings_of_a_value
from consolidator.edits.pinned import place
from consolidator.errors import Problem, Severity
from consolidator.index.called_names import names_called_at_import
from consolidator.index.held_modules import HeldModules, nodes_on
from consolidator.index.importers import importers
from consolidator.index.index import Index
from consolidator.index.last_names import last_name
from consolidator.index.module import Module
from consolidator.names import ModuleName

_BY_NAME = frozenset({"getattr", "setattr", "hasattr", "delattr"})
_NAMESPACE = frozenset({"vars", "locals", "dir"})
_LIKELY = re.compile(
    r"\b(?:[gs]etattr|hasattr|delattr|vars|dir|getmembers(?:_static)?)\s*\(|\b__dict__\b"
)
_IMPORTING = re.compile(r"\b(?:import_module|__import__)\s*\(")
_MOST_SHOWN = 10


def dynamic_access(draft: Draft) -> Iterator[Problem]:
    """A note for each place that could reach a moved name by a computed one; a warning if nothing
    is left behind for it."""
    source = draft.closure.source
    moved = {index for item in draft.closure.definitions for index in item.statements}
    places = [
        *_in_source(source, moved),
        *_through_the_module(draft.index, source.name),
        *_through_a_value(draft.index, source.name),
        *_computed_imports(draft),
        *_by_the_module_of_a_class(draft.index, source),
    ]
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
    yield from _made_anew(draft.index, source)
    yield from _evaluating(source, moved)
    yield from _foreign_stars(draft)


_Place = tuple[Module, ast.AST, str]


def is_listed(index: Index, source: Module, moved: Collection[int]) -> bool:
    """Whether somebody goes through the names that a module holds, so that nothing lazy is found.

    The module does so itself, but for what moves, or others with `dir(orders)`, `vars(orders)`.
    """
    return (
        any(_in_source(source, moved))
        or any(
            not isinstance(node, ast.Call) or last_name(node.func) in LISTING
            for _, node, _ in _through_the_module(index, source.name)
        )
        or any(listings_of_a_value(index, source.name))
    )


def is_gone_through_at_import(source: Module, moved: Collection[int]) -> bool:
    """Whether a module goes through its own names while it is imported, and would miss some.

    def _find():
        for each in globals().values(): TABLE[each.code] = each

    _find()
    """
    nodes = {id(node) for _, node, _ in _in_source(source, moved)}
    called = names_called_at_import(source.file.data) if nodes else frozenset()
    for statement in source.body if nodes else ():
        if isinstance(statement, ast.ClassDef):
            continue
        if isinstance(statement, _FUNCTIONS) and statement.name not in called:
            continue
        inside = list(ast.walk(statement))
        single = {id(node.value) for node in inside if _asks_for_one(node)}
        if any(id(node) in nodes - single for node in inside):
            return True
    return False


def _asks_for_one(node: ast.AST) -> TypeGuard[ast.Subscript | ast.Attribute]:
    """`globals()[name]`, `globals().update(...)`: what other names there are does not matter."""
    ways = {"get", "pop", "setdefault", "update"}
    return isinstance(node, ast.Subscript) or (
        isinstance(node, ast.Attribute) and node.attr in ways
    )


def _in_source(source: Module, moved: Collection[int]) -> Iterator[_Place]:
    """`globals()[name]` in code that stays, and `vars(sys.modules[__name__])`."""
    for index, statement in enumerate(source.body):
        if index in moved:
            continue
        inner = {
            node
            for scope in ast.walk(statement)
            if isinstance(scope, _SCOPES)
            for node in ast.walk(scope)
        }
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and _reads_namespace(node, inside=node in inner):
                yield source, node, f"`{_short(node)}` gives all names of {source.name}"


_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
_SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda


def _reads_namespace(node: ast.Call, *, inside: bool) -> bool:
    """`globals()`, `vars(sys.modules[__name__])`; and `dir()`, but `inside` a function or class."""
    name = last_name(node.func)
    if node.args:
        return name in LISTING and _is_own_module(node.args[0])
    return isinstance(node.func, ast.Name) and (
        name == "globals" or (name in _NAMESPACE and not inside)
    )


def _is_own_module(node: ast.expr) -> bool:
    """`sys.modules[__name__]`."""
    return (
        isinstance(node, ast.Subscript)
        and last_name(node.value) == "modules"
        and isinstance(node.slice, ast.Name)
        and node.slice.id == "__name__"
    )


def _through_the_module(index: Index, name: ModuleName) -> Iterator[_Place]:
    """`getattr(orders, name)`, `vars(orders)` and `orders.__dict__` in other files."""
    held = HeldModules(index)
    for module in importers(index, name):
        lines = {module.syntax.line_of(m.end() - 1) for m in _LIKELY.finditer(module.text)}
        for node in nodes_on(module.syntax.tree, lines) if lines else ():
            base = _computed_base(node)
            if base is None:
                continue
            value = held.value(module, base)
            if value.kind == "module" and value.module == name:
                yield module, node, f"`{_short(node)}` looks into {name} by a computed name"


def _through_a_value(index: Index, name: ModuleName) -> Iterator[_Place]:
    """`for each in (orders, parts): TABLE.update(vars(each))`."""
    known = {id(node) for _, node, _ in _through_the_module(index, name)}
    for module, node in listings_of_a_value(index, name):
        if id(node) not in known:
            yield module, node, f"`{_short(node)}` may go through the names of {name}"


def _by_the_module_of_a_class(index: Index, source: Module) -> Iterator[_Place]:
    """`sys.modules[kind.__module__]`, which gives another module for what moves."""
    for module in (source, *importers(index, source.name)):
        if "__module__" not in module.text or "modules[" not in module.text:
            continue
        for node in ast.walk(module.syntax.tree):
            if not isinstance(node, ast.Subscript) or last_name(node.value) != "modules":
                continue
            if last_name(node.slice) == "__module__":
                yield module, node, f"`{_short(node)}` looks into the module of a class"


def _evaluating(source: Module, moved: Collection[int]) -> Iterator[Problem]:
    """`eval(text)` in the moved code, among the names of another module from now on."""
    for node in (node for number in sorted(moved) for node in ast.walk(source.body[number])):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id in {"eval", "exec"} and len(node.args) == 1 and not node.keywords:
            yield Problem(
                "dynamic-access",
                f"`{_short(node)}` finds the names of the new module, and no longer those of "
                f"{source.name}",
                place(source, node),
                "give it the names that it needs",
                "warning",
            )


_ANEW = re.compile(rb"\breload\s*\(")
_TAKING_OUT = frozenset({"pop", "delitem", "__delitem__"})


def _made_anew(index: Index, source: Module) -> Iterator[Problem]:
    """`reload(orders)`, `sys.modules.pop("orders")`: what moved is not made anew by that."""
    held = HeldModules(index)
    for file in index.workspace.mentioning({source.name.tail}):
        named = b"modules" in file.data and source.name.encode() in file.data
        likely = named or _ANEW.search(file.data)  # so that only likely files are parsed
        module = index.readable(file.path) if likely else None
        for node in ast.walk(module.syntax.tree) if module is not None else ():
            if module is not None and _drops(held, module, node, source.name):
                yield Problem(
                    "dynamic-access",
                    f"`{_short(node)}` makes {source.name} anew, and no longer what moved",
                    place(module, node),
                    "do the same with the new module",
                    "warning",
                )


def _drops(held: HeldModules, module: Module, node: ast.AST, name: ModuleName) -> bool:
    if isinstance(node, ast.Delete):
        return any(_is_entry(target, name) for target in node.targets)
    if not isinstance(node, ast.Call) or not node.args:
        return False
    if last_name(node.func) == "reload":
        value = held.value(module, node.args[0])
        return value.kind == "module" and value.module == name
    named = any(isinstance(each, ast.Constant) and each.value == name for each in node.args)
    return last_name(node.func) in _TAKING_OUT and named and "modules" in ast.unparse(node)


def _is_entry(node: ast.expr, name: ModuleName) -> bool:
    """`sys.modules["orders"]`."""
    return (
        isinstance(node, ast.Subscript)
        and last_name(node.value) == "modules"
        and isinstance(node.slice, ast.Constant)
        and node.slice.value == name
    )


def _computed_base(node: ast.AST) -> ast.expr | None:
    """The object that is looked into by a name that is computed."""
    if isinstance(node, ast.Attribute) and node.attr == "__dict__":
        return node.value
    if not isinstance(node, ast.Call) or not node.args:
        return None
    name = last_name(node.func)
    if name in LISTING:
        return node.args[0]
    if isinstance(node.func, ast.Name) and name in _BY_NAME and len(node.args) > 1:
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
