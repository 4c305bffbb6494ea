"""Which names of its module a definition needs, and in which of its members."""

from __future__ import annotations

import ast
import re
from typing import TypedDict

from consolidator.index.class_identity.code import digest, one_line
from consolidator.index.class_identity.shape import first_line, member_name
from consolidator.index.definitions import is_logger_call
from consolidator.index.module import Module
from consolidator.index.syntax import Syntax, parse
from consolidator.names import ModuleName
from consolidator.workspace import SourceFile

_RELATIVE = re.compile(r"\bfrom\s*\\?\s*\.")

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


class Needs(TypedDict):
    """The names of the module that a definition uses."""

    uses: dict[str, list[str]]
    """By member; what the header uses stands under the empty name. Relative imports inside the
    definition stand among the names, as `.module`."""
    rebinds: list[str]
    """Names of the module that it binds through `global`."""


class Substance(TypedDict):
    """What a definition is, apart from what its names mean."""

    code: str
    """Equal for definitions that say the same, in the same order."""
    state: str
    """What makes two that say the same two things all the same: a registry, a list of instances;
    empty if there is nothing of the kind."""


def definition_needs(text: str) -> Needs:
    """What the one class or function in a text, perhaps indented, needs of its module.

    The name of the module counts for nothing where a logger is asked for by it: each module has
    its own. Raises `SyntaxError`.
    """
    code = "if 1:\n" + text if text[:1] in " \t" else text
    file = SourceFile("piece", code.encode("utf-8", "surrogatepass"))
    module = Module(ModuleName(""), False, file)
    node = _definition(module.syntax)
    starts = list(_starts(module.syntax, node))
    uses: dict[str, set[str]] = {}
    for at, name in [*_used(module, node), *_imported(module.syntax, node)]:
        member = next((member for start, member in reversed(starts) if start <= at), "")
        uses.setdefault(member, set()).add(name)
    rebinds = [
        name
        for name, bindings in module.scope.bindings.items()
        if any(binding.via_global for binding in bindings)
    ]
    return {
        "uses": {member: sorted(names) for member, names in uses.items()},
        "rebinds": rebinds,
    }


def definition_substance(text: str) -> Substance:
    """What the one class or function in a text, perhaps indented, is. Raises `SyntaxError`."""
    node = _definition(parse("if 1:\n" + text if text[:1] in " \t" else text))
    return {"code": digest([node]), "state": _state(node)}


def _state(node: Definition) -> str:
    """The first statement of a class body that makes something changeable, or counts subclasses."""
    for child in node.body if isinstance(node, ast.ClassDef) else []:
        if isinstance(child, ast.FunctionDef) and child.name == "__init_subclass__":
            return one_line(child)
        if isinstance(child, ast.Assign | ast.AnnAssign) and isinstance(
            child.value, ast.List | ast.Dict | ast.Set | ast.Call
        ):
            return one_line(child)
    return ""


def _definition(syntax: Syntax) -> Definition:
    for node in ast.walk(syntax.tree):
        if isinstance(node, Definition):
            return node
    raise SyntaxError("no definition where one was seen")


def _starts(syntax: Syntax, node: Definition) -> list[tuple[int, str]]:
    """Where each statement of a class body starts, and the member that it belongs to."""
    if not isinstance(node, ast.ClassDef):
        return []
    return [(_start(syntax, child), member_name(child)) for child in node.body]


def _start(syntax: Syntax, node: ast.stmt) -> int:
    line = first_line(node)
    if line < node.lineno:  # above it stand decorators
        return syntax.line_span(line).start
    return syntax.offset(node.lineno, node.col_offset)


def _used(module: Module, node: Definition) -> list[tuple[int, str]]:
    loggers = {
        id(name)
        for call in (ast.walk(node) if "__name__" in module.text else ())
        if is_logger_call(call)
        for name in ast.walk(call)
    }
    return [
        (use.span.start if use.span else _offset(module.syntax, use.node), use.name)
        for use in module.global_uses
        if use.name != node.name and not (use.name == "__name__" and id(use.node) in loggers)
    ]


def _imported(syntax: Syntax, node: Definition) -> list[tuple[int, str]]:
    """The modules of `from .sibling import x` inside the definition."""
    if not _RELATIVE.search(syntax.text):
        return []
    return [
        (_offset(syntax, item), "." * item.level + (item.module or ""))
        for item in ast.walk(node)
        if isinstance(item, ast.ImportFrom) and item.level
    ]


def _offset(syntax: Syntax, node: ast.AST) -> int:
    line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
    return syntax.offset(line, column)
