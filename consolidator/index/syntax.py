"""Parsing: text in, `ast` nodes with character offsets out, whatever version wrote the syntax."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass, field
from functools import cached_property

from consolidator.names import Span

# CPython's tokenizer ends a line at these only; `str.splitlines` would also split at form feeds.
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Syntax:
    """One parsed file: its text, its tree, and the way from `ast` positions to offsets."""

    text: str
    tree: ast.Module = field(compare=False, repr=False)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    @cached_property
    def _is_ascii(self) -> bool:
        return self.text.isascii()

    def offset(self, line: int, column: int) -> int:
        """The character offset of an `ast` position: a 1-based line and a column in UTF-8 bytes."""
        start = self._starts[line - 1]
        if self._is_ascii or column == 0:
            return start + column
        # A character is at least one byte, so the first `column` characters hold all the bytes.
        prefix = self.text[start : start + column].encode("utf-8", "surrogatepass")[:column]
        return start + len(prefix.decode("utf-8", "surrogatepass"))

    def span(self, node: ast.AST) -> Span:
        """Where a node with positions stands, without decorators for a definition."""
        return Span(
            self.offset(node.lineno, node.col_offset),  # type: ignore[attr-defined]
            self.offset(node.end_lineno, node.end_col_offset),  # type: ignore[attr-defined]
        )

    def line_of(self, offset: int) -> int:
        """The 1-based number of the line that holds the character at `offset`."""
        from bisect import bisect_right

        return bisect_right(self._starts, offset)

    def line_span(self, line: int) -> Span:
        """A line with its newline; the last one may have none."""
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        return Span(self._starts[line - 1], end)

    def line_text(self, line: int) -> str:
        """A line without its newline."""
        return self.line_span(line).of(self.text).rstrip("\r\n")

    @property
    def line_count(self) -> int:
        """How many lines there are; an empty last one does not count."""
        return len(self._starts) - (self._starts[-1] == len(self.text))


def parse(text: str) -> Syntax:
    """Parse a file's decoded text.

    Falls back to a reader of newer syntax when the running interpreter does not know it.
    Raises `SyntaxError` when neither reads it.
    """
    try:
        return Syntax(text, _parse_ast(text))
    except SyntaxError as error:
        from consolidator.index.newer_syntax import parse_newer

        tree = parse_newer(text)
        if tree is None:
            raise error from None
        return Syntax(text, tree)


def split_lines(text: str) -> list[str]:
    """The lines of a text, as `ast` counts them, without their newlines."""
    return _LINE_END.split(text)


def _parse_ast(text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # `"\d"` in a project's file is not our news
            return ast.parse(text)
    except (ValueError, RecursionError, MemoryError) as error:
        # A NUL byte is a ValueError before 3.12; absurd nesting is a RecursionError or MemoryError.
        raise SyntaxError(str(error) or type(error).__name__) from None
