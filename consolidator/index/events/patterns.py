"""Recognises the small idioms that the writers of events need to know."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import Any

from consolidator.index.events import codes as codes
from consolidator.index.events.codes import Block, Event
from consolidator.index.events.local_names import local_names
from consolidator.index.events.static_tests import dotted
from consolidator.names import ModuleName

Parts = tuple[tuple[str, ...], ...]

_UNREADABLE: Parts = (("?",),)
_HARMLESS = frozenset({"dataclass", "final", "runtime_checkable", "total_ordering"})
_COPIES = frozenset({"list", "tuple", "sorted", "set", "frozenset"})


def has_future_annotations(tree: ast.Module) -> bool:
    """Whether `from __future__ import annotations` holds in a module."""
    return any(
        isinstance(statement, ast.ImportFrom)
        and statement.module == "__future__"
        and any(alias.name == "annotations" for alias in statement.names)
        for statement in tree.body
    )


def inert_names(tree: ast.Module) -> frozenset[str]:
    """Names of a module that only imports from the standard library bind: nothing breaks there."""
    standard = [s for s in tree.body if _imports_standard_library(s)]
    others = (s for s in tree.body if not _imports_standard_library(s))
    return frozenset(local_names(standard).bound - local_names(others).bound)


def _imports_standard_library(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Import):
        return all(_is_standard(alias.name) for alias in statement.names)
    if isinstance(statement, ast.ImportFrom):
        return not statement.level and _is_standard(statement.module or "")
    return False


def _is_standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names


def unwrapped(value: ast.expr) -> ast.expr:
    """`function` of `staticmethod(function)`."""
    if not isinstance(value, ast.Call) or len(value.args) != 1 or value.keywords:
        return value
    return value.args[0] if dotted(value.func) in {"staticmethod", "classmethod"} else value


def name_parts(value: ast.expr) -> Parts | None:
    """The parts of an expression that makes a list of names, None when it is no such list."""
    if isinstance(value, (ast.List, ast.Tuple, ast.Set)):
        return _element_parts(value.elts)
    if isinstance(value, ast.BinOp) and isinstance(value.op, (ast.Add, ast.BitOr)):
        left, right = name_parts(value.left), name_parts(value.right)
        if left is None and right is None:
            return None
        return (left or _other_list(value.left)) + (right or _other_list(value.right))
    if isinstance(value, ast.Call) and dotted(value.func) in _COPIES and len(value.args) == 1:
        return name_parts(value.args[0])
    if isinstance(value, ast.Attribute) and value.attr == "__all__":
        return _other_list(value)
    return None


def _element_parts(elements: Iterable[ast.expr]) -> Parts | None:
    names: list[str] = []
    others: Parts = ()
    for element in elements:
        if isinstance(element, ast.Constant) and isinstance(element.value, str):
            names.append(element.value)
        elif isinstance(element, ast.Starred):
            others += name_parts(element.value) or _other_list(element.value)
        else:
            return None
    return (("=", *names), *others)


def _other_list(value: ast.expr) -> Parts:
    path = dotted(value)
    return (("ref", *path.split(".")),) if path is not None else _UNREADABLE


def added_parts(value: ast.expr) -> Parts:
    """What `__all__ += value` adds."""
    return name_parts(value) or _other_list(value)


def caught(node: ast.expr | None) -> tuple[str, ...]:
    """The exceptions that an `except` clause names, by their last component."""
    if node is None:
        return ("BaseException",)
    if isinstance(node, ast.Tuple):
        return tuple(name for element in node.elts for name in caught(element))
    return ((dotted(node) or "?").rpartition(".")[2],)


def suppressed(node: ast.expr) -> tuple[str, ...]:
    """The exceptions of `suppress(...)`, nothing for another context manager."""
    if not isinstance(node, ast.Call):
        return ()
    if (dotted(node.func) or "").rpartition(".")[2] != "suppress":
        return ()
    return tuple(name for argument in node.args for name in caught(argument))


def hands_back(value: ast.expr, name: str) -> bool:
    """Whether a value is what a name held, passed through functions: `C = register(wrap(C))`."""
    inner = value
    while isinstance(inner, ast.Call) and inner.args:
        inner = inner.args[0]
    return inner is not value and isinstance(inner, ast.Name) and inner.id == name


def named_module(node: ast.expr | None, module: str) -> str | None:
    """The module named by a literal or by `__name__`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return str(module) if isinstance(node, ast.Name) and node.id == "__name__" else None


def modules_in_strings(tree: ast.Module, module: ModuleName) -> tuple[str, ...]:
    """The names below the module's own top that strings spell, perhaps with more to come.

    PLUGINS = ["shop.plugins"]; import_module(f"shop.plugins.{name}")
    """
    strings = (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    found = (_MODULE_NAME.match(string) for string in strings)
    names = (match[1] for match in found if match)
    return tuple(dict.fromkeys(n for n in names if n.partition(".")[0] == module.top))


_MODULE_NAME = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?:\.?|\.[%{*].*)\Z")


def last_name(node: ast.expr) -> str:
    """The last component of the name that is used or called: `c` of `a.b.c(...)`."""
    if isinstance(node, ast.Call):
        node = node.func
    return (dotted(node) or "").rpartition(".")[2]


def hands_on(node: ast.ClassDef) -> bool:
    """Whether calling a class gives its `__init__` the same arguments, as far as its head says."""
    return (
        {last_name(decorator) for decorator in node.decorator_list} <= _HARMLESS
        and not any(last_name(base).endswith(("Enum", "Flag")) for base in node.bases)
        and all(k.arg != "metaclass" or last_name(k.value) == "ABCMeta" for k in node.keywords)
    )


def mentions_globals(node: ast.expr) -> bool:
    """Whether `globals()` stands anywhere in an expression."""
    return any(isinstance(n, ast.Name) and n.id == "globals" for n in ast.walk(node))


def compacted(events: Sequence[Event], kept: Set[str] | None = None) -> Block:
    """Events with runs of uninteresting bindings joined.

    Those of a class body that it does not read are dropped, except for the names to be `kept`.
    """
    if kept is not None:
        read = kept | set(_roots(events))
        events = [e for e in events if not (_is_plain_binding(e) and e[2] not in read)]
    joined: list[Event] = []
    for event in events:
        if not _is_plain_binding(event):
            joined.append(event)
        elif joined and joined[-1][0] == codes.BIND_MANY:
            joined[-1] = (codes.BIND_MANY, joined[-1][1], (*joined[-1][2], event[2]))
        else:
            joined.append((codes.BIND_MANY, event[1], (event[2],)))
    return tuple(joined)


def does_something(block: Block) -> bool:
    """Whether a block has events other than tests on parameters."""
    return any(
        any(map(does_something, event[3:6]))
        if event[0] == codes.WHEN
        else event[0] != codes.BIND_MANY or bool(event[2])
        for event in block
    )


def _is_plain_binding(event: Event) -> bool:
    return event[0] == codes.BIND and event[3] is None


def _roots(events: Iterable[Event]) -> Iterator[str]:
    """The names that a class body's own events look up."""
    for event in events:
        code = event[0]
        if code == codes.NAME:
            yield event[2]
        elif code == codes.DEF:  # its body does not see the names of the class
            yield from _strings(event[5])
        elif (
            code in (codes.EITHER, codes.TRY, codes.SELECT, codes.CLASS, codes.DEF)
            or code != codes.BIND
            or event[3] is not None
        ):
            yield from _strings(event[2:])


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for element in value:
            yield from _strings(element)
