"""The header of a class, read without its body."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from consolidator.index.class_identity.facts import Place, lines_of, without_indentation
from consolidator.index.index import Index

_MOST_LINES = 60


@dataclass(frozen=True, slots=True)
class Header:
    """The decorators and bases of a class as they are written, without arguments: `pkg.Base`."""

    decorators: tuple[str, ...]
    bases: tuple[str, ...]


@dataclass(frozen=True)
class Headers:
    """The headers of the classes of one project, read when asked for and kept."""

    index: Index
    _known: dict[Place, Header] = field(default_factory=dict, repr=False)

    def of(self, place: Place) -> Header:
        """The header of a class; an empty one when it cannot be read."""
        known = self._known.get(place)
        if known is None:
            lines = lines_of(self.index, place[0])
            first, last = place[1].first_line, place[1].last_line
            known = self._known[place] = header(lines[first - 1 : last])
        return known


def header(lines: list[str]) -> Header:
    """The header of the class that some lines hold."""
    code = ""
    for line in lines[:_MOST_LINES]:
        code += line + "\n"
        if ":" not in line:
            continue
        node = _class(without_indentation(code))
        if node is not None:
            return Header(_dotted(node.decorator_list), _dotted(node.bases))
    return Header((), ())


def _class(code: str) -> ast.ClassDef | None:
    for tried in (code + " pass\n", code):  # class A(B):, and class A(B): x = 1
        try:
            node = ast.parse(tried).body[0]
        except (SyntaxError, ValueError):
            continue
        if isinstance(node, ast.ClassDef):
            return node
    return None


def _dotted(nodes: Iterable[ast.expr]) -> tuple[str, ...]:
    return tuple(dotted(node) for node in nodes)


def dotted(node: ast.expr) -> str:
    """`pkg.Base` of `pkg.Base[T]` and of `pkg.Base(...)`; empty for anything else."""
    while isinstance(node, ast.Subscript | ast.Call):
        node = node.value if isinstance(node, ast.Subscript) else node.func
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return node.id if isinstance(node, ast.Name) else ""
