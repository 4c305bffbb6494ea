"""Turns libcst strings into `ast` nodes: plain, joined, formatted and template strings.

Positions inside a formatted string are those of Python 3.13, where each part has its own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import libcst as cst

from consolidator.index.newer_syntax.cst_places import Places
from consolidator.index.newer_syntax.nodes import Interpolation, TemplateStr

_PREFIX = re.compile(r"[a-zA-Z]*")
_BRACES = re.compile(r"(\\N\{[^{}]*\})|\{\{|\}\}")
_RAW_BRACES = re.compile(r"()\{\{|\}\}")
_COMMENT = re.compile(r"""('[^'\n]*'|"[^"\n]*")|#[^\n]*""")
_TO_ESCAPE = re.compile(r"""\\\Z|\\.|"|\n""", re.DOTALL)


class StringReader:
    """Turns the strings of one module into `ast` nodes."""

    def __init__(self, places: Places, read: Callable[[cst.CSTNode], ast.expr]) -> None:
        self._places = places
        self._read_expression = read

    def read(self, node: cst.BaseString) -> ast.expr:
        """The `ast` node of a string, which may consist of several side by side."""
        strings = list(_side_by_side(node))
        # Older versions of libcst have no `TemplatedString`.
        kinds = {type(string).__name__ for string in strings}
        parts = [part for string in strings for part in self._parts(string)]
        place = self._places.of(node)
        if "TemplatedString" in kinds:
            return TemplateStr(**{"values": _joined(parts), **place})
        if "FormattedString" in kinds:
            return ast.JoinedStr(values=_joined(parts), **place)
        constants = [part for part in parts if isinstance(part, ast.Constant)]
        return constants[0] if len(constants) == 1 else _merged(constants)

    def _parts(self, node: Any) -> list[ast.expr]:
        if isinstance(node, cst.SimpleString):
            kind = "u" if node.value[0] == "u" else None
            return [ast.Constant(_value(node.value), kind, **self._places.of(node))]
        is_template = type(node).__name__ == "TemplatedString"
        return self._contents(node.parts, "r" in node.prefix, is_template)

    def _contents(
        self, parts: Iterable[Any], is_raw: bool, is_template: bool = False
    ) -> list[ast.expr]:
        """What stands between the quotes of a formatted string, or in a format specification."""
        contents: list[ast.expr] = []
        for part in parts:
            if type(part).__name__ in ("FormattedStringText", "TemplatedStringText"):
                start, end = self._places.start(part), self._places.end_with_blanks(part)
                place = self._places.between(start, end)
                contents.append(ast.Constant(_text(part.value, is_raw), None, **place))
            else:
                contents += self._replacement(part, is_raw, is_template)
        return contents

    def _replacement(self, node: Any, is_raw: bool, is_template: bool) -> list[ast.expr]:
        """`{value = !r:spec}`: what is put in, and before it what `=` writes out."""
        end = self._places.end_with_blanks(node.whitespace_after_expression)
        start = self._places.start(node) + 1
        place = self._places.of(node)
        fields: dict[str, Any] = {
            "value": self._read_expression(node.expression),
            "conversion": ord(node.conversion) if node.conversion else -1,
            "format_spec": self._format_spec(node, is_raw),
        }
        said: list[ast.expr] = []
        if node.equal is not None:
            text = _COMMENT.sub(r"\1", self._places.source(start, end))
            said.append(ast.Constant(text, None, **self._places.between(start, end)))
            if node.conversion is None and node.format_spec is None:
                fields["conversion"] = ord("r")
        if is_template:
            fields["str"] = self._places.source(start, end).rstrip(" \t\f\n=")
            return [*said, Interpolation(**fields, **place)]
        return [*said, ast.FormattedValue(**fields, **place)]

    def _format_spec(self, node: Any, is_raw: bool) -> ast.expr | None:
        if node.format_spec is None:
            return None
        end = self._places.end(node) - len("}")
        after_colon = self._places.start(node.format_spec[0]) if node.format_spec else end
        place = self._places.between(after_colon - len(":"), end)
        return ast.JoinedStr(values=_joined(self._contents(node.format_spec, is_raw)), **place)


def _side_by_side(node: cst.BaseString) -> Iterable[cst.BaseString]:
    """The strings of an implicit concatenation, from left to right."""
    while isinstance(node, cst.ConcatenatedString):
        yield node.left
        node = node.right
    yield node


def _joined(parts: Sequence[ast.expr]) -> list[ast.expr]:
    """The parts with neighbouring constants made one, and empty ones left out."""
    joined: list[ast.expr] = []
    run: list[ast.Constant] = []
    for part in (*parts, None):
        if isinstance(part, ast.Constant):
            run.append(part)
            continue
        if run and (constant := _merged(run)).value:
            joined.append(constant)
        run = []
        if part is not None:
            joined.append(part)
    return joined


def _merged(constants: Sequence[ast.Constant]) -> ast.Constant:
    """One constant for several side by side."""
    first, last = constants[0], constants[-1]
    empty = b"" if isinstance(first.value, bytes) else ""
    return ast.Constant(
        value=empty.join(constant.value for constant in constants),  # type: ignore[misc]
        kind=first.kind,
        lineno=first.lineno,
        col_offset=first.col_offset,
        end_lineno=last.end_lineno,
        end_col_offset=last.end_col_offset,
    )


def _value(literal: str) -> str | bytes:
    """What a plain string literal stands for."""
    prefix = _PREFIX.match(literal)
    assert prefix is not None
    if prefix[0] in ("", "u", "r") and "\\" not in literal:
        width = 3 if literal[prefix.end() :][:3] in ("'''", '"""') and len(literal) > 5 else 1
        return literal[prefix.end() + width : -width]
    value: str | bytes = ast.literal_eval(literal)
    return value


def _text(part: str, is_raw: bool) -> str:
    """What the text between the replacements of a formatted string stands for."""
    braces = _RAW_BRACES if is_raw else _BRACES
    part = braces.sub(lambda match: match[1] or match[0][0], part)
    if is_raw or "\\" not in part:
        return part
    value: str = ast.literal_eval(f'"{_TO_ESCAPE.sub(_escaped, part)}"')
    return value


def _escaped(match: re.Match[str]) -> str:
    """The same for a literal in single double quotes."""
    return {"\\": "\\\\", '"': '\\"', "\n": "\\n"}.get(match[0], match[0])
