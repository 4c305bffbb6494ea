"""Modules that are handed around as values, and who goes through the names of what it is given."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from consolidator.edits.state_changes import origin_of
from consolidator.index.held_modules import HeldModules, nodes_on
from consolidator.index.importers import importers
from consolidator.index.index import Index
from consolidator.index.last_names import last_name
from consolidator.index.module import Module
from consolidator.names import ModuleName
from consolidator.workspace import SourceFile

LISTING = frozenset({"vars", "dir", "getmembers", "getmembers_static"})
# Calls that look at a module and do not keep it.
_LOOKERS = frozenset(
    {"getattr", "setattr", "hasattr", "delattr", "dir", "vars", "reload", "object", "isinstance"}
    | {"getmembers", "getsource", "getfile", "getdoc", "signature", "id", "repr", "str", "print"}
    | {"testmod", "getsourcefile", "multiple", "spy", "stub"}
)
_IMPORTING = re.compile(r"import_module|__import__|importorskip|\bmodules\b")
_LISTS = re.compile(r"\b(?:vars|dir|getmembers(?:_static)?)\s*\(|\b__dict__\b")
_LISTS_BYTES = re.compile(_LISTS.pattern.encode())
_LISTS_PARTS = (b"vars", b"dir(", b"dir (", b"getmembers", b"__dict__")  # found far faster
_OWNERS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_UNTOLD = ast.Name | ast.Call | ast.Subscript
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


def hands_around(held: HeldModules, module: Module, name: ModuleName) -> bool:
    """Whether a file uses the module `name` as a value: passes, stores or returns it."""
    for node in _uses(held, module, name):
        if _keeps(held, module, node):
            return True
    lines = lines_with(module, _IMPORTING)
    return bool(lines) and any(
        isinstance(node, ast.Call | ast.Subscript)
        and _is_module(held, module, node, name)
        and _keeps(held, module, node)
        for node in nodes_on(module.syntax.tree, lines)
    )


def _uses(held: HeldModules, module: Module, name: ModuleName) -> Iterator[ast.AST]:
    """`orders`, `shop.orders` where that is the module, and nothing in it."""
    for scope in module.scope.walk():
        for use in scope.uses:
            node = use.attributes[-1] if use.attributes else use.node
            if not use.is_type and _is_module(held, module, node, name):
                yield node


def _is_module(held: HeldModules, module: Module, node: ast.AST, name: ModuleName) -> bool:
    value = held.value(module, node)
    return value.kind == "module" and value.module == name


def _keeps(held: HeldModules, module: Module, node: ast.AST) -> bool:
    """Whether the expression around gives the module to something that static reading loses."""
    around = held.around(module, node)
    parent = around[-1] if around else None
    if isinstance(parent, ast.Attribute | ast.Expr | ast.Compare | ast.Delete | ast.Assert):
        return False
    if isinstance(parent, ast.Call):
        looks = last_name(parent.func) in _LOOKERS and parent.args[:1] == [node]
        return not looks and parent.func is not node
    if isinstance(parent, ast.Assign):
        # A local variable is followed; its own uses tell.
        owners = [n for n in around if isinstance(n, _OWNERS)]
        is_local = bool(owners) and not isinstance(owners[-1], ast.ClassDef)
        return not (is_local and all(isinstance(t, ast.Name) for t in parent.targets))
    return True


def lines_with(module: Module, pattern: re.Pattern[str]) -> set[int]:
    """The lines on which the matches of a pattern end."""
    return {module.syntax.line_of(found.end() - 1) for found in pattern.finditer(module.text)}


Listing = tuple[Module, ast.AST]
"""Code that goes through the names of something, and the module that holds it."""


def listings_of_a_value(index: Index, name: ModuleName) -> Iterator[Listing]:
    """Where somebody may go through the names of a module that it has as a value.

    for each in (orders, parts):
        TABLE.update(vars(each))

    getmembers(shop.orders)             # who imports only the package
    vars(import_module("shop.orders"))
    publish(orders)                     # which goes through what it is given
    """
    held = HeldModules(index)
    for module in _likely(index, name):
        yield from ((module, node) for node in _listings(held, module, name))
    for module in importers(index, name):
        yield from ((module, node) for node in _given_away(held, module, name))


def _likely(index: Index, name: ModuleName) -> Iterator[Module]:
    """The modules that list something and have the module as a value, by their bytes."""
    tail = re.escape(name.tail.encode())
    value = re.compile(rb"[(\[{,=:]\s*(?:\w+\.)*%s\s*[)\]},\n]|\b%s\.__dict__" % (tail, tail))
    quoted = re.compile(rb"""["'](?:%s|\.+%s)["']""" % (re.escape(name.encode()), tail))
    for file in index.workspace.mentioning({name.tail}):
        if not any(part in file.data for part in _LISTS_PARTS):
            continue
        if _LISTS_BYTES.search(file.data) and (value.search(file.data) or _imports(file, quoted)):
            module = index.readable(file.path)
            if module is not None:
                yield module


def _imports(file: SourceFile, quoted: re.Pattern[bytes]) -> bool:
    loads = b"import_module" in file.data or b"__import__" in file.data
    return (loads or b"modules[" in file.data) and bool(quoted.search(file.data))


def _listings(held: HeldModules, module: Module, name: ModuleName) -> list[ast.AST]:
    """Where a file lists the names of a module, or of something that may be it."""
    lines = lines_with(module, _LISTS)
    for_sure: list[ast.AST] = []
    perhaps: list[ast.AST] = []
    for node in nodes_on(module.syntax.tree, lines) if lines else ():
        base = listed_base(node)
        if base is None:
            continue
        if _is_module(held, module, base, name):
            for_sure.append(node)
        elif isinstance(base, _UNTOLD) and held.value(module, base).kind == "unknown":
            perhaps.append(node)
    if perhaps and (_holds(held, module, name) or _names_it(module, name)):
        return [*for_sure, *perhaps]
    return for_sure


def _holds(held: HeldModules, module: Module, name: ModuleName) -> bool:
    """Whether a file has a module as a value; a look at the text spares most expressions."""
    words = {name.tail, *_as_it_calls(module, name)}
    listed = "|".join(sorted(map(re.escape, words)))
    lines = lines_with(module, re.compile(rf"[(\[{{,=:]\s*(?:\w+\.)*(?:{listed})(?=\s*[)\]}},\n])"))
    return any(
        last_name(node) in words
        and _is_module(held, module, node, name)
        and _keeps(held, module, node)
        for node in (nodes_on(module.syntax.tree, lines) if lines else ())
    )


def listed_base(node: ast.AST) -> ast.expr | None:
    """What all names are asked of: `vars(orders)`, `orders.__dict__`."""
    if isinstance(node, ast.Attribute) and node.attr == "__dict__":
        return node.value
    if isinstance(node, ast.Call) and node.args and last_name(node.func) in LISTING:
        return node.args[0]
    return None


def _names_it(module: Module, name: ModuleName) -> bool:
    """`import_module(each)` in a file that has the module's name as a string."""
    if not _IMPORTING.search(module.text):
        return False
    own = {name, *(f"{'.' * n}{name.tail}" for n in (1, 2))}
    return any(
        isinstance(node, ast.Constant) and node.value in own
        for node in ast.walk(module.syntax.tree)
    )


def _given_away(held: HeldModules, module: Module, name: ModuleName) -> Iterator[ast.Call]:
    """Where a file gives a module to a function of the project that lists what it is given."""
    words = "|".join(sorted(map(re.escape, {name.tail, *_as_it_calls(module, name)})))
    lines = lines_with(module, re.compile(rf"[(,]\s*(?:\w+\.)*(?:{words})\s*[,)]"))
    for node in nodes_on(module.syntax.tree, lines) if lines else ():
        if not isinstance(node, ast.Call):
            continue
        given = any(_is_module(held, module, argument, name) for argument in node.args)
        if given and _lists_its_argument(held.index, module, node.func):
            yield node


def _as_it_calls(module: Module, name: ModuleName) -> set[str]:
    """How a file calls a module that it imports: `o` after `from shop import orders as o`."""
    return {
        item.bound
        for item in module.imports
        if item.bound and name == (item.module.child(item.name) if item.name else item.module)
    }


def _lists_its_argument(index: Index, module: Module, called: ast.expr) -> bool:
    origin = origin_of(index, module, called)
    home = index.module(origin.module) if origin and origin.kind == "definition" else None
    if origin is None or home is None or index.readable(home.path) is None:
        return False
    for node in home.body:
        if isinstance(node, _FUNCTIONS) and node.name == origin.name:
            given = {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
            bases = (listed_base(inner) for inner in ast.walk(node))
            return any(isinstance(base, ast.Name) and base.id in given for base in bases)
    return False
