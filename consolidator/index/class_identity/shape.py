"""The shape of one class: its header and its members, each by what its code says."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from typing import Any

from consolidator.index.class_identity.code import digest, is_remark, one_line
from consolidator.index.last_names import called_name
from consolidator.index.syntax import parse

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

_BUILTINS = frozenset(dir(builtins))

# Decorators that do nothing but wrap: the order of what they stand on does not matter.
_WRAPPING = frozenset(
    (
        "property",
        "staticmethod",
        "classmethod",
        "abstractmethod",
        "cached_property",
        "override",
        "overload",
        "final",
        "setter",
        "getter",
        "deleter",
        "wraps",
        "contextmanager",
        "asynccontextmanager",
        "lru_cache",
        "cache",
    )
)


def class_shape(text: str) -> dict[str, Any]:
    """The shape of the class in a text, as JSON has it; see `ClassFacts` for what it means.

    The text holds one class statement with its decorators, perhaps indented. Raises `SyntaxError`.
    """
    node, shift = class_node(text)
    members = _members(node)
    return {
        "name": node.name,
        "header": _header(node),
        "members": [
            [
                name,
                _kind(nodes),
                digest(nodes, node.name),
                first_line(nodes[0]) - shift,
                (nodes[-1].end_lineno or 0) - shift,
            ]
            for name, nodes in members.items()
        ],
        "eager": list(_eager(members)),
        "doc": ast.get_docstring(node),
    }


def class_node(text: str) -> tuple[ast.ClassDef, int]:
    """The class statement of a text, and by how many lines its positions are too large."""
    shift = int(text[:1] in " \t")
    tree = parse("if 1:\n" + text if shift else text).tree
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            return node, shift
    raise SyntaxError("no class statement where one was seen")


def first_line(node: ast.stmt) -> int:
    """The first line of a statement, decorators included."""
    lines: list[int] = [node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))]
    return min(lines)


def _header(node: ast.ClassDef) -> list[list[str]]:
    """Each part of the header: which it is, what it says, and its code."""
    parts: list[tuple[str, ast.AST]] = [("decorators", item) for item in node.decorator_list]
    parts += [("bases", item) for item in node.bases if not _is_object(item)]
    parts += [("keywords", item) for item in sorted(node.keywords, key=lambda k: k.arg or "")]
    parts += [("type parameters", item) for item in getattr(node, "type_params", [])]
    return [[part, digest([item], node.name), one_line(item)] for part, item in parts]


def _is_object(base: ast.expr) -> bool:
    return isinstance(base, ast.Name) and base.id == "object"


def _members(node: ast.ClassDef) -> dict[str, list[ast.stmt]]:
    """The statements of the body by what they bind; a property has several."""
    found: dict[str, list[ast.stmt]] = {}
    for statement in node.body:
        if not is_remark(statement):
            found.setdefault(member_name(statement), []).append(statement)
    return found


def member_name(statement: ast.stmt) -> str:
    """What a statement of a class body is called by: the names that it binds, or its code."""
    if isinstance(statement, FunctionNode):
        return statement.name
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id
    names = dict.fromkeys(bound(statement))
    return ", ".join(names) if names else one_line(statement)


def bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement binds in the namespace in which it stands."""
    if isinstance(statement, FunctionNode | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        for alias in statement.names:
            yield alias.asname or alias.name.partition(".")[0]
    else:
        yield from _bound_inside(statement)


def _bound_inside(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Store):
            yield node.id
    elif isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp):
        return
    elif not isinstance(node, ast.GeneratorExp):
        for child in ast.iter_child_nodes(node):
            yield from bound(child) if isinstance(child, ast.stmt) else _bound_inside(child)


def _kind(nodes: list[ast.stmt]) -> str:
    last = nodes[-1]
    if isinstance(last, FunctionNode):
        return "method"
    if isinstance(last, ast.ClassDef):
        return "class"
    return "field" if isinstance(last, ast.Assign | ast.AnnAssign) else "statement"


# -- order -----------------------------------------------------------------------------------


def _eager(members: dict[str, list[ast.stmt]]) -> Iterator[str]:
    """The members, in order, whose order can matter in any class.

    That is what does something when the class statement runs (calls, blocks, decorators that may
    register), what reads a name that the class has bound before, and the names read.
    """
    names = {name for member in members for name in member.split(", ")}
    read: set[str] = set()
    eager: set[str] = set()
    for member, nodes in members.items():
        reads, acts = _run(nodes)
        reads = (reads & names).difference(member.split(", "), _BUILTINS)
        read |= reads
        if reads or acts:
            eager.add(member)
    for member in members:
        if member in eager or not read.isdisjoint(member.split(", ")):
            yield member


def _run(nodes: Iterable[ast.stmt]) -> tuple[set[str], bool]:
    """The names that run with the class statement, and whether that does more than bind names."""
    names: set[str] = set()
    acts = False
    for node in nodes:
        calls = False
        for part in _run_at_once(node):
            for inner in ast.walk(part) if part.__class__ is not ast.Constant else ():
                if inner.__class__ is ast.Name:
                    names.add(inner.id)
                elif inner.__class__ is ast.Call:
                    calls = True
        if isinstance(node, FunctionNode):
            acts |= any(called_name(item) not in _WRAPPING for item in node.decorator_list)
        elif isinstance(node, ast.ClassDef):
            acts |= bool(node.decorator_list)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            acts |= calls
        else:
            acts = True
    return names, acts


def _run_at_once(node: ast.stmt) -> list[ast.expr | ast.stmt]:
    """The parts of a statement of a class body that run with it, without annotations."""
    if isinstance(node, FunctionNode):
        defaults = [item for item in node.args.kw_defaults if item is not None]
        return [*node.decorator_list, *node.args.defaults, *defaults]
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *(item.value for item in node.keywords)]
    if isinstance(node, ast.AnnAssign | ast.Assign):
        return [node.value] if node.value is not None else []
    return [node]
