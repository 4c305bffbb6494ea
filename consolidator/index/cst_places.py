"""Where the nodes of a libcst tree stand, in the terms of `ast`."""

from __future__ import annotations

import re
from bisect import bisect_right

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

_LINE_END = re.compile(rb"\r\n|\r|\n")
_BLANKS = b" \t\f\r\n\\"

Place = dict[str, int]  # the four position attributes of an `ast` node


class Places:
    """The byte offsets of every node of a module, and `ast` positions made from them."""

    def __init__(self, module: cst.Module, data: bytes) -> None:
        wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        self._spans = wrapper.resolve(ByteSpanPositionProvider)
        self._data = data
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(data))]

    def start(self, node: cst.CSTNode) -> int:
        """Where the node starts, inside the parentheses around it."""
        return self._spans[node].start

    def end(self, node: cst.CSTNode) -> int:
        """Where the node ends, inside the parentheses around it, without blanks."""
        span = self._spans[node]
        end = span.start + span.length
        while end > span.start and self._data[end - 1] in _BLANKS:
            end -= 1
        return end

    def end_with_blanks(self, node: cst.CSTNode) -> int:
        """Where a node of whitespace ends, or one that owns whitespace."""
        span = self._spans[node]
        return span.start + span.length

    def outer_start(self, node: cst.CSTNode) -> int:
        """Where the node starts, with the parentheses around it."""
        parens = getattr(node, "lpar", ())
        return self.start(parens[0]) if parens else self.start(node)

    def outer_end(self, node: cst.CSTNode) -> int:
        """Where the node ends, with the parentheses around it."""
        parens = getattr(node, "rpar", ())
        return self.end(parens[-1]) if parens else self.end(node)

    def parenthesized(self, node: cst.CSTNode) -> Place:
        """The place of a node to which `ast` counts the innermost parentheses, if there are any."""
        opening, closing = getattr(node, "lpar", ()), getattr(node, "rpar", ())
        if not opening:
            return self.of(node)
        return self.between(self.start(opening[-1]), self.end(closing[0]))

    def of(self, node: cst.CSTNode) -> Place:
        """The place of a node without the parentheses around it."""
        return self.between(self.start(node), self.end(node))

    def between(self, start: int, end: int) -> Place:
        """The place between two byte offsets."""
        line, end_line = bisect_right(self._starts, start), bisect_right(self._starts, end)
        return {
            "lineno": line,
            "col_offset": start - self._starts[line - 1],
            "end_lineno": end_line,
            "end_col_offset": end - self._starts[end_line - 1],
        }

    def source(self, start: int, end: int) -> str:
        """The text between two byte offsets, its line ends made into newlines."""
        return _LINE_END.sub(b"\n", self._data[start:end]).decode()
